"""What follows from remittances and bank deposits once both are in the books, in whatever order they came.

On the date of a remittance its adjustments are posted: what nobody owes, and what the patient owes for the insurer.
What an insurer pays or adjusts beyond what its receivable holds is moved there from the patient first: a second insurer
pays of what the first has left to the patient, and some practices bill the patient for everything.

On the date of the bank line that brings its money the payments are posted, and with them the income of a practice on
the cash basis. An advice of 30 December whose money comes on 2 January is income of the new year, and at year end
still a receivable. Fees that a card processor kept are split off when a deposit is found to be a batch less its fee.

`due` looks at the whole books and gives what is missing; run again on the result it gives nothing.
"""

from __future__ import annotations

import datetime
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from typing import Any, Final, NamedTuple

from beancount.core.amount import Amount
from beancount.core.data import EMPTY_SET, Directive, Posting, Transaction
from daysheet.accounts import (
    BILLING_COLLECTED,
    BILLING_CONTRACTUAL,
    CLEARING_DEPOSITS,
    CLEARING_SUSPENSE,
    INCOME_VISITS,
    MERCHANT_FEES,
    RECEIVABLE_PATIENTS,
    UNCATEGORIZED_INCOME,
    account_part,
)
from daysheet.billing.payers import known_claim, receivable_of
from daysheet.books import Books, loading
from daysheet.books.index import Receivable
from daysheet.books.openings import bill_or_opening
from daysheet.cash.receipts import DEPOSIT, RECOUPMENTS, is_settlement, pending, posted_elsewhere
from daysheet.cash.reconciliation import Match, reconcile
from daysheet.importers.booking.directives import UNASSIGNED, invoice_link
from daysheet.importers.booking.expected_remittances import uncategorized
from daysheet.importers.booking.session import month_file
from daysheet.importers.writing.writer import Batch, Edit, block_of
from daysheet.records import Adjustment
from daysheet.remittances import Remittance, RemittedClaim
from daysheet.wording import many

PURPOSES: Final = {
    "recoupment": RECOUPMENTS,
    "withheld": "Assets:Withheld",
    "interest": "Income:Interest",
    "penalty": "Expenses:PayerPenalties",
    "other": "Income:PayerAdjustments",
}
"""Where a remittance's adjustments beside its claims go, by purpose."""

Balances = defaultdict[tuple[str, str], Decimal]
"""Sums by invoice and account."""

_ZERO: Final = Decimal()


def due(books: Books) -> list[Transaction]:
    """The entries that the books lack, by date.

    Args:
        books: everything, the newest import included.
    """
    if not books.entries:
        return []
    found: list[Transaction] = []
    decided = _Decided()
    for remittance in sorted(books.remittances.values(), key=lambda remittance: (remittance.date, remittance.id)):
        if not posted_elsewhere(remittance, books):
            found += _adjustments(remittance, books, decided)
            decided.remittances.add(remittance.id)
    open_ = {remittance.id for remittance in pending(books)}
    for match in reconcile(books, books.entries[-1].date).matches:
        for receipt in match.receipts:
            if receipt.remittance in open_:
                found += _payments(books.remittances[receipt.remittance], match.deposit.date, match.basis, books)
        if match.fee and not match.deposit.fee:
            found.append(_fee(match, books.currency))
    for remittance in books.remittances.values():
        if remittance.method == "none" and not _is_posted(remittance, books):
            found += _payments(remittance, remittance.date, "nothing is sent", books)
    return sorted(found, key=lambda entry: entry.date)


def _is_posted(remittance: Remittance, books: Books) -> bool:
    posted = books.once("posted remittances", lambda: {entry.meta.get("remittance") for entry in books.clearing})
    return remittance.id in posted


@dataclass
class _Decided:
    """What the remittances before one have decided, whether it is posted by now or not.

    `moved` holds what no entry shows yet: adjustments still to be written, and all payments.
    """

    remittances: set[str] = field(default_factory=set)
    moved: Balances = field(default_factory=lambda: defaultdict(Decimal))

    def counts(self, posting: Receivable, day: datetime.date) -> bool:
        """Whether a posting stood when a remittance of this day was decided on."""
        if not is_settlement(posting.meta):
            return posting.date <= day
        return "adjustment" in posting.meta and posting.meta["remittance"] in self.remittances


def _adjustments(remittance: Remittance, books: Books, decided: _Decided) -> Iterator[Transaction]:
    """The adjustments of claims with a known invoice that the books lack; what they move is added to `decided`."""
    own: Balances = defaultdict(Decimal)
    new: Balances = defaultdict(Decimal)
    for claim in remittance.claims:
        invoice = known_claim(claim.invoice, remittance.payer, books)[1]
        if bill_or_opening(books, invoice) is None:
            continue
        account = _receivable(remittance, invoice, books)
        patients = RECEIVABLE_PATIENTS
        before = {name: own[invoice, name] + decided.moved[invoice, name] for name in (account, patients)}
        for posting in books.receivable.get(invoice, ()):
            if posting.account in before and decided.counts(posting, remittance.date):
                before[posting.account] += posting.amount
        relieved = claim.paid + claim.contractual + claim.transfer
        transfer = claim.transfer - max(_ZERO, min(relieved - before[account], before[patients]))
        own[invoice, account] -= claim.paid + claim.contractual + transfer
        own[invoice, patients] += transfer
        new[invoice, account] -= claim.paid
        posted = books.adjustments_of_invoice.get(invoice, ())
        for kind, amount, other in (
            ("contractual", claim.contractual, BILLING_CONTRACTUAL),
            ("transfer", transfer, patients),
        ):
            identifier = f"{remittance.id}-{claim.line}-{kind}"
            if amount and not any(_is_same(adjustment, identifier, kind, amount) for adjustment in posted):
                new[invoice, account] -= amount
                new[invoice, other] += amount
                meta = {"adjustment": identifier, "kind": kind, **_of(remittance, claim, invoice)}
                if claim.codes:
                    meta["codes"] = claim.codes
                legs = ((account, -amount), (other, amount))
                yield _transaction(remittance.date, remittance.payer, _words(kind, amount), invoice, meta, legs, books)
    for key, amount in new.items():
        decided.moved[key] += amount


def _is_same(adjustment: Adjustment, identifier: str, kind: str, amount: Decimal) -> bool:
    """Whether this is the adjustment, or the one that the practice's own system has made of it."""
    own = not is_settlement(adjustment.meta) and adjustment.kind == kind and adjustment.amount == amount
    return adjustment.id == identifier or own


def _words(kind: str, amount: Decimal) -> str:
    if kind == "contractual":
        return "Contractual adjustment"
    return "Moved to the patient" if amount > 0 else "Moved to the insurer"


def _payments(remittance: Remittance, day: datetime.date, basis: str, books: Books) -> Iterator[Transaction]:
    """A remittance's payments, with its adjustments beside the claims, on the day of the money."""
    for claim in remittance.claims:
        if claim.paid:
            invoice = known_claim(claim.invoice, remittance.payer, books)[1]
            account = _receivable(remittance, invoice, books)
            meta = {
                "payment": f"{remittance.id}-{claim.line}",
                "method": remittance.method,
                "payer": remittance.payer,
                "reference": remittance.trace,
                **_of(remittance, claim, invoice),
                "matched": basis,
            }
            legs = (
                (CLEARING_DEPOSITS, claim.paid),
                (_income(invoice, books), -claim.paid),
                (account, -claim.paid),
                (BILLING_COLLECTED, claim.paid),
            )
            words = "Insurance payment" if claim.paid > 0 else "Insurance payment taken back"
            yield _transaction(day, remittance.payer, words, invoice, meta, legs, books)
    beside = [(PURPOSES.get(item.purpose, PURPOSES["other"]), item.amount) for item in remittance.adjustments]
    if remittance.difference:
        beside.append((CLEARING_SUSPENSE, -remittance.difference))
    if beside:
        meta = {"remittance": remittance.id, "reference": remittance.trace, "matched": basis}
        total = sum((amount for _, amount in beside), _ZERO)
        both = [leg for leg in ((CLEARING_DEPOSITS, -total), *beside) if leg[1]]
        yield _transaction(day, remittance.payer, "Adjustments beside the claims", None, meta, both, books)


def _fee(match: Match, currency: str) -> Transaction:
    deposit = match.deposit
    meta = {DEPOSIT: deposit.id, "matched": match.basis}
    legs = ((MERCHANT_FEES, match.fee), (deposit.account, -match.fee))
    postings = [Posting(account, _money(number, currency), None, None, None, None) for account, number in legs]
    return Transaction(
        meta, deposit.date, "*", None, "Merchant fees kept from the card batch", EMPTY_SET, EMPTY_SET, postings
    )


def _of(remittance: Remittance, claim: RemittedClaim, invoice: str) -> dict[str, Any]:
    exact = {} if invoice_link(invoice) == f"inv-{invoice}" else {"invoice": invoice}
    return {"remittance": remittance.id, "line": Decimal(claim.line), **exact}


def _receivable(remittance: Remittance, invoice: str, books: Books) -> str:
    """The payer's receivable account as of the day of the invoice, where the charge was booked."""
    bill = bill_or_opening(books, invoice)
    return receivable_of(remittance.payer, remittance.date if bill is None else bill.date, books)


def _income(invoice: str, books: Books) -> str:
    bill = bill_or_opening(books, invoice)
    if bill is None:
        return UNASSIGNED
    seen = [books.visits[visit].provider for visit in bill.visits if visit in books.visits]
    provider = bill.provider or next(iter(seen), "")
    return f"{INCOME_VISITS}:{account_part(provider)}" if provider else UNASSIGNED


def _transaction(
    day: datetime.date,
    payer: str,
    words: str,
    invoice: str | None,
    meta: dict[str, Any],
    legs: Iterable[tuple[str, Decimal]],
    books: Books,
) -> Transaction:
    facts = books.payers.get(payer)
    links = EMPTY_SET if invoice is None else frozenset({invoice_link(invoice)})
    postings = [Posting(account, _money(number, books.currency), None, None, None, None) for account, number in legs]
    return Transaction(meta, day, "*", facts[-1].name if facts else payer, words, EMPTY_SET, links, postings)


def _money(number: Decimal, currency: str) -> Amount:
    return Amount(number.quantize(Decimal("0.01")), currency)


_KINDS: Final = (("payment", "insurance payment"), ("adjustment", "adjustment"), (DEPOSIT, "merchant fee"))


class Settled(NamedTuple):
    """What was posted, in words (empty if nothing), and the files of the books that changed."""

    words: str
    written: tuple[str, ...]


def post(folder: Path, books: Books) -> Settled:
    """Write what `due` gives for these books, which must be locked and as they are on disk.

    Bank lines that no rule knew and that bring a remittance's money are first moved to the clearing account.

    Raises:
        DaysheetError: an entry cannot be written.
        OSError: the disk refuses; the books are as they were, or lack only the settlement, which the next run posts.
    """
    moved = list(uncategorized(books))
    written: list[str] = []
    if moved:
        batch = Batch(folder, books)
        for entry in moved:
            _to_clearing(entry, folder, batch)
        written += batch.write()
        books = loading.load(folder)
    entries = due(books)
    if entries:
        batch = Batch(folder, books)
        groups: dict[str, list[Directive]] = defaultdict(list)
        for entry in entries:
            kind = "deposits" if DEPOSIT in entry.meta else "remittances"
            groups[month_file(entry.date, kind)].append(entry)
            batch.open(posting.account for posting in entry.postings)
        for path, group in groups.items():
            batch.add(path, group)
        written += batch.write()
    return Settled(_counted(entries), tuple(dict.fromkeys(written)))


def _to_clearing(entry: Transaction, folder: Path, batch: Batch) -> None:
    path, line = Path(entry.meta["filename"]), entry.meta["lineno"]
    last, lines = block_of(path, line)
    changed = (lines[0].replace(" ! ", " * ", 1), *lines[1:])
    changed = tuple(text.replace(UNCATEGORIZED_INCOME, CLEARING_DEPOSITS) for text in changed)
    batch.edit(path.resolve().relative_to(folder.resolve()).as_posix(), Edit(line, last, changed))
    batch.open([CLEARING_DEPOSITS])


def _counted(entries: list[Transaction]) -> str:
    counts = Counter(words for entry in entries for key, words in _KINDS if key in entry.meta)
    return ", ".join(many(counts[words], words) for _, words in _KINDS if counts[words])
