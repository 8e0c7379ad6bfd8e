"""The laws of bookkeeping, on books that nobody would think of."""

import datetime
from collections import defaultdict
from decimal import Decimal
from pathlib import Path

import pytest
from beancount.core.data import Transaction
from daysheet.measures import measure
from daysheet.reports import registry
from daysheet.reports.period import parse
from daysheet.reports.schedules.tie_outs import AGREES
from daysheet.settings import Settings
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.reports.cells import amounts, cell_of, rows_of
from tests.reports.generated import ledgers, load

ORDINARY = settings(max_examples=50, deadline=None, suppress_health_check=[HealthCheck.too_slow])
MANY = settings(max_examples=1000, deadline=None, suppress_health_check=[HealthCheck.too_slow])
PERIODS = st.sampled_from(["2024", "2025", "2026", "2025-Q2", "2026-03", "2025-02-10..2025-11-05", "2024..2026"])
BASES = st.sampled_from(["cash", "accrual"])
PLAIN = Settings(Path("daysheet.toml"), {}, "")


def check_identities(text, period_text, basis):
    books, period = load(text), parse(period_text)

    def report(name, detail: bool = False):
        return registry.build(name, books, PLAIN, period, basis, detail=detail)

    def total(table, key, title=None):
        row = next(r for r in reversed(table.rows) if r.kind == "total" and title in (None, r.cells[0]))
        return cell_of(table, row, key)

    trial = report("trial-balance")
    assert total(trial, "closing") == total(trial, "opening") == 0
    assert total(trial, "debit") == total(trial, "credit")

    sheet = report("balance-sheet")
    assets = amounts(sheet, "current").get("Total assets", 0)
    assert assets == total(sheet, "current")

    income = total(report("income"), "current")
    roll = report("capital")
    moved = total(roll, "closing") - total(roll, "opening")
    assert moved == income + total(roll, "added") + total(roll, "drawn")
    assert total(roll, "closing") == amounts(sheet, "current").get("Total equity", 0)

    detail = report("general-ledger", detail=True)
    closing = {cell_of(trial, row, "account"): cell_of(trial, row, "closing") for row in rows_of(trial, "line")}
    printed = {cell_of(detail, row, "account"): cell_of(detail, row, "balance") for row in rows_of(detail, "subtotal")}
    assert printed == closing

    tied = report("tie-outs")
    assert {str(row.cells[0]): row.cells[-1] for row in tied.rows if row.cells[-1] != AGREES} == {}


def check_every_posting_once(text, basis):
    books = load(text)
    period = parse("2024..2026")
    written: dict[tuple[object, ...], int] = defaultdict(int)
    for entry in books.entries:
        if isinstance(entry, Transaction):
            for posting in entry.postings:
                written[entry.date, posting.account] += 1
    for detail in (True, False):
        table = registry.build("general-ledger", books, PLAIN, period, basis, detail=detail)
        printed: dict[tuple[object, ...], int] = defaultdict(int)
        for row in rows_of(table, "line"):
            count = cell_of(table, row, "postings")
            if count:
                printed[cell_of(table, row, "date"), cell_of(table, row, "account")] += int(str(count))
        assert printed == written


@ORDINARY
@given(ledgers(), PERIODS, BASES)
def test_the_books_balance_in_every_report(text, period, basis):
    check_identities(text, period, basis)


@pytest.mark.long
@MANY
@given(ledgers(), PERIODS, BASES)
def test_a_thousand_books_balance_in_every_report(text, period, basis):
    check_identities(text, period, basis)


@ORDINARY
@given(ledgers(bills=False))
def test_every_posting_is_in_the_ledger_exactly_once(text):
    check_every_posting_once(text, "cash")


@ORDINARY
@given(ledgers(), PERIODS)
def test_aging_sums_to_the_control_account(text, period_text):
    books, period = load(text), parse(period_text)
    owed: dict[str, Decimal] = defaultdict(Decimal)
    for entry in books.entries:
        if isinstance(entry, Transaction) and entry.date <= period.last:
            for posting in entry.postings:
                if posting.account.startswith("Assets:Receivable") and posting.units is not None:
                    owed[posting.account] += posting.units.number or 0
    table = registry.build("receivables", books, PLAIN, period, "cash")
    aged = {cell_of(table, row, "account"): cell_of(table, row, "total") for row in rows_of(table, "line")}
    assert {account: amount for account, amount in aged.items() if amount} == {a: n for a, n in owed.items() if n}


@ORDINARY
@given(ledgers(), st.dates(datetime.date(2024, 1, 1), datetime.date(2027, 1, 1)))
def test_what_the_measures_call_owed_on_any_day_is_what_was_posted(text, day):
    books = load(text)
    owed = [
        posting.units.number
        for entry in books.entries
        if isinstance(entry, Transaction) and entry.date <= day
        for posting in entry.postings
        if posting.account.startswith("Assets:Receivable")
        and posting.units is not None
        and posting.units.number is not None
    ]
    assert measure(books, day, day).receivable == sum(owed)
