"""Findings on money that should be at the bank, or is there without a reason."""

from __future__ import annotations

import datetime
from collections.abc import Iterator
from decimal import Decimal

from daysheet.books import Books
from daysheet.cash.candidates import WINDOWS
from daysheet.cash.deposit_groups import Group, total
from daysheet.cash.matched_before import OpenDeposit
from daysheet.cash.receipts import Receipt, bank_seen_since
from daysheet.cash.reconciliation import reconcile
from daysheet.findings import Finding
from daysheet.records import Meta
from daysheet.remittances import problems
from daysheet.wording import figure, many, money, payer_name

_NAMED = 5
_SUSPECTS = 25
_ZERO = Decimal()


def unmatched_deposit(books: Books, as_of: datetime.date) -> Iterator[Finding]:
    """Bank lines that no receipts explain, with what they could be; and what was said of one and does not hold."""
    result = reconcile(books, as_of)
    for fact, why in result.contradicted:
        yield Finding(
            kind="unmatched-deposit",
            key=f"said/{fact.line}",
            date=fact.date,
            through=fact.date,
            provider=None,
            count=1,
            amount=abs(fact.short),
            message=f"what was said of a bank line does not hold: {why}. Correct this line, or take it out.",
            where=(fact.meta,),
        )
    for item in result.open_deposits:
        deposit = item.deposit
        shown = item.candidates[0] if item.elsewhere else item.suspects
        where = (deposit.meta, *(meta for receipt in shown[:_SUSPECTS] for meta in receipt.where[:1]))
        yield Finding(
            kind="unmatched-deposit",
            key=deposit.id,
            date=deposit.date,
            through=deposit.date,
            provider=None,
            count=1,
            amount=abs(item.difference or deposit.amount),
            message=f"bank line of {money(deposit.amount, books.currency)}: {_reading(item, books)}",
            where=where,
        )


def undeposited_payment(books: Books, as_of: datetime.date) -> Iterator[Finding]:
    """Receipts that should have reached the bank: one finding a day and method, one a remittance.

    Those that were due there before the first day of the bank's files are one finding, which asks for these files.
    """
    result = reconcile(books, as_of)
    since = bank_seen_since(books) or datetime.date.min
    unseen = tuple(receipt for receipt in result.overdue if _latest(receipt) < since)
    if unseen:
        yield _before_files(unseen, since, books)
    batches: dict[str, list[Receipt]] = {}
    for receipt in result.overdue:
        if _latest(receipt) < since:
            continue
        key = receipt.remittance or (receipt.id if receipt.method == "eft" else f"{receipt.method}-{receipt.date}")
        batches.setdefault(key, []).append(receipt)
    if len(batches) > _NAMED and not result.matches and not result.open_deposits:
        yield _no_bank(result.overdue, books)
        return
    for key, batch in batches.items():
        what = _what(batch, total(batch), books)
        message = f"{what}; no bank line brings it {(as_of - batch[0].date).days} days later."
        yield _waiting(key, tuple(batch), message, tuple(meta for receipt in batch for meta in receipt.where))


def remittance_unbalanced(books: Books, as_of: datetime.date) -> Iterator[Finding]:
    """Remittances that were booked although their sums do not agree."""
    for remittance in books.remittances.values():
        if remittance.date <= as_of and not remittance.balanced:
            amount = abs(remittance.difference) + sum((abs(claim.unexplained) for claim in remittance.claims), _ZERO)
            yield Finding(
                kind="remittance-unbalanced",
                key=remittance.id,
                date=remittance.date,
                through=remittance.date,
                provider=None,
                count=1,
                amount=amount,
                message=f"remittance {remittance.trace} of {payer_name(books, remittance.payer)} does not balance: "
                f"{'; '.join(problems(remittance))}",
                where=(remittance.meta, *(claim.meta for claim in remittance.claims if claim.unexplained)),
            )


def _no_bank(overdue: Group, books: Books) -> Finding:
    amount = total(overdue)
    message = (
        f"the books show no deposit at all: {many(len(overdue), 'receipt')}, {money(amount, books.currency)}, "
        "wait for one. Import the bank's files, and book its deposits to the clearing accounts."
    )
    return _waiting("no-bank-lines", overdue, message, overdue[0].where)


def _latest(receipt: Receipt) -> datetime.date:
    """The last day on which a receipt is in time at the bank."""
    return receipt.date + datetime.timedelta(WINDOWS[receipt.method][1])


def _before_files(unseen: Group, since: datetime.date, books: Books) -> Finding:
    were = "was" if len(unseen) == 1 else "were"
    message = (
        f"{many(len(unseen), 'receipt')}, {money(total(unseen), books.currency)}, {were} due at the bank before "
        f"{since}, where its files begin: import those from {unseen[0].date} on."
    )
    return _waiting("before-bank-files", unseen, message, unseen[0].where)


def _waiting(key: str, group: Group, message: str, where: tuple[Meta, ...]) -> Finding:
    """Receipts that are not at the bank, as one finding."""
    return Finding(
        kind="undeposited-payment",
        key=key,
        date=group[0].date,
        through=group[-1].date,
        provider=None,
        count=len(group),
        amount=total(group),
        message=message,
        where=where,
    )


def _what(batch: list[Receipt], amount: Decimal, books: Books) -> str:
    first = batch[0]
    sum_ = money(amount, books.currency)
    if first.remittance:
        trace = f" {first.reference}" if first.reference else ""
        way = "check" if first.method == "check" else "EFT"
        return f"{payer_name(books, first.payer)} says it paid {sum_} by {way}{trace} on {first.date}"
    kinds = {"card": "card payment", "cash": "cash payment", "check": "check"}
    return f"{many(len(batch), kinds.get(first.method, 'electronic payment'))} of {first.date}, {sum_}"


def _reading(item: OpenDeposit, books: Books) -> str:
    booked = item.deposit.account
    if item.elsewhere:
        return (
            f"is booked to {booked}, its receipts ({_named(item.candidates[0])}) are in {item.elsewhere}: "
            f"give the bank line {item.elsewhere}."
        )
    if item.candidates:
        listed = "; or ".join(_named(group) + _where(group, booked) for group in item.candidates[:_NAMED])
        more = len(item.candidates) - _NAMED
        sums = many(len(item.candidates), "explanation")
        return f"{sums}: {listed}{f'; or {more} more' if more > 0 else ''}."
    if not item.nearest:
        return "no receipts in the books add up to it."
    days = sorted({receipt.date for receipt in item.nearest})
    span = f"{days[0]}" if len(days) == 1 else f"{days[0]} to {days[-1]}"
    off = f"{'short' if item.difference > 0 else 'over'} by {money(abs(item.difference), books.currency)}"
    suspects = f"; it may be {_one_of(item.suspects, books)}" if item.suspects else ""
    return f"{off} against {many(len(item.nearest), 'receipt')} of {span}{suspects}."


def _where(group: Group, booked: str) -> str:
    account = group[0].account
    return "" if account == booked else f", in {account}, not {booked}"


def _one_of(suspects: Group, books: Books) -> str:
    named = ", ".join(f"{receipt.id} ({figure(receipt.amount, books.currency)})" for receipt in suspects[:_SUSPECTS])
    more = len(suspects) - _SUSPECTS
    return f"one of {named}{f' or {more} more' if more > 0 else ''}" if len(suspects) > 1 else named


def _named(group: Group) -> str:
    ids = ", ".join(receipt.id for receipt in group[:_NAMED])
    more = len(group) - _NAMED
    return f"{ids} and {more} more of {group[0].date}" if more > 0 else f"{ids} of {group[0].date}"
