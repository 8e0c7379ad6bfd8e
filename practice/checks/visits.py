"""Checks of visits: never billed, and billed though nobody came."""

from __future__ import annotations

import datetime
from collections.abc import Iterator

from daysheet.billing.lines import not_billed
from daysheet.billing.pricing import fee_of
from daysheet.billing.unbilled import is_billed, unbilled_visits
from daysheet.books import Books
from daysheet.findings import Finding
from daysheet.following.followed import rejected_visits
from daysheet.wording import money, name_of


def unbilled_visit(books: Books, as_of: datetime.date) -> Iterator[Finding]:
    """Each completed visit that no standing bill names, once the provider's usual time to bill has passed.

    And each whose claim was rejected and not sent again, for nobody has its bill; and each procedure that the record of
    a visit names and no line of its bills has, where bills have lines.
    """
    for visit in unbilled_visits(books, as_of):
        fee = fee_of(books, as_of, visit)
        yield Finding(
            kind="unbilled-visit",
            key=visit.id,
            date=visit.date,
            through=visit.date,
            provider=visit.provider,
            count=1,
            amount=fee,
            message=f"visit {visit.id} of {visit.date} to {name_of(books, visit.provider)} was never billed, "
            f"{money(fee, books.currency)}",
            where=(visit.meta,),
        )
    yield from _rejected(books, as_of)
    for visit, service, amount in not_billed(books, as_of):
        yield Finding(
            kind="unbilled-visit",
            key=f"{visit.id}/{service}",
            date=visit.date,
            through=visit.date,
            provider=visit.provider,
            count=1,
            amount=amount,
            message=f"{service} of visit {visit.id} of {visit.date} to {name_of(books, visit.provider)} was done and "
            f"stands in no bill, {money(amount, books.currency)}",
            where=(visit.meta,),
        )


def _rejected(books: Books, as_of: datetime.date) -> Iterator[Finding]:
    """Visits whose claim was rejected."""
    unbilled = {visit.id for visit in unbilled_visits(books, as_of)}
    for visit, claim in rejected_visits(books, as_of):
        if visit.id not in unbilled:
            fee = min(fee_of(books, as_of, visit), claim.open)
            yield Finding(
                kind="unbilled-visit",
                key=visit.id,
                date=visit.date,
                through=visit.date,
                provider=visit.provider,
                count=1,
                amount=fee,
                message=f"visit {visit.id} of {visit.date} to {name_of(books, visit.provider)} is not billed, "
                f"{money(fee, books.currency)}: its claim {claim.claim} was rejected on {claim.decided}",
                where=(visit.meta, *claim.where[1:]),
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
