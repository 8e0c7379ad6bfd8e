"""What an earlier run has done: its outcome, by a digest of all that it depended on.

A client's outcome is kept in `.daysheet-firm/CLIENT/` beside `firm.toml`, readable by its owner alone. It holds what
the verb printed; no verb that is run over a firm prints a patient.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from daysheet import __version__, files
from daysheet.books.loading import MAIN, with_include
from daysheet.firm.calls import Call, Outcome
from daysheet.trust import git

_PIECE: Final = 1 << 20
_NEVER: Final = frozenset({".git", ".venv", "__pycache__", ".mypy_cache"})
_OURS: Final = (".daysheet.lock", ".lock", ".tmp", ".lease")


def contents(folder: Path, leave_out: frozenset[str] = frozenset()) -> dict[str, bytes]:
    """The digest of each file of a books folder, by its name from there, in one order on every machine.

    Args:
        folder: of the books.
        leave_out: files and folders at the top of it that do not count.
    """
    return {path.relative_to(folder).as_posix(): _content(path) for path in _files(folder, leave_out)}


def digest(call: Call, found: dict[str, bytes]) -> str:
    """The digest of what a call depends on: the program's version, its words, git's commit, the books' `contents`."""
    made = hashlib.sha256()
    for word in (__version__, call.program, *call.arguments, git.run(call.folder, "rev-parse", "HEAD") or ""):
        made.update(f"{len(word)} {word}\0".encode())
    for written, content in found.items():
        name = os.fsencode(written)
        made.update(b"%d %s\0" % (len(name), name))
        made.update(content)
    return made.hexdigest()


def only_added(before: dict[str, bytes], after: dict[str, bytes], main: str, name: str) -> bool:
    """Whether books differ by a file alone that was written, and by the line that includes it.

    Args:
        before: the books' `contents`.
        after: what they are by now.
        main: the main file's text before.
        name: the file's.
    """
    others = {MAIN, name}
    same = {key: value for key, value in before.items() if key not in others}
    including = hashlib.sha256(with_include(main, name).encode()).digest()
    return same == {key: value for key, value in after.items() if key not in others} and after.get(MAIN) == including


def recall(state: Path, call: Call, depends_on: str) -> Outcome | None:
    """The outcome of the same call on the same books, if what it wrote is still there."""
    try:
        said = json.loads(_place(state, call).read_bytes())
        if said["depends_on"] != depends_on or said["arguments"] != list(call.arguments):
            return None
        if any(_hex(call.folder / name) != known for name, known in said["written"].items()):
            return None
        return Outcome(**said["outcome"])._replace(is_kept=True)
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return None


def keep(state: Path, call: Call, depends_on: str, outcome: Outcome, written: Iterator[Path]) -> None:
    """Keep an outcome, with a digest of each file that the call wrote."""
    place = _place(state, call)
    place.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    said = {
        "depends_on": depends_on,
        "arguments": list(call.arguments),
        "written": {str(path.relative_to(call.folder)): _hex(path) for path in sorted(written)},
        "outcome": outcome._asdict(),
    }
    files.write(place, (json.dumps(said, indent=1, ensure_ascii=False) + "\n").encode())
    place.chmod(0o600)


def _place(state: Path, call: Call) -> Path:
    words = "-".join(call.arguments[:2]) if call.program != "module" else call.arguments[0].rpartition(".")[2]
    return state / call.client / f"{words}.json"


def _files(folder: Path, leave_out: frozenset[str]) -> Iterator[Path]:
    """All files of a books folder, in one order on every machine; links are followed to files, not to folders."""
    for parent, folders, names in os.walk(folder):
        at_top = Path(parent) == folder
        folders[:] = sorted(name for name in folders if name not in _NEVER and not (at_top and name in leave_out))
        for name in sorted(names):
            if not name.endswith(_OURS) and not (at_top and name in leave_out):
                yield Path(parent) / name


def _content(path: Path) -> bytes:
    """The digest of a file's bytes; of what is no plain file, that it is none."""
    if not path.is_file():
        return b"no file"
    made = hashlib.sha256()
    with path.open("rb") as file:
        while piece := file.read(_PIECE):
            made.update(piece)
    return made.digest()


def _hex(path: Path) -> str:
    return _content(path).hex()
