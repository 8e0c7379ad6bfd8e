"""The workbook that comes back from the accountant: each answered row becomes an adjusting entry, AJE-1 and on.

A row is answered when it has two accounts and an amount; one that has only some of these is refused, with the row and
what is missing. A row is known by its key: importing the workbook again books nothing twice, and one whose answer is
another now is told, the books staying as they are.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterator, Sequence
from decimal import Decimal
from typing import Any, Final

from beancount.core.data import EMPTY_SET, Posting, Transaction
from daysheet.accounting import answers
from daysheet.books.openings import TAKEN_FROM
from daysheet.errors import DaysheetError
from daysheet.importers.booking.directives import posting
from daysheet.importers.booking.session import Changed, ImportSession, Taken, month_file
from daysheet.importers.reading import Context, Reading, Skipped
from daysheet.importers.rows.raw_file import RawFile
from daysheet.importers.rows.tables import tables
from daysheet.importers.rows.text import Row
from daysheet.records import AdjustingEntry

KIND: Final = "answers"
_REMEDY: Final = "correct the row in the workbook, and import it again"
_SHORT: Final = 8


class AnswersSource:
    """The pack's own workbook, with answers in it."""

    name = KIND
    kind = KIND

    def matches(self, file: RawFile) -> bool:
        """Whether a sheet has the columns of answers."""
        return _sheet(file) is not None

    def read(self, file: RawFile, context: Context) -> Reading:
        """The rows that are answered.

        Raises:
            DaysheetError: a row has only part of an answer, or an amount or day that is none; nothing is answered.
        """
        rows = _sheet(file) or []
        place = {title: at for at, title in enumerate(rows[0].cells)} if rows else {}
        records: list[AdjustingEntry] = []
        skipped: list[Skipped] = []
        for row in rows[1:]:
            cells = {title: _cell(row, at) for title, at in place.items()}
            if not cells[answers.KEY]:
                continue
            record = _answer(file, row.line, cells, context.currency)
            if record is not None:
                records.append(record)
            elif cells[answers.QUESTION]:
                skipped.append(Skipped(row.line, "not answered"))
        if not records:
            raise DaysheetError("no row of it is answered", filename=file.path, remedy="fill in accounts and an amount")
        days = [record.date for record in records]
        rows_read = len(records) + len(skipped)
        return Reading(KIND, KIND, rows_read, tuple(records), tuple(skipped), min(days), max(days))


def book_answers(session: ImportSession, found: Sequence[AdjustingEntry], taken: Taken) -> None:
    """Book what the books do not have yet.

    Raises:
        DaysheetError: the workbook is of other books, or names an account that they do not have.
    """
    books = session.books
    practice = session.all_settings.practice.id
    had = {str(entry.meta[answers.ANSWERS]): entry for entry in _adjusting(session) if answers.ANSWERS in entry.meta}
    numbers: dict[int, int] = {}
    entries: dict[str, list[Transaction]] = {}
    for record in found:
        row = record.meta["lineno"]
        if not record.id.startswith(f"{practice}-"):
            raise _refused(taken, row, f"is of other books than those of {practice}")
        for account in (record.debit, record.credit):
            if account not in books.opened:
                raise _refused(taken, row, f"{account} is no account of these books")
        taken.amounts[record.currency] += record.amount
        before = had.get(record.id)
        if before is not None:
            taken.known += 1
            taken.known_amounts[record.currency] += record.amount
            if (before.date, _moved(before.postings)) != (record.date, _moved(_legs(record))):
                what = f"{before.meta.get(answers.NUMBER)} is booked otherwise than it is answered now"
                taken.changed.append(Changed(row, what, before.meta))
            continue
        year = record.date.year
        numbers[year] = numbers.get(year) or answers.last_number(books.entries, year)
        numbers[year] += 1
        entry = _entry(record, numbers[year], taken.sha256)
        had[record.id] = entry
        entries.setdefault(month_file(record.date, answers.ADJUSTING), []).append(entry)
        taken.booked += 1
        taken.booked_amounts[record.currency] += record.amount
    session.add(entries, taken)


def _adjusting(session: ImportSession) -> Iterator[Transaction]:
    return (e for e in session.books.entries if isinstance(e, Transaction) and answers.ADJUSTING in e.tags)


def _entry(record: AdjustingEntry, number: int, sha256: str) -> Transaction:
    meta: dict[str, Any] = {
        answers.NUMBER: f"AJE-{number}",
        answers.ANSWERS: record.id,
        TAKEN_FROM: sha256[:_SHORT],
    }
    words = record.text or "Answer to an open question"
    return Transaction(meta, record.date, "*", None, words, frozenset({answers.ADJUSTING}), EMPTY_SET, _legs(record))


def _legs(record: AdjustingEntry) -> list[Posting]:
    return [
        posting(record.debit, record.amount, record.currency),
        posting(record.credit, -record.amount, record.currency),
    ]


def _moved(postings: Sequence[Posting]) -> list[tuple[str, object]]:
    return [(posting.account, posting.units) for posting in postings]


def _sheet(file: RawFile) -> list[Row] | None:
    """The rows of the sheet of answers from its columns' titles on; None where there is none."""
    if tables(file).kind != "xlsx":
        return None
    for name, rows in tables(file).sheets:
        if name == answers.SHEET:
            for at, row in enumerate(rows):
                if set(answers.COLUMNS) <= set(row.cells):
                    return rows[at:]
    return None


def _cell(row: Row, at: int) -> str:
    return str(row.cells[at]).strip() if at < len(row.cells) else ""


def _answer(file: RawFile, line: int, cells: dict[str, str], currency: str) -> AdjustingEntry | None:
    parts = {title: cells[title] for title in (answers.DEBIT, answers.CREDIT, answers.AMOUNT)}
    if not any(parts.values()):
        return None
    missing = [title for title, value in parts.items() if not value]
    if missing:
        raise DaysheetError(f'has no "{missing[0]}"', filename=file.path, line=line, remedy=_REMEDY)
    if parts[answers.DEBIT] == parts[answers.CREDIT]:
        raise DaysheetError("debits and credits one account", filename=file.path, line=line, remedy=_REMEDY)
    try:
        amount = Decimal(parts[answers.AMOUNT].replace(",", ""))
        cents = amount.quantize(Decimal("0.01"))
        day = datetime.date.fromisoformat(cells[answers.DATE][:10])
    except (ArithmeticError, ValueError):
        wrong = "a day and an amount that can be read"
        raise DaysheetError(f"needs {wrong}", filename=file.path, line=line, remedy=_REMEDY) from None
    if not amount.is_finite() or amount != cents or cents <= 0:
        raise DaysheetError(
            f'needs an "{answers.AMOUNT}" above zero, in cents', filename=file.path, line=line, remedy=_REMEDY
        )
    meta = {"filename": str(file.path), "lineno": line}
    text = " ".join(cells[answers.REMARK].split())
    return AdjustingEntry(
        cells[answers.KEY], day, parts[answers.DEBIT], parts[answers.CREDIT], cents, currency, text, meta
    )


def _refused(taken: Taken, row: int, what: str) -> DaysheetError:
    return DaysheetError(what, filename=taken.file, line=row, remedy=_REMEDY)
