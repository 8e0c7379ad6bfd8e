"""Balances that a bank's file proves, as assertions in the ledger, and as a guard of what is proved already.

A file whose balance chain closes says what the account held at the end of each day. Those balances become `balance`
directives for the day after, so that Beancount keeps proving them. Once a stretch of days is proved, a file that would
put another row into it is refused: it is the same money under another date or amount, or it is of another account.

What the account held before the first file is padded from `Equity:Opening-Balances`; the pad moves back when an earlier
file comes. An assertion is written only where it holds: after a gap in the files it waits, with the balances in the
`imported` directive, until the gap is closed.
"""

from __future__ import annotations

import datetime
from bisect import bisect_left
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from itertools import accumulate
from typing import Final, NamedTuple

from beancount.core.amount import Amount
from beancount.core.data import Balance, Pad
from daysheet.books import Books
from daysheet.errors import DaysheetError
from daysheet.importers.booking import dedupe
from daysheet.importers.booking.dedupe import WITHDRAWN, Account, Line
from daysheet.importers.reading import Proof
from daysheet.records import BankLine, Meta
from daysheet.wording import figure, money

OPENING_BALANCES: Final = "Equity:Opening-Balances"
PROVED: Final = "proved-by"
"""Metadata of an assertion that an import has written: the beginning of the file's SHA-256."""

CLOSING: Final = "closing"
TRIAL_BALANCE: Final = "trial-balance"
"""The source of an entry that says what accounts held when the books began."""

CLOSING_DAY: Final = "closing-day"
"""Metadata of an `imported` directive: the last balance that its file states, and its day where that is earlier."""

_ONE_DAY: Final = datetime.timedelta(days=1)

Moved = Line | BankLine
"""A line of an account, in the books or in a file."""


class Assertion(NamedTuple):
    """What an account holds as a day begins; `meta` is the directive's, `digest` that of the file that proves it."""

    date: datetime.date
    number: Decimal
    meta: Meta | None = None
    digest: str = ""


@dataclass
class Change:
    """What an import does to the assertions of one account: directives to add, and places of those to take out.

    `broken` are assertions that stay and do not hold: none after an import, which is refused instead.
    """

    added: list[Balance | Pad] = field(default_factory=list)
    removed: list[Meta] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    broken: list[Assertion] = field(default_factory=list)


def month_of(entry: Balance | Pad) -> datetime.date:
    """A day of the month whose file an assertion or a pad stands in: that of the statement that proves it.

    So clones of the books that have imported different months have written to different files.
    """
    return entry.date - _ONE_DAY if isinstance(entry, Balance) else entry.date + _ONE_DAY


class Standing(NamedTuple):
    """What the books have of one account and currency before this import: its assertions and its pad."""

    assertions: tuple[Assertion, ...]
    pad: Pad | None


def standing(books: Books, account: Account) -> Standing:
    """The assertions and the first pad of an account."""
    name, currency = account
    assertions = [
        Assertion(entry.date, entry.amount.number or Decimal(), entry.meta)
        for entry in books.entries
        if isinstance(entry, Balance) and entry.account == name and entry.amount.currency == currency
    ]
    pads = (entry for entry in books.entries if isinstance(entry, Pad) and entry.account == name)
    return Standing(tuple(assertions), next(pads, None))


def balances_of(proof: Proof | None, digest: str) -> list[Assertion]:
    """What a closed chain asserts: the ends of its first day, of each month's last and of its last."""
    if proof is None or not proof.closed or not proof.daily:
        return []
    chosen = {day.replace(day=1): (day, number) for day, number in proof.daily}
    days = sorted({proof.daily[0], *chosen.values()})
    return [Assertion(day + _ONE_DAY, number, digest=digest[:8]) for day, number in days]


def waiting(books: Books, account: Account, corrected: datetime.date | None = None) -> list[Assertion]:
    """Balances that files before this one have brought and that were not asserted, for want of files between.

    One that the bank stated before it took back an entry of those days is none any more; `corrected` is the first day
    of which it does so now.
    """
    name, currency = account
    overtaken = [
        (old.date, imported.last)
        for imported in books.imported
        if imported.account == name and WITHDRAWN in imported.meta
        for old in dedupe.withdrawn_of([imported]).get(name, ())
        if old.date is not None
    ]
    found = []
    for imported in books.imported:
        closing = imported.meta.get(CLOSING)
        if imported.account != name or not isinstance(closing, Amount) or closing.currency != currency:
            continue
        day = imported.meta.get(CLOSING_DAY, imported.last)
        later = any(old <= day and imported.last < last for old, last in overtaken)
        if not later and (corrected is None or day < corrected):
            digest = str(imported.meta.get("sha256", ""))[:8]
            found.append(Assertion(day + _ONE_DAY, closing.number or Decimal(), digest=digest))
    return found


def change(
    account: Account,
    lines: Iterable[Moved],
    fresh: Iterable[Moved],
    found: Standing,
    wanted: Sequence[Assertion],
    *,
    anew: bool = False,
    corrected: datetime.date | None = None,
) -> Change:
    """What to do about an account's assertions.

    Args:
        account: the account and its currency.
        lines: all its lines, the new ones among them.
        fresh: the new ones.
        found: what the books have.
        wanted: what the files assert, and what files before them have left to assert.
        anew: lines were taken out, or two clones were merged: a pad of ours is written anew where it belongs.
        corrected: the first day of which the bank has replaced or taken back a line.

    Raises:
        DaysheetError: new lines fall into days whose balance is proved.
    """
    held = Held(lines)
    touched: dict[datetime.date, Moved] = {}
    for line in fresh:
        touched.setdefault(line.date, line)
    outcome = Change()
    kept = _without_broken(found, held, touched, corrected, outcome, account[1])
    base = kept[0] if kept and found.pad is not None else None
    dates = {assertion.date for assertion in kept}
    fits: list[Assertion] = []
    padded = found.pad is not None
    for assertion in sorted(wanted, key=lambda assertion: assertion.date):
        if assertion.date in dates:
            continue
        if base is None and not (padded or kept or held.opened or held.agrees(assertion)):
            padded = True
        if padded and base is None:
            base = assertion
        if held.agrees(assertion, base):
            fits.append(assertion)
            dates.add(assertion.date)
            outcome.notes.clear()
        else:
            outcome.notes = [_difference(assertion, held.at(assertion.date, base), account)]
    outcome.broken = [assertion for assertion in kept if not held.agrees(assertion, base)]
    own = found.pad if anew and found.pad is not None and PROVED in found.pad.meta else None
    if own is not None:
        outcome.removed.append(own.meta)
        found = found._replace(pad=None)
    _pad(account, held, found, sorted([*kept, *fits], key=lambda each: each.date), padded, outcome)
    if own is not None and outcome.added and outcome.added[0].date == own.date:
        outcome.added.pop(0)  # it stands where it belongs
        outcome.removed.remove(own.meta)
    outcome.added += (_balance(assertion, account) for assertion in fits)
    return outcome


def _balance(assertion: Assertion, account: Account) -> Balance:
    name, currency = account
    amount = Amount(assertion.number, currency)
    return Balance({PROVED: assertion.digest}, assertion.date, name, amount, None, None)


class Held:
    """What the lines of an account add up to as a day begins."""

    def __init__(self, lines: Iterable[Moved]) -> None:
        """Of all the account's lines."""
        totals: dict[datetime.date, Decimal] = {}
        self.opened = False  # whether a trial balance says what it held at first
        for line in lines:
            self.opened = self.opened or (isinstance(line, Line) and line.source == TRIAL_BALANCE)
            totals[line.date] = totals.get(line.date, Decimal()) + line.amount
        self.days = sorted(totals)
        self.sums = [Decimal(), *accumulate(totals[day] for day in self.days)]

    def at(self, day: datetime.date, base: Assertion | None = None) -> Decimal:
        """The sum of the lines before a day, from a base whose balance is given."""
        total = self.sums[bisect_left(self.days, day)]
        return total if base is None else base.number + total - self.sums[bisect_left(self.days, base.date)]

    def agrees(self, assertion: Assertion, base: Assertion | None = None) -> bool:
        """Whether the account held then what is asserted."""
        return self.at(assertion.date, base) == assertion.number


def _without_broken(
    found: Standing,
    held: Held,
    touched: Mapping[datetime.date, Moved],
    corrected: datetime.date | None,
    outcome: Change,
    currency: str,
) -> list[Assertion]:
    """The assertions that still hold; one that a file made of a day that it had only in part is taken out."""
    kept: list[Assertion] = []
    base: Assertion | None = None
    for assertion in found.assertions:
        meta = assertion.meta or {}
        if PROVED in meta and corrected is not None and corrected < assertion.date:
            outcome.removed.append(meta)  # stated before the bank took back an entry of those days
            continue
        if found.pad is not None and base is None:
            if _is_cut(assertion, found.assertions, touched):
                outcome.removed.append(meta)  # the pad would make up for any row behind the file's last
                continue
            base = assertion
        if held.agrees(assertion, base):
            kept.append(assertion)
            continue
        if PROVED in meta and assertion.date - _ONE_DAY in touched:
            outcome.removed.append(meta)
            if base is assertion:
                base = None
            continue
        newest = max((day for day in touched if day < assertion.date), default=None)
        if newest is not None:
            raise DaysheetError(
                f"the row would break the balance that the books prove on {assertion.date} "
                f"({meta.get('filename')}:{meta.get('lineno')}): {figure(assertion.number, currency)} there, "
                f"{figure(held.at(assertion.date, base), currency)} with this file",
                filename=touched[newest].meta["filename"],
                line=touched[newest].meta["lineno"],
                remedy="those days are complete: is this the same money under another date, or another account?",
            )
        kept.append(assertion)
    return kept


def _is_cut(assertion: Assertion, every: Sequence[Assertion], touched: Mapping[datetime.date, Moved]) -> bool:
    """Whether a file's last proved day gets another row now: the file had only a part of that day."""
    digest = (assertion.meta or {}).get(PROVED)
    last = max((one.date for one in every if (one.meta or {}).get(PROVED) == digest), default=assertion.date)
    return digest is not None and assertion.date == last and assertion.date - _ONE_DAY in touched


def _pad(
    account: Account, held: Held, found: Standing, assertions: Sequence[Assertion], padded: bool, outcome: Change
) -> None:
    """Write, move or take out the pad, so that it stands before the first line and is there only if it is needed."""
    if not assertions and outcome.removed and found.pad is not None and PROVED in found.pad.meta:
        outcome.removed.append(found.pad.meta)  # a pad without a balance is an error
    if not padded or not assertions:
        return
    before = min([assertions[0].date, *held.days[:1]]) - _ONE_DAY
    needed = not held.agrees(assertions[0])
    if found.pad is not None and (not needed or found.pad.date > before):
        if PROVED not in found.pad.meta:
            return  # written by hand: it stays as it is
        outcome.removed.append(found.pad.meta)
    if needed and (found.pad is None or found.pad.date > before):
        digest = assertions[0].digest or str((assertions[0].meta or {}).get(PROVED, ""))
        outcome.added.insert(0, Pad({PROVED: digest}, before, account[0], OPENING_BALANCES))


def _difference(assertion: Assertion, books: Decimal, account: Account) -> str:
    name, currency = account
    day = assertion.date - _ONE_DAY
    return (
        f"at the end of {day} the bank has {money(assertion.number, currency)} and {name} {figure(books, currency)}:"
        " days before are not imported yet, or something in the account is not the bank's"
    )
