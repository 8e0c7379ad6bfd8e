"""A pack proves where it comes from, and a locked year tells of later edits."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
import zlib
from decimal import Decimal
from pathlib import Path

import pikepdf
import pytest

from tests.reports.pack.conftest import here, make_books
from tests.reports.pack.practice import ledger

PACK = "packs/2026/accountants-pack-2026.pdf"


@pytest.fixture
def books(small: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(small, tmp_path / "books"))


def edit(books: Path, before: str, after: str) -> None:
    path = books / "main.beancount"
    text = path.read_text(encoding="utf-8")
    assert before in text
    path.write_text(text.replace(before, after), encoding="utf-8")


def test_a_pack_agrees_with_the_books_it_comes_from(books):
    run = here("verify", str(books / PACK), "--books", str(books))
    assert (run.returncode, run.stdout[:4]) == (0, "Yes:")


def test_a_pack_still_agrees_when_the_entries_move_to_other_lines(books):
    path = books / "main.beancount"
    path.write_text("; a comment\n\n\n" + path.read_text(encoding="utf-8"), encoding="utf-8")
    assert here("verify", str(books / PACK), "--books", str(books)).returncode == 0


def test_a_pack_still_agrees_when_the_next_year_has_begun(books):
    path = books / "main.beancount"
    later = '\n2027-01-04 * "Rent"\n  Expenses:Rent  1200.00 USD\n  Assets:Bank:Checking  -1200.00 USD\n'
    path.write_text(path.read_text(encoding="utf-8") + later, encoding="utf-8")
    assert here("verify", str(books / PACK), "--books", str(books)).returncode == 0


def test_one_changed_figure_is_named_with_its_row_and_both_values(books):
    edit(books, "12.34", "12.35")
    run = here("verify", str(books / PACK), "--books", str(books))
    assert run.returncode == 1
    assert run.stdout.startswith("No:")
    said = re.search(r'tie-outs.csv row 2 \(.*\), left: "(.*)" in the pack, "(.*)" by the books', run.stdout)
    assert said is not None
    assert Decimal(said[2]) - Decimal(said[1]) == Decimal("0.01")


def test_a_figure_changed_inside_the_pdf_is_found(books, tmp_path):
    forged = tmp_path / "forged.pdf"
    with pikepdf.open(books / PACK) as pdf:
        table = pdf.attachments["income.csv"].get_file().read_bytes()
        assert b"1200.00" in table
        pdf.attachments["income.csv"] = pikepdf.AttachedFileSpec(
            pdf, table.replace(b"1200.00", b"1300.00"), filename="income.csv"
        )
        pdf.save(forged)
    run = here("verify", str(forged), "--books", str(books))
    assert run.returncode == 1
    assert '"1300.00" in the pack, "1200.00" by the books' in run.stdout
    assert "income.csv" in run.stdout


def saved_as(books: Path, path: Path, change) -> Path:
    """The pack with a change made to the open PDF."""
    with pikepdf.open(books / PACK) as pdf:
        change(pdf)
        pdf.save(path)
    return path


@pytest.mark.parametrize(
    ("key", "value"),
    [("pack", "willow-creek-2026-ffffffff"), ("signed-by", "a CPA")],
)
def test_a_forged_manifest_is_no(books, tmp_path, key, value):
    def forge(pdf):
        label = json.loads(pdf.attachments["manifest.json"].get_file().read_bytes())
        label[key] = value
        del pdf.attachments["manifest.json"]
        del pdf.Root.AF
        pdf.attachments["manifest.json"] = pikepdf.AttachedFileSpec(
            pdf, json.dumps(label).encode(), filename="manifest.json"
        )

    run = here("verify", str(saved_as(books, tmp_path / "forged.pdf", forge)), "--books", str(books))
    assert (run.returncode, run.stdout[:3]) == (1, "No:")
    assert f'what it says of itself is not what these books say: "{key}"' in run.stdout


def test_a_file_besides_the_list_of_attachments_is_no(books, tmp_path):
    def hide(pdf):
        spec = pikepdf.AttachedFileSpec(pdf, b"another W-9", filename="w9.csv")
        rectangle = pikepdf.Array([0, 0, 9, 9])
        note = pikepdf.Dictionary(
            Type=pikepdf.Name.Annot, Subtype=pikepdf.Name.FileAttachment, Rect=rectangle, FS=spec.obj
        )
        pdf.pages[0].Annots = pdf.make_indirect(pikepdf.Array([pdf.make_indirect(note)]))

    run = here("verify", str(saved_as(books, tmp_path / "more.pdf", hide)), "--books", str(books))
    assert run.returncode == 1
    assert "a file that its list of attachments does not name" in run.stdout


def test_an_encrypted_pack_opens_with_its_password_alone(books, tmp_path):
    locked = tmp_path / "locked.pdf"
    with pikepdf.open(books / PACK) as pdf:
        pdf.save(locked, encryption=pikepdf.Encryption(owner="agreed upon", user="agreed upon", R=6))
    run = here("verify", str(locked), "--books", str(books))
    assert (run.returncode, "the PDF is encrypted" in run.stderr) == (2, True)
    run = here("verify", str(locked), "--books", str(books), "--password", "something else")
    assert (run.returncode, "the password is not that of this PDF" in run.stderr) == (2, True)
    run = here("verify", str(locked), "--books", str(books), "--password", "agreed upon")
    assert (run.returncode, run.stdout[:4]) == (0, "Yes:")
    run = here("verify", str(locked), "--books", str(books), "--password", "agreed upon", "--pages")
    assert (run.returncode, "pages cannot be compared" in run.stderr) == (2, True)


def test_what_is_painted_is_compared_when_asked(books, tmp_path):
    assert "not compared" in here("verify", str(books / PACK), "--books", str(books)).stdout
    run = here("verify", str(books / PACK), "--books", str(books), "--pages")
    assert (run.returncode, "the same to the byte" in run.stdout) == (0, True)

    def paint(pdf):
        pdf.pages[3].contents_add(b"q 1 0 0 rg 100 100 50 50 re f Q")

    painted = saved_as(books, tmp_path / "painted.pdf", paint)
    assert here("verify", str(painted), "--books", str(books)).returncode == 0
    run = here("verify", str(painted), "--books", str(books), "--pages")
    assert (run.returncode, "its pages are not those" in run.stdout) == (1, True)


def bomb(mebibytes: int) -> bytes:
    """Zeros, packed as zlib does it; each mebibyte is packed alike, and Adler's sum of zeros is how many they are."""
    packer = zlib.compressobj(9, zlib.DEFLATED, -15)
    block = packer.compress(bytes(1 << 20)) + packer.flush(zlib.Z_FULL_FLUSH)
    checked = ((mebibytes << 20) % 65521 << 16) + 1
    return b"\x78\xda" + block * mebibytes + packer.flush() + checked.to_bytes(4, "big")


def test_the_bomb_is_one():
    assert zlib.decompress(bomb(3)) == bytes(3 << 20)


def test_four_megabytes_that_unpack_to_four_gigabytes_are_refused_in_bounded_memory(books, tmp_path):
    def load(pdf):
        stream = pikepdf.Stream(pdf, bomb(3000))
        stream.Filter = pikepdf.Name.FlateDecode
        spec = pdf.attachments["income.csv"].obj
        spec.EF = pikepdf.Dictionary(F=pdf.make_indirect(stream))

    path = saved_as(books, tmp_path / "bomb.pdf", load)
    assert path.stat().st_size < 5_000_000
    # the peak of this command and of what it starts, not of what other tests have started
    peak = "import resource, subprocess, sys; code = subprocess.run(sys.argv[1:], check=False).returncode;"
    peak += "print(code, resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)"
    command = [sys.executable, "-c", peak, Path(sys.executable).parent / "daysheet", "verify", path, "--books", books]
    run = subprocess.run(command, capture_output=True, text=True, check=True)
    code, kilobytes = map(int, run.stdout.split())
    assert (code, run.stderr.count("\n")) == (2, 1)
    assert kilobytes < 1_200_000


def test_a_waiver_after_the_pack_unsettles_neither_the_pack_nor_its_mail(books):
    waiver = '\n2027-01-05 custom "waived" "unbilled-visit" "V1" "courtesy visit"\n'
    path = books / "main.beancount"
    path.write_text(path.read_text(encoding="utf-8") + waiver, encoding="utf-8")
    assert here("verify", str(books / PACK), "--books", str(books)).returncode == 0


def test_what_no_table_shows_is_still_held_by_the_digest(books):
    edit(
        books, 'custom "visit" "V1" "adams" "completed"', 'custom "visit" "V1" "adams" "completed"\n  service: "97110"'
    )
    run = here("verify", str(books / PACK), "--books", str(books))
    assert run.returncode == 1
    assert "digest" in run.stdout


def test_a_pack_of_another_practice_is_no(books):
    settings = books / "daysheet.toml"
    settings.write_text(settings.read_text(encoding="utf-8").replace("willow-creek", "oak-hill"), encoding="utf-8")
    run = here("verify", str(books / PACK), "--books", str(books))
    assert run.returncode == 1
    assert "oak-hill" in run.stdout


@pytest.mark.parametrize("content", [b"", b"no pdf", b"%PDF-1.7\nbroken"])
def test_a_file_that_is_no_pack_is_wrong_use(books, tmp_path, content):
    path = tmp_path / "other.pdf"
    path.write_bytes(content)
    run = here("verify", str(path), "--books", str(books))
    assert run.returncode == 2
    assert run.stderr.count("\n") == 1
    assert "other.pdf" in run.stderr


def test_a_pdf_without_a_manifest_is_wrong_use(books, tmp_path):
    path = tmp_path / "empty.pdf"
    with pikepdf.new() as pdf:
        pdf.add_blank_page()
        pdf.save(path)
    run = here("verify", str(path), "--books", str(books))
    assert run.returncode == 2
    assert "not a pack" in run.stderr


def locked_findings(books: Path) -> list[dict[str, object]]:
    run = here("check", "--kind", "locked-year", "--json", "--books", str(books))
    found: list[dict[str, object]] = json.loads(run.stdout)["findings"]
    return found


def test_a_locked_year_is_quiet_until_it_is_edited(books):
    assert here("lock", "2026", "--books", str(books)).returncode == 0
    assert locked_findings(books) == []
    edit(books, "12.34", "12.35")
    assert [finding["key"] for finding in locked_findings(books)] == ["2026"]


def test_the_finding_names_the_months_that_changed(books):
    here("lock", "2026", "--books", str(books))
    edit(books, "1200.00", "1250.00")
    edit(books, '"Owner" "Draw"', '"Owner" "Distribution"')
    assert "March and December" in str(locked_findings(books)[0]["message"])


def test_an_edit_of_another_year_leaves_a_lock_alone(books):
    here("lock", "2026", "--books", str(books))
    edit(books, "1100.00", "1150.00")
    assert locked_findings(books) == []


def test_a_lock_is_written_once_and_again_only_after_an_edit(books):
    def locks():
        return (books / "locks.beancount").read_text(encoding="utf-8").count("locked")

    here("lock", "2026", "--books", str(books))
    here("lock", "2026", "--books", str(books))
    assert locks() == 1
    edit(books, "12.34", "12.35")
    here("lock", "2026", "--books", str(books))
    assert locks() == 2
    assert locked_findings(books) == []


def test_locking_does_not_unsettle_a_pack(books):
    here("lock", "2026", "--books", str(books))
    run = here("verify", str(books / PACK), "--books", str(books))
    assert run.returncode == 0, run.stdout


@pytest.mark.parametrize("verb", ["lock", "pack"])
def test_a_year_without_entries_is_wrong_use(books, verb):
    run = here(verb, "1999", "--books", str(books))
    assert run.returncode == 2
    assert "1999" in run.stderr


def test_a_malformed_lock_is_an_error_at_its_line(tmp_path):
    books = make_books(tmp_path / "books", ledger() + '\n2026-12-31 custom "locked" "abc"\n')
    run = here("check", "--books", str(books))
    assert run.returncode == 2
    assert "daysheet lock YEAR" in run.stderr
