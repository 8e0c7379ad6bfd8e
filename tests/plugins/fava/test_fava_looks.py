"""Each page in Fava on each screen: it shows, fits, reads well to everybody, and shows hostile text as text."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from typing import NamedTuple

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect

from tests import forked

from .conftest import HOSTILE, SCREENS, Site, looking, sample_books, serving

pytestmark = pytest.mark.browser

PAGES: dict[str, tuple[str, str, dict[str, str]]] = {
    "overview": ("Overview", "overview", {}),
    "calendar": ("Billing calendar", "calendar", {}),
    "day sheet": ("Day sheet of 2026-09-14", "day", {"day": "2026-09-14"}),
    "lapse": ("Lapse of 2026-09-14 to 2026-09-18", "lapse", {"key": "adams/2026-09-14"}),
    "worklist": ("Worklist", "worklist", {}),
    "waived": ("Waived", "waived", {}),
    "import": ("Import", "import", {}),
    "categorize": ("Categorize", "categorize", {}),
    "receivables": ("Receivables", "receivables", {}),
    "deposits": ("Deposits", "deposits", {}),
    "cash": ("Cash", "cash", {}),
    "claims": ("Claims", "claims", {}),
    "packs": ("Packs", "packs", {}),
    "outbox": ("Outbox", "outbox", {}),
}

ESCAPED = HOSTILE.replace('"', '\\"')
HOSTILE_BOOKS = f"""
2026-01-05 custom "provider" "adams" "{ESCAPED}"
  days: "mon tue wed thu fri"
  visits-per-day: 14
  fee: 50.00 USD
2026-01-01 custom "payer" "evil" "{ESCAPED}"
  receivable: Assets:Receivable:Insurance:Evil
2026-01-01 open Assets:Receivable:Insurance:Evil
2026-01-01 open Assets:Clearing:Evil

2026-12-01 * "{ESCAPED}" "{ESCAPED}" ^inv-EVIL-1
  provider: "adams"
  payer: "evil"
  due: 2026-12-31
  Assets:Receivable:Insurance:Evil  311.07 USD
  Equity:Billing:Charges           -311.07 USD

; two checks alike, of which the bank shows one
2026-12-20 * "{ESCAPED}" "{ESCAPED}" ^inv-EVIL-1
  payment: "PMT-A"
  method: "check"
  payer: "evil"
  Assets:Clearing:Evil               61.07 USD
  Income:Visits:Adams               -61.07 USD
  Assets:Receivable:Insurance:Evil  -61.07 USD
  Equity:Billing:Collected           61.07 USD
2026-12-21 * "{ESCAPED}" "{ESCAPED}" ^inv-EVIL-1
  payment: "PMT-B"
  method: "check"
  payer: "evil"
  Assets:Clearing:Evil               61.07 USD
  Income:Visits:Adams               -61.07 USD
  Assets:Receivable:Insurance:Evil  -61.07 USD
  Equity:Billing:Collected           61.07 USD
2026-12-22 * "{ESCAPED}" "either of two"
  Assets:Bank:Checking               61.07 USD
  Assets:Clearing:Evil              -61.07 USD

; a check that no bank line brings, and a bank line that no receipt explains
2026-12-02 * "{ESCAPED}" "{ESCAPED}" ^inv-EVIL-1
  payment: "PMT-LATE"
  method: "check"
  payer: "evil"
  Assets:Clearing:Evil               39.39 USD
  Income:Visits:Adams               -39.39 USD
  Assets:Receivable:Insurance:Evil  -39.39 USD
  Equity:Billing:Collected           39.39 USD
2026-12-30 * "{ESCAPED}" "nothing like it"
  Assets:Bank:Checking             5151.51 USD
  Assets:Clearing:Evil            -5151.51 USD
"""


class Shown(NamedTuple):
    """A page as a screen shows it."""

    tab: Page
    problems: list[str]
    name: str


@pytest.fixture(scope="session")
def axe() -> Axe:
    return Axe()


@pytest.fixture(scope="session")
def hostile_site(tmp_path_factory) -> Iterator[Site]:
    """The sample books with names, payees and narrations that are scripts, and with deposits that are not clear."""
    folder = sample_books(tmp_path_factory.mktemp("hostile") / "books")
    (folder / "2026" / "2026-12-hostile.beancount").write_text(HOSTILE_BOOKS)
    with serving(folder) as running:
        yield running


def on_screens(*usual: str) -> list[object]:
    """Each page on each screen: on these in every run, on the others among the heavier sweeps."""
    return [
        pytest.param((screen, name), id=f"{screen}-{name}", marks=() if screen in usual else pytest.mark.long)
        for screen in SCREENS
        for name in PAGES
    ]


@pytest.fixture(scope="module", params=on_screens("desktop-light", "phone-dark"))
def shown(browser, site, request) -> Iterator[Shown]:
    yield from show(browser, site, *request.param)


@pytest.fixture(scope="module", params=on_screens("phone-dark"))
def hostile(browser, hostile_site, request) -> Iterator[Shown]:
    yield from show(browser, hostile_site, *request.param)


def show(browser: Browser, site: Site, screen: str, name: str) -> Iterator[Shown]:
    """Go to a page and wait until its script has run."""
    title, page, values = PAGES[name]
    with looking(browser, screen) as (tab, problems):
        tab.goto(site.page(page, **values))
        expect(tab.get_by_role("heading", name=title, exact=True)).to_be_visible()
        tab.wait_for_load_state("networkidle")
        yield Shown(tab, problems, name)


def fits(tab: Page) -> bool:
    """Whether nothing of our part sticks out of it, and nothing of a tile or a button out of that."""
    found: bool = tab.evaluate(
        """() => [document.querySelector(".daysheet"), ...document.querySelectorAll(".ds-tile, .daysheet button")]
            .every((box) => box.scrollWidth <= box.clientWidth + 1)"""
    )
    return found


def serious(axe: Axe, tab: Page) -> list[tuple[str, str]]:
    """What axe calls serious or critical; what is outside our part, or in Fava's own chart component, is Fava's."""
    ours = {"include": [[".daysheet"]], "exclude": [["svelte-component"]]}
    violations = axe.run(tab, context=ours).response["violations"]
    return [(one["id"], one["nodes"][0]["html"]) for one in violations if one["impact"] in ("serious", "critical")]


def test_a_page_shows_without_a_console_error(shown):
    assert shown.problems == []


def test_a_page_fits_the_screen(shown):
    assert fits(shown.tab)


def test_a_page_has_no_serious_accessibility_problem(shown, axe):
    assert serious(axe, shown.tab) == []


def test_hostile_text_does_nothing(hostile):
    assert hostile.tab.evaluate("window.hacked") is None
    assert hostile.problems == []


def test_hostile_text_is_shown_as_text(hostile):
    """Wherever a page names a provider, a payer or what the bank says."""
    names_nobody = hostile.name in ("packs", "waived", "import", "categorize", "cash", "claims", "outbox")
    assert (HOSTILE in hostile.tab.locator(".daysheet").inner_text()) != names_nobody


def test_hostile_text_breaks_no_layout(hostile):
    assert fits(hostile.tab)


def test_the_waiver_shows_hostile_text_as_text(tab, hostile_site):
    tab.goto(hostile_site.page("worklist", kind="billing-lapse"), wait_until="networkidle")
    tab.locator(".ds-waive").first.click()
    assert HOSTILE in tab.locator("#ds-waiver-what").inner_text()
    assert tab.evaluate("window.hacked") is None


def test_hostile_text_does_nothing_in_the_journal_of_an_invoice(tab, hostile_site):
    """The journal is Fava's own page: how it writes a payee is not ours to say."""
    tab.goto(hostile_site.page("receivables", owed="Assets:Receivable:Insurance:Evil"), wait_until="networkidle")
    tab.get_by_role("link", name="EVIL-1", exact=True).click()
    expect(tab.locator(".journal .transaction")).to_have_count(4)
    assert tab.evaluate("window.hacked") is None


def test_a_payee_of_an_imported_file_is_no_markup_in_favas_journal(tab, tmp_path):
    """Fava's journal shows a payee as HTML, so none that could begin a tag may get into the books."""
    books = sample_books(tmp_path / "books")
    file = tmp_path / "Chase1234_Activity.csv"
    file.write_text(
        "Details,Posting Date,Description,Amount,Type,Balance,Check or Slip #\n"
        'DEBIT,01/05/2027,"SHOP <img src=x onerror=window.hacked=1> 7 < 9",-5.00,ACH,,,\n'
    )
    command = [
        forked.program(),
        "--books",
        str(books),
        "import",
        str(file),
    ]
    subprocess.run(command, check=True, capture_output=True)
    with serving(books) as site:
        tab.goto(site.url.replace("extension/Daysheet/", "journal/?time=2027-01"), wait_until="networkidle")
        expect(tab.locator(".journal").last).to_contain_text("SHOP ‹img src=x onerror=window.hacked=1> 7 < 9")
        assert tab.evaluate("window.hacked") is None


def test_receivables_of_several_payers_are_summed(tab, hostile_site):
    """Patients owe 3,125.00; of the insurer's 311.07 two checks of 61.07 and one of 39.39 are paid."""
    tab.goto(hostile_site.page("receivables"))
    assert tab.locator("tfoot td").last.inner_text().strip() == "3,274.54"


def test_an_unclear_bank_line_is_listed_with_its_text_and_each_candidate(tab, hostile_site):
    tab.goto(hostile_site.page("deposits"))
    row = tab.get_by_role("region", name="Unmatched bank lines").locator("tr", has_text="either of two")
    for text in ("61.07", HOSTILE, "PMT-A", "PMT-B", "2 groups of receipts"):
        expect(row).to_contain_text(text)


def test_a_bank_line_that_nothing_explains_says_so(tab, hostile_site):
    tab.goto(hostile_site.page("deposits"))
    row = tab.get_by_role("region", name="Unmatched bank lines").locator("tr", has_text="nothing like it")
    expect(row).to_contain_text("no receipts add up to it")


def test_deposits_that_are_not_clear_have_no_serious_accessibility_problem(tab, hostile_site, axe):
    tab.goto(hostile_site.page("deposits", time="2026-12-10 to 2026-12-31"), wait_until="networkidle")
    assert serious(axe, tab) == []


def test_a_receipt_that_should_be_at_the_bank_is_listed(tab, hostile_site):
    tab.goto(hostile_site.page("deposits"))
    expect(tab.get_by_role("region", name="Overdue receipts").locator("tbody tr")).to_have_count(1)
    expect(tab.get_by_role("region", name="Overdue receipts")).to_contain_text("PMT-LATE")


def test_what_is_not_reconciled_stands_on_the_overview(tab, hostile_site):
    """61.07 and 5,151.51 at the bank that are not clear, and 39.39 that did not reach it."""
    tab.goto(hostile_site.url)
    tile = tab.locator(".ds-tile", has_text="Unreconciled")
    expect(tile).to_contain_text("5,251.97")
    expect(tile).to_contain_text("2 bank lines unexplained, 1 receipt late")


@pytest.mark.parametrize("name", [name for name in PAGES if name not in ("day sheet", "lapse")])
def test_every_page_shows_on_new_books(tab, new_site, name, axe):
    title, page, _ = PAGES[name]
    tab.goto(new_site.page(page), wait_until="networkidle")
    expect(tab.get_by_role("heading", name=title, exact=True)).to_be_visible()
    assert fits(tab)
    assert serious(axe, tab) == []


@pytest.mark.parametrize("screen", ["phone-dark", pytest.param("desktop-light", marks=pytest.mark.long)])
def test_what_opens_from_a_page_fits_and_reads_well(browser, site, axe, screen):
    """The dialog that waives, and a patient's account."""
    with looking(browser, screen) as (tab, problems):
        tab.goto(site.page("worklist"), wait_until="networkidle")
        tab.locator(".ds-waive").first.click()
        expect(tab.locator("#ds-confirm")).to_be_enabled()
        assert (fits(tab), serious(axe, tab)) == (True, [])
        tab.goto(site.page("receivables"), wait_until="networkidle")
        tab.locator("#ds-patients tbody a").first.click()
        expect(tab.get_by_role("button", name="Statement as PDF")).to_be_enabled()
        assert (fits(tab), serious(axe, tab)) == (True, [])
        assert problems == []
