"""A row a procedure: one bill a visit, its lines in the entry, whatever way the profile says it."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from itertools import permutations
from typing import Any

import pytest
from daysheet import checks
from daysheet.billing.lines import bill_named
from daysheet.billing.payers import claims_of, known_claim

from tests.importers.books_folder import Folder

FACTS = """
2026-01-01 custom "provider" "oduya" "Dr. Oduya"
2026-01-01 custom "provider" "reyes" "P. Reyes RDH"
2026-01-01 custom "payer" "summit" "Summit Dental"
  receivable: Assets:Receivable:Insurance:Summit
"""
HEADER = "RowNum,Done,Chart,Who,Code,Tooth,Surf,Fee,Appt"
PROFILE = """
title = "Ledger system, procedures"
system = "ledgersys"
source = "our own export (layout of 2026)"
patient = ["Chart"]
[match]
header = [{header}]
[dates]
format = ["%m/%d/%Y"]
[[invoice]]
id = ["{id}"]
date = "Done"
provider = "Who"
amount = ["Fee"]
{more}
[sample]
text = "{names}\\n1,01/05/2026,7,A1,D1110,,,10.00,1"
records = [{{ kind = "invoice" }}]
"""
CLEANING = "9101,03/02/2026,C-1,REYES,D1110,,,98.00,4001\n"
EXAM = "9102,03/02/2026,C-1,ODUYA,D0120,,,52.00,4001\n"
FILLING = "9107,03/03/2026,C-2,ODUYA,D2391,14,O,175.00,4002\n"
FILLING_AGAIN = "9108,03/03/2026,C-2,ODUYA,D2391,14,O,175.00,4002\n"
OTHER_TOOTH = "9109,03/03/2026,C-2,ODUYA,D2391,15,O,175.00,4002\n"


def _profile(folder: Folder, identity: str, more: str = "", header: str = HEADER) -> None:
    names = header.replace("RowNum", "ProcNum").replace("Code", "ProcCode").replace("Appt", "AptNum")
    quoted = ", ".join(f'"{name}"' for name in names.split(","))
    (folder.path / "profiles").mkdir(exist_ok=True)
    text = PROFILE.format(header=quoted, id=identity, more=more, names=names)
    (folder.path / "profiles" / "practice-ledgersys-procedures.toml").write_text(text)
    folder.write_by_hand(FACTS)


def _rows(*rows: str, header: str = HEADER) -> str:
    names = header.replace("RowNum", "ProcNum").replace("Code", "ProcCode").replace("Appt", "AptNum")
    return names + "\n" + "".join(rows)


def _bills(folder: Folder) -> dict[str, Any]:
    return {bill.id: bill for bill in folder.books().bills}


def _found(folder: Folder, kind: str) -> list[tuple[str, Decimal]]:
    return [(found.key, found.amount) for found in checks.find(folder.books(), date(2026, 12, 31), [kind])]


WAYS = {
    "the row's id and the visit": ("ProcNum", 'visit = ["AptNum"]'),
    "the row's id alone": ("ProcNum", ""),
    "the visit, merged": ("AptNum", 'visit = ["AptNum"]\nmerge = true'),
    "the visit": ("AptNum", 'visit = ["AptNum"]'),
    "declared": (
        "AptNum",
        'visit = ["AptNum"]\nline = ["ProcNum"]\nservice = "ProcCode"\ntooth = "Tooth"\nsite = "Surf"',
    ),
}


@pytest.mark.parametrize("way", WAYS)
def test_procedures_of_a_visit_are_lines_of_one_bill(folder: Folder, way: str):
    _profile(folder, *WAYS[way])
    (taken,) = folder.take("march.csv", _rows(EXAM, CLEANING, FILLING, OTHER_TOOTH))
    assert (taken["booked"], taken["amount"]) == (4, "500.00")
    bills = _bills(folder)
    assert {key: bill.amount for key, bill in bills.items()} == {"4001": 150, "4002": 350}
    lines = [tuple(line)[:7] for line in bills["4001"].lines]
    assert lines == [
        ("9101", "reyes", "D1110", 98, None, None, None),
        ("9102", "oduya", "D0120", 52, None, None, None),
    ]
    assert [(line.tooth, line.site) for line in bills["4002"].lines] == [("14", "O"), ("15", "O")]
    assert bills["4002"].visits == ("4002",)
    assert _found(folder, "duplicate-bill") == []


def test_a_procedure_met_under_another_row_id_is_billed_twice_and_a_row_met_twice_is_the_same_row(folder: Folder):
    _profile(folder, *WAYS["the row's id and the visit"])
    (taken,) = folder.take("march.csv", _rows(FILLING, FILLING_AGAIN, FILLING, OTHER_TOOTH))
    assert [skipped["reason"] for skipped in taken["skipped"]] == ["repeats row 2"]
    assert _found(folder, "duplicate-bill") == [("9108", Decimal(175))]


def test_two_visits_of_a_day_with_the_same_procedure_are_two(folder: Folder):
    _profile(folder, *WAYS["the row's id and the visit"])
    folder.take("march.csv", _rows(FILLING, FILLING_AGAIN.replace(",4002", ",4003")))
    assert _found(folder, "duplicate-bill") == []


def test_a_double_line_that_was_taken_back_is_no_finding(folder: Folder):
    _profile(folder, *WAYS["the row's id and the visit"])
    folder.take("march.csv", _rows(FILLING, FILLING_AGAIN))
    folder.take(
        "adjustments.csv",
        "adjustment_id,date,invoice_id,kind,amount\nA1,2026-03-04,4002,write-off,175.00\n",
    )
    assert _found(folder, "duplicate-bill") == []


def test_rows_of_no_appointment_are_billed_by_patient_day_and_provider(folder: Folder):
    _profile(folder, *WAYS["the row's id and the visit"])
    folder.take("march.csv", _rows(*(row.replace(",4001", ",0") for row in (CLEANING, EXAM)), FILLING, OTHER_TOOTH))
    bills = _bills(folder)
    assert sorted(bill.amount for bill in bills.values()) == [52, 98, 350]
    assert [bill.visits for bill in bills.values() if bill.amount < 100] == [(), ()]


def test_in_any_order_and_in_pieces_the_same_bytes(folder: Folder, tmp_path):
    pieces = [_rows(CLEANING, FILLING), _rows(EXAM, FILLING, OTHER_TOOTH), _rows(CLEANING, EXAM)]
    seen = set()
    for number, order in enumerate(permutations(pieces)):
        other = Folder(tmp_path / f"books-{number}")
        _profile(other, *WAYS["the row's id and the visit"])
        for at, piece in enumerate(order):
            other.take(f"{at}.csv", piece)
        seen.add(other.text("2026/2026-03-invoices.beancount"))
    assert len(seen) == 1


def test_a_line_that_the_system_has_changed_is_reported_and_not_booked_again(folder: Folder):
    _profile(folder, *WAYS["the row's id and the visit"])
    folder.take("march.csv", _rows(CLEANING, EXAM))
    (taken,) = folder.take("later.csv", _rows(CLEANING.replace("98.00", "99.00"), EXAM))
    assert (taken["booked"], taken["known"]) == (0, 2)
    assert _bills(folder)["4001"].amount == 150


def test_a_procedure_done_in_a_billed_visit_and_on_no_line_is_unbilled(folder: Folder):
    _profile(folder, *WAYS["the row's id and the visit"])
    folder.take(
        "visits.csv",
        "visit_id,date,provider,patient_id,status,service,fee\n"
        '4001,2026-03-02,reyes,C-1,completed,"D1110, D0120",150.00\n'
        "4002,2026-03-03,oduya,C-2,completed,D2391,350.00\n",
    )
    folder.take("march.csv", _rows(CLEANING, FILLING, OTHER_TOOTH))
    assert _found(folder, "unbilled-visit") == [("4001/D0120", Decimal(52))]
    folder.take("exam.csv", _rows(EXAM))
    assert _found(folder, "unbilled-visit") == []


def test_numbers_of_appointments_and_of_rows_are_no_series_of_invoices(folder: Folder):
    _profile(folder, *WAYS["the row's id and the visit"])
    rows = [
        f"{9000 + 3 * n},03/{1 + n % 28:02}/2026,C-{n},ODUYA,D0120,,,52.00,{4000 + n}\n"
        for n in range(60)
        if n not in (17, 31, 32)
    ]
    folder.take("march.csv", _rows(*rows))
    assert _found(folder, "invoice-number-gap") == []


def test_the_practice_s_own_csv_takes_lines_too(folder: Folder):
    folder.write_by_hand(FACTS)
    header = (
        "invoice_id,visit_id,date,provider,patient_id,payer,amount,due,line_id,service,tooth,site,modifier,quantity\n"
    )
    rows = (
        "B-7,V7,2026-03-02,reyes,C-1,summit,98.00,,R1,D1110,,,,1\n"
        "B-7,V7,2026-03-02,oduya,C-1,summit,52.00,,R2,D0120,,,25,1\n"
        "B-7,V7,2026-03-02,oduya,C-1,summit,52.00,,R2,D0120,,,25,1\n"
    )
    (taken,) = folder.take("invoices.csv", header + rows)
    assert (taken["booked"], len(taken["skipped"])) == (2, 1)
    (bill,) = folder.books().bills
    assert [(line.id, line.amount, line.modifier, line.quantity) for line in bill.lines] == [
        ("R1", Decimal(98), None, Decimal(1)),
        ("R2", Decimal(52), "25", Decimal(1)),
    ]
    (again,) = folder.take("again.csv", header + rows + "\n")
    assert (again["booked"], again["known"]) == (0, 2)


def test_a_claim_and_a_remittance_that_name_a_row_mean_its_bill(folder: Folder):
    _profile(folder, *WAYS["the row's id and the visit"])
    folder.take("march.csv", _rows(CLEANING, EXAM))
    folder.take(
        "claims.csv", "claim_id,invoice_id,payer,submitted,status,reason\nK1,9102,summit,2026-03-04,submitted,\n"
    )
    books = folder.books()
    assert [bill_named(number, books) for number in ("4001", "9101", "9102", "77")] == ["4001", "4001", "4001", None]
    assert claims_of("4001", books) == ["K1"]
    assert known_claim("9101", "summit", books) == ("K1", "4001")
