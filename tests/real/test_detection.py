"""What the detector says of real exports, scored against the index that was written by looking at them."""

from __future__ import annotations

from functools import cache
from typing import Any

import pytest
from daysheet.importers.detection.detect import detect
from daysheet.importers.rows.raw_file import RawFile

from tests.real.samples import BANKS, bank_file

MODES = {
    "one signed column (out negative)": "signed",
    "one column, inverted (out positive)": "inverted",
    "separate debit/credit, unsigned": "split",
    "separate debit/credit, signed": "split-signed",
    "unsigned + indicator column": "indicator",
    "unsigned, direction from type/status text": "type",
}

# where the index is wrong, and why
WRONG_IN_INDEX = {
    ("de-barclays-xlsx", "header_line"): "the sheet's first row is blank, so its header stands in row 13, not 12",
    ("uk-jlp-card", "amount_mode"): "the amounts are all positive, and CR in the fourth column marks the payments",
}


@cache
def seen(sample: str) -> dict[str, Any]:
    found = detect(RawFile(bank_file(sample)))
    return {**found.as_json(), "unsettled": found.unsettled}


def truth(row: dict[str, str], what: str) -> object:
    if what == "header_line":
        return int(row["header_line"])
    return MODES[row["amount_convention"]] if what == "amount_mode" else row[what]


def score(what: str, *, settled_only: bool = False) -> tuple[float, list[str]]:
    """The share that is right, and the samples that are not."""
    if not BANKS:
        bank_file("any")
    rows = [row for row in BANKS if (row["id"], what) not in WRONG_IN_INDEX]
    if settled_only:
        rows = [row for row in rows if what not in seen(row["id"])["unsettled"]]
    missed = [row["id"] for row in rows if seen(row["id"])[what] != truth(row, what)]
    return 1 - len(missed) / len(rows), missed


def test_every_delimiter_is_found() -> None:
    assert score("delimiter") == (1, [])


def test_headers_are_found_in_at_least_98_of_100() -> None:
    share, missed = score("header_line")
    assert share >= 0.98, missed


@pytest.mark.parametrize("what", ["date_format", "amount_mode"])
def test_dates_and_amounts_are_right_in_at_least_95_of_100_where_the_file_settles_them(what: str) -> None:
    share, missed = score(what, settled_only=True)
    assert share >= 0.95, missed


@pytest.mark.parametrize(("what", "least"), [("date_format", 0.95), ("amount_mode", 0.95)])
def test_even_guesses_are_mostly_right(what: str, least: float) -> None:
    share, missed = score(what)
    assert share >= least, missed


def test_an_ambiguous_date_order_is_said_to_be_so() -> None:
    """02/04 and 02/05 in February or April: nothing in the file tells."""
    assert seen("us-mercury-2022")["unsettled"][0] == "date_format"
    assert set(seen("us-mercury-2022")["date_formats"]) == {"%m-%d-%Y", "%d-%m-%Y"}


@pytest.mark.parametrize(("row", "what"), WRONG_IN_INDEX)
def test_where_the_index_is_called_wrong_the_detector_says_otherwise(row: str, what: str) -> None:
    (entry,) = [entry for entry in BANKS if entry["id"] == row] or [{}]
    bank_file(row)
    assert seen(row)[what] != truth(entry, what)


def test_encodings_read_the_same_text_as_those_of_the_index() -> None:
    missed = []
    for row in BANKS or [{"id": "any"}]:
        data = bank_file(row["id"]).read_bytes()
        mine = seen(row["id"])["encoding"]
        if row["encoding"] in ("xls", "xlsx"):
            same = mine == row["encoding"]
        else:
            same = data.decode(mine).lstrip("\ufeff") == data.decode(row["encoding"]).lstrip("\ufeff")
        missed += [] if same else [row["id"]]
    # the Swedish file has a byte that Latin-1 reads as a control character and Windows-1252 as a dash
    assert missed == ["se-tanum-2019"]


@pytest.mark.parametrize("sample", ["cn-boc-debit", "in-hdfc-csv", "uk-lloyds", "se-tanum-2019", "us-schwab-checking"])
def test_the_balances_settle_the_columns_the_sign_and_the_order(sample: str) -> None:
    assert seen(sample)["proved_by_balances"] > 2
    assert seen(sample)["order"] in ("ascending", "descending")
    assert "balance" in seen(sample)["columns"]
