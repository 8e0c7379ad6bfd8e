"""A bank's files in any order: none is refused for a file between that is still to come, and another account's is."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from itertools import combinations, permutations

import pytest
from beancount.core.data import Balance, Pad, Transaction

from tests.importers.books_folder import CHASE, Folder

ROWS = (
    ("01/02/2026", "-1200.00"),
    ("01/09/2026", "310.40"),
    ("01/21/2026", "95.00"),
    ("01/30/2026", "-44.15"),
    ("02/03/2026", "-1200.00"),
    ("02/11/2026", "260.00"),
    ("02/11/2026", "260.00"),
    ("02/11/2026", "-71.30"),
    ("02/18/2026", "247.35"),
    ("02/20/2026", "18.20"),
    ("02/26/2026", "512.00"),
    ("03/02/2026", "-1200.00"),
    ("03/12/2026", "77.77"),
    ("03/31/2026", "904.10"),
)
MONTHS = (slice(0, 4), slice(4, 11), slice(11, 14))
OVERLAPPING = (slice(0, 6), slice(4, 10), slice(9, 14))
"""Each has entries that the next has as well, or, of February 11, one of two that are alike."""
CUT = (slice(0, 8), slice(8, 9), slice(9, 14))
"""Few days within one month lie between the first and the last."""
WITHIN_A_DAY = (slice(0, 7), slice(7, 9), slice(9, 14))
ORDERS = tuple(permutations(range(3)))


def export(part: slice, opening: str = "9000.00", cents: str = "0") -> str:
    """The bank's file of some rows; of another account with other amounts and another opening balance."""
    held, lines = Decimal(opening), []
    for date, amount in ROWS:
        held += Decimal(amount) + Decimal(cents)
        lines.append(f"X,{date},ENTRY,{Decimal(amount) + Decimal(cents)},ACH,{held},,\n")
    return CHASE + "".join(lines[part])


def entered(folder: Folder) -> tuple[list[tuple[str, str]], dict[str, str]]:
    """The account's lines but what was there before, and its asserted balances, all of which Beancount has proved."""
    entries = folder.books().entries
    lines = [
        (f"{entry.date:%m/%d/%Y}", str(entry.postings[0].units.number))
        for entry in entries
        if isinstance(entry, Transaction) and entry.flag != "P" and entry.postings[0].units is not None
    ]
    assert len([entry for entry in entries if isinstance(entry, Pad)]) == 1
    return sorted(lines), {str(e.date): str(e.amount.number) for e in entries if isinstance(e, Balance)}


@pytest.mark.parametrize("order", ORDERS)
@pytest.mark.parametrize("parts", [MONTHS, OVERLAPPING, CUT, WITHIN_A_DAY], ids=["months", "overlapping", "cut", "day"])
def test_files_in_any_order_give_the_same_lines_and_the_last_balance(
    folder: Folder, parts: Sequence[slice], order: Sequence[int]
) -> None:
    for number in order:
        folder.take(f"{number}.csv", export(parts[number]))
    lines, balances = entered(folder)
    assert lines == sorted(ROWS)
    assert balances["2026-04-01"] == "7969.37"


def test_the_two_that_close_a_gap_may_come_at_once(folder: Folder) -> None:
    folder.take("3.csv", export(CUT[2]))
    folder.take_paths(folder.give("1.csv", export(CUT[0])), folder.give("2.csv", export(CUT[1])))
    lines, balances = entered(folder)
    assert lines == sorted(ROWS)
    assert {"2026-02-12": "7409.95", "2026-04-01": "7969.37"}.items() <= balances.items()


STATES = [state for size in (1, 2, 3) for state in combinations(range(3), size)]


@pytest.mark.parametrize("state", STATES)
def test_another_account_s_file_is_refused_beside_and_over_each_month_that_is_there(
    folder: Folder, state: Sequence[int]
) -> None:
    for number in reversed(state):
        folder.take(f"{number}.csv", export(MONTHS[number]))
    before = folder.snapshot()
    for number, part in enumerate(MONTHS):
        if any(abs(number - there) <= 1 for there in state):
            path = folder.give(f"other-{number}.csv", export(part, opening="2500.00", cents="3.07"))
            result = folder.run("import", path)
            assert result.return_value == 2, number
            assert "the books prove " in result.stderr
            assert folder.snapshot() == before


def test_a_first_file_that_ends_within_its_day_leaves_no_balance_that_the_rest_of_the_day_belies(
    folder: Folder,
) -> None:
    first, more = "X,05/18/2026,TEA,-5.00,ACH,95.00,,\n", "X,05/18/2026,INK,-10.00,ACH,85.00,,\n"
    folder.take("morning.csv", CHASE + first)
    folder.take("rest.csv", CHASE + "X,05/19/2026,OIL,-1.00,ACH,84.00,,\n" + more)
    assert entered(folder)[1] == {"2026-05-19": "85.00", "2026-05-20": "84.00"}
    folder.take("all.csv", CHASE + more + first)
    opening = next(e for e in folder.books().entries if isinstance(e, Transaction) and e.flag == "P")
    assert opening.postings[0].units is not None
    assert opening.postings[0].units.number == 100
