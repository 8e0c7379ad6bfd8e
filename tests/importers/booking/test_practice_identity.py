"""An id of the practice's system means one record only with its patient, day and amount."""

from __future__ import annotations

from datetime import date

import pytest

from tests.importers.books_folder import ADJUSTMENTS, CLAIMS, INVOICES, PAYMENTS, VISITS, Folder

CUT = "4.10017E+14"
VISIT = "2026-03-02,adams,P-1,completed,97110,50.00"


def refused(folder: Folder, name: str, text: str) -> str:
    before = folder.snapshot()
    result = folder.run("import", folder.give(name, text))
    assert result.return_value == 2
    assert folder.snapshot() == before
    assert "Traceback" not in result.stderr
    return result.stderr


@pytest.mark.parametrize(
    ("name", "text", "column"),
    [
        ("visits", VISITS + f"{CUT},2026-03-02,adams,P-1,completed,97110,50.00\n", "visit_id"),
        ("visits", VISITS + f"V1,2026-03-02,adams,{CUT},completed,97110,50.00\n", "patient_id"),
        ("invoices", INVOICES + f"{CUT},V1,2026-03-02,adams,P-1,,50.00,\n", "invoice_id"),
        ("invoices", INVOICES + f"I1,V1 {CUT},2026-03-02,adams,P-1,,50.00,\n", "visit_id"),
        ("payments", PAYMENTS + f"{CUT},2026-03-02,I1,,card,50.00,\n", "payment_id"),
        ("payments", PAYMENTS + f"P1,2026-03-02,{CUT.replace('.', ',').replace('E+14', 'e+14')},,card,50.00,\n", ""),
        ("adjustments", ADJUSTMENTS + f"{CUT},2026-03-02,I1,write-off,50.00\n", "adjustment_id"),
        ("claims", CLAIMS + f"{CUT},I1,aetna,2026-03-02,submitted,\n", "claim_id"),
    ],
)
def test_an_id_that_a_spreadsheet_has_cut_is_refused(folder: Folder, name: str, text: str, column: str) -> None:
    if not column:  # a decimal comma, as a German spreadsheet writes it: the cell needs quotes
        text = text.replace("4,10017e+14", '"4,10017e+14"')
    said = refused(folder, f"{name}.csv", text)
    assert f"{name}.csv:2: {column}" in said
    assert "was cut by a spreadsheet" in said


@pytest.mark.parametrize(
    ("name", "first", "second", "why"),
    [
        ("visits", f"V1,{VISIT}", "V1,2026-03-02,adams,P-2,completed,97110,50.00", "patient"),
        ("visits", f"V1,{VISIT}", "V1,2026-03-09,adams,P-1,completed,97110,50.00", "day"),
        ("invoices", "I1,,2026-03-02,adams,P-1,,50.00,", "I1,,2026-03-09,adams,P-2,,50.00,", "patient"),
        ("payments", "P1,2026-03-02,I1,,card,50.00,", "P1,2026-03-09,I2,,card,50.00,", "day"),
        ("claims", "C1,I1,aetna,2026-03-02,submitted,", "C1,I2,aetna,2026-03-09,submitted,", "invoice"),
    ],
)
def test_an_id_that_stands_for_two_records_of_a_file_is_refused(
    folder: Folder, name: str, first: str, second: str, why: str
) -> None:
    head = {"visits": VISITS, "invoices": INVOICES, "payments": PAYMENTS, "claims": CLAIMS}[name]
    said = refused(folder, f"{name}.csv", f"{head}{first}\n{second}\n")
    assert f":3: the id of this {name[:-1]} stands for another one, with another {why} (row 2)" in said


@pytest.mark.parametrize(
    ("name", "first", "second", "why"),
    [
        ("visits", f"1,{VISIT}", "1,2026-04-02,adams,P-2,completed,97110,50.00", "patient"),
        ("visits", f"1,{VISIT}", "1,2026-04-02,adams,P-1,completed,97110,50.00", "day"),
        ("invoices", "1,,2026-03-02,adams,P-1,,50.00,", "1,,2026-04-02,adams,P-2,,80.00,", "patient"),
        ("invoices", "1,,2026-03-02,adams,P-1,,50.00,", "1,,2026-04-02,adams,P-1,,50.00,", "day"),
        ("payments", "1,2026-03-02,I1,,card,50.00,", "1,2026-04-02,I1,,card,50.00,", "day"),
        ("payments", "1,2026-03-02,I1,,card,50.00,", "1,2026-04-02,I9,,card,50.00,", "invoice and day"),
        ("adjustments", "1,2026-03-02,I1,write-off,50.00", "1,2026-04-02,I1,write-off,30.00", "day and amount"),
    ],
)
def test_ids_that_begin_anew_with_every_export_are_refused(
    folder: Folder, name: str, first: str, second: str, why: str
) -> None:
    head = {"visits": VISITS, "invoices": INVOICES, "payments": PAYMENTS, "adjustments": ADJUSTMENTS}[name]
    folder.take(f"march-{name}.csv", f"{head}{first}\n")
    said = refused(folder, f"april-{name}.csv", f"{head}{second}\n")
    assert f":2: the id of this {name[:-1]} stands for another one, with another {why} (2026/2026-03-{name}" in said


@pytest.mark.parametrize(
    ("name", "first", "second", "what"),
    [
        ("visits", f"1,{VISIT}", "1,2026-03-02,adams,P-9,completed,97110,50.00", "patient"),
        ("visits", f"1,{VISIT}", "1,2026-03-02,adams,P-1,completed,97110,80.00", "fee"),
        ("invoices", "1,,2026-03-02,adams,P-1,,50.00,", "1,,2026-03-02,adams,P-1,,80.00,", "amount"),
        ("payments", "1,2026-03-02,I1,,card,50.00,", "1,2026-03-02,I1,,card,30.00,", "amount"),
    ],
)
def test_what_was_corrected_is_reported_and_left(folder: Folder, name: str, first: str, second: str, what: str) -> None:
    head = {"visits": VISITS, "invoices": INVOICES, "payments": PAYMENTS}[name]
    folder.take(f"a-{name}.csv", f"{head}{first}\n")
    (answer,) = folder.take(f"b-{name}.csv", f"{head}{second}\n")
    assert (answer["booked"], [each["what"] for each in answer["changed"]]) == (0, [what])


def test_a_day_that_the_file_covers_was_corrected(folder: Folder) -> None:
    other = "2,2026-03-01,adams,P-2,completed,97110,50.00\n"
    folder.take("a.csv", VISITS + other + "1,2026-03-02,adams,P-1,completed,97110,50.00\n")
    (answer,) = folder.take("b.csv", VISITS + other + "1,2026-03-03,adams,P-1,completed,97110,50.00\n")
    assert (answer["booked"], [each["what"] for each in answer["changed"]]) == (0, ["date"])


def test_ids_that_differ_in_case_only_are_one_where_all_else_agrees(folder: Folder) -> None:
    visit = "2026-03-02,adams,P-1,completed,97110,50.00\n"
    folder.take("visits.csv", VISITS + "V-a1," + visit)
    (answer,) = folder.take("again.csv", VISITS + "v-A1," + visit)
    assert (answer["booked"], answer["known"]) == (0, 1)
    assert answer["notes"][0] == "1 row with an id that the books write in other letters, first row 2"
    folder.take("invoices.csv", INVOICES + "INV-1,V-A1,2026-03-02,adams,P-1,,50.00,\n")
    folder.take("payments.csv", PAYMENTS + "P1,2026-03-04,inv-1,,card,50.00,\n")
    books = folder.books()
    assert (list(books.visits), books.visits["V-a1"].date) == (["V-a1"], date(2026, 3, 2))
    assert [invoice.visits for invoice in books.bills] == [("V-a1",)]
    assert [payment.invoice for payment in books.payments_of_invoice["INV-1"]] == ["INV-1"]


@pytest.mark.parametrize(
    "other",
    [
        "2026-03-02,adams,P-2,completed,97110,50.00",
        "2026-03-09,adams,P-1,completed,97110,50.00",
        "2026-03-02,adams,P-1,completed,97110,80.00",
    ],
)
@pytest.mark.parametrize("together", [True, False])
def test_ids_that_differ_in_case_only_are_two_where_anything_else_differs(
    folder: Folder, other: str, together: bool
) -> None:
    first, second = "a7B,2026-03-02,adams,P-1,completed,97110,50.00\n", f"A7b,{other}\n"
    for number, text in enumerate([first + second] if together else [first, second]):
        folder.take(f"{number}.csv", VISITS + text)
    assert set(folder.books().visits) == {"a7B", "A7b"}


def test_a_void_comes_with_the_id_of_what_it_takes_back(folder: Folder) -> None:
    (answer,) = folder.take("p.csv", PAYMENTS + "P1,2026-03-02,I1,,card,50.00,\nP1,2026-03-09,I1,,card,-50.00,\n")
    assert answer["booked"] == 2


def test_bills_in_other_letters_are_two_though_day_and_amount_agree_and_that_is_said(folder: Folder) -> None:
    rows = "bill-7,,2026-03-02,adams,P-1,,64.00,\nBILL-7,,2026-03-02,adams,P-2,,64.00,\n"
    (answer,) = folder.take("a.csv", INVOICES + rows)
    assert (answer["booked"], sorted(folder.books().invoices)) == (2, ["BILL-7", "bill-7"])
    assert "both count, first row 3" in answer["notes"][0]
    (answer,) = folder.take("b.csv", PAYMENTS + "P1,2026-03-04,Bill-7,,card,64.00,\n")
    assert "several records have in other letters, and none as it is written, first row 2" in answer["notes"][0]
    (answer,) = folder.take("c.csv", INVOICES + rows + "bILL-7,,2026-03-02,adams,P-2,,64.00,\n")
    assert (answer["booked"], answer["known"]) == (0, 2)


@pytest.mark.parametrize("cell", ["4.11902E+09", "4.11902e9", "#N/A", "#REF!", "########"])
def test_what_a_spreadsheet_shows_in_the_place_of_a_number_is_no_id_and_no_check_number(
    folder: Folder, cell: str
) -> None:
    for name, text in (
        ("patient_id", VISITS + f"V1,2026-03-02,adams,{cell},completed,97110,50.00\n"),
        ("visit_id", VISITS + f"{cell},2026-03-02,adams,P-1,completed,97110,50.00\n"),
        ("invoice_id", PAYMENTS + f"P1,2026-03-02,{cell},,card,50.00,\n"),
    ):
        (answer,) = folder.take(f"{name}.csv", text)
        assert f"2: {name} was cut by a spreadsheet" in answer["error"]
    folder.take("checks.csv", PAYMENTS + f"P1,2026-03-02,I1,,check,50.00,{cell}\n")
    assert [payment.reference for payment in folder.books().received] == [None]
