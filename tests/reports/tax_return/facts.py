"""Three years of a practice as facts: what was bought, earned, paid and owned; and, from these alone, its return.

Nothing here asks the program for anything: percentages are copied from IRS Publication 946, limits from the revenue
procedures, lines from the forms, and every figure is added up from the entries as they were invented.
"""

from __future__ import annotations

import datetime
import random
from collections import defaultdict
from collections.abc import Iterator
from decimal import Decimal
from fractions import Fraction
from typing import NamedTuple

D = Decimal
YEARS = (2024, 2025, 2026)
CHANGE = datetime.date(2026, 7, 1)
SHARES = {"adams": (60, 50), "baker": (40, 50)}  # before the change, and since
BY_DAY = {
    "interest-other", "taxes-licenses", "rent-property", "rent-equipment", "contract-labor", "legal-professional",
    "wages", "guaranteed-payments", "officers",
}  # fmt: skip


class Account(NamedTuple):
    """An account: its word, its lines on Schedule C, Form 1065 and Form 1120-S, and its line of Schedule L of both."""

    word: str
    c: str
    p: str
    s: str
    l_p: str = ""
    l_s: str = ""


# the lines of 2024 and later; Schedule C's other expenses are 27a through 2024
ACCOUNTS = {
    "Income:Visits": Account("gross-receipts", "1", "1a", "1a"),
    "Income:Refunds": Account("returns", "2", "1b", "1b"),
    "Income:Forms": Account("other-income", "6", "7", "5"),
    "Income:Late": Account("finance-charges", "6", "7", "5"),
    "Income:Interest": Account("interest-income", "Form 1040, 2b", "K 5", "K 4"),
    "Income:Dividends": Account("dividends", "Form 1040, 3b", "K 6a", "K 5a"),
    "Income:Muni": Account("tax-exempt-interest", "Form 1040, 2a", "K 18a", "K 16a"),
    "Income:Sales": Account("gain-4797", "Form 4797, Part II", "6", "4"),
    "Expenses:Goods": Account("cost-of-goods", "4", "2", "2"),
    "Expenses:Rent": Account("rent-property", "20b", "13", "11"),
    "Expenses:Lasers": Account("rent-equipment", "20a", "13", "11"),
    "Expenses:Wages": Account("wages", "26", "9", "8"),
    "Expenses:PayrollTaxes": Account("taxes-licenses", "23", "14", "12"),
    "Expenses:Interest": Account("interest-other", "16b", "15", "13"),
    "Expenses:Advertising": Account("advertising", "8", "21", "16"),
    "Expenses:Insurance": Account("insurance", "15", "21", "20"),
    "Expenses:Software": Account("other-expense", "27b", "21", "20"),
    "Expenses:Supplies": Account("supplies", "22", "21", "20"),
    "Expenses:Legal": Account("legal-professional", "17", "21", "20"),
    "Expenses:Meals": Account("meals", "24b", "21", "20"),
    "Expenses:Gifts": Account("charity", "Schedule A, 11", "K 13a", "K 12a"),
    "Expenses:Fines": Account("not-deductible", "", "", ""),
    "Expenses:Depreciation": Account("depreciation", "13", "16a", "14"),
    "Assets:Bank:Checking": Account("", "", "", "", "L 1", "L 1"),
    "Assets:Fixed:Equipment": Account("", "", "", "", "L 9a", "L 10a"),
    "Assets:Fixed:Depreciation": Account("", "", "", "", "L 9b", "L 10b"),
    "Assets:Fixed:Land": Account("", "", "", "", "L 11", "L 12"),
    "Assets:Prepaid": Account("", "", "", "", "L 6", "L 6"),
    "Liabilities:Notes:Bank": Account("", "", "", "", "L 19b", "L 20"),
    "Liabilities:Card": Account("", "", "", "", "L 17", "L 18"),
}  # fmt: skip
OWNERS = {
    "schedule-c": {
        "Equity:Owner:Contributions": Account("", "", "", ""), "Equity:Owner:Draws": Account("", "", "", ""),
    },
    "1065": {
        "Equity:Capital:Adams": Account("", "", "", "", "L 21"),
        "Equity:Capital:Baker": Account("", "", "", "", "L 21"),
        "Equity:Draws:Adams": Account("", "", "", "", "L 21"),
        "Equity:Draws:Baker": Account("", "", "", "", "L 21"),
        "Expenses:Guaranteed:Adams": Account("guaranteed-payments", "", "10", ""),
        "Expenses:Guaranteed:Baker": Account("guaranteed-payments", "", "10", ""),
    },
    "1120-s": {
        "Equity:Stock": Account("", "", "", "", "", "L 22"), "Equity:PaidIn": Account("", "", "", "", "", "L 23"),
        "Equity:Distributions:Adams": Account("", "", "", "", "", "L 24"),
        "Equity:Distributions:Baker": Account("", "", "", "", "", "L 24"),
        "Expenses:Officers": Account("officers", "", "", "7"),
    },
}  # fmt: skip


class Asset(NamedTuple):
    """An asset: what the fact says, what it cost, and what the books and the return deduct in each of the years.

    `books` is straight line by months; `return_` is Section 179, bonus and MACRS.
    """

    id: str
    bought: datetime.date
    cost: D
    account: str
    says: str
    books: tuple[D, D, D]
    return_: tuple[tuple[D, D, D], ...]


def _day(text: str) -> datetime.date:
    return datetime.date.fromisoformat(text)


_NONE = (D(0), D(0), D(0))
ASSETS = (
    # 20%, 32%, and half of 19.2% in the year of the sale; 10 months of 60, 12, and 8
    Asset("chair", _day("2024-03-10"), D(10000), "Assets:Fixed:Equipment",
          'method: "straight-line"\n  life: 5\n  tax-life: 5\n  bonus: FALSE',
          (D("1666.67"), D(2000), D("1333.33")), ((D(0), D(0), D(2000)), (D(0), D(0), D(3200)), (D(0), D(0), D(960)))),
    # 12,000 elected, all the rest at once; 7 months of 120, and 12
    Asset("xray", _day("2025-06-15"), D(30000), "Assets:Fixed:Equipment",
          'method: "straight-line"\n  life: 10\n  tax-life: 7\n  section-179: 12000.00 USD',
          (D(0), D(1750), D(3000)), (_NONE, (D(12000), D(18000), D(0)), _NONE)),
    # 39 years from May: 1.605%, then 2.564%; 8 months of 468, and 12
    Asset("rooms", _day("2025-05-01"), D(39000), "Assets:Fixed:Equipment",
          'method: "straight-line"\n  life: 39\n  tax-life: 39',
          (D(0), D("666.67"), D(1000)), (_NONE, (D(0), D(0), D("625.95")), (D(0), D(0), D("999.96")))),
    # an automobile's first year with bonus depreciation, Rev. Proc. 2026-15; 9 months of 60
    Asset("van", _day("2026-04-01"), D(60000), "Assets:Fixed:Equipment",
          'method: "straight-line"\n  life: 5\n  tax-life: 5\n  vehicle: "passenger"\n  bonus: TRUE',
          (D(0), D(0), D(9000)), (_NONE, _NONE, (D(0), D(20300), D(0)))),
    Asset("lot", _day("2024-01-15"), D(20000), "Assets:Fixed:Land", 'method: "none"', _NONE, (_NONE, _NONE, _NONE)),
)  # fmt: skip
# sold: the day, the price, what the books had written off, what the return had, and of the gain what is ordinary
SALES = {
    "chair": (_day("2026-09-30"), D(6500), D(5000), D(6160), D(2660)),
    "lot": (_day("2026-05-20"), D(26000), D(0), D(0), D(0)),
}

Leg = tuple[str, D]


class Entry(NamedTuple):
    """An entry as it was invented; debits positive."""

    date: datetime.date
    legs: tuple[Leg, ...]


def entries(returns: str, seed: str = "return") -> list[Entry]:
    """Every entry of the three years."""
    chance = random.Random(f"{returns} {seed}")
    return sorted((*_owners(returns, chance), *_months(returns, chance), *_assets()), key=lambda entry: entry.date)


def _cents(chance: random.Random, least: int, most: int) -> D:
    return D(chance.randrange(least * 100, most * 100)) / 100


def _paid(day: datetime.date, account: str, amount: D, by: str = "Assets:Bank:Checking") -> Entry:
    return Entry(day, ((account, amount), (by, -amount)))


def _owners(returns: str, chance: random.Random) -> Iterator[Entry]:
    into = {
        "schedule-c": [("Equity:Owner:Contributions", 80000)],
        "1065": [("Equity:Capital:Adams", 50000), ("Equity:Capital:Baker", 30000)],
        "1120-s": [("Equity:Stock", 1000), ("Equity:PaidIn", 79000)],
    }[returns]
    for account, amount in into:
        yield _paid(datetime.date(2024, 1, 2), account, D(-amount))
    if returns == "1065":
        yield _paid(datetime.date(2026, 2, 3), "Equity:Capital:Baker", D(-15000))
    for year in YEARS:
        for owner in ("Adams", "Baker"):
            account = {"schedule-c": "Equity:Owner:Draws", "1065": f"Equity:Draws:{owner}"}.get(
                returns, f"Equity:Distributions:{owner}"
            )
            yield _paid(datetime.date(year, 11, 20), account, _cents(chance, 1000, 9000))


def _months(returns: str, chance: random.Random) -> Iterator[Entry]:
    for year in YEARS:
        yield _paid(datetime.date(year, 3, 20), "Income:Dividends", -_cents(chance, 50, 400))
        yield _paid(datetime.date(year, 6, 20), "Income:Muni", -_cents(chance, 20, 90))
        yield _paid(datetime.date(year, 4, 20), "Expenses:Fines", _cents(chance, 20, 300))
        yield _paid(datetime.date(year, 12, 20), "Expenses:Gifts", _cents(chance, 200, 900))
        for month in range(1, 13):
            day = datetime.date(year, month, 12)
            yield _paid(day, "Income:Visits", -_cents(chance, 21000, 36000))
            yield _paid(day, "Income:Refunds", _cents(chance, 10, 200))
            yield _paid(day, "Income:Forms", -_cents(chance, 5, 60))
            yield _paid(day, "Income:Late", -_cents(chance, 1, 20))
            yield _paid(day, "Income:Interest", -_cents(chance, 1, 20))
            yield _paid(day, "Expenses:Rent", D("2920.00"))
            yield _paid(day, "Expenses:Wages", D("7300.00"))
            yield _paid(day, "Expenses:PayrollTaxes", D("558.45"))
            for account, least, most in (
                ("Goods", 100, 600), ("Lasers", 100, 300), ("Advertising", 100, 400), ("Insurance", 200, 500),
                ("Software", 50, 300), ("Supplies", 300, 900), ("Legal", 50, 200), ("Meals", 20, 150),
            ):  # fmt: skip
                by = "Liabilities:Card" if account in ("Meals", "Software") else "Assets:Bank:Checking"
                yield _paid(day, f"Expenses:{account}", _cents(chance, least, most), by)
            if returns == "1065":
                yield _paid(day, "Expenses:Guaranteed:Adams", D("1825.00"))
                yield _paid(day, "Expenses:Guaranteed:Baker", D("1095.00"))
            if returns == "1120-s":
                yield _paid(day, "Expenses:Officers", D("6570.00"))
            if (year, month) >= (2025, 6):
                interest, principal = _cents(chance, 90, 150), D(400)
                legs = (("Expenses:Interest", interest), ("Liabilities:Notes:Bank", principal))
                yield Entry(day, (*legs, ("Assets:Bank:Checking", -interest - principal)))
    yield _paid(datetime.date(2026, 12, 30), "Assets:Prepaid", D("1200.00"))
    yield Entry(datetime.date(2025, 5, 2), (("Assets:Bank:Checking", D(40000)), ("Liabilities:Notes:Bank", D(-40000))))


def _assets() -> Iterator[Entry]:
    for asset in ASSETS:
        yield _paid(asset.bought, asset.account, asset.cost)
        for year, amount in zip(YEARS, asset.books, strict=True):
            if amount:
                legs = (("Expenses:Depreciation", amount), ("Assets:Fixed:Depreciation", -amount))
                yield Entry(datetime.date(year, 12, 31), legs)
        if asset.id in SALES:
            day, price, written_off, _, _ = SALES[asset.id]
            gain = price - (asset.cost - written_off)
            sold = (("Assets:Bank:Checking", price), (asset.account, -asset.cost), ("Income:Sales", -gain))
            yield Entry(day, (*sold, ("Assets:Fixed:Depreciation", written_off)) if written_off else sold)


def text(returns: str, seed: str = "return") -> str:
    """The same as a ledger."""
    lines = ['option "operating_currency" "USD"', 'option "title" "Tern Lane Clinic"']
    for name, account in {**ACCOUNTS, **OWNERS[returns]}.items():
        lines.append(f"2024-01-01 open {name}")
        if account.word:
            lines.append(f'  tax-line: "{account.word}"')
    for asset in ASSETS:
        lines += [f'{asset.bought} custom "asset" "{asset.id}" "{asset.id}"', f"  cost: {asset.cost} USD"]
        lines += [f"  account: {asset.account}", f"  {asset.says}"]
        if asset.id in SALES:
            lines += [f'{SALES[asset.id][0]} custom "disposed" "{asset.id}"', f"  proceeds: {SALES[asset.id][1]} USD"]
    if returns != "schedule-c":
        for owner, (before, since) in SHARES.items():
            lines += [f'2024-01-01 custom "partner" "{owner}" "Dr. {owner.capitalize()}"', f"  share: {before}"]
            lines += [f'{CHANGE} custom "partner" "{owner}" "Dr. {owner.capitalize()}"', f"  share: {since}"]
    lines += ['2025-05-02 custom "loan" "bank" "Bay Bank"', "  account: Liabilities:Notes:Bank", "  rate: 4"]
    lines += ["  maturity: 2033-05-02"]
    for entry in entries(returns, seed):
        lines.append(f'{entry.date} * "Payee" "Entry"')
        lines += [f"  {account}  {amount} USD" for account, amount in entry.legs]
    return "\n".join(lines) + "\n"


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
