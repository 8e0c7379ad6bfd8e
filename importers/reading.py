"""What every kind of file becomes: records, and an account of every row that is none.

A source reads a whole file or refuses it: it never returns half of one. Names, birth dates, phones and e-mails of
patients are turned to tokens or dropped here, before anything else sees them; an error names the row and the column
and never quotes the cell.
"""

from __future__ import annotations

import datetime
from collections.abc import Callable, Container, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Final, NamedTuple, Protocol

from daysheet.importers.rows.raw_file import RawFile
from daysheet.records import (
    AdjustingEntry,
    Adjustment,
    Allotment,
    BankLine,
    Claim,
    Invoice,
    Paycheck,
    Payment,
    Visit,
)  # fmt: skip
from daysheet.remittances import Remittance
from daysheet.submissions import Answer

Record = (
    Visit | Invoice | Payment | Adjustment | Allotment | Claim | Answer | BankLine | Remittance | Paycheck
    | AdjustingEntry
)  # fmt: skip


class Skipped(NamedTuple):
    """A row that gives no record, and why; `row` is the physical line (or sheet row), counted from 1."""

    row: int
    reason: str


class Proof(NamedTuple):
    """What a file's own balances prove.

    Attributes:
        closed: whether every balance follows from the one before it and the amount between them.
        checked: how many rows the chain ran over.
        opening: the balance before the first row, by date.
        closing: the balance after the last row.
        broken_at: the physical line where the chain breaks first.
        daily: the balance at the end of each day on which the chain is closed.
    """

    closed: bool
    checked: int
    opening: Decimal
    closing: Decimal
    broken_at: int | None
    daily: tuple[tuple[datetime.date, Decimal], ...]


class Correction(NamedTuple):
    """A bank's word that an entry which it has sent before was wrong.

    Attributes:
        id: the bank's id of that entry.
        replaces: whether `line` takes its place; otherwise it is only taken back, and `line` says how it stood.
        line: the entry that says so.
    """

    id: str
    replaces: bool
    line: BankLine


@dataclass(frozen=True)
class Reading:
    """A file, read.

    Attributes:
        profile: the name of the profile that read it.
        kind: `bank`, `visits`, `invoices`, `payments`, `adjustments`, `claims`, `practice` (several at once),
            `fhir`, `answers` (an accountant's workbook), `remittance`, `acknowledgment` or `payout` (a bank line for
            each payout: `amount` is what reaches the bank, `fee` what the processor kept of what patients had paid).
        rows: data rows in the file; each is a record's, or skipped with a reason. Those of a remittance are claims.
        records: in the file's order; visits alone may be `SpilledVisits`.
        skipped: rows that gave no record.
        first: the first day that the file covers.
        last: the last one; a statement may cover days without rows.
        account: the account number or card that the file itself names, where it does.
        currency: of amounts whose record names none.
        proof: what the file's balances prove, where it has any.
        notes: what a person should know of the file, such as columns of money that are not read.
        used: how many of the rows gave records, where one may give several, or several one; None if one gave one.
        corrections: the bank's own, of entries that this file or one before it holds.
    """

    profile: str
    kind: str
    rows: int
    records: Sequence[Record]
    skipped: tuple[Skipped, ...]
    first: datetime.date
    last: datetime.date
    account: str | None = None
    currency: str = "USD"
    proof: Proof | None = None
    used: int | None = None
    corrections: tuple[Correction, ...] = ()
    notes: tuple[str, ...] = ()


ROWS: Final = "rows"
"""In a record's `meta`: all the rows that it was made of, where these are several."""


LINE_ROWS: Final = "line-rows"
"""In the `meta` of a bill with lines: the row of each line, by the line's id."""


def rows_of_record(record: Record) -> tuple[int, ...]:
    """The rows of its file that a record was made of."""
    rows: tuple[int, ...] = record.meta.get(ROWS) or (int(record.meta["lineno"]),)
    return rows


@dataclass(frozen=True)
class Context:
    """What a source may know of the books it reads for.

    Attributes:
        token: how a patient becomes a token.
        currency: the books' operating currency.
        providers: ids of the books' providers by id and name, in comparable form (`privacy.providers_of`).
        payers: the same for payers (`privacy.payers_of`).
        known: the ids of the books' claims, invoices and visits: a remittance may name them as they are.
        beside: the files of the same import, to which this one's resources may refer.
        payer_called: the books' payer of a name and the numbers beside it; empty where they know none, or several.
        provider_called: the books' provider of a national number (NPI) and a name; empty likewise.
    """

    token: Callable[[str], str]
    currency: str = "USD"
    providers: Mapping[str, str] = field(default_factory=dict)
    payers: Mapping[str, str] = field(default_factory=dict)
    known: Container[str] = frozenset()
    beside: Sequence[RawFile] = ()
    payer_called: Callable[[str, Sequence[str]], str] = lambda _name, _numbers: ""
    provider_called: Callable[[str, str], str] = lambda _number, _name: ""


class Source(Protocol):
    """A kind of file that can be recognised and read."""

    @property
    def name(self) -> str:
        """The profile's name, such as `us-chase-checking`; stable, for settings and reports."""
        ...

    @property
    def kind(self) -> str:
        """As `Reading.kind`."""
        ...

    def matches(self, file: RawFile) -> bool:
        """Whether this file is of this kind, by its content (and its name, where that says it)."""
        ...

    def read(self, file: RawFile, context: Context) -> Reading:
        """The file's records.

        Raises:
            DaysheetError: the file is malformed; it names the line and the column.
        """
        ...
