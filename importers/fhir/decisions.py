"""Explanations of benefit and payment reconciliations to remittances: what an insurer allowed, paid and left to whom.

An ExplanationOfBenefit is a decision on one claim, a PaymentReconciliation the payment of several. Decisions of one
payment are one remittance, as an X12 835 of the same money is, and in its words: the categories of adjudication become
its groups and reasons (deductible PR-1, coinsurance PR-2, copay PR-3, what the contract takes off CO-45, what earlier
insurers paid OA-23). The categories are those of R4, of CARIN Blue Button and of the CMS's Blue Button; amounts that an
insurer gives by X12's own codes are taken as they are. What does not add up stays unexplained.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Iterator, Mapping, Sequence
from decimal import Decimal
from typing import Final, NamedTuple

from daysheet.importers.edi import codes
from daysheet.importers.edi.remittances import advice_id, control_number, plain_number
from daysheet.importers.fhir import adjudication
from daysheet.importers.fhir.bills import own_number
from daysheet.importers.fhir.elements import (
    Body,
    code,
    day,
    identifier,
    money,
    number,
    part,
    parts,
    word,
)
from daysheet.importers.fhir.references import Ref
from daysheet.importers.fhir.stream import Resource
from daysheet.importers.fhir.terms import Reader, own_id
from daysheet.importers.reading import Skipped
from daysheet.remittances import ProviderAdjustment, Remittance, RemittedClaim

_RANKS: Final = {1: "primary", 2: "secondary", 3: "tertiary"}
_DECIDED: Final = ("complete", "partial", "error", "")
_CHECKS: Final = ("check", "chk", "chq", "cheque")
_PAYS: Final = ("payment", "complete", "partial", "")
_ZERO: Final = Decimal()
_DIGITS_OF_A_PERSON: Final = 9


class Decided(NamedTuple):
    """A decision on a claim, and the payment that it is part of.

    Attributes:
        claim: the decision.
        payer: the books' id of the insurer, else a token.
        trace: the number of the payment; empty where it has none.
        date: the day of the payment, else of the decision.
        sent: what of the payment is this claim's, where that is said.
        names: ids by which a reconciliation may mean the decision: its own, its claim's, its claim response's.
    """

    claim: RemittedClaim
    payer: str
    trace: str
    date: datetime.date
    sent: Decimal | None
    names: tuple[str, ...]


def explanation(resource: Resource, reader: Reader) -> Decided | Skipped:
    """The decision that an ExplanationOfBenefit is, or why it is none.

    Raises:
        DaysheetError: it is in another currency than the books.
    """
    body, row = resource.body, resource.row
    refusal = _refusal(body)
    if refusal:
        return Skipped(row, refusal)
    when = day(part(body, "payment").get("date"), reader.terms.zone) or day(body.get("created"), reader.terms.zone)
    if when is None:
        return Skipped(row, "says no day")
    insurer = reader.ref(part(body, "insurer"), body)
    if not insurer:
        insurer = reader.directory.payor(reader.ref(part(part(body, "insurance"), "coverage"), body))
    claim, response = reader.ref(part(body, "claim"), body), reader.ref(part(body, "claimResponse"), body)
    paid = money(part(body, "payment").get("amount"))
    decided = _decision(body, _number(claim, reader) or own_number(body, resource.url, reader), row, reader)
    if decided is None:
        return Skipped(row, "says neither what was asked for nor what was paid")
    if decided.unexplained and not (decided.paid or decided.codes):
        return Skipped(row, "pays nothing, and says neither what was allowed nor why")
    trace = identifier(part(body, "payment"))
    return Decided(
        decided,
        reader.payer(insurer) or "unknown-payer",
        _trace(trace, reader),
        when,
        None if paid is None else reader.amount(paid, row),
        tuple(filter(None, (own_id(body, resource.url), claim.id, response.id))),
    )


def reconciliation(resource: Resource, reader: Reader) -> list[Remittance] | Skipped:
    """The remittance that a PaymentReconciliation is where the export does not explain it; else why it is none here."""
    body, row = resource.body, resource.row
    refusal = _refusal(body)
    if refusal:
        return Skipped(row, refusal)
    if any(
        name in reader.directory.explained for detail in parts(body, "detail") for name in _named(detail, body, reader)
    ):
        return Skipped(row, "the explanations of benefit of the same export say what it pays for")
    found = _remittance(resource, (), reader)
    return Skipped(row, "says no day, no insurer or no amount") if found is None else [found]


def remittances(decisions: Sequence[Decided], reader: Reader) -> list[Remittance]:
    """Decisions as remittances: those of one payment as one, as its reconciliation says it where there is one."""
    groups: dict[tuple[str, ...], list[Decided]] = {}
    of_payment = _reconciled(decisions, reader)
    for place, decided in enumerate(decisions):
        payment = of_payment.get(place)
        by_itself = (decided.payer, decided.trace, "" if decided.trace else decided.date.isoformat())
        groups.setdefault(("payment", payment) if payment else by_itself, []).append(decided)
    found = []
    for key, group in groups.items():
        made = _remittance(reader.directory.reconciliations[key[1]], group, reader) if key[0] == "payment" else None
        found.append(made or _grouped(group, reader))
    return found


def _reconciled(decisions: Sequence[Decided], reader: Reader) -> dict[int, str]:
    """The reconciliation of each decision, by its place, where one names it."""
    names: dict[str, str] = {}
    for identity, resource in reader.directory.reconciliations.items():
        for detail in parts(resource.body, "detail"):
            names.update(dict.fromkeys(_named(detail, resource.body, reader), identity))
    found = {}
    for place, decided in enumerate(decisions):
        payment = next((names[name] for name in decided.names if name in names), None)
        if payment is not None:
            found[place] = payment
    return found


def _trace(number: str, reader: Reader) -> str:
    """The number of a payment, by which the bank's line is found; one that may be a person's is a token."""
    digits = number.isascii() and number.isdigit() and len(number) != _DIGITS_OF_A_PERSON
    return number if not number or digits else reader.identity(number)


def _named(detail: Body, body: Body, reader: Reader) -> list[str]:
    refs = (reader.ref(part(detail, name), body) for name in ("request", "response", "predecessor"))
    return [ref.id for ref in refs if ref.id]


def _grouped(group: Sequence[Decided], reader: Reader) -> Remittance:
    """A remittance of decisions that no reconciliation sums up: it sends what they say is sent."""
    first = group[0]
    claims = _numbered(each.claim for each in group)
    amount = sum((each.claim.paid if each.sent is None else each.sent for each in group), _ZERO)
    date = max(each.date for each in group)
    return _made(first.payer, (), first.trace, date, amount, "", claims, (), reader.meta(claims[0].meta["lineno"]))


def _remittance(resource: Resource, group: Sequence[Decided], reader: Reader) -> Remittance | None:
    """A reconciliation with the decisions that explain it; what it pays without one is a claim paid, and no more."""
    body = resource.body
    total = money(body.get("paymentAmount") or body.get("amount"))
    when = day(body.get("paymentDate") or body.get("date") or body.get("created"), reader.terms.zone)
    issuer = reader.ref(part(body, "paymentIssuer"), body)
    payer = reader.payer(issuer) or (group[0].payer if group else "")
    if total is None or when is None or not payer:
        return None
    explained = {name for decided in group for name in decided.names}
    claims = [decided.claim for decided in group]
    adjustments: list[ProviderAdjustment] = []
    row = claims[0].meta["lineno"] if claims else resource.row
    for detail in parts(body, "detail"):
        amount = money(detail.get("amount"))
        names = _named(detail, body, reader)
        if amount is None or explained & set(names):
            continue
        value = reader.amount(amount, row)
        request = reader.ref(part(detail, "request"), body)
        if code(detail, "type") in _PAYS and request.id:
            claims.append(_paid(_number(request, reader), value, row, reader))
        else:
            adjustments.append(ProviderAdjustment("FB", codes.purpose_of("FB"), -value))
    trace = identifier(body, "paymentIdentifier")
    ids = tuple(reader.identity(each) for each in _numbers_of(issuer, reader))
    return _made(
        payer, ids, _trace(trace, reader), when, reader.amount(total, row), code(body, "paymentType"),
        _numbered(claims), tuple(adjustments), reader.meta(row),
    )  # fmt: skip


def _made(
    payer: str,
    payer_ids: tuple[str, ...],
    trace: str,
    date: datetime.date,
    amount: Decimal,
    method: str,
    claims: tuple[RemittedClaim, ...],
    adjustments: tuple[ProviderAdjustment, ...],
    meta: Mapping[str, object],
) -> Remittance:
    how = "none" if not amount else "check" if method.casefold() in _CHECKS else "eft"
    identity = advice_id(trace, payer, date, amount, claims, adjustments)
    return Remittance(identity, date, payer, payer_ids, trace, how, amount, date, adjustments, claims, meta)


def _numbers_of(issuer: Ref, reader: Reader) -> Iterator[str]:
    """The numbers of an insurer that the reference itself gives: an organization's own may be of any kind."""
    if issuer.by_identifier and issuer.id:
        yield issuer.id
    del reader


def _refusal(body: Body) -> str:
    status, use, outcome = word(body, "status"), word(body, "use"), word(body, "outcome")
    if status not in ("active", ""):
        known = {"cancelled": "cancelled", "draft": "a draft", "entered-in-error": "entered in error"}
        return f"{known.get(status, 'of a status that decides nothing')}, as the record system says"
    if use in ("preauthorization", "predetermination"):
        return "a predetermination pays nothing"
    return "" if outcome in _DECIDED else "not decided yet"


def _number(claim: Ref, reader: Reader) -> str:
    """The practice's number of a claim, as an 835's reader would keep it; empty where none is named."""
    if claim.by_identifier:
        return reader.number(claim.id, "") or (reader.context.token(claim.id) if claim.id else "")
    return reader.number(reader.directory.numbers.get(claim.id, ""), claim.id)


def _decision(body: Body, claim: str, row: int, reader: Reader) -> RemittedClaim | None:
    items = [*parts(body, "item"), *parts(body, "addItem")]
    found = adjudication.sums(body, items, row, reader)
    if found is None or not claim:
        return None
    precedence = number(body.get("precedence"))
    rank = _RANKS.get(int(precedence) if precedence is not None else 1, "")
    parted = {"contractual": _ZERO, "transfer": _ZERO, "denied": _ZERO, "earlier": _ZERO}
    refused = word(body, "outcome") == "error"
    for group, reason, amount in found.adjustments:
        parted[codes.treatment(group, reason, denied=refused, later=rank != "primary")] += amount
    denied = not found.paid and parted["denied"] > 0
    reasons = [codes.in_words(group, reason) for group, reason, amount in found.adjustments if amount]
    merged: dict[tuple[str, str], Decimal] = {}
    for group, reason, amount in found.adjustments:
        merged[group, reason] = merged.get((group, reason), _ZERO) + amount
    return RemittedClaim(
        line=1,
        claim=claim,
        invoice=claim,
        status="denied" if denied or refused else "paid",
        rank=rank,
        reversal=False,
        charged=found.charged,
        paid=found.paid,
        contractual=parted["contractual"],
        transfer=parted["transfer"],
        denied=parted["denied"],
        earlier=parted["earlier"],
        unexplained=found.charged - found.paid - sum((amount for _, _, amount in found.adjustments), _ZERO),
        reason="; ".join(dict.fromkeys(reasons)) if denied or refused else "",
        codes=", ".join(f"{group}-{reason} {amount:.2f}" for (group, reason), amount in merged.items() if amount),
        services=tuple(adjudication.services(items, row, reader)),
        meta=reader.meta(row),
        control=_control(body, reader),
        lines=tuple(adjudication.lines(items, row, reader, later=rank != "primary", refused=refused)),
    )


def _control(body: Body, reader: Reader) -> str:
    """The insurer's own number of the claim, as a remittance's reader keeps it."""

    def identify(number: str) -> str:
        return number if plain_number(number) else reader.context.token(number)

    return control_number(identifier(body), identify)


def _paid(claim: str, amount: Decimal, row: int, reader: Reader) -> RemittedClaim:
    """A claim of which a reconciliation says no more than what was paid."""
    return RemittedClaim(
        line=1, claim=claim, invoice=claim, status="paid", rank="primary", reversal=amount < 0, charged=amount,
        paid=amount, contractual=_ZERO, transfer=_ZERO, denied=_ZERO, earlier=_ZERO, unexplained=_ZERO, reason="",
        codes="", services=(), meta=reader.meta(row),
    )  # fmt: skip


def _numbered(claims: Iterable[RemittedClaim]) -> tuple[RemittedClaim, ...]:
    return tuple(claim._replace(line=line) for line, claim in enumerate(claims, 1))
