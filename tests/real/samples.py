"""Where the real files lie, and what their index says of them."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import NO_SAMPLES, SAMPLES


def _index() -> list[dict[str, str]]:
    path = SAMPLES / "banks" / "INDEX.tsv"
    if not path.exists():
        return []
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE))


BANKS = _index()


def each(rows: Sequence[Any]) -> Sequence[Any]:
    """The values of a parameter that are read from the samples; one that is skipped where they are not at hand."""
    return rows or [pytest.param(None, id="none", marks=pytest.mark.skip(reason=f"{NO_SAMPLES} ({SAMPLES})"))]


def bank_file(sample: str) -> Path:
    """The file of one sample; the test is skipped where the samples are not at hand."""
    folder = SAMPLES / "banks" / sample
    if not folder.is_dir():
        pytest.skip(f"{NO_SAMPLES} ({SAMPLES})")
    return next(path for path in sorted(folder.iterdir()) if path.is_file())
