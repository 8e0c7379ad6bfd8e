"""Small charts as SVG: a pure function from figures to a picture that says the same in words.

A chart stands only where an accountant looks for a shape (a month without collections, an old receivable); the figures
themselves stand in a table beside it.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from decimal import Decimal
from typing import Final, NamedTuple

from markupsafe import Markup, escape

_ACCENT: Final = "#1f3a5f"
_PRIOR: Final = "#b8c4d4"
_GREY: Final = "#5d6673"
_HAIR: Final = "#dfe3e8"
_DIGIT: Final = 4.2
_TOP: Final = 14.0
_ABREAST: Final = 5
_BOTTOM: Final = 16.0
_LETTER: Final = 5.2
"""About how wide a letter under a bar is, with its share of the space to the next word."""
_STEPS: Final = (Decimal(1), Decimal(2), Decimal("2.5"), Decimal(5), Decimal(10))


class Chart(NamedTuple):
    """A chart's title and its picture, which carries its own text alternative."""

    title: str
    svg: Markup


class Series(NamedTuple):
    """Amounts, one for each label of the chart, and what they are."""

    name: str
    values: tuple[Decimal, ...]


def across(count: int) -> int:
    """How many of so many small charts stand beside each other: rows that are as full as each other, five at most."""
    return math.ceil(count / max(math.ceil(count / _ABREAST), 1))


def bars(
    title: str, labels: Sequence[str], series: Sequence[Series], width: float = 480.0, height: float = 150.0
) -> Chart:
    """Upright bars over labels, one or two series beside each other, on an axis from zero.

    Args:
        title: what the chart shows, with its currency.
        labels: under each group of bars; every second, third … one where they have no room beside each other.
        series: one, or this year's and the prior year's; amounts below zero hang under the axis.
        width: of the picture, in points.
        height: of the picture, in points.
    """
    low, high, ticks = _scale([value for one in series for value in one.values])
    legend = 12.0 if len(series) > 1 else 0.0
    names = [f"{tick:,.{_decimals(ticks)}f}" for tick in ticks]
    left = _DIGIT * max(map(len, names)) + 7.0
    plot = height - _TOP - _BOTTOM - legend

    def level(value: Decimal) -> float:
        return _TOP + legend + plot * float((high - value) / (high - low))

    marks = [
        *_legend(series, legend, width),
        *(_tick(named, level(tick), left, width) for tick, named in zip(ticks, names, strict=True)),
        *_columns(labels, series, (left, width), level, height),
    ]
    alternative = escape(_in_words(title, labels, series))
    svg = Markup(  # noqa: S704 - its parts are numbers and escaped text
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width:g}pt" height="{height:g}pt"'
        f' viewBox="0 0 {width:g} {height:g}"><title>{alternative}</title>{"".join(marks)}</svg>'
    )
    return Chart(title, svg)


def _columns(
    labels: Sequence[str],
    series: Sequence[Series],
    across: tuple[float, float],
    level: Callable[[Decimal], float],
    height: float,
) -> list[str]:
    left, width = across
    pitch = (width - left) / max(len(labels), 1)
    bar = min(pitch * 0.72 / len(series), 34.0)
    zero = level(Decimal())
    every = math.ceil((max(map(len, labels), default=0) * _LETTER) / pitch)
    marks = []
    for place, label in enumerate(labels):
        middle = left + pitch * (place + 0.5)
        for order, one in enumerate(series):
            x = middle - bar * len(series) / 2 + bar * order
            y = level(one.values[place])
            top, tall = min(y, zero), abs(zero - y)
            colour = _ACCENT if order == len(series) - 1 else _PRIOR
            if tall:
                marks.append(
                    f'<rect x="{x:.2f}" y="{top:.2f}" width="{bar * 0.92:.2f}" height="{tall:.2f}" fill="{colour}"/>'
                )
        if place % every == 0:
            marks.append(_text(middle, height - 4, label, "middle"))
    marks.append(f'<path d="M{left:g} {zero:.2f}H{width:g}" stroke="{_GREY}" stroke-width=".7"/>')
    return marks


def _legend(series: Sequence[Series], room: float, width: float) -> list[str]:
    if not room:
        return []
    marks = []
    x = width
    for order, one in reversed(list(enumerate(series))):
        colour = _ACCENT if order == len(series) - 1 else _PRIOR
        x -= 6.0 + 4.6 * len(one.name)
        marks.append(f'<rect x="{x - 9:.2f}" y="3" width="6" height="6" fill="{colour}"/>')
        marks.append(_text(x, 8.6, one.name, "start"))
        x -= 18.0
    return marks


def _decimals(ticks: Sequence[Decimal]) -> int:
    """As many as the ticks need to be told apart: 0.5, 1.0, 1.5."""
    return max(0, *(-int(tick.normalize().as_tuple().exponent) for tick in ticks))


def _tick(named: str, y: float, left: float, width: float) -> str:
    line = f'<path d="M{left:g} {y:.2f}H{width:g}" stroke="{_HAIR}" stroke-width=".5"/>'
    return line + _text(left - 5, y + 2.5, named, "end")


def _text(x: float, y: float, words: str, anchor: str) -> str:
    return (
        f'<text x="{x:.2f}" y="{y:.2f}" font-family="Source Sans 3" font-size="7.5" fill="{_GREY}"'
        f' text-anchor="{anchor}">{escape(words)}</text>'
    )


def _scale(values: Sequence[Decimal]) -> tuple[Decimal, Decimal, list[Decimal]]:
    """The ends of an axis that holds zero and all values, and its round ticks, five or six at most."""
    top = max([Decimal(), *values])
    bottom = min([Decimal(), *values])
    span = (top - bottom) or Decimal(1)
    power = Decimal(10) ** (span / 4).adjusted()
    step = next(power * factor for factor in _STEPS if power * factor * 4 >= span)
    low = (bottom / step).to_integral_value(rounding="ROUND_FLOOR") * step
    ticks = [low]
    while ticks[-1] < top:
        ticks.append(ticks[-1] + step)
    if len(ticks) == 1:
        ticks.append(low + step)
    return low, ticks[-1], ticks


def _in_words(title: str, labels: Sequence[str], series: Sequence[Series]) -> str:
    """The text alternative: every figure that the picture shows."""
    parts = []
    for one in series:
        figures = ", ".join(f"{label} {value:,.2f}" for label, value in zip(labels, one.values, strict=True))
        parts.append(f"{one.name}: {figures}" if len(series) > 1 else figures)
    return f"{title}. " + "; ".join(parts) + "."
