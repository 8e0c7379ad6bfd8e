"""What the detector says of exports of practice systems that nobody has a profile for; every row is invented."""

from __future__ import annotations

from pathlib import Path

import pytest
from daysheet.importers.detection.exports.detect import DetectedExport, detect_export, detected_as
from daysheet.importers.detection.exports.header_words import words_of
from daysheet.importers.detection.exports.known import Known
from daysheet.importers.detection.exports.status_words import visit_state
from daysheet.importers.rows.raw_file import RawFile
from daysheet.importers.systems.source import shipped


@pytest.fixture
def seen(tmp_path: Path):
    def look(text: str, name: str = "export.csv") -> DetectedExport | None:
        path = tmp_path / name
        path.write_text(text, encoding="utf-8")
        return detect_export(RawFile(path))

    return look


@pytest.mark.parametrize(
    ("header", "words"),
    [
        ("PatNum", ("patient", "number")),
        ("PATIENTID", ("patient", "id")),
        ("Appt #", ("appointment", "number")),
        ("appointment_no", ("appointment", "number")),
        ("No-show", ("noshow",)),
        ("NoShow", ("noshow",)),
        ("Show Up Status", ("attended", "status")),
        ("Write-off", ("writeoff",)),
        ("DOS", ("dos",)),
        ("claimprocnum", ("claim", "procedure", "number")),
        ("Did not arrive", ("noshow",)),
        ("Last Name", ("surname",)),
        ("Staff Member", ("staff",)),
        ("Fee Note No", ("invoice", "number")),
    ],
)
def test_a_header_is_read_in_the_fields_words(header: str, words: tuple[str, ...]) -> None:
    assert words_of(header) == words


# kind, header, rows, roles: of systems invented here, in the words of the trade
EXPORTS = [
    (
        "visits",
        "Appt #;Start;Client;Therapist;Outcome;Session Type;Mins",
        "A-{n};2026-03-0{d} 09:15;Client {n};T. Alder;{status};Intake;50",
        {"id": "Appt #", "date": "Start", "patient": "Client", "provider": "Therapist", "status": "Outcome"},
    ),
    (
        "visits",
        "ScheduleID,PatientNo,Dentist,Booked On,Visit Date,Age,Showed,BP Systolic",
        "{n},P{n},DR01,02/2{d}/2026,03/1{d}/2026,4{d},{flag},12{d}",
        {"id": "ScheduleID", "date": "Visit Date", "patient": "PatientNo", "provider": "Dentist", "status": "Showed"},
    ),
    (
        "invoices",
        "Invoice No,Encounter,Issue Date,Due Date,Patient ID,Payor,Total Billed,Ins Portion,Pt Portion,Pmt Status",
        "INV{n},E{n},03/1{d}/2026,04/1{d}/2026,P{n},Plan A,150.00,100.00,50.00,{paid}",
        {
            "id": "Invoice No", "date": "Issue Date", "visit": "Encounter", "patient": "Patient ID", "payer": "Payor",
            "amount": "Total Billed", "status": "Pmt Status",
        },
    ),
    (
        "payments",
        "Receipt ID,Date Received,Chart No,Pay Method,Amount Paid,Inv #,Check No",
        "R{n},2026-03-1{d},C{n},{method},75.50,INV{n},10{n}",
        {
            "id": "Receipt ID", "date": "Date Received", "patient": "Chart No", "method": "Pay Method",
            "amount": "Amount Paid", "invoice": "Inv #",
        },
    ),
    (
        "adjustments",
        "AdjNum,AdjDate,PatNum,AdjType,AdjAmt,ProcNum",
        "{n},2026-03-1{d},{n}1,PPO Write-off,-12.50,{n}7",
        {"id": "AdjNum", "date": "AdjDate", "patient": "PatNum", "amount": "AdjAmt"},
    ),
    (
        "claims",
        "Claim Number,DOS,Submitted,Insurance Company,Subscriber ID,Claim Status,Billed Amount,Allowed,Denial Reason",
        "CL{n},03/1{d}/2026,03/2{d}/2026,Plan A,S{n},{claim},210.00,150.00,",
        {"id": "Claim Number", "date": "DOS", "payer": "Insurance Company", "status": "Claim Status",
         "amount": "Billed Amount"},
    ),
]  # fmt: skip


def written(header: str, row: str, count: int = 9) -> str:
    """An export of `count` rows."""
    cycle = {
        "status": ("Attended", "DNA", "Late Cancel"),
        "flag": ("Y", "N", "Y"),
        "paid": ("Paid", "Unpaid", "Partial"),
        "method": ("Visa", "Cash", "Check"),
        "claim": ("Paid", "Denied", "In Review"),
    }
    rows = [
        row.format(n=1000 + n, d=n, **{key: words[n % 3] for key, words in cycle.items()}) for n in range(1, count + 1)
    ]
    return "\n".join([header, *rows]) + "\n"


@pytest.mark.parametrize(("kind", "header", "row", "roles"), EXPORTS, ids=lambda value: str(value)[:20])
def test_the_kind_and_the_columns_of_an_unknown_export_are_found(seen, kind, header, row, roles) -> None:
    found = seen(written(header, row))
    assert found is not None
    assert found.kind.name == kind
    assert {role: found.columns.get(role) for role in roles} == roles
    assert "kind" not in found.unsettled


@pytest.mark.parametrize(("kind", "header", "row", "roles"), EXPORTS, ids=lambda value: str(value)[:20])
def test_every_answer_has_its_evidence(seen, kind, header, row, roles) -> None:
    found = seen(written(header, row))
    assert found is not None
    assert {"kind", *roles} <= found.evidence.keys()


def test_the_words_of_a_status_are_the_fields(seen) -> None:
    found = seen(written(EXPORTS[0][1], EXPORTS[0][2]))
    assert found is not None
    assert found.status.words == {"Attended": "completed", "DNA": "no-show", "Late Cancel": "cancelled"}


@pytest.mark.parametrize(
    ("word", "meaning"),
    [
        ("cancelled_by_customer", "cancelled"),
        ("Cancelled - late notice", "cancelled"),
        ("NO_SHOW", "no-show"),
        ("No show (fee waived)", "no-show"),
        ("Checked out", "completed"),
        ("Rescheduled", "cancelled"),
        ("accepted", "scheduled"),
    ],
)
def test_a_word_of_a_visit_is_known_however_it_is_written(word: str, meaning: str) -> None:
    assert visit_state(word) == meaning


@pytest.mark.parametrize("word", ["Cancelled by Quillfeather", "No show: Ottoline", "Completed 415-555-0137"])
def test_a_word_with_more_behind_it_than_words_of_the_trade_means_nothing(word: str) -> None:
    assert visit_state(word) == ""


@pytest.mark.parametrize(
    ("header", "yes", "completed", "missed"),
    [
        ("No-show", "Yes", "No", "Yes"),
        ("NoShow", "1", "0", "1"),
        ("Attended", "True", "True", "False"),
        ("Arrived", "Y", "Y", "N"),
    ],
)
def test_a_flag_means_what_its_header_says(seen, header: str, yes: str, completed: str, missed: str) -> None:
    rows = "".join(f"{n},2026-03-1{n % 9},P{n},D1,{completed if n % 3 else missed}\n" for n in range(1, 12))
    found = seen(f"AppointmentID,Appointment Day,PatientId,Doctor,{header}\n{rows}")
    assert found is not None
    assert found.columns["status"] == header
    assert found.status.words == {completed: "completed", missed: "no-show"}


def test_a_word_that_nobody_knows_is_named_by_its_line_and_never_quoted(seen) -> None:
    found = seen(
        "Visit ID,Visit Date,Patient ID,Doctor,Status\n"
        + "".join(f"V{n},2026-03-1{n},P{n},D1,{'Ottoline' if n == 4 else 'Completed'}\n" for n in range(1, 9))
    )
    assert found is not None
    assert found.status.unknown == (5,)
    assert "status_words" in found.unsettled
    assert "Ottoline" not in str(found.as_json())


def test_the_amounts_of_a_row_are_related(seen) -> None:
    found = seen(
        "Charge ID,DOS,Patient,Provider,CPT,Charge,Adjustment,Payment,Balance\n"
        + "".join(
            f"{n},2026-03-1{n},P{n},D1,99213,{100 + n}.00,{n}0.00,50.00,{50 + n - 10 * n}.00\n" for n in range(1, 6)
        )
    )
    assert found is not None
    assert found.kind.name == "invoices"
    assert found.columns["amount"] == "Charge"
    assert '"Charge" = "Adjustment" + "Payment" + "Balance"' in found.evidence["amounts"]


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("Date,Description,Amount,Balance\n2026-03-01,Rent,-9.00,90.00\n2026-03-02,Insurance,-5.00,85.00\n", "bank"),
        ("Patient ID,First Name,Last Name,Birth Date,Gender\n1,A,B,1980-01-02,F\n2,C,D,1981-01-02,M\n", "patients"),
        ("doctor_id,name,specialty,phone\n1,A,Ortho,1\n2,B,Ortho,2\n", "providers"),
        ("Payment ID,Created,Amount,Fee,Net\np1,2026-03-01,10.00,0.30,9.70\np2,2026-03-02,9.00,0.3,8.7\n", "processor"),
    ],
)  # fmt: skip
def test_what_is_no_export_of_records_is_none(seen, text: str, why: str) -> None:
    assert seen(text) is None, why


@pytest.mark.parametrize(
    ("days", "formats", "rivals"),
    [
        (("2026-03-01", "17/3/2026"), ("%Y-%m-%d", "%d/%m/%Y"), ()),
        (("03/17/2026", "03/02/2026"), ("%m/%d/%Y",), ()),
        (("03/04/2026", "04/05/2026"), ("%m/%d/%Y",), ("%d/%m/%Y",)),
        (("17/03/2026", "03/17/2026", "02/03/2026"), ("%m/%d/%Y", "%d/%m/%Y"), ("%d/%m/%Y",)),
    ],
)
def test_days_in_several_notations_are_read_and_ambiguous_ones_said_to_be(seen, days, formats, rivals) -> None:
    rows = "".join(f"V{n},{days[n % len(days)]},P{n},D1,Completed\n" for n in range(9))
    found = seen(f"Visit ID,Visit Date,Patient ID,Doctor,Status\n{rows}")
    assert found is not None
    assert (found.dates.formats, found.dates.rivals) == (formats, rivals)
    assert ("date_format" in found.unsettled) is bool(rivals)


SHIPPED = {
    "practice-jane-appointments": ("visits", {"date": "start_at", "provider": "staff_member_name", "status": "state"}),
    "practice-jane-sales": ("invoices", {"date": "Invoice Date", "payer": "Payer", "amount": "Total"}),
    "practice-opendental-appointments": ("visits", {"id": "VisitId", "date": "VisitTime", "status": "VisitState"}),
    "practice-opendental-procedures": ("invoices", {"id": "ProcedureId", "visit": "VisitId", "amount": "Charge"}),
    "practice-opendental-payments": ("payments", {"id": "PaymentId", "method": "PaidBy", "amount": "Received"}),
    "practice-opendental-claims": ("claims", {"id": "ClaimId", "payer": "Insurer", "status": "ClaimState"}),
    "practice-opendental-adjustments": ("adjustments", {"id": "AdjustmentId", "date": "AdjustedDay"}),
    "practice-openemr-collections": ("invoices", {"id": "Invoice", "date": "DOS", "amount": "Charge"}),
    "practice-simplepractice-pay-period": ("payments", {"date": "Date Paid", "amount": "Amount Paid"}),
    "practice-simplepractice-payments": ("payments", {"id": "Payment ID", "method": "Payment type"}),
    "practice-synthea-encounters": ("visits", {"id": "Id", "date": "START", "provider": "PROVIDER"}),
    "practice-stripe-payouts": (None, {}),
    "practice-square-2022": (None, {}),
    "practice-square-2026": (None, {}),
    "practice-jane-payouts": (None, {}),
}


@pytest.mark.parametrize("name", SHIPPED)
def test_the_exports_of_known_systems_are_told_without_their_profiles(tmp_path: Path, name: str) -> None:
    kind, columns = SHIPPED[name]
    sample = next(source.profile.sample for source in shipped() if source.name == name)
    path = tmp_path / sample.filename
    path.write_text(sample.text.lstrip("\n"), encoding="utf-8")
    found = detect_export(RawFile(path))
    assert (None if found is None else found.kind.name) == kind
    assert found is None or {role: found.columns.get(role) for role in columns} == columns


def test_a_column_whose_values_the_books_know_is_the_reference(seen) -> None:
    found = seen(
        "No,Posted,Who,Ref,What,Charge\n"
        + "".join(f"F{n},2026-03-{n:02},Okafor,A77{n:02},Exam,90.00\n" for n in range(1, 9)),
        "charges.csv",
    )
    assert found is None  # nothing in it says whose it is
    told = seen(
        "Invoice No,Posted,Who,Ref,Charge\n"
        + "".join(f"F{n},2026-03-{n:02},Okafor,A77{n:02},90.00\n" for n in range(1, 9))
    )
    assert told is not None
    assert {"visit", "provider"}.isdisjoint(told.columns)
    known = Known(visits=frozenset(f"A77{n:02}" for n in range(1, 20)), providers=frozenset({"okafor"}))
    by_books = detected_as(told.encoding, told.grid, told.facts, told.kind, known=known)
    assert (by_books.columns["visit"], by_books.columns["provider"]) == ("Ref", "Who")
    assert "already imported" in by_books.evidence["visit"]


def test_a_visit_s_own_number_stays_its_id_where_bills_that_are_known_bear_it_too(tmp_path: Path) -> None:
    """Charges that were imported before are grouped by the number of their appointment."""
    path = tmp_path / "appointments.csv"
    rows = [f"{6100 + n},2026-04-{n:02} 9:00,OKAFOR,{300 + n},Complete,97110,80.00" for n in range(1, 20)]
    path.write_text("AptNum,AptDateTime,Provider,PatNum,AptStatus,ProcDescript,Fee\n" + "\n".join(rows) + "\n")
    told = detect_export(RawFile(path))
    assert told is not None
    known = Known(invoices=frozenset(str(6100 + n) for n in range(1, 20)))
    by_books = detected_as(told.encoding, told.grid, told.facts, told.kind, known=known)
    assert by_books.columns["id"] == "AptNum"
    assert "invoice" not in by_books.columns
