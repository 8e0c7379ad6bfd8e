"""Claims and acknowledgments that nobody here wrote: counts and sums against what others counted of their segments."""

from __future__ import annotations

import csv
from decimal import Decimal
from functools import partial
from typing import Any

import pytest
from daysheet import patients
from daysheet.errors import DaysheetError
from daysheet.importers.edi.answer_source import AnswerSource, answers_summary
from daysheet.importers.edi.claim_source import ClaimSource, claims_summary
from daysheet.importers.reading import Context
from daysheet.importers.rows.raw_file import RawFile
from daysheet.importers.sources import all_sources, source_of
from daysheet.records import Claim

from tests.conftest import SAMPLES
from tests.real.samples import each

CONTEXT = Context(partial(patients.token, secret=b"0123456789abcdef"))


def counted(folder: str) -> list[Any]:
    """The rows of a folder's count, by its own column names up to their first bracket, with the folder."""
    path = SAMPLES / "practice" / folder / "TRUTH.tsv"
    if not path.exists():
        return []
    with path.open(encoding="utf-8", newline="") as file:
        rows = csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE)
        return [{key.partition("(")[0]: value for key, value in row.items()} for row in rows]


def named(row: Any) -> str:
    return row["file"] if isinstance(row, dict) else "none"


@pytest.mark.parametrize("row", each(counted("x12-837")), ids=named)
def test_the_claims_of_a_file_are_those_that_were_counted(row):
    file = RawFile(SAMPLES / "practice" / "x12-837" / row["file"])
    assert source_of(file, all_sources()).name == "x12-837"
    summary = claims_summary(file)
    assert summary["claims"] == int(row["claims"])
    assert Decimal(summary["charges"]) == Decimal(row["total_charge"])
    assert summary["lines"] == int(row["service_lines"])
    if not summary["claims"]:
        with pytest.raises(DaysheetError, match="holds no claim"):
            ClaimSource().read(file, CONTEXT)
        return
    reading = ClaimSource().read(file, CONTEXT)
    assert (reading.rows, len(reading.records) + len(reading.skipped)) == (int(row["claims"]),) * 2
    forms = {f"837{row['type']}" if row["type"] != "-" else "837P"}
    sent = [record.sent for record in reading.records if isinstance(record, Claim)]
    assert {each_sent.form for each_sent in sent if each_sent is not None} <= forms


@pytest.mark.parametrize("row", each(counted("x12-ack")), ids=named)
def test_what_an_acknowledgment_accepts_and_rejects_is_what_was_counted(row):
    file = RawFile(SAMPLES / "practice" / "x12-ack" / row["file"])
    assert source_of(file, all_sources()).name == "x12-acknowledgment"
    summary = answers_summary(file)
    wanted = ["0", "0"] if row["accepted"] == "n/a" else [row["accepted"], row["rejected"]]
    assert [str(summary["accepted"]), str(summary["rejected"])] == wanted
    reading = AnswerSource().read(file, CONTEXT)
    assert reading.rows == len(reading.records) + len(reading.skipped)


@pytest.mark.parametrize("row", each(counted("x12-837")), ids=named)
def test_no_person_of_a_claim_is_read(row):
    file = RawFile(SAMPLES / "practice" / "x12-837" / row["file"])
    if int(row["claims"]):
        reading = ClaimSource(bills=True).read(file, CONTEXT)
        said = repr((reading.records, reading.skipped, reading.notes)).replace(str(file.path), "").upper()
        names = {
            word
            for cell in ClaimSource().private_cells(file)
            for word in cell.upper().split()
            if len(word) > 3 and not word.isdigit()
        }
        assert [name for name in names if name in said] == []
