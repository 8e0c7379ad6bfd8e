"""What may be in a bank line: receipts that go to the bank together, by kind, by insurer, by terminal, less fees.

Practices take checks and cash to the bank together or apart, patients' and insurers' checks together or apart, an
insurer's checks of a day by themselves, and some a week at a time. Each of these is a natural group. Every search is
bounded: no bank line looks at more than some ten thousand combinations.
"""

from __future__ import annotations

import datetime
from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from decimal import Decimal
from itertools import combinations
from operator import attrgetter
from typing import Any, Final, TypeVar

from daysheet.cash.deposit_groups import Days, Group, days_of, is_fee, order, runs, total, without_some
from daysheet.cash.processor_fees import Batch, Processor, batch_of, business_days, learned
from daysheet.cash.receipts import BankDeposit, Receipt, comparable

WINDOWS: Final = {"card": (0, 7), "cash": (0, 10), "check": (0, 14), "eft": (-5, 14), "none": (-5, 14)}
"""Days from a receipt to its deposit; an EFT can come before the day that its remittance gives."""

_AROUND: Final = range(-2, 3)
"""The weeks around a receipt's own in which a deposit may want it: no window is longer."""

_TRACE_DAYS: Final = 120
_NEAR: Final = 10
HABIT: Final = 6
"""So many bank lines of a kind show what the practice always does."""

_ANY_OF: Final = 10
_PAIRS_OF: Final = 100
_ZERO: Final = Decimal()

T = TypeVar("T")
Signature = frozenset[str]
"""Whose bank lines these are: the words of their text, without numbers."""


class Candidates:
    """An account's receipts that no bank line has taken yet, and which of them may be in one."""

    def __init__(self, received: Sequence[Receipt]) -> None:
        """All of them, by date."""
        self.taken: set[Receipt] = set()
        self._received = received
        self.no_fees: Callable[[], bool] = lambda: False
        self._soonest: dict[Signature, int] = {}
        self._mixed: set[Signature] = set()
        self.processors: dict[Signature, Processor | None] = {}
        self._signatures: dict[frozenset[str], Signature] = {}
        windows = [WINDOWS[method] for method in {receipt.method for receipt in received}]
        self._soonest_of_all = min((least for least, _ in windows), default=0)
        self._latest_of_all = max((most for _, most in windows), default=0)
        self._by_word: dict[str, list[Receipt]] = {}
        self._has_cards = any(receipt.method == "card" for receipt in received)
        self._known: dict[int, dict[tuple[str, str], Any]] = {}
        self._of_days: dict[int, dict[tuple[str, datetime.date], Any]] = {}
        for receipt in received:
            if receipt.reference:
                self._by_word.setdefault(comparable(receipt.reference), []).append(receipt)

    def take(self, group: Group) -> None:
        """These receipts are in a bank line that is explained."""
        self.taken |= set(group)
        weeks = {receipt.date.toordinal() // 7 for receipt in group}
        for week in {week + off for week in weeks for off in _AROUND}:
            self._known.pop(week, None)
            self._of_days.pop(week, None)

    def learn(self, deposits: Sequence[BankDeposit]) -> None:
        """What each processor keeps, from all bank lines that may be its, alone and a day's together."""
        of_days: dict[tuple[Signature, datetime.date], list[BankDeposit]] = {}
        for deposit in deposits:
            if deposit.amount > 0:
                of_days.setdefault((self._signature(deposit), deposit.date), []).append(deposit)
        told: dict[Signature, list[list[Batch]]] = {}
        for (processor, _), lines in of_days.items():
            batches = [batch for line in lines for batch in self._batches(line, 1)]
            if len(lines) > 1:
                batches += self._batches(together(lines), len(lines))
            told.setdefault(processor, []).append(batches)
        self.processors = {key: learned(batches) for key, batches in told.items()}
        self._known.clear()  # what is known of days does not depend on what a processor keeps

    def learn_habits(self, matched: Iterable[tuple[BankDeposit, Group]]) -> None:
        """How soon after the last of its receipts each kind of bank line comes, where enough of them are explained."""
        days: dict[Signature, list[int]] = {}
        mixed: Counter[Signature] = Counter()
        for deposit, group in matched:
            if deposit.amount > 0:
                mixed[self._signature(deposit)] += len({receipt.method for receipt in group}) > 1
                last = max(receipt.date for receipt in group)
                days.setdefault(self._signature(deposit), []).append((deposit.date - last).days)
        self._mixed = {key for key, count in mixed.items() if count > 1}
        self._soonest = {key: min(seen) for key, seen in days.items() if len(seen) >= HABIT}

    def lines_of_a_kind(self, deposits: Sequence[BankDeposit]) -> list[list[BankDeposit]]:
        """The bank lines that bring something, by whose they are, each list by date."""
        kinds: dict[Signature, list[BankDeposit]] = {}
        for deposit in deposits:
            if deposit.amount > 0:
                kinds.setdefault(self._signature(deposit), []).append(deposit)
        return list(kinds.values())

    def kinds_waiting(self) -> list[list[Receipt]]:
        """What waits by what may go to the bank together, each list once."""
        waiting = [one for one in self._received if one not in self.taken and one.method != "eft"]
        return [list(kind) for kind in dict.fromkeys(tuple(kind) for kind in _kinds(waiting) if kind)]

    def usual_lag(self, deposit: BankDeposit, matched: Iterable[tuple[BankDeposit, Group]]) -> int | None:
        """How many business days lines of this kind usually take; None where too few are explained."""
        kind = self._signature(deposit)
        lags = Counter(
            business_days(max(receipt.date for receipt in group), other.date)
            for other, group in matched
            if self._signature(other) == kind
        )
        return lags.most_common(1)[0][0] if lags.total() >= HABIT else None

    def _batches(self, deposit: BankDeposit, lines: int) -> list[Batch]:
        groups = (group for group in self._less_fees(deposit) if group[-1].date < deposit.date)
        return [batch_of(group, deposit.amount, deposit.date, lines) for group in groups]

    def processor_of(self, deposit: BankDeposit) -> Processor | None:
        """What is known of the processor that paid out a bank line."""
        return self.processors.get(self._signature(deposit))

    def named(self, deposit: BankDeposit) -> Group:
        """The receipts whose numbers stand in the bank line's text."""
        return tuple(
            receipt
            for word in sorted(deposit.words & self._by_word.keys())
            for receipt in self._by_word[word]
            if receipt not in self.taken and abs((deposit.date - receipt.date).days) <= _TRACE_DAYS
        )

    def of_payer(self, deposit: BankDeposit) -> list[Group]:
        """Receipts of insurers that the bank line's text names, alone or of a day or days on end, that add up to it."""
        of_payers: dict[str | None, list[Receipt]] = {}
        for receipt in self.eligible(deposit):
            if receipt.names & deposit.words:
                of_payers.setdefault(receipt.payer, []).append(receipt)
        alone: list[Group] = [(r,) for same in of_payers.values() for r in same if r.amount == deposit.gross]
        days = (days_of(tuple(same)) for same in of_payers.values()) if not alone else ()
        return alone or [group for each in days for group in runs(each, deposit.gross, deposit.gross)]

    def fitting(self, deposit: BankDeposit) -> list[Group]:
        """The natural groups that add up to a deposit; none where the processor's usual fees explain it."""
        return self._once("fitting", deposit, lambda: self._find_fitting(deposit))

    def _find_fitting(self, deposit: BankDeposit) -> list[Group]:
        groups = list(self._groups(deposit, deposit.gross, deposit.gross))
        return [] if groups and not deposit.fee and self.at_terms(deposit) else groups

    def at_terms(self, deposit: BankDeposit) -> list[Group]:
        """The natural groups that give a deposit less what its processor usually keeps."""
        return self._once("at terms", deposit, lambda: self._find_at_terms(deposit))

    def _find_at_terms(self, deposit: BankDeposit) -> list[Group]:
        processor = self.processor_of(deposit)
        if processor is None or deposit.fee or deposit.amount <= 0:
            return []
        lines = len(deposit.id.split(" ")) if " " in deposit.id else 1
        groups = self._less_fees(deposit)
        return [g for g in groups if processor.explains(batch_of(g, deposit.amount, deposit.date, lines))]

    def with_fee(self, deposit: BankDeposit) -> list[Group]:
        """The natural groups that give a deposit less a fee: the usual one, else one such as processors keep."""
        return self._once("with fee", deposit, lambda: self._find_with_fee(deposit))

    def _find_with_fee(self, deposit: BankDeposit) -> list[Group]:
        usual = self.at_terms(deposit)
        if usual:
            return usual
        if deposit.fee or deposit.amount <= 0 or self.fitting(deposit) or self.no_fees():
            return []
        groups = self._less_fees(deposit)
        # a processor never pays on the day of the sale
        return [group for group in groups if group[-1].date < deposit.date] or groups

    def _less_fees(self, deposit: BankDeposit) -> list[Group]:
        if not self._has_cards:
            return []
        most = deposit.gross + deposit.gross / 10 + 50
        return [g for g in self._groups(deposit, deposit.gross, most) if is_fee(g, total(g) - deposit.amount)]

    def choices(self, deposit: BankDeposit, *, in_time: bool) -> list[Group]:
        """All natural groups that explain a deposit.

        Args:
            deposit: the bank line.
            in_time: only those that took as many business days as the processor's others, where there are such; of what
                is no processor's, those that took no fewer days than any of the others did and, where these bring
                checks and cash together, leave neither out.
        """
        processor = self.processor_of(deposit)
        groups = self.fitting(deposit) or (self.with_fee(deposit) if processor is None else self.at_terms(deposit))
        if in_time and processor is None:
            least = self._soonest.get(self._signature(deposit), 0)
            groups = [g for g in groups if (deposit.date - g[-1].date).days >= least] or groups
            if len(groups) > 1 and self._signature(deposit) in self._mixed:
                groups = [g for g in groups if self._is_whole(g, deposit)] or groups
            return groups
        if not in_time or processor is None or not processor.days:
            return groups
        days = processor.days
        return [g for g in groups if business_days(g[-1].date, deposit.date) in days] or groups

    def _is_whole(self, group: Group, deposit: BankDeposit) -> bool:
        """Whether nothing taken at the desk between its days is left out: checks and cash go to the bank together."""
        days, desk = self._once_a_day("desk", deposit, lambda: _at_desk(self.eligible(deposit)))
        return set(group).issuperset(desk[bisect_left(days, group[0].date) : bisect_right(days, group[-1].date)])

    def combinations(self, deposit: BankDeposit) -> list[Group]:
        """Combinations that add up, few enough to try them all; among more, some would fit by chance."""
        return self._once("combinations", deposit, lambda: self._find_combinations(deposit))

    def _find_combinations(self, deposit: BankDeposit) -> list[Group]:
        eligible = self.eligible(deposit)
        tried: list[Iterator[Group]] = []
        if len(eligible) <= _ANY_OF:
            tried += [combinations(eligible, size) for size in range(2, len(eligible) + 1)]
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

    def explained(self, deposit: BankDeposit) -> bool:
        """Whether anything of its own account may be in a deposit."""
        return bool(self.fitting(deposit) or self.with_fee(deposit) or self.named(deposit))

    def nearest(self, deposit: BankDeposit) -> Group:
        """The day's (or days') receipts that the deposit falls just short of: by one of them, or by 10 % at most."""
        most = max((receipt.amount for receipt in self.eligible(deposit)), default=_ZERO)
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

    def eligible(self, deposit: BankDeposit) -> list[Receipt]:
        """The open receipts of the deposit's account that can be in it by their date."""
        return self._once_a_day("eligible", deposit, lambda: self._find_eligible(deposit))

    def _find_eligible(self, deposit: BankDeposit) -> list[Receipt]:
        oldest, newest = (
            deposit.date - datetime.timedelta(days) for days in (self._latest_of_all, self._soonest_of_all)
        )
        first = bisect_left(self._received, oldest, key=attrgetter("date"))
        last = bisect_right(self._received, newest, key=attrgetter("date"))
        return [
            receipt
            for receipt in self._received[first:last]
            if receipt not in self.taken
            and WINDOWS[receipt.method][0] <= (deposit.date - receipt.date).days <= WINDOWS[receipt.method][1]
        ]

    def _signature(self, deposit: BankDeposit) -> Signature:
        """Which processor a bank line is of: the words of its text, without numbers."""
        words = deposit.words
        if words not in self._signatures:
            self._signatures[words] = frozenset(word for word in words if word.isalpha())
        return self._signatures[words]

    def _once(self, what: str, deposit: BankDeposit, work: Callable[[], T]) -> T:
        """What `work` gives, worked out again only when a receipt near the deposit has been taken since."""
        known = self._known.setdefault(deposit.date.toordinal() // 7, {})
        key = what, deposit.id
        if key not in known:
            known[key] = work()
        value: T = known[key]
        return value

    def _once_a_day(self, what: str, deposit: BankDeposit, work: Callable[[], T]) -> T:
        """The same for what is one for all bank lines of the day."""
        known = self._of_days.setdefault(deposit.date.toordinal() // 7, {})
        key = what, deposit.date
        if key not in known:
            known[key] = work()
        value: T = known[key]
        return value

    def _groups(self, deposit: BankDeposit, least: Decimal, most: Decimal) -> Iterator[Group]:
        """Receipts that naturally go to the bank together and add up to this much, each group once.

        Each receipt alone; those of one reference; and all of a kind that were taken on a day or on days on end.
        """
        eligible = self.eligible(deposit)
        groups: list[Group] = [(receipt,) for receipt in eligible if least <= receipt.amount <= most]
        of_one, lists = self._once_a_day("lists", deposit, lambda: _lists(eligible))
        groups += [group for group in of_one if least <= total(group) <= most]
        for each in lists:
            groups += runs(each, least, most)
        yield from dict.fromkeys(groups)


def _lists(eligible: Sequence[Receipt]) -> tuple[list[Group], list[Days]]:
    """The receipts of each reference; and each list of receipts, looked at once, whatever kinds it is of."""
    by_reference: dict[str, list[Receipt]] = {}
    for receipt in eligible:
        by_reference.setdefault(receipt.reference, []).append(receipt)
    by_reference.pop("", None)
    kinds = dict.fromkeys(tuple(kind) for kind in (*by_reference.values(), *_kinds(eligible)) if len(kind) > 1)
    return [tuple(group) for group in by_reference.values()], [days_of(kind) for kind in kinds]


def _at_desk(eligible: Sequence[Receipt]) -> tuple[list[datetime.date], list[Receipt]]:
    """Patients' checks, cards and cash with their days, by date."""
    desk = [receipt for receipt in eligible if receipt.payer is None and receipt.method != "eft"]
    return [receipt.date for receipt in desk], desk


def _kinds(eligible: Sequence[Receipt]) -> Iterator[list[Receipt]]:
    """The receipts by kind: what a practice takes to the bank together, or an insurer sends together.

    All taken at the desk, with or without insurers' checks; of these the checks, the cash, the patients' and the
    insurers' checks; each insurer's checks; electronic payments, all of a day and each insurer's.
    """
    at_desk = [receipt for receipt in eligible if receipt.method != "eft"]
    yield at_desk
    yield [receipt for receipt in at_desk if not receipt.remittance]
    own = [receipt for receipt in at_desk if receipt.payer is None]
    checks = [receipt for receipt in at_desk if receipt.method == "check"]
    yield own
    yield [receipt for receipt in at_desk if receipt.method == "cash"]
    yield checks
    yield [receipt for receipt in checks if not receipt.remittance]
    yield [receipt for receipt in checks if receipt.payer is None]
    yield [receipt for receipt in checks if receipt.payer is not None]
    electronic = [receipt for receipt in eligible if receipt.method == "eft" and not receipt.remittance]
    yield electronic
    for paid in (checks, electronic):
        of_payer: dict[str, list[Receipt]] = {}
        for receipt in paid:
            if receipt.payer is not None:
                of_payer.setdefault(receipt.payer, []).append(receipt)
        yield from of_payer.values()


def together(lines: Sequence[BankDeposit]) -> BankDeposit:
    """Several bank lines of a day as if they were one."""
    return lines[0]._replace(
        id=" ".join(line.id for line in lines),
        amount=sum((line.amount for line in lines), _ZERO),
        fee=sum((line.fee for line in lines), _ZERO),
    )
