"""Receipts and deposits that were matched before are not matched again.

Nothing that is edited in books changes the matching unless it changes a receipt, a bank line on a clearing account or
a day up to which they count. So what the matching said is kept by all of these that it looks at, and by the programs.
"""

from __future__ import annotations

import hashlib
import marshal
import os
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from decimal import Decimal
from pathlib import Path
from typing import Any, Final, NamedTuple

from daysheet.books import Books
from daysheet.books.deposited import Deposited
from daysheet.cash.deposit_groups import Group
from daysheet.cash.receipts import BankDeposit, Receipt
from daysheet.ledger import private

_MANY: Final = 400
"""Receipts: fewer are matched as quickly as they are looked up."""
_NAMES: Final = ("patient", "reverses")
"""What the matching reads of a receipt's entries."""


class Match(NamedTuple):
    """A deposit, what is in it, how that is known, what the processor kept, and the fact where a person has said it."""

    deposit: BankDeposit
    receipts: Group
    basis: str
    fee: Decimal
    said: Deposited | None = None


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
    difference: Decimal = Decimal()
    suspects: Group = ()
    elsewhere: str = ""


class Matched(NamedTuple):
    """What the matching says: deposits with their receipts, deposits that are left, and receipts that are left."""

    matches: tuple[Match, ...]
    open_deposits: tuple[OpenDeposit, ...]
    left: Group


def kept_at(place: Path | None, found: Sequence[BankDeposit], received: Sequence[Receipt]) -> Matched | None:
    """What was said before of these deposits and receipts; None where nothing is kept.

    Args:
        place: as `place_of` says of them.
        found: the deposits.
        received: the receipts.
    """
    kept = place and private.kept_at(place)
    return _read(marshal.loads(kept), found, received) if kept else None  # noqa: S302 - its digest is right: we wrote it


def keep(place: Path | None, matched: Matched, found: Sequence[BankDeposit], received: Sequence[Receipt]) -> None:
    """Keep what the matching said, looking at nothing but these; the arguments are those of `kept_at`."""
    # a cache that cannot be written is no reason to fail, nor are receipts that the matching made itself
    with suppress(OSError, KeyError):
        if place is not None:
            private.keep(place, marshal.dumps(_written(matched, found, received)))


def place_of(books: Books, found: Sequence[BankDeposit], received: Sequence[Receipt]) -> Path | None:
    """Where it is kept; None where that is not worth it, or has no place."""
    main = str(books.options.get("filename", ""))
    if len(received) < _MANY or not os.path.isabs(main):  # noqa: PTH117 - a name, which need not be of a file
        return None
    folder = private.folder_of(main, "deposits")
    if folder is None:
        return None
    told = hashlib.sha256(private.programs().encode())
    for piece in (*map(_told_of_deposit, found), "", *map(_told_of_receipt, received)):
        told.update(piece.encode(errors="surrogateescape"))
    return folder / told.hexdigest()


def _told_of_deposit(deposit: BankDeposit) -> str:
    words = sorted(deposit.words)
    return repr((deposit.id, deposit.date.toordinal(), deposit.account, deposit.amount, deposit.fee, words))


def _told_of_receipt(receipt: Receipt) -> str:
    return repr(
        (
            receipt.id, receipt.date.toordinal(), receipt.account, receipt.method, receipt.amount, receipt.reference,
            receipt.payer, sorted(receipt.names), receipt.remittance, receipt.posted,
            [[str(meta[name]) if meta.get(name) else None for name in _NAMES] for meta in receipt.where],
        )
    )  # fmt: skip


def _written(matched: Matched, found: Sequence[BankDeposit], received: Sequence[Receipt]) -> Any:  # noqa: ANN401 - plain values
    """The same with places in these lists for deposits and receipts.

    Raises:
        KeyError: one is in neither.
    """
    lines = {id(deposit): place for place, deposit in enumerate(found)}
    places = {id(receipt): place for place, receipt in enumerate(received)}

    def of(group: Iterable[Receipt]) -> list[int]:
        return [places[id(receipt)] for receipt in group]

    return (
        [(lines[id(one.deposit)], of(one.receipts), one.basis, str(one.fee)) for one in matched.matches],
        [
            (lines[id(one.deposit)], [of(group) for group in one.candidates], of(one.nearest), str(one.difference),
             of(one.suspects), one.elsewhere)
            for one in matched.open_deposits
        ],
        of(matched.left),
    )  # fmt: skip


def _read(written: Any, found: Sequence[BankDeposit], received: Sequence[Receipt]) -> Matched:  # noqa: ANN401 - as above
    def of(group: Iterable[int]) -> Group:
        return tuple(received[place] for place in group)

    def open_ones() -> Iterator[OpenDeposit]:
        for line, groups, nearest, difference, suspects, elsewhere in left_open:
            yield OpenDeposit(
                found[line], tuple(map(of, groups)), of(nearest), Decimal(difference), of(suspects), elsewhere
            )

    matches, left_open, left = written
    return Matched(
        tuple(Match(found[line], of(group), basis, Decimal(fee)) for line, group, basis, fee in matches),
        tuple(open_ones()),
        of(left),
    )
