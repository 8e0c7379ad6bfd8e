"""The secret of the tokens: the books name it, any other is noticed before a byte is written, and it can be changed."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from daysheet import checks, patients
from daysheet.errors import DaysheetError
from daysheet.importers.gulp import importers

from tests.importers.books_folder import INVOICES, PAYMENTS, VISITS, Folder

MARIA, OTTO = "Maria Canary", "Otto Canary"
FIRST = (
    VISITS
    + f"V1,2025-03-02,Zed Stranger,{MARIA},completed,,50.00\nMaria-Canary,2025-03-03,adams,{OTTO},completed,,60.00\n"
)
NEXT = VISITS + f"V3,2026-03-04,adams,{MARIA},completed,,70.00\n"
BILLS = INVOICES + f"I1,V1,2025-03-02,Zed Stranger,{MARIA},,50.00,\n"
PAID = PAYMENTS + "P1,2025-03-05,I1,,card,50.00,\n"
OPEN_ITEMS = f"invoice_id,date,patient_id,payer,amount\n9,2025-12-01,{MARIA},,40.00\n"
TOKEN = re.compile(r"(?:pt|x)-[0-9a-f]{12}", re.IGNORECASE)
OTHER = "b" * 64


@pytest.fixture
def machine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder of secrets of a machine that has none yet."""
    monkeypatch.delenv("DAYSHEET_SECRET")
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    return tmp_path / "config" / "daysheet"


@pytest.fixture
def taken(machine: Path, folder: Folder) -> Folder:
    """Books whose first import has made the secret."""
    folder.take("first.csv", FIRST)
    return folder


def own(machine: Path) -> Path:
    """The file of the secret, not of a former one."""
    (path,) = (path for path in machine.glob("*.secret") if not re.search(r"\.[0-9a-f]{16}\.secret$", path.name))
    return path


def named(folder: Folder) -> list[str]:
    return re.findall(r'custom "patient-secret" "(\w+)"', folder.text("imports.beancount"))


def test_the_first_token_names_the_secret_and_only_the_first(taken: Folder, machine: Path) -> None:
    secret = own(machine)
    assert secret.stat().st_mode & 0o777 == 0o600
    assert named(taken) == [patients.fingerprint(secret.read_bytes().strip())]
    before = taken.snapshot()
    taken.take("first.csv", FIRST)
    assert taken.snapshot() == before
    taken.take("next.csv", NEXT)
    assert len(named(taken)) == 1
    assert secret.read_text().strip() not in taken.text("imports.beancount")


def test_books_whose_imports_are_undone_name_no_secret(folder: Folder, machine: Path) -> None:
    before = folder.text("imports.beancount")
    folder.take("first.csv", FIRST)
    assert folder.run("undo", "--yes", folder.books().imported[0].meta["file"]).exit_code == 0
    assert folder.text("imports.beancount") == before


def another_variable(machine: Path, _: Folder, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DAYSHEET_SECRET", OTHER)


def another_file(machine: Path, _: Folder, __: pytest.MonkeyPatch) -> None:
    own(machine).write_text(OTHER)


def none(machine: Path, _: Folder, __: pytest.MonkeyPatch) -> None:
    own(machine).unlink()


def open_to_others(machine: Path, _: Folder, __: pytest.MonkeyPatch) -> None:
    own(machine).chmod(0o640)


def cut_off(machine: Path, _: Folder, __: pytest.MonkeyPatch) -> None:
    own(machine).write_text("abc")


def damaged(machine: Path, _: Folder, __: pytest.MonkeyPatch) -> None:
    own(machine).write_bytes(b"\xff\xfe" * 20)


def in_a_circle(machine: Path, _: Folder, __: pytest.MonkeyPatch) -> None:
    path = own(machine)
    path.unlink()
    path.symlink_to(path.name)


def to_nowhere(machine: Path, _: Folder, __: pytest.MonkeyPatch) -> None:
    path = own(machine)
    path.unlink()
    path.symlink_to("gone")


def a_folder(machine: Path, _: Folder, __: pytest.MonkeyPatch) -> None:
    path = own(machine)
    path.unlink()
    path.mkdir()


def a_pipe(machine: Path, _: Folder, __: pytest.MonkeyPatch) -> None:
    path = own(machine)
    path.unlink()
    os.mkfifo(path, 0o600)


def rotated_elsewhere(machine: Path, folder: Folder, __: pytest.MonkeyPatch) -> None:
    before = own(machine).read_bytes()
    assert folder.run("secret", "rotate").exception is None
    for path in machine.glob("*.secret"):
        path.unlink()
    patients.keep(machine / f"{folder_id(folder)}.secret", before.strip())


def made_twice(machine: Path, folder: Folder, __: pytest.MonkeyPatch) -> None:
    folder.write_by_hand('1900-01-01 custom "patient-secret" "0123456789abcdef"\n', "imports.beancount")


def folder_id(folder: Folder) -> str:
    (found,) = re.findall(r'^id = "(.*)"', folder.text("daysheet.toml"), re.MULTILINE)
    return str(found)


FAULTS: dict[str, tuple[Callable[[Path, Folder, pytest.MonkeyPatch], None], str]] = {
    "another in the variable": (another_variable, "DAYSHEET_SECRET is not the one that the tokens"),
    "another in the file": (another_file, "the patient secret on this machine is not the one that the tokens"),
    "none": (none, "the secret that patient tokens are made with is not on this machine"),
    "open to others": (open_to_others, "other users of this machine can read the patient secret"),
    "cut off": (cut_off, "the patient secret has fewer than 16 characters"),
    "damaged": (damaged, "the patient secret is damaged"),
    "a link onto itself": (in_a_circle, "the patient secret is a link that leads nowhere"),
    "a link to nowhere": (to_nowhere, "the patient secret is a link that leads nowhere"),
    "a folder": (a_folder, "the patient secret is no plain file"),
    "a pipe": (a_pipe, "the patient secret is no plain file"),
    "rotated elsewhere": (rotated_elsewhere, "the secret of these books was rotated"),
    "made twice": (made_twice, "these books hold tokens of two secrets"),
}


@pytest.mark.parametrize(("make", "words"), FAULTS.values(), ids=FAULTS)
def test_a_secret_that_is_not_right_is_noticed_before_anything_is_written(
    taken: Folder, machine: Path, monkeypatch: pytest.MonkeyPatch, make: Any, words: str
) -> None:
    make(machine, taken, monkeypatch)
    token = next(iter(taken.books().visits.values())).patient
    before, secrets = taken.snapshot(), sorted(machine.iterdir())
    path, items = taken.give("next.csv", NEXT), taken.give("open-items.csv", OPEN_ITEMS)
    (importer,) = (each for each in importers(taken.path) if each.identify(str(path)))
    commands = [
        lambda: taken.run("import", path).stderr,
        lambda: taken.run("import", "--dry-run", path).stderr,
        lambda: str(taken.run("adopt", items, "--begin", "2026-01-01").exception),
        lambda: str(taken.run("reveal", token).exception),
        lambda: str(taken.run("catch-up").exception),
        lambda: str(taken.run("secret", "show-fingerprint").exception),
        lambda: str(taken.run("secret", "rotate").exception),
        lambda: _refused(importer, path),
    ]
    for said in (command() for command in commands):
        assert words in said
        assert "\n" not in said.strip()
    assert taken.snapshot() == before
    assert sorted(machine.iterdir()) == secrets


def _refused(importer: Any, path: Path) -> str:
    with pytest.raises(DaysheetError) as refused:
        importer.extract(str(path), [])
    return str(refused.value)


def test_books_that_do_not_name_their_secret_are_told_by_their_originals(taken: Folder, machine: Path) -> None:
    line = next(line for line in taken.text("imports.beancount").splitlines() if "patient-secret" in line)
    imports = taken.path / "imports.beancount"
    imports.write_text(imports.read_text().replace(f"{line}\n", ""))
    right = own(machine).read_text()
    own(machine).write_text(OTHER)
    before = taken.snapshot()
    said = taken.run("import", taken.give("next.csv", NEXT)).stderr
    assert "no filed original's patient has one" in said
    assert "Canary" not in said
    assert taken.snapshot() == before
    own(machine).write_text(right)
    taken.take("first.csv", FIRST)
    assert taken.snapshot() == before
    taken.take("next.csv", NEXT)
    assert line in taken.text("imports.beancount")


def test_where_no_original_is_on_this_machine_the_secret_is_taken_for_that_of_the_books(
    taken: Folder, machine: Path
) -> None:
    line = next(line for line in taken.text("imports.beancount").splitlines() if "patient-secret" in line)
    imports = taken.path / "imports.beancount"
    imports.write_text(imports.read_text().replace(f"{line}\n", ""))
    shutil.rmtree(taken.path / "originals")
    taken.take("next.csv", NEXT)
    assert line in taken.text("imports.beancount")


@pytest.mark.parametrize("text", [
    '2026-01-01 custom "coverage" "aetna" "D2" 80\n  patient: "pt-0123456789ab"\n',
    '2026-01-02 custom "visit" "x-0123456789ab" "adams" "completed"\n',
])  # fmt: skip
def test_where_a_token_is_anywhere_in_the_books_no_secret_is_made(folder: Folder, machine: Path, text: str) -> None:
    folder.write_by_hand(text)
    path = folder.give("next.csv", NEXT)
    assert "is not on this machine" in folder.run("import", path).stderr
    (importer,) = (each for each in importers(folder.path) if each.identify(str(path)))
    assert "is not on this machine" in _refused(importer, path)
    assert not machine.exists()


def test_where_no_token_is_a_secret_of_an_odd_place_is_not_replaced_either(folder: Folder, machine: Path) -> None:
    machine.mkdir(parents=True)
    path = machine / f"{folder_id(folder)}.secret"
    path.symlink_to(path.name)
    assert "is a link that leads nowhere" in folder.run("import", folder.give("next.csv", NEXT)).stderr
    assert path.is_symlink()


def test_tokens_that_the_main_file_no_longer_includes_are_tokens_still(taken: Folder, machine: Path) -> None:
    main = taken.path / "main.beancount"
    main.write_text(
        "\n".join(row for row in main.read_text().splitlines() if "imports" not in row and '"20' not in row)
    )
    own(machine).unlink()
    assert "is not on this machine" in taken.run("import", taken.give("next.csv", NEXT)).stderr
    assert list(machine.glob("*.secret")) == []


@pytest.fixture
def rich(taken: Folder) -> Folder:
    """Books with tokens in every place where one can stand, in git."""
    taken.take("bills.csv", BILLS)
    taken.take("paid.csv", PAID)
    taken.run("adopt", taken.give("open-items.csv", OPEN_ITEMS), "--begin", "2026-01-01")
    token, visit = (taken.books().visits["V1"].patient, next(key for key in taken.books().visits if key != "V1"))
    taken.write_by_hand(f'2026-01-01 custom "coverage" "aetna" "D2" 80\n  patient: "{token}"\n')
    taken.run("waive", "unbilled-visit", visit, "--reason", "agreed")
    taken.run("lock", "2025")
    for arguments in (["config", "user.name", "t"], ["config", "user.email", "t@t.example"], ["add", "-A"]):
        git(taken, "init", "-q")
        git(taken, *arguments)
    git(taken, "commit", "-qm", "all")
    return taken


def git(folder: Folder, *arguments: str) -> str:
    done = subprocess.run(["git", *arguments], cwd=folder.path, capture_output=True, text=True, check=True)
    return str(done.stdout)


def texts(folder: Folder) -> SimpleNamespace:
    files = [path for path in sorted(folder.path.rglob("*")) if path.suffix in (".beancount", ".toml")]
    whole = "\n".join(path.read_text() for path in files if "packs" not in path.parts)
    return SimpleNamespace(tokens=set(map(str.lower, TOKEN.findall(whole))), without=TOKEN.sub("…", whole))


def findings(folder: Folder) -> list[tuple[object, ...]]:
    books = folder.books()
    return [(each.kind, each.date, each.amount, each.count) for each in checks.run(books, books.as_of)]


def test_a_rotation_changes_every_token_and_nothing_else_in_one_commit(rich: Folder, machine: Path) -> None:
    before, found, secret = texts(rich), findings(rich), own(machine).read_bytes()
    assert len(before.tokens) == 4  # two patients, a visit, a provider; in facts, waivers, accounts and links as well
    assert rich.run("secret", "rotate").exception is None
    after = texts(rich)
    assert len(after.tokens) == 4
    assert not before.tokens & after.tokens
    changed = set(before.without.splitlines()) ^ set(after.without.splitlines())
    assert {line.split()[2] for line in changed if 'custom "' in line} == {'"locked"', '"patient-secret"'}
    assert all('custom "' in line or line.strip().startswith("months:") for line in changed)
    assert findings(rich) == found  # a locked year is as it was locked
    assert git(rich, "status", "--porcelain") == ""
    assert git(rich, "log", "--format=%s").splitlines()[0] == "Patients' tokens under a new secret"
    assert own(machine).read_bytes() != secret
    snapshot = rich.snapshot()
    rich.take("first.csv", FIRST)
    rich.take("bills.csv", BILLS)
    assert rich.snapshot() == snapshot
    assert MARIA in rich.run("reveal", rich.books().visits["V1"].patient).stdout


def test_an_older_state_of_the_books_finds_the_secret_before(rich: Folder) -> None:
    rich.run("secret", "rotate")
    git(rich, "checkout", "-q", "HEAD~1")
    assert MARIA in rich.run("reveal", rich.books().visits["V1"].patient).stdout


def test_nothing_is_rotated_without_the_originals(rich: Folder, machine: Path) -> None:
    lost = next(path for path in (rich.path / "originals").rglob("*visits*") if MARIA in path.read_text())
    lost.unlink()
    before, secrets = rich.snapshot(), sorted(machine.iterdir())
    said = str(rich.run("secret", "rotate").exception)
    assert "no filed original on this machine" in said
    assert MARIA not in said
    assert (rich.snapshot(), sorted(machine.iterdir())) == (before, secrets)


def test_nothing_is_rotated_while_something_is_not_committed(rich: Folder) -> None:
    rich.write_by_hand("; a note\n")
    before = rich.snapshot()
    assert "is not committed" in str(rich.run("secret", "rotate").exception)
    assert rich.snapshot() == before


@pytest.mark.parametrize("place", range(6))
def test_a_rotation_that_fails_anywhere_leaves_books_whose_secret_is_found(
    rich: Folder, monkeypatch: pytest.MonkeyPatch, place: int
) -> None:
    calls = iter(range(100))
    replace = Path.replace

    def failing(path: Path, target: Path) -> Path:
        if next(calls) == place:
            raise OSError(28, "No space left on device")
        return replace(path, target)

    with monkeypatch.context() as patch:
        patch.setattr(Path, "replace", failing)
        assert isinstance(rich.run("secret", "rotate").exception, OSError)
    assert rich.take("first.csv", FIRST)[0]["known"] == 2
    assert len(texts(rich).tokens) == 4
    assert MARIA in rich.run("reveal", rich.books().visits["V1"].patient).stdout


def test_a_back_up_is_the_secret_for_this_user_alone_and_never_in_the_books(taken: Folder, machine: Path) -> None:
    path = taken.given / "back-up"
    assert taken.run("secret", "back-up", path).exception is None
    assert path.read_bytes() == own(machine).read_bytes()
    assert path.stat().st_mode & 0o777 == 0o600
    assert "is there already" in str(taken.run("secret", "back-up", path).exception)
    assert "lies in the books" in str(taken.run("secret", "back-up", taken.path / "secret").exception)
    own(machine).unlink()
    subprocess.run(["install", "-m", "600", path, machine / f"{folder_id(taken)}.secret"], check=True)
    assert taken.run("secret", "show-fingerprint").stdout.startswith(named(taken)[0])
