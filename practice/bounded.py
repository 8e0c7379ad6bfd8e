"""A bound to what this process may take: for one that reads or renders what somebody else has made, and nothing else.

It imports nothing of Daysheet, because such a process must start fast.
"""

from __future__ import annotations

import atexit
import os
from contextlib import suppress
from pathlib import Path


def memory(most: int) -> None:
    """Let this process, and each that it starts, take at most so many bytes of memory."""
    with suppress(ImportError, ValueError, OSError):
        import resource  # noqa: PLC0415 - not on every system

        resource.setrlimit(resource.RLIMIT_AS, (most, most))


def tell_peak(file: int) -> None:
    """At the end of this process, write to an open file the most memory that it or one it started has taken, in bytes.

    What the parent is told of a child begins with the parent's own size, and says nothing of a small child.
    """

    def tell() -> None:
        with suppress(ImportError, ValueError, OSError):
            import resource  # noqa: PLC0415 - not on every system

            status = Path("/proc/self/status").read_text(encoding="ascii", errors="replace")
            own = next(int(line.split()[1]) for line in status.splitlines() if line.startswith("VmHWM:"))
            started = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss
            os.write(file, str(max(own, started) * 1024).encode())

    atexit.register(tell)


def bound(memory: int, seconds: int) -> None:
    """Let the system stop this process beyond its bytes of memory and its seconds of the processor.

    Where the system cannot, the parent's own limit of time is left.
    """
    with suppress(ImportError, ValueError, OSError):
        import resource  # noqa: PLC0415 - not on every system

        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
        resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds + 1))
        resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
