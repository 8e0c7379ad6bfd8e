"""What the own tests of all profiles have in common: the sample is written, recognised, read and compared.

What differs, how records are compared with what the sample says of them, is with the banks and with the systems.
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Protocol

from daysheet.errors import DaysheetError
from daysheet.importers.reading import Reading
from daysheet.importers.rows.raw_file import RawFile


class Recognises(Protocol):
    """A source that can say how near a file comes to what it reads."""

    def matches(self, file: RawFile) -> bool:
        """Whether this file is of this kind."""
        ...

    def nearest(self, file: RawFile) -> tuple[float, int, str]:
        """How alike the file's likeliest header is (0 to 1), its line, and what differs in words."""
        ...


def problems(
    source: Recognises,
    filename: str,
    content: bytes,
    read: Callable[[RawFile], Reading],
    compare: Callable[[Reading], list[str]],
) -> list[str]:
    """What is wrong with a profile, in words; nothing if its sample gives what it says.

    Args:
        source: the profile as a source.
        filename: what the sample's file is called.
        content: its bytes.
        read: from the file to what a practice's import would get of it.
        compare: what differs between this and what the sample says.
    """
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / Path(filename).name
        path.write_bytes(content)
        file = RawFile(path)
        try:
            if not source.matches(file):
                likeness, line, differs = source.nearest(file)
                return [f"does not recognise its own sample{f': line {line}, {differs}' if likeness else ''}"]
            reading = read(file)
        except DaysheetError as problem:
            return [str(problem).replace(str(path), "sample")]
    return compare(reading)


def skips(reading: Reading, wanted: tuple[str, ...]) -> list[str]:
    """What differs between the reasons for which rows were skipped and those that the sample names."""
    reasons = tuple(skipped.reason for skipped in reading.skipped)
    return [] if reasons == wanted else [f"skips {list(reasons)}, not {list(wanted)}"]
