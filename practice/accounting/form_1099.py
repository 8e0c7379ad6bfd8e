"""The rules of Forms 1099-NEC and 1099-MISC by the year of payment (`form_1099.toml`, with its sources)."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping, Sequence
from decimal import Decimal
from functools import cache
from importlib.resources import files
from typing import Any


def threshold(of_year: int) -> Decimal:
    """The amount in USD from which payments of a calendar year are reported."""
    rules = [rule for rule in _rules()["threshold"] if rule["since"] <= of_year]
    chosen = max(rules, key=lambda rule: int(rule["since"])) if rules else _rules()["threshold"][0]
    return Decimal(chosen["amount"])


def boxes() -> Mapping[str, str]:
    """The form and its box for each kind of service."""
    found: dict[str, str] = _rules()["boxes"]
    return found


def reported_of_corporations() -> Sequence[str]:
    """The services for which a corporation gets a form too."""
    found: list[str] = _rules()["corporations"]["reported"]
    return found


@cache
def _rules() -> dict[str, Any]:
    return tomllib.loads((files("daysheet.accounting") / "form_1099.toml").read_text(encoding="utf-8"))
