"""Acknowledgments and states of claims: what they answer, and how."""

from __future__ import annotations

import contextlib
import datetime
from decimal import Decimal
from functools import partial
from pathlib import Path

import pytest
from daysheet import patients
from daysheet.errors import DaysheetError
from daysheet.importers.edi.answer_source import AnswerSource, answers_summary
from daysheet.importers.reading import Context
from daysheet.importers.rows.raw_file import RawFile
from daysheet.importers.sources import all_sources, source_of
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.importers.edi.x12_files import ISA, envelope, receipt, states, status

CONTEXT = Context(
    partial(patients.token, secret=b"0123456789abcdef"),
    payer_called=lambda _name, numbers: "aetna" if "60054" in numbers else "",
)
BOTH = states(status("17", "A2:20"), status("18", "A7:562:85"))


@pytest.fixture
def file(tmp_path: Path):
    def work(text: str) -> RawFile:
        path = tmp_path / "answer.txt"
        path.write_text(text)
        return RawFile(path)

    return work


def read(file: RawFile):
    return AnswerSource().read(file, CONTEXT)


def test_a_277ca_says_of_each_claim_whether_it_was_accepted_and_why_not(file):
    one, other = read(file(BOTH)).records
    assert (one.kind, one.id, one.status, one.by, one.payer) == ("277CA", "17", "accepted", "payer", "aetna")
    assert (one.date, one.amount) == (datetime.date(2026, 3, 6), Decimal(100))
    assert (other.id, other.status, other.codes) == ("18", "rejected", "A7:562:85")
    assert other.reason == "rejected, invalid information: entity's NPI (billing provider)"


@pytest.mark.parametrize(
    ("code", "verdict"),
    [
        ("A0:16", "received"), ("A1:19", "received"), ("A2:20", "accepted"), ("A3:21", "rejected"),
        ("A4:35", "rejected"),
        ("A5:0", "accepted"), ("A6:21", "rejected"), ("A7:21", "rejected"), ("A8:21", "rejected"),
    ],
)  # fmt: skip
def test_every_category_of_an_acknowledgment_comes_to_something(file, code, verdict):
    (answer,) = read(file(states(status("17", code)))).records
    assert answer.status == verdict


MEANINGS = {
    "A2:1": "accepted for adjudication: details are in the remittance advice",
    "A3:18": "returned as unprocessable: received, returned with an invalid status",
    "A7:116": "rejected, invalid information: sent to the wrong payer",
    "A6:244:82": "rejected, information missing: tooth number or letter (rendering provider)",
    "A7:481": "rejected, invalid information: format of the claim is not valid",
    "A8:999": "rejected, fields that do not fit together: code 999",
}
"""As the lists of X12 (507 and 508) say it in their own words."""


@pytest.mark.parametrize(("code", "words"), MEANINGS.items())
def test_a_reason_is_what_the_lists_say(file, code, words):
    (answer,) = read(file(states(status("17", code)))).records
    assert answer.reason == words


def test_a_group_whose_number_came_before_is_rejected_for_that(file):
    text = envelope("999", "005010X231A1", ["AK1*HC*905", "AK9*R*1*1*0*19"], ident="FA")
    (answer,) = read(file(text)).records
    assert answer.reason == "group's control number not unique"


def test_a_clearinghouse_s_word_is_not_the_payer_s(file):
    (answer,) = read(file(states(status("17", "A1:19"), source="AY*2*CLEARINGHOUSE*****46*99"))).records
    assert (answer.by, answer.payer) == ("clearinghouse", "")


def test_a_whole_file_that_a_clearinghouse_rejects_is_answered_by_its_sender_s_number(file):
    text = states().replace("STC*A1:19", "STC*A8:496:41")
    (answer,) = read(file(text)).records
    assert (answer.kind, answer.id, answer.status) == ("277CA-batch", "90577", "rejected")


FURTHER = {
    "P1:20": "pending",
    "P3:317": "pending",
    "R4:294": "pending",
    "F0:3": "paid",
    "F1:65": "paid",
    "F2:88": "denied",
}


@pytest.mark.parametrize(("code", "verdict"), FURTHER.items())
def test_a_277_says_how_far_a_claim_is(file, code, verdict):
    body = [
        "BHT*0010*08*1*20260310*1200*DG", "HL*1**20*1", "NM1*PR*2*AETNA*****PI*60054", "HL*4*1*22*0",
        "NM1*IL*1*ROE*JANE****MI*W000111222", "TRN*2*ABC", f"STC*{code}*20260309**100*80", "REF*EJ*17",
        "DTP*472*D8*20260302", "SVC*HC:99213*100*80", "STC*F2:88*20260309",
    ]  # fmt: skip
    (answer,) = read(file(envelope("277", "005010X212", body, "20260310", 5, "HN"))).records
    assert (answer.kind, answer.id, answer.status, answer.service) == ("277", "17", verdict, datetime.date(2026, 3, 2))


@pytest.mark.parametrize("kind", ["999", "997"])
def test_a_receipt_answers_the_transaction_sets_of_a_group(file, kind):
    reading = read(file(receipt([("0001", "A"), ("0002", "E"), ("0003", "R*5")], kind=kind)))
    assert [(a.kind, a.id, a.status) for a in reading.records] == [
        (kind, "905/1", "accepted"), (kind, "905/2", "accepted"), (kind, "905/3", "rejected"),
    ]  # fmt: skip
    assert [a.reason for a in reading.records] == ["", "", "segments in error"]
    assert answers_summary(file(receipt([("0001", "A"), ("0002", "R")], kind=kind)))["rejected"] == 1


def test_where_a_fault_is_stands_in_the_reason(file):
    text = receipt([("0001", "R*5")]).replace("IK5*R", "IK3*CLM*22**8~\nIK4*2*782*1*ROE JANE~\nCTX*CLM01:ROE~\nIK5*R")
    (answer,) = read(file(text)).records
    assert answer.reason == "segments in error (CLM, element 2)"


def test_a_group_that_is_rejected_without_its_sets_is_answered_as_one(file):
    (answer,) = read(file(receipt([]).replace("AK9*A*1*1*1", "AK9*R*1*1*0*2"))).records
    assert (answer.id, answer.status, answer.reason) == ("905", "rejected", "group's version not supported")


@pytest.mark.parametrize(("word", "verdict"), [("A*000", "accepted"), ("R*025", "rejected"), ("E*001", "accepted")])
def test_a_ta1_answers_an_interchange(file, word, verdict):
    head = ISA.format(day="260305", number="000000031")
    given_ = file(f"{head}~\nTA1*000000905*260305*1200*{word}~\nIEA*0*000000031~\n")
    assert source_of(given_, all_sources()).name == "x12-acknowledgment"
    (answer,) = read(given_).records
    assert (answer.kind, answer.id, answer.status) == ("TA1", "905", verdict)
    assert answers_summary(given_)[verdict] == 1


def test_a_receipt_for_other_files_says_nothing_of_claims(file):
    reading = read(file(receipt([("0001", "A")]).replace("AK1*HC", "AK1*HP")))
    assert (reading.records, [s.reason for s in reading.skipped]) == ((), ["says nothing of a claim that was sent"])


def test_what_is_cut_off_is_refused(file):
    with pytest.raises(DaysheetError, match=r"answer\.txt:3: is cut off: its 277"):
        read(file(BOTH.split("\nSE*")[0]))


@pytest.mark.parametrize(
    "change", [lambda t: t.replace("\n", ""), lambda t: t.replace("*", "+"), lambda t: "Hello\n" + t]
)
def test_answers_are_read_however_the_file_is_written(file, change):
    assert [a.status for a in read(file(change(BOTH))).records] == ["accepted", "rejected"]


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=60)
@given(st.text(alphabet="*~:\nSTCAKHLRN0159-. Z", max_size=60), st.integers(0, 900), st.integers(0, 40))
def test_any_damage_is_read_or_refused_in_words(file, noise, at, cut):
    for text in (BOTH, receipt([("0001", "R*5")])):
        with contextlib.suppress(DaysheetError):
            read(file(text[:at] + noise + text[at + cut :]))
