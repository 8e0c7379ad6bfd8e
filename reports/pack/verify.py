"""Does a pack come from these books? Every embedded table is made again and compared.

A pack carries, embedded, its tables as CSV and a manifest that says which year and which options it was made for. The
answer rests on the books alone: the PDF is opened only for what it claims.
"""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Mapping
from datetime import MAXYEAR, MINYEAR
from pathlib import Path
from typing import Any, NamedTuple

from beancount.core.data import Custom
from daysheet.books import Books
from daysheet.errors import DaysheetError, one_line
from daysheet.reports.pack import reading, volumes
from daysheet.reports.pack.contents import (
    LEDGER,
    PAPERS,
    Contents,
    Options,
    described,
    figures_of,
    gather,
    subject_of,
    waiver_digest,
)
from daysheet.reports.pack.filing import MANIFEST
from daysheet.reports.pack.volumes import LABEL
from daysheet.settings import Settings


class Claim(NamedTuple):
    """What a PDF says that it was made from, and what was read of it: `Read` says what each is."""

    label: Mapping[str, Any]
    files: Mapping[str, bytes]
    is_encrypted: bool = False
    has_more: bool = False


class Verdict(NamedTuple):
    """The answer: `difference` is None for yes, else the first that was found; `checked` counts files."""

    pack: str
    checked: int
    difference: str | None


def claim_of(path: Path, password: str = "") -> Claim:
    """What a PDF embeds.

    Args:
        path: the PDF.
        password: what it opens with, if it is encrypted.

    Raises:
        DaysheetError: it is not a PDF, not a pack, or encrypted with another password.
    """
    files, *how = reading.embedded(path, password)
    try:
        label = json.loads(files.get(MANIFEST) or files[LABEL])
        said = _is_label(label)
    except (KeyError, TypeError, ValueError, RecursionError):
        said = False
    if not said:
        remedy = "name a PDF that daysheet pack built"
        raise DaysheetError("not a pack: it does not say what it was made from", filename=path, remedy=remedy)
    return Claim(label, files, *how)


def _is_label(label: Any) -> bool:  # noqa: ANN401 - whatever JSON gives
    """Whether it says what a pack says of itself, each in its type: all else is somebody else's.

    Raises:
        KeyError: something is missing.
        TypeError: it is no table of tables.
    """
    options = label["options"]
    return (
        isinstance(label["practice"], str)
        and type(label["year"]) is int
        and MINYEAR < label["year"] <= MAXYEAR
        and options["paper"] in PAPERS
        and isinstance(options["tokens"], bool)
        and all(isinstance(item[key], str) for item in label["embedded"] for key in ("name", "sha256"))
        and type(label.get("volume", 0)) is int
        and isinstance(label.get("commit"), str | None)
    )


def verify(claim: Claim, books: Books, settings: Settings) -> Verdict:
    """Whether what a PDF embeds, and what it says of itself, follows from these books.

    Raises:
        DaysheetError: the books hold nothing of the year that the PDF is about.
    """
    label = claim.label
    if label["practice"] != settings.practice.id:
        whose = f'it is of the practice "{label["practice"]}", and these are the books of "{settings.practice.id}"'
        return _verdict(label, label, 0, whose)
    options = Options(label["options"]["paper"], label["options"]["tokens"])
    subject = subject_of(books, settings, int(label["year"]), options)
    books = _as_waived(label, books, settings)
    contents = gather(books, settings, figures_of(books, settings, subject))
    expected, said = _expected(label, contents, settings)
    return _verdict(said, label, len(expected), _difference(claim, contents, expected, said))


def _verdict(named: Mapping[str, Any], label: Mapping[str, Any], checked: int, difference: str | None) -> Verdict:
    """The answer, in which a name or a cell of the PDF can neither begin a line nor paint the screen."""
    name = str(named.get("pack") or f"general ledger {label['year']}, volume {label.get('volume')}")
    return Verdict(one_line(name), checked, difference and one_line(difference))


def _as_waived(label: Mapping[str, Any], books: Books, settings: Settings) -> Books:
    """The books without the waivers that were written after the pack: those change none of its figures' truth."""
    known = label.get("waived")
    if not isinstance(known, list) or all(waiver_digest(*key) in known for key in books.waivers):
        return books
    kept = [
        entry
        for entry in books.entries
        if not (isinstance(entry, Custom) and entry.type == "waived" and waiver_digest(*_waived(entry)) not in known)
    ]
    return Books.of(kept, books.options, state=settings.practice.state)


def _waived(entry: Custom) -> tuple[str, str]:
    kind, key = (str(value.value) for value in entry.values[:2])
    return kind, key


def _difference(claim: Claim, contents: Contents, expected: Mapping[str, bytes], said: Mapping[str, Any]) -> str | None:
    """The first thing in which a PDF and its books differ."""
    label = claim.label
    for file, content in expected.items():
        if file not in claim.files:
            return f"{file} is not in it"
        if claim.files[file] != content:
            return first_difference(file, claim.files[file], content)
    strange = sorted(set(claim.files) - set(expected) - {LABEL if "volume" in said else MANIFEST})
    if strange:
        return f"{strange[0]} is in it, and these books make no such file"
    if claim.has_more:
        return "it holds a file that its list of attachments does not name, or one name twice"
    if "books" in label and label["books"] != contents.books:
        return (
            f"every table is the same, but the books say more or other things now: digest {str(label['books'])[:16]}…"
            f" in the pack, {contents.books[:16]}… of the books"
        )
    # which version made it, and of which commit, is all that books do not say; both are painted on its pages
    forged = sorted(key for key in {*label, *said} - {"daysheet", "commit"} if label.get(key) != said.get(key))
    return f'what it says of itself is not what these books say: "{forged[0]}"' if forged else None


def _expected(
    label: Mapping[str, Any], contents: Contents, settings: Settings
) -> tuple[dict[str, bytes], Mapping[str, Any]]:
    """The files that the PDF must hold, and what it must say of itself: the pack, or one volume of the ledger."""
    if "volume" not in label:
        return {file.name: file.data for file in contents.files}, described(contents)
    parts = volumes.volumes(contents.subject, settings, contents.tables[LEDGER])
    number = int(label["volume"])
    if not 0 < number <= len(parts):
        return {f"{LEDGER}-{number}.csv": b""}, {"volume": number}
    files = {file.name: file.data for file in parts[number - 1].listing.embedded}
    said: dict[str, Any] = json.loads(files.pop(LABEL))
    return files, said


def first_difference(name: str, packed: bytes, made: bytes) -> str:
    """Where two files first differ: for tables the row, the column and both values."""
    pack_rows, book_rows = _rows(name, packed), _rows(name, made)
    if not pack_rows:
        return f"{name} is another file than these books make"
    for number, (left, right) in enumerate(zip(pack_rows, book_rows, strict=False), 1):
        heads = book_rows[0]
        if not len(left) == len(right) == len(heads):
            return f"{name} row {number} has other columns than the books give"
        for head, one, other in zip(heads, left, right, strict=True):
            if one != other:
                about = next((cell for cell in right[1:] if cell), "")
                return f'{name} row {number} ({about}), {head}: "{one}" in the pack, "{other}" by the books'
    if len(pack_rows) == len(book_rows):
        return f"{name} holds the cells that these books make, and is written in another way"
    return f"{name} has {len(pack_rows)} rows in the pack and {len(book_rows)} by the books"


def _rows(name: str, content: bytes) -> list[list[str]]:
    """The rows of a table; none of what is no table."""
    try:
        return (
            list(csv.reader(io.StringIO(content.decode(errors="replace"), newline=""))) if name.endswith(".csv") else []
        )
    except csv.Error:  # a cell without end, or a line end where none may be
        return []
