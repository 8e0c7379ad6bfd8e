"""Entries that a bank shows before it has booked them, however it marks them.

They may still change their amount, their day or their text, or vanish: they are never booked, and come again once they
are posted.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from decimal import Decimal
from functools import lru_cache
from itertools import groupby, pairwise, takewhile
from typing import Final

from daysheet.errors import DaysheetError
from daysheet.importers.banks.balance import closes_as_listed, descending, prove
from daysheet.importers.rows.header import norm
from daysheet.records import BankLine

PENDING: Final = "pending"
"""The reason with which such a row is skipped."""

NO_BALANCE: Final = frozenset(("n/a", "na", "n.a.", "none", "null", "nil", "pending", "not available", "unavailable"))
"""What stands in the column of balances where a row has none, in small letters."""

_WORD: Final = r"pending|vorgemerkt|en attente|pendiente"
_ANYWHERE: Final = re.compile(rf"(?i){_WORD}")
_IN_WORDS: Final = re.compile(rf"(?i)\W*(?:{_WORD})\b|.*\b(?:{_WORD})\W*\Z")
_STATES: Final = re.compile(
    rf"(?i)\W*(?:{_WORD}|processing|in process|in progress|on hold|hold|held|authori[sz](?:ed|ation)|"
    r"pre-?authori[sz]ation|unposted|not (?:yet )?posted|uncleared|not (?:yet )?cleared|temporary|memo post)\W*\Z"
)
_STATE_COLUMNS: Final = frozenset(
    (
        "status",
        "state",
        "transaction status",
        "posting status",
        "posted status",
        "status of transaction",
        "statut",
        "estado",
    )
)
_PENDING_COLUMNS: Final = frozenset(("pending", "pending?", "is pending"))
_POSTED_COLUMNS: Final = frozenset(("posted", "posted?", "is posted", "cleared", "cleared?"))
_DATE_COLUMN: Final = re.compile(r"\b(?:date|datum|data|fecha|day)\b")
_YES: Final = frozenset(("yes", "y", "true", "1", "x"))
_NO: Final = frozenset(("no", "n", "false", "0"))


@lru_cache(maxsize=65536)  # payees recur
def in_words(text: str) -> bool:
    """Whether a description begins or ends with the word: `PENDING - COFFEE`, `COFFEE (pending)`."""
    return _ANYWHERE.search(text) is not None and _IN_WORDS.match(text) is not None


def is_state(cell: str) -> bool:
    """Whether a cell of a column of states says that the row is not booked yet."""
    return _STATES.match(cell) is not None


class Marks:
    """The columns of a table in which a bank may say that a row is pending."""

    def __init__(self, names: Sequence[str], date: int, fallback: int | None) -> None:
        """`names` is the header, `date` the posting date's column, `fallback` the one in its stead if blank."""
        columns = [norm(name) for name in names]
        self._states = [place for place, name in enumerate(columns) if name in _STATE_COLUMNS]
        self._pending = [place for place, name in enumerate(columns) if name in _PENDING_COLUMNS]
        self._posted = [place for place, name in enumerate(columns) if name in _POSTED_COLUMNS]
        self._date = date
        self._dates = [place for place, name in enumerate(columns) if place != date and _DATE_COLUMN.search(name)]
        self._fallback = fallback
        self._some = bool(self._states or self._pending or self._posted)

    def say(self, cells: Sequence[str]) -> bool:
        """Whether a row's state, or a posting date that is blank or a word beside another date, says so."""
        day = cells[self._date] or (cells[self._fallback] if self._fallback is not None else "")
        if not day or day[0].isalpha():
            blank = not day and any(any(map(str.isdigit, cells[place])) for place in self._dates)
            if blank or (day and is_state(day)):
                return True
        return self._some and (
            any(is_state(cells[place]) for place in self._states)
            or any(is_state(cells[place]) or cells[place].casefold() in _YES for place in self._pending)
            or any(is_state(cells[place]) or cells[place].casefold() in _NO for place in self._posted)
        )


def without_balance(lines: Sequence[BankLine], order: str) -> list[int]:
    """The places of lines that stand outside a running balance, though others of the file have one.

    The newest lines without a balance above lines that have one are pending; so are blank ones elsewhere if the
    balances follow from each other without them. A bank that states a balance once a day leaves other lines blank.

    Args:
        lines: in the file's order.
        order: `ascending` (oldest first), `descending`, or empty: as the dates say.

    Raises:
        DaysheetError: the lines are of one day and one of them has a balance: the others may be pending, or stand
            before it.
    """
    blank = [place for place, line in enumerate(lines) if line.balance is None]
    stated = [line for line in lines if line.balance is not None]
    if not blank or not stated or len({(line.account, line.currency) for line in lines}) != 1:
        return []
    top = next(place for place, line in enumerate(lines) if line.balance is not None)
    bottom = len(lines) - next(place for place, line in enumerate(reversed(lines)) if line.balance is not None)
    ends = list(range(top)), list(range(bottom, len(lines)))
    one_day = len({line.date for line in lines}) == 1
    if order or not one_day:
        newest, oldest = ends if order == "descending" or (not order and descending(lines)) else ends[::-1]
    elif len(stated) == 1:
        raise _unsettled(lines[blank[0]])
    else:
        newest, oldest = (ends[0], []) if ends[0] else (ends[1], [])
        newest = newest if len(blank) <= len(stated) else []
    if len(stated) > 1:
        outside, inside = _closes(stated, order), _closes(lines, order)
        if outside and inside:  # at the newest end nothing follows that could tell; elsewhere they come to nothing
            newest = newest if closes_as_listed(lines, order) else _newest_turned(lines, order)
            return newest if sum((lines[place].amount for place in newest), Decimal()) else []
        if outside or inside:
            return [place for place in blank if place not in oldest] if outside else []
    if newest == blank:
        return newest
    days = {line.date for line in stated}
    newest = [place for place in newest if lines[place].date not in days]
    rest = {line.date for place, line in enumerate(lines) if place not in newest}
    return newest if rest <= days else []


def _newest_turned(lines: Sequence[BankLine], order: str) -> list[int]:
    """The places of the newest lines without a balance where the rows of a day run the other way than the days."""
    places = list(range(len(lines)))
    newest_first = order == "descending" or (not order and descending(lines))
    days = groupby(places if newest_first else places[::-1], lambda place: lines[place].date)
    newest = [place for _, group in days for place in reversed(list(group))]
    return sorted(takewhile(lambda place: lines[place].balance is None, newest))


def _unsettled(line: BankLine) -> DaysheetError:
    return DaysheetError(
        "has no balance, where one other row of the day has one: it may be pending, or stand before that row",
        filename=str(line.meta["filename"]),
        line=int(line.meta["lineno"]),
        remedy="export more than this day, or say in a profile of yours which end is the newest ([balance] order)",
    )


def unmoved(lines: Sequence[BankLine], order: str) -> list[int]:
    """The places of the newest lines whose balance is none: zero, or that of the line before them once more.

    Only where the balances do not follow from each other with them, and do without them.
    """
    stated = [place for place, line in enumerate(lines) if line.balance is not None]
    if len(stated) != len(lines) or _closes(lines, order):
        return []
    newest_first = order == "descending" or (not order and descending(lines))
    places = range(len(lines)) if newest_first else range(len(lines) - 1, -1, -1)
    found: list[int] = []
    for place, before in pairwise(places):
        if not lines[place].amount or lines[place].balance not in (Decimal(), lines[before].balance):
            break
        found.append(place)
    rest = [line for place, line in enumerate(lines) if place not in found]
    return sorted(found) if found and _closes(rest, order) else []


def _closes(lines: Sequence[BankLine], order: str) -> bool:
    """Whether each of the balances of these lines follows from the one before."""
    proof = prove(lines, order)
    return proof is not None and proof.closed and proof.checked > 0
