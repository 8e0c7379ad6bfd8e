"""What a person has said of a bank line: which receipts it brought, and where what is short or over of them went.

Example:
    2026-03-03 custom "deposited" "2026-03-03 130.50" "PMT-1" "PMT-2" "PMT-3"
      short: 9.00 USD
      account: "Expenses:CashShort"
      reason: "the teller counted 45, the slip says 54"
    2026-03-09 custom "deposited" "FT-881" "PMT-7" 40.00 USD "PMT-8"
"""

from __future__ import annotations

import datetime
from decimal import Decimal
from typing import Any, Final, NamedTuple

from beancount.core.amount import Amount
from beancount.core.data import Custom
from daysheet.accounts import BILLING, is_under
from daysheet.facts import number, text
from daysheet.records import Meta

TYPE: Final = "deposited"
_FORM: Final = '"BANK LINE" "RECEIPT" "RECEIPT" …, an amount after a receipt of which only a part came'
_ROOTS: Final = ("Expenses", "Income", "Equity", "Liabilities")
_ZERO: Final = Decimal()


class Named(NamedTuple):
    """A receipt by its id, and the part of it that the line brought; None for all of it."""

    receipt: str
    part: Decimal | None = None


class Deposited(NamedTuple):
    """A bank line and what it brought.

    Attributes:
        line: the bank line, by the id that findings give it.
        date: from when on this can be known: the later of the line's day and its receipts'.
        receipts: what it brought.
        short: what the receipts have more than the line; below zero where the line has more.
        account: where the difference is booked; empty where there is none.
        reason: why there is one.
        meta: where it stands.
    """

    line: str
    date: datetime.date
    receipts: tuple[Named, ...]
    short: Decimal
    account: str
    reason: str
    meta: Meta


def takes_difference(account: str) -> bool:
    """Whether what is short or over may be booked on an account."""
    return account.partition(":")[0] in _ROOTS and not is_under(account, BILLING)


def parse_deposited(entry: Custom) -> Deposited | None:
    """What a directive says of a bank line, or None when it is of another type.

    Raises:
        ValueError: it is malformed; the message says what to write.
    """
    if entry.type != TYPE:
        return None
    values: list[Any] = [value.value for value in entry.values or ()]
    named: list[Named] = []
    for value in values[1:]:
        if isinstance(value, str) and value:
            named.append(Named(value))
        elif isinstance(value, Amount) and value.number and named and named[-1].part is None:
            named[-1] = Named(named[-1].receipt, value.number)
        else:
            raise ValueError(f'{TYPE}: write {entry.date} custom "{TYPE}" {_FORM}')
    if not named or not isinstance(values[0], str) or not values[0]:
        raise ValueError(f'{TYPE}: write {entry.date} custom "{TYPE}" {_FORM}')
    short, over = (number(entry, key) or _ZERO for key in ("short", "over"))
    account, reason = (text(entry, key) or "" for key in ("account", "reason"))
    if (short and over) or bool(short or over) != bool(account):
        raise ValueError(f'{TYPE}: say short: or over: with its amount, and beside it account: "Expenses:CashShort"')
    return Deposited(values[0], entry.date, tuple(named), short - over, account, reason, entry.meta)
