"""Two years of a practice with something for every section of the pack, written as ledger text."""

from __future__ import annotations

import datetime
import random
from collections.abc import Iterator
from decimal import Decimal

OPTIONS = """\
option "title" "Willow Creek Physical Therapy PLLC"
option "operating_currency" "USD"
"""
# account, and what its open directive says
ACCOUNTS = """\
Assets:Bank:Checking | title: "Checking 4471"
Assets:Bank:Savings | title: "Savings 8820"
Assets:Clearing:Cards |
Assets:Clearing:Deposits |
Assets:Receivable:Patients |
Assets:Receivable:Insurance:Aetna |
Assets:Receivable:Insurance:BlueCross |
Assets:Fixed:Equipment |
Assets:Fixed:Depreciation | title: "Accumulated depreciation"
Liabilities:Card |
Liabilities:Loan:Equipment | title: "Equipment loan"
Equity:Opening-Balances |
Equity:Owner:Draws |
Equity:Owner:Contributions |
Equity:Billing:Charges |
Equity:Billing:Contractual |
Equity:Billing:Collected |
Income:Visits:Adams | tax-line: "gross-receipts"
Income:Visits:Baker | tax-line: "gross-receipts"
Income:Interest | tax-line: "other-income"
Expenses:Advertising | tax-line: "advertising"
Expenses:BillingService | tax-line: "contract-labor"
Expenses:ContinuingEducation | tax-line: "other-expense"
Expenses:Depreciation | tax-line: "depreciation"
Expenses:Insurance:Malpractice | tax-line: "insurance"
Expenses:Interest:Loan | tax-line: "interest-other"
Expenses:MerchantFees | tax-line: "other-expense"
Expenses:Office | tax-line: "office-expense"
Expenses:Payroll:Taxes | tax-line: "taxes-licenses", payroll: "taxes"
Expenses:Payroll:Wages | tax-line: "wages", payroll: "wages"
Expenses:Rent | tax-line: "rent-property"
Expenses:Supplies:Clinical | tax-line: "supplies"
Expenses:Uncategorized |
Expenses:Utilities | tax-line: "utilities"
"""
FACTS = """\
2025-01-01 custom "provider" "adams" "Dr. Adams"
  days: "mon tue wed thu fri"
  fee: 150.00 USD
2025-01-01 custom "provider" "baker" "Dr. Baker"
  days: "mon wed fri"
  fee: 120.00 USD
2025-01-01 custom "payer" "aetna" "Aetna"
  receivable: Assets:Receivable:Insurance:Aetna
2025-01-01 custom "payer" "blue" "Blue Cross"
  receivable: Assets:Receivable:Insurance:BlueCross
2025-02-10 custom "asset" "ultrasound" "Ultrasound unit"
  cost: 12000.00 USD
  account: Assets:Fixed:Equipment
  method: "macrs"
  life: 5
2026-05-04 custom "asset" "tables" "Treatment tables"
  cost: 4800.00 USD
  account: Assets:Fixed:Equipment
  method: "straight-line"
  life: 7
2026-01-01 custom "vendor" "harbor" "Harbor Billing LLC"
  entity: "partnership"
  services: "services"
  w9: TRUE
2026-01-01 custom "vendor" "creekside" "Creekside Offices LLC"
  entity: "partnership"
  services: "rent"
2026-01-01 custom "vendor" "radiology" "Coast Radiology PC"
  entity: "corporation"
  services: "medical"
  w9: TRUE
2026-03-31 custom "filed" "941"
  wages: 12600.00 USD
2026-06-30 custom "filed" "941"
  wages: 12600.00 USD
"""
MONTHLY = (
    (1, "Creekside Offices LLC", "Rent", "Expenses:Rent", "2900.00"),
    (3, "Harbor Billing LLC", "Billing service", "Expenses:BillingService", "610.00"),
    (6, "City Power & Light", "Power", "Expenses:Utilities", "184.20"),
    (15, "Payroll", "First half", "Expenses:Payroll:Wages", "2100.00"),
    (15, "IRS", "Employer's taxes", "Expenses:Payroll:Taxes", "160.65"),
    (28, "Payroll", "Second half", "Expenses:Payroll:Wages", "2100.00"),
    (28, "IRS", "Employer's taxes", "Expenses:Payroll:Taxes", "160.65"),
)
SUNDRY = (
    ("Staples", "Expenses:Office", 18, 140),
    ("McKesson Medical", "Expenses:Supplies:Clinical", 60, 420),
    ("Google Ads", "Expenses:Advertising", 40, 190),
    ("Square", "Expenses:MerchantFees", 22, 80),
    ("APTA", "Expenses:ContinuingEducation", 90, 310),
)
YEARS = (2025, 2026)
VISITS = 9  # a month


def ledger(rent_of_march: str = "2900.00") -> str:
    """The ledger's text; the rent of March 2026 can be another."""
    chance = random.Random("willow creek")
    parts = [OPTIONS, *_opens(), FACTS]
    for year in YEARS:
        for month in range(1, 13):
            parts += _bank(chance, year, month, rent_of_march)
            parts += _practice(chance, year, month)
        parts += _year_end(year)
    return "\n".join(parts)


def _opens() -> Iterator[str]:
    for line in ACCOUNTS.splitlines():
        account, _, said = line.partition(" |")
        yield f"2025-01-01 open {account}" + "".join(f"\n  {meta.strip()}" for meta in said.split(",") if meta.strip())


def _entry(
    day: datetime.date, payee: str, narration: str, *legs: tuple[str, str], meta: str = "", tag: str = ""
) -> str:
    postings = "".join(f"  {account}  {amount} USD\n" for account, amount in legs)
    return f'{day} * "{payee}" "{narration}"{tag}\n{meta}{postings}'


def _paid(day: datetime.date, payee: str, narration: str, account: str, amount: str) -> str:
    return _entry(day, payee, narration, (account, amount), ("Assets:Bank:Checking", f"-{amount}"))


def _bank(chance: random.Random, year: int, month: int, rent_of_march: str) -> Iterator[str]:
    if (year, month) == (2025, 1):
        capital = (("Assets:Bank:Checking", "24000.00"), ("Equity:Opening-Balances", "-24000.00"))
        yield _entry(datetime.date(2025, 1, 2), "Owner", "Starting capital", *capital)
    for day, payee, narration, account, amount in MONTHLY:
        paid = rent_of_march if (year, month, account) == (2026, 3, "Expenses:Rent") else amount
        yield _paid(datetime.date(year, month, day), payee, narration, account, paid)
    for _ in range(4):
        payee, account, least, most = chance.choice(SUNDRY)
        spent = Decimal(chance.randrange(least * 100, most * 100)) / 100
        yield _paid(datetime.date(year, month, chance.randrange(4, 27)), payee, "", account, f"{spent:.2f}")
    if (year, month) >= (2025, 3):
        principal, interest = ("Liabilities:Loan:Equipment", "180.00"), ("Expenses:Interest:Loan", "46.10")
        bank = ("Assets:Bank:Checking", "-226.10")
        yield _entry(datetime.date(year, month, 20), "Coast Bank", "Equipment loan", principal, interest, bank)
    if month % 3 == 0:
        draw = (("Equity:Owner:Draws", "3500.00"), ("Assets:Bank:Checking", "-3500.00"))
        yield _entry(datetime.date(year, month, 27), "Owner", "Draw", *draw)
        saved = (("Assets:Bank:Savings", "12.40"), ("Income:Interest", "-12.40"))
        yield _entry(datetime.date(year, month, 28), "Coast Bank", "Interest", *saved)


def _practice(chance: random.Random, year: int, month: int) -> Iterator[str]:
    collected = Decimal()
    for number in range(VISITS):
        day = datetime.date(year, month, 2 + number * 2)
        provider, fee = ("adams", Decimal(1500)) if number % 3 else ("baker", Decimal(1200))
        key = f"{year % 100}{month:02}{number:02}"
        patient = f'  patient: "pt-{int(key):012x}"\n'
        yield f'{day} custom "visit" "V{key}" "{provider}" "completed"\n{patient}  fee: {fee} USD\n'
        if (year, month) == (2026, 6) and 3 <= number <= 5:
            continue
        owed = ("Patients", "Insurance:Aetna", "Insurance:BlueCross")[number % 3]
        account = f"Assets:Receivable:{owed}"
        meta = f'  visit: "V{key}"\n  provider: "{provider}"\n{patient}'
        legs = ((account, f"{fee}"), ("Equity:Billing:Charges", f"-{fee}"))
        yield _entry(day, "", f"Invoice INV-{key}", *legs, meta=meta, tag=f" ^inv-INV-{key}")
        if chance.random() < 0.08:
            continue
        paid = fee - (Decimal(210) if number % 3 else Decimal(0))
        when = day + datetime.timedelta(days=chance.choice((1, 6, 12)))
        collected += paid
        received = (("Assets:Clearing:Deposits", f"{paid}"), (f"Income:Visits:{provider.capitalize()}", f"-{paid}"))
        settled = ((account, f"-{paid}"), ("Equity:Billing:Collected", f"{paid}"))
        payment, link = f'  payment: "P{key}"\n', f" ^inv-INV-{key}"
        yield _entry(when, "", "EFT payment", *received, *settled, meta=payment, tag=link)
        if paid != fee:
            less = f"{fee - paid}"
            legs = ((account, f"-{less}"), ("Equity:Billing:Contractual", less))
            meta = f'  adjustment: "A{key}"\n  kind: "contractual"\n'
            yield _entry(when, "", "Contractual adjustment", *legs, meta=meta, tag=f" ^inv-INV-{key}")
    legs = (("Assets:Bank:Checking", f"{collected}"), ("Assets:Clearing:Deposits", f"-{collected}"))
    last = (datetime.date(year + month // 12, month % 12 + 1, 1)) - datetime.timedelta(days=1)
    yield _entry(last, "Deposit", "Insurance and patients", *legs)
    yield (
        f'{last} custom "imported" "us-chase-checking" {last.replace(day=1)} {last}\n'
        f'  file: "originals/{year}/{last}-us-chase-checking-{month:08x}.csv"\n'
        f'  sha256: "{year * 100 + month:064x}"\n  rows: 13\n  account: Assets:Bank:Checking\n'
    )
    yield (
        f'{last} custom "imported" "visits" {last.replace(day=1)} {last}\n'
        f'  file: "originals/{year}/{last}-visits-{month:08x}.csv"\n  sha256: "{year * 100 + month + 50:064x}"\n'
    )


def _year_end(year: int) -> Iterator[str]:
    last = datetime.date(year, 12, 31)
    if year == YEARS[0]:
        legs = (("Assets:Fixed:Equipment", "12000.00"), ("Liabilities:Loan:Equipment", "-12000.00"))
        yield _entry(datetime.date(year, 2, 10), "MedEquip", "Ultrasound unit", *legs)
        amount = "2400.00"
    else:
        legs = (("Assets:Fixed:Equipment", "4800.00"), ("Assets:Bank:Checking", "-4800.00"))
        yield _entry(datetime.date(year, 5, 4), "MedEquip", "Treatment tables", *legs)
        yield _paid(
            datetime.date(year, 8, 12), "Unknown merchant", "Point of sale 7741", "Expenses:Uncategorized", "86.15"
        )
        amount = "4297.14"  # 32% of 12,000; 4,800 over 84 months, of which eight
        yield _paid(
            datetime.date(year, 9, 2),
            "Malpractice Mutual",
            "Year's premium",
            "Expenses:Insurance:Malpractice",
            "4860.00",
        )
    legs = (("Expenses:Depreciation", amount), ("Assets:Fixed:Depreciation", f"-{amount}"))
    yield _entry(last, "", "Depreciation of the year", *legs, tag=" #adjusting")
