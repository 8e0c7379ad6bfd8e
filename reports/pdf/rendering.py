"""PDFs and workbooks made in processes beside the one that works them out, and none that was made before.

What was made is found again by all that its bytes depend on: its text, style and embedded files, the typeface, and the
versions of the programs that make it. The cache lies in the user's cache folder, readable by that user alone.
"""

from __future__ import annotations

import ctypes
import ctypes.util
import gc
import hashlib
import multiprocessing
import os
import platform
import zlib
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from functools import cache
from importlib.metadata import version
from pathlib import Path
from typing import Final

from daysheet import __version__, files
from daysheet.reports.formats import text, workbook
from daysheet.reports.formats.workbook import Workbook
from daysheet.reports.pdf import fonts, html_to_pdf, joined, listing, shaping, tagged, xmp
from daysheet.reports.pdf.html_to_pdf import Document
from daysheet.reports.pdf.joined import Joined, Leaf
from daysheet.reports.pdf.listing import Listing

Progress = Callable[[int, int], None]
Part = Document | Leaf | Listing | Workbook
Work = Part | Joined

_KEPT: Final = 500
_SETTERS: Final = ("weasyprint", "pydyf", "fonttools", "tinycss2", "tinyhtml5", "pikepdf", "xlsxwriter")
_OWN: Final = (listing, tagged, shaping, fonts, xmp, joined, workbook, text)


@dataclass(slots=True)
class _Awaited:
    """What is joined when its parts are made, and the keys of these; None for contents that are not begun."""

    document: Joined
    cover: str
    leaves: list[str]
    contents: str | None = None


class Renderer:
    """Processes that make documents while others are still worked out; they start when there is one to make."""

    def __init__(self, executor: ProcessPoolExecutor, folder: Path | None, processes: int = 1) -> None:
        """Keep the processes, how many there may be, and the cache's folder; None keeps nothing."""
        self._executor = executor
        self._processes = processes
        self._folder = folder
        self._made: dict[str, bytes] = {}
        self._begun: dict[str, tuple[Work, Future[bytes]]] = {}
        self._waiting: dict[str, Listing | Workbook] = {}
        self._joined: dict[str, _Awaited] = {}
        self._warm = False

    def start(self, document: Work) -> str:
        """Have a document made, unless it was before; the key that it is asked for by.

        Listings wait for `finish`, a workbook for a process that has nothing to do, and what is joined for its parts.
        """
        key = key_of(document)
        if key in self._made or key in self._begun:
            return key
        found = self._cached(key)
        if found is not None:
            self._made[key] = found
        elif isinstance(document, Joined):
            cover = self.start(document.cover)
            self._joined[key] = _Awaited(document, cover, [self.start(leaf) for leaf in document.leaves])
        elif isinstance(document, Listing) or (isinstance(document, Workbook) and self._idle() <= 0):
            self._waiting[key] = document
        else:
            self._submit(key, document)
        return key

    def warm(self) -> None:
        """Start a process and load in it what sets HTML, before there is any: the process takes a second for that."""
        if not self._warm:
            self._executor.submit(html_to_pdf.warm)
            self._warm = True

    def made(self, key: str) -> bytes:
        """One of the documents that were started, as soon as it is made: here, where no process has begun it."""
        if key in self._waiting:
            self._keep(key, self._waiting.pop(key).render())
        if key not in self._made:
            self._keep(key, self._begun[key][1].result())
        return self._made[key]

    def finish(self, keys: Sequence[str], progress: Progress) -> list[bytes]:
        """The documents that were started, in the order of these keys.

        Args:
            keys: what `start` gave.
            progress: called with how much of the whole work is done, and the whole, in characters.
        """
        works = {key: document for key, (document, _) in self._begun.items()} | self._waiting
        sizes = {key: document.size for key, document in works.items()}
        whole = sum(sizes.values())

        def show() -> None:
            progress(sum(size for key, size in sizes.items() if key in self._made), whole)

        show()
        while self._waiting:
            self._collect()
            self._share()
            if self._waiting:
                self.made(next(reversed(self._waiting)))
            show()
        while futures := {future for key, (_, future) in self._begun.items() if key not in self._made}:
            wait(futures, return_when=FIRST_COMPLETED)
            self._collect()
            show()
        for key, awaited in self._joined.items():
            self._keep(key, self._join(awaited))
        self._prune()
        return [self._made[key] for key in keys]

    def _submit(self, key: str, document: Part) -> None:
        self._begun[key] = document, self._executor.submit(_make, document)

    def _idle(self) -> int:
        """How many processes have nothing to do."""
        return self._processes - sum(not future.done() for _, future in self._begun.values())

    def _share(self) -> None:
        """Give idle processes a listing each; what is left for this one is as much as each of them has."""
        for _ in range(min(self._idle(), len(self._waiting) - 1)):
            key = next(iter(self._waiting))
            self._submit(key, self._waiting.pop(key))

    def _collect(self) -> None:
        """Take what is made; the contents of what is joined can be set as soon as its leaves are."""
        for key, (_, future) in self._begun.items():
            if key not in self._made and future.done():
                self._keep(key, future.result())
        for awaited in self._joined.values():
            made = [self._made[key] for key in awaited.leaves if key in self._made]
            last = awaited.document.leaves[-1]
            if awaited.contents is None and self._are_known(awaited, last):
                numbered = joined.numbered(awaited.document.contents, made, last=last)
                awaited.contents = self.start(numbered)

    def _are_known(self, awaited: _Awaited, last: Leaf) -> bool:
        """Whether it is known where each section begins: the last leaf need not be made, if it is of one section."""
        *others, end = awaited.leaves
        return all(key in self._made for key in others) and (end in self._made or len(joined.anchors(last)) == 1)

    def _join(self, awaited: _Awaited) -> bytes:
        document, leaves = awaited.document, [self.made(key) for key in awaited.leaves]
        contents = self.made(awaited.contents or self.start(joined.numbered(document.contents, leaves)))
        own = joined.pages_of(contents)
        if own > 1:
            contents = self.made(self.start(joined.numbered(document.contents, leaves, own)))
        return joined.join(self.made(awaited.cover), (contents, *leaves), document.foot)

    def _cached(self, key: str) -> bytes | None:
        if self._folder is None:
            return None
        path = self._folder / key
        with suppress(OSError):
            content = path.read_bytes()
            path.touch()
            return content
        return None

    def _keep(self, key: str, content: bytes) -> None:
        self._made[key] = content
        if self._folder is not None:
            # a cache that cannot be written is no reason to fail
            with suppress(OSError):
                self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)
                files.write(self._folder / key, content)

    def _prune(self) -> None:
        if self._folder is not None and self._folder.is_dir():
            with suppress(OSError):
                oldest_last = sorted(self._folder.iterdir(), key=lambda path: -path.stat().st_mtime_ns)
                for path in oldest_last[_KEPT:]:
                    path.unlink()


@contextmanager
def renderer(folder: Path | None) -> Iterator[Renderer]:
    """Processes for rendering, ended with the block.

    Args:
        folder: where rendered documents are kept; None to keep none.
    """
    # two processes that both make fontconfig's folder get into each other's way, and one complains
    with suppress(OSError):
        (files.users_cache() / "fontconfig").mkdir(parents=True, exist_ok=True)
    # spawned, not forked: the caller may have threads. One processor is the caller's
    context = multiprocessing.get_context("spawn")
    processes = max(1, (os.cpu_count() or 1) - 1)
    with _safe_path(), ProcessPoolExecutor(processes, context, initializer=gc.disable) as executor:
        yield Renderer(executor, folder, processes)


@contextmanager
def _safe_path() -> Iterator[None]:
    """Keep a process that is spawned from taking modules out of the folder in which it begins: that may be books."""
    before = os.environ.get("PYTHONSAFEPATH")
    os.environ["PYTHONSAFEPATH"] = "1"
    try:
        yield
    finally:
        if before is None:
            del os.environ["PYTHONSAFEPATH"]
        else:
            os.environ["PYTHONSAFEPATH"] = before


def cache_folder() -> Path:
    """Where rendered documents are kept: in the user's cache folder."""
    return files.users_cache() / "daysheet" / "volumes"


def key_of(document: Work) -> str:
    """What identifies the bytes that a document becomes."""
    hashed = hashlib.sha256(_setting())
    if isinstance(document, Joined):
        parts = [key_of(document.cover), *(key_of(leaf) for leaf in (document.contents, *document.leaves))]
        hashed.update("\0".join([*parts, document.foot]).encode())
        return hashed.hexdigest()
    if isinstance(document, Document | Listing):
        for file in document.embedded:
            hashed.update(f"{file.name}\0{file.media_type}\0{file.description}\0{file.relationship}\0".encode())
            hashed.update(hashlib.sha256(file.data).digest())
        document = replace(document, embedded=())
    hashed.update(repr(document).encode())
    return hashed.hexdigest()


@cache
def _setting() -> bytes:
    """The typeface and the programs, as bytes to hash; pages set here look as the code says, not a style sheet."""
    typeface = b"".join(hashlib.sha256(path.read_bytes()).digest() for path in sorted(fonts.FOLDER.glob("*.ttf")))
    programs = [__version__, *(f"{name} {version(name)}" for name in _SETTERS), *_libraries()]
    programs += [platform.python_version(), zlib.ZLIB_RUNTIME_VERSION]
    own = b"".join(hashlib.sha256(Path(str(module.__file__)).read_bytes()).digest() for module in _OWN)
    return typeface + own + "\n".join(programs).encode() + b"\0"


def _libraries() -> Iterator[str]:
    """The versions of the C libraries that shape and break text."""
    for name, function in (("pango-1.0", "pango_version_string"), ("harfbuzz", "hb_version_string")):
        found = ctypes.util.find_library(name)
        if found is not None:
            said = getattr(ctypes.CDLL(found), function)
            said.restype = ctypes.c_char_p
            yield f"{name} {said().decode()}"


def _make(document: Part) -> bytes:
    """Run in a process that lives shortly, so that collecting its garbage would only cost time, at its end as well."""
    made = document.render()
    gc.freeze()
    return made
