"""Another secret for the tokens of some books: each is made anew of what it stands for, and all change as one.

A token cannot be turned back, so what it stands for is read again from the filed originals. Where one of them is not on
this machine, nothing is changed. The books name both secrets by their fingerprints from then on, and every secret is
kept under its fingerprint, so that a kill at any moment leaves books whose secret is found.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Final, NamedTuple

from beancount import loader
from daysheet import files, patients
from daysheet.accounts import account_part
from daysheet.books import Books, loading, token_secrets
from daysheet.books.loading import MAIN
from daysheet.books.secret import secret_of
from daysheet.errors import DaysheetError
from daysheet.facts import Lock
from daysheet.importers.upkeep import tokenized
from daysheet.importers.writing import dry_run
from daysheet.importers.writing.writer import IMPORTS
from daysheet.ledger import collector, digest
from daysheet.patients import IN_TEXT, OPAQUE_PREFIX, PREFIX, Held
from daysheet.settings import FILE, Settings
from daysheet.trust import git
from daysheet.wording import many

_TOKEN: Final = re.compile(
    r"(?<![0-9A-Za-z])(?P<prefix>[Pp]t-|[Xx]-)(?P<digits>[0-9A-Fa-f][0-9a-f]{11})(?![0-9A-Za-z])"
)
_SECRET_LINE: Final = re.compile(rf'^[0-9-]+ custom "{token_secrets.TYPE}" .*\n?', re.MULTILINE)
_MESSAGE: Final = "Patients' tokens under a new secret"


class Rotation(NamedTuple):
    """What was done: tokens, files, both fingerprints, where the former secret is kept, and the commit if any."""

    tokens: int
    files: tuple[str, ...]
    former: str
    fingerprint: str
    kept: Path
    commit: str


def rotate(folder: Path, settings: Settings) -> Rotation:
    """Give the books in a folder tokens of a new secret.

    Raises:
        DaysheetError: the secret or an original is not on this machine, something is not committed, or the books are
            broken; nothing is changed then.
        OSError: the disk refuses; the books are as they were, or the next command completes the change.
    """
    with files.locked(folder), collector.paused():
        books = loading.load(folder)
        practice = settings.practice.id
        old = secret_of(books, practice)
        if old.path is None:
            raise DaysheetError(
                f"the secret comes from {patients.SECRET_VARIABLE}, which cannot be changed from here",
                remedy=f"put it into {patients.secret_path(practice)}, chmod 600 it, and unset the variable",
            )
        is_committed = _require_committed(folder)
        new = patients.new_secret()
        known = _renewed(tokenized.texts(folder, settings, books), old.secret, new)
        texts = dict(_texts(folder, books))
        count = _require_known(texts, known, folder)
        name = patients.fingerprint(new)
        renewed = {path: _rotated(text, known) for path, text in texts.items()}
        renewed[folder / IMPORTS] = _naming(renewed.get(folder / IMPORTS, ""), name, old.fingerprint)
        renewed = _locked_anew(folder, books, renewed)
        changed = {path: text for path, text in renewed.items() if text != texts.get(path)}
        kept = _put(folder, practice, old, new, changed)
        names = tuple(sorted(str(path.relative_to(folder)) for path in changed))
        commit = _committed(folder, names) if is_committed else ""
        return Rotation(count, names, old.fingerprint, name, kept, commit)


def _renewed(texts: set[str], old: bytes, new: bytes) -> dict[str, str]:
    """The new digits of each token by the old ones."""
    start = len(PREFIX)
    return {patients.token(text, old)[start:]: patients.token(text, new)[start:] for text in texts}


def _texts(folder: Path, books: Books) -> Iterator[tuple[Path, str]]:
    """Every file that may hold a token: the ledger, the settings, profiles of the practice's own.

    Raises:
        DaysheetError: a file of the ledger that holds one lies outside the books.
    """
    for path in sorted(Path(name) for name in books.options["include"]):
        text = path.read_bytes().decode()
        if path.resolve().is_relative_to(folder.resolve()):
            yield folder / path.resolve().relative_to(folder.resolve()), text
        elif IN_TEXT.search(text):
            raise DaysheetError("holds tokens and lies outside these books", filename=path, remedy="move it into them")
    for path in (folder / FILE, *sorted((folder / "profiles").glob("*.toml"))):
        if path.is_file() and not path.is_symlink():
            yield path, path.read_bytes().decode()


def _require_known(texts: Mapping[Path, str], known: Mapping[str, str], folder: Path) -> int:
    """How many tokens there are; each must be of a text that the originals hold.

    Raises:
        DaysheetError: one is not.
    """
    every: set[str] = set()
    strange: dict[str, tuple[Path, int]] = {}
    for path, text in texts.items():
        for found in IN_TEXT.finditer(text):
            digits = found[0].strip('"').partition("-")[2]
            every.add(digits)
            if digits not in known:
                strange.setdefault(digits, (path, text.count("\n", 0, found.start()) + 1))
    if strange:
        path, line = next(iter(strange.values()))
        raise DaysheetError(
            f"{many(len(strange), 'token is', 'tokens are')} of no filed original on this machine, here the first",
            filename=path,
            line=line,
            remedy=f"copy {folder / 'originals'} from the machine that has them all; nothing was changed",
        )
    return len(every)


def _rotated(text: str, known: Mapping[str, str]) -> str:
    """A file with its tokens anew, those in the names of accounts as well."""

    def other(found: re.Match[str]) -> str:
        digits = known.get(found["digits"].lower())
        if digits is None:
            return found[0]
        prefix = found["prefix"].lower()
        if found[0] == prefix + found["digits"].lower():
            return prefix + digits
        is_account = found[0] == account_part(prefix + found["digits"].lower())
        return account_part(prefix + digits) if is_account and prefix in (PREFIX, OPAQUE_PREFIX) else found[0]

    return _TOKEN.sub(other, text)


def _naming(text: str, fingerprint: str, former: str) -> str:
    """The file of imports with the new secret's fingerprint in the place of the old one's."""
    line = token_secrets.line(fingerprint, former)
    if _SECRET_LINE.search(text):
        return _SECRET_LINE.sub(lambda _: line, text, count=1)
    return text + ("" if not text or text.endswith("\n") else "\n") + line


def _locked_anew(folder: Path, before: Books, changed: Mapping[Path, str]) -> dict[Path, str]:
    """The files, with the digests of locked years as the new tokens make them; what had changed since still shows.

    Raises:
        DaysheetError: the books would not load.
    """
    with dry_run.copied(folder) as copy:
        for path, text in changed.items():
            place = copy.at / path.relative_to(folder)
            if path.suffix == ".beancount":
                place.write_bytes(text.replace(f'include "{folder}/', f'include "{copy.at}/').encode())
        try:
            after = loading.load(copy.at)
        except DaysheetError as problem:
            raise copy.error(problem) from None
    result = dict(changed)
    for year, lock in before.locks.items():
        path = Path(str(lock.meta["filename"]))
        if path in result:
            result[path] = _relocked(result[path], lock, year, before, after)
    return result


def _relocked(text: str, lock: Lock, year: int, before: Books, after: Books) -> str:
    was, now = (digest.months(books.entries, year) for books in (before, after))
    months = [new if month == old else month for month, old, new in zip(lock.months, was, now, strict=True)]
    whole = digest.of(digest.entries_of_year(before.entries, year))
    if lock.digest == whole:
        text = text.replace(f'"{whole}"', f'"{digest.of(digest.entries_of_year(after.entries, year))}"')
    return text.replace(f'"{" ".join(lock.months)}"', f'"{" ".join(months)}"')


def _put(folder: Path, practice: str, old: Held, new: bytes, changed: Mapping[Path, str]) -> Path:
    """The new secret, then the books, then the new secret in the old one's place; where the old one is kept."""
    waiting = patients.former_path(practice, patients.fingerprint(new))
    patients.keep(waiting, new)
    for each in patients.held(practice):
        patients.keep(patients.former_path(practice, each.fingerprint), each.secret)
    cache = folder / loader.PICKLE_CACHE_FILENAME.format(filename=MAIN)
    cache.unlink(missing_ok=True)
    files.replace_all(folder, ((str(path.relative_to(folder)), text.encode()) for path, text in changed.items()))
    cache.unlink(missing_ok=True)
    patients.keep(patients.secret_path(practice), new)
    waiting.unlink()
    return patients.former_path(practice, old.fingerprint)


def _require_committed(folder: Path) -> bool:
    """Whether these books are in git; then all must be committed, so that the change is a commit of its own.

    Raises:
        DaysheetError: something is not.
    """
    if git.run(folder, "rev-parse", "--verify", "--quiet", "HEAD") is None:
        return False
    if git.run(folder, "status", "--porcelain", "--untracked-files=no", "--", "."):
        raise DaysheetError(
            "something in these books is not committed",
            filename=folder,
            remedy="commit it first, so that the new tokens are a commit of their own",
        )
    return True


def _committed(folder: Path, names: tuple[str, ...]) -> str:
    """The commit of the change; empty where git makes none, as without a name for its author."""
    tracked = (git.run(folder, "ls-files", "-z", "--", *names) or "").split("\0")
    done = git.run(folder, "commit", "--quiet", "--no-gpg-sign", "-m", _MESSAGE, "--", *filter(None, tracked))
    return "" if done is None else git.run(folder, "rev-parse", "--short", "HEAD") or ""
