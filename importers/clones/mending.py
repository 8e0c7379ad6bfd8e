"""Books whose files git has merged: what two clones have worked out, each for itself, is worked out for both.

Text that merges cleanly may still say something twice: an account opened by both, a pad before each one's first
statement, a balance that held in one clone only. The next import puts that right before it takes anything.
"""

from __future__ import annotations

import datetime
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Final

from daysheet import files
from daysheet.books import Books, loading
from daysheet.errors import DaysheetError
from daysheet.importers.amending import balance_renewal, follow_up
from daysheet.importers.booking import practice_records
from daysheet.importers.booking.session import ImportSession, Taken
from daysheet.importers.clones import corrected_twice, git, remitted_twice
from daysheet.importers.reading import Reading
from daysheet.importers.settings import BankSettings
from daysheet.importers.writing.blocks import take_out
from daysheet.importers.writing.dry_run import ledger_texts
from daysheet.importers.writing.writer import ACCOUNTS, IMPORTS, INCLUDE
from daysheet.settings import Settings

_CONFLICT: Final = re.compile(r"^(<{7}|>{7}) ", re.MULTILINE)
_OPEN: Final = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2} open (\S+)$")


def load(folder: Path, settings: Settings, warn: Callable[[str], None] = lambda _: None) -> Books:
    """The books of a folder, put right first where two clones were merged.

    Args:
        folder: of the books.
        settings: theirs.
        warn: told of what two clones have in two ways, and only a person can put right.

    Raises:
        DaysheetError: git has left a conflict, or the ledger has errors of another kind.
    """
    own = {bank.account for bank in settings.tables("bank", BankSettings)}
    try:
        books = loading.load(folder)
    except DaysheetError as problem:
        _refuse_conflict(folder)
        changed = _without_repeated(folder)
        merged, _ = loading.as_they_stand(folder)
        if not changed and not balance_renewal.of_two_clones(merged) and not git.was_merged(folder, IMPORTS):
            raise problem from None
        balance_renewal.renew(folder, merged, own, merged=True)
        books = loading.load(folder)
    if _said_twice(folder, books):
        books = loading.load(folder)
    books = loading.load(folder) if balance_renewal.renew(folder, books, own) else books
    return _assigned(folder, books, settings, warn)


def _said_twice(folder: Path, books: Books) -> bool:
    """Take out what both clones say: that a file was imported, what tokens are made with; whether there was any."""
    seen: set[tuple[str, str, str | None]] = set()
    again: set[tuple[str, int]] = set()
    for fact in books.imported:
        key = (str(fact.meta.get("sha256", "")), fact.kind, fact.account)
        if key[0] and key in seen:
            again.add((str(fact.meta["filename"]), int(fact.meta["lineno"])))
        seen.add(key)
    named: set[str] = set()
    for one in books.secrets:
        if one.fingerprint in named:
            again.add((str(one.meta["filename"]), int(one.meta["lineno"])))
        named.add(one.fingerprint)
    take_out(folder, again)
    return bool(again)


def _assigned(folder: Path, books: Books, settings: Settings, warn: Callable[[str], None]) -> Books:
    session = ImportSession(folder, books, settings, str)  # which reads no file, and makes no token
    taken = Taken(folder, Reading("", "", 0, (), (), datetime.date.min, datetime.date.min))
    assigned = practice_records.assign_late(session, taken)
    corrected = corrected_twice.take_out_replaced(session, warn)
    if not remitted_twice.take_out_repeated(session, taken, warn) and not assigned and not corrected:
        return books
    session.batch.write()
    if corrected:
        own = {bank.account for bank in settings.tables("bank", BankSettings)}
        balance_renewal.renew(folder, loading.as_they_stand(folder)[0], own, merged=True)
    follow_up.write(folder, settings)  # which a bank's file alone would not ask for
    return loading.load(folder)


def _refuse_conflict(folder: Path) -> None:
    for path in ledger_texts(folder):
        text = path.read_text(encoding="utf-8", errors="replace")
        found = _CONFLICT.search(text)
        if found:
            raise DaysheetError(
                "git could not merge this file",
                filename=path,
                line=text.count("\n", 0, found.start()) + 1,
                remedy="git merge --abort, daysheet hook, and merge again entry by entry; decide what is left",
            )


def _without_repeated(folder: Path) -> bool:
    """Take out lines that both clones have written into files in which each line stands for itself."""
    changed = False
    for name in (ACCOUNTS, loading.MAIN):
        path = folder / name
        before = path.read_text(encoding="utf-8").split("\n") if path.exists() else []
        after = list(_once(before))
        if after != before:
            files.write(path, "\n".join(after).encode())
            changed = True
    return changed


def _once(lines: list[str]) -> Iterator[str]:
    seen: set[str] = set()
    for line in lines:
        match = _OPEN.match(line) or INCLUDE.match(line)
        if match is None or match[1] not in seen:
            yield line
        if match is not None:
            seen.add(match[1])
