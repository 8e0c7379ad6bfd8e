"""A generated year of claims, acknowledgments, remittances and the bank, imported in any order: the same books, every
rejection, silence, claim that was not sent and underpayment found, nothing else, and receivables right to the cent.
"""

from __future__ import annotations

import gc
import json
import random
import re
import tempfile
from decimal import Decimal
from pathlib import Path

import pytest
from daysheet.importers.booking.derived_files import kind_at
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from tests.importers.books_folder import Folder
from tests.importers.edi.claim_year import AS_OF, FACTS, TAKE, Year, year
from tests.importers.edi.test_claim_import import owed

ORDERS = settings(
    deadline=None, max_examples=2, phases=(Phase.generate,), suppress_health_check=list(HealthCheck), derandomize=True
)
MANY = settings(ORDERS, max_examples=20)


def imported(made: Year, path: Path, order: int, pieces: int, *, bills: bool) -> Folder:
    """New books with the files in some order, in so many imports."""
    folder = Folder(path)
    folder.write_by_hand(FACTS)
    if bills:
        folder.write_by_hand(TAKE, "daysheet.toml")
    names = sorted(made.files)
    random.Random(order).shuffle(names)
    for piece in range(pieces):
        given_ = [folder.give(name, made.files[name]) for name in names[piece::pieces]]
        answers = folder.take_paths(*given_)
        assert [answer["error"] for answer in answers if "error" in answer] == []
    return folder


def text_of(folder: Folder) -> dict[str, object]:
    """What the books say: of facts whatever their order in a file, of what is derived every byte."""
    found: dict[str, object] = {}
    for path in sorted(folder.path.glob("20*/*.beancount")):
        text = path.read_text()
        blocks = sorted(re.split(r"\n+(?=[0-9]{4}-)", text.strip()))
        found[path.name] = blocks if kind_at({"filename": path.name}) is None else text
    return found


def check(made: Year, folder: Folder) -> None:
    """Every planted finding, none beside them, and what each insurer owes."""
    result = folder.run("check", "--json", "--as-of", AS_OF)
    found = {(each["kind"], each["key"]) for each in json.loads(result.stdout)["findings"]}
    assert found == made.found
    assert owed(folder.books()) == {name: amount for name, amount in made.owed.items() if amount}


def holds(seed: int, order: int, pieces: int, *, bills: bool, count: int) -> None:
    made = year(seed, count, bills=bills)
    with tempfile.TemporaryDirectory() as place:
        at_once = imported(made, Path(place) / "at-once", 0, 1, bills=bills)
        check(made, at_once)
        pieced = imported(made, Path(place) / "pieces", order, pieces, bills=bills)
        check(made, pieced)
        assert text_of(pieced) == text_of(at_once)
    gc.unfreeze()  # what an import makes, it leaves to the end of its process, which here is that of all years
    gc.collect()


@pytest.mark.parametrize("bills", [True, False], ids=["claims make the bills", "the practice exports its bills"])
@ORDERS
@given(seed=st.integers(0, 10**6), order=st.integers(0, 10**6))
def test_a_year_comes_out_the_same_in_any_order(bills: bool, seed: int, order: int) -> None:
    holds(seed, order, 3, bills=bills, count=28)


@pytest.mark.long
@pytest.mark.parametrize("bills", [True, False], ids=["claims make the bills", "the practice exports its bills"])
@MANY
@given(seed=st.integers(0, 10**6), order=st.integers(0, 10**6), pieces=st.integers(2, 8))
def test_40_years_come_out_the_same_in_any_order(bills: bool, seed: int, order: int, pieces: int) -> None:
    holds(seed, order, pieces, bills=bills, count=70)


def test_receivables_of_a_year_are_not_nothing() -> None:
    made = year(1, 28, bills=True)
    assert sum(made.owed.values()) > Decimal(1000)
    assert {kind for kind, _ in made.found} >= {
        "claim-rejected",
        "claim-unanswered",
        "underpaid-claim",
        "unbilled-visit",
    }
