"""Checks of invoices: billed twice, billed for no known visit, overdue."""

from __future__ import annotations

import datetime
from collections import defaultdict
from collections.abc import Iterable, Iterator
from decimal import Decimal

from daysheet.books import Books
from daysheet.findings import Finding
from daysheet.records import Invoice
from daysheet.wording import many, money

_ZERO = Decimal()


def duplicate_bill(books: Books, as_of: datetime.date) -> Iterator[Finding]:
    """Each visit with more than one standing bill, and bills alike in patient, provider, day and amount.

    Two bills of one visit are no duplicates when they go to different payers: the second is for what the first
    insurer left.
    """
    for visit, invoices in books.rebilled.items():
        yield from _of_one_visit(books, visit, invoices, as_of)
    for same in _alike(books, as_of):
        yield _duplicate(
            books, same[1].id, same, f"invoices {_ids(same)} are alike in patient, provider, day and amount"
        )


def _of_one_visit(books: Books, visit: str, invoices: list[Invoice], as_of: datetime.date) -> Iterator[Finding]:
    by_payer: dict[str | None, list[Invoice]] = defaultdict(list)
    for invoice in _standing(books, invoices, as_of):
        by_payer[invoice.payer].append(invoice)
    for same in by_payer.values():
        if len(same) > 1:
            yield _duplicate(books, visit, same, f"visit {visit} is billed {len(same)} times, by invoices {_ids(same)}")


def _alike(books: Books, as_of: datetime.date) -> Iterator[list[Invoice]]:
    """Bills alike of which one at least names no visit, so that it may be of the same one."""
    loose = [one for one in books.apart if not one.visits and one.patient and one.id not in books.repeated]
    if not loose:
        return
    groups: dict[tuple[str, str, datetime.date, Decimal], list[Invoice]] = {
        (one.patient, one.provider, one.date, one.amount): [] for one in loose if one.amount > 0
    }
    for same in books.invoices.values():
        one = same[0]
        group = groups.get((one.patient, one.provider, one.date, one.amount))
        if group is not None:
            group.append(one)
    for group in groups.values():
        standing = list(_standing(books, group, as_of))
        if len(standing) > 1:
            yield standing


def _standing(books: Books, invoices: Iterable[Invoice], as_of: datetime.date) -> Iterator[Invoice]:
    """Invoices written by a day and not taken back by then, wholly, by a reversal, a courtesy or a write-off."""
    for invoice in invoices:
        if invoice.date > as_of or invoice.amount <= 0:
            continue
        charged = sum((one.amount for one in books.invoices[invoice.id] if one.date <= as_of), _ZERO)
        adjustments = books.adjustments_of_invoice.get(invoice.id, ())
        taken_back = sum((a.amount for a in adjustments if a.date <= as_of and a.kind != "transfer"), _ZERO)
        if charged > taken_back:
            yield invoice


def _duplicate(books: Books, key: str, same: list[Invoice], what: str) -> Finding:
    extra = sum((invoice.amount for invoice in same[1:]), _ZERO)
    return Finding(
        kind="duplicate-bill",
        key=key,
        date=same[0].date,
        through=same[-1].date,
        provider=same[0].provider or None,
        count=len(same) - 1,
        amount=extra,
        message=f"{what}: {money(extra, books.currency)} too much",
        where=tuple(invoice.meta for invoice in reversed(same)),
    )


def _ids(invoices: list[Invoice]) -> str:
    return ", ".join(dict.fromkeys(invoice.id for invoice in invoices))


def orphan_invoice(books: Books, as_of: datetime.date) -> Iterator[Finding]:
    """Each invoice that names a visit which the books do not have, where they have any."""
    visits = books.visits
    if not visits:
        return
    unknown: dict[str, list[str]] = defaultdict(list)
    named = dict.fromkeys(visit for bill in books.apart for visit in bill.visits if visit not in visits)
    for identifier in named:
        for key in dict.fromkeys(invoice.id for invoice in books.invoices_of_visit[identifier]):
            unknown[key].append(identifier)
    for key, names in unknown.items():
        invoice = books.invoices[key][0]
        amount = sum((one.amount for one in books.invoices[key] if one.date <= as_of), _ZERO)
        if invoice.date <= as_of and amount > 0:
            yield Finding(
                kind="orphan-invoice",
                key=key,
                date=invoice.date,
                through=invoice.date,
                provider=invoice.provider or None,
                count=len(names),
                amount=amount,
                message=f"invoice {key} of {money(amount, books.currency)} bills visit {', '.join(names)}, "
                "which the books do not have: import the visits of those days, or correct the invoice",
                where=(invoice.meta,),
            )


def overdue(books: Books, as_of: datetime.date) -> Iterator[Finding]:
    """Each invoice still open when its due date, and the days that the practice lets pass, are over."""
    patience = datetime.timedelta(days=books.days_of("overdue-days", as_of))
    terms = datetime.timedelta(days=books.days_of("terms-days", as_of))
    for key, balance in books.balances(as_of).items():
        if balance < 0 or key is None or key not in books.invoices:
            continue
        invoice = books.invoices[key][0]
        due = invoice.due or invoice.date + terms
        if due + patience >= as_of:
            continue
        days = (as_of - due).days
        yield Finding(
            kind="overdue-invoice",
            key=key,
            date=due,
            through=as_of,
            provider=invoice.provider or None,
            count=1,
            amount=balance,
            message=f"invoice {key} of {invoice.date} was due on {due}, {many(days, 'day')} ago, and "
            f"{money(balance, books.currency)} of it is open",
            where=(invoice.meta,),
        )
