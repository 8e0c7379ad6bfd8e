"""The cover note: the user's template, or the one that is shipped, with what this message is about."""

from __future__ import annotations

import json
import subprocess
import sys
from importlib import resources
from pathlib import Path
from typing import Final

from daysheet.errors import DaysheetError
from daysheet.reports.mail import note_program
from daysheet.trust import reading

NOTE: Final = "mail-note.txt"
_MEMORY: Final = 256 * 1024 * 1024
_SECONDS: Final = 5
_PROGRAM: Final = Path(note_program.__file__)


def template(folder: Path) -> str:
    """The template of some books, else the shipped one.

    Raises:
        DaysheetError: the books' own is no text in UTF-8.
    """
    own = folder / NOTE
    try:
        if own.exists():
            return reading.data(own).decode()
    except UnicodeDecodeError:
        raise DaysheetError("is no text in UTF-8", filename=own, remedy="save it as UTF-8") from None
    return (resources.files("daysheet.templates") / "mail_note.txt").read_text(encoding="utf-8")


def rendered(text: str, **values: object) -> str:
    """A template with its values put in, in Jinja's sandbox and a process with bounds (`note_program`).

    Raises:
        DaysheetError: the template is wrong, reaches for what it may not, or takes too much time, memory or room.
    """
    try:
        done = subprocess.run(  # noqa: S603 - our own program
            [sys.executable, "-I", str(_PROGRAM), str(_MEMORY), str(_SECONDS)],
            input=json.dumps({"template": text, "values": values}).encode(),
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            timeout=4 * _SECONDS,
            check=False,
        )
        code = done.returncode
        said = json.loads(done.stdout) if code in (0, note_program.WRONG) else None
    except (subprocess.TimeoutExpired, ValueError):
        code, said = note_program.TOO_MUCH, None
    if code == 0:
        return str(said)
    if code == note_program.WRONG:
        raise DaysheetError(f"the cover note cannot be made: {said}", filename=NOTE)
    limit = f"{_SECONDS} seconds, {_MEMORY >> 20} MB and {note_program.LENGTH:,} characters"
    raise DaysheetError(f"the cover note takes more than {limit}", filename=NOTE)
