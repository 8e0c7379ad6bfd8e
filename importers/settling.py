"""The last step of an import: what follows from remittances and deposits is written to the books."""

from __future__ import annotations

from collections import Counter, defaultdict
from pathlib import Path
from typing import Final, NamedTuple

from beancount.core.data import Directive, Transaction
from daysheet.accounts import CLEARING_DEPOSITS, UNCATEGORIZED_INCOME
from daysheet.books import Books, loading
from daysheet.cash.receipts import DEPOSIT
from daysheet.importers.booking.expected_remittances import uncategorized
from daysheet.importers.booking.payment_posting import settle
from daysheet.importers.booking.session import month_file
from daysheet.importers.writing.writer import Batch, Edit, block_of
from daysheet.wording import many

_KINDS: Final = (("payment", "insurance payment"), ("adjustment", "adjustment"), (DEPOSIT, "merchant fee"))


class Settled(NamedTuple):
    """What was posted, in words (empty if nothing), and the files of the books that changed."""

    words: str
    written: tuple[str, ...]


def post(folder: Path, books: Books) -> Settled:
    """Write what `settle` gives for these books, which must be locked and as they are on disk.

    Bank lines that no rule knew and that bring a remittance's money are first moved to the clearing account.

    Raises:
        DaysheetError: an entry cannot be written.
        OSError: the disk refuses; the books are as they were, or lack only the settlement, which the next run posts.
    """
    moved = list(uncategorized(books))
    written: list[str] = []
    if moved:
        batch = Batch(folder, books)
        for entry in moved:
            _to_clearing(entry, folder, batch)
        written += batch.write()
        books = loading.load(folder)
    entries = settle(books)
    if entries:
        batch = Batch(folder, books)
        groups: dict[str, list[Directive]] = defaultdict(list)
        for entry in entries:
            kind = "deposits" if DEPOSIT in entry.meta else "remittances"
            groups[month_file(entry.date, kind)].append(entry)
            batch.open(posting.account for posting in entry.postings)
        for path, group in groups.items():
            batch.add(path, group)
        written += batch.write()
    return Settled(_words(entries), tuple(dict.fromkeys(written)))


def _to_clearing(entry: Transaction, folder: Path, batch: Batch) -> None:
    path, line = Path(entry.meta["filename"]), entry.meta["lineno"]
    last, lines = block_of(path, line)
    changed = (lines[0].replace(" ! ", " * ", 1), *lines[1:])
    changed = tuple(text.replace(UNCATEGORIZED_INCOME, CLEARING_DEPOSITS) for text in changed)
    batch.edit(path.resolve().relative_to(folder.resolve()).as_posix(), Edit(line, last, changed))
    batch.open([CLEARING_DEPOSITS])


def _words(entries: list[Transaction]) -> str:
    counts = Counter(words for entry in entries for key, words in _KINDS if key in entry.meta)
    return ", ".join(many(counts[words], words) for _, words in _KINDS if counts[words])
