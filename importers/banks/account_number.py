"""The account number that a bank prints above its table: masked, or whole; only its last digits are ever kept.

Example:
    Business Checking ****4471
    Account Number: 000123454471
    Credit card ending in 4471
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import Final

KEPT: Final = 4
_MASKED: Final = re.compile(r"(?:[*•·…]+|[xX]{2,}|\.{2,}|(?<![A-Za-z0-9])[xX])[ -]?(\d{4,6})(?![\d/]|[.,]\d)")
_NAMED: Final = re.compile(
    r"(?i)\b(?:account|acct|a/c|card|loan)\b[ .]*(?:number|num|no|nr|#)?[ .#:,;=\t\"']*"
    r"(?:ending[ ]+(?:in|with)[ ]*)?((?:\d[ -]?){4,20}(?<=\d))(?![\d/]|[.,]\d)"
)
_DATE: Final = re.compile(r"(?:19|20)\d\d[ -]?[01]\d[ -]?[0-3]\d\Z")

_IN_NAME: Final = re.compile(r"(?i)^chase(\d{4})(?!\d)|(?:(?<![a-z0-9])x{2,}|\*{2,}|\.{3,}|…)-?(\d{4})(?!\d)")
_YEAR: Final = re.compile(r"(?:19|20)\d\d\Z")

PATTERNS: Final = (
    r"[*•·…xX.]+[ -]?(\d{4})(?!\d)",
    r"(?i)(?:account|acct|a/c|card|loan)\D{0,20}[\d -]*(\d{4})(?![ -]?\d)",
)
"""How a new profile asks for it: the last four digits of a masked number, else of a whole one."""


def stated(lines: Iterable[str]) -> str | None:
    """The last digits of the one account that these lines name; None where they name none, or several."""
    found: set[str] = set()
    for line in lines:
        whole = [match[1] for match in _NAMED.finditer(line) if not _DATE.match(match[1])]
        found |= {digits[-KEPT:] for number in (*_MASKED.findall(line), *whole) if (digits := bare(number))}
    return found.pop() if len(found) == 1 else None


def in_name(name: str) -> str | None:
    """The last digits of the account that a file's name gives as banks do: `Chase4471_Activity_20260331.CSV`.

    Others mask it: `Checking_XX4471.csv`. Digits without a mask may be a day or a count.
    """
    found = {(match[1] or match[2]) for match in _IN_NAME.finditer(name)}
    digits = {number for number in found if not _YEAR.match(number)}
    return digits.pop() if len(digits) == 1 else None


def pattern(name: str, above: Iterable[Sequence[str]]) -> str | None:
    """The pattern that finds the account number in a file's name and the rows above its table; None where none does."""
    lines = [",".join(cells) for cells in above]
    number, around = stated(lines), "\n".join((name, *lines))
    found = ((each, re.search(each, around)) for each in PATTERNS)
    return next((each for each, match in found if match is not None and match[1] == number), None)


def bare(number: str) -> str:
    """A number without what banks put between its digits."""
    return re.sub(r"\D", "", number)
