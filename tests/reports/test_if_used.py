"""Sections that a pack has only where the practice uses them: vendors' bills, sales tax, a partnership's split."""

import datetime
from decimal import Decimal
from pathlib import Path

import pytest
from daysheet.reports import registry
from daysheet.reports.pack import contents
from daysheet.reports.period import parse
from daysheet.settings import Settings
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.reports import generated
from tests.reports.cells import amounts, cell_of, rows_of

D = Decimal


@pytest.fixture
def build_from(load):
    def make(text, name, period="2026", returns="schedule-c"):
        plain = Settings(Path("daysheet.toml"), {"practice": {"return": returns}}, "")
        return registry.build(name, load(text), plain, parse(period))

    return make


def entry(day, payee, link, *legs):
    head = f'{day} * "{payee}" "x" {f"^{link}" if link else ""}\n'
    return head + "".join(f"  {account}  {amount} USD\n" for account, amount in legs)


def bill(day, vendor, amount, link, account="Liabilities:Payable"):
    return entry(day, vendor, link, ("Expenses:Supplies", amount), (account, -D(amount)))


def paid(day, vendor, amount, link):
    return entry(day, vendor, link, ("Liabilities:Payable", amount), ("Assets:Bank:Checking", -D(amount)))


BILLS = (
    bill("2026-12-20", "Medline", "240.00", "bill-1")
    + paid("2026-12-28", "Medline", "100.00", "bill-1")
    + bill("2026-10-01", "Medline", "80.00", "bill-2")
    + bill("2026-11-15", "Acme", "60.00", "bill-3")
    + bill("2026-10-15", "Acme", "20.00", "bill-4")
    + bill("2026-03-01", "Acme", "999.00", "bill-5")
    + paid("2026-04-01", "Acme", "999.00", "bill-5")
    + paid("2026-12-01", "Acme", "5.00", "")
    + bill("2027-01-02", "Acme", "31.00", "bill-6")
    + paid("2027-01-03", "Medline", "80.00", "bill-2")
)


def test_open_bills_stand_by_vendor_and_age(build_from):
    """On December 31 the bill of October 1 is 91 days old, that of October 15 77 and that of November 15 46."""
    table = build_from(BILLS, "payables")
    keys = ("vendor", "bill", "days_0_30", "days_31_60", "days_61_90", "days_over_90", "credits", "total")
    assert [tuple(cell_of(table, row, key) for key in keys) for row in table.rows] == [
        ("Acme", "4", 0, 0, 20, 0, 0, 20),
        ("Acme", "3", 0, 60, 0, 0, 0, 60),
        ("Acme", "", 0, 0, 0, 0, -5, -5),
        ("Medline", "2", 0, 0, 0, 80, 0, 80),
        ("Medline", "1", 140, 0, 0, 0, 0, 140),
        ("Total", None, 140, 60, 20, 80, -5, 295),
    ]


def test_a_bill_keeps_its_first_day_and_its_vendor(build_from):
    text = bill("2026-12-20", "Medline", "240.00", "bill-1") + paid("2026-12-28", "Bank transfer", "40.00", "bill-1")
    (row,) = rows_of(build_from(text, "payables"), "line")
    assert row.cells[:3] == ("Medline", "1", datetime.date(2026, 12, 20))


def test_bills_of_one_number_on_two_accounts_are_two(build_from):
    text = bill("2026-12-20", "Medline", "5.00", "bill-1", "Liabilities:Payable:Lab")
    text += bill("2026-12-21", "Acme", "7.00", "bill-1", "Liabilities:Payable:Office")
    assert amounts(build_from(text, "payables"), "total") == {"Acme": D(7), "Medline": D(5), "Total": D(12)}


@settings(deadline=None)
@given(
    st.lists(
        st.tuples(
            st.dates(datetime.date(2026, 1, 1), datetime.date(2027, 3, 1)),
            st.sampled_from(["Medline", "Acme", ""]),
            st.integers(-9999, 9999).filter(bool),
            st.sampled_from(["", "bill-1", "bill-2", "lot-7"]),
        ),
        min_size=1,
    )
)
def test_open_bills_sum_to_the_account(drawn):
    text = 'option "operating_currency" "USD"\nplugin "beancount.plugins.auto_accounts"\n'
    text += "".join(bill(day, vendor, D(cents) / 100, link) for day, vendor, cents, link in drawn)
    plain = Settings(Path("daysheet.toml"), {}, "")
    table = registry.build("payables", generated.load(text), plain, parse("2026"))
    booked = sum((D(cents) / 100 for day, _, cents, _ in drawn if day.year == 2026), D())
    assert sum((D(str(cell_of(table, row, "total"))) for row in rows_of(table, "line")), D()) == booked


def sale(day, tax, account="Liabilities:SalesTax:Colorado", sign=1):
    net = D(tax) * 10
    legs = ("Assets:Clearing:Cards", sign * (net + D(tax))), ("Income:Products", -sign * net), (account, -sign * D(tax))
    return entry(day, "Sale", "", *legs)


def remitted(day, amount):
    legs = ("Liabilities:SalesTax:Colorado", amount), ("Assets:Bank:Checking", -D(amount))
    return entry(day, "Department of Revenue", "", *legs)


TAX = (
    sale("2025-12-30", "3.00")
    + sale("2026-01-05", "7.25")
    + sale("2026-01-09", "0.72", sign=-1)
    + remitted("2026-01-20", "3.00")
    + sale("2026-02-02", "14.50")
    + remitted("2026-04-18", "20.00")
    + sale("2026-03-03", "2.00", "Liabilities:SalesTax:Denver")
    + sale("2027-01-02", "9.00")
)


def test_sales_tax_rolls_forward_by_authority_and_month(build_from):
    """A refund lowers what was collected: 7.25 less 0.72 in January."""
    table = build_from(TAX, "sales-tax")
    keys = ("title", "opening", "collected", "paid", "closing")
    assert [tuple(cell_of(table, row, key) for key in keys) for row in table.rows if row.kind != "heading"] == [
        ("Jan 2026", D("3.00"), D("6.53"), D("3.00"), D("6.53")),
        ("Feb 2026", D("6.53"), D("14.50"), 0, D("21.03")),
        ("Apr 2026", D("21.03"), 0, D("20.00"), D("1.03")),
        ("Total Colorado", D("3.00"), D("21.03"), D("23.00"), D("1.03")),
        ("Mar 2026", 0, D("2.00"), 0, D("2.00")),
        ("Total Denver", 0, D("2.00"), 0, D("2.00")),
        ("Total", D("3.00"), D("23.03"), D("23.00"), D("3.03")),
    ]


def test_vendors_bills_and_sales_tax_are_tied_to_the_ledger(build_from):
    tied = {row.cells[0]: row.cells[1:] for row in build_from(BILLS + TAX, "tie-outs").rows}
    assert tied["Open bills; accounts payable in the ledger"] == (D(295), D(295), 0, "agrees")
    assert tied["Sales tax rolled forward; ledger"] == (D("3.03"), D("3.03"), 0, "agrees")


def pack_of(load, text):
    books, plain = load(text), Settings(Path("daysheet.toml"), {"practice": {"id": "x", "name": "X"}}, "")
    subject = contents.subject_of(books, plain, 2026, contents.Options())
    return contents.gather(books, plain, contents.figures_of(books, plain, subject))


def test_a_pack_has_the_sections_that_the_practice_uses(load):
    packed = pack_of(load, BILLS + TAX)
    assert {"payables", "sales-tax"} <= set(packed.tables)
    assert {"payables.csv", "sales-tax.csv"} <= {file.name for file in packed.files}


def test_a_pack_leaves_out_the_sections_that_it_does_not(load):
    packed = pack_of(load, remitted("2026-01-01", "1.00").replace("Liabilities:SalesTax:Colorado", "Expenses:Rent"))
    assert not {"payables", "sales-tax"} & set(packed.tables)
    assert not {"payables.csv", "sales-tax.csv"} & {file.name for file in packed.files}


PARTNERS = """
2025-01-01 custom "partner" "adams" "Dr. Adams"
  share: 60
2025-01-01 custom "partner" "baker" "Dr. Baker"
  share: 40
2026-07-01 custom "partner" "adams" "Dr. Adams"
  share: 50
2026-07-01 custom "partner" "baker" "Dr. Baker"
  share: 50
"""
EARNED = (
    entry("2025-05-05", "Fees", "", ("Assets:Bank:Checking", "100.00"), ("Income:Visits", "-100.00"))
    + entry("2026-01-05", "Fees", "", ("Assets:Bank:Checking", "1000.00"), ("Income:Visits", "-1000.00"))
    + entry("2026-07-05", "Fees", "", ("Assets:Bank:Checking", "500.00"), ("Income:Visits", "-500.00"))
    + entry("2026-08-05", "Rent", "", ("Expenses:Rent", "99.99"), ("Assets:Bank:Checking", "-99.99"))
)


def by_title(table):
    return {row.cells[0]: row.cells[2:] for row in table.rows}


def test_a_partnerships_income_is_split_by_the_shares_of_each_day(build_from):
    """1,000.00 by 60 and 40, then 400.01 in halves, of which the odd cent is the last partner's."""
    rows = by_title(build_from(PARTNERS + EARNED, "capital", returns="1065"))
    assert rows["Net income of the year, Dr. Adams"] == (0, 0, D("800.00"), 0, D("800.00"))
    assert rows["Net income of the year, Dr. Baker"] == (0, 0, D("600.01"), 0, D("600.01"))
    assert rows["Total equity"] == (D(100), 0, D("1400.01"), 0, D("1500.01"))


def test_within_a_year_what_was_earned_before_the_period_is_split_as_well(build_from):
    rows = by_title(build_from(PARTNERS + EARNED, "capital", "2026-Q3", returns="1065"))
    assert rows["Net income of the year, Dr. Adams"] == (D(600), 0, D("200.00"), 0, D("800.00"))
    assert rows["Net income of the year, Dr. Baker"] == (D(400), 0, D("200.01"), 0, D("600.01"))


def test_what_the_shares_leave_over_is_said_to_be_of_no_partner(build_from):
    text = PARTNERS.replace("share: 40", "share: 30") + EARNED
    table = build_from(text, "capital", "2026-Q1", returns="1065")
    assert by_title(table)["Net income of the year, of no partner"] == (0, 0, D(100), 0, D(100))
    assert table.notes == ("The partners' shares do not come to 100% on every day of the year.",)


def test_a_partner_who_has_left_has_no_share(build_from):
    text = PARTNERS.replace("share: 50", "share: 0", 1).replace("share: 50", "share: 100") + EARNED
    rows = by_title(build_from(text, "capital", "2026-Q3", returns="1065"))
    assert rows["Net income of the year, Dr. Adams"] == (D(600), 0, 0, 0, D(600))
    assert rows["Net income of the year, Dr. Baker"] == (D(400), 0, D("400.01"), 0, D("800.01"))


def test_only_a_partnership_is_split(build_from):
    rows = by_title(build_from(PARTNERS + EARNED, "capital"))
    assert rows["Net income of the year"] == (0, 0, D("1400.01"), 0, D("1400.01"))


def test_the_split_agrees_with_the_equity_of_the_balance_sheet(build_from):
    for period in ("2026", "2026-Q3", "2025"):
        tied = by_title(build_from(PARTNERS + EARNED, "tie-outs", period, returns="1065"))
        assert tied["Equity; capital roll-forward"][-1] == "agrees"


def test_a_share_must_be_a_percentage(load):
    books = load('2026-01-01 custom "partner" "adams"\n  share: 120\n')
    assert [str(error.message) for error in books.errors] == [
        "partner: say the share of the income in percent, such as share: 60"
    ]
