"""Bills that are wrong: twice, of nobody's visit, or never paid; and files that nobody downloaded."""

from __future__ import annotations

import datetime
from decimal import Decimal

from daysheet import checks
from daysheet.findings import gap

from tests.practice.checks.ledgers import adjustment, bill, payment, visit


def keys(books, kind, as_of=None):
    return [finding.key for finding in checks.run(books, as_of) if finding.kind == kind]


def test_a_visit_billed_twice_is_found(load):
    text = visit("V1", "2026-03-02") + bill("INV-1", "2026-03-02", visit="V1") + bill("INV-2", "2026-03-09", visit="V1")
    (finding,) = checks.run(load(text))
    assert (finding.kind, finding.key, finding.amount) == ("duplicate-bill", "V1", Decimal("50.00"))


def test_a_second_bill_after_a_reversal_is_no_duplicate(load):
    text = visit("V1", "2026-03-02") + bill("INV-1", "2026-03-02", visit="V1") + bill("INV-2", "2026-03-09", visit="V1")
    assert checks.run(load(text + bill("INV-1", "2026-03-08", amount="-50.00"))) == []


def test_a_second_bill_after_a_write_off_is_no_duplicate(load):
    text = visit("V1", "2026-03-02") + bill("INV-1", "2026-03-02", visit="V1") + bill("INV-2", "2026-03-09", visit="V1")
    assert checks.run(load(text + adjustment("ADJ-1", "2026-03-08", "INV-1", "write-off", "50.00"))) == []


def test_a_bill_for_the_second_insurer_is_no_duplicate(load):
    first = bill("INV-1", "2026-03-02", visit="V1", payer="aetna")
    assert checks.run(load(visit("V1", "2026-03-02") + first + bill("INV-2", "2026-03-09", visit="V1"))) == []


def test_bills_alike_without_a_visit_are_duplicates(load):
    text = bill("INV-1", "2026-03-02") + bill("INV-2", "2026-03-02") + bill("INV-3", "2026-03-02", patient="pt-2")
    assert keys(load(text), "duplicate-bill") == ["INV-2"]


def test_a_bill_for_an_unknown_visit_is_an_orphan(load):
    text = visit("V1", "2026-03-02") + bill("INV-1", "2026-03-02", visit="V1") + bill("INV-2", "2026-03-02", visit="V7")
    assert keys(load(text), "orphan-invoice") == ["INV-2"]


def test_without_any_visits_no_bill_is_an_orphan(load):
    assert checks.run(load(bill("INV-2", "2026-03-02", visit="V7"))) == []


def test_an_open_bill_is_overdue_the_day_after_it_is_due(load):
    books = load(bill("INV-1", "2026-03-02", due="2026-03-12") + payment("P1", "2026-03-05", "INV-1", "20.00"))
    assert keys(books, "overdue-invoice", datetime.date(2026, 3, 12)) == []
    (finding,) = [one for one in checks.run(books, datetime.date(2026, 3, 13)) if one.kind == "overdue-invoice"]
    assert (finding.key, finding.amount) == ("INV-1", Decimal("30.00"))


def test_a_paid_bill_is_not_overdue(load):
    books = load(bill("INV-1", "2026-03-02", due="2026-03-12") + payment("P1", "2026-03-15", "INV-1"))
    assert keys(books, "overdue-invoice", datetime.date(2026, 3, 14)) == ["INV-1"]
    assert keys(books, "overdue-invoice", datetime.date(2026, 3, 15)) == []


def test_how_long_a_bill_may_stay_open_is_a_dated_fact(load):
    books = load(bill("INV-1", "2026-01-02") + '2026-03-01 custom "threshold" "overdue-days" 45')
    assert keys(books, "overdue-invoice", datetime.date(2026, 2, 2)) == ["INV-1"]
    assert keys(books, "overdue-invoice", datetime.date(2026, 3, 2)) == []


def imported(first: str, last: str, kind: str = "visits", account: str = "") -> str:
    note = f"  account: {account}\n" if account else ""
    return f'{last} custom "imported" "{kind}" {first} {last}\n{note}'


def test_a_month_that_nobody_downloaded_is_found(load):
    books = load(imported("2026-01-05", "2026-01-30") + imported("2026-03-02", "2026-03-31"))
    (finding,) = checks.run(books)
    assert (finding.kind, str(finding.date), str(finding.through)) == ("missing-export", "2026-01-31", "2026-03-01")


def test_a_quiet_weekend_between_files_is_no_gap(load):
    assert checks.run(load(imported("2026-01-05", "2026-01-30") + imported("2026-02-03", "2026-02-27"))) == []


def test_an_account_left_behind_by_a_whole_month_is_found(load):
    visits = imported("2026-01-05", "2026-01-30") + imported("2026-02-02", "2026-02-27")
    bank = imported("2026-01-03", "2026-01-29", "us-chase-checking", "Assets:Bank:Checking")
    books = load(visits + bank)
    assert keys(books, "missing-export", datetime.date(2026, 2, 27)) == []
    assert keys(books, "missing-export", datetime.date(2026, 2, 28)) == ["Assets:Bank:Checking/2026-01-30"]


def test_an_export_of_rare_rows_is_missing_only_after_a_long_silence(load):
    def adjustments(first: str, last: str) -> str:
        return imported(first, last, "adjustments") + "  rows: 5\n"

    text = adjustments("2026-01-08", "2026-02-12")
    assert keys(load(text + adjustments("2026-03-20", "2026-04-21")), "missing-export") == []
    (gap,) = (one for one in checks.run(load(text + adjustments("2026-08-20", "2026-09-21"))))
    assert (gap.kind, str(gap.date)) == ("missing-export", "2026-02-13")
    only = imported("2026-02-03", "2026-02-03", "adjustments") + "  rows: 1\n"
    visits = imported("2026-01-05", "2026-03-31") + "  rows: 300\n"
    assert keys(load(only + visits), "missing-export") == []


def test_an_export_of_many_rows_that_begins_late_makes_no_gap_of_a_rare_one(load):
    def rows(first: str, last: str, profile: str, count: int) -> str:
        file = f'  file: "originals/2026/{last}-practice-own-{profile}-0a1b2c3d.csv"\n  rows: {count}\n'
        return imported(first, last, "adjustments") + file

    visits = imported("2026-01-05", "2026-03-31") + "  rows: 300\n"
    rare = rows("2026-01-05", "2026-01-05", "discounts", 1)
    later = rows("2026-01-28", "2026-02-16", "claims", 80)
    assert keys(load(visits + rare + later + rows("2026-02-17", "2026-03-31", "claims", 160)), "missing-export") == []
    lacking = rows("2026-03-09", "2026-03-31", "claims", 80)
    assert keys(load(visits + rare + later + lacking), "missing-export") == ["adjustments/2026-02-17"]


def test_pay_splits_are_missing_only_where_patients_paid(load):
    splits = imported("2026-01-05", "2026-03-31") + "".join(
        imported(first, last, "pay-splits") + "  rows: 60\n"
        for first, last in (("2026-01-05", "2026-02-06"), ("2026-02-24", "2026-03-31"))
    )
    assert keys(load(splits), "missing-export") == []
    assert keys(load(splits + payment("P-1", "2026-02-12", "INV-1")), "missing-export") == ["pay-splits/2026-02-07"]


def test_a_gap_in_the_files_costs_nothing_by_itself(load):
    books = load(imported("2026-01-05", "2026-01-30") + imported("2026-03-02", "2026-03-31"))
    assert gap(checks.run(books)) == (Decimal(), Decimal())


def test_bills_long_after_the_visit_are_one_finding_a_provider_and_month(load):
    text = "".join(visit(f"V{n}", "2026-03-02") for n in range(4))
    days = ("2026-03-12", "2026-03-13", "2026-03-30", "2026-04-01")
    text += "".join(bill(f"{name}", day, visit=f"V{n}") for n, (name, day) in enumerate(zip("abcd", days, strict=True)))
    late = [(one.key, one.count) for one in checks.run(load(text)) if one.kind == "late-charge"]
    assert late == [("adams/2026-03", 2), ("adams/2026-04", 1)]


def test_missing_invoice_numbers_are_found_in_a_series(load):
    numbers = [number for number in range(1, 31) if number not in (7, 12, 13)]
    books = load("".join(bill(f"INV-{number:03}", "2026-03-02", patient=f"pt-{number}") for number in numbers))
    gaps = [(one.key, one.count, one.amount) for one in checks.run(books) if one.kind == "invoice-number-gap"]
    assert gaps == [("INV-007", 1, Decimal("50.00")), ("INV-012", 2, Decimal("100.00"))]


def test_a_missing_number_is_worth_what_the_bills_around_it_are(load):
    raised = [bill(f"INV-{n}", "2026-03-02", patient=f"pt-{n}", amount="80.00") for n in range(140, 180) if n != 160]
    books = load("".join(bill(f"INV-{n}", "2026-03-01", patient=f"pt-{n}") for n in range(100, 140)) + "".join(raised))
    (gap,) = (one for one in checks.run(books) if one.kind == "invoice-number-gap")
    assert (gap.key, gap.amount) == ("INV-160", Decimal("80.00"))


def test_numbers_of_which_most_are_missing_are_no_series(load):
    books = load("".join(bill(f"{number}", "2026-03-02", patient=f"pt-{number}") for number in range(100, 400, 9)))
    assert keys(books, "invoice-number-gap") == []


def test_bills_of_days_whose_visits_were_not_downloaded_are_no_orphans(books):
    """
    2026-01-31 custom "imported" "visits" 2026-01-02 2026-01-31
      rows: 40
    2026-03-31 custom "imported" "visits" 2026-03-02 2026-03-31
      rows: 40
    2026-01-05 custom "visit" "V1" "lee" "completed"
    2026-01-05 * "Invoice" ^inv-A
      visit: "V1"
      Assets:Receivable:Patients   50.00 USD
      Equity:Billing:Charges
    2026-02-10 * "Invoice" ^inv-B
      visit: "V2"
      Assets:Receivable:Patients   50.00 USD
      Equity:Billing:Charges
    2026-03-10 * "Invoice" ^inv-C
      visit: "V3"
      Assets:Receivable:Patients   50.00 USD
      Equity:Billing:Charges
    """
    assert keys(books, "orphan-invoice", datetime.date(2026, 3, 31)) == ["C"]
