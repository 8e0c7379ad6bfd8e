"""The rules of Forms 1099-NEC and 1099-MISC by the year of payment (`form_1099.toml`, with its sources)."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping, Sequence
from decimal import Decimal
from functools import cache
from importlib.resources import files
from typing import Any, Final

_NEC: Final = 2020  # the first year of Form 1099-NEC


def threshold(of_year: int) -> Decimal:
    """The amount in USD from which payments of a calendar year are reported."""
    rules = [rule for rule in _rules()["threshold"] if rule["since"] <= of_year]
    chosen = max(rules, key=lambda rule: int(rule["since"])) if rules else _rules()["threshold"][0]
    return Decimal(chosen["amount"])


def is_known(of_year: int) -> bool:
    """Whether the threshold of a year was read, and is not only that of the year before."""
    known: int = _rules()["known_through"]
    return of_year <= known


def boxes(of_year: int) -> Mapping[str, str]:
    """The form and its box for each kind of service, in a year."""
    found: dict[str, str] = _rules()["boxes"]
    return found if of_year >= _NEC else {**found, **_rules()["boxes_before_2020"]}


def reported_of_corporations() -> Sequence[str]:
    """The services for which a corporation gets a form too."""
    found: list[str] = _rules()["corporations"]["reported"]
    return found


@cache
def _rules() -> dict[str, Any]:
    return tomllib.loads((files("daysheet.accounting") / "form_1099.toml").read_text(encoding="utf-8"))
