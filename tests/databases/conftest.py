"""A real MariaDB, started for the tests on a socket of its own and ended by its process."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import tempfile
import time
from collections import defaultdict
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

import pytest
from daysheet.accounts import RECEIVABLE

from tests.importers.books_folder import Folder

ROOT = Path(__file__).parent.parent.parent
SERVER = ("mariadbd", "mysqld")
CLIENT = ("mariadb", "mysql")
INSTALL = ("mariadb-install-db", "mysql_install_db")
QUERY = re.compile(r"^### `(?P<name>[\w-]+)`\n\n```sql\n(?P<text>.*?)^```$", re.MULTILINE | re.DOTALL)


def owed(folder: Folder) -> dict[str, Decimal]:
    """What each receivable account of the books stands at."""
    found: dict[str, Decimal] = defaultdict(Decimal)
    for entry in folder.books().entries:
        for posting in getattr(entry, "postings", ()):
            if posting.account.startswith(RECEIVABLE):
                found[posting.account.removeprefix(f"{RECEIVABLE}:")] += posting.units.number
    return {account: amount for account, amount in found.items() if amount}


def income(folder: Folder, month: str) -> dict[str, Decimal]:
    """What each provider earned in a month, on the cash basis."""
    rows = json.loads(folder.run("report", "income", "--period", month, "--json").stdout)["rows"]
    return {row["account"].rpartition(":")[2]: Decimal(row["current"]) for row in rows if row["account"]}


def findings(folder: Folder, day: str) -> set[tuple[str, str, str]]:
    """The findings of a day: kind, key, amount."""
    answer = json.loads(folder.run("--json", "check", "--as-of", day).stdout)
    return {(one["kind"], one["key"], one["amount"]) for one in answer["findings"]}


def entries_by_file(folder: Folder) -> dict[str, list[str]]:
    """The ledger's entries by file; those of one export follow one another as they were imported."""
    return {path.name: sorted(path.read_text().strip().split("\n\n")) for path in (folder.path / "2026").iterdir()}


@pytest.fixture(autouse=True)
def _secret(monkeypatch: pytest.MonkeyPatch) -> None:
    """Patient tokens are made with a secret of the tests, never with the user's."""
    monkeypatch.setenv("DAYSHEET_SECRET", "a secret of the tests only")


def queries(page: str) -> dict[str, str]:
    """The queries that a page of the documentation gives, by the name of the file that each is for."""
    text = (ROOT / "docs" / page).read_text(encoding="utf-8")
    return {found["name"]: found["text"] for found in QUERY.finditer(text)}


class Database:
    """One database of the server."""

    def __init__(self, client: list[str], name: str, *, make: bool = True) -> None:
        """A new one, or with `make=False` one that is there."""
        self._client = client
        self.name = name
        if make:
            self.run(f"CREATE DATABASE `{name}` CHARACTER SET utf8mb4", database="")

    def run(self, statements: str, database: str | None = None) -> str:
        """Run statements; what they print is rows with tabs between cells, below a row of the columns' names."""
        named = self.name if database is None else database
        command = [*self._client, "--batch", "--raw", *([named] if named else [])]
        done = subprocess.run(command, input=statements, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr
        return done.stdout


@pytest.fixture(scope="session")
def mariadb() -> Iterator[list[str]]:
    """The client's command line for a server of our own: its data and socket in a folder that is taken away again."""
    server, client, install = (_found(names) for names in (SERVER, CLIENT, INSTALL))
    # a socket's path may have about a hundred characters: pytest's own folders are too long for that
    with tempfile.TemporaryDirectory(prefix="daysheet-db-") as folder:
        socket = f"{folder}/s"
        who = ["--user=root"] if os.geteuid() == 0 else []
        made = [install, "--no-defaults", f"--datadir={folder}/data", "--auth-root-authentication-method=normal",
                "--skip-test-db", *who]  # fmt: skip
        done = subprocess.run(made, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stdout + done.stderr
        started = [server, "--no-defaults", f"--datadir={folder}/data", f"--socket={socket}", "--skip-networking",
                   f"--pid-file={folder}/pid", "--innodb-flush-log-at-trx-commit=0", *who]  # fmt: skip
        with Path(f"{folder}/log").open("wb") as log, subprocess.Popen(started, stdout=log, stderr=log) as process:
            command = [client, "--no-defaults", f"--socket={socket}", "--user=root"]
            try:
                _await(command, process, Path(f"{folder}/log"))
                yield command
            finally:
                process.terminate()
                process.wait(timeout=60)


def _found(names: tuple[str, ...]) -> str:
    places = os.pathsep.join((os.environ["PATH"], "/usr/sbin", "/usr/local/sbin"))
    path = next((path for name in names if (path := shutil.which(name, path=places))), None)
    if path is None:
        pytest.skip(
            f"{names[0]} is not installed: it is in Debian's package mariadb-server, which ./bootstrap test adds"
        )
    return path


def _await(command: list[str], process: subprocess.Popen[bytes], log: Path) -> None:
    for _ in range(300):
        if process.poll() is not None:
            raise AssertionError(f"the database ended: {log.read_text(errors='replace')}")
        if subprocess.run([*command, "-e", "SELECT 1"], capture_output=True, check=False).returncode == 0:
            return
        time.sleep(0.1)
    raise AssertionError(f"the database does not answer: {log.read_text(errors='replace')}")
