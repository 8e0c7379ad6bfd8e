"""Profiles that `profile new` writes for invented files: they read every row right and keep none of its texts."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from daysheet.importers.banks import profile_file, selftest, source
from daysheet.importers.detection import propose
from daysheet.importers.detection.detect import detect
from daysheet.importers.reading import Reading
from daysheet.importers.rows.raw_file import RawFile
from daysheet.records import BankLine

NAMED = propose.Named("draft", "Draft", "Somebody", "US", "a test", "USD")


@pytest.fixture
def proposed(tmp_path: Path):
    """The profile written for a file, and what it reads; a mode is the person's answer."""

    def write(text: str, mode: str = "", name: str = "sample.csv") -> tuple[str, Reading]:
        path = tmp_path / name
        path.write_text(text, encoding="utf-8")
        found = detect(RawFile(path))
        if mode and found.money is not None:
            found = replace(found, money=replace(found.money, mode=mode, sure=True))
        draft, reading = propose.propose(RawFile(path), found, NAMED)
        assert selftest.problems(source.BankSource("draft", profile_file.parse(draft, path))) == []
        return draft, reading

    return write


def read(reading: Reading) -> list[str]:
    return [f"{line.date} {line.amount}" for line in reading.records if isinstance(line, BankLine)]


MONTHS = {
    "es": ("ene", "oct"), "de": ("Jan.", "Okt."), "fr": ("janv.", "oct."), "nl": ("mrt", "okt"), "pt": ("fev", "out"),
    "it": ("gen", "ott"), "sv": ("maj", "okt"), "da": ("maj", "okt."), "no": ("mai", "des"), "pl": ("sty", "paź"),
}  # fmt: skip
NUMBERS = {"nl": (3, 10), "pt": (2, 10), "sv": (5, 10), "da": (5, 10), "no": (5, 12)}


@pytest.mark.parametrize("language", MONTHS)
def test_months_are_read_in_the_languages_of_banks(proposed, language: str) -> None:
    early, late = MONTHS[language]
    one, two = NUMBERS.get(language, (1, 10))
    _, reading = proposed(f"Date;Text;Amount\n5 {early} 2026;a;-1.50\n13 {late} 2026;b;2.50\n", "signed")
    assert read(reading) == [f"2026-{one:02}-05 -1.50", f"2026-{two:02}-13 2.50"]


def test_dates_with_and_without_a_time_are_all_read(proposed) -> None:
    rows = "2026-01-05 10:00:00,a,-1.00\n2026-01-06 11:00:00,b,-2.00\n2026-01-07,c,3.00\n2026/01/08,d,4.00\n"
    _, reading = proposed("When,What,Sum\n" + rows, "signed")
    assert read(reading) == ["2026-01-05 -1.00", "2026-01-06 -2.00", "2026-01-07 3.00", "2026-01-08 4.00"]
    assert reading.skipped == ()


@pytest.mark.parametrize(
    ("cells", "amounts"),
    [
        (("-Rs. 1,00,000.00", "Rs. 250.00"), ("-100000.00", "250.00")),
        (("-R 1 234.56", "R 250.00"), ("-1234.56", "250.00")),
        (("CHF -1'234.50", "CHF 1’234.50"), ("-1234.50", "1234.50")),
        (("-1\u00a0234,50", "1\u202f234,50"), ("-1234.50", "1234.50")),
        (("-12,50 kr", "1 234,50 kr"), ("-12.50", "1234.50")),
        (("1.234,50-", "12,50"), ("-1234.50", "12.50")),
        (("($1,234.50)", "$5.00"), ("-1234.50", "5.00")),
        (("5.00 DR", "1,234.50 CR"), ("-5.00", "1234.50")),
    ],
)
@pytest.mark.parametrize("header", ["Date;Text;Amount\n", ""], ids=["header", "no header"])
def test_amounts_are_read_however_they_are_written(
    proposed, header: str, cells: tuple[str, ...], amounts: tuple[str, ...]
) -> None:
    rows = "".join(f"2026-01-{13 + n};a thing;{cell}\n" for n, cell in enumerate(cells))
    _, reading = proposed(header + rows, "" if "DR" in cells[0] else "signed")
    assert read(reading) == [f"2026-01-{13 + n} {amount}" for n, amount in enumerate(amounts)]


def test_rows_that_state_a_balance_or_have_no_amount_are_skipped_with_the_reason(proposed) -> None:
    rows = "31/12/25;;;100,95;SALDO INIZIALE\n13/01/26;13/01/26;2,90;;BOLLO\n14/01/26;14/01/26;;7,00;BONIFICO\n"
    rows += "15/01/26;15/01/26;;;AVVISO 12\n31/01/26;;;105,05;SALDO FINALE\n"
    _, reading = proposed("Data;Valuta;Addebiti;Accrediti;Descrizione\n" + rows)
    assert read(reading) == ["2026-01-13 -2.90", "2026-01-14 7.00"]
    assert [(skip.row, skip.reason) for skip in reading.skipped] == [
        (2, "a balance, no entry"),
        (5, "no amount"),
        (6, "a balance, no entry"),
    ]


def test_a_row_of_units_below_the_header_is_skipped(proposed) -> None:
    _, reading = proposed("Date,Text,Amount\n(day),(what),(USD)\n2026-01-13,a,-1.00\n2026-01-14,b,2.00\n", "signed")
    assert read(reading) == ["2026-01-13 -1.00", "2026-01-14 2.00"]


def test_a_file_without_a_header_may_quote_its_dates_with_apostrophes(proposed) -> None:
    _, reading = proposed("5,'13 Jan 2026','Rent',-5.00\n5,'14 Jan 2026','Insurer',7.00\n", "signed")
    assert read(reading) == ["2026-01-13 -5.00", "2026-01-14 7.00"]


def test_a_short_file_without_a_header_may_end_in_a_remark(proposed) -> None:
    rows = "13 Jan 2026;Rent;-5.00\n14 Jan 2026;Insurer;7.00\n\nPrinted by the bank\nTotal;;2.00\n"
    _, reading = proposed(rows, "signed")
    assert read(reading) == ["2026-01-13 -5.00", "2026-01-14 7.00"]
    assert [skip.row for skip in reading.skipped] == [4, 5]


NAMES = ("jane", "smith", "4711", "hypertension")


@pytest.mark.parametrize(
    "text",
    [
        "Date,Status,Text,Amount\n2026-01-13,Pending Jane Smith 4711,a,-1.00\n2026-01-14,Booked,Jane Smith,2.00\n",
        "Date,Text,Amount\n2026-01-13,Opening balance Jane Smith 4711,9.00\n2026-01-14,hypertension,2.00\n"
        "2026-01-15,Jane,-2.00\n",
        "Date,Type,Amount\n2026-01-13,Sent to Jane Smith 4711,1.00\n2026-01-14,Received from Jane Smith,2.00\n",
        "2026-01-13;Jane Smith 4711;-1.00;hypertension\n2026-01-14;Jane Smith;2.00;hypertension\n",
        "Konto Jane;4711\n\nDate;Payee;Account number;Amount\n2026-01-13;Jane Smith;4711;-1.00\n"
        "2026-01-14;x;4711;2.00\n",
    ],
    ids=["status", "stated balance", "type", "no header", "account"],
)
def test_a_profile_keeps_no_name_number_or_text_of_the_file(proposed, text: str) -> None:
    draft, reading = proposed(text, "" if "Sent" in text else "signed")
    assert read(reading)
    assert [word for word in NAMES if word in draft.lower()] == []
