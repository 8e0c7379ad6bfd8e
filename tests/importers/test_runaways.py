"""No regular expression of ours takes more than a moment on any text: each is tried on what makes bad ones run on."""

from __future__ import annotations

import importlib
import json
import pkgutil
import re
import subprocess
import sys
from collections.abc import Iterator

import daysheet.importers
import pytest

from tests.attacks.counts import Counted

ALPHABET = ("a", "A", "1", " ", "-", ".", ",", "/", "$", "_", "#", "x", "é", "(", '"', "\n", "0", ":")
SHAPES = ("{0}", "{0}{1}", "{0}{0}{1}", "{0}{1}{1}", "{0}{1}{2}")
TAILS = ("", "!", "\x00", " A", "@")
LENGTH = 400
SECONDS = 60
PROGRAM = """
import re, sys, json, time
for text, flags, attacks in json.loads(sys.stdin.read()):
    pattern = re.compile(text, flags)
    print(text[:60], flush=True)
    for attack in attacks:
        began = time.process_time()
        pattern.fullmatch(attack)
        pattern.search(attack[:100])
        if time.process_time() - began > 1:
            sys.exit("too long")
print("done", flush=True)
"""


def ours() -> Iterator[re.Pattern[str]]:
    """Every pattern that a module of the importers keeps, by itself or in a table."""
    seen = set()
    for module in pkgutil.walk_packages(daysheet.importers.__path__, "daysheet.importers."):
        if module.name.endswith("workbook_reader"):
            continue
        for value in vars(importlib.import_module(module.name)).values():
            table = (
                value if isinstance(value, tuple | list) else value.values() if isinstance(value, dict) else (value,)
            )
            for found in table:
                if isinstance(found, re.Pattern) and isinstance(found.pattern, str) and found not in seen:
                    seen.add(found)
                    yield found


def attacks() -> list[str]:
    """Long runs of one, two or three characters, with an end that nothing expects."""
    found = []
    for number, first in enumerate(ALPHABET):
        second, third = ALPHABET[(number + 1) % len(ALPHABET)], ALPHABET[(number + 5) % len(ALPHABET)]
        for shape in SHAPES:
            unit = shape.format(first, second, third)
            found += [(unit * LENGTH)[:LENGTH] + tail for tail in TAILS]
    return found


@pytest.mark.long
@pytest.mark.attack
def test_none_of_our_patterns_runs_on(counted: Counted) -> None:
    patterns = list(ours())
    assert len(patterns) > 80
    work = json.dumps([(each.pattern, each.flags & ~re.UNICODE, attacks()) for each in patterns])
    command = [sys.executable, "-c", PROGRAM]
    done = subprocess.run(command, input=work, capture_output=True, text=True, check=False, timeout=SECONDS * 10)
    assert done.stdout.splitlines()[-1] == "done", done.stdout.splitlines()[-1]
    counted(len(patterns) * len(attacks()), f"texts to {len(patterns)} patterns of ours", 0, "took a second")


def test_the_patterns_that_judge_a_cell_of_a_practice_do_not_run_on() -> None:
    from daysheet.importers.privacy import identifiers  # noqa: PLC0415

    patterns = [value for value in vars(identifiers).values() if isinstance(value, re.Pattern)]
    work = json.dumps([(each.pattern, each.flags & ~re.UNICODE, attacks()) for each in patterns])
    command = [sys.executable, "-c", PROGRAM]
    done = subprocess.run(command, input=work, capture_output=True, text=True, check=True, timeout=SECONDS)
    assert done.stdout.splitlines()[-1] == "done"
