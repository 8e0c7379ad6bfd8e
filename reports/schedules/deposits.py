"""Receipts tied to the bank: remittances and takings to deposits, and card receipts as Form 1099-K counts them."""

from __future__ import annotations

import datetime
from collections import Counter, defaultdict
from collections.abc import Iterator
from decimal import Decimal
from typing import Final, NamedTuple

from beancount.core.data import Posting
from daysheet.accounts import CLEARING_CARDS, MERCHANT_FEES, is_under
from daysheet.cash.deposit_groups import Group, total
from daysheet.cash.matched_before import Match, OpenDeposit
from daysheet.cash.receipts import Receipt, is_bank
from daysheet.cash.reconciliation import Reconciliation, reconcile
from daysheet.reports.accounts.activity import Line, activity
from daysheet.reports.management.monthly import months
from daysheet.reports.request import Request
from daysheet.reports.table import Column, Row, Table
from daysheet.wording import many, payer_name

_ZERO: Final = Decimal()
_LISTED: Final = 20
_NAMED: Final = 5


class _Open(NamedTuple):
    """What waits for its other side."""

    text: str
    date: datetime.date
    amount: Decimal


def deposit_tie_out(request: Request) -> Table:
    """How the period's deposits are explained, what is not, and what was received and has not come."""
    result = reconcile(request.books, request.period.last)
    columns = (
        Column("item", "Deposits"),
        Column("date", "Date", "date"),
        Column("count", "Count", "count"),
        Column("amount", "Amount", "money"),
    )
    rows = tuple(_rows(request, result))
    explained = "What counts as explained: one way, and only one, in which receipts add up to the bank line."
    notes = (explained,) if rows else ("No receipt waits for the bank, and no deposit for a receipt.",)
    return request.table("deposits", "Receipts and deposits", columns, rows, notes, has_basis=False)


def _rows(request: Request, result: Reconciliation) -> Iterator[Row]:
    period = request.period
    matches = [match for match in result.matches if period.first <= match.deposit.date <= period.last]
    if matches:
        yield Row("heading", ("Deposits explained by", None, None, None))
        yield from _by_basis(matches)
        if request.detail:
            yield from _each(matches)
        remitted = [m for m in matches if any(receipt.remittance for receipt in m.receipts)]
        amount = sum((match.deposit.amount for match in remitted), _ZERO)
        yield Row("line", ("of which remittances (ERA)", None, len(remitted), amount), 1)
    opened = [item for item in result.open_deposits if item.deposit.date >= period.first]
    if opened:
        yield Row("heading", ("Deposits not explained", None, None, None))
        yield from _unexplained(request, opened)
    if result.overdue:
        yield Row("heading", ("Received, and not at the bank in time", None, None, None))
        yield from _listed(request, [_Open(_source(request, r), r.date, r.amount) for r in result.overdue])
    if result.in_transit:
        amount = sum((receipt.amount for receipt in result.in_transit), _ZERO)
        yield Row("line", ("In transit, still in time", None, len(result.in_transit), amount))
    if matches or opened or result.overdue:
        yield Row("total", ("Not reconciled", None, None, result.unreconciled))


def _unexplained(request: Request, opened: list[OpenDeposit]) -> Iterator[Row]:
    """Each deposit, and below it what it could be; many of them month by month, unless `detail` is asked for."""
    if not request.detail and len(opened) > _LISTED:
        yield from _listed(request, [_Open("Bank line", item.deposit.date, item.deposit.amount) for item in opened])
        return
    for item in opened:
        yield Row("line", ("Bank line", item.deposit.date, 1, item.deposit.amount), 1)
        for group in item.candidates[:_NAMED]:
            words = "is" if item.elsewhere else "may be"
            yield Row("line", (f"{words} {_ids(group)}", group[0].date, len(group), total(group)), 2)
            if group[0].account != item.deposit.account:
                yield Row(
                    "line", (f"booked to {item.deposit.account}, received in {group[0].account}", None, None, None), 3
                )
        if item.nearest:
            nearest = item.nearest
            yield Row("line", (f"near to {_ids(nearest)}", nearest[0].date, len(nearest), total(nearest)), 2)
            yield Row("line", ("short by" if item.difference > 0 else "over by", None, None, abs(item.difference)), 2)
        for suspect in item.suspects[:_NAMED]:
            yield Row("line", (f"perhaps {suspect.id}", suspect.date, 1, suspect.amount), 2)


def _ids(group: Group) -> str:
    return group[0].id if len(group) == 1 else f"{group[0].id} to {group[-1].id}"


def _source(request: Request, receipt: Receipt) -> str:
    return payer_name(request.books, receipt.payer) if receipt.payer else receipt.method.capitalize()


def _listed(request: Request, items: list[_Open]) -> Iterator[Row]:
    """Each item, or without `detail` those of a kind and month as one line when there are many."""
    if request.detail or len(items) <= _LISTED:
        yield from (Row("line", (item.text, item.date, 1, item.amount), 1) for item in items)
        return
    months_: dict[tuple[str, str], list[_Open]] = defaultdict(list)
    for item in items:
        months_[f"{item.date:%Y-%m}", item.text].append(item)
    for (month, text), members in sorted(months_.items()):
        amount = sum((item.amount for item in members), _ZERO)
        yield Row("line", (f"{text}, {month}", None, len(members), amount), 1)


def _by_basis(matches: list[Match]) -> Iterator[Row]:
    counts = Counter(match.basis for match in matches)
    for basis in sorted(counts):
        amount = sum((match.deposit.amount for match in matches if match.basis == basis), _ZERO)
        yield Row("line", (basis[:1].upper() + basis[1:], None, counts[basis], amount), 1)
    amount = sum((match.deposit.amount for match in matches), _ZERO)
    yield Row("subtotal", (f"Explained, {many(len(matches), 'deposit')}", None, len(matches), amount))


def _each(matches: list[Match]) -> Iterator[Row]:
    """Every deposit with the receipts in it and how that is known."""
    for match in matches:
        receipts = f"{_ids(match.receipts)}, by {match.basis}"
        yield Row("line", (receipts, match.deposit.date, len(match.receipts), match.deposit.amount), 2)


def card_receipts(request: Request) -> Table:
    """Card receipts month by month: gross, as boxes 1a and 5a to 5l of Form 1099-K, refunds, fees, and to the bank."""
    columns = (
        Column("month", "Month"),
        Column("gross", "Gross", "money"),
        Column("refunds", "Refunds", "money"),
        Column("fees", "Fees", "money"),
        Column("deposited", "To the bank", "money"),
        Column("waiting", "Waiting", "money"),
    )
    account = activity(request.books, "cash").accounts.get(CLEARING_CARDS)
    lines = account.within(request.period) if account else []
    note = "Gross is before refunds and fees, as the processor's Form 1099-K states it; compare its box 1a."
    notes = (note,) if lines else ("No card was taken.",)
    rows = _card_rows(request, lines)
    return request.table("card-receipts", "Card receipts and Form 1099-K", columns, rows, notes, has_basis=False)


def _card_rows(request: Request, lines: list[Line]) -> Iterator[Row]:
    by_month: dict[str, list[Line]] = defaultdict(list)
    for line in lines:
        by_month[f"{line.date:%Y-%m}"].append(line)
    account = activity(request.books, "cash").accounts.get(CLEARING_CARDS)
    sums = [_ZERO] * 4
    for month in months(request.period):
        name = f"{month.first:%Y-%m}"
        if account is not None and lines:
            amounts = _split(by_month[name])
            sums = [total + part for total, part in zip(sums, amounts, strict=True)]
            yield Row("line", (name, *amounts, account.balance(month.last)))
    if account is not None and lines:
        yield Row("total", ("Total", *sums, account.balance(request.period.last)))


def _split(lines: list[Line]) -> list[Decimal]:
    """Gross, refunds, fees and deposits of some movements of the card clearing account; all but gross lower it."""
    gross = refunds = fees = deposited = _ZERO
    for line in lines:
        postings = line.entry.postings
        kept = sum((_number(posting) for posting in postings if is_under(posting.account, MERCHANT_FEES)), _ZERO)
        if any(is_bank(posting.account) for posting in postings):
            deposited += -line.amount - kept
            fees += kept
        elif kept and line.amount < 0:
            fees -= line.amount
        elif line.amount > 0:
            gross += line.amount
        else:
            refunds -= line.amount
    return [gross, refunds, fees, deposited]


def _number(posting: Posting) -> Decimal:
    units = posting.units
    return units.number if units is not None and units.number is not None else _ZERO
