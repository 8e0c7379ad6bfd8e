"""Payments to nobody: as long as the payee is not named, no one can say whether a Form 1099 is due."""

from __future__ import annotations

import datetime
from collections import defaultdict
from collections.abc import Iterator
from decimal import Decimal

from daysheet.accounting.form_1099 import threshold
from daysheet.accounting.payees import Payment, nameless
from daysheet.books import Books
from daysheet.findings import Finding
from daysheet.wording import many, money

_ZERO = Decimal()


def unidentified_payee(books: Books, as_of: datetime.date) -> Iterator[Finding]:
    """Payments by check or transfer that name no payee, once a year's sum of them reaches the threshold of 1099."""
    years: dict[int, list[Payment]] = defaultdict(list)
    for payment in nameless(books):
        if payment.date <= as_of and payment.direct:
            years[payment.date.year].append(payment)
    for year, made in sorted(years.items()):
        if sum((payment.direct for payment in made), _ZERO) < threshold(year):
            continue
        for account in sorted({payment.account for payment in made}):
            on = [payment for payment in made if payment.account == account]
            amount = sum((payment.direct for payment in on), _ZERO)
            if amount > 0:
                yield Finding(
                    kind="unidentified-payee",
                    key=f"{year}/{account}",
                    date=on[0].date,
                    through=on[-1].date,
                    provider=None,
                    count=len(on),
                    amount=amount,
                    message=f"{many(len(on), 'payment')} of {year} on {account}, {money(amount, books.currency)} by"
                    f" check or transfer, {'names' if len(on) == 1 else 'name'} no payee: who was paid?",
                    where=tuple(payment.entry.meta for payment in on),
                )
