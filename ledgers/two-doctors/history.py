"""The year before, as it was carried over from the practice's former books: one entry a month.

It holds what a comparison with the year before needs, and no visit: those books did not keep any.
"""

from __future__ import annotations

import datetime
import random
from decimal import Decimal
from typing import Final

from daysheet.ledgers.two_doctors.banks import OPENING
from daysheet.ledgers.two_doctors.desk import FEE, ONE_DAY, YEAR

PATH: Final = f"{YEAR - 1}/{YEAR - 1}-former-books.beancount"
_HEAD: Final = f"""\
; The totals of {YEAR - 1}, carried over from the former books.

{YEAR - 1}-01-01 open Income:Visits:Adams
"""
_CHECKING: Final = "Assets:Bank:Checking"
_FIXED: Final = (
    ("Equity:Owner:Draws", "4000.00"),
    ("Expenses:Rent", "3050.00"),
    ("Expenses:Payroll:Wages", "4615.33"),  # before anything is withheld
    ("Expenses:Payroll:Taxes", "353.07"),  # the employer's 7.65%
    ("Expenses:Insurance", "702.00"),
    ("Expenses:Telephone", "124.90"),
    ("Expenses:Software", "179.00"),
    ("Expenses:BankFees", "15.00"),
    ("Liabilities:Loans:Equipment", "356.40"),
)
_VARYING: Final = (  # least and most in cents
    ("Expenses:Utilities", 14000, 33000),
    ("Expenses:Supplies", 12000, 52000),
    ("Expenses:Office", 4000, 16000),
    ("Expenses:Advertising", 8000, 20000),
    ("Expenses:Car", 5600, 12000),
    ("Expenses:Meals", 2400, 9000),
    ("Expenses:MerchantFees", 22000, 29000),
)
_LOAN: Final = Decimal("14000.00")
_TABLES: Final = Decimal("7200.00")
_INTEREST: Final = Decimal("775.85")
_DEPRECIATION: Final = Decimal("1200.00")
_Legs = list[tuple[str, Decimal]]


def former_books() -> str:
    """The entries of the year before as ledger text; checking ends with what the bank's first file starts with."""
    year = YEAR - 1
    months = [_month(year, month) for month in range(1, 13)]
    moved = sum((amount for _, legs in months for account, amount in legs if account == _CHECKING), Decimal())
    held = OPENING - moved
    opening: _Legs = [
        (_CHECKING, held),
        ("Liabilities:Loans:Equipment", -_LOAN),
        ("Equity:Opening-Balances", _LOAN - held),
    ]
    tables: _Legs = [("Assets:Fixed:Equipment", _TABLES), ("Equity:Owner:Contributions", -_TABLES)]
    closing: _Legs = [
        ("Expenses:Depreciation", _DEPRECIATION),
        ("Assets:Fixed:Depreciation", -_DEPRECIATION),
        ("Expenses:Interest", _INTEREST),
        ("Liabilities:Loans:Equipment", -_INTEREST),
    ]
    entries = [
        _entry(datetime.date(year, 1, 1), "Opening balances", opening),
        *(_entry(day, f"Totals of {day:%Y-%m}", legs) for day, legs in months),
        _entry(datetime.date(year, 3, 3), "Exam tables, brought in by the owner", tables),
        _entry(datetime.date(year, 12, 31), "Depreciation and interest of the year", closing),
    ]
    return "\n".join([_HEAD, *sorted(entries)])


def _month(year: int, month: int) -> tuple[datetime.date, _Legs]:
    chance = random.Random(f"former books {year}-{month}")
    visits = 14 * chance.randrange(19, 22) - chance.randrange(2, 12)
    legs: _Legs = [("Income:Visits:Adams", -visits * FEE)]
    legs += [(account, Decimal(amount)) for account, amount in _FIXED]
    legs += [(account, Decimal(chance.randrange(least, most)).scaleb(-2)) for account, least, most in _VARYING]
    legs.insert(0, (_CHECKING, -sum((amount for _, amount in legs), Decimal())))
    return datetime.date(year + month // 12, month % 12 + 1, 1) - ONE_DAY, legs


def _entry(day: datetime.date, words: str, legs: _Legs) -> str:
    return f'{day} * "Former books" "{words}"\n' + "".join(
        f"  {account:<34}{amount:>12.2f} USD\n" for account, amount in legs
    )
