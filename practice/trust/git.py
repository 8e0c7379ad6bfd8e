"""Git, asked in a folder that somebody else may have made.

A repository's own configuration can name programs that git then runs: for `git status` alone a file system monitor, a
filter, a command for objects that are missing. So git is asked only where the repository sets nothing but what is known
to run nothing, or what this user has allowed; hooks, drivers of the user's own and the network are out in any case.
"""

from __future__ import annotations

import os
import re
import subprocess
from contextlib import suppress
from pathlib import Path
from typing import Final

from daysheet.trust import trusted
from daysheet.trust.trusted import Program

MERGE_DRIVER: Final = "daysheet hook merge %O %A %B || git merge-file -L ours -L base -L theirs %A %O %B"
"""What puts two clones' month files together, as `daysheet hook` sets it.

What a program that calls git without daysheet in its path falls back to marks the conflict in the file.
"""

_HARMLESS: Final = re.compile(
    r"""(
        core\.(repositoryformatversion|filemode|bare|logallrefupdates|ignorecase|precomposeunicode|symlinks|autocrlf|eol
            |safecrlf|quotepath|sharedrepository|compression|abbrev|commentchar|untrackedcache|splitindex|preloadindex
            |protecthfs|protectntfs|sparsecheckout|sparsecheckoutcone|longpaths|hidedotfiles|trustctime|checkstat|editor
            |multipackindex|commitgraph|whitespace|pager|sshcommand|askpass|gitproxy)
        | (user|author|committer)\.(name|email|signingkey|useconfigonly)
        | remote\..*\.(url|pushurl|fetch|push|mirror|tagopt|prune|gh-resolved) | remote\.pushdefault
        | branch\..*
        | (init|color|pull|push|fetch|rebase|status|commit|tag|advice|gc|maintenance|pack|index|feature)\..*
        | merge\.(conflictstyle|ff|stat|renames|directoryrenames|log|verbosity|autostash|daysheet\.name)
        | extensions\.(objectformat|worktreeconfig|refstorage)
        | submodule\..*\.(url|active|branch) | submodule\.active
        | (alias|gui|credential|http|url|gpg)\..*
    )""",
    re.VERBOSE | re.IGNORECASE,
)
"""Settings that run nothing here: no alias takes a command's place, and the network is never used."""

_NEVER: Final = (
    "-c", "core.fsmonitor=false",
    "-c", "core.alternateRefsCommand=",
    "-c", "log.showSignature=false",
    "-c", "core.bigFileThreshold=64m",
    "-c", "submodule.recurse=false",
    "-c", "diff.ignoreSubmodules=all",
    "-c", "protocol.allow=never",
    "-c", "safe.bareRepository=explicit",
)  # fmt: skip
_NO_HOOKS: Final = ("-c", f"core.hooksPath={os.devnull}")
_SECONDS: Final = 60


def run(folder: Path, *arguments: str, hooks: bool = False) -> str | None:
    """What git prints; None if it fails or is not installed.

    Args:
        folder: where it is asked.
        arguments: what.
        hooks: leave the place of the hooks as it is set, to ask for it; for what calls none.

    Raises:
        DaysheetError: the repository's configuration may run a program, and this user has not allowed it.
    """
    trusted.require(folder, programs(folder))
    return _run(folder, *(() if hooks else _NO_HOOKS), *arguments)


def programs(folder: Path) -> list[Program]:
    """What the configuration of the repository that a folder is in may run."""
    places = (_run(folder, "rev-parse", "--git-common-dir", "--git-dir") or "").splitlines()
    if len(places) != 2:
        return []
    common, own = places
    found: list[Program] = []
    for path in (folder / common / "config", folder / own / "config.worktree"):
        listed = _run(folder, "config", "--file", str(path), "--null", "--list") if path.is_file() else None
        if listed is None:
            continue
        for entry in filter(None, listed.split("\0")):
            key, _, value = entry.partition("\n")
            ours = key == "merge.daysheet.driver" and value == MERGE_DRIVER
            if not ours and not _HARMLESS.fullmatch(key):
                found.append(Program(trusted.GIT, key, path, _line(path, key), value))
    return found


def _line(path: Path, key: str) -> int | None:
    """The first line that sets a key of this last name."""
    with suppress(OSError):
        pattern = re.compile(rf"^\s*(\[.*\]\s*)?{re.escape(key.rpartition('.')[2])}\s*(=|$)", re.IGNORECASE)
        for number, line in enumerate(path.read_text(encoding="utf-8", errors="replace").splitlines(), 1):
            if pattern.match(line):
                return number
    return None


def _run(folder: Path, *arguments: str) -> str | None:
    environment = {**os.environ, "LC_ALL": "C", "GIT_OPTIONAL_LOCKS": "0", "GIT_NO_LAZY_FETCH": "1"}
    environment |= {"GIT_TERMINAL_PROMPT": "0", "GIT_PAGER": "cat"}
    with suppress(OSError, subprocess.TimeoutExpired):
        done = subprocess.run(  # noqa: S603 - git, with our arguments
            ["git", "-C", str(folder), *_NEVER, *arguments],  # noqa: S607 - the user's own git
            capture_output=True,
            env=environment,
            stdin=subprocess.DEVNULL,
            timeout=_SECONDS,
            check=False,
        )
        if done.returncode == 0:
            return done.stdout.decode("utf-8", "replace").strip("\n")
    return None
