"""A books folder to import into, by the real command."""

from __future__ import annotations

import hashlib
import json
import os
from pathlib import Path
from typing import Any

from beancount import loader
from click.testing import CliRunner, Result
from daysheet.books import Books
from daysheet.cli import cli
from daysheet.findings import FindingError
from daysheet.importers import new_books

VISITS = "visit_id,date,provider,patient_id,status,service,fee\n"
INVOICES = "invoice_id,visit_id,date,provider,patient_id,payer,amount,due\n"
PAYMENTS = "payment_id,date,invoice_id,payer,method,amount,reference\n"
ADJUSTMENTS = "adjustment_id,date,invoice_id,kind,amount\n"
CLAIMS = "claim_id,invoice_id,payer,submitted,status,reason\n"
CHASE = "Details,Posting Date,Description,Amount,Type,Balance,Check or Slip #\n"


class Folder:
    """New books, and what a user does with them."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.given = path.parent / f"{path.name}-given"
        self.given.mkdir(parents=True)
        new_books.make(path, "Test practice")

    def give(self, name: str, text: str | bytes) -> Path:
        """A file to import."""
        path = self.given / name
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
        return path

    def run(self, *arguments: object) -> Result:
        """`daysheet --books …`; what `console.run` would print for an error stands in `exception`."""
        return CliRunner().invoke(cli, ["--books", str(self.path), *map(str, arguments)], standalone_mode=False)

    def take(self, name: str, text: str | bytes, *arguments: object) -> list[dict[str, Any]]:
        """Import one file; the JSON answer."""
        return self.take_paths(self.give(name, text), *arguments)

    def take_paths(self, *arguments: object) -> list[dict[str, Any]]:
        """Import files; the JSON answer."""
        answer: list[dict[str, Any]] = self.answer("import", *arguments)
        return answer

    def answer(self, verb: str, *arguments: object) -> Any:
        """What a verb answers programs; what it refuses is raised."""
        result = self.run(verb, "--json", *arguments)
        if result.exception is not None:
            raise result.exception
        return json.loads(result.stdout)

    def books(self) -> Books:
        """The books, which Beancount must load without an error of its own."""
        entries, errors, options = loader.load_file(str(self.path / "main.beancount"))
        assert [error for error in errors if not isinstance(error, FindingError)] == []
        books = Books.of(entries, options, state="")
        assert books.errors == []
        return books

    def write_by_hand(self, text: str, name: str = "practice.beancount") -> None:
        """Add to a file of the books, as a user would."""
        path = self.path / name
        path.write_text(path.read_text() + text)

    def text(self, name: str) -> str:
        """A file of the books."""
        return (self.path / name).read_text()

    def snapshot(self) -> dict[str, str]:
        """The digest of every file in the books folder but the lock and Beancount's cache."""
        return {
            str(path.relative_to(self.path)): hashlib.sha256(path.read_bytes()).hexdigest()
            for path in sorted(self.path.rglob("*"))
            if path.is_file()
            and path.suffix != ".picklecache"
            and path.name not in {".daysheet.lock", ".daysheet.lease"}
        }


def secretly(environment: dict[str, str] | None = None) -> dict[str, str]:
    """The environment with a patient secret that no test shares with the user."""
    return {**os.environ, "DAYSHEET_SECRET": "a secret of the tests only", **(environment or {})}
