"""What the cells of one column show, whatever it is called."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property
from typing import Final

from daysheet.importers.detection.exports import status_words as status
from daysheet.importers.detection.exports.header_words import words_of
from daysheet.importers.detection.grid import Column
from daysheet.importers.rows.cell_kinds import date_formats, kind_of

_CLOCK: Final = re.compile(r"([01]?\d|2[0-3])[:h][0-5]\d(:\d{2}(\.\d+)?)?( ?[AaPp]\.?[Mm]\.?)?")
_UUID: Final = re.compile(r"[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")
_CODE: Final = re.compile(r"(?=[^0-9]*[0-9])[A-Za-z]{0,10}([-_./#:]?[A-Za-z0-9]+){1,6}")
_NOTHING: Final = frozenset(("n/a", "na", "null", "none", "nan", "-", "--", "nil", "unknown", "not available", "#n/a"))
_FEW: Final = 24
_DECIMALS: Final = re.compile(r"[.,]\d{2}\D*$")


@dataclass(frozen=True)
class Facts:
    """A column, and what its cells show."""

    column: Column

    @property
    def place(self) -> int:
        """From 0."""
        return self.column.place

    @property
    def header(self) -> str:
        """As the file says it."""
        return self.column.header

    @cached_property
    def words(self) -> tuple[str, ...]:
        """The header in the field's words."""
        return words_of(self.column.header)

    @cached_property
    def filled(self) -> tuple[str, ...]:
        """The cells that say something: neither blank nor `N/A`."""
        return tuple(
            cell.strip() for cell in self.column.cells if cell.strip() and cell.strip().casefold() not in _NOTHING
        )

    @cached_property
    def distinct(self) -> frozenset[str]:
        """What they say."""
        return frozenset(self.filled)

    @property
    def share_filled(self) -> float:
        """The share of the rows that say something."""
        return len(self.filled) / len(self.column.cells) if self.column.cells else 0.0

    @cached_property
    def uniqueness(self) -> float:
        """The share of the cells that say what no other does."""
        return len(self.distinct) / len(self.filled) if self.filled else 0.0

    def _share(self, kind: str) -> float:
        return sum(kind_of(cell) == kind for cell in self.filled) / len(self.filled) if self.filled else 0.0

    @cached_property
    def is_dates(self) -> bool:
        """Days, with a time or without, in however many notations; a few damaged ones do not count."""
        if not self.filled or self.is_clock:
            return False
        return sum(bool(date_formats(cell)) for cell in self.filled) >= 0.8 * len(self.filled)

    @cached_property
    def is_clock(self) -> bool:
        """Times of day."""
        return bool(self.filled) and all(_CLOCK.fullmatch(cell) for cell in self.distinct)

    @cached_property
    def has_clock(self) -> bool:
        """Days with a time that is not always midnight."""
        times = {cell.replace("T", " ").partition(" ")[2] for cell in self.distinct} if self.is_dates else set()
        return any(re.search(r"[1-9]", time) and ":" in time for time in times)

    @cached_property
    def is_numbers(self) -> bool:
        """Numbers as amounts are written."""
        return self._share("number") >= 0.95

    @cached_property
    def has_cents(self) -> bool:
        """Most numbers that are not zero are written with two decimals."""
        telling = [cell for cell in self.filled if re.search(r"[1-9]", cell)]
        return bool(telling) and sum(bool(_DECIMALS.search(cell)) for cell in telling) >= 0.5 * len(telling)

    @cached_property
    def is_flag(self) -> bool:
        """Yes and no, in any of their forms; one of them alone only as a word or `0` and `1`."""
        said = {re.sub(r"\.0$", "", cell.casefold()) for cell in self.distinct}
        return 0 < len(said) <= 2 and said <= status.YES | status.NO

    @cached_property
    def is_codes(self) -> bool:
        """Cells shaped as software numbers its records."""
        shaped = sum(bool(_UUID.fullmatch(cell) or _CODE.fullmatch(cell)) for cell in self.filled)
        return bool(self.filled) and shaped >= 0.95 * len(self.filled) and not self.is_dates and not self.is_clock

    @cached_property
    def is_few_words(self) -> bool:
        """Words that repeat: of a status, a type, a method."""
        return (
            0 < len(self.distinct) <= _FEW
            and (len(self.distinct) <= 0.5 * len(self.filled) or len(self.filled) <= 2 * _FEW)
            and all(len(cell) <= 40 and kind_of(cell) == "text" for cell in self.distinct)
        )

    @cached_property
    def known_share(self) -> dict[str, float]:
        """The share of the cells whose word the vocabulary of visits, bills, claims or methods has."""
        tables = {"bills": status.BILLS, "claims": status.CLAIMS, "methods": status.METHODS}
        if not self.is_few_words:
            return dict.fromkeys((*tables, "visits"), 0.0)
        shaped = [status.plain(cell) for cell in self.filled]
        found = {name: sum(word in table for word in shaped) / len(shaped) for name, table in tables.items()}
        return {**found, "visits": sum(bool(status.visit_state(cell)) for cell in self.filled) / len(shaped)}
