"""Generated practices whose true accounts are known, taken in by the real command."""

from __future__ import annotations

import pytest

from tests.simulator.receivables.banking import Bank
from tests.simulator.receivables.facts import ZERO
from tests.simulator.receivables.life import Life
from tests.simulator.receivables.measure import FIGURES, measure, show, truth_of
from tests.simulator.receivables.score import total
from tests.simulator.receivables.shape import shape_of

SMALL = (4, 12, 24)
"""Payments that name the patient only, are split, name the bill; receivables taken over, and families."""


def lived(seed: int) -> Life:
    life = Life(shape_of(seed))
    life.run()
    return life


@pytest.mark.parametrize("seed", range(12))
def test_what_the_generator_holds_for_true_adds_up(seed):
    """Charged = written off + paid + owed, and cash income is what was received."""
    life = lived(seed)
    facts, book, end = life.facts, life.book, life.shape.last
    truth = truth_of(life, Bank(life))
    charged = sum((line.fee for line in facts.lines), ZERO) + sum((one.amount for one in facts.openings), ZERO)
    off = sum((one.amount for one in facts.adjustments), ZERO) + sum((one.off for one in facts.answers), ZERO)
    income = sum(truth.income.values(), ZERO)
    owed = sum((*truth.patients.values(), *truth.payers.values()), ZERO)
    assert charged == off + income + owed
    from_patients = sum((one.amount for one in facts.payments), ZERO)
    from_insurers = sum((one.paid for one in facts.answers), ZERO)
    assert max(*(one.day for one in facts.payments), *(one.day for one in facts.answers)) <= end
    if life.shape.insurers != "835":  # else an insurer's money is income when the bank has it
        assert income == from_patients + from_insurers
    assert all(bill.owed >= 0 or bill.waits for bill in book.bills.values())


def test_a_seed_is_a_practice():
    assert lived(3).facts == lived(3).facts


def test_what_goes_wrong_and_what_is_given_back_happens():
    """A generator that never returns a check proves nothing about returned checks."""
    lives = [lived(seed) for seed in range(12)]
    marks = {payment.at_bank for life in lives for payment in life.facts.payments}
    assert marks == {"with its kind", "returned", "charged", "nothing"}
    assert any(life.book.on_account(patient) for life in lives for patient in life.shape.patients)
    assert any(answer.rank == 2 for life in lives for answer in life.facts.answers)
    assert [bool(Bank(life).lines and life.planted.lost) for life in lives] == [False, True] * 6


@pytest.mark.parametrize("seed", SMALL)
def test_a_small_practice_is_right_to_the_cent(seed, tmp_path):
    """All figures, the planted findings and no other, every deposit explained, whatever the order of the files."""
    assert show(measure(seed, tmp_path, months=2)) == []


@pytest.mark.long
def test_two_hundred_practices_are_right_to_the_cent():
    score = total(range(200))
    assert {name: score.exact[name] for name in FIGURES} == dict.fromkeys(FIGURES, 200)
    assert not score.missed
    assert score.matched_share >= 0.99
