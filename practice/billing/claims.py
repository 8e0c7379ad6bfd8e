"""Claims as of a day: which were sent, what became of them, what they still hold and until when one can act.

A claim's states stand in the ledger one after the other (`custom "claim"`), from the practice's own export and from
remittances; the last one up to a day counts. The deadlines are the payer's dated facts: `filing-days` from the day of
service, `appeal-days` from the denial.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterator
from decimal import Decimal
from typing import NamedTuple

from daysheet.accounts import RECEIVABLE_PATIENTS, is_under
from daysheet.billing.lines import bill_named
from daysheet.billing.payers import claims_of, receivable_of
from daysheet.books import Books
from daysheet.books.openings import bill_or_opening
from daysheet.records import Claim, Invoice
from daysheet.remittances import Remittance, RemittedClaim

_ZERO = Decimal()
_SHORTEST, _LONGEST = 30, 60


class ClaimState(NamedTuple):
    """What became of a claim, and since when; `decision` is the insurer's, where a remittance says it."""

    claim: Claim
    since: datetime.date
    decision: RemittedClaim | None


class Deadline(NamedTuple):
    """The last day to act, and how many days are left; negative when it has passed."""

    last: datetime.date
    left: int


def state_of(books: Books, claim: str, as_of: datetime.date) -> ClaimState | None:
    """The last state of a claim up to a day; None before the first."""
    states = zip(books.claims[claim], books.claim_days[claim], strict=True)
    known = [(state, day) for state, day in states if day <= as_of]
    if not known:
        return None
    state, day = known[-1]
    return ClaimState(state, day, _decisions(books).get(_place(state.meta)))


def states(books: Books, as_of: datetime.date) -> Iterator[ClaimState]:
    """The state of every claim that was known on a day, in the order of the books."""
    for claim in books.claims:
        state = state_of(books, claim, as_of)
        if state is not None:
            yield state


def billed_again(books: Books, state: ClaimState, as_of: datetime.date) -> bool:
    """Whether another claim for the same bill went to the same insurer after this state of it."""
    bill = bill_named(state.claim.invoice, books) or state.claim.invoice
    others = (books.claims[claim][0] for claim in claims_of(bill, books) if claim != state.claim.id)
    same = (other for other in others if other.payer == state.claim.payer)
    return any(state.since < books.claim_days[other.id][0] <= as_of for other in same)


def decisions(books: Books, as_of: datetime.date) -> Iterator[tuple[Remittance, RemittedClaim]]:
    """Each insurer's decision that stands on a day: made by then, and neither reversed nor replaced since.

    A number that stands in one remittance several times without a reversal is that of several claims.
    """
    last: dict[tuple[str, str], list[tuple[Remittance, RemittedClaim]]] = {}
    for remittance in sorted(books.remittances.values(), key=lambda remittance: (remittance.date, remittance.id)):
        if remittance.date <= as_of:
            for claim in remittance.claims:
                standing = last.setdefault((remittance.payer, claim.claim), [])
                if claim.reversal or (standing and standing[-1][0].id != remittance.id):
                    standing.clear()
                if not claim.reversal:
                    standing.append((remittance, claim))
    for standing in last.values():
        yield from standing


def unsent(books: Books, as_of: datetime.date) -> Iterator[tuple[Invoice, Decimal]]:
    """Invoices to insurers of which no claim is known, with what the insurer's receivable holds of each."""
    for invoice in books.insured:
        if invoice.payer and invoice.date <= as_of and books.invoices[invoice.id][0] is invoice:
            sent = any(_was_sent(books, claim, as_of) for claim in claims_of(invoice.id, books))
            held = _ZERO if sent else held_by_insurer(books, invoice.id, invoice.payer, as_of)
            if held > 0:
                yield invoice, held


def _was_sent(books: Books, claim: str, as_of: datetime.date) -> bool:
    """Whether a claim was sent by a day, and not taken back since."""
    states = zip(books.claims[claim], books.claim_days[claim], strict=True)
    known = [state for state, day in states if day <= as_of]
    return bool(known) and not (known[-1].sent is not None and known[-1].sent.frequency == "void")


def held_by_insurer(books: Books, invoice: str, payer: str, as_of: datetime.date) -> Decimal:
    """What is open of an invoice on the payer's receivable account at the end of a day.

    Where nothing of it was ever on that account, what is open on any account but the patients'.
    """
    bill = bill_or_opening(books, invoice)
    account = receivable_of(payer, as_of if bill is None else bill.date, books)
    postings = [posting for posting in books.receivable.get(invoice, ()) if posting.date <= as_of]
    own = [posting for posting in postings if posting.account == account]
    others = [posting for posting in postings if not is_under(posting.account, RECEIVABLE_PATIENTS)]
    return sum((posting.amount for posting in own or others), _ZERO)


def filing_deadline(books: Books, invoice: Invoice, as_of: datetime.date) -> Deadline | None:
    """Until when a claim can be sent; None where the payer's facts do not say."""
    days = [books.visits[visit].date for visit in invoice.visits if visit in books.visits]
    said = invoice.meta.get("service-date")
    service = min(days, default=said if isinstance(said, datetime.date) else invoice.date)
    return filing_deadline_of(books, invoice.payer or "", service, as_of)


def filing_deadline_of(books: Books, payer: str, service: datetime.date, as_of: datetime.date) -> Deadline | None:
    """Until when a claim for a day of service can be sent; None where the payer's facts do not say."""
    fact = books.payer_on(payer, service)
    return None if fact is None else _deadline(service, fact.filing_days, as_of)


def appeal_deadline(books: Books, state: ClaimState, as_of: datetime.date) -> Deadline | None:
    """Until when a denial can be appealed; None where the payer's facts do not say."""
    fact = books.payer_on(state.claim.payer, state.since)
    return None if fact is None else _deadline(state.since, fact.appeal_days, as_of)


def is_near(books: Books, deadline: Deadline, begun: datetime.date, as_of: datetime.date) -> bool:
    """Whether a deadline is to be shown: by the threshold `deadline-days`, else in the last third of the period."""
    given = books.threshold("deadline-days", as_of)
    third = (deadline.last - begun).days // 3
    return deadline.left <= (min(max(third, _SHORTEST), _LONGEST) if given is None else int(given))


def _deadline(begun: datetime.date, days: int | None, as_of: datetime.date) -> Deadline | None:
    if days is None:
        return None
    last = begun + datetime.timedelta(days=days)
    return Deadline(last, (last - as_of).days)


def _decisions(books: Books) -> dict[tuple[str, int], RemittedClaim]:
    """Decisions by the place of their directive."""

    def work() -> dict[tuple[str, int], RemittedClaim]:
        return {_place(claim.meta): claim for each in books.remittances.values() for claim in each.claims}

    return books.once("decisions by place", work)


def _place(meta: object) -> tuple[str, int]:
    assert isinstance(meta, dict)  # noqa: S101 - Beancount's own metadata
    return meta["filename"], meta["lineno"]
