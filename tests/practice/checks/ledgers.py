"""Ledger text of visits, bills and payments, so that a test shows only what it is about."""

from __future__ import annotations

import datetime
from collections.abc import Iterator
from decimal import Decimal

ADAMS = """
2026-01-01 custom "provider" "adams" "Dr. Adams"
  days: "mon tue wed thu fri"
  visits-per-day: 14
  fee: 50.00 USD
"""
BAKER = """
2026-01-01 custom "provider" "baker" "Dr. Baker"
  days: "mon wed fri"
  visits-per-day: 12
  fee: 50.00 USD
"""
DAY = datetime.timedelta(days=1)


def days(first: str, last: str, weekdays: str = "01234") -> Iterator[datetime.date]:
    """The days of a stretch that fall on these weekdays (0 is Monday)."""
    day, end = datetime.date.fromisoformat(first), datetime.date.fromisoformat(last)
    while day <= end:
        if str(day.weekday()) in weekdays:
            yield day
        day += DAY


def visit(
    key: str, day: datetime.date | str, provider: str = "adams", status: str = "completed", patient: str = "pt-1"
) -> str:
    return f'{day} custom "visit" "{key}" "{provider}" "{status}"\n  patient: "{patient}"\n'


def bill(
    key: str,
    day: datetime.date | str,
    *,
    visit: str | None = None,
    provider: str = "adams",
    amount: str = "50.00",
    payer: str | None = None,
    patient: str = "pt-1",
    due: str | None = None,
) -> str:
    meta = f'  provider: "{provider}"\n  patient: "{patient}"\n'
    meta += f'  visit: "{visit}"\n' if visit else ""
    meta += f'  payer: "{payer}"\n' if payer else ""
    meta += f"  due: {due}\n" if due else ""
    return (
        f'{day} * "Invoice {key}" ^inv-{key}\n{meta}'
        f"  Assets:Receivable:Patients  {amount} USD\n  Equity:Billing:Charges  {-Decimal(amount)} USD\n"
    )


def payment(key: str, day: datetime.date | str, invoice: str, amount: str = "50.00") -> str:
    return (
        f'{day} * "Card payment" ^inv-{invoice}\n  payment: "{key}"\n  method: "card"\n'
        f"  Assets:Clearing:Cards  {amount} USD\n  Income:Visits:Adams  {-Decimal(amount)} USD\n"
        f"  Assets:Receivable:Patients  {-Decimal(amount)} USD\n  Equity:Billing:Collected  {amount} USD\n"
    )


def adjustment(key: str, day: datetime.date | str, invoice: str, kind: str, amount: str) -> str:
    return (
        f'{day} * "Adjustment" ^inv-{invoice}\n  adjustment: "{key}"\n  kind: "{kind}"\n'
        f"  Assets:Receivable:Patients  {-Decimal(amount)} USD\n  Equity:Billing:Contractual  {amount} USD\n"
    )


def worked(
    first: str, last: str, *, provider: str = "adams", weekdays: str = "01234", a_day: int = 14, unbilled: str = ""
) -> str:
    """Visits of a provider, each billed the same day but in the weeks whose Mondays are named in `unbilled`."""
    text = []
    for day in days(first, last, weekdays):
        monday = day - day.weekday() * DAY
        for number in range(a_day):
            key = f"{provider[0].upper()}{day:%m%d}-{number}"
            text.append(visit(key, day, provider))
            if str(monday) not in unbilled.split():
                text.append(bill(f"INV-{key}", day, visit=key, provider=provider))
    return "".join(text)
