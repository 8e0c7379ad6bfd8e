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
from collections import Counter
from collections.abc import Callable, Sequence, Set
from decimal import Decimal
from typing import Final, NamedTuple

from daysheet.books.books import Books
from daysheet.cash import matched_before
from daysheet.cash.as_said import Contradicted, as_said
from daysheet.cash.candidates import HABIT, WINDOWS, Candidates, together
from daysheet.cash.deposit_groups import Group, is_fee, order, suspects_of, total, voided, voided_same_day
from daysheet.cash.in_order import in_order
from daysheet.cash.joint import Fits, assigned, components, divided
from daysheet.cash.matched_before import Match, Matched, OpenDeposit
from daysheet.cash.processor_fees import Batch
from daysheet.cash.receipts import BankDeposit, Receipt, bank_seen_until, deposits, left_over, receipts

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
_ZERO: Final = Decimal()


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


def _reconciled(books: Books, as_of: datetime.date) -> Reconciliation:
    matching = _Reconciler(books, as_of, found := deposits(books, as_of), received := receipts(books, as_of))
    # what a person says of a bank line counts as well, and is not among what an answer is kept by
    matched = matching.run() if matching.facts else matched_before.again(books, found, received, matching.run)
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
    return _Reconciler(books, as_of, deposits(books, as_of), received, accounts).match_all()


class _Reconciler:
    """The matching: what is still open, and what has been matched."""

    def __init__(
        self,
        books: Books,
        as_of: datetime.date,
        found: Sequence[BankDeposit],
        received: Sequence[Receipt],
        accounts: Set[str] | None = None,
    ) -> None:
        """Nothing matched yet but what a person has settled, on these clearing accounts; on all if none are given."""
        self.facts = [fact for fact in books.deposited if fact.date <= as_of]
        said = as_said(self.facts, found, received, books.currency)
        self.contradicted = said.contradicted
        settled = {id(each.deposit) for each in said.settled}
        found = [deposit for deposit in found if id(deposit) not in settled]
        ours = [deposit for deposit in found if accounts is None or deposit.account in accounts]
        self.deposits = sorted(ours, key=lambda deposit: (deposit.date, deposit.id))
        taken_back = voided_same_day(said.left, found)
        left = [receipt for receipt in said.left if accounts is None or receipt.account in accounts]
        self.received = [receipt for receipt in left if receipt not in taken_back]
        self.candidates = Candidates(self.received)
        self.candidates.no_fees = self._keeps_no_fees
        self.matches: list[Match] = []
        self.matched: Counter[str] = Counter()
        self.less_fees: set[str] = set()
        self.open_deposits: list[OpenDeposit] = []
        for each in said.settled:
            if accounts is None or each.deposit.account in accounts:
                self._settle(Match(each.deposit, each.receipts, BY_PERSON, each.deposit.fee, each.fact))

    def match_all(self) -> tuple[Match, ...]:
        """The deposits that are explained, by date."""
        self._match(self._by_number)
        self._match(self._by_payer)
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
        return tuple(sorted(self.matches, key=lambda match: (match.deposit.date, match.deposit.id)))

    def run(self) -> Matched:
        """All that is to be said of the accounts."""
        matches = self.match_all()
        self._look_elsewhere()
        for deposit in self.deposits:
            self._explain(deposit)
        return Matched(
            matches,
            tuple(sorted(self.open_deposits, key=lambda item: (item.deposit.date, item.deposit.id))),
            tuple(receipt for receipt in self.received if receipt not in self.candidates.taken),
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
        self.matched[match.deposit.account] += 1
        if match.fee:
            self.less_fees.add(match.deposit.account)
        self.candidates.take(match.receipts)

    def _settle_all(self, found: Sequence[tuple[BankDeposit, Group]], basis: str) -> None:
        """Match these deposits, each with its group."""
        for deposit, group in found:
            self._settle(Match(deposit, group, basis, total(group) - deposit.amount))
        settled = {id(deposit) for deposit, _ in found}
        self.deposits = [deposit for deposit in self.deposits if id(deposit) not in settled]

    def _by_number(self, deposit: BankDeposit) -> Match | None:
        """By the trace numbers or references in the bank's text."""
        named = self.candidates.named(deposit)
        traced = tuple(receipt for receipt in named if receipt.remittance)
        for basis, group in ((BY_TRACE, traced), (BY_REFERENCE, named)):
            kept = total(group) - deposit.amount
            if group and (kept == deposit.fee or (not deposit.fee and is_fee(group, kept))):
                return Match(deposit, group, basis, kept)
        return None

    def _by_payer(self, deposit: BankDeposit) -> Match | None:
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

    def _keeps_no_fees(self, account: str) -> bool:
        """Whether the processor pays out in full: several deposits came whole, and none less a fee."""
        return self.matched[account] >= _WHOLE and account not in self.less_fees

    def _match_alike(self) -> bool:
        """Equal deposits facing as many equal groups of receipts: each has one, in the order of their dates."""
        alike: dict[tuple[str, Decimal], list[BankDeposit]] = {}
        for deposit in self.deposits:
            alike.setdefault((deposit.account, deposit.gross), []).append(deposit)
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
                for kind in self.candidates.kinds_waiting(lines[0].account)
                if (way := in_order(lines, kind, WINDOWS, self._fits, usual)) is not None
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
        days: dict[tuple[str, datetime.date], list[BankDeposit]] = {}
        for deposit in self.deposits:
            if deposit.amount > 0 and (self.candidates.processor_of(deposit) is not None) == of_processors:
                days.setdefault((deposit.account, deposit.date), []).append(deposit)
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
        processor = self.candidates.processor_of(line)
        net, gross = int(line.amount * 100), int(line.gross * 100)

        def fits(cents: int, sales: int) -> bool:
            if line.fee or processor is None or cents == gross:
                return cents == gross
            return processor.explains(Batch(cents, cents - net, sales, 0))

        return fits

    def _by_combination(self, deposit: BankDeposit) -> Match | None:
        if self.candidates.fitting(deposit) or self.candidates.with_fee(deposit):
            return None
        found = self.candidates.combinations(deposit)
        return Match(deposit, found[0], BY_COMBINATION, deposit.fee) if len(found) == 1 else None

    def _look_elsewhere(self) -> None:
        """Find the receipts of deposits that were booked to another clearing account: named, and left to a person."""
        candidates = self.candidates
        found = [(d, self._elsewhere(d)) for d in self.deposits if not candidates.explained(d)]
        found = [(deposit, groups) for deposit, groups in found if groups]
        claimed = Counter(receipt for _, groups in found for receipt in {one for group in groups for one in group})
        for deposit, groups in found:
            possible = (*groups, *candidates.combinations(deposit))
            sure = len(possible) == 1 and all(claimed[receipt] == 1 for receipt in groups[0])
            if sure:
                candidates.take(groups[0])
            account = groups[0][0].account if sure else ""
            self.open_deposits.append(OpenDeposit(deposit, possible, elsewhere=account))
        known = {id(deposit) for deposit, _ in found}
        self.deposits = [deposit for deposit in self.deposits if id(deposit) not in known]

    def _elsewhere(self, deposit: BankDeposit) -> list[Group]:
        names = sorted(self.candidates.by_account)
        moved = [deposit._replace(account=name) for name in names if name != deposit.account]
        for find in (self._by_number, self._by_payer):
            matches = [match.receipts for other in moved if (match := find(other)) is not None]
            if matches:
                return matches
        return [g for other in moved for g in self.candidates.fitting(other) or self.candidates.with_fee(other)]

    def _explain(self, deposit: BankDeposit) -> None:
        """Say of a deposit that is left what it could be."""
        possible = self.candidates.fitting(deposit) or self.candidates.with_fee(deposit)
        nearest = self.candidates.named(deposit) or (() if possible else self.candidates.nearest(deposit))
        if nearest:
            difference = total(nearest) - deposit.gross
            self.candidates.take(nearest)
            self.open_deposits.append(OpenDeposit(deposit, (), nearest, difference, suspects_of(nearest, difference)))
        else:
            self.open_deposits.append(OpenDeposit(deposit, tuple(possible or self.candidates.combinations(deposit))))
