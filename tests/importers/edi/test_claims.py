"""Files of claims: what is read of them, and what is refused."""

from __future__ import annotations

import contextlib
import datetime
from decimal import Decimal
from functools import partial
from pathlib import Path

import pytest
from daysheet import patients
from daysheet.errors import DaysheetError
from daysheet.importers.edi.claim_source import ClaimSource, claims_summary
from daysheet.importers.edi.parties import is_npi
from daysheet.importers.reading import Context
from daysheet.importers.rows.raw_file import RawFile
from daysheet.importers.sources import all_sources, source_of
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.importers.edi.x12_files import claim, claims, states

TOKEN = partial(patients.token, secret=b"0123456789abcdef")
PAYERS = {"60054": "aetna", "62308": "cigna"}
CONTEXT = Context(
    TOKEN,
    payer_called=lambda _name, numbers: next((PAYERS[n] for n in numbers if n in PAYERS), ""),
    provider_called=lambda number, _name: "adams" if number == "1234567893" else "",
)


@pytest.fixture
def read(tmp_path: Path):
    def work(text: str | bytes, *, bills: bool = False):
        path = tmp_path / "claims.837"
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
        return ClaimSource(bills=bills).read(RawFile(path), CONTEXT)

    return work


def test_a_claim_says_what_was_asked_for_of_whom_and_when(read):
    (found,) = read(claims(claim("INV-17", "100", [("99213", "60"), ("87070", "40")]))).records
    assert (found.id, found.invoice, found.payer, found.status) == ("INV-17", "INV-17", "aetna", "submitted")
    assert found.submitted == datetime.date(2026, 3, 5)
    sent = found.sent
    assert (sent.form, sent.charged, sent.first, sent.provider) == (
        "837P", Decimal(100), datetime.date(2026, 3, 2), "adams",
    )  # fmt: skip
    assert [(line.service, line.charge) for line in sent.lines] == [("99213", Decimal(60)), ("87070", Decimal(40))]
    assert sent.batch == "905/905/1/90577"
    assert (sent.unexplained, sent.patient, sent.bill) == (0, "", False)


@pytest.mark.parametrize(
    ("guide", "kind", "form"),
    [
        ("005010X222A1", "P", "837P"), ("004010X098A1", "P", "837P"), ("005010X224A2", "D", "837D"),
        ("004010X097A1", "D", "837D"), ("005010X223A2", "I", "837I"), ("004010X096A1", "I", "837I"), ("", "D", "837D"),
    ],
)  # fmt: skip
def test_every_form_of_both_versions_is_read(read, guide, kind, form):
    code = {"P": "99213", "D": "D2392", "I": "85025"}[kind]
    reading = read(claims(claim("17", "100", [(code, "100")], kind=kind), kind=kind, guide=guide or "005010"))
    assert [(c.sent.form, c.sent.charged, c.sent.lines[0].service) for c in reading.records] == [
        (form, Decimal(100), code)
    ]


def test_a_dependent_is_the_patient_and_the_next_subscriber_s_claim_is_their_own(read):
    file = claims(
        claim("1", "100", dependent="ROE*JIM"),
        claim("2", "100", patient="POE*ANN"),
        claim("3", "100", patient="ROE*JANE"),
    )
    tokens = [found.sent.patient for found in read(file, bills=True).records]
    assert tokens == [TOKEN("ROE JIM 20150401"), TOKEN("POE ANN 19700131"), TOKEN("ROE JANE 19700131")]


def test_what_others_paid_and_whose_turn_it_is_is_read_and_no_other_insurer_is_the_claim_s(read):
    other = ["SBR*P*18*******CI", "AMT*D*80", "OI***Y***Y", "NM1*IL*1*ROE*JACK****MI*X1", "NM1*PR*2*CIGNA*****PI*62308"]
    (found,) = read(claims(claim("17", "100", rank="S", other=other))).records
    assert (found.payer, found.sent.rank, found.sent.earlier) == ("aetna", "secondary", Decimal(80))


@pytest.mark.parametrize(
    ("code", "word"), [("1", "original"), ("7", "replacement"), ("8", "void"), ("6", "replacement"), ("", "original")]
)
def test_a_claim_says_whether_it_replaces_or_takes_back_another(read, code, word):
    (found,) = read(claims(claim("17", "100", frequency=code))).records
    assert found.sent.frequency == word


def test_lines_that_do_not_add_up_are_said_and_the_claim_is_kept(read):
    reading = read(claims(claim("17", "105", [("99213", "60"), ("87070", "40")])))
    assert reading.records[0].sent.unexplained == Decimal(5)
    assert reading.notes == ("claim 17 (line 19) asks for 105.00, and its 2 lines for 100.00: +5.00",)


def test_a_predetermination_is_counted_and_is_no_claim_and_an_encounter_makes_no_bill(read):
    asked = [line.replace("*Y*A*Y*Y", "*Y*A*Y*Y**********PB") for line in claim("17", "100", kind="D")]
    reading = read(claims(asked, claim("18", "50", kind="D"), kind="D"))
    assert ([c.id for c in reading.records], reading.rows) == (["18"], 2)
    assert [(s.row, s.reason) for s in reading.skipped] == [(1, "a predetermination asks for no money")]
    for guide in ("005010X291", "005010X292"):
        asked = read(claims(claim("17", "100"), guide=guide), bills=True)
        assert (asked.records, asked.rows, len(asked.skipped)) == ((), 1, 1)
    (found,) = read(claims(claim("17", "100"), purpose="RP"), bills=True).records
    assert (found.sent.encounter, found.sent.bill) == (True, False)


def test_a_provider_of_one_line_stands_at_that_line(read):
    segments = claim("17", "100", [("99213", "60"), ("87070", "40")])
    segments.append("NM1*82*1*BAKER*BOB****XX*1003000126")
    (found,) = read(claims(segments)).records
    assert (found.sent.provider, [line.provider for line in found.sent.lines]) == ("adams", ["", "1003000126"])


def test_the_check_digit_of_a_provider_s_number_is_looked_at():
    assert [is_npi(number) for number in ("1234567893", "1234567890", "4155550137", "123456789")] == [True] + [
        False
    ] * 3


def test_a_number_that_may_be_a_person_s_is_not_readable(read):
    (found,) = read(claims(claim("ROE19700131", "100"))).records
    assert found.id == TOKEN("ROE19700131")


WHOLE = claims(claim("1", "100"), claim("2", "250.50", [("99214", "250.50")]))


@pytest.mark.parametrize(
    "change",
    [
        lambda text: text.replace("\n", ""),
        lambda text: text.replace("*", "|").replace(":", ">").replace("~", "'"),
        lambda text: text.replace("~\n", "\n"),
        lambda text: "Dear practice,\nVISA*card: the claims of today follow.\n\n" + text,
        lambda text: "\ufeff" + text,
        lambda text: text.replace("~\n", "~\r\n    "),
        lambda text: "\n".join(text.replace("\n", "")[at : at + 80] for at in range(0, len(text), 80)),
        lambda text: text.rpartition("GE*")[0],
    ],
    ids=["one line", "odd marks", "lines", "prose", "a mark of order", "indented", "wrapped", "no trailer"],
)
def test_claims_are_read_however_the_file_is_written(read, change):
    found = read(change(WHOLE)).records
    assert [(c.id, c.sent.charged) for c in found] == [("1", Decimal(100)), ("2", Decimal("250.50"))]
    assert read(change(WHOLE)).rows == 2


def test_joined_files_are_read_whole(read):
    joined = claims(claim("1", "100")) + claims(claim("2", "50"), number=906)
    assert [c.sent.batch for c in read(joined).records] == ["905/905/1/90577", "906/906/1/90677"]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (WHOLE.split("CLM*2")[0], r"claims\.837:3: is cut off: its 837 that begins here has no end \(SE\)"),
        (WHOLE.partition("ST*")[1] + WHOLE.partition("ST*")[2], r"claims\.837:1: no ISA segment"),
        (claims(), r"claims\.837:3: holds no claim"),
        (WHOLE + states(), r"claims\.837:43: holds transactions of several kinds, 837, 277"),
        (WHOLE.replace("CLM*1*100", "CLM*1*ROE"), r"claims\.837:19: CLM02 is not an amount"),
        (WHOLE.replace("CLM*1*100", "CLM*1*100.005"), r"claims\.837:19: CLM02 is not an amount"),
        (WHOLE.replace("CLM*1*", "CLM**"), r"claims\.837:19: a claim without a number"),
    ],
    ids=["cut off", "no header", "no claim", "mixed", "no amount", "mills", "no number"],
)  # fmt: skip
def test_what_cannot_be_right_is_refused_in_a_line(read, text, message):
    with pytest.raises(DaysheetError, match=message):
        read(text)


def test_a_missing_segment_is_said(read):
    reading = read(WHOLE.replace("HI*ABK:J020~\n", "", 1))
    assert reading.notes == ("the 837 of line 3 says that it has 36 segments, and has 35",)


def test_identify_counts_claims_charges_and_lines(tmp_path):
    path = tmp_path / "export.txt"
    path.write_text(WHOLE)
    assert source_of(RawFile(path), all_sources()).name == "x12-837"
    assert claims_summary(RawFile(path)) == {
        "file": str(path), "kind": "claims", "claims": 2, "charges": "350.50", "lines": 2,
    }  # fmt: skip


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=60)
@given(st.text(alphabet="*~:\nCLMSVNHTE0159-. Z", max_size=60), st.integers(0, 1500), st.integers(0, 40))
def test_any_damage_is_read_or_refused_in_words(read, noise, at, cut):
    with contextlib.suppress(DaysheetError):
        read(WHOLE[:at] + noise + WHOLE[at + cut :], bills=True)
