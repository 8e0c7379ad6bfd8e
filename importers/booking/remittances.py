"""Remittances into the books: what of an advice is new, however often and in however many pieces it comes.

An advice is known by its payer (as `practice.beancount` knows it, by number before name), its trace number and its
claims with the payer's own numbers of them. The day of its production, the envelope and the id that the books give it
do not count: a clearinghouse makes an advice again a day later, splits a check into several transactions, or joins two.
What is new of it is booked, what is known is left, and what differs is said with both places.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Final

from daysheet.billing import payers
from daysheet.books import Books
from daysheet.importers import identity
from daysheet.importers.booking.expected_remittances import RemittanceState
from daysheet.importers.booking.session import Changed, ImportSession, Taken, month_file
from daysheet.importers.edi import source
from daysheet.importers.reading import Skipped
from daysheet.remittances import ProviderAdjustment, Remittance, RemittedClaim
from daysheet.wording import many, money

_ZERO: Final = Decimal()


@dataclass
class Part:
    """What of an advice the books lack, and what they have.

    Attributes:
        fresh: the advice with what is new of it, its payer the books' own; None if nothing is.
        known: the books' claims that it repeats, each beside its own.
        siblings: the books' remittances of the same payer and trace number.
    """

    fresh: Remittance | None
    known: list[tuple[RemittedClaim, RemittedClaim]] = field(default_factory=list)
    siblings: tuple[Remittance, ...] = ()


def part(record: Remittance, books: Books, others: Iterable[Remittance], *, one_file: bool = False) -> Part:
    """What of an advice is new.

    Args:
        record: as read.
        books: to find the payer and the claims that it speaks of.
        others: remittances that may be of the same payment, with the books' payers.
        one_file: whether they are of the same file.
    """
    payer = payers.payer_of(record, books)
    record = record._replace(payer=payer)
    siblings = tuple(each for each in others if _is_sibling(record, each, books))
    if not siblings:
        return Part(record)
    left = [claim for sibling in siblings for claim in sibling.claims]
    claims = [claim for claim in record.claims if claim.status]
    pairs: dict[int, RemittedClaim] = {}
    for wanted in ("same", "differs"):
        for claim in claims:
            found = (each for each in left if _relation(claim, each, payer, books, one_file=one_file) == wanted)
            if claim.line not in pairs and (twin := next(found, None)) is not None:
                left.remove(twin)
                pairs[claim.line] = twin
    beside = [(item.code, item.amount) for sibling in siblings for item in sibling.adjustments]
    adjustments: list[ProviderAdjustment] = []
    for item in record.adjustments:
        if (item.code, item.amount) in beside:
            beside.remove((item.code, item.amount))
        else:
            adjustments.append(item)
    known = [(claim, pairs[claim.line]) for claim in claims if claim.line in pairs]
    new = tuple(claim for claim in record.claims if claim.line not in pairs)
    if not any(claim.status for claim in new) and not adjustments:
        return Part(None, known, siblings)
    return Part(_rest(record, new, tuple(adjustments)), known, siblings)


def traced(record: Remittance, books: Books) -> list[Remittance]:
    """The books' remittances with the trace number of an advice."""

    def work() -> dict[str, list[Remittance]]:
        found: dict[str, list[Remittance]] = {}
        for each in books.remittances.values():
            found.setdefault(identity.trace(each.trace), []).append(each)
        return found

    return books.once("remittances by trace number", work).get(identity.trace(record.trace), [])


def joined(records: Sequence[Remittance], books: Books) -> Iterator[tuple[Remittance, list[Part]]]:
    """The advices of a file, those of one payment as one, with what of them repeats a transaction before.

    Transactions of one payer and trace number are parts of one payment. Either each balances with its own amount, or
    each gives the whole payment's, and only together they balance.
    """
    groups: dict[object, list[Remittance]] = {}
    for record in records:
        key = identity.trace(record.trace)
        groups.setdefault((payers.payer_of(record, books), key) if key else id(record), []).append(record)
    for first, *others in groups.values():
        whole, repeated = first._replace(payer=payers.payer_of(first, books)), []
        for record in others:
            found = part(record, books, [whole], one_file=True)
            repeated.append(found)
            whole = whole if found.fresh is None else _with(whole, found.fresh, record.amount == first.amount)
        yield whole._replace(payer=first.payer), repeated


def book_remittances(session: ImportSession, records: Sequence[Remittance], taken: Taken, *, suspense: bool) -> None:
    """Book what is new of a file's remittances.

    Raises:
        DaysheetError: one of them does not balance, or cannot be written.
    """
    for record, repeated in joined(records, session.books):
        for each in repeated:
            for mine, theirs in each.known:
                row = int(mine.meta["lineno"])
                taken.skipped.append(Skipped(row, f"repeats row {theirs.meta['lineno']}"))
                _compare(mine, theirs, taken)
        found = part(
            record, session.books, [*traced(record, session.books), *session.part(RemittanceState).booked.values()]
        )
        currency = session.books.currency
        claims = sum(1 for claim in record.claims if claim.status)
        booked = _ZERO if found.fresh is None else found.fresh.amount
        taken.amounts[currency] += record.amount
        taken.known_amounts[currency] += record.amount - booked
        taken.booked_amounts[currency] += booked
        taken.known += len(found.known)
        taken.booked += claims - len(found.known)
        _say(record, found, session, taken)
        if found.fresh is not None:
            _book(session, record, found.fresh, taken, suspense=suspense)


def _book(session: ImportSession, record: Remittance, fresh: Remittance, taken: Taken, *, suspense: bool) -> None:
    if not suspense:
        source.refuse_unbalanced([fresh])
    fresh = fresh._replace(id=_unused(fresh.id, {*session.books.remittances, *session.part(RemittanceState).booked}))
    session.part(RemittanceState).booked[fresh.id] = fresh
    entries = source.directives(fresh, session.books)
    session.add({month_file(fresh.date, "remittances"): entries}, taken)
    if fresh.payer not in session.books.payers:
        numbers = f', with era-id: "{" ".join(record.payer_ids)}"' if record.payer_ids else ""
        taken.notes.append(f'practice.beancount has no payer for "{record.payer}": add it{numbers}')


def _is_sibling(record: Remittance, other: Remittance, books: Books) -> bool:
    """Whether two advices are of one payment: of one payer, under one trace number.

    A payer that the books did not know when the other was booked is the same if a claim with the payer's own number is.
    Without a trace number it takes such a claim too, or else the same day and amount.
    """
    if identity.trace(record.trace) != identity.trace(other.trace):
        return False
    if record.payer != other.payer and {record.payer, other.payer} <= set(books.payers):
        return False
    if record.payer == other.payer and identity.trace(record.trace):
        return True
    if (record.date, record.amount) == (other.date, other.amount) and record.payer == other.payer:
        return True
    same = {
        (mine.line, theirs.line): bool(mine.control and theirs.control)
        for mine in record.claims
        for theirs in other.claims
        if _relation(mine, theirs, record.payer, books, one_file=False) == "same"
    }
    # without any number of the payer, only an advice that says the same of every claim is a copy
    whole = record.amount == other.amount and record.payer == other.payer and len(record.claims) == len(other.claims)
    alike = {line for line, _ in same} == {claim.line for claim in record.claims}
    return any(same.values()) or bool(whole and alike and same)


def _relation(mine: RemittedClaim, theirs: RemittedClaim, payer: str, books: Books, *, one_file: bool) -> str:
    """As `identity.same_decision`; empty for decisions on two claims."""
    alike = _names(mine, payer, books) & _names(theirs, payer, books)
    return identity.same_decision(mine, theirs, one_file=one_file) if alike else ""


def _names(claim: RemittedClaim, payer: str, books: Books) -> set[str]:
    """The numbers of a claim: as it was read or booked, and as the books know it by now."""
    numbers = {claim.claim, claim.invoice, *payers.known_claim(claim.claim, payer, books)}
    return set(map(payers.comparable_number, filter(None, numbers)))


def _rest(
    record: Remittance, claims: tuple[RemittedClaim, ...], adjustments: tuple[ProviderAdjustment, ...]
) -> Remittance:
    """An advice without what is known of it: it says of its money what the rest explains, and as much unexplained."""
    rest = record._replace(claims=claims, adjustments=adjustments)
    return rest._replace(amount=rest.claims_paid - rest.withheld + record.difference)


def _with(whole: Remittance, rest: Remittance, same_amount: bool) -> Remittance:
    """An advice with another part of the same payment."""
    if rest.difference and same_amount:
        rest = rest._replace(amount=_ZERO)  # it gives the amount of the whole payment again
    claims = [claim._replace(line=line) for line, claim in enumerate((*whole.claims, *rest.claims), 1)]
    return whole._replace(
        amount=whole.amount + rest.amount,
        claims=tuple(claims),
        adjustments=(*whole.adjustments, *rest.adjustments),
    )


def _unused(identifier: str, used: set[str]) -> str:
    """The id, with a number behind it where another part of the same advice has it."""
    number, found = 1, identifier
    while found in used:
        number += 1
        found = f"{identifier}-{number}"
    return found


def _compare(mine: RemittedClaim, theirs: RemittedClaim, taken: Taken) -> None:
    differs = identity.differing(mine, theirs)
    if differs:
        taken.changed.append(Changed(int(mine.meta["lineno"]), ", ".join(differs), theirs.meta))


def _say(record: Remittance, found: Part, session: ImportSession, taken: Taken) -> None:
    """Say what is known of an advice and what differs, and which claims fit no invoice."""
    books = session.books
    for mine, theirs in found.known:
        _compare(mine, theirs, taken)
    if found.known:
        taken.notes.append("; ".join(_known(record, found, books)))
    for claim in found.fresh.claims if found.fresh is not None else ():
        invoice = payers.known_claim(claim.claim, found.fresh.payer if found.fresh else None, books)[1]
        if claim.status and invoice not in books.invoices and invoice not in session.known.invoices:
            taken.notes.append(f"row {claim.meta['lineno']}: claim {claim.claim} fits no invoice of the books")
        for other, theirs in _paid_alike(claim, record, found, books):
            taken.notes.append(
                f"row {claim.meta['lineno']}: trace {other.trace or 'none'} pays as much on the same claim "
                f"({session.place(theirs.meta)}): paid twice, or the same advice under another number"
            )


def _paid_alike(
    claim: RemittedClaim, record: Remittance, found: Part, books: Books
) -> list[tuple[Remittance, RemittedClaim]]:
    """Other payments of as much on a claim by the same payer, which nothing has taken back."""

    def work() -> dict[str, list[tuple[Remittance, RemittedClaim]]]:
        decided: dict[str, list[tuple[Remittance, RemittedClaim]]] = {}
        for each in books.remittances.values():
            for one in each.claims:
                decided.setdefault(payers.comparable_number(one.invoice), []).append((each, one))
        return decided

    payer = payers.payer_of(record, books)
    invoice = payers.comparable_number(payers.known_claim(claim.claim, payer, books)[1])
    every = books.once("decisions by invoice", work).get(invoice, ()) if claim.paid > 0 else ()
    others = [(each, one) for each, one in every if each.payer == payer and each not in found.siblings]
    taken_back = sum(one.paid == -claim.paid for _, one in others)
    return [(each, one) for each, one in others if one.paid == claim.paid][taken_back:]


def _known(record: Remittance, found: Part, books: Books) -> Iterator[str]:
    """What of an advice was booked before, and in what the two copies differ."""
    yield f"{many(len(found.known), 'claim')} of trace {record.trace or 'none'} booked before"
    days = {sibling.date for sibling in found.siblings}
    if record.date not in days:
        yield f"dated {record.date} here and {min(days)} in the books"
    before = sum((each.amount for each in found.siblings), _ZERO)
    whole = found.fresh is None and len(found.known) == sum(len(each.claims) for each in found.siblings)
    if whole and before != record.amount:
        yield f"{money(record.amount, books.currency)} here and {money(before, books.currency)} in the books"
