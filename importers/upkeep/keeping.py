"""What lies around the books: the secret and its back-up, who may read what, what a killed program has left."""

from __future__ import annotations

import os
import shlex
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from daysheet import files, patients
from daysheet.books import Books
from daysheet.books.secret import has_tokens, secret_of
from daysheet.errors import DaysheetError
from daysheet.importers.originals.catch_up import FOLDER as CATCH_UP
from daysheet.importers.upkeep.fault import Fault, Part
from daysheet.importers.writing import archive
from daysheet.importers.writing.writer import years
from daysheet.settings import Settings
from daysheet.trust import trusted
from daysheet.wording import many

_OTHERS: Final = 0o077


def secret(books: Books, settings: Settings) -> Part:
    """Whether this machine has the secret that the books name, and whether it was backed up."""
    try:
        practice = settings.practice.id
        if not books.secrets and not has_tokens(books):
            return Part("secret", "the books hold no token yet")
        found = secret_of(books, practice)
    except DaysheetError as problem:
        return Part("secret", "looked for", (Fault.of(problem),))
    faults = []
    if not books.secrets:
        faults.append(Fault("the books do not name their secret", "daysheet import: the next that adds to them does"))
    if found.path is not None and not _is_backed_up(practice, found.fingerprint):
        mend = "daysheet secret back-up FILE, on a stick or wherever patients' records are kept"
        faults.append(Fault("no back-up of the secret was made here", mend, found.path))
    return Part("secret", f"{found.fingerprint}, {found.path or patients.SECRET_VARIABLE}", tuple(faults))


def _is_backed_up(practice: str, fingerprint: str) -> bool:
    try:
        return patients.back_up_note(practice).read_text(encoding="utf-8").startswith(f"{fingerprint} ")
    except (OSError, UnicodeDecodeError):
        return False


def permissions(folder: Path, settings: Settings) -> Part:
    """Whether others on this machine can read originals, lists for the front desk, and this user's decisions."""
    if os.name != "posix":
        return Part("permissions", "not looked at on this system")
    faults = [fault for name in (archive.FOLDER, CATCH_UP) for fault in _open_to_others(folder / name)]
    faults += [
        Fault("others can read or change it", f"chmod go-rwx {shlex.quote(str(path))}", path)
        for path in (trusted.store(), patients.secret_path(settings.practice.id).parent)
        if path.exists() and path.stat().st_mode & (_OTHERS if path.is_file() else 0o022)
    ]
    return Part("permissions", f"{archive.FOLDER}/, {CATCH_UP}/, {trusted.store().parent}", tuple(faults))


def _open_to_others(place: Path) -> Iterator[Fault]:
    """At most one fault of a folder: one command mends all in it."""
    if not place.is_dir():
        return
    wide = [path for path in (place, *place.rglob("*")) if not path.is_symlink() and path.stat().st_mode & _OTHERS]
    wide = [path for path in wide if path.name != ".gitignore"]
    if place.name == CATCH_UP:  # its files are closed, the folder need not be
        wide = [path for path in wide if path.is_file()]
    if wide:
        words = f"{many(len(wide), 'file or folder that names', 'files and folders that name')} patients open to others"
        yield Fault(words, f"chmod -R go= {shlex.quote(str(place))}", place)


def leftovers(folder: Path) -> Part:
    """Changes that were not completed, and temporary files that nothing will take away by itself."""
    faults = []
    if (folder / files.JOURNAL).exists():
        words = "a change was killed half-way, and waited to be completed"
        faults.append(Fault(words, "daysheet check, as any command: it completes it", folder / files.JOURNAL))
    places = (folder, *years(folder), folder / "outbox", *(folder / archive.FOLDER).glob("*/"))
    left = sorted(path for place in places if place.is_dir() for path in files.left_behind(place))
    faults += [Fault("a killed program has left this", f"rm {shlex.quote(str(path))}", path) for path in left]
    if files.has_stale_lease(folder):
        mend = f"rm {shlex.quote(str(folder / files.LEASE))}, or wait: the next writer takes it over"
        faults.append(Fault("a program that is gone still holds these books", mend, folder / files.LEASE))
    lock = folder / ".git" / "index.lock"
    if lock.exists():
        words = "git was killed, or is at work"
        faults.append(Fault(words, f"once no git runs: rm {shlex.quote(str(lock))}", lock))
    return Part("leftovers", "locks, temporary files, changes that wait", tuple(faults))
