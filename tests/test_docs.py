"""The documentation runs: every command it shows is executed, and must print what is shown below it.

The rules for writers stand in CONTRIBUTING.md, "Documentation that runs".
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from daysheet.cli import VERBS
from daysheet.ledgers.demo import SECRET

from tests import forked

ROOT = Path(__file__).parent.parent
PAGES = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").glob("**/*.md"))]
SAMPLE = ROOT / "ledgers" / "two-doctors"
FENCE = re.compile(r"^```(?P<language>[\w-]+)(?: (?P<file>\S+))?\n(?P<body>.*?)^```$", re.MULTILINE | re.DOTALL)
NO_BOOKS = "<!-- in an empty folder -->"


@pytest.fixture(scope="module")
def place(tmp_path_factory):
    """Where all pages run, one after the other: what Daysheet keeps of books is of the place where they are."""
    return tmp_path_factory.mktemp("page")


@pytest.fixture
def folder(place):
    """Where a page's commands run; a home of its own, so that no secret or setting of this machine is seen."""
    for name in ("home", "books"):
        shutil.rmtree(place / name, ignore_errors=True)
    (place / "home").mkdir()
    return place / "books"


def _run(command: str, folder: Path) -> subprocess.CompletedProcess[str]:
    environment = {
        "PATH": f"{Path(forked.program()).parent}:{Path(sys.executable).parent}:{os.environ['PATH']}",
        "HOME": str(folder.parent / "home"),
        "XDG_CACHE_HOME": str(folder.parent / "cache"),
        "COLUMNS": "80",
        "LC_ALL": "C.UTF-8",
        "TZ": "UTC",
        "DAYSHEET_SECRET": SECRET,
    }
    return subprocess.run(
        ["bash", "-c", command],
        cwd=folder, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False,
    )  # fmt: skip


def _commands(body: str) -> list[tuple[str, str]]:
    """The commands of a console block, each with the output shown below it."""
    assert body.startswith("$ "), f"a console block starts with a command: {body!r}"
    found: list[tuple[str, str]] = []
    for line in body.splitlines():
        if line.startswith("$ "):
            found.append((line[2:], ""))
        elif line.startswith("> ") and not found[-1][1]:
            found[-1] = (f"{found[-1][0]}\n{line[2:]}", "")
        else:
            found[-1] = (found[-1][0], found[-1][1] + line + "\n")
    return found


def _matches(shown: str, printed: str) -> bool:
    """Whether the output is what is shown: `…` alone on a line is any lines, within a line any text."""
    pattern = ""
    for line in shown.rstrip().splitlines():
        if line.strip() == "…":
            pattern += r"(?:.*\n)*?"
        else:
            pattern += ".*?".join(re.escape(part.rstrip()) for part in line.split("…")) + r"[ \t]*\n"
    return re.fullmatch(pattern, printed.rstrip() + "\n") is not None


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_every_command_prints_what_the_page_shows(page, folder):
    text = page.read_text(encoding="utf-8")
    if NO_BOOKS in text:
        folder.mkdir()
    else:
        shutil.copytree(SAMPLE, folder, ignore=shutil.ignore_patterns("*.py", "__pycache__", ".*"))
    for fence in FENCE.finditer(text):
        if fence["file"]:
            path = folder / fence["file"]
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(fence["body"], encoding="utf-8")
        if fence["language"] != "console":
            continue
        for command, shown in _commands(fence["body"]):
            done = _run(command, folder)
            assert done.returncode in (0, 1) or "daysheet: " in shown, f"$ {command}\n{done.stdout}"
            assert not shown or _matches(shown, done.stdout), f"$ {command}\n{done.stdout}\nis shown as\n{shown}"


def test_the_readme_names_every_verb():
    table = (ROOT / "README.md").read_text(encoding="utf-8").split("## The command")[1]
    assert [verb for verb in VERBS if not re.search(rf"^\| `{verb}\b", table, re.MULTILINE)] == []


@pytest.mark.parametrize(
    ("shown", "printed"),
    [("a\n…\nd\n", "a\nb\nc\nd\n"), ("a …, c\n", "a 12, c\n"), ("a\n", "a   \n\n"), ("…\n", "")],
)
def test_an_ellipsis_stands_for_what_varies(shown, printed):
    assert _matches(shown, printed)


@pytest.mark.parametrize(("shown", "printed"), [("a\n", "a\nb\n"), ("12.00\n", "13.00\n"), ("a…\n", "b\n")])
def test_everything_else_must_be_as_shown(shown, printed):
    assert not _matches(shown, printed)
