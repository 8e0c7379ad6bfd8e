"""A firm of small practices."""

import contextlib
import json
import os
import subprocess
import sys
import time
from pathlib import Path

import pytest
from daysheet.firm.calls import MODULE, Call

BOOKS = """\
option "operating_currency" "{currency}"
2026-01-01 open Assets:Receivable:Patients
2026-01-01 open Assets:Bank:Checking
2026-01-01 open Equity:Billing:Charges
2026-01-01 custom "provider" "one" "Dr. One"
2026-01-05 custom "visit" "V1" "one" "completed"
  patient: "pt-0a1b2c3d4e5f"
  fee: {fee} {currency}
2026-03-02 custom "imported" "visits" 2026-01-01 2026-03-01
  file: "originals/2026/2026-01-01-visits-db80e665.csv"
"""


@pytest.fixture
def firm(tmp_path):
    """A folder with `firm.toml` and `clients/`; `add` makes a client's books in it."""
    return FirmFolder(tmp_path / "firm")


class FirmFolder:
    """A firm on disk."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        (folder / "clients").mkdir(parents=True)
        (folder / "firm.toml").write_text('name = "Hill Bookkeeping"\nbooks = ["clients/*"]\n')

    def add(self, name, *, fee="100.00", currency="USD", text=None, settings=""):
        """A client with one visit that was never billed, worth `fee`."""
        books = self.folder / "clients" / name
        books.mkdir()
        (books / "main.beancount").write_text(BOOKS.format(fee=fee, currency=currency) if text is None else text)
        (books / "daysheet.toml").write_text(f'[practice]\nid = "{name}"\nname = "The {name} practice"\n{settings}')
        return books


@pytest.fixture
def module_call(tmp_path, monkeypatch):
    """A call of a module whose `main` is the given text; a real process each time."""

    def call(text, seconds=60, memory=2_000_000_000):
        place = tmp_path / "modules"
        place.mkdir(exist_ok=True)
        (place / "client_work.py").write_text(text)
        monkeypatch.setenv("PYTHONPATH", str(place))
        closed = tmp_path / "clients.json"
        closed.write_text("[]")
        return Call("one", tmp_path, MODULE, ("client_work",), closed, memory, seconds)

    return call


@contextlib.contextmanager
def program(*words):
    """A program of Dask's that runs until this ends; by its process id."""
    environment = os.environ | {"PYTHONWARNINGS": "ignore"}
    with subprocess.Popen(
        [sys.executable, "-m", *words], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env=environment
    ) as process:
        try:
            yield process
        finally:
            process.terminate()


@contextlib.contextmanager
def scheduler(folder):
    place = folder / "scheduler.json"
    with program(
        "distributed.cli.dask_scheduler", "--host", "127.0.0.1", "--port", "0", "--no-dashboard", "--no-show",
        "--scheduler-file", str(place),
    ):  # fmt: skip
        until = time.monotonic() + 60
        while not place.exists() or not place.read_text().strip():
            assert time.monotonic() < until
            time.sleep(0.05)
        yield json.loads(place.read_text())["address"]


def worker(address, folder):
    return program(
        "distributed.cli.dask_worker", address, "--nworkers", "1", "--nthreads", "1", "--no-nanny", "--no-dashboard",
        "--local-directory", str(folder),
    )  # fmt: skip
