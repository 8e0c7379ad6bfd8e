"""Bank lines that nothing explains, resolved on the page: which receipts they brought, in parts, short, taken back."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

import pytest
from beancount.core.data import Transaction
from daysheet.books import loading
from daysheet.books.index import number_of
from daysheet.cash.reconciliation import Reconciliation, reconcile
from daysheet.importers import importing
from playwright.sync_api import Page, expect

from .conftest import HOSTILE, SCREENS, Site, looking, new_books, put_back, serving
from .test_fava_looks import axe, fits, hostile_site, serious

pytestmark = pytest.mark.browser
__all__ = ("axe", "hostile_site")

PAYMENTS = (
    "payment_id,date,invoice_id,payer,method,amount,reference\n"
    "C1,2026-04-06,I1,,check,70.00,\n"
    "C2,2026-04-06,I2,,check,54.00,\n"
    "C3,2026-04-06,I3,,cash,35.50,\n"
    "C4,2026-04-08,I4,,check,60.00,\n"
    "C5,2026-04-08,I5,,check,60.00,\n"
    "K1,2026-04-09,I6,,card,81.20,\n"
    "C7,2026-04-20,I7,,check,44.00,\n"
)
BANK = (
    "Details,Posting Date,Description,Amount,Type,Balance,Check or Slip #\n"
    "DSLIP,04/10/2026,DEPOSIT ID NUMBER 13,81.20,DEPOSIT,,,\n"
    "DSLIP,04/09/2026,DEPOSIT ID NUMBER 12,60.00,DEPOSIT,,,\n"
    "DSLIP,04/07/2026,DEPOSIT ID NUMBER 11,150.50,DEPOSIT,,,\n"
)
"""9.00 short of three receipts; either of two checks; and a card batch on the account of checks."""


@pytest.fixture(scope="module")
def unclear(tmp_path_factory) -> Iterator[Site]:
    folder = tmp_path_factory.mktemp("deposits") / "books"
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("DAYSHEET_SECRET", "a secret of these tests alone")
        new_books(folder)
        for name, text in (("payments.csv", PAYMENTS), ("bank.csv", BANK)):
            (folder.parent / name).write_text(text)
        importing.import_files(folder, [folder.parent / "payments.csv", folder.parent / "bank.csv"])
        with serving(folder) as running:
            yield running


@pytest.fixture
def deposits_site(unclear) -> Iterator[Site]:
    yield from put_back(unclear)


def found(folder: Path) -> Reconciliation:
    books = loading.load(folder)
    return reconcile(books, books.entries[-1].date)


def balance(folder: Path, account: str) -> Decimal:
    legs = [leg for one in loading.load(folder).entries if isinstance(one, Transaction) for leg in one.postings]
    return sum((number_of(leg) for leg in legs if leg.account == account), Decimal())


def resolve(tab: Page, site: Site, amount: str) -> None:
    tab.goto(site.page("deposits"), wait_until="networkidle")
    tab.get_by_role("link", name=f", {amount}", exact=False).click()
    expect(tab.locator("#ds-match button[type=submit]")).to_be_enabled()


def test_a_short_deposit_is_settled_with_its_reason_and_taken_back(tab, deposits_site):
    folder = deposits_site.books
    resolve(tab, deposits_site, "150.50")
    expect(tab.locator("#ds-match-sum")).to_have_text("Chosen: 159.50 of 150.50: short by 9.00.")
    expect(tab.locator("#ds-match")).to_contain_text("Perhaps C2 (54.00)")
    write = tab.get_by_role("button", name="Write it")
    write.click()
    expect(tab.locator("#ds-match [role=alert]")).to_have_text("say where the difference goes")
    tab.get_by_label("Goes to").fill("Expenses:CashShort")
    write.click()
    expect(tab.locator("#ds-match [role=alert]")).to_have_text("say why there is a difference")
    tab.get_by_label("Why").fill("the teller counted 45 for 54")
    write.click()
    toast = tab.locator("#ds-toast")
    expect(toast).to_contain_text(
        "Bank line of 2026-04-07, 150.50 USD: 3 receipts, short by 9.00 USD. In deposited.beancount."
    )
    row = tab.get_by_role("region", name="Matched deposits").locator("tr", has_text="150.50")
    expect(row).to_contain_text("what you said: short by 9.00, the teller counted 45 for 54")
    assert balance(folder, "Expenses:CashShort") == Decimal("9.00")
    toast.get_by_role("button", name="Undo").click()
    expect(toast).to_contain_text("the bank line is open again")
    assert balance(folder, "Expenses:CashShort") == 0
    assert "150.50" in [str(one.deposit.amount) for one in found(folder).open_deposits]


def test_one_of_several_explanations_is_chosen_and_later_taken_back(tab, deposits_site):
    resolve(tab, deposits_site, "60.00")
    expect(tab.locator("#ds-match-sum")).to_have_text("Nothing is chosen.")
    tab.get_by_label("C5 of 2026-04-08").check()
    expect(tab.locator("#ds-match-sum")).to_have_text("Chosen: 60.00 of 60.00: they add up.")
    tab.get_by_role("button", name="Write it").click()
    expect(tab.locator("#ds-toast")).to_contain_text("1 receipt. In deposited.beancount.")
    (match,) = [one for one in found(deposits_site.books).matches if one.said]
    assert [one.id for one in match.receipts] == ["C5"]
    tab.get_by_role("button", name="Take back what was said of the bank line of 2026-04-09").click()
    expect(tab.get_by_role("region", name="Unmatched bank lines")).to_contain_text("60.00")
    assert not [one for one in found(deposits_site.books).matches if one.said]


def test_a_receipt_is_split_between_two_bank_lines(tab, deposits_site):
    """20.00 of C4, and all of C3 less nothing: 60.00 of the second line is 35.50, 20.00 and 4.50 of something else."""
    resolve(tab, deposits_site, "60.00")
    for name in ("C3", "C4"):
        tab.get_by_role("checkbox", name=name).check()
    part = tab.get_by_label("Part of C4 that came")
    part.fill("20,00")
    tab.get_by_role("button", name="Write it").click()
    expect(tab.locator("#ds-match [role=alert]")).to_contain_text("amount such as 40.00")
    part.fill("20.00")
    expect(tab.locator("#ds-match-sum")).to_have_text("Chosen: 55.50 of 60.00: over by 4.50.")
    tab.get_by_label("Goes to").fill("Income:Other")
    tab.get_by_label("Why").fill("copies sold")
    tab.get_by_role("button", name="Write it").click()
    expect(tab.locator("#ds-toast")).to_contain_text("2 receipts, over by 4.50 USD")
    assert balance(deposits_site.books, "Income:Other") == Decimal("-4.50")
    left = {one.id: one.amount for one in (*found(deposits_site.books).overdue, *found(deposits_site.books).in_transit)}
    assert left["C4"] == Decimal("40.00")


def test_a_line_on_the_wrong_clearing_account_is_given_the_right_one(tab, deposits_site):
    tab.goto(deposits_site.page("deposits"), wait_until="networkidle")
    tab.get_by_role("link", name=", 81.20", exact=False).click()
    tab.get_by_role("button", name="Give it Assets:Clearing:Cards").click()
    expect(tab.locator("#ds-toast")).to_contain_text("on Assets:Clearing:Cards now")
    expect(tab.locator(".daysheet")).to_contain_text("is explained by amount and date")
    tab.locator("#ds-toast").get_by_role("button", name="Undo").click()
    expect(tab.get_by_role("button", name="Give it Assets:Clearing:Cards")).to_be_visible()


def test_what_is_on_its_way_is_listed_with_its_days(tab, deposits_site):
    """Of April 20 a check; the books end then."""
    tab.goto(deposits_site.page("deposits"), wait_until="networkidle")
    row = tab.locator("#ds-under-way tbody tr", has_text="C7")
    assert [text.strip() for text in row.locator("td").all_inner_texts()] == [
        "2026-04-20", "check", "44.00", "0", "2026-05-04", "C7",
    ]  # fmt: skip


def test_a_deposit_is_resolved_from_the_keyboard(tab, deposits_site):
    tab.goto(deposits_site.page("deposits"), wait_until="networkidle")
    tab.get_by_role("link", name=", 150.50", exact=False).focus()
    tab.keyboard.press("Enter")
    expect(tab.locator("#ds-match button[type=submit]")).to_be_enabled()
    tab.get_by_label("Goes to").focus()
    tab.keyboard.type("Expenses:CashShort")
    tab.keyboard.press("Tab")
    tab.keyboard.type("counted twice")
    tab.keyboard.press("Enter")
    expect(tab.locator("#ds-toast")).to_contain_text("short by 9.00 USD")


@pytest.mark.parametrize(
    "screen", [pytest.param(one, marks=() if one == "phone-dark" else pytest.mark.long) for one in SCREENS]
)
def test_the_page_of_a_deposit_fits_and_reads_well(browser, deposits_site, axe, screen):
    with looking(browser, screen) as (page, problems):
        for amount in ("150.50", "60.00", "81.20"):
            resolve(page, deposits_site, amount)
            assert fits(page)
            assert serious(axe, page) == []
        assert problems == []


def test_hostile_text_does_nothing_on_the_page_of_a_deposit(tab, hostile_site):
    resolve(tab, hostile_site, "61.07")
    assert HOSTILE in tab.locator(".daysheet").inner_text()
    assert tab.evaluate("window.hacked") is None
    assert fits(tab)


def test_a_fava_that_runs_read_only_resolves_nothing(browser, unclear):
    with serving(unclear.books, "--read-only") as site, looking(browser, "desktop-light") as (page, _):
        page.goto(site.page("deposits"), wait_until="networkidle")
        page.get_by_role("link", name=", 150.50", exact=False).click()
        page.wait_for_load_state("networkidle")
        for control in page.locator("#ds-match :is(button, input[type=checkbox], .ds-part)").all():
            expect(control).to_be_disabled()
