"""Bills out of claims, for a practice whose bills no other file gives: `bill: TRUE` of a claim as it was sent.

A claim asks an insurer for what a bill charges, so it makes the bill, of the day on which it was sent. What replaces a
claim takes the bill back on its own day and makes the new one; what takes a claim back takes the bill back. The second
insurer's claim is for the same bill and makes none, and nor does a claim whose number is that of a bill which another
file has given. A bill whose claim's number is a visit's is that visit's bill.

Example:
    2026-03-05 * "Invoice 26463774" ^inv-26463774
      provider: "adams"
      patient: "pt-7f3a9c2b1d04"
      payer: "aetna"
      service-date: 2026-03-02
      Assets:Receivable:Insurance:Aetna   40.00 USD
      Equity:Billing:Charges             -40.00 USD
        line: "26463774/2026-03-02/1"
        provider: "adams"
        service: "99213"
"""

from __future__ import annotations

import datetime
from collections import defaultdict
from collections.abc import Iterator
from typing import Any, Final, NamedTuple

from beancount.core.data import EMPTY_SET, Posting, Transaction
from daysheet.accounts import BILLING_CHARGES
from daysheet.billing.payers import ClaimNumbers, bill_meant, receivable_of, same_letters
from daysheet.books import Books
from daysheet.books.openings import begin_of
from daysheet.importers.booking.derived_files import CLAIM_BILLS, kind_at
from daysheet.importers.booking.directives import invoice_link, posting
from daysheet.submissions import SentLine, Submission

_DENTAL: Final = "837D"


class _Bill(NamedTuple):
    """A bill as a claim makes it: its number, the day, the insurer, and the claim."""

    number: str
    day: datetime.date
    payer: str
    sent: Submission


def makes_bills(books: Books) -> bool:
    """Whether any claim of these books is to make a bill."""
    return any(state.sent is not None and state.sent.bill for states in books.claims.values() for state in states)


def entries(books: Books) -> Iterator[Transaction]:
    """The bills that claims make, and those that later claims take back."""
    visits = ClaimNumbers(lambda: books.visits)
    begin = begin_of(books)
    for every in _asked(books).values():
        number = every[0].number
        asked = [bill if bill.number == number else bill._replace(number=number) for bill in every if bill.day >= begin]
        if asked and not _is_billed_otherwise(books, number):
            visit = visits.as_written(number) or _visit_named(books, number)
            yield from _bills(asked, books, visit)


def _visit_named(books: Books, number: str) -> str | None:
    """The visit that a claim says it is for in the place of a bill, as a record system's does."""
    named = (state.invoice for state in books.claims[number] if state.sent is not None)
    return next((visit for visit in named if visit in books.visits), None)


def _asked(books: Books) -> dict[str, list[_Bill]]:
    """What is asked of first insurers, in the order of days, by the claims' numbers without letter case."""
    found: dict[str, list[_Bill]] = defaultdict(list)
    for number, states in books.claims.items():
        found[same_letters(number)] += [
            _Bill(number, state.submitted, state.payer, state.sent)
            for state in states
            if state.sent is not None and state.sent.bill and state.sent.rank == "primary" and state.submitted
        ]
    for bills in found.values():
        bills.sort(key=lambda bill: (bill.day, bill.sent.batch, bill.number))
    return {key: bills for key, bills in found.items() if bills}


def _is_billed_otherwise(books: Books, number: str) -> bool:
    """Whether another file has given a bill of this number; a locked year's bills out of claims are no such."""
    named = {number, *[state.invoice for state in books.claims[number] if state.sent is not None]}
    bills = [bill for each in named if (bill := bill_meant(each, books)) is not None]
    return bool(bills) and any(kind_at(each.meta) != CLAIM_BILLS for bill in bills for each in books.invoices[bill])


def _bills(asked: list[_Bill], books: Books, visit: str | None) -> Iterator[Transaction]:
    standing: list[_Bill] = []
    for bill in asked:
        before = _before(bill, standing)
        if before is not None and bill.sent.frequency == "original" and _same(before, bill):
            continue  # sent once more, as it was
        if before is not None:
            standing.remove(before)
            yield _entry(before, bill.day, -1, books, visit)
        if bill.sent.frequency != "void":
            standing.append(bill)
            yield _entry(bill, bill.day, 1, books, visit)


def _before(bill: _Bill, standing: list[_Bill]) -> _Bill | None:
    """The standing bill that a claim speaks of: that of its day of service; to be replaced, else the last one."""
    days = (None, bill.sent.first)
    same = [one for one in standing if bill.sent.first is None or one.sent.first in days]
    if not same and bill.sent.frequency != "original":
        same = standing
    return same[-1] if same else None


def _same(one: _Bill, other: _Bill) -> bool:
    return (one.payer, one.sent.charged, one.sent.lines) == (other.payer, other.sent.charged, other.sent.lines)


def _entry(bill: _Bill, day: datetime.date, sign: int, books: Books, visit: str | None) -> Transaction:
    sent = bill.sent
    amount = sign * sent.charged
    link = invoice_link(bill.number)
    alone = all(line.provider in ("", sent.provider) for line in sent.lines)
    meta: dict[str, Any] = {
        "invoice": bill.number if link != f"inv-{bill.number}" else None,
        "visit": visit,
        "provider": (sent.provider if alone else None) or None,
        "patient": sent.patient or None,
        "payer": bill.payer,
        "service-date": sent.first,
    }
    legs = [posting(receivable_of(bill.payer, bill.day, books), amount, books.currency), *_charges(bill, sign, books)]
    told = {key: value for key, value in meta.items() if value is not None}
    return Transaction(told, day, "*", None, f"Invoice {bill.number}", EMPTY_SET, frozenset({link}), legs)


def _charges(bill: _Bill, sign: int, books: Books) -> list[Posting]:
    """A leg a procedure; one for all where the lines do not add up, or are of several days, which no line says."""
    sent = bill.sent
    if not sent.lines or sent.unexplained or sent.first != sent.last:
        return [posting(BILLING_CHARGES, -sign * sent.charged, books.currency)]
    named = f"{bill.number}/{sent.first or bill.day}/"
    return [
        posting(BILLING_CHARGES, -sign * line.charge, books.currency, _line(sent, line, f"{named}{place}"))
        for place, line in enumerate(sent.lines, 1)
    ]


def _line(sent: Submission, line: SentLine, named: str) -> dict[str, Any]:
    meta: dict[str, Any] = {"line": named}
    if line.provider or sent.provider:
        meta["provider"] = line.provider or sent.provider
    if line.service != "-":
        meta["service"] = line.service
    if line.details:
        teeth = [detail for detail in line.details if sent.form == _DENTAL and detail[:1].isdigit()]
        others = [detail for detail in line.details if detail not in teeth]
        if teeth:
            meta["tooth"] = " ".join(teeth)
        if others:
            meta["modifier"] = " ".join(others)
    if line.units != 1:
        meta["quantity"] = line.units
    return meta
