"""Remittances that nobody here wrote: counts and sums against the raw segments, read by a few lines of our own."""

from __future__ import annotations

import re
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from daysheet.importers.edi import remittances, strict, x12
from daysheet.importers.edi.source import RemittanceSource, remittance_summary
from daysheet.importers.reading import Context
from daysheet.importers.rows.raw_file import RawFile
from daysheet.remittances import problems

from tests.conftest import NO_SAMPLES, SAMPLES

FOLDER = SAMPLES / "practice" / "x12-835"
FILES: list[Any] = [*sorted(FOLDER.glob("*.835"))]
FILES = FILES or [pytest.param(None, marks=pytest.mark.skip(reason=NO_SAMPLES))]
UNBALANCED = {"stupidedi_case_3a.835"}
NAMES = r"NM1.QC.1.([A-Z]+).([A-Z]*)"


def raw(path: Path) -> list[list[str]]:
    """The segments after the header, split at any of the marks that these files use."""
    text = path.read_bytes().decode("latin-1")
    text = text[text.index("ISA" + text.split("ISA")[1][0]) :]
    separator = text[3]
    body = text[text.index("\nGS" if "\nGS" in text else "GS") :]
    return [segment.strip().split(separator) for segment in re.split(r"[~\n]", body) if segment.strip()]


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem if path else "none")
def test_claims_and_payments_are_those_of_the_raw_segments(path):
    claims = [segment for segment in raw(path) if segment[0] == "CLP"]
    paid = sum((Decimal(segment[4]) for segment in claims), Decimal())
    summary = remittance_summary(RawFile(path))
    assert (summary["claims"], Decimal(summary["paid"])) == (len(claims), paid)


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem if path else "none")
def test_a_remittance_balances_where_its_raw_segments_do(path):
    segments = raw(path)
    sent = next(Decimal(segment[2]) for segment in segments if segment[0] == "BPR")
    paid = sum(Decimal(segment[4]) for segment in segments if segment[0] == "CLP")
    beside = sum(Decimal(amount) for segment in segments if segment[0] == "PLB" for amount in segment[4::2])
    charged = sum(Decimal(segment[3]) for segment in segments if segment[0] == "CLP")
    adjusted = sum(Decimal(amount or 0) for segment in segments if segment[0] == "CAS" for amount in segment[3::3])
    balances = sent == paid - beside and charged == paid + adjusted
    assert remittance_summary(RawFile(path))["balanced"] == balances == (path.name not in UNBALANCED)


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem if path else "none")
def test_no_patient_of_a_remittance_is_read(path):
    text = path.read_bytes().decode("latin-1")
    names = {name for found in re.findall(NAMES, text) for name in found if len(name) > 2}
    members = set(re.findall(r"NM1.(?:QC|IL)(?:[^~\n]*)[^A-Z0-9]([A-Z0-9]{6,})[~\n\r]", text))
    reading = RemittanceSource().read(RawFile(path), Context(token=lambda _: "pt-000000000000"))
    said = repr([record._replace(meta={}) for record in reading.records])
    assert [word for word in names | members if re.search(rf"(?<![A-Z0-9]){word}(?![A-Z0-9])", said)] == []


@pytest.mark.skipif(not FOLDER.is_dir(), reason=NO_SAMPLES)
def test_the_figures_of_an_unbalanced_remittance_are_named():
    path = FOLDER / "stupidedi_case_3a.835"
    (transaction,) = x12.transactions(x12.decode(path.read_bytes()), path)
    (problem,) = problems(remittances.remittance(transaction, path, str))
    assert "1,222.00 sent" in problem
    assert "-2.54" in problem
    assert "give 1,224.54" in problem


@pytest.mark.skipif(not FOLDER.is_dir(), reason=NO_SAMPLES)
@pytest.mark.parametrize(("name", "valid"), [("stupidedi_era-sample.835", True), ("lfh_medicare-part-a.835", False)])
def test_pyx12_judges_by_the_standard(name, valid):
    assert (strict.faults(RawFile(FOLDER / name)) == []) == valid
