"""Visits of a file that is too long to have in memory, kept on disk while it is read and booked.

A record system gives out all encounters that it has ever had, which may be a million. They wait in a database of SQLite
that has no name: the system removes it with the process, however that ends, and nobody else can open it. What it holds
is what the ledger is to hold, with tokens for patients. They come back in the order of their rows, or in parts of some
thousand by day, to be booked part by part.
"""

from __future__ import annotations

import datetime
import sqlite3
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from itertools import islice
from typing import Any, Final, overload

from daysheet.importers.identity import comparable
from daysheet.records import Visit

MOST_IN_MEMORY: Final = 50_000
"""So many visits, or versions of resources, are in memory at most; with more all go to the disk."""

_PART: Final = 20_000
_CACHE: Final = "PRAGMA cache_size = -8192"  # KB
_COLUMNS: Final = "row, day, id, provider, status, patient, service"
_TWINS: Final = "SELECT alike FROM visit GROUP BY alike HAVING count(*) > 1"


def _opened(table: str) -> sqlite3.Connection:
    # an empty name is a database on disk that SQLite unlinks as soon as it is open
    database = sqlite3.connect("", isolation_level=None, check_same_thread=False)
    for statement in (_CACHE, "PRAGMA journal_mode = OFF", table):
        database.execute(statement)
    return database


@contextmanager
def _disk() -> Iterator[None]:
    """What SQLite raises of the disk as the error that everything else raises of it."""
    try:
        yield
    except sqlite3.Error as problem:
        raise OSError(f"no room for the visits of a long file: {problem}") from problem


class SpilledVisits(Sequence[Visit]):
    """The visits of one file, in the order of their rows, of which each has one; they have no fee."""

    def __init__(self, filename: str) -> None:
        """None yet; `filename` is where they stand."""
        self._filename = filename
        self._database = _opened(
            "CREATE TABLE visit (row INTEGER PRIMARY KEY, day TEXT, id TEXT, provider TEXT, status TEXT, patient TEXT, "
            "service TEXT, alike TEXT)"
        )

    def add(self, visits: Iterable[Visit]) -> None:
        """More of them.

        Raises:
            OSError: the disk is full.
        """
        rows = (
            (v.meta["lineno"], v.date.isoformat(), v.id, v.provider, v.status, v.patient, v.service, comparable(v.id))
            for v in visits
        )
        with _disk():
            self._database.executemany("INSERT INTO visit VALUES (?, ?, ?, ?, ?, ?, ?, ?)", rows)

    def remove(self, rows: Iterable[int]) -> None:
        """Leave out the visits of some rows."""
        with _disk():
            self._database.executemany("DELETE FROM visit WHERE row = ?", ((row,) for row in rows))

    def rows_outside(self, earliest: datetime.date, latest: datetime.date) -> list[int]:
        """The rows of visits before a day or after another."""
        bounds = (earliest.isoformat(), latest.isoformat())
        return [row for (row,) in self._asked("SELECT row FROM visit WHERE day < ? OR day > ? ORDER BY row", *bounds)]

    def days(self, *but: str) -> tuple[datetime.date, datetime.date] | None:
        """The first and the last day of visits whose status is not one of some; None where there are none."""
        marks = ", ".join("?" * len(but))
        ((first, last),) = self._asked(f"SELECT min(day), max(day) FROM visit WHERE status NOT IN ({marks})", *but)  # noqa: S608 - question marks alone
        return None if first is None else (datetime.date.fromisoformat(first), datetime.date.fromisoformat(last))

    def providers(self) -> Counter[str]:
        """How many visits each provider has."""
        return Counter(dict(self._asked("SELECT provider, count(*) FROM visit GROUP BY provider ORDER BY provider")))

    def parts(self) -> Iterator[list[Visit]]:
        """All of them in parts, by day; those whose ids differ in letter case at most are in one, the first, by row.

        Raises:
            OSError: the disk is full.
        """
        with _disk():
            for index in ("alike ON visit (alike)", "day ON visit (day)"):
                self._database.execute(f"CREATE INDEX IF NOT EXISTS {index}")
        twins = self._asked(f"SELECT {_COLUMNS} FROM visit WHERE alike IN ({_TWINS}) ORDER BY row")  # noqa: S608 - constants alone
        single = self._asked(f"SELECT {_COLUMNS} FROM visit WHERE alike NOT IN ({_TWINS}) ORDER BY day, row")  # noqa: S608 - constants alone
        first = [*map(self._visit, twins)]
        if first:
            yield first
        while part := [*map(self._visit, islice(single, _PART))]:
            yield part

    def __len__(self) -> int:
        """How many there are."""
        ((count,),) = self._asked("SELECT count(*) FROM visit")
        return int(count)

    def __iter__(self) -> Iterator[Visit]:
        """All of them, one at a time."""
        return map(self._visit, self._asked(f"SELECT {_COLUMNS} FROM visit ORDER BY row"))  # noqa: S608 - constants alone

    @overload
    def __getitem__(self, index: int) -> Visit: ...
    @overload
    def __getitem__(self, index: slice) -> list[Visit]: ...
    def __getitem__(self, index: int | slice) -> Visit | list[Visit]:
        """One of them; of a slice, all are looked through."""
        if isinstance(index, slice):
            return list(self)[index]
        place = index if index >= 0 else len(self) + index
        found = list(self._asked(f"SELECT {_COLUMNS} FROM visit ORDER BY row LIMIT 1 OFFSET ?", place))  # noqa: S608 - constants alone
        if place < 0 or not found:
            raise IndexError(index)
        return self._visit(found[0])

    def _asked(self, question: str, *values: object) -> Iterator[tuple[Any, ...]]:
        with _disk():
            yield from self._database.execute(question, values)

    def _visit(self, found: tuple[Any, ...]) -> Visit:
        row, day, identity, provider, status, patient, service = found
        meta = {"filename": self._filename, "lineno": row}
        return Visit(identity, datetime.date.fromisoformat(day), provider, status, patient, service, None, meta)


class Versions:
    """When each resource of a file was last changed, as it says, and in which row."""

    def __init__(self) -> None:
        """None yet."""
        self._known: dict[tuple[str, str], tuple[str, int]] = {}
        self._database: sqlite3.Connection | None = None

    def of(self, kind: str, identity: str) -> tuple[str, int]:
        """The newest version of a resource that was met so far; empty and 0 where there is none."""
        if self._database is None:
            return self._known.get((kind, identity), ("", 0))
        with _disk():
            question = "SELECT updated, row FROM version WHERE kind = ? AND id = ?"
            return self._database.execute(question, (kind, identity)).fetchone() or ("", 0)

    def put(self, kind: str, identity: str, updated: str, row: int) -> None:
        """Remember a newer one.

        Raises:
            OSError: the disk is full.
        """
        if self._database is None:
            self._known[kind, identity] = updated, row
            if len(self._known) <= MOST_IN_MEMORY:
                return
            self._database = _opened(
                "CREATE TABLE version (kind TEXT, id TEXT, updated TEXT, row INTEGER, PRIMARY KEY (kind, id)) "
                "WITHOUT ROWID"
            )
            added = [(*key, *value) for key, value in self._known.items()]
            self._known.clear()
        else:
            added = [(kind, identity, updated, row)]
        with _disk():
            self._database.executemany("INSERT OR REPLACE INTO version VALUES (?, ?, ?, ?)", added)


class Rows:
    """Numbers of rows, of which there may be a million: a bit each."""

    def __init__(self) -> None:
        """None yet."""
        self._bits = bytearray()

    def add(self, row: int) -> None:
        """One more."""
        place = row >> 3
        if place >= len(self._bits):
            self._bits.extend(bytes(place + 1 - len(self._bits)))
        self._bits[place] |= 1 << (row & 7)

    def remove(self, rows: Iterable[int]) -> None:
        """Take some out."""
        for row in rows:
            if row in self:
                self._bits[row >> 3] ^= 1 << (row & 7)

    def __contains__(self, row: int) -> bool:
        """Whether it is one of them."""
        return row >> 3 < len(self._bits) and bool(self._bits[row >> 3] >> (row & 7) & 1)

    def __len__(self) -> int:
        """How many there are."""
        return int.from_bytes(self._bits, "little").bit_count()
