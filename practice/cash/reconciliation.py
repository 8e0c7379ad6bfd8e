"""Which receipts are in which bank deposit: many to one, proved and said, never guessed.

A deposit of which a person has said what it brought is taken at that word (`as_said`). Any other is matched by the
first of these that gives one answer, and the match says which it was:

1. its text holds the trace number of remittances, or the reference of payments, that add up to it;
2. its text names the insurer of a receipt of that amount, or of its receipts of a day or of days on end;
3. one receipt, or all of a day or of several days on end (or of one kind of them), adds up to it;
4. for cards the same, less what this processor usually keeps, else less a fee as processors take it;
5. with the other open deposits, it can be explained in a single way;
6. the deposits of a day together are what a kind of receipts of a day, or of days on end, adds up to;
7. a single combination adds up: two receipts, a day's less one or two, or any of up to ten receipts.

Two or more answers are an ambiguity and are listed; equal receipts that face as many equal deposits are all
deposited, whichever is whose. Where nothing adds up, but a day's receipts nearly do, the difference is named and the
receipts that could explain it.
"""

from __future__ import annotations

import datetime
from collections import Counter, defaultdict
from collections.abc import Sequence, Set
from decimal import Decimal
from pathlib import Path
from typing import Final, NamedTuple

from daysheet.books.books import Books
from daysheet.cash import apart, matched_before
from daysheet.cash.as_said import Contradicted, as_said
from daysheet.cash.candidates import WINDOWS
from daysheet.cash.deposit_groups import Group, suspects_of, total, voided, voided_same_day
from daysheet.cash.matched_before import Match, Matched, OpenDeposit
from daysheet.cash.matching import BY_PERSON, Matching
from daysheet.cash.receipts import BankDeposit, Receipt, bank_seen_until, deposits, left_over, receipts

_ZERO: Final = Decimal()
_MATCHING: Final = "matching"


class Reconciliation(NamedTuple):
    """The clearing accounts against the bank, as of a day.

    Attributes:
        as_of: the day.
        matches: deposits and what is in them, by date.
        open_deposits: deposits that are not explained, by date.
        overdue: receipts that should have reached the bank, by date.
        in_transit: receipts that still have time, by date.
        left_over: balances of the clearing accounts for suspense and recoupments.
        contradicted: what a person has said of deposits and the books do not bear out.
    """

    as_of: datetime.date
    matches: tuple[Match, ...]
    open_deposits: tuple[OpenDeposit, ...]
    overdue: tuple[Receipt, ...]
    in_transit: tuple[Receipt, ...]
    left_over: dict[str, Decimal]
    contradicted: tuple[Contradicted, ...] = ()

    @property
    def unreconciled(self) -> Decimal:
        """The practice's daily goal: all that is not explained, each thing at its amount; zero when all is well.

        Receipts that still have time to reach the bank are no gap.
        """
        gaps = [abs(item.difference or item.deposit.amount) for item in self.open_deposits]
        gaps += [abs(receipt.amount) for receipt in self.overdue]
        return sum((*gaps, *map(abs, self.left_over.values())), _ZERO)


def reconcile(books: Books, as_of: datetime.date) -> Reconciliation:
    """Match all deposits and receipts up to a day."""
    return books.once(("reconciliation", as_of), lambda: _reconciled(books, as_of))


def begin(books: Books, as_of: datetime.date) -> None:
    """Have a second process, where there may be one, begin what `reconcile` will be asked for soon."""
    if ("reconciliation", as_of) not in books.known:
        books.once((_MATCHING, as_of), lambda: _begun(books, as_of))


class _Begun(NamedTuple):
    """A matching that has begun, and where what it says is kept; what it said before, if that is known."""

    accounts: _Accounts
    found: Sequence[BankDeposit]
    received: Sequence[Receipt]
    place: Path | None
    before: Matched | None


def _begun(books: Books, as_of: datetime.date) -> _Begun:
    found, received = deposits(books, as_of), receipts(books, as_of)
    accounts = _Accounts(books, as_of, found, received)
    # what a person says of a bank line counts as well, and is not among what an answer is kept by
    place = None if accounts.facts else matched_before.place_of(books, found, received)
    before = matched_before.kept_at(place, found, received)
    if before is None:
        accounts.begin()
    return _Begun(accounts, found, received, place, before)


def _reconciled(books: Books, as_of: datetime.date) -> Reconciliation:
    # what has begun is let go with what it knows of each day: books may be held for long
    matching, found, received, place, before = books.known.pop((_MATCHING, as_of), None) or _begun(books, as_of)
    if before is None:
        matched = matching.run()
        matched_before.keep(place, matched, found, received)
    else:
        matched = before
    taken_back = voided(matched.left)
    left = [receipt for receipt in matched.left if receipt not in taken_back]
    seen = bank_seen_until(books, as_of)
    late = [receipt for receipt in left if (seen - receipt.date).days > WINDOWS[receipt.method][1]]
    overdue = set(late)
    return Reconciliation(
        as_of,
        matched.matches,
        matched.open_deposits,
        tuple(late),
        tuple(receipt for receipt in left if receipt not in overdue),
        left_over(books, as_of),
        matching.contradicted,
    )


def matches_of_cards(books: Books, as_of: datetime.date) -> tuple[Match, ...]:
    """The matches up to a day on the clearing accounts of cards alone; those of the others change nothing in them."""
    received = receipts(books, as_of)
    accounts = {receipt.account for receipt in received if receipt.method == "card"}
    return _Accounts(books, as_of, deposits(books, as_of), received, accounts).match_all()


class _Accounts:
    """All clearing accounts: each is matched by itself, then what is left of one is looked for in the others."""

    def __init__(
        self,
        books: Books,
        as_of: datetime.date,
        found: Sequence[BankDeposit],
        received: Sequence[Receipt],
        only: Set[str] | None = None,
    ) -> None:
        """Nothing matched yet but what a person has settled, on these clearing accounts; on all if none are given."""
        self.facts = [fact for fact in books.deposited if fact.date <= as_of]
        said = as_said(self.facts, found, received, books.currency)
        self.contradicted = said.contradicted
        settled: dict[str, list[Match]] = defaultdict(list)
        for each in said.settled:
            match = Match(each.deposit, each.receipts, BY_PERSON, each.deposit.fee, each.fact)
            settled[each.deposit.account].append(match)
        done = {id(each.deposit) for each in said.settled}
        self._found = [deposit for deposit in found if id(deposit) not in done]
        taken_back = voided_same_day(said.left, self._found)
        lines: dict[str, list[BankDeposit]] = defaultdict(list)
        for deposit in self._found:
            lines[deposit.account].append(deposit)
        rows: dict[str, list[Receipt]] = defaultdict(list)
        self._received = [receipt for receipt in said.left if receipt not in taken_back]
        for receipt in self._received:
            rows[receipt.account].append(receipt)
        names = sorted({*settled, *lines, *rows} if only is None else only)
        self._of = {name: Matching(lines[name], rows[name], settled[name]) for name in names}
        self._open: list[OpenDeposit] = []
        self._begun: apart.Begun | None = None

    def begin(self) -> None:
        """Have the matching begun, before it is asked for."""
        self._begun = apart.Begun(self._of.values())

    def match_all(self) -> tuple[Match, ...]:
        """The deposits that are explained, by date."""
        (self._begun or apart.Begun(self._of.values())).finish()
        matches = (match for account in self._of.values() for match in account.matches)
        return tuple(sorted(matches, key=lambda match: (match.deposit.date, match.deposit.id)))

    def run(self) -> Matched:
        """All that is to be said of the accounts."""
        matches = self.match_all()
        left = {id(deposit) for account in self._of.values() for deposit in account.deposits}
        still = [deposit for deposit in self._found if id(deposit) in left]
        for deposit in self._look_elsewhere(sorted(still, key=lambda deposit: (deposit.date, deposit.id))):
            self._explain(deposit)
        taken = set[Receipt]().union(*(account.candidates.taken for account in self._of.values()))
        return Matched(
            matches,
            tuple(sorted(self._open, key=lambda item: (item.deposit.date, item.deposit.id))),
            tuple(receipt for receipt in self._received if receipt not in taken),
        )

    def _look_elsewhere(self, still: Sequence[BankDeposit]) -> list[BankDeposit]:
        """Find the receipts of deposits that were booked to another clearing account: named, and left to a person.

        Args:
            still: the deposits that are not explained.

        Returns:
            Those of them that no other account's receipts explain.
        """
        found = [(d, self._elsewhere(d)) for d in still if not self._of[d.account].candidates.explained(d)]
        found = [(deposit, groups) for deposit, groups in found if groups]
        claimed = Counter(receipt for _, groups in found for receipt in {one for group in groups for one in group})
        for deposit, groups in found:
            possible = (*groups, *self._of[deposit.account].candidates.combinations(deposit))
            sure = len(possible) == 1 and all(claimed[receipt] == 1 for receipt in groups[0])
            account = groups[0][0].account if sure else ""
            if sure:
                self._of[account].candidates.take(groups[0])
            self._open.append(OpenDeposit(deposit, possible, elsewhere=account))
        known = {id(deposit) for deposit, _ in found}
        return [deposit for deposit in still if id(deposit) not in known]

    def _elsewhere(self, deposit: BankDeposit) -> list[Group]:
        others = [
            (account, deposit._replace(account=name))
            for name, account in self._of.items()
            if name != deposit.account and account.received
        ]
        for find in (Matching.by_number, Matching.by_payer):
            matches = [match.receipts for account, moved in others if (match := find(account, moved)) is not None]
            if matches:
                return matches
        return [
            group
            for account, moved in others
            for group in account.candidates.fitting(moved) or account.candidates.with_fee(moved)
        ]

    def _explain(self, deposit: BankDeposit) -> None:
        """Say of a deposit that is left what it could be."""
        candidates = self._of[deposit.account].candidates
        possible = candidates.fitting(deposit) or candidates.with_fee(deposit)
        nearest = candidates.named(deposit) or (() if possible else candidates.nearest(deposit))
        if nearest:
            difference = total(nearest) - deposit.gross
            candidates.take(nearest)
            self._open.append(OpenDeposit(deposit, (), nearest, difference, suspects_of(nearest, difference)))
        else:
            self._open.append(OpenDeposit(deposit, tuple(possible or candidates.combinations(deposit))))
