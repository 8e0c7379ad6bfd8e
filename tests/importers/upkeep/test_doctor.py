"""An examination finds each fault, names no patient, changes nothing, and what it says to do mends it."""

from __future__ import annotations

import json
import shlex
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from daysheet.importers.clones import git as clones
from daysheet.trust import trusted

from tests import forked
from tests.importers.books_folder import VISITS, Folder

CANARY = "Ottoline Quillfeather"
VISIT = VISITS + f"V1,2026-03-02,adams,{CANARY},completed,,50.00\n"


@pytest.fixture
def sound(folder: Folder, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Folder:
    """Books in git, with an import and a secret that is backed up."""
    monkeypatch.delenv("DAYSHEET_SECRET")
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    clones.with_git(folder.path)
    folder.take("a.csv", VISIT)
    assert folder.run("secret", "back-up", tmp_path / "back-up").exception is None
    for arguments in ("config user.name t", "config user.email t@t.example", "add -A"):
        git(folder, *arguments.split())
    commit(folder)
    return folder


def git(folder: Folder, *arguments: str) -> None:
    subprocess.run(["git", *arguments], cwd=folder.path, capture_output=True, check=True)


def commit(folder: Folder) -> None:
    git(folder, "add", "-A")
    git(folder, "commit", "--no-verify", "-qm", "x")


def faults(folder: Folder) -> list[dict[str, Any]]:
    result = folder.run("doctor", "--json")
    parts = json.loads(result.stdout)
    found = [{"part": part["part"], **fault} for part in parts for fault in part["faults"]]
    assert result.return_value == (1 if found else 0)
    assert [part["ok"] for part in parts] == [not part["faults"] for part in parts]
    assert CANARY not in result.stdout
    return found


def test_sound_books_are_in_order_and_stay_as_they_are(sound: Folder) -> None:
    before = sound.snapshot()
    assert faults(sound) == []
    assert sound.run("doctor").stdout.endswith("\nAll of this is in order.\n")
    assert sound.snapshot() == before


def no_hook(folder: Folder) -> None:
    (folder.path / ".git" / "hooks" / "pre-commit").unlink()


def no_driver(folder: Folder) -> None:
    git(folder, "config", "--unset", "merge.daysheet.driver")


def no_attributes(folder: Folder) -> None:
    (folder.path / ".gitattributes").unlink()


def nothing_ignored(folder: Folder) -> None:
    ignore = folder.path / ".gitignore"
    ignore.write_text(ignore.read_text().replace("originals/\n", ""))


def original_tracked(folder: Folder) -> None:
    git(folder, "add", "-f", "originals")


def originals_open(folder: Folder) -> None:
    next((folder.path / "originals").rglob("*.csv")).chmod(0o644)


def left_behind(folder: Folder) -> None:
    (folder.path / "2026" / ".a.beancount.x.tmp").write_text("half")


def git_killed(folder: Folder) -> None:
    (folder.path / ".git" / "index.lock").touch()


def never_backed_up(folder: Folder) -> None:
    next((folder.path.parent / "config" / "daysheet").glob("*.back-up")).unlink()


HARMS: dict[Callable[[Folder], None], tuple[str, str]] = {
    left_behind: ("leftovers", "a killed program has left this"),
    originals_open: ("permissions", "open to others"),
    no_hook: ("git", "no hook that looks at each commit"),
    no_driver: ("git", "how clones of these books are merged"),
    no_attributes: ("git", "which files are merged how"),
    nothing_ignored: ("git", "would keep what is in originals/"),
    original_tracked: ("git", "may name patients"),
    never_backed_up: ("secret", "no back-up"),
    git_killed: ("leftovers", "git was killed"),
}


def test_every_fault_is_found_and_what_is_said_mends_it(sound: Folder, tmp_path: Path) -> None:
    for harm in HARMS:
        harm(sound)
    found = faults(sound)
    for part, words in HARMS.values():
        assert any(fault["part"] == part and words in fault["what"] for fault in found), words
    assert {fault["part"] for fault in found} == {"leftovers", "permissions", "git", "identifiers", "secret"}
    for fault in found:
        command = fault["mend"].removeprefix("once no git runs: ").partition(" && git commit")[0]
        command = command.partition(", on a stick")[0].replace("FILE", shlex.quote(str(tmp_path / "stick")))
        command = command.replace("daysheet", shlex.quote(forked.program()), 1)
        if fault["part"] != "identifiers":  # the original that git no longer keeps
            subprocess.run(["sh", "-c", command], cwd=sound.path, capture_output=True, check=True)
    assert faults(sound) == []


@pytest.mark.parametrize("text", [
    f'2026-03-02 note Assets:Bank:Checking "{CANARY.upper()}"\n',
    '2026-03-02 note Assets:Bank:Checking "call 415-555-0134"\n',
    '2026-03-02 note Assets:Bank:Checking "123-45-6789"\n',
], ids=["name", "telephone", "number"])  # fmt: skip
def test_what_identifies_a_patient_is_found_in_files_and_in_what_they_once_said(sound: Folder, text: str) -> None:
    sound.write_by_hand(text)
    commit(sound)
    now = faults(sound)
    assert [fault["part"] for fault in now] == ["identifiers", "history"]
    assert now[0]["file"].endswith("practice.beancount")
    path = sound.path / "practice.beancount"
    path.write_text(path.read_text().replace(text, ""))
    commit(sound)
    (then,) = faults(sound)
    assert then["part"] == "history"
    assert "in commit " in then["what"]


def test_a_side_branch_is_history_too(sound: Folder) -> None:
    git(sound, "checkout", "-qb", "aside")
    sound.write_by_hand('2026-03-02 note Assets:Bank:Checking "123-45-6789"\n')
    commit(sound)
    git(sound, "checkout", "-q", "-")
    assert [fault["part"] for fault in faults(sound)] == ["history"]


ONE_SIDED = """
2026-03-05 * "a bill by hand, without its contra"
  Assets:Receivable:Patients   10.00 USD
  Income:Other
"""


def test_an_entry_of_one_leg_is_named_by_file_and_line(sound: Folder) -> None:
    sound.write_by_hand(ONE_SIDED)
    commit(sound)
    (found,) = faults(sound)
    assert (found["part"], found["what"]) == (
        "receivables",
        "Assets:Receivable and Equity:Billing differ here by 10.00 USD",
    )
    line = sound.text("practice.beancount").splitlines()[found["line"] - 1]
    assert line == '2026-03-05 * "a bill by hand, without its contra"'


def test_days_that_no_file_covers_are_named(sound: Folder) -> None:
    rows = "".join(
        f"V{day},2026-{month:02}-{day:02},adams,P,completed,,50.00\n" for month in (5,) for day in range(4, 29)
    )
    sound.take("c.csv", VISITS + rows)
    commit(sound)
    (found,) = faults(sound)
    assert found["part"] == "coverage"
    assert "no file of visits covers 2026-03-03 until 2026-05-03" in found["what"]


def test_another_secret_and_broken_books_are_faults_beside_all_others(
    sound: Folder, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DAYSHEET_SECRET", "the secret of another practice")
    no_hook(sound)
    assert {fault["part"] for fault in faults(sound)} == {"git", "secret"}
    sound.write_by_hand("2026-01-01 open Nonsense\n")
    assert {fault["part"] for fault in faults(sound)} == {"git", "ledger", "secret"}
    (sound.path / "daysheet.toml").write_text("[practice]\nnonsense = 1\n")
    assert {fault["part"] for fault in faults(sound)} == {"settings"}


def test_nothing_that_the_books_bring_runs(sound: Folder, tmp_path: Path) -> None:
    mark = tmp_path / "ran"
    git(sound, "config", "core.fsmonitor", f"touch {mark}")
    (found,) = faults(sound)
    assert "core.fsmonitor" in found["what"]
    assert found["mend"].endswith(f"daysheet trust {sound.path}")
    assert not mark.exists()
    assert not trusted.store().exists()


def test_outside_of_books_the_installation_alone_is_examined(tmp_path: Path) -> None:
    program = forked.program()
    done = subprocess.run([program, "doctor"], cwd=tmp_path, capture_output=True, text=True, check=True)
    assert [line.split()[1] for line in done.stdout.splitlines() if line.startswith("ok")] == [
        "versions",
        "libraries",
        "typefaces",
        "books",
    ]
