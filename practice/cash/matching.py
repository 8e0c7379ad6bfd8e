"""The bank lines and the receipts of one clearing account: which receipts are in which line.

What waits in other accounts changes nothing here, so each account is matched by itself.
"""

from __future__ import annotations

import datetime
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from decimal import Decimal
from typing import Final

from daysheet.cash.candidates import HABIT, WINDOWS, Candidates, Signature, together
from daysheet.cash.deposit_groups import Group, is_fee, order, total
from daysheet.cash.in_order import in_order
from daysheet.cash.joint import Fits, assigned, components, divided
from daysheet.cash.matched_before import Match
from daysheet.cash.processor_fees import Batch, Processor
from daysheet.cash.receipts import BankDeposit, Receipt

BY_PERSON: Final = "what a person has said"
BY_TRACE: Final = "trace number"
BY_REFERENCE: Final = "reference"
BY_PAYER: Final = "payer, amount and date"
BY_AMOUNT: Final = "amount and date"
BY_FEE: Final = "amount less fees, and date"
BY_COUNT: Final = "amount and date, as many alike on both sides"
BY_ELIMINATION: Final = "amount and date, the only way to explain all"
BY_ORDER: Final = "amount and date, the days in their order"
BY_DAY: Final = "amount and date, the lines of a day together"
BY_COMBINATION: Final = "amount and date, the only combination"

_WHOLE: Final = 3
_LINES_OF_A_DAY: Final = 5


class Matching:
    """One clearing account: the lines that are still open, and those that have been matched."""

    def __init__(self, deposits: Iterable[BankDeposit], received: Sequence[Receipt], settled: Iterable[Match]) -> None:
        """Nothing matched yet but what a person has settled.

        Args:
            deposits: the account's bank lines that nobody has settled.
            received: its receipts that nobody has settled, by date.
            settled: what a person has said.
        """
        self.deposits = sorted(deposits, key=lambda deposit: (deposit.date, deposit.id))
        self.received = received
        self.candidates = Candidates(received)
        self.candidates.no_fees = self._keeps_no_fees
        self.matches: list[Match] = []
        self._less_fees = False
        for match in settled:
            self._settle(match)

    def run(self) -> None:
        """Match all that can be."""
        self._match(self.by_number)
        self._match(self.by_payer)
        self.candidates.learn(self.deposits)
        while (
            self._match_days(of_processors=True)
            or self._match(self._by_amount)
            or self._match(self._by_terms)
            or self._match(self._by_any_fee)
            or self._match_alike()
            or self._match_jointly(in_time=False)
            or self._match_jointly(in_time=True)
            or self._match_days(of_processors=False)
            or self._match(self._by_fee)
            or self._match_in_order()
        ):
            pass
        while self._match(self._by_combination) or self._match_jointly(in_time=True):
            pass

    def take_over(self, matches: Iterable[Match], processors: Mapping[Signature, Processor | None]) -> None:
        """What another one of the same lines and receipts has found, in place of `run`.

        Args:
            matches: those that are not settled here already.
            processors: what is known of each.
        """
        self._settle_these(matches)
        self.candidates.processors = dict(processors)

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
        self._less_fees = self._less_fees or bool(match.fee)
        self.candidates.take(match.receipts)

    def _settle_all(self, found: Sequence[tuple[BankDeposit, Group]], basis: str) -> None:
        """Match these deposits, each with its group."""
        self._settle_these(Match(deposit, group, basis, total(group) - deposit.amount) for deposit, group in found)

    def _settle_these(self, matches: Iterable[Match]) -> None:
        settled = set[int]()
        for match in matches:
            self._settle(match)
            settled.add(id(match.deposit))
        self.deposits = [deposit for deposit in self.deposits if id(deposit) not in settled]

    def by_number(self, deposit: BankDeposit) -> Match | None:
        """By the trace numbers or references in the bank's text."""
        named = self.candidates.named(deposit)
        traced = tuple(receipt for receipt in named if receipt.remittance)
        for basis, group in ((BY_TRACE, traced), (BY_REFERENCE, named)):
            kept = total(group) - deposit.amount
            if group and (kept == deposit.fee or (not deposit.fee and is_fee(group, kept))):
                return Match(deposit, group, basis, kept)
        return None

    def by_payer(self, deposit: BankDeposit) -> Match | None:
        """By the insurer that the bank's text names."""
        groups = self.candidates.of_payer(deposit)
        return Match(deposit, groups[0], BY_PAYER, deposit.fee) if len(groups) == 1 else None

    def _by_amount(self, deposit: BankDeposit) -> Match | None:
        groups = self.candidates.fitting(deposit)
        basis = BY_FEE if deposit.fee else BY_AMOUNT
        return Match(deposit, groups[0], basis, deposit.fee) if len(groups) == 1 else None

    def _by_terms(self, deposit: BankDeposit) -> Match | None:
        groups = self.candidates.at_terms(deposit)
        return Match(deposit, groups[0], BY_FEE, total(groups[0]) - deposit.amount) if len(groups) == 1 else None

    def _by_any_fee(self, deposit: BankDeposit) -> Match | None:
        """By a fee such as processors keep, where nothing is known of this one's."""
        return self._by_fee(deposit) if self.candidates.processor_of(deposit) is None else None

    def _by_fee(self, deposit: BankDeposit) -> Match | None:
        groups = self.candidates.with_fee(deposit)
        return Match(deposit, groups[0], BY_FEE, total(groups[0]) - deposit.amount) if len(groups) == 1 else None

    def _keeps_no_fees(self) -> bool:
        """Whether the processor pays out in full: several deposits came whole, and none less a fee."""
        return len(self.matches) >= _WHOLE and not self._less_fees

    def _match_alike(self) -> bool:
        """Equal deposits facing as many equal groups of receipts: each has one, in the order of their dates."""
        alike: dict[Decimal, list[BankDeposit]] = {}
        for deposit in self.deposits:
            alike.setdefault(deposit.gross, []).append(deposit)
        for same in alike.values():
            choices = [self.candidates.fitting(deposit) for deposit in same] if len(same) > 1 else []
            groups = sorted(dict.fromkeys(group for choice in choices for group in choice), key=order)
            apart = sum(map(len, groups)) == len({receipt for group in groups for receipt in group})
            if groups and len(groups) == len(same) and apart and all(map(list.__contains__, choices, groups)):
                self._settle_all(list(zip(same, groups, strict=True)), BY_COUNT)
                return True
        return False

    def _match_jointly(self, *, in_time: bool) -> bool:
        """Match the deposits that can be explained in one way only, once all that share receipts are."""
        if in_time:
            self.candidates.learn_habits((match.deposit, match.receipts) for match in self.matches)
        found = [(deposit, self.candidates.choices(deposit, in_time=in_time)) for deposit in self.deposits]
        found = [(deposit, groups) for deposit, groups in found if groups]
        settled: list[tuple[BankDeposit, Group]] = []
        for places in components([groups for _, groups in found]):
            answers = assigned([found[place][1] for place in places])
            settled += [(found[p][0], group) for p, group in zip(places, answers, strict=True) if group is not None]
        self._settle_all(settled, BY_ELIMINATION)
        return bool(settled)

    def _match_in_order(self) -> bool:
        """Match the deposits that the days of receipts explain in their order, where enough of a kind are."""
        settled: list[tuple[BankDeposit, Group]] = []
        for lines in self.candidates.lines_of_a_kind(self.deposits):
            usual = self.candidates.usual_lag(lines[0], ((match.deposit, match.receipts) for match in self.matches))
            ways = [
                way
                for kind in self.candidates.kinds_waiting()
                if (way := in_order(lines, kind, WINDOWS, self._may_be, usual)) is not None
            ]
            least = min((way.cost for way in ways), default=None)
            best = [way.found for way in ways if way.cost == least]
            found = best[0] if best and all(one == best[0] for one in best) else ()
            explained = len(lines) - (least[0] if least else 0)
            if explained >= HABIT:  # one tie alone may be of another kind of takings
                settled += found
        lines_of = Counter(receipt for _, group in settled for receipt in group)  # a line of another kind may bring it
        once = [one for one in settled if all(lines_of[receipt] == 1 for receipt in one[1])]
        self._settle_all(once, BY_ORDER)
        return bool(once)

    def _match_days(self, *, of_processors: bool) -> bool:
        """Match the deposits of a day that together are what was received: by terminal, by bag, by slip."""
        days: dict[datetime.date, list[BankDeposit]] = {}
        for deposit in self.deposits:
            if deposit.amount > 0 and (self.candidates.processor_of(deposit) is not None) == of_processors:
                days.setdefault(deposit.date, []).append(deposit)
        progress = False
        for lines in days.values():
            parts = self._divided(lines) if 1 < len(lines) <= _LINES_OF_A_DAY else []
            if parts:
                self._settle_all(list(zip(lines, parts, strict=False)), BY_DAY)
                progress = True
        return progress

    def _divided(self, lines: Sequence[BankDeposit]) -> list[Group]:
        """The receipts of each line; empty where their sum does not say, in one way, which receipts these are.

        Each line gets a natural group of these receipts where that goes, else any that it may bring.
        """
        groups = self.candidates.choices(together(lines), in_time=True)
        if len(groups) != 1:
            return []
        inside = set(groups[0])
        natural = [[g for g in self.candidates.choices(line, in_time=False) if inside >= set(g)] for line in lines]
        if all(len(same) == 1 for same in natural):
            return []  # each for itself
        parts = [group for group in assigned(natural) if group is not None]
        if len(parts) == len(lines) and sum(map(len, parts)) == len(inside):
            return parts
        return divided(groups[0], [(int(line.amount * 100), self._fits(line)) for line in lines]) or []

    def _fits(self, line: BankDeposit) -> Fits:
        may_be = self._may_be(line)
        return (lambda cents, _: cents == may_be) if isinstance(may_be, int) else may_be

    def _may_be(self, line: BankDeposit) -> Fits | int:
        """What a line may bring; the cents, where it is just these."""
        processor = self.candidates.processor_of(line)
        net, gross = int(line.amount * 100), int(line.gross * 100)
        if line.fee or processor is None:
            return gross

        def fits(cents: int, sales: int) -> bool:
            return cents == gross or processor.explains(Batch(cents, cents - net, sales, 0))

        return fits

    def _by_combination(self, deposit: BankDeposit) -> Match | None:
        if self.candidates.fitting(deposit) or self.candidates.with_fee(deposit):
            return None
        found = self.candidates.combinations(deposit)
        return Match(deposit, found[0], BY_COMBINATION, deposit.fee) if len(found) == 1 else None
