"""A command as its user runs it, with what it took: seconds, and the peak of its memory and that of its children."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Final, NamedTuple

DAYSHEET: Final = Path(sys.executable).parent / "daysheet"
MEMORY: Final = 1 << 30
SECONDS: Final = 20
PATIENCE: Final = 120
_MEASURE: Final = """
import json, resource, subprocess, sys, time
began = time.monotonic()
done = subprocess.run(sys.argv[2:], stdin=subprocess.DEVNULL, capture_output=True, timeout=int(sys.argv[1]))
took = resource.getrusage(resource.RUSAGE_CHILDREN)
print(json.dumps([done.returncode, done.stdout.decode(errors="replace"), done.stderr.decode(errors="replace"),
    took.ru_utime + took.ru_stime, time.monotonic() - began, took.ru_maxrss * 1024]))
"""


class Done(NamedTuple):
    """What a command said, its seconds of the processor and of the clock, and the most bytes that a process held."""

    code: int
    out: str
    err: str
    processor: float
    clock: float
    memory: int

    @property
    def is_bounded(self) -> bool:
        """Whether it took less than what is promised, whatever else the machine does."""
        return self.processor < SECONDS and self.memory < MEMORY


def run(*arguments: object, environment: dict[str, str] | None = None) -> Done:
    """Run `daysheet …` to its end."""
    command = [sys.executable, "-c", _MEASURE, str(PATIENCE), str(DAYSHEET), *map(str, arguments)]
    done = subprocess.run(command, capture_output=True, check=True, env={**os.environ, **(environment or {})})
    return Done(*json.loads(done.stdout))
