"""Tables as an XLSX workbook to work on: real numbers, formulas where totals are sums, ready to print.

A total is a formula only where the spreadsheet, adding up the rows above it, comes to the very figure that is printed;
elsewhere it is the figure. Text is never taken for a formula, a number or a link. The same tables give the same
bytes.
"""

from __future__ import annotations

import datetime
import io
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any, Final, Literal, NamedTuple

import xlsxwriter
from daysheet.reports.formats.text import heading
from daysheet.reports.table import Cell, Column, ColumnKind, Row, Table

OPTIONS: Final = {
    "in_memory": True,
    "strings_to_formulas": False,
    "strings_to_urls": False,
    "strings_to_numbers": False,
}
Paper = Literal["letter", "a4"]
_PAPER: Final = {"letter": 1, "a4": 9}
_HEAD_ROW: Final = 4
_FORMATS: Final[dict[ColumnKind, str]] = {
    "text": "@",
    "date": "yyyy-mm-dd",
    "money": '#,##0.00_);(#,##0.00);"–"_)',
    "count": '#,##0_);(#,##0);"–"_)',
    "percent": '0.0"%"_);(0.0"%");"–"_)',
    "days": '#,##0.0_);(#,##0.0);"–"_)',
}
_WIDTHS: Final[dict[ColumnKind, int]] = {"text": 16, "date": 11, "money": 15, "count": 8, "percent": 9, "days": 9}
_WIDEST: Final = 60
_TAB: Final = 31
ANSWERS: Final = "answers"
"""The name of the table that the accountant fills in."""
_ZERO: Final = Decimal()


@dataclass(frozen=True)
class Workbook:
    """All that a workbook is made from: it can be sent to another process, and hashed.

    Attributes:
        tables: a sheet each.
        practice: whose they are.
        paper: what they are printed on.
    """

    tables: tuple[Table, ...]
    practice: str
    paper: Paper

    def render(self) -> bytes:
        """The XLSX."""
        return to_xlsx(self.tables, self.practice, self.paper)

    @property
    def size(self) -> int:
        """How much work it is, in cells."""
        return sum(len(table.rows) * len(table.columns) for table in self.tables)


class _Added(NamedTuple):
    """A row already written, as the sums below it see it: formulas are skipped by SUBTOTAL, figures are not."""

    at: int
    row: Row
    formula: bool


def to_xlsx(tables: Iterable[Table], practice: str, paper: Paper = "letter") -> bytes:
    """The workbook: one sheet a table, after a first one that lists them."""
    shown = [_shown(table) for table in tables]
    out = io.BytesIO()
    book = xlsxwriter.Workbook(out, OPTIONS)
    created = made_on(max((table.as_of for table in shown), default=datetime.date.min))
    book.set_properties({"title": practice, "created": created})
    sheets = _Sheets(book, paper)
    names = _names(shown)
    if len(shown) > 1:
        sheets.contents(list(zip(names, shown, strict=True)), practice)
    for name, table in zip(names, shown, strict=True):
        sheets.add(name, table, practice)
        if table.name == ANSWERS:
            sheets.choices(table, _accounts(zip(names, shown, strict=True)))
    book.close()
    return out.getvalue()


def made_on(day: datetime.date) -> datetime.datetime:
    """The moment that a workbook says it was made at: that of its books, never the clock."""
    return datetime.datetime(max(day.year, 1980), day.month, day.day)  # noqa: DTZ001 - the format has no time zone


def _names(tables: Sequence[Table]) -> list[str]:
    """A sheet's name: the title without what Excel refuses, whole words of 31 characters at most, each once."""
    names: list[str] = []
    for table in tables:
        base = _short(re.sub(r"[\[\]:*?/\\']", " ", table.title).strip()) or "Sheet"
        name, number = base, 2
        while name.casefold() in (taken.casefold() for taken in (*names, "Contents")):
            name, number = f"{base[: _TAB - 4]} {number}", number + 1
        names.append(name)
    return names


def _short(title: str) -> str:
    """As many whole words of a title as a tab holds; what stands in parentheses at its end goes first."""
    if len(title) > _TAB:
        title = re.sub(r"\s*\([^()]*\)\s*\Z", "", title)
    if len(title) > _TAB:
        title = title[: _TAB + 1].rpartition(" ")[0] or title[:_TAB]
        title = re.sub(r"(?:[\s,;–-]+(?:and|or|of|for|the|to|in|by|with))*[\s,;–-]*\Z", "", title)
    return title


def _shown(table: Table) -> Table:
    """What stands on a sheet: an account's name beside its title, but no word for programs and no empty column."""
    places = [
        place
        for place, column in enumerate(table.columns)
        if (column.shown != "data" or column.kind != "text" or column.key == "account")
        and (place == 0 or table.name == ANSWERS or any(row.cells[place] is not None for row in table.rows))
    ]
    rows = (row._replace(cells=tuple(row.cells[place] for place in places)) for row in table.rows)
    return replace(table, columns=tuple(table.columns[place] for place in places), rows=tuple(rows))


def _accounts(named: Iterable[tuple[str, Table]]) -> str:
    """Where the workbook lists the names of all accounts, as a formula; empty if it does not."""
    for name, table in named:
        if table.name == "trial-balance" and table.rows:
            return f"='{name}'!$A${_HEAD_ROW + 2}:$A${_HEAD_ROW + len(table.rows)}"
    return ""


def _format(kind: ColumnKind, decimals: int) -> str:
    digits = "0." + "0" * decimals if decimals else "0"
    return _FORMATS[kind].replace("0.00", digits)


class _Sheets:
    """The formats of a workbook, made once, and its sheets."""

    def __init__(self, book: Any, paper: Paper) -> None:  # noqa: ANN401 - xlsxwriter is untyped
        self.book = book
        self.paper = paper
        self._formats: dict[tuple[object, ...], Any] = {}
        self._decimals = 2

    def contents(self, named: list[tuple[str, Table]], practice: str) -> None:
        """The first sheet: what there is, with links."""
        sheet = self.book.add_worksheet("Contents")
        sheet.write_string(0, 0, practice, self.format(bold=True, font_size=14))
        for at, (name, table) in enumerate(named, 2):
            sheet.write_url(at, 0, f"internal:'{name}'!A1", string=table.title)
            sheet.write_string(at, 1, heading(table)[2])
        sheet.set_column(0, 0, 36)
        sheet.set_column(1, 1, 60)
        self._print_setup(sheet, landscape=False)

    def add(self, name: str, table: Table, practice: str) -> None:
        """One table's sheet."""
        self._decimals = table.decimals
        sheet = self.book.add_worksheet(name)
        for at, line in enumerate(heading(table, practice)):
            sheet.write_string(at, 0, line, self.format(bold=at < 2, font_size=14 if at == 1 else 11))
        for at, column in enumerate(table.columns):
            right = column.kind not in ("text", "date")
            style = self.format(bold=True, bottom=1, text_wrap=True, align="right" if right else "left")
            sheet.write_string(_HEAD_ROW, at, column.title, style)
            sheet.set_column(at, at, _width(table, at))
        added: list[_Added] = []
        for at, row in enumerate(table.rows, _HEAD_ROW + 1):
            added.append(self._write(sheet, table.columns, row, at, added))
        below = _HEAD_ROW + 2 + len(table.rows)
        for at, note in enumerate(table.notes, below):
            sheet.write_string(at, 0, note, self.format(italic=True))
        sheet.freeze_panes(_HEAD_ROW + 1, 0)
        sheet.repeat_rows(_HEAD_ROW)
        self._print_setup(sheet, landscape=len(table.columns) > 6)

    def choices(self, table: Table, accounts: str) -> None:
        """Let the accounts of answers be chosen from those that the books have; another may be typed as well."""
        sheet = self.book.get_worksheet_by_name(_short(table.title))
        last = _HEAD_ROW + len(table.rows)
        for at, column in enumerate(table.columns):
            if accounts and column.key in ("debit", "credit"):
                rule = {"validate": "list", "source": accounts, "error_type": "warning"}
                sheet.data_validation(_HEAD_ROW + 1, at, last, at, rule)
                sheet.set_column(at, at, 36)

    def format(self, **properties: Any) -> Any:  # noqa: ANN401 - xlsxwriter is untyped
        """A format with these properties, one object for equal ones."""
        key = tuple(sorted(properties.items()))
        if key not in self._formats:
            self._formats[key] = self.book.add_format(properties)
        return self._formats[key]

    def _print_setup(self, sheet: Any, *, landscape: bool) -> None:  # noqa: ANN401
        sheet.set_paper(_PAPER[self.paper])
        if landscape:
            sheet.set_landscape()
        sheet.fit_to_pages(1, 0)
        sheet.set_margins(left=0.6, right=0.6, top=0.7, bottom=0.7)
        sheet.set_footer("&L&8&A&R&8Page &P of &N")
        sheet.hide_gridlines(2)

    def _write(self, sheet: Any, columns: Sequence[Column], row: Row, at: int, added: list[_Added]) -> _Added:  # noqa: ANN401
        money = [n for n, column in enumerate(columns) if column.kind == "money" and isinstance(row.cells[n], Decimal)]
        sums = _formulas(row, at, added, money) if row.kind in ("subtotal", "total") else {}
        formulas = {**_changes(columns, row, at), **sums}
        for n, (cell, column) in enumerate(zip(row.cells, columns, strict=True)):
            style = self._style(row, column, first=n == 0)
            if n in formulas:
                sheet.write_formula(at, n, formulas[n], style, _float(_number(cell)))
            else:
                _write_cell(sheet, at, n, cell, style)
        return _Added(at, row, formula=bool(sums))

    def _style(self, row: Row, column: Column, *, first: bool) -> Any:  # noqa: ANN401
        key = ("cell", row.kind, column.kind, row.depth if first else 0, self._decimals)
        if key not in self._formats:
            self._formats[key] = self._made(row, column, first=first)
        return self._formats[key]

    def _made(self, row: Row, column: Column, *, first: bool) -> Any:  # noqa: ANN401
        properties: dict[str, Any] = {"num_format": _format(column.kind, self._decimals)}
        if row.kind in ("heading", "subtotal", "total"):
            properties["bold"] = True
        if column.kind == "money" and row.kind in ("subtotal", "total"):
            properties["top"] = 1
            if row.kind == "total":
                properties["bottom"] = 6
        if first and row.depth:
            properties["indent"] = row.depth
        return self.format(**properties)


def _write_cell(sheet: Any, at: int, n: int, cell: Cell, style: Any) -> None:  # noqa: ANN401
    if cell is None:
        sheet.write_blank(at, n, None, style)
    elif isinstance(cell, str):
        sheet.write_string(at, n, cell, style)
    elif isinstance(cell, datetime.date):
        sheet.write_datetime(at, n, cell, style)
    else:
        sheet.write_number(at, n, _float(cell), style)


def _float(number: Decimal | int) -> float:
    """The number as the file holds it: never a zero with a sign."""
    return float(number) + 0.0


def _changes(columns: Sequence[Column], row: Row, at: int) -> dict[int, str]:
    """A formula for what changed since the year before, and for its share, where the figures beside them give these."""
    place = {column.key: n for n, column in enumerate(columns)}
    if not {"current", "prior", "change"} <= place.keys():
        return {}
    current, prior, change = (place[key] for key in ("current", "prior", "change"))
    if not all(isinstance(row.cells[n], Decimal) for n in (current, prior, change)):
        return {}
    if _number(row.cells[current]) - _number(row.cells[prior]) != row.cells[change]:
        return {}
    found = {change: f"={_name(at, current)}-{_name(at, prior)}"}
    percent = place.get("change_percent")
    if percent is not None and row.cells[percent] is not None and row.cells[prior]:
        found[percent] = f"=ROUND({_name(at, change)}/ABS({_name(at, prior)})*100,1)"
    return found


def _formulas(row: Row, at: int, added: list[_Added], money: list[int]) -> dict[int, str]:
    """A formula for each amount of a total, if one and the same rule gives all of them; else none."""
    group = _group(row, added)
    if group:
        first, last = group[0].at, group[-1].at
        if all(_sum(group, n) == row.cells[n] for n in money):
            return {n: f"=SUBTOTAL(9,{_name(first, n)}:{_name(last, n)})" for n in money}
    if row.kind == "total":
        parts = [item for item in added if item.row.kind == "subtotal" and item.row.depth == 0][-2:]
        for sign, word in ((1, "+"), (-1, "-")):
            if len(parts) == 2 and all(
                _number(parts[0].row.cells[n]) + sign * _number(parts[1].row.cells[n]) == row.cells[n] for n in money
            ):
                return {n: f"={_name(parts[0].at, n)}{word}{_name(parts[1].at, n)}" for n in money}
    return {}


def _group(row: Row, added: list[_Added]) -> list[_Added]:
    """The rows that a total stands under: back to the heading of its depth, and a grand total back to the first row."""
    if row.kind == "total":
        return added
    for at in range(len(added) - 1, -1, -1):
        other = added[at].row
        if other.kind == "heading" and other.depth <= row.depth:
            return added[at + 1 :]
        if other.kind in ("subtotal", "total") and other.depth <= row.depth:
            return added[at + 1 :]
    return added


def _sum(group: list[_Added], n: int) -> Decimal:
    """What SUBTOTAL(9, …) makes of a column: all numbers but those of other SUBTOTALs."""
    return sum((_number(item.row.cells[n]) for item in group if not item.formula), _ZERO)


def _number(cell: Cell) -> Decimal:
    return cell if isinstance(cell, Decimal) else _ZERO


def _name(row: int, column: int) -> str:
    """A cell's name: row 0 and column 0 are A1."""
    letters, left = "", column + 1
    while left:
        left, rest = divmod(left - 1, 26)
        letters = chr(65 + rest) + letters
    return f"{letters}{row + 1}"


def _width(table: Table, at: int) -> int:
    column = table.columns[at]
    if column.kind != "text":
        return _WIDTHS[column.kind]
    longest = max((len(str(row.cells[at])) for row in table.rows if row.cells[at] is not None), default=0)
    return min(_WIDEST, max(_WIDTHS["text"], longest + 2))
