"""One cell at a time: trimming, accounts, currencies, fingerprints, and where a record stands."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator, Mapping
from typing import Any, Final

from daysheet.importers.rows.text import Exact
from daysheet.ledger.printer import plain

Cells = list[str]
_CODE: Final = re.compile(r"\b[A-Z]{3}\b|[A-Z]{3}(?=\s*[-+0-9])")
_CARD: Final = re.compile(r"[0-9]{13,19}")


class CellError(Exception):
    """A cell that cannot be read: the column's name and what is wrong with it; the cell itself is not quoted."""

    def __init__(self, column: Column, problem: str) -> None:
        """`problem` completes a sentence that begins with the column's name."""
        super().__init__(problem)
        self.column = column


class SourceLine(Mapping[str, Any]):
    """Where a record stands, in Beancount's shape: a mapping of `filename` and `lineno` a third as large as a dict."""

    __slots__ = ("filename", "lineno")

    def __init__(self, filename: str, lineno: int) -> None:
        """The file, and its physical line counted from 1."""
        self.filename = filename
        self.lineno = lineno

    def __getitem__(self, key: str) -> Any:  # noqa: ANN401 - as in every metadata
        """One of the two."""
        if key == "lineno":
            return self.lineno
        if key == "filename":
            return self.filename
        raise KeyError(key)

    def get(self, key: str, default: Any = None) -> Any:  # noqa: ANN401 - as in every metadata
        """One of the two, else the default; asked of every row, so without an exception in between."""
        if key == "lineno":
            return self.lineno
        return self.filename if key == "filename" else default

    def __iter__(self) -> Iterator[str]:
        """Their names."""
        return iter(self.__slots__)

    def __len__(self) -> int:
        """Two."""
        return 2


def fingerprint(cells: Cells) -> str:
    """What tells a raw row from any other: the first 16 hexadecimal digits of its SHA-256."""
    return hashlib.sha256("\x1f".join(cells).encode("utf-8", "surrogatepass")).hexdigest()[:16]


def trimmed(cell: str) -> str:
    """A cell without padding, a spreadsheet's leading apostrophe, or the armour of `="0012"`."""
    if isinstance(cell, Exact):
        return cell
    cell = cell.strip(" \t\n\ufeff\u00a0")
    if cell[:1] == "=" and cell[1:2] == '"' and cell[-1:] == '"':
        return cell[2:-1].strip()
    if cell[:1] == "'":
        return cell.strip("'").strip()
    return cell


def currency_of(cell: str) -> str:
    """The ISO code in a cell; a cell that has none is an error of the row."""
    found = _CODE.search(cell.upper())
    if found is None:
        raise CellError("currency", "is no currency code that the profile knows")
    return found[0]


def account_of(cell: str) -> str:
    """An account's number as one line; a whole card number is cut to its last four digits."""
    text = plain(cell)
    digits = re.sub(r"[ -]", "", text)
    return f"*{digits[-4:]}" if _CARD.fullmatch(digits) and _luhn(digits) else text


def _luhn(digits: str) -> bool:
    doubled = (int(digit) * (1 + place % 2) for place, digit in enumerate(reversed(digits)))
    return sum(value - 9 if value > 9 else value for value in doubled) % 10 == 0


Column = str | int
