"""What of a built pack goes into the mail: its volumes and its workbook, or encrypted volumes alone.

With a password only encrypted PDF leaves the machine: the workbook and the tables are embedded in the first volume, and
are encrypted with it. The plain PDF/A stays on file.
"""

from __future__ import annotations

import datetime
import hashlib
import json
from pathlib import Path
from typing import Any, NamedTuple

from daysheet.books import Books
from daysheet.errors import DaysheetError
from daysheet.ledger import digest
from daysheet.reports.mail.encryption import encrypted
from daysheet.reports.mail.message import File


class Pack(NamedTuple):
    """A built pack: its id, and the files of it that are meant for the accountant."""

    id: str
    files: tuple[File, ...]


def built_pack(folder: Path, books: Books, year: int) -> Pack:
    """The pack of a year as it was built, each file as its manifest says.

    Args:
        folder: the books folder.
        books: the books in it, which the pack must still be the pack of.
        year: the pack's year.

    Raises:
        DaysheetError: it was not built, the books have changed since, or a file is missing or changed.
    """
    folder = folder / "packs" / str(year)
    path = folder / "manifest.json"
    again = f"run daysheet pack {year}"
    if not path.exists():
        raise DaysheetError("the pack is not built", filename=folder, remedy=again)
    try:
        manifest: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
        listed = [(str(entry["name"]), str(entry["sha256"])) for entry in manifest["files"]]
        identity, made_from = str(manifest["pack"]), str(manifest["books"])
    except (ValueError, KeyError, TypeError):
        raise DaysheetError("not a pack's manifest", filename=path, remedy=again) from None
    if made_from != digest.through(books.entries, datetime.date(year, 12, 31)):
        raise DaysheetError("the books have changed since this pack was built", filename=path, remedy=again)
    return Pack(identity, tuple(_file(folder, name, sha256, again) for name, sha256 in listed if _is_mailed(name)))


def for_mail(pack: Pack, password: str | None) -> tuple[File, ...]:
    """The files to attach: as they are, or with a password the volumes encrypted and nothing else."""
    if password is None:
        return pack.files
    return tuple(File(file.name, encrypted(file.data, password)) for file in pack.files if file.name.endswith(".pdf"))


def _is_mailed(name: str) -> bool:
    return name.endswith((".pdf", ".xlsx"))


def _file(folder: Path, name: str, sha256: str, remedy: str) -> File:
    path = folder / name
    if path.parent != folder or not path.is_file():
        raise DaysheetError("a file of the pack is missing", filename=path, remedy=remedy)
    data = path.read_bytes()
    if hashlib.sha256(data).hexdigest() != sha256:
        raise DaysheetError("is not the file that the pack was built with", filename=path, remedy=remedy)
    return File(name, data)
