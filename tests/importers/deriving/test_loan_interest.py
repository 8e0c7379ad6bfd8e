"""What of a loan's payments is interest, from the loan's facts and what was owed."""

from __future__ import annotations

from decimal import Decimal

import pytest
from beancount.core.data import Transaction
from daysheet.books.index import number_of

from tests.importers.books_folder import CHASE, Folder

LOAN = "Liabilities:Loans:Equipment"
RULE = f'\n[[category]]\ntext = "lender"\naccount = "{LOAN}"\n'
START = (
    '2026-01-01 custom "loan" "van" "Van Lender"\n  account: Liabilities:Loans:Equipment\n  rate: {rate}\n'
    "  payment: 400.00 USD\n"
    '2025-12-31 * "Opening"\n  opening: TRUE\n  Equity:Opening-Balances 9000.00 USD\n'
    "  Liabilities:Loans:Equipment -9000.00 USD\n"
)
JANUARY = "DEBIT,01/15/2026,LENDER PMT,-400.00,ACH,4600.00,,\n"
FEBRUARY = "DEBIT,02/16/2026,LENDER PMT,-400.00,ACH,4200.00,,\n"
MARCH = "DEBIT,03/16/2026,LENDER PMT,-400.00,ACH,3800.00,,\nDEBIT,03/20/2026,LENDER EXTRA,-1000.00,ACH,2800.00,,\n"


@pytest.fixture
def borrower(folder: Folder) -> Folder:
    """Books that owe 9,000.00 at 8 %, and a rule for the lender's payments."""
    folder.write_by_hand(START.format(rate="8"))
    path = folder.path / "daysheet.toml"
    path.write_text(path.read_text() + RULE)
    return folder


def interest(folder: Folder) -> list[tuple[str, Decimal]]:
    return [(str(e.date), number_of(e.postings[0])) for e in transactions(folder) if "loan" in e.meta]


def owed(folder: Folder) -> Decimal:
    return -sum((number_of(p) for e in transactions(folder) for p in e.postings if p.account == LOAN), Decimal())


def transactions(folder: Folder) -> list[Transaction]:
    return [entry for entry in folder.books().entries if isinstance(entry, Transaction)]


# 9,000.00 x 8 % / 12 = 60.00; 8,660.00 -> 57.73; 8,317.73 -> 55.45, and an extra 1,000.00 that bears none
SCHEDULE = [("2026-01-15", Decimal("60.00")), ("2026-02-16", Decimal("57.73")), ("2026-03-16", Decimal("55.45"))]


@pytest.mark.parametrize("order", [(JANUARY, FEBRUARY, MARCH), (MARCH, JANUARY, FEBRUARY)])
def test_each_month_s_payment_bears_a_month_s_interest_in_whatever_order_files_come(
    borrower: Folder, order: tuple[str, ...]
) -> None:
    for number, rows in enumerate(order):
        borrower.take(f"{number}.csv", CHASE + rows)
    assert interest(borrower) == SCHEDULE
    assert owed(borrower) == Decimal("9000.00") + Decimal("173.18") - Decimal("2200.00")


def test_without_a_rate_nothing_is_split(folder: Folder) -> None:
    folder.write_by_hand(START.format(rate="8").replace("  rate: 8\n", ""))
    path = folder.path / "daysheet.toml"
    path.write_text(path.read_text() + RULE)
    folder.take("a.csv", CHASE + JANUARY)
    assert interest(folder) == []


def test_what_was_split_by_hand_stands(borrower: Folder) -> None:
    borrower.write_by_hand(
        '2026-01-10 * "Lender"\n  Assets:Bank:Checking -400 USD\n  Liabilities:Loans:Equipment 350 USD\n'
        "  Expenses:Interest 50 USD\n"
    )
    borrower.take("a.csv", CHASE + FEBRUARY)
    assert interest(borrower) == [("2026-02-16", Decimal("57.67"))]


def test_a_year_whose_interest_is_booked_by_hand_is_left_to_that(borrower: Folder) -> None:
    borrower.write_by_hand(
        '2026-12-31 * "Interest of the year, by the lender\'s statement"\n'
        f"  Expenses:Interest  650.00 USD\n  {LOAN}  -650.00 USD\n"
    )
    borrower.take("jan.csv", CHASE + JANUARY)
    assert interest(borrower) == []
    assert owed(borrower) == Decimal("9250.00")
