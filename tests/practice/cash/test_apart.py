"""Accounts matched in two processes say what one says, whatever becomes of the second."""

import os
import signal
from decimal import Decimal

import pytest
from daysheet.cash import apart
from daysheet.cash.reconciliation import Reconciliation, reconcile
from daysheet.ledger import second

from tests.practice.cash import banking
from tests.practice.cash.test_banking import practice

pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="the system copies no processes")


def reconciled(seed: int) -> Reconciliation:
    """A practice's deposits with one booked to the wrong account, one of another amount, and one that never came."""
    received, bags, day = practice(seed)
    last = len(bags) - 1
    bags[last // 2] = bags[last // 2]._replace(account="Cards" if bags[last // 2].account == "Deposits" else "Deposits")
    bags[last // 3] = bags[last // 3]._replace(amount=bags[last // 3].amount - Decimal(13))
    return reconcile(banking.books(received, bags[:-1]), day)


def told(result: Reconciliation) -> list[object]:
    """What stands in it, of any books of the same text."""

    def ids(receipts):
        return [(one.id, one.account) for one in receipts]

    matches = [(one.deposit, ids(one.receipts), one.basis, one.fee) for one in result.matches]
    left = [
        (one.deposit, [*map(ids, one.candidates)], ids(one.nearest), one.difference, ids(one.suspects), one.elsewhere)
        for one in result.open_deposits
    ]
    return [matches, left, ids(result.overdue), ids(result.in_transit), result.left_over]


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("fate", ["works", "is killed", "says half", "cannot be made"])
def test_what_two_processes_say_is_what_one_says(seed, fate, monkeypatch):
    monkeypatch.setattr(second, "is_possible", lambda: False)
    alone = told(reconciled(seed))
    made, fork = [], os.fork

    def forked():
        if fate == "cannot be made":
            made.append(0)
            raise BlockingIOError
        child = fork()
        made.append(child)
        if child == 0 and fate == "is killed":
            os.kill(os.getpid(), signal.SIGKILL)
        return child

    def half(place, words):
        os.write(place, words[: len(words) // 2])
        os._exit(1)

    monkeypatch.setattr(second, "is_possible", lambda: True)
    monkeypatch.setattr(apart, "_MUCH", 1)
    monkeypatch.setattr(os, "fork", forked)
    if fate == "says half":
        monkeypatch.setattr(second, "_answer", half)
    assert told(reconciled(seed)) == alone
    assert len(made) == 1
    assert alone[0]
    assert alone[1]
