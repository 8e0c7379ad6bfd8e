"""CONTRIBUTING.md says where a change goes, and names all that it needs."""

import re
import subprocess
from typing import NamedTuple

import pytest

from tests.conftest import ROOT

CODE = (".py", ".toml", ".html", ".js", ".json", ".txt")
HEADING = "### Where do I change …?"


class Change(NamedTuple):
    what: str
    example: str
    places: tuple[str, ...]


def changes():
    section = (ROOT / "CONTRIBUTING.md").read_text().partition(HEADING)[2].partition("\n## ")[0]
    rows = [line.replace(r"\|", "\0").strip("| ").split(" | ") for line in section.splitlines() if line.startswith("|")]
    for what, example, places in rows[2:]:
        words = [word.replace("\0", "|") for word in re.findall(r"`([^`]+)`", example)]
        yield Change(what, "|".join(words), tuple(re.findall(r"`([^`]+/[^`]*)`", places)))


def tracked():
    listed = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=True)
    return [name for name in listed.stdout.splitlines() if (ROOT / name).is_file()]


def test_ten_changes_and_more_are_described():
    assert len(list(changes())) >= 10


@pytest.mark.parametrize("change", list(changes()), ids=lambda change: change.what)
def test_the_places_of_a_change_exist_and_hold_every_place_of_its_example(change):
    for place in change.places:
        assert list(ROOT.glob(place.rstrip("/"))), place
    covered = [
        re.compile(re.escape(place).replace(r"\*", "[^/]*") + ("" if "." in place else ".*")) for place in change.places
    ]
    holding = [
        name
        for name in tracked()
        if name.endswith(CODE)
        and not name.startswith(("bench/", "ledgers/", "tests/"))
        and re.search(change.example, (ROOT / name).read_text())
    ]
    assert holding
    assert [name for name in holding if not any(pattern.fullmatch(name) for pattern in covered)] == []
