"""A second processor for a first load: a process made as a copy of this one, which sees all that this one has read.

It gives back what it writes to the cache, from where this process takes it, or one answer, which this process works out
itself where none comes; so it may fail, be killed or not be there at all, and all that is said is the same. None is
made where another thread runs (its locks would be copied as they are), in a process that is itself one of several, or
where there is one processor.
"""

from __future__ import annotations

import mmap
import multiprocessing
import os
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from typing import Final

_WIDTH: Final = 8


def is_possible() -> bool:
    """Whether a second process may be made, and has a processor to run on."""
    return (
        hasattr(os, "fork")
        and hasattr(os, "sched_getaffinity")
        and len(os.sched_getaffinity(0)) > 1
        and threading.active_count() == 1
        and multiprocessing.parent_process() is None
    )


@contextmanager
def beside(work: Callable[[], object]) -> Iterator[None]:
    """Do work in a second process meanwhile, else before; it is done when this ends.

    Args:
        work: what changes nothing in this process that matters.
    """
    child = _begun(work) if is_possible() else None
    if child is None:
        work()
    try:
        yield
    finally:
        if child is not None:
            _wait(child)


def asked(work: Callable[[], bytes]) -> Callable[[], bytes | None]:
    """Have a second process work something out.

    Args:
        work: what it does, which changes nothing in this process.

    Returns:
        What waits for its answer; None where it gives none.
    """
    reading, writing = os.pipe()

    def told() -> None:
        os.close(reading)  # where nobody reads any more, writing fails
        _answer(writing, work())

    child = _begun(told)
    os.close(writing)

    def answer() -> bytes | None:
        with os.fdopen(reading, "rb") as said:
            words = said.read()
        return words if child is not None and _wait(child) else None

    return answer


def _answer(place: int, words: bytes) -> None:
    with os.fdopen(place, "wb") as said:
        said.write(words)


class Ahead:
    """A second process that takes things from the last one on, until it meets this one, which takes the first ones."""

    def __init__(self, names: Sequence[str], take: Callable[[str], object]) -> None:
        """It begins at once.

        Args:
            names: all things, in their order.
            take: does something with one; an error of it passes the thing by.
        """
        self._come_to = mmap.mmap(-1, _WIDTH)
        self.reached(0)
        parent = os.getpid()
        self._child = _begun(lambda: self._from_behind(names, take, parent))

    def reached(self, place: int) -> None:
        """This process has come to the thing at a place; the second one leaves it and those before it alone."""
        self._come_to[:] = place.to_bytes(_WIDTH, "little")

    def end(self) -> None:
        """Let the second process finish what it is at, and wait for that."""
        self.reached(2**32)
        if self._child is not None:
            _wait(self._child)
            self._child = None

    def _from_behind(self, names: Sequence[str], take: Callable[[str], object], parent: int) -> None:
        for place in reversed(range(len(names))):
            if place <= int.from_bytes(self._come_to[:], "little") or os.getppid() != parent:
                return
            with suppress(Exception):
                take(names[place])


def _begun(work: Callable[[], object]) -> int | None:
    """The second process as this one knows it, which does this work and no more; None where the system makes none."""
    parent = os.getpid()
    try:
        child = os.fork()
    except OSError:
        return None
    if child == 0:
        _only(work, parent)
    return child


def _only(work: Callable[[], object], parent: int) -> None:
    """Work, and nothing of what the first process would do after it: no clean-up, and no output twice."""
    try:
        if os.getppid() == parent:
            work()
    except BaseException:  # noqa: BLE001 - the first process does it without
        os._exit(1)
    os._exit(0)


def _wait(child: int) -> bool:
    """Wait for the end of a process; whether it did all its work."""
    with suppress(ChildProcessError):
        return os.waitpid(child, 0)[1] == 0
    return False
