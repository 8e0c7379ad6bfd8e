"""Damaged and hostile X12, in a process of its own: words or records, never a traceback, soon, in under a gigabyte."""

from __future__ import annotations

import random
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from daysheet.errors import DaysheetError
from daysheet.importers.edi.answer_source import AnswerSource
from daysheet.importers.edi.claim_source import ClaimSource
from daysheet.importers.edi.source import RemittanceSource
from daysheet.importers.reading import Context
from daysheet.importers.rows.raw_file import RawFile

from tests.importers.deriving.test_payment_posting import era_text
from tests.importers.edi.x12_files import claim, claims, receipt, states, status

GIGABYTE = 1 << 30
SECONDS = 20
"""Of the processor, for any one file."""
SAMPLES = (
    claims(claim("17", "100"), claim("18", "250", [("D2392", "250")], frequency="7")),
    claims(claim("17", "44", [("D2392", "44")], kind="D"), kind="D"),
    states(status("17", "A2:20"), status("18", "A7:562:85")),
    receipt([("0001", "R*5"), ("0002", "A")]),
    era_text("CLP*17*1*100*80*20*12*1", "CAS*CO*45*0", "SVC*HC:97110*100*80**1", sent="80"),
)
NOISE = "*~:^|\n 0159-.AISACLMNHLSTCKX\x00\u00e9\u2028"


def damaged(count: int) -> Iterator[str]:
    """Files with pieces of them cut out, doubled, moved, or written over."""
    chance = random.Random(count)
    for number in range(count):
        text = SAMPLES[number % len(SAMPLES)]
        for _ in range(chance.randrange(1, 6)):
            at, end = sorted(chance.randrange(len(text) + 1) for _ in range(2))
            end = min(end, at + chance.choice((1, 3, 40, 4000)))
            new = "".join(chance.choices(NOISE, k=chance.choice((0, 1, 2, 20))))
            text = text[:at] + chance.choice((new, text[at:end] * 2, new + text[at:end][::-1])) + text[end:]
        yield text


def enormous(size: int) -> Iterator[str]:
    """Files that are all of one thing."""
    whole = SAMPLES[0]
    head, tail = whole.split("CLM*", 1)[0], "~\nSE*1*0001~\nGE*1*905~\nIEA*1*000000905~\n"
    for piece in ("*", "~", ":", "\n", " ", "9", "ISA*", "HL*2*1*22*0~\n", "LX*1~\n", "STC*A7:1:85~\n", "\x00", "CAS*"):
        yield head + piece * (size // len(piece)) + tail
        yield piece * (size // len(piece))
    yield head + f"CLM*{'7' * size}*100***11:B:1" + tail
    yield head + f"CLM*17*{'7' * size}***11:B:1" + tail
    for digits in (size, 30):
        yield SAMPLES[4].replace("*80*", f"*{'7' * digits}*")
    yield head + "CLM*17*100***" + "B:" * (size // 2) + tail
    yield "".join(SAMPLES[number % 4] for number in range(size // len(whole)))


def survives(place: str, count: int, size: int) -> int:
    """Read all of them; how many were read to the end, the others being refused in words."""
    path, read = Path(place) / "file.edi", 0
    for texts in (damaged(count), enormous(size)):
        for text in texts:
            path.write_text(text, encoding="utf-8")
            file, began = RawFile(path), time.process_time()
            for source in (ClaimSource(bills=True), AnswerSource(), RemittanceSource()):
                try:
                    read += source.matches(file) and bool(source.read(file, Context(lambda _: "pt-1")).rows)
                except DaysheetError:
                    continue
            assert time.process_time() - began < SECONDS
    return read


PROGRAM = """
import sys
from pathlib import Path
from tests.importers.edi.test_hostile_x12 import survives
print(survives(sys.argv[1], int(sys.argv[2]), int(sys.argv[3])))
# the peak of this program alone: getrusage counts what the process was before it became this program
status = Path("/proc/self/status").read_text(encoding="ascii")
print(next(int(line.split()[1]) * 1024 for line in status.splitlines() if line.startswith("VmHWM:")))
"""


@pytest.mark.parametrize(("count", "size"), [(150, 100_000), pytest.param(3_000, 4_000_000, marks=pytest.mark.long)])
def test_whatever_is_damaged_is_read_or_refused_in_little_time_and_memory(
    tmp_path: Path, count: int, size: int
) -> None:
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM, tmp_path, str(count), str(size)], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    read, peak = map(int, done.stdout.split())
    assert 0 < read < 3 * count
    assert peak < GIGABYTE


def test_a_remittance_that_pays_nothing_is_refused_where_its_end_is_missing(tmp_path: Path) -> None:
    """Nothing is nothing, whatever is missing of it: where money was sent, a missing claim leaves a difference."""
    text = era_text("CLP*17*4*100*0**12*1~CAS*CO*29*100", "CLP*18*4*90*0**12*2~CAS*CO*29*90", sent="0")
    path = tmp_path / "denied.835"
    path.write_text(text)
    assert RemittanceSource().read(RawFile(path), Context(lambda _: "")).rows == 2
    path.write_text(text.partition("CLP*18")[0])
    with pytest.raises(DaysheetError, match="is cut off"):
        RemittanceSource().read(RawFile(path), Context(lambda _: ""))
