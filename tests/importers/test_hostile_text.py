"""Text from a file is hostile: it can become no directive, no formula, no escape, and it comes back as it was."""

from __future__ import annotations

import csv
import datetime
import io
from decimal import Decimal

import pytest
from beancount.core import data
from beancount.core.amount import Amount
from beancount.parser import parser
from beancount.parser.grammar import ValueType
from daysheet.errors import DaysheetError
from daysheet.importers.booking import derived_files
from daysheet.ledger import printer
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.attacks.counts import Counted
from tests.importers.books_folder import ADJUSTMENTS, CHASE, CLAIMS, INVOICES, PAYMENTS, VISITS, Folder

CORPUS = (
    '"\n2026-01-01 open Assets:Evil\n',
    '"\r2026-01-01 open Assets:Evil\r"',
    '" ^evil #evil "',
    "2026-01-01 * \\",
    'back\\slash and \\" quote',
    "\\",
    'plugin "evil"',
    'include "/etc/passwd"',
    "; comment",
    "#tag ^link @ {1 USD} | %",
    "Assets:Evil  100 USD",
    "=cmd|'/c calc'!A1",
    "+1+1",
    "@SUM(A1)",
    "<script>alert(1)</script>",
    "{{ 7 * 7 }}",
    "../../../etc/passwd",
    "\x1b[31mred\x1b[0m",
    "bell\x07 and null-ish\x01",
    "\u202egnp.exe",
    "line\u2028separator",
    "x" * 5_000,
    "Zoë Ünïcødé 测试 🦷",
    "To: x\r\nBcc: y",
)
FILES = {
    "visits": (VISITS, ["V1", "2026-03-02", "adams", "P", "completed", "97110", "50.00"], (0, 2, 3, 5)),
    "invoices": (INVOICES, ["I1", "V1", "2026-03-02", "adams", "P", "aetna", "50.00", ""], (0, 1, 3, 4, 5)),
    "payments": (PAYMENTS, ["P1", "2026-03-20", "I1", "aetna", "card", "50.00", "771"], (0, 2, 3, 6)),
    "adjustments": (ADJUSTMENTS, ["A1", "2026-03-20", "I1", "courtesy", "5.00"], (0, 2)),
    "claims": (CLAIMS, ["C1", "I1", "aetna", "2026-03-05", "submitted", "CO-16"], (0, 1, 2, 5)),
    "chase": (CHASE, ["X", "03/01/2026", "COFFEE", "-5.00", "ACH", "", ""], (2,)),
}
PLACES = [(kind, column) for kind, (_, _, columns) in FILES.items() for column in columns]
EXPECTED = {"Open", "Custom", "Transaction"}


@pytest.mark.parametrize("step", [5, pytest.param(1, marks=[pytest.mark.long, pytest.mark.attack])])
@pytest.mark.parametrize(("kind", "column"), PLACES, ids=[f"{kind}-{column}" for kind, column in PLACES])
def test_no_cell_becomes_more_than_text(folder: Folder, kind: str, column: int, step: int, counted: Counted) -> None:
    """A file with each text of the corpus is booked as one record, or refused without a trace."""
    header, row, _ = FILES[kind]
    opened = set(folder.books().opened)
    taken = 0
    for number, text in enumerate(CORPUS[PLACES.index((kind, column)) % step :: step]):
        cells = [*row[:column], text, *row[column + 1 :]]
        if column != 0 and kind != "chase":
            cells[0] = f"{row[0]}-{number}"
        out = io.StringIO()
        csv.writer(out).writerow(cells)
        result = folder.run("import", folder.give(f"{number}.csv", header + out.getvalue()))
        assert result.exception is None, result.exception
        assert "\x1b" not in result.stdout + result.stderr
        taken += result.return_value == 0
    books = folder.books()
    assert {type(entry).__name__ for entry in books.entries} <= EXPECTED
    assert not [account for account in set(books.opened) - opened if "Evil" in account and "Assets:Evil" in account]
    kinds = (
        "visit",
        "claim",
        "imported",
        "fava-extension",
        "fava-option",
        "provider",
        "payer",
        "on-account",
        "patient-secret",
    )
    assert all(entry.type in kinds for entry in books.entries if isinstance(entry, data.Custom))
    facts = [entry for entry in books.entries if derived_files.kind_of(entry) is None]
    records = [e for e in facts if isinstance(e, data.Transaction) or getattr(e, "type", "") in ("visit", "claim")]
    assert len(records) <= taken
    counted(len(CORPUS[::step]), f"texts as {kind} column {column + 1}", 0, "became more than text in the ledger")


def test_text_of_a_file_cannot_begin_markup(folder: Folder) -> None:
    """An arrow or a comparison stays; what a browser could take for a tag, a comment or a declaration does not."""
    texts = ("<script>alert(1)</script>", "A <!-- B", "<?php", "A <- B < 3 <3 <")
    rows = "".join(f"DEBIT,03/0{day}/2026,{text},-5.00,ACH,,\n" for day, text in enumerate(texts, 1))
    assert folder.run("import", folder.give("chase.csv", CHASE + rows)).return_value == 0
    booked = [entry.payee or entry.narration for entry in folder.books().entries if isinstance(entry, data.Transaction)]
    assert booked == ["‹script>alert(1)‹/script>", "A ‹!-- B", "‹?php", "A <- B < 3 <3 <"]


DAY = datetime.date(2026, 3, 2)
texts = st.text(st.characters(exclude_categories=("Cs", "Cc")), max_size=40).filter(lambda t: t == printer.clean(t))
numbers = st.decimals(-(10**9), 10**9, places=2)
keys = st.from_regex(r"[a-z][a-zA-Z0-9_-]{1,10}", fullmatch=True).filter(lambda k: k not in ("filename", "lineno"))
values = st.one_of(texts, numbers, st.dates(datetime.date(1900, 1, 1), datetime.date(2199, 1, 1)), st.booleans(),
                   numbers.map(lambda n: Amount(n, "USD")))  # fmt: skip
metas = st.dictionaries(keys, values, max_size=3)


def transaction(meta: dict[str, object], payee: str, narration: str, number: Decimal) -> data.Transaction:
    legs = [
        data.Posting(account, Amount(sign * number, "USD"), None, None, None, None)
        for account, sign in (("Assets:Bank:Checking", 1), ("Income:Other", -1))
    ]
    return data.Transaction(meta, DAY, "*", payee, narration, frozenset({"t"}), frozenset({"inv-1"}), legs)


directives = st.one_of(
    st.builds(transaction, metas, texts, texts, numbers),
    st.builds(
        lambda meta, words, number: data.Custom(
            meta, DAY, "visit", [*(ValueType(word, str) for word in words), ValueType(number, Decimal)]
        ),
        metas, st.lists(texts, max_size=3), numbers,
    ),
    st.builds(lambda meta: data.Open(meta, DAY, "Assets:Bank", ["USD"], None), metas),
    st.builds(lambda meta: data.Close(meta, DAY, "Assets:Bank"), metas),
    st.builds(lambda meta, n: data.Balance(meta, DAY, "Assets:Bank", Amount(n, "USD"), None, None), metas, numbers),
    st.builds(lambda meta: data.Pad(meta, DAY, "Assets:Bank", "Equity:Opening-Balances"), metas),
    st.builds(lambda meta, text: data.Note(meta, DAY, "Assets:Bank", text, None, None), metas, texts),
    st.builds(lambda meta, one, other: data.Event(meta, DAY, one, other), metas, texts, texts),
    st.builds(lambda meta, n: data.Price(meta, DAY, "EUR", Amount(n, "USD")), metas, numbers),
)  # fmt: skip


@pytest.mark.parametrize("examples", [300, pytest.param(10_000, marks=[pytest.mark.long, pytest.mark.attack])])
def test_what_is_printed_is_what_is_parsed(examples: int, counted: Counted) -> None:
    @settings(max_examples=examples, deadline=None)
    @given(directives)
    def law(entry: data.Directive) -> None:
        text = printer.render([entry])
        (parsed,), errors, _ = parser.parse_string(text)
        assert errors == []
        assert printer.same(parsed, entry)

    law()
    counted(examples, "directives printed and parsed", 0, "became others")


@pytest.mark.parametrize("text", [text for text in CORPUS if not text.replace(" ", "").isprintable()])
def test_control_characters_are_never_written(text: str) -> None:
    with pytest.raises(DaysheetError):
        printer.render([transaction({}, text, "", Decimal(1))])


@pytest.mark.parametrize("word", ["a b", 'x"', "é", "", "x\n", "Assets Evil", "1x:Y", "Assets:b c"])
def test_no_account_tag_or_key_is_written_that_the_grammar_does_not_know(word: str) -> None:
    entry = transaction({}, "p", "n", Decimal(1))
    wrong: list[data.Directive] = [
        entry._replace(tags=frozenset({word})),
        entry._replace(links=frozenset({word})),
        entry._replace(meta={word: "v"}),
        data.Open({}, DAY, word, [], None),
        data.Note({}, DAY, word, "text", None, None),
    ]
    for directive in wrong:
        with pytest.raises(DaysheetError):
            printer.render([directive])
