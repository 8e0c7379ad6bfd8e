"""Files dropped onto the page: looked at, taken, and taken back, as `daysheet import` and `undo` do it."""

from __future__ import annotations

import shutil
from collections.abc import Iterator

import pytest
from daysheet.books import loading
from playwright.sync_api import FilePayload, expect

from .conftest import SCREENS, Site, new_books, serving
from .test_fava_looks import axe, fits, serious

pytestmark = pytest.mark.browser
__all__ = ("axe",)

PROVIDER = '\n2026-01-01 custom "provider" "adams" "Dr. Adams"\n  days: "mon tue wed thu fri"\n  fee: 80.00 USD\n'
HEAD = "visit_id,date,provider,patient_id,status,service,fee\n"
VISITS = HEAD + "".join(f"K{day},2026-03-{day:02},adams,P-{day},completed,exam,80.00\n" for day in range(2, 7))


@pytest.fixture(scope="module")
def empty(tmp_path_factory) -> Iterator[Site]:
    folder = tmp_path_factory.mktemp("drop") / "books"
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("DAYSHEET_SECRET", "a secret of these tests alone")
        new_books(folder)
        with (folder / "practice.beancount").open("a") as file:
            file.write(PROVIDER)
        with serving(folder) as running:
            yield running


@pytest.fixture
def inbox_site(empty) -> Iterator[Site]:
    yield empty
    shutil.rmtree(empty.books / "inbox")
    (empty.books / "inbox").mkdir()


def dropped(name: str, text: str) -> FilePayload:
    return {"name": name, "mimeType": "text/csv", "buffer": text.encode()}


def test_a_file_is_dropped_looked_at_taken_and_taken_back(tab, inbox_site, axe):
    """5 visits at 80.00 and one that says no day; another file that nobody knows."""
    main = (inbox_site.books / "imports.beancount").read_bytes()
    tab.goto(inbox_site.page("import"), wait_until="networkidle")
    files = [dropped("march.csv", VISITS), dropped("odd.csv", "a;b;c\n1;2;3\n")]
    tab.locator("#ds-choose").set_input_files(files)
    expect(tab.locator("#ds-inbox li")).to_have_count(2)
    tab.get_by_role("button", name="Look at what they would do").click()
    expect(tab.locator("#ds-preview-said")).to_have_text("5 rows to book, 0 already there, 0 skipped; 1 file refused.")
    march = tab.locator(".ds-file", has_text="march.csv")
    expect(march).to_contain_text("5 rows = 5 booked + 0 already there + 0 skipped")
    expect(march).to_contain_text("400.00 USD = 400.00 booked")
    expect(tab.locator(".ds-file", has_text="odd.csv: refused")).to_contain_text("no kind that Daysheet knows")
    expect(tab.locator("#ds-previewed")).not_to_contain_text(str(inbox_site.books))
    for screen in ("phone-light", "desktop-light"):
        tab.set_viewport_size(SCREENS[screen]["viewport"])
        assert (fits(tab), serious(axe, tab)) == (True, [])
    assert (inbox_site.books / "imports.beancount").read_bytes() == main
    assert not loading.load(inbox_site.books).visits
    tab.get_by_role("button", name="Take them into the books").click()
    toast = tab.locator("#ds-toast")
    expect(toast).to_contain_text("5 rows booked")
    expect(tab.locator("#ds-before tbody tr")).to_have_count(1)
    assert (fits(tab), serious(axe, tab)) == (True, [])
    assert len(loading.load(inbox_site.books).visits) == 5
    toast.get_by_role("button", name="Undo").click()
    expect(tab.get_by_text("Nothing was imported yet.")).to_be_visible()
    assert not loading.load(inbox_site.books).visits


def test_a_file_that_changed_since_it_was_looked_at_is_not_taken(tab, inbox_site, axe):
    (inbox_site.books / "inbox" / "march.csv").write_text(VISITS)
    tab.goto(inbox_site.page("import"), wait_until="networkidle")
    tab.get_by_role("button", name="Look at what they would do").click()
    expect(tab.locator("#ds-preview-said")).to_contain_text("5 rows to book")
    (inbox_site.books / "inbox" / "march.csv").write_text(VISITS.replace("80.00", "8000.00"))
    tab.expected_problems = 1  # the browser reports the refusal
    tab.get_by_role("button", name="Take them into the books").click()
    expect(tab.locator("#ds-toast")).to_contain_text("changed since it was looked at")
    assert (fits(tab), serious(axe, tab)) == (True, [])
    assert not loading.load(inbox_site.books).visits


@pytest.mark.parametrize("name", ["../escaped.csv", ".hidden", "a/b.csv", "x" * 200, "\u202egnp.csv"])
def test_no_name_leads_out_of_the_inbox(tab, inbox_site, name):
    tab.goto(inbox_site.page("import"), wait_until="networkidle")
    before = sorted(inbox_site.books.rglob("*"))
    answer = tab.evaluate(
        """async (name) => {
            const { base, token } = document.querySelector(".daysheet").dataset;
            const url = new URL(base, location.href);
            url.pathname += "drop";
            url.searchParams.set("name", name);
            return (await fetch(url, { method: "POST", headers: { "X-Daysheet-Token": token }, body: "x" })).status;
        }""",
        name,
    )
    tab.expected_problems = 1
    assert answer == 409
    assert [path for path in sorted(inbox_site.books.rglob("*")) if path.name != ".daysheet.lock"] == [
        path for path in before if path.name != ".daysheet.lock"
    ]
