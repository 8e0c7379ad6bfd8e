"""Fava's own import page, in a real browser, on new books: what is saved there is what `daysheet import` books."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from beancount.core.data import Transaction
from daysheet.books import Books, loading
from daysheet.books.index import number_of
from daysheet.importers import importing, new_books
from daysheet.ledger import digest

from tests.importers.deriving.test_payment_posting import PAID, era_text
from tests.plugins.fava.conftest import Site, looking, serving

pytestmark = pytest.mark.browser

PAYER = """
2026-01-01 custom "payer" "aetna" "Aetna"
  receivable: Assets:Receivable:Insurance:Aetna
"""
FILES = {
    "invoices.csv": (
        "invoices",
        "invoice_id,visit_id,date,provider,patient_id,payer,amount,due\n"
        "INV-1001,V1,2026-12-01,lee,Q-17,aetna,150.00,\n",
    ),
    "visits.csv": (
        "visits",
        "visit_id,date,provider,patient_id,status,service,fee\nV1,2026-12-01,lee,Q-17,completed,97110,150.00\n",
    ),
    "advice.835": ("x12-835", era_text(PAID)),
    "bank.csv": (
        "us-chase-checking",
        "Details,Posting Date,Description,Amount,Type,Balance,Check or Slip #\n"
        "CREDIT,01/02/2027,ORIG CO NAME:AETNA HCCLAIMPMT TRN*1*71700666555*1935665544,80.00,ACH_CREDIT,1080.00,,\n"
        "DEBIT,01/05/2027,CORNER BAKERY,-9.00,DEBIT_CARD,1071.00,,\n",
    ),
}


def books_with_files(folder: Path) -> Path:
    new_books.make(folder, "Test practice")
    practice = folder / "practice.beancount"
    practice.write_text(practice.read_text() + PAYER)
    for name, (_, text) in FILES.items():
        (folder / "inbox" / name).write_text(text)
    return folder


@pytest.fixture
def served(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Site]:
    """Fava on new books as `daysheet init` makes them, no secret on the machine, files in the inbox."""
    monkeypatch.delenv("DAYSHEET_SECRET", raising=False)
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    with serving(books_with_files(tmp_path / "books")) as running:
        yield running


def facts(books: Books) -> list[str]:
    def said(entry: Any) -> str:
        meta = {key: value for key, value in entry.meta.items() if key not in ("booked", "known")}
        return digest.meaning(entry._replace(meta=meta))  # in which the order of metadata, Fava's own, says nothing

    return sorted(said(e) for e in books.entries if not (isinstance(e, Transaction) and e.flag == "P"))


def test_what_is_saved_on_the_import_page_is_what_an_import_books(served: Site, browser, tmp_path: Path) -> None:
    address = served.url.partition("/extension/")[0]
    with looking(browser, "desktop-light") as (page, problems):
        for name in FILES:
            page.goto(f"{address}/import/")
            page.get_by_text(name).first.wait_for()
            opened = (served.books / "accounts.beancount").read_text()
            page.get_by_title(f"Extract with importer daysheet.{FILES[name][0]}").click()
            page.get_by_role("button", name="Save").or_(page.get_by_role("button", name="Next")).first.wait_for()
            if (served.books / "accounts.beancount").read_text() != opened:  # which the page hears within five seconds
                page.wait_for_event("response", lambda answer: "ledger_data" in answer.url)
            forward = page.get_by_role("button", name="Next")
            while forward.count():
                forward.click()
            with page.expect_response(lambda answer: "add_entries" in answer.url):
                page.get_by_role("button", name="Save").click()
            page.goto(f"{address}/income_statement/")
            page.wait_for_load_state("networkidle")
        assert problems == []
    assert list((served.books / "inbox").iterdir()) == []
    other = books_with_files(tmp_path / "other")
    shutil.copy(served.books / "daysheet.toml", other)  # which names the secret that was made
    importing.import_files(other, importing.inbox(other, "inbox"))
    assert facts(loading.load(served.books)) == facts(loading.load(other))
    legs = [leg for e in loading.load(served.books).entries if isinstance(e, Transaction) for leg in e.postings]
    assert sum((number_of(leg) for leg in legs if leg.account == "Income:Visits:Lee"), Decimal()) == -80
    assert sum((number_of(leg) for leg in legs if leg.account == "Assets:Clearing:Deposits"), Decimal()) == 0
