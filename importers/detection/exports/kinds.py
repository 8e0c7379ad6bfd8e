"""Which kind of records an export holds, and whether it is a practice's at all: each vote with its reason."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Final, NamedTuple

from daysheet.importers.detection.exports import concepts as of
from daysheet.importers.detection.exports.column_facts import Facts
from daysheet.importers.detection.exports.field_share import is_method, share
from daysheet.importers.detection.exports.header_words import words_of

VISITS: Final = "visits"
INVOICES: Final = "invoices"
PAYMENTS: Final = "payments"
ADJUSTMENTS: Final = "adjustments"
CLAIMS: Final = "claims"
KINDS: Final = (VISITS, INVOICES, PAYMENTS, ADJUSTMENTS, CLAIMS)

_ENOUGH: Final = 5
_AMOUNTS: Final = 4
_MANY_AMOUNTS: Final = 4
_LEAST: Final = 4
_OF_UNKNOWN: Final = 6
_OWN: Final = 8
_UNIQUE: Final = 0.9


class Vote(NamedTuple):
    """What speaks for a kind, and how much."""

    kind: str
    weight: int
    why: str


class Kind(NamedTuple):
    """The kind that the votes give.

    Attributes:
        name: one of `KINDS`; empty for what is no practice's export, or one of no kind that is booked.
        why: what it rests on.
        rival: the kind next to it where the votes do not settle it.
        field: how much of the header is of the field.
    """

    name: str
    why: str
    rival: str = ""
    field: int = 0


def own_id(columns: Sequence[Facts]) -> tuple[Facts, str] | None:
    """The leftmost column that numbers the rows' own records, and their kind; that of a bare `id` is empty."""
    for facts in columns:
        if facts.uniqueness < _UNIQUE or facts.share_filled < _UNIQUE or of.is_money(facts) or not facts.filled:
            continue
        if sum(bool(concept & set(facts.words)) for _, concept in _OWN_OF) > 1:
            continue  # `Invoice or Claim #` names what a row is for
        for kind, concept in _OWN_OF:
            if kind == INVOICES and not any(map(of.is_money, columns)):
                continue
            if of.is_id_of(facts, concept) and (concept is not of.VISIT or not _is_reference(facts, columns)):
                return facts, kind
        words = set(facts.words)
        unknown = bool(words & of.ID) and facts.place == 0 and not words & _OTHERS
        if words and (words <= of.ID | {"transaction", "record", "row", "entry", "internal"} or unknown):
            return facts, ""
    return None


_OWN_OF: Final = (
    (CLAIMS, of.CLAIM),
    (ADJUSTMENTS, of.ADJUSTMENT),
    (PAYMENTS, of.PAYMENT),
    (INVOICES, of.INVOICE),
    (INVOICES, of.CHARGE),
    (INVOICES, of.PROCEDURE - {"code", "item", "cpt"}),
    (VISITS, of.VISIT),
)


_OTHERS: Final = of.PATIENT | of.PROVIDER | of.PAYER


def _is_reference(facts: Facts, columns: Sequence[Facts]) -> bool:
    """Whether a unique visit's number stands behind another record's own number: a bill for each visit."""
    before = columns[: facts.place]
    return any(
        of.is_id_of(other, of.INVOICE | of.CHARGE | of.PAYMENT | of.CLAIM | of.ADJUSTMENT | of.PROCEDURE)
        and other.uniqueness >= _UNIQUE
        for other in before
    )


def find_kind(columns: Sequence[Facts], path: Path) -> Kind:
    """The kind of an export's records."""
    field = share(columns)
    own = own_id(columns)
    votes = [*_capped(_votes_of_columns(columns)), *_votes_of_words(columns), *_votes_of_name(path)]
    if own is not None and own[1]:
        weight = _weight(own[1], columns)
        votes.append(Vote(own[1], weight, f'column "{own[0].header}" numbers its rows'))
    elif own is None and any(map(_is_of_service, columns)):
        votes.append(Vote(VISITS, 3, "its days are of service, and no number of a bill stands in it"))
    elif own is None and _is_session(columns):
        votes.append(Vote(VISITS, 3, "it says who was seen by whom, on which day and for what"))
    total = dict.fromkeys(KINDS, 0)
    for vote in votes:
        total[vote.kind] += vote.weight
    ranked = sorted(KINDS, key=lambda kind: -total[kind])
    first, second = ranked[0], ranked[1]
    least = _LEAST if own is None or own[1] or set(own[0].words) <= of.ID else _OF_UNKNOWN
    no_visit = first == VISITS and not _are_visits(columns, own)
    if field < _ENOUGH or total[first] < least or no_visit or _is_list(columns, own):
        return Kind("", "", field=field)
    why = "; ".join(vote.why for vote in sorted(votes, key=lambda vote: -vote.weight) if vote.kind == first)
    close = total[first] - total[second] < 2
    return Kind(first, why, second if close else "", field)


def _weight(kind: str, columns: Sequence[Facts]) -> int:
    """How much a number of the rows tells; a visit's stands on its charges as well."""
    if kind != VISITS:
        return _OWN
    if not _sees_somebody(columns):
        return 2
    return 3 if sum(map(of.is_money, columns)) >= _MANY_AMOUNTS else _OWN


def _capped(votes: Iterator[Vote]) -> Iterator[Vote]:
    """The votes of amounts for bills and payments, as far as they tell more: a row may have many amounts."""
    left = {INVOICES: _AMOUNTS, PAYMENTS: 2}
    for vote in votes:
        if vote.kind not in left or not vote.why.endswith("amounts"):
            yield vote
        elif left[vote.kind] > 0:
            left[vote.kind] -= vote.weight
            yield vote


def _is_session(columns: Sequence[Facts]) -> bool:
    """Whether a row has a patient, a provider, a day and a service or kind of appointment."""
    patient = any(of.names(facts, of.PATIENT | {"surname"}) and not of.is_money(facts) for facts in columns)
    provider = any(of.names(facts, of.PROVIDER - {"resource"}) and not of.is_money(facts) for facts in columns)
    what = any(
        of.names(facts, of.PROCEDURE) or ({"type"} & set(facts.words) and of.names(facts, of.VISIT))
        for facts in columns
    )
    return patient and provider and what and any(facts.is_dates for facts in columns)


def _is_of_service(facts: Facts) -> bool:
    words = set(facts.words)
    return facts.is_dates and ("dos" in words or {"service", "date"} <= words)


def _sees_somebody(columns: Sequence[Facts]) -> bool:
    """Whether there is a patient, a provider or a visit's day."""
    return any(
        (
            of.names(facts, of.PATIENT | {"firstname", "surname"} | (of.PROVIDER - {"resource"}))
            and not of.is_money(facts)
        )
        or (facts.is_dates and of.names(facts, of.VISIT))
        for facts in columns
    )


def _are_visits(columns: Sequence[Facts], own: tuple[Facts, str] | None) -> bool:
    """Whether somebody was seen: by a provider, or with a state of who came, or numbered as visits.

    A list of allergies or devices names the visit at which each was noted, and is none of visits.
    """
    if not _sees_somebody(columns):
        return False
    seen_by = any(of.names(facts, of.PROVIDER) and not of.is_money(facts) for facts in columns)
    came = any(of.names(facts, frozenset(("noshow", "attended", "status"))) for facts in columns)
    named = [facts for facts in columns if of.is_id_of(facts, of.VISIT)]
    dated = any(facts.is_dates and of.names(facts, of.VISIT) for facts in columns)
    return seen_by or came or dated or (own is not None and own[1] == VISITS and own[0] in named)


def _is_list(columns: Sequence[Facts], own: tuple[Facts, str] | None) -> bool:
    """Whether it lists patients, providers or payers, and nothing that happened."""
    words = {word for facts in columns for word in facts.words}
    events = of.VISIT | of.CLAIM | of.INVOICE | of.PAYMENT | of.CHARGE | of.ADJUSTMENT
    numbered = any(of.is_id_of(facts, events) for facts in columns)
    dated = any(
        facts.is_dates and not set(facts.words) & (of.OTHER_DAYS - {"cancelled", "noshow"}) for facts in columns
    )
    amounts = any(map(of.is_money, columns))
    if not numbered and not dated:
        return True
    person = words & {"firstname", "surname", "birth", "gender", "phone", "email", "address", "specialty", "speciality"}
    return len(person) > 1 and not numbered and not (dated and amounts) and own is None and not words & of.VISIT


def line_of(cell: str) -> str:
    """What a word of a ledger's type column says that its row is; empty for none of them."""
    words = set(words_of(cell))
    if (
        words & {"adjustment", "writeoff", "discount", "courtesy", "contractual", "transfer"}
        or "writeoff" in cell.casefold()
    ):
        return ADJUSTMENTS
    if words & (of.PAYMENT | {"refund", "copay", "credit", "paid"}):
        return PAYMENTS
    if words & (of.CHARGE | of.PROCEDURE | {"fee", "sale", "debit"} | of.INVOICE):
        return INVOICES
    return VISITS if words & of.VISIT else ""


def is_ledger(facts: Facts) -> bool:
    """Whether a column says of each row that it is a charge, a payment or an adjustment."""
    if not facts.is_few_words or not set(facts.words) & {"type", "kind", "transaction", "category", "entry", "line"}:
        return False
    lines = {line_of(cell) for cell in facts.distinct}
    return INVOICES in lines and bool(lines & {PAYMENTS, ADJUSTMENTS})


def _votes_of_columns(columns: Sequence[Facts]) -> Iterator[Vote]:
    money = [facts for facts in columns if of.is_money(facts)]
    for facts in columns:
        words = set(facts.words)
        if facts.is_dates:
            yield from _votes_of_day(facts, words)
        elif facts in money:
            yield from _votes_of_amount(facts, words)
        elif words & {"duration"} and not words & of.CLAIM:
            yield Vote(VISITS, 1, f'column "{facts.header}" is how long it took')
        elif words & {"denied", "adjudicated", "appeal", "submitted"} or {"payer", "claim"} <= words:
            yield Vote(CLAIMS, 2, f'column "{facts.header}" is of claims')
    ledger = next((facts for facts in columns if is_ledger(facts)), None)
    if ledger is not None:
        yield Vote(INVOICES, 10, f'column "{ledger.header}" says of each row whether it is a charge or a payment')
    many = sum(bool({"insurance", "payer", "subscriber", "diagnosis"} & set(facts.words)) for facts in columns)
    seen_by = any(of.names(facts, of.PROVIDER) and not of.names(facts, of.PAYER) for facts in columns)
    codes = any(of.names(facts, frozenset(("cpt", "procedure", "modifier"))) for facts in columns)
    claims = any(of.names(facts, of.CLAIM) and not of.is_money(facts) for facts in columns)
    timed = any(facts.is_clock or facts.has_clock for facts in columns)
    whole = (
        (not money, Vote(VISITS, 3, "no column holds amounts")),
        (timed, Vote(VISITS, 1, "it has times of day")),
        (seen_by, Vote(VISITS, 1, "a column says who saw the patient")),
        (any(map(is_method, columns)), Vote(PAYMENTS, 2, "a column says how money was paid")),
        (
            any(map(is_method, columns)) and len(money) == 1,
            Vote(PAYMENTS, 2, "it has one amount, and how it was paid"),
        ),
        (codes and bool(money), Vote(INVOICES, 1, "it has procedures with amounts")),
        (claims, Vote(CLAIMS, 2, "its columns speak of claims")),
        (many > 2, Vote(CLAIMS, min(many - 1, 4), "several columns are of insurance and diagnoses")),
    )
    yield from (vote for is_so, vote in whole if is_so)


def _votes_of_day(facts: Facts, words: set[str]) -> Iterator[Vote]:
    why = f'column "{facts.header}" is its day'
    if words & {"birth", "created", "modified"}:
        return
    if "due" in words:
        yield Vote(INVOICES, 3, f'column "{facts.header}" says when it is due')
    elif words & (of.VISIT | {"start"}) and not words & of.OTHER_DAYS:
        yield Vote(VISITS, 3, why)
    elif words & {"submitted", "denied", "adjudicated", "appeal"}:
        yield Vote(CLAIMS, 3, why)
    elif words & (of.INVOICE | of.CHARGE | {"issue"}):
        yield Vote(INVOICES, 3, why)
    elif words & (of.PAYMENT | {"paid", "received", "deposit"}):
        yield Vote(PAYMENTS, 2, why)
    elif words & of.ADJUSTMENT:
        yield Vote(ADJUSTMENTS, 3, why)
    elif words & of.CLAIM:
        yield Vote(CLAIMS, 2, why)


def _votes_of_amount(facts: Facts, words: set[str]) -> Iterator[Vote]:
    why = f'column "{facts.header}" holds amounts'
    if words & of.ADJUSTMENT:
        yield Vote(ADJUSTMENTS, 3, why)
    elif words & of.CLAIM or "allowed" in words:
        yield Vote(CLAIMS, 2, why)
    elif words & {"balance", "outstanding", "due", "covered", "discount", "tax", "responsibility", "subtotal"}:
        yield Vote(INVOICES, 1, why)
    elif words & of.PAID:
        yield Vote(PAYMENTS, 2, why)
    elif words & (of.CHARGE | of.INVOICE | {"cost", "fee", "price", "total"}):
        yield Vote(INVOICES, 2, why)


def _votes_of_words(columns: Sequence[Facts]) -> Iterator[Vote]:
    for facts in columns:
        words = set(facts.words)
        if "noshow" in words or "attended" in words:
            yield Vote(VISITS, 3, f'column "{facts.header}" says who came')
        elif "status" in words or "outcome" in words:
            yield from _votes_of_status(facts, words)
        if {"adjustment", "type"} <= words or {"adjustment", "reason"} <= words:
            yield Vote(ADJUSTMENTS, 3, f'column "{facts.header}" is of adjustments')
        if of.is_id_of(facts, of.INVOICE):
            yield Vote(INVOICES, 1, f'column "{facts.header}" names the bill')
        elif of.is_id_of(facts, of.CLAIM):
            yield Vote(CLAIMS, 1, f'column "{facts.header}" names the claim')


def _votes_of_status(facts: Facts, words: set[str]) -> Iterator[Vote]:
    told = f'column "{facts.header}" has the words of '
    shares = facts.known_share
    telling = {status_of(cell) for cell in facts.distinct}
    if words & of.CLAIM:
        yield Vote(CLAIMS, 3, f'column "{facts.header}" is the state of claims')
    elif words & (of.PAYMENT | of.INVOICE):
        yield Vote(INVOICES, 1, f'column "{facts.header}" says whether it is paid')
    elif telling & {"no-show", "cancelled"} and shares["visits"] >= 0.5 and not telling & {"paid"}:
        yield Vote(VISITS, 4, told + "visits")
    elif "denied" in telling:
        yield Vote(CLAIMS, 3, told + "claims")
    elif "paid" in telling:
        yield Vote(INVOICES, 2, told + "bills")
    elif shares["visits"] >= 0.9:
        yield Vote(VISITS, 2, told + "visits")


def status_of(cell: str) -> str:
    """What a word of a status says, where only one kind of record has it."""
    low = " ".join(words_of(cell))
    if "noshow" in low or re.search(r"\b(missed|absent|dna|attended|arrived|kept)\b", low):
        return "no-show"
    if re.search(r"cancelled|reschedul", low):
        return "cancelled"
    if re.search(r"\b(denied|rejected|appeal\w*|adjudicated)\b", low):
        return "denied"
    return "paid" if re.search(r"\b(paid|unpaid|outstanding|overdue)\b", low) else ""


_FILES: Final = {
    VISITS: of.VISIT | {"schedule", "scheduled", "attended"},
    INVOICES: of.INVOICE | of.CHARGE | {"sales", "ledger", "procedure", "production"},
    PAYMENTS: of.PAYMENT | {"received", "transaction"},
    ADJUSTMENTS: of.ADJUSTMENT,
    CLAIMS: of.CLAIM,
}


def _votes_of_name(path: Path) -> Iterator[Vote]:
    words = set(words_of(path.stem))
    for kind, concept in _FILES.items():
        if words & concept:
            yield Vote(kind, 2, "the file's name says so")
