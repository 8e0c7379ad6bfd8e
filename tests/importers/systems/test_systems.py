"""Exports of practice systems: what a column map understands, and what it refuses."""

from __future__ import annotations

import datetime
import itertools
from decimal import Decimal
from functools import partial
from pathlib import Path

import pytest
from beancount.core.data import Transaction
from daysheet import patients
from daysheet.errors import DaysheetError
from daysheet.importers.privacy.identifiers import normal
from daysheet.importers.reading import Context, Reading
from daysheet.importers.rows.raw_file import RawFile
from daysheet.importers.systems import source as systems
from daysheet.importers.systems.marks import Terms
from daysheet.importers.systems.profile_file import parse
from daysheet.importers.systems.source import SystemSource
from daysheet.records import Adjustment, Invoice, Payment, Visit

from tests.importers.books_folder import Folder

CONTEXT = Context(partial(patients.token, secret=b"0123456789abcdef"))
PROFILES = {source.name: source for source in systems.shipped()}
PROFILE = """
title = "Clinic"
system = "clinic"
source = "nowhere/(made for a test)"
patient = ["Name"]
[match]
header = ["When", "Name", "Who", "State", "Fee"]
[dates]
format = ["%Y-%m-%d", "%d/%m/%Y", "excel"]
[[visit]]
id = ["When", "Name", "Who"]
date = "When"
provider = "Who"
fee = ["Fee"]
status = { column = "State", words = { kept = "completed", missed = "no-show", off = "cancelled", due = "scheduled" } }
[sample]
text = ""
records = []
"""


@pytest.fixture
def read(tmp_path: Path):
    def reading(
        text: str, source: SystemSource | None = None, context: Context = CONTEXT, name="export.csv"
    ) -> Reading:
        path = tmp_path / name
        path.write_text(text.lstrip("\n"), encoding="utf-8")
        file = RawFile(path)
        source = source or SystemSource("practice-clinic", parse(PROFILE, Path("practice-clinic.toml")))
        assert source.matches(file)
        return source.read(file, context)

    return reading


def visits(reading: Reading) -> list[Visit]:
    return [record for record in reading.records if isinstance(record, Visit)]


HEAD = "When,Name,Who,State,Fee\n"


def test_dates_of_several_forms_stand_in_one_column(read) -> None:
    reading = read(HEAD + "2026-03-02,A B,adams-1,kept,50\n17/3/2026,C D,adams-1,kept,50\n46099,E F,adams-1,kept,50\n")
    days = [visit.date.isoformat() for visit in visits(reading)]
    assert days == ["2026-03-02", "2026-03-17", "2026-03-18"]


def test_status_words_mean_the_four_statuses_whatever_their_case(read) -> None:
    rows = [f"2026-03-0{n},P,adams-1,{word},50" for n, word in enumerate(["KEPT", "Missed", "off", "due"], 1)]
    reading = read(HEAD + "\n".join(rows))
    assert [visit.status for visit in visits(reading)] == ["completed", "no-show", "cancelled", "scheduled"]


def test_planned_visits_do_not_extend_the_days_that_a_file_covers(read) -> None:
    reading = read(HEAD + "2026-03-02,A,adams-1,kept,50\n2026-04-20,B,adams-1,due,50\n2026-04-21,B,adams-1,off,50\n")
    assert (reading.first, reading.last) == (datetime.date(2026, 3, 2), datetime.date(2026, 3, 2))


def test_rows_alike_are_counted_and_keep_their_ids_in_a_later_longer_export(read) -> None:
    day = "2026-03-02,A B,adams-1,kept,50\n"
    first = visits(read(HEAD + day * 2))
    later = visits(read(HEAD + "2026-03-01,C D,adams-1,kept,50\n" + day * 2 + "2026-03-03,A B,adams-1,kept,50\n"))
    assert len({visit.id for visit in first}) == 2
    assert [visit.id for visit in first] == [visit.id for visit in later[1:3]]
    assert len({visit.id for visit in later}) == 4


def test_a_made_id_does_not_change_with_the_case_of_a_name(read) -> None:
    one, two = (visits(read(HEAD + f"2026-03-02,{name},adams-1,kept,50\n"))[0] for name in ("Ann Lee", "ANN LEE"))
    assert (one.id, one.patient) == (two.id, two.patient)


def test_a_provider_is_who_the_books_or_the_settings_say_and_else_unreadable(read) -> None:
    rows = HEAD + "2026-03-02,A,Dr. Gabriella Evans,kept,1\n2026-03-02,B,R. Roe,kept,1\n2026-03-02,C,Jo Poe,kept,1\n"
    context = Context(CONTEXT.token, providers={normal("Gabriella Evans"): "evans"})
    profile = parse(PROFILE, Path("practice-clinic.toml"))
    source = SystemSource("practice-clinic", profile, Terms(providers={normal("R. Roe"): "roe"}))
    evans, roe, poe = (visit.provider for visit in visits(read(rows, source, context)))
    assert (evans, roe) == ("evans", "roe")
    assert poe.startswith("x-")
    assert "poe" not in poe.casefold()


@pytest.mark.parametrize(
    ("row", "said"),
    [
        ("2026-03-02,Secret Name,adams-1,Secret Name,50", 'column "State" holds a word that the profile does not know'),
        ("Secret Name,A B,adams-1,kept,50", 'column "When" is not a date'),
        ("2026-03-02,A B,adams-1,kept,Secret Name", 'column "Fee" is not an amount'),
        (",Secret Name,adams-1,kept,50", 'column "When" is blank'),
        ("2026-03-02,Secret Name,,kept,50", 'column "Who" is blank'),
        ("2026-03-02,Secret Name,adams-1,kept", "has 4 cells where the header has 5"),
        ("2026-03-02,Secret Name,adams-1,kept,50,x", "has 6 cells where the header has 5"),
    ],
)
def test_a_malformed_row_is_refused_by_line_and_column_without_its_content(read, row: str, said: str) -> None:
    with pytest.raises(DaysheetError) as caught:
        read(HEAD + "2026-03-01,A B,adams-1,kept,50\n" + row + "\n")
    assert said in str(caught.value)
    assert caught.value.line == 3
    assert "Secret" not in str(caught.value)


def test_a_header_without_rows_is_refused(read) -> None:
    with pytest.raises(DaysheetError, match="has a header and no rows"):
        read(HEAD)


SIMPLEPRACTICE = "practice-simplepractice-appointments"
HALF = (
    "Date of Service,Client,Clinician,Billing Code,Rate per Unit,Units,Total Fee,"
    "Client Payment Status,Charge,Uninvoiced,Paid,Unpaid"
)
WHOLE = HALF + ",Insurance Payment Status,Charge,Paid,Write-off,Unpaid"


def test_columns_of_one_name_are_told_apart(read) -> None:
    row = (
        "04/27/2026 12:00,Client Four,Clinician A,90847,130.0,1,130.0,PAID,30.0,0.0,30.0,0.0,PAID,100.0,70.0,20.0,10.0"
    )
    reading = read(f"{WHOLE}\n{row}\n", PROFILES[SIMPLEPRACTICE])
    charged = {(one.payer, one.amount) for one in reading.records if isinstance(one, Invoice)}
    paid = {(one.payer, one.amount) for one in reading.records if isinstance(one, Payment)}
    written = [one.amount for one in reading.records if isinstance(one, Adjustment)]
    assert charged == {(None, Decimal("30.00")), ("insurance", Decimal("100.00"))}
    assert paid == {(None, Decimal("30.00")), ("insurance", Decimal("70.00"))}
    assert written == [Decimal("20.00")]


@pytest.mark.parametrize(
    ("header", "row"),
    [
        (HALF, "03/02/2026 09:00,C,Clinician A,90834,120,1,120,PAID,120,0,120,0"),
        (HALF + ",Progress Note Status", "03/02/2026 09:00,C,Clinician A,90834,120,1,120,PAID,120,0,120,0,NO NOTE"),
        ("Progress Note Status," + HALF, "NO NOTE,03/02/2026 09:00,C,Clinician A,90834,120,1,120,PAID,120,0,120,0"),
    ],
)
def test_the_report_without_the_insurers_half_or_with_note_status_is_read(read, header: str, row: str) -> None:
    reading = read(f"{header}\n{row}\n", PROFILES[SIMPLEPRACTICE])
    assert [one.amount for one in reading.records if isinstance(one, Invoice | Payment)] == [120, 120]


TICKS = ("SSN", "DOB", "Pubpid", "Policy", "Group Number", "Phone", "City")


@pytest.mark.parametrize("aging", [False, True], ids=["", "aging"])
@pytest.mark.parametrize("error", [False, True], ids=["", "error"])
def test_openemr_rows_are_aligned_whatever_is_ticked(read, tmp_path: Path, aging: bool, error: bool) -> None:
    for chosen in itertools.chain.from_iterable(itertools.combinations(TICKS, n) for n in range(len(TICKS) + 1)):
        tail = [*(["Aging Days"] if aging else []), "Error" if error else ""]
        names = [
            "Insurance",
            "Name",
            *chosen,
            "Invoice",
            "DOS",
            "Referrer",
            "Provider",
            "Charge",
            "Adjust",
            "Paid",
            "Balance",
        ]
        header = ",".join(f'"{name}"' if name else "" for name in [*names, *tail])
        cells = [
            "",
            "Last, First",
            *("9" for _ in chosen),
            "17.204",
            "2026-03-02",
            "",
            "3",
            "150.00",
            "-30.00",
            "80.00",
            "40.00",
        ]
        row = ",".join(f'"{cell}"' for cell in [*cells, "12"]) + (',"seems done"' if error else ",")
        reading = read(f"{header}\n{row}\n", PROFILES["practice-openemr-collections"])
        amounts = [one.amount for one in reading.records if isinstance(one, Invoice | Payment | Adjustment)]
        assert amounts == [Decimal("150.00"), Decimal("80.00"), Decimal("30.00")], chosen


def test_janes_payer_that_is_the_patient_is_no_payer(read) -> None:
    sample = PROFILES["practice-jane-sales"].profile.sample.text
    reading = read(sample.replace(",First Last,1,", ",LAST First,1,"), PROFILES["practice-jane-sales"])
    assert {one.payer for one in reading.records if isinstance(one, Invoice | Payment)} == {None}


@pytest.mark.parametrize(
    ("wrong", "right", "said"),
    [
        ('date = "When"', 'date = "Wen"', 'there is no column "Wen" in the header; did you mean "When"?'),
        ('kept = "completed"', 'kept = "done"', '"done" is no status'),
        ('"excel"]', '"%Q"]', "is no strptime notation"),
        ("[[visit]]", "[[visits]]", 'unknown key "visits"'),
    ],
)
def test_a_profile_that_makes_no_sense_is_refused_with_its_line(wrong: str, right: str, said: str) -> None:
    with pytest.raises(DaysheetError) as caught:
        parse(PROFILE.replace(wrong, right), Path("practice-clinic.toml"))
    assert said in str(caught.value)
    assert caught.value.line is not None


def test_payments_of_the_same_days_from_two_exports_of_one_system_are_said(folder: Folder) -> None:
    sample = PROFILES["practice-simplepractice-pay-period"].profile.sample.text.lstrip("\n")
    folder.take("status.csv", PROFILES[SIMPLEPRACTICE].profile.sample.text.lstrip("\n"))
    (answer,) = folder.take("pay.csv", sample.replace("03/25/2026", "03/03/2026"))
    assert any("take them from one export only" in note for note in answer["notes"])


def test_a_processors_fee_comes_off_what_waits_for_the_bank_once(folder: Folder) -> None:
    text = PROFILES["practice-stripe-payouts"].profile.sample.text.lstrip("\n")
    (first,) = folder.take("stripe.csv", text)
    (again,) = folder.take("again.csv", text + "\n")
    entries = [entry for entry in folder.books().entries if isinstance(entry, Transaction)]
    legs = {posting.account: posting.units.number for entry in entries for posting in entry.postings if posting.units}
    assert legs == {"Expenses:MerchantFees": Decimal("2.63"), "Assets:Clearing:Cards": Decimal("-2.63")}
    assert [(each["rows"], each["booked"], each["known"], len(each["skipped"])) for each in (first, again)] == [
        (4, 3, 0, 1),
        (4, 0, 3, 1),
    ]


def test_every_row_of_an_export_is_accounted_for_and_a_later_one_books_what_is_new(folder: Folder) -> None:
    rows = [f"03/{n:02}/2026 09:00,Client {n},Clinician A,90834,90,1,90,PAID,90,0,90,0,,0,0,0,0\n" for n in range(1, 9)]
    (first,) = folder.take("a.csv", WHOLE + "\n" + "".join(rows[:5]))
    (later,) = folder.take("b.csv", WHOLE + "\n" + "".join(rows[2:]))
    assert [(each["rows"], each["booked"], each["known"]) for each in (first, later)] == [(5, 5, 0), (6, 3, 3)]
    books = folder.books()
    assert (len(books.visits), len(books.invoices), len(books.payments)) == (8, 8, 8)


def test_a_row_with_nothing_to_book_is_covered_all_the_same(read) -> None:
    """Split to no procedure: money on account."""
    text = (
        PROFILE[: PROFILE.index("[[visit]]")]
        + ('[[allocation]]\nid = ["Who"]\npayment = ["State"]\nline = ["Name"]\ndate = "When"\namount = ["Fee"]\n')
        + PROFILE[PROFILE.index("[sample]") :]
    )
    source = SystemSource("practice-clinic", parse(text, Path("practice-clinic.toml")))
    rows = "When,Name,Who,State,Fee\n2026-03-02,20001,1,701,54.00\n2026-03-09,0,2,702,30.00\n"
    reading = read(rows, source)
    assert (str(reading.first), str(reading.last), len(reading.records)) == ("2026-03-02", "2026-03-09", 1)
