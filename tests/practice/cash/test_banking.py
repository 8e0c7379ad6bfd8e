"""Where nothing is missing nothing is undeposited; where a deposit or a receipt is missing, that one is found."""

from __future__ import annotations

import datetime
import random
from decimal import Decimal

import pytest
from daysheet.cash.reconciliation import matches_of_cards, reconcile

from tests.practice.cash import banking

START = datetime.date(2026, 1, 5)


def practice(seed: int, days: int = 60) -> tuple[list[banking.Taken], list[banking.Bag], datetime.date]:
    chance = random.Random(seed)
    way = banking.habits(chance)
    received = banking.taken(chance, START, days)
    bags = banking.bags(received, way)
    return received, bags, bags[-1].day + datetime.timedelta(40)


def shares(seeds: range) -> tuple[Decimal, Decimal, int]:
    """Deposited money, matched money, and the number of receipts said to be undeposited."""
    deposited = matched = Decimal()
    undeposited = 0
    for seed in seeds:
        received, bags, day = practice(seed)
        result = reconcile(banking.books(received, bags), day)
        deposited += sum((bag.amount for bag in bags), Decimal())
        matched += sum((match.deposit.amount for match in result.matches), Decimal())
        undeposited += len(result.overdue)
    return deposited, matched, undeposited


def test_with_nothing_missing_all_deposits_are_explained():
    deposited, matched, undeposited = shares(range(8))
    assert (matched, undeposited) == (deposited, 0)


@pytest.mark.long
def test_with_nothing_missing_99_percent_of_the_money_is_explained():
    deposited, matched, _ = shares(range(100, 300))
    assert matched >= deposited * Decimal("0.99")


@pytest.mark.parametrize("seed", range(4))
def test_a_deposit_that_never_reached_the_bank_is_found_at_its_amount(seed):
    received, bags, day = practice(seed)
    lost = next(bag for bag in bags[len(bags) // 2 :] if bag.account == "Deposits" and len(bag.receipts) > 2)
    bags = [bag for bag in bags if bag is not lost]
    result = reconcile(banking.books(received, bags), day)
    assert sum(receipt.amount for receipt in result.overdue) == lost.amount
    assert {receipt.id for receipt in result.overdue} == lost.receipts


@pytest.mark.parametrize("seed", range(4))
def test_a_deposit_of_money_that_was_never_booked_is_no_other_receipt_s(seed):
    received, bags, day = practice(seed)
    unknown = next(bag for bag in bags[len(bags) // 2 :] if bag.account == "Cards" and len(bag.receipts) > 2)
    received = [one for one in received if one.id not in unknown.receipts]
    result = reconcile(banking.books(received, bags), day)
    assert [(item.deposit.date, item.deposit.amount) for item in result.open_deposits] == [
        (unknown.day, unknown.amount)
    ]
    assert result.overdue == ()


@pytest.mark.parametrize("seed", range(8))
def test_what_waits_in_other_accounts_changes_nothing_in_that_of_cards(seed):
    received, bags, day = practice(seed)
    bags = bags[: seed * len(bags) // 16] + bags[seed * len(bags) // 16 + 2 :]  # with some that nothing explains
    books = banking.books(received, bags)
    cards = [match for match in reconcile(books, day).matches if match.deposit.account.endswith("Cards")]
    found = [(match.deposit, [one.id for one in match.receipts], match.basis) for match in matches_of_cards(books, day)]
    assert cards
    assert found == [(match.deposit, [one.id for one in match.receipts], match.basis) for match in cards]
