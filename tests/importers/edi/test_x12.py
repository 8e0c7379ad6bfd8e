"""X12 text as senders really write it."""

from __future__ import annotations

import contextlib
from pathlib import Path

import pytest
from daysheet.errors import DaysheetError
from daysheet.importers.edi import x12
from hypothesis import given
from hypothesis import strategies as st

PATH = Path("remittance.835")
ISA = "ISA*00*          *00*          *ZZ*PAYER          *ZZ*PRACTICE       *261230*1200*^*00501*000000001*0*P*:"
BODY = (
    "GS*HP*PAYER*PRACTICE*20261230*1200*1*X*005010X221A1",
    "ST*835*0001",
    "BPR*I*80*C*ACH*CCP*01*1*DA*2*3**01*4*DA*5*20270102",
    "CLP*INV-1001*1*150*80*20*12*77",
    "SVC*HC:97110*150*80",
    "SE*5*0001",
    "GE*1*1",
    "IEA*1*000000001",
)


def written(element: str = "*", component: str = ":", terminator: str = "~", between: str = "\n") -> str:
    lines = [line.replace(":", component).replace("*", element) for line in (ISA, *BODY)]
    return (terminator + between).join(lines) + terminator + between


def claims(text: str) -> list[list[str]]:
    return [
        [segment.get(1), segment.get(4), str(segment.line)]
        for transaction in x12.transactions(text, PATH)
        for segment in transaction.segments
        if segment.tag == "CLP"
    ]


@pytest.mark.parametrize("between", ["", "\n", "\n    ", "\n\n"])
@pytest.mark.parametrize("marks", ["*:~", "|^~", "+>'", "*>\x1c", "\x1d\x1f\x1e", "!:!"[:2] + "~"])
def test_the_delimiters_are_the_ones_that_the_header_declares(marks, between):
    element, component, terminator = marks
    text = written(element, component, terminator, between)
    assert [row[:2] for row in claims(text)] == [["INV-1001", "80"]]
    (service,) = [s for t in x12.transactions(text, PATH) for s in t.segments if s.tag == "SVC"]
    assert service.components(1) == ["HC", "97110"]


def test_lines_may_end_segments():
    assert claims(written(terminator="")) == [["INV-1001", "80", "5"]]


def test_a_header_without_a_component_separator_is_read():
    assert [row[:2] for row in claims(written().replace("*P*:~", "*P*~"))] == [["INV-1001", "80"]]


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "latin-1"])
def test_a_byte_order_mark_and_foreign_letters_do_no_harm(encoding):
    text = written().replace("PAYER    ", "KRANKEN\xe4  ")
    assert claims(x12.decode(text.encode(encoding))) == [["INV-1001", "80", "5"]]


def test_a_file_wrapped_at_80_columns_is_read():
    text = written(between="")
    wrapped = "\n".join(text[at : at + 80] for at in range(0, len(text), 80))
    assert [row[:2] for row in claims(wrapped)] == [["INV-1001", "80"]]


def test_prose_before_and_between_interchanges_is_passed_by_and_lines_are_counted():
    text = (
        "Dear practice,\nISA is below; VISA*card*notes too.\n\n" + written() + "The second:\n" + written("|", "^", "'")
    )
    assert claims(text) == [["INV-1001", "80", "8"], ["INV-1001", "80", "18"]]


def test_several_transactions_of_one_group_are_several():
    twice = written().replace("GE*1*1", "~".join(BODY[1:6]) + "~GE*2*1")
    assert len(x12.transactions(twice, PATH)) == 2


def test_a_missing_trailer_shows_and_loses_nothing():
    (transaction,) = x12.transactions(written().split("SE*")[0], PATH)
    assert (transaction.closed, len(transaction.segments)) == (False, 3)


def test_without_a_header_the_error_says_so_and_where():
    text = "Remittance\n\n" + "~\n".join(BODY[1:6])
    with pytest.raises(DaysheetError, match=r"remittance\.835:3: no ISA segment"):
        x12.transactions(text, PATH)


@pytest.mark.parametrize("cell", ["SMITH", "12.3.4", "--5", "1e5", "NaN", "7" * 2_000_000])
def test_an_amount_that_is_none_is_an_error_that_does_not_quote_it(cell):
    segment = x12.Segment("CLP", ("A", "1", cell), 7, ":")
    with pytest.raises(DaysheetError) as caught:
        segment.money(3)
    assert (caught.value.message, caught.value.line) == ("CLP03 is not an amount", 7)


@given(st.text(alphabet="ISAGTE*~:|\n 0125835", max_size=400), st.integers(0, 400))
def test_any_text_is_read_or_refused_in_words(noise, at):
    text = written()
    for attempt in (text[:at] + noise + text[at:], noise):
        with contextlib.suppress(DaysheetError):
            x12.transactions(attempt, PATH)
