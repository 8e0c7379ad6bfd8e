"""What git knows of some books: the hook, how clones are merged, what must not be in it, and what was in it once."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Final, NamedTuple

from daysheet.importers.clones import git as clones
from daysheet.importers.originals.patients import TEXTS, own_addresses
from daysheet.importers.privacy import scrub
from daysheet.importers.privacy.scrub import Names
from daysheet.importers.upkeep.fault import Fault, Part, first
from daysheet.importers.writing.dry_run import ledger_texts
from daysheet.trust import git, reading
from daysheet.wording import many

_IGNORED: Final = ("inbox", "originals", "catch-up")
_PLACES: Final = re.compile(
    r"(^|/)(inbox|originals|catch-up|outbox)/(?!\.gitignore$)|\.picklecache$|(^|/)\.daysheet\.|\.tmp$|\.secret$"
)
_COMMITS: Final = 2_000
_AT_ONCE: Final = 50
_BYTES: Final = 30_000_000
_HEAD: Final = re.compile(r"^\x01([0-9a-f]+)$")


def is_repository(folder: Path) -> bool:
    """Whether some books lie in a git repository, which must be allowed to be asked.

    Raises:
        DaysheetError: its configuration may run a program, and that is not allowed.
    """
    return git.run(folder, "rev-parse", "--git-dir") is not None


def settings_of_git(folder: Path) -> Part:
    """The hook, the merge of clones, what is ignored, and what is tracked by mistake."""
    faults: list[Fault] = []
    if clones.lacks_hook(folder):
        faults.append(Fault("this clone has no hook that looks at each commit", "daysheet hook", folder))
    if git.run(folder, "config", "merge.daysheet.driver") != git.MERGE_DRIVER:
        faults.append(Fault("git is not told here how clones of these books are merged", "daysheet hook", folder))
    attributes = folder / ".gitattributes"
    said = attributes.read_text(encoding="utf-8", errors="replace") if attributes.is_file() else ""
    if "merge=daysheet" not in said:
        mend = f"mv {shlex.quote(str(attributes))} old-attributes; daysheet hook" if said else "daysheet hook"
        faults.append(Fault("git is not told which files are merged how", mend, attributes))
    faults += _not_ignored(folder)
    tracked = (git.run(folder, "ls-files", "-z", "--", ".") or "").split("\0")
    for name in (name for name in tracked if _PLACES.search(name)):
        mend = f"git rm --cached {shlex.quote(name)} && git commit; it stays in the history"
        faults.append(Fault("git keeps this, which may name patients", mend, folder / name))
    return Part("git", "hook, attributes, ignored folders", first(faults))


def _not_ignored(folder: Path) -> Iterator[Fault]:
    for name in _IGNORED:
        if git.run(folder, "check-ignore", "--quiet", "--no-index", "--", f"{name}/x.csv") is None:
            mend = f"echo {name}/ >> {shlex.quote(str(folder / '.gitignore'))}"
            yield Fault(f"git would keep what is in {name}/, which names patients", mend, folder / ".gitignore")


class _Known(NamedTuple):
    """Who the patients are, as this machine knows, and whose addresses are nobody's secret."""

    names: Names
    own: frozenset[str]


def identifiers(folder: Path, names: Names) -> Part:
    """What identifies a patient in the files that git keeps, else in the books' own; never what it says."""
    known = _Known(names, own_addresses(folder))
    listed = git.run(folder, "ls-files", "-z", "--", ".") if is_repository(folder) else None
    texts = [folder / name for name in listed.split("\0")] if listed is not None else ledger_texts(folder)
    paths = [path for path in texts if path.name.endswith(TEXTS) and path.is_file()]
    faults = []
    for path in paths:
        if path.stat().st_size > reading.LARGEST:
            faults.append(Fault(f"{reading.TOO_LARGE}: it is not looked through", "split it", path))
            continue
        for line, what in scrub.scan(reading.text(path), known.names, known.own):
            mend = f"take it out there; what is committed: git commit {shlex.quote(str(path))}, then see history"
            faults.append(Fault(what, mend, path, line))
    kept = "that git keeps" if listed is not None else "of the ledger"
    return Part("identifiers", f"{many(len(paths), 'file')} {kept}", first(faults))


def history(folder: Path, names: Names) -> Part:
    """What identifies a patient in what was ever added to the books, in so many of the last commits."""
    known = _Known(names, own_addresses(folder))
    commits = (git.run(folder, "rev-list", f"--max-count={_COMMITS + 1}", "--all", "--", ".") or "").split()
    faults: list[Fault] = []
    size = done = 0
    seen: set[str] = set()
    for start in range(0, min(len(commits), _COMMITS), _AT_ONCE):
        some = commits[start : start + _AT_ONCE]
        text = _added(folder, some)
        size += len(text)
        if size > _BYTES and done:
            break
        done += len(some)
        faults += _in_history(text, known, seen, folder)
    more = "" if done == len(commits) else f", the last of {'more' if len(commits) > _COMMITS else len(commits)}"
    return Part("history", f"{many(done, 'commit')}{more}", first(faults))


def _added(folder: Path, commits: Sequence[str]) -> str:
    """The lines that some commits have added, each commit under its name."""
    arguments = ("--no-ext-diff", "--no-textconv", "--no-renames", "--no-color", "--unified=0", "--format=%x01%h")
    endings = tuple(f"*{ending}" for ending in TEXTS)
    return git.run(folder, "show", "--diff-merges=first-parent", *arguments, *commits, "--", *endings) or ""


def _in_history(text: str, known: _Known, seen: set[str], folder: Path) -> Iterator[Fault]:
    commit = name = ""
    found: dict[tuple[str, str, str], None] = {}
    for line in text.split("\n"):
        head = _HEAD.match(line)
        if head:
            commit = head[1]
        elif line.startswith("+++ "):
            name = line[4:].removeprefix("b/")
        elif line.startswith("+") and line not in seen:
            seen.add(line)
            found |= {(commit, name, what): None for _, what in scrub.scan(line[1:], known.names, known.own)}
    for commit, name, what in found:
        mend = f"git filter-repo --path {shlex.quote(name)} --invert-paths, after a copy; then clone anew everywhere"
        yield Fault(f"{what}, in commit {commit}", mend, folder / name)
