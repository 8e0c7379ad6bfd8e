"""Python's cyclic collector paused for work that makes many objects and no garbage.

It costs 20–30 % of a Beancount load, and more of a cached one (`docs/speed.md`).
"""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def paused() -> Iterator[None]:
    """Pause the collector, and restore it as it was."""
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            # what was made is not garbage: without this, the collector would go through all of it at once
            gc.freeze()
            gc.enable()
