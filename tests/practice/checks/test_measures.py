"""The measures of a practice, against figures worked out by hand, and the forecast of its cash."""

from __future__ import annotations

import datetime
from decimal import Decimal

import pytest
from daysheet import measures
from daysheet.cash.forecast import forecast
from daysheet.cash.recurring import known_payments
from daysheet.findings import Gap

from tests.practice.checks.ledgers import adjustment, bill, days, payment, visit

FIRST, LAST = datetime.date(2026, 1, 1), datetime.date(2026, 12, 31)
NOTHING = Gap(Decimal(), Decimal())


@pytest.fixture
def year(load):
    """Five bills of 100.00: paid in full, paid after a contractual 40, half paid, unpaid and old, overpaid by 10."""
    text = "".join(visit(f"V{n}", f"2026-{n:02}-02") for n in range(1, 6))
    lags = (0, 1, 3, 4, 20)
    for number, lag in enumerate(lags, 1):
        day = datetime.date(2026, number, 2) + datetime.timedelta(days=lag)
        payer = "aetna" if number == 2 else None
        text += bill(f"I{number}", day, visit=f"V{number}", amount="100.00", payer=payer)
    text += payment("P1", "2026-02-01", "I1", "100.00")
    text += adjustment("A2", "2026-03-01", "I2", "contractual", "40.00") + payment("P2", "2026-03-01", "I2", "60.00")
    text += payment("P3", "2026-04-01", "I3", "50.00") + payment("P5", "2026-06-01", "I5", "110.00")
    claims = (("C1", "I1", "paid"), ("C2", "I2", "denied"), ("C2", "I2", "paid"), ("C3", "I3", "submitted"))
    for claim, invoice, status in claims:
        text += f'2026-03-01 custom "claim" "{claim}" "{invoice}" "aetna" "{status}"\n  submitted: 2026-02-15\n'
    return load(text)


def test_days_in_receivables(year):
    """150 open, 10 in credit, 500 charged in the 365 days: 140 ÷ (500 ÷ 365)."""
    assert measures.measure(year, FIRST, LAST).days_in_ar == Decimal("102.2")


def test_receivables_over_90_days(year):
    assert measures.measure(year, FIRST, LAST).over_90 == Decimal("100.0")
    assert measures.measure(year, FIRST, datetime.date(2026, 6, 30)).over_90 == Decimal("33.3")


def test_charge_lag(year):
    measured = measures.measure(year, FIRST, LAST)
    assert (measured.lag_median, measured.lag_p90) == (Decimal(3), Decimal(20))


def test_collection_rates(year):
    """320 came of 500 charged, 40 of them contractual."""
    measured = measures.measure(year, FIRST, LAST)
    assert (measured.net_collection, measured.gross_collection) == (Decimal("69.6"), Decimal("64.0"))


def test_denials_are_of_all_claims_and_the_first_pass_of_those_paid_or_denied(year):
    measured = measures.measure(year, FIRST, LAST)
    assert (measured.denial, measured.first_pass) == (Decimal("33.3"), Decimal("50.0"))


def monthly(first: int, last: int, day: int = 15) -> str:
    """A bill of 300.00 on a day of each month, paid a month later but for the last."""
    text = ""
    for month in range(first, last + 1):
        text += bill(f"M{month}", f"2026-{month:02}-{day}", amount="300.00")
        if month < last:
            text += payment(f"PM{month}", f"2026-{month + 1:02}-{day}", f"M{month}", "300.00")
    return text


def test_a_first_year_is_counted_from_the_first_bill(load):
    """300 open, 900 charged in the 77 days from June 15 to August 30."""
    books = load(monthly(6, 8))
    assert measures.measure(books, FIRST, datetime.date(2026, 8, 30)).days_in_ar == Decimal("25.7")


def test_an_old_balance_billed_long_before_does_not_stretch_the_days(load):
    """As above, with 45 more open."""
    books = load(bill("OLD", "2025-11-20", amount="45.00") + monthly(6, 8))
    assert measures.measure(books, FIRST, datetime.date(2026, 8, 30)).days_in_ar == Decimal("29.5")


def test_credit_balances_do_not_hide_old_debt(year):
    measured = measures.measure(year, FIRST, LAST)
    assert (measured.credits, measured.receivable) == (Decimal("10.00"), Decimal("140.00"))


def test_groups_add_up_to_the_practice(year):
    whole = measures.measure(year, FIRST, LAST)
    for groups in (measures.by_provider(year), measures.by_payer(year)):
        parts = [measures.measure(year, FIRST, LAST, invoices) for invoices in groups.values()]
        assert sum(part.charges for part in parts) == whole.charges
        assert sum(part.payments for part in parts) == whole.payments
        assert sum(part.receivable for part in parts) == whole.receivable


def test_without_claims_there_is_no_denial_rate(load):
    measured = measures.measure(load(bill("I1", "2026-03-02")), FIRST, LAST)
    assert (measured.denial, measured.first_pass) == (None, None)


def paid_after(lag: int, first: str, last: str, weekdays: str = "01234") -> str:
    """A bill of 50.00 a day, paid so many days later."""
    text = []
    for day in days(first, last, weekdays):
        text.append(bill(f"I{day}", day, patient=f"pt-{day}"))
        if day + datetime.timedelta(days=lag) <= datetime.date(2026, 6, 30):
            text.append(payment(f"P{day}", day + datetime.timedelta(days=lag), f"I{day}"))
    return "".join(text)


def test_bills_are_expected_when_their_payer_usually_pays(load):
    """Every bill is paid after exactly four weeks: open ones come in the next four weeks, coming visits after them."""
    weeks = forecast(load(paid_after(28, "2025-09-01", "2026-06-30")), datetime.date(2026, 6, 30), NOTHING).weeks
    assert [week.open_bills for week in weeks] == [Decimal("250.00")] * 4 + [Decimal("0.00")] * 9
    assert [week.coming_visits for week in weeks] == [Decimal("0.00")] * 4 + [Decimal("250.00")] * 9


def test_a_week_without_bills_is_a_dip_when_it_would_have_been_paid(load):
    text = paid_after(28, "2025-09-01", "2026-06-05") + paid_after(28, "2026-06-15", "2026-06-30")
    weeks = forecast(load(text), datetime.date(2026, 6, 30), NOTHING).weeks
    assert [week.collected for week in weeks[:4]] == [Decimal(amount) for amount in ("150", "100", "250", "250")]


def test_what_the_patient_pays_after_the_insurer_is_expected(load):
    """The insurer pays 60 of each 100.00 after two weeks and leaves 40, which the patient pays two weeks later."""
    text = []
    for day in days("2025-09-01", "2026-06-30", "01234"):
        text.append(bill(f"I{day}", day, payer="delta", amount="100.00", patient=f"pt-{day}"))
        then = day + datetime.timedelta(days=14)
        if then <= datetime.date(2026, 6, 30):
            text.append(payment(f"P{day}", then, f"I{day}", "60.00").replace("Patients", "Insurance:Delta"))
            text.append(
                f'{then} * "Moved to the patient" ^inv-I{day}\n  adjustment: "T{day}"\n  kind: "transfer"\n'
                "  Assets:Receivable:Insurance:Delta  -40.00 USD\n  Assets:Receivable:Patients  40.00 USD\n"
            )
        if then + datetime.timedelta(days=14) <= datetime.date(2026, 6, 30):
            text.append(payment(f"Q{day}", then + datetime.timedelta(days=14), f"I{day}", "40.00"))
    weeks = forecast(load("".join(text)), datetime.date(2026, 6, 30), NOTHING).weeks
    assert [week.collected for week in weeks] == [Decimal("500.00")] * 13
    assert sum(week.open_bills for week in weeks) == 10 * 100 + 10 * 40


def test_billing_the_gap_brings_its_expected_cash(load):
    books = load(paid_after(28, "2025-09-01", "2026-06-30"))
    weeks = forecast(books, datetime.date(2026, 6, 30), Gap(Decimal(900), Decimal(700))).weeks
    assert [week.if_billed for week in weeks] == [Decimal()] * 4 + [Decimal(700)] + [Decimal()] * 8


def test_the_last_forecast_is_held_against_what_came(load):
    made = forecast(load(paid_after(28, "2025-06-02", "2026-06-30")), datetime.date(2026, 6, 30), NOTHING)
    assert made.hindsight is not None
    assert (made.hindsight.said, made.hindsight.came) == (Decimal("3250.00"), Decimal("3250.00"))
    assert (made.weeks[0].low, made.weeks[0].high) == (Decimal("250.00"), Decimal("250.00"))


def test_rent_payroll_and_weekly_bills_are_known(load):
    line = '{} * "{}" ""\n  Assets:Bank:Checking  {} USD\n  Expenses:All\n'
    text = "".join(line.format(f"2026-{m:02}-01", "Rent", "-3200.00") for m in range(1, 7))
    text += "".join(line.format(f"2026-{m:02}-{d}", "Payroll", "-2850.00") for m in range(3, 7) for d in (15, 28))
    text += "".join(line.format(day, "Linen", "-40.00") for day in days("2026-04-06", "2026-06-29", "0"))
    text += "".join(line.format(day, "Hardware store", "-9.00") for day in ("2026-01-09", "2026-03-20", "2026-05-02"))
    due = known_payments(load(text), datetime.date(2026, 6, 30), datetime.date(2026, 7, 31))
    linen = [(f"2026-07-{n:02}", "Linen", Decimal("-40.00")) for n in (6, 13, 20, 27)]
    pay = [(f"2026-07-{n}", "Payroll", Decimal("-2850.00")) for n in (15, 28)]
    rent = [("2026-07-01", "Rent", Decimal("-3200.00"))]
    assert [(str(one.date), one.payee, one.amount) for one in due] == sorted(linen + pay + rent)
