"""OFX and QFX: the old tags without ends, the new XML, what banks leave out, and what is broken."""

from __future__ import annotations

import datetime
from decimal import Decimal
from pathlib import Path

import pytest
from daysheet.errors import DaysheetError
from daysheet.importers.banks.ofx import OfxSource
from daysheet.importers.reading import Context, Reading
from daysheet.importers.rows.raw_file import RawFile
from daysheet.records import BankLine

HEADER = """OFXHEADER:100
DATA:OFXSGML
VERSION:102
SECURITY:NONE
ENCODING:USASCII
CHARSET:1252
COMPRESSION:NONE
OLDFILEUID:NONE
NEWFILEUID:NONE

"""
BANK = """<OFX>
<SIGNONMSGSRSV1><SONRS><STATUS><CODE>0<SEVERITY>INFO</STATUS><DTSERVER>20260331<LANGUAGE>ENG
<INTU.BID>3000</SONRS></SIGNONMSGSRSV1>
<BANKMSGSRSV1><STMTTRNRS><TRNUID>1<STATUS><CODE>0<SEVERITY>INFO</STATUS><STMTRS><CURDEF>USD
<BANKACCTFROM><BANKID>000000000<ACCTID>000111222<ACCTTYPE>CHECKING</BANKACCTFROM>
<BANKTRANLIST><DTSTART>20260301<DTEND>20260331120000[-5:EST]
<STMTTRN><TRNTYPE>DEBIT<DTPOSTED>20260305230000.000[-5:EST]<TRNAMT>-84.20<FITID>A1<NAME>LINENS<MEMO>March</STMTTRN>
<STMTTRN><TRNTYPE>CHECK<DTPOSTED>20260310<TRNAMT>-500.00<FITID>A2<CHECKNUM>1204<NAME>CHECK</STMTTRN>
<STMTTRN><TRNTYPE>CREDIT<DTPOSTED>20260331<TRNAMT>1250.00<FITID>A3<NAME>BANKCARD DEP &amp; CO</STMTTRN>
</BANKTRANLIST><LEDGERBAL><BALAMT>1665.80<DTASOF>20260331120000</LEDGERBAL></STMTRS></STMTTRNRS></BANKMSGSRSV1>
</OFX>
"""
CARD = """<?xml version="1.0" encoding="UTF-8"?>
<?OFX OFXHEADER="200" VERSION="211" SECURITY="NONE" OLDFILEUID="NONE" NEWFILEUID="NONE"?>
<OFX><CREDITCARDMSGSRSV1><CCSTMTTRNRS><TRNUID>1</TRNUID><STATUS><CODE>0</CODE><SEVERITY>INFO</SEVERITY></STATUS>
<CCSTMTRS><CURDEF>CAD</CURDEF><CCACCTFROM><ACCTID>4111111111111111</ACCTID></CCACCTFROM>
<BANKTRANLIST><DTSTART>20260401</DTSTART><DTEND>20260430</DTEND>
<STMTTRN><TRNTYPE>DEBIT</TRNTYPE><DTPOSTED>20260402</DTPOSTED><TRNAMT>-12,50</TRNAMT><FITID>C1</FITID>
<NAME>PAPER SHOP</NAME></STMTTRN>
</BANKTRANLIST></CCSTMTRS></CCSTMTTRNRS></CREDITCARDMSGSRSV1></OFX>
"""


def read(tmp_path: Path, text: str, encoding: str = "cp1252") -> Reading:
    path = tmp_path / "statement.qfx"
    path.write_bytes(text.encode(encoding))
    file = RawFile(path)
    assert OfxSource().matches(file)
    return OfxSource().read(file, Context(lambda _: ""))


def lines(reading: Reading) -> list[BankLine]:
    return [record for record in reading.records if isinstance(record, BankLine)]


def test_a_bank_statement_gives_its_entries_with_the_banks_ids(tmp_path: Path) -> None:
    found = [
        (str(e.date), str(e.amount), e.source_id, e.payee, e.narration) for e in lines(read(tmp_path, HEADER + BANK))
    ]
    assert found == [
        ("2026-03-05", "-84.20", "A1", "LINENS", "March"),
        ("2026-03-10", "-500.00", "A2", "CHECK", "check 1204"),
        ("2026-03-31", "1250.00", "A3", "BANKCARD DEP & CO", ""),
    ]


def test_it_says_its_account_its_days_and_where_each_entry_stands(tmp_path: Path) -> None:
    reading = read(tmp_path, HEADER + BANK)
    assert (reading.account, reading.currency) == ("000111222", "USD")
    assert (str(reading.first), str(reading.last)) == ("2026-03-01", "2026-03-31")
    assert [entry.meta["lineno"] for entry in lines(reading)] == [17, 18, 19]


def test_the_ledger_balance_is_carried_back_to_the_evening_before(tmp_path: Path) -> None:
    """More may be booked on the day of the download: 1665.80 less the 1250.00 of that day."""
    proof = read(tmp_path, HEADER + BANK).proof
    assert proof is not None
    assert proof.daily == ((datetime.date(2026, 3, 30), Decimal("415.80")),)
    assert proof.opening == Decimal("1000.00")


def test_entries_after_the_balances_own_day_are_not_in_it(tmp_path: Path) -> None:
    """1665.80 of the 10th: the 1250.00 of the 31st came later, the 500.00 of the 10th is carried back."""
    proof = read(tmp_path, HEADER + BANK.replace("<DTASOF>20260331", "<DTASOF>20260310")).proof
    assert proof is not None
    assert proof.daily == ((datetime.date(2026, 3, 9), Decimal("2165.80")),)
    assert proof.opening == Decimal("2250.00")


@pytest.mark.parametrize("encoding", ["cp1252", "utf-8", "utf-8-sig", "utf-16"])
@pytest.mark.parametrize("said", ["CHARSET:1252", "CHARSET:UTF-8", "CHARSET:NONE"])
def test_text_is_read_in_the_encoding_that_it_is_in(tmp_path: Path, encoding: str, said: str) -> None:
    text = HEADER.replace("CHARSET:1252", said) + BANK.replace("LINENS", "BLÄTTERTEIG CAFÉ")
    assert lines(read(tmp_path, text, encoding))[0].payee == "BLÄTTERTEIG CAFÉ"


@pytest.mark.parametrize(
    ("change", "payee"),
    [
        (("<NAME>LINENS", "<NAME>A < B & SONS"), "A < B & SONS"),
        (("<NAME>LINENS<MEMO>March", "<NAME>A <BIG> B</NAME><MEMO>March</MEMO>"), "A ‹BIG> B"),
        (("<NAME>LINENS", "<NAME><![CDATA[A <B> & C]]></NAME>"), "A ‹B> & C"),
        (("<NAME>LINENS", "<CHECKNUM><NAME>LINENS"), "LINENS"),
    ],
)
def test_a_stray_bracket_or_a_blank_element_changes_nothing_else(
    tmp_path: Path, change: tuple[str, str], payee: str
) -> None:
    reading = read(tmp_path, HEADER + BANK.replace(*change))
    assert [entry.payee for entry in lines(reading)] == [payee, "CHECK", "BANKCARD DEP & CO"]
    assert lines(reading)[0].narration == "March"
    assert reading.proof is not None


@pytest.mark.parametrize("change", [("<MEMO>March", "<MEMO>March</MEMO> May"), ("<BANKTRANLIST>", "<BANKTRANLIST>x")])
def test_text_that_is_no_elements_is_named_by_its_line_and_not_quoted(tmp_path: Path, change: tuple[str, str]) -> None:
    with pytest.raises(DaysheetError, match="text stands where") as caught:
        read(tmp_path, HEADER + BANK.replace(*change))
    assert caught.value.line in (16, 17)
    assert "May" not in str(caught.value)


@pytest.mark.parametrize(
    ("written", "amount"),
    [
        ("-1,500.25", "-1500.25"),
        ("-1.500,25", None),  # the others have points
        ("-1,500", None),
        ("-1,500,000.00", "-1500000.00"),
        ("-84.2", "-84.2"),
        ("+84", "84"),
    ],
)
def test_a_thousands_mark_is_read_where_the_file_settles_it(tmp_path: Path, written: str, amount: str | None) -> None:
    text = HEADER + BANK.replace("-84.20", written)
    if amount is None:
        with pytest.raises(DaysheetError, match="thousands or decimals") as caught:
            read(tmp_path, text)
        assert caught.value.line in (17, 18)
    else:
        assert lines(read(tmp_path, text))[0].amount == Decimal(amount)


@pytest.mark.parametrize(
    ("amounts", "read_as"),
    [
        (("-1.250,75", "3.500", "-20,10"), ("-1250.75", "3500", "-20.10")),
        (("-20,10", "0,500", "1234,5"), ("-20.10", "0.500", "1234.5")),
        (("-1,500", "2,250", "3,125"), None),
        (("-1,500", "20,75", "3,10"), None),
        (("-1.125", "20.75", "3.10"), None),
    ],
)
def test_a_decimal_comma_is_read_where_the_file_settles_it(
    tmp_path: Path, amounts: tuple[str, ...], read_as: tuple[str, ...] | None
) -> None:
    text = BANK.replace("<BALAMT>1665.80", "<BALAMT>1665")
    for old, new in zip(("-84.20", "-500.00", "1250.00"), amounts, strict=True):
        text = text.replace(f"<TRNAMT>{old}", f"<TRNAMT>{new}")
    if read_as is None:
        with pytest.raises(DaysheetError, match="thousands or decimals"):
            read(tmp_path, HEADER + text)
    else:
        assert [str(entry.amount) for entry in lines(read(tmp_path, HEADER + text))] == list(read_as)


@pytest.mark.parametrize(
    "change",
    [
        ("<DTPOSTED>20260310", "<DTPOSTED><DTUSER>20260310"),
        ("<DTPOSTED>20260310", "<DTPOSTED>00000000<DTUSER>20260310"),
        ("<TRNTYPE>CHECK", "<TRNTYPE>HOLD"),
        ("<NAME>CHECK", "<NAME>PENDING - CHECK"),
    ],
)
def test_an_entry_on_hold_is_skipped(tmp_path: Path, change: tuple[str, str]) -> None:
    reading = read(tmp_path, HEADER + BANK.replace(*change))
    assert [entry.source_id for entry in lines(reading)] == ["A1", "A3"]
    assert reading.skipped == ((18, "pending"),)


def test_a_card_statement_in_xml_with_a_decimal_comma(tmp_path: Path) -> None:
    (entry,) = lines(read(tmp_path, CARD))
    assert (entry.amount, entry.currency, entry.account) == (Decimal("-12.50"), "CAD", "*1111")


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (("<FITID>A2", ""), "without a usable FITID"),
        (("<DTPOSTED>20260310", "<DTPOSTED>20261310"), "without a usable DTPOSTED"),
        (("<TRNAMT>-500.00", "<TRNAMT>NaN"), "without a usable TRNAMT"),
    ],
)
def test_an_entry_that_lacks_what_it_needs_is_named_by_its_line(
    tmp_path: Path, change: tuple[str, str], said: str
) -> None:
    with pytest.raises(DaysheetError, match=said) as caught:
        read(tmp_path, HEADER + BANK.replace(*change))
    assert caught.value.line == 18


@pytest.mark.parametrize(
    "text",
    [
        HEADER + BANK[:700],
        HEADER + "<OFX><BANKMSGSRSV1>",
        HEADER,
        HEADER + "<OFX></OFX>",
        "<OFX><STMTTRN><TRNAMT>1</OFX>",
        CARD.replace("</CCSTMTRS>", ""),
        HEADER + BANK.replace("<CODE>0<SEVERITY>INFO</STATUS><STMTRS>", "<CODE>2000<SEVERITY>ERROR</STATUS><STMTRS>"),
    ],
)
def test_a_broken_file_is_refused_in_one_line(tmp_path: Path, text: str) -> None:
    with pytest.raises(DaysheetError) as caught:
        read(tmp_path, text)
    assert "\n" not in str(caught.value)
