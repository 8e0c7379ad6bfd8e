"""Every shipped profile passes its own test, says where its layout is published, and is the only one for its sample."""

from __future__ import annotations

import re

import pytest
from daysheet.importers.banks import selftest
from daysheet.importers.banks import source as bank
from daysheet.importers.banks.source import BankSource
from daysheet.importers.rows.raw_file import RawFile

SOURCES = bank.shipped()


@pytest.mark.parametrize("source", SOURCES, ids=lambda source: source.name)
def test_a_profile_passes_its_own_test(source: BankSource) -> None:
    assert selftest.problems(source) == []


@pytest.mark.parametrize("source", SOURCES, ids=lambda source: source.name)
def test_a_sample_is_recognised_by_its_own_profile_only(source: BankSource, tmp_path) -> None:
    sample = source.profile.sample
    path = tmp_path / sample.filename
    path.write_bytes(sample.text.encode(source.profile.file.encoding or "utf-8"))
    assert [other.name for other in SOURCES if other.matches(RawFile(path))] == [source.name]


@pytest.mark.parametrize("source", SOURCES, ids=lambda source: source.name)
def test_a_profile_says_where_its_layout_is_published(source: BankSource) -> None:
    repository = r"[\w.-]+/[\w.-]+"
    assert re.match(rf"{repository} \S", source.profile.source), "the repository, then the path in it"
    assert re.search(r"\((MIT|Apache-2.0|BSD|GPL|CC|header line|column order)", source.profile.source), "the licence"


def test_at_least_a_hundred_exports_are_shipped() -> None:
    assert len(SOURCES) >= 100
