"""Filed originals: each imported file's bytes, under a name that tells its day and kind and nothing of its old name.

A dropped file may be called after a patient. The copy is made before the books change, and a file leaves the inbox only
after they have, so that whatever is killed in between, the file is still there to import again.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Final

from daysheet import files
from daysheet.importers.reading import Reading
from daysheet.importers.rows.raw_file import RawFile

FOLDER: Final = "originals"
_OWN_FOLDER: Final = 0o700
_OWN_FILE: Final = 0o600
_ENDING: Final = re.compile(r"(\.[a-z0-9]{1,6}){1,2}\Z")


def filed_name(file: RawFile, reading: Reading) -> str:
    """Where a file is kept, named from the books folder: `originals/2026/2026-03-31-visits-0a1b2c3d.csv`."""
    ending = file.path.suffix.lower()
    if ending == ".gz":
        ending = "".join(file.path.suffixes[-2:]).lower()
    if not _ENDING.match(ending):
        ending = ".dat"
    profile = re.sub(r"[^A-Za-z0-9-]", "-", reading.profile)
    return f"{FOLDER}/{reading.last.year}/{reading.last}-{profile}-{file.sha256[:8]}{ending}"


def keep(file: RawFile, folder: Path, name: str) -> None:
    """Put a copy of a file at its place, unless it is there, for this user alone: it names the patients.

    Raises:
        OSError: the disk refuses.
    """
    path = folder / name
    if path.exists():
        return
    for place in (folder / FOLDER, path.parent):
        place.mkdir(parents=True, exist_ok=True)
        place.chmod(_OWN_FOLDER)
    if file.is_in_memory:
        files.write(path, file.data)
    else:
        with file.opened() as data:
            files.write(path, data)
    path.chmod(_OWN_FILE)
