"""What a patient is expected to owe: an export's estimate of the bill or of each procedure, or the plan's coverage."""

from __future__ import annotations

from decimal import Decimal

import pytest

from tests.importers.books_folder import CLAIMS, INVOICES, PAYMENTS, Folder
from tests.importers.deriving.test_payment_posting import era_text

STAFF = """
2025-01-01 custom "provider" "hale" "Hale"
2025-01-01 custom "payer" "kinder" "Kinder Dental"
  receivable: Assets:Receivable:Insurance:Kinder
"""
OF_BILL = INVOICES.replace("\n", ",{}\n")
OF_LINES = INVOICES.replace("\n", ",line_id,service,patient_share\n")
COVERAGE = """
2025-01-01 custom "coverage" "kinder" "" 50
2025-01-01 custom "coverage" "kinder" "D1" 100
2025-01-01 custom "contract" "kinder" "D2331" 120.00 USD
"""
PROFILE = """
title = "Rook, charges"
system = "rook"
source = "nowhere/(made for a test)"
patient = ["Chart"]
[match]
header = ["Charge", "Visit", "Day", "Chart", "Carrier", "Code", "Fee", "Ins Est", "W/O Est"]
[dates]
format = ["%Y-%m-%d"]
[[invoice]]
id = ["Visit"]
line = ["Charge"]
visit = ["Visit"]
date = "Day"
payer = "Carrier"
service = "Code"
amount = ["Fee"]
insurer-share = ["Ins Est", "W/O Est"]
[sample]
text = '''
Charge,Visit,Day,Chart,Carrier,Code,Fee,Ins Est,W/O Est
71,7,2026-04-02,P-3,kinder,D1110,90.00,72.00,18.00
'''
records = [{ kind = "invoice", id = "7", amount = "90.00" }]
"""


def owed(folder: Folder) -> dict[str, Decimal]:
    found: dict[str, Decimal] = {}
    for entry in folder.books().entries:
        for posting in getattr(entry, "postings", ()):
            if posting.account.startswith("Assets:Receivable"):
                name = posting.account.rpartition(":")[2]
                found[name] = found.get(name, Decimal()) + posting.units.number
    return {name: amount for name, amount in found.items() if amount}


@pytest.mark.parametrize(
    ("text", "facts", "right"),
    [
        (OF_BILL.format("patient_share") + "B-7,,2026-04-02,hale,P-3,kinder,250.00,,64.00\n", "", (186, 64)),
        (OF_BILL.format("insurer_share") + "B-7,,2026-04-02,hale,P-3,kinder,250.00,,186.00\n", "", (186, 64)),
        (
            OF_LINES
            + "B-7,,2026-04-02,hale,P-3,kinder,90.00,,71,D1110,0.00\n"
            + "B-7,,2026-04-02,hale,P-3,kinder,160.00,,72,D2331,64.00\n",
            "",
            (186, 64),
        ),
        (
            OF_LINES
            + "B-7,,2026-04-02,hale,P-3,kinder,90.00,,71,D1110,\nB-7,,2026-04-02,hale,P-3,kinder,160.00,,72,D2331,\n",
            COVERAGE,
            (190, 60),
        ),
        (
            OF_LINES + "B-7,,2026-04-02,hale,P-3,kinder,160.00,,72,D2331,64.00\n",
            COVERAGE,
            (96, 64),  # the export's estimate goes before the plan
        ),
        (
            INVOICES + "B-7,,2026-04-02,hale,P-3,kinder,250.00,\n",
            '2025-01-01 custom "coverage" "kinder" "" 100\n  copay: 20.00 USD\n',
            (230, 20),
        ),
    ],
)
def test_a_bill_is_divided_by_what_is_expected(folder: Folder, text: str, facts: str, right: tuple[int, int]) -> None:
    folder.write_by_hand(STAFF + facts)
    folder.take("bills.csv", text)
    assert owed(folder) == {"Kinder": right[0], "Patients": right[1]}


def test_a_profile_names_the_columns_of_the_estimate(folder: Folder) -> None:
    folder.write_by_hand(STAFF)
    profiles = folder.path / "profiles"
    profiles.mkdir(exist_ok=True)
    (profiles / "practice-rook.toml").write_text(PROFILE)
    rows = "71,7,2026-04-02,P-3,kinder,D1110,90.00,72.00,18.00\n72,7,2026-04-02,P-3,kinder,D2331,160.00,60.00,36.00\n"
    folder.take("charges.csv", "Charge,Visit,Day,Chart,Carrier,Code,Fee,Ins Est,W/O Est\n" + rows)
    assert owed(folder) == {"Kinder": 186, "Patients": 64}
    told = (folder.path / "2026/2026-04-invoices.beancount").read_text()
    assert told.count("patient-share:") == 2
    again = folder.take(
        "charges.csv",
        "Charge,Visit,Day,Chart,Carrier,Code,Fee,Ins Est,W/O Est\n" + rows.replace("60.00,36", "50.00,36"),
    )
    assert again[0]["booked"] == 0  # another estimate of a known row is no other row


def test_an_estimate_beyond_the_charge_is_refused_with_its_place(folder: Folder) -> None:
    path = folder.give("bills.csv", OF_BILL.format("patient_share") + "B-7,,2026-04-02,,P-3,kinder,250.00,,251.00\n")
    told = folder.run("import", path).stderr
    assert ":2:" in told
    assert "patient_share" in told
    assert not folder.books().bills


def test_a_patient_whose_claim_is_out_owes_what_is_expected(folder: Folder) -> None:
    """The bill names no insurer: the claim does."""
    folder.write_by_hand(STAFF)
    folder.take("bills.csv", OF_BILL.format("patient_share") + "B-7,,2026-04-02,hale,P-3,,250.00,,64.00\n")
    assert owed(folder) == {"Patients": 250}
    folder.take("claims.csv", CLAIMS + "K-1,B-7,kinder,2026-04-03,submitted,\n")
    assert owed(folder) == {"Kinder": 186, "Patients": 64}


PLAN = """
2025-01-01 custom "coverage" "kinder" "D2" 80
  deductible: 50.00 USD
2025-01-01 custom "coverage" "kinder" "D1" 100
"""
ROW = "{},,{},hale,{},kinder,{}.00,,{},{},\n".format


def parts(folder: Folder) -> dict[str, Decimal]:
    """What the patient owes, by bill."""
    found: dict[str, Decimal] = {}
    for bill, postings in folder.books().receivable.items():
        amounts = [one.amount for one in postings if one.account == "Assets:Receivable:Patients"]
        found[bill or ""] = sum(amounts, Decimal())
    return {bill: amount for bill, amount in found.items() if amount}


def test_the_deductible_of_a_year_is_met_once_by_each_patient(folder: Folder) -> None:
    """50.00 before 80 %: of one bill or of several, anew in January; what is covered wholly has none."""
    folder.write_by_hand(STAFF + PLAN)
    later = ROW("B-2", "2026-03-02", "P-3", 100, 73, "D2331") + ROW("B-5", "2027-01-05", "P-3", 100, 76, "D2331")
    first = ROW("B-1", "2026-02-02", "P-3", 90, 71, "D1110") + ROW("B-1", "2026-02-02", "P-3", 200, 72, "D2331")
    other = ROW("B-3", "2026-03-03", "P-4", 40, 74, "D2331") + ROW("B-4", "2026-03-04", "P-4", 100, 75, "D2391")
    folder.take("later.csv", OF_LINES + later)
    folder.take("bills.csv", OF_LINES + first + other)
    assert parts(folder) == {"B-1": 80, "B-2": 20, "B-3": 40, "B-4": 28, "B-5": 60}


def test_what_the_insurer_said_was_met_goes_before_what_was_expected(folder: Folder) -> None:
    """Of the first bill 20.00 are deductible by the 835, and 30.00 of the year's are left for the third."""
    folder.write_by_hand(STAFF + PLAN)
    folder.take(
        "bills.csv",
        OF_LINES
        + ROW("B-1", "2026-02-02", "P-3", 200, 72, "D2331")
        + ROW("B-2", "2026-02-20", "P-3", 100, 73, "D2331")  # not decided yet: the 50.00 are of the first
        + ROW("B-3", "2026-04-02", "P-3", 100, 74, "D2331"),
    )
    said = "CLP*B-1*1*200*144*56*12*X~CAS*PR*1*20**2*36"
    folder.take("era.835", era_text(said, sent="144", trace="7741", day="20260310", payer="KINDER DENTAL"))
    assert parts(folder) == {"B-1": 56, "B-2": 20, "B-3": 44}


def test_what_a_patient_had_met_before_is_said_in_their_own_plan(folder: Folder) -> None:
    folder.write_by_hand(STAFF + PLAN)
    folder.take("bills.csv", OF_LINES + ROW("B-1", "2026-02-02", "P-3", 100, 72, "D2331"))
    assert parts(folder) == {"B-1": 60}
    patient = folder.books().invoices["B-1"][0].patient
    met = f'2026-01-01 custom "coverage" "kinder" "D2" 80\n  patient: "{patient}"\n  deductible: 50.00 USD\n'
    folder.write_by_hand(STAFF + PLAN + met + "  met: 35.00 USD\n")
    folder.take("more.csv", OF_LINES + ROW("B-2", "2026-03-02", "P-3", 100, 73, "D2331"))
    assert parts(folder) == {"B-1": 32, "B-2": 20}  # 15.00 and a fifth of 85.00; a fifth


def test_a_second_plan_is_to_pay_what_the_first_insurer_leaves_until_it_answers(folder: Folder) -> None:
    """The second pays 60 % of 100.00 at most; of the 75.00 that the first leaves 15.00 are the patient's."""
    second = '2025-01-01 custom "payer" "ridge" "Ridge Mutual"\n  receivable: Assets:Receivable:Insurance:Ridge\n'
    folder.write_by_hand(STAFF + second)
    folder.take("bills.csv", INVOICES + "B-1,,2026-02-02,hale,P-3,kinder,100.00,\n")
    patient = folder.books().invoices["B-1"][0].patient
    folder.write_by_hand(STAFF + second + f'2025-01-01 custom "coverage" "ridge" "" 60\n  patient: "{patient}"\n')
    said = "CLP*B-1*1*100*25*75*12*X~CAS*PR*2*75"
    folder.take("era.835", era_text(said, sent="25", trace="7742", day="20260310", payer="KINDER DENTAL"))
    assert owed(folder) == {"Kinder": 25, "Ridge": 60, "Patients": 15}
    folder.take("paid.csv", PAYMENTS + "P-1,2026-04-10,B-1,ridge,check,52.00,8812\n")
    assert owed(folder) == {"Kinder": 25, "Patients": 23}
