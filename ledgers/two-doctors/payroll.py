"""The payroll of the practice's one employee, as its payroll service states it: two pay days a month.

The service takes the net pay from checking on the pay day, and sends the IRS what was withheld and the employer's taxes
with the second pay of each month.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterator
from decimal import ROUND_HALF_UP, Decimal
from typing import Final, NamedTuple

from daysheet.ledgers.two_doctors.desk import YEAR

PATH: Final = f"{YEAR}/{YEAR}-payroll.beancount"
PAY_DAYS: Final = (15, 28)
GROSS: Final = Decimal("2433.78")
INCOME_TAX: Final = Decimal("343.23")
# IRS Publication 15 (Circular E): social security 6.2% and Medicare 1.45%, from the employee and from the employer each
SOCIAL_SECURITY: Final = Decimal("0.062")
MEDICARE: Final = Decimal("0.0145")
_CENT: Final = Decimal("0.01")
_HEAD: Final = (
    f"; Payroll of {YEAR} by the service's journal: wages before anything is withheld, the employer's taxes apart.\n"
)


class Pay(NamedTuple):
    """One pay day's figures."""

    gross: Decimal
    fica: Decimal
    income_tax: Decimal

    @property
    def withheld(self) -> Decimal:
        """What the employee does not get."""
        return self.fica + self.income_tax

    @property
    def net(self) -> Decimal:
        """What the employee gets."""
        return self.gross - self.withheld

    @property
    def deposit(self) -> Decimal:
        """What goes to the IRS: what was withheld, and as much again as the employee's FICA from the employer."""
        return self.withheld + self.fica


def pay(gross: Decimal = GROSS, income_tax: Decimal = INCOME_TAX) -> Pay:
    """A pay of this much."""
    fica = sum(((gross * rate).quantize(_CENT, ROUND_HALF_UP) for rate in (SOCIAL_SECURITY, MEDICARE)), Decimal())
    return Pay(gross, fica, income_tax)


def ledger(days: Iterator[datetime.date], paid: Pay | None = None) -> str:
    """The year's payroll as ledger text, an entry of one pay on each of these days."""
    return "\n".join([_HEAD, *(_entry(day, paid or pay()) for day in days)])


def _entry(day: datetime.date, paid: Pay) -> str:
    legs = (
        ("Expenses:Payroll:Wages", paid.gross),
        ("Expenses:Payroll:Taxes", paid.fica),
        ("Liabilities:Payroll:Taxes", -paid.withheld),
        ("Liabilities:Payroll:Taxes", -paid.fica),
        ("Liabilities:Payroll:NetPay", -paid.net),
    )
    words = f'{day} * "Quayside Payroll" "Pay, taxes withheld, employer\'s taxes"\n'
    return words + "".join(f"  {account:<28}{amount:>12.2f} USD\n" for account, amount in legs)
