"""A bound to what this process may take: for one that reads or renders what somebody else has made, and nothing else.

It imports nothing of Daysheet, because such a process must start fast.
"""

from __future__ import annotations

from contextlib import suppress


def memory(most: int) -> None:
    """Let this process, and each that it starts, take at most so many bytes of memory."""
    with suppress(ImportError, ValueError, OSError):
        import resource  # noqa: PLC0415 - not on every system

        resource.setrlimit(resource.RLIMIT_AS, (most, most))


def bound(memory: int, seconds: int) -> None:
    """Let the system stop this process beyond its bytes of memory and its seconds of the processor.

    Where the system cannot, the parent's own limit of time is left.
    """
    with suppress(ImportError, ValueError, OSError):
        import resource  # noqa: PLC0415 - not on every system

        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
        resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds + 1))
        resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
