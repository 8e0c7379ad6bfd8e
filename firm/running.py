"""The same call for every client, some at once; one client's failure never stops another."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable, Iterator
from concurrent.futures import Executor, Future, ThreadPoolExecutor, as_completed
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Final, NamedTuple

import click
from daysheet import console, files
from daysheet.books.loading import MAIN
from daysheet.errors import DaysheetError
from daysheet.firm import calls, kept
from daysheet.firm.calls import MODULE, Call, Outcome
from daysheet.firm.clients import Client, Firm

_CLIENTS: Final = "clients.json"
_BAR: Final = 36


class Work(NamedTuple):
    """What is done for each client.

    Attributes:
        program: `verb` or `module`, as `Call` has it.
        arguments: as `Call` has them.
        writes: what it writes in the books folder and does not read, at the top of it.
        made: the folder of the books whose files are its result; empty for none.
        is_kept: whether it is left out for a client of whose books nothing has changed since.
        adds: a file of the books that it may write before it reads them, with the line that includes it.
    """

    program: str
    arguments: tuple[str, ...]
    writes: frozenset[str] = frozenset()
    made: str = ""
    is_kept: bool = True
    adds: str = ""


STANDING: Final = Work(MODULE, ("daysheet.firm.standing",))
"""How each client stands."""


class Task(NamedTuple):
    """A call with what is known of earlier ones."""

    call: Call
    work: Work
    state: Path


def over(
    firm: Firm,
    work: Work,
    workers: int = 0,
    executor: Executor | None = None,
    told: Callable[[Outcome], None] | None = None,
) -> list[Outcome]:
    """Do it for all clients; the outcomes are in their order.

    Args:
        firm: the clients.
        work: what is to be done.
        workers: how many at once; 0 for what the firm says, or one a processor.
        executor: takes the work elsewhere; by default it is done on this machine.
        told: is given each outcome as it comes; by default a bar shows how many there are.
    """
    closed = tell(firm)
    tasks = [_task(firm, client, work, closed) for client in firm.clients]
    tasks.sort(key=_size, reverse=True)  # a large one that is begun last would be waited for alone
    outcomes: dict[str, Outcome] = {}
    with (
        _pool(executor, workers or firm.workers or os.cpu_count() or 1) as pool,
        _Progress(len(tasks), told) as progress,
    ):
        futures: dict[Future[Outcome], Task] = {pool.submit(do, task): task for task in tasks}
        try:
            for future in as_completed(futures):
                call = futures[future].call
                outcomes[call.client] = _outcome(future, call)
                progress.step(outcomes[call.client])
        except BaseException:
            for future in futures:
                future.cancel()
            calls.stop()
            raise
    return [outcomes[client.id] for client in firm.clients]


def do(task: Task) -> Outcome:
    """One client's: what an earlier run gave if nothing has changed since, else the call."""
    call, work, state = task
    if not work.is_kept:
        return calls.run(call)
    before = kept.contents(call.folder, work.writes)
    depends_on = kept.digest(call, before)
    if known := kept.recall(state, call, depends_on):
        return known
    main = (call.folder / MAIN).read_bytes().decode("utf-8", "replace")
    outcome = calls.run(call)
    if not outcome.is_done:
        return outcome
    after = kept.contents(call.folder, work.writes)
    if work.adds and after != before and kept.only_added(before, after, main, work.adds):
        before, depends_on = after, kept.digest(call, after)
    if after == before:
        made = call.folder / work.made
        kept.keep(state, call, depends_on, outcome, made.rglob("*") if work.made else iter(()))
    return outcome


def _outcome(future: Future[Outcome], call: Call) -> Outcome:
    try:
        return future.result()
    except DaysheetError as problem:
        return Outcome(call.client, console.BROKEN, "", str(problem), 0, 0, 0, 1)
    except Exception as problem:  # noqa: BLE001 - a worker that is gone, a folder that cannot be read: said, and on to the next
        error = f"{type(problem).__name__}: {str(problem).splitlines()[0] if str(problem) else 'no more is known'}"
        return Outcome(call.client, -1, "", error, 0, 0, 0, 1)


def tell(firm: Firm) -> Path:
    """Write down whose books are whose, for the clients' processes; the file."""
    firm.state.mkdir(exist_ok=True, mode=0o700)
    files.write(firm.state / ".gitignore", b"*\n")
    path = firm.state / _CLIENTS
    files.write(path, json.dumps([str(client.folder) for client in firm.clients], indent=1).encode())
    return path


def _task(firm: Firm, client: Client, work: Work, closed: Path) -> Task:
    call = Call(client.id, client.folder, work.program, work.arguments, closed, firm.memory, firm.seconds)
    return Task(call, work, firm.state)


def _size(task: Task) -> int:
    """Bytes of the ledger's files: about how long its client takes."""
    found = 0
    for parent, _, names in os.walk(task.call.folder):
        for name in names:
            if name.endswith(".beancount"):
                with suppress(OSError):
                    found += (Path(parent) / name).stat().st_size
    return found


@contextmanager
def _pool(executor: Executor | None, workers: int) -> Iterator[Executor]:
    """The executor, or threads that each wait for a process."""
    if executor is not None:
        yield executor
        return
    pool = ThreadPoolExecutor(workers)
    try:
        yield pool
    finally:
        pool.shutdown(cancel_futures=True)


class _Progress:
    """A bar on standard error with an estimate of the time that is left; nothing when that is no terminal."""

    def __init__(self, count: int, told: Callable[[Outcome], None] | None) -> None:
        self._told = told
        self._bar = click.progressbar(length=count, label="Clients", width=_BAR, file=sys.stderr, show_pos=True)
        self._is_shown = told is None and sys.stderr.isatty()

    def __enter__(self) -> _Progress:
        if self._is_shown:
            self._bar.__enter__()
        return self

    def step(self, outcome: Outcome) -> None:
        """One more is done."""
        if self._told is not None:
            self._told(outcome)
        if self._is_shown:
            self._bar.update(1)

    def __exit__(self, *problem: object) -> None:
        if self._is_shown:
            self._bar.__exit__(None, None, None)
