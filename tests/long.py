"""Runs the heavier sweeps and writes what they found to two pages: `python tests/long.py [attack]`.

With `attack` only the attacks run. What stands behind it goes to pytest, so that a part can be run by itself: a test
that did not run keeps its row. `DAYSHEET_FUZZ_SECONDS` says how long each reader is fuzzed, and
`DAYSHEET_FUZZ_KEEP` in which folder what reached new code is kept.
"""

from __future__ import annotations

import datetime
import platform
import subprocess
import sys
import tempfile
import xml.etree.ElementTree as ET
from collections.abc import Iterator, Mapping, Sequence
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

{passed} of {total} held, in {minutes:.0f} minutes, on Python {python}; last run on {day}. A reader is fuzzed by
the clock: the inputs say how much that was, on a machine that others used as well.

| attack | tried, and came through | result | seconds |
|---|---|---|---:|
"""


def main(marks: str, more: Sequence[str]) -> int:
    """Run the sweeps of these marks, write their pages and return pytest's exit code."""
    with tempfile.TemporaryDirectory() as folder:
        report = Path(folder) / "long.xml"
        command = [
            sys.executable,
            "-m",
            "pytest",
            "-m",
            marks,
            f"--junitxml={report}",
            "-o",
            "junit_family=xunit1",
            *more,
        ]
        code = subprocess.run(command, check=False).returncode
        cases = list(ET.parse(report).getroot().iter("testcase"))  # noqa: S314 - pytest wrote it just now
    whole = not more
    attacks, others = DOCS / "attacks.md", DOCS / "test-long.md"
    counted = dict(row for case in cases if _counted(case) for row in [_row(case, counted=True)])
    rest = dict(row for case in cases if not _counted(case) for row in [_row(case, counted=False)])
    rows = counted if whole else {k: v for k, v in _rows(attacks) if k not in rest} | counted
    _write(attacks, ATTACKS, rows)
    kept = {} if whole and marks == EVERY else dict(_rows(others))
    _write(others, LONG, {name: row for name, row in (kept | rest).items() if name not in rows})
    return code


def _rows(page: Path) -> Iterator[tuple[str, str]]:
    """The rows of a page, by their tests."""
    for line in page.read_text(encoding="utf-8").splitlines() if page.exists() else ():
        if line.startswith("| ") and not line.startswith(("| test |", "| attack |")):
            yield line[2:].partition(" | ")[0], line


def _write(page: Path, head: str, rows: Mapping[str, str]) -> None:
    cells = [row.strip(" |").split(" | ") for row in rows.values()]
    passed, seconds = sum(each[-2] == "passed" for each in cells), sum(float(each[-1]) for each in cells)
    today = datetime.datetime.now(datetime.UTC).date()
    text = head.format(
        passed=passed,
        total=len(cells),
        minutes=seconds / 60,
        python=platform.python_version(),
        day=today,
    )
    page.write_text(text + "\n".join(sorted(rows.values())) + "\n", encoding="utf-8")


def _row(case: ET.Element, *, counted: bool) -> tuple[str, str]:
    """One line of a table, by its test."""
    name = f"{case.get('classname')}.{case.get('name')}".removeprefix("tests.").replace("|", "\\|")
    figures = [_counted(case).replace("|", "\\|")] if counted else []
    seconds = f"{float(case.get('time', 0)):.1f}"
    return name, f"| {' | '.join([name, *figures, _result(case), seconds])} |"


def _result(case: ET.Element) -> str:
    return next((word for word in ("failure", "error", "skipped") if case.find(word) is not None), "passed")


def _counted(case: ET.Element) -> str:
    """The figures of an attack; nothing of any other sweep."""
    return "; ".join(each.get("value", "") for each in case.iter("property") if each.get("name") == PROPERTY)


if __name__ == "__main__":
    asked = sys.argv[1:]
    sys.exit(main("attack", asked[1:]) if asked[:1] == ["attack"] else main(EVERY, asked))
