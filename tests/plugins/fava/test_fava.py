"""The pages in Fava, as a browser shows them."""

from __future__ import annotations

import contextlib
import datetime
import re
from collections import Counter
from decimal import Decimal

import pytest
from daysheet import checks
from daysheet.cash.reconciliation import reconcile
from daysheet.measures import measure
from playwright.sync_api import Locator, expect
from playwright.sync_api import TimeoutError as PlaywrightTimeout

pytestmark = pytest.mark.browser

PAGES = {
    "overview": "Overview",
    "calendar": "Billing calendar",
    "worklist": "Worklist",
    "waived": "Waived",
    "import": "Import",
    "receivables": "Receivables",
    "deposits": "Deposits",
    "cash": "Cash",
    "packs": "Packs",
    "outbox": "Outbox",
}


@pytest.fixture(scope="session")
def findings(books):
    return checks.run(books)


def label(day: Locator) -> str | None:
    return day.get_attribute("aria-label")


def figures(text: str) -> list[Decimal]:
    return [Decimal(found.replace(",", "")) for found in re.findall(r"[\d,]+\.\d\d", text)]


def test_fava_lists_the_pages_in_its_sidebar(tab, site):
    heading = tab.get_by_role("heading", name="Overview", exact=True)
    for _ in range(4):  # Fava draws its sidebar anew once its script has run, and a click before that is lost
        tab.goto(site.url.replace("extension/Daysheet/", "income_statement/"), wait_until="networkidle")
        menu = tab.get_by_text("☰")
        if menu.is_visible():  # on a phone the sidebar is behind it
            menu.click()
        tab.get_by_role("link", name="Daysheet", exact=True).click()
        with contextlib.suppress(PlaywrightTimeout):
            heading.wait_for(timeout=15_000)
            break
    expect(heading).to_be_visible()


def test_the_tabs_lead_to_every_page(tab, site):
    tab.goto(site.url)
    first, *others = PAGES.values()
    for title in (*others, first):  # not the one that is there already: it would be loaded under the next click
        tab.get_by_role("navigation", name="Daysheet").get_by_role("link", name=title).click()
        expect(tab.get_by_role("heading", name=title, exact=True)).to_be_visible()


def test_the_overview_says_what_was_never_billed(tab, site):
    """70 and 36 visits in the week that nobody billed, and nine on other days, at 50.00 each; all bills are paid."""
    tab.goto(site.url)
    tile = tab.locator(".ds-tile", has_text="Never billed")
    assert figures(tile.inner_text()) == [Decimal("5750.00"), Decimal("5750.00")]


def test_the_overview_counts_each_kind_once(tab, site, findings):
    tab.goto(site.url)
    covered = frozenset().union(*(finding.covers for finding in findings))
    rows = tab.locator("table", has_text="At risk").first.locator("tbody tr")
    shown = {row.locator(".ds-kind").inner_text(): int(row.locator(".ds-count").inner_text()) for row in rows.all()}
    kinds = Counter(one.kind for one in findings if one.kind != "unbilled-visit" or one.key not in covered)
    assert shown == {kind.replace("-", " ").capitalize(): count for kind, count in kinds.items()}
    assert shown["Unbilled visit"] == 9


def test_the_overview_says_what_to_begin_with(tab, site):
    tab.goto(site.url)
    row = tab.locator("tr", has_text="Billing lapse")
    expect(row).to_contain_text(
        "Dr. Adams, 2026-09-14 to 2026-09-18 (5 working days): none of 70 completed visits billed"
    )


def test_the_overview_leads_to_the_findings_of_a_kind(tab, site):
    tab.goto(site.url)
    tab.get_by_role("link", name="Billing lapse").click()
    expect(tab.locator("#ds-findings tbody tr")).to_have_count(2)


def test_the_overview_says_how_much_is_owed_for_long(tab, site):
    tab.goto(site.url)
    tile = tab.locator(".ds-tile", has_text="Receivables")
    assert figures(tile.inner_text()) == [Decimal("3125.00"), Decimal("450.00")]


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


def test_a_click_on_a_day_shows_its_day_sheet_and_leads_to_the_next(tab, site, books):
    tab.goto(site.page("calendar"))
    tab.get_by_label("2026-09-14: 0 of 14 billed").first.click()
    expect(tab.get_by_role("heading", name="Day sheet of 2026-09-14")).to_be_visible()
    sheet = tab.get_by_role("region", name="Day sheet").last
    kept = sum(
        visit.date == datetime.date(2026, 9, 14) and visit.status == "completed" for visit in books.visits.values()
    )
    assert re.search(rf"Visits kept\s+{kept}\b", sheet.inner_text())
    tab.get_by_role("link", name="Next day").click()
    expect(tab.get_by_role("heading", name="Day sheet of 2026-09-15")).to_be_visible()


def test_only_files_of_a_pack_are_handed_out(tab, site):
    for name in ("../../main.beancount", "/etc/passwd", "main.beancount", ""):
        answer = tab.request.get(site.url + "pack", params={"year": "2026", "name": name})
        assert answer.status == 404


def test_the_calendar_outlines_the_week_without_bills(tab, site):
    tab.goto(site.page("calendar"))
    adams = tab.get_by_role("region", name="Billing calendar of Dr. Adams").locator("td .ds-lapsed")
    baker = tab.get_by_role("region", name="Billing calendar of Dr. Baker").locator("td .ds-lapsed")
    assert [label(day) for day in adams.all()] == [
        f"{name} 2026-09-{day}: 0 of 14 billed, in a lapse"
        for name, day in (("Mon", 14), ("Tue", 15), ("Wed", 16), ("Thu", 17), ("Fri", 18))
    ]
    assert [label(day) for day in baker.all()] == [
        f"{name} 2026-09-{day}: 0 of 12 billed, in a lapse" for name, day in (("Mon", 14), ("Wed", 16), ("Fri", 18))
    ]


def test_the_calendar_marks_closures(tab, site):
    tab.goto(site.page("calendar", time="2026-08"))
    closed = tab.get_by_role("region", name="Billing calendar of Dr. Adams").locator("td .ds-closed")
    expect(closed).to_have_count(5)
    assert label(closed.first) == "Mon 2026-08-10: closed"


def test_a_calendar_that_is_wider_than_the_screen_begins_at_its_lapse(tab, site):
    tab.goto(site.page("calendar"), wait_until="networkidle")
    expect(tab.get_by_label("2026-09-14").first).to_be_in_viewport()
    tab.goto(site.page("calendar", time="2025-02 - 2026-01"), wait_until="networkidle")
    expect(tab.get_by_label("2026-01-30").first).to_be_in_viewport()


def test_a_calendar_is_one_stop_for_the_tab_key_and_arrows_walk_it(tab, site):
    tab.goto(site.page("calendar"), wait_until="networkidle")
    calendars = tab.locator(".ds-calendar").all()
    assert [one.locator("a[tabindex='0']").count() for one in calendars] == [1] * len(calendars)
    calendars[0].locator("a[tabindex='0']").focus()
    for key, day in (("ArrowDown", "09-15"), ("ArrowRight", "09-22"), ("ArrowUp", "09-21"), ("ArrowUp", "09-20")):
        tab.keyboard.press(key)
        assert f"2026-{day}" in (tab.locator(":focus").get_attribute("aria-label") or "")
    tab.keyboard.press("Enter")
    expect(tab.get_by_role("heading", name="Day sheet of 2026-09-20")).to_be_visible()


def test_the_calendar_follows_the_time_filter(tab, site):
    tab.goto(site.page("calendar", time="2026-06"))
    days = tab.locator("td .ds-day").all()
    labels = [day.get_attribute("aria-label") for day in days]
    assert all(" 2026-06-" in label for label in labels)
    assert len(labels) == 30 * len(tab.locator(".ds-calendar").all())


def test_the_end_of_the_time_filter_is_the_day_that_pages_are_as_of(tab, site, books):
    tab.goto(site.page("worklist", time="2026-03"))
    expect(tab.locator(".ds-asof strong")).to_have_text("2026-03-31")
    assert "Billing lapse" not in tab.locator("#ds-findings").inner_text()


def test_a_filter_that_ends_after_the_books_stops_where_they_stop(tab, site, books):
    tab.goto(site.page("overview", time="2026 - 2030"))
    expect(tab.locator(".ds-asof strong")).to_have_text(str(books.as_of))


def test_the_account_filter_narrows_the_receivables(tab, site):
    tab.goto(site.page("receivables", account="Assets:Receivable:Insurance"))
    expect(tab.get_by_text("No receivables in this view")).to_be_visible()
    tab.goto(site.page("receivables", account="Assets:Receivable:Patients"))
    assert tab.locator(".ds-listed tbody a").all_inner_texts() == ["Patients"]


def test_the_account_filter_narrows_the_worklist(tab, site):
    tab.goto(site.page("worklist", account="Income:Visits:Baker"))
    lapses = tab.locator("#ds-findings tr", has_text="Billing lapse")
    expect(lapses).to_have_count(1)
    expect(lapses).to_contain_text("Dr. Baker")


def test_filters_stay_from_page_to_page(tab, site):
    tab.goto(site.page("overview", time="2026-06"))
    tab.get_by_role("navigation", name="Daysheet").get_by_role("link", name="Worklist").click()
    expect(tab.locator(".ds-asof strong")).to_have_text("2026-06-30")


def test_the_whole_list_is_seen_without_scrolling_sideways_on_any_screen(tab, site):
    tab.goto(site.page("worklist"))
    for width in (1280, 1100, 1040, 1039, 900, 768, 390):
        tab.set_viewport_size({"width": width, "height": 900})
        listed, room = tab.locator(".ds-scroll").evaluate("each => [each.scrollWidth, each.clientWidth]")
        assert listed <= room, width


def test_choosing_a_kind_shows_only_that_kind(tab, site):
    tab.goto(site.page("worklist"))
    tab.get_by_label("Kind").select_option("billing-lapse")
    expect(tab.locator("#ds-findings tbody tr")).to_have_count(2)


def test_searching_hides_what_does_not_match(tab, site):
    tab.goto(site.page("worklist"))
    before = tab.locator("#ds-findings tbody tr:visible").count()
    tab.get_by_label("Search").fill("lapse baker")
    expect(tab.locator("#ds-findings tbody tr:visible")).to_have_count(1)
    tab.get_by_label("Search").fill("lapse nobody")
    expect(tab.get_by_text("No finding has all of these words.")).to_be_visible()
    tab.get_by_label("Search").fill("")
    expect(tab.locator("#ds-findings tbody tr:visible")).to_have_count(before)


@pytest.mark.parametrize("key", ["click", "Enter", "Space"])
def test_sorting_by_money_turns_the_list_around(tab, site, key):
    tab.goto(site.page("worklist"), wait_until="networkidle")
    heading = tab.locator("#ds-findings th", has_text="At risk")
    for order in ("ascending", "descending"):
        if key == "click":
            heading.click()
        else:
            heading.press(key)
        expect(heading).to_have_attribute("aria-sort", order)
        column = [figures(cell)[0] for cell in tab.locator("#ds-findings .ds-money").all_inner_texts()]
        assert column == sorted(column, reverse=order == "descending")
        assert len(set(column)) > 1


def test_the_evidence_opens_in_favas_editor_at_its_line(tab, site, findings):
    tab.goto(site.page("worklist", kind="billing-lapse"))
    lapse = next(finding for finding in findings if finding.kind == "billing-lapse" and finding.provider == "adams")
    tab.locator("#ds-findings .ds-line").first.click()
    expect(tab).to_have_url(re.compile(rf"/editor/\?.*line={lapse.where[0]['lineno']}\b"))
    expect(tab.locator(".cm-editor")).to_be_visible()


def test_receivables_lead_to_the_invoice_and_its_journal(tab, site, books):
    tab.goto(site.page("receivables"))
    tab.locator(".ds-table tbody a", has_text="Patients").first.click()
    expect(tab).to_have_url(re.compile("owed="))  # the heading is the same before, and a click before that is lost
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


def test_what_explains_a_deposit_leads_to_its_line(tab, site):
    tab.goto(site.page("deposits", time="2026-12"))
    row = tab.get_by_role("region", name="Matched deposits").locator("tr", has_text="2026-12-31")
    expect(row).to_contain_text("1,000.00")
    expect(row).to_contain_text("Merchant services")
    row.get_by_role("link").click()
    expect(tab).to_have_url(re.compile(r"/editor/\?.*2026-12-chase-checking\.beancount&line=256\b"))


def test_the_account_filter_narrows_the_deposits(tab, site):
    tab.goto(site.page("deposits", account="Assets:Clearing:Deposits"))
    texts = tab.get_by_role("region", name="Matched deposits").locator("tbody tr").all_inner_texts()
    assert texts
    assert not any("Merchant services" in text for text in texts)
