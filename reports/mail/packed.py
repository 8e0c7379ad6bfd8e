"""What of a built pack goes into the mail: its volumes and its workbook, or encrypted volumes alone.

With a password only encrypted PDF leaves the machine: the workbook and the tables are embedded in the first volume, and
are encrypted with it. The plain PDF/A stays on file.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection, Mapping
from pathlib import Path
from typing import Any, NamedTuple

from daysheet.books import Books
from daysheet.errors import DaysheetError
from daysheet.ledger import digest
from daysheet.reports.mail.encryption import encrypted
from daysheet.reports.mail.message import File
from daysheet.trust import reading


class Pack(NamedTuple):
    """A built pack: its id, the files of it that are meant for the accountant, and what it says of its state.

    `said` is the manifest's: the status, the tie-outs, the open questions by topic, and whose W-9 is missing.
    """

    id: str
    files: tuple[File, ...]
    said: Mapping[str, Any]


def built_pack(folder: Path, books: Books, year: int, layouts: Collection[str] = ()) -> Pack:
    """The pack of a year as it was built, each file as its manifest says.

    Args:
        folder: the books folder.
        books: the books in it, which the pack must still be the pack of.
        year: the pack's year.
        layouts: the files of the pack that the accountant's programs take.

    Raises:
        DaysheetError: it was not built, the books have changed since, or a file is missing or changed.
    """
    folder = folder / "packs" / str(year)
    path = folder / "manifest.json"
    again = f"run daysheet pack {year}"
    if not path.exists():
        raise DaysheetError("the pack is not built", filename=folder, remedy=again)
    try:
        manifest: dict[str, Any] = json.loads(reading.data(path))
        listed = [(str(entry["name"]), str(entry["sha256"])) for entry in manifest["files"]]
        identity, made_from = str(manifest["pack"]), str(manifest["books"])
    except (ValueError, KeyError, TypeError, RecursionError):
        raise DaysheetError("not a pack's manifest", filename=path, remedy=again) from None
    if made_from != digest.through_year(books.entries, year):
        raise DaysheetError("the books have changed since this pack was built", filename=path, remedy=again)
    files = tuple(_file(folder, name, sha256, again) for name, sha256 in listed if _is_mailed(name, layouts))
    said = manifest.get("said")
    return Pack(identity, files, said if isinstance(said, dict) else {})


def for_mail(pack: Pack, password: str | None) -> tuple[File, ...]:
    """The files to attach: as they are, or with a password the volumes encrypted and nothing else."""
    if password is None:
        return pack.files
    return tuple(
        file._replace(data=encrypted(file.data, password), plain=file.sha256)
        for file in pack.files
        if file.name.endswith(".pdf")
    )


def _is_mailed(name: str, layouts: Collection[str]) -> bool:
    """PDFs, the workbook, and the layouts of the accountant's programs that the settings name."""
    return name.endswith(".pdf") or name.startswith("workbook-") or name in layouts


def _about(name: str) -> str:
    if name.startswith("accountants-pack-"):
        return "the pack to read; every table is embedded in it"
    if name.startswith("general-ledger-"):
        return "the general ledger"
    if name.startswith("workbook-"):
        return "all tables as a workbook"
    return "for your program"


def _file(folder: Path, name: str, sha256: str, remedy: str) -> File:
    path = folder / name
    if path.parent != folder or not path.is_file():
        raise DaysheetError("a file of the pack is missing", filename=path, remedy=remedy)
    data = reading.data(path)
    if hashlib.sha256(data).hexdigest() != sha256:
        raise DaysheetError("is not the file that the pack was built with", filename=path, remedy=remedy)
    return File(name, data, _about(name))
