"""X12 835 transactions to remittances: claims, adjustments, and the sums that prove them.

Element positions and sums are those of ASC X12N 005010X221A1, sections 1.10.2.1 (balancing) and 2 (segments). Loops of
persons (NM1, REF, PER, N3, N4 behind a claim) are never looked at, but for the practice's own number of a service line
(REF*6R) and the insurer that a claim was sent on to (NM1*TT): no name of a person and no member number is kept.
"""

from __future__ import annotations

import datetime
import hashlib
import re
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from typing import Final

from daysheet.errors import DaysheetError
from daysheet.importers.edi import codes
from daysheet.importers.edi.x12 import Segment, Transaction
from daysheet.ledger import printer
from daysheet.remittances import (
    FORWARDED,
    TURNED,
    ProviderAdjustment,
    Remittance,
    RemittedClaim,
    Service,
    ServiceLine,
)

Identify = Callable[[str], str]

_RANKS: Final = {"2": "secondary", "20": "secondary", "3": "tertiary", "21": "tertiary"}
_DENIED: Final = "4"
_LONGEST_OF_A_PERSON: Final = 11
"""Digits of a telephone number with its country code; Social Security and most member numbers have fewer."""
_REVERSED: Final = "22"
_FORWARDED: Final = "23"
_PREDETERMINED: Final = "25"
_PROCESSED: Final = ("1", "2", "3", "19", "20", "21")
_CHECKS: Final = ("CHK", "BOP")
_LINE_NUMBER: Final = "6R"
_NO_PAYMENT: Final = "NON"
_TRIPLETS: Final = range(2, 18, 3)
_PAIRS: Final = range(3, 14, 2)
_ZERO: Final = Decimal()
_CODE: Final = re.compile(r"[A-Z]{2}\Z|[A-Z]{0,2}\d{1,4}\Z")
_PROCEDURE: Final = re.compile(r"(?=.*\d)[A-Za-z0-9]{3,5}\Z")  # CPT, HCPCS, CDT, HIPPS, revenue codes
_TRACE: Final = re.compile(r"(?=.*\d)[A-Za-z0-9 ._/#-]{1,50}\Z")
_WORDS: Final = re.compile(r"(?i)(acct|account|claim|clm|enc|encounter|inv|invoice|pcn|visit)(?![a-z])")
_SENT_ON: Final = ("19", "20", "21")
"""States of a claim (CLP02) that its insurer has decided and sent on to the next one, whom NM1*TT names."""
_UUID: Final = re.compile(r"(?i)[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}\Z")
_NUMBER: Final = re.compile(r"(?=.*\d)[0-9A-Za-z/._#-]{1,38}\Z")
_PERSONAL: Final = re.compile(
    r"\b[1-9][A-Za-z][0-9A-Za-z]\d-?[A-Za-z][0-9A-Za-z]\d-?[A-Za-z]{2}\d{2}\b|"  # a Medicare beneficiary's number
    r"\b[A-Za-z]{1,2}-?\d{9}\b|"  # a member's number
    r"[A-Za-z]{3}|\d{3}-\d{2}-\d{4}|\d{3}[-.]\d{3}[-.]\d{4}|\b\d{1,4}[-/.]\d{1,2}[-/.]\d{1,4}\b"
)


@dataclass
class _Claim:
    """A claim while its segments are read."""

    header: Segment
    forwarded: tuple[str, str] = ("", "")
    adjustments: list[tuple[str, str, Decimal]] = field(default_factory=list)
    remarks: list[str] = field(default_factory=list)
    services: list[_Service] = field(default_factory=list)


@dataclass
class _Service:
    """A service line while its segments are read."""

    code: str
    units: Decimal
    allowed: Decimal
    charged: Decimal
    paid: Decimal
    billed: str
    number: str = ""
    stated: bool = False
    adjustments: list[tuple[str, str, Decimal]] = field(default_factory=list)


def remittance(transaction: Transaction, filename: Path, identify: Identify) -> Remittance:
    """One 835 transaction as a remittance.

    Args:
        transaction: of kind 835.
        filename: for messages and evidence.
        identify: turns the practice's number of a claim (CLP01), which may be a person's, to what the ledger may hold.

    Raises:
        DaysheetError: it has no BPR segment, or an amount is not a number.
    """
    try:
        return _remittance(transaction, filename, identify)
    except DaysheetError as problem:
        raise DaysheetError(
            problem.message, filename=filename, line=problem.line or transaction.line, remedy=problem.remedy
        ) from None


def plain_number(text: str) -> bool:
    """Whether a claim's number is surely only a number: no word, no date, no telephone or social security number."""
    number = _WORDS.sub("", text)
    return bool(_UUID.match(text) or (_NUMBER.match(number) and not _PERSONAL.search(number)))


def _remittance(transaction: Transaction, filename: Path, identify: Identify) -> Remittance:
    payment = next((segment for segment in transaction.segments if segment.tag == "BPR"), None)
    if payment is None:
        raise DaysheetError("an 835 without BPR, the segment that says what was paid", line=transaction.line)
    header, bodies, adjustments = _parts(transaction.segments)
    claims = tuple(_claim(body, line, filename, identify) for line, body in enumerate(bodies, 1))
    amount = payment.money(2)
    if payment.code(3) == "D":
        amount = -amount
    effective = payment.date(16) or next((payment.date(at) for at in range(12, 17) if payment.date(at)), None)
    issued = next((segment.date(2) for segment in header if segment.tag == "DTM" and segment.get(1) == "405"), None)
    date = issued or min((day for day in (effective, transaction.issued) if day), default=None)
    if date is None:
        raise DaysheetError("an 835 that gives no date: neither DTM*405, nor BPR16, nor GS04", line=payment.line)
    trace = next((segment.get(2) for segment in header if segment.tag == "TRN" and _TRACE.match(segment.get(2))), "")
    payer = next((segment for segment in header if segment.tag == "N1" and segment.code(1) == "PR"), None)
    name = printer.plain(payer.get(2)) if payer else ""
    numbers = tuple(sorted(_payer_ids(header, payment)))
    return Remittance(
        id=advice_id(trace, name, date, amount, claims, adjustments),
        date=date,
        payer=name or (numbers[0] if numbers else "unknown payer"),
        payer_ids=numbers,
        trace=trace,
        method=_method(payment.code(4), amount),
        amount=amount,
        effective=effective or date,
        adjustments=tuple(adjustments),
        claims=claims,
        meta={"filename": str(filename), "lineno": transaction.line},
    )


def _code(text: str) -> str:
    """A code of X12's lists, or `unknown`: a misplaced element may be a word that must not go further."""
    return text if _CODE.match(text) else "unknown"


def _parts(segments: Sequence[Segment]) -> tuple[list[Segment], list[_Claim], list[ProviderAdjustment]]:
    """The segments before the claims, the claims, and the provider adjustments."""
    header: list[Segment] = []
    claims: list[_Claim] = []
    adjustments: list[ProviderAdjustment] = []
    for segment in segments:
        if segment.tag == "CLP":
            claims.append(_Claim(segment))
        elif segment.tag == "PLB":
            adjustments += _provider_adjustments(segment)
        elif segment.tag == "NM1":
            if claims and segment.code(1) == "TT" and claims[-1].header.get(2) in _SENT_ON:
                claims[-1].forwarded = segment.get(3), segment.get(9)  # whoever it is: only a known insurer counts
        elif claims:
            _add(claims[-1], segment)
        else:
            header.append(segment)
    return header, claims, adjustments


def _add(claim: _Claim, segment: Segment) -> None:
    service = claim.services[-1] if claim.services else None
    if segment.tag == "CAS":
        group = _code(segment.code(1))
        found = [(group, _code(segment.code(at)), segment.money(at + 1)) for at in _TRIPLETS if segment.get(at)]
        claim.adjustments += found
        if service is not None:
            service.adjustments += found
        if service is not None and not service.stated:
            service.allowed += sum((amount for group, _, amount in found if group == codes.PATIENT), _ZERO)
    elif segment.tag == "SVC":
        code, billed = (
            (parts[1] if len(parts) > 1 else "") for parts in (segment.components(1), segment.components(6))
        )
        units = segment.money(5) if segment.get(5) else Decimal(1)
        paid = segment.money(3)
        claim.services.append(_Service(code, units, paid, segment.money(2), paid, billed or code))
    elif segment.tag == "REF" and segment.code(1) == _LINE_NUMBER and service is not None:
        service.number = printer.plain(segment.get(2))
    elif segment.tag == "AMT" and segment.code(1) == "B6" and service is not None:
        service.allowed, service.stated = segment.money(2), True
    elif segment.tag == "LQ" and segment.code(1) == "HE":
        claim.remarks.append(_code(segment.code(2)))
    elif segment.tag == "MOA":
        claim.remarks += [_code(segment.code(at)) for at in range(3, 8) if segment.get(at)]
    elif segment.tag == "MIA":
        claim.remarks += [_code(segment.code(at)) for at in (5, 20, 21, 22, 23) if segment.get(at)]


def _claim(body: _Claim, line: int, filename: Path, identify: Identify) -> RemittedClaim:
    header = body.header
    status = header.get(2)
    charged, paid, turned = _charged_and_paid(body)
    rank = "primary" if status in ("1", "4", "19", "22") else _RANKS.get(status, "")
    later = rank in ("secondary", "tertiary") or any(reason == codes.EARLIER_PAYER for _, reason, _ in body.adjustments)
    sums: Counter[str] = Counter()
    refused: list[str] = []
    by_code: dict[tuple[str, str], Decimal] = {}
    for group, reason, amount in body.adjustments:
        kind = codes.treatment(group, reason, denied=status == _DENIED, later=later)
        sums[kind] += amount  # type: ignore[assignment]  # a Counter of Decimal sums as one of int does
        by_code[group, reason] = by_code.get((group, reason), _ZERO) + amount
        if kind == "denied" and amount:
            refused.append(codes.in_words(group, reason))
    number = identify(printer.plain(header.get(1)))
    denied = sums["denied"] + _ZERO
    state = _status(status, paid, denied)
    words = [codes.in_words(group, reason) for (group, reason), amount in by_code.items() if amount]
    return RemittedClaim(
        line=line,
        claim=number,
        invoice=number,
        status=state,
        rank=rank,
        reversal=status == _REVERSED,
        charged=charged,
        paid=paid,
        contractual=sums["contractual"] + _ZERO,
        transfer=sums["transfer"] + _ZERO,
        denied=denied,
        earlier=sums["earlier"] + _ZERO,
        unexplained=charged - paid - sum((amount for _, _, amount in body.adjustments), _ZERO),
        reason=_reason(refused or words, body.remarks) if denied or state == "denied" else "",
        codes=", ".join(f"{group}-{reason} {amount:.2f}" for (group, reason), amount in by_code.items()),
        services=tuple(Service(s.code, s.units, s.allowed) for s in body.services if _PROCEDURE.match(s.code)),
        meta={
            "filename": str(filename),
            "lineno": header.line,
            **({TURNED: True} if turned else {}),
            **({FORWARDED: body.forwarded} if any(body.forwarded) else {}),
        },
        control=control_number(printer.plain(header.get(7)), identify),
        lines=tuple(_line(service, later=later, denied=status == _DENIED) for service in body.services),
    )


def _line(service: _Service, *, later: bool, denied: bool) -> ServiceLine:
    """What is decided of a service line; a number that may be a person's is left out."""
    sums: dict[str, Decimal] = {}
    for group, reason, amount in service.adjustments:
        kind = codes.treatment(group, reason, denied=denied, later=later)
        sums[kind] = sums.get(kind, _ZERO) + amount
    number = service.number if plain_number(service.number) else ""
    code = service.billed if _PROCEDURE.match(service.billed) else ""
    parts = (sums.get("contractual", _ZERO), sums.get("transfer", _ZERO))
    return ServiceLine(number, code, service.charged, service.paid, *parts)


def control_number(number: str, identify: Identify) -> str:
    """The payer's own number of a claim (CLP07) as the ledger may hold it.

    One with letters, or as short as a member's number, a telephone or a Social Security number, may be a person's that
    was put there by mistake: it stands as what nobody can read, which two copies of a claim still share.
    """
    if not number:
        return ""
    plain = number.isdigit() and len(number) > _LONGEST_OF_A_PERSON
    return identify(number if plain else f"control number {number.lstrip('0')}")


def _charged_and_paid(body: _Claim) -> tuple[Decimal, Decimal, bool]:
    """What was asked for and what is paid, and whether signs were turned.

    A reversal's amounts are the opposite of what it takes back (005010X221A1, 1.10.2.8). Some senders leave the minus
    out, of all amounts or of the charge alone; the code of the claim's status says what they are. The adjustments and
    services in `body` are turned with the payment.
    """
    charged, paid = body.header.money(3), body.header.money(4)
    if body.header.get(2) != _REVERSED:
        return charged, paid, False
    explained = paid + sum((amount for _, _, amount in body.adjustments), _ZERO)
    turn = explained > 0 or (not explained and (charged or paid) > 0)
    if turn:
        paid = -paid
        body.adjustments = [(group, reason, -amount) for group, reason, amount in body.adjustments]
        for service in body.services:
            service.allowed, service.paid = -service.allowed, -service.paid
            service.charged = -abs(service.charged)
            service.adjustments = [(group, reason, -amount) for group, reason, amount in service.adjustments]
    return -abs(charged), paid, turn or charged > 0


def _reason(refused: Sequence[str], remarks: Sequence[str]) -> str:
    words = [codes.remark_in_words(remark) for remark in remarks if remark]
    return printer.plain("; ".join(dict.fromkeys([*refused, *words])))


def _status(code: str, paid: Decimal, denied: Decimal) -> str:
    if code == _PREDETERMINED:
        return ""
    if code == _DENIED or (code in _PROCESSED and not paid and denied > 0):
        return "denied"
    if code in _PROCESSED:
        return "paid"
    return "submitted" if code == _FORWARDED else "accepted"


def _provider_adjustments(segment: Segment) -> list[ProviderAdjustment]:
    found = []
    for at in _PAIRS:
        amount = segment.money(at + 1)
        if amount:
            code = _code(segment.components(at)[0].upper())
            found.append(ProviderAdjustment(code, codes.purpose_of(code), amount))
    return found


def _payer_ids(header: Sequence[Segment], payment: Segment) -> set[str]:
    found = {payment.get(10)}
    for segment in header:
        if segment.tag == "TRN":
            found.add(segment.get(3))
        elif segment.tag == "N1" and segment.code(1) == "PR":
            found.add(segment.get(4))
        elif segment.tag == "REF" and segment.code(1) in ("2U", "NF", "EO", "HI"):
            found.add(segment.get(2))
        elif segment.tag == "N1":
            break  # what follows is the payee's
    return found - {""}


def _method(code: str, amount: Decimal) -> str:
    if code == _NO_PAYMENT or not amount:
        return "none"
    return "check" if code in _CHECKS else "eft"


def advice_id(
    trace: str,
    payer: str,
    date: datetime.date,
    amount: Decimal,
    claims: Sequence[RemittedClaim],
    adjustments: Sequence[ProviderAdjustment],
) -> str:
    """An id of what the advice says, so that a second copy in another envelope is known and another payer's is not."""
    said = [payer, date.isoformat(), f"{amount:.2f}"]
    said += [f"{claim.charged:.2f} {claim.paid:.2f} {claim.codes}" for claim in claims]
    said += [f"{adjustment.code} {adjustment.amount:.2f}" for adjustment in adjustments]
    digest = hashlib.sha256("\n".join([trace, *said]).encode()).hexdigest()[:8]
    return f"ERA-{printer.link(trace) or 'no-trace'}-{digest}"
