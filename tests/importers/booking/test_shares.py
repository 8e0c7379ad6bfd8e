"""Who owes what, by the real command: in any order, by an 835 or the practice's own rows, copay first or last."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from itertools import permutations
from pathlib import Path

import pytest
from daysheet import checks
from daysheet.billing.claims import state_of
from daysheet.reports.schedules.receivables import aged

from tests.importers.books_folder import ADJUSTMENTS, CHASE, CLAIMS, INVOICES, PAYMENTS, Folder
from tests.importers.deriving.test_payment_posting import balance, era_text

FACTS = """
2026-01-01 custom "provider" "oduya" "Dr. Oduya"
2026-01-01 custom "payer" "summit" "Summit Dental"
  receivable: Assets:Receivable:Insurance:Summit
"""
SUMMIT, PATIENTS = "Assets:Receivable:Insurance:Summit", "Assets:Receivable:Patients"
DECIDED = "CLP*K-31*1*260*130*70*12*X~CAS*CO*45*60~CAS*PR*2*70"
BILL = INVOICES + "B-9,,2026-03-02,oduya,C-4,,260.00,\n"
CLAIM = CLAIMS + "K-31,B-9,summit,2026-03-03,submitted,\n"
ERA = era_text(DECIDED, sent="130", trace="55120099", day="20260320", payer="SUMMIT DENTAL PLAN")
BANK = CHASE + "CREDIT,03/24/2026,SUMMIT DENTAL HCCLAIMPMT TRN*1*55120099*1935665544,130.00,ACH_CREDIT,130.00,\n"
FILES = {
    "bill.csv": BILL,
    "claim.csv": CLAIM,
    "copay.csv": PAYMENTS + "P-1,2026-03-02,B-9,,cash,70.00,\n",
    "era.835": ERA,
    "bank.csv": BANK,
}
ORDERS = (
    ("bill.csv", "claim.csv", "copay.csv", "era.835", "bank.csv"),
    ("bank.csv", "era.835", "copay.csv", "claim.csv", "bill.csv"),
    ("era.835", "bill.csv", "bank.csv", "claim.csv", "copay.csv"),
    ("copay.csv", "bank.csv", "bill.csv", "era.835", "claim.csv"),
)


def _books(path: Path) -> Folder:
    folder = Folder(path)
    folder.write_by_hand(FACTS)
    return folder


def _owed(folder: Folder, day: str = "2099-12-31") -> dict[str, Decimal]:
    books = folder.books()
    return {name: balance(books, name, day) for name in (SUMMIT, PATIENTS)}


def _text(folder: Folder) -> dict[str, str]:
    return {path.name: path.read_text() for path in sorted((folder.path / "2026").glob("*.beancount"))}


def test_a_bill_is_divided_alike_in_any_order_of_import(tmp_path: Path):
    seen = []
    for number, order in enumerate(ORDERS):
        folder = _books(tmp_path / f"books-{number}")
        for name in order:
            folder.take(name, FILES[name])
        assert _owed(folder) == {SUMMIT: 0, PATIENTS: 0}
        assert balance(folder.books(), "Income:Visits:Oduya") == -200
        seen.append(_text(folder))
    for text in seen[1:]:
        assert text == seen[0]


def test_each_knows_by_the_day_what_they_owe(folder: Folder):
    folder.write_by_hand(FACTS)
    folder.take_paths(*(folder.give(name, text) for name, text in FILES.items()))
    assert _owed(folder, "2026-03-02") == {SUMMIT: 0, PATIENTS: 190}
    assert _owed(folder, "2026-03-03") == {SUMMIT: 190, PATIENTS: 0}  # a claim was sent; the copay counts as theirs
    assert _owed(folder, "2026-03-20") == {SUMMIT: 130, PATIENTS: 0}
    assert not checks.find(folder.books(), date(2026, 3, 31), ["credit-balance"])


def test_a_claim_waits_from_the_day_it_was_sent_though_its_835_came_before_the_export(tmp_path: Path):
    """The export reaches beyond the 835; a copay that names nothing is of the visit's bill, not of the older one."""
    older = "B-8,,2026-02-02,brandt,C-4,,90.00,\n"
    files = {
        "bills.csv": BILL + older + "B-12,,2026-03-30,oduya,C-5,,80.00,\n",
        "copay.csv": PAYMENTS.rstrip("\n") + ",patient_id\nP-1,2026-03-02,,,cash,15.00,,C-4\n",
        "claims.csv": CLAIMS + "K-31,B-9,summit,2026-03-02,submitted,\nK-40,B-12,summit,2026-03-30,submitted,\n",
        "era.835": ERA,
    }
    seen = []
    for number, order in enumerate((tuple(files), ("bills.csv", "copay.csv", "era.835", "claims.csv"))):
        folder = _books(tmp_path / f"books-{number}")
        for name in order:
            folder.take(name, files[name])
        books = folder.books()
        assert balance(books, "Income:Visits:Oduya") == -15
        assert balance(books, SUMMIT, "2026-03-02") == 245
        state = state_of(books, "K-31", date(2026, 4, 30))
        assert state is not None
        assert (state.claim.status, state.since) == ("paid", date(2026, 3, 20))
        seen.append(_text(folder))
    assert seen[1] == seen[0]


OF_BILL = ERA.replace("K-31", "B-9")
WAYS = {
    "an 835 and the bank": {"era.835": OF_BILL, "bank.csv": BANK},
    "the practice's export": {
        "paid.csv": PAYMENTS + "P-2,2026-03-24,B-9,summit,eft,130.00,55120099\n",
        "off.csv": ADJUSTMENTS + "A-1,2026-03-20,B-9,contractual,60.00\n",
    },
    "a check that was keyed in": {
        "paid.csv": PAYMENTS + "P-2,2026-03-24,B-9,summit,check,130.00,8871\n",
        "off.csv": ADJUSTMENTS + "A-1,2026-03-20,B-9,contractual,60.00\n",
    },
    "both an 835 and the practice's export": {
        "era.835": OF_BILL,
        "bank.csv": BANK,
        "paid.csv": PAYMENTS + "P-2,2026-03-24,B-9,summit,eft,130.00,55120099\n",
        "off.csv": ADJUSTMENTS + "A-1,2026-03-20,B-9,contractual,60.00\n",
    },
    "both, the export naming neither insurer nor trace": {
        "era.835": OF_BILL,
        "bank.csv": BANK,
        "paid.csv": PAYMENTS + "P-2,2026-03-24,B-9,insurance,eft,130.00,\n",
    },
}


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("copay", ["2026-03-02", "2026-03-27"])
def test_an_insurer_s_money_counts_alike_however_it_is_told(folder: Folder, way: str, copay: str):
    folder.write_by_hand(FACTS)
    folder.take("bill.csv", BILL)
    folder.take("copay.csv", PAYMENTS + f"P-1,{copay},B-9,,cash,70.00,\n")
    for name, text in WAYS[way].items():
        folder.take(name, text)
    assert _owed(folder) == {SUMMIT: 0, PATIENTS: 0}
    books = folder.books()
    assert balance(books, "Assets:Receivable") == 0
    assert balance(books, "Income:Visits") == -200
    assert balance(books, "Equity:Billing:Contractual") == 60


def test_too_much_of_one_party_is_found_with_both_figures(folder: Folder):
    folder.write_by_hand(FACTS)
    folder.take("bill.csv", BILL)
    folder.take("copay.csv", PAYMENTS + "P-1,2026-03-02,B-9,,cash,95.00,\n")
    folder.take("claim.csv", CLAIM)
    folder.take("era.835", ERA)
    (found,) = checks.find(folder.books(), date(2026, 3, 31), ["credit-balance"])
    assert (found.key, found.amount) == ("B-9/patients", Decimal(25))
    assert "the patient 25.00" in found.message
    assert "Summit Dental 130.00 USD" in found.message


def test_the_patient_s_terms_begin_when_the_share_became_theirs(folder: Folder):
    folder.write_by_hand(FACTS)
    folder.take("bill.csv", INVOICES + "B-9,,2026-03-02,oduya,C-4,summit,260.00,2026-04-01\n")
    folder.take("era.835", ERA.replace("K-31", "B-9").replace("20260320", "20260520"))
    folder.take("paid.csv", PAYMENTS + "P-2,2026-05-24,B-9,summit,eft,130.00,55120099\n")

    def late(day: date) -> list[tuple[str, Decimal]]:
        found = checks.find(folder.books(), day, ["overdue-invoice"])
        return [(one.date.isoformat(), one.amount) for one in found]

    assert late(date(2026, 6, 19)) == []
    assert late(date(2026, 6, 20)) == [("2026-06-19", Decimal(70))]
    folder.write_by_hand('2026-06-25 custom "payment-plan" "B-9" 30.00 USD\n  first: 2026-07-31\n')
    assert late(date(2026, 7, 31)) == []
    assert late(date(2026, 8, 1)) == [("2026-07-31", Decimal(30))]
    folder.take("first.csv", PAYMENTS + "P-5,2026-07-30,B-9,,cash,30.00,\n")
    assert late(date(2026, 8, 31)) == []
    assert late(date(2026, 9, 1)) == [("2026-08-31", Decimal(30))]
    assert late(date(2026, 10, 15)) == [("2026-08-31", Decimal(40))]
    # no old debt, though the bill is of March: nothing is late in August, 40 days of the first 30 in October
    assert aged(folder.books(), date(2026, 8, 30))[PATIENTS] == [40, 0, 0, 0, 0, 0]
    assert aged(folder.books(), date(2026, 10, 15))[PATIENTS] == [10, 30, 0, 0, 0, 0]


def test_rows_that_move_or_take_off_before_their_bill_came_are_on_its_insurers_account(tmp_path: Path):
    """Each file is one month's, so that the bytes are alike; the bill, or what moves a part of it, comes last."""
    bills = INVOICES + "B-1,,2026-03-02,oduya,C-4,summit,260.00,\nB-2,,2026-03-02,oduya,C-4,insurance,90.00,\n"
    moved = "T-1,2026-04-10,B-1,transfer,70.00\nT-2,2026-04-11,B-2,transfer,20.00\n"
    files = {
        "bills.csv": bills + "B-3,,2026-03-02,oduya,C-4,,50.00,\n",
        "moved.csv": ADJUSTMENTS + moved + "T-3,2026-04-12,B-3,transfer,10.00\n",
        "off.csv": ADJUSTMENTS + "O-1,2026-05-10,B-1,courtesy,5.00\nO-2,2026-05-11,B-1,contractual,30.00\n",
    }
    seen = []
    for number, order in enumerate(permutations(files)):
        folder = _books(tmp_path / f"books-{number}")
        for name in order:
            folder.take(name, files[name])
        seen.append(_text(folder))
    first = seen[0]["2026-04-adjustments.beancount"] + seen[0]["2026-05-adjustments.beancount"]
    assert [line.split()[0] for line in first.splitlines() if "Receivable" in line] == [
        SUMMIT, PATIENTS, "Assets:Receivable:Insurance", PATIENTS, "Assets:Receivable:Insurance", PATIENTS,
        PATIENTS, SUMMIT,
    ]  # fmt: skip
    assert all(text == seen[0] for text in seen)


def test_what_an_insurer_leaves_of_a_claim_that_it_sent_on_waits_for_the_next_one(folder: Folder):
    """NM1*TT names it; an insurer that the books do not know is not named, and the rest is the patient's at once."""
    folder.write_by_hand(
        FACTS + '2026-01-01 custom "payer" "ridge" "Ridge Mutual"\n  receivable: Assets:Receivable:Insurance:Ridge\n'
    )
    claims = (DECIDED.replace("CLP*K-31*1*", f"CLP*B-{n}*19*") for n in (1, 2))
    named = [
        claim + f"~NM1*TT*2*{who}*****PI*65978"
        for claim, who in zip(claims, ("RIDGE MUTUAL", "ELSEWHERE"), strict=True)
    ]
    folder.take("bills.csv", INVOICES + "".join(f"B-{n},,2026-03-02,oduya,C-{n},summit,260.00,\n" for n in (1, 2)))
    folder.take("era.835", era_text(*named, sent="260", trace="55120099", day="20260320", payer="SUMMIT DENTAL PLAN"))
    assert balance(folder.books(), "Assets:Receivable:Insurance:Ridge") == 70
    assert _owed(folder) == {SUMMIT: 260, PATIENTS: 70}
    assert "ELSEWHERE" not in "".join(_text(folder).values()).upper()
    folder.take("paid.csv", PAYMENTS + "P-2,2026-04-24,B-1,ridge,check,45.00,8871\n")
    assert balance(folder.books(), "Assets:Receivable:Insurance:Ridge") == 0
    assert _owed(folder) == {SUMMIT: 260, PATIENTS: 95}
