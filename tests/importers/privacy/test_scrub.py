"""What identifies a person is found in free text, in whatever case, order and accents; ordinary text is left alone."""

from __future__ import annotations

import time

import pytest
from daysheet.importers.privacy.scrub import Names, scan, scrubbed

NAMES = Names(["García-López, María José", "O'Neil, Síle", "Anna Müller", "MBR-48213377", "04/12/1985", "Park"])


@pytest.mark.parametrize(
    "text",
    [
        "CHECK 1044 MARIA JOSE GARCIA-LOPEZ",
        "deposit María José García-López thanks",
        "Garcia-Lopez, Maria Jose",
        "garcía‑lópez maría josé".replace("‑", "-"),
        "PMT O'NEIL SILE",
        "Müller Anna",
        "ANNA MÜLLER",
        "anna muller",
        "MBR-48213377",
        "mbr 48213377 ref".replace("mbr 4", "MBR-4"),
        "born on 04/12/1985?",
        "SSN 123-45-6789",
        "call (555) 234-5678 now".replace("(555)", "(415)"),
        "415-234-5678",
        "415.234.5678",
        "ana.b+c@example.org",
        "DOB: 1985-04-12",
        "ZELLE PAYMENT FROM JOHN Q PUBLIC 8812",
        "Zelle from Ann Lee on 03/04",
    ],
)
def test_an_identifier_is_found_and_blanked(text: str) -> None:
    assert scan(text, NAMES)
    assert scan(scrubbed(text, NAMES), NAMES) == []


@pytest.mark.parametrize(
    "text",
    [
        '2026-03-02 * "Invoice INV-1001" ^inv-INV-1001',
        "  Assets:Receivable:Patients      50.00 USD",
        '2026-03-02 custom "visit" "57f2562b-445c-f11c-ba40-edc55af3c84f" "adams" "completed"',
        '  patient: "pt-7f3a9c2b1d0e"',
        '  sha256: "4155552671234567890abcdef4155552671234567890abcdef4155552671234567"',
        "PARK AVENUE RENT 2026",
        "ZELLE PAYMENT TO LANDLORD",
        "AETNA HCCLAIMPMT TRN*1*1234567890",
        "1,234.56 555-1234",
    ],
)
def test_ordinary_text_is_left_alone(text: str) -> None:
    assert scan(text, NAMES) == []


def test_a_scan_says_the_line_and_what_and_never_the_text() -> None:
    assert scan("one\ntwo Anna Müller\n", NAMES) == [(2, "a patient's name")]


def test_a_long_text_is_looked_through_in_no_time() -> None:
    row = '2026-03-02 * "Invoice INV-1001" ^inv-INV-1001\n  Assets:Receivable:Patients      50.00 USD\n'
    text = row * 10_000 + "born 2 March 1980, Anna Müller\n"
    began = time.process_time()
    assert [line for line, _ in scan(text, NAMES)] == [20_001, 20_001]
    assert time.process_time() - began < 1.5


@pytest.mark.parametrize("text", ["x" * 60_000, "x." * 30_000, "a@" + "x" * 60_000, "a@x." * 15_000, "1-" * 30_000])
def test_a_word_without_end_takes_no_time(text: str) -> None:
    began = time.process_time()
    scrubbed(text, NAMES)
    assert time.process_time() - began < 5
