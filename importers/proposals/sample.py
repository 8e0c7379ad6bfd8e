"""A profile's sample: rows of the file's shape in which every value is invented, and the records that they give."""

from __future__ import annotations

import csv
import datetime
import io
import tempfile
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from daysheet.errors import DaysheetError
from daysheet.importers.detection.exports.column_facts import Facts
from daysheet.importers.detection.exports.concepts import is_money
from daysheet.importers.detection.exports.kinds import ADJUSTMENTS, KINDS
from daysheet.importers.privacy import anonymize, identifiers
from daysheet.importers.proposals import text as profile_text
from daysheet.importers.proposals.adjustment_types import adjusted, type_column
from daysheet.importers.proposals.answers import ANY, meanings_of, status_kind
from daysheet.importers.proposals.plan import Plan
from daysheet.importers.reading import Reading, Record
from daysheet.importers.rows.cell_kinds import PADDING, date_formats
from daysheet.importers.rows.raw_file import RawFile
from daysheet.importers.rows.text import Row
from daysheet.importers.systems import profile_file, selftest
from daysheet.importers.systems.marks import KIND_OF, UNDATED
from daysheet.importers.systems.source import SystemSource
from daysheet.patients import OPAQUE_PREFIX
from daysheet.strict_toml import block, quoted

_FIRST: Final = datetime.datetime(2019, 1, 3, 9, 0, tzinfo=datetime.UTC)
_OTHER: Final = "another word"
_PLAIN_ROWS: Final = 3
_MOST_ROWS: Final = 12
NONE: Final = "[sample]\ntext = ''\nrecords = []"
_FIELDS: Final = ("id", "date", "status", "invoice", "method", "amount")


def whole(plan: Plan, title: str, system: str, name: str) -> str:
    """The profile's text with its sample.

    Raises:
        DaysheetError: the profile cannot read its own sample.
    """
    rows = _written(plan, title, system)
    bare = profile_text.profile(plan, title, system, NONE)
    source = SystemSource(name, profile_file.parse(bare, Path(f"{name}.toml")))
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "sample.csv"
        path.write_bytes(rows.encode(source.profile.file.encoding or "utf-8"))
        try:
            reading = selftest.records_of(source, RawFile(path))
        except DaysheetError as problem:
            remedy = "say what its columns are with --column, or write one by docs/practice-systems.md"
            message = f"no simple profile reads it: {problem.message}"
            raise DaysheetError(message, filename=plan.file.path, remedy=remedy) from None
    return profile_text.profile(plan, title, system, _sample(rows, reading))


def _sample(rows: str, reading: Reading) -> str:
    told = "\n".join(f"    {_record(record)}," for record in reading.records)
    skipped = f"\nskipped = [{', '.join(quoted(item.reason) for item in reading.skipped)}]" if reading.skipped else ""
    text = f"text = {block(rows)}"
    return f"[sample]\n{text}\nrecords = [\n{told}\n]{skipped}"


def _record(record: Record) -> str:
    kind = KIND_OF[type(record)].removesuffix("s")
    parts = [f"kind = {quoted(kind)}"]
    for field in _FIELDS:
        value = getattr(record, field, None)
        made = str(value).startswith(OPAQUE_PREFIX) or f"{OPAQUE_PREFIX}" in str(value)
        if value is not None and not made and value != UNDATED:
            parts.append(f"{field} = {quoted(str(value))}")
    if kind == "adjustment":
        parts.append(f"kind-of = {quoted(str(getattr(record, 'kind', '')))}")
    return "{ " + ", ".join(parts) + " }"


def _written(plan: Plan, title: str, system: str) -> str:
    """The rows as a file."""
    delimiter = plan.found.grid.delimiter
    out = io.StringIO()
    writer = csv.writer(out, delimiter=delimiter if len(delimiter) == 1 else ",", lineterminator="\n")
    header = plan.found.grid.header
    writer.writerow(
        [" ".join(cell.strip("\ufeff").split()) for cell in (header.cells if header else ())][: len(plan.found.facts)]
    )
    invented = _Invented(plan, profile_text.profile(plan, title, system, NONE))
    writer.writerows(invented.row(row) for row in _chosen(plan, invented))
    return out.getvalue()


def _chosen(plan: Plan, invented: _Invented) -> Iterator[Row]:
    """The first rows, and the first with each word that means something."""
    seen: set[tuple[int, str]] = set()
    given = 0
    for number, row in enumerate(plan.found.grid.rows):
        words = {(place, row.cells[place].strip().casefold()) for place in invented.telling}
        if any(cell and (place, cell) not in invented.known and place not in invented.open for place, cell in words):
            continue
        if number < _PLAIN_ROWS or words - seen:
            seen |= words
            given += 1
            yield row
        if given >= _MOST_ROWS:
            return


class _Invented:
    """The values of a sample: equal ones stay equal, and none of them is the file's but known words and codes."""

    def __init__(self, plan: Plan, text: str) -> None:
        """`text` is the profile's: a column that it does not name is left blank."""
        body = text.partition("[match]")[2].partition("[left-out]")[0].partition("\n\n")[2]
        self._read = {f.place for f in plan.found.facts if quoted(f.header) in body or f in plan.patients}
        self._plan = plan
        self._given: dict[str, dict[str, str]] = defaultdict(dict)
        self.telling: set[int] = set()
        self.known: set[tuple[int, str]] = set()
        self.open = {
            facts.place
            for role, what in (("status", status_kind(plan.kind)), ("method", "method"))
            if (facts := plan.column(role)) is not None and ANY in meanings_of(what, plan.answers.words)
        }
        ledger, types = plan.ledger, type_column(plan.found.facts)
        for facts, words in (
            (plan.column("status"), {*plan.found.status.words, *plan.found.status.claims}),
            (plan.column("method"), set(plan.found.methods.words)),
            (ledger, {word for kind in KINDS for word in plan.rows_of(kind)}),
            (types if plan.kind == ADJUSTMENTS else None, set(adjusted(types))),
        ):
            if facts is not None and facts.place in self._read:
                self.telling.add(facts.place)
                self.known |= {(facts.place, word.casefold()) for word in {*words, *plan.answers.words}}
        self._named = {place for role in ("provider", "payer") for place in self._place(role)}

    def _place(self, role: str) -> list[int]:
        facts = self._plan.column(role)
        return [] if facts is None else [facts.place]

    def row(self, row: Row) -> list[str]:
        """A row's cells."""
        return [self._cell(facts, row.cells[facts.place].strip()) for facts in self._plan.found.facts]

    def _cell(self, facts: Facts, cell: str) -> str:
        if not cell or facts.place not in self._read:
            return ""
        if facts.place in self.telling:
            return cell if (facts.place, cell.casefold()) in self.known else _OTHER
        if facts.is_dates:
            return self._day(cell)
        if facts in self._plan.patients:
            return self._number("patient", "P", cell)
        if facts.place in self._named:
            return self._number("provider" if facts.place in self._place("provider") else "payer", "D", cell)
        if is_money(facts):
            return anonymize.amount(cell)
        if facts.place in self._place("service"):
            return cell if identifiers.is_service_code(cell) else ""
        return self._number(facts.header, "", cell)

    def _number(self, what: str, letter: str, cell: str) -> str:
        given = self._given[what]
        return given.setdefault(cell, f"{letter}{len(given) + 101}")

    def _day(self, cell: str) -> str:
        """An invented day in the notation of the cell."""
        found = sorted(date_formats(cell.strip(PADDING)))
        if not found:
            return ""
        given = self._given["day"]
        number = len(given)
        moment = _FIRST + datetime.timedelta(days=11 + number, minutes=15 * number)
        return given.setdefault(cell, moment.strftime(_best(found, self._plan)))


def _best(found: list[str], plan: Plan) -> str:
    return next((notation for notation in found if notation in plan.found.dates.formats), found[0])
