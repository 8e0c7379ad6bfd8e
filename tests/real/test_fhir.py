"""Resources that nobody here wrote: counts, words and sums against what others counted."""

from __future__ import annotations

import csv
from decimal import Decimal
from functools import partial
from typing import Any

import pytest
from daysheet import patients
from daysheet.errors import DaysheetError
from daysheet.importers.fhir.source import FhirSource
from daysheet.importers.reading import Context
from daysheet.importers.rows.raw_file import RawFile
from daysheet.importers.sources import all_sources, source_of

from tests.conftest import SAMPLES
from tests.real.samples import each

FOLDER = SAMPLES / "practice" / "fhir"


def counted() -> list[Any]:
    """The rows of the count, by its own column names up to their first bracket."""
    path = FOLDER / "TRUTH.tsv"
    if not path.exists():
        return []
    with path.open(encoding="utf-8", newline="") as file:
        rows = csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE)
        return [{key.partition("(")[0].strip(): value for key, value in row.items()} for row in rows]


def named(row: Any) -> str:
    return row["file"] if isinstance(row, dict) else "none"


def _counts(text: str | None) -> dict[str, int]:
    return {name: int(count) for name, count in (each.rsplit(":", 1) for each in (text or "").split())}


@pytest.mark.parametrize("row", each(counted()), ids=named)
def test_every_resource_is_counted_by_type_status_and_money(row: Any) -> None:
    file = RawFile(FOLDER / row["file"])
    assert isinstance(source_of(file, all_sources()), FhirSource)
    found = FhirSource().counted(file)
    assert found.resources.total() == int(row["resources"])
    assert found.resources == _counts(row["by type"])
    assert found.statuses == _counts(row["by status"])
    assert found.money == Decimal(row["money"])


@pytest.mark.parametrize("row", each(counted()), ids=named)
def test_every_file_is_read_or_refused_in_a_sentence(row: Any) -> None:
    context = Context(partial(patients.token, secret=b"0123456789abcdef"))
    try:
        reading = FhirSource().read(RawFile(FOLDER / row["file"]), context)
    except DaysheetError as problem:
        assert "has an amount in" in problem.message  # noqa: PT017 - only books in another currency refuse it
        return
    assert reading.rows == (reading.used or 0) + len(reading.skipped)
