"""A law: whatever was loaded before, books load through the cache as Beancount loads them."""

import datetime
import tempfile
from pathlib import Path

import pytest
from beancount import loader
from daysheet.errors import DaysheetError
from daysheet.ledger import cache
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.practice.ledger.unguarded import UNGUARDED

PADDING = "; this line makes the books large enough to be kept\n" * 6_000
MAIN = """
option "operating_currency" "USD"
include "padding.beancount"
include "accounts.beancount"
include "?.beancount"
"""
ACCOUNTS = "".join(f"2020-01-01 open Assets:{name}\n" for name in "ABC")

numbers = st.decimals(-1000, 1000, places=2) | st.integers(-5, 5) | st.decimals(-1, 1, places=5)
units = st.builds("{} {}".format, numbers, st.sampled_from(("USD", "USD", "USD", "CAD")))
prices = st.builds(" {} {}".format, st.sampled_from(("@", "@@")), st.sampled_from(("1.30 CAD", "0.5 USD", "CAD")))
odd = st.sampled_from(("5", "USD", "2 HOOL {1.00 USD}", "-1 HOOL {}", "1 HOOL {2.00 USD, 2020-01-02}"))
amounts = st.one_of(units, units, units, st.just(""), st.builds("{}{}".format, units, prices), odd)
legs = st.builds("  {}Assets:{}  {}\n".format, st.sampled_from(("", "", "! ")), st.sampled_from("ABCD"), amounts)
days = st.dates(datetime.date(2020, 1, 1), datetime.date(2020, 1, 5))


@st.composite
def balanced(draw):
    """A transaction as an import writes it."""
    amount = draw(st.decimals(0, 1000, places=2))
    return (
        f'{draw(days)} * "Payee" "Words" ^inv-1\n  visit: "V1"\n  Assets:A  {amount} USD\n  Assets:B  -{amount} USD\n'
    )


others = st.builds(
    "{} {}\n".format,
    days,
    st.sampled_from(
        (
            'custom "visit" "V1" "adams" 5 USD TRUE\n  due: 2020-02-01\n  fee: 50.0 USD',
            'note Assets:A "said" #tag',
            "balance Assets:A 10.00 USD",
            "pad Assets:A Assets:B",
            "close Assets:C",
            "price CAD 0.70 USD",
            'open Assets:D USD "FIFO"',
            'document Assets:A "missing.pdf"',
            "nonsense",
        )
    ),
)
lines = st.sampled_from(
    (
        'option "tolerance_multiplier" "3"\n',
        'option "operating_currency" "CAD"\n',
        'plugin "beancount.plugins.leafonly"\n',
        "pushtag #trip\n",
        "poptag #trip\n",
        'include "a.beancount"\n',
    )
)
transactions = st.builds('{} * "Any"\n{}'.format, days, st.lists(legs, max_size=4).map("".join))
texts = st.lists(st.one_of(*[balanced()] * 6, transactions, others, lines), max_size=6).map("".join)
edits = st.lists(st.tuples(st.sampled_from("abc"), st.none() | texts), min_size=1, max_size=4)


@settings(max_examples=60, deadline=None)
@given(first=texts, edits=edits)
def test_any_books_after_any_edits_load_as_beancount_loads_them(first, edits):
    with tempfile.TemporaryDirectory() as work, pytest.MonkeyPatch.context() as patch:
        patch.setenv("XDG_CACHE_HOME", f"{work}/cache")
        folder = Path(work) / "books"
        folder.mkdir()
        for name, text in (("main", MAIN), ("padding", PADDING), ("accounts", ACCOUNTS), ("a", first)):
            (folder / f"{name}.beancount").write_text(text)
        for name, text in (("a", first), *edits):
            path = folder / f"{name}.beancount"
            path.unlink(missing_ok=True) if text is None else path.write_text(text)
            main = folder / "main.beancount"
            expected = outcome(lambda main=main: loader._load([(str(main), True)], None, None, None))
            for _ in range(2):
                assert outcome(lambda main=main: cache.load_file(main, UNGUARDED)) == expected


def test_what_beancount_itself_stumbles_over_is_said(tmp_path):
    main = tmp_path / "main.beancount"
    main.write_text(ACCOUNTS + '2020-01-01 * "Any"\n  Assets:A  0.00 USD @ CAD\n')
    plain = outcome(lambda: loader._load([(str(main), True)], None, None, None))
    assert plain == "Beancount fails on these books (InvalidOperation)"
    assert outcome(lambda: cache.load_file(main, UNGUARDED)) == plain


def outcome(load):
    """What a load gives in comparable form, or what it raises: Beancount's booking does so on some sums of nothing."""
    try:
        entries, errors, options = load()
    except ArithmeticError as problem:
        return f"Beancount fails on these books ({type(problem).__name__})"
    except DaysheetError as problem:
        return problem.message
    options = {**options, "dcontext": str(options["dcontext"])}
    return repr(entries), repr(errors), options
