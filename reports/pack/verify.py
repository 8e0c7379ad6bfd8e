"""Does a pack come from these books? Every embedded table is made again and compared.

A pack carries, embedded, its tables as CSV and a manifest that says which year and which options it was made for. The
answer rests on the books alone: the PDF is opened only for what it claims.
"""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any, NamedTuple

from daysheet.books import Books
from daysheet.errors import DaysheetError
from daysheet.reports.pack import volumes
from daysheet.reports.pack.contents import LEDGER, Contents, Options, gather, subject_of, table_of
from daysheet.reports.pack.filing import MANIFEST
from daysheet.reports.pack.volumes import LABEL
from daysheet.settings import Settings


class Claim(NamedTuple):
    """What a PDF says that it was made from, and the files in it."""

    label: Mapping[str, Any]
    files: Mapping[str, bytes]


class Verdict(NamedTuple):
    """The answer: `difference` is None for yes, else the first that was found; `checked` counts files."""

    pack: str
    checked: int
    difference: str | None


def claim_of(path: Path) -> Claim:
    """What a PDF embeds.

    Raises:
        DaysheetError: it is not a PDF, or not a pack.
    """
    # takes a tenth of a second to load, which building a pack should not wait for
    import pikepdf  # noqa: PLC0415

    remedy = "name a PDF that daysheet pack built"
    try:
        with pikepdf.open(path) as pdf:
            files = {name: spec.get_file().read_bytes() for name, spec in pdf.attachments.items()}
    except pikepdf.PdfError:
        raise DaysheetError("not a PDF that can be read", filename=path, remedy=remedy) from None
    try:
        label = json.loads(files.get(MANIFEST) or files[LABEL])
        Options(label["options"]["paper"], label["options"]["tokens"])
        int(label["year"]), str(label["practice"]), [(item["name"], item["sha256"]) for item in label["embedded"]]
    except (KeyError, TypeError, ValueError):
        raise DaysheetError("not a pack: it does not say what it was made from", filename=path, remedy=remedy) from None
    return Claim(label, files)


def verify(claim: Claim, books: Books, settings: Settings) -> Verdict:
    """Whether what a PDF embeds follows from these books.

    Raises:
        DaysheetError: the books hold nothing of the year that the PDF is about.
    """
    label = claim.label
    name = str(label.get("pack") or f"general ledger {label['year']}, volume {label.get('volume')}")
    if label["practice"] != settings.practice.id:
        return Verdict(
            name, 0, f'it is of the practice "{label["practice"]}", and these are the books of "{settings.practice.id}"'
        )
    options = Options(label["options"]["paper"], label["options"]["tokens"])
    subject = subject_of(books, settings, int(label["year"]), options)
    contents = gather(books, settings, subject, table_of(books, settings, subject, LEDGER))
    expected = _expected(label, contents, settings)
    for file, content in expected.items():
        if file not in claim.files:
            return Verdict(name, len(expected), f"{file} is not in it")
        if claim.files[file] != content:
            return Verdict(name, len(expected), first_difference(file, claim.files[file], content))
    strange = sorted(set(claim.files) - set(expected) - {MANIFEST, LABEL})
    if strange:
        return Verdict(name, len(expected), f"{strange[0]} is in it, and these books make no such file")
    if "books" in label and label["books"] != contents.books:
        return Verdict(
            name,
            len(expected),
            f"every table is the same, but the books say more or other things now: digest {label['books'][:16]}… in the"
            f" pack, {contents.books[:16]}… of the books",
        )
    return Verdict(name, len(expected), None)


def _expected(label: Mapping[str, Any], contents: Contents, settings: Settings) -> dict[str, bytes]:
    """The files that the PDF must hold: the pack's, or those of one volume of the ledger."""
    if "volume" not in label:
        return {file.name: file.data for file in contents.files}
    parts = volumes.volumes(contents.subject, settings, contents.tables[LEDGER])
    number = int(label["volume"])
    if not 0 < number <= len(parts):
        return {f"{LEDGER}-{number}.csv": b""}
    return {file.name: file.data for file in parts[number - 1].listing.embedded if file.name != LABEL}


def first_difference(name: str, packed: bytes, made: bytes) -> str:
    """Where two files first differ: for tables the row, the column and both values."""
    if not name.endswith(".csv"):
        return f"{name} is another file than these books make"
    pack_rows, book_rows = _rows(packed), _rows(made)
    for number, (left, right) in enumerate(zip(pack_rows, book_rows, strict=False), 1):
        if left == right:
            continue
        heads = book_rows[0] if len(left) == len(right) == len(book_rows[0]) else []
        for head, one, other in zip(heads, left, right, strict=True):
            if one != other:
                about = next((cell for cell in right[1:] if cell), "")
                return f'{name} row {number} ({about}), {head}: "{one}" in the pack, "{other}" by the books'
        return f"{name} row {number} has other columns than the books give"
    return f"{name} has {len(pack_rows)} rows in the pack and {len(book_rows)} by the books"


def _rows(content: bytes) -> list[list[str]]:
    return list(csv.reader(io.StringIO(content.decode(errors="replace"), newline="")))
