"""What ten thousand clients would take is worked out from what was measured, and stands so on the page."""

import json
from decimal import Decimal

import pytest

from bench import scale
from bench.scale import Measured

KNOWN = Measured(
    clients=50, years=150, processor=720.0, again=9.0, status=90.0, efficiency=0.8, load=2.0, peak=400_000_000,
    disk=1_500_000_000, machine="2 processors", day="2026-01-31",
)  # fmt: skip


def test_so_many_clients_take_so_many_times_what_was_measured():
    whole = scale.paper(KNOWN, 1000, Decimal("0.10"))
    assert (whole.packs, whole.status, whole.again) == pytest.approx((4.0, 0.5, 0.05))
    assert whole.disk == pytest.approx(30e9)
    assert whole.cost == Decimal("0.40")


def test_processors_are_as_well_used_as_measured_and_never_better():
    assert scale.hours(8.0, 4, 0.8) == pytest.approx(2.5)
    assert scale.hours(8.0, 4, 1.3) == pytest.approx(2.0)


def test_the_page_says_what_the_figures_give():
    figures = json.loads(scale.FIGURES.read_text())
    page = scale.PAGE.read_text()
    assert scale.page(page, scale.table(scale.measured(figures))) == page
