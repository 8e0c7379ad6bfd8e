"""From the hole on the overview to the file that bills it; who owes, down to a patient's statement."""

from __future__ import annotations

import csv
import io
import subprocess
from collections.abc import Iterator
from decimal import Decimal

import pypdf
import pytest
from playwright.sync_api import expect

from tests import forked

from .conftest import Site, new_books, serving
from .test_fava import figures

pytestmark = pytest.mark.browser

PROVIDER = '\n2026-01-01 custom "provider" "adams" "Dr. Adams"\n  days: "mon tue wed thu fri"\n  fee: 80.00 USD\n'
NAMES = ("Quentin Abernathy", "Rosalind Birch", "Silas Crane")


@pytest.fixture(scope="module")
def filed_site(tmp_path_factory) -> Iterator[Site]:
    """Books whose originals and secret are on this machine: a week of three patients a day, none of them billed."""
    folder = tmp_path_factory.mktemp("filed") / "books"
    rows = [
        f"K{day}-{at},2026-03-{day:02},adams,{name},completed,exam,80.00\n"
        for day in range(2, 7)
        for at, name in enumerate(NAMES)
    ]
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("DAYSHEET_SECRET", "a secret of these tests alone")
        run = [forked.program()]
        new_books(folder)
        with (folder / "practice.beancount").open("a") as file:
            file.write(PROVIDER)
        visits = folder / "inbox" / "visits.csv"
        visits.parent.mkdir(exist_ok=True)
        visits.write_text("visit_id,date,provider,patient_id,status,service,fee\n" + "".join(rows))
        subprocess.run([*run, "--books", str(folder), "import"], check=True, capture_output=True)
        with serving(folder) as running:
            yield running


def test_the_hole_is_opened_and_billed_in_three_clicks(tab, filed_site):
    """15 visits at 80.00; the overview, the lapse, the file."""
    tab.goto(filed_site.url, wait_until="networkidle")
    row = tab.locator(".ds-todo tr", has_text="Billing lapse")
    row.get_by_role("link", name="Open").click()
    expect(tab.get_by_role("heading", name="Lapse of 2026-03-02 to 2026-03-06")).to_be_visible()
    assert figures(tab.locator(".ds-tile", has_text="Never billed").inner_text()) == [Decimal("1200.00")]
    expect(tab.locator(".ds-of-day")).to_have_count(5)
    with tab.expect_download() as download:
        tab.get_by_role("button", name="Download the file that bills it").click()
    rows = list(csv.DictReader(io.StringIO(download.value.path().read_text())))
    assert [(row["visit_id"], row["amount"]) for row in rows] == [
        (f"K{day}-{at}", "80.00") for day in range(2, 7) for at in range(3)
    ]
    assert {row["patient_id"] for row in rows} == set(NAMES)
    assert not (filed_site.books / "catch-up").exists()


def test_a_patient_is_named_only_where_asked_for(tab, filed_site):
    tab.goto(filed_site.page("lapse", key="adams/2026-03-02"), wait_until="networkidle")
    assert not any(name in tab.content() for name in NAMES)
    first = tab.locator(".ds-of-day").first.locator("tbody tr").first
    first.get_by_role("button").click()
    expect(first.locator(".ds-name")).to_have_text(NAMES[0])
    tab.reload(wait_until="networkidle")
    assert NAMES[0] not in tab.content()


def test_without_the_originals_nobody_can_be_named(tab, site):
    tab.goto(site.page("lapse", key="adams/2026-09-14"))
    expect(tab.get_by_text("can be shown where the originals and the secret are")).to_be_visible()
    assert tab.locator(".ds-reveal").count() == 0


def test_a_lapse_shows_each_visit_once_at_its_fee(tab, site):
    tab.goto(site.page("lapse", key="adams/2026-09-14"))
    days = [figures(day)[0] for day in tab.locator(".ds-of-day summary").all_inner_texts()]
    assert days == [Decimal("700.00")] * 5
    assert tab.locator(".ds-of-day tbody tr").count() == 70


def test_who_owes_most_leads_to_the_invoices_and_a_statement(tab, site, books):
    owed: dict[str, Decimal] = {}
    for invoice, amount in books.balances(books.as_of).items():
        patient = books.invoices[invoice][0].patient if invoice in books.invoices else str(invoice)
        owed[patient] = owed.get(patient, Decimal()) + amount
    most = max(owed.values())
    tab.goto(site.page("receivables"), wait_until="networkidle")
    row = tab.locator("#ds-patients tbody tr").first
    token = row.locator("a").inner_text()
    assert (owed[token], figures(row.inner_text())[-1]) == (most, most)
    row.locator("a").click()
    expect(tab.get_by_role("heading", name=f"Account of {token}")).to_be_visible()
    invoices = tab.get_by_role("region", name="Open invoices").locator("tbody tr").all_inner_texts()
    assert sum(figures(text)[0] for text in invoices) == most
    with tab.expect_download() as download:
        tab.get_by_role("button", name="Statement as PDF").click()
    pages = pypdf.PdfReader(download.value.path()).pages
    text = "".join(page.extract_text() for page in pages)
    assert token in text
    assert f"{most:,.2f}" in text
