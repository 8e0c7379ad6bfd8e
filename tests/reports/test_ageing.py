"""How old what is owed is: by the bill, under a plan by its instalments; the report, the measures and Fava agree."""

from __future__ import annotations

import datetime
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path

import pytest
from daysheet import checks
from daysheet.books import Books
from daysheet.measures import measure
from daysheet.plugins.fava.shown.scope import Span
from daysheet.plugins.fava.shown.state import State
from daysheet.plugins.fava.views import View
from daysheet.reports import registry
from daysheet.reports.period import Period
from daysheet.reports.table import Table
from daysheet.settings import Settings

from tests.practice.checks.ledgers import bill, payment

Load = Callable[[str], Books]
PATIENTS, DELTA = "Assets:Receivable:Patients", "Assets:Receivable:Insurance:Delta"
OF_BILL = '2026-02-20 custom "payment-plan" "P-1" 100.00 USD\n  first: 2026-03-10\n'
OF_PATIENT = OF_BILL.replace("P-1", "pt-1")
DEBT = bill("P-1", "2026-01-05", amount="400.00", patient="pt-1")
OLDER = bill("P-0", "2025-12-01", amount="150.00", patient="pt-1")
LATER = bill("P-2", "2026-06-20", amount="250.00", patient="pt-1")
COPAY = (
    bill("D-1", "2026-03-01", amount="200.00", patient="pt-2", payer="delta").replace(PATIENTS, DELTA)
    + payment("C-1", "2026-03-01", "D-1", "30.00")
    + bill("D-2", "2026-06-01", amount="90.00", patient="pt-2", payer="delta").replace(PATIENTS, DELTA)
)
COVERED = '2026-12-31 custom "imported" "visits" 2026-01-01 2026-12-31\n'
PAID = payment("M-1", "2026-03-10", "P-1", "100.00") + payment("M-2", "2026-04-10", "P-1", "50.00")
CASES = {
    # by the day: what patients owe at 0-30, 31-60, 61-90, 91-120, over 120 days, and in credit
    "no plan": (DEBT, "2026-06-30", [0, 0, 0, 0, 400, 0]),
    "before the plan was agreed": (DEBT + OF_BILL, "2026-02-19", [0, 400, 0, 0, 0, 0]),
    "no instalment is due yet": (DEBT + OF_BILL, "2026-03-09", [400, 0, 0, 0, 0, 0]),
    "one is late by a month and a half, one by two weeks": (DEBT + OF_BILL, "2026-04-24", [300, 100, 0, 0, 0, 0]),
    "what was paid counts for the first": (DEBT + OF_BILL + PAID, "2026-06-30", [100, 100, 50, 0, 0, 0]),
    "all are late": (DEBT + OF_BILL + PAID, "2026-12-31", [0, 0, 0, 0, 250, 0]),
    "another bill of the patient has its own age": (OLDER + DEBT + OF_BILL, "2026-03-05", [400, 0, 0, 150, 0, 0]),
    "a plan for all of a patient's debt": (OLDER + DEBT + OF_PATIENT, "2026-06-30", [250, 100, 100, 100, 0, 0]),
    "and it is no plan for what comes later": (DEBT + OF_PATIENT + LATER, "2026-08-01", [0, 350, 100, 100, 100, 0]),
    "a copay before its insurer's answer": (COPAY, "2026-06-30", [0, 0, 0, 0, 0, -30]),
}


def report(books: Books, day: datetime.date) -> Table:
    return registry.build("receivables", books, Settings(Path("x"), {}, ""), Period(day, day), "cash")


@pytest.mark.parametrize("case", CASES)
def test_ages(load: Load, tmp_path: Path, case: str) -> None:
    ledger, on, expected = CASES[case]
    day, books = datetime.date.fromisoformat(on), load(ledger + COVERED)
    table = report(books, day)
    rows = {row.cells[1]: row.cells[2:] for row in table.rows}
    assert list(rows[PATIENTS][:-1]) == expected
    buckets = [amount for amount in rows[None][:5] if isinstance(amount, Decimal)]
    old = (sum(buckets[3:], Decimal()) * 100 / sum(buckets, Decimal())).quantize(Decimal("0.1"))
    assert measure(books, day, day).over_90 == old
    assert table.notes[-1] == f"Over 90 days: {old}% of what is owed."
    view = View(State(books.entries, books.options, tmp_path), Span(None, day))
    shown = next(row for row in view.receivables if row.account == PATIENTS)
    assert list(shown.amounts) == expected
    assert view.owed_long == sum(buckets[3:])


def test_both_parties_of_a_bill_age_by_themselves(load: Load) -> None:
    """200 of March and 90 of June are Delta's; a copay of 30 hides none of it, as in the report."""
    books, day = load(COPAY), datetime.date(2026, 6, 30)
    assert next(row.cells[2:] for row in report(books, day).rows if row.cells[1] == DELTA)[:6] == (90, 0, 0, 0, 200, 0)
    measured = measure(books, day, day)
    assert (measured.over_90, measured.receivable, measured.credits) == (Decimal("69.0"), Decimal(260), Decimal(0))


def test_the_note_tells_of_plans_only_where_there_is_one(load: Load) -> None:
    day = datetime.date(2026, 3, 31)
    assert report(load(DEBT), day).notes[0].startswith("Age in days from the invoice's date. ")
    assert "under a payment plan, from the day an instalment was due" in report(load(DEBT + OF_BILL), day).notes[0]


def test_an_open_bill_under_a_plan_shows_how_late_it_is_and_when_it_was_due(load: Load, tmp_path: Path) -> None:
    books = load(DEBT + OF_BILL + PAID + COVERED)
    (shown,) = View(
        State(books.entries, books.options, tmp_path), Span(None, datetime.date(2026, 6, 30))
    ).open_invoices(PATIENTS)
    assert (shown.invoice, shown.amount, shown.days, shown.due) == ("P-1", Decimal(250), 81, datetime.date(2026, 4, 10))


def test_a_later_bill_of_a_patient_with_a_plan_is_not_overdue_before_its_terms(load: Load) -> None:
    books = load(DEBT + OF_PATIENT + LATER)
    late = {one.key: one.amount for one in checks.find(books, datetime.date(2026, 7, 1), ["overdue-invoice"])}
    assert late == {"P-1": 400}
