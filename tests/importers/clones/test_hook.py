"""The hook of a clone: it comes by one command, names file and line, and knows the practice's own addresses."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest

from tests import forked
from tests.importers.books_folder import secretly

MAIL = """
[mail]
from = "Elm Street <books@elmstreet.example>"
recipients = ["Kim <kim@taxes.example>"]
host = "smtp.elmstreet.example"
"""
CONTACT = """
2026-01-01 custom "contact" "accountant" "Kim Lowe, CPA"
  email: "kim.lowe@taxes.example"
"""
WITHOUT = ("daysheet", "bean-check")


class Clone:
    """A clone of some books, and git at work in it, with `daysheet` in the path or without."""

    def __init__(self, path: Path, tools: Path, *, daysheet: bool = True) -> None:
        self.path = path
        places = [] if daysheet else os.environ["PATH"].split(":")
        search = f"{tools}:{os.environ['PATH']}" if daysheet else ":".join(p for p in places if not _has(p))
        who = {f"GIT_{role}_{what}": "a@b.invalid" for role in ("AUTHOR", "COMMITTER") for what in ("NAME", "EMAIL")}
        self.environment = secretly({"PATH": search, **who})

    def git(self, *arguments: str, check: bool = True) -> subprocess.CompletedProcess[str]:
        command = ["git", "-C", str(self.path), *arguments]
        return subprocess.run(command, env=self.environment, capture_output=True, text=True, check=check)

    def daysheet(self, *arguments: object) -> subprocess.CompletedProcess[str]:
        command = [forked.program(), "--books", str(self.path)]
        return subprocess.run(
            [*command, *map(str, arguments)], env=self.environment, capture_output=True, text=True, check=False
        )

    def commit(self, name: str = "", text: str = "") -> subprocess.CompletedProcess[str]:
        """Commit what is there, and lines added to a file."""
        if name:
            path = self.path / name
            path.write_text(path.read_text() + text)
        self.git("add", "-A")
        return self.git("commit", "-qm", "x", check=False)


def _has(place: str) -> bool:
    return any((Path(place) / name).exists() for name in WITHOUT)


@pytest.fixture
def tools(tmp_path: Path) -> Path:
    """A folder with a `daysheet` command, as an installed one is in the path."""
    place = tmp_path / "tools"
    place.mkdir()
    command = f'#!/bin/sh\nexec "{forked.program()}" "$@"\n'
    (place / "daysheet").write_text(command)
    (place / "daysheet").chmod(0o755)
    return place


@pytest.fixture(params=[True, False], ids=["with daysheet", "without"])
def books(request: pytest.FixtureRequest, tmp_path: Path, tools: Path) -> Clone:
    clone = Clone(tmp_path / "books", tools, daysheet=request.param)
    command = [forked.program(), "init", str(clone.path)]
    subprocess.run(command, env=clone.environment, check=True, capture_output=True)
    assert clone.commit().returncode == 0
    return clone


def test_the_addresses_of_the_settings_and_of_contacts_are_known(books: Clone) -> None:
    assert books.commit("daysheet.toml", MAIL).stderr == ""
    assert books.commit("practice.beancount", CONTACT + "; ask kim.lowe@taxes.example\n").stderr == ""


@pytest.mark.parametrize("line", ["; ask pat.doe@home.example", "; 219-09-9999", "; call (415) 555-2671"])
def test_another_s_address_is_named_by_file_and_line_and_not_repeated(books: Clone, line: str) -> None:
    number = len((books.path / "practice.beancount").read_text().splitlines()) + 1
    done = books.commit("practice.beancount", f"{line}\n")
    assert done.returncode == 1
    assert f"practice.beancount:{number}" in done.stderr
    assert line[2:] not in done.stderr
    assert books.git("commit", "-qnm", "it is none").returncode == 0
    assert books.commit("practice.beancount", "; the next line is looked at alone\n").returncode == 0


def test_a_clone_is_told_that_it_has_no_hook_and_one_command_installs_it(books: Clone, tmp_path: Path) -> None:
    subprocess.run(["git", "clone", "-q", str(books.path), str(tmp_path / "clone")], check=True)
    clone = Clone(tmp_path / "clone", tmp_path / "tools")
    assert "daysheet hook installs it" in clone.daysheet("import").stdout
    assert clone.daysheet("hook").returncode == 0
    assert clone.commit("practice.beancount", "; 219-09-9999\n").returncode == 1
    assert "daysheet hook" not in clone.daysheet("import").stdout


def test_a_hook_of_somebody_else_is_left_alone(books: Clone) -> None:
    hook = books.path / ".git" / "hooks" / "pre-commit"
    hook.write_text("#!/bin/sh\necho mine\n")
    assert "was left alone" in books.daysheet("hook").stdout
    assert hook.read_text() == "#!/bin/sh\necho mine\n"
