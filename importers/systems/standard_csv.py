"""The practice's own CSV files: visits, invoices, payments, adjustments and claims, by the headers in `KINDS`.

This is the form that every practice system's export is mapped to, and the one to write by hand or by a script. Columns
are found by name, in any order; further columns are not read. Dates are ISO dates, decimals have a point.

Example:
    visit_id,date,provider,patient_id,status,service,fee
    V1001,2026-03-02,adams,P-17,completed,97110,50.00
"""

from __future__ import annotations

import datetime
import difflib
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from daysheet.errors import DaysheetError
from daysheet.importers.edi import codes
from daysheet.importers.privacy import identifiers
from daysheet.importers.reading import Context, Reading, Record
from daysheet.importers.rows.raw_file import RawFile
from daysheet.importers.rows.tables import Tables, tables
from daysheet.importers.rows.text import RaggedQuotesError, Row, check_text, rows_of
from daysheet.importers.rows.values import amount_parser
from daysheet.importers.systems.bill_lines import bills, own_line
from daysheet.ledger.printer import plain
from daysheet.records import (
    ADJUSTMENT_KINDS,
    CLAIM_STATUSES,
    PAYMENT_METHODS,
    VISIT_STATUSES,
    Adjustment,
    Claim,
    Invoice,
    Line,
    Meta,
    Payment,
    Visit,
)

KINDS: Final[Mapping[str, tuple[str, ...]]] = {
    "claims": ("claim_id", "invoice_id", "payer", "submitted", "status", "reason"),
    "adjustments": ("adjustment_id", "date", "invoice_id", "kind", "amount"),
    "payments": ("payment_id", "date", "invoice_id", "payer", "method", "amount", "reference"),
    "invoices": ("invoice_id", "visit_id", "date", "provider", "patient_id", "payer", "amount", "due"),
    "visits": ("visit_id", "date", "provider", "patient_id", "status", "service", "fee"),
}
"""The columns of each kind, its own id first; the kind whose id comes first here claims a file that has several ids."""

LINES: Final = ("line_id", "service", "tooth", "site", "modifier", "quantity")
"""Further columns of `invoices`, which may be left out: rows with a `line_id` are procedures of their invoice."""

_DELIMITERS: Final = (",", ";", "\t")
_ALIKE: Final = 0.7
_SEVERAL_IDS: Final = re.compile(r"[;\s]+")
_AMOUNT: Final = amount_parser(".")
_YEARS: Final = range(1900, 2200)  # what the books can open accounts for, and a ledger's dates can say
_CENT: Final = Decimal("0.01")


class PracticeSource:
    """One kind of practice file as a `Source`."""

    def __init__(self, kind: str) -> None:
        """`kind` is a key of `KINDS`."""
        self.kind = kind
        self.name = kind

    def matches(self, file: RawFile) -> bool:
        """Whether the header is this kind's, or so near to it that a column is missing or misspelled."""
        found = tables(file)
        return any(_kind_of(header) == self.kind for header, _ in _headers(file, found))

    def read(self, file: RawFile, context: Context) -> Reading:
        """The file's records.

        Raises:
            DaysheetError: a column is missing or a cell is not what its column holds.
        """
        found = tables(file)
        header, delimiter = next((head, mark) for head, mark in _headers(file, found) if _kind_of(head) == self.kind)
        places = _places(file, header, KINDS[self.kind])
        cells_of = _Cells(file, places, len(header.cells), context, header)
        make = _MAKERS[self.kind]
        body = (
            row for row in _rows(file, found, delimiter) if row.line > header.line and any(map(str.strip, row.cells))
        )
        records = [make(cells_of.at(row)) for row in body]
        if not records:
            raise DaysheetError("has a header and no rows", filename=file.path, remedy="export it again")
        days, rows = _days(records), len(records)
        whole = bills(records)
        return Reading(
            self.name, self.kind, rows, tuple(whole.records), tuple(whole.skipped), min(days), max(days),
            currency=context.currency, used=rows - len(whole.skipped),
        )  # fmt: skip

    def patients(self, file: RawFile) -> Iterator[str]:
        """The patients as the file names them, for `daysheet reveal` alone."""
        found = tables(file)
        header, delimiter = next((head, mark) for head, mark in _headers(file, found) if _kind_of(head) == self.kind)
        names = [cell.strip("\ufeff \t").casefold() for cell in header.cells]
        if "patient_id" in names:
            place = names.index("patient_id")
            for row in _rows(file, found, delimiter):
                if row.line > header.line and len(row.cells) > place and row.cells[place].strip():
                    yield plain(row.cells[place])


def sources() -> list[PracticeSource]:
    """A source for each kind."""
    return [PracticeSource(kind) for kind in KINDS]


def _days(records: Iterable[Record]) -> list[datetime.date]:
    days = [record.submitted if isinstance(record, Claim) else record.date for record in records]
    return [day for day in days if day is not None] or [datetime.date.min]


def _headers(file: RawFile, found: Tables) -> Iterator[tuple[Row, str]]:
    """The first row that is not blank, under each delimiter."""
    if found.kind == "text":
        candidates = [(found.head(file, delimiter), delimiter) for delimiter in _DELIMITERS]
    else:
        candidates = [(list(rows), "") for _, rows in found.sheets[:1]]
    for rows, delimiter in candidates:
        first = next((row for row in rows if any(map(str.strip, row.cells))), None)
        if first is not None:
            yield first, delimiter


def _rows(file: RawFile, found: Tables, delimiter: str) -> Iterator[Row]:
    if found.sheets:
        yield from found.sheets[0][1]
        return
    check_text(file, found.encoding)
    line = 0
    try:
        for row in rows_of(file, found.encoding, delimiter):
            yield row
            line = row.line
    except RaggedQuotesError:
        raise _ragged(file, found, delimiter, line) from None


def _ragged(file: RawFile, found: Tables, delimiter: str, last_good: int) -> DaysheetError:
    """The error for quotes that CSV does not allow, at the row behind the last good one."""
    line = None
    message, remedy = "quotes stand where CSV allows none", "double each quote inside a cell, and quote the cell"
    try:
        for row in rows_of(file, found.encoding, delimiter, lenient=True):
            if line is None and row.line > last_good:
                line = row.line
    except DaysheetError as problem:
        message, remedy = problem.message, "export the file again"
    return DaysheetError(message, filename=file.path, line=line, remedy=remedy)


def _kind_of(header: Row) -> str | None:
    names = _names(header)
    for kind, columns in KINDS.items():
        if columns[0] in names and len(names & set(columns)) * 2 > len(columns):
            return kind
    likeness = {kind: len(names & set(columns)) / len(columns) for kind, columns in KINDS.items()}
    best = max(likeness, key=lambda kind: likeness[kind])
    return best if likeness[best] >= _ALIKE else None


def _names(header: Row) -> set[str]:
    return {cell.strip("\ufeff \t").casefold() for cell in header.cells}


def _places(file: RawFile, header: Row, columns: tuple[str, ...]) -> dict[str, int]:
    names = [cell.strip("\ufeff \t").casefold() for cell in header.cells]
    for column in columns:
        if names.count(column) > 1:
            raise DaysheetError(f"the column {column} stands twice", filename=file.path, line=header.line)
        if column not in names:
            near = difflib.get_close_matches(column, names, 1)
            raise DaysheetError(
                f"the column {column} is missing",
                filename=file.path,
                line=header.line,
                remedy=f'is it "{plain(near[0])}"?' if near else f"the header is {','.join(columns)}",
            )
    more = [name for name in LINES if columns[0] == "invoice_id" and names.count(name) == 1]
    return {column: names.index(column) for column in (*columns, *more)}


@dataclass(slots=True)
class _Cells:
    """A row's cells by column; each reader refuses what its column cannot hold, and never quotes it."""

    file: RawFile
    places: Mapping[str, int]
    width: int
    context: Context
    row: Row

    def at(self, row: Row) -> _Cells:
        """Move to a row."""
        if len(row.cells) < self.width:
            message = f"has {len(row.cells)} cells where the header has {self.width}"
            raise DaysheetError(
                message, filename=self.file.path, line=row.line, remedy="the row is cut; export it again"
            )
        if any(map(str.strip, row.cells[self.width :])):
            message = f"has {len(row.cells)} cells where the header has {self.width}"
            raise DaysheetError(message, filename=self.file.path, line=row.line, remedy="quote cells that hold a comma")
        self.row = row
        return self

    def wrong(self, column: str, what: str) -> DaysheetError:
        """The error for a cell of the current row."""
        return DaysheetError(f"{column} {what}", filename=self.file.path, line=self.row.line)

    @property
    def meta(self) -> Meta:
        """Where the row stands."""
        return {"filename": str(self.file.path), "lineno": self.row.line}

    def text(self, column: str) -> str:
        """The cell as one line, perhaps empty."""
        return plain(self.row.cells[self.places[column]])

    def further(self, column: str) -> str:
        """The cell of a column that a file may leave out, perhaps empty."""
        return self.text(column) if column in self.places else ""

    def optional(self, column: str) -> str | None:
        """The cell, None if blank."""
        return self.text(column) or None

    def required(self, column: str) -> str:
        """The cell, which may not be blank."""
        text = self.text(column)
        if not text:
            raise self.wrong(column, "is blank")
        return text

    def word(self, column: str, known: tuple[str, ...]) -> str:
        """One of the known words."""
        text = self.text(column).casefold()
        if text not in known:
            raise self.wrong(column, f"must be one of {', '.join(known)}")
        return text

    def date(self, column: str) -> datetime.date:
        """An ISO date; a time behind it is not read."""
        day = self.optional_date(column)
        if day is None:
            raise self.wrong(column, "is blank")
        return day

    def optional_date(self, column: str) -> datetime.date | None:
        """An ISO date, None if blank."""
        text = self.text(column)
        if not text:
            return None
        try:
            day = datetime.datetime.fromisoformat(text).date()
        except ValueError:
            raise self.wrong(column, "is not a date such as 2026-03-31") from None
        if day.year not in _YEARS:
            raise self.wrong(column, f"is not between {_YEARS.start} and {_YEARS.stop - 1}")
        return day

    def amount(self, column: str) -> Decimal:
        """Money, to the cent."""
        value = self.optional_amount(column)
        if value is None:
            raise self.wrong(column, "is blank")
        return value

    def optional_amount(self, column: str) -> Decimal | None:
        """Money, None if blank."""
        if not identifiers.is_money(self.text(column)):
            raise self.wrong(column, "is not an amount such as 1234.50")
        try:
            value = _AMOUNT(self.text(column))
        except ValueError:
            raise self.wrong(column, "is not an amount such as 1234.50") from None
        if value is None:
            return None
        exact = value.quantize(_CENT) if abs(value) < 10**15 else None
        if exact is None or exact != value:
            raise self.wrong(column, "has more decimals or digits than money has")
        return exact

    def patient(self) -> str:
        """The patient's token, empty where the file names none."""
        identifier = self.text("patient_id")
        return self.context.token(identifier) if identifier else ""

    def provider(self, *, required: bool = False) -> str:
        """The provider's id in the books, where they know the name; else the cell."""
        text = self.required("provider") if required else self.text("provider")
        return identifiers.own_word(text, self.context.providers, self.context.token) if text else ""

    def payer(self, *, required: bool = False) -> str:
        """The payer's id in the books, where they know the name; else the cell."""
        text = self.required("payer") if required else self.text("payer")
        return identifiers.own_word(text, self.context.payers, self.context.token) if text else ""

    def reference(self) -> str | None:
        """A check's or transfer's number; words, which may name a patient, are made unreadable."""
        text = self.text("reference")
        return identifiers.identifier(text, self.context.token) if text else None

    def service(self) -> str | None:
        """A procedure code or words of the trade; any other text is not taken."""
        return identifiers.service(self.text("service"))

    def visit_id(self) -> str:
        """One visit's id; an invoice lists several with spaces between, so that it can hold none itself."""
        text = self.required("visit_id")
        if _SEVERAL_IDS.search(text):
            raise self.wrong("visit_id", "may not hold a space or a semicolon")
        return identifiers.own_identifier(text, self.context.token)

    def identity(self, column: str) -> str:
        """The id of a record."""
        return identifiers.own_identifier(self.required(column), self.context.token)

    def visit_ids(self) -> tuple[str, ...]:
        """The visits that a bill is for."""
        parts = list(filter(None, _SEVERAL_IDS.split(self.text("visit_id"))))
        return identifiers.own_identifiers(parts, self.context.token)

    def invoice(self) -> str | None:
        """The invoice that is paid, None for money on account."""
        return self.identity("invoice_id") if self.text("invoice_id") else None

    def reason(self) -> str | None:
        """Why a claim is where it is: its codes in our words, or a code; other words may name a patient."""
        text = self.text("reason")
        if codes.from_text(text):
            return codes.from_text(text)
        return text if text and identifiers.is_code(text) else identifiers.service(text) if text else None


def _visit(cells: _Cells) -> Visit:
    return Visit(
        cells.visit_id(), cells.date("date"), cells.provider(required=True), cells.word("status", VISIT_STATUSES),
        cells.patient(), cells.service(), cells.optional_amount("fee"), cells.meta,
    )  # fmt: skip


def _invoice(cells: _Cells) -> Invoice:
    return Invoice(
        cells.identity("invoice_id"), cells.date("date"), cells.visit_ids(), cells.provider(), cells.patient(),
        cells.payer() or None, cells.amount("amount"), cells.optional_date("due"), cells.meta, _lines(cells),
    )  # fmt: skip


def _lines(cells: _Cells) -> tuple[Line, ...]:
    """The procedure that a row of a bill is, where it has an id."""
    if not cells.further("line_id"):
        return ()
    told = {column: cells.further(column) for column in LINES}
    return (own_line(cells.identity("line_id"), cells.provider(), cells.amount("amount"), told),)


def _payment(cells: _Cells) -> Payment:
    return Payment(
        cells.identity("payment_id"), cells.date("date"), cells.invoice(), cells.payer() or None,
        cells.word("method", PAYMENT_METHODS), cells.amount("amount"), cells.reference(), cells.meta,
    )  # fmt: skip


def _adjustment(cells: _Cells) -> Adjustment:
    return Adjustment(
        cells.identity("adjustment_id"), cells.date("date"), cells.identity("invoice_id"),
        cells.word("kind", ADJUSTMENT_KINDS), cells.amount("amount"), cells.meta,
    )  # fmt: skip


def _claim(cells: _Cells) -> Claim:
    return Claim(
        cells.identity("claim_id"), cells.identity("invoice_id"), cells.payer(required=True),
        cells.optional_date("submitted"), cells.word("status", CLAIM_STATUSES), cells.reason(), cells.meta,
    )  # fmt: skip


_MAKERS: Final[Mapping[str, Callable[[_Cells], Record]]] = {
    "claims": _claim,
    "adjustments": _adjustment,
    "payments": _payment,
    "invoices": _invoice,
    "visits": _visit,
}
