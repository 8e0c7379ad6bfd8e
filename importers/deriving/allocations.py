"""Allocations as ledger entries: receivable legs from what was on account to the bill, income legs to who earned it.

Example:
    2026-01-02 * "Allocated, oldest first" ^inv-5001
      payment: "701"
      patient: "pt-7f3a9c2b1d04"
      allocated: "oldest-first"
      Assets:Receivable:Patients             54.00 USD
      Assets:Receivable:Patients            -54.00 USD
        invoice: "5001"
      Income:Visits:Unassigned               54.00 USD
      Income:Visits:Feld                    -54.00 USD
    2026-01-05 custom "on-account" "1845" 800.00 USD
      payment: "1845"
      patient: "pt-1c22d09e7a41"
      allocated: "on-account"
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from decimal import Decimal
from typing import Any, Final

from beancount.core.amount import Amount
from beancount.core.data import EMPTY_SET, Custom, Directive, Posting, Transaction
from beancount.parser.grammar import ValueType
from daysheet.accounts import BILLING_COLLECTED, INCOME_UNASSIGNED, INCOME_VISITS, account_part
from daysheet.billing.allocation import COPAY, HOWS, NAMED, OLDEST, ON_ACCOUNT, Allocation, Rules, allocations
from daysheet.billing.money_on_account import Money, allocated_by
from daysheet.books import Books
from daysheet.books.index import INVOICE_LINK
from daysheet.importers.booking.directives import invoice_link
from daysheet.importers.booking.session import Taken

_WORDS: Final = {
    NAMED: "Allocated, as named",
    COPAY: "Allocated, copay of the visit",
    OLDEST: "Allocated, oldest first",
}
_ZERO: Final = Decimal()


def entries(books: Books, rules: Rules, *, insurers: bool) -> Iterator[Directive]:
    """What `allocation.allocations` gives, as entries of the ledger."""
    for allocation in allocations(books, rules, insurers=insurers):
        yield _on_account(allocation, books) if allocation.how == ON_ACCOUNT else _entry(allocation, books)


def sum_up(taken: Sequence[Taken], derived: Iterable[Directive], books: Books) -> None:
    """Tell each file how the money of its payments is allocated, by the words of `allocated`.

    Args:
        taken: the files, with the payments that the books have of each.
        derived: what was derived after them.
        books: the books before that, for what stands of locked years.
    """
    parts: dict[tuple[str, str], dict[str, Decimal]] = defaultdict(lambda: defaultdict(Decimal))
    standing = (entry for entry in books.allocations if entry.date.year in books.locks)
    for entry in (*standing, *derived):
        if isinstance(entry, Transaction) and "allocated" in entry.meta:
            key = (entry.meta.get("payment", ""), entry.meta.get("patient", ""))
            parts[key][entry.meta["allocated"]] += allocated_by(entry)
    for each in taken:
        sums: dict[str, Decimal] = defaultdict(Decimal)
        for payment in each.paid:
            if payment.invoice is not None:
                sums[NAMED] += payment.amount
                continue
            found = parts.pop((payment.id, payment.patient), {})
            for how, amount in found.items():
                sums[how] += amount
            sums[ON_ACCOUNT] += payment.amount - sum(found.values(), _ZERO)
        each.allocated = {how: sums[how] for how in HOWS if sums[how]}


def _meta(allocation: Allocation) -> dict[str, Any]:
    money = allocation.money
    meta: dict[str, Any] = {"filename": "<derived>", "lineno": 0, _kind(money): money.id}
    if money.meta.get("patient"):
        meta["patient"] = money.patient
    if money.payer is not None:
        meta["payer"] = money.payer
    meta["allocated"] = allocation.how
    if allocation.reverses:
        meta["reverses"] = allocation.reverses
    return meta


def _kind(money: Money) -> str:
    return "adjustment" if money.is_adjustment else "payment"


def _on_account(allocation: Allocation, books: Books) -> Custom:
    amount = _money(allocation.amount, books)
    values = [ValueType(allocation.money.id, str), ValueType(amount, Amount)]
    return Custom(_meta(allocation), allocation.date, "on-account", values)


def _entry(allocation: Allocation, books: Books) -> Transaction:
    money, invoice = allocation.money, str(allocation.invoice)
    postings: list[Posting] = []
    if allocation.of:
        held = money.account
        if not money.is_deposit:
            postings.append(_leg(held, allocation.amount, books, {"invoice": money.source} if money.source else None))
        postings.append(_leg(allocation.of, -allocation.amount, books, {"invoice": invoice}))
    moved = [
        (provider, amount) for provider, amount in allocation.income if provider or (allocation.of and money.is_deposit)
    ]
    total = sum((amount for _, amount in moved), _ZERO)
    if allocation.of and money.is_deposit:
        postings.append(_leg(BILLING_COLLECTED, allocation.amount, books))
        postings.append(_leg(money.account, allocation.amount, books))
    elif moved:
        postings.append(_leg(INCOME_UNASSIGNED, total, books))
    for provider, amount in moved:
        account = f"{INCOME_VISITS}:{account_part(provider)}" if provider else INCOME_UNASSIGNED
        postings.append(_leg(account, -amount, books))
    words = _WORDS[allocation.how] if allocation.amount > 0 else "Allocation taken back"
    links = frozenset({invoice_link(invoice)})
    meta = _meta(allocation)
    if invoice_link(invoice) != f"{INVOICE_LINK}{invoice}":
        meta["invoice"] = invoice
    return Transaction(meta, allocation.date, "*", None, words, EMPTY_SET, links, postings)


def _leg(account: str, number: Decimal, books: Books, meta: dict[str, Any] | None = None) -> Posting:
    return Posting(account, _money(number, books), None, None, None, meta)


def _money(number: Decimal, books: Books) -> Amount:
    return Amount(number.quantize(Decimal("0.01")), books.currency)
