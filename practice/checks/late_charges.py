"""Checks of how bills are written: long after the visit, and with numbers that are not there."""

from __future__ import annotations

import datetime
from collections import defaultdict
from collections.abc import Iterator
from decimal import Decimal

from daysheet.books import Books
from daysheet.findings import Finding
from daysheet.records import Invoice, Visit
from daysheet.wording import many, money, name_of

_ZERO = Decimal()


def late_charge(books: Books, as_of: datetime.date) -> Iterator[Finding]:
    """The bills of a provider and month that were written more than `late-charge-days` after the visit.

    What is billed again counts by its first bill.
    """
    visits = books.visits
    late: dict[tuple[str, str], list[tuple[Invoice, Visit]]] = defaultdict(list)
    allowed: dict[str, datetime.timedelta] = {}
    for bill in books.apart:
        named = bill.visits
        visit = visits.get(named[0]) if named else None
        if visit is None or bill.date == visit.date or bill.date > as_of or bill.amount <= 0:
            continue
        if visit.provider not in allowed:
            allowed[visit.provider] = datetime.timedelta(books.days_of("late-charge-days", as_of, visit.provider))
        if bill.date - visit.date > allowed[visit.provider] and _is_first(books, bill, visit):
            late[visit.provider, f"{bill.date:%Y-%m}"].append((bill, visit))
    for (provider, month), bills in late.items():
        yield _late(books, provider, month, bills)


def _is_first(books: Books, bill: Invoice, visit: Visit) -> bool:
    """Whether this is the first bill of what it charges: a claim that is billed again was not late for that."""
    if books.invoices[bill.id][0] is not bill:
        return False
    before = [one for one in books.invoices_of_visit[visit.id] if one.date < bill.date and one.amount > 0]
    if not before:
        return True
    billed = {line.service for one in before for line in one.lines}
    return all(one.lines for one in before) and any(line.service not in billed for line in bill.lines)


def _late(books: Books, provider: str, month: str, bills: list[tuple[Invoice, Visit]]) -> Finding:
    amount = sum((invoice.amount for invoice, _ in bills), _ZERO)
    lags = [(invoice.date - visit.date).days for invoice, visit in bills]
    took = f"{lags[0]} days" if len(lags) == 1 else f"{min(lags)} to {max(lags)} days"
    return Finding(
        kind="late-charge",
        key=f"{provider}/{month}",
        date=min(invoice.date for invoice, _ in bills),
        through=max(invoice.date for invoice, _ in bills),
        provider=provider,
        count=len(bills),
        amount=amount,
        message=f"{name_of(books, provider)}: {many(len(bills), 'bill')} of {money(amount, books.currency)} written in "
        f"{month} came {took} after the visit",
        where=tuple(invoice.meta for invoice, _ in bills),
    )
