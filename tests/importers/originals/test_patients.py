"""Patients that this machine's exports name stay out of bank lines and out of commits."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path
from typing import NamedTuple

import pytest

from tests import forked
from tests.importers.books_folder import CHASE, Folder, secretly

SALES = (
    "Location,Purchase Date,Invoice Date,Patient Guid,Patient,Item,Staff Member,Payer,Invoice #,Income Category,"
    "Details,Status,Subtotal,Total,Collected,Balance\n"
)
NAME = "Ottoline Quillfeather"
SALE = f"Main,2026-07-02,2026-07-02,guid-one,{NAME},Session,A,{NAME},1,T,,paid,175,175,175,0\n"


def bank(text: str) -> str:
    return CHASE + f'CREDIT,03/18/2026,"{text}",84.20,ACH_CREDIT,1000.00,,\n'


@pytest.mark.parametrize("text", ["REMOTE DEPOSIT QUILLFEATHER OTTOLINE", "ZELLE PAYMENT FROM SOMEBODY ELSE 123"])
def test_a_bank_line_names_no_patient(folder: Folder, text: str) -> None:
    export, statement = folder.give("sales.csv", SALES + SALE), folder.give("chase.csv", bank(text))
    folder.take_paths(statement, export)
    ledger = folder.text("2026/2026-03-chase-checking.beancount").casefold()
    assert "…" in ledger
    assert not {"quillfeather", "ottoline", "somebody"} & set(ledger.replace('"', " ").split())


def test_a_bank_line_is_left_alone_where_the_practice_says_so(folder: Folder) -> None:
    settings = folder.path / "daysheet.toml"
    settings.write_text(settings.read_text() + "\n[import]\nscrub = false\n")
    folder.take_paths(folder.give("chase.csv", bank("ZELLE PAYMENT FROM SOMEBODY ELSE")))
    assert "SOMEBODY ELSE" in folder.text("2026/2026-03-chase-checking.beancount")


class Committing(NamedTuple):
    """Commits a line written by hand to books under git."""

    books: Path
    environment: dict[str, str]

    def __call__(self, line: str) -> subprocess.CompletedProcess[str]:
        practice = self.books / "practice.beancount"
        practice.write_text(practice.read_text() + line + "\n")
        subprocess.run(["git", "-C", self.books, "add", "-A"], check=True, env=self.environment)
        command: list[str | Path] = ["git", "-C", self.books, "commit", "-qm", "x"]
        return subprocess.run(command, env=self.environment, capture_output=True, text=True, check=False)


@pytest.fixture
def commit(tmp_path: Path) -> Committing:
    """New books under git with the hook and an imported export."""
    command = [forked.program()]
    tools = tmp_path / "bin"
    tools.mkdir()
    (tools / "daysheet").write_text(f'#!/bin/sh\nexec "{forked.program()}" "$@"\n')
    (tools / "daysheet").chmod(0o755)
    environment = secretly({
        "PATH": f"{tools}:{os.environ['PATH']}", "GIT_AUTHOR_NAME": "a", "GIT_AUTHOR_EMAIL": "a@b.invalid",
        "GIT_COMMITTER_NAME": "a", "GIT_COMMITTER_EMAIL": "a@b.invalid",
    })  # fmt: skip
    books = tmp_path / "books"
    subprocess.run([*command, "init", books], check=True, env=environment, capture_output=True)
    export = tmp_path / "sales.csv"
    export.write_text(SALES + SALE)
    subprocess.run([*command, "--books", books, "import", export], check=True, env=environment, capture_output=True)
    return Committing(books, environment)


def test_books_with_tokens_only_are_committed(commit) -> None:
    done = commit("; the lease ends in June")
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize("line", ["; ask Quillfeather, Ottoline about it", "; 078-05-1120"])
def test_a_commit_that_identifies_a_patient_is_stopped_without_repeating_it(commit, line: str) -> None:
    done = commit(line)
    assert done.returncode != 0
    assert "practice.beancount" in done.stderr or "added lines" in done.stderr
    assert "uillfeather" not in done.stderr + done.stdout


def test_in_a_commit_only_new_lines_are_looked_at_and_the_practice_s_own_addresses_pass(commit) -> None:
    assert commit("; (415) 234-5678").returncode != 0
    books = commit.books
    subprocess.run(["git", "-C", books, "commit", "-qm", "x", "--no-verify"], env=commit.environment, check=True)
    settings = books / "daysheet.toml"
    settings.write_text(settings.read_text() + '\n[mail]\nfrom = "desk@practice.example.org"\n')
    done = commit("; written from desk@practice.example.org")
    assert done.returncode == 0, done.stderr
    assert commit("; asked of somebody@example.org").returncode != 0
