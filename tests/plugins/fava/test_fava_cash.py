"""Cash to come and the measures over time, as charts with a scale, and as figures."""

from __future__ import annotations

import json
import subprocess
from decimal import Decimal

import pytest
from daysheet import checks
from daysheet.findings import gap
from playwright.sync_api import expect

from tests import forked

from .test_fava import figures

pytestmark = pytest.mark.browser


def test_the_forecast_is_a_chart_and_its_table_is_the_reports(tab, site):
    run = [forked.program(), "--books", str(site.books)]
    made = subprocess.run([*run, "report", "cash-forecast", "--json"], capture_output=True, text=True, check=True)
    weeks = [row for row in json.loads(made.stdout)["rows"] if row["row"] == "line"]
    tab.goto(site.page("cash"), wait_until="networkidle")
    expect(tab.locator("svelte-component svg").first).to_be_visible()
    drawn = json.loads(tab.locator("svelte-component script").first.text_content() or "")[0]["data"]
    assert [Decimal(str(point["balance"]["Cash"])) for point in drawn] == [Decimal(week["cash"]) for week in weeks]
    region = tab.get_by_role("region", name="Cash forecast")
    shown = [figures(row.inner_text()) for row in region.locator("tbody tr.ds-row-line").all()]
    assert [Decimal(week["cash"]) for week in weeks] == [row[-2] if len(row) > 6 else row[-1] for row in shown]


def test_what_was_never_billed_is_shown_as_it_was_known_then(tab, site, books):
    tab.goto(site.page("cash"), wait_until="networkidle")
    charts = json.loads(tab.locator("svelte-component script").last.text_content() or "")
    missed = next(chart for chart in charts if chart["label"] == "Never billed")["data"]
    assert len(missed) == 12
    for point in (missed[0], missed[8], missed[-1]):
        known = checks.find(books, books.as_of.fromisoformat(point["date"]), ("unbilled-visit", "billing-lapse"))
        assert Decimal(str(point["balance"]["USD"])) == gap(known).gross
    labels = [chart["label"] for chart in charts]
    assert {"Receivables by age in days", "Days in A/R", "Net collection"} <= set(labels)
    tab.get_by_role("button", name="Net collection").click()
    expect(tab.locator("svelte-component").last).to_contain_text("benchmark")
