"""What a bank says of its own entries afterwards: one is replaced by another, or taken back (OFX CORRECTFITID).

An entry that the books have is taken out, and what a person made of it (the account, tags, a better payee) goes over
to the one that replaces it. The id of the old entry is kept with the import, so that a file from before the correction
does not bring it again.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any, Final

from beancount.core.amount import Amount
from beancount.core.data import Posting, Transaction
from daysheet.errors import DaysheetError
from daysheet.importers import identity
from daysheet.importers.booking import dedupe
from daysheet.importers.booking.bank_state import BankState
from daysheet.importers.booking.session import ImportSession, OneByOneError, Taken
from daysheet.importers.reading import Correction, Reading
from daysheet.importers.writing.writer import Edit, block_of
from daysheet.records import BankLine
from daysheet.wording import figure

_SIDES: Final = 2
_OWN_KEYS: Final = frozenset({"filename", "lineno", dedupe.SOURCE, dedupe.BANK_ID, dedupe.ROW})


def carry_out(
    session: ImportSession, reading: Reading, account_of: Callable[[BankLine], dedupe.Account], taken: Taken
) -> dict[str, Transaction]:
    """Take out of the books what the bank has replaced or taken back.

    Returns:
        The entries that were replaced, by the fingerprint of the row that takes their place.

    Raises:
        OneByOneError: the entry is of an earlier file of the same import.
        DaysheetError: several entries have the id, or a person has split the one that has it.
    """
    bank = session.part(BankState)
    for correction in reading.corrections:
        fresh = bank.fresh.get(account_of(correction.line), ())
        if any(identity.comparable(row.source_id or "") == identity.comparable(correction.id) for row in fresh):
            raise OneByOneError
    replaced: dict[str, Transaction] = {}
    for correction in reading.corrections:
        account = account_of(correction.line)
        line = _line(session, account, correction, reading.profile, taken)
        if line is None:
            own = correction.line if not correction.replaces and correction.line.amount else None
            old = dedupe.Withdrawn(correction.id, own and own.date, own and own.amount, _bears(correction))
        else:
            alike = (line.date, line.amount) == (correction.line.date, correction.line.amount)
            old = dedupe.Withdrawn(correction.id, line.date, line.amount, alike and _bears(correction))
            entry = _taken_out(session, account, line, correction, taken)
            if correction.replaces:
                replaced[correction.line.fingerprint] = entry
            word = "replaced" if correction.replaces else "taken back"
            row = correction.line.meta["lineno"]
            over = figure(line.amount, account[1])
            taken.notes.append(f"the entry of {line.date} over {over} was {word} by the bank in row {row}")
        bank.withdrawn[account[0]].append(old)
        taken.withdrawn.setdefault(account[0], []).append(old.written)
    return replaced


def of_others(withdrawn: Iterable[dedupe.Withdrawn], reading: Reading) -> list[dedupe.Withdrawn]:
    """What was withdrawn, without ids that a file's own replacing entries bear: a bank may give these the old ones."""
    own = {identity.comparable(each.id) for each in reading.corrections if _bears(each)}
    return [old for old in withdrawn if old.date is not None or identity.comparable(old.id) not in own]


def _bears(correction: Correction) -> bool:
    """Whether the entry that replaces another has that one's id."""
    same = identity.comparable(correction.line.source_id or "") == identity.comparable(correction.id)
    return correction.replaces and same


def in_place_of(old: Transaction, new: Transaction) -> Transaction:
    """The entry that replaces another, with what a person or a rule had made of that one."""
    extra = {key: value for key, value in old.meta.items() if key not in _OWN_KEYS and not key.startswith("__")}
    (bank, _), (_, other) = new.postings, old.postings
    units: Any = bank.units
    legs = [bank, Posting(other.account, Amount(-units.number, units.currency), None, None, other.flag, None)]
    return new._replace(
        meta={**new.meta, **extra},
        flag=old.flag,
        payee=old.payee if dedupe.MEMO in extra else new.payee,
        tags=old.tags,
        links=old.links,
        postings=legs,
    )


def _line(
    session: ImportSession, account: dedupe.Account, correction: Correction, profile: str, taken: Taken
) -> dedupe.Line | None:
    """The line of the books that a correction means; None if they have none, or the correction already."""
    bank = session.part(BankState)
    wanted = identity.comparable(correction.id)
    found = [
        line
        for line in bank.lines.get(account, ())
        if line.source == profile and identity.comparable(line.bank_id or "") == wanted
    ]
    stated = correction.line.date, correction.line.amount
    if correction.replaces:
        found = [line for line in found if line.row != correction.line.fingerprint]
    if len(found) > 1:
        found = [line for line in found if (line.date, line.amount) == stated] or found
    if len(found) > 1:
        raise DaysheetError(
            f"the bank corrects an entry whose id stands for {len(found)} lines of the books",
            filename=taken.file,
            line=int(correction.line.meta["lineno"]),
            remedy=f"correct the right one by hand ({', '.join(session.place(line.meta) for line in found)})",
        )
    return found[0] if found else None


def _taken_out(
    session: ImportSession, account: dedupe.Account, line: dedupe.Line, correction: Correction, taken: Taken
) -> Transaction:
    bank = session.part(BankState)
    entry = next(e for e in session.books.entries if isinstance(e, Transaction) and e.meta is line.meta)
    if correction.replaces and len(entry.postings) != _SIDES:
        raise DaysheetError(
            f"the bank replaces an entry that was split by hand ({session.place(line.meta)})",
            filename=taken.file,
            line=int(correction.line.meta["lineno"]),
            remedy="give the entry there the new day and amount, then import again",
        )
    path = Path(line.meta["filename"])
    last, _ = block_of(path, line.meta["lineno"])
    session.batch.edit(session.relative(path), Edit(line.meta["lineno"], last, ()))
    taken.written[session.relative(path)] = None
    bank.lines[account].remove(line)
    bank.corrected[account] = min(line.date, bank.corrected.get(account, line.date))
    bank.fresh[account] += []
    return entry
