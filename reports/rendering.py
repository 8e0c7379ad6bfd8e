"""PDFs set in processes beside the one that works them out, and none that was set before.

A document is found again by all that its bytes depend on: its text, style and embedded files, the typeface, and the
versions of the programs that set it. The cache lies in the user's cache folder, readable by that user alone.
"""

from __future__ import annotations

import ctypes
import ctypes.util
import gc
import hashlib
import multiprocessing
import os
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor, as_completed
from contextlib import contextmanager, suppress
from dataclasses import replace
from functools import cache
from importlib.metadata import version
from pathlib import Path
from typing import Final

from daysheet import __version__, files
from daysheet.reports import fonts, listing, pdf, shaping, tagged, xmp
from daysheet.reports.listing import Listing
from daysheet.reports.pdf import Document

Progress = Callable[[int, int], None]
Work = Document | Listing

_KEPT: Final = 200
_SETTERS: Final = ("weasyprint", "pydyf", "fonttools", "tinycss2", "tinyhtml5", "pikepdf")
_OWN: Final = (listing, tagged, shaping, fonts, xmp)


class Renderer:
    """Processes that set documents while others are still worked out; they start when there is one to set."""

    def __init__(self, executor: ProcessPoolExecutor, folder: Path | None) -> None:
        """Keep the processes and the cache's folder; None keeps nothing."""
        self._executor = executor
        self._folder = folder
        self._made: dict[str, bytes] = {}
        self._work: dict[str, Future[bytes]] = {}
        self._sizes: dict[str, int] = {}

    def start(self, document: Work) -> str:
        """Have a document set, unless it was before; the key that its PDF is asked for by."""
        key = key_of(document)
        found = self._cached(key)
        if found is not None:
            self._made[key] = found
        elif key not in self._work:
            self._work[key] = self._executor.submit(_set, document)
            self._sizes[key] = document.size
        return key

    def expect(self) -> None:
        """Load what sets HTML, if a process was started: what a document lists has changed, and so will it."""
        if self._work:
            self._executor.submit(pdf.warm)

    def finish(self, keys: Sequence[str], progress: Progress) -> list[bytes]:
        """The PDFs of documents that were started, in the order of these keys.

        Args:
            keys: what `start` gave.
            progress: called with how much of the whole work is done, and the whole, in characters.
        """
        whole = sum(self._sizes.values())
        done = 0
        progress(done, whole)
        names = {future: key for key, future in self._work.items()}
        for future in as_completed(names):
            key = names[future]
            self._made[key] = future.result()
            self._keep(key, self._made[key])
            done += self._sizes[key]
            progress(done, whole)
        self._prune()
        return [self._made[key] for key in keys]

    def _cached(self, key: str) -> bytes | None:
        if self._folder is None:
            return None
        path = self._folder / f"{key}.pdf"
        with suppress(OSError):
            content = path.read_bytes()
            path.touch()
            return content
        return None

    def _keep(self, key: str, content: bytes) -> None:
        if self._folder is not None:
            # a cache that cannot be written is no reason to fail
            with suppress(OSError):
                self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)
                files.write(self._folder / f"{key}.pdf", content)

    def _prune(self) -> None:
        if self._folder is not None and self._folder.is_dir():
            with suppress(OSError):
                oldest_last = sorted(self._folder.glob("*.pdf"), key=lambda path: -path.stat().st_mtime_ns)
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
    with ProcessPoolExecutor(max(1, (os.cpu_count() or 1) - 1), context, initializer=gc.disable) as executor:
        yield Renderer(executor, folder)


def cache_folder() -> Path:
    """Where rendered documents are kept: in the user's cache folder."""
    return files.users_cache() / "daysheet" / "volumes"


def key_of(document: Work) -> str:
    """What identifies the bytes that a document becomes."""
    hashed = hashlib.sha256(_setting())
    hashed.update(repr(replace(document, embedded=())).encode())
    for file in document.embedded:
        hashed.update(f"{file.name}\0{file.media_type}\0{file.description}\0{file.relationship}\0".encode())
        hashed.update(hashlib.sha256(file.data).digest())
    return hashed.hexdigest()


@cache
def _setting() -> bytes:
    """The typeface and the programs, as bytes to hash; pages set here look as the code says, not a style sheet."""
    typeface = b"".join(hashlib.sha256(path.read_bytes()).digest() for path in sorted(fonts.FOLDER.glob("*.ttf")))
    programs = [__version__, *(f"{name} {version(name)}" for name in _SETTERS), *_libraries()]
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


def _set(document: Work) -> bytes:
    """Run in a process that lives shortly, so that collecting its garbage would only cost time."""
    return document.render() if isinstance(document, Listing) else pdf.render(document)
