"""What the checks must reach on practices in which everything that is wrong is known."""

from __future__ import annotations

import pytest

from tests.simulator.score import Score, score_of, total
from tests.simulator.shapes import shape_of
from tests.simulator.years import year_of


@pytest.fixture(scope="module")
def sample() -> Score:
    """A few practices, of one to four providers."""
    score = Score()
    for seed in (0, 1, 3, 13, 14, 16):
        score.add(score_of(seed))
    return score


def test_a_seed_is_a_practice():
    assert year_of(shape_of(3)).missed == year_of(shape_of(3)).missed


def test_every_unbilled_visit_is_found_and_none_invented(sample):
    assert sample.visits["found"] > 200
    assert (sample.visits["missed"], sample.visits["invented"]) == (0, 0)


def test_lapses_are_found_from_visits_schedule_and_history(sample):
    assert sample.trouble == []
    assert all(sample.table[mode]["found"] >= 5 for mode in ("visits", "schedule", "history"))


def test_a_lapse_is_found_within_three_working_days_of_the_grace(sample):
    assert max(sample.delays) <= 3


def test_expected_cash_is_near_the_truth(sample):
    assert sample.price_error <= 0.10


@pytest.mark.long
def test_two_hundred_practice_years_reach_the_targets():
    score = total(range(200))
    assert (score.visits["missed"], score.visits["invented"]) == (0, 0)
    assert (score.recall("visits") >= 0.99, score.precision("visits") >= 0.97) == (True, True)
    assert (score.recall("history") >= 0.95, score.precision("history") >= 0.90) == (True, True)
    assert max(score.delays) <= 3
    assert score.price_error <= 0.10
