"""Every shipped practice profile passes its own test and is the only one for its sample."""

from __future__ import annotations

import pytest
from daysheet.importers.banks import source as bank
from daysheet.importers.reading import Source
from daysheet.importers.rows.raw_file import RawFile
from daysheet.importers.systems import selftest
from daysheet.importers.systems import source as systems
from daysheet.importers.systems.source import SystemSource

SOURCES = systems.shipped()


@pytest.mark.parametrize("source", SOURCES, ids=lambda source: source.name)
def test_a_practice_profile_passes_its_own_test(source: SystemSource) -> None:
    assert selftest.problems(source) == []


@pytest.mark.parametrize("source", SOURCES, ids=lambda source: source.name)
def test_a_sample_is_recognised_by_its_own_profile_only(source: SystemSource, tmp_path) -> None:
    path = tmp_path / source.profile.sample.filename
    path.write_text(source.profile.sample.text.lstrip("\n"))
    every: tuple[Source, ...] = (*SOURCES, *bank.shipped())
    assert [other.name for other in every if other.matches(RawFile(path))] == [source.name]


@pytest.mark.parametrize("source", SOURCES, ids=lambda source: source.name)
def test_a_practice_profile_says_where_its_layout_is_published(source: SystemSource) -> None:
    assert "/" in source.profile.source
    assert "(" in source.profile.source, "and under which licence, or that it is a fact only"
