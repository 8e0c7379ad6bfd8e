"""No name, number or note of a patient passes detection, questions, profiles, samples or errors of practice exports."""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from tests.importers.books_folder import Folder
from tests.importers.detection.test_exports import EXPORTS, written
from tests.importers.privacy.test_canaries import CANARIES, marks_in

# columns that exports have beside what a record needs, each a place for what nobody may read
MORE = ("Note", "Alert", "Emergency Contact", "Email", "Birth Date", "Resp Party", "Memo", "Ref By", "Policy No")


def generated(seed: int) -> tuple[str, str, str]:
    """An export of an invented system with an identifier in every column of some row: its name, text and delimiter."""
    chance = random.Random(seed)
    _, header, row, _ = EXPORTS[seed % len(EXPORTS)]
    delimiter = ";" if ";" in header else ","
    lines = [line.split(delimiter) for line in written(header, row, 30).splitlines()]
    more = chance.sample(MORE, 3)
    place = chance.randint(0, len(lines[0]))
    table = [[*lines[0][:place], *more, *lines[0][place:]]]
    table += [[*cells[:place], *chance.sample(CANARIES, 3), *cells[place:]] for cells in lines[1:]]
    for column in range(len(table[0])):
        table[chance.randint(1, len(table) - 1)][column] = chance.choice(CANARIES)
    mark = chance.choice([";", "\t", "|"])
    text = "\n".join(mark.join(cell.replace(mark, " ") for cell in cells) for cells in table) + "\n"
    return f"export-{seed}.csv", text, mark


def shown(folder: Folder, path: Path) -> str:
    """All that the commands say of a file, and what they write."""
    answers = [folder.run("identify", path), folder.run("identify", "--json", path)]
    words = ["--word", "*=completed", "--word", "*=card", "--word", "*=contractual", "--word", "*=submitted"]
    options = [*words, "--date-format", "%m/%d/%Y", "--provider", "p1", "--name", f"n{path.stem}"]
    answers.append(folder.run("profile", "new", path))
    answers.append(folder.run("profile", "new", path, *options))
    answers.append(folder.run("profile", "new", path, "--kind", "visits", *options))
    profiles = "".join(each.read_text(encoding="utf-8") for each in (folder.path / "profiles").glob("*.toml"))
    said = "".join(answer.stdout + answer.stderr + str(answer.exception or "") for answer in answers)
    return said.replace(str(path), "") + profiles


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Folder:
    monkeypatch.setenv("DAYSHEET_SECRET", "a secret of the tests only")
    return Folder(tmp_path / "books")


@pytest.mark.parametrize(
    "seeds", [range(12), pytest.param(range(12, 200), marks=pytest.mark.long)], ids=["few", "many"]
)
def test_identifiers_in_every_column_reach_nothing(folder: Folder, seeds: range) -> None:
    leaked = {}
    for seed in seeds:
        name, text, _ = generated(seed)
        marks = marks_in(shown(folder, folder.give(name, text)))
        if marks:
            leaked[seed] = marks
    assert leaked == {}


@pytest.mark.parametrize(
    "word", ["No show - Quillfeather", "Cancelled (Ottoline)", "Payment by Quillfeather", "Quillfeather"]
)
def test_a_word_with_a_name_behind_it_is_neither_shown_nor_written(folder: Folder, word: str) -> None:
    heads = ("Visit ID,Visit Date,Patient ID,Doctor,Status", "Line ID,Date,Patient ID,Provider,Type,Amount")
    for number, head in enumerate(heads):
        others = ("Completed", "Completed") if number == 0 else ("Charge", "Payment")
        more = "" if number == 0 else ",50.00"
        cells = [(word if n % 9 == 4 else others[n % 2]) for n in range(27)]
        rows = "".join(f"{n}1,2026-03-{n + 1:02},P{n},D1,{cell}{more}\n" for n, cell in enumerate(cells))
        assert marks_in(shown(folder, folder.give(f"odd-{number}.csv", f"{head}\n{rows}"))) == []


def test_a_payment_export_becomes_no_profile_with_a_payee(folder: Folder) -> None:
    rows = "".join(
        f"{n},07/{n - 4000:02}/2026,C{n},Quillfeather,Ottoline,Visa,{n % 90}.00\n" for n in range(4001, 4012)
    )
    path = folder.give("receipts.csv", "RcptNum,RcptDate,ChartNum,LName,FName,PayType,SplitAmt\n" + rows)
    words = ["--amount-mode", "signed", "--currency", "USD", "--account", "Assets:Bank:Checking"]
    assert "practice system" in str(folder.run("profile", "new", path, *words).exception)
    made = folder.run("profile", "new", path, "--name", "desk", "--date-format", "%m/%d/%Y")
    assert made.exception is None
    text = (folder.path / "profiles" / "practice-desk-payments.toml").read_text(encoding="utf-8")
    assert 'patient = ["ChartNum"]' in text
    assert 'private = ["LName", "FName"]' in text
    assert "payee" not in text
    assert "Quillfeather" not in text + made.stdout
