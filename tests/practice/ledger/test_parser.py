"""Text read back is what Beancount's parser makes of it, and text that does more than give entries is in error."""

import pytest
from beancount.core.data import Transaction
from beancount.parser import parser
from daysheet.ledger import cache
from daysheet.ledger.parser import parse, read_back
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.practice.ledger.test_cache_laws import balanced, others, transactions

UNUSUAL = (
    '2026-01-02 txn "Payee" "Words" #tag ^link\n  #more\n  key: "value"\n  key: "again"\n'
    '  Assets:A  5 USD\n    of: "leg"\n',
    '2026-01-02 * "One" | "Two"\n  Assets:A  5 USD\n',
    '2026-01-02 * "One" "Two" "Three"\n  Assets:A  5 USD\n',
    "2026-01-02 *\n",
    '2026-01-02 * "Late" \n  Assets:A  5 USD\n  #tag\n',
    '2026-01-02 * "Place" \n  filename: "x"\n  lineno: 5\n  nothing:\n  Assets:A  5 USD\n',
    '2026-01-02 * "Legs"\n  Assets:A  5 USD\n    of: "leg"\n    of: "again"\n  Assets:A  -5 USD\n',
    '2026-01-02 * "Legs"\n  Assets:A  5 USD\n    nothing:\n    other: 5\n  ! Assets:A  -5 USD @ 2 CAD\n'
    '    of: "leg"\n    filename: "x"\n',
    '2026-01-02 custom "kind" Assets:A 5 USD 2026-01-02 TRUE 7 "words"\n  of: Assets:A\n  of: "again"\n',
    '2026-01-02 * "Root"\n  Passiva:A  5 USD\n  Passiva:A  -5 USD\n',
    "2026-01-02 open Assets:A USD,CAD\n2026-01-01 close Assets:A\n",
)


FRAMES = (
    'option "name_assets" "Activa"\n2026-01-02 * "Root"\n  Activa:A  5 USD\n  Assets:A  -5 USD\n',
    '2026-01-02 open Assets:A\noption "name_assets" "Activa"\n2026-01-02 * "Root"\n  Assets:A  -5 USD\n',
    'pushtag #x\n2026-01-02 * "Pushed"\n  Assets:A  5.125 USD\n  Assets:B\npoptag #x\n',
    'pushmeta of: "all"\n2026-01-02 * "Pushed"\n  of: "one"\n  Assets:A  1 HOOL {5 # 2.50 USD}\npopmeta of:\n',
    "pushtag #left\n",
    'option "display_precision" "USD:0.001"\noption "render_commas" "TRUE"\n',
    'include "a.beancount"\nplugin "some.plugin" "of"\n',
    '2026-01-02 * "Sums"\n  Assets:A  (1 + 2.50) * 3 USD\n  Assets:A  1,000 CAD\n  Assets:B  7 USD @@ 1.2345 CAD\n',
    '2026-01-02 * "Half"\n  Assets:A  USD\n  Assets:A  5\n  Assets:B\n  Assets:B  5 USD @\n',
    '2026-01-02 * "Nothing"\n  Assets:A  (5 / 0) USD\n',
    '2026-01-02 * "Places"\n  Assets:A  5 USD\n    lineno: 7\n',
    '2026-01-02 * "Same"\n  of:\n  of:\n  Assets:A  5 USD\n    of: TRUE\n    of: TRUE\n',
    "nonsense\n",
)


@settings(max_examples=400, deadline=None)
@given(
    st.lists(st.one_of(balanced(), transactions, others, st.sampled_from((*UNUSUAL, *FRAMES))), max_size=6).map("".join)
)
def test_any_file_gives_what_beancount_s_parser_gives(text):
    with cache._divisions():
        ours, theirs = parse(text.encode(), "books/of.beancount"), parser.parse_string(text, "books/of.beancount")
    assert whole(*ours) == whole(*theirs)


def whole(entries, errors, options):
    """All that a file gives, with the statistics of digits in their order."""
    contexts = [
        (currency, context.has_sign, context.integer_max, list(context.fractional_dist.hist.items()))
        for currency, context in options["dcontext"].ccontexts.items()
        if hasattr(context, "fractional_dist")
    ]
    others = {key: value for key, value in options.items() if key != "dcontext"}
    return repr((entries, errors, others, contexts, str(options["dcontext"]), options["dcontext"].commas))


def compared(entry):
    """An entry without the places of its postings."""
    if not isinstance(entry, Transaction):
        return repr(entry)
    place = {"filename", "lineno"}
    legs = [
        (leg[:5], [(key, value) for key, value in (leg.meta or {}).items() if key not in place])
        for leg in entry.postings
    ]
    return repr((entry[:7], legs))


@settings(max_examples=200, deadline=None)
@given(st.lists(st.one_of(balanced(), transactions, others, st.sampled_from(UNUSUAL)), max_size=5).map("".join))
def test_any_entries_are_read_as_beancount_reads_them(text):
    entries, errors = read_back(text)
    parsed, wrong, _ = parser.parse_string(text, "<text>")
    assert sorted(map(compared, entries)) == sorted(map(compared, parsed))
    assert {error.message for error in errors} == {error.message for error in wrong}


def test_entries_stand_in_the_order_of_the_text():
    entries, _ = read_back('2026-02-01 event "a" "b"\n2026-01-01 event "c" "d"\n2026-01-01 open Assets:A\n')
    assert [entry.meta["lineno"] for entry in entries] == [1, 2, 3]


@pytest.mark.parametrize(
    "line",
    [
        'option "title" "x"',
        'include "x.beancount"',
        'plugin "os"',
        "pushtag #x\npoptag #x",
        'pushmeta x: "y"\npopmeta x:',
        "nonsense",
    ],
)
def test_text_that_is_no_entry_is_in_error(line):
    assert read_back(f'2026-02-01 event "a" "b"\n{line}\n')[1]
