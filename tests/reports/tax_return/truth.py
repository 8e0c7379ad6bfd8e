"""The return of the practice in `facts`, added up from its entries alone; nothing here asks the program."""

from __future__ import annotations

from collections import defaultdict
from decimal import Decimal
from fractions import Fraction
from typing import NamedTuple

from tests.reports.tax_return.facts import ACCOUNTS, ASSETS, BY_DAY, CHANGE, OWNERS, SALES, SHARES, YEARS, Entry

D = Decimal


def sums(found: list[Entry], year: int) -> dict[str, D]:
    """What each account moved by in a year."""
    moved: dict[str, D] = defaultdict(D)
    for entry in found:
        if entry.date.year == year:
            for account, amount in entry.legs:
                moved[account] += amount
    return moved


def half(amount: D) -> D:
    """The deductible half of meals, half a cent up."""
    return (amount / 2).quantize(D("0.01"), "ROUND_HALF_UP")


class Return(NamedTuple):
    """A year's return: amounts by line as the form shows them, and what is needed for the schedules."""

    lines: dict[str, D]
    income: D
    deductions: D
    result: D
    depreciation: D
    section_179: D
    not_deductible: D
    net_income: D
    separate: D


def return_of(returns: str, found: list[Entry], year: int) -> Return:
    """The return of a year from its facts."""
    at = YEARS.index(year)
    moved = sums(found, year)
    known = {**ACCOUNTS, **OWNERS[returns]}
    column = {"schedule-c": "c", "1065": "p", "1120-s": "s"}[returns]
    lines: dict[str, D] = defaultdict(D)
    for name, amount in moved.items():
        account = known[name]
        line = getattr(account, column)
        if not account.word or not line or account.word in ("depreciation", "gain-4797"):
            continue
        if returns == "schedule-c" and line == "27b" and year < 2025:
            line = "27a"
        credit = name.startswith("Income") and account.word != "returns"
        lines[line] += -amount if credit else half(amount) if account.word == "meals" else amount
    expensed = sum((asset.return_[at][0] for asset in ASSETS), D())
    whole = sum((sum(asset.return_[at], D()) for asset in ASSETS), D())
    apart = {"schedule-c": "", "1065": "K 12", "1120-s": "K 11"}[returns]
    lines[ACCOUNTS["Expenses:Depreciation"]._asdict()[column]] = whole - (expensed if apart else 0)
    if apart and expensed:
        lines[apart] = expensed
    ordinary = gains = D()
    for asset in ASSETS:
        if asset.id in SALES and SALES[asset.id][0].year == year:
            _, price, _, deducted, of_1245 = SALES[asset.id]
            gains += price - (asset.cost - deducted)
            ordinary += of_1245
    if gains:
        lines[ACCOUNTS["Income:Sales"]._asdict()[column]] = ordinary
        lines[{"schedule-c": "Form 4797, Part I", "1065": "K 10", "1120-s": "K 9"}[returns]] = gains - ordinary
    income = lines["1" if column == "c" else "1a"] - lines["2" if column == "c" else "1b"]
    income -= lines["4" if column == "c" else "2"]
    income += sum((lines[line] for line in {"c": ("6",), "p": ("6", "7"), "s": ("4", "5")}[column]), D())
    first = {"c": ("1", "2", "4", "6"), "p": ("1a", "1b", "2", "6", "7"), "s": ("1a", "1b", "2", "4", "5")}[column]
    deductions = sum((lines[n] for n in list(lines) if n not in first and not n.startswith(("K", "F", "S"))), D())
    separate = sum(
        (lines[n] * (-1 if n in ("K 11", "K 12", "K 12a", "K 13a") else 1) for n in list(lines)
         if n.startswith("K") and n not in ("K 16a", "K 18a")), D())  # fmt: skip
    return Return(
        lines={line: amount for line, amount in lines.items() if amount},
        income=income,
        deductions=deductions,
        result=income - deductions,
        depreciation=whole,
        section_179=expensed,
        not_deductible=moved["Expenses:Fines"] + moved["Expenses:Meals"] - half(moved["Expenses:Meals"]),
        net_income=-sum((amount for name, amount in moved.items() if name.startswith(("Income", "Expenses"))), D()),
        separate=separate,
    )


def owners_part(returns: str, found: list[Entry], year: int, line: str) -> dict[str, Fraction]:
    """Each owner's part of a line of a year, exactly: `result` for the form's own, else a line of Schedule K."""
    made = return_of(returns, found, year)
    if year < CHANGE.year:
        amount = made.result if line == "result" else made.lines.get(line, D())
        amount = made.not_deductible if line == "off" else amount
        return {owner: Fraction(amount) * shares[0] / 100 for owner, shares in SHARES.items()}
    first, second = _halves(returns, found, year, line)
    return {owner: (first * shares[0] + second * shares[1]) / 100 for owner, shares in SHARES.items()}


def _halves(returns: str, found: list[Entry], year: int, line: str) -> tuple[Fraction, Fraction]:
    """A line before and since the change: 181 and 184 days; a corporation's, and allocable items, by day."""
    made = return_of(returns, found, year)
    whole = Fraction(
        made.result if line == "result" else made.not_deductible if line == "off" else made.lines.get(line, 0)
    )
    if returns == "1120-s":
        return whole * 181 / 365, whole * 184 / 365
    closed = [Fraction(), Fraction()]
    known = {**ACCOUNTS, **OWNERS[returns]}
    for entry in found:
        for name, amount in entry.legs:
            account = known[name]
            fine = line == "off" and account.word == "not-deductible"
            meal = account.word == "meals" and line in ("off", "result")
            mine = line == "result" and account.p and not account.p.startswith("K")
            mine = mine or account.p == line or fine or meal
            if entry.date.year != year or not account.word or not mine:
                continue
            if account.word in (*BY_DAY, "depreciation", "gain-4797"):
                continue
            sign = 1 if line == "off" or account.word in ("charity",) else -1
            part = Fraction(amount) * sign * (Fraction(1, 2) if meal else 1)
            closed[entry.date >= CHANGE] += part
    if line == "result":  # of the chair; the lot's is of section 1231
        closed[1] += Fraction(SALES["chair"][4])
    if line == "K 10":
        closed[0] += 6000
    rest = whole - sum(closed)
    return closed[0] + rest * 181 / 365, closed[1] + rest * 184 / 365


def balance_sheet(returns: str, found: list[Entry], year: int) -> dict[str, D]:
    """Schedule L at the end of a year, as the form shows it."""
    known = {**ACCOUNTS, **OWNERS[returns]}
    lines: dict[str, D] = defaultdict(D)
    for entry in found:
        if entry.date.year <= year:
            for name, amount in entry.legs:
                account = known[name]
                line = account.l_p if returns == "1065" else account.l_s
                if account.word:
                    line = "L 21" if returns == "1065" else "L 24"
                lines[line] += amount if name.startswith("Assets") else -amount
    return {line: amount for line, amount in lines.items() if amount}
