"""Which receipts are in which bank deposit: many to one, proved and said, never guessed.

A deposit is matched by the first of these that gives one answer, and the match says which it was:

1. its text holds the trace number of remittances, or the reference of payments, that add up to it;
2. its text names the insurer of a receipt of that amount;
3. one receipt, or all of a day or of several days on end (or of its checks, or of its cash), adds up to it;
4. for cards the same, less a fee as processors take it;
5. a single combination adds up: two receipts, a day's less one or two, or any of up to ten receipts.

Two or more answers are an ambiguity and are listed; equal receipts that face as many equal deposits are all
deposited, whichever is whose. Where nothing adds up, but a day's receipts nearly do, the difference is named and the
receipts that could explain it. Every search is bounded: no deposit looks at more than some ten thousand combinations.
"""

from __future__ import annotations

import datetime
from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from decimal import Decimal
from itertools import combinations
from operator import attrgetter
from typing import Any, Final, NamedTuple, TypeVar

from daysheet.books import Books
from daysheet.cash.deposit_groups import Group, is_fee, order, runs, suspects_of, total, without_some
from daysheet.cash.receipts import BankDeposit, Receipt, bank_seen_until, comparable, deposits, left_over, receipts

BY_TRACE: Final = "trace number"
BY_REFERENCE: Final = "reference"
BY_PAYER: Final = "payer, amount and date"
BY_AMOUNT: Final = "amount and date"
BY_FEE: Final = "amount less fees, and date"
BY_COUNT: Final = "amount and date, as many alike on both sides"
BY_COMBINATION: Final = "amount and date, the only combination"

_WINDOWS: Final = {"card": (0, 7), "cash": (0, 10), "check": (0, 14), "eft": (-5, 14), "none": (-5, 14)}
"""Days from a receipt to its deposit; an EFT can come before the day that its remittance gives."""

_WEEKS: Final = 2
"""No window is longer: a receipt that is taken changes nothing for a deposit further off."""

T = TypeVar("T")
_TRACE_DAYS: Final = 120
_NEAR: Final = 10
_WHOLE: Final = 3
_ANY_OF: Final = 10
_PAIRS_OF: Final = 100
_ZERO: Final = Decimal()


class Match(NamedTuple):
    """A deposit, what is in it, how that is known, and what the processor kept."""

    deposit: BankDeposit
    receipts: Group
    basis: str
    fee: Decimal


class OpenDeposit(NamedTuple):
    """A deposit that is not explained.

    Attributes:
        deposit: the bank line.
        candidates: groups of receipts that each explain it, where there are several, or that wait in another account.
        nearest: the receipts that nearly add up to it, where there are such.
        difference: what `nearest` has more than the deposit; negative when the deposit has more.
        suspects: the receipts of `nearest` that could explain the difference, the likeliest first.
        elsewhere: the clearing account of its receipts, where it was booked to another, and these are surely its own.
    """

    deposit: BankDeposit
    candidates: tuple[Group, ...] = ()
    nearest: Group = ()
    difference: Decimal = _ZERO
    suspects: Group = ()
    elsewhere: str = ""


class Reconciliation(NamedTuple):
    """The clearing accounts against the bank, as of a day.

    Attributes:
        as_of: the day.
        matches: deposits and what is in them, by date.
        open_deposits: deposits that are not explained, by date.
        overdue: receipts that should have reached the bank, by date.
        in_transit: receipts that still have time, by date.
        left_over: balances of the clearing accounts for suspense and recoupments.
    """

    as_of: datetime.date
    matches: tuple[Match, ...]
    open_deposits: tuple[OpenDeposit, ...]
    overdue: tuple[Receipt, ...]
    in_transit: tuple[Receipt, ...]
    left_over: dict[str, Decimal]

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

    def work() -> Reconciliation:
        return _Reconciler(deposits(books, as_of), receipts(books, as_of)).run(books, as_of)

    return books.once(("reconciliation", as_of), work)


class _Reconciler:
    """The matching: what is still open, and what has been matched."""

    def __init__(self, found: Sequence[BankDeposit], received: Sequence[Receipt]) -> None:
        self.deposits = sorted(found, key=lambda deposit: (deposit.date, deposit.id))
        self.received = received
        self.taken: set[Receipt] = set()
        self.matches: list[Match] = []
        self.open_deposits: list[OpenDeposit] = []
        self._by_account: dict[str, list[Receipt]] = {}
        self._spans: dict[str, tuple[int, int]] = {}
        self._by_word: dict[str, list[Receipt]] = {}
        self._known: dict[tuple[str, int], dict[tuple[str, str], Any]] = {}
        for receipt in received:
            self._by_account.setdefault(receipt.account, []).append(receipt)
            soonest, latest = self._spans.get(receipt.account, (0, 0))
            window = _WINDOWS[receipt.method]
            self._spans[receipt.account] = min(soonest, window[0]), max(latest, window[1])
            if receipt.reference:
                self._by_word.setdefault(comparable(receipt.reference), []).append(receipt)

    def run(self, books: Books, as_of: datetime.date) -> Reconciliation:
        self._match(self._by_number)
        self._match(self._by_payer)
        while self._match(self._by_amount) or self._match(self._by_fee) or self._match_alike():
            pass
        while self._match(self._by_combination):
            pass
        self._look_elsewhere()
        for deposit in self.deposits:
            self._explain(deposit)
        left = [receipt for receipt in self.received if receipt not in self.taken]
        seen = bank_seen_until(books, as_of)
        late = [receipt for receipt in left if (seen - receipt.date).days > _WINDOWS[receipt.method][1]]
        overdue = set(late)
        return Reconciliation(
            as_of,
            tuple(sorted(self.matches, key=lambda match: (match.deposit.date, match.deposit.id))),
            tuple(sorted(self.open_deposits, key=lambda item: (item.deposit.date, item.deposit.id))),
            tuple(late),
            tuple(receipt for receipt in left if receipt not in overdue),
            left_over(books, as_of),
        )

    def _match(self, find: Callable[[BankDeposit], Match | None]) -> bool:
        """Match each open deposit for which `find` has one answer; whether there was any."""
        left = []
        for deposit in self.deposits:
            match = find(deposit)
            if match is None:
                left.append(deposit)
            else:
                self._settle(match)
        progress = len(left) < len(self.deposits)
        self.deposits = left
        return progress

    def _settle(self, match: Match) -> None:
        self.matches.append(match)
        self._take(match.receipts)

    def _take(self, group: Group) -> None:
        self.taken |= set(group)
        for receipt in group:
            week = receipt.date.toordinal() // 7
            for near in range(week - _WEEKS, week + _WEEKS + 1):
                self._known.pop((receipt.account, near), None)

    def _once(self, what: str, deposit: BankDeposit, work: Callable[[], T]) -> T:
        """What `work` gives, worked out again only when a receipt near the deposit has been taken since."""
        known = self._known.setdefault((deposit.account, deposit.date.toordinal() // 7), {})
        key = what, deposit.id
        if key not in known:
            known[key] = work()
        value: T = known[key]
        return value

    def _by_number(self, deposit: BankDeposit) -> Match | None:
        """By the trace numbers or references in the bank's text."""
        named = self._named(deposit)
        traced = tuple(receipt for receipt in named if receipt.remittance)
        for basis, group in ((BY_TRACE, traced), (BY_REFERENCE, named)):
            kept = total(group) - deposit.amount
            if group and (kept == deposit.fee or (not deposit.fee and is_fee(group, kept))):
                return Match(deposit, group, basis, kept)
        return None

    def _named(self, deposit: BankDeposit) -> Group:
        return tuple(
            receipt
            for word in sorted(deposit.words & self._by_word.keys())
            for receipt in self._by_word[word]
            if receipt.account == deposit.account
            and receipt not in self.taken
            and abs((deposit.date - receipt.date).days) <= _TRACE_DAYS
        )

    def _by_payer(self, deposit: BankDeposit) -> Match | None:
        alike = [r for r in self._eligible(deposit) if r.amount == deposit.gross and r.names & deposit.words]
        return Match(deposit, (alike[0],), BY_PAYER, deposit.fee) if len(alike) == 1 else None

    def _by_amount(self, deposit: BankDeposit) -> Match | None:
        groups = self._fitting(deposit)
        basis = BY_FEE if deposit.fee else BY_AMOUNT
        return Match(deposit, groups[0], basis, deposit.fee) if len(groups) == 1 else None

    def _by_fee(self, deposit: BankDeposit) -> Match | None:
        groups = self._with_fee(deposit)
        return Match(deposit, groups[0], BY_FEE, total(groups[0]) - deposit.amount) if len(groups) == 1 else None

    def _match_alike(self) -> bool:
        """Equal deposits facing as many equal groups of receipts: each has one, in the order of their dates."""
        alike: dict[tuple[str, Decimal], list[BankDeposit]] = {}
        for deposit in self.deposits:
            alike.setdefault((deposit.account, deposit.gross), []).append(deposit)
        for same in alike.values():
            choices = [self._fitting(deposit) for deposit in same] if len(same) > 1 else []
            groups = sorted(dict.fromkeys(group for choice in choices for group in choice), key=order)
            apart = sum(map(len, groups)) == len({receipt for group in groups for receipt in group})
            if groups and len(groups) == len(same) and apart and all(map(list.__contains__, choices, groups)):
                for deposit, group in zip(same, groups, strict=True):
                    self._settle(Match(deposit, group, BY_COUNT, deposit.fee))
                self.deposits = [deposit for deposit in self.deposits if deposit not in same]
                return True
        return False

    def _fitting(self, deposit: BankDeposit) -> list[Group]:
        """The natural groups that add up to a deposit."""
        return self._once("fitting", deposit, lambda: list(self._groups(deposit, deposit.gross, deposit.gross)))

    def _with_fee(self, deposit: BankDeposit) -> list[Group]:
        return self._once("with fee", deposit, lambda: self._find_with_fee(deposit))

    def _find_with_fee(self, deposit: BankDeposit) -> list[Group]:
        """The card receipts that give the deposit less a fee; a processor never pays on the day of the sale."""
        most = deposit.gross + deposit.gross / 10 + 50
        if deposit.fee or deposit.amount <= 0 or self._fitting(deposit) or self._keeps_no_fees(deposit.account):
            return []
        groups = [g for g in self._groups(deposit, deposit.gross, most) if is_fee(g, total(g) - deposit.amount)]
        return [group for group in groups if group[-1].date < deposit.date] or groups

    def _keeps_no_fees(self, account: str) -> bool:
        """Whether the processor pays out in full: several deposits came whole, and none less a fee."""
        fees = [match.fee for match in self.matches if match.deposit.account == account]
        return len(fees) >= _WHOLE and not any(fees)

    def _by_combination(self, deposit: BankDeposit) -> Match | None:
        if self._fitting(deposit) or self._with_fee(deposit):
            return None
        found = self._combinations(deposit)
        return Match(deposit, found[0], BY_COMBINATION, deposit.fee) if len(found) == 1 else None

    def _combinations(self, deposit: BankDeposit) -> list[Group]:
        return self._once("combinations", deposit, lambda: self._find_combinations(deposit))

    def _find_combinations(self, deposit: BankDeposit) -> list[Group]:
        """Combinations that add up, few enough to try them all; among more, some would fit by chance."""
        eligible = self._eligible(deposit)
        tried: list[Iterator[Group]] = []
        if len(eligible) <= _ANY_OF:
            tried += [combinations(eligible, size) for size in range(2, len(eligible))]
        elif len(eligible) <= _PAIRS_OF:
            tried.append(combinations(eligible, 2))
        most = deposit.gross + sum(sorted((receipt.amount for receipt in eligible), reverse=True)[:2], _ZERO)
        tried += [
            without_some(group, total(group) - deposit.gross)
            for group in self._groups(deposit, deposit.gross, most)
            if _ANY_OF < len(group) <= _PAIRS_OF
        ]
        found = dict.fromkeys(group for attempt in tried for group in attempt if total(group) == deposit.gross)
        return sorted(found, key=order)

    def _look_elsewhere(self) -> None:
        """Find the receipts of deposits that were booked to another clearing account: named, and left to a person."""
        found = [(deposit, self._elsewhere(deposit)) for deposit in self.deposits if not self._explained(deposit)]
        found = [(deposit, groups) for deposit, groups in found if groups]
        claimed = Counter(receipt for _, groups in found for receipt in {one for group in groups for one in group})
        for deposit, groups in found:
            candidates = (*groups, *self._combinations(deposit))
            sure = len(candidates) == 1 and all(claimed[receipt] == 1 for receipt in groups[0])
            if sure:
                self._take(groups[0])
            account = groups[0][0].account if sure else ""
            self.open_deposits.append(OpenDeposit(deposit, candidates, elsewhere=account))
        known = {id(deposit) for deposit, _ in found}
        self.deposits = [deposit for deposit in self.deposits if id(deposit) not in known]

    def _explained(self, deposit: BankDeposit) -> bool:
        return bool(self._fitting(deposit) or self._with_fee(deposit) or self._named(deposit))

    def _elsewhere(self, deposit: BankDeposit) -> list[Group]:
        moved = [deposit._replace(account=name) for name in sorted(self._by_account) if name != deposit.account]
        for find in (self._by_number, self._by_payer):
            matches = [match.receipts for other in moved if (match := find(other)) is not None]
            if matches:
                return matches
        return [group for other in moved for group in self._fitting(other) or self._with_fee(other)]

    def _explain(self, deposit: BankDeposit) -> None:
        """Say of a deposit that is left what it could be."""
        candidates = self._fitting(deposit) or self._with_fee(deposit)
        nearest = self._named(deposit) or (() if candidates else self._nearest(deposit))
        if nearest:
            difference = total(nearest) - deposit.gross
            self._take(nearest)
            self.open_deposits.append(OpenDeposit(deposit, (), nearest, difference, suspects_of(nearest, difference)))
        else:
            self.open_deposits.append(OpenDeposit(deposit, tuple(candidates or self._combinations(deposit))))

    def _nearest(self, deposit: BankDeposit) -> Group:
        """The day's (or days') receipts that the deposit falls just short of: by one of them, or by 10 % at most."""
        most = max((receipt.amount for receipt in self._eligible(deposit)), default=_ZERO)
        near = [
            (difference, group)
            for group in self._groups(deposit, deposit.gross, deposit.gross + most)
            if len(group) > 2
            and (
                (difference := total(group) - deposit.gross) <= deposit.gross / _NEAR
                or any(receipt.amount == difference for receipt in group)
            )
        ]
        return min(near, key=lambda item: (item[0], order(item[1])), default=(_ZERO, ()))[1]

    def _eligible(self, deposit: BankDeposit) -> list[Receipt]:
        return self._once("eligible", deposit, lambda: self._find_eligible(deposit))

    def _find_eligible(self, deposit: BankDeposit) -> list[Receipt]:
        """The open receipts of the deposit's account that can be in it by their date."""
        of_account = self._by_account.get(deposit.account, [])
        soonest, latest = self._spans.get(deposit.account, (0, 0))
        first = bisect_left(of_account, deposit.date - datetime.timedelta(latest), key=attrgetter("date"))
        last = bisect_right(of_account, deposit.date - datetime.timedelta(soonest), key=attrgetter("date"))
        return [
            receipt
            for receipt in of_account[first:last]
            if receipt not in self.taken
            and _WINDOWS[receipt.method][0] <= (deposit.date - receipt.date).days <= _WINDOWS[receipt.method][1]
        ]

    def _groups(self, deposit: BankDeposit, least: Decimal, most: Decimal) -> Iterator[Group]:
        """Receipts that naturally go to the bank together and add up to this much, each group once.

        Each receipt alone; those of one reference; all taken at the desk on a day or on days on end, with or without
        the insurers' checks; and of the patients' the checks or the cash.
        """
        eligible = self._eligible(deposit)
        at_desk = [receipt for receipt in eligible if receipt.method != "eft"]
        of_patients = [receipt for receipt in at_desk if not receipt.remittance]
        by_reference: dict[str, list[Receipt]] = {}
        for receipt in eligible:
            by_reference.setdefault(receipt.reference, []).append(receipt)
        by_reference.pop("", None)
        groups: list[Group] = [(receipt,) for receipt in eligible if least <= receipt.amount <= most]
        groups += [tuple(group) for group in by_reference.values() if least <= total(group) <= most]
        checks = [receipt for receipt in of_patients if receipt.method == "check"]
        cash = [receipt for receipt in of_patients if receipt.method == "cash"]
        # a list that is as long as the one it was taken from is the same, and has the same runs
        groups += runs(checks, least, most)
        groups += runs(cash, least, most)
        if len(of_patients) not in (len(checks), len(cash)):
            groups += runs(of_patients, least, most)
        if len(at_desk) != len(of_patients):
            groups += runs(at_desk, least, most)
        yield from dict.fromkeys(groups)
