"""What is written and downloaded from the pages in Fava, in the newest and the oldest Fava of our range."""

from __future__ import annotations

import csv
import re
import time
from decimal import Decimal

import pytest
from daysheet import checks
from daysheet.books import loading
from daysheet.findings import gap
from daysheet.worklist.waivers import waive_finding
from playwright.sync_api import Route, expect

from .conftest import looking
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


def downloaded(tab, link: str) -> list[dict[str, str]]:
    with tab.expect_download() as download:
        tab.get_by_role("link", name=link).click()
    with open(download.value.path(), newline="", encoding="utf-8") as file:  # noqa: PTH123 - the browser's own file
        return list(csv.DictReader(file))


def test_the_csv_is_what_the_page_shows_and_counts_each_visit_once(tab, any_fava):
    tab.goto(any_fava.page("worklist"), wait_until="networkidle")
    findings = checks.run(loading.load(any_fava.books))
    covered = frozenset().union(*(finding.covers for finding in findings))
    own = {(one.kind, one.key) for one in findings if one.kind != "unbilled-visit" or one.key not in covered}
    rows = downloaded(tab, "CSV")
    assert {(row["kind"], row["key"]) for row in rows} == own
    never = [Decimal(row["amount"]) for row in rows if row["kind"] in ("billing-lapse", "unbilled-visit")]
    assert sum(never) == gap(findings).gross
    tab.get_by_label("Search").fill("lapse baker")
    expect(tab.locator("#ds-findings tbody tr")).to_have_count(1)
    assert [row["key"] for row in downloaded(tab, "CSV")] == ["baker/2026-09-14"]


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


def test_the_waiver_says_what_it_sets_aside_and_can_be_undone(tab, own_site):
    """70 visits at 50.00 of 5,750.00; undone, nothing of it is left in the ledger."""
    tab.goto(own_site.page("worklist", kind="billing-lapse"))
    tab.locator("#ds-findings tr", has_text="Adams").locator(".ds-waive").click()
    effect = tab.locator("#ds-waiver-effect")
    expect(effect).to_contain_text("70 visits of 2026-09-14 to 2026-09-18, 3,500.00 USD; other days stay")
    expect(effect).to_contain_text("from 5,750.00 USD to 2,250.00 USD")
    tab.get_by_label("Reason").fill("charity week")
    tab.locator("#ds-confirm").click()
    toast = tab.locator("#ds-toast")
    expect(toast).to_contain_text("in waivers.beancount: billing-lapse adams/2026-09-14")
    toast.get_by_role("button", name="Undo").click()
    expect(tab.locator("#ds-findings tbody tr")).to_have_count(2)
    assert loading.load(own_site.books).waivers == {}


def test_what_is_waived_is_listed_and_taken_back(tab, own_site):
    waive_finding(own_site.books, "V10216", "courtesy, agreed")
    tab.goto(own_site.page("waived"))
    row = tab.locator("#ds-waived tbody tr")
    for text in ("Unbilled visit", "V10216", "courtesy, agreed", "2026-12-31"):
        expect(row).to_contain_text(text)
    row.get_by_role("button").click()
    expect(tab.get_by_text("Nothing is set aside.")).to_be_visible()
    assert loading.load(own_site.books).waivers == {}


def test_under_a_past_filter_what_the_page_shows_is_waived(tab, own_site):
    tab.goto(own_site.page("worklist", kind="unbilled-visit", time="2026-01"))
    tab.locator(".ds-waive").first.click()
    expect(tab.locator("#ds-waiver-effect")).to_contain_text("As of 2026-01-31")
    tab.get_by_label("Reason").fill("courtesy")
    tab.locator("#ds-confirm").click()
    expect(tab.locator("#ds-toast")).to_contain_text("as of 2026-01-31")


def test_two_who_waive_at_once_write_one_waiver(browser, own_site):
    with looking(browser, "desktop-light") as (one, _), looking(browser, "desktop-light") as (two, _):
        for tab in (one, two):
            tab.goto(own_site.page("worklist", kind="billing-lapse"))
            tab.locator("#ds-findings tr", has_text="Baker").locator(".ds-waive").click()
            tab.get_by_label("Reason").fill("charity week")
        for tab in (one, two):
            tab.evaluate("document.getElementById('ds-confirm').click()")
        for tab in (one, two):
            expect(tab.locator("#ds-error:not(:empty), #ds-toast:not([hidden])").first).to_contain_text("et aside")
    assert (own_site.books / "waivers.beancount").read_text().count('"waived"') == 1


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


@pytest.mark.parametrize(("reason", "said"), [("   ", "needs a reason"), ("long " * 100, "of at most 300")])
def test_a_reason_that_is_none_or_too_long_is_said_at_the_field(tab, own_site, reason, said):
    tab.goto(own_site.page("worklist", kind="unbilled-visit"))
    tab.locator(".ds-waive").first.click()
    tab.get_by_label("Reason").fill(reason)
    tab.locator("#ds-confirm").click()
    expect(tab.get_by_role("alert")).to_contain_text(said)
    expect(tab.get_by_label("Reason")).to_be_focused()
    assert not (own_site.books / "waivers.beancount").exists()


def test_a_waiver_can_be_left_from_the_keyboard(tab, own_site):
    tab.goto(own_site.page("worklist", kind="unbilled-visit"), wait_until="networkidle")
    tab.locator(".ds-waive").first.press("Enter")
    expect(tab.get_by_label("Reason")).to_be_focused()
    tab.keyboard.press("Escape")
    expect(tab.locator("#ds-waiver")).to_be_hidden()
    expect(tab.locator(".ds-waive").first).to_be_focused()


def test_a_read_only_fava_offers_nothing_that_it_refuses(tab, read_only_site):
    for page, button in {"worklist": ".ds-waive", "packs": "#ds-build button"}.items():
        tab.goto(read_only_site.page(page), wait_until="networkidle")
        expect(tab.locator(button).first).to_be_disabled()
        expect(tab.locator(button).first).to_have_attribute("title", re.compile("read-only"))
        expect(tab.get_by_text("Fava runs read-only")).to_be_visible()


def test_a_schedule_is_declared_by_a_form_and_undone(tab, own_site):
    """Dr. Baker from February on Tuesdays and Wednesdays alone."""
    tab.goto(own_site.page("calendar"), wait_until="networkidle")
    form = tab.locator("#ds-schedule")
    form.get_by_role("button").click()
    expect(form.get_by_role("alert")).to_contain_text("say from which day on")
    expect(form.get_by_label("From")).to_be_focused()
    form.get_by_label("Who").select_option("Dr. Baker")
    form.get_by_label("From").fill("2027-02-01")
    for day in ("Mon", "Thu", "Fri"):
        form.get_by_label(day).uncheck()
    form.get_by_label("Visits a day").fill("9")
    form.get_by_role("button").click()
    row = tab.locator("#ds-schedules tr", has_text="2027-02-01")
    expect(row).to_contain_text("Tue Wed")
    assert loading.load(own_site.books).providers["baker"][-1].visits_per_day == 9
    tab.locator("#ds-toast").get_by_role("button", name="Undo").click()
    expect(row).to_have_count(0)
    assert len(loading.load(own_site.books).providers["baker"]) == 1


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
        main.write('2026-12-30 * "Late" "entry"\n  Expenses:Supplies  1.00 USD\n  Expenses:Office  -1.00 USD\n')
    until = time.monotonic() + 60
    while not shelf.get_by_text("Stale: the books say more or other things of 2026").count():
        assert time.monotonic() < until
        tab.reload(wait_until="networkidle")  # until Fava has seen that a file changed
    shelf.get_by_role("button", name="Verify").click()
    expect(shelf.get_by_role("status")).to_contain_text("No: ", timeout=60_000)


def test_a_build_is_seen_after_a_reload_and_a_year_without_entries_is_refused(tab, own_site):
    tab.goto(own_site.page("packs"), wait_until="networkidle")
    tab.evaluate("document.getElementById('ds-year').options[0].textContent = '99999'")
    tab.evaluate("document.getElementById('ds-year').options[0].value = '99999'")
    tab.get_by_label("Year").select_option("99999")
    tab.expected_problems = 1  # the browser reports the refusal
    tab.get_by_role("button", name="Build the pack").click()
    expect(tab.locator("#ds-build-said")).to_contain_text("hold nothing of 99999")
    tab.reload(wait_until="networkidle")
    tab.get_by_role("button", name="Build the pack").click()
    expect(tab.locator("#ds-build-said")).to_contain_text("Building 2026")
    tab.reload()
    expect(tab.locator("#ds-build-said")).to_contain_text("Building 2026")
    expect(tab.get_by_role("region", name="Pack of 2026")).to_be_visible(timeout=600_000)
