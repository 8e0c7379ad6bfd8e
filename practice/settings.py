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

import dataclasses
import difflib
import re
import tomllib
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final, TypeVar, get_type_hints

from daysheet.errors import DaysheetError

FILE: Final = "daysheet.toml"
TABLES: Final = (
    "practice",
    "import",
    "bank",
    "source",
    "category",
    "check",
    "pack",
    "vendor",
    "mail",
    "firm",
)

T = TypeVar("T")


@dataclass(frozen=True)
class PracticeSettings:
    """The `[practice]` table: who the books are about.

    `id` names the secret that patient tokens are made with; `returns` (written `return`) is the tax return:
    `schedule-c`, `1065` or `1120-s`; `state` is the two-letter state whose public holidays count.
    """

    id: str = "practice"
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
        self._text = text

    @classmethod
    def of(cls, folder: Path) -> Settings:
        """The settings of a books folder; a missing file gives the defaults.

        Raises:
            DaysheetError: the file is not valid TOML or holds an unknown table.
        """
        path = folder / FILE
        if not path.exists():
            return cls(path, {}, "")
        try:
            text = path.read_text(encoding="utf-8")
            tables = tomllib.loads(text)
        except (tomllib.TOMLDecodeError, UnicodeDecodeError) as problem:
            line = re.search(r"at line (\d+)", str(problem))
            raise DaysheetError(
                f"not valid TOML: {problem}", filename=path, line=int(line[1]) if line else None
            ) from None
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
            DaysheetError: a key is unknown, missing or of the wrong type.
        """
        return self._build(name, self._tables.get(name, {}), kind)

    def tables(self, name: str, kind: type[T]) -> tuple[T, ...]:
        """The array of tables `[[name]]`, each as the dataclass `kind`, in the file's order.

        Raises:
            DaysheetError: as `table`.
        """
        found = self._tables.get(name, [])
        if not isinstance(found, list):
            raise self.error(f"write [[{name}]], with two brackets: there can be several", name)
        return tuple(self._build(name, table, kind) for table in found)

    def error(self, message: str, word: str, known: tuple[str, ...] = ()) -> DaysheetError:
        """An error at the first line that holds `word`, with the nearest of the `known` words as remedy."""
        numbered = enumerate(self._text.splitlines(), 1)
        line = next((n for n, text in numbered if re.search(rf"(?<![\w-]){re.escape(word)}(?![\w-])", text)), None)
        near = difflib.get_close_matches(word, known, 1)
        remedy = f'did you mean "{near[0]}"?' if near else f"known are: {', '.join(known)}" if known else None
        return DaysheetError(message, filename=self.path, line=line, remedy=remedy)

    def _build(self, name: str, table: Any, kind: type[T]) -> T:  # noqa: ANN401 - TOML gives anything
        if not isinstance(table, dict):
            raise self.error(f"[{name}] is not a table", name)
        fields = {f.metadata.get("key", f.name.replace("_", "-")): f for f in dataclasses.fields(kind)}  # type: ignore[arg-type]
        hints = get_type_hints(kind)
        values = {}
        for key, value in table.items():
            if key not in fields:
                raise self.error(f'unknown key "{key}" in [{name}]', key, tuple(fields))
            values[fields[key].name] = self._typed(name, key, value, hints[fields[key].name])
        for key, f in fields.items():
            required = f.default is dataclasses.MISSING and f.default_factory is dataclasses.MISSING
            if required and f.name not in values:
                raise self.error(f'[{name}] needs the key "{key}"', name)
        return kind(**values)

    def _typed(self, name: str, key: str, value: Any, hint: Any) -> Any:  # noqa: ANN401
        text = str(hint)
        if "tuple" in text and isinstance(value, list):
            return tuple(value)
        plain = {"str": str, "int": int, "bool": bool, "float": float}
        wanted = next((kind for word, kind in plain.items() if re.search(rf"\b{word}\b", text)), None)
        exact = type(value) is wanted
        if wanted is not None and not exact and "tuple" not in text and "dict" not in text:
            raise self.error(f"{key} in [{name}] must be {wanted.__name__}", key)
        return value
