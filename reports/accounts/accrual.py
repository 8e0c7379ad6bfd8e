"""The accrual view of books that are kept on the cash basis: the same text, read the other way.

Charges become income when the visit is billed, adjustments lower it, and what was collected is no longer income: it
only settles a receivable. The rule for each transaction with a leg to `Equity:Billing`:

* `Equity:Billing:Charges` becomes `Income:Charges`, with the provider's account under it where the entry names one;
* `Equity:Billing:Opening` (receivables that the books began with) becomes `Equity:Opening-Balances`;
* `Equity:Billing:Collected` is set off against the cash income of the same transaction; what remains after that (a
  part that was no income: sales tax, a prepayment) becomes `Income:Adjustments:Collected`;
* an allocation of a payment, which says whose cash income it is, has no income here: charges are by provider;
* every other one (`Contractual`, `WriteOffs`, `Courtesy`, …) becomes `Income:Adjustments:…`, a contra to income.

No amount changes but the pair that is set off, so every transaction still balances, and accrual income less cash
income is the change in receivables: the bridge that an accountant asks for.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator
from decimal import Decimal
from functools import cache
from typing import Final, NamedTuple

from beancount.core.data import Directive, Posting, Transaction
from daysheet.accounts import BILLING, BILLING_CHARGES, BILLING_COLLECTED, BILLING_OPENING, account_part, is_under
from daysheet.books.index import ALLOCATED

CHARGES: Final = "Income:Charges"
ADJUSTMENTS: Final = "Income:Adjustments"
COLLECTED: Final = "Income:Adjustments:Collected"
OPENING_RECEIVABLE: Final = BILLING_OPENING
OPENING: Final = "Equity:Opening-Balances"


class _Leg(NamedTuple):
    """A posting of the operating currency on its way to the accrual view."""

    account: str
    number: Decimal
    posting: Posting


def accrual(entry: Transaction) -> Transaction:
    """One transaction in the accrual view; the very same one when it touches no billing account."""
    if not any(posting.account.startswith(BILLING) for posting in entry.postings):
        return _without_income(entry) if ALLOCATED in entry.meta else entry
    provider = str(entry.meta.get("provider") or "")
    legs = [
        _Leg(accrual_account(posting.account, _provider(posting) or provider), posting.units.number, posting)
        for posting in entry.postings
        if posting.units is not None and posting.units.number is not None
    ]
    return entry._replace(postings=[_posting(leg) for leg in _set_off(legs)])


def _provider(posting: Posting) -> str:
    """Who did the procedure that a leg charges; empty where it does not say."""
    return str((posting.meta or {}).get("provider") or "")


def _without_income(entry: Transaction) -> Transaction:
    """An allocation without the legs that move cash income from nobody to who has earned it: they add up to nothing."""
    return entry._replace(postings=[leg for leg in entry.postings if not _is_cash_income(leg.account)])


def accrual_entries(entries: Iterable[Directive]) -> Iterator[Directive]:
    """All entries in the accrual view, in their order."""
    for entry in entries:
        yield accrual(entry) if isinstance(entry, Transaction) else entry


@cache
def accrual_account(account: str, provider: str) -> str:
    """The account of the accrual view that stands for one of the ledger; `provider` is an id, or empty."""
    if not is_under(account, BILLING):
        return account
    if is_under(account, BILLING_CHARGES):
        return f"{CHARGES}:{account_part(provider)}" if provider else CHARGES
    if is_under(account, BILLING_COLLECTED):
        return COLLECTED
    if is_under(account, OPENING_RECEIVABLE):
        return OPENING
    return ADJUSTMENTS + account[len(BILLING) :]


def _posting(leg: _Leg) -> Posting:
    """A leg's posting; the very same one where it is as it was, as most are."""
    posting, units = leg.posting, leg.posting.units
    if units is None or (leg.account == posting.account and leg.number is units.number):
        return posting
    if leg.number is not units.number:
        units = units._replace(number=leg.number)
    return Posting(leg.account, units, posting.cost, posting.price, posting.flag, posting.meta)


@cache
def _is_cash_income(account: str) -> bool:
    return is_under(account, "Income") and not account.startswith((CHARGES, ADJUSTMENTS))


def _set_off(legs: list[_Leg]) -> list[_Leg]:
    """The legs after what was collected is set off, in order, against cash income of the opposite sign; linear."""
    if COLLECTED not in [leg.account for leg in legs]:
        return legs
    numbers = [leg.number for leg in legs]
    open_income: dict[bool, deque[int]] = {True: deque(), False: deque()}
    for at, leg in enumerate(legs):
        if leg.number and _is_cash_income(leg.account):
            open_income[leg.number > 0].append(at)
    emptied = set()
    for at, collected in enumerate(legs):
        if collected.account != COLLECTED:
            continue
        left = collected.number
        waiting = open_income[left < 0]
        while left and waiting:
            income = waiting[0]
            part = min(abs(left), abs(numbers[income])).copy_sign(left)
            left -= part
            numbers[income] += part
            if not numbers[income]:
                emptied.add(waiting.popleft())
        if collected.number and not left:
            emptied.add(at)
        numbers[at] = left
    # most are as they were, or gone
    return [
        leg if leg.number is number else leg._replace(number=number)
        for at, (leg, number) in enumerate(zip(legs, numbers, strict=True))
        if at not in emptied
    ]
