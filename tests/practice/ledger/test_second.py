"""A first load by two processes is that of one, whatever becomes of the second."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

LINES = 2_000
FILES = 9
LOAD = """
import hashlib, json, os, signal, sys
from pathlib import Path
from daysheet.books import loading
from daysheet.ledger import second
what, folder = sys.argv[1], Path(sys.argv[2])
os.sched_getaffinity = lambda _: {0} if what == "alone" else {0, 1}
forks, fork = [], os.fork
def counted():
    child = fork()
    forks.append(child)
    if what == "killed" and child == 0:
        os.kill(os.getpid(), signal.SIGKILL)
    return child
def refused():
    forks.append(None)
    raise BlockingIOError
os.fork = refused if what == "refused" else counted
books, errors = loading.as_they_stand(folder)
options = {key: value for key, value in books.options.items() if key != "dcontext"}
told = repr((books.entries, errors, sorted(options.items(), key=repr), str(books.options["dcontext"])))
print(json.dumps([len(forks), len(books.entries), len(errors), hashlib.sha256(told.encode()).hexdigest()]))
"""

pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="the system copies no processes")


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Books of a megabyte and more: what comes first, nine files alike, and a file that includes one more."""
    place = tmp_path_factory.mktemp("books")
    includes = "".join(f'include "{number}.beancount"\n' for number in range(FILES))
    (place / "main.beancount").write_text(
        f'option "operating_currency" "USD"\n2020-01-01 open Assets:A\n2020-01-01 open Assets:B\n{includes}'
    )
    for number in range(FILES):
        text = "".join(
            f'2026-0{number + 1}-{line % 28 + 1:02} * "Payee" "Words {line}"\n  of: "{line}"\n'
            f"  Assets:A  {line}.25 USD\n  Assets:B  -{line}.25 USD\n"
            for line in range(LINES)
        )
        (place / f"{number}.beancount").write_text(text)
    (place / f"{FILES - 1}.beancount").write_text('include "more.beancount"\n')
    (place / "more.beancount").write_text('2026-12-01 event "a" "b"\n2026-12-02 balance Assets:A  1 USD\n')
    return place


def load(folder: Path, cache: Path, what: str) -> list[Any]:
    """How often a process was asked for, how many entries and errors there are, and a digest of all."""
    command = [sys.executable, "-c", LOAD, what, str(folder)]
    environment = {**os.environ, "XDG_CACHE_HOME": str(cache)}
    run = subprocess.run(command, env=environment, capture_output=True, text=True, check=True, cwd=folder.parent)
    answer: list[Any] = json.loads(run.stdout)
    return answer


def test_two_processes_load_what_one_does_and_keep_all_of_it(folder: Path, tmp_path: Path) -> None:
    forks, *alone = load(folder, tmp_path / "alone", "alone")
    assert forks == 0
    for what in ("both", "killed", "refused"):
        forks, *found = load(folder, tmp_path / what, what)
        assert forks > 0
        assert found == alone
    kept = {path.name for path in (tmp_path / "alone").rglob("*") if path.is_file()}
    assert {path.name for path in (tmp_path / "both").rglob("*") if path.is_file()} == kept
    assert load(folder, tmp_path / "both", "both") == [0, *alone]


def test_an_error_in_a_file_is_told_alike(folder: Path, tmp_path: Path) -> None:
    broken = folder / f"{FILES - 2}.beancount"
    text = broken.read_text()
    broken.write_text(f"{text}nonsense\n")
    try:
        _, *alone = load(folder, tmp_path / "alone", "alone")
        forks, *found = load(folder, tmp_path / "both", "both")
    finally:
        broken.write_text(text)
    assert forks > 0
    assert found == alone
