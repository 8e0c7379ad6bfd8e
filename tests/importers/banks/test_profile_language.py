"""The profile language: what a wrong profile is told, and that schema, documentation and classes say the same."""

from __future__ import annotations

import json
import tomllib
from pathlib import Path

import jsonschema
import pytest
from daysheet.errors import DaysheetError
from daysheet.importers.banks import profile_file, schema
from daysheet.importers.banks import source as bank
from daysheet.importers.profiles import SHIPPED

ROOT = Path(__file__).parents[3]
GOOD = """title = "A bank"
institution = "A bank"
country = "US"
source = "somewhere/public (MIT)"

[match]
header = ["Date", "Text", "Amount", "Date"]

[date]
column = 1
format = ["%m/%d/%Y"]

[amount]
column = "Amount"

[text]
narration = ["Text"]

[sample]
text = '''
Date,Text,Amount,Date
01/31/2026,Paper,-1.00,
'''
entries = [{ date = "2026-01-31", amount = "-1.00 USD" }]
"""


def refusal(text: str) -> DaysheetError:
    with pytest.raises(DaysheetError) as caught:
        profile_file.parse(text, Path("bank.toml"))
    return caught.value


def test_a_good_profile_is_taken() -> None:
    assert profile_file.parse(GOOD, Path("bank.toml")).match.header == ("Date", "Text", "Amount", "Date")


@pytest.mark.parametrize(
    ("old", "new", "line", "said"),
    [
        ('[text]\nnarration = ["Text"]', '[text]\nnarations = ["Text"]', 17, 'did you mean "narration"?'),
        ("[text]", "[texts]", 16, 'did you mean "text"?'),
        ('column = "Amount"', 'column = "Ammount"', 14, 'did you mean "Amount"?'),
        ("column = 1", 'column = "Date"', 7, 'several columns are called "Date"'),
        ("column = 1", "column = 9", 10, "there is no column 9: the file has 4"),
        ('column = "Amount"', 'mode = "invert"', 14, 'did you mean "inverted"?'),
        ('column = "Amount"', 'mode = "split"\ndebit = "Amount"', 13, 'needs the key "credit"'),
        ('format = ["%m/%d/%Y"]', 'format = ["%m/%d"]', 11, "has no year"),
        ('format = ["%m/%d/%Y"]', 'format = "%m/%d/%Y"', 11, "must be a list"),
        ('country = "US"', "country = 1", 3, "must be text in quotes"),
        ("[date]", "[date]\nzone = 'Mars/Base'", 10, 'unknown time zone "Mars/Base"'),
        ("[date]", "[date]\nlanguage = 'xx'", 10, 'unknown language "xx"'),
        ("[match]", "[match]\nfilename = '('", 7, "is not a regular expression"),
        ("[date]", "[date]\nfirst = 'from .*'", 10, "first needs a group in round brackets"),
        ("[text]", "[currency]\npattern = 'in EUR'\n\n[text]", 17, "pattern needs a group in round brackets"),
        ('title = "A bank"\n', "", None, 'needs the key "title"'),
        ("[amount]", "[amount", 13, "not valid TOML"),
    ],
)
def test_a_wrong_word_is_named_with_its_line_and_the_nearest_right_one(
    old: str, new: str, line: int | None, said: str
) -> None:
    problem = refusal(GOOD.replace(old, new, 1))
    assert said in str(problem)
    assert problem.line == line


def test_the_schema_on_disk_is_the_schema_of_the_classes() -> None:
    """After a change: python -c 'from daysheet.importers import schema; print(schema.written(), end="")'."""
    assert (ROOT / "importers" / "banks" / "profile.schema.json").read_text(encoding="utf-8") == schema.written()


def test_the_schema_is_a_valid_one() -> None:
    jsonschema.Draft202012Validator.check_schema(schema.schema())


@pytest.mark.parametrize("source", bank.shipped(), ids=lambda source: source.name)
def test_the_schema_accepts_every_shipped_profile(source: bank.BankSource) -> None:
    data = tomllib.loads((SHIPPED / f"{source.name}.toml").read_text(encoding="utf-8"))
    jsonschema.validate(data, schema.schema())


@pytest.mark.parametrize("change", [("[text]", "[texts]"), ('column = "Amount"', "mode = 'x'"), ("country", "land")])
def test_the_schema_refuses_what_the_program_refuses(change: tuple[str, str]) -> None:
    text = GOOD.replace(*change)
    refusal(text)
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(tomllib.loads(text), json.loads(schema.written()))


def test_the_documentation_shows_every_word_of_the_language() -> None:
    shown = (ROOT / "docs" / "bank-files.md").read_text(encoding="utf-8")
    assert schema.reference() in shown
