"""What a bank has corrected in one clone, while the other has the entry from before.

An import of one file after the other would have left one entry (`bank_corrections`); git sees two. So the next import
takes the old one out, and says so. What a person has made of that one, or what may be either, is left and named.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from decimal import Decimal
from pathlib import Path
from typing import Final

from beancount.core.data import Transaction
from daysheet.importers import identity
from daysheet.importers.booking import dedupe
from daysheet.importers.booking.categories import UNCATEGORIZED
from daysheet.importers.booking.session import ImportSession
from daysheet.importers.writing.writer import Edit, block_of

_SIDES: Final = 2


def take_out_replaced(session: ImportSession, warn: Callable[[str], None]) -> bool:
    """Take out what banks have replaced or taken back since; whether there was any.

    Args:
        session: the books, and the changes to them.
        warn: told of what is taken out, and of what only a person can decide.
    """
    changed = False
    if not any(dedupe.WITHDRAWN in imported.meta for imported in session.books.imported):
        return False
    lines = dedupe.lines_of(session.books.entries, session.own)
    entries = {id(entry.meta): entry for entry in session.books.entries if isinstance(entry, Transaction)}
    for found in _standing(session, lines):
        places = " and ".join(session.place(line.meta) for line in found)
        if len(found) > 1:
            warn(f"the bank has corrected one of {places}: take out of the ledger the one that it has replaced")
            continue
        entry = entries[id(found[0].meta)]
        what = f"the entry of {found[0].date} over {found[0].amount:,f} ({places})"
        if entry.date.year in session.books.locks or len(entry.postings) != _SIDES or entry.tags or entry.links:
            warn(f"the bank has corrected {what}, which stands in a locked year or was changed by hand: take it out")
            continue
        path = Path(entry.meta["filename"])
        last, _ = block_of(path, entry.meta["lineno"])
        session.batch.edit(session.relative(path), Edit(entry.meta["lineno"], last, ()))
        booked = [one.account for one in entry.postings if one.account not in {*session.own, *UNCATEGORIZED}]
        told = f"; it was booked to {booked[0]}, which the correction may not be" if booked else ""
        warn(f"{what} was corrected by the bank in the other clone and is taken out{told}")
        changed = True
    return changed


def _standing(session: ImportSession, lines: dict[dedupe.Account, list[dedupe.Line]]) -> Iterator[list[dedupe.Line]]:
    """The lines of the books that each correction names as the old ones, where there are more than there should be."""
    seen: set[tuple[str, str, object, Decimal | None]] = set()
    for imported in session.books.imported:
        for old in dedupe.withdrawn_of([imported]).get(imported.account or "", ()):
            key = (imported.account or "", identity.comparable(old.id), old.date, old.amount)
            named = [
                line
                for (account, _), every in lines.items()
                for line in every
                if account == imported.account
                and line.source == imported.kind
                and line.bank_id
                and old.names(identity.comparable(line.bank_id), line.date, line.amount)
            ]
            if key not in seen and len(named) > old.kept:
                yield named
            seen.add(key)
