"""What a person knows of a bank line: which receipts it brought, and where what is short or over of them went."""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from decimal import Decimal
from typing import Any, Final, NamedTuple

from beancount.core.account import is_valid
from beancount.core.amount import Amount
from beancount.core.data import Custom
from beancount.parser.grammar import ValueType
from daysheet.books import Books, loading
from daysheet.books.deposited import TYPE, Named, takes_difference
from daysheet.cash.deposit_groups import total
from daysheet.cash.receipts import BankDeposit, Receipt, deposits, receipts
from daysheet.cash.reconciliation import reconcile
from daysheet.errors import DaysheetError
from daysheet.importers.amending import follow_up
from daysheet.importers.writing.blocks import take_out
from daysheet.importers.writing.dry_run import Copy
from daysheet.ledger import printer
from daysheet.settings import Settings
from daysheet.wording import many, money

FILE: Final = "deposited.beancount"
LONGEST_REASON: Final = 200
"""Characters of why a deposit is short or over."""
MOST: Final = 400
"""Receipts in one bank line."""


class Difference(NamedTuple):
    """Where what the receipts have more or less than the bank line is booked, and why there is a difference."""

    account: str = ""
    reason: str = ""


class Said(NamedTuple):
    """What was written: the line, how many receipts, and what they have more than it; below zero for less."""

    deposit: BankDeposit
    receipts: int
    short: Decimal

    def words(self, currency: str) -> str:
        """It in one sentence."""
        deposit = self.deposit
        off = f", {'short' if self.short > 0 else 'over'} by {money(abs(self.short), currency)}" if self.short else ""
        return f"Bank line of {deposit.date}, {money(deposit.amount, currency)}: {many(self.receipts, 'receipt')}{off}"


def say(copy: Copy, books: Books, line: str, named: Sequence[Named], difference: Difference) -> Said:
    """Write what a bank line brought, and book the difference.

    Args:
        copy: a copy of the books folder.
        books: its books.
        line: the bank line's id, as findings give it.
        named: the receipts, each with the part of it that came where that is not all.
        difference: where it goes, if there is one.

    Raises:
        DaysheetError: there is no such line or receipt, they are of two accounts, something has been said of the line
            already, or there is a difference and no account for it, or the other way round.
    """
    if not 0 < len(named) <= MOST:
        raise DaysheetError("say which receipts the bank line brought", remedy=f"at least one, at most {MOST}")
    as_of = books.entries[-1].date if books.entries else datetime.date.min
    deposit, found = _deposit(books, line, as_of), receipts(books, as_of)
    group = [_receipt(name, deposit, found) for name in named]
    short = total(group) - deposit.gross
    account, reason = _booked(short, difference, books)
    entry = _entry(deposit, named, max(deposit.date, *(one.date for one in group)), short, account, reason, books)
    loading.append(copy.at, FILE, printer.render([entry]))
    follow_up.write(copy.at, Settings.of(copy.at))
    _see(loading.load(copy.at), line)
    return Said(deposit, len(named), short)


def unsay(copy: Copy, books: Books, line: str) -> None:
    """Take back what was said of a bank line.

    Raises:
        DaysheetError: nothing was said of it.
    """
    facts = [fact for fact in books.deposited if fact.line == line]
    if not facts:
        raise DaysheetError("nothing is said of this bank line any more", remedy="load the page again")
    take_out(copy.at, [(str(facts[-1].meta["filename"]), int(facts[-1].meta["lineno"]))])
    follow_up.write(copy.at, Settings.of(copy.at))


def _deposit(books: Books, line: str, as_of: datetime.date) -> BankDeposit:
    found = [deposit for deposit in deposits(books, as_of) if deposit.id == line]
    if not found:
        raise DaysheetError(
            f"no bank line on a clearing account has the id {printer.clean(line)[:80]}",
            remedy="daysheet check --kind unmatched-deposit shows the ids",
        )
    said = [match for match in reconcile(books, as_of).matches if match.said is not None and match.said.line == line]
    if len(said) == len(found):
        raise DaysheetError("it is said already what this bank line brought", remedy=f"take that out of {FILE} first")
    return found[0]


def _receipt(name: Named, deposit: BankDeposit, found: Sequence[Receipt]) -> Receipt:
    """The receipt as far as it is in the line."""
    same = [receipt for receipt in found if receipt.id == name.receipt]
    here = [receipt for receipt in same if receipt.account == deposit.account]
    if not same:
        raise DaysheetError(
            f"no receipt has the id {printer.clean(name.receipt)[:80]}", remedy="name those that wait for the bank"
        )
    if not here:
        raise DaysheetError(
            f"{name.receipt} is in {same[0].account}, and the bank line in {deposit.account}",
            remedy=f"give the line that account first: daysheet recategorize --id … --account {same[0].account}",
        )
    if name.part is None:
        return here[0]
    if not 0 < abs(name.part) <= abs(here[0].amount) or name.part * here[0].amount < 0:
        raise DaysheetError(f"the part of {name.receipt} that came is more than it, or nothing", remedy="correct it")
    return here[0]._replace(amount=name.part)


def _booked(short: Decimal, difference: Difference, books: Books) -> tuple[str, str]:
    """The account and the reason of a difference; both empty where there is none."""
    account, reason = difference.account.strip(), printer.clean(difference.reason)
    if not short:
        if account:
            raise DaysheetError("the receipts add up to the bank line: there is no difference", remedy="leave it out")
        return "", ""
    off = f"the receipts are {money(abs(short), books.currency)} {'more' if short > 0 else 'less'} than the bank line"
    if not account:
        raise DaysheetError(off, remedy="say the account that the difference goes to, such as Expenses:CashShort")
    if not is_valid(account) or not takes_difference(account):
        raise DaysheetError(
            "a difference cannot be booked there", remedy="say an account of expenses, income, equity or liabilities"
        )
    if not reason or len(reason) > LONGEST_REASON:
        raise DaysheetError(f"say why, in at most {LONGEST_REASON} characters", remedy="such as: teller miscounted")
    return account, reason


def _entry(
    deposit: BankDeposit,
    named: Sequence[Named],
    day: datetime.date,
    short: Decimal,
    account: str,
    reason: str,
    books: Books,
) -> Custom:
    values = [ValueType(deposit.id, str)]
    for name in named:
        values.append(ValueType(name.receipt, str))
        if name.part is not None:
            values.append(ValueType(Amount(name.part, books.currency), Amount))
    meta: dict[str, Any] = {}
    if short:
        meta = {"short" if short > 0 else "over": Amount(abs(short), books.currency)}
        meta |= {"account": account, "reason": reason}
    return Custom(meta, day, TYPE, values)


def _see(books: Books, line: str) -> None:
    """See that the books bear out what was written.

    Raises:
        DaysheetError: they do not.
    """
    for fact, why in reconcile(books, books.entries[-1].date).contradicted:
        if fact.line == line:
            raise DaysheetError(f"this does not hold: {why}", remedy="take back what was said of the other bank line")
