"""What entries leave behind when they go: empty month files, patterns that include nothing, accounts without a use."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Final

from beancount.core.data import Directive, Open
from beancount.core.getters import get_entry_accounts
from daysheet.books import loading
from daysheet.books.loading import MAIN
from daysheet.books.secret import has_tokens
from daysheet.importers import new_books
from daysheet.importers.deriving import derived
from daysheet.importers.writing.blocks import take_out, without
from daysheet.importers.writing.writer import ACCOUNTS, INCLUDE, OPENED, years
from daysheet.settings import FILE

_OF_A_YEAR: Final = re.compile(r"[0-9]{4}/[^/]+\.beancount\Z")


def tidy(folder: Path, gone: Iterable[Directive]) -> list[str]:
    """Take out of a folder what only these entries needed; the accounts that are closed.

    Args:
        folder: books without these entries.
        gone: what they held.
    """
    _drop_empty(folder)
    _drop_secret(folder)
    candidates = {account for entry in gone for account in get_entry_accounts(entry)}
    places = dict(_needless(folder, candidates))
    if places:
        path = folder / ACCOUNTS
        path.write_bytes(without(path.read_bytes().decode(), places.values()).encode())
    return sorted(places)


def _drop_secret(folder: Path) -> None:
    """Take out what tokens are made with where none is left, so that no more stays than before the first import."""
    books = loading.load(folder)
    if books.secrets and not has_tokens(books):
        take_out(folder, [(str(one.meta["filename"]), int(one.meta["lineno"])) for one in books.secrets])


def _needless(folder: Path, candidates: set[str]) -> Iterator[tuple[str, int]]:
    """The accounts that an import has opened and nothing names any more, each with its line."""
    books = loading.load(folder)
    used = {account for entry in books.entries if not isinstance(entry, Open) for account in get_entry_accounts(entry)}
    texts = [path for path in folder.glob("*.beancount") if path.name != ACCOUNTS]
    texts += [folder / FILE] if (folder / FILE).exists() else []
    lines = (line for path in texts for line in path.read_text(encoding="utf-8").splitlines())
    by_hand = "\n".join(line for line in lines if not line.startswith((";", "#")))
    for account in sorted(candidates - used - set(new_books.standard_accounts())):
        opened = books.opened.get(account)
        if opened is None or Path(opened.meta["filename"]).name != ACCOUNTS or opened.date != OPENED:
            continue
        plain = not opened.currencies and {*opened.meta} <= {"filename", "lineno"}
        if plain and not re.search(rf"(?<![\w:-]){re.escape(account)}(?![\w:-])", by_hand):
            yield account, opened.meta["lineno"]


def _drop_empty(folder: Path) -> None:
    """Remove month files that say nothing, and the patterns of years in the main file that include nothing any more."""
    for path in [path for year in years(folder) for path in year.glob("*.beancount")]:
        if path.read_text(encoding="utf-8").strip() in ("", derived.HEADER.strip()):
            path.unlink()
    main = folder / MAIN
    before = main.read_text(encoding="utf-8").split("\n")
    kept = [line for line in before if not _includes_nothing(line, folder)]
    if kept != before:
        main.write_text("\n".join(kept), encoding="utf-8")


def _includes_nothing(line: str, folder: Path) -> bool:
    match = INCLUDE.match(line)
    pattern = match[1].removeprefix(f"{folder}/") if match else ""
    return bool(_OF_A_YEAR.match(pattern)) and not any(folder.glob(pattern))
