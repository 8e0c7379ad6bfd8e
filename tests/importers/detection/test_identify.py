"""`daysheet identify` and `daysheet profile`, as programs."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

import pytest
from daysheet.importers.banks import selftest
from daysheet.importers.banks import source as bank
from daysheet.importers.banks.profile_file import load
from daysheet.importers.detection.detect import detect
from daysheet.importers.reading import Context
from daysheet.importers.rows.raw_file import RawFile
from daysheet.records import BankLine

from tests import forked

UNKNOWN = """Some Bank of Nowhere
Account;000-111
Booked;Counterparty;What for;Paid out;Paid in;Balance after
31.03.2026;Papeterie Lune;toner;12,50;;987,50
28.03.2026;Insurer;claims;;1.200,00;1.000,00
13.03.2026;Landlord;rent;900,00;;-200,00
"""


def run(*words: str, cwd: Path, ok: bool = True) -> str:
    done = subprocess.run(
        [forked.program(), *words],
        cwd=cwd,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert (done.returncode == 0) == ok, done.stdout + done.stderr
    assert "Traceback" not in done.stderr
    return done.stdout if ok else done.stderr


@pytest.fixture
def unknown(tmp_path: Path) -> Path:
    path = tmp_path / "nowhere-2026-03.csv"
    path.write_text(UNKNOWN, encoding="utf-8")
    return path


def test_identify_says_what_an_unknown_file_is(unknown: Path) -> None:
    (answer,) = json.loads(run("identify", "--json", unknown.name, cwd=unknown.parent))
    assert answer["profile"] is None
    assert answer["kind"] == "bank"
    found = answer["detected"]
    assert {
        key: found[key] for key in ("encoding", "delimiter", "header_line", "date_format", "amount_mode", "decimal")
    } == {
        "encoding": "utf-8",
        "delimiter": ";",
        "header_line": 3,
        "date_format": "%d.%m.%Y",
        "amount_mode": "split",
        "decimal": ",",
    }
    assert found["columns"] == {"date": 1, "debit": 4, "credit": 5, "balance": 6}
    assert found["order"] == "descending"
    assert found["proved_by_balances"] == 2
    assert found["unsettled"] == []


def test_identify_gives_the_evidence_for_each_answer(unknown: Path) -> None:
    shown = run("identify", unknown.name, cwd=unknown.parent)
    assert "no profile fits" in shown
    assert "2 balances in" in shown
    assert "profile new nowhere-2026-03.csv" in shown
    assert max(map(len, shown.splitlines())) <= 80


def test_a_new_profile_reads_the_file_passes_its_test_and_names_nobody(unknown: Path) -> None:
    run("profile", "new", unknown.name, "--name", "nowhere", "--currency", "CHF", cwd=unknown.parent)
    path = unknown.parent / "nowhere.toml"
    source = bank.BankSource("nowhere", load(path))
    assert selftest.problems(source) == []
    reading = source.read(RawFile(unknown), Context(lambda _: ""))
    lines = [record for record in reading.records if isinstance(record, BankLine)]
    assert [f"{line.date} {line.amount} {line.currency} {line.payee} {line.narration}" for line in lines] == [
        "2026-03-31 -12.50 CHF Papeterie Lune toner",
        "2026-03-28 1200.00 CHF Insurer claims",
        "2026-03-13 -900.00 CHF Landlord rent",
    ]
    assert reading.proof is not None
    assert reading.proof.closed
    text = path.read_text(encoding="utf-8")
    assert not any(word in text for word in ("Papeterie", "Insurer", "Landlord", "toner", "12,50"))


def test_a_new_profile_in_books_is_found_and_its_account_noted(unknown: Path) -> None:
    run("init", "books", cwd=unknown.parent)
    words = ["--name", "nowhere", "--account", "Assets:Bank:Checking", "--currency", "USD", "--books", "books"]
    run("profile", "new", unknown.name, *words, cwd=unknown.parent)
    answer = json.loads(run("identify", unknown.name, "--json", "--books", "books", cwd=unknown.parent))
    assert answer[0]["profile"] == "nowhere"
    assert answer[0]["proved"] is True
    assert "1 of 1 profiles pass" in run("profile", "test", "nowhere", "--books", "books", cwd=unknown.parent)
    run("import", unknown.name, "--books", "books", cwd=unknown.parent)


def test_what_the_file_does_not_settle_must_be_said(tmp_path: Path) -> None:
    path = tmp_path / "card.csv"
    path.write_text("Day,Shop,Sum\n02/03/2026,Paper,10.00\n02/04/2026,Toner,12.00\n", encoding="utf-8")
    said = run("profile", "new", "card.csv", cwd=tmp_path, ok=False)
    assert "--date-format" in said
    words = ["--date-format", "%d/%m/%Y", "--amount-mode", "inverted", "--name", "card"]
    run("profile", "new", "card.csv", *words, cwd=tmp_path)
    reading = bank.BankSource("card", load(tmp_path / "card.toml")).read(RawFile(path), Context(lambda _: ""))
    assert [(str(r.date), str(r.amount)) for r in reading.records if isinstance(r, BankLine)] == [
        ("2026-03-02", "-10.00"),
        ("2026-04-02", "-12.00"),
    ]


def test_a_changed_header_names_the_line_and_the_nearest_profile(tmp_path: Path) -> None:
    path = tmp_path / "chase.csv"
    path.write_text("Details,Post Date,Description,Amount,Type,Balance,Check or Slip #\n", encoding="utf-8")
    source = next(source for source in bank.shipped() if source.name == "us-chase-checking")
    problem = bank.nearest(RawFile(path), bank.shipped())
    assert problem is not None
    assert problem.line == 1
    assert "us-chase-checking" in problem.message
    assert '"posting date" is not there (but "post date" is)' in problem.message
    assert not source.matches(RawFile(path))


@pytest.mark.parametrize(
    ("rows", "expected"),
    [
        (["13/02/2026", "02/03/2026"], "%d/%m/%Y"),
        (["02/13/2026", "03/02/2026"], "%m/%d/%Y"),
        (["5 Mar 2026", "28 Feb 2026"], "%d %b %Y"),
        (["2026-03-05T10:00:00", "2026-03-04T11:30:00"], "%Y-%m-%dT%H:%M:%S"),
        (["03/05/26", "03/25/26"], "%m/%d/%y"),
        (["20260305", "20260304"], "%Y%m%d"),
        (["March 5, 2026", "February 28, 2026"], "%B %d, %Y"),
        (["1/2/2026", "1/3/2026", "1/4/2026", "2/1/2026"], "%m/%d/%Y"),
    ],
)
def test_date_notations(tmp_path: Path, rows: list[str], expected: str) -> None:
    path = tmp_path / "dates.csv"
    path.write_text("Date;Text;Amount\n" + "".join(f"{date};a;-1.50\n" for date in rows), encoding="utf-8")
    found = detect(RawFile(path))
    assert found.date_format == expected
    assert "date_format" not in found.unsettled
