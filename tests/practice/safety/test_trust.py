"""Books that somebody else has made: nothing that they bring runs, whatever is done with them, until it is allowed."""

from __future__ import annotations

import ast
import importlib
import inspect
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from daysheet.cli import VERBS
from daysheet.trust import ledger

from tests import forked
from tests.conftest import ROOT

SAMPLE = ROOT / "ledgers" / "two-doctors"
MAIN = "\n".join(
    line
    for line in (SAMPLE / "main.beancount").read_text(encoding="utf-8").splitlines()
    if not line.startswith('include "2026')
)
"""The sample's main file without the year's entries, which take their time to load."""

# What each verb is asked; every verb is here, so that a new one is tried as well.
ASKED: dict[str, list[list[str]]] = {
    "init": [["new"]],
    "demo": [],  # makes its own books in a folder that must be empty, and reads nothing here
    "identify": [["bank.csv"]],
    "import": [["bank.csv"], ["--dry-run", "bank.csv"]],
    "adopt": [["balances.csv", "--dry-run"]],
    "undo": [["bank.csv", "--yes"]],
    "recategorize": [["--text", "rent", "--to", "Expenses:Rent", "--yes"]],
    "hook": [[]],
    "scan": [["--staged"], ["main.beancount"]],
    "profile": [["test"], ["list"], ["new", "bank.csv"]],
    "check": [[], ["--csv"]],
    "waive": [["some-key", "--reason", "tried"]],
    "catch-up": [[]],
    "report": [["income"]],
    "pack": [["2026"]],
    "verify": [["packs/2026"]],
    "lock": [["2026"]],
    "mail": [["draft", "2026"], ["status"], ["send"]],
    "match": [["2026-01-05 10.00", "PMT-1", "--dry-run"]],
    "firm": [["--firm", "..", "status"], ["--firm", "..", "check"]],
    "trust": [[]],
    "doctor": [[], ["--json"]],
    "secret": [["show-fingerprint"], ["back-up", "../copy-of-the-secret"], ["rotate"]],
    "reveal": [["pt-000000000000"]],
}


def _touch(mark: Path) -> str:
    return f"import pathlib\npathlib.Path({str(mark)!r}).touch()\n__plugins__ = ()\n"


def _plugin(folder: Path, mark: Path) -> None:
    """A plugin beside the books, with the path set so that it is found."""
    (folder / "helper.py").write_text(_touch(mark))
    (folder / "main.beancount").write_text(f'option "insert_pythonpath" "TRUE"\nplugin "helper"\n{MAIN}')


def _plugin_of_an_include(folder: Path, mark: Path) -> None:
    (folder / "2026" / "helper.py").write_text(_touch(mark))
    (folder / "2026" / "more.beancount").write_text('option "insert_pythonpath" "TRUE"\nplugin "helper"\n')
    (folder / "main.beancount").write_text(f'{MAIN}\ninclude "2026/more.beancount"\n')


def _shadowing_module(folder: Path, mark: Path) -> None:
    """A module of a library's name, and no plugin but Beancount's own."""
    for name in ("json", "csv", "decimal", "jinja2", "multiprocessing", "daysheet", "runpy"):
        (folder / f"{name}.py").write_text(_touch(mark))
    (folder / "main.beancount").write_text(f'option "insert_pythonpath" "TRUE"\n{MAIN}')


def _configuration(folder: Path, mark: Path) -> None:
    """A plugin of Beancount that evaluates what it is told."""
    code = f"__import__('pathlib').Path('{mark}').touch() or {{}}"
    (folder / "main.beancount").write_text(f'plugin "beancount.plugins.commodity_attr" "{code}"\n{MAIN}')


def _installed_module(folder: Path, mark: Path) -> None:
    """A module of Python's own that does something when it is imported, in books that are in error as well."""
    (folder / "sitecustomize.py").write_text(_touch(mark))
    (folder / "main.beancount").write_text(f'plugin "this"\n2026-01-01 open Nothing\n{MAIN}')


def _git(folder: Path, *arguments: str) -> None:
    environment = {**os.environ, "GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_SYSTEM": os.devnull}
    who = ("-c", "user.name=a", "-c", "user.email=a@b.example")
    subprocess.run(["git", "-C", str(folder), *who, *arguments], check=True, capture_output=True, env=environment)


def _program(folder: Path, mark: Path) -> Path:
    script = folder / "run.sh"
    script.write_text(f"#!/bin/sh\ntouch {mark}\ncat 2>/dev/null\n")
    script.chmod(0o755)
    return script


def _monitor(folder: Path, mark: Path) -> None:
    _git(folder, "init", "-q")
    _git(folder, "add", "main.beancount")
    _git(folder, "commit", "-qm", "a")
    _git(folder, "config", "core.fsmonitor", str(_program(folder, mark)))


def _filter(folder: Path, mark: Path) -> None:
    _git(folder, "init", "-q")
    _git(folder, "add", "main.beancount")
    _git(folder, "commit", "-qm", "a")
    (folder / ".gitattributes").write_text("*.beancount filter=evil diff=evil\n")
    script = _program(folder, mark)
    for key in ("filter.evil.clean", "filter.evil.process", "diff.evil.textconv", "diff.evil.command", "diff.external"):
        _git(folder, "config", key, str(script))
    (folder / "main.beancount").touch()


def _bare_repository(folder: Path, mark: Path) -> None:
    """The folder itself is a repository, as nobody would see who looks for .git."""
    _git(folder, "init", "-q", "--bare", ".")
    _git(folder, "config", "--file", "config", "core.worktree", str(folder))
    _git(folder, "config", "--file", "config", "core.bare", "false")
    _git(folder, "config", "--file", "config", "core.fsmonitor", str(_program(folder, mark)))


def _hooks(folder: Path, mark: Path) -> None:
    _git(folder, "init", "-q")
    script = _program(folder, mark).read_text()
    for name in ("pre-commit", "post-index-change", "reference-transaction", "post-checkout", "fsmonitor-watchman"):
        hook = folder / ".git" / "hooks" / name
        hook.write_text(script)
        hook.chmod(0o755)


def _command(folder: Path, mark: Path) -> None:
    settings = (folder / "daysheet.toml").read_text()
    mail = f"""[mail]
server = "127.0.0.1"
sender = "a@practice.example"
recipients = ["b@accountant.example"]
secret = 'command:touch {mark}'
pdf-password = 'command:touch {mark}'
"""
    (folder / "daysheet.toml").write_text(settings.split("[mail]")[0] + mail)


def _note(folder: Path, mark: Path) -> None:
    (folder / "mail-note.txt").write_text(
        "{% for c in ''.__class__.__mro__[1].__subclasses__() if c.__name__ == 'Popen' %}"
        f"{{{{ c(['touch', '{mark}']) }}}}{{% endfor %}}{{{{ cycler.__init__.__globals__.os.system('touch {mark}') }}}}"
    )


def _pickle(folder: Path, mark: Path) -> None:
    """Beancount's own cache, as whoever made the books wants it read."""
    code = f"cpathlib\nPath\n(S'{mark}'\ntR(itouch\n".encode()
    (folder / ".main.beancount.picklecache").write_bytes(code)


EVALUATING = ("check_average_cost", "check_commodity", "commodity_attr")
HOSTILE = [
    _plugin,
    _plugin_of_an_include,
    _shadowing_module,
    _configuration,
    _installed_module,
    _monitor,
    _filter,
    _bare_repository,
    _hooks,
    _command,
    _note,
    _pickle,
]


@pytest.fixture
def books(tmp_path):
    """The sample's books without what makes them slow to load, a file of its bank, and a place for the mark."""
    folder = tmp_path / "books"
    ignore = shutil.ignore_patterns("*.py", "__pycache__", ".*", "2026-*")
    shutil.copytree(SAMPLE, folder, ignore=ignore)
    (folder / "main.beancount").write_text(MAIN)
    (folder / "2026").mkdir(exist_ok=True)
    (folder / "bank.csv").write_text("Date,Description,Amount\n2026-01-05,RENT,-10.00\n")
    return folder


def _daysheet(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    environment = {
        "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}",
        "HOME": str(folder.parent / "home"),
        "LC_ALL": "C.UTF-8",
        "DAYSHEET_SECRET": "a secret for these tests alone",
    }
    return subprocess.run(
        [forked.program(), *arguments],
        cwd=folder, env=environment, input="", capture_output=True, text=True, check=False, timeout=120,
    )  # fmt: skip


def test_every_verb_is_asked():
    assert set(ASKED) == set(VERBS)


def _all_verbs(folder: Path) -> list[tuple[str, ...]]:
    return [(verb, *arguments) for verb, asked in ASKED.items() for arguments in asked]


@pytest.mark.long
@pytest.mark.attack
@pytest.mark.parametrize("hostile", HOSTILE, ids=lambda hostile: hostile.__name__.strip("_"))
def test_nothing_runs_whatever_is_done(books, tmp_path, hostile, counted):
    mark = tmp_path / "ran"
    hostile(books, mark)
    (tmp_path / "firm.toml").write_text(f'books = ["{books.name}"]\n')
    for arguments in _all_verbs(books):
        done = _daysheet(books, *arguments)
        assert not mark.exists(), f"{hostile.__name__} ran on daysheet {' '.join(arguments)}"
        assert "Traceback" not in done.stderr, f"daysheet {' '.join(arguments)}\n{done.stderr}"
    counted(len(_all_verbs(books)), "commands on such books", 0, "ran what they bring")


@pytest.mark.parametrize(
    ("hostile", "asked", "named"),
    [
        (_plugin, ["check"], 'main.beancount:2: these books load the plugin "helper"'),
        (_plugin_of_an_include, ["check"], 'more.beancount:2: these books load the plugin "helper"'),
        (_shadowing_module, ["check"], "main.beancount:1: these books let modules beside them run"),
        (_configuration, ["check"], 'main.beancount:1: these books load the plugin "beancount.plugins.commodity_attr"'),
        (_installed_module, ["check"], 'main.beancount:1: these books load the plugin "this"'),
        (_monitor, ["pack", "2026"], "these books set core.fsmonitor for git"),
        (_filter, ["pack", "2026"], "these books set filter.evil.clean for git"),
    ],
    ids=lambda value: value.__name__.strip("_") if callable(value) else "",
)
def test_what_is_refused_is_named_with_its_line_and_the_way_to_allow_it(books, tmp_path, hostile, asked, named):
    mark = tmp_path / "ran"
    hostile(books, mark)
    done = _daysheet(books, *asked)
    assert done.returncode == 2
    assert named in done.stderr
    assert f"daysheet trust {books}" in done.stderr
    assert not mark.exists()


def test_what_is_allowed_runs_until_it_changes(books, tmp_path):
    mark = tmp_path / "ran"
    _plugin(books, mark)
    asked = _daysheet(books, "trust")
    assert asked.returncode == 2
    assert not mark.exists()
    assert 'the plugin "helper"' in asked.stdout
    assert _daysheet(books, "trust", "--yes").returncode == 0
    assert not mark.exists()
    assert _daysheet(books, "check").returncode < 2
    assert mark.exists()
    mark.unlink()
    with (books / "helper.py").open("a") as module:
        module.write("# and one line more\n")
    assert _daysheet(books, "check").returncode == 2
    assert not mark.exists()
    _daysheet(books, "trust", "--yes")
    _daysheet(books, "trust", "--revoke")
    assert _daysheet(books, "check").returncode == 2
    assert not mark.exists()


@pytest.mark.parametrize(
    "hostile",
    [_plugin, _plugin_of_an_include, _shadowing_module, _configuration, _installed_module, _pickle],
    ids=lambda hostile: hostile.__name__.strip("_"),
)
def test_what_bean_check_would_run_is_listed_until_it_is_allowed(books, tmp_path, hostile):
    hostile(books, tmp_path / "ran")
    done = _daysheet(books, "trust", "--json")
    assert done.returncode == 1
    assert [program["allowed"] for program in json.loads(done.stdout)["programs"]].count(False) > 0
    assert _daysheet(books, "trust", "--yes").returncode == 0
    assert _daysheet(books, "trust", "--json").returncode == 0


def test_no_plugin_that_is_let_run_evaluates_what_it_is_told():
    for name in ledger.SAFE:
        tree = ast.parse(inspect.getsource(importlib.import_module(name)))
        called = {node.func.id for node in ast.walk(tree) if isinstance(node, ast.Call) and hasattr(node.func, "id")}
        assert not called & {"eval", "exec", "compile", "__import__", "open"}, name
    assert not {f"beancount.plugins.{name}" for name in EVALUATING} & ledger.SAFE


def test_a_command_in_the_settings_keeps_nothing_else_from_working(books, tmp_path):
    _command(books, tmp_path / "ran")
    assert _daysheet(books, "check").returncode < 2
    assert _daysheet(books, "report", "income").returncode == 0
    assert not (tmp_path / "ran").exists()


def test_trust_allows_no_name_that_leads_elsewhere(books):
    with (books / "daysheet.toml").open("a") as settings:
        settings.write('\n[import]\ninbox = "../elsewhere"\n')
    _daysheet(books, "trust", "--yes")
    assert _daysheet(books, "import").returncode == 2


def test_a_copy_elsewhere_is_not_trusted(books, tmp_path):
    mark = tmp_path / "ran"
    _plugin(books, mark)
    _daysheet(books, "trust", "--yes")
    shutil.copytree(books, tmp_path / "copy")
    assert _daysheet(tmp_path / "copy", "check").returncode == 2
    assert not mark.exists()


def test_a_damaged_list_of_decisions_trusts_nothing(books, tmp_path):
    mark = tmp_path / "ran"
    _plugin(books, mark)
    _daysheet(books, "trust", "--yes")
    (tmp_path / "home" / ".config" / "daysheet" / "trusted.json").write_text("[1")
    done = _daysheet(books, "check")
    assert done.returncode == 2
    assert "not what daysheet trust has written" in done.stderr
    assert not mark.exists()


@pytest.mark.parametrize("way", ["name", "link", "linked folder", "documents"])
def test_nothing_outside_is_read(books, tmp_path, way):
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    (elsewhere / "their.beancount").write_text('2026-01-01 open Assets:Their "not an account"\n')
    line = 'include "their.beancount"'
    if way == "name":
        line = 'include "../elsewhere/their.beancount"'
    elif way == "link":
        (books / "their.beancount").symlink_to(elsewhere / "their.beancount")
    elif way == "linked folder":
        (books / "more").symlink_to(elsewhere)
        line = 'include "more/*.beancount"'
    else:
        line = 'option "documents" "../elsewhere"'
    with (books / "main.beancount").open("a") as main:
        main.write(f"\n{line}\n")
    done = _daysheet(books, "check")
    assert done.returncode == 2
    assert "outside" in done.stderr
    assert "Their" not in done.stderr
    assert _daysheet(books, "trust", "--yes").returncode == 0
    said = _daysheet(books, "check").stderr
    assert "lies outside" not in said
    assert "documents outside" not in said


def test_ordinary_books_bring_nothing(books):
    _git(books, "init", "-q")
    _git(books, "remote", "add", "origin", "git@host.example:books.git")
    _daysheet(books, "hook")
    done = _daysheet(books, "trust")
    assert (done.returncode, done.stdout.strip()) == (0, f"{books} brings nothing that would run or lead elsewhere.")
