"""What a bank or a card processor takes back, where the practice's own system does not say so.

A returned check or a chargeback is often known to the bank alone. Its line is then itself the evidence: it takes back
the one payment that it names by its check number, or the only one of its amount. The practice's own row, once it comes,
takes the place of what was derived; where two payments could be meant, nothing is, and the line stays unexplained.
"""

from __future__ import annotations

import datetime
import re
from collections import defaultdict
from collections.abc import Iterator
from decimal import Decimal
from typing import Final, NamedTuple

from beancount.core.data import Transaction
from daysheet.accounts import CLEARING, CLEARING_CARDS, is_under
from daysheet.books import Books
from daysheet.books.index import ALLOCATED, number_of
from daysheet.cash.receipts import NOT_RECEIPTS, comparable, is_bank, is_settlement, words_of

_RETURNED: Final = re.compile(
    r"return(ed)?\b.*\b(checks?|items?|deposit)|\b(checks?|items?|deposit)\b.*\breturned|return(ed)? deposited|\bnsf\b"
    r"|charge ?-?back",
    re.IGNORECASE,
)
_FEE: Final = re.compile(r"\bfee\b", re.IGNORECASE)
_OWN_ROW: Final = datetime.timedelta(days=30)
"""How long before or after the bank's line the practice's own row of it may stand."""
_CHECKS: Final = datetime.timedelta(days=60)
_CARDS: Final = datetime.timedelta(days=180)
_ZERO: Final = Decimal()


class Returned(NamedTuple):
    """A payment, and the bank line that takes it back."""

    payment: Transaction
    line: Transaction


class _Line(NamedTuple):
    entry: Transaction
    account: str
    amount: Decimal


def returned_items(books: Books) -> Iterator[Returned]:
    """The payments that only the bank says were taken back, in the order of its lines."""
    lines = list(_lines(books))
    if not lines:
        return
    paid: dict[tuple[str, Decimal], list[Transaction]] = defaultdict(list)
    for entry in books.clearing:
        if "payment" in entry.meta and ALLOCATED not in entry.meta and not is_settlement(entry.meta):
            for posting in entry.postings:
                if is_under(posting.account, CLEARING):
                    paid[posting.account, number_of(posting)].append(entry)
    used: set[int] = set()
    for line in lines:
        own = next((one for one in paid[line.account, line.amount] if _is_own(one, line, used)), None)
        if own is not None:
            used.add(id(own))
            continue
        found = _taken_back(line, paid, used)
        if found is not None:
            used.add(id(found))
            yield Returned(found, line.entry)


def _lines(books: Books) -> Iterator[_Line]:
    """The bank lines that say that something was returned."""
    for entry in books.clearing:
        text = f"{entry.payee or ''} {entry.narration or ''} {entry.meta.get('memo', '')}"
        if not _RETURNED.search(text) or _FEE.search(text) or not any(is_bank(one.account) for one in entry.postings):
            continue
        for posting in entry.postings:
            waits = is_under(posting.account, CLEARING) and not posting.account.startswith(NOT_RECEIPTS)
            if waits and number_of(posting) > 0:
                yield _Line(entry, posting.account, -number_of(posting))


def _is_own(entry: Transaction, line: _Line, used: set[int]) -> bool:
    return id(entry) not in used and abs(entry.date - line.entry.date) <= _OWN_ROW


def _taken_back(line: _Line, paid: dict[tuple[str, Decimal], list[Transaction]], used: set[int]) -> Transaction | None:
    """The payment that a line names by its number, else the only one of its amount that was not taken back before."""
    reach = _CARDS if is_under(line.account, CLEARING_CARDS) else _CHECKS
    near = [
        entry
        for entry in paid[line.account, -line.amount]
        if id(entry) not in used and entry.date <= line.entry.date <= entry.date + reach
    ]
    meta = line.entry.meta
    words = words_of(" ".join([line.entry.payee or "", line.entry.narration or "", str(meta.get("memo", ""))]))
    named = [one for one in near if one.meta.get("reference") and comparable(str(one.meta["reference"])) in words]
    if named:
        return named[0] if len(named) == 1 else None
    gone = {(one.meta.get("reference"), one.meta.get("patient")) for one in paid[line.account, line.amount]}
    standing = [one for one in near if (one.meta.get("reference"), one.meta.get("patient")) not in gone]
    checks = [one for one in standing if one.meta.get("method") != "cash"]
    return checks[0] if len(checks) == 1 else None
