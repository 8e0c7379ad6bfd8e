"""The pack as an accountant receives it: valid, complete, and with nothing in it that should not be."""

from __future__ import annotations

import hashlib
import json
import re
import subprocess
from pathlib import Path

import pytest
from pypdf import PdfReader

PACK = "packs/2026/accountants-pack-2026.pdf"


def text_of(pdf: Path) -> str:
    return subprocess.run(["pdftotext", "-layout", str(pdf), "-"], capture_output=True, text=True, check=True).stdout


@pytest.mark.parametrize("books", ["small", "small_a4"])
def test_the_pack_is_archival_and_accessible(books, request, verapdf):
    assert verapdf(request.getfixturevalue(books) / PACK) == []


def test_the_pack_is_sound_to_qpdf(small):
    run = subprocess.run(["qpdf", "--check", str(small / PACK)], capture_output=True, text=True, check=False)
    assert run.returncode == 0, run.stdout


def test_every_font_is_embedded_and_the_programs_own(small):
    run = subprocess.run(["pdffonts", str(small / PACK)], capture_output=True, text=True, check=True)
    fonts = run.stdout.splitlines()[2:]
    assert fonts
    for line in fonts:
        assert "Source-Sans-3" in line
        assert re.search(r"Identity-H\s+yes yes yes", line), line


def test_pages_have_the_size_that_was_asked_for(small, small_a4):
    def sizes(books):
        return {tuple(round(float(x)) for x in sorted(page.mediabox[2:])) for page in PdfReader(books / PACK).pages}

    assert sizes(small) == {(612, 792)}
    assert sizes(small_a4) == {(595, 842)}


def test_a_hostile_payee_is_text(small):
    text = " ".join(text_of(small / PACK).split())
    assert "<script>alert(1)</script> & <b>Sons</b>" in text
    assert "{{ entity }}" in text


def test_what_the_typeface_lacks_is_shown_and_reported(small, tmp_path):
    text = text_of(small / PACK)
    assert "□□ □ □□□□□ □□□□" in text
    assert "Łódź" in text


def test_no_patient_token_is_in_the_pack(small):
    for path in (small / "packs/2026").iterdir():
        content = path.read_bytes()
        assert b"pt-0123456789ab" not in content
    assert "pt-0123456789ab" not in text_of(small / PACK)
    for contents in PdfReader(small / PACK).attachments.values():
        assert b"pt-0123456789ab" not in contents[0]


def test_patient_tokens_are_shown_when_asked_for(small_a4):
    assert b"pt-0123456789ab" in PdfReader(small_a4 / PACK).attachments["general-ledger.csv"][0]


def test_the_manifest_names_every_file_by_its_digest(small):
    folder = small / "packs/2026"
    manifest = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
    named = {file["name"]: file["sha256"] for file in manifest["files"]}
    found = {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in folder.iterdir()}
    found.pop("manifest.json")
    assert named == found
    assert manifest["pack"].startswith("willow-creek-2026-")


def test_the_embedded_tables_are_those_beside_the_pack(small):
    embedded = PdfReader(small / PACK).attachments
    tables = {path.name: path.read_bytes() for path in (small / "packs/2026").glob("*.csv")}
    assert tables
    assert {name: embedded[name][0] for name in tables} == tables


def test_each_page_says_where_it_stands_in_how_many(small):
    reader = PdfReader(small / PACK)
    count = len(reader.pages)
    for number, page in enumerate(reader.pages[1:], 2):
        assert f"Page {number} of {count}" in page.extract_text()


def test_the_contents_name_the_page_of_each_section(small):
    reader = PdfReader(small / PACK)
    listed = re.findall(r"^(\S.*?)[ .]{4,}(\d+)$", reader.pages[1].extract_text(), re.MULTILINE)
    assert len(listed) > 8
    for title, number in listed:
        assert title in reader.pages[int(number) - 1].extract_text()
