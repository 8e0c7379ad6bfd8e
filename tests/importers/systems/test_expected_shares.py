"""What a patient is expected to owe: an export's estimate of the bill or of each procedure, or the plan's coverage."""

from __future__ import annotations

from decimal import Decimal

import pytest

from tests.importers.books_folder import CLAIMS, INVOICES, Folder

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
