"""Money on its way to the bank: what was received, and what the bank shows, on the clearing accounts.

A clearing account holds a receipt until the bank line that contains it arrives. A transaction that moves one is a
*bank deposit* when its other side is an account at a bank, and else part of a *receipt*: payments of one id are one
receipt (a check can pay several invoices), the payments of one remittance are one receipt, and so is a remittance whose
money has not been seen yet, although nothing of it is posted so far.
"""

from __future__ import annotations

import datetime
import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from decimal import Decimal
from functools import lru_cache
from itertools import islice
from typing import Any, Final, NamedTuple

from beancount.core.data import Posting, Transaction
from daysheet.accounts import CLEARING, CLEARING_CARDS, CLEARING_DEPOSITS, RECEIVABLE, is_under
from daysheet.billing.payers import known_claim
from daysheet.billing.shares import is_unnamed
from daysheet.books import Books
from daysheet.books.index import number_of
from daysheet.books.openings import bill_or_opening
from daysheet.records import Meta, Payment
from daysheet.remittances import Remittance, RemittedClaim

DEPOSIT: Final = "deposit"
"""Metadata of a merchant fee: the id of the bank deposit that it was taken from."""

DIFFERENCE: Final = "deposited"
"""Metadata of what a person has said to be short or over in a bank line: the line's id. It is no receipt."""

PAYOUT: Final = "payout"
"""Metadata of a fee that a processor's own report names: the amount that the bank will show."""

_NO_RECEIPTS: Final = (DEPOSIT, DIFFERENCE, PAYOUT)

SUSPENSE: Final = f"{CLEARING}:Suspense"
RECOUPMENTS: Final = f"{CLEARING}:Recoupments"
TRANSFERS: Final = f"{CLEARING}:Transfers"
LEFT_OVER: Final = (SUSPENSE, RECOUPMENTS)
NOT_RECEIPTS: Final = (*LEFT_OVER, TRANSFERS)
"""Clearing accounts that no receipt waits in: what is not explained, and money between the practice's own accounts."""

_TOKEN: Final = re.compile(r"[A-Za-z0-9]+(?:-[A-Za-z0-9]+)*")
_SHORTEST: Final = 4
_PAYOUT_DAYS: Final = 7
_SAME_MONEY: Final = 45
"""Days within which an insurer's payment that names only the patient may be that of a remittance."""
_ZERO: Final = Decimal()
_NOBODY: Final = frozenset[str]()


class _Received(NamedTuple):
    """What `Receipt` says."""

    id: str
    date: datetime.date
    account: str
    method: str
    amount: Decimal
    reference: str
    payer: str | None
    names: frozenset[str]
    remittance: str | None
    posted: bool
    where: tuple[Meta, ...]


class Receipt(_Received):
    """Money received, not yet (or just now) seen at the bank; a refund is negative. No two are the same one.

    Attributes:
        id: of the payment or the remittance.
        date: received; of a remittance the day its money is to move.
        account: the clearing account it waits in.
        method: `card`, `cash`, `check` or `eft`.
        amount: what is to arrive.
        reference: the number that may name it at the bank: trace, check or batch number.
        payer: the insurer's id, where one paid.
        names: the words by which the bank may call that insurer.
        remittance: its id, where it is one.
        posted: whether the ledger has it in the clearing account; a remittance is only advice until the bank shows it.
        where: its entries.
    """

    __slots__ = ()

    __eq__ = object.__eq__
    __ne__ = object.__ne__
    __hash__ = object.__hash__


class BankDeposit(NamedTuple):
    """A bank line that brings receipts (negative: takes some back); `fee` is what a processor is known to have kept."""

    id: str
    date: datetime.date
    account: str
    amount: Decimal
    fee: Decimal
    words: frozenset[str]
    meta: Meta

    @property
    def gross(self) -> Decimal:
        """What patients and insurers had paid."""
        return self.amount + self.fee


@lru_cache(maxsize=1024)
def is_bank(account: str) -> bool:
    """Whether an account is one at a bank, as far as clearing goes: any asset but clearing and receivables."""
    return account.startswith("Assets:") and not (is_under(account, CLEARING) or is_under(account, RECEIVABLE))


def deposits(books: Books, as_of: datetime.date) -> list[BankDeposit]:
    """The bank lines on clearing accounts, by date, with the fees that are known to have been kept from each."""
    fees: dict[str, list[Decimal]] = {}
    payouts: list[Transaction] = []
    found: list[BankDeposit] = []
    for entry in books.clearing:
        if entry.date > as_of:
            break
        if DIFFERENCE in entry.meta:
            continue
        if DEPOSIT in entry.meta:
            fees.setdefault(str(entry.meta[DEPOSIT]), []).append(_kept(entry))
        elif PAYOUT in entry.meta:
            payouts.append(entry)
        elif _at_bank(entry):
            found += _deposits(entry)
    for at, deposit in enumerate(found):
        if fees.get(deposit.id):  # two lines alike in everything have one id, and a fee each
            found[at] = deposit._replace(fee=deposit.fee + fees[deposit.id].pop(0))
    return _with_payouts(found, payouts)


def _with_payouts(found: list[BankDeposit], payouts: Sequence[Transaction]) -> list[BankDeposit]:
    """Give each payout's fee to the first bank line of its amount, on its day or a few days after."""
    at_amount: dict[Decimal, list[int]] = {}
    for at, deposit in enumerate(found):
        at_amount.setdefault(deposit.amount, []).append(at)
    for entry in payouts:
        places = at_amount.get(entry.meta[PAYOUT].number, [])
        near = (at for at in places if -1 <= (found[at].date - entry.date).days <= _PAYOUT_DAYS)
        place = next((at for at in near if not found[at].fee), None)
        if place is not None:
            found[place] = found[place]._replace(fee=_kept(entry))
    return found


def _kept(entry: Transaction) -> Decimal:
    return -sum((number_of(posting) for posting in _legs(entry)), _ZERO)


def receipts(books: Books, as_of: datetime.date) -> list[Receipt]:
    """What was received up to a day, by date, remittances included whose money is still to come."""
    found: dict[tuple[str, str, datetime.date | None], Receipt] = {}
    for entry in books.clearing:
        if entry.date > as_of:
            break
        if not entry.meta.keys().isdisjoint(_NO_RECEIPTS) or _at_bank(entry):
            continue
        for posting in _legs(entry):
            receipt = _receipt(entry, posting, books)
            key = (receipt.account, receipt.id, None if receipt.remittance else receipt.date)
            before = found.get(key)
            if before is not None:
                receipt = before._replace(amount=before.amount + receipt.amount, where=before.where + receipt.where)
            found[key] = receipt
    expected = [_expected(remittance, books) for remittance in pending(books) if remittance.date <= as_of]
    return sorted([*(r for r in found.values() if r.amount), *expected], key=lambda receipt: (receipt.date, receipt.id))


def bank_seen_until(books: Books, as_of: datetime.date) -> datetime.date:
    """The last day that imported bank files cover; without any, the bank is taken to be written up."""
    days = [imported.last for imported in books.imported if is_bank(imported.account or "")]
    return min(as_of, max(days, default=as_of))


def bank_seen_since(books: Books) -> datetime.date | None:
    """The first day that a bank's line or an imported bank file covers; none where no such file was imported."""
    days = [imported.first for imported in books.imported if is_bank(imported.account or "")]
    if not days:
        return None
    return min((*days, *islice((entry.date for entry in books.clearing if _at_bank(entry)), 1)))  # by date


def left_over(books: Books, as_of: datetime.date) -> dict[str, Decimal]:
    """What is on the accounts for what is not explained, at the end of a day; those with nothing are left out."""
    balances: dict[str, Decimal] = {}
    accounts = {account for account in books.money.accounts if account.startswith(LEFT_OVER)}
    for entry in books.clearing if accounts else ():
        if entry.date > as_of:
            break
        for posting in entry.postings:
            if posting.account in accounts and posting.units is not None:
                balances[posting.account] = balances.get(posting.account, _ZERO) + number_of(posting)
    return {account: balance for account, balance in sorted(balances.items()) if balance}


def pending(books: Books) -> list[Remittance]:
    """The remittances of which the books have no money: neither posted, nor in the practice's own payments."""
    posted = {entry.meta["remittance"] for entry in books.clearing if "remittance" in entry.meta}
    return [
        remittance
        for remittance in books.remittances.values()
        if remittance.id not in posted and remittance.method != "none" and not posted_elsewhere(remittance, books)
    ]


def posted_elsewhere(remittance: Remittance, books: Books) -> bool:
    """Whether the practice's own system has posted a remittance's payments, and has given them with its exports.

    It has when payments bear the trace number, or when each claim that is paid has on its invoice, or on the account of
    its patient, a payment of this amount by this payer, or by an insurer that the export does not name, in one row or a
    row for each procedure.
    """

    def work() -> frozenset[str]:
        payments = (payment for group in books.payments_of_invoice.values() for payment in group)
        return frozenset(p.reference for p in payments if p.reference and not is_settlement(p.meta))

    if remittance.trace and remittance.trace in books.once("references of payments", work):
        return True
    free: dict[str | None, list[Payment]] = {}
    paid = [claim for claim in remittance.claims if claim.paid]
    return bool(paid) and all(_is_paid(remittance, claim, books, free) for claim in paid)


def is_settlement(meta: Meta) -> bool:
    """Whether an entry was posted from a remittance."""
    return "remittance" in meta


def _is_paid(remittance: Remittance, claim: RemittedClaim, books: Books, free: dict[str | None, list[Payment]]) -> bool:
    """Whether the practice's export has the payment of a claim; it is taken out of those that are `free` for others."""
    invoice = known_claim(claim.invoice, remittance.payer, books)[1]
    bill = bill_or_opening(books, invoice)
    for key in (invoice, None):
        for payment in free.setdefault(key, list(books.payments_of_invoice.get(key, ()))):
            own = key is not None or (
                bill is not None
                and payment.patient == bill.patient != ""
                and abs((payment.date - remittance.effective).days) <= _SAME_MONEY
            )
            if own and payment.amount == claim.paid and _pays(payment, remittance):
                free[key].remove(payment)
                return True
    return _is_paid_by_line(remittance, claim, free[invoice])


def _is_paid_by_line(remittance: Remittance, claim: RemittedClaim, free: list[Payment]) -> bool:
    """Whether the practice's export has the payment of a claim as several rows of one check: one for each procedure."""
    checks: dict[tuple[datetime.date, str | None], list[Payment]] = defaultdict(list)
    for payment in free:
        if _pays(payment, remittance):
            checks[payment.date, payment.reference].append(payment)
    for rows in checks.values():
        if sum((row.amount for row in rows), Decimal()) == claim.paid:
            for row in rows:
                free.remove(row)
            return True
    return False


def _pays(payment: Payment, remittance: Remittance) -> bool:
    by = payment.payer == remittance.payer or (payment.payer is not None and is_unnamed(payment.payer))
    return by and not is_settlement(payment.meta)


def words_of(text: str) -> frozenset[str]:
    """The words and numbers of a bank line that can be a reference, in comparable form."""
    return frozenset[str]().union(*map(_words_of_token, _TOKEN.findall(text)))


@lru_cache(maxsize=4096)
def _words_of_token(token: str) -> frozenset[str]:
    found = map(comparable, (token, *token.split("-")))
    return frozenset(word for word in found if len(word) >= _SHORTEST)


@lru_cache(maxsize=4096)
def comparable(reference: str) -> str:
    """A reference without case and without the zeros that banks add or drop in front."""
    return reference.strip().upper().lstrip("0")


def _deposits(entry: Transaction) -> Iterator[BankDeposit]:
    bank = next(posting for posting in entry.postings if is_bank(posting.account))
    meta: dict[str, Any] = {**(bank.meta or {}), **entry.meta}
    amounts: dict[str, Decimal] = {}
    for posting in _legs(entry):
        amounts[posting.account] = amounts.get(posting.account, _ZERO) - number_of(posting)
    kept = [number_of(posting) for posting in entry.postings if posting.account.startswith("Expenses:")]
    text = " ".join([entry.payee or "", entry.narration or "", *(v for v in meta.values() if isinstance(v, str))])
    for account, gross in amounts.items():
        fee = sum(kept, _ZERO) if len(amounts) == 1 else _ZERO
        identifier = str(meta.get("bank-id") or meta.get("row") or f"{entry.date} {gross - fee:.2f}")
        yield BankDeposit(identifier, entry.date, account, gross - fee, fee, words_of(text), entry.meta)


def _receipt(entry: Transaction, posting: Posting, books: Books) -> Receipt:
    meta = entry.meta
    account = posting.account
    remittance = books.remittances.get(str(meta["remittance"])) if "remittance" in meta else None
    if remittance is not None:
        return Receipt(
            remittance.id, entry.date, account, remittance.method, number_of(posting), remittance.trace,
            remittance.payer, names_of(remittance.payer, books), remittance.id, True, (meta,),
        )  # fmt: skip
    method = str(meta.get("method") or ("card" if is_under(account, CLEARING_CARDS) else "check"))
    payer, amount = meta.get("payer"), number_of(posting)
    return Receipt(
        str(meta.get("payment") or f"{entry.date} {amount:.2f}"), entry.date, account, method, amount,
        str(meta.get("reference") or ""), payer, _NOBODY if payer is None else names_of(payer, books), None, True,
        (meta,),
    )  # fmt: skip


def _expected(remittance: Remittance, books: Books) -> Receipt:
    return Receipt(
        remittance.id, remittance.effective, CLEARING_DEPOSITS, remittance.method, remittance.amount,
        remittance.trace, remittance.payer, names_of(remittance.payer, books), remittance.id, False, (remittance.meta,),
    )  # fmt: skip


def names_of(payer: str | None, books: Books) -> frozenset[str]:
    """The words by which a bank may call an insurer."""
    if payer is None:
        return _NOBODY
    facts = books.payers.get(payer, ())
    return books.once(("names of payer", payer), lambda: words_of(" ".join([payer, *(fact.name for fact in facts)])))


def _at_bank(entry: Transaction) -> bool:
    """Whether an entry moves money at a bank."""
    return True in [is_bank(posting.account) for posting in entry.postings]


def _legs(entry: Transaction) -> list[Posting]:
    return [posting for posting in entry.postings if _holds_receipts(posting.account)]


@lru_cache(maxsize=1024)
def _holds_receipts(account: str) -> bool:
    return account.startswith(CLEARING) and not account.startswith(NOT_RECEIPTS)
