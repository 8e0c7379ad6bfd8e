"""Three years of a practice as facts: what was bought, earned, paid and owned.

Percentages are copied from IRS Publication 946, limits from the revenue procedures, lines from the forms.
"""

from __future__ import annotations

import datetime
import random
from collections.abc import Iterator
from decimal import Decimal
from typing import NamedTuple

D = Decimal
YEARS = (2024, 2025, 2026)
CHANGE = datetime.date(2026, 7, 1)
SHARES = {"adams": (60, 50), "baker": (40, 50)}  # before the change, and since
BY_DAY = {
    "interest-other", "taxes-licenses", "rent-property", "rent-equipment", "contract-labor", "legal-professional",
    "wages", "guaranteed-payments", "officers", "interest-income", "tax-exempt-interest", "finance-charges",
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
    "Income:Qualified": Account("qualified-dividends", "Form 1040, 3b", "K 6a", "K 5a"),
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
    "Liabilities:Payroll": Account("", "", "", "", "L 17", "L 18"),
    "Liabilities:Payable": Account("", "", "", ""),
    "Liabilities:Card": Account("", "", "", "", "L 17", "L 18"),
}  # fmt: skip
_PAYROLL = {"Expenses:Wages": "wages", "Expenses:PayrollTaxes": "taxes"}
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
    return sorted(
        (*_owners(returns, chance), *_months(returns, chance), *_assets(), *_bills()), key=lambda entry: entry.date
    )


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
        yield _paid(datetime.date(year, 9, 20), "Income:Qualified", -_cents(chance, 20, 90))
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
            # withheld: 900.00 of income tax and the employees' 7.65%; paid over in the next month
            owed = D("900.00") + 2 * D("558.45")
            pay = (("Expenses:Wages", D("7300.00")), ("Expenses:PayrollTaxes", D("558.45")))
            yield Entry(day, (*pay, ("Liabilities:Payroll", -owed), ("Assets:Bank:Checking", owed - D("7858.45"))))
            if (year, month) > (2024, 1):
                yield _paid(datetime.date(year, month, 2), "Liabilities:Payroll", owed)
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


BILLS = {2024: D("731.20"), 2025: D("412.00"), 2026: D("988.80")}
"""A vendor's bill of December of each year, paid on January 9: on the cash basis an expense of the next year."""


def _bills() -> Iterator[Entry]:
    for year, amount in BILLS.items():
        if year + 1 in YEARS:
            yield _paid(datetime.date(year + 1, 1, 9), "Expenses:Supplies", amount)


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
    lines = ['option "operating_currency" "USD"', 'option "title" "Tern Lane Clinic"', *_opens(returns), *_declared()]
    if returns != "schedule-c":
        for owner, (before, since) in SHARES.items():
            lines += [f'2024-01-01 custom "partner" "{owner}" "Dr. {owner.capitalize()}"', f"  share: {before}"]
            lines += [f'{CHANGE} custom "partner" "{owner}" "Dr. {owner.capitalize()}"', f"  share: {since}"]
    lines += ['2025-05-02 custom "loan" "bank" "Bay Bank"', "  account: Liabilities:Notes:Bank", "  rate: 4"]
    lines += ["  maturity: 2033-05-02", *_billed(), *_forms()]
    paid = set(_bills())
    for entry in entries(returns, seed):
        if entry not in paid:
            lines.append(f'{entry.date} * "Payee" "Entry"')
            lines += [f"  {account}  {amount} USD" for account, amount in entry.legs]
    return "\n".join(lines) + "\n"


def _opens(returns: str) -> Iterator[str]:
    for name, account in {**ACCOUNTS, **OWNERS[returns]}.items():
        yield f"2024-01-01 open {name}"
        if account.word:
            yield f'  tax-line: "{account.word}"'
        if name in _PAYROLL:
            yield f'  payroll: "{_PAYROLL[name]}"'


def _declared() -> Iterator[str]:
    for asset in ASSETS:
        yield f'{asset.bought} custom "asset" "{asset.id}" "{asset.id}"'
        yield f"  cost: {asset.cost} USD\n  account: {asset.account}\n  {asset.says}"
        if asset.id in SALES:
            yield f'{SALES[asset.id][0]} custom "disposed" "{asset.id}"\n  proceeds: {SALES[asset.id][1]} USD'


def _billed() -> Iterator[str]:
    for year, amount in BILLS.items():
        yield f'{year}-12-20 * "Medline" "Bill" ^bill-{year}\n  Expenses:Supplies  {amount} USD'
        yield f"  Liabilities:Payable  -{amount} USD"
        if year + 1 in YEARS:
            yield f'{year + 1}-01-09 * "Medline" "Bill" ^bill-{year}\n  Liabilities:Payable  {amount} USD'
            yield f"  Assets:Bank:Checking  -{amount} USD"


def _forms() -> list[str]:
    """What was filed of the staff's wages: three months of 7,300.00 a quarter."""
    lines = []
    for year in YEARS:
        for day in ("03-31", "06-30", "09-30", "12-31"):
            lines += [
                f'{year}-{day} custom "filed" "941"',
                "  wages: 21900.00 USD",
                "  social-security-wages: 21900.00 USD",
            ]
            lines += ["  medicare-wages: 21900.00 USD", "  withheld: 2700.00 USD"]
        lines += [
            f'{year}-12-31 custom "filed" "W-3"',
            "  wages: 87600.00 USD",
            "  social-security-wages: 87600.00 USD",
        ]
        lines += ["  medicare-wages: 87600.00 USD", "  withheld: 10800.00 USD"]
    return lines
