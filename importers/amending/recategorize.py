"""Bank lines that are in the books already, given another account: by a rule of the moment, or by the settings' rules.

Only the other side of a line moves, and what a person has split, or entered without a file, is left alone. A line in a
locked year stays. Settlements that rested on where a line stood are posted anew.
"""

from __future__ import annotations

import re
import tomllib
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence, Set
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final, NamedTuple

from beancount.core.data import EMPTY_SET, Posting, Transaction
from daysheet import files
from daysheet.accounts import MERCHANT_FEES
from daysheet.books import Books
from daysheet.errors import DaysheetError
from daysheet.importers.amending import follow_up
from daysheet.importers.amending.recognition import Place, place_of
from daysheet.importers.amending.settled import stale
from daysheet.importers.booking import dedupe
from daysheet.importers.booking.categories import NOTE, UNCATEGORIZED, Categorize, Category, categorizer
from daysheet.importers.settings import BankSettings, CategoryRule
from daysheet.importers.writing.blocks import take_out
from daysheet.importers.writing.dry_run import Copy
from daysheet.importers.writing.writer import Batch, Edit, block_of
from daysheet.ledger import printer
from daysheet.records import BankLine
from daysheet.settings import FILE, Settings
from daysheet.strict_toml import listed, quoted

_RULE: Final = "[[category]]"


class Line(NamedTuple):
    """A bank's line as the books have it: the entry, the account at the bank, and the leg that says what it was for."""

    entry: Transaction
    account: str
    other: Posting
    record: BankLine


@dataclass
class Recategorized:
    """What was moved.

    Attributes:
        moved: how many lines, by the account that they stood on and the one that they stand on now.
        left: how many lines are on an account for what nobody knows.
        locked: how many would have moved, but are in a locked year.
        rule: the rule that books such lines so from now on, as it is written in the settings; empty if there is none.
    """

    moved: Counter[tuple[str, str]] = field(default_factory=Counter)
    left: int = 0
    locked: int = 0
    rule: str = ""


def by_rule(
    copy: Copy, books: Books, rule: CategoryRule, *, came_from: str = "", ids: Collection[str] = (), keep: bool = False
) -> Recategorized:
    """Move the lines that a rule fits.

    Args:
        copy: a copy of the books folder.
        books: its books.
        rule: what fits, and where it goes.
        came_from: only lines on this account.
        ids: only lines with one of these ids: the bank's (`bank-id`), or `row`.
        keep: write the rule into the settings, before all others.

    Raises:
        DaysheetError: the rule is wrong, or nothing fits it.
    """
    own = own_accounts(Settings.of(copy.at))
    categorize = categorizer([rule], (), own)

    def wanted(line: Line) -> Category | None:
        known = {str(line.entry.meta.get(key, "")) for key in (dedupe.BANK_ID, dedupe.ROW)}
        if (came_from and line.other.account != came_from) or (ids and not known.intersection(ids)):
            return None
        category = categorize(line.record, line.account)
        return category if category.flag == "*" else None

    outcome = move(copy.at, books, own, wanted)
    if not outcome.moved and not outcome.locked:
        raise DaysheetError("no bank line in the books fits this", remedy="look at the words that the ledger has")
    if rule.text or rule.payee:
        outcome.rule = written(rule)
        if keep:
            files.write(copy.at / FILE, with_rule((copy.at / FILE), outcome.rule))
            Settings.of(copy.at).tables("category", CategoryRule)
    return outcome


def by_settings(copy: Copy, books: Books, *, every: bool = False) -> Recategorized:
    """Book lines as an import would book them now, by the rules in the settings and then by how their payee was booked.

    Args:
        copy: a copy of the books folder.
        books: its books.
        every: by the rules alone, whatever account a line is on; else only lines that nobody has decided on yet.

    Raises:
        DaysheetError: a rule in the settings is wrong.
    """
    settings = Settings.of(copy.at)
    own = own_accounts(settings)
    rules = settings.tables("category", CategoryRule)
    categorize = categorizer(rules, () if every else books.entries, own)

    def wanted(line: Line) -> Category | None:
        if not every and not (
            line.entry.flag == "!" and (line.other.account in UNCATEGORIZED or "why" in line.entry.meta)
        ):
            return None
        category = categorize(line.record, line.account)
        return category if category.flag == "*" else None

    return move(copy.at, books, own, wanted)


def written(rule: CategoryRule) -> str:
    """A rule as it stands in the settings."""
    values = {"payee": rule.payee, "text": rule.text, "at-least": rule.at_least, "at-most": rule.at_most}
    values |= {"bank": rule.bank, "account": rule.account, "name": rule.name, "note": rule.note}
    lines = [f"{key} = {quoted(value)}" for key, value in values.items() if value]
    lines += [f"tags = {listed(rule.tags)}"] if rule.tags else []
    return "\n".join([_RULE, *lines]) + "\n"


def with_rule(path: Path, rule: str) -> bytes:
    """The settings with a rule before all others, for the first that fits counts; comments of the first stay with it.

    Raises:
        DaysheetError: the settings would not be valid any more.
    """
    lines = path.read_text(encoding="utf-8").split("\n")
    at = next((number for number, line in enumerate(lines) if line.strip() == _RULE), len(lines))
    while at > 0 and lines[at - 1].startswith("#"):
        at -= 1
    before = "\n".join(lines[:at]).rstrip("\n")
    after = "\n".join(lines[at:])
    text = f"{before}\n\n{rule}" + (f"\n{after}" if after.strip() else "")
    try:
        tomllib.loads(text)
    except tomllib.TOMLDecodeError:
        raise DaysheetError(
            "the rule cannot be put into these settings", filename=path, remedy="add it by hand"
        ) from None
    return text.encode()


def without_rules(text: str, rules: str) -> tuple[str, int]:
    """Settings without these rules, and how many of them they had; one that was changed since, or is gone, is left.

    Args:
        text: the settings.
        rules: as `written` gives them, one after the other.
    """
    taken = 0
    for rest in rules.split(f"{_RULE}\n")[1:]:
        rule = f"\n{_RULE}\n{rest}"
        before, found, after = f"{text}\n".partition(f"{rule}\n")
        if found:
            text = before.rstrip("\n") + "\n" + (f"\n{after.strip(chr(10))}\n" if after.strip() else "")
            taken += 1
    return text, taken


def own_accounts(settings: Settings) -> frozenset[str]:
    """The accounts whose files are imported."""
    return frozenset(bank.account for bank in settings.tables("bank", BankSettings))


def move(folder: Path, books: Books, own: frozenset[str], wanted: Callable[[Line], Category | None]) -> Recategorized:
    """Give each line the account that is wanted for it, and make anew what followed from where it stood.

    Args:
        folder: a copy of the books folder.
        books: its books.
        own: the accounts whose files are imported.
        wanted: where a line belongs; None where it stays.
    """
    outcome = Recategorized()
    moves: list[tuple[Line, Category]] = []
    for line in lines_of(books, own):
        category = wanted(line)
        changes = category is not None and (category.account != line.other.account or line.entry.flag == "!")
        if category is None or not changes:
            outcome.left += line.other.account in UNCATEGORIZED
        elif line.entry.date.year in books.locks:
            outcome.locked += 1
        else:
            moves.append((line, category))
            outcome.moved[line.other.account, category.account] += 1
    if not moves:
        return outcome
    batch = Batch(folder, books)
    for line, category in moves:
        path, start = Path(line.entry.meta["filename"]), line.entry.meta["lineno"]
        last, lines = block_of(path, start)
        name = path.resolve().relative_to(folder.resolve()).as_posix()
        batch.edit(name, Edit(start, last, tuple(_rewritten(line, category, lines))))
        batch.open([category.account])
    # the files of settlements are not those of bank lines, so their lines stand where they were loaded from
    settlements = stale(books, {place_of(line.entry.meta) for line, _ in moves})
    batch.write()
    take_out(folder, settlements)
    follow_up.write(folder, Settings.of(folder))
    return outcome


def lines_of(books: Books, own: frozenset[str]) -> Iterator[Line]:
    """The lines of imported files whose other side is one account; what is split into several was split by a person."""
    for entry in books.entries:
        if not isinstance(entry, Transaction) or dedupe.SOURCE not in entry.meta:
            continue
        mine = [posting for posting in entry.postings if posting.account in own]
        others = [posting for posting in entry.postings if posting.account not in own]
        if len(others) > 1:
            others = [posting for posting in others if posting.account != MERCHANT_FEES]
        if len(mine) == len(others) == 1 and mine[0].units is not None and mine[0].units.number is not None:
            yield Line(entry, mine[0].account, others[0], _record(entry, mine[0]))


def rules_without_lines(books: Books, settings: Settings, gone: Set[Place]) -> int:
    """How many of the settings' rules fit a line that goes out of the books, and none that stays."""
    own = own_accounts(settings)
    going: list[Line] = []
    staying: list[Line] = []
    for line in lines_of(books, own):
        (going if place_of(line.entry.meta) in gone else staying).append(line)
    rules = settings.tables("category", CategoryRule) if going else ()
    each = [categorizer([rule], (), own) for rule in rules]

    def fits(by: Categorize, lines: Iterable[Line]) -> bool:
        return any(by(line.record, line.account).flag == "*" for line in lines)

    return sum(1 for by in each if fits(by, going) and not fits(by, staying))


def _record(entry: Transaction, mine: Posting) -> BankLine:
    """A line as the bank worded it: what a rule has renamed has the bank's words as `memo`."""
    units: Any = mine.units
    memo = entry.meta.get(dedupe.MEMO)
    payee, narration = (str(memo), "") if memo else (entry.payee or "", entry.narration or "")
    bank_id, row = entry.meta.get(dedupe.BANK_ID), str(entry.meta.get(dedupe.ROW, ""))
    return BankLine(
        entry.date, units.number, units.currency, payee, narration, bank_id, None, None, mine.account, row, entry.meta
    )


def _rewritten(line: Line, category: Category, lines: Sequence[str]) -> list[str]:
    """An entry's lines with the new account; what a person has added to them stays."""
    entry = line.entry
    meta = {key: value for key, value in entry.meta.items() if key != "why"}
    payee = entry.payee
    if category.payee is not None and category.payee != payee:
        meta.setdefault(dedupe.MEMO, dedupe.described(payee or "", entry.narration or ""))
        payee = category.payee
    if category.note:
        meta[NOTE] = category.note
    legs = [leg._replace(account=category.account) if leg is line.other else leg for leg in entry.postings]
    tags = (entry.tags or EMPTY_SET) | category.tags
    new = entry._replace(meta=meta, flag=category.flag, payee=payee, tags=tags, postings=legs)
    rendered = printer.render([new]).rstrip("\n").split("\n")
    if printer.format_entry(entry).rstrip("\n") == "\n".join(lines):
        return rendered
    account = re.compile(rf"^(\s+(?:[*!] )?){re.escape(line.other.account)}(?=\s|$)")
    kept = [account.sub(lambda match: match[1] + category.account, text) for text in lines[1:]]
    kept = [text for text in kept if not text.strip().startswith("why:")]
    memo = [text for text in rendered if text.startswith(f"  {dedupe.MEMO}:") and dedupe.MEMO not in entry.meta]
    return [rendered[0], *memo, *kept]
