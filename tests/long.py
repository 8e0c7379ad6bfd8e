"""Runs the heavier sweeps (`-m long`) and writes what they found to a page: `python tests/long.py PAGE.md`."""

from __future__ import annotations

import platform
import subprocess
import sys
import tempfile
import xml.etree.ElementTree as ET
from pathlib import Path

HEAD = """\
# The long tests

Sweeps too heavy for every run: thousands of generated books, faults at every write, killed imports. This page is
written by `make test-long`; how many a sweep makes stands in its name.

{passed} of {total} passed, in {minutes:.0f} minutes, on Python {python}.

| test | result | seconds |
|---|---|---:|
"""


def main(page: Path) -> int:
    """Run the sweeps, write the page and return pytest's exit code."""
    with tempfile.TemporaryDirectory() as folder:
        report = Path(folder) / "long.xml"
        command = [sys.executable, "-m", "pytest", "-m", "long", f"--junitxml={report}"]
        code = subprocess.run(command, check=False).returncode
        cases = list(ET.parse(report).getroot().iter("testcase"))  # noqa: S314 - pytest wrote it just now
    rows = sorted(map(_row, cases))
    passed = sum("| passed |" in row for row in rows)
    seconds = sum(float(case.get("time", 0)) for case in cases)
    head = HEAD.format(passed=passed, total=len(rows), minutes=seconds / 60, python=platform.python_version())
    page.parent.mkdir(exist_ok=True)
    page.write_text(head + "\n".join(rows) + "\n", encoding="utf-8")
    return code


def _row(case: ET.Element) -> str:
    """One line of the table."""
    result = "passed"
    for word in ("failure", "error", "skipped"):
        if case.find(word) is not None:
            result = word
    name = f"{case.get('classname')}.{case.get('name')}".removeprefix("tests.").replace("|", "\\|")
    return f"| {name} | {result} | {float(case.get('time', 0)):.1f} |"


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
