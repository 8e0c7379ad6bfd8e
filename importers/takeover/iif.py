"""QuickBooks' IIF: the chart of accounts with opening balances, and journal entries, whose sums are balances.

Lines that begin with `!` name the columns of the lines of their kind below (`!ACCNT`, `!TRNS`, `!SPL`). Amounts are
positive for a debit. Fields are separated by tabs, in files that were edited also by commas.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from decimal import Decimal
from typing import Final

from daysheet.errors import DaysheetError
from daysheet.importers.rows.raw_file import RawFile
from daysheet.importers.rows.tables import tables
from daysheet.importers.rows.values import amount_parser

_ACCOUNTS: Final = "ACCNT"
_JOURNAL: Final = ("TRNS", "SPL")
Balance = tuple[str, str, str, Decimal, int]
"""An account's name, number, type, balance, and the line where it first stands."""


def matches(file: RawFile) -> bool:
    """Whether it is IIF: its first line with anything in it names columns after a `!`."""
    if tables(file).kind != "text":
        return False
    first = next((line for line in tables(file).lines(file) if line.strip(' \t,"')), "")
    return first.lstrip('" \ufeff').startswith("!")


def accounts(file: RawFile) -> list[Balance]:
    """The accounts with what they stand at.

    Raises:
        DaysheetError: an amount cannot be read, or an entry does not add up to nothing.
    """
    found: dict[str, Balance] = {}
    entry, begun = Decimal(), 0
    for line, kind, fields in _rows(file):
        if kind == "TRNS":
            _closed(file, entry, begun)
            entry, begun = Decimal(), line
        name = fields.get("NAME" if kind == _ACCOUNTS else "ACCNT", "")
        if not name or kind not in (_ACCOUNTS, *_JOURNAL):
            continue
        amount = _amount(file, line, fields.get("OBAMOUNT" if kind == _ACCOUNTS else "AMOUNT", ""))
        entry += amount if kind in _JOURNAL else 0
        before = found.get(name, (name, "", "", Decimal(), line))
        number = fields.get("ACCNUM", "") if kind == _ACCOUNTS else before[1]
        type_ = fields.get("ACCNTTYPE", "") if kind == _ACCOUNTS else before[2]
        found[name] = name, number, type_, before[3] + amount, before[4]
    _closed(file, entry, begun)
    return list(found.values())


def _closed(file: RawFile, entry: Decimal, line: int) -> None:
    if entry:
        raise DaysheetError(
            f"the entry does not add up: {entry:,f} remain", filename=file.path, line=line, remedy="export it again"
        )


def _amount(file: RawFile, line: int, cell: str) -> Decimal:
    try:
        return amount_parser(".")(cell) or Decimal()
    except ValueError:
        raise DaysheetError("the amount is none", filename=file.path, line=line) from None


def _rows(file: RawFile) -> Iterator[tuple[int, str, dict[str, str]]]:
    """Each line below a header of its kind, with its fields by name."""
    text = file.data.decode(tables(file).encoding, "replace")
    columns: dict[str, list[str]] = {}
    for number, line in enumerate(text.splitlines(), 1):
        # between tabs a quote is a character like others, and often a stray one
        parts = line.split("\t") if "\t" in line else next(csv.reader(io.StringIO(line)), [])
        cells = [cell.strip().strip('"').strip() for cell in parts]
        kind = cells[0].upper() if cells else ""
        if kind.startswith("!"):
            columns[kind[1:]] = [cell.upper() for cell in cells]
        elif kind in columns:
            yield number, kind, dict(zip(columns[kind][1:], cells[1:], strict=False))
