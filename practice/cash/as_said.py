"""Bank lines of which a person has said what they brought: taken at their word, as long as the sums agree."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from daysheet.books.deposited import Deposited, Named
from daysheet.cash.deposit_groups import Group, total
from daysheet.cash.receipts import BankDeposit, Receipt
from daysheet.wording import figure


class Settled(NamedTuple):
    """A bank line, what it brought, and the fact that says so."""

    deposit: BankDeposit
    receipts: Group
    fact: Deposited


class Contradicted(NamedTuple):
    """A fact that the books do not bear out any more, and why."""

    fact: Deposited
    why: str


class AsSaid(NamedTuple):
    """What a person has settled.

    Attributes:
        settled: the bank lines, in the order of the facts.
        left: the receipts that are left, by date; of one that came in part the rest.
        contradicted: facts that do not hold.
    """

    settled: tuple[Settled, ...]
    left: list[Receipt]
    contradicted: tuple[Contradicted, ...]


def as_said(
    facts: Iterable[Deposited], found: Sequence[BankDeposit], received: Sequence[Receipt], currency: str
) -> AsSaid:
    """Give each bank line the receipts that a person has named for it.

    A fact holds only where its line and its receipts are there, on one account, and their sums differ by what it says;
    of lines alike in everything, which have one id, each fact takes the next.

    Args:
        facts: what was said up to the day.
        found: the bank lines up to the day.
        received: the receipts up to the day, by date.
        currency: of their amounts.
    """
    left = list(received)
    free: dict[str, list[BankDeposit]] = {}
    for deposit in found:
        free.setdefault(deposit.id, []).append(deposit)
    settled: list[Settled] = []
    contradicted: list[Contradicted] = []
    for fact in facts:
        lines = free.get(fact.line, [])
        why = "there is no such bank line, or it was said before what it brought"
        for deposit in lines:
            try:
                taken, rest = _taken(fact.receipts, deposit, left)
            except LookupError as problem:
                why = str(problem.args[0])
                continue
            off = total(taken) - deposit.gross
            if off != fact.short:
                amounts = f"{figure(off, currency)}, not {figure(fact.short, currency)}"
                why = f"its receipts and the bank line differ by {amounts}"
                continue
            left = rest
            lines.remove(deposit)
            settled.append(Settled(deposit, taken, fact))
            break
        else:
            contradicted.append(Contradicted(fact, why))
    return AsSaid(tuple(settled), left, tuple(contradicted))


def _taken(named: Iterable[Named], deposit: BankDeposit, received: Sequence[Receipt]) -> tuple[Group, list[Receipt]]:
    """The receipts that are named for a bank line, and those that are left.

    Raises:
        LookupError: one is not there.
    """
    left = list(received)
    taken: list[Receipt] = []
    for name in named:
        same = [receipt for receipt in left if receipt.id == name.receipt]
        here = [receipt for receipt in same if receipt.account == deposit.account]
        if not same:
            raise LookupError(f"no receipt {name.receipt} waits for the bank")
        if not here:
            raise LookupError(f"{name.receipt} is in {same[0].account}, the bank line in {deposit.account}")
        receipt = here[0]
        place = left.index(receipt)
        if name.part is None or name.part == receipt.amount:
            taken.append(left.pop(place))
            continue
        rest = receipt.amount - name.part
        if rest * receipt.amount <= 0 or abs(rest) >= abs(receipt.amount):
            raise LookupError(f"{name.receipt} is less than the part of it that is named")
        taken.append(receipt._replace(amount=name.part))
        left[place] = receipt._replace(amount=rest)
    return tuple(taken), left
