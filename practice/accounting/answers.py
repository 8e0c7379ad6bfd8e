"""The accountant's answers: a sheet of the pack's workbook that goes out with questions and comes back with entries.

Both ends are here, so that they agree: what the sheet's columns are called, how a question is known again, and how the
adjusting entries that answers become are numbered. `AJE-1` is the first of its year; a number stays with its entry.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable
from typing import Final

from beancount.core.data import Directive, Transaction

SHEET: Final = "Answers"
KEY: Final = "Key"
DATE: Final = "Date"
QUESTION: Final = "Question"
DEBIT: Final = "Debit account"
CREDIT: Final = "Credit account"
AMOUNT: Final = "Amount to book"
REMARK: Final = "Remark"
COLUMNS: Final = (KEY, DATE, QUESTION, DEBIT, CREDIT, AMOUNT, REMARK)

NUMBER: Final = "entry-number"
ANSWERS: Final = "answers"
ADJUSTING: Final = "adjusting"
_AJE: Final = re.compile(r"AJE-([0-9]{1,6})\Z")


def key_of(practice: str, year: int, said: str) -> str:
    """What a row is known by: the practice, the year, and what it asks or which free line it is."""
    return f"{practice}-{year}-{hashlib.sha256(said.encode()).hexdigest()[:8]}"


def last_number(entries: Iterable[Directive], year: int) -> int:
    """The number of the year's last adjusting entry that has one; 0 for none."""
    found = (
        _AJE.match(str(entry.meta.get(NUMBER, "")))
        for entry in entries
        if isinstance(entry, Transaction) and entry.date.year == year and ADJUSTING in entry.tags
    )
    return max((int(match[1]) for match in found if match), default=0)
