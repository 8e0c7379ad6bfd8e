"""A card processor's payouts into the books: what it kept comes off what waits for the bank.

What patients paid by card is in the clearing account already, from the practice's own system, and the bank's line will
take out what arrives. Between the two is the processor's fee, which only the payout names.

Example:
    2026-03-04 * "Stripe" "Kept of a payout"
      source: "practice-stripe-payouts"
      bank-id: "po_1A"
      payout: 19.12 USD
      Expenses:MerchantFees            0.88 USD
      Assets:Clearing:Cards           -0.88 USD
"""

from __future__ import annotations

import datetime
from collections import Counter, defaultdict
from collections.abc import Sequence
from decimal import Decimal
from typing import Any, Final

from beancount.core.amount import Amount
from beancount.core.data import EMPTY_SET, Directive, Transaction
from daysheet.accounts import CLEARING_CARDS, MERCHANT_FEES
from daysheet.books import Books
from daysheet.cash.receipts import DEPOSIT, PAYOUT, deposits
from daysheet.importers.booking.dedupe import BANK_ID, SOURCE
from daysheet.importers.booking.directives import posting
from daysheet.importers.booking.session import Changed, ImportSession, Taken, month_file
from daysheet.importers.reading import Reading, Skipped, rows_of_record
from daysheet.importers.systems.source import PREFIX
from daysheet.records import BankLine, Meta

_ZERO: Final = Decimal()
_SPLIT: Final = "its fee was split off with the bank's line"
_NO_FEE: Final = "names no fee: the bank's line will say what arrived"


def is_payouts(reading: Reading) -> bool:
    """Whether a reading is of payouts; a processor's account that is kept like a bank's is none."""
    return reading.kind == PAYOUT and reading.profile.startswith(PREFIX)


def book_payouts(session: ImportSession, payouts: Sequence[BankLine], reading: Reading, taken: Taken) -> None:
    """Book the fees of new payouts; one that the books have with another fee is reported.

    Raises:
        DaysheetError: an entry cannot be written.
    """
    earlier = booked(session.books, reading.profile)
    split = _split(session)
    groups: dict[str, list[Directive]] = defaultdict(list)
    for payout in payouts:
        rows = rows_of_record(payout)
        before = earlier.get(payout.source_id or "")
        taken.amounts[payout.currency] += payout.amount
        if not payout.fee and before is None:
            taken.skipped += [Skipped(row, _NO_FEE) for row in rows]
        elif before is None and split[payout.amount, payout.fee] > 0:
            split[payout.amount, payout.fee] -= 1
            taken.skipped += [Skipped(row, _SPLIT) for row in rows]
        elif before is None:
            taken.booked += len(rows)
            taken.booked_amounts[payout.currency] += payout.amount
            groups[month_file(payout.date, "payouts")].append(_kept(payout, payout.fee or _ZERO, reading.profile))
        else:
            taken.known += len(rows)
            taken.known_amounts[payout.currency] += payout.amount
            if before.get(PAYOUT) != Amount(payout.amount, payout.currency):
                taken.changed.append(Changed(rows[0], "amount", before))
    session.add(groups, taken)


def booked(books: Books, profile: str) -> dict[str, Meta]:
    """Payouts of a profile that the books have, by id."""
    return {
        str(entry.meta[BANK_ID]): entry.meta
        for entry in books.clearing
        if PAYOUT in entry.meta and entry.meta.get(SOURCE) == profile and BANK_ID in entry.meta
    }


def _split(session: ImportSession) -> Counter[tuple[Decimal, Decimal | None]]:
    """How many bank lines of an amount have had a fee split off because their receipts showed it."""
    split = {str(entry.meta[DEPOSIT]) for entry in session.books.clearing if DEPOSIT in entry.meta}
    found = deposits(session.books, datetime.date.max) if split else []
    return Counter((deposit.amount, deposit.fee) for deposit in found if deposit.id in split)


def _kept(payout: BankLine, fee: Decimal, profile: str) -> Transaction:
    meta: dict[str, Any] = {SOURCE: profile, BANK_ID: payout.source_id, PAYOUT: Amount(payout.amount, payout.currency)}
    legs = [posting(MERCHANT_FEES, fee, payout.currency), posting(CLEARING_CARDS, -fee, payout.currency)]
    return Transaction(meta, payout.date, "*", payout.payee, "Kept of a payout", EMPTY_SET, EMPTY_SET, legs)
