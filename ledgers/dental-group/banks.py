"""The group's checking account: card batches less their fee, deposits, insurers' transfers, bills."""

from __future__ import annotations

import datetime
import random
from collections import defaultdict
from collections.abc import Iterable, Iterator
from decimal import ROUND_HALF_UP, Decimal
from typing import Final, NamedTuple

from daysheet.ledgers.dental_group.claims import Advice
from daysheet.ledgers.dental_group.desk import Payment
from daysheet.ledgers.dental_group.roster import CENT, FIRST, LAST, MONTHS, ONE_DAY, YEAR, ZERO, business_day
from daysheet.ledgers.two_doctors import payroll

RATE: Final = Decimal("0.026")
EACH: Final = Decimal("0.10")
"""What the card processor keeps of a batch, and of each sale in it."""
CAPITAL: Final = Decimal("90000.00")
GROSS: Final = Decimal("9480.00")
PAY: Final = payroll.pay(GROSS, Decimal("1290.15"))
PAY_DAYS: Final = (15, 28)
_PAYROLL: Final = "QUAYSIDE PAYROLL SVC PAYROLL CCD ID: 5550200005"
MONTHLY: Final = (
    (1, "MILL POND PROPERTIES RENT PPD ID: 5550200001", Decimal("6400.00")),
    (7, "HARBOR MUTUAL MALPRACTICE PPD ID: 5550200002", Decimal("1180.00")),
    (11, "CHAIRSIDE CLOUD SOFTWARE WEB ID: 5550200004", Decimal("489.00")),
    (PAY_DAYS[0], _PAYROLL, PAY.net),
    (21, "Online Transfer to partners draw transaction#: 5550200007", Decimal("14000.00")),
    (PAY_DAYS[1], _PAYROLL, PAY.net),
    (PAY_DAYS[1], "IRS USATAXPYMT CCD ID: 5550200006", 2 * PAY.deposit),
)
VARYING: Final = (  # day, text, least and most in cents
    (4, "TRI-COUNTY POWER AND GAS PPD ID: 5550200009", 31000, 54000),
    (9, "SILVER BIRCH DENTAL SUPPLY WEB ID: 5550200010", 140000, 260000),
    (18, "COBBLE HILL DENTAL LAB PPD ID: 5550200011", 130000, 245000),
)


class BankRow(NamedTuple):
    """A line of the account; money in is positive."""

    day: datetime.date
    text: str
    amount: Decimal
    kind: str


class Bank(NamedTuple):
    """The lines by day, and what the card processor kept, by month."""

    rows: list[BankRow]
    fees: dict[int, Decimal]


def bank(payments: Iterable[Payment], advices: Iterable[Advice]) -> Bank:
    """The account's four months."""
    fees: dict[int, Decimal] = defaultdict(Decimal)
    taken = list(payments)
    rows = [BankRow(FIRST, "Online Transfer from partners capital transaction#: 5550200000", CAPITAL, "ACCT_XFER")]
    rows += _cards([one for one in taken if one.kind == "Credit Card"], fees)
    checks = [(advice.day, advice.sent) for advice in advices if advice.payer.sends == "checks"]
    rows += _deposits([*((one.day, one.amount) for one in taken if one.kind != "Credit Card"), *checks])
    rows += [
        BankRow(
            advice.at_bank,
            f"{advice.payer.at_bank} HCCLAIMPMT TRN*1*{advice.trace}*{advice.payer.tax_id}",
            advice.sent,
            "ACH_CREDIT",
        )
        for advice in advices
        if advice.payer.sends == "835" and advice.sent
    ]
    rows += _bills()
    kept = [row for row in rows if row.day <= LAST]
    return Bank(sorted(kept, key=lambda row: (row.day, row.amount < 0, row.text)), fees)


def _cards(payments: Iterable[Payment], fees: dict[int, Decimal]) -> Iterator[BankRow]:
    """A batch a day, less the fee, on the next business day."""
    batches: dict[datetime.date, list[Decimal]] = defaultdict(list)
    for payment in payments:
        batches[payment.day].append(payment.amount)
    for day, amounts in sorted(batches.items()):
        total = sum(amounts, ZERO)
        fee = (total * RATE).quantize(CENT, ROUND_HALF_UP) + EACH * len(amounts)
        on = business_day(day + ONE_DAY)
        if on <= LAST:
            fees[on.month] += fee
        yield BankRow(on, "MERCHANT SVCS BANKCARD DEP CCD ID: 5550200003", total - fee, "ACH_CREDIT")


def _deposits(takings: Iterable[tuple[datetime.date, Decimal]]) -> Iterator[BankRow]:
    """Cash and checks, the insurers' with the patients', go to the bank on Tuesdays and Fridays."""
    slips: dict[datetime.date, Decimal] = defaultdict(Decimal)
    for day, amount in takings:
        on = day + ONE_DAY
        while on.weekday() not in (1, 4):
            on += ONE_DAY
        slips[business_day(on)] += amount
    for number, (day, amount) in enumerate(sorted(slips.items()), 101):
        yield BankRow(day, f"DEPOSIT ID NUMBER 555{number}", amount, "DEPOSIT")


def _bills() -> Iterator[BankRow]:
    chance = random.Random("the bills of Larkfield")
    for month in MONTHS:
        for day, text, amount in MONTHLY:
            yield BankRow(business_day(datetime.date(YEAR, month, day)), text, -amount, "ACH_DEBIT")
        for day, text, least, most in VARYING:
            amount = Decimal(chance.randrange(least, most)).scaleb(-2)
            yield BankRow(business_day(datetime.date(YEAR, month, day)), text, -amount, "ACH_DEBIT")


def payroll_ledger() -> str:
    """The payroll journal as ledger text, by the service's statements."""
    days = (business_day(datetime.date(YEAR, month, day)) for month in MONTHS for day in PAY_DAYS)
    return payroll.ledger(days, PAY)
