"""A practice system that nobody knows, from four of its exports to exact findings, with no file edited by hand.

The system and its practice are invented here; what is planted is known before anything of it is read.
"""

from __future__ import annotations

import datetime
import json
import os
import pty
import random
import subprocess
from collections import Counter
from decimal import Decimal
from pathlib import Path
from typing import Any, NamedTuple

import openpyxl
import pytest
from beancount.core.data import Transaction

from tests import forked
from tests.importers.books_folder import Folder, secretly

FEES = {"97110": Decimal("85.00"), "97140": Decimal("95.50"), "97161": Decimal("140.00")}
THERAPISTS = {"Okafor, Ada": "okafor", "Lindqvist, Per": "lindqvist"}
COMPANIES = {"Harbor Mutual": "harbor", "Northfield Health": "northfield"}


class Planted(NamedTuple):
    """The exports' texts, and what a check must find in the books."""

    texts: dict[str, str]
    unbilled: set[str]
    doubled: set[str]
    missed: set[str]
    charged: Decimal
    received: Decimal
    written_off: Decimal


def planted(seed: int) -> Planted:
    """Two months of a practice of two therapists, with every kind of lapse planted in it."""
    chance = random.Random(seed)
    calendar, fees, receipts, reductions = [], [], [], []
    unbilled, doubled, missed = set(), set(), set()
    charged = received = written_off = Decimal()
    numbers = {"bill": 70_000, "receipt": 40_000, "reduction": 9_000}
    day = datetime.date(2026, 3, 2)
    place = 5000
    while day < datetime.date(2026, 5, 1):
        for hour in range(9, 16) if day.weekday() < 5 else ():
            place += 1
            slot, who = f"SL-{place}", chance.choice(sorted(THERAPISTS))
            code = chance.choice(sorted(FEES))
            company = chance.choice(["", *COMPANIES])
            case = f"K{chance.randint(3001, 3040)}"
            became = "Fulfilled" if place % 11 else ("Did not attend" if place % 2 else "Called off")
            calendar.append(f"{slot}|{day:%d-%b-%Y} {hour:02}:15|{case}|{who}|{code}|{became}|45")
            billed = became == "Fulfilled" and place % 29 != 0
            if became == "Fulfilled" and not billed:
                unbilled.add(slot)
            if became == "Did not attend" and place % 3 == 0:
                billed = True
                missed.add(slot)
            for again in range((2 if place % 53 == 0 and became == "Fulfilled" else 1) if billed else 0):
                numbers["bill"] += 1
                fee = FEES[code]
                fees.append(f"FN{numbers['bill']}|{slot}|{day:%d-%b-%Y}|{case}|{who}|{code}|{company}|${fee}")
                charged += fee
                if again:
                    doubled.add(slot)
                    continue
                off = Decimal("10.00") if company and place % 4 == 0 else Decimal()
                if off:
                    numbers["reduction"] += 1
                    reductions.append(
                        f"{numbers['reduction']}|{day:%d-%b-%Y}|FN{numbers['bill']}|Contract allowance|${off}"
                    )
                    written_off += off
                if place % 7:
                    numbers["receipt"] += 1
                    how = "Electronic" if company else chance.choice(["Visa", "Currency", "Cheque"])
                    when = day + datetime.timedelta(days=3)
                    receipts.append(
                        f"{numbers['receipt']}|{when:%d-%b-%Y}|FN{numbers['bill']}|{case}|{company}|{how}|${fee - off}"
                    )
                    received += fee - off
        day += datetime.timedelta(days=1)
    heads = {
        "diary": "Slot Ref|Begins|Case No|Therapist|Treatment Code|Outcome|Mins",
        "fee-notes": "Fee Note No|Slot Ref|Raised On|Case No|Therapist|Treatment Code|Insurer|Fee Charged",
        "receipts": "Receipt No|Received On|Fee Note No|Case No|Insurer|Paid By|Amount Received",
        "reductions": "Adjustment No|Adjusted On|Fee Note No|Adjustment Type|Adjustment Amount",
    }
    rows = {"diary": calendar, "fee-notes": fees, "receipts": receipts, "reductions": reductions}
    texts = {f"{name}.csv": "\n".join([heads[name], *rows[name]]) + "\n" for name in heads}
    return Planted(texts, unbilled, doubled, missed, charged, received, written_off)


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> tuple[Folder, Planted, list[dict[str, Any]], dict[str, Any]]:
    """The books after three commands, what was planted, and what the first and the last of them said."""
    patch = pytest.MonkeyPatch()
    patch.setenv("DAYSHEET_SECRET", "a secret of the tests only")
    folder, truth = Folder(tmp_path_factory.mktemp("new-system") / "books"), planted(7)
    paths = [folder.give(name, text) for name, text in truth.texts.items()]
    said = [word for name, id_ in THERAPISTS.items() for word in ("--provider", f"{name}={id_}")]
    said += [word for name, id_ in COMPANIES.items() for word in ("--payer", f"{name}={id_}")]
    made = folder.run("profile", "new", *paths, "--name", "diarium", *said, "--word", "Currency=cash", "--json")
    assert made.exception is None, made.exception
    folder.take_paths(*paths)
    check = json.loads(folder.run("check", "--json").stdout)
    patch.undo()
    return folder, truth, json.loads(made.stdout), check


def keys(check: dict[str, Any], kind: str) -> set[str]:
    return {finding["key"] for finding in check["findings"] if finding["kind"] == kind}


def test_the_kinds_and_how_the_exports_refer_to_each_other_are_found(told) -> None:
    _, _, made, _ = told
    assert [each["kind"] for each in made] == ["visits", "invoices", "payments", "adjustments"]
    assert [sorted(each["refers"]) for each in made] == [[], ["visit"], ["invoice"], ["invoice"]]


def test_what_was_planted_is_found_and_nothing_else(told) -> None:
    _, truth, _, check = told
    unbilled = [finding for finding in check["findings"] if finding["kind"] == "unbilled-visit"]
    assert {finding["key"] for finding in unbilled} == truth.unbilled
    assert keys(check, "billed-no-show") == truth.missed
    doubled = [finding for finding in check["findings"] if finding["kind"] == "duplicate-bill"]
    assert {finding["key"] for finding in doubled} == truth.doubled


def test_the_ledger_has_what_the_exports_have(told) -> None:
    folder, truth, _, _ = told
    books = folder.books()
    charges = sum((bill.amount for bills in books.invoices.values() for bill in bills), Decimal())
    paid = sum((payment.amount for group in books.payments_of_invoice.values() for payment in group), Decimal())
    off = sum((each.amount for group in books.adjustments_of_invoice.values() for each in group), Decimal())
    assert (charges, paid, off) == (truth.charged, truth.received, truth.written_off)
    assert set(books.providers) == set(THERAPISTS.values())


def test_its_own_profiles_pass_and_name_no_patient_no_day_and_no_record(told) -> None:
    folder, truth, made, _ = told
    assert "4 of 4 profiles pass" in folder.run("profile", "test", *(each["profile"] for each in made)).stdout
    texts = "".join(Path(each["written"]).read_text(encoding="utf-8") for each in made)
    cells = {cell for text in truth.texts.values() for row in text.splitlines()[1:] for cell in row.split("|")}
    kept = {
        "Fulfilled",
        "Did not attend",
        "Called off",
        "Electronic",
        "Visa",
        "Currency",
        "Cheque",
        "Contract allowance",
    }
    named = {cell for cell in cells - kept - FEES.keys() if len(cell) > 2 and cell in texts}
    assert {cell for cell in named if not cell.startswith("$")} == set()


def test_an_import_again_changes_nothing(told, monkeypatch: pytest.MonkeyPatch) -> None:
    folder, truth, _, _ = told
    monkeypatch.setenv("DAYSHEET_SECRET", "a secret of the tests only")
    before = folder.snapshot()
    again = folder.take_paths(*(folder.given / name for name in truth.texts))
    assert Counter(file["booked"] for file in again) == {0: 4}
    assert folder.snapshot() == before


LEDGER = """Trans #,Trans Date,Pt ID,Provider,Trans Type,Code,Amount,Pay Method,Balance
1,03/02/2026,P1,D1,Charge,D1110,120.00,,120.00
2,03/02/2026,P1,D1,Payment,,-50.00,Visa,70.00
3,03/13/2026,P1,D1,Insurance Payment,,-60.00,EFT,10.00
4,03/13/2026,P1,D1,Write-off,,-10.00,,0.00
5,03/14/2026,P2,D1,Charge,D0120,80.00,,80.00
6,03/14/2026,P2,D1,Payment,,-30.00,Check,50.00
"""
HALVES = """Session Date,Client ID,Therapist,CPT,Session Fee,Client Paid,Insurance Paid,Write-off,Balance
03/02/2026,C1,moss,90837,150.00,30.00,100.00,20.00,0.00
03/13/2026,C2,moss,90834,120.00,0.00,0.00,0.00,120.00
03/14/2026,C3,moss,90834,120.00,20.00,90.00,10.00,0.00
"""


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Folder:
    monkeypatch.setenv("DAYSHEET_SECRET", "a secret of the tests only")
    return Folder(tmp_path / "books")


def owed(folder: Folder) -> Decimal:
    """What all receivable accounts hold."""
    found = Decimal()
    for entry in folder.books().entries:
        for leg in entry.postings if isinstance(entry, Transaction) else ():
            if leg.account.startswith("Assets:Receivable") and leg.units is not None:
                found += leg.units.number or 0
    return found


def test_a_row_that_is_a_charge_a_payment_or_an_adjustment_is_taken_so(folder: Folder) -> None:
    path = folder.give("ledger.csv", LEDGER)
    made = folder.run("profile", "new", path, "--name", "led", "--provider", "D1=d1", "--json")
    assert made.exception is None, made.exception
    assert json.loads(made.stdout)[0]["records"] == {"invoices": 2, "payments": 3, "adjustments": 1}
    assert "Balance" in json.loads(made.stdout)[0]["not_read"]
    text = (folder.path / "profiles" / "practice-led-invoices.toml").read_text()
    assert '[left-out]\n"Balance" = ' in text
    folder.take_paths(path)
    assert owed(folder) == Decimal("50.00")


def test_a_row_that_is_a_visit_its_bill_and_what_was_paid_on_it_is_taken_so(folder: Folder) -> None:
    path = folder.give("sessions.csv", HALVES)
    options = ("--kind", "visits", "--name", "half", "--word", "*=card", "--provider", "moss=moss", "--json")
    made = folder.run("profile", "new", path, *options)
    assert made.exception is None, made.exception
    records = json.loads(made.stdout)[0]["records"]
    assert (records["visits"], records["invoices"]) == (3, 3)
    folder.take_paths(path)
    assert owed(folder) == Decimal("120.00")


def test_a_workbook_is_read_as_text_is(folder: Folder) -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.append(["Elm Clinic, appointments"])
    sheet.append(["Visit No", "Visit Date", "Chart #", "Provider", "Visit Status", "Fee"])
    for n in range(1, 9):
        sheet.append([f"V{n:03}", datetime.date(2026, 3, n), 5000 + n, "D1", "Kept" if n % 4 else "No Show", 85.5])
    path = folder.given / "visits.xlsx"
    book.save(path)
    made = folder.run("profile", "new", path, "--name", "elm", "--provider", "D1=d1")
    assert made.exception is None, made.exception
    (taken,) = folder.take_paths(path)
    assert (taken["kind"], taken["booked"]) == ("visits", 8)
    assert Counter(visit.status for visit in folder.books().visits.values()) == {"completed": 6, "no-show": 2}


def test_a_day_of_cancellation_goes_before_a_flag_of_who_came(folder: Folder) -> None:
    rows = "".join(
        f"Intake,D1,P{n},2026-03-{n:02} 09:00,{'2026-03-01' if n % 4 == 0 else ''},{'Yes' if n % 5 == 0 else 'No'}\n"
        for n in range(1, 13)
    )
    head = "Appointment type,Practitioner,Patient ID,Starts at,Cancelled at,Did not arrive\n"
    path = folder.give("calendar.csv", head + rows)
    made = folder.run("profile", "new", path, "--name", "flags", "--provider", "D1=d1")
    assert made.exception is None, made.exception
    folder.take_paths(path)
    found = Counter(visit.status for visit in folder.books().visits.values())
    assert found == {"completed": 7, "cancelled": 3, "no-show": 2}


def test_what_the_files_do_not_settle_is_asked_of_who_sits_there(folder: Folder) -> None:
    rows = "".join(f"V{n},03/0{n}/2026,P{n},{'Roomed' if n == 5 else 'Kept'}\n" for n in range(1, 9))
    path = folder.give("visits.csv", "Visit ID,Visit Date,Patient ID,Status\n" + rows)
    refused = str(folder.run("profile", "new", path, "--name", "ask").exception)
    assert "Which provider's id is it for all rows?" in refused
    said = at_a_terminal(folder, path, "moss\ncompleted\n")
    assert "Roomed" not in said
    assert 'line 6 of column "Status"' in said
    text = (folder.path / "profiles" / "practice-ask-visits.toml").read_text()
    assert 'provider-is = "moss"' in text
    assert 'Roomed = "completed"' in text


def at_a_terminal(folder: Folder, path: Path, answers: str) -> str:
    """`profile new` as a program at a terminal; what it shows."""
    command = [forked.program(), "--books", str(folder.path), "profile", "new", str(path)]
    main, terminal = pty.openpty()
    with subprocess.Popen(
        [*command, "--name", "ask"], stdin=terminal, stdout=terminal, stderr=terminal, env=secretly()
    ) as run:
        os.close(terminal)
        os.write(main, answers.encode())
        shown = b""
        while True:
            try:
                more = os.read(main, 4096)
            except OSError:
                break
            shown += more
            if not more:
                break
        assert run.wait(60) == 0, shown.decode()
    os.close(main)
    return shown.decode()


@pytest.mark.parametrize(
    ("right", "wrong", "said"),
    [
        (
            'date = "Visit Date"',
            'date = "Visit Dat"',
            'there is no column "Visit Dat" in the header; did you mean "Visit Date"?',
        ),
        ('Kept = "completed"', 'Kept = "complete"', '"complete" is no status; did you mean "completed"?'),
        ("[[visit]]", "[[vist]]", 'unknown key "vist" in the profile; did you mean "visit"?'),
    ],
)
def test_a_slip_in_a_profile_edited_by_hand_is_named_with_its_line_and_the_nearest_word(
    folder: Folder, right: str, wrong: str, said: str
) -> None:
    rows = "".join(f"V{n},2026-03-0{n},P{n},D1,Kept\n" for n in range(1, 9))
    path = folder.give("visits.csv", "Visit ID,Visit Date,Patient ID,Doctor,Status\n" + rows)
    assert folder.run("profile", "new", path, "--name", "slip").exception is None
    profile = folder.path / "profiles" / "practice-slip-visits.toml"
    text = profile.read_text()
    assert right in text
    profile.write_text(text.replace(right, wrong))
    line = 1 + next(n for n, each in enumerate(profile.read_text().splitlines()) if wrong in each)
    assert f"practice-slip-visits.toml:{line}: {said}" in str(folder.run("import", path).exception)


TAKINGS = """Receipt,Paid On,Client ID,Paid By,Paid
R1,03/02/2026,C1,Card,40.00
R2,03/03/2026,C2,Insurance,95.50
R3,03/04/2026,C1,Cash,20.00
R4,03/14/2026,C3,insurance,85.00
"""


@pytest.mark.parametrize(
    ("said", "paid"),
    [
        (["Insurance=insurer-check"], [("card", None), ("check", "insurance"), ("cash", None), ("check", "insurance")]),
        (["Insurance=insurer-eft"], [("card", None), ("eft", "insurance"), ("cash", None), ("eft", "insurance")]),
        (["*=insurer-eft"], [("card", None), ("eft", "insurance"), ("cash", None), ("eft", "insurance")]),
        (["Insurance=check"], [("card", None), ("check", None), ("cash", None), ("check", None)]),
    ],
)
def test_a_word_that_stands_for_an_insurers_money_is_said_to(
    folder: Folder, said: list[str], paid: list[tuple[str, str | None]]
) -> None:
    path = folder.give("takings.csv", TAKINGS)
    options = ["--kind", "payments", "--name", "moss"]
    assert "insurer-check, insurer-eft" in str(folder.run("profile", "new", path, *options).exception)
    assert folder.run("profile", "new", path, *options, *(o for s in said for o in ("--word", s))).exception is None
    folder.take_paths(path)
    received = sorted(folder.books().received, key=lambda payment: payment.id)
    assert [(payment.method, payment.payer) for payment in received] == paid
    assert [str(payment.amount) for payment in received] == ["40.00", "95.50", "20.00", "85.00"]
