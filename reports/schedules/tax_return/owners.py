"""The owners of an entity: their accounts, and their shares of what is on its return.

Partners and shareholders are declared alike (`custom "partner"`). A partnership's items are divided as its income is
(`partners`): by the books closed on the day on which shares change, allocable cash items and depreciation by day, a
gain on the day of the sale. An S corporation's are divided by day over the year (IRC 1377(a)(1)).
"""

from __future__ import annotations

import datetime
from collections import defaultdict
from collections.abc import Iterable, Iterator
from decimal import ROUND_HALF_EVEN, Decimal
from typing import Final, NamedTuple

from beancount.core.data import Transaction
from daysheet.accounting.metadata import inherited
from daysheet.accounts import account_part
from daysheet.books import Books
from daysheet.reports.accounts.activity import activity
from daysheet.reports.accounts.cash_moves import is_opening
from daysheet.reports.period import Period
from daysheet.reports.request import Request
from daysheet.reports.schedules.tax_return.figures import Part
from daysheet.reports.statements.partners import cuts, divided, is_by_day, method_on, partners, shares_on
from daysheet.reports.tax.lines import ENTITIES
from daysheet.tax_facts import Partner

_ZERO: Final = Decimal()
_CENT: Final = Decimal("0.01")
_S_CORPORATION: Final = "1120-s"


class Moved(NamedTuple):
    """What an owner's equity accounts stood at, what was put in and what was taken out; credits positive."""

    opening: Decimal = _ZERO
    contributed: Decimal = _ZERO
    withdrawn: Decimal = _ZERO


def owners(request: Request) -> dict[str, str]:
    """Each owner's name by id; none where the return has no owners' shares."""
    return partners(request.books) if request.settings.practice.returns in ENTITIES else {}


def is_limited(request: Request, owner: str, day: datetime.date) -> bool:
    """Whether somebody is a limited partner on a day."""
    facts = [f for f in request.books.tax_facts if isinstance(f, Partner) and f.id == owner and f.since <= day]
    return bool(facts) and facts[-1].limited


def owner_of(request: Request, account: str) -> str:
    """Whose an account is: by `partner:` on its open directive, else by its last component; empty for nobody's."""
    names = owners(request)
    said = inherited(request.books, account, "partner")
    if said in names:
        return said or ""
    last = account.rpartition(":")[2].casefold()
    return next((owner for owner in names if account_part(owner).casefold() == last), "")


def paid_to(request: Request, account: str, period: Period) -> dict[str, Decimal]:
    """What an account moved by for each owner whom it, its entries or their payees name; under an empty id for none."""
    by_name = {name.casefold(): owner for owner, name in owners(request).items()}
    whose = owner_of(request, account)
    found: dict[str, Decimal] = {}
    held = activity(request.books, request.basis).accounts.get(account)
    for line in held.within(period) if held is not None else ():
        said = line.entry.meta.get("partner")
        named = by_name.get((line.entry.payee or "").casefold(), "")
        owner = whose or (str(said) if said in by_name.values() else named)
        found[owner] = found.get(owner, _ZERO) + line.amount
    return found


def moves(request: Request, period: Period) -> dict[str, Moved]:
    """What each owner put in and took out in a period; under an empty id what is on accounts of none.

    In the books' first year an entry that brings balances in is opening. In a corporation one that only moves between
    equity accounts is neither contribution nor distribution.
    """
    moved = activity(request.books, request.basis)
    nets: dict[int, dict[str, Decimal]] = defaultdict(lambda: defaultdict(Decimal))
    entries: dict[int, Transaction] = {}
    found: dict[str, Moved] = defaultdict(Moved)
    for account in moved.under("Equity"):
        if moved.is_memorandum(account.name):
            continue
        owner = owner_of(request, account.name)
        held = found[owner]
        found[owner] = held._replace(opening=held.opening - account.before(period.first))
        for line in account.within(period):
            nets[id(line.entry)][owner] -= line.amount
            entries[id(line.entry)] = line.entry
    begins = first_year(request.books) == period.first.year
    shareholders = request.settings.practice.returns == _S_CORPORATION
    for key, by_owner in nets.items():
        opening = begins and is_opening(request.books, entries[key])
        if shareholders and not opening and sum(by_owner.values()) == 0:
            by_owner = {"": _ZERO}  # noqa: PLW2901 - a correction between equity accounts is no distribution
        for owner, net in by_owner.items():
            held = found[owner]
            if opening:
                found[owner] = held._replace(opening=held.opening + net)
            elif net > 0:
                found[owner] = held._replace(contributed=held.contributed + net)
            else:
                found[owner] = held._replace(withdrawn=held.withdrawn - net)
    return dict(found)


def share_out(request: Request, parts: Iterable[Part], period: Period) -> dict[str, Decimal]:
    """The parts of a line by owner, signed as they are; under an empty id what the shares of that time leave over."""
    segments = list(cuts(request.books, period))
    sums = [_ZERO] * len(segments)
    for part in parts:
        amounts = _by_segment(request, part, segments, period)
        sums = [each + amount for each, amount in zip(sums, amounts, strict=True)]
    found: dict[str, Decimal] = defaultdict(Decimal)
    for segment, amount in zip(segments, sums, strict=True):
        for owner, share in divided(amount, shares_on(request.books, segment.first)).items():
            found[owner] += share
    return dict(found)


def _by_segment(request: Request, part: Part, segments: list[Period], period: Period) -> list[Decimal]:
    """An amount of a year in the parts of it between two changes of shares."""
    if len(segments) == 1:
        return [part.amount]
    if _is_spread(request, part, period):
        return _spread(part.amount, [Decimal((segment.last - segment.first).days + 1) for segment in segments])
    if part.day is not None:
        return [part.amount if segment.first <= part.day <= segment.last else _ZERO for segment in segments]
    held = activity(request.books, request.basis).accounts[part.account]
    return _spread(part.amount, [held.change(segment) for segment in segments])


def _is_spread(request: Request, part: Part, period: Period) -> bool:
    """Whether an amount is divided over the days of the year: what no account gave day by day cannot be otherwise."""
    if request.settings.practice.returns == _S_CORPORATION:
        return True
    if part.day is not None:
        return method_on(request.books, period.last) == "rateable"
    moved = activity(request.books, request.basis)
    held = moved.accounts.get(part.account)
    if held is None or not part.is_account or not held.change(period):
        return True
    return is_by_day(request.books, moved, part.account, period.last)


def _spread(amount: Decimal, weights: list[Decimal]) -> list[Decimal]:
    """An amount by weights, to the cent; what is left over stands in the last."""
    whole, passed, given = sum(weights, _ZERO), _ZERO, _ZERO
    found = []
    for at, weight in enumerate(weights):
        passed += weight
        last = at == len(weights) - 1
        until = amount if last else (amount * passed / whole).quantize(_CENT, ROUND_HALF_EVEN)
        found.append(until - given)
        given = until
    return found


def first_year(books: Books) -> int | None:
    """The year in which the books begin."""
    days: Iterator[datetime.date] = (entry.date for entry in books.entries if isinstance(entry, Transaction))
    first = next(days, None)
    return None if first is None else first.year
