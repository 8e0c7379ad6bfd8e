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
from collections.abc import Callable, Iterable, Iterator, Mapping
from decimal import Decimal
from typing import Final

from daysheet.books.index import PREPAID
from daysheet.errors import DaysheetError
from daysheet.importers.reading import Context, Reading, Record
from daysheet.importers.rows.raw_file import RawFile
from daysheet.importers.rows.tables import Tables, tables
from daysheet.importers.rows.text import RaggedQuotesError, Row, check_text, rows_of
from daysheet.importers.systems.bill_lines import bills, own_line, share_within
from daysheet.importers.systems.standard_row import StandardRow
from daysheet.ledger.printer import plain
from daysheet.records import (
    ADJUSTMENT_KINDS,
    CLAIM_STATUSES,
    PATIENT_SHARE,
    PAYMENT_METHODS,
    VISIT_STATUSES,
    Adjustment,
    Allotment,
    Claim,
    Invoice,
    Line,
    Payment,
    Visit,
)

KINDS: Final[Mapping[str, tuple[str, ...]]] = {
    "claims": ("claim_id", "invoice_id", "payer", "submitted", "status", "reason"),
    "adjustments": ("adjustment_id", "date", "invoice_id", "kind", "amount"),
    "allocations": ("allocation_id", "payment_id", "date", "invoice_id", "amount"),
    "payments": ("payment_id", "date", "invoice_id", "payer", "method", "amount", "reference"),
    "invoices": ("invoice_id", "visit_id", "date", "provider", "patient_id", "payer", "amount", "due"),
    "visits": ("visit_id", "date", "provider", "patient_id", "status", "service", "fee"),
}
"""The columns of each kind, its own id first; the kind whose id comes first here claims a file that has several ids."""

LINES: Final = ("line_id", "service", "tooth", "site", "modifier", "quantity")
"""Further columns of `invoices`: rows with a `line_id` are procedures of their invoice."""

ESTIMATES: Final = ("patient_share", "insurer_share")
"""Further columns of `invoices`: what of the amount is expected of the patient, or of the insurer."""

PAYMENTS: Final = (
    "patient_id",
    "guarantor_id",
    "visit_id",
    "line_id",
    "service_date",
    "claim_id",
    "reverses",
    "reversal",
    "deposit",
)
"""Further columns of `payments`: whose money it is, what it is for, and what it takes back."""

FURTHER: Final[Mapping[str, tuple[str, ...]]] = {
    "invoice_id": (*LINES, *ESTIMATES, "guarantor_id"),
    "payment_id": PAYMENTS,
    "visit_id": ("guarantor_id",),
    "adjustment_id": ("patient_id",),
}
"""Columns that a file may leave out, by its kind's own id."""

_DELIMITERS: Final = (",", ";", "\t")
_ALIKE: Final = 0.7


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
        header, delimiter = self._header(file, found)
        places = _places(file, header, KINDS[self.kind])
        cells_of = StandardRow(file, places, len(header.cells), context, header)
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

    def _header(self, file: RawFile, found: Tables) -> tuple[Row, str]:
        for header, delimiter in _headers(file, found):
            if _kind_of(header) == self.kind:
                return header, delimiter
        remedy = "leave --profile away: daysheet identify says what it is"
        raise DaysheetError(f"has no header of {self.kind}", filename=file.path, remedy=remedy)

    def patients(self, file: RawFile) -> Iterator[str]:
        """The patients as the file names them, for `daysheet reveal` alone."""
        found = tables(file)
        header, delimiter = self._header(file, found)
        names = _names(header)
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


def nearest(file: RawFile) -> DaysheetError | None:
    """What is said of a file whose header is a kind's but for spaces and marks in its names; None of any other."""
    for header, _ in _headers(file, tables(file)):
        kind = _kind_of(header, _squeezed)
        if kind is not None:
            return _spaced(file, header, KINDS[kind])
    return None


def _kind_of(header: Row, form: Callable[[str], str] = str) -> str | None:
    """The kind that a header is of; `form` makes of a name what is compared."""
    names = set(map(form, _names(header)))
    of_kind = {kind: [form(column) for column in columns] for kind, columns in KINDS.items()}
    for kind, columns in of_kind.items():
        if columns[0] in names and len(names & set(columns)) * 2 > len(columns):
            return kind
    likeness = {kind: len(names & set(columns)) / len(columns) for kind, columns in of_kind.items()}
    best = max(likeness, key=lambda kind: likeness[kind])
    return best if likeness[best] >= _ALIKE else None


def _names(header: Row) -> list[str]:
    return [cell.strip("\ufeff \t").casefold() for cell in header.cells]


def _squeezed(name: str) -> str:
    """A name without spaces and marks, which people put in and leave out."""
    return "".join(filter(str.isalnum, name))


def _spaced(file: RawFile, header: Row, columns: tuple[str, ...]) -> DaysheetError | None:
    """The error for a column that would be read if its name had no other spaces or marks; None without one."""
    names = _names(header)
    squeezed = list(map(_squeezed, names))
    for column in (*columns, *FURTHER.get(columns[0], ())):
        if column not in names and _squeezed(column) in squeezed:
            return DaysheetError(
                f'column {squeezed.index(_squeezed(column)) + 1} differs from "{column}" by a space or a mark alone',
                filename=file.path,
                line=header.line,
                remedy=f"write it {column}",
            )
    return None


def _places(file: RawFile, header: Row, columns: tuple[str, ...]) -> dict[str, int]:
    names = _names(header)
    spaced = _spaced(file, header, columns)
    if spaced is not None:
        raise spaced
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
    more = [name for name in FURTHER.get(columns[0], ()) if names.count(name) == 1]
    return {column: names.index(column) for column in (*columns, *more)}


def _visit(cells: StandardRow) -> Visit:
    return Visit(
        cells.visit_id(), cells.date("date"), cells.provider(required=True), cells.word("status", VISIT_STATUSES),
        cells.patient(), cells.service(), cells.optional_amount("fee"), cells.meta | cells.family(),
    )  # fmt: skip


def _invoice(cells: StandardRow) -> Invoice:
    share = _patient_share(cells)
    told = {} if share is None or cells.further("line_id") else {PATIENT_SHARE: share}
    return Invoice(
        cells.identity("invoice_id"), cells.date("date"), cells.visit_ids(), cells.provider(), cells.patient(),
        cells.payer() or None, cells.amount("amount"), cells.optional_date("due"), cells.meta | cells.family() | told,
        _lines(cells, share),
    )  # fmt: skip


def _patient_share(cells: StandardRow) -> Decimal | None:
    """What of the amount is expected of the patient, where the row says so, or what is expected of the insurer."""
    patients, insurers = ESTIMATES
    charge = cells.amount("amount")
    if cells.further(patients):
        column, share = patients, cells.amount(patients)
    elif cells.further(insurers):
        column, share = insurers, charge - cells.amount(insurers)
    else:
        return None
    if not share_within(share, charge):
        raise cells.wrong(column, "is more than the amount")
    return share


def _lines(cells: StandardRow, share: Decimal | None) -> tuple[Line, ...]:
    """The procedure that a row of a bill is, where it has an id."""
    if not cells.further("line_id"):
        return ()
    told = {column: cells.further(column) for column in LINES}
    return (own_line(cells.identity("line_id"), cells.provider(), cells.amount("amount"), told, share),)


def _payment(cells: StandardRow) -> Payment:
    invoice = cells.invoice()
    naming = cells.naming(PREPAID, named=invoice is not None)
    return Payment(
        cells.identity("payment_id"), cells.date("date"), invoice, cells.payer() or None,
        cells.word("method", PAYMENT_METHODS), cells.amount("amount"), cells.reference(), {**cells.meta, **naming},
        cells.patient(),
    )  # fmt: skip


def _allotment(cells: StandardRow) -> Allotment:
    return Allotment(
        cells.identity("allocation_id"), cells.date("date"), cells.identity("payment_id"), cells.identity("invoice_id"),
        cells.amount("amount"), cells.meta,
    )  # fmt: skip


def _adjustment(cells: StandardRow) -> Adjustment:
    kind, patient = cells.word("kind", ADJUSTMENT_KINDS), cells.person("patient_id")
    of_patient = patient is not None and not cells.text("invoice_id") and kind != "transfer"
    return Adjustment(
        cells.identity("adjustment_id"), cells.date("date"), "" if of_patient else cells.identity("invoice_id"), kind,
        cells.amount("amount"), cells.meta | ({"patient": patient} if of_patient else {}),
    )  # fmt: skip


def _claim(cells: StandardRow) -> Claim:
    return Claim(
        cells.identity("claim_id"), cells.identity("invoice_id"), cells.payer(required=True),
        cells.optional_date("submitted"), cells.word("status", CLAIM_STATUSES), cells.reason(), cells.meta,
    )  # fmt: skip


_MAKERS: Final[Mapping[str, Callable[[StandardRow], Record]]] = {
    "claims": _claim,
    "adjustments": _adjustment,
    "allocations": _allotment,
    "payments": _payment,
    "invoices": _invoice,
    "visits": _visit,
}
