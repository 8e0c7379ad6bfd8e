"""The pages in Fava, as a browser shows them."""

from __future__ import annotations

import csv
import datetime
import re
from decimal import Decimal

import pytest
from daysheet import checks, loading
from daysheet.deposits import reconcile
from daysheet.findings import gap
from daysheet.measures import measure
from playwright.sync_api import expect

from .conftest import HOSTILE, serving

pytestmark = pytest.mark.browser

PAGES = {
    "overview": "Overview",
    "calendar": "Billing calendar",
    "worklist": "Worklist",
    "receivables": "Receivables",
    "deposits": "Deposits",
    "packs": "Packs",
}


@pytest.fixture(scope="session")
def books(year_of_books):
    return loading.load(year_of_books)


@pytest.fixture(scope="session")
def findings(books):
    return checks.run(books)


def figures(text: str) -> list[Decimal]:
    return [Decimal(found.replace(",", "")) for found in re.findall(r"[\d,]+\.\d\d", text)]


@pytest.mark.parametrize("name", PAGES)
def test_every_page_shows_without_a_console_error_and_fits_the_screen(screen, site, name):
    screen.goto(site.page(name))
    expect(screen.get_by_role("heading", name=PAGES[name], exact=True)).to_be_visible()
    assert screen.evaluate("(e => e.scrollWidth <= e.clientWidth)(document.querySelector('.daysheet'))")


@pytest.mark.parametrize("name", PAGES)
def test_no_page_has_a_serious_accessibility_problem(screen, site, axe, name):
    screen.goto(site.page(name, day="2026-06-09"))
    expect(screen.get_by_role("heading", name=PAGES[name], exact=True)).to_be_visible()
    # what is outside our own part, or in Fava's own chart component, is Fava's
    ours = {"include": [[".daysheet"]], "exclude": [["svelte-component"]]}
    violations = axe.run(screen, context=ours).response["violations"]
    serious = [problem for problem in violations if problem["impact"] in ("serious", "critical")]
    assert [(problem["id"], problem["nodes"][0]["html"]) for problem in serious] == []


def test_fava_lists_the_pages_in_its_sidebar(tab, site):
    # Fava draws its sidebar anew once its script has run; a click before that is lost
    tab.goto(site.url.replace("extension/Daysheet/", "income_statement/"), wait_until="networkidle")
    tab.get_by_role("link", name="Daysheet", exact=True).click()
    expect(tab.get_by_role("heading", name="Overview", exact=True)).to_be_visible()


def test_the_tabs_lead_to_every_page(tab, site):
    tab.goto(site.url)
    for title in PAGES.values():
        tab.get_by_role("navigation", name="Daysheet").get_by_role("link", name=title).click()
        expect(tab.get_by_role("heading", name=title, exact=True)).to_be_visible()


def test_the_overview_says_what_was_never_billed(tab, site, findings):
    tab.goto(site.url)
    tile = tab.locator(".ds-tile", has_text="Never billed")
    price = gap(findings)
    assert figures(tile.inner_text()) == [price.gross, price.expected_cash]


def test_the_overview_counts_each_kind_once(tab, site, findings):
    tab.goto(site.url)
    covered = frozenset().union(*(finding.covers for finding in findings))
    rows = tab.locator("table", has_text="At risk").first.locator("tbody tr").all_inner_texts()
    shown = {row.split("\t")[0]: int(row.split("\t")[1]) for row in rows}
    unbilled = [f for f in findings if f.kind == "unbilled-visit" and f.key not in covered]
    assert shown["unbilled visit"] == len(unbilled)
    assert shown["billing lapse"] == sum(finding.kind == "billing-lapse" for finding in findings)


def test_the_overview_shows_each_measure_of_the_last_twelve_months(tab, site, books):
    tab.goto(site.url)
    measured = measure(books, books.as_of.replace(month=1, day=1), books.as_of)
    row = tab.get_by_role("region", name="Measures").locator("tr", has_text="Net collection")
    assert f"{measured.net_collection}%" in row.inner_text()
    assert "at least 95%" in row.inner_text()
    assert row.get_by_role("img").get_attribute("aria-label").count("%") == 12


def test_the_overview_says_how_far_each_source_is_imported(tab, site, books):
    tab.goto(site.url)
    shown = tab.get_by_role("region", name="Imports").locator("tbody tr").all_inner_texts()
    latest = max(imported.last for imported in books.imported if imported.kind == "visits")
    assert any(row.startswith("visits\t") and str(latest) in row for row in shown)
    assert len(shown) == len({(imported.kind, imported.account) for imported in books.imported})


def test_a_click_on_a_day_shows_its_day_sheet(tab, site, books):
    tab.goto(site.page("calendar"))
    tab.get_by_label("2026-06-09: 0 of 14 billed").first.click()
    sheet = tab.get_by_role("region", name="Day sheet").last
    expect(sheet).to_contain_text("Kept")
    kept = sum(
        visit.date == datetime.date(2026, 6, 9) and visit.status == "completed" for visit in books.visits.values()
    )
    assert re.search(rf"Visits kept\s+{kept}\b", sheet.inner_text())


def test_a_pack_is_built_downloaded_and_verified(tab, own_site):
    tab.goto(own_site.page("packs"))
    expect(tab.get_by_text("No pack was built yet.")).to_be_visible()
    tab.get_by_label("Year").select_option("2026")
    tab.get_by_role("button", name="Build the pack").click()
    expect(tab.get_by_role("progressbar")).to_be_visible()
    shelf = tab.get_by_role("region", name="Pack of 2026")
    expect(shelf).to_be_visible(timeout=180_000)
    with tab.expect_download() as download:
        shelf.get_by_role("link", name="accountants-pack-2026.pdf").click()
    on_file = own_site.books / "packs/2026/accountants-pack-2026.pdf"
    assert download.value.path().read_bytes() == on_file.read_bytes()
    shelf.get_by_role("button", name="Verify").click()
    expect(shelf.get_by_role("status")).to_contain_text("Yes: it comes from these books", timeout=60_000)
    with (own_site.books / "main.beancount").open("a") as main:
        main.write('2026-12-30 * "Late" "entry"\n  Expenses:Supplies  1.00 USD\n  Assets:Bank:Checking  -1.00 USD\n')
    tab.reload(wait_until="networkidle")
    shelf.get_by_role("button", name="Verify").click()
    expect(shelf.get_by_role("status")).to_contain_text("No: ", timeout=60_000)


def test_only_files_of_a_pack_are_handed_out(tab, site):
    for name in ("../../main.beancount", "/etc/passwd", "main.beancount", ""):
        answer = tab.request.get(site.url + "pack", params={"year": "2026", "name": name})
        assert answer.status == 404


def test_a_read_only_fava_builds_no_pack(tab, year_of_books):
    with serving(year_of_books, "--read-only") as site:
        tab.goto(site.page("packs"))
        tab.expected_problems = 1
        tab.get_by_role("button", name="Build the pack").click()
        expect(tab.get_by_role("status")).to_contain_text("read-only")
    assert not (year_of_books / "packs").exists()


def test_the_calendar_outlines_the_week_without_bills(tab, site, findings):
    tab.goto(site.page("calendar"))
    (lapse,) = [finding for finding in findings if finding.kind == "billing-lapse"]
    labels = [cell.get_attribute("aria-label") for cell in tab.locator("td .ds-lapsed").all()]
    assert len(labels) == 5
    assert labels[0].startswith(f"{lapse.date:%a} {lapse.date}: 0 of ")
    assert labels[-1].endswith("in a lapse")


def test_the_calendar_follows_the_time_filter(tab, site):
    tab.goto(site.page("calendar", time="2026-06"))
    days = tab.locator("td .ds-day").all()
    labels = [day.get_attribute("aria-label") for day in days]
    assert all(" 2026-06-" in label for label in labels)
    assert len(labels) == 30 * len(tab.locator(".ds-calendar").all())


def test_the_end_of_the_time_filter_is_the_day_that_pages_are_as_of(tab, site, books):
    tab.goto(site.page("worklist", time="2026-03"))
    expect(tab.locator(".ds-asof strong")).to_have_text("2026-03-31")
    assert "billing lapse" not in tab.locator("#ds-findings").inner_text()


def test_a_filter_that_ends_after_the_books_stops_where_they_stop(tab, site, books):
    tab.goto(site.page("overview", time="2026 - 2030"))
    expect(tab.locator(".ds-asof strong")).to_have_text(str(books.as_of))


def test_the_account_filter_narrows_the_receivables(tab, site):
    tab.goto(site.page("receivables", account="Assets:Receivable:Insurance"))
    names = tab.locator(".ds-table tbody a").all_inner_texts()
    assert "Patients" not in names
    tab.goto(site.page("receivables", account="Assets:Receivable:Patients"))
    assert tab.locator(".ds-table tbody a").all_inner_texts() == ["Patients"]


def test_the_account_filter_narrows_the_worklist(tab, site):
    tab.goto(site.page("worklist", account="Income:Visits:Baker"))
    assert "billing lapse" not in tab.locator(".daysheet").inner_text()


def test_filters_stay_from_page_to_page(tab, site):
    tab.goto(site.page("overview", time="2026-06"))
    tab.get_by_role("navigation", name="Daysheet").get_by_role("link", name="Worklist").click()
    expect(tab.locator(".ds-asof strong")).to_have_text("2026-06-30")


def test_choosing_a_kind_shows_only_that_kind(tab, site):
    tab.goto(site.page("worklist"))
    tab.get_by_label("Kind").select_option("billing-lapse")
    expect(tab.locator("#ds-findings tbody tr")).to_have_count(1)


def test_searching_hides_what_does_not_match(tab, site):
    tab.goto(site.page("worklist"))
    before = tab.locator("#ds-findings tbody tr:visible").count()
    tab.get_by_label("Search").fill("lapse 2026-06-08")
    expect(tab.locator("#ds-findings tbody tr:visible")).to_have_count(1)
    tab.get_by_label("Search").fill("")
    expect(tab.locator("#ds-findings tbody tr:visible")).to_have_count(before)


def test_sorting_by_money_turns_the_list_around(tab, site):
    tab.goto(site.page("worklist"))
    tab.locator("th", has_text="At risk").click()
    column = [figures(cell)[0] for cell in tab.locator("#ds-findings tbody tr td:nth-child(4)").all_inner_texts()]
    assert column in (sorted(column), sorted(column, reverse=True))
    assert len(set(column)) > 1


def test_the_evidence_opens_in_favas_editor_at_its_line(tab, site, findings):
    tab.goto(site.page("worklist", kind="billing-lapse"))
    (lapse,) = [finding for finding in findings if finding.kind == "billing-lapse"]
    tab.locator("#ds-findings .ds-line").first.click()
    expect(tab).to_have_url(re.compile(rf"/editor/\?.*line={lapse.where[0]['lineno']}\b"))
    expect(tab.locator(".cm-editor")).to_be_visible()


def test_the_csv_holds_the_whole_worklist(tab, site, findings):
    tab.goto(site.page("worklist"))
    with tab.expect_download() as download:
        tab.get_by_role("link", name="CSV").click()
    with open(download.value.path(), newline="", encoding="utf-8") as file:  # noqa: PTH123 - the browser's own file
        rows = list(csv.DictReader(file))
    assert {(row["kind"], row["key"]) for row in rows} == {(finding.kind, finding.key) for finding in findings}


def test_a_waiver_is_written_to_the_ledger_and_the_finding_is_gone(tab, own_site):
    tab.goto(own_site.page("worklist", kind="unbilled-visit"))
    rows = tab.locator("#ds-findings tbody tr").count()
    tab.locator(".ds-waive").first.click()
    tab.get_by_label("Reason").fill('courtesy visit, "agreed" \\ with <b>Adams</b>')
    tab.locator("#ds-confirm").click()
    expect(tab.locator("#ds-findings tbody tr")).to_have_count(rows - 1)
    books = loading.load(own_site.books)
    (waiver,) = books.waivers.values()
    assert waiver.reason == 'courtesy visit, "agreed" \\ with <b>Adams</b>'


def test_a_waiver_without_a_reason_is_not_sent(tab, own_site):
    before = (own_site.books / "main.beancount").read_bytes()
    tab.goto(own_site.page("worklist", kind="unbilled-visit"))
    tab.locator(".ds-waive").first.click()
    tab.locator("#ds-confirm").click()
    expect(tab.locator("#ds-waiver")).to_be_visible()
    tab.get_by_label("Reason").fill("   ")
    tab.expected_problems = 1  # the browser reports the refusal
    tab.locator("#ds-confirm").click()
    expect(tab.get_by_role("alert")).to_contain_text("a waiver needs a reason")
    assert (own_site.books / "main.beancount").read_bytes() == before


def test_a_read_only_fava_refuses_a_waiver(tab, year_of_books):
    before = (year_of_books / "main.beancount").read_bytes()
    with serving(year_of_books, "--read-only") as site:
        tab.goto(site.page("worklist", kind="unbilled-visit"))
        tab.locator(".ds-waive").first.click()
        tab.get_by_label("Reason").fill("courtesy")
        tab.expected_problems = 1
        tab.locator("#ds-confirm").click()
        expect(tab.get_by_role("alert")).to_contain_text("read-only")
    assert (year_of_books / "main.beancount").read_bytes() == before


def test_receivables_lead_to_the_invoice_and_its_journal(tab, site, books):
    tab.goto(site.page("receivables"))
    tab.locator(".ds-table tbody a", has_text="Patients").first.click()
    expect(tab.get_by_role("heading", name="Open invoices: Patients")).to_be_visible()
    table = tab.locator("table", has_text="Invoice").last
    invoice = table.locator("tbody a").first.inner_text()
    assert books.open_balance(invoice, books.as_of)
    table.locator("tbody a").first.click()
    expect(tab).to_have_url(re.compile(r"/journal/\?.*filter="))
    expect(tab.locator("article")).to_contain_text(f"Invoice {invoice}")


def test_the_deposits_page_and_the_overview_say_the_same_unreconciled_balance(tab, site, books):
    unreconciled = reconcile(books, books.as_of).unreconciled
    tab.goto(site.url)
    assert figures(tab.locator(".ds-tile", has_text="Unreconciled").inner_text()) == [unreconciled]
    tab.goto(site.page("deposits"))
    assert figures(tab.locator("p", has_text="Unreconciled").inner_text())[0] == unreconciled


def test_an_unexplained_bank_line_is_listed_with_its_candidates_and_its_line(tab, site, books):
    item = next(item for item in reconcile(books, books.as_of).open_deposits if item.candidates)
    tab.goto(site.page("deposits", time=str(item.deposit.date)))
    row = tab.get_by_role("region", name="Unmatched bank lines").locator("tbody tr").first
    assert item.candidates[0][0].id in row.inner_text()
    row.locator("td").last.get_by_role("link").click()
    expect(tab).to_have_url(re.compile(rf"/editor/\?.*line={item.deposit.meta['lineno']}\b"))


@pytest.mark.parametrize("name", PAGES)
def test_hostile_text_is_shown_as_text(tab, site, name):
    tab.goto(site.page(name))
    expect(tab.get_by_role("heading", name=PAGES[name], exact=True)).to_be_visible()
    assert tab.evaluate("window.hacked") is None
    if name in ("calendar", "worklist"):
        assert HOSTILE in tab.locator(".daysheet").inner_text()


def test_the_oldest_fava_shows_every_page(tab, year_of_books, oldest_fava):
    with serving(year_of_books, path=oldest_fava) as site:
        for name, title in PAGES.items():
            tab.goto(site.page(name))
            expect(tab.get_by_role("heading", name=title, exact=True)).to_be_visible()
