"""What an adjudication says in amounts, in the words of an 835: groups and reasons, of a claim and of its lines.

The categories are those of R4, of CARIN Blue Button and of the CMS's Blue Button; the words that they become are X12's
(claim adjustment groups and reasons, CAS). What an insurer gives by X12's own codes is taken as it is.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from decimal import Decimal
from typing import Final, NamedTuple

from daysheet.importers.edi import codes
from daysheet.importers.fhir.elements import Body, codings, concepts, money, number, part, parts, text
from daysheet.importers.fhir.terms import Reader
from daysheet.importers.privacy import identifiers
from daysheet.remittances import Service, ServiceLine

Adjustment = tuple[str, str, Decimal]
"""A group, a reason and an amount (CAS of an 835)."""

_CATEGORIES: Final[Mapping[str, str]] = {
    "submitted": "submitted",
    "line_sbmtd_chrg_amt": "submitted",
    "clm_tot_chrg_amt": "submitted",
    "eligible": "allowed",
    "allowed": "allowed",
    "line_alowd_chrg_amt": "allowed",
    "benefit": "paid",
    "paidtoprovider": "paid",
    "line_prvdr_pmt_amt": "paid",
    "deductible": "deductible",
    "unallocdeduct": "deductible",
    "line_bene_ptb_ddctbl_amt": "deductible",
    "coins": "coinsurance",
    "coinsurance": "coinsurance",
    "line_coinsrnc_amt": "coinsurance",
    "copay": "copay",
    "discount": "discount",
    "noncovered": "noncovered",
    "priorpayerpaid": "earlier",
    "line_bene_prmry_pyr_pd_amt": "earlier",
    "memberliability": "liability",
}
"""Codes of adjudication categories (the last part, where they are addresses) by what they say."""

_OF_PATIENT: Final = {"deductible": "1", "coinsurance": "2", "copay": "3"}
_GROUPS: Final = ("CO", "PR", "OA", "PI", "CR")
_REASON: Final = re.compile(r"[A-Z]?[0-9]{1,3}\Z")
_PROCEDURE: Final = re.compile(r"(?=.*\d)[A-Za-z0-9]{3,5}\Z")
_UNCOVERED: Final = "96"
_ZERO: Final = Decimal()


class Sums(NamedTuple):
    """What a decision says in amounts: of the whole claim or of a line."""

    charged: Decimal
    paid: Decimal
    adjustments: tuple[Adjustment, ...]
    allowed: Decimal | None


def sums(body: Body, items: Sequence[Body], row: int, reader: Reader) -> Sums | None:
    """The amounts of a whole claim: its totals, else the sums of its lines. None where it has neither."""
    totals = _by_category(parts(body, "total"), row, reader)
    totals = _by_category(parts(body, "adjudication"), row, reader, totals)
    of_lines: dict[str, Decimal] = {}
    for item in items:
        for name, amount in _of_line(item, row, reader).items():
            of_lines[name] = of_lines.get(name, _ZERO) + amount
    found = {**of_lines, **totals}
    direct = [each for holder in (body, *items) for each in _direct(holder, row, reader)]
    payment = money(part(body, "payment").get("amount"))
    if "paid" not in found and payment is not None:
        found["paid"] = reader.amount(payment, row)
    reason = next(filter(None, (_reason(holder) for holder in (body, *items))), "")
    return _explained(found, direct, reason)


def _of_line(item: Body, row: int, reader: Reader) -> dict[str, Decimal]:
    """The amounts of a line by category; what was asked for is its net where no category says it."""
    found = _by_category(parts(item, "adjudication"), row, reader)
    net = money(item.get("net"))
    if net is not None:
        found.setdefault("submitted", reader.amount(net, row))
    return found


def _by_category(
    adjudications: Iterable[Body], row: int, reader: Reader, before: Mapping[str, Decimal] | None = None
) -> dict[str, Decimal]:
    """Amounts by what they say; two of one category (such as two copays) add up."""
    found: dict[str, Decimal] = {}
    for each in adjudications:
        amount = money(each.get("amount"))
        for coding in codings(each.get("category")):
            name = _CATEGORIES.get(coding.code.rstrip("/").rpartition("/")[2].casefold())
            if name and amount is not None:
                found[name] = found.get(name, _ZERO) + reader.amount(amount, row)
                break
    return {**found, **(before or {})}


def _direct(holder: Body, row: int, reader: Reader) -> Iterator[Adjustment]:
    """What is adjusted in X12's own words: the category is a group, the reason its code."""
    for each in parts(holder, "adjudication"):
        group = next((coding.code for coding in codings(each.get("category")) if coding.code in _GROUPS), "")
        amount = money(each.get("amount"))
        if group and amount is not None:
            yield group, _reason({"adjudication": [each]}) or "unknown", reader.amount(amount, row)


def _reason(holder: Body) -> str:
    """The claim adjustment reason code among the reasons of an adjudication."""
    for each in parts(holder, "adjudication"):
        for coding in concepts(each, "reason"):
            if "adjustment-reason" in coding.system and _REASON.match(coding.code):
                return coding.code
    return ""


def _explained(found: Mapping[str, Decimal], direct: Sequence[Adjustment], reason: str) -> Sums | None:
    """Amounts by category as an 835 says them."""
    charged, paid = found.get("submitted"), found.get("paid")
    if charged is None and paid is None:
        return None
    charged, paid = charged or _ZERO, paid or _ZERO
    allowed = found.get("allowed")
    if direct:
        return Sums(charged, paid, tuple(direct), allowed)
    adjustments = [("PR", code, found[name]) for name, code in _OF_PATIENT.items() if found.get(name)]
    own = sum((amount for _, _, amount in adjustments), _ZERO)
    uncovered = found.get("noncovered", _ZERO)
    liability = found.get("liability", _ZERO)
    if uncovered:
        adjustments.append(("PR" if liability >= own + uncovered else "CO", reason or _UNCOVERED, uncovered))
    elif liability > own:
        adjustments.append(("PR", "unknown", liability - own))
    if found.get("earlier"):
        adjustments.append(("OA", codes.EARLIER_PAYER, found["earlier"]))
    off = found.get("discount")
    if off is None and allowed is not None:
        off = charged - allowed - uncovered
    if off is not None and off > 0:
        adjustments.append(("CO", "45", off))
    rest = charged - paid - sum((amount for _, _, amount in adjustments), _ZERO)
    if allowed is not None and not own and not liability and rest > 0:
        adjustments.append(("PR", "unknown", rest))  # what is allowed and not paid is left to the patient
    return Sums(charged, paid, tuple(sorted(adjustments)), allowed)


def services(items: Sequence[Body], row: int, reader: Reader) -> Iterator[Service]:
    """The lines by procedure, with what the insurer allows for each."""
    for item in items:
        procedure, sums = (
            _procedure(item),
            _explained(_of_line(item, row, reader), list(_direct(item, row, reader)), ""),
        )
        if procedure and sums is not None:
            own = sum((amount for group, _, amount in sums.adjustments if group == codes.PATIENT), _ZERO)
            units = number(part(item, "quantity").get("value"))
            allowed = sums.allowed if sums.allowed is not None else sums.paid + own
            yield Service(procedure, units or Decimal(1), allowed)


def lines(items: Sequence[Body], row: int, reader: Reader, *, later: bool, refused: bool) -> Iterator[ServiceLine]:
    """What is decided of each line."""
    for item in items:
        sums = _explained(_of_line(item, row, reader), list(_direct(item, row, reader)), _reason(item))
        if sums is None:
            continue
        parted: dict[str, Decimal] = {}
        for group, reason, amount in sums.adjustments:
            kind = codes.treatment(group, reason, denied=refused, later=later)
            parted[kind] = parted.get(kind, _ZERO) + amount
        off, transfer = parted.get("contractual", _ZERO), parted.get("transfer", _ZERO)
        yield ServiceLine("", _procedure(item), sums.charged, sums.paid, off, transfer)


def _procedure(item: Body) -> str:
    for coding in concepts(item, "productOrService", "service"):
        if _PROCEDURE.match(text(coding.code)) and identifiers.is_service_code(coding.code):
            return coding.code
    return ""
