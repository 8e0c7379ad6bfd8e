"""Money that remittances and bank deposits bring once both are in the books, in whatever order they came.

On the date of the bank line that brings the money of a remittance its payments are posted, and with them the income of
a practice on the cash basis. An advice of 30 December whose money comes on 2 January is income of the new year, and at
year end still a receivable. What the remittance says of who owes what is posted on its own date (`shares`). Fees that a
card processor kept are split off when a deposit is found to be a batch less its fee.

`due` looks at the whole books and gives what is missing; run again on the result it gives nothing. Its entries are
derived (`derived`).
"""

from __future__ import annotations

import datetime
from collections import Counter
from collections.abc import Iterable, Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any, Final

from beancount.core.amount import Amount
from beancount.core.data import EMPTY_SET, Directive, Posting, Transaction
from daysheet.accounts import (
    BILLING_COLLECTED,
    CLEARING_DEPOSITS,
    CLEARING_SUSPENSE,
    INCOME_VISITS,
    MERCHANT_FEES,
    UNCATEGORIZED_INCOME,
    account_part,
)
from daysheet.billing.bill_facts import SHARE
from daysheet.billing.decided_lines import parts_of
from daysheet.billing.payers import known_claim, receivable_of
from daysheet.books import Books
from daysheet.books.deposited import Deposited
from daysheet.books.index import ALLOCATED
from daysheet.books.openings import bill_or_opening
from daysheet.cash.matched_before import Match
from daysheet.cash.receipts import DEPOSIT, DIFFERENCE, RECOUPMENTS, BankDeposit, is_settlement, pending
from daysheet.cash.reconciliation import matches_of_cards, reconcile
from daysheet.importers.booking.directives import UNASSIGNED, by_line, custom, invoice_link
from daysheet.importers.booking.expected_remittances import uncategorized
from daysheet.importers.deriving import adjusted_accounts, checks_at_bank
from daysheet.importers.writing.writer import Batch, Edit, block_of
from daysheet.ledger import printer
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

_ZERO: Final = Decimal()


def due(books: Books) -> list[Transaction]:
    """The entries that the books lack, by date.

    Args:
        books: everything, the newest import included.
    """
    if not books.entries:
        return []
    found: list[Transaction] = []
    open_ = {remittance.id for remittance in pending(books)}
    as_of = books.entries[-1].date
    if open_ or books.deposited or checks_at_bank.may_be(books):
        reconciled = reconcile(books, as_of)
        found += checks_at_bank.entries(reconciled.open_deposits, books)
        matches = reconciled.matches
    else:  # fees are kept from cards alone, and nothing else is asked of the bank
        matches = matches_of_cards(books, as_of)
    for match in matches:
        for receipt in match.receipts:
            if receipt.remittance in open_:
                found += _payments(books.remittances[receipt.remittance], match.deposit.date, match.basis, books)
                open_.discard(receipt.remittance)  # its money may come in two bank lines
        if match.fee and not match.deposit.fee:
            found.append(_fee(match, books.currency))
        if match.said is not None and match.said.short:
            found.append(_difference(match.deposit, match.said, books.currency))
    for remittance in books.remittances.values():
        if remittance.method == "none" and not _is_posted(remittance, books):
            found += _payments(remittance, remittance.date, "nothing is sent", books)
    return sorted(found, key=lambda entry: entry.date)


def _is_posted(remittance: Remittance, books: Books) -> bool:
    posted = books.once("posted remittances", lambda: {entry.meta.get("remittance") for entry in books.clearing})
    return remittance.id in posted


def _payments(remittance: Remittance, day: datetime.date, basis: str, books: Books) -> Iterator[Transaction]:
    """A remittance's payments, with its adjustments beside the claims, on the day of the money."""
    for claim in remittance.claims:
        if claim.paid:
            invoice = known_claim(claim.invoice, remittance.payer, books)[1]
            account = _receivable(remittance, invoice, books)
            meta = {
                "payment": f"{remittance.id}-{claim.line}",
                **_patient(invoice, books),
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
            )
            words = "Insurance payment" if claim.paid > 0 else "Insurance payment taken back"
            entry = _transaction(day, remittance.payer, words, invoice, meta, legs, books)
            parts = parts_of(claim, lambda line: line.paid, invoice, books)
            entry.postings.extend(by_line(BILLING_COLLECTED, claim.paid, parts, books.currency))
            yield entry
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
    return _of_deposit(deposit, meta, "Merchant fees kept from the card batch", legs, currency)


def _difference(deposit: BankDeposit, said: Deposited, currency: str) -> Transaction:
    """What a person has said to be short or over in a bank line, where it went."""
    legs = ((said.account, said.short), (deposit.account, -said.short))
    words = "Short" if said.short > 0 else "Over"
    return _of_deposit(deposit, {DIFFERENCE: deposit.id}, f"{words} in a deposit: {said.reason}", legs, currency)


def _of_deposit(
    deposit: BankDeposit, meta: dict[str, Any], words: str, legs: Iterable[tuple[str, Decimal]], currency: str
) -> Transaction:
    postings = [Posting(account, _money(number, currency), None, None, None, None) for account, number in legs]
    return Transaction(meta, deposit.date, "*", None, words, EMPTY_SET, EMPTY_SET, postings)


def _of(remittance: Remittance, claim: RemittedClaim, invoice: str) -> dict[str, Any]:
    exact = {} if invoice_link(invoice) == f"inv-{invoice}" else {"invoice": invoice}
    return {"remittance": remittance.id, "line": Decimal(claim.line), **exact}


def _patient(invoice: str, books: Books) -> dict[str, str]:
    bill = bill_or_opening(books, invoice)
    return {"patient": bill.patient} if bill is not None and bill.patient else {}


def _receivable(remittance: Remittance, invoice: str, books: Books) -> str:
    """The payer's receivable account as of the day of the invoice, where the charge was booked."""
    bill = bill_or_opening(books, invoice)
    return receivable_of(remittance.payer, remittance.date if bill is None else bill.date, books)


def _income(invoice: str, books: Books) -> str:
    """Whose income it is; of a bill of several providers it is nobody's until it is allocated to lines."""
    bill = bill_or_opening(books, invoice)
    if bill is None:
        return UNASSIGNED
    seen = next((books.visits[visit].provider for visit in bill.visits if visit in books.visits), "")
    lines = {line.provider for each in books.invoices.get(invoice, ()) for line in each.lines}
    providers = lines or {bill.provider or seen}
    provider = providers.pop() if len(providers) == 1 else ""
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


_KINDS: Final = (
    ("payment", "insurance payment"),
    ("adjustment", "adjustment"),
    (SHARE, "adjustment"),
    (DEPOSIT, "merchant fee"),
)
_COUNTED: Final = frozenset(key for key, _ in _KINDS)


def prepared(folder: Path, books: Books) -> tuple[str, ...]:
    """Bring facts to what is known by now: the files of the books that changed.

    Bank lines that no rule knew, and that bring a remittance's money, move to the clearing account. A claim of a
    remittance is called by its own number and its bill's, once these are known, and an adjustment is on the account of
    its bill.

    Args:
        folder: the books folder.
        books: they, locked and as they are on disk.

    Raises:
        OSError: the disk refuses; the books are as they were.
    """
    batch = Batch(folder, books)
    moved = list(uncategorized(books))
    for entry in moved:
        _to_clearing(entry, folder, batch)
    called = [claim for claim in _claims(books) if _call(claim, folder, books, batch)]
    misplaced = list(adjusted_accounts.misplaced(books))
    for found in misplaced:
        adjusted_accounts.put_right(found, folder, batch)
    return tuple(dict.fromkeys(batch.write())) if moved or called or misplaced else ()


def _claims(books: Books) -> Iterator[tuple[Remittance, RemittedClaim]]:
    """The claims of remittances; those of locked years stay as they are called."""
    for remittance in books.remittances.values():
        if remittance.date.year not in books.locks:
            yield from ((remittance, claim) for claim in remittance.claims)


def _call(of: tuple[Remittance, RemittedClaim], folder: Path, books: Books, batch: Batch) -> bool:
    remittance, claim = of
    known = known_claim(claim.claim, remittance.payer, books)
    if known == (claim.claim, claim.invoice):
        return False
    path, line = Path(claim.meta["filename"]), claim.meta["lineno"]
    last, lines = block_of(path, line)
    entry = custom(remittance.date, "claim", {}, *known, remittance.payer, claim.status)
    first = printer.format_entry(entry).split("\n", 1)[0]
    batch.edit(path.resolve().relative_to(folder.resolve()).as_posix(), Edit(line, last, (first, *lines[1:])))
    return True


def _to_clearing(entry: Transaction, folder: Path, batch: Batch) -> None:
    path, line = Path(entry.meta["filename"]), entry.meta["lineno"]
    last, lines = block_of(path, line)
    changed = (lines[0].replace(" ! ", " * ", 1), *lines[1:])
    changed = tuple(text.replace(UNCATEGORIZED_INCOME, CLEARING_DEPOSITS) for text in changed)
    batch.edit(path.resolve().relative_to(folder.resolve()).as_posix(), Edit(line, last, changed))
    batch.open([CLEARING_DEPOSITS])


def counted(derived: Iterable[Directive], before: Iterable[Directive]) -> str:
    """What was derived and was not there before, in words; empty if nothing.

    Args:
        derived: what follows from remittances and deposits now.
        before: the books before.
    """
    stood = {_identity(entry) for entry in before if _is_counted(entry)}
    new = [
        entry
        for entry in derived
        if isinstance(entry, Transaction) and _is_counted(entry) and _identity(entry) not in stood
    ]
    counts = Counter(words for entry in new for key, words in _KINDS if _is_of(entry, key))
    return ", ".join(
        many(counts[words], words) for words in dict.fromkeys(words for _, words in _KINDS) if counts[words]
    )


def _is_counted(entry: Directive) -> bool:
    return not _COUNTED.isdisjoint(entry.meta)


def _is_of(entry: Directive, key: str) -> bool:
    return key in entry.meta and ALLOCATED not in entry.meta and (key != "payment" or is_settlement(entry.meta))


def _identity(entry: Directive) -> tuple[object, ...]:
    return (entry.date, *(entry.meta.get(key) for key, _ in _KINDS))
