"""What the detector says of small invented files, one trap each."""

from __future__ import annotations

from pathlib import Path

import pytest
from daysheet.importers.detection.detect import Detected, detect
from daysheet.importers.rows.raw_file import RawFile
from daysheet.importers.rows.text import encoding_of


@pytest.fixture
def seen(tmp_path: Path):
    def look(text: str, encoding: str = "utf-8") -> Detected:
        path = tmp_path / "sample.csv"
        path.write_bytes(text.encode(encoding))
        return detect(RawFile(path))

    return look


@pytest.mark.parametrize(
    ("cells", "notation"),
    [
        (("Mon 05 Jan 2026", "Tue 13 Jan 2026"), "%a %d %b %Y"),
        (("Monday, January 5, 2026", "Tuesday, January 13, 2026"), "%A, %B %d, %Y"),
        (("5 de enero de 2026", "13 de octubre de 2026"), "%d de %B de %Y"),
        (("5. Januar 2026", "13. Oktober 2026"), "%d. %B %Y"),
        (("05 mrt 2026", "13 okt 2026"), "%d %b %Y"),
        (("5 sty 2026", "13 paź 2026"), "%d %b %Y"),
        (("2026. 01. 05.", "2026. 01. 13."), "%Y. %m. %d."),
        (("2026:01:05", "2026:01:13"), "%Y:%m:%d"),
        (("20260105093000", "20260113121500"), "%Y%m%d%H%M%S"),
        (("20260105120000[0:GMT]", "20260113120000[0:GMT]"), "%Y%m%d%H%M%S[0:GMT]"),
    ],
)
def test_a_date_is_known_however_it_is_written(seen, cells: tuple[str, ...], notation: str) -> None:
    found = seen("Date;Text;Amount\n" + "".join(f"{cell};a;-1.50\n" for cell in cells))
    assert found.date_format == notation
    assert found.unsettled == ("amount_mode",)


def test_a_clock_is_no_date(seen) -> None:
    found = seen("Time,Date,Text,Amount\n12:30:45,2026-01-05,a,-1.00\n09:15:00,2026-01-13,b,2.00\n")
    assert found.columns["date"] == 2


def test_dates_of_which_some_have_a_time_are_one_column(seen) -> None:
    found = seen("When,What,Sum\n2026-01-05 10:00:00,a,-1.00\n2026-01-06 11:00:00,b,-2.00\n2026-01-07,c,3.00\n")
    assert found.date_format == "%Y-%m-%d %H:%M:%S"


def test_dates_of_two_orders_are_no_column_of_dates(seen) -> None:
    found = seen("When,What,Sum\n13/01/2026,a,-1.00\n01/13/2026,b,-2.00\n02/14/2026,c,3.00\n14/02/2026,d,3.00\n")
    assert found.date_format == ""


@pytest.mark.parametrize(
    ("cells", "decimal"),
    [
        (("-Rs. 1,00,000.00", "Rs. 250.00"), "."),
        (("-R 1 234.56", "R 250.00"), "."),
        (("-د.ا.\u200f4.750", "د.ا.\u200f93.21"), "."),
        (("CHF -1'234.50", "CHF 1’234.50"), "."),
        (("-1\u00a0234,50", "1\u202f234,50"), ","),
        (("-12,50 kr", "1 234,50 kr"), ","),
        (("1.234,50-", "12,50"), ","),
        (("₹-1,00,000.00", "₺250.00"), "."),
    ],
)
def test_an_amount_is_known_however_it_is_written(seen, cells: tuple[str, ...], decimal: str) -> None:
    found = seen("Date;Text;Amount\n" + "".join(f"2026-01-{13 + n};a;{cell}\n" for n, cell in enumerate(cells)))
    assert found.money is not None
    assert (found.money.mode, found.money.decimal) == ("signed", decimal)


@pytest.mark.parametrize("cell", ["R1234", "A12", "K7", "S 12"])
def test_an_identifier_that_begins_with_a_letter_is_no_amount(seen, cell: str) -> None:
    assert seen(f"Date;Text;Ref\n2026-01-13;a;{cell}\n2026-01-14;b;{cell}\n").grid is None


def test_the_decimal_mark_is_that_of_the_amounts_and_not_of_rates_beside_them(seen) -> None:
    rows = "".join(f"{day}.01.2026;a;-{day},50;1.08{day};2.17{day};0.9{day}\n" for day in range(13, 19))
    found = seen("Datum;Text;Betrag;Kurs;Satz;Faktor\n" + rows)
    assert found.money is not None
    assert (found.money.amount, found.money.decimal) == (2, ",")


OPENING = """Account,000-111,EUR
Opening balance,02/01/2026,"1,000.00"
No.,Booked,Text,Money out,Money in
1,13/01/2026,Rent,900.00,
2,14/01/2026,Insurer,,50.00
3,15/01/2026,Paper,12.00,
"""


def test_a_row_with_a_date_and_an_amount_above_the_header_is_not_the_first_row(seen) -> None:
    found = seen(OPENING)
    assert (found.header_line, found.first_line) == (3, 4)
    assert found.date_format == "%d/%m/%Y"


def test_one_wide_row_counts_for_more_than_a_narrow_one_above_the_header(seen) -> None:
    found = seen("Printed;04.02.2026;12,00\n\nText;Name;Ort;Tag;Wert;Betrag\na;b;c;13.01.2026;13.01.2026;-5,00\n")
    assert (found.header_line, found.columns["date"]) == (3, 4)


@pytest.mark.parametrize(
    ("head", "line"),
    [
        ("Date,Text,Amount,Balance\n(day),(text),(USD),(USD)\n", 1),
        (",,Money,Money\nDate,Text,Amount,Balance\n", 2),
        ("Transactions,,,\nDate,Text,Amount,Balance\n", 2),
    ],
)
def test_of_two_rows_of_words_the_header_names_each_column_differently(seen, head: str, line: int) -> None:
    found = seen(head + "2026-01-13,a,-1.00,9.00\n2026-01-14,b,2.00,11.00\n")
    assert found.header_line == line


def test_a_header_may_begin_with_the_number_of_its_kind_of_record(seen) -> None:
    found = seen(
        "2,000111,'A. Practice'\n5,'Nr','Date','What','Sum'\n5,1,'13 Jan','Rent',-5.00\n5,2,'14 Jan','In',7.00\n"
    )
    assert (found.header_line, found.date_format) == (2, "%d %b")


def test_an_amount_without_a_name_is_called_as_the_currency_before_it(seen) -> None:
    found = seen(
        'Datum,Text,Mutatie,,Saldo,\n13-01-2026,a,EUR,"-0,03",EUR,"13,69"\n14-01-2026,b,EUR,"0,46",EUR,"14,15"\n'
    )
    assert found.columns == {"date": 1, "amount": 4, "balance": 6}


def test_the_column_called_amount_is_preferred_to_one_whose_name_says_more(seen) -> None:
    found = seen('Date,Label,Amount Abroad,Amount\n2026-01-13,a,"-1,000.00","1,525.00"\n')
    assert found.columns["amount"] == 4


def test_one_link_of_a_chain_does_not_make_withdrawals_deposits(seen) -> None:
    """Read upside down, 2.00 and a deposit of 1.00 give 3.00: one link, against two headers."""
    found = seen("Date,What,Withdrawal,Deposit,Balance\n07/31/2026,Interest,,1.00,2.00\n02/13/2026,Bill,2.00,,3.00\n")
    assert (found.columns["debit"], found.columns["credit"]) == (3, 4)


def test_amounts_that_end_in_dr_or_cr_are_so_even_beside_a_balance(seen) -> None:
    found = seen(
        "Date,What,Amount,Balance\n2026-01-13,a,5.00Dr,95.00\n2026-01-14,b,7.00Cr,102.00\n2026-01-15,c,2.00Dr,100.00\n"
    )
    assert found.money is not None
    assert (found.money.mode, found.money.chained) == ("suffix", 2)


def test_a_refund_leaves_a_processor(seen) -> None:
    found = seen(
        "id,created,gross,fee,net,text\n1,2026-01-13,12.00,0.30,11.70,charge\n2,2026-01-14,-5.00,0.00,-5.00,refund\n"
    )
    assert found.money is not None
    assert (found.money.mode, found.money.sure) == ("signed", True)


def test_whether_a_card_is_credit_or_debit_says_nothing_of_the_way_money_went(seen) -> None:
    found = seen("Date,Customer,Amount,Card Funding\n2026-01-13,a,12.00,credit\n2026-01-14,b,5.00,debit\n")
    assert found.money is not None
    assert found.money.mode in ("signed", "inverted")


@pytest.mark.parametrize(
    "rows",
    [
        "2026-01-13,TRANSFER FROM CURRENT,34.28\n",
        "2026-01-13,Cafe,33.50\n2026-01-14,Museum,-15.00\n",
        "2026-01-13,Cash withdrawal,33.50\n2026-01-14,Museum,15.00\n",
        "2026-01-13,Deposit,-100.00\n2026-01-14,Withdrawal,100.00\n2026-01-15,Deposit,5.00\n2026-01-16,Fee,-1.00\n",
    ],
    ids=["one row", "as many of each sign", "one text", "texts that disagree"],
)
def test_what_a_text_or_two_suggest_is_not_settled(seen, rows: str) -> None:
    assert "amount_mode" in seen("Date,Description,Amount\n" + rows).unsettled


def test_columns_are_known_by_russian_names_even_if_one_holds_zeros_alone(seen) -> None:
    rows = "".join(f"{day}.01.2026;Бумага;0;{day},50\n" for day in range(13, 17))
    found = seen("Дата;Описание;Приход;Расход\n" + rows, "cp1251")
    assert found.encoding == "cp1251"
    assert found.money is not None
    assert (found.money.mode, found.columns["credit"], found.columns["debit"]) == ("split", 3, 4)


def test_a_latin_letter_in_a_russian_word_does_not_make_a_file_western() -> None:
    text = "Дата;Описание;Cумма списания;Cумма зачисления\n13.01.2026;Комиссия за обслуживание счёта;-150,00;\n"
    assert encoding_of(text.encode("cp1251")) == "cp1251"


@pytest.mark.parametrize("text", ["Buchungstag;Empfänger;Währung;Überweisung größer", "Libellé;Débit;Crédit;Opération"])
def test_western_letters_are_not_taken_for_others(text: str) -> None:
    assert encoding_of((text + "\n").encode("latin-1")) == "latin-1"
