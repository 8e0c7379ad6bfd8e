"""`daysheet import --dry-run` shows, as a diff, byte for byte what the import then writes, and touches nothing."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Sequence
from pathlib import Path

import pytest
from daysheet.ledgers.demo import BY_HAND
from daysheet.ledgers.two_doctors import generate
from daysheet.safety.trust import programs
from daysheet.trust import trusted

from tests.importers.books_folder import CHASE, INVOICES, PAYMENTS, VISITS, Folder
from tests.importers.edi.test_remittance_import import FILES, INVOICE, PAYER

SUM = 3
"""Lines of the sum with which a dry run begins."""
MARK = "Nothing was written. The change would be:\n\n"
UNKNOWN = CHASE + "CREDIT,01/02/2027,AETNA A04 ACH 8871,80.00,ACH_CREDIT,,\n"
VISIT = VISITS + "V1,2026-03-02,adams,P-17,completed,97110,50.00\n"


def contents(place: Path) -> dict[str, bytes]:
    """Every file of a folder but the lock and Beancount's cache."""
    return {
        str(path.relative_to(place)): path.read_bytes()
        for path in sorted(place.rglob("*"))
        if path.is_file() and path.suffix != ".picklecache" and path.name not in {".daysheet.lock", ".daysheet.lease"}
    }


def ledger(place: Path) -> dict[str, bytes]:
    """Of these, those that are the books."""
    found = contents(place)
    return {name: data for name, data in found.items() if not name.startswith(("inbox/", "originals/"))}


def check_preview(folder: Folder, tmp_path: Path, *arguments: object) -> str:
    """Try an import, do it, and compare; the diff."""
    before, given = contents(folder.path), contents(folder.given)
    config = contents(Path(os.environ["XDG_CONFIG_HOME"]))
    tried = folder.run("import", "--dry-run", "--diff", *arguments)
    assert tried.exception is None
    assert contents(folder.path) == before
    assert contents(folder.given) == given
    assert contents(Path(os.environ["XDG_CONFIG_HOME"])) == config
    _, _, diff = tried.stdout.partition(MARK)
    applied = tmp_path / "applied"
    shutil.copytree(folder.path, applied)
    if diff:
        command = ["git", "apply", "-p0", "--unidiff-zero", "--whitespace=nowarn", "-"]
        subprocess.run(command, cwd=applied, input=diff.encode(), check=True)
    done = folder.run("import", *arguments)
    assert (done.return_value, done.exception) == (tried.return_value, None)
    assert ledger(applied) == ledger(folder.path)
    assert tried.stdout.partition(MARK)[0].splitlines()[SUM:] == done.stdout.partition("Written:")[0].splitlines()
    shutil.rmtree(applied)
    return diff


@pytest.fixture(autouse=True)
def _home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "config").mkdir()
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))


def orders(files: Sequence[str]) -> list[list[str]]:
    return [list(files), list(reversed(files)), [*files[1:], files[0]]]


@pytest.mark.parametrize("order", orders(["invoices.csv", "era.835", "bank.csv"]), ids="-".join)
def test_what_remittances_invoices_and_bank_lines_post_together_is_shown(folder: Folder, tmp_path: Path, order) -> None:
    folder.write_by_hand(PAYER)
    diff = check_preview(folder, tmp_path, *(folder.give(name, FILES[name]) for name in order))
    assert '+  remittance: "ERA-71700666555-' in diff
    assert "+  Income:Visits:Adams" in diff


def test_files_that_come_one_after_the_other_are_each_shown(folder: Folder, tmp_path: Path) -> None:
    """The bank first, unknown; then the advice that explains it, which changes the bank's entry."""
    folder.write_by_hand(PAYER)
    check_preview(folder, tmp_path, folder.give("bank.csv", UNKNOWN))
    diff = check_preview(folder, tmp_path, folder.give("advice.835", FILES["era.835"]))
    assert "-  Income:Uncategorized" in diff
    diff = check_preview(folder, tmp_path, folder.give("late.csv", INVOICE))
    assert "+  Income:Visits:Adams" in diff
    assert check_preview(folder, tmp_path, folder.give("again.csv", INVOICE)) == ""


def test_a_file_that_builds_on_another_of_the_same_import_is_shown(folder: Folder, tmp_path: Path) -> None:
    """The second file says what became of the visit that the first one only plans."""
    planned = folder.give("a.csv", VISITS + "V1,2026-03-02,adams,P-17,scheduled,97110,50.00\n")
    done = folder.give("b.csv", VISITS + "V1,2026-03-03,adams,P-17,completed,97110,50.00\n")
    diff = check_preview(folder, tmp_path, planned, done)
    assert '+2026-03-03 custom "visit" "V1" "adams" "completed"' in diff


def test_a_payment_before_its_invoice_is_shown(folder: Folder, tmp_path: Path) -> None:
    paid = folder.give("p.csv", PAYMENTS + "PMT-1,2026-03-20,INV-1,,card,50.00,\n")
    check_preview(folder, tmp_path, paid)
    folder.write_by_hand("\n", "2026/2026-03-payments.beancount")
    diff = check_preview(folder, tmp_path, folder.give("i.csv", INVOICES + "INV-1,,2026-03-02,adams,P-17,,50.00,\n"))
    assert "-  Income:Visits:Unassigned" in diff


@pytest.mark.parametrize("months", [2, pytest.param(12, marks=pytest.mark.long)])
def test_the_sample_practice_s_inbox_is_shown_whole(tmp_path: Path, months: int) -> None:
    """Two doctors: everything that the demonstration imports of so many months."""
    folder = Folder(tmp_path / "books")
    sample = Path(generate.__file__).parent
    for name in BY_HAND:
        shutil.copyfile(sample / name, folder.path / name)
    last = f"2026-{months:02}"
    files = {
        name: text for name, text in generate.files().items() if name.partition("-")[2].removesuffix(".csv") <= last
    }
    generate.write(folder.path / "inbox", files)
    diff = check_preview(folder, tmp_path)
    assert len(diff.splitlines()) > 1_000 * months
    assert list((folder.path / "inbox").iterdir()) == []


def test_a_refused_file_and_the_row_that_differs_are_named_as_in_the_books(folder: Folder, tmp_path: Path) -> None:
    folder.take("visits.csv", VISIT)
    changed = folder.give("changed.csv", VISIT.replace("50.00", "60.00"))
    broken = folder.give("broken.csv", VISITS + "V2,not a day,adams,P-17,completed,97110,50.00\n")
    tried = folder.run("import", "--dry-run", "--json", changed, broken)
    done = folder.run("import", "--json", changed, broken)
    assert (tried.return_value, done.return_value) == (2, 2)
    assert tried.stdout == done.stdout
    assert f'"where": "{folder.path}/2026/2026-03-visits.beancount:' in done.stdout
    assert tried.stderr == done.stderr


def test_broken_books_are_named_where_they_are(folder: Folder) -> None:
    folder.write_by_hand("2026-01-01 open Nonsense\n")
    problems = [str(folder.run("import", *dry, folder.give("a.csv", VISIT)).exception) for dry in ([], ["--dry-run"])]
    assert problems[0] == problems[1]
    assert str(folder.path) in problems[0]


def test_no_secret_is_made_and_the_tokens_shown_are_said_to_be_examples(
    folder: Folder, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.delenv("DAYSHEET_SECRET")
    path = folder.give("a.csv", VISIT)
    shown = [folder.run("import", "--dry-run", "--diff", path).stdout for _ in range(2)]
    assert contents(tmp_path / "config") == {}
    assert all("tokens and what is made of them are examples here" in text for text in shown)
    assert '+2026-03-02 custom "visit" "V1" "adams" "completed"' in shown[0]
    assert shown[0] != shown[1]  # a token by a secret that everybody knows could be turned back to a name
    folder.run("import", path)
    assert [Path(name).suffix for name in contents(tmp_path / "config")] == [".secret"]


def test_what_a_killed_import_left_is_shown_as_mended_and_left_alone(folder: Folder, tmp_path: Path) -> None:
    (folder.path / "2025").mkdir()
    (folder.path / "2025" / "2025-03-visits.beancount").write_text(
        '2025-03-02 custom "visit" "V0" "adams" "completed"\n'
    )
    diff = check_preview(folder, tmp_path, folder.give("a.csv", VISIT))
    assert '+include "2025/*.beancount"' in diff


@pytest.mark.parametrize("include", ["../shared/rates.beancount", "{place}/shared/rates.beancount"])
def test_what_the_books_include_from_elsewhere_is_read_and_stays(folder: Folder, tmp_path: Path, include: str) -> None:
    shared = tmp_path / "shared"
    shared.mkdir()
    (shared / "rates.beancount").write_text("2026-01-01 open Assets:Elsewhere\n")
    folder.write_by_hand(
        f'include "{include.format(place=tmp_path)}"\n'
        f'include "{folder.path}/2026/*.beancount"\n2026-03-02 document Assets:Elsewhere "papers/lease.txt"\n',
        "main.beancount",
    )
    (folder.path / "papers").mkdir()
    (folder.path / "papers" / "lease.txt").write_text("a lease\n")
    (folder.path / "2026").mkdir()
    (folder.path / "2026" / "2026-01-hand.beancount").write_text("2026-01-02 open Assets:Hand")
    trusted.allow(folder.path, programs(folder.path))
    diff = check_preview(folder, tmp_path, folder.give("a.csv", VISIT))
    assert '+2026-03-02 custom "visit" "V1"' in diff
    planned = folder.give("b.csv", VISITS + "V2,2026-03-04,adams,P-17,scheduled,97110,50.00\n")
    check_preview(folder, tmp_path, planned)
    check_preview(folder, tmp_path, folder.give("c.csv", planned.read_text().replace("scheduled", "no-show")))
    assert contents(shared) == {"rates.beancount": b"2026-01-01 open Assets:Elsewhere\n"}


def test_a_line_without_its_end_is_shown_as_diffs_show_it(folder: Folder, tmp_path: Path) -> None:
    for name in ("imports.beancount", "main.beancount", "accounts.beancount"):
        path = folder.path / name
        path.write_bytes(path.read_bytes().rstrip(b"\n"))
    check_preview(folder, tmp_path, folder.give("a.csv", PAYMENTS + "PMT-1,2026-03-20,INV-1,aetna,eft,50.00,\n"))
