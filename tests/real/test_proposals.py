"""`profile new` on real exports: the draft must read what the hand-written profile reads, and pass its own test."""

from __future__ import annotations

from dataclasses import replace

import pytest
from daysheet.errors import DaysheetError
from daysheet.importers.banks import profile_file, selftest
from daysheet.importers.banks import source as bank
from daysheet.importers.detection import propose
from daysheet.importers.detection.detect import Detected, detect
from daysheet.importers.reading import Context, Reading
from daysheet.importers.rows.raw_file import RawFile
from daysheet.records import BankLine

from tests.real.samples import BANKS, bank_file, each
from tests.real.test_detection import MODES

# what no program can know from the file alone
NEEDS_A_PERSON = {
    "cn-alipay": "a closed payment looks like any other",
    "de-kontist": "whole numbers may be cents",
    "pl-pocztowy": "no header, and commas in names that nothing quotes",
    "se-tanum-2018": "a dash for a value date marks a row as pending",
    "sg-posb": "one row, and two columns without names",
    "us-stripe-all": "that the fee is taken off",
    "us-stripe-default": "that the fee is taken off",
}


def answered(found: Detected, row: dict[str, str]) -> Detected:
    """The detector's answer with a person's word for what the file does not settle."""
    if "date_format" in found.unsettled:
        found = replace(found, date_format=row["date_format"])
    mode = MODES[row["amount_convention"]]
    if "amount_mode" in found.unsettled and found.money is not None and mode in ("signed", "inverted"):
        found = replace(found, money=replace(found.money, mode=mode))
    return found


def amounts(reading: Reading) -> list[str]:
    return [f"{line.date} {line.amount}" for line in reading.records if isinstance(line, BankLine)]


@pytest.mark.parametrize("row", each(BANKS), ids=lambda row: row["id"])
def test_a_proposed_profile_reads_a_real_export_as_the_shipped_one_does(row: dict[str, str]) -> None:
    file = RawFile(bank_file(row["id"]))
    (source,) = [source for source in bank.shipped() if source.matches(file)]
    named = propose.Named("draft", "Draft", "Bank", "US", "a test", "")
    same = False
    try:
        text, reading = propose.propose(file, answered(detect(file), row), named)
        assert selftest.problems(bank.BankSource("draft", profile_file.parse(text, file.path))) == []
        theirs = source.read(file, Context(lambda _: ""))
        same = [line.split()[1] for line in amounts(reading)] == [line.split()[1] for line in amounts(theirs)]
    except DaysheetError:
        pass
    assert same != (row["id"] in NEEDS_A_PERSON)
