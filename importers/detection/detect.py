"""What an unknown bank file is: encoding, delimiter, header, columns, dates, numbers, signs, order, each with evidence.

`amount_mode` speaks the words of a profile's `[amount]`. In the collected index of real exports they are called:
`signed` "one signed column (out negative)", `inverted` "one column, inverted (out positive)", `split` "separate
debit/credit, unsigned", `split-signed` "separate debit/credit, signed", `indicator` "unsigned + indicator column",
`type` "unsigned, direction from type/status text".
"""

from __future__ import annotations

import datetime
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from daysheet.importers.detection import vocabulary as words
from daysheet.importers.detection.amount_columns import AmountColumns
from daysheet.importers.detection.date_columns import date_columns
from daysheet.importers.detection.directions import find_money
from daysheet.importers.detection.grid import Column, Grid, find_grid
from daysheet.importers.detection.other_columns import currency_columns
from daysheet.importers.rows.cell_kinds import PADDING, date_formats, orders
from daysheet.importers.rows.raw_file import RawFile
from daysheet.importers.rows.tables import tables
from daysheet.importers.rows.values import date_parser

_SPAN_DAYS = 100


@dataclass(frozen=True)
class Detected:
    """What the detector found.

    Attributes:
        encoding: Python's name, or the workbook's kind.
        delimiter: one character, or the workbook's kind; empty if no table was found.
        header_line: the physical line, from 1; 0 for none.
        first_line: of the first data row.
        date_format: strptime notation; empty if no date was found.
        date_formats: all notations that fit; more than one only where nothing in the file settles it.
        money: the amount columns, None if there are none.
        order: `ascending`, `descending` or empty.
        date: the date column's place, from 0.
        date_rivals: places of the columns that may be the date's, itself first; several where nothing settles it.
        currencies: places of the columns that may say the currency, likewise.
        grid: the table.
        evidence: what each answer rests on.
    """

    encoding: str
    delimiter: str = ""
    header_line: int = 0
    first_line: int = 0
    date_format: str = ""
    date_formats: tuple[str, ...] = ()
    money: AmountColumns | None = None
    order: str = ""
    date: int | None = None
    date_rivals: tuple[int, ...] = ()
    currencies: tuple[int, ...] = ()
    grid: Grid | None = None
    evidence: dict[str, str] = field(default_factory=dict)

    @property
    def unsettled(self) -> tuple[str, ...]:
        """What the file does not settle.

        `date_format`, `amount_mode`, `date_column`, `decimal`, `amount_column`, `currency`.
        """
        money = self.money
        open_questions = {
            "date_format": len(self.date_formats) > 1,
            "amount_mode": money is not None and not money.sure,
            "date_column": len(self.date_rivals) > 1,
            "decimal": money is not None and not money.decimal_sure,
            "amount_column": money is not None and len(money.rivals) > 1,
            "currency": len(self.currencies) > 1,
        }
        return tuple(what for what, is_open in open_questions.items() if is_open)

    def as_json(self) -> dict[str, Any]:
        """For programs; columns are counted from 1."""
        money = self.money
        return {
            "encoding": self.encoding,
            "delimiter": self.delimiter,
            "header_line": self.header_line,
            "first_line": self.first_line,
            "date_format": self.date_format,
            "amount_mode": money.mode if money else "",
            "decimal": money.decimal if money else "",
            "order": self.order,
            "columns": self.columns,
            "unsettled": list(self.unsettled),
            "date_formats": list(self.date_formats),
            "proved_by_balances": money.chained if money else 0,
            "evidence": self.evidence,
        }

    @property
    def columns(self) -> dict[str, int]:
        """The columns that have a role, from 1."""
        money = self.money
        roles = {"date": self.date}
        if money is not None:
            roles |= {name: getattr(money, name) for name in ("amount", "debit", "credit", "direction", "balance")}
        return {role: place + 1 for role, place in roles.items() if place is not None}


class Said(NamedTuple):
    """What a person has said of a file: places of columns, and the decimal mark."""

    date: int | None = None
    amount: int | None = None
    decimal: str = ""


def detect(file: RawFile, said: Said = Said()) -> Detected:  # noqa: B008 - a value without state
    """What can be said of a file without any profile, but with what a person may have said.

    Raises:
        DaysheetError: the file cannot be read at all.
    """
    found = tables(file)
    grid = find_grid(file, found)
    if grid is None:
        return Detected(found.encoding, evidence={"table": "no row has a date and a number"})
    dates = date_columns(grid) if said.date is None else [grid.columns[said.date]]
    date = dates[0] if dates else None
    days = date.cells if date is not None else ()
    money = find_money(grid, _possible_orders(date), days, decimal=said.decimal, only=said.amount)
    formats, why = settle_dates(grid, date, money)
    header_line = grid.header.line if grid.header else 0
    evidence = {
        "encoding": _encoding_evidence(found.encoding),
        "delimiter": f"{len(grid.rows)} rows with a date and a number, {len(grid.columns)} columns wide",
        "header_line": "the nearest row of texts above them" if header_line else "no row of texts stands above them",
        "date_format": why,
    }
    if money is not None:
        evidence["amount_mode"] = "; ".join(money.evidence)
        evidence["decimal"] = money.decimal_why
    order, order_why = _order(date, formats[0] if formats else "", money)
    if order:
        evidence["order"] = order_why
    return Detected(
        encoding=found.encoding,
        delimiter=grid.delimiter,
        header_line=header_line,
        first_line=grid.rows[0].line,
        date_format=formats[0] if formats else "",
        date_formats=formats,
        money=money,
        order=order,
        date=date.place if date else None,
        date_rivals=tuple(column.place for column in dates),
        currencies=tuple(column.place for column in currency_columns(grid)),
        grid=grid,
        evidence=evidence,
    )


def _encoding_evidence(encoding: str) -> str:
    if encoding in ("xlsx", "xls", "html"):
        return "by its first bytes"
    return "a valid Unicode file" if encoding.startswith("utf") else "not Unicode; the likeliest by its letters"


def settle_dates(grid: Grid, date: Column | None, money: AmountColumns | None) -> tuple[tuple[str, ...], str]:
    """The notations that fit the date column, fewer by all that the file shows, and what that was."""
    if date is None:
        return (), "no column of dates"
    formats = date.formats
    pair = tuple(
        notation for notation in formats if set(orders(notation)) <= set(formats) and len(orders(notation)) > 1
    )
    if len(pair) < 2:
        return formats[:1], f"fits all {len(date.filled)} dates"
    for other in grid.columns:
        alike = [notation for notation in other.formats if notation[:2] in ("%d", "%m")]
        if other is not date and len({notation[:2] for notation in alike}) == 1:
            left = tuple(notation for notation in pair if notation[:2] == alike[0][:2])
            return left, f'column "{other.header}" has days above twelve'
    for row in grid.above:
        for cell in row.cells:
            starts = {notation[:2] for notation in date_formats(cell.strip(" :;,\"'"))} & {"%d", "%m"}
            if len(starts) == 1:
                start = starts.pop()
                return tuple(n for n in pair if n[:2] == start), f"a date in line {row.line} has a day above twelve"
    return _by_sequence(grid, date, pair, money)


def _by_sequence(
    grid: Grid, date: Column, pair: tuple[str, ...], money: AmountColumns | None
) -> tuple[tuple[str, ...], str]:
    """Under the right order dates run in sequence and stay together."""
    readings = {notation: _days(date, notation) for notation in pair}
    sorted_ones = [
        n for n in pair if len(set(readings[n])) > 2 and readings[n] in (sorted(readings[n]), sorted(readings[n])[::-1])
    ]
    if len(sorted_ones) == 1:
        return (sorted_ones[0],), "the dates run in sequence only so"
    spans = {n: (max(readings[n]) - min(readings[n])).days for n in pair}
    short = [n for n in pair if spans[n] <= _SPAN_DAYS]
    if len(short) == 1 and len(set(readings[short[0]])) > 3 and max(spans.values()) > 2 * _SPAN_DAYS:
        return (short[0],), f"the dates lie within {spans[short[0]]} days only so"
    about = " ".join(column.header for column in grid.columns) + " ".join(grid.rows[0].cells)
    outside = (money is not None and money.decimal == ",") or words.says(about, words.OUTSIDE_US) or not about.isascii()
    likely = "%d" if outside else "%m"
    return tuple(
        sorted(pair, key=lambda n: n[:2] != likely)
    ), "day and month could change places: nothing in the file settles it"


def _days(date: Column, notation: str) -> list[datetime.date]:
    parse = date_parser((notation,))
    days = []
    for cell in date.filled:
        try:
            days.append(parse(cell.strip(PADDING)).date())
        except ValueError:
            continue
    return days


def _possible_orders(date: Column | None) -> tuple[str, ...]:
    """The orders that the dates allow, under any notation that fits them."""
    possible = set()
    for notation in date.formats if date else ():
        days = _days(date, notation) if date else []
        possible |= {"ascending"} if days == sorted(days) else set()
        possible |= {"descending"} if days == sorted(days)[::-1] else set()
    return tuple(sorted(possible)) or ("ascending", "descending")


def _order(date: Column | None, notation: str, money: AmountColumns | None) -> tuple[str, str]:
    if money is not None and money.order:
        return money.order, "the balances follow so"
    days = _days(date, notation) if date is not None and notation else []
    if len(set(days)) < 2:
        return "", ""
    if days == sorted(days):
        return "ascending", "the oldest date stands first"
    return ("descending", "the newest date stands first") if days == sorted(days)[::-1] else ("", "")
