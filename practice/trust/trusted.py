"""What books bring that would run as a program or lead elsewhere, and which of it this machine's user has allowed.

Books travel: by mail, by git, on a stick. Whoever can write them can name a plugin, put a module beside them, set a
command or configure git; none of that may run because somebody looked at the figures. What may is kept outside the
books, in the user's configuration folder, by the folder's path and by the content of what runs: a plugin that was
changed after it was allowed is another one.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from contextvars import ContextVar
from pathlib import Path
from typing import Final, NamedTuple

from daysheet import files
from daysheet.errors import DaysheetError

PLUGIN: Final = "plugin"
PYTHONPATH: Final = "insert_pythonpath"
COMMAND: Final = "command"
GIT: Final = "git"
INCLUDE: Final = "include"
DOCUMENTS: Final = "documents"
LINK: Final = "link"
MAIL: Final = "mail"
MESSAGE: Final = "message"
CACHE: Final = "cache"

_WORDS: Final = {
    PLUGIN: "these books load the plugin {what}, which runs as a program",
    PYTHONPATH: "these books let modules beside them run as programs ({what})",
    COMMAND: "these books run a command ({what})",
    GIT: "these books set {what} for git, which may run a program",
    INCLUDE: "a file of these books lies outside them",
    DOCUMENTS: "these books look for documents outside them",
    LINK: "{what} is a link that leads out of these books",
    MAIL: "these books send mail, and a password of yours, to {what}",
    CACHE: "{what} is a cache that bean-check runs as a program (Daysheet does not): delete it unless yours",
    MESSAGE: "the message {what} was not approved on this machine",
}


class Copied(NamedTuple):
    """A copy of some books that an import works on: what is allowed is allowed for the books themselves.

    Attributes:
        at: the copy's folder.
        base: the folder that the copy was made in, with what the books include from elsewhere.
        folder: the books' own folder.
        root: what `base` is a copy of.
    """

    at: Path
    base: Path
    folder: Path
    root: Path


copies: ContextVar[tuple[Copied, ...]] = ContextVar("copies", default=())
"""The copies that are at work."""


class Program(NamedTuple):
    """One thing in books that would run, or be read from elsewhere.

    Attributes:
        kind: `plugin`, `insert_pythonpath`, `command`, `git`, `include`, `documents`, `link`, `mail`, `message` or
            `cache`.
        what: its name, as the books write it.
        filename: where it is written.
        line: the line in that file, if known.
        content: what it depends on: its configuration, the modules beside the books.
    """

    kind: str
    what: str
    filename: Path
    line: int | None = None
    content: str = ""

    @property
    def digest(self) -> str:
        """What it is known by once it is allowed."""
        return hashlib.sha256("\0".join((self.kind, self.what, self.content)).encode()).hexdigest()

    @property
    def words(self) -> str:
        """What it is, for the user."""
        return _WORDS[self.kind].format(what=self.what)


def store() -> Path:
    """The file in which this user's decisions are kept."""
    return files.users_config() / "daysheet" / "trusted.json"


def all_trusted() -> dict[str, list[str]]:
    """Digests of what may run, by the resolved path of the books.

    Raises:
        DaysheetError: the file is damaged; then nothing is trusted.
    """
    path = store()
    try:
        decisions = json.loads(path.read_bytes())
        return {str(folder): [str(digest) for digest in digests] for folder, digests in decisions.items()}
    except FileNotFoundError:
        return {}
    except (ValueError, AttributeError, TypeError):
        remedy = "delete it, and allow again what may run: daysheet trust DIR"
        raise DaysheetError("this is not what daysheet trust has written", filename=path, remedy=remedy) from None


def allow(folder: Path, programs: Iterable[Program]) -> None:
    """Let exactly these run from now on for the books in a folder, and nothing else.

    Raises:
        DaysheetError: the file of decisions is damaged.
        OSError: the disk refuses.
    """
    decisions = all_trusted()
    decisions.pop(str(folder.resolve()), None)
    digests = sorted({program.digest for program in programs})
    if digests:
        decisions[str(folder.resolve())] = digests
    _keep(decisions)


def _keep(decisions: Mapping[str, Sequence[str]]) -> None:
    store().parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    files.write(store(), (json.dumps(decisions, indent=1, sort_keys=True) + "\n").encode(), private=True)


def allow_also(folder: Path, program: Program) -> None:
    """Let this run as well, beside what may already.

    Raises:
        DaysheetError: the file of decisions is damaged.
        OSError: the disk refuses.
    """
    decisions = all_trusted()
    digests = decisions.setdefault(str(folder.resolve()), [])
    if program.digest not in digests:
        digests.append(program.digest)
        digests.sort()
        _keep(decisions)


def refused(folder: Path, programs: Sequence[Program]) -> list[Program]:
    """Those that may not run for the books in a folder."""
    if not programs:
        return []
    allowed = all_trusted().get(str(folder.resolve()), ())
    return [program for program in programs if program.digest not in allowed]


def require(folder: Path, programs: Sequence[Program]) -> None:
    """Let nothing pass that is not allowed.

    Raises:
        DaysheetError: something would run that this user has not allowed; the first is named, with its place.
    """
    wrong = refused(folder, programs)
    if wrong:
        more = f" (and {len(wrong) - 1} more)" if len(wrong) > 1 else ""
        raise DaysheetError(
            f"{wrong[0].words}{more}",
            filename=wrong[0].filename,
            line=wrong[0].line,
            remedy=f"look at it, and if it is yours: daysheet trust {folder}",
        )
