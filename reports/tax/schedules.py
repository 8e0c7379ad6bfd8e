"""The lines of Schedules K, L, M-1 and M-2 by return and year (`schedules.toml`)."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import Any, NamedTuple


class Schedules(NamedTuple):
    """One year's lines, by word.

    Attributes:
        source: the form; `through` is the last tax year whose form was read.
        k: lines of Schedule K beside those that are separately stated.
        l: lines of the balance sheet; `l_totals` those of total `assets` and of liabilities and capital, `claims`.
        m1: lines of the reconciliation of the books' income with the return's.
        m2: lines of the capital accounts, or of the accumulated adjustments account.
    """

    source: str
    through: int
    k: Mapping[str, str]
    l: Mapping[str, str]  # noqa: E741 - the schedule's own letter
    l_totals: Mapping[str, str]
    m1: Mapping[str, str]
    m2: Mapping[str, str]


def said_of(lines: Schedules, year: int) -> str:
    """Which form the lines are of, and whether the form of that year is still to be looked at."""
    later = f" Check them against the form of {year}, which was not read for this." if year > lines.through else ""
    return f"Lines of {lines.source}.{later}"


def schedules(returns: str, year: int) -> Schedules | None:
    """The lines that hold in a tax year; None for a return that has no such schedules."""
    held = [item for item in _data()["edition"] if item["return"] == returns and item["since"] <= year]
    found: dict[str, Any] = {}
    for item in sorted(held, key=lambda one: int(one["since"])):
        for name in Schedules._fields:
            said = item.get(name, {})
            found[name] = {**found.get(name, {}), **said} if isinstance(said, dict) else said
    return Schedules(**found) if found else None


def title_of(word: str) -> str:
    """What a line of Schedules K, M-1 and M-2 is called."""
    title: str = _data()["titles"][word]
    return title


def balance_titles() -> Mapping[str, str]:
    """What each line of Schedule L is called, by the word that an account's `schedule-l` may be."""
    titles: dict[str, str] = _data()["balance"]
    return titles


@cache
def _data() -> dict[str, Any]:
    return tomllib.loads((files("daysheet.reports.tax") / "schedules.toml").read_text(encoding="utf-8"))
