"""An 835 that decides by service line: each line of the bill, and whoever did it, gets what is paid of it."""

from __future__ import annotations

import itertools
from decimal import Decimal

import pytest

from tests.importers.books_folder import CHASE, INVOICES, PAYMENTS, Folder

STAFF = """
2025-01-01 custom "provider" "hale" "Hale"
2025-01-01 custom "provider" "moss" "Moss"
2025-01-01 custom "payer" "kinder" "Kinder Dental"
  receivable: Assets:Receivable:Insurance:Kinder
  era-id: "1998877665"
"""
BILL = (
    INVOICES.replace("\n", ",line_id,service\n")
    + "B-7,V-7,2026-04-02,hale,P-3,kinder,90.00,,7001,D1110\n"
    + "B-7,V-7,2026-04-02,moss,P-3,kinder,160.00,,7002,D2331\n"
    + "B-7,V-7,2026-04-02,moss,P-3,kinder,160.00,,7003,D2331\n"
)
COPAY = PAYMENTS.replace("\n", ",patient_id\n") + "PM-1,2026-04-02,,,cash,50.00,,P-3\n"
BANK = (
    f"{CHASE}CREDIT,05/05/2026,KINDER HCCLAIMPMT TRN*1*5150*1998877665,232.00,ACH_CREDIT,1232.00,\n"
    "CREDIT,04/03/2026,BRANCH DEPOSIT,50.00,ACH_CREDIT,1000.00,\n"
)
BY_NUMBER = (
    "SVC*AD:D2331*160*80**1", "CAS*CO*45*40", "CAS*PR*2*40", "REF*6R*7003",
    "SVC*AD:D1110*90*72**1", "CAS*CO*45*18", "REF*6R*7001",
    "SVC*AD:D2331*160*80**1", "CAS*CO*45*40", "CAS*PR*2*40", "REF*6R*7002",
)  # fmt: skip
BY_CODE = tuple(one for one in BY_NUMBER if not one.startswith("REF"))
"""The practice's own numbers are not given back: procedure and charge say which line."""
BY_OTHER_NUMBERS = tuple(one.replace("6R*700", "6R*") for one in BY_NUMBER)
OF_CLAIM = ("CAS*CO*45*98", "CAS*PR*2*80")


def era(*claim: str) -> str:
    return "~\n".join([
        "ISA*00*          *00*          *ZZ*K              *ZZ*B              *260428*1200*^*00501*000000001*0*P*:",
        "GS*HP*K*B*20260428*1200*1*X*005010X221A1", "ST*835*0001",
        "BPR*I*232*C*ACH*CCP*01*1*DA*2*1998877665**01*4*DA*5*20260505", "TRN*1*5150*1998877665", "DTM*405*20260428",
        "N1*PR*KINDER DENTAL", "N1*PE*PRACTICE*XX*1", "LX*1", "CLP*B-7*1*410*232*80*12*X", *claim,
        "SE*9*0001", "GE*1*1", "IEA*1*000000001~",
    ])  # fmt: skip


def sums(folder: Folder, *prefixes: str) -> dict[str, Decimal]:
    """What stands on accounts and, of legs that name a line, on each line."""
    found: dict[str, Decimal] = {}
    for entry in folder.books().entries:
        for posting in getattr(entry, "postings", ()):
            if posting.account.startswith(prefixes):
                name = (posting.meta or {}).get("line") or posting.account.rpartition(":")[2]
                found[name] = found.get(name, Decimal()) + posting.units.number
    return {name: amount for name, amount in found.items() if amount}


@pytest.mark.parametrize(
    ("claim", "earned"),
    [
        (BY_NUMBER, {"Hale": -72, "Moss": -210}),
        (BY_CODE, {"Hale": -72, "Moss": -210}),
        (BY_OTHER_NUMBERS, {"Hale": -72, "Moss": -210}),
        (OF_CLAIM, {"Hale": -90, "Moss": -192}),  # nobody says of which line: the first is paid whole
    ],
)
def test_income_is_of_who_did_the_line_that_is_paid(folder: Folder, claim: tuple[str, ...], earned: object) -> None:
    """50 of the patient were thought to be of the first line; of its 90 the insurer pays 72 and takes off 18."""
    folder.write_by_hand(STAFF)
    for name, text in (("b.csv", BILL), ("p.csv", COPAY), ("d.835", era(*claim)), ("bank.csv", BANK)):
        folder.take(name, text)
    assert sums(folder, "Income:Visits") == earned
    assert sums(folder, "Assets:Receivable") == {"Patients": Decimal(30)}


def test_payments_and_adjustments_stand_by_line_in_the_books(folder: Folder) -> None:
    folder.write_by_hand(STAFF)
    for name, text in (("b.csv", BILL), ("d.835", era(*BY_NUMBER)), ("bank.csv", BANK)):
        folder.take(name, text)
    assert sums(folder, "Equity:Billing:Collected") == {"7001": 72, "7002": 80, "7003": 80}
    assert sums(folder, "Equity:Billing:Contractual") == {"7001": 18, "7002": 40, "7003": 40}


def test_what_a_patient_pays_before_the_bank_shows_the_insurer_s_money_is_of_the_lines_that_are_theirs(
    folder: Folder,
) -> None:
    folder.write_by_hand(STAFF)
    paid = COPAY.replace("2026-04-02,,,cash,50.00", "2026-04-30,,,cash,50.00")
    for name, text in (("b.csv", BILL), ("d.835", era(*BY_NUMBER)), ("p.csv", paid)):
        folder.take(name, text)
    assert sums(folder, "Income:Visits") == {"Moss": -50}


def test_no_order_of_the_files_changes_a_byte(tmp_path: object) -> None:
    parts = {"b.csv": BILL, "p.csv": COPAY, "d.835": era(*BY_NUMBER), "bank.csv": BANK}
    seen = set()
    for number, order in enumerate(list(itertools.permutations(parts))[::5]):
        folder = Folder(tmp_path / f"books-{number}")  # type: ignore[operator]
        folder.write_by_hand(STAFF)
        for name in order:
            folder.take(name, parts[name])
        files = {path.name: path.read_text() for path in sorted((folder.path / "2026").glob("*.beancount"))}
        seen.add(str({name: text for name, text in files.items() if "balances" not in name}))
    assert len(seen) == 1
