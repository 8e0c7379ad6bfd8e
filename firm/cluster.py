"""The same calls on other machines: a Dask cluster whose workers see the books at the same paths."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from concurrent.futures import Executor
from contextlib import contextmanager
from typing import Any, Final

from daysheet.errors import DaysheetError

_CONNECT_SECONDS: Final = 20
_AGAIN: Final = 1
"""How often a call is begun anew whose worker failed; one whose worker is gone Dask gives to another in any case."""


@contextmanager
def executor(address: str) -> Iterator[Executor]:
    """Who takes calls to the workers of the cluster whose scheduler listens at `address` (`tcp://host:8786`).

    The workers run these books' verbs as their own user and answer to whoever reaches the scheduler: the network is to
    be as trusted as the machine.

    Raises:
        DaysheetError: `distributed` is not installed, or nothing of it answers there.
    """
    try:
        import distributed  # noqa: PLC0415 - an extra, and a second to load
    except ImportError:
        raise DaysheetError(
            "a scheduler needs the package distributed", remedy='pip install "daysheet[cluster]"'
        ) from None
    logging.getLogger("distributed").setLevel(logging.CRITICAL)
    connect: Any = distributed.Client
    try:
        client = connect(address, timeout=_CONNECT_SECONDS, set_as_default=False)
    except (OSError, ValueError, TypeError, RuntimeError):
        raise DaysheetError(
            f"no Dask scheduler answers at {address}", remedy="start one with: dask scheduler"
        ) from None
    try:
        yield client.get_executor(pure=False, retries=_AGAIN)
    finally:
        client.close()
