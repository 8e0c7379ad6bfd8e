"""Commands as a shell runs them: odd terminals, closed outputs, pipes, and failures that nobody thought of."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import threading
from pathlib import Path

import click
import pytest
from daysheet import console, files

from tests import forked
from tests.conftest import ROOT

BOOKS = """\
option "operating_currency" "USD"
2026-01-01 open Assets:Bank
2026-01-01 open Equity:Opening
2026-01-02 * "Søren Ålgård – opening…"
  Assets:Bank       1.00 USD
  Equity:Opening   -1.00 USD
"""


@pytest.fixture
def books(tmp_path):
    (tmp_path / "main.beancount").write_text(BOOKS, encoding="utf-8")
    return tmp_path


def _run(books: Path, shell: str, **more: str) -> subprocess.CompletedProcess[bytes]:
    environment = {**os.environ, "HOME": str(books), **more}
    command = shell.replace("daysheet", f"{forked.INSTALLED} --books {books}")
    return subprocess.run(["bash", "-c", command], env=environment, capture_output=True, check=False, timeout=60)


def test_a_terminal_without_the_letters_gets_others(books):
    done = _run(books, "daysheet report journal", PYTHONIOENCODING="latin-1")
    assert done.returncode == 0, done.stderr
    done = _run(books, "daysheet report no-such-report-…", PYTHONIOENCODING="ascii")
    assert done.returncode == 2
    assert b"Traceback" not in done.stderr


@pytest.mark.parametrize("shell", ["daysheet check >&-", "daysheet check 2>&-", "daysheet report journal | true"])
def test_a_closed_output_is_no_traceback(books, shell):
    assert b"Traceback" not in _run(books, shell).stderr


def test_a_full_device_is_one_line(books):
    done = _run(books, "daysheet report journal > /dev/full")
    assert (done.returncode, done.stderr.count(b"\n")) == (2, 1), done.stderr


def test_without_a_cache_folder_it_works(books):
    done = _run(books, "daysheet report journal", XDG_CACHE_HOME="/dev/null")
    assert done.returncode == 0, done.stderr


def test_output_goes_where_a_shell_would_put_it(books):
    plain = _run(books, "daysheet report journal").stdout
    assert plain
    assert _run(books, "daysheet report journal --output /dev/stdout").stdout == plain
    target, link = books / "target.txt", books / "link.txt"
    target.write_text("old")
    link.symlink_to(target)
    assert _run(books, f"daysheet report journal --output {link}").returncode == 0
    assert link.is_symlink()
    assert target.read_bytes() == plain
    pipe = books / "pipe"
    os.mkfifo(pipe)
    got: list[bytes] = []
    reader = threading.Thread(target=lambda: got.append(pipe.read_bytes()))
    reader.start()
    assert _run(books, f"daysheet report journal --output {pipe}").returncode == 0
    reader.join(30)
    assert got == [plain]


@pytest.mark.parametrize("kind", ["fifo", "zero", "socket"])
@pytest.mark.parametrize("verb", ["identify", "import"])
def test_what_is_no_file_is_refused(books, kind, verb):
    path = books / "odd.csv"
    if kind == "fifo":
        os.mkfifo(path)
    elif kind == "zero":
        path.symlink_to("/dev/zero")
    else:
        with socket.socket(socket.AF_UNIX) as bound:
            bound.bind(str(path))
    done = _run(books, f"daysheet {verb} {path}")
    assert done.returncode == 2
    assert b"is a device, pipe or socket" in done.stdout + done.stderr


def test_a_failure_of_ours_is_one_line_with_a_report_that_holds_nothing_of_the_books(tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    name = "Søren Ålgård"
    try:
        dict[str, int]()[name]
    except KeyError as problem:
        said = console.unexpected(problem)
    assert "\n" not in said
    assert name not in said
    report = next((tmp_path / "daysheet").glob("failure-*.txt"))
    assert str(report) in said
    text = report.read_text(encoding="utf-8")
    assert name not in text
    assert text.splitlines()[-1] == "KeyError"
    assert f"{ROOT}/tests/practice/test_console.py" in text


def test_a_command_that_fails_in_a_way_of_our_own_ends_with_2(tmp_path, monkeypatch, capsys):
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))

    @click.command()
    def fails():
        raise ZeroDivisionError("of Søren Ålgård")

    monkeypatch.setattr(sys, "argv", ["daysheet", "fails"])
    with pytest.raises(SystemExit) as ended:
        console.run(click.Group("daysheet", commands={"fails": fails}))
    assert ended.value.code == console.BROKEN
    said = capsys.readouterr().err
    assert said.startswith("daysheet: this is a fault of Daysheet's own (ZeroDivisionError)")
    assert "Søren" not in said
    assert files.users_cache() == tmp_path
