"""Entries that an import took out because its bank corrects them: they come back when it is taken back itself.

What a person had made of such an entry went over to the one in its place, and goes back with it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from pathlib import Path

from beancount.core.data import Transaction
from daysheet.books import Books
from daysheet.errors import DaysheetError
from daysheet.importers import identity
from daysheet.importers.amending.recognition import Import, Originals
from daysheet.importers.booking import dedupe
from daysheet.importers.reading import Correction

_SIDES = 2


def corrects(one: Import) -> bool:
    """Whether a file took entries of others out of the books."""
    return any(dedupe.WITHDRAWN in fact.meta for fact in one.facts)


def refuse_corrected(wanted: Iterable[Import], others: Iterable[Import], originals: Originals) -> None:
    """Refuse to take back what put an entry in another's place, if a file that stays corrects that entry in turn.

    Raises:
        DaysheetError: it names that file.
    """
    ids = {identity.comparable(each.line.source_id or "") for each in _corrections(wanted, originals)}
    for one in others if ids else ():
        named = dedupe.withdrawn_of(one.facts).values()
        if any(identity.comparable(old.id) in ids for group in named for old in group):
            raise DaysheetError(
                "1 later file stands on it: the bank corrects there what it had corrected here",
                remedy=f"take back with it: {Path(one.file).name}",
            )


def lines_again(
    books: Books, wanted: Sequence[Import], others: Iterable[Import], originals: Originals
) -> dict[dedupe.Account, list[dedupe.Line]]:
    """The lines of other files that nothing takes out of the books any more, each once."""
    if not any(map(corrects, wanted)):
        return {}
    gone = {one.sha256 for one in wanted}
    left = dedupe.withdrawn_of(fact for fact in books.imported if fact.meta.get("sha256") not in gone)
    found: dict[dedupe.Account, dict[object, dedupe.Line]] = defaultdict(dict)
    for one in others:
        for account, line in originals.found(one).withdrawn:
            key = identity.comparable(line.bank_id or ""), line.date, line.amount
            if not any(old.names(*key) for old in left.get(account[0], ())):
                found[account].setdefault(key, line)
    return {account: list(lines.values()) for account, lines in found.items()}


def made_of_them(
    books: Books,
    lines: Iterable[dedupe.Line],
    others: Iterable[Import],
    wanted: Iterable[Import],
    originals: Originals,
) -> dict[str, Transaction]:
    """By the fingerprints of rows that come back, the entries that stood in their place."""
    ids = {identity.comparable(line.bank_id or "") for line in lines}
    in_place = {
        each.line.fingerprint: identity.comparable(each.id)
        for each in _corrections(wanted, originals)
        if each.replaces and identity.comparable(each.id) in ids
    }
    entries = {
        in_place[row]: entry
        for entry in books.entries
        if isinstance(entry, Transaction)
        and len(entry.postings) == _SIDES  # what was split by hand is not one row's any more
        and (row := str(entry.meta.get(dedupe.ROW, ""))) in in_place
    }
    rows = (line for one in others for _, line in originals.found(one).withdrawn)
    return {
        str(line.row): entries[name] for line in rows if (name := identity.comparable(line.bank_id or "")) in entries
    }


def _corrections(wanted: Iterable[Import], originals: Originals) -> list[Correction]:
    return [each for one in wanted for each in originals.reading(one)[1].corrections]
