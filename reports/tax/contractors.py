"""Who may need a 1099-NEC or 1099-MISC, by the rules of the year that the payments were made in.

A vendor is a dated fact. Its payments are the transactions with its payee; what was paid by card is left out, because
the processor reports that. A payee without a vendor fact who was paid as much for contract labor, rent or legal work is
listed too: nobody has said yet whether it is exempt.
"""

from __future__ import annotations

import datetime
import tomllib
from collections import defaultdict
from decimal import Decimal
from functools import cache
from importlib.resources import files
from typing import Any, Final, NamedTuple

from beancount.core.data import Transaction
from daysheet.accounts import is_under
from daysheet.books import Books
from daysheet.reports.period import Period, year
from daysheet.reports.request import Request
from daysheet.reports.table import Column, Row, Table
from daysheet.reports.tax import lines
from daysheet.tax_facts import Vendor

_ZERO: Final = Decimal()
_CARDS: Final = ("Liabilities:Card", "Liabilities:Cards", "Liabilities:CreditCard")
_REPORTABLE: Final = ("contract-labor", "rent-property", "rent-equipment", "legal-professional")


class Paid(NamedTuple):
    """What a payee was paid: by check or transfer, and by card."""

    direct: Decimal
    card: Decimal


class Candidate(NamedTuple):
    """A payee, what it was paid, and what follows from the year's rules."""

    name: str
    paid: Paid
    form: str
    w9: str
    verdict: str

    @property
    def is_due(self) -> bool:
        """Whether a form is due, or may be."""
        return self.verdict in (DUE, MISSING_W9, UNKNOWN)


DUE: Final = "due"
MISSING_W9: Final = "due; W-9 missing"
UNKNOWN: Final = "not in the vendor list"


def contractors(request: Request) -> Table:
    """The candidates of the calendar year that the period ends in."""
    whole = year(request.period.last.year)
    columns = (
        Column("vendor", "Vendor"),
        Column("form", "Form"),
        Column("direct", "Check or EFT", "money"),
        Column("card", "By card", "money"),
        Column("w9", "W-9"),
        Column("verdict", "Verdict"),
    )
    found = candidates(request.books, whole)
    total = Paid(sum((c.paid.direct for c in found), _ZERO), sum((c.paid.card for c in found), _ZERO))
    rows = [Row("line", (c.name, c.form, c.paid.direct, c.paid.card, c.w9, c.verdict)) for c in found]
    if found:
        rows.append(Row("total", ("Total", None, *total, None, None)))
    limit = threshold(whole.first.year)
    notes = [
        f"Payments made in {whole.first.year}; a form is due from {limit:,f} {request.books.currency}. What was paid "
        "by card is reported by the processor, not here. Corporations are exempt but for legal and medical payments."
    ]
    if not found:
        notes = ['No vendor is declared: write DATE custom "vendor" "ID" "NAME".']
    return request.table("contractors", "1099-NEC and 1099-MISC candidates", columns, rows, notes, has_basis=False)


def threshold(of_year: int) -> Decimal:
    """The amount from which payments of a calendar year are reported."""
    rules = [rule for rule in _rules()["threshold"] if rule["since"] <= of_year]
    chosen = max(rules, key=lambda rule: int(rule["since"])) if rules else _rules()["threshold"][0]
    return Decimal(chosen["amount"])


def candidates(books: Books, period: Period) -> list[Candidate]:
    """Every vendor who was paid, and every payee who should perhaps be one, by name."""
    vendors = _vendors(books, period.last)
    paid, reportable = _payments(books, period)
    found = [_judge(vendor, paid[payee], period) for payee, vendor in vendors.items() if payee in paid]
    limit = threshold(period.first.year)
    found += [
        Candidate(name, paid[payee], "?", "?", UNKNOWN)
        for payee, name in reportable.items()
        if payee not in vendors and paid[payee].direct >= limit
    ]
    return sorted(found, key=lambda candidate: (candidate.name.casefold(), candidate.name))


def _vendors(books: Books, last: datetime.date) -> dict[str, Vendor]:
    """The vendor fact that holds at the end, by payee without regard to case."""
    facts = (fact for fact in books.tax_facts if isinstance(fact, Vendor) and fact.since <= last)
    return {fact.payee.casefold(): fact for fact in facts}


def _payments(books: Books, period: Period) -> tuple[dict[str, Paid], dict[str, str]]:
    """What each payee was paid, and the names of those paid on an account whose payments are reportable."""
    paid: dict[str, Paid] = defaultdict(lambda: Paid(_ZERO, _ZERO))
    reportable: dict[str, str] = {}
    for entry in books.entries:
        if not isinstance(entry, Transaction) or not entry.payee or not period.first <= entry.date <= period.last:
            continue
        spent = _spent(entry, books.currency)
        if not spent:
            continue
        payee = entry.payee.casefold()
        by_card = any(is_under(p.account, card) for p in entry.postings for card in _CARDS)
        before = paid[payee]
        paid[payee] = Paid(before.direct, before.card + spent) if by_card else Paid(before.direct + spent, before.card)
        if any(lines.word_of(books, p.account) in _REPORTABLE for p in entry.postings):
            reportable.setdefault(payee, entry.payee)
    return paid, reportable


def _spent(entry: Transaction, currency: str) -> Decimal:
    """What a transaction paid out for expenses; a refund is negative."""
    legs = (p.units for p in entry.postings if p.account.startswith("Expenses:") and p.units is not None)
    return sum((units.number for units in legs if units.currency == currency and units.number is not None), _ZERO)


def _judge(vendor: Vendor, paid: Paid, period: Period) -> Candidate:
    rules = _rules()
    form = rules["boxes"][vendor.services]
    w9 = "on file" if vendor.w9 else "missing"
    exempt = vendor.entity == "tax-exempt" or (
        vendor.entity == "corporation" and vendor.services not in rules["corporations"]["reported"]
    )
    if exempt:
        verdict = f"exempt: {vendor.entity}"
    elif paid.direct < threshold(period.first.year):
        verdict = "paid by card" if not paid.direct and paid.card else "below the threshold"
    else:
        verdict = DUE if vendor.w9 else MISSING_W9
    return Candidate(vendor.name, paid, form, w9, verdict)


@cache
def _rules() -> dict[str, Any]:
    return tomllib.loads((files("daysheet.reports.tax") / "form_1099.toml").read_text(encoding="utf-8"))
