"""When what is open of a bill is due: each part from the day on which it became its party's, a plan by instalments.

What a party was charged with the bill is due by the bill's date; what was moved to them later, the terms after that
day. What they paid, and what was taken off, counts for the oldest part first.
"""

from __future__ import annotations

import datetime
from collections import defaultdict
from collections.abc import Iterator, Sequence
from decimal import Decimal
from typing import Final, NamedTuple

from daysheet.accounts import RECEIVABLE_PATIENTS, is_under
from daysheet.billing.bill_facts import SHARE
from daysheet.books import Books
from daysheet.books.index import Receivable
from daysheet.books.openings import bill_or_opening, openings
from daysheet.facts import PaymentPlan
from daysheet.records import Invoice

_MONTHS: Final = 12
_ZERO: Final = Decimal()


class Due(NamedTuple):
    """An open part of a bill: whose it is, and when it is or was due."""

    account: str
    date: datetime.date
    amount: Decimal


def dues(books: Books, invoice: str, as_of: datetime.date) -> list[Due]:
    """The open parts of a bill at the end of a day, by account, each in the order in which they are due."""
    bill = bill_or_opening(books, invoice)
    if bill is None:
        return []
    terms = datetime.timedelta(days=books.days_of("terms-days", as_of))
    accounts: dict[str, list[Receivable]] = defaultdict(list)
    for posting in books.receivable.get(invoice, ()):
        if posting.date <= as_of:
            accounts[posting.account].append(posting)
    found: list[Due] = []
    for account, postings in accounts.items():
        plan = _plan(books, account, bill, as_of)
        if plan is None:
            found += _parts(account, postings, bill, terms)
        else:
            found += _planned(books, account, postings, bill, plan)
    return found


def is_planned(books: Books, account: str, invoice: str, as_of: datetime.date) -> bool:
    """Whether what is open of a bill on an account is to be paid by the instalments of a plan, by what a day knew."""
    bill = bill_or_opening(books, invoice) if books.plans else None
    return bill is not None and _plan(books, account, bill, as_of) is not None


def _plan(books: Books, account: str, bill: Invoice, as_of: datetime.date) -> PaymentPlan | None:
    """The last plan that was agreed up to a day for a bill, or for what its patient owed then; None without one."""
    if not is_under(account, RECEIVABLE_PATIENTS):
        return None
    of = [
        plan
        for plan in books.plans
        if plan.since <= as_of and (plan.of == bill.id or (plan.of == bill.patient and bill.id in _owed(books, plan)))
    ]
    return of[-1] if of else None


def _parts(account: str, postings: Sequence[Receivable], bill: Invoice, terms: datetime.timedelta) -> Iterator[Due]:
    """What was charged or moved to a party, less what they paid and what was taken off, the oldest first."""
    added = [posting for posting in postings if posting.amount > 0]
    relief = -sum((posting.amount for posting in postings if posting.amount < 0), _ZERO)
    for posting in added:
        left = posting.amount - min(relief, posting.amount)
        relief -= posting.amount - left
        if left:
            moved = SHARE in posting.meta or "adjustment" in posting.meta
            date = posting.date + terms if moved or bill.due is None else bill.due
            yield Due(account, date, left)


def _planned(
    books: Books, account: str, postings: Sequence[Receivable], bill: Invoice, plan: PaymentPlan
) -> Iterator[Due]:
    """What is left of a debt under a plan, by its instalments; payments count for the first of them first."""
    before = sum((posting.amount for posting in postings if posting.date <= plan.since), _ZERO)
    after = sum((posting.amount for posting in postings if posting.date > plan.since), _ZERO)
    start = _owed(books, plan)[bill.id] if plan.of != bill.id else _ZERO
    paid = max(_ZERO, -after)
    left = before + max(_ZERO, after)
    at = start
    while left > 0:
        number = int(at // plan.amount)
        part = min(left, plan.amount * (number + 1) - at)
        open_ = part - min(paid, part)
        paid -= part - open_
        if open_:
            yield Due(account, instalment(plan, number), open_)
        left -= part
        at += part


def _owed(books: Books, plan: PaymentPlan) -> dict[str, Decimal]:
    """The bills that a plan for all of a patient's debt is about, with what the older ones had open: that comes first.

    They are those of which the patient owed something when it was agreed. What comes later has terms of its own.
    """

    def work() -> dict[str, Decimal]:
        found: dict[str, Decimal] = {}
        total = _ZERO
        bills = {bill.id: bill for bill in (*openings(books).values(), *reversed(books.bills))}
        for bill in sorted(bills.values(), key=lambda bill: (bill.date, bill.id)):
            if bill.patient == plan.of and bill.date <= plan.since:
                postings = books.receivable.get(bill.id, ())
                open_ = sum((p.amount for p in postings if p.date <= plan.since and _is_patients(p)), _ZERO)
                if open_ > 0:
                    found[bill.id] = total
                    total += open_
        return found

    return books.once(("planned", plan.of, plan.since), work)


def _is_patients(posting: Receivable) -> bool:
    return is_under(posting.account, RECEIVABLE_PATIENTS)


def instalment(plan: PaymentPlan, number: int) -> datetime.date:
    """The day of an instalment, counted from 0: a month, two weeks or a week apart; at month ends the last day."""
    if plan.every != "month":
        return plan.first + datetime.timedelta(days=(7 if plan.every == "week" else 14) * number)
    years, month = divmod(plan.first.month - 1 + number, _MONTHS)
    day = plan.first.day
    while True:
        try:
            return datetime.date(plan.first.year + years, month + 1, day)
        except ValueError:
            day -= 1
