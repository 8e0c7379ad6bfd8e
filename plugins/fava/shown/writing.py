"""How a value is written on a page."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Final

from daysheet.ledger import printer
from daysheet.wording import decimals
from markupsafe import Markup, escape

_RIGHT_TO_LEFT: Final = "[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc]"
_DAY: Final = re.compile(r"\b\d{4}-\d\d-\d\d\b")
_RUN: Final = re.compile(rf"{_RIGHT_TO_LEFT}(?:[^\w\n]*{_RIGHT_TO_LEFT})*")


def figure(amount: Decimal | int | None, currency: str) -> str:
    """An amount as an accountant writes it: parentheses for less than nothing, a dash for what is not known."""
    if amount is None:
        return "–"
    digits = f"{abs(amount):,.{decimals(currency)}f}"
    return f"({digits})" if amount < 0 else digits


def text(words: object) -> Markup:
    """Text of others: no control character, and what runs from right to left turns nothing around it."""
    clean = printer.clean(str(words))
    done = 0
    parts = []
    for run in _RUN.finditer(clean):
        parts += [escape(clean[done : run.start()]), Markup("<bdi>{}</bdi>").format(run[0])]
        done = run.end()
    return Markup("").join([*parts, escape(clean[done:])])


def dated(words: object) -> Markup:
    """The same, in which no day is broken over two lines."""
    return Markup(_DAY.sub(r'<span class="ds-date">\g<0></span>', str(text(words))))  # noqa: S704 - it is escaped by then


def plain(words: str) -> str:
    """The same as text that our script puts into the page."""
    return printer.clean(words)
