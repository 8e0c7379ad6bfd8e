"""A regular expression that a user wrote fits as Python's own would, and never runs on."""

from __future__ import annotations

import re
import time

import pytest
from daysheet.errors import DaysheetError
from daysheet.patterns import Pattern, compiled

RUNAWAYS = [
    (r"^(a+)+$", "a" * 60 + "!"),
    (r"(x+x+)+y", "x" * 5000),
    (r"^([a-z]|[a-z][a-z])*$", "q" * 80 + "!"),
    (r"(?:a?){40}a{40}", "a" * 39),
    (r"a?" * 40 + "a" * 40, "a" * 39),
    (r"(\w+)\s*(\1)+#", "word " * 3000),
    (r".*.*.*.*.*=", "-" * 3000),
]


@pytest.mark.parametrize(("text", "subject"), RUNAWAYS, ids=range(len(RUNAWAYS)))
def test_no_pattern_runs_longer_than_its_limit(text: str, subject: str) -> None:
    began = time.perf_counter()
    try:
        outcome = str(Pattern(text).search(subject))
    except DaysheetError as problem:
        outcome = problem.message
    assert outcome in ("None", f'the regular expression "{text}" takes too long')
    assert time.perf_counter() - began < 10


@pytest.mark.parametrize(
    ("text", "subject"),
    [
        ("linen", "WESTSIDE LINEN SERVICE"),
        (r"card.*(payment|pymt)|autopay", "CARD 12 PYMT"),
        (r"(?P<year>20\d\d)\D{0,2}(?P<month>0[1-9]|1[0-2])(?!\d)", "stmt 2026-03.csv"),
        (r"(ab)+c", "ababc"),
        (r"^\W*(?:opening|closing) balance", "** Closing balance"),
        ("Überweisung|转账", "überweisung"),
        (r"[^\]]+\]", "a]"),
    ],
)
def test_a_pattern_fits_where_python_says(text: str, subject: str) -> None:
    for sample in (subject, subject.lower(), "nothing of it", "", subject * 400):
        ours, theirs = compiled(text, ignore_case=True), re.compile(text, re.IGNORECASE)
        for way in ("search", "fullmatch"):
            found, wanted = getattr(ours, way)(sample), getattr(theirs, way)(sample)
            assert (found and (found.span(), found.groupdict())) == (wanted and (wanted.span(), wanted.groupdict()))
        assert ours.sub("-", sample) == theirs.sub("-", sample)


def test_what_is_no_regular_expression_is_an_error() -> None:
    with pytest.raises(re.error):
        compiled("(")
