"""Deposits whose bank line was given the wrong clearing account: found, said, and left to a person."""

from __future__ import annotations

from decimal import Decimal

from daysheet.cash.reconciliation import reconcile

from tests.importers.deriving.test_payment_posting import due
from tests.practice.cash.test_deposit_findings import findings
from tests.practice.cash.test_reconciliation import LAST, day, deposit, ids, matched, receipt

CARDS, DEPOSITS = "Assets:Clearing:Cards", "Assets:Clearing:Deposits"
BATCH = receipt(1, "50.00", method="card") + receipt(2, "20.00", method="card")
CHECKS = receipt(3, "54.00") + receipt(4, "41.00")


def elsewhere(books) -> list[tuple[str, str, list[list[str]]]]:
    """Each open deposit: where it is booked, where its receipts are, and which they may be."""
    return [
        (item.deposit.account, item.elsewhere, [ids(group) for group in item.candidates])
        for item in reconcile(books, LAST).open_deposits
    ]


def test_a_card_batch_that_was_booked_to_deposits_is_found_and_the_fix_said(load):
    books = load(BATCH + deposit("70.00", day(4)))
    assert elsewhere(books) == [(DEPOSITS, CARDS, [["PMT-1", "PMT-2"]])]
    (finding,) = findings(books, "unmatched-deposit")
    assert finding.message == (
        "bank line of 70.00 USD: is booked to Assets:Clearing:Deposits, its receipts (PMT-1, PMT-2 of 2026-03-02) are "
        "in Assets:Clearing:Cards: give the bank line Assets:Clearing:Cards."
    )
    assert finding.amount == Decimal("70.00")
    assert len(finding.where) == 3
    assert findings(books, "undeposited-payment") == []
    assert reconcile(books, LAST).unreconciled == Decimal("70.00")


def test_checks_that_were_booked_to_cards_are_found(load):
    assert elsewhere(load(CHECKS + deposit("95.00", day(4), account="Cards"))) == [
        (CARDS, DEPOSITS, [["PMT-3", "PMT-4"]])
    ]


def test_what_the_finding_says_to_do_settles_it(load):
    books = load(BATCH + deposit("70.00", day(4), account="Cards"))
    assert elsewhere(books) == []
    assert matched(reconcile(books, LAST)) == [(["PMT-1", "PMT-2"], "amount and date")]


def test_a_batch_less_its_fee_is_found_and_no_fee_is_posted_before_a_person_has_decided(load):
    books = load(BATCH + deposit("67.37", day(4)))
    assert elsewhere(books) == [(DEPOSITS, CARDS, [["PMT-1", "PMT-2"]])]
    assert due(books) == []


def test_a_reference_finds_the_receipts_before_an_amount_does(load):
    named = receipt(1, "50.00", extra='  reference: "CHK1044"\n') + receipt(2, "50.00")
    assert elsewhere(load(named + deposit("50.00", day(4), "DEPOSIT CHK1044", account="Cards"))) == [
        (CARDS, DEPOSITS, [["PMT-1"]])
    ]


def test_the_account_that_a_deposit_is_booked_to_goes_first(load):
    """Both the checks and the cards of the day come to 95."""
    cards = receipt(1, "95.00", method="card")
    books = load(CHECKS + cards + deposit("95.00", day(4)))
    assert matched(reconcile(books, LAST)) == [(["PMT-3", "PMT-4"], "amount and date")]
    assert elsewhere(books) == []


def test_two_explanations_in_another_account_are_both_listed_and_neither_is_taken(load):
    books = load(receipt(1, "50.00") + receipt(2, "50.00", day(3)) + deposit("50.00", day(4), account="Cards"))
    assert elsewhere(books) == [(CARDS, "", [["PMT-1"], ["PMT-2"]])]
    (finding,) = findings(books, "unmatched-deposit")
    assert finding.message.startswith(
        "bank line of 50.00 USD: 2 explanations: PMT-1 of 2026-03-02, in Assets:Clearing:Deposits, not Assets:Clearing:"
    )
    assert len(findings(books, "undeposited-payment")) == 2


def test_two_deposits_that_one_receipt_may_explain_both_list_it_and_neither_takes_it(load):
    wrong = deposit("50.00", day(4), account="Cards") + deposit("50.00", day(5), account="Cards")
    books = load(receipt(1, "50.00") + wrong)
    assert elsewhere(books) == [(CARDS, "", [["PMT-1"]]), (CARDS, "", [["PMT-1"]])]
    assert [finding.message.split(": ")[1] for finding in findings(books, "unmatched-deposit")] == ["1 explanation"] * 2


def test_what_no_account_explains_stays_unexplained(load):
    assert elsewhere(load(BATCH + deposit("71.00", day(4)))) == [(DEPOSITS, "", [])]


def test_receipts_of_another_time_are_not_taken_for_it(load):
    assert elsewhere(load(BATCH + deposit("70.00", day(28)))) == [(DEPOSITS, "", [])]
