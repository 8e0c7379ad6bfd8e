"""Every tie-out of an entity's return fails as soon as one of its two figures is off by a cent, or the books are."""

from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import pytest
from daysheet.reports import registry
from daysheet.reports.period import parse
from daysheet.reports.schedules import tie_outs
from daysheet.reports.schedules.tax_return import tied
from daysheet.settings import Settings

from tests.reports.generated import load
from tests.reports.tax_return import facts

CENT = Decimal("0.01")
# tie-out: the return, where the report is called, the report, its column, and which row from the end of what kind
TIES = {
    "Schedule L, assets; balance sheet": ("1120-s", tied, "schedule_l", "end", ("total", -2)),
    "Schedule L, assets; liabilities and equity": ("1120-s", tied, "schedule_l", "end", ("total", -1)),
    "Schedule M-1; income of Schedule K": ("1120-s", tied, "schedule_k", "current", ("total", -1)),
    "Schedules K-1; Schedule K": ("1120-s", tied, "schedule_k1", "amount", ("line", -1)),
    "Schedule M-2; equity, depreciation by the return": ("1065", tied, "schedule_m", "current", ("total", -1)),
    "Schedules K-1, item L; Schedule M-2": ("1065", tied, "schedule_k1", "amount", ("subtotal", -1)),
    "Equity; partners' capital": ("1065", tie_outs, "partner_capital", "closing", ("total", -1)),
}


def verdicts(text, returns):
    settings = Settings(Path("x"), {"practice": {"id": "t", "name": "T", "return": returns}}, "")
    table = registry.build("tie-outs", load(text), settings, parse("2026"), "cash")
    return {str(row.cells[0]): str(row.cells[-1]) for row in table.rows}


@pytest.mark.parametrize("tie", TIES)
def test_a_cent_in_a_schedule_is_seen(tie, monkeypatch):
    returns, module, name, key, (kind, which) = TIES[tie]
    real = getattr(module, name)

    def off(*arguments):
        table = real(*arguments)
        at = next(at for at, column in enumerate(table.columns) if column.key == key)
        number = [n for n, row in enumerate(table.rows) if row.kind == kind][which]
        row = table.rows[number]
        changed = row._replace(cells=(*row.cells[:at], row.cells[at] + CENT, *row.cells[at + 1 :]))
        return replace(table, rows=(*table.rows[:number], changed, *table.rows[number + 1 :]))

    monkeypatch.setattr(module, name, off)
    assert verdicts(facts.text(returns), returns)[tie] == tie_outs.DIFFERS


def test_an_account_without_a_line_is_missing_from_the_return():
    more = '2026-05-05 open Expenses:Odd\n2026-05-05 * "x"\n  Expenses:Odd  7 USD\n  Assets:Bank:Checking\n'
    for returns in ("1120-s", "1065"):
        found = verdicts(facts.text(returns) + more, returns)
        assert found["Schedule M-1; income of Schedule K"] == tie_outs.DIFFERS


def test_depreciation_that_the_books_did_not_book_is_seen_in_the_capital():
    text = facts.text("1065").replace("Expenses:Depreciation  9000 USD", "Expenses:Depreciation  8999 USD")
    text = text.replace("Assets:Fixed:Depreciation  -9000 USD", "Assets:Fixed:Depreciation  -8999 USD")
    found = verdicts(text, "1065")
    assert found["Schedule M-2; equity, depreciation by the return"] == tie_outs.DIFFERS
    assert found["Accumulated depreciation, schedule; ledger"] == tie_outs.DIFFERS
