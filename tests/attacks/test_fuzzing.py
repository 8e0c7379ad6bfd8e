"""Every reader takes what it is given or refuses it in one line: what was kept, and what a fuzzer thinks of."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.attacks import seeds
from tests.attacks.counts import Counted
from tests.attacks.fuzz import MEGABYTES, SLOW, fuzz
from tests.attacks.measured import run
from tests.attacks.readers import READERS, once
from tests.importers.books_folder import Folder

SECONDS = int(os.environ.get("DAYSHEET_FUZZ_SECONDS", "300"))
"""How long each reader is fuzzed."""
KEEP = os.environ.get("DAYSHEET_FUZZ_KEEP")
"""A folder for what reached code that nothing else did, a folder for each reader in it; nothing is kept without."""
FEW = max(1, SECONDS // 10)
"""At least so many inputs are tried, also of a reader that reads in a process of its own."""


def damaged(data: bytes) -> Iterator[bytes]:
    """A file as it comes: whole, cut off, with a byte too many, with its halves exchanged, twice."""
    half = len(data) // 2
    yield from (
        data,
        data[:half],
        data[half:] + data[:half],
        data + data,
        data[:half] + b"\x00" + data[half:],
        data[:-1],
    )
    yield from (
        data.replace(b"0", b"9" * 5000, 1),
        data.replace(b"2026", b"0000"),
        data.replace(b",", b"\x1b[2J,"),
        data.upper(),
    )


@pytest.mark.parametrize("name", READERS)
def test_what_was_kept_and_what_is_damaged_is_taken_or_refused(name: str) -> None:
    reader = READERS[name]
    kept = seeds.kept(name)
    given = {**kept, **reader.seeds()}
    assert given
    for data in given.values():
        once(reader.read, data, reader.name)
    if not reader.runs_apart:
        for data in [*reader.seeds().values()][:4]:
            for each in damaged(data):
                once(reader.read, each, reader.name)


@pytest.mark.long
@pytest.mark.attack
@pytest.mark.parametrize("name", READERS)
def test_a_fuzzer_finds_nothing(name: str, counted: Counted) -> None:
    pytest.importorskip("atheris", reason="the fuzzer is made for Linux alone")
    done = fuzz(name, SECONDS, Path(KEEP) / name if KEEP else None)
    counted(
        done.tried,
        f"inputs to {name} in {SECONDS} s",
        len(done.finds),
        f"uncaught, over {SLOW} s or over {MEGABYTES} MB",
        f"slowest {done.slowest:.1f} s, {done.megabytes} MB",
    )
    assert done.finds == []
    assert done.tried >= FEW


@pytest.mark.parametrize("amount", ["1/0", "5/0.00", "0/0", "1/(1-1)", "(1/0)*0"])
@pytest.mark.parametrize(
    "line",
    [
        "2026-01-02 balance Assets:Z {} USD",
        '2026-01-02 custom "visit" "V" "a" "completed"\n  fee: {} USD',
    ],
    ids=["balance", "fee"],
)
def test_a_division_by_nothing_is_an_error_at_its_line(folder: Folder, amount: str, line: str) -> None:
    """Beancount's own parser ends the process."""
    folder.write_by_hand("\n" + line.format(amount) + "\n")
    done = run("--books", folder.path, "check")
    assert (done.code, done.err.count("\n")) == (2, 1)
    assert "divides by nothing" in done.err
    assert "practice.beancount:" in done.err
