"""Loading books file by file: what a file's bytes gave is kept, so that only files that changed are parsed again.

The result is Beancount's own, entry for entry: files are found, parsed, joined and sorted as `beancount.loader` does
it, and the plugins and the validation run on all the entries as they do there. What is kept of a file is its booked
entries, which is right only while booking does not look beyond the file (`alonebooking`). Whatever else is in doubt
(an error, a file that is missing, named twice or encrypted) is left to Beancount's plain load.

The cache is the user's alone (`private`); Beancount's own, a pickle beside the main file, is not read, for whoever may
write to the books could plant it. An entry is named by all that it depends on, so that it cannot be out of date. What a
load has not used goes when a load brings something new.
"""

from __future__ import annotations

import decimal
import glob
import hashlib
import os
import re
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from functools import cache
from pathlib import Path
from typing import Any, Final, NamedTuple, Protocol

import beancount
from beancount import loader
from beancount.core import data
from beancount.core.data import Directive
from beancount.parser import parser
from beancount.utils import encryption
from daysheet import __version__
from daysheet.errors import DaysheetError
from daysheet.ledger import booking, codec, private, second, transformations, validation
from daysheet.ledger import parser as ledger_parser
from daysheet.trust import reading

_LARGE: Final = 300_000
"""Bytes of ledger text, two tenths of a second of loading: less is not worth keeping."""
_MUCH: Final = 1_000_000
"""Bytes of ledger text, half a second of loading: so much is worth a second process."""
_DOUBTFUL: Final = b"doubtful"
"""What is kept of a file that only the plain load is right for."""

Loaded = tuple[list[Directive], list[Any], codec.Options]
_Content = tuple[list[Directive], codec.Options]


class Guard(Protocol):
    """Who looks at a ledger's files before anything of them runs; each method raises to refuse."""

    def file(self, name: str) -> None:
        """Before a file is read."""

    def options(self, name: str, options: codec.Options) -> None:
        """What a file sets, once it is parsed: plugins, includes, where documents lie."""

    def placed(self, error: Any) -> Any:  # noqa: ANN401 - errors have no type of their own
        """An error of the loader about an include, with the file and the line that include."""

    def require(self) -> None:
        """After the last file, before plugins run."""


class _File(NamedTuple):
    """One ledger file.

    Attributes:
        key: the name that it is kept under.
        size: of its text, in bytes.
        kept: whether it came from the cache.
        content: its booked entries and its options; None where it is doubtful.
    """

    key: str
    name: str
    size: int
    kept: bool
    content: _Content | None


class _DoubtError(Exception):
    """These books are for the plain load."""


def load_file(main: Path, guard: Guard) -> Loaded:
    """Entries, errors and options of a ledger, as `beancount.loader.load_file` gives them.

    Args:
        main: the file that includes the others.
        guard: who may refuse what the ledger brings.

    Raises:
        DaysheetError: the guard refuses, or Beancount itself fails on these books.
    """
    name = os.path.abspath(main)  # noqa: PTH100 - as the loader does it: symbolic links stay
    folder = private.folder_of(name, "books")
    files: list[_File] = []
    doubtful = False
    try:
        for file in _walk(name, folder, guard):
            files.append(file)  # noqa: PERF402 - what came before a doubt is kept
    except _DoubtError:
        doubtful = True
    if doubtful:
        _keep(folder, files)
        del files
    try:
        if not doubtful:
            return _kept_and_joined(folder, files, guard)
        look_over(name, guard)
        guard.require()
        # not load_file: that would read a pickle from the books folder
        entries, errors, options = loader._load([(name, True)], None, None, None)
        return entries, [guard.placed(error) for error in errors], options
    except TypeError:
        raise _unsorted(name) from None
    except IsADirectoryError as problem:
        remedy = "write the files that it holds, such as folder/*.beancount"
        raise DaysheetError("an include names a folder", filename=problem.filename, remedy=remedy) from None
    except (AttributeError, ValueError, ArithmeticError) as problem:  # what Beancount itself stumbles over
        words = f"Beancount fails on these books ({type(problem).__name__})"
        raise DaysheetError(words, filename=name, remedy="bean-check shows where") from None


def _kept_and_joined(folder: Path | None, files: Sequence[_File], guard: Guard) -> Loaded:
    """The ledger of these files; what is new of them is kept meanwhile, where that is much."""
    if sum(file.size for file in files if not file.kept) < _MUCH:
        _keep(folder, files)
        guard.require()
        return _joined(files)
    with second.beside(lambda: _keep(folder, files)):
        guard.require()
        return _joined(files)


_ENDLESS: Final = (decimal.DivisionByZero, decimal.InvalidOperation, decimal.Overflow)
"""What a sum in an amount can end in."""


@contextmanager
def _divisions() -> Iterator[decimal.Context]:
    """Let a division that fails give a number without end, and say so in the context's flags.

    Beancount's parser does not look whether one fails: the process would die.
    """
    with decimal.localcontext() as context:
        for signal in _ENDLESS:
            context.traps[signal] = False
        context.clear_flags()
        yield context


def _unsorted(name: str) -> Exception:
    """Beancount sorts entries of one day by `lineno`, which metadata of that name takes the place of."""
    return DaysheetError(
        "entries cannot be sorted: one has metadata called lineno that is no number",
        filename=name,
        remedy="give that metadata another name",
    )


def look_over(main: str | Path, guard: Guard) -> None:
    """Let the guard see each file that the plain load will read; nothing of them runs here."""
    waiting = [os.path.abspath(main)]  # noqa: PTH100 - symbolic links stay
    seen: set[str] = set()
    while waiting:
        name = waiting.pop()
        guard.file(name)
        if name in seen or not Path(name).is_file():
            continue
        seen.add(name)
        reading.require_end(name, Path(name).read_bytes())
        with _divisions():
            if encryption.is_encrypted_file(name):
                _, _, options = parser.parse_string(encryption.read_encrypted_file(name), name)
            else:
                _, _, options = parser.parse_file(name)
        guard.options(name, options)
        for pattern in options["include"]:
            place = os.path.join(os.path.dirname(name), pattern)  # noqa: PTH118, PTH120 - as the loader does it
            waiting += map(os.path.normpath, glob.glob(place, recursive=True))  # noqa: PTH207


def _walk(main: str, folder: Path | None, guard: Guard) -> Iterator[_File]:
    """The files of a ledger in the loader's order.

    Raises:
        DaysheetError: the guard refuses.
        _DoubtError: one is missing, named twice, encrypted, in error or not to be booked alone.
    """
    waiting = [main]
    seen: set[str] = set()
    options: codec.Options | None = None
    new = place = 0
    ahead: second.Ahead | None = None
    try:
        while waiting:
            name = waiting.pop(0)
            if ahead is not None:
                ahead.reached(place)
                place += 1
            guard.file(name)
            if name in seen or not Path(name).is_file() or encryption.is_encrypted_file(name):
                raise _DoubtError
            seen.add(name)
            file = _read(name, folder, options)
            yield file
            if file.content is None:
                raise _DoubtError
            its_options = file.content[1]
            guard.options(name, its_options)
            options = options or its_options
            waiting += _included(os.path.dirname(name), its_options["include"])  # noqa: PTH120 - as the loader does it
            before, new = new, new + (0 if file.kept else file.size)
            if before < _LARGE <= new:  # little is kept of these books
                ahead = _ahead(waiting, folder, options, guard)
    finally:
        if ahead is not None:
            ahead.end()


def _ahead(waiting: Sequence[str], folder: Path | None, options: codec.Options, guard: Guard) -> second.Ahead | None:
    """A second process that parses and keeps files, the last first, where much is waiting."""
    if folder is None or not second.is_possible():
        return None
    with suppress(OSError):
        if sum(Path(name).stat().st_size for name in waiting) >= _MUCH and private.is_made(folder):
            return second.Ahead([*waiting], lambda name: _take(name, folder, options, guard))
    return None


def _take(name: str, folder: Path, options: codec.Options, guard: Guard) -> None:
    """Parse and keep a file that is not kept; whatever is wrong with it, this process leaves to the first."""
    guard.file(name)
    if not encryption.is_encrypted_file(name) and not (folder / _key(name, _digest_of(name), options)).exists():
        _write(folder, _read(name, folder, options))


def _write(folder: Path, file: _File) -> None:
    content = _DOUBTFUL if file.content is None else codec.encode(*file.content, file.name)
    private.write(folder / file.key, content)


def _included(folder: str, patterns: Sequence[str]) -> Iterator[str]:
    for pattern in patterns:
        # a path would lose the "/" at the end, with which a pattern matches folders alone
        found = glob.glob(os.path.join(folder, pattern), recursive=True)  # noqa: PTH118, PTH207 - in the loader's order
        if not found:
            raise _DoubtError
        yield from map(os.path.normpath, found)


def _key(name: str, digest: str, options: codec.Options | None) -> str:
    """The name that what a file gives is kept under: all that it depends on, its text by its digest."""
    settings = "" if options is None else repr([options[option] for option in booking.OPTIONS])
    return hashlib.sha256(b"\0".join((_programs(), settings.encode(), os.fsencode(name), digest.encode()))).hexdigest()


def _digest_of(name: str) -> str:
    return hashlib.sha256(Path(name).read_bytes()).hexdigest()


def _read(name: str, folder: Path | None, options: codec.Options | None) -> _File:
    """A file, from the cache or parsed and booked; `options` are the main file's, None for that file itself."""
    text = Path(name).read_bytes()
    key = _key(name, hashlib.sha256(text).hexdigest(), options)
    if folder is not None:
        with suppress(OSError, ValueError):
            return _File(key, name, len(text), True, _kept(folder / key, name))
    reading.require_end(name, text)
    with _divisions() as context:
        try:
            parsed, errors, its_options = ledger_parser.parse(text, name)
        except TypeError:
            raise _unsorted(name) from None
    if any(context.flags[signal] for signal in _ENDLESS):
        at = next((entry.meta["lineno"] for entry in parsed if re.search("Infinity|NaN", repr(entry))), None)
        raise DaysheetError("divides by nothing, or gives a number without end", filename=name, line=at)
    booked = None if errors else booking.book(parsed, its_options if options is None else options)
    return _File(key, name, len(text), False, None if booked is None else (booked, its_options))


def _kept(place: Path, name: str) -> _Content | None:
    """What was kept of a file; None where it is doubtful.

    Raises:
        OSError: nothing was.
        ValueError: it is damaged.
    """
    kept = place.read_bytes()
    return None if kept == _DOUBTFUL else codec.decode(kept, name)


def then_and_now(main: str, name: str, digest: str) -> tuple[_Content, _Content] | None:
    """What one file gave when its text had this digest, and what it gives now, which is kept as well.

    Args:
        main: the main file's absolute name; it has not changed since then.
        name: the name of another file of its ledger, which a guard has seen.
        digest: SHA-256, in hexadecimal.

    Returns:
        Booked entries and options of both; None where what it gave is not kept, or one of the two is doubtful.

    Raises:
        DaysheetError: what it gives now has an error that Beancount itself does not say.
    """
    folder = private.folder_of(main, "books")
    if folder is None or name == main:
        return None
    with suppress(OSError, ValueError):
        head = _kept(folder / _key(main, _digest_of(main), None), main)
        then = head and _kept(folder / _key(name, digest, head[1]), name)
        if head is None or then is None:
            return None
        now = _read(name, folder, head[1])
        if not now.kept:
            _write(folder, now)
        return None if now.content is None else (then, now.content)
    return None


def let_go(main: str, read: Mapping[str, str]) -> None:
    """Where more is kept of texts that files had before than of those that they have, drop it.

    Args:
        main: the main file's absolute name.
        read: the digest of each file of its ledger, by name; the main file's among them.
    """
    folder = private.folder_of(main, "books")
    with suppress(OSError, ValueError):
        places = [] if folder is None else [*folder.iterdir()]
        if folder is None or len(places) <= 2 * len(read):
            return
        first = _key(main, read[main], None)
        head = _kept(folder / first, main)
        used = {first, *(_key(name, digest, head[1]) for name, digest in read.items() if head is not None)}
        for place in places:
            if place.name not in used:
                place.unlink(missing_ok=True)


def _joined(files: Sequence[_File]) -> Loaded:
    """All files as one ledger: what the loader does once it has parsed and booked."""
    contents = [file.content for file in files if file.content is not None]
    entries = [entry for booked, _ in contents for entry in booked]
    entries.sort(key=data.entry_sortkey)
    options = contents[0][1]
    options["include"] = sorted(file.name for file in files)
    options = loader.aggregate_options_map(options, [its_options for _, its_options in contents[1:]])
    path = list(sys.path)
    try:
        sys.path[0:0] = options["pythonpath"]
        entries, errors = transformations.run(entries, options)
    finally:
        sys.path[:] = path
    errors.extend(validation.validate(entries, options))
    options["input_hash"] = loader.compute_input_hash(options["include"])  # type: ignore[no-untyped-call]
    return entries, errors, options


def _keep(folder: Path | None, files: Sequence[_File]) -> None:
    """Keep what is new among these files, and drop what the folder holds besides them."""
    if folder is None or sum(file.size for file in files) < _LARGE:
        return
    # a cache that cannot be written is no reason to fail
    with suppress(OSError):
        if all(file.kept for file in files):
            os.utime(folder)
            return
        if not private.is_made(folder):
            return
        for file in files:
            if not file.kept:
                _write(folder, file)
        used = {file.key for file in files}
        for place in folder.iterdir():
            if place.name not in used:
                place.unlink(missing_ok=True)
        private.forget_oldest(folder)


_MODULES: Final = (__file__, booking.__file__, codec.__file__, ledger_parser.__file__)


@cache
def _programs() -> bytes:
    """What makes entries of text: their versions."""
    ours = b"".join(Path(module).read_bytes() for module in _MODULES)
    words = (__version__, beancount.__version__, sys.version, hashlib.sha256(ours).hexdigest())
    return "\n".join(words).encode()
