"""Bank lines that nobody has decided on: given accounts on a page, several at once, with a rule, and taken back."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

import pytest
from beancount.core.data import Transaction
from daysheet.books import loading
from daysheet.books.index import number_of
from daysheet.importers import importing
from playwright.sync_api import expect

from tests.importers.amending.test_uncategorized import BANK

from .conftest import Site, looking, new_books, put_back, serving
from .test_fava_looks import axe, fits, serious

pytestmark = pytest.mark.browser
__all__ = ("axe",)

HOSTILE = 'X,01/25/2026,"SHOP <img src=x onerror=window.hacked=1> MALL",-7.00,ACH,,,\n'
RULED = '\n[[category]]\ntext = "granite"\naccount = "Expenses:Utilities"\n'


@pytest.fixture(scope="module")
def undecided(tmp_path_factory) -> Iterator[Site]:
    """Books with bank lines that nobody knows, and a rule for one of them that was written afterwards."""
    folder = new_books(tmp_path_factory.mktemp("categories") / "books")
    (folder.parent / "bank.csv").write_text(BANK + HOSTILE)
    importing.import_files(folder, [folder.parent / "bank.csv"])
    settings = folder / "daysheet.toml"
    settings.write_text(settings.read_text() + RULED)
    with serving(folder) as running:
        yield running


@pytest.fixture
def categories_site(undecided) -> Iterator[Site]:
    yield from put_back(undecided)
    (undecided.books / "main.beancount").touch()  # the settings are read again when the ledger is


def balance(site: Site, account: str) -> Decimal:
    entries = loading.load(site.books).entries
    legs = [leg for one in entries if isinstance(one, Transaction) for leg in one.postings]
    return sum((number_of(leg) for leg in legs if leg.account == account), Decimal())


def test_several_lines_are_given_accounts_with_a_rule_and_taken_back(tab, categories_site):
    """Two of one payee, 200.00, by a rule made of the choice; one, 35.10, as the settings' rule suggests."""
    settings = (categories_site.books / "daysheet.toml").read_bytes()
    tab.goto(categories_site.page("categorize"), wait_until="networkidle")
    rows = tab.locator(".ds-undecided li")
    expect(rows).to_have_count(5)
    expect(rows.filter(has_text="GRANITE")).to_contain_text("a rule in daysheet.toml fits")
    expect(rows.filter(has_text="CHECK 1202")).to_contain_text("its words name nobody")
    tab.get_by_role("button", name="Choose all with a suggestion").click()
    tab.get_by_label("The account of HENRY SCHEIN 4411").fill("Expenses:Supplies")
    tab.get_by_label("From now on all that begin as HENRY SCHEIN 4411").check()
    expect(tab.locator("#ds-chosen-sum")).to_have_text("2 chosen")
    tab.get_by_role("button", name="Give them these accounts").click()
    toast = tab.locator("#ds-toast")
    expect(toast).to_contain_text("3 bank lines given accounts, and 1 rule written into daysheet.toml.")
    expect(rows).to_have_count(3)
    assert balance(categories_site, "Expenses:Supplies") == Decimal("200.00")
    assert balance(categories_site, "Expenses:Utilities") == Decimal("35.10")
    assert b"^henry schein" in (categories_site.books / "daysheet.toml").read_bytes()
    toast.get_by_role("button", name="Undo").click()
    expect(toast).to_contain_text("undecided again")
    expect(rows).to_have_count(5)
    assert balance(categories_site, "Expenses:Supplies") == 0
    assert (categories_site.books / "daysheet.toml").read_bytes() == settings


def test_a_rule_of_lines_whose_import_was_undone_is_taken_out_with_what_was_given_them(tab, categories_site):
    """In two tabs: lines are given an account with a rule in one, their import is taken back in the other."""
    settings = (categories_site.books / "daysheet.toml").read_bytes()
    tab.goto(categories_site.page("categorize"), wait_until="networkidle")
    tab.get_by_label("The account of HENRY SCHEIN 4411").fill("Expenses:Supplies")
    tab.get_by_label("From now on all that begin as HENRY SCHEIN 4411").check()
    tab.get_by_role("button", name="Give them these accounts").click()
    toast = tab.locator("#ds-toast")
    expect(toast).to_contain_text("1 rule written into daysheet.toml")
    other = tab.context.new_page()
    other.goto(categories_site.page("import"), wait_until="networkidle")
    other.locator("#ds-before").get_by_role("button", name="Take back").click()
    expect(other.locator("#ds-toast")).to_contain_text("rules in daysheet.toml that fit no other bank line stay: 2")
    other.close()
    assert b"^henry schein" in (categories_site.books / "daysheet.toml").read_bytes()
    toast.get_by_role("button", name="Undo").click()
    expect(toast).to_contain_text("not in the books any more; 1 rule made of them taken out of daysheet.toml")
    assert (categories_site.books / "daysheet.toml").read_bytes() == settings


def test_lines_that_were_given_other_accounts_since_are_left_with_the_reason(tab, categories_site):
    tab.goto(categories_site.page("categorize"), wait_until="networkidle")
    tab.get_by_label("The account of HENRY SCHEIN 4411").fill("Expenses:Supplies")
    tab.get_by_role("button", name="Give them these accounts").click()
    toast = tab.locator("#ds-toast")
    expect(toast).to_contain_text("2 bank lines given accounts")
    (ledger,) = (path for path in categories_site.books.glob("2026/*.beancount") if "HENRY" in path.read_text())
    ledger.write_text(ledger.read_text().replace("Expenses:Supplies", "Expenses:Rent"))
    tab.expected_problems = 1  # the browser reports the refusal
    toast.get_by_role("button", name="Undo").click()
    expect(toast).to_contain_text("have changed since these lines were given accounts")
    assert balance(categories_site, "Expenses:Rent") == Decimal("200.00")


def test_an_account_that_is_none_is_said_at_the_form(tab, categories_site):
    tab.goto(categories_site.page("categorize"), wait_until="networkidle")
    give = tab.get_by_role("button", name="Give them these accounts")
    give.click()
    expect(tab.locator("#ds-categorize [role=alert]")).to_have_text("choose lines")
    tab.get_by_label("The account of CHECK 1202").fill("rent")
    tab.expected_problems = 1  # the browser reports the refusal
    give.click()
    expect(tab.locator("#ds-categorize [role=alert]")).to_contain_text(
        "this is no account; write it as Expenses:Supplies"
    )


def test_a_rule_that_is_wrong_is_said_and_nothing_is_called_decided(tab, categories_site):
    settings = categories_site.books / "daysheet.toml"
    settings.write_text(settings.read_text().replace('text = "granite"', 'text = "(granite"'))
    (categories_site.books / "main.beancount").touch()
    tab.goto(categories_site.page("categorize"), wait_until="networkidle")
    expect(tab.locator(".daysheet")).to_contain_text('"(granite" is no regular expression')
    expect(tab.locator(".daysheet")).not_to_contain_text("No bank line waits")


@pytest.mark.parametrize("screen", ["phone-dark", pytest.param("desktop-light", marks=pytest.mark.long)])
def test_the_page_fits_reads_well_and_is_done_from_the_keyboard(browser, categories_site, axe, screen):
    with looking(browser, screen) as (page, problems):
        page.goto(categories_site.page("categorize"), wait_until="networkidle")
        assert fits(page)
        assert serious(axe, page) == []
        assert page.evaluate("window.hacked") is None
        page.get_by_label("The account of CHECK 1202").focus()
        page.keyboard.type("Expenses:Rent")
        page.keyboard.press("Enter")
        expect(page.locator("#ds-toast")).to_contain_text("1 bank line given accounts.")
        assert (fits(page), serious(axe, page)) == (True, [])
        assert problems == []


def test_a_fava_that_runs_read_only_gives_nothing_an_account(browser, undecided):
    with serving(undecided.books, "--read-only") as site, looking(browser, "desktop-light") as (page, _):
        page.goto(site.page("categorize"), wait_until="networkidle")
        for control in page.locator("#ds-categorize :is(button, input)").all():
            expect(control).to_be_disabled()
