"""How all clients stand, looked at in the background while the page of them is shown."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from typing import Final, NamedTuple

from daysheet.errors import DaysheetError
from daysheet.firm import running
from daysheet.firm.calls import Outcome
from daysheet.firm.clients import Firm

_FRESH_SECONDS: Final = 20
"""So long a look that was waited for will do; a page that is loaded again later is shown a new one."""


class Look(NamedTuple):
    """What is known.

    Attributes:
        firm: as `firm.toml` has it.
        outcomes: of each client, from this look or an earlier one.
        number: of the last look that is done, counted from 1; 0 before.
        done: how many clients the look that goes on has seen.
        is_on: whether one goes on.
    """

    firm: Firm
    outcomes: dict[str, Outcome]
    number: int
    done: int
    is_on: bool


class Looks:
    """One look at a time; what an earlier one has seen is known until the next has seen it anew."""

    def __init__(self, read: Callable[[], Firm], workers: int) -> None:
        """Read the firm.

        Args:
            read: gives the firm as `firm.toml` has it by then.
            workers: how many clients at once; 0 for what the firm says.

        Raises:
            DaysheetError: `firm.toml` is wrong.
        """
        self._read = read
        self._workers = workers
        self._lock = threading.Condition()
        self._firm = read()
        self._outcomes: dict[str, Outcome] = {}
        self._number = 0
        self._done = 0
        self._ended = 0.0
        self._thread: threading.Thread | None = None
        self._problem: DaysheetError | None = None

    @property
    def firm(self) -> Firm:
        """The firm, as last read."""
        return self._firm

    def latest(self, number: int = 0, seconds: float = 0) -> Look:
        """What is known; a new look is begun unless the one asked for is done.

        Args:
            number: the look that will do.
            seconds: how long to wait for the look that goes on.

        Raises:
            DaysheetError: `firm.toml` is wrong by now.
        """
        with self._lock:
            is_fresh = 0 < number <= self._number and time.monotonic() - self._ended < _FRESH_SECONDS
            if self._thread is None and not is_fresh:
                self._firm = self._read()
                self._done = 0
                self._thread = threading.Thread(target=self._look, args=(self._firm,), daemon=True)
                self._thread.start()
            self._lock.wait_for(lambda: self._thread is None, seconds)
            if self._problem is not None:
                problem, self._problem = self._problem, None
                raise problem
            return Look(self._firm, dict(self._outcomes), self._number, self._done, self._thread is not None)

    def _look(self, firm: Firm) -> None:
        problem = None
        try:
            running.over(firm, running.STANDING, self._workers, told=self._seen)
        except (DaysheetError, OSError) as found:
            problem = found if isinstance(found, DaysheetError) else DaysheetError(str(found), filename=firm.folder)
        finally:
            with self._lock:
                self._problem = problem
                self._number += 1
                self._ended = time.monotonic()
                self._thread = None
                self._lock.notify_all()

    def _seen(self, outcome: Outcome) -> None:
        with self._lock:
            self._outcomes[outcome.client] = outcome
            self._done += 1
