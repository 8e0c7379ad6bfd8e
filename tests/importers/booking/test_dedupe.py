"""Import twice, in pieces, in any order, with twins: the ledger is the same each time."""

from __future__ import annotations

import datetime
import random
import shutil
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

import pytest
from beancount.core.data import Custom, Transaction
from daysheet.ledger import printer
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from tests.importers.books_folder import ADJUSTMENTS, CHASE, INVOICES, PAYMENTS, VISITS, Folder

WITH_IDS = """
title = "A bank with its own ids"
institution = "Test"
country = "US"
source = "made up for tests"
id = ["Id"]

[match]
header = ["Id", "Date", "Payee", "Amount"]

[date]
column = "Date"
format = ["%Y-%m-%d"]

[amount]
column = "Amount"

[text]
payee = ["Payee"]

[sample]
text = '''
Id,Date,Payee,Amount
T1,2026-03-01,COFFEE,-5.00
'''
entries = [{ date = "2026-03-01", amount = "-5.00 USD", payee = "COFFEE", id = "T1" }]
"""
FIRST = datetime.date(2026, 3, 1)
Row = tuple[int, int, str]  # day, cents, description

rows_of_a_bank = st.lists(
    st.tuples(st.integers(0, 9), st.sampled_from((-500, 500, -1250, 99)), st.sampled_from(("COFFEE", "RENT", "A B"))),
    min_size=1,
    max_size=25,
)
cuts = st.lists(st.tuples(st.integers(0, 9), st.integers(0, 9)), max_size=4)
books_examples = pytest.mark.parametrize("examples", [50, pytest.param(1000, marks=pytest.mark.long)])


def pieces(ranges: Sequence[tuple[int, int]], order: random.Random) -> list[tuple[int, int]]:
    """Ranges of days that overlap and together cover all ten, in any order."""
    starts = sorted({0, *(min(pair) for pair in ranges)})
    found = [(start, max([end - 1, *(max(p) for p in ranges if min(p) == start)])) for start, end in
             zip(starts, [*starts[1:], 10], strict=True)]  # fmt: skip
    order.shuffle(found)
    return found


def chase(rows: Sequence[Row]) -> str:
    """A statement of these rows, newest first, with the balances that follow from an opening of 100.00."""
    lines, balance = [], 10_000
    for day, cents, text in rows:
        balance += cents
        date = FIRST + datetime.timedelta(days=day)
        lines.append(f"X,{date:%m/%d/%Y},{text},{cents / 100:.2f},ACH,{balance / 100:.2f},,\n")
    return CHASE + "".join(reversed(lines))


def part(statement: str, first: int, last: int) -> str | None:
    """The rows of a statement in a range of days."""
    header, *lines = statement.splitlines(keepends=True)
    days = {f"{FIRST + datetime.timedelta(days=day):%m/%d/%Y}" for day in range(first, last + 1)}
    kept = [line for line in lines if line.split(",")[1] in days]
    return header + "".join(kept) if kept else None


def bank_lines(folder: Folder) -> Counter[tuple[str, str, str]]:
    return Counter(
        (str(entry.date), str(entry.postings[0].units), entry.payee or "")
        for entry in folder.books().entries
        if isinstance(entry, Transaction) and "source" in entry.meta
    )


def practice_entries(folder: Folder) -> list[str]:
    return sorted(
        printer.format_entry(entry)
        for entry in folder.books().entries
        if isinstance(entry, Transaction) or (isinstance(entry, Custom) and entry.type == "visit")
    )


def fresh(path: Path) -> Folder:
    for place in (path, path.parent / f"{path.name}-given"):
        shutil.rmtree(place, ignore_errors=True)
    return Folder(path)


@books_examples
def test_a_bank_in_overlapping_pieces_in_any_order_is_the_bank_at_once(tmp_path: Path, examples: int) -> None:
    @settings(max_examples=examples, deadline=None, suppress_health_check=list(HealthCheck))
    @given(rows=rows_of_a_bank, ranges=cuts, order=st.randoms(use_true_random=False))
    @example(  # the balances of the first day hold from either end; the second piece seems to confirm the wrong one
        rows=[(0, 500, "COFFEE"), (0, -500, "COFFEE"), (1, 500, "COFFEE"), (2, -500, "COFFEE")],
        ranges=[(1, 1), (2, 2)],
        order=random.Random(0),
    )
    def law(rows: list[Row], ranges: list[tuple[int, int]], order: random.Random) -> None:
        statement = chase(sorted(rows, key=lambda row: row[0]))
        folder = fresh(tmp_path / "books")
        for number, (first, last) in enumerate(pieces(ranges, order)):
            text = part(statement, first, last)
            if text is not None:
                folder.take(f"{number}.csv", text)
        expected = Counter(
            (str(FIRST + datetime.timedelta(days=day)), f"{cents / 100:.2f} USD", text) for day, cents, text in rows
        )
        assert bank_lines(folder) == expected
        before = {name: folder.text(name) for name in folder.snapshot() if name.endswith("checking.beancount")}
        (whole,) = folder.take("whole.csv", statement)
        assert (whole["booked"], whole["known"]) == (0, len(rows))
        assert {name: folder.text(name) for name in before} == before
        once = folder.snapshot()
        folder.take("whole.csv", statement)
        assert folder.snapshot() == once

    law()


@pytest.mark.parametrize("examples", [20, pytest.param(1000, marks=pytest.mark.long)])
def test_the_practice_in_overlapping_pieces_in_any_order_is_the_practice_at_once(tmp_path: Path, examples: int) -> None:
    visits = [f"V{n},2026-03-{n % 9 + 1:02},adams,P{n % 3},completed,,50.00\n" for n in range(12)]
    invoices = [
        f"INV-{n},V{n},2026-03-{n % 9 + 1:02},{'adams' if n % 2 else 'baker'},P{n % 3},,50.00,\n" for n in range(12)
    ]
    payments = [f"P{n},2026-03-{n % 9 + 5:02},INV-{n % 12},,card,{20 + n % 2}.00,\n" for n in range(16)]
    adjustments = [f"A{n},2026-03-20,INV-{n},courtesy,5.00\n" for n in range(5)]
    tables = ((VISITS, visits), (INVOICES, invoices), (PAYMENTS, payments), (ADJUSTMENTS, adjustments))
    whole = fresh(tmp_path / "whole")
    for number, (header, rows) in enumerate(tables):
        whole.take(f"{number}.csv", header + "".join(rows))
    expected = practice_entries(whole)

    @settings(max_examples=examples, deadline=None, suppress_health_check=list(HealthCheck))
    @given(order=st.randoms(use_true_random=False), count=st.integers(1, 3))
    def law(order: random.Random, count: int) -> None:
        folder = fresh(tmp_path / "books")
        exports = []
        for header, rows in tables:
            bounds = sorted(order.randrange(len(rows)) for _ in range(count - 1))
            for first, last in zip([0, *bounds], [*bounds, len(rows)], strict=True):
                exports.append(header + "".join(rows[max(first - order.randrange(3), 0) : last + order.randrange(3)]))
        order.shuffle(exports)
        for number, text in enumerate(exports):
            if text.count("\n") > 1:
                folder.take(f"{number}.csv", text)
        assert practice_entries(folder) == expected

    law()


def with_ids(folder: Folder) -> None:
    (folder.path / "profiles").mkdir()
    (folder.path / "profiles" / "test-ids.toml").write_text(WITH_IDS)
    folder.write_by_hand('\n[[bank]]\nprofile = "test-ids"\naccount = "Assets:Bank:Checking"\n', "daysheet.toml")


def test_lines_with_ids_are_known_by_them_even_if_the_bank_moves_their_day(folder: Folder) -> None:
    with_ids(folder)
    folder.take("a.csv", "Id,Date,Payee,Amount\nT1,2026-03-01,COFFEE,-5.00\nT2,2026-03-01,COFFEE,-5.00\n")
    (answer,) = folder.take("b.csv", "Id,Date,Payee,Amount\nT2,2026-03-02,COFFEE,-5.00\nT3,2026-03-01,COFFEE,-5.00\n")
    assert (answer["booked"], answer["known"]) == (1, 1)
    assert {e.meta["bank-id"] for e in folder.books().entries if isinstance(e, Transaction)} == {"T1", "T2", "T3"}


def test_an_id_that_the_bank_uses_again_for_another_amount_is_another_line(folder: Folder) -> None:
    with_ids(folder)
    folder.take("a.csv", "Id,Date,Payee,Amount\nT1,2026-03-01,SHOP,-5.00\n")
    (answer,) = folder.take("b.csv", "Id,Date,Payee,Amount\nT1,2026-03-09,SHOP,5.00\n")
    assert answer["booked"] == 1


def test_a_line_known_without_an_id_is_not_booked_again_with_one(folder: Folder) -> None:
    with_ids(folder)
    folder.take("a.csv", CHASE + "X,03/01/2026,COFFEE,-5.00,ACH,,,\nX,03/01/2026,COFFEE,-5.00,ACH,,,\n")
    (answer,) = folder.take(
        "b.csv",
        "Id,Date,Payee,Amount\nT1,2026-03-01,COFFEE,-5.00\nT2,2026-03-01,COFFEE,-5.00\nT3,2026-03-01,TEA,-5.00\n",
    )
    assert (answer["booked"], answer["known"]) == (1, 2)


def test_a_reworded_line_is_reported_and_not_doubled(folder: Folder) -> None:
    folder.take("a.csv", CHASE + "X,03/01/2026,COFFEE,-5.00,ACH,,,\nX,03/02/2026,TEA,-6.00,ACH,,,\n")
    (answer,) = folder.take(
        "b.csv", CHASE + "X,03/01/2026,COFFEE HOUSE 22,-5.00,ACH,,,\nX,03/02/2026,TEA,-6.00,CARD,,,\n"
    )
    assert (answer["booked"], answer["known"]) == (0, 2)
    assert [(each["row"], each["what"]) for each in answer["changed"]] == [(2, "description")]


def test_a_line_entered_by_hand_before_the_statement_came_is_known(folder: Folder) -> None:
    folder.write_by_hand('2026-03-01 * "Coffee"\n  Assets:Bank:Checking -5.00 USD\n  Expenses:Meals 5.00 USD\n')
    (answer,) = folder.take("a.csv", CHASE + "X,03/01/2026,COFFEE,-5.00,ACH,,,\n")
    assert (answer["booked"], answer["known"]) == (0, 1)


def test_a_line_whose_day_was_changed_by_hand_is_known_by_its_row(folder: Folder) -> None:
    folder.take("a.csv", CHASE + "X,03/01/2026,COFFEE,-5.00,ACH,,,\n")
    path = folder.path / "2026" / "2026-03-chase-checking.beancount"
    path.write_text(path.read_text().replace("2026-03-01", "2026-03-15"))
    (answer,) = folder.take("b.csv", CHASE + "X,03/01/2026,COFFEE,-5.00,ACH,,,\nX,03/02/2026,TEA,-5.00,ACH,,,\n")
    assert (answer["booked"], answer["known"]) == (1, 1)


def test_what_was_written_by_hand_into_a_month_file_stays_byte_for_byte(folder: Folder) -> None:
    folder.take("a.csv", CHASE + "X,03/01/2026,COFFEE,-5.00,ACH,,,\n")
    name = "2026/2026-03-chase-checking.beancount"
    by_hand = folder.text(name).replace("Expenses:Uncategorized", "Expenses:Meals") + "; no newline at the end"
    (folder.path / name).write_text(by_hand)
    folder.take("b.csv", CHASE + "X,03/01/2026,COFFEE,-5.00,ACH,,,\nX,03/01/2026,COFFEE,-5.00,ACH,,,\n")
    assert folder.text(name).startswith(by_hand + "\n")
    assert len(bank_lines(folder)) == 1
    assert bank_lines(folder).total() == 2
