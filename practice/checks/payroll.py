"""Payroll that does not fit: wages, the employer's taxes and the forms filed say different things."""

from __future__ import annotations

import datetime
from collections.abc import Iterator

from daysheet.accounting.payroll import comparisons, years
from daysheet.books import Books
from daysheet.findings import Finding
from daysheet.wording import figure, money


def payroll_mismatch(books: Books, as_of: datetime.date) -> Iterator[Finding]:
    """Wages against forms 941 and W-3, FICA and FUTA against the law's rates, net pay against what the bank paid."""
    for year in years(books):
        found = [item for item in comparisons(books, year) if not item.agrees and item.date <= as_of]
        between = {item.left - item.right for item in found if item.key == f"{year}/941-W-3"}
        for item in found:
            if item.key == f"{year}/W-3" and item.left - item.right in between:
                continue  # the same difference, seen from the books
            difference = abs(item.left - item.right)
            left, right = figure(item.left, books.currency), money(item.right, books.currency)
            yield Finding(
                kind="payroll-mismatch",
                key=item.key,
                date=item.date,
                through=item.date,
                provider=None,
                count=1,
                amount=difference,
                message=f"payroll of {year}: {item.text[:1].lower()}{item.text[1:]}: {left} and {right} differ"
                f" by {figure(difference, books.currency)}",
                where=item.where,
            )
