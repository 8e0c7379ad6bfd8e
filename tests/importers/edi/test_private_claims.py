"""Seventy invented persons' identifiers, planted in every element of claims and answers that can hold text."""

from __future__ import annotations

from functools import partial
from pathlib import Path

import pytest
from daysheet import patients
from daysheet.errors import DaysheetError
from daysheet.importers.edi.answer_source import AnswerSource, answers_summary
from daysheet.importers.edi.claim_source import ClaimSource, claims_summary
from daysheet.importers.reading import Context
from daysheet.importers.rows.raw_file import RawFile

from tests.importers.books_folder import Folder
from tests.importers.edi.x12_files import claim, claims, receipt, states, status
from tests.importers.privacy.test_canaries import CANARIES, marks_in

CONTEXT = Context(partial(patients.token, secret=b"0123456789abcdef"))
TAGS = (
    "NM1",
    "N3",
    "N4",
    "DMG",
    "REF",
    "NTE",
    "MSG",
    "K3",
    "PER",
    "PAT",
    "SBR",
    "OI",
    "CR1",
    "CTX",
    "IK3",
    "IK4",
    "HI",
    "SV1",
    "STC",
)
MOST = 12
OTHER = ["SBR*S*18*******CI", "AMT*D*80", "NM1*IL*1*ROE*JACK****MI*X1", "NM1*PR*2*CIGNA*****PI*62308"]
MORE = ["NTE*ADD*NOTE", "K3*TEXT", "CR1*LB*140*I", "REF*D9*123", "NM1*DN*1*FOE*DAN", "REF*G2*12", *OTHER, "MSG*TEXT"]
SENT = claims(claim("17", "100", dependent="POE*JIM", other=MORE))
STATE = states([*status("17", "A7:255"), "REF*1K*123456789012", "MSG*TEXT"]).replace("TRN*2*17", "TRN*2*17~\nREF*EJ*17")
RECEIPT = receipt([("0001", "R*5")]).replace("IK5*R", "IK3*CLM*22**8~\nCTX*CLM01:1~\nIK4*2*782*1*X~\nIK5*R")
FILES = {
    "claims": SENT,
    "277CA": STATE,
    "277": STATE.replace("X214", "X212").replace("*0085*", "*0010*"),
    "999": RECEIPT,
}


def planted(text: str) -> list[str]:
    """The file once for each element of each of these segments, with that element as a place to fill."""
    lines = text.split("~\n")
    found = []
    for at, line in enumerate(lines):
        tag, *elements = line.split("*")
        for place in range(MOST) if tag in TAGS else ():
            filled = [*elements, *[""] * (place + 1 - len(elements))]
            filled[place] = "{}"
            found.append("~\n".join([*lines[:at], "*".join((tag, *filled)), *lines[at + 1 :]]))
    return found


def said(path: Path, text: str) -> str:
    """All that comes of a file: the records and the notes, or the error; and what is said of what it is."""
    path.write_text(text)
    source, summary = (
        (ClaimSource(bills=True), claims_summary) if "ST*837" in text else (AnswerSource(), answers_summary)
    )
    found = []
    for work in (lambda: source.read(RawFile(path), CONTEXT), lambda: summary(RawFile(path))):
        try:
            found.append(repr(work()))
        except DaysheetError as problem:
            found.append(str(problem))
    return " ".join(found)


@pytest.mark.parametrize("kind", FILES)
def test_no_element_lets_an_identifier_through(kind: str, tmp_path: Path) -> None:
    places = planted(FILES[kind])
    assert len(places) > 20
    for number, template in enumerate(places):
        for canary in CANARIES[number % 17 :: 17]:  # each place tries three, neighbouring places others
            outcome = said(tmp_path / "file.txt", template.replace("{}", canary))
            assert marks_in(outcome) == [], (canary, template.split("{}")[0].rpartition("~")[2])


@pytest.mark.long
@pytest.mark.parametrize("kind", FILES)
def test_no_element_lets_any_of_50_identifiers_through(kind: str, tmp_path: Path) -> None:
    for template in planted(FILES[kind]):
        for canary in CANARIES:
            outcome = said(tmp_path / "file.txt", template.replace("{}", canary))
            assert marks_in(outcome) == [], (canary, template.split("{}")[0].rpartition("~")[2])


def test_no_file_that_we_write_has_one(folder: Folder) -> None:
    folder.write_by_hand('\n[[source]]\nprofile = "x12-837"\ntake = ["claims", "invoices"]\n', "daysheet.toml")
    printed = []
    for number, canary in enumerate(CANARIES):
        notes = [f"NTE*ADD*{canary}", f"REF*EA*{canary}", f"NM1*DN*1*{canary}", f"N3*{canary}", f"MSG*{canary}"]
        text = claims(claim(f"{number + 100}", "100", patient=f"{canary}*{canary}", other=notes), number=number + 1)
        path = folder.give(f"{number}.837", text)
        printed.append(path)
    result = folder.run("import", *printed)
    texts = [path.read_text() for path in folder.path.rglob("*.beancount")]
    texts += [result.stdout, result.stderr, folder.run("check").stdout, folder.run("report", "claims").stdout]
    assert len(folder.books().claims) == len(CANARIES)
    assert marks_in("\n".join(texts)) == []
