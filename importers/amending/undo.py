"""An import taken back whole: the books as if its files had never come.

What a file gave is found by reading its original again and looking its rows up, as an import does (`recognition`). What
another imported file holds as well stays; what another file would have given, had this one not come first, is booked
from that file. Balances that this file proved go with it, the pad moves to where it belongs, settlements are posted
anew, and accounts that nothing names any more are closed. Entries that name what would go (`standing`) stop it all.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence, Set
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from beancount.core.data import Balance, Pad, Transaction
from daysheet.books import Books, loading
from daysheet.errors import DaysheetError
from daysheet.importers.amending import balance_renewal, corrections, follow_up, tidying
from daysheet.importers.amending.recategorize import rules_without_lines
from daysheet.importers.amending.recognition import Found, Import, Originals, Place, imports, less, place_of
from daysheet.importers.amending.settled import stale
from daysheet.importers.amending.standing import Dependent, dependents
from daysheet.importers.booking import balance_assertions, dedupe, derived_files
from daysheet.importers.importing import ImportRun
from daysheet.importers.reading import Reading
from daysheet.importers.rows.raw_file import RawFile
from daysheet.importers.writing.blocks import take_out
from daysheet.importers.writing.dry_run import Copy
from daysheet.settings import Settings
from daysheet.wording import many

_NAMED: Final = 3
_SHORTEST: Final = 8
DAY: Final = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}\Z")


@dataclass
class Undone:
    """What was taken back.

    Attributes:
        imports: the files.
        entries: how many entries go with them.
        kept: how many of their entries stay, because another imported file holds them too.
        changed: how many of those that go were changed by hand since.
        missing: how many of their rows were not in the books any more.
        booked: how many entries came from other files in their place.
        closed: accounts that nothing names any more.
        rules: how many rules of the settings fit bank lines that went, and none that stays; they are left.
    """

    imports: list[Import]
    entries: int = 0
    kept: int = 0
    changed: int = 0
    missing: int = 0
    booked: int = 0
    closed: list[str] = field(default_factory=list)
    rules: int = 0


def chosen(books: Books, folder: Path, names: Sequence[str]) -> list[Import]:
    """The imports that are meant by filed names, digests, files or days.

    Args:
        books: the books.
        folder: their folder.
        names: each the name of a filed original with or without its folder, the beginning of its SHA-256, a file as it
            was imported, or the last day that files cover.

    Raises:
        DaysheetError: nothing was imported by one of them.
    """
    known = imports(books)
    found: dict[str, Import] = {}
    for name in names:
        meant = [one for one in known.values() if is_named(one, name)]
        if not meant:
            raise DaysheetError(
                f"no imported file ends on {name}" if DAY.match(name) else "no import is on record by this name",
                filename=folder / "imports.beancount",
                remedy="name a file as this file of the books has it, or the day that it covers last",
            )
        found |= {one.sha256: one for one in meant}
    return list(found.values())


def is_named(one: Import, name: str) -> bool:
    """Whether an import is meant by a name, as `chosen` takes it."""
    if DAY.match(name):
        return any(fact.last.isoformat() == name for fact in one.facts)
    if name in (one.file, Path(one.file).name) or (len(name) >= _SHORTEST and one.sha256.startswith(name.lower())):
        return True
    return Path(name).is_file() and RawFile(Path(name)).sha256 == one.sha256


def undo(copy: Copy, books: Books, names: Sequence[str]) -> Undone:
    """Take imports out of a copy of some books.

    Args:
        copy: the copy.
        books: its books.
        names: as `chosen`.

    Raises:
        DaysheetError: later entries stand on what they gave, or an original that is needed is not there.
    """
    settings = Settings.of(copy.at)
    wanted = chosen(books, copy.folder, names)
    originals = Originals(ImportRun(copy.at, settings, books, None, dry_run=True, suspense=True), books)
    originals.read(wanted)
    found = [originals.found(one) for one in wanted]
    same, other = set[Place]().union(*(f.same for f in found)), set[Place]().union(*(f.other for f in found))
    others = _others(books, wanted, originals)
    corrections.refuse_corrected(wanted, others, originals)
    again = corrections.lines_again(books, wanted, others, originals)
    kept, lacking = _held_by(others, originals, other)
    parts = _parts(found, [originals.found(one) for one in others])
    kept = (kept - set(parts)) | {place for place, part in parts.items() if part == "none"}
    gone = (same | other) - kept
    standing = dependents(books, {place for place in gone if parts.get(place) != "some"})
    if standing:
        raise _stands(standing, others, originals, copy)
    out = gone | stale(books, gone) | _derived(books)
    facts = {place_of(fact.meta) for one in wanted for fact in one.facts}
    assertions = _assertions(books, out, wanted, others, originals, again)
    take_out(copy.at, out | facts | {place_of(meta) for change in assertions for meta in change.removed})
    balance_renewal.write(copy.at, books, [entry for change in assertions for entry in change.added])
    outcome = Undone(wanted, len(gone), len((same | other) & kept), len(other - kept))
    outcome.missing = sum(len(each.missing) for each in found)
    every = [line for lines in again.values() for line in lines]
    made = corrections.made_of_them(books, every, others, wanted, originals)
    outcome.booked = _book_from(others, originals, lacking, copy.at, settings, made, with_lines=bool(every))
    follow_up.write(copy.at, settings)
    touched = [entry for entry in books.entries if "lineno" in entry.meta and place_of(entry.meta) in out]
    outcome.closed = tidying.tidy(copy.at, touched)
    outcome.rules = rules_without_lines(books, settings, gone)
    return outcome


def _derived(books: Books) -> set[Place]:
    """The places of what follows from the books as a whole, and is made anew."""
    return {
        place_of(entry.meta)
        for entry in books.entries
        if derived_files.kind_of(entry) is not None and entry.date.year not in books.locks
    }


def _others(books: Books, wanted: Sequence[Import], originals: Originals) -> list[Import]:
    """The other imports that may hold the same rows, read.

    Raises:
        DaysheetError: the original of one that covers the same days is not on this machine.
    """
    accounts = {fact.account for one in wanted for fact in one.facts}
    out = {one.sha256 for one in wanted}
    related = [
        one
        for one in imports(books).values()
        if one.sha256 not in out and accounts & {fact.account for fact in one.facts}
    ]
    for one in related:
        if not originals.has(one) and any(_overlap(one, each) for each in wanted):
            raise DaysheetError(
                "may hold the same rows, and its original is not on this machine",
                filename=originals.run.folder / one.file,
                remedy="take the import back on the machine that has it, or revert its commit",
            )
    related = [one for one in related if originals.has(one)]
    originals.read(related)
    return related


def _overlap(one: Import, other: Import) -> bool:
    return any(a.first <= b.last and b.first <= a.last for a in one.facts for b in other.facts)


def _held_by(
    others: Sequence[Import], originals: Originals, changed: Set[Place]
) -> tuple[set[Place], dict[str, set[int]]]:
    """The places of what the other files hold too, and the rows of each that the books lack already."""
    kept: set[Place] = set()
    lacking: dict[str, set[int]] = {}
    for one in others:
        found = originals.found(one)
        # a bank's line that it words otherwise is the same money; another record of the practice is another state
        same_money = any(fact.account for fact in one.facts)
        kept |= found.same | (found.other if same_money else found.other & changed)
        lacking[one.sha256] = found.missing
    return kept, lacking


def _parts(wanted: Iterable[Found], others: Iterable[Found]) -> dict[Place, str]:
    """Of bills with lines that other files hold too, whether `all`, `some` or `none` of the lines there go."""
    mine: dict[Place, set[str]] = defaultdict(set)
    theirs: dict[Place, set[str]] = defaultdict(set)
    for side, every in ((mine, wanted), (theirs, others)):
        for found in every:
            for place, lines in found.lines.items():
                side[place] |= lines
    return {
        place: "none" if lines <= theirs[place] else "some" if theirs[place] else "all" for place, lines in mine.items()
    }


def _stands(standing: Sequence[Dependent], others: Sequence[Import], originals: Originals, copy: Copy) -> DaysheetError:
    said = [
        f"{each.entry[0]} {each.entry[1]} on {each.on[0]} {each.on[1]} "
        f"({copy.home(str(each.meta['filename']))}:{each.meta['lineno']})"
        for each in standing[:_NAMED]
    ]
    more = f" and {len(standing) - _NAMED:,} more" if len(standing) > _NAMED else ""
    places = {place_of(each.meta) for each in standing}
    brought = [one for one in others if places & originals.found(one).same]
    by_hand = places - set[Place]().union(*(originals.found(one).same for one in brought))
    ways = [f"take back with it: {' '.join(Path(one.file).name for one in brought)}"] if brought else []
    ways += ["take what was written by hand out of the ledger"] if by_hand else []
    return DaysheetError(
        f"{many(len(standing), 'later entry stands', 'later entries stand')} on it: {', '.join(said)}{more}",
        remedy=", and ".join(ways),
    )


def _assertions(
    books: Books,
    gone: Set[Place],
    wanted: Sequence[Import],
    others: Sequence[Import],
    originals: Originals,
    again: Mapping[dedupe.Account, Sequence[dedupe.Line]],
) -> list[balance_assertions.Change]:
    """What becomes of the balances of the accounts that lose lines; `again` are the lines that come back.

    Raises:
        DaysheetError: a balance that stays would not hold.
    """
    digests = {one.sha256[:8] for one in wanted}
    accounts = {fact.account for one in wanted for fact in one.facts if fact.account}
    left = [entry for entry in books.entries if "lineno" not in entry.meta or place_of(entry.meta) not in gone]
    lines = dedupe.lines_of(left, accounts)
    keys = {*lines, *((e.account, e.amount.currency) for e in books.entries if isinstance(e, Balance))}
    keys |= {(e.account, books.currency) for e in books.entries if isinstance(e, Pad)}
    changes = []
    for key in sorted(key for key in keys if key[0] in accounts):
        standing = balance_assertions.standing(books, key)
        own = [one for one in standing.assertions if (one.meta or {}).get(balance_assertions.PROVED) in digests]
        stays = tuple(one for one in standing.assertions if one not in own)
        waiting = [one for one in balance_assertions.waiting(books, key) if one.digest not in digests]
        for one in others:
            if any(fact.account == key[0] for fact in one.facts):
                waiting += balance_assertions.balances_of(originals.reading(one)[1].proof, one.sha256)
        found = standing._replace(assertions=stays)
        held = [*lines.get(key, ()), *again.get(key, ())]
        change = balance_assertions.change(key, held, (), found, waiting, anew=True)
        if change.broken:
            raise _unproved(change.broken[0], others)
        change.removed += [one.meta for one in own if one.meta is not None]
        changes.append(change)
    return changes


def _unproved(assertion: balance_assertions.Assertion, others: Sequence[Import]) -> DaysheetError:
    meta = assertion.meta or {}
    proof = str(meta.get(balance_assertions.PROVED, ""))
    brought = [Path(one.file).name for one in others if proof and one.sha256.startswith(proof)]
    return DaysheetError(
        f"the balance of {assertion.date} stands on it",
        filename=meta.get("filename"),
        line=meta.get("lineno"),
        remedy=f"take back with it: {brought[0]}" if brought else "take that balance out of the ledger first",
    )


def _book_from(
    others: Sequence[Import],
    originals: Originals,
    lacking: dict[str, set[int]],
    folder: Path,
    settings: Settings,
    made: Mapping[str, Transaction],
    *,
    with_lines: bool,
) -> int:
    """Book what other files hold and these books lack now; what they lacked before, they go on lacking.

    A bank's lines come back only where the bank's correction of them is taken back (`with_lines`), as what was `made`
    of each.
    """
    books = loading.load(folder)
    then = originals.over(books)
    readings: dict[RawFile, Reading] = {}
    for one in others:
        if any(fact.account for fact in one.facts) and not with_lines:
            continue
        file, raw = originals.reading(one)
        if then.found(one).missing - lacking[one.sha256]:
            readings[file] = less(raw, lacking[one.sha256])
    if not readings:
        return 0
    run = ImportRun(folder, settings, books, None, dry_run=True, suspense=True)
    run.made.update(made)
    run.take(readings)
    for problem in run.outcome.refused.values():
        raise problem
    return sum(taken.booked for taken in run.outcome.taken)
