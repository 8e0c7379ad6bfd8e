"""Balances that are asserted anew: after lines were taken out, and after the work of two clones was merged."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from pathlib import Path

from beancount.core.data import Balance, Pad
from daysheet import files
from daysheet.books import Books
from daysheet.importers.booking import balance_assertions, dedupe
from daysheet.importers.booking.balance_assertions import PROVED
from daysheet.importers.booking.bank_lines import BALANCES
from daysheet.importers.booking.session import month_file
from daysheet.importers.writing.writer import Batch, Edit, block_of
from daysheet.records import Meta


def write(folder: Path, books: Books, entries: Iterable[Balance | Pad]) -> None:
    """Write assertions and pads into their month files."""
    _batch(folder, books, entries).write()


def of_two_clones(books: Books) -> bool:
    """Whether an account has two pads of ours, which two clones have written, each for its own first statement."""
    pads = Counter(e.account for e in books.entries if isinstance(e, Pad) and PROVED in e.meta)
    return any(count > 1 for count in pads.values())


def renew(folder: Path, books: Books, accounts: Iterable[str], *, merged: bool = False) -> bool:
    """Let our assertions be those that hold, and each account have one pad, where it belongs; whether any changed.

    Args:
        folder: the books folder, locked.
        books: what Beancount has read there, whether or not its assertions hold.
        accounts: the accounts whose files are imported.
        merged: two clones were merged: what held in one alone waits, as after a gap. Else an assertion of ours that
            does not hold means that something is wrong, and stays.
    """
    wanted = frozenset(accounts)
    lines = dedupe.lines_of(books.entries, wanted)
    removed: list[Meta] = []
    added: list[Balance | Pad] = []
    for key in sorted({*lines, *((e.account, e.amount.currency) for e in books.entries if isinstance(e, Balance))}):
        if key[0] not in wanted:
            continue
        found = balance_assertions.standing(books, key)
        pads = [e for e in books.entries if isinstance(e, Pad) and e.account == key[0] and PROVED in e.meta]
        removed += [pad.meta for pad in pads if pad is not found.pad]
        waiting = balance_assertions.waiting(books, key)
        change = balance_assertions.change(key, lines.get(key, ()), (), found, waiting, anew=True)
        removed += change.removed
        if merged or len(pads) > 1:
            removed += [one.meta for one in change.broken if one.meta is not None and PROVED in one.meta]
        added += change.added
    if removed or added:
        batch = _batch(folder, books, added)
        for meta in removed:
            path, line = Path(str(meta["filename"])), int(meta["lineno"])
            last, _ = block_of(path, line)
            batch.edit(path.resolve().relative_to(folder.resolve()).as_posix(), Edit(line, last, ()))
        files.replace_all(folder, batch.contents())  # an assertion without its pad would keep the books from loading
    return bool(removed or added)


def _batch(folder: Path, books: Books, entries: Iterable[Balance | Pad]) -> Batch:
    batch = Batch(folder, books)
    for entry in entries:
        batch.add(month_file(balance_assertions.month_of(entry), BALANCES), [entry])
        if isinstance(entry, Pad):
            batch.open([balance_assertions.OPENING_BALANCES])
    return batch
