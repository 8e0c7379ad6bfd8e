"""Ledger text by directives: taking some out, so that nothing shows where they stood."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from pathlib import Path

from daysheet import files
from daysheet.errors import DaysheetError


def take_out(folder: Path, places: Iterable[tuple[str, int]]) -> None:
    """Take directives out of the files of a copy of some books.

    Args:
        folder: the copy.
        places: the file and line of each.

    Raises:
        DaysheetError: one is in a file outside the folder.
    """
    starts: dict[str, list[int]] = defaultdict(list)
    for filename, line in places:
        starts[filename].append(line)
    for filename, lines in starts.items():
        path = Path(filename)
        if not path.resolve().is_relative_to(folder.resolve()):
            raise DaysheetError("is not in the books folder, and is changed by hand only", filename=path)
        files.write(path, without(path.read_bytes().decode(), lines).encode())


def without(text: str, starts: Iterable[int]) -> str:
    """The text without the directives that start on these lines, counted from 1, each with one blank line beside it.

    What an import appends with a blank line before it is taken out with that line, so that a file is byte for byte
    what it was before.
    """
    lines = text.split("\n")
    for start in sorted(set(starts), reverse=True):
        first, end = start - 1, end_of(lines, start)
        before = first == 0 or not lines[first - 1].strip()
        at_end = end >= len(lines) or (end == len(lines) - 1 and not lines[end])
        if before and not at_end and not lines[end].strip():
            end += 1
        elif at_end and first > 0 and not lines[first - 1].strip():
            first -= 1
        del lines[first:end]
    return "\n".join(lines)


def end_of(lines: list[str], start: int) -> int:
    """How many lines there are up to the end of the directive that starts on a line."""
    end = start
    while end < len(lines) and lines[end][:1] in (" ", "\t") and lines[end].strip():
        end += 1
    return end
