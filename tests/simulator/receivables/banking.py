"""What the bank shows of a practice's takings: batches less fees, deposits by kind, insurers' transfers."""

from __future__ import annotations

import datetime
import random
from collections import defaultdict
from collections.abc import Iterable
from decimal import ROUND_HALF_UP, Decimal

from tests.simulator.receivables.facts import CENT, DAY, ZERO, Answer, BankLine, Payment
from tests.simulator.receivables.life import Life
from tests.simulator.receivables.shape import PAYERS

Taking = tuple[datetime.date, str, Decimal]
FEE_TEXT = "MERCHANT SERVICES FEE"


class Bank:
    """The bank's lines of a life, and what is true of them.

    Attributes:
        lines: by day.
        fees: what the card processor kept, by month.
        brought: the money that patients and insurers sent, all that deposits are to explain.
    """

    def __init__(self, life: Life) -> None:
        self.shape = life.shape
        self.lines: list[BankLine] = []
        self.fees: dict[str, Decimal] = defaultdict(Decimal)
        self.brought = ZERO
        self._chance = random.Random(f"bank {self.shape.seed}")
        self._life = life
        self._cards([one for one in life.facts.payments if one.kind == "Visa" and one.at_bank == "with its kind"])
        self._desk([one for one in life.facts.payments if one.kind in ("Cash", "Check")])
        self._insurers([one for one in life.facts.answers if one.paid])
        self._taken_back(life.facts.payments)
        self._others()
        self.lines = sorted((line for line in self.lines if line.day <= self.shape.last), key=lambda line: line.day)
        receipts = [line for line in self.lines if _is_receipt(line)]
        self.brought = sum((line.amount for line in receipts), ZERO)

    def _add(self, day: datetime.date, text: str, amount: Decimal) -> None:
        self.lines.append(BankLine(day, text, amount))

    def _cards(self, payments: Iterable[Payment]) -> None:
        shape = self.shape
        batches: dict[datetime.date, list[Decimal]] = defaultdict(list)
        for payment in payments:
            batches[payment.day].append(payment.amount)
        for day, amounts in sorted(batches.items()):
            on = day
            for _ in range(shape.lag):
                on = _business(on + DAY)
            sales = [amount for amount in amounts if amount > 0]
            fee = (sum(sales, ZERO) * shape.rate).quantize(CENT, ROUND_HALF_UP) + shape.each * len(sales)
            if shape.monthly:
                month_end = (day.replace(day=1) + 32 * DAY).replace(day=1)
                self._fee(_business(month_end + DAY), fee)
                fee = ZERO
            elif on <= shape.last:
                self.fees[f"{on:%Y-%m}"] += fee
            self._add(on, "MERCHANT BANKCARD DEP 44310", sum(amounts, ZERO) - fee)

    def _fee(self, day: datetime.date, fee: Decimal) -> None:
        """A month's fees, taken in one line."""
        if day > self.shape.last:
            return
        self.fees[f"{day:%Y-%m}"] += fee
        before = next((line for line in self.lines if line.day == day and line.text == FEE_TEXT), None)
        if before:
            self.lines.remove(before)
        self._add(day, FEE_TEXT, (before.amount if before else ZERO) - fee)

    def _desk(self, payments: Iterable[Payment]) -> None:
        """Cash and patients' checks, together or apart; one deposit may be lost."""
        groups: dict[tuple[datetime.date, str], list[Payment]] = defaultdict(list)
        payments = list(payments)
        returned = {one.check for one in payments if one.check and one.at_bank == "returned"}
        for payment in payments:
            if payment.at_bank == "with its kind":
                kind = payment.kind if self.shape.deposits == "by kind" else "both"
                groups[self._next_banking_day(payment.day), kind].append(payment)
        sums = {key: sum((one.amount for one in group), ZERO) for key, group in groups.items()}
        can_be_lost = [
            key
            for key, group in groups.items()
            if not returned & {one.check for one in group}
            and not any(
                one.amount == sums[other] for one in group for other in sums if other != key
            )  # nobody could tell
        ]
        lose = sorted(can_be_lost)[len(can_be_lost) // 2] if self.shape.planted else None
        for (day, kind), group in sorted(groups.items()):
            if (day, kind) == lose:
                self._lose(group)
            else:
                text = "MOBILE CHECK DEPOSIT" if kind == "Check" else "BRANCH DEPOSIT"
                self._add(day, text, sum((one.amount for one in group), ZERO))

    def _lose(self, group: Iterable[Payment]) -> None:
        sums: dict[tuple[datetime.date, str], Decimal] = defaultdict(Decimal)
        for payment in group:
            sums[payment.day, payment.kind] += payment.amount
        self._life.planted.lost = [(day, kind, amount.quantize(CENT)) for (day, kind), amount in sorted(sums.items())]

    def _insurers(self, answers: Iterable[Answer]) -> None:
        transfers: dict[tuple[datetime.date, str, str], Decimal] = defaultdict(Decimal)
        checks: dict[tuple[datetime.date, str], Decimal] = defaultdict(Decimal)
        for answer in answers:
            if answer.method == "EFT":
                transfers[answer.day, answer.payer, answer.trace] += answer.paid
            else:
                payer = answer.payer if self.shape.checks == "by insurer" else ""
                checks[self._next_banking_day(answer.day), payer] += answer.paid
        for (day, payer, trace), amount in transfers.items():
            on = _business(day + 2 * DAY) if self.shape.insurers == "835" else day
            self._add(on, f"{PAYERS[payer]} HCCLAIMPMT TRN*1*{trace}*1411223344", amount)
        for (day, _), amount in checks.items():
            self._add(day, "MOBILE CHECK DEPOSIT", amount)

    def _taken_back(self, payments: Iterable[Payment]) -> None:
        for payment in payments:
            if payment.at_bank == "returned":
                self._add(payment.day, "DEPOSITED ITEM RETURNED", payment.amount)
                self._add(payment.day, "RETURNED ITEM FEE", Decimal("-12.00"))
            elif payment.at_bank == "charged":
                self._add(payment.day, "BANKCARD CHARGEBACK", payment.amount)

    def _others(self) -> None:
        day = self.shape.first
        while day <= self.shape.last:
            if day.day in (3, 17):
                cost = Decimal(self._chance.randrange(20000, 90000)) / 100
                self._add(_business(day), "HENRY SCHEIN DENTAL", -cost)
            if day.day == 1:
                self._add(_business(day), "LAKELAND PROPERTIES RENT", Decimal("-2800.00"))
            day += DAY

    def _next_banking_day(self, day: datetime.date) -> datetime.date:
        day += DAY
        while day.weekday() not in self.shape.banking_days:
            day += DAY
        return day


def _business(day: datetime.date) -> datetime.date:
    while day.weekday() > 4:
        day += DAY
    return day


def _is_receipt(line: BankLine) -> bool:
    words = ("BANKCARD", "DEPOSIT", "HCCLAIMPMT")
    return any(word in line.text for word in words)
