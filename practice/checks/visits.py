"""Checks of visits: never billed, and billed though nobody came."""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Iterator
from decimal import Decimal

from daysheet.billing.lines import not_billed
from daysheet.billing.pricing import fee_of
from daysheet.billing.unbilled import is_billed, unbilled_visits
from daysheet.books import Books
from daysheet.findings import Finding
from daysheet.following.followed import rejected_visits
from daysheet.records import Meta, Visit
from daysheet.wording import money, name_of


def unbilled_visit(books: Books, as_of: datetime.date) -> Iterator[Finding]:
    """Each completed visit that no standing bill names, once the provider's usual time to bill has passed.

    And each whose claim was rejected and not sent again, for nobody has its bill; and each procedure that the record of
    a visit names and no line of its bills has, where bills have lines.
    """
    for visit in unbilled_visits(books, as_of):
        fee = fee_of(books, as_of, visit)
        yield _unbilled(visit, fee, f"{_named(books, visit)} was never billed, {money(fee, books.currency)}")
    yield from _rejected(books, as_of)
    for visit, service, amount in not_billed(books, as_of):
        words = f"{service} of {_named(books, visit)} was done and stands in no bill, {money(amount, books.currency)}"
        yield _unbilled(visit, amount, words, key=f"{visit.id}/{service}")


def _rejected(books: Books, as_of: datetime.date) -> Iterator[Finding]:
    """Visits whose claim was rejected."""
    unbilled = {visit.id for visit in unbilled_visits(books, as_of)}
    for visit, claim in rejected_visits(books, as_of):
        if visit.id not in unbilled:
            fee = min(fee_of(books, as_of, visit), claim.open)
            words = (
                f"{_named(books, visit)} is not billed, {money(fee, books.currency)}: its claim {claim.claim} was "
                f"rejected on {claim.decided}"
            )
            yield _unbilled(visit, fee, words, where=claim.where[1:])


def _named(books: Books, visit: Visit) -> str:
    return f"visit {visit.id} of {visit.date} to {name_of(books, visit.provider)}"


def _unbilled(visit: Visit, amount: Decimal, message: str, *, key: str = "", where: Iterable[Meta] = ()) -> Finding:
    """The finding of a visit and what it would bring; `key` where it is not the visit's, `where` beside its place."""
    return Finding(
        kind="unbilled-visit",
        key=key or visit.id,
        date=visit.date,
        through=visit.date,
        provider=visit.provider,
        count=1,
        amount=amount,
        message=message,
        where=(visit.meta, *where),
    )


def billed_no_show(books: Books, as_of: datetime.date) -> Iterator[Finding]:
    """Each visit that was missed or cancelled and that a standing bill names."""
    named = books.invoices_of_visit
    for identifier in books.not_kept:
        if identifier not in named or not is_billed(books, identifier, as_of):
            continue
        visit = books.visits[identifier]
        if visit.status not in ("no-show", "cancelled"):
            continue
        bills = [invoice for invoice in named[identifier] if invoice.date <= as_of]
        amount = sum((invoice.amount for invoice in bills), start=bills[0].amount * 0)
        what = "was cancelled" if visit.status == "cancelled" else "was a no-show"
        yield Finding(
            kind="billed-no-show",
            key=identifier,
            date=visit.date,
            through=visit.date,
            provider=visit.provider,
            count=1,
            amount=amount,
            message=f"visit {identifier} of {visit.date} {what}, but invoice {bills[0].id} charges "
            f"{money(amount, books.currency)} for it",
            where=(bills[0].meta, visit.meta),
        )
