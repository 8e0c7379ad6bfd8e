"""Books of the two-doctor practice for any number of years, written straight as ledger text.

`python bench/ledger.py YEARS DIR` writes a books folder as `daysheet import` leaves it: one file a month and kind,
about 13,900 directives a year. Adams sees 14 patients a day on five days for 48 weeks of each year, Baker 12 on three
days in its second half. Most visits are billed the same day and paid within weeks; the books hold a week without bills
in each June, and a scatter of unbilled, unpaid and overpaid visits. Bills are numbered one after the other, as practice
systems do: a visit without a bill leaves no gap. The years end with 2026; the same arguments write the same bytes.
"""

from __future__ import annotations

import datetime
import random
import sys
from collections import defaultdict
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

LAST_YEAR = 2026
FEE = Decimal("50.00")
DAY = datetime.timedelta(days=1)
ADAMS = (range(5), 14)  # Monday to Friday
BAKER = ((0, 2, 4), 12)

OPTIONS = """option "title" "Bench practice"
option "operating_currency" "USD"

include "accounts.beancount"
include "practice.beancount"
include "imports.beancount"
"""
ACCOUNTS = """\
Assets:Bank:Checking
Assets:Clearing:Cards
Assets:Clearing:Deposits
Assets:Receivable:Patients
Assets:Receivable:Insurance
Liabilities:Card
Equity:Opening
Equity:Owner:Draws
Equity:Billing:Charges
Equity:Billing:Contractual
Equity:Billing:WriteOffs
Equity:Billing:Collected
Income:Visits:Adams
Income:Visits:Baker
Expenses:Rent
Expenses:Payroll
Expenses:Supplies
Expenses:Software
Expenses:Insurance
Expenses:Utilities
Expenses:Office
Expenses:Advertising
Expenses:Travel
Expenses:MerchantFees
"""
SPENDING = (
    ("Office Depot", "Expenses:Office", 12, 240),
    ("Medline supplies", "Expenses:Supplies", 40, 600),
    ("PG&E utilities", "Expenses:Utilities", 80, 320),
    ("Scheduling software", "Expenses:Software", 29, 199),
    ("Local advertising", "Expenses:Advertising", 25, 400),
    ("Parking and fuel", "Expenses:Travel", 5, 80),
)


class Files(defaultdict[str, list[str]]):
    """Ledger text by file, in the order it was written."""

    def add(self, day: datetime.date, kind: str, text: str) -> None:
        """Append an entry to its month's file of a kind."""
        self[f"{day.year}/{day.year}-{day.month:02}-{kind}.beancount"].append(text)


def write_books(folder: Path, years: int) -> None:
    """Write `years` years of books, the last of them 2026, to a new or empty folder."""
    files = Files(list)
    first = LAST_YEAR - years + 1
    chance = random.Random(f"two doctors, {years}")
    number = billed = 0
    for year in range(first, LAST_YEAR + 1):
        banked: dict[datetime.date, dict[str, Decimal]] = defaultdict(lambda: defaultdict(Decimal))
        for day in _days(year):
            for provider in _working(day):
                for _ in range((ADAMS if provider == "adams" else BAKER)[1]):
                    number += 1
                    billed += _visit(files, banked, chance, (number, day, provider), billed + 1)
        _bank(files, banked, chance, year)
    for path, entries in files.items():
        _write(folder / path, "\n".join(entries))
    _write(folder / "main.beancount", OPTIONS + "".join(f'include "{path}"\n' for path in sorted(files)))
    _write(folder / "accounts.beancount", "".join(f"{first}-01-01 open {account}\n" for account in ACCOUNTS.split()))
    _write(folder / "practice.beancount", "".join(_facts(first)))
    _write(folder / "imports.beancount", "".join(_imports(first)))
    _write(folder / "daysheet.toml", '[practice]\nid = "bench"\nname = "Bench practice"\n')


def _write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")


def _days(year: int) -> Iterator[datetime.date]:
    """The weekdays of the 48 weeks that the practice is open: not the first two of August, nor the end of December."""
    day = datetime.date(year, 1, 1)
    while day.year == year:
        closed = (day.month == 8 and day.day <= 14) or (day.month, day.day) >= (12, 20)
        if day.weekday() < 5 and not closed:
            yield day
        day += DAY


def _working(day: datetime.date) -> list[str]:
    return ["adams", "baker"] if day.month >= 7 and day.weekday() in BAKER[0] else ["adams"]


def _visit(
    files: Files,
    banked: dict[datetime.date, dict[str, Decimal]],
    chance: random.Random,
    visit: tuple[int, datetime.date, str],
    bill: int,
) -> bool:
    """Write a visit, its bill (which takes this number) and its payment; whether it is billed."""
    number, day, provider = visit
    patient = f"pt-{chance.randrange(1500):012x}"
    status = "no-show" if chance.random() < 0.02 else "completed"
    files.add(
        day,
        "visits",
        f'{day} custom "visit" "V{number}" "{provider}" "{status}"\n  patient: "{patient}"\n  fee: {FEE} USD\n',
    )
    forgotten = day.month == 6 and 8 <= day.day <= 14
    if status != "completed" or forgotten or chance.random() < 0.003:
        return False
    files.add(
        day,
        "invoices",
        f'{day} * "Invoice INV-{bill}" ^inv-INV-{bill}\n  visit: "V{number}"\n  provider: "{provider}"\n'
        f'  patient: "{patient}"\n  due: {day + 30 * DAY}\n'
        f"  Assets:Receivable:Patients   {FEE} USD\n  Equity:Billing:Charges      -{FEE} USD\n",
    )
    if chance.random() < 0.03:
        return True
    method = chance.choices(("card", "check", "cash"), (70, 20, 10))[0]
    paid = day + chance.choice((0, 0, 0, 1, 2, 5, 12, 20, 33)) * DAY
    if paid.year != day.year:
        return True
    amount = FEE + 5 if chance.random() < 0.002 else FEE
    through = "Assets:Clearing:Cards" if method == "card" else "Assets:Clearing:Deposits"
    banked[paid][through] += amount
    files.add(
        paid,
        "payments",
        f'{paid} * "{method.capitalize()} payment" ^inv-INV-{bill}\n  payment: "PMT-{bill}"\n'
        f'  method: "{method}"\n  {through}   {amount} USD\n  Income:Visits:{provider.capitalize()}   -{amount} USD\n'
        f"  Assets:Receivable:Patients   -{amount} USD\n  Equity:Billing:Collected   {amount} USD\n",
    )
    return True


def _bank(files: Files, banked: dict[datetime.date, dict[str, Decimal]], chance: random.Random, year: int) -> None:
    """The year's bank lines: yesterday's takings deposited, rent, payroll, and 75 purchases a month."""
    number = 0

    def line(day: datetime.date, text: str, account: str, amount: Decimal) -> None:
        nonlocal number
        number += 1
        files.add(
            day,
            "chase-checking",
            f'{day} * "{text}" ""\n  bank-id: "{year}-{number:05}"\n'
            f"  Assets:Bank:Checking   {amount} USD\n  {account}   {-amount} USD\n",
        )

    for day in sorted(banked):
        for account, amount in sorted(banked[day].items()):
            posted = min(day + DAY, datetime.date(year, 12, 31))
            line(posted, "Deposit", account, amount)
    for month in range(1, 13):
        line(datetime.date(year, month, 1), "Main Street Realty", "Expenses:Rent", Decimal("-3200.00"))
        for payday in (15, 28):
            line(datetime.date(year, month, payday), "Payroll", "Expenses:Payroll", Decimal("-2850.00"))
        for _ in range(75):
            payee, account, least, most = chance.choice(SPENDING)
            amount = Decimal(chance.randrange(least * 100, most * 100)) / 1000
            cents = -amount.quantize(Decimal("0.01"))
            line(datetime.date(year, month, chance.randrange(1, 29)), payee, account, cents)


def _facts(first: int) -> Iterator[str]:
    schedule = '  days: "{}"\n  visits-per-day: {}\n  fee: 50.00 USD\n'
    yield f'{first}-01-01 custom "provider" "adams" "Dr. Adams"\n' + schedule.format("mon tue wed thu fri", 14)
    for year in range(first, LAST_YEAR + 1):
        baker = schedule.format("mon wed fri", 12) + f"  until: {year}-12-31\n"
        yield f'{year}-07-01 custom "provider" "baker" "Dr. Baker"\n' + baker
        yield f'{year}-08-01 custom "closed" {year}-08-14 "Summer"\n'
        yield f'{year}-12-20 custom "closed" {year}-12-31 "Holidays"\n'


def _imports(first: int) -> Iterator[str]:
    for year in range(first, LAST_YEAR + 1):
        for month in range(1, 13):
            start = datetime.date(year, month, 1)
            end = datetime.date(year + month // 12, month % 12 + 1, 1) - DAY
            for kind in ("visits", "invoices", "payments", "us-chase-checking"):
                account = "  account: Assets:Bank:Checking\n" if kind == "us-chase-checking" else ""
                yield (
                    f'{end} custom "imported" "{kind}" {start} {end}\n'
                    f'  file: "originals/{year}/{end}-{kind}.csv"\n  sha256: "{year * 100 + month:064x}"\n{account}'
                )


if __name__ == "__main__":
    write_books(Path(sys.argv[2]), int(sys.argv[1]))
