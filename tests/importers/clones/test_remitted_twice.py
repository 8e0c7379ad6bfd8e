"""Two clones that imported two copies of one advice, each under another date, come out with it once."""

from __future__ import annotations

import shutil
from collections import Counter
from collections.abc import Sequence
from decimal import Decimal
from pathlib import Path

import pytest
from daysheet.importers import importing

from tests.importers.books_folder import CHASE, INVOICES, Folder
from tests.importers.clones.test_merge import Clones
from tests.importers.edi.test_remittance_identity import PAYERS, Claim, era, transaction

BILLS = INVOICES + "".join(f"B-{n},,2026-02-20,adams,P-{n},united,150.00,\n" for n in range(4))
ADVICE = (Claim("B-0", 150, 90, 20, control="N7"), Claim("B-1", 150, 110, control="N8"))
THIRD = Claim("B-2", 150, 120, control="N9")
ONCE = Counter({("B-0", Decimal(90)): 1, ("B-1", Decimal(110)): 1})


@pytest.fixture
def clones(tmp_path: Path) -> Clones:
    pair = Clones(tmp_path, [], hooked=True)
    pair.first.write_by_hand(PAYERS)
    take(pair, pair.first, BILLS, "bills.csv")
    shutil.rmtree(pair.second.path)
    pair.clone()
    return pair


def take(clones: Clones, folder: Folder, text: str, name: str = "advice.835") -> None:
    importing.import_files(folder.path, [folder.give(name, text)])
    clones.git(folder, "add", "-A")
    clones.git(folder, "commit", "-qm", "x")


def decided(folder: Folder) -> Counter[tuple[str, Decimal]]:
    return Counter(
        (claim.invoice, claim.paid) for remittance in folder.books().remittances.values() for claim in remittance.claims
    )


def merged(clones: Clones, mine: Sequence[Claim], theirs: Sequence[Claim], day: str) -> list[str]:
    """What is said when the clones, merged, import the next file."""
    take(clones, clones.first, era(transaction(mine, day="20260330")))
    take(clones, clones.second, era(transaction(theirs, day=day), control="000000044"))
    assert clones.merge().returncode == 0
    said: list[str] = []
    importing.import_files(clones.first.path, [], warn=said.append)
    return said


@pytest.mark.parametrize("day", ["20260331", "20260402", "20260327"])
def test_the_advice_stands_once(clones: Clones, day: str) -> None:
    assert merged(clones, ADVICE, ADVICE[::-1], day) == []
    assert decided(clones.first) == ONCE
    bank = "X,04/03/2026,UNITED HCCLAIMPMT TRN*1*70012*1,200.00,ACH,,,\n"
    importing.import_files(clones.first.path, [clones.first.give("bank.csv", CHASE + bank)])
    books = clones.first.books()
    assert sum(payment.amount for payment in books.received) == 200
    assert books.balances(books.as_of) == {"B-0": 20, "B-2": 150, "B-3": 150}
    before = clones.first.snapshot()
    importing.import_files(clones.first.path, [])
    assert clones.first.snapshot() == before


def test_what_one_copy_has_besides_stays(clones: Clones) -> None:
    assert merged(clones, ADVICE, (ADVICE[1], THIRD), "20260402") == []
    assert decided(clones.first) == ONCE + Counter({("B-2", Decimal(120)): 1})
    assert sum(each.amount for each in clones.first.books().remittances.values()) == 320


def test_copies_with_other_amounts_are_both_named(clones: Clones) -> None:
    (said,) = merged(clones, ADVICE, (ADVICE[0]._replace(paid=95), ADVICE[1]), "20260402")
    assert "2026/2026-03-remittances.beancount" in said
    assert "2026/2026-04-remittances.beancount" in said
    assert "one advice with other amounts" in said
