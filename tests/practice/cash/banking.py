"""A practice that takes all its money to the bank, in the ways that practices do; the truth is what each bag held.

Nothing is missing: every receipt is in one deposit, and every deposit holds what its day's receipts come to, less what
the processor keeps of cards. The amounts are fees, copays and what insurers pay, so that many are alike.
"""

from __future__ import annotations

import datetime
import random
from collections import defaultdict
from decimal import ROUND_HALF_UP, Decimal
from typing import NamedTuple

from beancount import loader
from daysheet.books import Books

CENT = Decimal("0.01")
COPAYS = ("20.00", "25.00", "30.00", "40.00", "50.00", "75.00")
FEES = ("45.00", "54.00", "85.00", "105.00", "139.00", "185.00", "210.00", "1150.00")
ONE_DAY = datetime.timedelta(days=1)


class Habits(NamedTuple):
    """How a practice takes its money to the bank, and its processor pays out."""

    desk: str  # together, by kind, checks and cash
    insurers: str  # together, apart, each
    every: int  # business days between two ways to the bank
    rate: Decimal
    each: Decimal
    by_sale: bool
    lag: int
    terminals: int


class Taken(NamedTuple):
    """A receipt of a day."""

    id: str
    day: datetime.date
    method: str
    payer: str
    amount: Decimal
    terminal: int


class Bag(NamedTuple):
    """What one bank line brings."""

    day: datetime.date
    account: str
    text: str
    amount: Decimal
    receipts: frozenset[str]


def habits(chance: random.Random) -> Habits:
    return Habits(
        desk=chance.choice(("together", "by kind", "patients apart")),
        insurers=chance.choice(("together", "each")),
        every=chance.choice((1, 1, 2, 5)),
        rate=Decimal(chance.choice(("0.026", "0.029", "0.0275", "0.0199"))),
        each=Decimal(chance.choice(("0.00", "0.10", "0.15", "0.30"))),
        by_sale=chance.random() < 0.5,
        lag=chance.choice((1, 2)),
        terminals=chance.choice((1, 1, 2)),
    )


def taken(chance: random.Random, first: datetime.date, days: int) -> list[Taken]:
    found: list[Taken] = []
    for ahead in range(days):
        day = first + ahead * ONE_DAY
        if day.weekday() > 4 and chance.random() < (0.5 if day.weekday() == 5 else 1):
            continue  # some Saturdays are worked
        for _ in range(chance.randint(4, 12)):
            method = chance.choice(("card", "card", "card", "check", "cash"))
            amount = Decimal(chance.choice(COPAYS if chance.random() < 0.5 else FEES))
            if chance.random() < 0.4:
                amount = Decimal(chance.randint(1000, 30000)) / 100
            found.append(Taken(f"P{len(found)}", day, method, "", amount, chance.randrange(2)))
        for payer in ("delta", "metlife", "cigna"):
            if chance.random() < 0.4:
                method = "eft" if payer == "cigna" else "check"
                for _ in range(chance.randint(1, 4)):
                    amount = Decimal(chance.randint(2000, 40000)) / 100
                    found.append(Taken(f"P{len(found)}", day, method, payer, amount, 0))
    return found


def bags(received: list[Taken], way: Habits) -> list[Bag]:
    groups: dict[tuple[datetime.date, str, str], list[Taken]] = defaultdict(list)
    for one in received:
        groups[_bag(one, way)].append(one)
    made = []
    for (day, account, text), inside in groups.items():
        kept = _kept(inside, way) if account == "Cards" else Decimal()
        whole = sum((one.amount for one in inside), Decimal())
        made.append(Bag(day, account, text, whole - kept, frozenset(one.id for one in inside)))
    return sorted(made, key=lambda bag: (bag.day, bag.account, bag.text, sorted(bag.receipts)))


def _bag(one: Taken, way: Habits) -> tuple[datetime.date, str, str]:
    if one.method == "card":
        # each day's batch is a line of its own, of each terminal; weekends' batches land together
        terminal = one.terminal % way.terminals
        return _later(one.day, way.lag), "Cards", f"WORLDPAY BNKCD DEP {one.day} {terminal}"
    if one.method == "eft":
        return _later(one.day, 1), "Deposits", f"HCCLAIMPMT {one.payer} {one.day}"
    day = one.day
    while day.weekday() > 4 or (day.toordinal() * 5 // 7) % way.every:
        day += ONE_DAY
    if one.payer:
        who = one.payer if way.insurers == "each" else "insurers"
        return day, "Deposits", f"MOBILE CHECK DEPOSIT {who if way.desk != 'together' or who != 'insurers' else 'all'}"
    if way.desk == "by kind":
        return day, "Deposits", f"BRANCH DEPOSIT {one.method}"
    return day, "Deposits", "MOBILE CHECK DEPOSIT all" if way.desk == "together" else "BRANCH DEPOSIT patients"


def _later(day: datetime.date, business_days: int) -> datetime.date:
    while business_days:
        day += ONE_DAY
        business_days -= day.weekday() < 5
    return day


def _kept(inside: list[Taken], way: Habits) -> Decimal:
    if way.by_sale:
        return sum(((one.amount * way.rate + way.each).quantize(CENT, ROUND_HALF_UP) for one in inside), Decimal())
    whole = sum((one.amount for one in inside), Decimal())
    return (whole * way.rate + way.each * len(inside)).quantize(CENT, ROUND_HALF_UP)


def books(received: list[Taken], made: list[Bag]) -> Books:
    lines = ['option "operating_currency" "USD"']
    lines += [f"2000-01-01 open Assets:{name}" for name in ("Bank:Checking", "Clearing:Cards", "Clearing:Deposits")]
    lines.append("2000-01-01 open Income:Visits")
    for one in received:
        account = "Cards" if one.method == "card" else "Deposits"
        lines += [f'{one.day} * "Payment"', f'  payment: "{one.id}"', f'  method: "{one.method}"']
        lines += [f'  payer: "{one.payer}"'] if one.payer else []
        lines += [f"  Assets:Clearing:{account}  {one.amount} USD", f"  Income:Visits  -{one.amount} USD"]
    for number, bag in enumerate(made):
        text = bag.text.split(" 2")[0].removesuffix(" all")
        lines += [f'{bag.day} * "{text}"', f'  row: "{number:016x}"', f"  Assets:Bank:Checking  {bag.amount} USD"]
        lines += [f"  Assets:Clearing:{bag.account}  -{bag.amount} USD"]
    entries, errors, options = loader.load_string("\n".join(lines))
    assert not errors
    return Books.of(entries, options, state="")
