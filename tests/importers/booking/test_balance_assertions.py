"""Balances that a bank's file proves, in the ledger."""

from __future__ import annotations

from beancount.core.data import Balance, Pad

from tests.importers.books_folder import CHASE, Folder

JANUARY = "DEBIT,01/05/2026,RENT,-100.00,ACH,900.00,,\nCREDIT,01/30/2026,SALE,50.00,ACH,950.00,,\n"
FEBRUARY = "DEBIT,02/05/2026,RENT,-100.00,ACH,850.00,,\nCREDIT,02/27/2026,SALE,50.00,ACH,900.00,,\n"
MARCH = "DEBIT,03/05/2026,RENT,-100.00,ACH,800.00,,\nCREDIT,03/30/2026,SALE,50.00,ACH,850.00,,\n"


def asserted(folder: Folder) -> dict[str, str]:
    return {str(e.date): str(e.amount.number) for e in folder.books().entries if isinstance(e, Balance)}


def test_a_closed_chain_is_said_and_asserted_and_what_was_before_is_padded(folder: Folder) -> None:
    (answer,) = folder.take("a.csv", CHASE + JANUARY)
    assert answer["proof"] == {"closed": True, "checked": 1, "broken_at": None}
    assert asserted(folder) == {"2026-01-06": "900.00", "2026-01-31": "950.00"}
    assert [str(e.date) for e in folder.books().entries if isinstance(e, Pad)] == ["2026-01-04"]


def test_months_in_any_order_end_with_every_month_asserted(folder: Folder) -> None:
    for name, rows in (("c.csv", MARCH), ("a.csv", JANUARY), ("b.csv", FEBRUARY)):
        folder.take(name, CHASE + rows)
    assert {"2026-01-31": "950.00", "2026-02-28": "900.00", "2026-03-31": "850.00"}.items() <= asserted(folder).items()


def test_a_month_that_is_missing_leaves_the_next_unasserted_and_says_so(folder: Folder) -> None:
    folder.take("a.csv", CHASE + JANUARY)
    (answer,) = folder.take("c.csv", CHASE + MARCH)
    assert "2026-03-31" not in asserted(folder)
    assert "at the end of 2026-03-30 the bank has 850.00 USD and Assets:Bank:Checking 900.00" in answer["notes"][0]


def test_a_broken_chain_names_its_row_and_asserts_nothing(folder: Folder) -> None:
    (answer,) = folder.take("a.csv", CHASE + JANUARY.replace("950.00", "960.00"))
    assert answer["proof"] == {"closed": False, "checked": 1, "broken_at": 3}
    assert asserted(folder) == {}


def test_rows_of_one_day_whose_balances_hold_from_either_end_assert_nothing(folder: Folder) -> None:
    there_and_back = "DEBIT,01/05/2026,COFFEE,-5.00,ACH,100.00,,\nCREDIT,01/05/2026,COFFEE,5.00,ACH,105.00,,\n"
    (answer,) = folder.take("a.csv", CHASE + there_and_back)
    assert answer["proof"]["closed"]
    assert asserted(folder) == {}
    folder.take("b.csv", CHASE + "DEBIT,01/06/2026,RENT,-60.00,ACH,40.00,,\n" + there_and_back)
    assert asserted(folder) == {"2026-01-06": "100.00", "2026-01-07": "40.00"}


def test_a_row_in_days_that_are_proved_is_refused_and_nothing_is_written(folder: Folder) -> None:
    folder.take("a.csv", CHASE + JANUARY + FEBRUARY)
    before = folder.snapshot()
    path = folder.give("late.csv", CHASE + "DEBIT,01/20/2026,OTHER ACCOUNT,-7.00,ACH,,,\n")
    result = folder.run("import", path)
    assert result.return_value == 2
    assert f"{path}:2: the row would break the balance that the books prove on 2026-01-31" in result.stderr
    assert folder.snapshot() == before


def test_the_rest_of_a_day_that_was_downloaded_at_noon_replaces_its_assertion(folder: Folder) -> None:
    folder.take("noon.csv", CHASE + JANUARY)
    rest = "DEBIT,01/30/2026,LUNCH,-9.00,ACH,941.00,,\nDEBIT,02/02/2026,RENT,-1.00,ACH,940.00,,\n"
    folder.take("later.csv", CHASE + JANUARY.splitlines()[1] + "\n" + rest)
    assert asserted(folder) == {"2026-01-06": "900.00", "2026-01-31": "941.00", "2026-02-03": "940.00"}


def test_an_opening_balance_written_by_hand_needs_no_pad(folder: Folder) -> None:
    folder.write_by_hand(
        '2025-12-31 * "x"\n  Assets:Bank:Checking 1000.00 USD\n  Equity:Opening-Balances -1000.00 USD\n'
    )
    folder.take("a.csv", CHASE + JANUARY)
    assert len(asserted(folder)) == 2
    assert not [e for e in folder.books().entries if isinstance(e, Pad)]


def test_an_account_that_starts_at_nothing_needs_no_pad(folder: Folder) -> None:
    folder.take("b.csv", CHASE + FEBRUARY)
    folder.take("a.csv", CHASE + "CREDIT,01/02/2026,FIRST,1000.00,ACH,1000.00,,\n" + JANUARY)
    assert not [e for e in folder.books().entries if isinstance(e, Pad)]
    assert len(asserted(folder)) == 4
