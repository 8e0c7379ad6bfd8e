"""Receipts that may go to the bank together: which groups there are, their sums, what could be wrong in one."""

from __future__ import annotations

import datetime
from collections.abc import Iterator, Sequence
from decimal import Decimal
from itertools import accumulate, combinations
from typing import Final

from daysheet.cash.receipts import Receipt

_FEE_SHARE: Final = Decimal("0.04")
_FEE_EACH: Final = Decimal("0.50")
_ZERO: Final = Decimal()

Group = tuple[Receipt, ...]


def runs(received: Sequence[Receipt], least: Decimal, most: Decimal) -> Iterator[Group]:
    """All receipts of each run of days that add up to an amount between the two."""
    starts = [at for at, receipt in enumerate(received) if at == 0 or receipt.date != received[at - 1].date]
    sums = list(accumulate([receipt.amount for receipt in received], initial=_ZERO))
    ends = [*starts[1:], len(received)]
    growing = all(receipt.amount >= 0 for receipt in received)  # no refund: what is too much stays too much
    for place, start in enumerate(starts):
        from_, to = sums[start] + least, sums[start] + most
        for end in ends[place:]:
            if from_ <= sums[end] <= to:
                yield tuple(received[start:end])
            elif growing and sums[end] > to:
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
    sales = [receipt.amount for receipt in group if receipt.amount > 0]
    cards = all(receipt.method == "card" for receipt in group)
    return cards and kept not in sales and _ZERO < kept <= sum(sales, _ZERO) * _FEE_SHARE + len(sales) * _FEE_EACH


def voided(received: Sequence[Receipt], *, same_day: bool) -> set[Receipt]:
    """Receipts that were taken back as a whole before the bank saw them, and what took them back.

    The two are of one kind and amount, and name each other, or the same patient or number.

    Args:
        received: receipts by date.
        same_day: only those taken back on the day they were entered, which a bank never sees.
    """
    standing: dict[tuple[str, str, Decimal], list[Receipt]] = {}
    out: set[Receipt] = set()
    for receipt in sorted(received, key=lambda receipt: (receipt.date, -receipt.amount, receipt.id)):
        if receipt.amount > 0:
            standing.setdefault((receipt.account, receipt.method, receipt.amount), []).append(receipt)
            continue
        for other in reversed(standing.get((receipt.account, receipt.method, -receipt.amount), [])):
            if other not in out and (other.date == receipt.date or not same_day) and _of_one(other, receipt):
                out |= {other, receipt}
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
