"""A FHIR file opened: plain, compressed with gzip, or a zip archive of such files; each as text, in pieces."""

from __future__ import annotations

import gzip
import io
import lzma
import struct
import zipfile
import zlib
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import IO, Final

from daysheet.errors import DaysheetError
from daysheet.importers.rows.raw_file import RawFile

_GZIP: Final = b"\x1f\x8b"
_ZIP: Final = b"PK\x03\x04"
_HEAD: Final = 4096
_NOT_DATA: Final = ("__MACOSX/", ".")
_TIMES: Final = 50
"""How many times its packed size a text may have: record systems' exports have some fifteen times theirs."""
_ALWAYS: Final = 64 << 20
"""Characters that any archive may unpack to."""
_FEW: Final = 100_000
"""Resources that any file may hold."""
_SHORTEST: Final = 32
"""Characters of a resource, on the average of more than a few: its type and an id take as many."""
_SHORTEST_PACKED: Final = 2
"""Bytes of one that is compressed: no more than an id that is one more than the last takes as many."""
_UNPACK: Final = "unpack it, and look whether it is an export"
_READ: Final = (".ndjson", ".json", ".jsonl", ".gz", ".txt", "")
"""Endings of members of an archive that may hold resources; others are none."""

_DAMAGED: Final = (
    EOFError, OSError, zlib.error, lzma.LZMAError, struct.error, zipfile.BadZipFile, NotImplementedError, RuntimeError,
    ValueError, OverflowError,
)  # fmt: skip
"""What the standard library raises for archives that are cut off, damaged, encrypted or of an unknown method."""


class Amount:
    """How much of a file has been unpacked, of all its texts together: what repeats itself needs hardly any room."""

    def __init__(self, file: RawFile, packed: int, taken: Callable[[], int] | None = None) -> None:
        """`packed` is the file's size in bytes where it is compressed, else 0; `taken` says how many were read."""
        self._file = file
        self._taken = taken
        self._packed = packed
        self._characters = 0

    def add(self, characters: int) -> None:
        """So many more.

        Raises:
            DaysheetError: it unpacks to what no export is.
        """
        self._characters += characters
        if self._packed and self._characters > max(_ALWAYS, self._packed * _TIMES):
            raise DaysheetError(
                f"the archive unpacks to more than {_TIMES} times its size", filename=self._file.path, remedy=_UNPACK
            )

    def require_fits(self, resources: int) -> None:
        """That a file as long as this can hold so many resources.

        Raises:
            DaysheetError: they are too small to say anything; it is no export, and would take hours.
        """
        if resources <= _FEW:
            return
        packed = self._packed if self._taken is None else self._taken()
        if resources * _SHORTEST > self._characters or 0 < packed < resources * _SHORTEST_PACKED:
            raise DaysheetError(
                f"holds more than {resources - 1:,} resources, too many for a file of its size",
                filename=self._file.path,
                remedy="look whether it is an export: nothing of it is taken",
            )


_MOST_MEMBERS: Final = 20_000


class Text:
    """A text to read resources from, and the name of the archive's member that it is; empty for a file by itself."""

    def __init__(self, lines: IO[str], member: str, file: RawFile, amount: Amount) -> None:
        """`file` is for messages; `amount` counts what is read of all its texts."""
        self.member = member
        self.amount = amount
        self._lines = lines
        self._file = file

    def read(self, size: int) -> str:
        """The next characters; fewer at the end alone.

        Raises:
            DaysheetError: the archive is damaged here, or unpacks to what no export is.
        """
        try:
            found = self._lines.read(size)
        except _DAMAGED:
            raise _damaged(self._file) from None
        self.amount.add(len(found))
        return found


def texts(file: RawFile) -> Iterator[Text]:
    """The texts in a file, one after the other; each is closed when the next is asked for.

    Raises:
        DaysheetError: it cannot be read, or the archive is damaged or encrypted.
    """
    try:
        with file.opened() as raw:
            size = file.path.stat().st_size
            if raw.peek(len(_ZIP))[: len(_ZIP)] != _ZIP:
                packed = raw.peek(len(_GZIP))[: len(_GZIP)] == _GZIP
                with _text(raw) as lines:
                    yield Text(lines, "", file, Amount(file, size, raw.tell) if packed else Amount(file, 0))
                return
            amount = Amount(file, size)
            with zipfile.ZipFile(raw) as archive:
                members = archive.infolist()
                for number, info in enumerate(members):
                    if number:  # the first says what the file is
                        _require_few(members, file)
                    if not info.is_dir() and _is_data(info.filename):
                        with archive.open(info) as member, _text(io.BufferedReader(member)) as lines:  # type: ignore[arg-type]
                            yield Text(lines, info.filename, file, amount)
    except DaysheetError:
        raise
    except _DAMAGED:
        raise _damaged(file) from None


def _require_few(members: Sequence[zipfile.ZipInfo], file: RawFile) -> None:
    if len(members) > _MOST_MEMBERS:
        words = f"the archive holds more than {_MOST_MEMBERS:,} files, which takes minutes to read"
        raise DaysheetError(words, filename=file.path, remedy="put what is of a kind into one file")


def _damaged(file: RawFile) -> DaysheetError:
    return DaysheetError(
        "the archive is damaged, cut off or encrypted", filename=file.path, remedy="download or pack it again"
    )


def heads(file: RawFile) -> Iterator[str]:
    """The beginning of each text in a file; nothing of an archive that cannot be read."""
    try:
        for text in texts(file):
            yield text.read(_HEAD)
    except DaysheetError:
        return


def _is_data(name: str) -> bool:
    base = name.rpartition("/")[2]
    ending = base[base.rfind(".") :].lower() if "." in base else ""
    return not name.startswith(_NOT_DATA[0]) and not base.startswith(_NOT_DATA[1]) and ending in _READ


@contextmanager
def _text(raw: io.BufferedReader) -> Iterator[IO[str]]:
    """Bytes as text, unpacked where they are compressed; UTF-8 as JSON is, or UTF-16 where its mark stands in front."""
    packed = raw.peek(len(_GZIP))[: len(_GZIP)] == _GZIP
    opened = io.BufferedReader(gzip.GzipFile(fileobj=raw)) if packed else raw
    mark = opened.peek(2)[:2]
    encoding = "utf-16" if mark in (b"\xff\xfe", b"\xfe\xff") else "utf-8-sig"
    lines = io.TextIOWrapper(opened, encoding=encoding, errors="replace", newline="")
    try:
        yield lines
    finally:
        lines.detach()
