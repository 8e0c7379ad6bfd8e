"""Runs the heavier sweeps and writes what they found to two pages: `python tests/long.py [attack]`.

With `attack` only the attacks run, and only their page is written anew. `DAYSHEET_FUZZ_SECONDS` says how long each
reader is fuzzed.
"""

from __future__ import annotations

import platform
import subprocess
import sys
import tempfile
import xml.etree.ElementTree as ET
from collections.abc import Sequence
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from tests.attacks.counts import PROPERTY

DOCS = Path("docs")
EVERY = "long or attack"
LONG = """\
# The long tests

Sweeps too heavy for every run: thousands of generated books, what a practice's years come to. This page is written by
`make test-long`; how many a sweep makes stands in its name. Those that attack stand in [Attacks](attacks.md).

{passed} of {total} passed, in {minutes:.0f} minutes, on Python {python}.

| test | result | seconds |
|---|---|---:|
"""
ATTACKS = """\
# Attacks

What is done to Daysheet before others do it: the disk fails and the program is killed at every call that changes a
file, eight programs write at once, files, PDFs and books are made to harm, text that is code elsewhere stands in every
place that a text has, a fuzzer that sees which code it reaches feeds every reader, and invented patients' names and
numbers are planted wherever one could be. Each counts what it tried and what came through. This page is written by
`make test-long`, or by `make attack` alone; [Books that somebody sends](trust.md) and [Privacy](privacy.md) say what
holds, and why.

{passed} of {total} held, in {minutes:.0f} minutes, on Python {python}.

| attack | tried, and came through | result | seconds |
|---|---|---|---:|
"""


def main(marks: str) -> int:
    """Run the sweeps of these marks, write their pages and return pytest's exit code."""
    with tempfile.TemporaryDirectory() as folder:
        report = Path(folder) / "long.xml"
        command = [sys.executable, "-m", "pytest", "-m", marks, f"--junitxml={report}"]
        code = subprocess.run(command, check=False).returncode
        cases = list(ET.parse(report).getroot().iter("testcase"))  # noqa: S314 - pytest wrote it just now
    attacks = [case for case in cases if _counted(case)]
    _write(DOCS / "attacks.md", ATTACKS, attacks, counted=True)
    others = [case for case in cases if not _counted(case)]
    if marks == EVERY:
        _write(DOCS / "test-long.md", LONG, others, counted=False)
    return code


def _write(page: Path, head: str, cases: Sequence[ET.Element], *, counted: bool) -> None:
    rows = sorted(_row(case, counted=counted) for case in cases)
    passed = sum(_result(case) == "passed" for case in cases)
    seconds = sum(float(case.get("time", 0)) for case in cases)
    text = head.format(passed=passed, total=len(cases), minutes=seconds / 60, python=platform.python_version())
    page.write_text(text + "\n".join(rows) + "\n", encoding="utf-8")


def _row(case: ET.Element, *, counted: bool) -> str:
    """One line of a table."""
    name = f"{case.get('classname')}.{case.get('name')}".removeprefix("tests.")
    cells = [name, *([_counted(case)] if counted else []), _result(case), f"{float(case.get('time', 0)):.1f}"]
    return f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in cells)} |"


def _result(case: ET.Element) -> str:
    return next((word for word in ("failure", "error", "skipped") if case.find(word) is not None), "passed")


def _counted(case: ET.Element) -> str:
    """The figures of an attack; nothing of any other sweep."""
    return "; ".join(each.get("value", "") for each in case.iter("property") if each.get("name") == PROPERTY)


if __name__ == "__main__":
    sys.exit(main("attack" if "attack" in sys.argv[1:] else EVERY))
