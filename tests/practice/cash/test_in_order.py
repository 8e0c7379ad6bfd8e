"""Bank lines explained by the days of receipts in their order, against all ways there are, and over many years."""

import datetime
from decimal import Decimal
from itertools import pairwise, product

from daysheet.cash.in_order import in_order
from daysheet.cash.processor_fees import business_days
from daysheet.cash.receipts import BankDeposit, Receipt
from hypothesis import given, settings
from hypothesis import strategies as st

D = Decimal
WINDOWS = {"card": (0, 6)}
FIRST = datetime.date(2026, 1, 5)


def receipt(name: str, day: datetime.date, amount: int) -> Receipt:
    return Receipt(name, day, "Assets:Cards", "card", D(amount), "", None, frozenset(), None, False, ())


def line(name: str, day: datetime.date, amount: int) -> BankDeposit:
    return BankDeposit(name, day, "Assets:Cards", D(amount), D(), frozenset(), {})


def exactly(deposit):
    return lambda cents, sales: cents == int(deposit.amount * 100)


def all_ways(lines, days, lag):
    """By trying each stretch of days for each line: what the best ways cost, and what all of them say."""
    stretches = [
        (None, *((a, b) for a in range(len(days)) for b in range(a + 1, len(days) + 1) if _brings(deposit, days[a:b])))
        for deposit in lines
    ]
    best: tuple[int, int] | None = None
    ways: list[tuple[tuple[int, int] | None, ...]] = []
    for way in product(*stretches):
        taken = [stretch for stretch in way if stretch]
        if any(before[1] > after[0] for before, after in pairwise(taken)):
            continue
        cost = (way.count(None), _likely(way, lines, days, lag))
        if best is None or cost < best:
            best, ways = cost, []
        if cost == best:
            ways.append(way)
    return best, {
        lines[at].id: stretch
        for at, stretch in enumerate(ways[0])
        if stretch and all(way[at] == stretch for way in ways)
    }


def _brings(deposit, stretch):
    near = all(0 <= (deposit.date - day[0].date).days <= 6 for day in stretch)
    return near and sum(one.amount for day in stretch for one in day) == deposit.amount


def _likely(way, lines, days, lag):
    """Three for each receipt left over that is older than what came or due by the end, and days off the usual."""
    taken = [stretch for stretch in way if stretch]
    covered = {at for start, end in taken for at in range(start, end)}
    upto = taken[-1][1] if taken else 0
    left = [
        at for at, day in enumerate(days)
        if at not in covered and (at < upto or business_days(day[0].date, lines[-1].date) >= lag)
    ]  # fmt: skip
    late = sum(
        abs(business_days(days[stretch[1] - 1][0].date, deposit.date) - lag)
        for stretch, deposit in zip(way, lines, strict=True)
        if stretch
    )
    return 3 * sum(len(days[at]) for at in left) + late


@settings(max_examples=150)
@given(
    st.lists(st.tuples(st.integers(1, 9), st.lists(st.sampled_from([20, 30, 50]), min_size=1, max_size=2)), max_size=6),
    st.lists(st.tuples(st.integers(0, 40), st.sampled_from([20, 30, 40, 50, 60, 70, 100])), min_size=1, max_size=5),
    st.integers(0, 2),
)
def test_the_best_ways_are_those_of_all(days, lines, lag):
    day, receipts = FIRST, []
    for at, (later, amounts) in enumerate(days):
        day += datetime.timedelta(later)
        receipts.append([receipt(f"R{at}-{n}", day, amount) for n, amount in enumerate(amounts)])
    found = sorted((line(f"B{at}", FIRST + datetime.timedelta(d), a) for at, (d, a) in enumerate(lines)), key=_day)
    ours = in_order(found, [one for day in receipts for one in day], WINDOWS, exactly, lag)
    if not receipts:
        assert ours is None
        return
    assert ours is not None
    cost, certain = all_ways(found, receipts, lag)
    assert ours.cost == cost
    expected = {name: [one.id for day in receipts[start:end] for one in day] for name, (start, end) in certain.items()}
    assert {deposit.id: [one.id for one in group] for deposit, group in ours.found} == expected


def _day(deposit):
    return deposit.date


def test_ten_years_of_days_alike_are_explained_as_one_year_is():
    """Four copays of 20 or 30 each day, at the bank on the next: 3,650 lines, each with several explanations."""
    receipts, lines = [], []
    for at in range(3650):
        day = FIRST + datetime.timedelta(at)
        amounts = [20 + 10 * (at * at // (n + 1) % 2) for n in range(4)]
        receipts += [receipt(f"R{at}-{n}", day, amount) for n, amount in enumerate(amounts)]
        lines.append(line(f"B{at}", day + datetime.timedelta(1), sum(amounts)))
    ours = in_order(lines, receipts, WINDOWS, exactly, None)
    assert ours is not None
    assert [(deposit.id, group[0].id, len(group)) for deposit, group in ours.found] == [
        (f"B{at}", f"R{at}-0", 4) for at in range(3650)
    ]


def test_two_receipts_that_say_the_same_are_two():
    one, other = (receipt("P1", datetime.date(2026, 3, 2), 50) for _ in range(2))
    assert one != other
    assert len({one, other}) == 2
    assert [other].count(one) == 0
