"""What the pages say where there is nothing, not everything, or something wrong."""

from __future__ import annotations

import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

import pytest
from playwright.sync_api import expect

from .conftest import Site, sample_books, serving
from .test_fava_looks import fits

pytestmark = pytest.mark.browser

LONG = "Dr. " + "Wolfeschlegelsteinhausenbergerdorff" * 3
HEBREW = "ד״ר כהן"
BOOKS = f"""\
option "title" "Odd"
option "operating_currency" "JPY"
plugin "beancount.plugins.auto_accounts"
2026-01-01 custom "fava-extension" "daysheet.plugins.fava"
2026-01-01 custom "provider" "cohen" "{HEBREW}"
2026-01-01 custom "provider" "wolfe" "{LONG}"
2026-03-02 * "Invoice" ^inv-A
  provider: "cohen"
  Assets:Receivable:Patients   12000 JPY
  Equity:Billing:Charges      -12000 JPY
2026-03-03 * "Invoice" ^inv-B
  provider: "cohen"
  Assets:Receivable:Patients   70.00 EUR
  Equity:Billing:Charges      -70.00 EUR
2026-03-04 custom "visit" "V-wolfe" "wolfe" "completed"
  fee: 5000 JPY
2026-03-05 custom "visit" "V-cohen" "cohen" "completed"
  fee: 4000 JPY
"""
BILL = """\
2026-01-0{day} * "Invoice" ^inv-N{number}
  due: 2026-02-01
  Assets:Receivable:Patients   5000 JPY
  Equity:Billing:Charges      -5000 JPY
"""


@pytest.fixture(scope="module")
def odd_site(tmp_path_factory) -> Iterator[Site]:
    """Yen and euros, names of any length and direction, and 600 invoices that are overdue."""
    folder = tmp_path_factory.mktemp("odd")
    bills = "".join(BILL.format(day=1 + number % 9, number=number) for number in range(600))
    (folder / "main.beancount").write_text(BOOKS + bills)
    with serving(folder) as running:
        yield running


@pytest.fixture(scope="module")
def broken_site(tmp_path_factory) -> Iterator[Site]:
    folder = sample_books(tmp_path_factory.mktemp("broken") / "books")
    with (folder / "practice.beancount").open("a") as file:
        file.write('\n2026-03-02 custom "visit" "V1" "adams" "attended"\n')
    with serving(folder) as running:
        yield running


PAGES = ["overview", "calendar", "worklist", "waived", "receivables", "deposits", "cash", "packs"]


def test_every_page_says_that_the_books_have_errors_and_where(tab, broken_site):
    line = len((broken_site.books / "practice.beancount").read_text().splitlines())
    for page in PAGES:
        tab.goto(broken_site.page(page))
        banner = tab.locator(".ds-problems")
        expect(banner).to_contain_text("The books have 1 error")
        expect(banner.get_by_role("link", name=f"practice.beancount:{line}")).to_be_visible()
        expect(banner).to_contain_text("visit: write")


def test_no_pack_is_built_of_books_with_errors(tab, broken_site):
    tab.goto(broken_site.page("packs"), wait_until="networkidle")
    expect(tab.get_by_role("button", name="Build the pack")).to_be_disabled()
    tab.evaluate("document.querySelector('#ds-build button').disabled = false")
    tab.get_by_role("button", name="Build the pack").click()
    expect(tab.locator("#ds-build-said")).to_contain_text("visit: write", timeout=120_000)
    assert not (broken_site.books / "packs").exists()


def test_empty_books_say_so_and_nothing_is_green(tab, new_site):
    for page in PAGES:
        tab.goto(new_site.page(page), wait_until="networkidle")
        text = tab.locator(".daysheet").inner_text()
        assert "hold nothing yet" in text
        assert "1900" not in text
        assert tab.locator(".daysheet :is(.ds-good, svelte-component, svg)").count() == 0


@pytest.mark.parametrize("time", ["2019", "2031"])
def test_days_of_which_the_books_hold_nothing_say_so(tab, site, time):
    for page in ("overview", "calendar", "worklist", "receivables", "deposits"):
        tab.goto(site.page(page, time=time))
        expect(tab.locator(".daysheet")).to_contain_text(f"The books hold nothing of {time}-01-01 to {time}-12-31.")
        assert tab.locator(".daysheet .ds-good").count() == 0


@pytest.mark.parametrize("filters", [{"account": "Nothing"}, {"account": "Nothing", "time": "2026-03"}])
def test_a_filtered_view_is_never_called_settled(tab, site, filters):
    for page in ("overview", "worklist", "receivables", "deposits"):
        tab.goto(site.page(page, **filters))
        text = tab.locator(".daysheet").inner_text()
        for settled in (
            "Nobody owes",
            "Nothing to do.",
            "every visit has its bill",
            "every receipt",
            "Every bank line",
        ):
            assert settled not in text, page
        assert "in this view" in text.casefold()
        assert tab.locator(".ds-tile[href].ds-good").count() == 0


def test_a_figure_says_which_filter_it_does_not_follow(tab, site):
    tab.goto(site.page("overview", account="Income:Visits:Baker", filter="%23late"))
    said = "not narrowed by the account and free filters"
    for title in ("Measures", "Imports", "Collections"):
        section = tab.locator(f"h3:has-text('{title}') + .ds-scope")
        expect(section).to_have_text(said)
    tile = tab.locator(".ds-tile", has_text="Never billed")
    expect(tile).to_contain_text("not narrowed by the free filter")
    tab.goto(site.page("overview", time="2026-06"))
    expect(tab.locator(".ds-scope")).to_have_count(0)


@pytest.mark.parametrize(
    ("name", "typed", "said"),
    [
        ("account", "Assets (", "The account filter is neither"),
        ("account", "(" * 2000, "The account filter is neither"),
        ("filter", "<", "Failed to parse filter"),
        ("time", "the other day", "Failed to parse date"),
    ],
)
def test_a_filter_with_a_mistake_is_said_in_words(site, name, typed, said):
    with pytest.raises(urllib.error.HTTPError) as refused:
        urllib.request.urlopen(site.page("worklist", **{name: quote(typed)}))  # noqa: S310 - our own loopback address
    page = refused.value.read().decode()
    assert said in page
    assert "Internal Server Error" not in page


def test_search_goes_over_all_findings_and_not_over_the_first_alone(tab, odd_site):
    tab.goto(odd_site.page("worklist"), wait_until="networkidle")
    tab.get_by_label("Search").fill("N599")
    rows = tab.locator("#ds-findings tbody tr")
    expect(rows).to_have_count(1)
    tab.get_by_label("Search").fill("wolfe")
    expect(rows).to_contain_text("V-wolfe")
    tab.reload()
    expect(rows).to_have_count(1)  # what was searched for stays in the address


def test_yen_have_no_decimals_and_euros_are_in_no_figure(tab, odd_site):
    tab.goto(odd_site.page("receivables"))
    expect(tab.locator(".ds-asof")).to_contain_text("Amounts are in JPY only: 1 entry is in no figure")
    row = tab.locator(".ds-listed tbody tr")
    expect(row).to_contain_text("3,012,000")  # 12,000 and 600 times 5,000
    assert "3,012,000.00" not in row.inner_text()
    assert "3,012,070" not in tab.locator(".daysheet").inner_text()


def test_names_of_any_length_and_direction_push_nothing_off_and_reverse_nothing(tab, odd_site):
    for page in ("overview", "calendar", "worklist"):
        tab.goto(odd_site.page(page), wait_until="networkidle")
        assert fits(tab), page
    tab.goto(odd_site.page("worklist", q="V-wolfe"))
    expect(tab.locator("#ds-findings tbody tr")).to_contain_text(LONG)
    tab.goto(odd_site.page("worklist", q="V-cohen"))
    assert tab.locator("#ds-findings bdi").first.inner_text() == HEBREW


def test_a_day_that_is_none_is_said(tab, site):
    tab.goto(site.page("day", day="99999-01-01"))
    expect(tab.get_by_role("alert")).to_contain_text("99999-01-01 is no day")


CHECK = """\
2026-03-06 * "Check" ^inv-A
  payment: "P{number}"
  method: "check"
  Assets:Clearing:Deposits      {amount} USD
  Income:Visits:Cohen          -{amount} USD
  Assets:Receivable:Patients   -{amount} USD
  Equity:Billing:Collected      {amount} USD
"""
DEPOSIT = """\
2026-03-09 * "Deposit"
  Assets:Bank:Checking          {amount} USD
  Assets:Clearing:Deposits     -{amount} USD
"""


def test_a_difference_and_its_figure_stay_on_one_line(tab, tmp_path: Path):
    """Three checks of one day come to 1,791.13; the bank was brought 101.00 less."""
    checks = "".join(CHECK.format(number=at, amount=one) for at, one in enumerate(("1000.13", "700.00", "91.00")))
    later = CHECK.format(number=9, amount="333.33").replace("03-06", "03-27")
    (tmp_path / "main.beancount").write_text(
        BOOKS.replace("JPY", "USD") + checks + later + DEPOSIT.format(amount="1690.13")
    )
    with serving(tmp_path) as running:
        tab.goto(running.page("deposits"), wait_until="networkidle")
        together = tab.locator(".ds-together").first
        expect(together).to_contain_text("differ by 101.00")
        assert together.evaluate("each => each.getBoundingClientRect().height") < 32  # a line of 16 pixels
