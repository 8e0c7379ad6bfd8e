"""What an unknown export of a practice system is: kind, columns, words and days, each with its evidence.

The same values answer `daysheet identify`, the questions of `daysheet profile new`, and whoever asks them elsewhere.
No cell stands in them but the words of statuses and methods that the field's vocabulary knows.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from daysheet.importers.detection.exports import concepts, relations
from daysheet.importers.detection.exports.column_facts import Facts
from daysheet.importers.detection.exports.dates import Notations, notations
from daysheet.importers.detection.exports.kinds import CLAIMS, INVOICES, KINDS, PAYMENTS, VISITS, Kind, find_kind
from daysheet.importers.detection.exports.known import NOTHING_KNOWN, Known, known_columns
from daysheet.importers.detection.exports.meanings import Meanings, of_method, of_status
from daysheet.importers.detection.exports.roles import Found, find_roles
from daysheet.importers.detection.exports.table import find_table
from daysheet.importers.detection.grid import Grid
from daysheet.importers.rows.cell_kinds import decimal_votes
from daysheet.importers.rows.raw_file import RawFile
from daysheet.importers.rows.tables import tables


@dataclass(frozen=True)
class DetectedExport:
    """What the detector found in an export of a practice system.

    Attributes:
        encoding: Python's name, or the workbook's kind.
        kind: `visits`, `invoices`, `payments`, `adjustments` or `claims`, and the next to it where that is not settled.
        grid: the table.
        facts: its columns.
        roles: which column is which part of a record.
        dates: how days are written.
        decimal: the decimal mark, and whether the file settles it.
        status: what the words of the status column mean.
        methods: what the words of the method column mean.
        sums: relations between its amounts.
    """

    encoding: str
    kind: Kind
    grid: Grid
    facts: tuple[Facts, ...]
    roles: Mapping[str, Found]
    dates: Notations
    decimal: str
    status: Meanings
    methods: Meanings
    sums: tuple[relations.Sum, ...]

    @property
    def columns(self) -> dict[str, str]:
        """Names of the columns by their role."""
        return {role: found.facts.header for role, found in self.roles.items()}

    @property
    def unsettled(self) -> tuple[str, ...]:
        """What the file does not settle: `kind`, `date_format`, `status_words`, `method_words`, or a role."""
        kind = self.kind.name
        needed = {
            VISITS: ("date", "provider", "patient"),
            INVOICES: ("date", "amount"),
            PAYMENTS: ("date", "amount"),
            CLAIMS: ("date",),
        }
        open_questions = {
            "kind": bool(self.kind.rival),
            "date_format": bool(self.dates.rivals),
            "status_words": bool(self.status.unknown),
            "method_words": bool(self.methods.unknown),
            **{role: role not in self.roles for role in needed.get(kind, ("amount",))},
            **{f"{role}_column": bool(found.rivals) for role, found in self.roles.items() if role in _ASKED},
        }
        return tuple(what for what, is_open in open_questions.items() if is_open)

    @property
    def evidence(self) -> dict[str, str]:
        """What each answer rests on; no cell is quoted."""
        said = {"kind": self.kind.why, "date_format": self.dates.why}
        said |= {role: found.why for role, found in self.roles.items()}
        said |= {"status_words": self.status.why, "method_words": self.methods.why}
        said["amounts"] = "; ".join(relations.told(self.sums))
        return {what: why for what, why in said.items() if why}

    def as_json(self) -> dict[str, Any]:
        """For programs; columns by their names."""
        return {
            "encoding": self.encoding,
            "delimiter": self.grid.delimiter,
            "header_line": self.grid.header.line if self.grid.header else 0,
            "first_line": self.grid.rows[0].line if self.grid.rows else 0,
            "date_format": self.dates.formats[0] if self.dates.formats else "",
            "date_formats": [*self.dates.formats, *self.dates.rivals],
            "decimal": self.decimal,
            "columns": self.columns,
            "status_words": dict(self.status.words),
            "claim_words": dict(self.status.claims),
            "method_words": dict(self.methods.words),
            "unsettled": list(self.unsettled),
            "evidence": self.evidence,
        }


_ASKED = ("date", "amount")


def detect_export(file: RawFile, said: str = "") -> DetectedExport | None:
    """What can be said of a file as a practice's export; None where it is none.

    Args:
        file: the file.
        said: the kind of its records, where a person has said it.

    Raises:
        DaysheetError: the file cannot be read at all.
    """
    found = tables(file)
    grid = find_table(file, found)
    if grid is None or not grid.rows:
        return None
    facts = tuple(Facts(column) for column in grid.columns)
    kind = Kind(said, "as a person said") if said in KINDS else find_kind(facts, file.path)
    if not kind.name:
        return None
    return detected_as(found.encoding, grid, facts, kind)


def detected_as(
    encoding: str,
    grid: Grid,
    facts: tuple[Facts, ...],
    kind: Kind,
    said: Mapping[str, Facts] | None = None,
    known: Known = NOTHING_KNOWN,
) -> DetectedExport:
    """The rest of the answer, for a kind that was found or that a person said.

    Args:
        encoding: of the file.
        grid: its table.
        facts: its columns.
        kind: of its records.
        said: columns that a person named, by their role.
        known: what the books know.
    """
    roles = find_roles(facts, kind.name)
    own = roles.get("id")
    for role, found in known_columns(facts, known, kind.name).items():
        if own is None or own.facts is not found.facts:
            roles = {other: each for other, each in roles.items() if each.facts is not found.facts}
        elif role != "id" and not (role == "visit" and kind.name == INVOICES):
            continue  # it numbers these records: others have the numbers of them, or the like
        roles[role] = found
    for role, column in (said or {}).items():
        roles = {other: each for other, each in roles.items() if each.facts is not column}
        roles[role] = Found(column, "as a person said")
    lines = tuple(row.line for row in grid.rows)
    date, status, method = (roles[role].facts if role in roles else None for role in ("date", "status", "method"))
    days = tuple(each for each in facts if each.is_dates and each is not date)
    money = [each for each in facts if concepts.is_money(each)]
    decimal = _decimal(money)
    return DetectedExport(
        encoding=encoding,
        kind=kind,
        grid=grid,
        facts=facts,
        roles=roles,
        dates=notations(date, days) if date is not None else Notations((), why="no column of days"),
        decimal=decimal,
        status=of_status(status, kind.name, lines) if status is not None else Meanings({}),
        methods=of_method(method, lines) if method is not None else Meanings({}),
        sums=tuple(relations.sums(money, decimal)),
    )


def _decimal(money: Sequence[Facts]) -> str:
    votes = [decimal_votes(cell) for facts in money for cell in facts.filled]
    return "," if sum(vote[1] for vote in votes) > sum(vote[0] for vote in votes) else "."
