"""Receipts that may go to the bank together: which groups there are, their sums, what could be wrong in one."""

from __future__ import annotations

import datetime
from collections.abc import Iterator, Sequence
from decimal import Decimal
from itertools import accumulate, combinations, pairwise
from typing import Final, NamedTuple

from daysheet.billing.open_bills import natural
from daysheet.cash.receipts import BankDeposit, Receipt

_FEE_SHARE: Final = Decimal("0.04")
_FEE_EACH: Final = Decimal("0.50")
_BANK_DAYS: Final = 5
"""Between the practice's row of what was taken back and the bank's line of it."""
_ZERO: Final = Decimal()

Group = tuple[Receipt, ...]


class Days(NamedTuple):
    """Receipts by date, where each of their days begins, and what they add up to before each of these places.

    Attributes:
        received: the receipts.
        starts: the place of each day's first.
        sums: what all before each day add up to, and at the end all.
        growing: no refund is among them: what is too much stays too much.
    """

    received: Group
    starts: tuple[int, ...]
    sums: tuple[Decimal, ...]
    growing: bool


def days_of(received: Group) -> Days:
    """Receipts by date, of which there must be one, as `runs` looks at them."""
    dates = [receipt.date for receipt in received]
    amounts = [receipt.amount for receipt in received]
    starts = [0, *(at for at, (before, day) in enumerate(pairwise(dates), 1) if day != before)]
    so_far = list(accumulate(amounts, initial=_ZERO))
    return Days(received, tuple(starts), (*[so_far[start] for start in starts], so_far[-1]), min(amounts) >= 0)


def runs(days: Days, least: Decimal, most: Decimal) -> Iterator[Group]:
    """All receipts of each run of days that add up to an amount between the two."""
    received, starts, sums, growing = days
    for place, start in enumerate(starts):
        from_, to = sums[place] + least, sums[place] + most
        for after in range(place + 1, len(sums)):
            if from_ <= sums[after] <= to:
                yield received[start : starts[after] if after < len(starts) else None]
            elif growing and sums[after] > to:
                break


def without_some(group: Group, surplus: Decimal) -> Iterator[Group]:
    """The group less one receipt, or two, of this amount."""
    for size in (1, 2):
        for out in combinations(group, size):
            if total(out) == surplus:
                yield tuple(receipt for receipt in group if receipt not in out)


def total(group: Sequence[Receipt]) -> Decimal:
    """What some receipts add up to."""
    return sum([receipt.amount for receipt in group], _ZERO)


def order(group: Group) -> tuple[tuple[datetime.date, str], ...]:
    """By date and id, so that the same books always give the same order."""
    return tuple((receipt.date, receipt.id) for receipt in group)


def is_fee(group: Sequence[Receipt], kept: Decimal) -> bool:
    """Whether a processor may have kept this much: up to 4 % and 50 cents a sale, and not just one of the sales."""
    if kept <= 0 or any(receipt.method != "card" for receipt in group):
        return False
    sales = [receipt.amount for receipt in group if receipt.amount > 0]
    return kept <= sum(sales, _ZERO) * _FEE_SHARE + len(sales) * _FEE_EACH and kept not in sales


def voided(received: Sequence[Receipt]) -> set[Receipt]:
    """Receipts that were taken back as a whole before the bank saw them, and what took them back.

    The two are of one kind and amount, and name each other, or the same patient or number. `received` is by date.
    """
    return {receipt for pair in _taken_back(received, same_day=False) for receipt in pair}


def voided_same_day(received: Sequence[Receipt], lines: Sequence[BankDeposit]) -> set[Receipt]:
    """Those taken back on the day they were entered, which no bank ever sees.

    What a bank does take back undoes an earlier payment, though the patient pays as much again on that day. Each of its
    `lines` is of one row: of those that are in no such pair first, then of those entered before their payment.
    """
    pairs = _taken_back(received, same_day=True)
    if not pairs:
        return set()
    alone = set(received) - {receipt for pair in pairs for receipt in pair}
    free = [line for line in lines if line.amount < 0]
    for receipt in (one for one in received if one in alone and one.amount < 0):
        _use(free, receipt)
    out: set[Receipt] = set()
    for payment, reversal in sorted(pairs, key=lambda pair: natural(pair[0].id) < natural(pair[1].id)):
        undone = (one for one in alone if one.amount == payment.amount and one.date < payment.date)
        if not (any(_of_one(one, reversal) for one in undone) and _use(free, reversal)):
            out |= {payment, reversal}
    return out


def _use(free: list[BankDeposit], receipt: Receipt) -> bool:
    """Take the bank's line that takes back what a row does out of those that are free; whether there is one."""
    for line in free:
        near = abs((line.date - receipt.date).days) <= _BANK_DAYS
        if near and line.account == receipt.account and line.amount == receipt.amount:
            free.remove(line)
            return True
    return False


def _taken_back(received: Sequence[Receipt], *, same_day: bool) -> list[tuple[Receipt, Receipt]]:
    """Receipts and what takes each back; only of one day, where that is asked for."""
    standing: dict[tuple[str, str, Decimal], list[Receipt]] = {}
    out: list[tuple[Receipt, Receipt]] = []
    undone = {(receipt.account, receipt.method, -receipt.amount) for receipt in received if receipt.amount <= 0}
    if not undone:
        return []
    alike = [one for one in received if one.amount <= 0 or (one.account, one.method, one.amount) in undone]
    for receipt in sorted(alike, key=lambda receipt: (receipt.date, -receipt.amount, receipt.id)):
        if receipt.amount > 0:
            standing.setdefault((receipt.account, receipt.method, receipt.amount), []).append(receipt)
            continue
        same = standing.get((receipt.account, receipt.method, -receipt.amount), [])
        for other in reversed(same):
            if (other.date == receipt.date or not same_day) and _of_one(other, receipt):
                same.remove(other)
                out.append((other, receipt))
                break
    return out


def _of_one(payment: Receipt, reversal: Receipt) -> bool:
    """Whether one took back the other."""
    names = [{key: str(meta[key]) for key in ("patient", "reverses") if meta.get(key)} for meta in reversal.where]
    if any(name.get("reverses") == payment.id for name in names):
        return True
    if payment.reference and reversal.reference:  # two numbers are two checks
        return payment.reference == reversal.reference
    known = {str(meta["patient"]) for meta in payment.where if meta.get("patient")}
    return any(name.get("patient") in known for name in names)


def suspects_of(group: Group, difference: Decimal) -> Group:
    """The receipts that could explain a shortage: first one left out, then one misread by a digit, then any larger."""
    if difference <= 0:
        return ()
    ranked = sorted(
        (receipt for receipt in group if receipt.amount >= difference),
        key=lambda receipt: (_likeness(receipt.amount, difference), receipt.date, receipt.id),
    )
    return tuple(ranked)


def _likeness(amount: Decimal, difference: Decimal) -> int:
    """0: left out whole; 1: one digit misread, or two swapped, explain it; 2: neither."""
    if amount == difference:
        return 0
    written = f"{amount:.2f}"
    read = f"{amount - difference:.2f}".rjust(len(written), "0")
    wrong = [at for at in range(len(written)) if written[at] != read[at]]
    swapped = len(wrong) == 2 and written[wrong[0]] == read[wrong[1]] and written[wrong[1]] == read[wrong[0]]
    return 1 if swapped or len(wrong) == 1 else 2
