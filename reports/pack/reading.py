"""What a PDF embeds, read without trusting it: in a process of its own that may take so much memory and time, no more.

Four megabytes of a hostile PDF can unpack to gigabytes, in its streams and already in what says where they are. The
program that reads it cannot know before; so the system stops it, and the PDF is refused.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any, Final, NamedTuple

from daysheet.bounded import bound
from daysheet.errors import DaysheetError

MEMORY: Final = 768 << 20
EMBEDDED: Final = 256 << 20
"""The most that the embedded files of a pack may hold together, unpacked: a large practice's hold a tenth."""
FILES: Final = 1000
_SECONDS: Final = 15
_LOCKED: Final = 3
_UNREADABLE: Final = 4
_TOO_MUCH: Final = 5
_REMEDY: Final = "name a PDF that daysheet pack built"


class LockedError(DaysheetError):
    """A PDF that is encrypted, with another password than was said, or none."""


class Read(NamedTuple):
    """The files that a PDF embeds, by name; whether it is encrypted, and whether it holds others besides those listed.

    A reader shows files where an annotation or an array of the document names them too, and of two files of one name
    shows either.
    """

    files: Mapping[str, bytes]
    is_encrypted: bool
    has_more: bool


def embedded(path: Path, password: str = "") -> Read:
    """The files that a PDF embeds, by name.

    Args:
        path: the PDF.
        password: what it opens with, if it is encrypted.

    Raises:
        DaysheetError: it is no file or no PDF, the password is missing or wrong, or it unpacks to more than any pack.
    """
    if not path.is_file():
        raise DaysheetError("is a device, pipe or socket, and no file", filename=path, remedy="save it first")
    command = [sys.executable, "-P", "-m", __name__, str(path.resolve())]
    with suppress(subprocess.TimeoutExpired):
        run = subprocess.run(  # noqa: S603 - this program
            command, input=password.encode(), capture_output=True, check=False, timeout=4 * _SECONDS
        )
        if run.returncode == 0:
            return _unframed(run.stdout)
        if run.returncode == _LOCKED:
            said = "the password is not that of this PDF" if password else "the PDF is encrypted"
            raise LockedError(said, filename=path, remedy="say --password, or set DAYSHEET_PDF_PASSWORD")
        if run.returncode in (1, _UNREADABLE):
            raise DaysheetError("not a PDF that can be read", filename=path, remedy=_REMEDY)
    raise DaysheetError("not a pack: it unpacks to more than any pack holds", filename=path, remedy=_REMEDY)


def _unframed(framed: bytes) -> Read:
    start = framed.index(b"\n") + 1
    head = json.loads(framed[:start])
    files = {}
    for name, size in head["files"]:
        files[name] = framed[start : start + size]
        start += size
    return Read(files, bool(head["is_encrypted"]), bool(head["has_more"]))


def _read(path: str, password: str) -> int:
    import pikepdf  # noqa: PLC0415 - only this process, under its limits, loads it

    try:
        with pikepdf.open(path, password=password) as pdf:
            files, has_more = _attached(pdf)
            is_encrypted = pdf.is_encrypted
    except pikepdf.PasswordError:
        return _LOCKED
    except pikepdf.PdfError:
        return _UNREADABLE
    except (MemoryError, _TooMuchError):
        return _TOO_MUCH
    sizes = [(name, len(data)) for name, data in files.items()]
    sys.stdout.buffer.write(
        json.dumps({"files": sizes, "is_encrypted": is_encrypted, "has_more": has_more}).encode() + b"\n"
    )
    for data in files.values():
        sys.stdout.buffer.write(data)
    sys.stdout.buffer.flush()
    return 0


class _TooMuchError(Exception):
    """More than any pack holds."""


def _attached(pdf: Any) -> tuple[dict[str, bytes], bool]:  # noqa: ANN401 - pikepdf's types are loaded here only
    """The attachments, and whether there is a file specification besides theirs, or one name twice."""
    seen: set[tuple[int, int]] = set()
    files: dict[str, bytes] = {}
    size = 0
    twice = False
    for name, spec in pdf.attachments.items():
        if len(seen) >= FILES:
            raise _TooMuchError
        twice = twice or name in files
        seen.add(spec.obj.objgen)
        data = spec.get_file().read_bytes()
        size += len(data)
        if size > EMBEDDED:
            raise _TooMuchError
        files[name] = data
    return files, twice or any(holder not in seen for item in pdf.objects for holder in _holders(item))


def _holders(item: Any) -> Iterator[tuple[int, int]]:  # noqa: ANN401
    """The object itself, for each file specification in it; what it only refers to is looked at where it stands."""
    import pikepdf  # noqa: PLC0415

    waiting = [item]
    while waiting:
        one = waiting.pop()
        if not isinstance(one, pikepdf.Object):
            continue
        if isinstance(one, pikepdf.Array):
            inside = list(one.as_list())
        else:
            inside = [one[key] for key in one.keys()] if isinstance(one, pikepdf.Dictionary | pikepdf.Stream) else []  # noqa: SIM118
        if isinstance(one, pikepdf.Dictionary) and "/EF" in one:
            yield item.objgen
        waiting += [value for value in inside if isinstance(value, pikepdf.Object) and not value.is_indirect]


if __name__ == "__main__":
    bound(MEMORY, _SECONDS)
    try:
        sys.exit(_read(sys.argv[1], sys.stdin.buffer.read().decode()))
    except MemoryError:
        sys.exit(_TOO_MUCH)
