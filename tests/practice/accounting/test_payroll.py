"""Payroll that fits, and each way in which it does not; the figures are worked out here from the pays."""

from decimal import Decimal

import pytest
from daysheet import checks
from daysheet.accounting.payroll import wage_base

D = Decimal
OPENS = """
    2026-01-01 open Expenses:Payroll:Wages
      payroll: "wages"
    2026-01-01 open Expenses:Payroll:Taxes
      payroll: "taxes"
    2026-01-01 open Expenses:Payroll:Futa
      payroll: "futa"
"""
GROSS = D(2000)
FICA = GROSS * D("0.0765")
HELD = FICA + 200


def pay(month, *, gross=GROSS, taxes=FICA, held=HELD):
    return f"""
    2026-{month:02}-25 * "Payroll"
      Expenses:Payroll:Wages   {gross} USD
      Expenses:Payroll:Taxes   {taxes} USD
      Liabilities:Payroll     {-held - taxes} USD
      Assets:Bank             {held - gross} USD
"""


def filed(form, day, wages, *more):
    return f'\n    2026-{day} custom "filed" "{form}"\n      wages: {wages} USD\n' + "".join(
        f"      {m} USD\n" for m in more
    )


QUARTERS = ("03-31", "06-30", "09-30", "12-31")


def year(*, forms=(6000,) * 4, w3=24000, pays="", more=()):
    text = OPENS + (pays or "".join(pay(month) for month in range(1, 13)))
    text += "".join(filed("941", day, wages) for day, wages in zip(QUARTERS, forms, strict=True))
    return text + filed("W-3", "12-31", w3, *more)


def mismatches(load, text):
    books = load(text)
    last = __import__("datetime").date(2026, 12, 31)
    return {f.key.partition("/")[2]: f.amount for f in checks.find(books, last, ["payroll-mismatch"])}


def test_payroll_that_fits_has_no_finding(load):
    assert mismatches(load, year()) == {}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (year(forms=(6000, 6100, 6000, 6000), w3=24100), {"941-Q2": D(100), "W-3": D(100)}),
        (year(w3=36000), {"941-W-3": D(12000)}),
        (year(forms=(5000,) * 4, w3=20000), {**{f"941-Q{n}": D(1000) for n in (1, 2, 3, 4)}, "W-3": D(4000)}),
        # net pay booked as wages, and the whole deposit as the employer's taxes
        (
            year(
                pays="".join(pay(m, gross=GROSS - HELD, taxes=FICA + HELD, held=D(0)) for m in range(1, 13)),
                forms=(3 * (GROSS - HELD),) * 4, w3=12 * (GROSS - HELD),
            ),
            {
                "FICA": 12 * (FICA + HELD) - round(12 * (GROSS - HELD) * D("0.0765"), 2),
                "withheld": round(12 * (GROSS - HELD) * D("0.0765"), 2),
            },
        ),
        (year(pays="".join(pay(m, taxes=FICA + 1) for m in range(1, 13))), {"FICA": D(12)}),
    ],
)  # fmt: skip
def test_what_does_not_fit_is_found_with_the_difference(load, text, expected):
    assert mismatches(load, text) == expected


def test_forms_that_state_social_security_wages_are_taken_at_their_word(load):
    """Wages under a cafeteria plan bear no FICA: what the forms say is due, not 7.65% of all."""
    taxed = D(1800)
    pays = "".join(pay(m, taxes=taxed * D("0.0765")) for m in range(1, 13))
    text = OPENS + pays
    more = [f"social-security-wages: {taxed * 3}", f"medicare-wages: {taxed * 3}"]
    text += "".join(filed("941", day, 6000, *more) for day in QUARTERS)
    assert mismatches(load, text) == {}
    assert mismatches(load, text.replace("5400", "6000")) == {"FICA": 12 * 200 * D("0.0765")}


def test_unemployment_tax_is_held_against_form_940(load):
    due = """
    2026-12-31 * "IRS"
      Expenses:Payroll:Futa   42.00 USD
      Assets:Bank
"""
    text = year() + due + filed("940", "12-31", 24000, "tax: 84.00")
    assert mismatches(load, text) == {"940": D(42)}
    assert mismatches(load, text.replace("84.00", "42.00")) == {}


def test_wages_over_the_base_bear_medicare_only():
    """The Social Security Administration's contribution and benefit bases; a year that is not known is not guessed."""
    assert [wage_base(year) for year in (2024, 2025, 2026, 2050)] == [168600, 176100, 184500, None]
