"""An insurer's paper check that only the bank's text tells of."""

from __future__ import annotations

import datetime
from decimal import Decimal

import pytest
from daysheet import checks

from tests.importers.books_folder import ADJUSTMENTS, CHASE, CLAIMS, INVOICES, PAYMENTS, Folder

STAFF = """
2025-01-01 custom "provider" "hale" "Hale"
2025-01-01 custom "payer" "kinder" "Kinder Mutual of Ohio"
  receivable: Assets:Receivable:Insurance:Kinder
2025-01-01 custom "payer" "brook" "Brook"
  receivable: Assets:Receivable:Insurance:Brook
"""
BILLS = INVOICES + "B-1,,2026-04-02,hale,P-1,kinder,200.00,\nB-2,,2026-04-03,hale,P-2,kinder,150.00,\n"
KEYED = PAYMENTS + "X-1,2026-05-05,B-1,kinder,check,120.00,8812\nX-2,2026-05-05,B-2,kinder,check,90.00,8812\n"
OFF = ADJUSTMENTS + "W-1,2026-05-05,B-1,contractual,50.00\nW-2,2026-05-05,B-2,contractual,60.00\n"
ANSWERED = CLAIMS + "K-1,B-1,kinder,2026-04-02,paid,\nK-2,B-2,kinder,2026-04-03,paid,\n"
ERA = "~\n".join([
    "ISA*00*          *00*          *ZZ*K              *ZZ*B              *260505*1200*^*00501*000000001*0*P*:",
    "GS*HP*K*B*20260505*1200*1*X*005010X221A1", "ST*835*0001", "BPR*I*210*C*CHK************20260505",
    "TRN*1*8812*1998877665", "DTM*405*20260505", "N1*PR*KINDER MUTUAL OF OHIO", "N1*PE*PRACTICE*XX*1", "LX*1",
    "CLP*B-1*1*200*120*30*12*X", "CAS*CO*45*50", "CAS*PR*2*30", "CLP*B-2*1*150*90*0*12*X", "CAS*CO*45*60",
    "SE*9*0001", "GE*1*1", "IEA*1*000000001~",
])  # fmt: skip


def bank(text: str) -> str:
    return f"{CHASE}CREDIT,05/06/2026,{text},210.00,ACH_CREDIT,1210.00,\n"


def sums(folder: Folder) -> dict[str, Decimal]:
    found: dict[str, Decimal] = {}
    for entry in folder.books().entries:
        for posting in getattr(entry, "postings", ()):
            if posting.account.startswith(("Assets:Receivable", "Income", "Assets:Clearing")):
                name = posting.account.rpartition(":")[2]
                found[name] = found.get(name, Decimal()) + posting.units.number
    return {name: amount for name, amount in found.items() if amount}


@pytest.mark.parametrize(
    ("text", "is_told"),
    [
        ("REMOTE DEPOSIT CHECK KINDER MUTUAL 8812", True),
        ("LOCKBOX DEPOSIT Kinder Mutual Ohio", True),
        ("KINDER CHK DEPOSIT", True),
        ("REMOTE DEPOSIT KINDERGARTEN CHECK", False),
        ("DEPOSIT KINDER MUTUAL", False),  # of whatever kind
        ("KINDER MUTUAL HCCLAIMPMT CHECK DEPOSIT", False),  # electronic: its 835 is missing
        ("CHECK DEPOSIT KINDER AND BROOK", False),
        ("MOBILE CHECK DEPOSIT", False),
    ],
)
def test_what_text_tells_of_an_insurer_s_check(folder: Folder, text: str, *, is_told: bool) -> None:
    folder.write_by_hand(STAFF)
    folder.take("b.csv", BILLS)
    folder.take("bank.csv", bank(text))
    right = {"Kinder": Decimal(140), "Unassigned": Decimal(-210)} if is_told else {"Kinder": 350, "Deposits": -210}
    assert sums(folder) == right
    found = checks.find(folder.books(), datetime.date(2026, 5, 6), kinds=["unmatched-deposit", "credit-balance"])
    kinds = {finding.kind for finding in found}
    assert kinds == ({"credit-balance"} if is_told else {"unmatched-deposit"})


def test_a_person_says_for_which_bills_it_is(folder: Folder) -> None:
    folder.write_by_hand(STAFF)
    folder.take("bank.csv", bank("REMOTE DEPOSIT CHECK KINDER MUTUAL 8812"))
    (payment,) = folder.books().received
    said = "".join(
        f'2026-05-07 custom "allocated" "{payment.id}" "{bill}" {amount} USD\n'
        for bill, amount in (("B-1", "120.00"), ("B-2", "90.00"))
    )
    folder.write_by_hand(said)
    for name, text in (("b.csv", BILLS), ("a.csv", OFF), ("c.csv", ANSWERED)):
        folder.take(name, text)
    assert sums(folder) == {"Patients": 30, "Hale": -210}
    assert folder.books().open_balance("B-2", folder.books().as_of) == 0


@pytest.mark.parametrize("way", ["keyed", "835"])
@pytest.mark.parametrize("is_first", [True, False])
def test_the_practice_s_own_rows_or_a_remittance_take_its_place(folder: Folder, way: str, *, is_first: bool) -> None:
    """The same books by the practice's export and by an 835, before or after the bank's line."""
    folder.write_by_hand(STAFF)
    folder.take("b.csv", BILLS)
    told = [("d.835", ERA)] if way == "835" else [("p.csv", KEYED), ("a.csv", OFF), ("c.csv", ANSWERED)]
    line = [("bank.csv", bank("REMOTE DEPOSIT CHECK KINDER MUTUAL 8812"))]
    for name, text in (*line, *told) if is_first else (*told, *line):
        folder.take(name, text)
    assert sums(folder) == {"Patients": 30, "Hale": -210}
    kinds = ["unmatched-deposit", "credit-balance", "undeposited-payment"]
    assert checks.find(folder.books(), datetime.date(2026, 5, 6), kinds=kinds) == []
