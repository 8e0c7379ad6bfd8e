"""Patients' money: copays, statements, families, what is given back, what was entered by mistake."""

from __future__ import annotations

import datetime
import heapq
import random
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from decimal import Decimal
from itertools import count

from tests.simulator.receivables.book import Book
from tests.simulator.receivables.facts import (
    CENT,
    DAY,
    ZERO,
    Adjustment,
    History,
    Line,
    Payment,
    Share,
    Visit,
)
from tests.simulator.receivables.shape import Shape

_KINDS = ("Check", "Visa", "Visa", "Cash")


@dataclass
class Planted:
    """What is wrong, by what finds it."""

    unbilled: dict[int, Decimal] = field(default_factory=dict)  # visits, and the fee
    uncharged: dict[int, tuple[str, Decimal]] = field(default_factory=dict)  # visits of a bill that lacks a procedure
    doubled: dict[int, Decimal] = field(default_factory=dict)  # bills that have a line twice
    no_shows: dict[int, Decimal] = field(default_factory=dict)  # visits that did not take place and are billed
    lost: list[tuple[datetime.date, str, Decimal]] = field(default_factory=list)  # takings that never reach the bank


class PatientsMoney:
    """What patients pay, and when; `book` keeps the truth of it."""

    def __init__(self, shape: Shape) -> None:
        self.shape = shape
        self.chance = random.Random(f"life {shape.seed}")
        self.book = Book(shape)
        self.facts = History()
        self.planted = Planted()
        self._due: list[tuple[datetime.date, int, int, Callable[[datetime.date], None]]] = []
        self._order = count()
        self._apts = count(5001)
        self._procs = count(20001)
        self._pays = count(701)
        self._numbers = count(301)
        self._checks = count(4001)
        self._met_deductible: set[int] = set()
        self._second: Counter[int] = Counter()  # answers of second insurers that patients wait for before they pay
        self._seen: dict[int, datetime.date] = {}
        self._waits_for = {
            "unbilled": 2, "uncharged": 2, "doubled": 2, "no-show": 1,
        } if shape.planted else {}  # fmt: skip

    def later(self, day: datetime.date, what: Callable[[datetime.date], None], order: int = 5) -> None:
        """Do something on a day, business days only; `order` says when on that day."""
        while day.weekday() > 4:
            day += DAY
        heapq.heappush(self._due, (day, order, next(self._order), what))

    def _copay(self, visit: Visit, lines: list[Line], shares: tuple[Share, ...], left: Decimal) -> None:
        amount = left if self.chance.random() < 0.6 else left // 2 // 5 * 5
        if not amount:
            return
        splits, rest = [], amount
        for line, share in zip(lines, shares, strict=True):
            part = min(share.left, rest)
            rest -= part
            if part:
                splits.append((line.proc, line.provider, part))
        self._pay(visit.day, visit.patient, amount, apt=visit.apt, splits=tuple(splits))

    def _self_pay(self, visit: Visit, lines: list[Line], total: Decimal) -> None:
        chance = self.chance
        if chance.random() < 0.08 and total > 150:
            self._adjust(visit.day, lines[0], "Courtesy Discount", (lines[0].fee / 10).quantize(CENT))
        bill = self.book.bills[visit.apt]
        self.book.apply_credit(bill, visit.day)  # a discount of the day is of the bill before money on account is
        luck = chance.random()
        if bill.owed > 0 and luck < 0.75:
            amount = bill.owed if luck < 0.55 else bill.owed // 2
            self._pay(visit.day, visit.patient, amount, apt=visit.apt)
        elif luck > 0.85 and self._alone(visit.patient):
            self._overpay(visit.patient, visit.day)
        if bill.owed > 0 and chance.random() < 0.7:
            self._statement(visit.patient, visit.day + chance.randrange(5, 40) * DAY)
        elif ZERO < bill.owed < 60:
            self.later(visit.day + 30 * DAY, lambda day: self._write_off(bill.apt, day))
        if luck < 0.12 and self._alone(visit.patient):
            self.later(visit.day + chance.randrange(2, 9) * DAY, lambda day: self._prepay(visit.patient, day))

    def _alone(self, patient: int) -> bool:
        return len(self.shape.family(patient)) == 1 or not self.shape.families

    def _statement(self, patient: int, day: datetime.date) -> None:
        self.later(day, lambda on: self._pay_statement(patient, on))

    def _pay_statement(self, patient: int, day: datetime.date) -> None:
        """Pay what is open: for the whole family where one answers for it and no insurer has still to."""
        book, shape = self.book, self.shape
        if book.pending(patient) or self._second[patient]:
            return
        family = shape.family(patient) if shape.families else [patient]
        whole = (
            len(family) > 1
            and not any(book.pending(n) or self._second[n] for n in family)
            and self.chance.random() < 0.7
        )
        payer, members = (family[0], family) if whole else (patient, [patient])
        bills = sorted(
            (bill for n in members for bill in book.by_patient[n] if bill.owed > 0 and bill.day != day),
            key=lambda bill: (bill.patient != payer, bill.day, bill.apt),
        )
        if not bills or any(bill.day == day for n in members for bill in book.by_patient[n]):
            return
        if shape.names == "bill":
            check = str(next(self._checks))
            kind = self.chance.choice(_KINDS)
            for bill in bills:
                self._pay(day, payer, bill.owed, apt=bill.apt, kind=kind, check=check)
            return
        total = sum((bill.owed for bill in bills), ZERO)
        amount = total if self.chance.random() < 0.7 else (total * 6 / 10).quantize(CENT)
        splits, rest = [], amount
        for bill in bills:
            part = min(bill.owed, rest)
            rest -= part
            splits += self._split(bill, part)
        self._pay(day, payer, amount, splits=tuple(splits))

    def _split(self, bill: object, amount: Decimal) -> list[tuple[int, str, Decimal]]:
        """Staff put a bill's money on its first procedure that can take it, whatever is left of each."""
        lines = getattr(bill, "lines", [])
        return [(lines[0].proc, lines[0].provider, amount)] if lines and amount else []

    def _pay(
        self,
        day: datetime.date,
        patient: int,
        amount: Decimal,
        *,
        apt: int | None = None,
        splits: tuple[tuple[int, str, Decimal], ...] = (),
        kind: str = "",
        check: str = "",
    ) -> Payment:
        kind = kind or self.chance.choice(_KINDS)
        named = apt if self.shape.names == "bill" else None
        if self.shape.names != "splits" or sum((part for _, _, part in splits), ZERO) != amount:
            splits = ()
        if self.shape.names == "splits" and not splits and apt is not None:
            splits = tuple(self._split(self.book.bills[apt], amount))
        number = (check or str(next(self._checks))) if kind == "Check" else ""
        payment = Payment(next(self._pays), day, patient, kind, amount, number, named, None, splits)
        if self.chance.random() < 0.04 and kind != "Cash":
            payment = self._mistake(payment)
        self.facts.payments.append(payment)
        self.book.pay(payment)
        luck = self.chance.random()
        if kind == "Check" and not check and luck < 0.08:
            self.later(day + self.chance.randrange(4, 8) * DAY, lambda on: self._returned(payment, on, "returned"), 1)
        elif kind == "Visa" and not check and luck < 0.04:
            self.later(day + self.chance.randrange(9, 20) * DAY, lambda on: self._returned(payment, on, "charged"), 1)
        return payment

    def _mistake(self, payment: Payment) -> Payment:
        """Enter it for the wrong amount, take that back the same day, and enter it again."""
        wrong = replace(payment, amount=payment.amount + 9, at_bank="nothing", splits=())
        back = replace(wrong, pay=next(self._pays), amount=-wrong.amount)
        self.facts.payments += [wrong, back]
        return replace(payment, pay=next(self._pays))

    def _returned(self, payment: Payment, day: datetime.date, how: str) -> None:
        if how == "charged" and self.book.on_account(payment.patient):
            return  # nothing would tell it from a refund of that
        back = replace(
            payment,
            pay=next(self._pays),
            day=day,
            amount=-payment.amount,
            splits=tuple((proc, provider, -amount) for proc, provider, amount in payment.splits),
            at_bank=how,
        )
        self.facts.payments.append(back)
        self.book.take_back(payment, day)
        if self.chance.random() < 0.5:
            self._statement(payment.patient, day + self.chance.randrange(5, 20) * DAY)

    def _prepay(self, patient: int, day: datetime.date) -> None:
        if not self.book.owed(patient) and not self.book.on_account(patient):
            self._pay(day, patient, Decimal(self.chance.randrange(40, 200)))

    def _overpay(self, patient: int, day: datetime.date) -> None:
        """Leave money on account, and have it back later on the card."""
        if self.book.owed(patient) or self.book.on_account(patient):
            return
        amount = Decimal(self.chance.randrange(1000, 9000)) / 100
        payment = self._pay(day, patient, amount, kind="Visa")
        self.later(day + self.chance.randrange(9, 16) * DAY, lambda on: self._refund(payment, on, 6), 9)

    def _refund(self, payment: Payment, day: datetime.date, tries: int) -> None:
        """Give back less than was paid, on a day whose card sales are more, so that the batch stays one."""
        amount = payment.amount - 1
        sales = sum((one.amount for one in self.facts.payments if one.day == day and one.kind == "Visa"), ZERO)
        if self.book.on_account(payment.patient) < payment.amount:
            return
        if sales <= amount * 2:
            if tries:
                self.later(day + DAY, lambda on: self._refund(payment, on, tries - 1), 9)
            return
        self.facts.payments.append(Payment(next(self._pays), day, payment.patient, "Visa", -amount))
        self.book.refund(payment.patient, amount, day)

    def _write_off(self, apt: int, day: datetime.date) -> None:
        bill = self.book.bills[apt]
        if ZERO < bill.owed < 60:
            self._adjust(day, bill.lines[0], "Bad Debt", bill.owed)

    def _adjust(self, day: datetime.date, line: Line, kind: str, amount: Decimal) -> None:
        one = Adjustment(next(self._numbers), day, line.patient, line.proc, line.apt, kind, amount)
        self.facts.adjustments.append(one)
        self.book.adjust(line.apt, amount)
