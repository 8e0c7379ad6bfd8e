"""Who may need a 1099-NEC or 1099-MISC, by the rules of the year that the payments were made in.

A vendor is a dated fact. Its payments are those to its payee, whatever they were booked to, on the days they were made;
what was paid by card is left out, because the processor reports that. Every other payee who was paid as much is listed
too: nobody has said yet whether it is exempt.
"""

from __future__ import annotations

import datetime
from decimal import Decimal
from typing import Final, NamedTuple

from daysheet.accounting.form_1099 import boxes, is_known, reported_of_corporations, threshold
from daysheet.accounting.payees import Payment, payments
from daysheet.books import Books
from daysheet.reports.period import Period, year
from daysheet.reports.request import Request
from daysheet.reports.table import Column, Row, Table
from daysheet.tax_facts import Vendor

_ZERO: Final = Decimal()


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
NOBODY: Final = "No payee named"
UNNAMED: Final = "to whom?"


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
    notes = _notes(request.books, whole, found)
    return request.table("contractors", "1099-NEC and 1099-MISC candidates", columns, rows, notes, has_basis=False)


def _notes(books: Books, whole: Period, found: list[Candidate]) -> tuple[str, ...]:
    limit = f"{threshold(whole.first.year):,f} {books.currency}"
    indexed = "" if is_known(whole.first.year) else " (the threshold of the year before; it is adjusted for inflation)"
    if found:
        return (
            f"Payments made in {whole.first.year}; a form is due from {limit}{indexed}. What was paid by card is"
            " reported by the processor, never here.",
        )
    if _vendors(books, whole.last):
        return (f"No vendor was paid in {whole.first.year}, and nobody else {limit} or more.",)
    return (f"No vendor is declared, and nobody was paid {limit} or more.",)


def candidates(books: Books, period: Period) -> list[Candidate]:
    """Every vendor who was paid, and every payee who should perhaps be one, by name."""
    vendors = _vendors(books, period.last)
    paid, names = _by_payee(payments(books, period.first, period.last))
    found = [_judge(vendor, paid[payee], period) for payee, vendor in vendors.items() if payee in paid]
    limit = threshold(period.first.year)
    found += [
        Candidate(names[payee] or NOBODY, amounts, "?", "?", UNKNOWN if payee else UNNAMED)
        for payee, amounts in paid.items()
        if payee not in vendors and amounts.direct >= limit
    ]
    return sorted(found, key=lambda candidate: (candidate.name.casefold(), candidate.name))


def _vendors(books: Books, last: datetime.date) -> dict[str, Vendor]:
    """The vendor fact that holds at the end, by payee without regard to case."""
    facts = (fact for fact in books.tax_facts if isinstance(fact, Vendor) and fact.since <= last)
    return {fact.payee.casefold(): fact for fact in facts}


def _by_payee(made: list[Payment]) -> tuple[dict[str, Paid], dict[str, str]]:
    """What each payee was paid, and the name as first written, by payee without regard to case."""
    paid: dict[str, Paid] = {}
    names: dict[str, str] = {}
    for payment in made:
        payee = payment.payee.casefold()
        before = paid.get(payee, Paid(_ZERO, _ZERO))
        paid[payee] = Paid(before.direct + payment.direct, before.card + payment.card)
        names.setdefault(payee, payment.payee)
    return paid, names


def _judge(vendor: Vendor, paid: Paid, period: Period) -> Candidate:
    forms = boxes(period.first.year)
    form = forms.get(vendor.services, "–")
    w9 = "on file" if vendor.w9 else "missing"
    if vendor.services not in forms:
        verdict = f"exempt: {vendor.services}"
    elif vendor.entity in ("tax-exempt", "government") or (
        vendor.entity == "corporation" and vendor.services not in reported_of_corporations()
    ):
        verdict = f"exempt: {vendor.entity}"
    elif paid.direct < threshold(period.first.year):
        verdict = "paid by card" if not paid.direct and paid.card else "below the threshold"
    else:
        verdict = DUE if vendor.w9 else MISSING_W9
    return Candidate(vendor.name, paid, form, w9, verdict)
