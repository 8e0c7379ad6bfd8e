"""A folder that a record system's export was unpacked into, as the files in it."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Final

from daysheet.importers.fhir.containers import heads
from daysheet.importers.rows.raw_file import RawFile

_ENDINGS: Final = (".ndjson", ".json", ".jsonl", ".gz", ".zip")
_LINES: Final = (".ndjson", ".ndjson.gz")
_RESOURCE: Final = '"resourceType"'
_MANIFEST: Final = '"transactionTime"'


def unfolded(paths: Iterable[Path]) -> list[Path]:
    """The paths, in the place of each folder the files of an export in it, by name; a folder of other files stays.

    What holds no resource, such as the manifest of a Bulk Data export, is no file of it.
    """
    found: list[Path] = []
    for path in paths:
        within = sorted(each for each in path.rglob("*") if _is_export(each)) if path.is_dir() else []
        found += within or [path]
    return found


def is_left_over(path: Path) -> bool:
    """Whether a folder holds nothing but what the files of an export leave when they are filed: its manifest."""
    if not path.is_dir() or path.is_symlink():
        return False
    files = [each for each in path.rglob("*") if not each.is_dir() and each.stat().st_size]
    return all(_MANIFEST in next(heads(RawFile(each)), "") for each in files)


def _is_export(path: Path) -> bool:
    hidden = path.name.startswith(".")
    if hidden or path.suffix.lower() not in _ENDINGS or not path.is_file() or path.is_symlink():
        return False
    if not path.stat().st_size:
        return False  # systems give an empty file for a type of which they have nothing
    named = path.name.casefold().endswith(_LINES)
    return named or any(_RESOURCE in head for head in heads(RawFile(path)))
