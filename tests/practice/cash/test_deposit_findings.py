"""What the check command says of deposits."""

from __future__ import annotations

import datetime
from decimal import Decimal

from daysheet import checks

from tests.practice.cash.test_reconciliation import day, deposit, receipt, seventeen

LAST = datetime.date(2026, 3, 31)


def findings(books, kind):
    return [finding for finding in checks.run(books, LAST) if finding.kind == kind]


def test_a_short_deposit_names_the_likeliest_checks(load):
    (finding,) = findings(load(seventeen() + deposit("1070.90", day(3))), "unmatched-deposit")
    assert (finding.amount, finding.count) == (Decimal("9.00"), 1)
    assert "short by 9.00 USD against 17 receipts of 2026-03-02; it may be one of PMT-1 (54.00)" in finding.message


def test_an_ambiguous_deposit_lists_every_explanation(load):
    (finding,) = findings(
        load(receipt(1, "50.00") + receipt(2, "50.00") + deposit("50.00", day(3))), "unmatched-deposit"
    )
    assert "2 explanations: PMT-1 of 2026-03-02; or PMT-2 of 2026-03-02." in finding.message


def test_cash_that_never_reached_the_bank_is_one_finding_a_day(load):
    kept = receipt(1, "50.00", method="cash") + receipt(2, "30.00", method="cash")
    (finding,) = findings(load(kept + receipt(3, "20.00") + deposit("20.00", day(3))), "undeposited-payment")
    assert (finding.key, finding.count, finding.amount) == ("cash-2026-03-02", 2, Decimal("80.00"))
    assert finding.message.startswith("2 cash payments of 2026-03-02, 80.00 USD; no bank line")


def test_books_without_any_bank_line_say_so_once(load):
    (finding,) = findings(load("".join(receipt(n, "50.00", day(n)) for n in range(1, 9))), "undeposited-payment")
    assert (finding.key, finding.count, finding.amount) == ("no-bank-lines", 8, Decimal(400))


def test_what_was_due_before_the_banks_files_begin_asks_once_for_these_files(load):
    taken = """
2026-03-20 custom "imported" "chase" 2026-03-20 2026-03-31
  account: "Assets:Bank:Checking"
  rows: 1
"""
    early = receipt(1, "50.00", method="cash") + receipt(2, "30.00", day(3), method="card")
    late = receipt(3, "20.00", day(15), method="cash") + receipt(4, "41.00", day(19))
    asked, missed = findings(load(early + late + deposit("41.00", day(20)) + taken), "undeposited-payment")
    assert (asked.key, asked.count, asked.amount) == ("before-bank-files", 2, Decimal("80.00"))
    assert (
        "were due at the bank before 2026-03-20, where its files begin: import those from 2026-03-02 on"
        in asked.message
    )
    assert (missed.key, missed.amount) == ("cash-2026-03-15", Decimal("20.00"))
