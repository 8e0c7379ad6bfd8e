"""Regular expressions for what a proposed profile must recognise: dates in a notation, the cells of a column."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

from daysheet.importers.detection.grid import Column

_PARTS: Final = {
    "%Y": r"\d{4}", "%y": r"\d\d", "%m": r"\d{1,2}", "%d": r"\d{1,2}", "%b": r"[^\W\d_]+\.?", "%B": r"[^\W\d_]+",
    "%H": r"\d{1,2}", "%I": r"\d{1,2}", "%M": r"\d\d", "%S": r"\d\d", "%f": r"\d+", "%p": r"[APap]\.?[Mm]\.?",
    "%z": r"\S+", "%a": r"[A-Za-z]+", "%A": r"[A-Za-z]+", " ": r"\s+",
}  # fmt: skip
_PLAIN: Final = r"[-+()\d.,$€£ ]*"
_DECORATED: Final = r"\D{0,8}[\d.,'’\s]*\D{0,8}"
_PIECES: Final = re.compile(r"\d+|[^\W\d_]{3,}|.", re.DOTALL)


def of_dates(notations: Sequence[str]) -> str:
    """A regular expression for a cell that is a date in one of these strptime notations."""
    shapes = [
        "".join(_PARTS.get(part, re.escape(part)) for part in re.split(r"(%.| )", notation)) for notation in notations
    ]
    return shapes[0] if len(shapes) == 1 else f"({'|'.join(shapes)})"


def of_column(column: Column) -> str:
    """A regular expression for the cells of a column of a file without a header."""
    if column.kind == "date":
        shapes = sorted({_of_date(cell.strip()) for cell in column.filled})
        shape = shapes[0] if len(shapes) == 1 else f"({'|'.join(shapes)})"
        return shape if len(column.filled) == len(column.cells) else f"({shape})?"
    if column.kind == "number":
        return _PLAIN if all(re.fullmatch(_PLAIN, cell.strip()) for cell in column.filled) else _DECORATED
    return "" if column.kind == "blank" and column.place == 0 else ".*"


def _of_date(cell: str) -> str:
    """Digits stand for any digits and words for any words, all else for itself."""
    return "".join(
        r"\d+" if piece.isdigit() else r"[^\W\d_]+" if len(piece) > 2 else re.escape(piece)
        for piece in _PIECES.findall(cell)
    )


def slug(text: str) -> str:
    """A profile's name from a file's: lower-case words with dashes, no digits."""
    found: Sequence[str] = re.findall(r"[a-z]+", text.lower())
    return "-".join(found) or "bank"
