"""What a year's pack holds: its tables, the files inside it, and what it says about the books it comes from.

Everything here follows from the books, their settings and the year alone, so that `verify` can make it again.
"""

from __future__ import annotations

import datetime
import hashlib
import json
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import Any, Final, NamedTuple

from daysheet import __version__
from daysheet.accounting import answers
from daysheet.books import Books
from daysheet.checks.locked_years import changed_months
from daysheet.errors import DaysheetError
from daysheet.ledger import digest
from daysheet.patients import TOKEN
from daysheet.reports import registry
from daysheet.reports.formats import csv_json
from daysheet.reports.formats.workbook import Workbook
from daysheet.reports.pack.filing import MANIFEST
from daysheet.reports.pdf.html_to_pdf import Embedded
from daysheet.reports.pdf.layout import Paper
from daysheet.reports.period import Period, year
from daysheet.reports.request import Request
from daysheet.reports.statements.layouts import LAYOUTS, serving
from daysheet.reports.statements.quickbooks import OneCurrencyError
from daysheet.reports.table import Basis, Cell, Column, Row, Table
from daysheet.settings import Settings

LEDGER: Final = "general-ledger"
# Statements, the return's schedules, the practice's own, records; a table's name, and the report and basis of it.
ORDER: Final[Mapping[str, tuple[str, Basis]]] = {
    "tie-outs": ("tie-outs", ""),
    "proof-of-cash": ("proof-of-cash", ""),
    "open-questions": ("open-questions", ""),
    "income": ("income", ""),
    "balance-sheet": ("balance-sheet", ""),
    "cash-flow": ("cash-flow", ""),
    "income-accrual": ("income", "accrual"),
    "cash-to-accrual": ("cash-to-accrual", ""),
    "adjusting-entries": ("adjusting-entries", ""),
    "working-trial-balance": ("working-trial-balance", ""),
    "tax-lines": ("tax-lines", ""),
    "schedule-k": ("schedule-k", ""),
    "schedule-k1": ("schedule-k1", ""),
    "schedule-l": ("schedule-l", ""),
    "schedule-m": ("schedule-m", ""),
    "reconciliation": ("reconciliation", ""),
    "fixed-assets": ("fixed-assets", ""),
    "return-depreciation": ("return-depreciation", ""),
    "capital": ("capital", ""),
    "partner-capital": ("partner-capital", ""),
    "partner-allocation": ("partner-allocation", ""),
    "loans": ("loans", ""),
    "contractors": ("contractors", ""),
    "payroll": ("payroll", ""),
    "payables": ("payables", ""),
    "sales-tax": ("sales-tax", ""),
    "receivables": ("receivables", ""),
    "deposits": ("deposits", ""),
    "card-receipts": ("card-receipts", ""),
    "monthly": ("monthly", ""),
    "kpis": ("kpis", ""),
    "billing-gaps": ("billing-gaps", ""),
    LEDGER: (LEDGER, ""),
    "documents": ("documents", ""),
    "trial-balance": ("trial-balance", ""),
}
IF_USED: Final = (
    "schedule-k",
    "schedule-k1",
    "schedule-l",
    "schedule-m",
    "partner-capital",
    "partner-allocation",
    "payables",
    "sales-tax",
    "deposits",
    "card-receipts",
)
"""Tables that a pack leaves out where they are empty."""
_XLSX: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_WORKBOOK: Final = "All tables as a workbook"
_HIDDEN: Final = "patient"
PAPERS: Final = ("letter", "a4")
_SHORT: Final = 8
_FREE: Final = 15


@dataclass(frozen=True)
class PackSettings:
    """The `[pack]` table: `paper` is `letter` or `a4`, `status` says draft or final, `accountant` whom it is for.

    `layouts` names the accountant's programs, such as `engagement`: their files go with the mail. A pack holds these,
    and where none is named one for each program that serves the return.
    """

    paper: str = "letter"
    status: str = "Draft"
    accountant: str = ""
    layouts: tuple[str, ...] = ()


class Options(NamedTuple):
    """How a pack is to be made; they are part of what it says of itself.

    Attributes:
        paper: what the pages are set for.
        tokens: whether patient tokens may stand in it.
    """

    paper: Paper = "letter"
    tokens: bool = False


class Subject(NamedTuple):
    """Which books, which year, and how.

    Attributes:
        practice: the `id` of the practice.
        period: the year.
        as_of: the last day of the year that the books cover.
        basis: the practice's method.
        options: how the pack is made.
    """

    practice: str
    period: Period
    as_of: datetime.date
    basis: Basis
    options: Options


@dataclass(frozen=True)
class Figures:
    """What a pack prints.

    Attributes:
        subject: what it is about.
        tables: what is printed, by report name, in order.
        prior_months: the months of the year before, for the charts.
    """

    subject: Subject
    tables: Mapping[str, Table]
    prior_months: Table


@dataclass(frozen=True)
class Contents(Figures):
    """A pack before it is set: its figures, and what follows from them and the books.

    Attributes:
        id: what the pack is called: practice, year, and the first digits of the books' digest.
        books: the digest of all entries through the end of the year.
        waived: a digest of each finding that the books set aside when it was made.
        locked: whether the year is locked, and unchanged since.
        files: what is embedded and lies beside it.
    """

    id: str
    books: str
    waived: tuple[str, ...]
    locked: bool
    files: tuple[Embedded, ...]


def paper_of(settings: Settings, asked: str | None) -> Paper:
    """The paper asked for, else that of the settings.

    Raises:
        DaysheetError: the settings name another than `letter` or `a4`.
    """
    paper = asked or settings.table("pack", PackSettings).paper
    if paper not in PAPERS:
        raise settings.error('paper in [pack] must be "letter" or "a4"', "paper", PAPERS)
    return "a4" if paper == "a4" else "letter"


def layouts_of(settings: Settings) -> tuple[str, ...]:
    """The layouts of the accountant's programs that the settings name.

    Raises:
        DaysheetError: one is not known, or does not serve the practice's return.
    """
    named = settings.table("pack", PackSettings).layouts
    served = serving(settings.practice.returns)
    for name in named:
        if name not in served:
            why = f"does not serve {settings.practice.returns}" if name in LAYOUTS else "is not known"
            raise settings.error(f'"{name}" in layouts of [pack] {why}', name, served)
    return named


def basis_of(settings: Settings) -> Basis:
    """The practice's method of accounting.

    Raises:
        DaysheetError: the settings name another than `cash` or `accrual`.
    """
    method = settings.practice.method
    if method not in ("cash", "accrual"):
        raise settings.error('method in [practice] must be "cash" or "accrual"', "method", ("cash", "accrual"))
    return "accrual" if method == "accrual" else "cash"


def subject_of(books: Books, settings: Settings, number: int, options: Options) -> Subject:
    """What the pack of a year is about.

    Raises:
        DaysheetError: the books hold nothing of that year, or the settings are wrong.
    """
    period = year(number)
    if not any(period.first <= entry.date <= period.last for entry in books.entries):
        raise DaysheetError(
            f"the books hold nothing of {number}", remedy="name a year that they cover, such as the last one"
        )
    return Subject(settings.practice.id, period, min(books.as_of, period.last), basis_of(settings), options)


def table_of(books: Books, settings: Settings, subject: Subject, name: str, *, detail: bool = False) -> Table:
    """One table of a pack; it knows nothing of what came after the year."""
    report, own = ORDER[name]
    made = registry.build(report, books, settings, subject.period, own or subject.basis, detail=detail)
    title = f"{made.title}, {own} basis" if own else made.title
    table = replace(made, name=name, title=title, as_of=subject.as_of)
    return table if subject.options.tokens else without_tokens(table)


def figures_of(books: Books, settings: Settings, subject: Subject) -> Figures:
    """What the pack of a year prints."""
    tables = {
        name: table_of(books, settings, subject, name) for name, (_, own) in ORDER.items() if own != subject.basis
    }
    tables = {name: table for name, table in tables.items() if table.rows or name not in IF_USED}
    return Figures(subject, tables, registry.build("monthly", books, settings, subject.period.prior, subject.basis))


def gather(
    books: Books,
    settings: Settings,
    figures: Figures,
    begin: Callable[[Workbook], Callable[[], bytes]] = lambda workbook: workbook.render,
) -> Contents:
    """The contents of the pack of a year.

    Args:
        books: the indexed books.
        settings: their settings.
        figures: what is printed of them.
        begin: begins to make the workbook, which takes as long as all else here, and gives what waits for it.
    """
    subject, tables = figures.subject, figures.tables
    period = subject.period
    sheets = (*tables.values(), answer_sheet(tables["open-questions"], subject.practice, period))
    workbook = begin(Workbook(sheets, settings.practice.name, subject.options.paper))
    detail = table_of(books, settings, subject, LEDGER, detail=True)
    csvs = [_csv(detail if name == LEDGER else table) for name, table in tables.items()]
    exports = _exports(Request(books, settings, period, subject.basis))
    fingerprint = digest.through(books.entries, period.last)
    lock = books.locks.get(period.first.year)
    xlsx = Embedded(_workbook_of(period), workbook(), _XLSX, _WORKBOOK, "Alternative")
    return Contents(
        subject=subject,
        tables=tables,
        prior_months=figures.prior_months,
        id=f"{subject.practice}-{period.first.year}-{fingerprint[:_SHORT]}",
        books=fingerprint,
        waived=tuple(sorted(waiver_digest(*key) for key in books.waivers)),
        locked=lock is not None and not changed_months(books, lock),
        files=(*csvs, xlsx, *exports),
    )


def files_of(figures: Figures, settings: Settings) -> tuple[tuple[str, str], ...]:
    """The files that a pack will embed, and what each holds, before they are made; it may lack some of the last."""
    layouts = (LAYOUTS[name] for name in layouts_of(settings) or serving(settings.practice.returns))
    return (
        *((f"{name}.csv", _described(table)) for name, table in figures.tables.items()),
        (_workbook_of(figures.subject.period), _WORKBOOK),
        *((layout.file, layout.title) for layout in layouts),
    )


def answer_sheet(questions: Table, practice: str, period: Period) -> Table:
    """What the accountant fills in: a row for each open question, and free ones; `daysheet import` books them."""
    columns = (
        Column("key", answers.KEY),
        Column("date", answers.DATE, "date"),
        Column("question", answers.QUESTION),
        Column("debit", answers.DEBIT),
        Column("credit", answers.CREDIT),
        Column("amount", answers.AMOUNT, "money"),
        Column("remark", answers.REMARK),
    )
    asked = [(f"{row.cells[0]}: {row.cells[1]}", str(row.cells[1])) for row in questions.rows if row.kind == "line"]
    asked += [(f"free line {number}", "") for number in range(1, _FREE + 1)]
    rows = tuple(
        Row("line", (answers.key_of(practice, period.last.year, said), period.last, text, *(None,) * 4))
        for said, text in asked
    )
    note = (
        "An entry is booked for each row with two accounts, by their full names, and an amount. Save the workbook and"
        " send it back: daysheet import takes it, and the entries are AJE-1 and on.",
    )
    return replace(questions, name="answers", title=answers.SHEET, basis="", columns=columns, rows=rows, notes=note)


def without_tokens(table: Table) -> Table:
    """The table with every patient token written as `patient`."""
    if not TOKEN.search("\n".join(_texts(table))):
        return table
    rows = tuple(Row(row.kind, tuple(_hidden(cell) for cell in row.cells), row.depth) for row in table.rows)
    return replace(table, rows=rows, notes=tuple(TOKEN.sub(_HIDDEN, note) for note in table.notes))


def manifest(contents: Contents, commit: str | None = None) -> Embedded:
    """What the pack says of itself, for programs: what it was made from and how, and its tables with their SHA-256."""
    return Embedded(
        MANIFEST, as_json({**described(contents), "commit": commit}), "application/json", "What this pack was made from"
    )


def described(contents: Contents) -> dict[str, Any]:
    """`manifest` as JSON's types."""
    return {
        "pack": contents.id,
        "practice": contents.subject.practice,
        "year": contents.subject.period.first.year,
        "as_of": contents.subject.as_of.isoformat(),
        "books": contents.books,
        "waived": list(contents.waived),
        "daysheet": __version__,
        "options": contents.subject.options._asdict(),
        "embedded": [{"name": file.name, "sha256": sha256(file.data)} for file in contents.files],
    }


def waiver_digest(kind: str, key: str) -> str:
    """What stands in a pack for a finding that was waived: its key may be a patient's token."""
    return sha256(f"{kind}\n{key}".encode())[: 2 * _SHORT]


def as_json(value: Mapping[str, Any]) -> bytes:
    """JSON as it is written to files: indented, in the order given, ending with a line feed."""
    return (json.dumps(value, indent=2, ensure_ascii=False) + "\n").encode()


def sha256(content: bytes) -> str:
    """The SHA-256 of a file, in hexadecimal."""
    return hashlib.sha256(content).hexdigest()


def _csv(table: Table) -> Embedded:
    return Embedded(f"{table.name}.csv", csv_json.to_csv(table).encode(), "text/csv", _described(table))


def _described(table: Table) -> str:
    return f"{table.title}, every posting" if table.name == LEDGER else table.title


def _workbook_of(period: Period) -> str:
    return f"workbook-{period.first.year}.xlsx"


def _exports(request: Request) -> list[Embedded]:
    """The trial balance and the journal for the accountant's programs; what the books do not give is left out."""
    made = []
    for name in layouts_of(request.settings) or serving(request.settings.practice.returns):
        layout = LAYOUTS[name]
        with suppress(OneCurrencyError):
            made.append(Embedded(layout.file, layout.make(request), layout.media_type, layout.title))
    return made


def _hidden(cell: Cell) -> Cell:
    return TOKEN.sub(_HIDDEN, cell) if isinstance(cell, str) else cell


def _texts(table: Table) -> Iterator[str]:
    yield from table.notes
    yield from [cell for row in table.rows for cell in row.cells if isinstance(cell, str)]
