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
from concurrent.futures import Future, ProcessPoolExecutor, as_completed
from contextlib import contextmanager, suppress
from dataclasses import replace
from functools import cache
from importlib.metadata import version
from pathlib import Path
from typing import Final

from daysheet import __version__, files
from daysheet.reports.formats import text, workbook
from daysheet.reports.formats.workbook import Workbook
from daysheet.reports.pdf import fonts, html_to_pdf, listing, shaping, tagged, xmp
from daysheet.reports.pdf.html_to_pdf import Document
from daysheet.reports.pdf.listing import Listing

Progress = Callable[[int, int], None]
Work = Document | Listing | Workbook

_KEPT: Final = 200
_SETTERS: Final = ("weasyprint", "pydyf", "fonttools", "tinycss2", "tinyhtml5", "pikepdf", "xlsxwriter")
_OWN: Final = (listing, tagged, shaping, fonts, xmp, workbook, text)


class Renderer:
    """Processes that make documents while others are still worked out; they start when there is one to make."""

    def __init__(self, executor: ProcessPoolExecutor, folder: Path | None, processes: int = 1) -> None:
        """Keep the processes, how many there may be, and the cache's folder; None keeps nothing."""
        self._executor = executor
        self._processes = processes
        self._folder = folder
        self._made: dict[str, bytes] = {}
        self._begun: dict[str, tuple[Work, Future[bytes]]] = {}
        self._listings: dict[str, Listing] = {}
        self._warm = False

    def start(self, document: Work) -> str:
        """Have a document made, unless it was before; the key that it is asked for by. Listings wait for `finish`."""
        key = key_of(document)
        found = self._cached(key)
        if found is not None:
            self._made[key] = found
        elif isinstance(document, Listing):
            self._listings[key] = document
        elif key not in self._begun:
            self._begun[key] = document, self._executor.submit(_make, document)
        return key

    def warm(self) -> None:
        """Start a process and load in it what sets HTML, before there is any: the process takes a second for that."""
        if not self._warm:
            self._executor.submit(html_to_pdf.warm)
            self._warm = True

    def expect(self) -> None:
        """Load what sets HTML, if a process was started: what a document lists has changed, and so will it."""
        if self._begun:
            self.warm()

    def made(self, key: str) -> bytes:
        """One of the documents that were started, as soon as it is made."""
        if key not in self._made:
            self._keep(key, self._begun[key][1].result())
        return self._made[key]

    def finish(self, keys: Sequence[str], progress: Progress) -> list[bytes]:
        """The documents that were started, in the order of these keys.

        Args:
            keys: what `start` gave.
            progress: called with how much of the whole work is done, and the whole, in characters.
        """
        here = self._share_listings()
        sizes = {key: document.size for key, (document, _) in self._begun.items()}
        whole = sum(sizes.values()) + sum(document.size for document in here.values())
        done = sum(size for key, size in sizes.items() if key in self._made)
        progress(done, whole)
        for key, document in here.items():
            self._keep(key, document.render())
            done += document.size
            progress(done, whole)
        names = {future: key for key, (_, future) in self._begun.items() if key not in self._made}
        for future in as_completed(names):
            key = names[future]
            self._keep(key, future.result())
            done += sizes[key]
            progress(done, whole)
        self._prune()
        return [self._made[key] for key in keys]

    def _share_listings(self) -> dict[str, Listing]:
        """Give idle processes their share of the listings; what is left for this one is as much as each of them has."""
        idle = self._processes - sum(not future.done() for _, future in self._begun.values())
        here: dict[str, Listing] = {}
        for place, (key, document) in enumerate(self._listings.items()):
            if place % (max(idle, 0) + 1):
                self._begun[key] = document, self._executor.submit(_make, document)
            else:
                here[key] = document
        return here

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
    if not isinstance(document, Workbook):
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


def _make(document: Work) -> bytes:
    """Run in a process that lives shortly, so that collecting its garbage would only cost time, at its end as well."""
    made = document.render()
    gc.freeze()
    return made
