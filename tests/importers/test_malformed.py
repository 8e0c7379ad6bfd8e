"""A file that is wrong gives one clear line with file and row, exit code 2, and an untouched ledger."""

from __future__ import annotations

import os
import re
import subprocess

import pytest

from tests import forked
from tests.importers.books_folder import ADJUSTMENTS, CHASE, CLAIMS, INVOICES, PAYMENTS, VISITS, Folder

GOOD = {
    "visits": VISITS + "V1,2026-03-02,adams,Maria Canary,completed,97110,50.00\n",
    "invoices": INVOICES + "INV-1,V1,2026-03-02,adams,Maria Canary,,50.00,2026-04-01\n",
    "payments": PAYMENTS + "P1,2026-03-20,INV-1,,card,50.00,\n",
    "adjustments": ADJUSTMENTS + "A1,2026-03-20,INV-1,courtesy,5.00\n",
    "claims": CLAIMS + "C1,INV-1,aetna,2026-03-05,submitted,\n",
    "chase": CHASE + "X,03/01/2026,COFFEE,-5.00,ACH,,,\n",
}


def edit(kind: str, old: str, new: str) -> bytes:
    assert old in GOOD[kind]
    return GOOD[kind].replace(old, new).encode()


ROW_2 = GOOD["chase"].encode()
WRONG: dict[str, tuple[bytes, str]] = {
    "visits without a column": (edit("visits", ",fee\n", "\n"), r":1: the column fee is missing"),
    "visits with a misspelled column": (edit("visits", "status", "staus"), r':1: .*status is missing; is it "staus"\?'),
    "visits with a bad date": (edit("visits", "2026-03-02", "03/02/2026"), r":2: date is not a date such as"),
    "visits with a day that is none": (edit("visits", "2026-03-02", "2026-02-30"), r":2: date is not a date"),
    "visits of a year that is none": (edit("visits", "2026-03-02", "0206-03-02"), r":2: date is not between"),
    "visits with a bad fee": (edit("visits", "50.00", "fifty"), r":2: fee is not an amount"),
    "visits with an unknown status": (edit("visits", "completed", "done"), r":2: status must be one of completed"),
    "visits without an id": (edit("visits", "V1", ""), r":2: visit_id is blank"),
    "a visit id of several words": (edit("visits", "V1", "V 1"), r":2: visit_id may not hold a space"),
    "visits with a cut row": (edit("visits", ",97110,50.00\n", ""), r":2: has 5 cells where the header has 7"),
    "visits with a comma too many": (edit("visits", "97110", "97110,x"), r":2: has 8 cells"),
    "visits with an open quote": (edit("visits", "Maria", '"Maria'), r":2: a quote opens in this row"),
    "visits with a stray quote": (
        edit("visits", "Maria Canary", '"Maria" Canary'),
        r":2: quotes stand where CSV allows none",
    ),
    "visits without rows": (VISITS.encode(), r": has a header and no rows"),
    "visits with a column twice": (edit("visits", "fee\n", "fee,fee\n"), r":1: the column fee stands twice"),
    "visits with NUL bytes": (edit("visits", "Maria", "Ma\0ria"), r":2: holds NUL bytes"),
    "invoices without an amount": (edit("invoices", "50.00", ""), r":2: amount is blank"),
    "invoices with mills": (edit("invoices", "50.00", "50.005"), r":2: amount has more decimals"),
    "invoices with a huge amount": (edit("invoices", "50.00", "9" * 40), r":2: amount is not an amount"),
    "invoices with a bad due date": (edit("invoices", "2026-04-01", "soon"), r":2: due is not a date"),
    "payments without a column": (edit("payments", "method,", ""), r":1: the column method is missing"),
    "payments with an unknown method": (edit("payments", "card", "venmo"), r":2: method must be one of card"),
    "payments with a bad amount": (edit("payments", "50.00", "5O.00"), r":2: amount is not an amount"),
    "adjustments of an unknown kind": (edit("adjustments", "courtesy", "gift"), r":2: kind must be one of"),
    "adjustments without an invoice": (edit("adjustments", "INV-1", ""), r":2: invoice_id is blank"),
    "claims without a payer": (edit("claims", "aetna", ""), r":2: payer is blank"),
    "claims of an unknown status": (edit("claims", "submitted,\n", "lost,\n"), r":2: status must be one of"),
    "a bank's bad date": (ROW_2 + b"X,31/31/2026,TEA,-5.00,ACH,,,\n", r":3: "),
    "a bank's bad amount": (ROW_2 + b"X,03/01/2026,TEA,five,ACH,,,\n", r":3: "),
    "a bank's cut row": (CHASE.encode() + b"X,03/01/2026,COFF", r":2: "),
    "a bank's changed header": (edit("chase", "Description", "Memo"), r":1: .*us-chase-checking"),
    "a table of nothing known": (b"a,b\n1,2\n", r": is of no kind that Daysheet knows; .*daysheet"),
    "prose": (b"Dear practice,\nthe export is late.\n", r": is of no kind that Daysheet knows"),
    "an empty file": (b"", r": is empty"),
    "white space alone": (b" \n\n", r": is empty"),
    "a picture": (b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 9, r": is neither text nor a workbook"),
    "a PDF": (b"%PDF-1.7\n" + bytes(range(256)) * 9, r": is neither text nor a workbook"),
    "a damaged workbook": (b"PK\x03\x04" + b"\0" * 300, r": "),
}


@pytest.mark.parametrize("case", WRONG)
def test_a_wrong_file_is_refused_in_one_line_and_nothing_is_touched(folder: Folder, case: str) -> None:
    data, message = WRONG[case]
    before = folder.snapshot()
    path = folder.give("Maria Canary.csv", data)
    result = folder.run("import", path)
    assert result.return_value == 2
    errors = result.stderr.splitlines()
    assert len(errors) == 1, errors
    assert re.search(message, errors[0]), errors[0]
    assert errors[0].startswith(f"daysheet: {path}")
    assert "Canary" not in errors[0].replace(str(path), "")
    assert folder.snapshot() == before


def test_a_folder_is_refused(folder: Folder) -> None:
    result = folder.run("import", folder.given)
    assert (result.return_value, "is a folder" in result.stderr) == (2, True)


def test_a_file_that_is_not_there_is_refused(folder: Folder) -> None:
    result = folder.run("import", folder.given / "none.csv")
    assert (result.return_value, "cannot be read: No such file" in result.stderr) == (2, True)


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "cp1252", "latin-1"])
def test_any_encoding_is_read_and_the_patient_is_the_same(folder: Folder, encoding: str) -> None:
    folder.take("a.csv", GOOD["visits"].replace("Maria", "María").encode(encoding))
    folder.take("b.csv", (VISITS + "V2,2026-03-03,adams,MARÍA  canary,completed,,50.00\n").encode())
    assert len({visit.patient for visit in folder.books().visits.values()}) == 1


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_any_line_end_is_read(folder: Folder, end: str) -> None:
    (answer,) = folder.take("a.csv", GOOD["visits"].replace("\n", end).encode())
    assert answer["booked"] == 1


def test_a_wrong_file_does_not_hinder_the_others(folder: Folder) -> None:
    paths = [folder.give(f"{kind}.csv", GOOD[kind]) for kind in ("visits", "payments", "invoices")]
    wrong = folder.give("wrong.csv", WRONG["visits with a bad date"][0])
    result = folder.run("import", "--json", *paths, wrong)
    assert result.return_value == 2
    assert len(folder.books().visits) == len(folder.books().invoices) == 1
    assert "wrong" not in folder.text("imports.beancount")


def test_the_inbox_is_emptied_of_what_was_taken_and_keeps_what_was_refused(folder: Folder) -> None:
    inbox = folder.path / "inbox"
    (inbox / "Maria Canary visits.csv").write_text(GOOD["visits"])
    (inbox / "wrong.csv").write_bytes(WRONG["visits with a bad date"][0])
    assert folder.run("import").return_value == 2
    assert [path.name for path in inbox.iterdir()] == ["wrong.csv"]
    (filed,) = [path for path in (folder.path / "originals").rglob("*") if path.is_file()]
    assert re.fullmatch(r"2026-03-02-visits-[0-9a-f]{8}\.csv", filed.name)
    assert filed.read_text() == GOOD["visits"]
    assert "Canary" not in "".join(p.read_text() for p in folder.path.rglob("*.beancount"))


def test_the_program_itself_ends_with_2_and_no_traceback(folder: Folder) -> None:
    path = folder.give("a.csv", WRONG["visits with a bad date"][0])
    program = forked.program()
    command = [str(program), "--books", str(folder.path), "import", str(path)]
    result = subprocess.run(command, capture_output=True, text=True, check=False, env=dict(os.environ))
    assert (result.returncode, result.stdout) == (2, "")
    assert len(result.stderr.splitlines()) == 1


def test_a_dry_run_shows_the_diff_and_writes_nothing(folder: Folder) -> None:
    before = folder.snapshot()
    result = folder.run("import", "--dry-run", "--diff", folder.give("a.csv", GOOD["visits"]))
    assert '+2026-03-02 custom "visit" "V1" "adams" "completed"' in result.stdout
    assert "+++ 2026/2026-03-visits.beancount" in result.stdout
    assert '+include "2026/*.beancount"' in result.stdout
    assert folder.snapshot() == before


OPEN = "1900-01-01 open Assets:Bank:Checking\n"
BEFORE_AND_AFTER = {
    "2026-03-05 open Assets:Bank:Checking\n": "has something of 2026-03-04, but Assets:Bank:Checking is open only from "
    "2026-03-05 (accounts.beancount:3); give its open an earlier day there",
    f"{OPEN}2026-03-04 close Assets:Bank:Checking\n": "has something of 2026-03-04, but Assets:Bank:Checking is closed "
    "since 2026-03-04 (accounts.beancount:4); give its close a later day there, or remove it",
}


@pytest.mark.parametrize("directives", BEFORE_AND_AFTER, ids=["before it opens", "when it is closed"])
def test_a_row_of_a_day_on_which_its_account_is_not_open_is_refused(folder: Folder, directives: str) -> None:
    """Beancount would not load the books any more."""
    accounts = folder.path / "accounts.beancount"
    accounts.write_text(accounts.read_text().replace(OPEN, directives))
    before = folder.snapshot()
    file = folder.give("Chase1234_Activity.csv", CHASE + "DEBIT,03/04/2026,OFFICE DEPOT,-5.00,ACH,,,\n")
    for dry in ([], ["--dry-run"]):
        said = folder.run("import", *dry, file).stderr.replace(f"{folder.path}/", "")
        assert said == f"daysheet: {file}: {BEFORE_AND_AFTER[directives]}\n"
    assert folder.snapshot() == before


def test_a_balance_that_needs_a_day_before_its_account_opens_is_refused(folder: Folder) -> None:
    """What was there before the first row is padded on the day before it."""
    accounts = folder.path / "accounts.beancount"
    accounts.write_text(accounts.read_text().replace(OPEN, "2026-03-04 open Assets:Bank:Checking\n"))
    before = folder.snapshot()
    rows = "DEBIT,03/05/2026,TWO,-6.00,ACH,89.00,\nDEBIT,03/04/2026,ONE,-5.00,ACH,95.00,\n"
    said = folder.run("import", folder.give("Chase1234_Activity.csv", CHASE + rows)).stderr
    assert "has something of 2026-03-03, but Assets:Bank:Checking is open only from 2026-03-04" in said
    assert folder.snapshot() == before
