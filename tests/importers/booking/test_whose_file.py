"""Files of another account, another client or another practice: refused, with what the books have and what they say."""

from __future__ import annotations

import pytest
from daysheet.importers.banks import account_number

from tests.importers.books_folder import CHASE, VISITS, Folder

TABLE = "Date,Description,Ref,Debit,Credit,Balance\n"
RIVER = "Riverside Bank\nBusiness Checking ****5518\nActivity 02/01/26 to 02/28/26\n" + TABLE
FEBRUARY = (
    "02/03/26,LAB SUPPLY,,40.00,,960.00\n02/20/26,BRANCH DEPOSIT,,,75.25,1035.25\n02/24/26,RENT,,500.00,,535.25\n"
)
MARCH = "03/03/26,LAB SUPPLY,,20.00,,{}\n03/25/26,BRANCH DEPOSIT,,,10.00,{}\n"


def refused(folder: Folder, name: str, text: str) -> str:
    before = folder.snapshot()
    result = folder.run("import", folder.give(name, text))
    assert result.return_value == 2
    assert folder.snapshot() == before
    return result.stderr


@pytest.fixture
def river(folder: Folder) -> Folder:
    """Books with a profile that was written from this bank's file, and its first file."""
    path = folder.give("river.csv", RIVER + FEBRUARY)
    options = ("--account", "Assets:Bank:Checking", "--currency", "USD", "--date-format", "%m/%d/%y")
    folder.run("profile", "new", path, *options)
    folder.take_paths(path)
    return folder


def test_a_new_profile_takes_the_account_s_last_digits_from_above_the_table(river: Folder) -> None:
    assert 'number = "5518"' in river.text("daysheet.toml")
    assert "[account]\npattern = " in river.text("profiles/river.toml")
    assert '  number: "5518"' in river.text("imports.beancount")


def test_another_account_s_number_refuses_the_file_and_says_both(river: Folder) -> None:
    said = refused(river, "other.csv", RIVER.replace("5518", "7203") + MARCH.format("515.25", "525.25"))
    assert "is of account number …7203, and the settings know river for …5518" in said


def test_a_number_that_only_earlier_files_name_counts_as_well(folder: Folder) -> None:
    folder.write_by_hand(
        '2026-01-31 custom "imported" "us-chase-checking" 2026-01-01 2026-01-31\n'
        '  account: "Assets:Bank:Checking"\n  number: "5518"\n',
        "imports.beancount",
    )
    ofx = (
        "OFXHEADER:100\nDATA:OFXSGML\nVERSION:102\nSECURITY:NONE\nENCODING:USASCII\nCHARSET:1252\nCOMPRESSION:NONE\n"
        "OLDFILEUID:NONE\nNEWFILEUID:NONE\n\n<OFX><BANKMSGSRSV1><STMTTRNRS><TRNUID>1<STATUS><CODE>0<SEVERITY>INFO"
        "</STATUS><STMTRS><CURDEF>USD<BANKACCTFROM><BANKID>1<ACCTID>000088127203<ACCTTYPE>CHECKING</BANKACCTFROM>"
        "<BANKTRANLIST><DTSTART>20260201<DTEND>20260228<STMTTRN><TRNTYPE>DEBIT<DTPOSTED>20260203<TRNAMT>-5.00"
        "<FITID>1<NAME>RENT</STMTTRN></BANKTRANLIST></STMTRS></STMTTRNRS></BANKMSGSRSV1></OFX>\n"
    )
    path = folder.path / "daysheet.toml"
    path.write_text(path.read_text() + '\n[[bank]]\nprofile = "ofx"\naccount = "Assets:Bank:Checking"\n')
    said = refused(folder, "feb.ofx", ofx)
    assert "is of account number …7203, and Assets:Bank:Checking is …5518" in said


def test_a_balance_that_does_not_go_on_from_the_last_one_refuses_the_file_with_both(river: Folder) -> None:
    said = refused(river, "march.csv", RIVER.replace("02/", "03/") + MARCH.format("8000.00", "8010.00"))
    assert "has 8,000.00 USD at the end of 2026-03-03, and Assets:Bank:Checking would have 515.25" in said
    assert "the books prove 535.25 at the end of 2026-02-24" in said
    river.take("right.csv", RIVER.replace("02/", "03/") + MARCH.format("515.25", "525.25"))


def test_nor_is_a_file_taken_that_ends_before_with_another_balance(river: Folder) -> None:
    rows = "01/12/26,RENT,,500.00,,4000.00\n01/30/26,BRANCH DEPOSIT,,,10.00,4010.00\n"
    said = refused(river, "january.csv", RIVER.replace("02/", "01/") + rows)
    assert "has 4,010.00 USD at the end of 2026-01-30, and Assets:Bank:Checking would have 1,000.00" in said


def test_an_entry_by_hand_may_explain_the_difference_and_is_only_noted(folder: Folder) -> None:
    folder.take("a.csv", CHASE + "DEBIT,01/05/2026,RENT,-100.00,ACH,900.00,,\nCREDIT,01/30/2026,SALE,1,ACH,901.00,,\n")
    folder.write_by_hand('2026-02-02 * "Check 7"\n  Assets:Bank:Checking -30 USD\n  Equity:Owner:Draws 30 USD\n')
    (answer,) = folder.take("b.csv", CHASE + "CREDIT,02/03/2026,SALE,1,ACH,902.00,,\n")
    assert "at the end of 2026-02-03 the bank has 902.00 USD and Assets:Bank:Checking 872.00" in answer["notes"][0]


STAFF = '2026-01-01 custom "provider" "reed" "Dr. Reed"\n2026-01-01 custom "provider" "stone" "Dr. Stone"\n'


def visits(*providers: str) -> str:
    rows = (f"V{n},2026-03-02,{who},P-{n},completed,97110,50.00\n" for n, who in enumerate(providers, 1))
    return VISITS + "".join(rows)


def test_a_file_mostly_of_unknown_providers_is_another_practice_s(folder: Folder) -> None:
    folder.write_by_hand(STAFF)
    said = refused(folder, "v.csv", visits("reed", "voss", "voss", "kline"))
    assert "3 of 4 visits and bills are of providers whom the books do not know (more than 50 %)" in said
    assert "voss" not in said
    folder.take("two.csv", visits("reed", "stone", "voss", "kline"))


def test_how_many_is_a_setting_and_books_without_providers_take_any(folder: Folder) -> None:
    folder.take("v.csv", visits("voss", "kline"))
    folder.write_by_hand(STAFF)
    path = folder.path / "daysheet.toml"
    path.write_text(path.read_text() + "\n[import]\nunknown-providers = 100\n")
    folder.take("w.csv", visits("voss", "kline", "kline"))


@pytest.mark.parametrize(
    ("line", "number"),
    [
        ("Business Checking ****5518", "5518"),
        ("Account Number: 000123455518", "5518"),
        ('Account Number,"0001-2345-5518"', "5518"),
        ("Checking (...5518)", "5518"),
        ("Credit card ending in 5518", "5518"),
        ("XXXX XXXX 5518", "5518"),
        ("Transactions 04/01/26 to 04/30/26", None),
        ("Account: 2026-04-01", None),
        ("Routing number 021000021", None),
        ("Balance ....1234.56", None),
        ("Account name: Elm Street 4471 LLC", None),
        ("Checking ****5518, Savings ****7203", None),
    ],
)
def test_the_number_above_a_table(line: str, number: str | None) -> None:
    assert account_number.stated([line]) == number


OFX_OF_TWO = (
    "OFXHEADER:100\nDATA:OFXSGML\nENCODING:USASCII\nCHARSET:1252\n\n<OFX><BANKMSGSRSV1><STMTTRNRS><STMTRS><CURDEF>USD"
    "<BANKACCTFROM><BANKID>1<ACCTID>000777{one}<ACCTTYPE>CHECKING</BANKACCTFROM><BANKTRANLIST><DTSTART>20260401"
    "<DTEND>20260430<STMTTRN><TRNTYPE>DEBIT<DTPOSTED>20260409<TRNAMT>-4.00<FITID>a1<NAME>TEA</STMTTRN></BANKTRANLIST>"
    "</STMTRS></STMTTRNRS></BANKMSGSRSV1><CREDITCARDMSGSRSV1><CCSTMTTRNRS><CCSTMTRS><CURDEF>USD<CCACCTFROM>"
    "<ACCTID>4111222{two}</CCACCTFROM><BANKTRANLIST><DTSTART>20260401<DTEND>20260430<STMTTRN><TRNTYPE>DEBIT"
    "<DTPOSTED>20260410<TRNAMT>-7.00<FITID>b1<NAME>INK</STMTTRN></BANKTRANLIST></CCSTMTRS></CCSTMTTRNRS>"
    "</CREDITCARDMSGSRSV1></OFX>\n"
)


def test_one_file_of_two_accounts_goes_to_one_only_where_the_settings_say_so(folder: Folder) -> None:
    table = '\n[[bank]]\nprofile = "ofx"\naccount = "{}"\n{}'
    folder.write_by_hand(table.format("Assets:Bank:Checking", ""), "daysheet.toml")
    text = OFX_OF_TWO.format(one="5518", two="9034")
    said = refused(folder, "both.ofx", text)
    assert "account number …9034 beside …5518, and both would go to Assets:Bank:Checking" in said
    folder.write_by_hand(table.format("Liabilities:Card", 'number = "9034"\n'), "daysheet.toml")
    (answer,) = folder.take("both.ofx", text)
    assert answer["booked"] == 2
