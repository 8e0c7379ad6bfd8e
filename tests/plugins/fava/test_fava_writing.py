"""What is written and downloaded from the pages in Fava, in the newest and the oldest Fava of our range."""

from __future__ import annotations

import csv

import pytest
from daysheet import checks
from daysheet.books import loading
from playwright.sync_api import Route, expect

from .test_fava import PAGES

pytestmark = pytest.mark.browser


def test_every_page_shows(tab, any_fava):
    for name, title in PAGES.items():
        tab.goto(any_fava.page(name))
        expect(tab.get_by_role("heading", name=title, exact=True)).to_be_visible()


def test_the_time_filter_as_a_person_types_it_narrows_a_page(tab, any_fava):
    tab.goto(any_fava.page("worklist"), wait_until="networkidle")
    time = tab.get_by_placeholder("Time")
    time.fill("2026-03")
    time.press("Enter")
    expect(tab.locator(".ds-asof strong")).to_have_text("2026-03-31")
    expect(tab.locator("#ds-findings")).not_to_contain_text("Billing lapse")


def test_the_account_filter_as_a_person_types_it_narrows_a_page(tab, any_fava):
    tab.goto(any_fava.page("worklist"), wait_until="networkidle")
    account = tab.get_by_placeholder("Account", exact=True)
    account.fill("Income:Visits:Baker")
    account.press("Enter")
    expect(tab.locator("#ds-findings tr", has_text="Billing lapse")).to_have_count(1)


def test_the_csv_holds_the_whole_worklist(tab, any_fava):
    tab.goto(any_fava.page("worklist"))
    with tab.expect_download() as download:
        tab.get_by_role("link", name="CSV").click()
    with open(download.value.path(), newline="", encoding="utf-8") as file:  # noqa: PTH123 - the browser's own file
        rows = list(csv.DictReader(file))
    findings = checks.run(loading.load(any_fava.books))
    assert {(row["kind"], row["key"]) for row in rows} == {(finding.kind, finding.key) for finding in findings}


def test_a_waiver_is_written_to_the_ledger_and_the_finding_is_gone(tab, any_fava):
    tab.goto(any_fava.page("worklist", kind="unbilled-visit"))
    rows = tab.locator("#ds-findings tbody tr").count()
    tab.locator(".ds-waive").first.click()
    tab.get_by_label("Reason").fill('courtesy visit, "agreed" \\ with <b>Adams</b>')
    tab.locator("#ds-confirm").click()
    expect(tab.locator("#ds-findings tbody tr")).to_have_count(rows - 1)
    books = loading.load(any_fava.books)
    (waiver,) = books.waivers.values()
    assert waiver.reason == 'courtesy visit, "agreed" \\ with <b>Adams</b>'


def test_a_button_waits_for_the_script_that_it_needs(tab, own_site):
    """A click before that would do nothing."""
    held: list[Route] = []
    tab.route("**/extension_js_module/*", lambda route: held.append(route))  # noqa: PLW0108 - it wants a function of Python
    for page, button in {"worklist": ".ds-waive", "packs": "#ds-build button"}.items():
        with tab.expect_request("**/extension_js_module/*"):
            tab.goto(own_site.page(page))
        expect(tab.locator(button).first).to_be_disabled()
        held.pop().continue_()
        expect(tab.locator(button).first).to_be_enabled()


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


def test_a_waiver_can_be_left_from_the_keyboard(tab, own_site):
    tab.goto(own_site.page("worklist", kind="unbilled-visit"), wait_until="networkidle")
    tab.locator(".ds-waive").first.press("Enter")
    expect(tab.get_by_label("Reason")).to_be_focused()
    tab.keyboard.press("Escape")
    expect(tab.locator("#ds-waiver")).to_be_hidden()
    expect(tab.locator(".ds-waive").first).to_be_focused()


def test_a_read_only_fava_refuses_a_waiver(tab, read_only_site):
    before = (read_only_site.books / "main.beancount").read_bytes()
    tab.goto(read_only_site.page("worklist", kind="unbilled-visit"))
    tab.locator(".ds-waive").first.click()
    tab.get_by_label("Reason").fill("courtesy")
    tab.expected_problems = 1
    tab.locator("#ds-confirm").click()
    expect(tab.get_by_role("alert")).to_contain_text("read-only")
    assert (read_only_site.books / "main.beancount").read_bytes() == before


# a pack that comes from the cache is built faster than a test can look
WATCH_PROGRESS = """() => {
    const bar = document.getElementById("ds-progress");
    const look = () => { if (!bar.hidden) sessionStorage.progress = "shown"; };
    new MutationObserver(look).observe(bar, { attributes: true });
}"""


def test_a_pack_is_built_downloaded_and_verified(tab, own_site):
    tab.goto(own_site.page("packs"))
    expect(tab.get_by_text("No pack was built yet.")).to_be_visible()
    tab.get_by_label("Year").select_option("2026")
    tab.evaluate(WATCH_PROGRESS)
    tab.get_by_role("button", name="Build the pack").click()
    shelf = tab.get_by_role("region", name="Pack of 2026")
    expect(shelf).to_be_visible(timeout=600_000)
    assert tab.evaluate("sessionStorage.progress") == "shown"
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


def test_a_read_only_fava_builds_no_pack(tab, read_only_site):
    tab.goto(read_only_site.page("packs"))
    tab.expected_problems = 1
    tab.get_by_role("button", name="Build the pack").click()
    expect(tab.get_by_role("status")).to_contain_text("read-only")
    assert not (read_only_site.books / "packs").exists()
