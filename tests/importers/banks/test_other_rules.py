"""What rules for CSV files say in hledger, said in a profile or a rule of ours, each kind on rows of its own."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest
from beancount.core.data import Transaction
from daysheet.errors import DaysheetError
from daysheet.importers.banks import profile_file
from daysheet.importers.banks.source import BankSource
from daysheet.importers.reading import Context, Reading
from daysheet.importers.rows.raw_file import RawFile
from daysheet.records import BankLine

from tests.importers.books_folder import CHASE, Folder

NAMES = 'title = "A"\ninstitution = "A"\ncountry = "US"\nsource = "a"\n'
SAMPLE = '[sample]\ntext = "x"\nentries = [{ date = "2026-01-01", amount = "1.00 USD" }]\n'
BARE = """
[match]
columns = ["day", "text", "sum"]
row = ['\\d.*']
[date]
column = "day"
format = ["%d/%Y/%m", "%Y-%m-%d"]
[text]
narration = ["text"]
[amount]
column = "sum"
"""
HEADED = BARE.replace("columns", "header").replace("row = ['\\d.*']\n", "")
TWO = BARE.replace('"sum"]', '"in", "out"]').replace('column = "sum"', 'mode = "split"\ndebit = "out"\ncredit = "in"')
BY_TEXT = BARE.replace('"text", "sum"]', '"text", "sum", "which"]') + (
    'mode = "type"\ndirection = "text"\nout = ["^Sold"]\nin = ["."]\n[account]\ncolumn = "which"\n'
)
PAID_OUT = """
[match]
columns = ["day", "who", "item", "gross", "fee", "net", "held"]
row = ['\\d.*']
[date]
column = "day"
format = ["%m/%d/%Y"]
[text]
narration-form = "{who} for {item}"
[amount]
column = "net"
[fee]
column = "fee"
of = "net"
negative = true
[balance]
column = "held"
[[skip]]
reason = "a test"
column = "who"
pattern = "^Trial"
"""
SPACED = "2026-05-04,a,+ $21\n2026-05-04,b, $ +31\n2026-05-04,c, ( 41 ) \n2026-05-04,d, $ - 51 \n2026-05-04,e,- $61 \n"
MIDDLE = "day,text,sum\n04/2026/05,A,7\nSECTION B\nof two lines\n05/2026/05,B,8\n*** END ***\nMore, to be left\n"
SECTIONS = HEADED + '[file]\nragged = true\nstop = "END"\n[[skip]]\nreason = "a title"\npattern = "^SECTION|of two"\n'


def read(path: Path, profile: str, text: str) -> Reading:
    path.write_text(text, encoding="utf-8")
    return BankSource("a", profile_file.parse(NAMES + profile + SAMPLE, path)).read(RawFile(path), Context(str))


@pytest.mark.parametrize(
    ("profile", "text", "amounts", "narrations"),
    [
        (BARE, "04/2026/05,Bakery 🥐,50\n", "50", "Bakery 🥐"),
        (TWO, "04/2026/05,A,50,0\n05/2026/05,B,0.00,60\n06/2026/05,C,,7\n", "50 -60 -7", "A|B|C"),
        (TWO, "04/2026/05,Free card,0,0\n", "0", "Free card"),
        (BARE + '[file]\ndelimiter = ";"\n', "04/2026/05;A;5\n", "5", "A"),
        (BARE + '[file]\ndelimiter = "\\t"\n', "04/2026/05\tA\t5\n", "5", "A"),
        (BARE + 'mode = "inverted"\n', "2026-05-04,A,50\n2026-05-05,B,-60\n", "-50 60", "A|B"),
        (BARE + "[balance]\ncolumn = 3\n", "2026-05-04,A,5\n", "5", "A"),
        (BARE, '2026-05-04,"Over\n\n\nmany\nlines\n\n",5\n', "5", "Over many lines"),
        (BY_TEXT, "2026-05-04,Sold it,5,first\n2026-05-05,Bought,6,second\n", "-5 6", "Sold it|Bought"),
        (BARE, '2026-05-04,A,$1\n2026-05-05,B,"$2,000.00"\n', "1 2000.00", "A|B"),
        (PAID_OUT, "12/22/2026,Ann,tea,10.00,-0.59,9.41,57.60\n", "9.41", "Ann for tea"),
        (PAID_OUT, "12/22/2026,Trial,x,1,,1,9\n12/23/2026,Bo,tea,2,,2,11\n", "2", "Bo for tea"),
        (SECTIONS, MIDDLE, "7 8", "A|B"),
        (BARE, '2026-05-04,A,"1,000"\n2026-05-05,B,"2,000.00"\n', "1000 2000.00", "A|B"),
        (BARE + 'decimal = ","\n', '2026-05-04,A,"1.000"\n2026-05-05,B,"2.000,00"\n', "1000 2000.00", "A|B"),
        (BARE, SPACED, "21 31 -41 -51 -61", "a|b|c|d|e"),
        (BARE.replace('"text"', '"tëxt"'), "2026-05-04,A,5\n", "5", "A"),
        (BARE, '2026-05-04,B"B",5\n', "5", 'B"B"'),
        (HEADED, '2026-01-01,B"B",C\nday,text,sum\n2026-05-04,A,5\n', "5", "A"),
        (HEADED, "\n \t\na title\n\n\t \nday,text,sum\n2026-05-04,A,5\n", "5", "A"),
    ],
)
def test_a_profile_says_it(tmp_path: Path, profile: str, text: str, amounts: str, narrations: str) -> None:
    rows = read(tmp_path / "a.csv", profile, text).records
    assert [row.amount for row in rows if isinstance(row, BankLine)] == [Decimal(one) for one in amounts.split()]
    told = [f"{row.payee} {row.narration}".strip() for row in rows if isinstance(row, BankLine)]
    assert told == narrations.split("|")


@pytest.mark.parametrize("wrong", ['[text]\nnarrations = ["text"]', '[text]\nnarration = ["texts"]'])
def test_an_unknown_word_or_column_is_named(tmp_path: Path, wrong: str) -> None:
    with pytest.raises(DaysheetError, match="did you mean"):
        read(tmp_path / "a.csv", BARE.replace('[text]\nnarration = ["text"]', wrong), "2026-05-04,A,5\n")


def test_a_row_that_gives_no_amount_is_refused(tmp_path: Path) -> None:
    with pytest.raises(DaysheetError, match=r"a\.csv:1: "):
        read(tmp_path / "a.csv", BARE, "2026-05-04,shop_townexpenses:food\n")


RULES = """
[[category]]
text = "linen & co"
at-least = "-50.00"
at-most = "-50.00"
account = "Expenses:Supplies"
note = "the usual towels"

[[category]]
payee = "^linen(?!.*repair)"
account = "Expenses:Repairs"
tags = ["ask"]

[[category]]
table = [
    ["tea room", "Expenses:Meals", "", "with the staff"],
    ["kiosk", "Expenses:Office", "The kiosk"],
    ["kiosk 9", "Expenses:Travel"],
]
"""


def test_rules_say_it_and_the_first_that_fits_counts(folder: Folder) -> None:
    folder.write_by_hand(RULES, "daysheet.toml")
    rows = ("LINEN & CO,-50.00", "LINEN & CO,-51.00", "LINEN REPAIR,-3.00", "TEA ROOM 4,-4.00", "KIOSK 9,-5.00")
    folder.take("a.csv", CHASE + "".join(f"X,02/0{day}/2026,{row},ACH,,\n" for day, row in enumerate(rows, 1)))
    entries = [each for each in folder.books().entries if isinstance(each, Transaction)]
    assert [(e.postings[1].account, e.payee, e.meta.get("note"), *sorted(e.tags or ())) for e in entries] == [
        ("Expenses:Supplies", "LINEN & CO", "the usual towels"),
        ("Expenses:Repairs", "LINEN & CO", None, "ask"),
        ("Expenses:Uncategorized", "LINEN REPAIR", None),
        ("Expenses:Meals", "TEA ROOM 4", "with the staff"),
        ("Expenses:Office", "The kiosk", None),
    ]


@pytest.mark.parametrize("row", ['["tea"]', '["tea", "Expenses:Meals", "", "a", "b"]'])
def test_a_row_of_a_table_with_too_few_or_too_many_values_is_named(folder: Folder, row: str) -> None:
    folder.write_by_hand(f"[[category]]\ntable = [{row}]\n", "daysheet.toml")
    result = folder.run("import", folder.give("a.csv", CHASE + "X,02/01/2026,TEA,-4.00,ACH,,\n"))
    assert "perhaps with a name and a note" in str(result.exception or result.stderr)


def test_an_account_that_is_none_is_named(folder: Folder) -> None:
    folder.write_by_hand('[[category]]\npayee = "never"\naccount = "expenses    12"\n', "daysheet.toml")
    result = folder.run("import", folder.give("a.csv", CHASE + "X,02/01/2026,TEA,-4.00,ACH,,\n"))
    assert '"expenses    12" is no account' in str(result.exception or result.stderr)
