"""A model's guess at what a bank line was for, by smart_importer, where the practice asks for it.

`suggest = true` in `[import]` of `daysheet.toml` and `pip install daysheet[suggest]` turn it on. A guess is right for
about one new payee in three, so it is only a suggestion: the line keeps the flag `!` and says why it is booked so.
"""

from __future__ import annotations

import importlib
from collections.abc import Callable, Sequence
from typing import Any, Final

from beancount.core.data import EMPTY_SET, Directive, Open, Transaction
from daysheet.errors import DaysheetError
from daysheet.importers.booking.directives import posting
from daysheet.importers.booking.payees import names_payee
from daysheet.records import BankLine

WHY: Final = "a guess of smart_importer from lines with like words; check it, then write * for !"
LEAST: Final = 20
"""Fewer categorized lines of an account teach nothing."""

Suggest = Callable[[Sequence[BankLine], str], list[str | None]]
"""A function from lines of an account to the other account of each, None where there is no guess."""


def suggester(entries: Sequence[Directive], own: frozenset[str], uncategorized: frozenset[str]) -> Suggest:
    """The guesses that these books teach.

    Args:
        entries: the books.
        own: the accounts whose files are imported; a guess is never one of them.
        uncategorized: the accounts of lines that nobody has looked at yet.

    Raises:
        DaysheetError: smart_importer is not installed.
    """
    try:
        predictor_class: Any = importlib.import_module("smart_importer").PredictPostings
    except ImportError:
        raise DaysheetError(
            "suggestions need smart_importer", remedy="pip install daysheet[suggest], or set suggest = false"
        ) from None
    opened = [entry for entry in entries if isinstance(entry, Open)]
    settled = [entry for entry in entries if _teaches(entry, own, uncategorized)]

    def suggest(rows: Sequence[BankLine], account: str) -> list[str | None]:
        known = [entry for entry in settled if any(leg.account == account for leg in entry.postings)]  # type: ignore[union-attr]
        if len(known) < LEAST or not rows:
            return [None] * len(rows)
        asked = [_question(row, account) for row in rows]
        predictor = predictor_class()
        ((_, answered, _, _),) = predictor.hook([("", asked, account, None)], [*opened, *known])
        return [_answer(entry, account, own | uncategorized) for entry in answered]

    return suggest


def _teaches(entry: Directive, own: frozenset[str], uncategorized: frozenset[str]) -> bool:
    if not isinstance(entry, Transaction) or entry.flag != "*" or len(entry.postings) != 2:
        return False
    if not names_payee(str(entry.meta.get("memo") or entry.payee or entry.narration)):
        return False
    accounts = {leg.account for leg in entry.postings}
    return len(accounts & own) == 1 and not accounts & uncategorized


def _question(row: BankLine, account: str) -> Transaction:
    legs = [posting(account, row.amount, row.currency)]
    meta = {"filename": "", "lineno": 0}
    return Transaction(meta, row.date, "*", row.payee, row.narration, EMPTY_SET, EMPTY_SET, legs)


def _answer(entry: Transaction, account: str, never: frozenset[str]) -> str | None:
    others = [leg.account for leg in entry.postings if leg.account != account]
    return others[0] if len(others) == 1 and others[0] not in never else None
