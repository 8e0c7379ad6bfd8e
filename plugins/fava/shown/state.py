"""The books as Fava loaded them, and what of them the filters let through: nothing here knows of Fava."""

from __future__ import annotations

import datetime
import threading
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from decimal import Decimal
from pathlib import Path
from typing import Any, NamedTuple, TypeVar

from beancount.core.data import Directive, Transaction
from daysheet.accounts import CLEARING, INCOME_VISITS, account_part, is_under
from daysheet.books import Books, last
from daysheet.books.currencies import note
from daysheet.books.holding import NOTHING, holds, is_empty
from daysheet.facts import Waiver
from daysheet.findings import Finding, Gap, gap
from daysheet.ledger import collector
from daysheet.plugins.fava.shown.problems import Problem, problems
from daysheet.plugins.fava.shown.scope import Span
from daysheet.plugins.fava.shown.writing import figure
from daysheet.settings import Settings
from daysheet.worklist.waivers import Aside, aside
from daysheet.worklist.worklist import findings_of

T = TypeVar("T")


class Total(NamedTuple):
    """All findings of a kind: how many, the money at risk, and the largest of them, to begin with."""

    kind: str
    number: int
    amount: Decimal
    largest: Finding


class State:
    """The books as Fava loaded them, and what has been worked out of them for one day; dropped at the next load."""

    def __init__(
        self, entries: Sequence[Directive], options: Mapping[str, Any], folder: Path, errors: Iterable[Any] = ()
    ) -> None:
        """Index the books once; `errors` are those that Beancount reports."""
        self.folder = folder
        self.settings = Settings.of(folder)
        with collector.paused():
            self.books: Books = last.taken(list(entries), options, self.settings.practice.state)
        self.problems: list[Problem] = problems(errors, self.books)
        self._kept: dict[object, Any] = {}
        self._lock = threading.RLock()

    def kept(self, key: object, make: Callable[[], T]) -> T:
        """What `make` gives, made once for this key, also when two pages ask for it at once."""
        with self._lock:
            if key not in self._kept:
                with collector.paused():
                    self._kept[key] = make()
            found: T = self._kept[key]
            return found


class Filtered:
    """The books as of the end of the filter, or the last day that they cover if that is earlier; and its findings."""

    def __init__(self, state: State, span: Span) -> None:
        """Nothing is worked out yet."""
        self.state = state
        self.books = state.books
        self.span = span
        self.currency = state.books.currency
        as_of = state.kept("as of", lambda: state.books.as_of)
        self.as_of = as_of if span.last is None else min(as_of, span.last)

    @property
    def nothing(self) -> str:
        """Why there is nothing to show, where the books hold nothing yet, or nothing of the days asked for."""
        first, last = self.span.first, self.span.last
        if is_empty(self.books):
            return NOTHING
        if last is not None and (not holds(self.books, datetime.date.min, self.as_of) or (first or last) > self.as_of):
            return f"The books hold nothing of {first or 'the days'} to {last}."
        return ""

    def figure(self, amount: Decimal | int | None) -> str:
        """An amount as an accountant writes it, with the decimals of the books' currency."""
        return figure(amount, self.currency)

    @property
    def waived(self) -> list[Waiver]:
        """What is set aside, the latest first."""
        return sorted(self.books.waivers.values(), key=lambda one: (one.date, one.kind, one.key), reverse=True)

    @property
    def unit(self) -> str:
        """What is in no figure, because it is in another currency."""
        return note(self.books.foreign, self.currency)

    @property
    def has_visits(self) -> bool:
        """Whether any visit took place in the days of the filter."""
        first = self.span.first or datetime.date.min
        return any(first <= day <= self.as_of for days in self.books.took_place.values() for day in days)

    @property
    def has_bills(self) -> bool:
        """Whether any bill was written in the days of the filter."""
        first = self.span.first
        bills = self.books.bills if first is None else self.books.bills_after(first - datetime.timedelta(days=1))
        return any(bill.date <= self.as_of for bill in bills)

    @property
    def has_clearing(self) -> bool:
        """Whether any money of these days and accounts was on its way to the bank."""
        return any(
            self._shown(entry.date, posting.account) and entry.date <= self.as_of
            for entry in self.books.clearing
            for posting in entry.postings
            if is_under(posting.account, CLEARING)
        )

    @property
    def findings(self) -> list[Finding]:
        """What is to be done, the most money first; only what the filters let through."""
        found = self._all_findings
        first, matches = self.span.first, self.span.matches
        if first is not None:
            found = [finding for finding in found if finding.through >= first]
        if matches is not None:
            found = [finding for finding in found if any(map(matches, self._accounts(finding)))]
        return found

    @property
    def worklist(self) -> list[Finding]:
        """`findings` without the visits that a lapse counts: the lapse stands for them."""
        found = self.findings
        covered = frozenset[str]().union(*(finding.covers for finding in found))
        return [finding for finding in found if finding.kind != "unbilled-visit" or finding.key not in covered]

    def found(self, kind: str, words: str) -> list[Finding]:
        """What of the worklist is of a kind (empty for all), and has every one of these words somewhere."""
        wanted = words.casefold().split()
        return [
            finding
            for finding in self.worklist
            if kind in ("", finding.kind) and (not wanted or _has(_searched(finding, self.currency), wanted))
        ]

    def finding(self, kind: str, key: str) -> Finding | None:
        """A finding as of the day that the page shows; None where there is none."""
        return next((one for one in self._all_findings if (one.kind, one.key) == (kind, key)), None)

    def set_aside(self, kind: str, key: str) -> Aside | None:
        """What waiving a finding would set aside, as of the day that the page shows; None where there is none."""
        found = self.finding(kind, key)
        return aside(self._all_findings, found, self.as_of) if found else None

    @property
    def gap(self) -> Gap:
        """What was never billed, each visit counted once."""
        return gap(self.findings)

    @property
    def totals(self) -> list[Total]:
        """Each kind of finding with its number and money, the most money first."""
        kinds: dict[str, list[Finding]] = defaultdict(list)
        for finding in self.worklist:
            kinds[finding.kind].append(finding)
        found = [
            Total(kind, len(same), sum((one.amount for one in same), Decimal()), same[0])
            for kind, same in kinds.items()
        ]
        return sorted(found, key=lambda total: (-total.amount, total.kind))

    @property
    def _all_findings(self) -> list[Finding]:
        return self.state.kept(("findings", self.as_of), lambda: findings_of(self.books, self.as_of))

    def _shown(self, date: datetime.date, account: str) -> bool:
        return (self.span.first is None or date >= self.span.first) and self._matches(account)

    def _matches(self, account: str) -> bool:
        return self.span.matches is None or bool(self.span.matches(account))

    def _accounts(self, finding: Finding) -> Iterator[str]:
        if finding.provider:
            yield f"{INCOME_VISITS}:{account_part(finding.provider)}"
        places = self.state.kept("places", self._places)
        for meta in finding.where:
            yield from places.get((meta.get("filename"), meta.get("lineno")), ())

    def _places(self) -> dict[tuple[Any, Any], tuple[str, ...]]:
        return {
            (entry.meta["filename"], entry.meta["lineno"]): tuple(posting.account for posting in entry.postings)
            for entry in self.books.entries
            if isinstance(entry, Transaction)
        }


def _searched(finding: Finding, currency: str) -> str:
    places = (f"{Path(str(meta.get('filename'))).name}:{meta.get('lineno')}" for meta in finding.where[:3])
    parts = (
        finding.kind.replace("-", " "), finding.kind, finding.key, finding.date, finding.deadline or "",
        finding.provider,
        finding.message, figure(finding.amount, currency), *places,
    )  # fmt: skip
    return " ".join(map(str, parts)).casefold()


def _has(text: str, words: Iterable[str]) -> bool:
    return all(word in text for word in words)
