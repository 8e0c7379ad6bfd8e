"""One insurer's advice that two clones have each imported from a copy of its own, under another date.

Each clone has booked it, and git sees two. An import of one copy after the other would have known the second as the
first (`remittances.part`); so the next import takes out of the books what the second repeats.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator
from pathlib import Path

from daysheet.books import Books
from daysheet.importers import identity
from daysheet.importers.booking.remittances import part
from daysheet.importers.booking.session import ImportSession, Taken, month_file
from daysheet.importers.edi import source
from daysheet.importers.writing.writer import Edit, block_of
from daysheet.remittances import Remittance


def take_out_repeated(session: ImportSession, taken: Taken, warn: Callable[[str], None]) -> bool:
    """Take out what an advice repeats of an earlier dated one; whether there was any.

    Args:
        session: the books, and the changes to them.
        taken: told which files change.
        warn: told of two copies that give other amounts, of which only a person knows the right one.

    Raises:
        DaysheetError: what is left of an advice cannot be written.
    """
    changed = False
    for record, earlier in _again(session.books):
        if record.date.year in session.books.locks:
            continue
        found = part(record, session.books, earlier)
        if not found.known:
            continue
        if any(identity.differing(mine, theirs) for mine, theirs in found.known):
            places = " and ".join(session.place(each.meta) for each in (found.known[0][1], record))
            warn(f"{places} are one advice with other amounts: take out of the ledger the one that is wrong")
            continue
        for meta in (record.meta, *(claim.meta for claim in record.claims)):
            path = Path(meta["filename"])
            last, _ = block_of(path, meta["lineno"])
            session.batch.edit(session.relative(path), Edit(meta["lineno"], last, ()))
        if found.fresh is not None:
            entries = source.directives(found.fresh, session.books)
            session.add({month_file(record.date, "remittances"): entries}, taken)
        changed = True
    return changed


def _again(books: Books) -> Iterator[tuple[Remittance, list[Remittance]]]:
    """Each advice with the earlier dated ones of its trace number, where there are any."""
    by_trace: dict[str, list[Remittance]] = defaultdict(list)
    for record in sorted(books.remittances.values(), key=lambda each: (each.date, each.id)):
        earlier = by_trace[identity.trace(record.trace)]
        if earlier:
            yield record, list(earlier)
        earlier.append(record)
