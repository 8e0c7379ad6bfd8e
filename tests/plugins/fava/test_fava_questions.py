"""What each file of the inbox is; the questions of one that nobody knows, answered on a page; then it is imported."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from daysheet.books import loading
from playwright.sync_api import Page, expect

from tests.importers.detection.test_interview import BANK, VISITS

from .conftest import Site, looking
from .test_fava_inbox import VISITS as KNOWN
from .test_fava_inbox import dropped, empty, inbox_site
from .test_fava_looks import axe, fits, serious

pytestmark = pytest.mark.browser
__all__ = ("axe", "empty", "inbox_site")


@pytest.fixture
def asked_site(inbox_site) -> Iterator[Site]:
    """Books whose settings and facts are put back."""
    kept = {
        path: path.read_bytes()
        for name in ("daysheet.toml", "practice.beancount")
        for path in [inbox_site.books / name]
    }
    yield inbox_site
    for path in (inbox_site.books / "profiles").glob("*.toml"):
        path.unlink()
    for path, content in kept.items():
        path.write_bytes(content)


def ask(tab: Page, site: Site, name: str, text: str) -> None:
    tab.goto(site.page("import"), wait_until="networkidle")
    tab.locator("#ds-choose").set_input_files([dropped(name, text)])
    tab.get_by_role("link", name=f"Answer the questions of {name}").click()
    expect(tab.get_by_role("button", name="Write the profile")).to_be_enabled()


def test_the_inbox_says_what_each_file_is(tab, inbox_site):
    tab.goto(inbox_site.page("import"), wait_until="networkidle")
    files = [dropped("march.csv", KNOWN), dropped("harbor.csv", BANK), dropped("odd.csv", "a;b;c\nx;y;z\n")]
    tab.locator("#ds-choose").set_input_files(files)
    lines = tab.locator("#ds-inbox li")
    expect(lines.filter(has_text="march.csv")).to_contain_text("visits; 5 rows, 2026-03-02 to 2026-03-06")
    expect(lines.filter(has_text="harbor.csv")).to_contain_text("nobody knows yet; looks like bank or card statement")
    expect(tab.get_by_role("link", name="Answer the questions of harbor.csv")).to_be_visible()
    expect(lines.filter(has_text="odd.csv")).to_contain_text("of a kind that nobody knows yet")
    expect(tab.get_by_role("link", name="Answer the questions of odd.csv")).to_be_hidden()


def test_the_questions_of_a_banks_file_are_answered_and_it_is_imported(tab, asked_site):
    ask(tab, asked_site, "harbor.csv", BANK)
    expect(tab.locator("#ds-profile-said")).to_contain_text("a bank's or a card's file. 2 questions to answer")
    expect(tab.locator("#ds-columns")).to_contain_text("xxxxxx xxxx")
    expect(tab.locator("#ds-columns")).not_to_contain_text("COFFEE")
    write = tab.get_by_role("button", name="Write the profile")
    write.click()
    expect(tab.locator("#ds-profile [role=alert]")).to_have_text("answer what is open")
    tab.get_by_label("Dates as MM/DD/YYYY or DD/MM/YYYY?").select_option("%d/%m/%Y")
    tab.get_by_label("It is of the account").fill("Assets:Bank:Checking")
    write.click()
    expect(tab.locator("#ds-toast")).to_contain_text("Written: profiles/harbor.toml; it reads 3 entries")
    expect(tab.locator("#ds-preview-said")).to_contain_text("3 rows to book")
    tab.get_by_role("button", name="Take them into the books").click()
    expect(tab.locator("#ds-toast")).to_contain_text("3 rows booked")
    entries = loading.load(asked_site.books).entries
    assert [str(one.date) for one in entries if "source" in one.meta] == ["2026-04-03", "2026-04-05", "2026-04-06"]
    tab.locator("#ds-toast").get_by_role("button", name="Undo").click()
    expect(tab.get_by_text("Nothing was imported yet.")).to_be_visible()


def test_the_words_of_a_practices_export_are_said_and_the_profile_is_taken_back(tab, asked_site):
    folder = asked_site.books
    before = (folder / "daysheet.toml").read_bytes(), (folder / "practice.beancount").read_bytes()
    ask(tab, asked_site, "sched.csv", VISITS)
    tab.get_by_label('What does the word in line 4 of column "State" mean?').select_option("no-show")
    tab.get_by_label('Who is the provider in line 2 of column "Clinician"?').fill("alder")
    tab.get_by_role("button", name="Write the profile").click()
    toast = tab.locator("#ds-toast")
    expect(toast).to_contain_text("Written: profiles/practice-sched-visits.toml; its 5 rows give 5 visits")
    expect(tab.locator("#ds-preview-said")).to_contain_text("5 rows to book")
    assert (folder / "profiles" / "practice-sched-visits.toml").exists()
    toast.get_by_role("button", name="Undo").click()
    expect(toast).to_contain_text("Taken back: the profile practice-sched-visits")
    assert not (folder / "profiles" / "practice-sched-visits.toml").exists()
    assert ((folder / "daysheet.toml").read_bytes(), (folder / "practice.beancount").read_bytes()) == before


@pytest.mark.parametrize("screen", ["phone-dark", pytest.param("desktop-light", marks=pytest.mark.long)])
def test_the_page_of_questions_fits_reads_well_and_is_done_from_the_keyboard(browser, asked_site, axe, screen):
    with looking(browser, screen) as (page, problems):
        ask(page, asked_site, "harbor.csv", BANK)
        assert fits(page)
        assert serious(axe, page) == []
        page.get_by_label("Dates as").focus()
        page.keyboard.press("ArrowDown")
        page.keyboard.press("Tab")
        page.keyboard.type("Assets:Bank:Checking")
        page.keyboard.press("Enter")
        expect(page.locator("#ds-preview-said")).to_contain_text("3 rows to book")
        assert fits(page)
        assert problems == []
