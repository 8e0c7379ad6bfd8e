"""The commands that a folder's settings name: what prints a password."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

from daysheet.settings import FILE, Settings
from daysheet.strict_toml import read, toml
from daysheet.trust import trusted
from daysheet.trust.trusted import Program

PREFIX: Final = "command:"
_LOGIN: Final = (
    "host", "port", "security", "ca-file", "auth", "user", "from", "secret", "client-id", "client-secret", "token-url",
)  # fmt: skip
"""What decides where a password goes, and which one."""


def command(folder: Path, reference: str) -> Program:
    """A command of the settings, `command:PROGRAM ARGUMENTS`, as what would run."""
    path = folder / FILE
    lines = read(path).splitlines() if path.is_file() else []
    words = reference.removeprefix(PREFIX).split()
    line = next((number for number, text in enumerate(lines, 1) if PREFIX in text and words and words[0] in text), None)
    return Program(trusted.COMMAND, words[0] if words else "", path, line, reference)


def commands(folder: Path) -> list[Program]:
    """All commands that the settings of some books name.

    Raises:
        DaysheetError: the settings cannot be read.
    """
    Settings.of(folder)
    texts = _texts(_tables(folder)[1])
    return [command(folder, text) for text in texts if text.startswith(PREFIX)]


def mail(folder: Path) -> list[Program]:
    """The server that the settings send mail to, with whose login: somebody else's books must not name one for mine.

    Raises:
        DaysheetError: the settings cannot be read.
    """
    text, tables = _tables(folder)
    table = tables.get("mail")
    if not isinstance(table, dict) or not table.get("host") or not table.get("secret"):
        return []
    line = next((number for number, row in enumerate(text.splitlines(), 1) if row.strip().startswith("host")), None)
    said = json.dumps([str(table.get(key, "")) for key in _LOGIN])
    return [Program(trusted.MAIL, f"{table['host']} ({table['secret']})", folder / FILE, line, said)]


def _tables(folder: Path) -> tuple[str, dict[str, Any]]:
    """The text of the settings and what it says, whatever that is; nothing where there are none."""
    path = folder / FILE
    text = read(path) if path.is_file() else ""
    return text, toml(text, path)


def _texts(value: Any) -> Iterator[str]:  # noqa: ANN401 - whatever TOML holds
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for item in value.values():
            yield from _texts(item)
    elif isinstance(value, list):
        for item in value:
            yield from _texts(item)
