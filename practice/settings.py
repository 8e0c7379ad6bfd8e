"""`daysheet.toml`: how one practice's books are kept; no secret and no patient in it.

Each part of the program declares the table it reads as a frozen dataclass and asks `Settings` for it. An unknown key is
an error that names the line and the nearest known key, so that a typing mistake never goes unnoticed.

Example:
    [practice]
    id = "willow-creek"
    name = "Willow Creek Physical Therapy PLLC"
    entity = "Single-member PLLC"
    return = "schedule-c"

    [[bank]]
    profile = "us-chase-checking"
    account = "Assets:Bank:Checking"
"""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final, TypeVar

from daysheet.errors import DaysheetError
from daysheet.strict_toml import Reader, read, toml
from daysheet.trust.paths import is_plain_name

FILE: Final = "daysheet.toml"
TABLES: Final = (
    "practice",
    "import",
    "bank",
    "source",
    "category",
    "adopt",
    "payroll",
    "check",
    "pack",
    "mail",
)

T = TypeVar("T")


@dataclass(frozen=True)
class PracticeSettings:
    """The `[practice]` table: who the books are about.

    `id` names the secret that patient tokens are made with; `returns` (written `return`) is the tax return:
    `schedule-c`, `1065` or `1120-s`; `state` is the two-letter state whose public holidays count.
    """

    id: str = field(default="practice", metadata={"is_safe": is_plain_name})
    name: str = "Practice"
    entity: str = ""
    returns: str = field(default="schedule-c", metadata={"key": "return"})
    method: str = "cash"
    state: str = ""
    preparer: str = ""


class Settings:
    """The tables of one `daysheet.toml`."""

    def __init__(self, path: Path, tables: dict[str, Any], text: str) -> None:
        """Keep what was parsed, and the text to find lines in."""
        self.path = path
        self._tables = tables
        self._reader = Reader(path, text)

    @classmethod
    def of(cls, folder: Path) -> Settings:
        """The settings of a books folder; a missing file gives the defaults.

        Raises:
            DaysheetError: the file cannot be read, is not valid TOML or holds an unknown table.
        """
        path = folder / FILE
        if not path.exists():
            return cls(path, {}, "")
        text = read(path)
        tables = toml(text, path)
        settings = cls(path, tables, text)
        for name in tables:
            if name not in TABLES:
                raise settings.error(f'unknown table "{name}"', name, TABLES)
        return settings

    @property
    def practice(self) -> PracticeSettings:
        """The `[practice]` table."""
        return self.table("practice", PracticeSettings)

    def table(self, name: str, kind: type[T]) -> T:
        """The table `[name]` as the dataclass `kind`; its defaults when the table is absent.

        Raises:
            DaysheetError: a key is unknown, missing or of the wrong type, or an element of a list is.
        """
        built: T = self._reader.build(self._tables.get(name, {}), kind, name)
        return built

    def tables(self, name: str, kind: type[T]) -> tuple[T, ...]:
        """The array of tables `[[name]]`, each as the dataclass `kind`, in the file's order.

        Raises:
            DaysheetError: as `table`.
        """
        found = self._tables.get(name, [])
        if not isinstance(found, list):
            raise self.error(f"write [[{name}]], with two brackets: there can be several", name)
        return tuple(self._reader.build(table, kind, name) for table in found)

    def error(self, message: str, word: str, known: tuple[str, ...] = ()) -> DaysheetError:
        """An error at the first line that holds `word`, with the nearest of the `known` words as remedy."""
        return self._reader.error(message, word, known)
