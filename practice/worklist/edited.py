"""Edits that leave what `check` says as it is: nothing else of the books need then be read.

Most edits of books are of money that has nothing to do with visits, bills or receipts: what was paid to whom, for what.
No check looks at such an entry. What they look at in transactions is: whatever moves a receivable, its equity contra or
a clearing account, or says in its metadata or links what it is of; vendors' bills, payroll, payments that name nobody;
all of a year that is locked. Everything else here is *plain*. Where all else stands in a file as it stood, line for
line, and plain entries that came are sound by themselves and break no balance, the checks find what they found.

Whatever is in doubt is no such edit: then the books are loaded, and everything is worked out.
"""

from __future__ import annotations

import datetime
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Set
from decimal import Decimal
from itertools import islice
from typing import Any, Final, NamedTuple

from beancount.core import data
from beancount.core.amount import Amount
from beancount.core.data import Balance, Close, Custom, Directive, Open, Pad, Posting, Transaction
from beancount.parser.options import OPTIONS_DEFAULTS
from daysheet.accounting import payees, payroll
from daysheet.accounting.cash_basis import payables
from daysheet.accounts import is_under
from daysheet.books import Books
from daysheet.books.index import number_of, role_of
from daysheet.books.reach import FIRST, LAST
from daysheet.ledger import cache, codec, transformations, validation

_META: Final = frozenset({"filename", "lineno", "__tolerances__", "source", "row", "bank-id", "memo", "check"})
"""What imports write with a bank's line, and Beancount with every entry. Any other word may say what an entry is of."""
_LEG: Final = frozenset({"filename", "lineno", "__automatic__"})
_FLAGS: Final = ("*", "!")
_INERT: Final = "daysheet.plugins.billing_gaps"
"""The plugin that changes no entry, and looks for nothing while `check` loads the books."""
_FACTS: Final = ("locked", "loan")


class Frame(NamedTuple):
    """What plain entries stand in.

    Attributes:
        entries: as `codec.encode` gives them: accounts opened and closed, balances, years that are locked, loans.
        currency: the operating currency.
        since: the day of the first visit or bill, from which on plain entries do not say whether the books hold any.
    """

    entries: bytes
    currency: str
    since: datetime.date


def frame_of(books: Books) -> Frame | None:
    """The frame of books without errors; None where more than checks looks at plain entries."""
    firsts = [*map(books.day_of, _first(books.visits)), *(bill.date for bill in _first(books.bills))]
    since = min((day for day in firsts if day is not None), default=None)
    if since is None or books.foreign or not is_untouched(books):
        return None
    kept = [
        entry
        for entry in books.entries
        if isinstance(entry, Open | Close | Balance) or (isinstance(entry, Custom) and entry.type in _FACTS)
    ]
    return Frame(codec.encode(kept, {}, str(books.options["filename"])), books.currency, since)


def is_untouched(books: Books) -> bool:
    """Whether no plugin and no pad has made or changed an entry."""
    inert = all(name == _INERT for name, _ in books.options["plugin"])
    return inert and transformations.are_known(books.options) and not any(type(one) is Pad for one in books.entries)


def _first(values: Iterable[Any]) -> Iterator[Any]:
    """The first of them alone."""
    yield from islice(values, 1)


def leave_it(main: str, changed: Mapping[str, str], frame: Frame) -> bool:
    """Whether `check` says what it said before some files changed.

    Args:
        main: the absolute name of the main file, which has not changed.
        changed: the digests of the texts that it was said of, by the names of the files.
        frame: of the books that it was said of.

    Raises:
        DaysheetError: what stands in a file now is in error.
        ValueError: what is kept is damaged.
    """
    entries, _ = codec.decode(frame.entries, main)
    books = Books.of(entries, {"operating_currency": [frame.currency]}, state="")
    of = _Plain(books, payees.spent_on(books), payables(books))
    gone: list[Transaction] = []
    come: list[Transaction] = []
    for name, digest in changed.items():
        found = cache.then_and_now(main, name, digest)
        if found is None:
            return False
        (then, options), (now, options_now) = found
        before, rest_before = _parted(then, of)
        after, rest_after = _parted(now, of)
        if _said(options) != _said(options_now) or rest_before != rest_after:
            return False
        gone += [one for text, one in before.items() if text not in after]
        come += [one for text, one in after.items() if text not in before]
    if any(one.date < frame.since or one.date.year in books.locks for one in (*gone, *come)):
        return False
    return _are_sound(entries, come) and _keep_balances(entries, gone, come)


def _said(options: codec.Options) -> codec.Options:
    """What a file sets, without how many digits its amounts have, which nothing here asks for."""
    return {name: value for name, value in options.items() if name != "dcontext"}


class _Plain(NamedTuple):
    """What tells plain entries from others.

    Attributes:
        books: of the frame.
        bought: the accounts on which a payment is one for goods or services.
        bills: those of vendors' bills.
    """

    books: Books
    bought: Set[str]
    bills: Set[str]


def _parted(entries: Iterable[Directive], of: _Plain) -> tuple[dict[str, Transaction], list[str]]:
    """The plain entries of a file by their text, and the texts of all others in their order.

    They are compared as text, in which a number with other digits is another one.
    """
    plain: dict[str, Transaction] = {}
    rest: list[str] = []
    for entry in entries:
        if isinstance(entry, Transaction) and _is_plain(entry, of):
            plain[repr(entry)] = entry
        else:
            rest.append(repr(entry))
    return plain, rest


def _is_plain(entry: Transaction, of: _Plain) -> bool:
    """Whether no check looks at an entry."""
    if (
        entry.links
        or entry.flag not in _FLAGS
        or not entry.meta.keys() <= _META
        or type(entry.meta["lineno"]) is not int
    ):
        return False
    accounts = {leg.account for leg in entry.postings}
    if not FIRST <= entry.date <= LAST or (not entry.payee and accounts & of.bought) or accounts & of.bills:
        return False
    if any(role_of(account) or payroll.concerns(of.books, account) for account in accounts):
        return False
    return all(_is_simple(leg, of.books.currency) for leg in entry.postings) and validation.is_even(entry)


def _is_simple(leg: Posting, currency: str) -> bool:
    """Whether a leg is an amount in the operating currency and says nothing else."""
    units = leg.units
    if type(units) is not Amount or units.currency != currency or leg.flag is not None:
        return False
    return leg.cost is None and leg.price is None and (leg.meta or {}).keys() <= _LEG


def _are_sound(frame: Iterable[Directive], come: Iterable[Transaction]) -> bool:
    """Whether Beancount finds nothing wrong with new entries, given the accounts that are open."""
    accounts = (one for one in frame if isinstance(one, Open | Close))
    return not validation.validate(data.sorted([*accounts, *come]), OPTIONS_DEFAULTS)


def _keep_balances(frame: Iterable[Directive], gone: Iterable[Transaction], come: Iterable[Transaction]) -> bool:
    """Whether each balance that the books assert is as far from what its account holds as it was."""
    moved: dict[tuple[str, datetime.date], Decimal] = defaultdict(Decimal)
    for entries, sign in ((gone, -1), (come, 1)):
        for entry in entries:
            for leg in entry.postings:
                moved[leg.account, entry.date] += sign * number_of(leg)
    moves = [(account, day, number) for (account, day), number in moved.items() if number]
    return not any(
        sum(number for account, day, number in moves if day < one.date and is_under(account, one.account))
        for one in frame
        if isinstance(one, Balance)
    )
