"""The check for what was billed twice: a procedure of a visit, or a visit."""

from __future__ import annotations

import datetime
from collections import defaultdict
from collections.abc import Iterable, Iterator
from decimal import Decimal

from daysheet.billing.lines import Billed, alike
from daysheet.books import Books
from daysheet.findings import Finding
from daysheet.records import Invoice
from daysheet.wording import money

_ZERO = Decimal()


def duplicate_bill(books: Books, as_of: datetime.date) -> Iterator[Finding]:
    """Each visit with more than one standing bill, and bills alike in patient, provider, day and amount.

    Two bills of one visit are no duplicates when they go to different payers: the second is for what the first
    insurer left. Where bills have lines, it is a procedure that stands twice in those of one visit, by patient, day,
    provider and code, and by tooth, site, modifier and quantity where they are known; several procedures are none.
    """
    for visit, invoices in books.rebilled.items():
        yield from _of_one_visit(books, visit, invoices, as_of)
    for same in _alike(books, as_of):
        yield _duplicate(
            books, same[1].id, same, f"invoices {_ids(same)} are alike in patient, provider, day and amount"
        )
    for lines in alike(books, as_of):
        yield _twice(books, lines)


def _of_one_visit(books: Books, visit: str, invoices: list[Invoice], as_of: datetime.date) -> Iterator[Finding]:
    by_payer: dict[str | None, list[Invoice]] = defaultdict(list)
    for invoice in _standing(books, invoices, as_of):
        by_payer[invoice.payer].append(invoice)
    for same in by_payer.values():
        if len({invoice.id for invoice in same}) > 1 and not all(invoice.lines for invoice in same):
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
        if len(standing) > 1 and not all(invoice.lines for invoice in standing):
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


def _twice(books: Books, same: list[Billed]) -> Finding:
    """The finding on a procedure whose second row is `same[1]`."""
    first, second = same[0], same[1]
    extra = sum((billed.line.amount for billed in same[1:]), _ZERO)
    visits = first.bill.visits
    of = f"visit {visits[0]}" if visits else f"a visit of {first.bill.date}"
    where = "on the tooth " + first.line.tooth if first.line.tooth else ""
    what = " ".join(filter(None, (first.line.service or "one charge", where)))
    bills = ", ".join(dict.fromkeys(billed.bill.id for billed in same))
    rows = ", ".join(billed.line.id for billed in same)
    return Finding(
        kind="duplicate-bill",
        key=second.line.id,
        date=first.bill.date,
        through=second.bill.date,
        provider=first.line.provider or None,
        count=len(same) - 1,
        amount=extra,
        message=f"{of}: {what} is billed {len(same)} times, in rows {rows} of bill {bills}: "
        f"{money(extra, books.currency)} too much",
        where=tuple({id(billed.bill): billed.bill.meta for billed in reversed(same)}.values()),
    )


def _ids(invoices: list[Invoice]) -> str:
    return ", ".join(dict.fromkeys(invoice.id for invoice in invoices))
