"""Descriptions computed of columns, and many rules written as one: what hledger's CSV rules can say, can be said."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from beancount.core.data import Transaction
from daysheet.errors import DaysheetError
from daysheet.importers.banks import profile_file

from tests.importers.books_folder import CHASE, Folder

PROFILE = """title = "Made"
institution = "Made"
country = "US"
source = "made"
[match]
header = ["Day", "Type", "Who", "Note", "No.", "Amount"]
[date]
column = "Day"
format = ["%Y-%m-%d"]
[amount]
column = "Amount"
[text]
payee-form = "{Who}"
narration-form = "{Type}: {3}[ (check {No.})][ / {Note}]"
[sample]
text = "Day,Type,Who,Note,No.,Amount\\n2026-01-05,POS,Shop,,,-1.00\\n"
entries = [{ date = "2026-01-05", amount = "-1.00 USD", payee = "Shop", narration = "POS: Shop" }]
"""


def test_a_description_is_computed_of_columns(folder: Folder) -> None:
    (folder.path / "profiles").mkdir()
    (folder.path / "profiles" / "made.toml").write_text(PROFILE)
    folder.write_by_hand('\n[[bank]]\nprofile = "made"\naccount = "Assets:Bank:Checking"\n', "daysheet.toml")
    folder.take(
        "a.csv", "Day,Type,Who,Note,No.,Amount\n2026-02-03,CHK,Plumber,roof,77,-9.00\n2026-02-04,POS,Shop,,,-2.00\n"
    )
    entries = folder.books().entries
    told = [(each.payee, each.narration) for each in entries if isinstance(each, Transaction)]
    assert told == [("Plumber", "CHK: Plumber (check 77) / roof"), ("Shop", "POS: Shop")]
    assert folder.run("profile", "test", "made").return_value == 0


@pytest.mark.parametrize(("form", "what"), [("{Whom}", "Whom"), ("{9}", "column 9"), ("{LName}", "LName")])
def test_a_form_names_columns_that_are_there(form: str, what: str) -> None:
    with pytest.raises(DaysheetError, match=what):
        profile_file.parse(PROFILE.replace("{Who}", form), Path("made.toml"))


RULES = """
[[category]]
bank = "Assets:Bank:Checking"
at-most = "-0.01"
table = [
    ["linen|towels", "Expenses:Supplies", "Linen service"],
    ["rent", "Expenses:Rent"],
]
[[category]]
payee = '^POS (.+?) +#?[0-9]+$'
account = "Expenses:Supplies"
name = 'At \\1'
"""


def test_a_table_is_many_rules_and_a_name_is_computed_of_what_was_found(folder: Folder) -> None:
    folder.write_by_hand(RULES, "daysheet.toml")
    rows = ("WESTSIDE LINEN,-4.00", "OFFICE RENT,-5.00", "OFFICE RENT REFUND,6.00", "POS HARDWARE STORE  #221,-7.00")
    folder.take("a.csv", CHASE + "".join(f"X,02/0{day}/2026,{row},ACH,,\n" for day, row in enumerate(rows, 1)))
    entries = [each for each in folder.books().entries if isinstance(each, Transaction)]
    assert [(each.payee, each.postings[1].account) for each in entries] == [
        ("Linen service", "Expenses:Supplies"),
        ("OFFICE RENT", "Expenses:Rent"),
        ("OFFICE RENT REFUND", "Income:Uncategorized"),
        ("At HARDWARE STORE", "Expenses:Supplies"),
    ]


@pytest.mark.parametrize(
    ("rule", "what"),
    [
        ('text = "x"', "needs an account"),
        ('table = [["x", "Expenses:Rent"]]\naccount = "Expenses:Rent"', "neither of them"),
        ('table = [["x"]]', "is .text, account."),
        ('text = "x"\naccount = "Expenses:Rent"\nname = \'\\1\'', "names a group"),
    ],
)
def test_a_rule_that_makes_no_sense_is_an_error(folder: Folder, rule: str, what: str) -> None:
    folder.write_by_hand(f"\n[[category]]\n{rule}\n", "daysheet.toml")
    (answer,) = folder.take("a.csv", CHASE + "X,02/01/2026,A,-1.00,ACH,,\n")
    assert answer["error"]
    assert re.search(what, answer["error"])
