"""A PDF that somebody sends is read in a process with bounds, and what it says of itself is believed in nothing."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pytest
from daysheet.errors import DaysheetError
from daysheet.reports.pack.verify import claim_of

from tests.attacks import measured, pdfs
from tests.attacks.counts import Counted
from tests.importers.books_folder import Folder

QUICK = (
    "a table that is its own predecessor",
    "an attachment packed twice",
    "a label whose year is without end",
    "a label of the year nought",
    "a label that paints the screen",
    "a label whose name is a megabyte",
    "a label that paints the screen with its name",
    "a table that paints the screen",
    "a label of a volume without end",
)


@pytest.fixture
def books(tmp_path: Path) -> Folder:
    """Books of the practice that the labels name, with something in the year that they name."""
    folder = Folder(tmp_path / "books")
    settings = folder.path / "daysheet.toml"
    kept = [line for line in settings.read_text().splitlines() if not line.startswith("id = ")]
    settings.write_text("\n".join(kept).replace("[practice]", f'[practice]\nid = "{pdfs.LABEL["practice"]}"') + "\n")
    folder.write_by_hand('2026-01-02 * "Rent"\n  Expenses:Rent  1.00 USD\n  Assets:Bank:Checking  -1.00 USD\n')
    return folder


def verified(books: Folder, name: str) -> list[str]:
    """What is wrong with the answer to one of the PDFs."""
    path = books.give("pack.pdf", pdfs.KINDS[name]())
    before = books.snapshot()
    done = measured.run("--books", books.path, "verify", path)
    said = done.out + done.err
    wrong = {
        f"ends with {done.code}": done.code not in (1, 2),
        f"takes {done.processor:.0f} seconds of the processor and {done.memory >> 20} MB": not done.is_bounded,
        "is not one line": said.count("\n") != 1 or not said.rstrip("\n").isprintable(),
        "is endless": len(said) > 1_500,
        "is a fault of ours": "fault of Daysheet" in said or "Traceback" in said,
        "says yes": said.startswith("Yes"),
        "changes the books": books.snapshot() != before,
    }
    return [f"{name}: {what}" for what, is_so in wrong.items() if is_so]


@pytest.mark.parametrize("name", QUICK)
def test_a_hostile_pdf_is_one_line(books: Folder, name: str) -> None:
    assert verified(books, name) == []


@pytest.mark.long
@pytest.mark.attack
def test_every_hostile_pdf_is_one_line_in_bounds(books: Folder, counted: Counted) -> None:
    wrong = [what for name in pdfs.KINDS for what in verified(books, name)]
    counted(len(pdfs.KINDS), "hostile PDFs", len(wrong), "not one line, or beyond 20 s or 1 GB")
    assert len(pdfs.KINDS) >= 60
    assert wrong == []


WRONG: Mapping[str, object] = {
    "year": (float("inf"), 0, 10**9, "2026", True, None),
    "practice": (["a"], 7, None),
    "options": ({"paper": "b5", "tokens": False}, {"paper": "letter", "tokens": 1}, {"paper": "letter"}, [], None),
    "embedded": ({"a": 1}, [1], [{"name": 1, "sha256": ""}], None),
    "volume": (None, "1", 1.0, True, []),
    "commit": (["--output=x"], 7),
}


@pytest.mark.parametrize("key", WRONG)
def test_a_label_of_other_types_is_no_label(tmp_path: Path, key: str) -> None:
    for value in WRONG[key]:  # type: ignore[attr-defined]
        path = tmp_path / "a.pdf"
        path.write_bytes(pdfs.saying({**pdfs.LABEL, key: value}))
        with pytest.raises(DaysheetError, match="does not say what it was made from"):
            claim_of(path)
    path.write_bytes(pdfs.saying(pdfs.LABEL))
    assert claim_of(path).label == pdfs.LABEL
