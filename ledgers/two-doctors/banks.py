"""The practice's money: a checking account at Chase and a Capital One card, as their exports show them.

Card takings arrive the next working day in one sum; checks and cash are taken to the bank on Fridays.
"""

from __future__ import annotations

import datetime
import random
from collections import defaultdict
from collections.abc import Iterator
from decimal import Decimal
from typing import Final, NamedTuple

from daysheet.ledgers.two_doctors import payroll
from daysheet.ledgers.two_doctors.desk import CLOSED, LAST_DAY, ONE_DAY, YEAR, Desk, weekdays

OPENING: Final = Decimal("24180.55")  # what checking held on the last day before, as in the former books
FEE_RATE: Final = Decimal("0.027")
BAKER_SHARE: Final = Decimal("28.00")  # Dr. Baker's pay for a visit


class BankRow(NamedTuple):
    """A line of the checking account; money in is positive."""

    details: str
    date: datetime.date
    description: str
    amount: Decimal
    type: str
    check: str = ""


class CardRow(NamedTuple):
    """A line of the card; what was bought is positive, what was paid off negative."""

    date: datetime.date
    posted: datetime.date
    description: str
    category: str
    amount: Decimal


_PAYROLL: Final = "QUAYSIDE PAYROLL SVC PAYROLL CCD ID: 5550100005"
# day of the month, text, amount, kind, check or not
MONTHLY: Final = (
    (2, "MAIN STREET REALTY LLC RENT PPD ID: 5550100001", "3200.00", "ACH_DEBIT"),
    (9, "HARBOR MUTUAL MALPRACTICE PPD ID: 5550100002", "742.00", "ACH_DEBIT"),
    (13, "VALLEY TELEPHONE AND INTERNET WEB ID: 5550100004", "129.90", "ACH_DEBIT"),
    (payroll.PAY_DAYS[0], _PAYROLL, str(payroll.pay().net), "ACH_DEBIT"),
    (20, "Online Transfer to owner draw transaction#: 5550100007", "4000.00", "ACCT_XFER"),
    (payroll.PAY_DAYS[1], _PAYROLL, str(payroll.pay().net), "ACH_DEBIT"),
    (payroll.PAY_DAYS[1], "IRS USATAXPYMT CCD ID: 5550100006", str(2 * payroll.pay().deposit), "ACH_DEBIT"),
    (26, "CASCADE EQUIPMENT FINANCE LOAN PPD ID: 5550100011", "356.40", "ACH_DEBIT"),
    (28, "MONTHLY SERVICE FEE", "15.00", "FEE_TRANSACTION"),
)
ONCE: Final = (
    (datetime.date(YEAR, 2, 18), "CLEARWATER SONOGRAPHY INC EQUIPMENT WEB ID: 5550100013", "4850.00", ""),
    (datetime.date(YEAR, 3, 24), "CHECK 1201", "1450.00", "1201"),  # the accountant
    (datetime.date(YEAR, 6, 16), "CHECK 1202", "380.00", "1202"),  # the plumber
    (datetime.date(YEAR, 4, 8), "Zelle payment to NORTHGATE 5550100010", "215.00", ""),
    (datetime.date(YEAR, 10, 15), "POS DEBIT 5521 LARKSPUR TRADING", "96.40", ""),
)
PURCHASES: Final = (  # merchant, category, a month, least and most in cents
    ("MERIDIAN MEDICAL SUPPLY", "Healthcare", 3, 4000, 26000),
    ("PAPERCLIP OFFICE MART", "Merchandise", 2, 1200, 9500),
    ("SCHEDULEWELL SOFTWARE", "Internet", 1, 18900, 18900),
    ("TOWN CRIER ADVERTISING", "Advertising", 1, 8000, 22000),
    ("HILLTOP FUEL", "Gas/Automotive", 2, 2800, 6400),
    ("THE CORNER BISTRO", "Dining", 1, 2400, 9000),
)


def working_day(day: datetime.date) -> datetime.date:
    """The day, or the next on which banks post."""
    while day.weekday() > 4 or any(first == day == last and who is None for first, last, who in CLOSED):
        day += ONE_DAY
    return day


def pay_days() -> Iterator[datetime.date]:
    """The days on which the year's payroll leaves checking."""
    for month in range(1, 13):
        yield from (working_day(datetime.date(YEAR, month, day)) for day in payroll.PAY_DAYS)


def card_year() -> list[CardRow]:
    """The card's year: purchases through the month, the balance paid off on the 25th of the next."""
    chance = random.Random("the card")
    rows: list[CardRow] = []
    before = Decimal()
    for month in range(1, 13):
        bought = Decimal()
        for merchant, category, times, least, most in PURCHASES:
            for _ in range(times):
                day = datetime.date(YEAR, month, chance.randrange(1, 27))
                amount = Decimal(chance.randrange(least, most + 1)).scaleb(-2)
                bought += amount
                rows.append(CardRow(day, day + ONE_DAY, merchant, category, amount))
        if before:
            day = working_day(datetime.date(YEAR, month, 25))
            rows.append(CardRow(day, day, "CAPITAL ONE AUTOPAY PYMT", "Payment/Credit", -before))
        before = bought
    return sorted(rows, key=lambda row: (row.posted, row.date, row.description))


def checking_year(desk: Desk, card: list[CardRow]) -> list[BankRow]:
    """The checking account's year, by date."""
    rows = _deposits(desk) + _merchant_fees(desk) + _bills(desk)
    rows += [
        BankRow("DEBIT", row.posted, "CAPITAL ONE CRCARDPMT WEB ID: 5550100008", row.amount, "ACH_DEBIT")
        for row in card
        if row.amount < 0
    ]
    rows = [row for row in rows if row.date <= LAST_DAY]
    return sorted(rows, key=lambda row: (row.date, row.amount < 0, row.description))


def _deposits(desk: Desk) -> list[BankRow]:
    cards: dict[datetime.date, Decimal] = defaultdict(Decimal)
    drawer: dict[datetime.date, Decimal] = defaultdict(Decimal)
    for payment in desk.payments:
        (cards if payment.method == "card" else drawer)[payment.date] += payment.amount
    rows = [
        BankRow(
            "CREDIT", working_day(day + ONE_DAY), "MERCHANT SVCS BANKCARD DEP CCD ID: 5550100003", amount, "ACH_CREDIT"
        )
        for day, amount in cards.items()
    ]
    taken = Decimal()
    for day in weekdays():
        taken += drawer[day]
        if day.weekday() == 4 and taken:
            rows.append(BankRow("DSLIP", working_day(day), "DEPOSIT ID NUMBER 555010", taken, "DEPOSIT"))
            taken = Decimal()
    return rows


def _merchant_fees(desk: Desk) -> list[BankRow]:
    """The card processor's fee, taken on the third of the next month."""
    takings: dict[int, Decimal] = defaultdict(Decimal)
    for payment in desk.payments:
        if payment.method == "card":
            takings[payment.date.month] += payment.amount
    return [
        BankRow(
            "DEBIT",
            working_day(datetime.date(YEAR, month + 1, 3)),
            "MERCHANT SVCS MTHLY FEE CCD ID: 5550100003",
            -(takings[month] * FEE_RATE).quantize(Decimal("0.01")),
            "ACH_DEBIT",
        )
        for month in range(1, 12)
    ]


def _bills(desk: Desk) -> list[BankRow]:
    chance = random.Random("the bills")
    rows = [
        BankRow("CHECK" if no else "DEBIT", day, text, -Decimal(amount), "CHECK_PAID" if no else "DEBIT_CARD", no)
        for day, text, amount, no in ONCE
    ]
    for month in range(1, 13):
        for day, text, amount, kind in MONTHLY:
            posted = working_day(datetime.date(YEAR, month, day))
            rows.append(BankRow("DEBIT", posted, text, -Decimal(amount), kind))
        heating = Decimal(chance.randrange(14000, 34000)).scaleb(-2)
        posted = working_day(datetime.date(YEAR, month, 12))
        rows.append(BankRow("DEBIT", posted, "TRI-COUNTY POWER AND GAS PPD ID: 5550100009", -heating, "ACH_DEBIT"))
        seen = sum(
            visit.provider == "baker" and visit.status == "completed" and visit.date.month == month - 1
            for visit in desk.visits
        )
        if seen:
            posted = working_day(datetime.date(YEAR, month, 5))
            rows.append(
                BankRow(
                    "DEBIT", posted, "BAKER MEDICAL PC CONTRACT PPD ID: 5550100012", -seen * BAKER_SHARE, "ACH_DEBIT"
                )
            )
    return rows
