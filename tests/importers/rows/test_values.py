"""Cells to dates and amounts: what is understood, and what could mean two things and is refused."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest
from daysheet.errors import DaysheetError
from daysheet.importers.banks import source as bank
from daysheet.importers.reading import Context
from daysheet.importers.rows.raw_file import RawFile
from daysheet.importers.rows.values import amount_parser, date_parser
from daysheet.records import BankLine


@pytest.mark.parametrize(
    ("cell", "decimal", "expected"),
    [
        ("1234.5", ".", "1234.5"),
        ("-1,234.50", ".", "-1234.50"),
        ("1.234,50", ",", "1234.50"),
        ("-1.450", ",", "-1450"),
        ("2 960,15 PLN", ",", "2960.15"),
        ("11'373.94", ".", "11373.94"),
        ("1,50,000.00", ".", "150000.00"),
        ("(12.50)", ".", "-12.50"),
        ("12.50-", ".", "-12.50"),
        ("-$1,000.00", ".", "-1000.00"),
        ("+ £1,100.00", ".", "1100.00"),
        ("- $25.00", ".", "-25.00"),
        ("CNY13.50", ".", "13.50"),
        ("−5,00 €", ",", "-5.00"),
        (".50", ".", "0.50"),
    ],
)
def test_amounts_as_banks_write_them(cell: str, decimal: str, expected: str) -> None:
    assert amount_parser(decimal)(cell) == Decimal(expected)


@pytest.mark.parametrize("cell", ["1.45", "1,234.50", "12,34,5", "1.2.3", "5 apples", "--5", "1e5", "0x1F", "１２"])
def test_amounts_that_do_not_fit_a_decimal_comma_are_refused(cell: str) -> None:
    with pytest.raises(ValueError, match="is not an amount"):
        amount_parser(",")(cell)


def test_whole_numbers_may_be_cents() -> None:
    assert amount_parser(".", minor=2)("-18050") == Decimal("-180.50")


@pytest.mark.parametrize(
    ("cell", "notation", "language", "expected"),
    [
        ("3 mars 2026", "%d %B %Y", "fr", "2026-03-03"),
        ("3. März 2026", "%d. %B %Y", "de", "2026-03-03"),
        ("14 DIC 2025", "%d %b %Y", "es", "2025-12-14"),
        ("7 juil. 2026", "%d %b %Y", "fr", "2026-07-07"),
        ("Mar 5, 2026", "%b %d, %Y", "en", "2026-03-05"),
    ],
)
def test_month_names_of_other_languages(cell: str, notation: str, language: str, expected: str) -> None:
    assert str(date_parser((notation,), language)(cell).date()) == expected


@pytest.mark.parametrize(("year", "dates"), [("2024", ["2024-02-29", "2023-12-30"]), ("2025", [])])
def test_a_date_without_a_year_takes_the_statements(tmp_path: Path, year: str, dates: list[str]) -> None:
    """29 February is one only in a leap year; December on a statement of March was last year's."""
    source = next(source for source in bank.shipped() if source.name == "cn-cmb-credit")
    path = tmp_path / "statement.csv"
    rows = "02/29,02/29,纸,1.00,0000,1.00\n12/30,12/30,纸,2.00,0000,2.00\n"
    path.write_text(f"{year}年03月\n交易日,记账日,交易摘要,人民币金额,卡号末四位,交易地金额\n{rows}", encoding="utf-8")
    if not dates:
        with pytest.raises(DaysheetError, match="交易日"):
            source.read(RawFile(path), Context(lambda _: ""))
        return
    reading = source.read(RawFile(path), Context(lambda _: ""))
    assert [str(line.date) for line in reading.records if isinstance(line, BankLine)] == dates
