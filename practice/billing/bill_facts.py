"""What the books say of a bill, for who owes what of it (`shares`): its rows, what insurers decided, its accounts."""

from __future__ import annotations

import datetime
from collections import defaultdict
from collections.abc import Iterator
from decimal import Decimal
from typing import Final, NamedTuple

from beancount.core.data import Transaction
from daysheet.accounts import RECEIVABLE_PATIENTS, is_under
from daysheet.billing.lines import bill_named
from daysheet.billing.payers import claims_of, known_claim, receivable_of
from daysheet.billing.plans import Plans, payer_of
from daysheet.billing.shares import (
    ANSWERED,
    CHARGE,
    CLAIMED,
    CONTRACTUAL,
    EXPECTED,
    MOVED,
    PAID,
    Decision,
    Division,
    Row,
    division,
)
from daysheet.books import Books
from daysheet.books.index import Receivable
from daysheet.books.openings import bill_or_opening, openings
from daysheet.records import PATIENT_SHARE, Invoice
from daysheet.remittances import FORWARDED, Remittance, RemittedClaim

SHARE: Final = "share"
"""Metadata of what was derived of a bill's division: which bill and day. Such an entry is no fact of the bill."""

_ZERO: Final = Decimal()
_UNDECIDED: Final = ("", "submitted")
"""States of what is no decision: a predetermination, a claim sent on to another insurer."""


class BillFacts(NamedTuple):
    """A bill's facts by date, with what each receivable account has of it.

    Attributes:
        invoice: its id.
        bill: its first charge, or what was taken over.
        rows: what was charged, paid, moved and taken off.
        decisions: what insurers decided.
        said_by: the remittance's claim of each decision, in their order.
        postings: every posting to a receivable account, adjustments under the number of a line or visit too.
    """

    invoice: str
    bill: Invoice
    rows: tuple[Row, ...]
    decisions: tuple[Decision, ...]
    said_by: tuple[tuple[Remittance, RemittedClaim], ...]
    postings: tuple[tuple[str, Receivable], ...]

    def days(self) -> list[datetime.date]:
        """The days on which something changed."""
        days = {row.date for row in self.rows} | {decision.date for decision in self.decisions}
        return sorted(days | {posting.date for _, posting in self.postings})

    def at(self, day: datetime.date) -> Division:
        """How the bill is divided by what was known on a day."""
        return division(
            [row for row in self.rows if row.date <= day], [one for one in self.decisions if one.date <= day]
        )

    def balances(self, day: datetime.date) -> dict[str, Decimal]:
        """What each account has of it at the end of a day."""
        found: dict[str, Decimal] = defaultdict(Decimal)
        for _, posting in self.postings:
            if posting.date <= day:
                found[posting.account] += posting.amount
        return found


def bills(books: Books) -> tuple[BillFacts, ...]:
    """The bills that more than one party may owe, in the order of the books."""
    return books.once("bills of several parties", lambda: tuple(_bills(books)))


def _bills(books: Books) -> Iterator[BillFacts]:
    decided = _decisions(books)
    plans = Plans(books, {key: [(said, claim) for _, said, claim in each] for key, each in decided.items()})
    named: dict[str, list[str]] = defaultdict(list)
    for key in books.receivable:
        if key is not None and key not in books.invoices and key not in openings(books):
            bill = bill_named(key, books)
            if bill is not None:
                named[bill].append(key)
    for invoice in (*books.invoices, *openings(books)):
        keys = (invoice, *named.get(invoice, ()))
        postings = [
            (key, posting)
            for key in keys
            for posting in books.receivable.get(key, ())
            if key == invoice or "adjustment" in posting.meta  # payments are allocated
        ]
        accounts = {posting.account for _, posting in postings}
        if len(keys) == 1 and invoice not in decided and _is_of_one(invoice, postings, accounts, books):
            continue
        first = bill_or_opening(books, invoice)
        claimed = [] if first is None else [*_claimed(first, books), *_expected(first, books, plans)]
        if first is not None and (len(accounts) > 1 or len(keys) > 1 or invoice in decided or claimed):
            sent_on = _sent_on(first, decided.get(invoice, []), books)
            yield _facts(first, postings, decided.get(invoice, []), [*claimed, *sent_on])


def _is_of_one(invoice: str, postings: list[tuple[str, Receivable]], accounts: set[str], books: Books) -> bool:
    """Whether nothing of a bill can move: one party has all of it, and nobody else is asked or expected to owe any.

    Most bills are so. It is seen from their entries, of which no records have to be made.
    """
    charges = books.charge_entries(invoice)
    if not charges or len(accounts) > 1 or books.coverages or any(map(_is_estimated, charges)):
        return False
    sent = [state for claim in claims_of(invoice, books) for state in books.claims[claim] if state.payer]
    if not sent:
        return True
    if RECEIVABLE_PATIENTS in accounts or any(state.status == "paid" for state in sent):
        return False
    charged = not any("payment" in one.meta or "adjustment" in one.meta or SHARE in one.meta for _, one in postings)
    return charged and {receivable_of(state.payer, charges[0].date, books) for state in sent} == accounts


def _is_estimated(charge: Transaction) -> bool:
    """Whether the practice itself says what the patient is to owe of a charge, or of any line of it."""
    return PATIENT_SHARE in charge.meta or any(leg.meta and PATIENT_SHARE in leg.meta for leg in charge.postings)


def _facts(
    bill: Invoice,
    postings: list[tuple[str, Receivable]],
    decided: list[tuple[Decision, Remittance, RemittedClaim]],
    claimed: list[Row],
) -> BillFacts:
    ordered = sorted(postings, key=lambda one: one[1].date)
    rows = [row for _, posting in ordered if (row := _row(posting)) is not None]
    rows = sorted([*rows, *claimed], key=lambda row: row.date)
    return BillFacts(
        bill.id,
        bill,
        tuple(rows),
        tuple(decision for decision, _, _ in decided),
        tuple((remittance, claim) for _, remittance, claim in decided),
        tuple(ordered),
    )


def _row(posting: Receivable) -> Row | None:
    """The fact that a posting states; None for the other leg of a transfer and for what was derived."""
    meta = posting.meta
    if SHARE in meta:
        return None
    if "payment" in meta:
        return Row(posting.date, PAID, posting.account, -posting.amount)
    if "adjustment" not in meta:
        return Row(posting.date, CHARGE, posting.account, posting.amount)
    kind = str(meta.get("kind", ""))
    if kind != MOVED:
        return Row(posting.date, kind or CONTRACTUAL, posting.account, -posting.amount)
    if is_under(posting.account, RECEIVABLE_PATIENTS) or "remittance" in meta:  # books of before wrote decisions so
        return None
    return Row(posting.date, MOVED, posting.account, -posting.amount)


def _claimed(bill: Invoice, books: Books) -> Iterator[Row]:
    """The claims of a bill by the practice's own word: what each asks for when it was sent, and no more once paid."""
    lines = {line.id: line.amount for one in books.invoices.get(bill.id, ()) for line in one.lines}
    whole = sum((one.amount for one in books.invoices.get(bill.id, ())), _ZERO)
    for claim in claims_of(bill.id, books):
        held = _ZERO
        for state, day in zip(books.claims[claim], books.claim_days[claim], strict=True):
            if "remittance" in state.meta or not state.payer:
                continue
            asked = _ZERO if state.status == "paid" else lines.get(state.invoice, whole)
            if state.status == "paid":
                yield Row(day, ANSWERED, receivable_of(state.payer, bill.date, books), _ZERO)
            if asked != held:
                yield Row(day, CLAIMED, receivable_of(state.payer, bill.date, books), asked - held)
                held = asked


def _expected(bill: Invoice, books: Books, plans: Plans) -> Iterator[Row]:
    """What the patient is expected to owe of each charge, by estimate or plan; a second plan is as a claim sent."""
    payer = payer_of(bill.id, books)
    for one, expected in plans.of(bill.id, payer) if payer else ():
        if expected.share is not None:
            yield Row(one.date, EXPECTED, RECEIVABLE_PATIENTS, expected.share)
        if expected.benefit:
            days = [day for claim in claims_of(bill.id, books) for day in books.claim_days[claim]]
            asked = min(days, default=one.date)
            yield Row(max(asked, one.date), CLAIMED, receivable_of(expected.second, one.date, books), expected.benefit)


def _sent_on(bill: Invoice, decided: list[tuple[Decision, Remittance, RemittedClaim]], books: Books) -> Iterator[Row]:
    """The claims that an insurer has sent on to the next one with its decision: as if the practice had."""
    for decision, _, claim in decided:
        payer = claim.meta.get(FORWARDED)
        if isinstance(payer, str) and not decision.reversal:
            yield Row(decision.date, CLAIMED, receivable_of(payer, bill.date, books), decision.charged)


def _decisions(books: Books) -> dict[str, list[tuple[Decision, Remittance, RemittedClaim]]]:
    """What insurers decided, by invoice, by date and place."""
    found: dict[str, list[tuple[Decision, Remittance, RemittedClaim]]] = defaultdict(list)
    for remittance in sorted(books.remittances.values(), key=lambda one: (one.date, one.id)):
        for claim in remittance.claims:
            invoice = known_claim(claim.invoice, remittance.payer, books)[1]
            bill = bill_or_opening(books, invoice)
            if bill is None or claim.status in _UNDECIDED:
                continue
            account = receivable_of(remittance.payer, bill.date, books)
            rank = "secondary" if claim.earlier and claim.rank != "tertiary" else claim.rank
            decision = Decision(
                remittance.date, account, claim.claim, remittance.id, rank, claim.reversal, claim.charged,
                claim.paid, claim.contractual, claim.transfer, claim.denied,
            )  # fmt: skip
            found[invoice].append((decision, remittance, claim))
    return found
