"""Runs every measurement in this folder, one after the other: `python -m bench [NAME…]`.

A measurement is a script that needs no arguments, makes its own books with `ledger` and prints what it found.
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

FOLDER = Path(__file__).parent
NO_MEASUREMENTS = ("__main__", "ledger", "scale")


def main(wanted: list[str]) -> int:
    """Run the named measurements, or all; the exit code says how many failed."""
    names = [path.stem for path in sorted(FOLDER.glob("*.py")) if path.stem not in NO_MEASUREMENTS]
    failed = 0
    for name in names:
        if not wanted or name in wanted:
            print(f"== {name}", flush=True)
            failed += subprocess.run([sys.executable, "-m", f"bench.{name}"], check=False).returncode != 0
    return failed


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
