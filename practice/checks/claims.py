"""Findings on insurance claims: never sent, about to be too late, denied, paid too little, paid too much."""

from __future__ import annotations

import datetime
import re
from collections.abc import Iterator
from decimal import Decimal

from daysheet.accounts import RECEIVABLE_PATIENTS, is_under
from daysheet.billing import claims
from daysheet.billing.claims import ClaimState, Deadline
from daysheet.billing.lines import bill_named
from daysheet.billing.payers import known_claim
from daysheet.books import Books
from daysheet.books.openings import bill_or_opening
from daysheet.checks.followed_claims import denied_by_word
from daysheet.findings import Finding
from daysheet.patients import TOKEN
from daysheet.records import Invoice
from daysheet.remittances import Remittance, RemittedClaim
from daysheet.wording import many, money, payer_name

_ZERO = Decimal()
_CODE = re.compile(r"[A-Z]{2}-?[A-Z]?\d{1,3}\b")


def claim_unsent(books: Books, as_of: datetime.date) -> Iterator[Finding]:
    """Invoices to insurers without a claim; a single finding for a payer of whom the books have no claim at all."""
    patience = datetime.timedelta(days=books.days_of("claim-days", as_of))
    for payer, group in _unsent_by_payer(books, as_of).items():
        late = [(invoice, held) for invoice, held in group if invoice.date + patience < as_of]
        if len(late) > 1 and not _has_claims(books, payer):
            amount = sum((held for _, held in late), _ZERO)
            message = (
                f"{many(len(late), 'invoice')} to {payer_name(books, payer)}, {money(amount, books.currency)}, have no "
                "claim in the books, nor has any other of that payer: import the claims, or send them"
            )
            yield _of_invoices("claim-unsent", payer, [invoice for invoice, _ in late], amount, message)
            continue
        for invoice, held in late:
            message = (
                f"invoice {invoice.id} of {invoice.date} to {payer_name(books, payer)}, "
                f"{money(held, books.currency)}, was never sent as a claim"
            )
            yield _of_invoices("claim-unsent", invoice.id, [invoice], held, message)


def claim_deadline(books: Books, as_of: datetime.date) -> Iterator[Finding]:
    """Claims to be sent, and denials to be appealed, whose time is running out or has."""
    for payer, group in _unsent_by_payer(books, as_of).items():
        for invoice, held in group:
            deadline = claims.filing_deadline(books, invoice, as_of)
            if deadline is not None and claims.is_near(books, deadline, invoice.date, as_of):
                message = (
                    f"invoice {invoice.id}: {_left(deadline, f'to file the claim with {payer_name(books, payer)}')}"
                )
                yield _of_invoices(
                    "claim-deadline", invoice.id, [invoice], held, f"{message}, {money(held, books.currency)}", deadline
                )
    for state in claims.states(books, as_of):
        amount = _denied(books, state, as_of)
        deadline = claims.appeal_deadline(books, state, as_of) if amount else None
        if deadline is not None and claims.is_near(books, deadline, state.since, as_of):
            payer = payer_name(books, state.claim.payer)
            left = _left(deadline, f"to appeal with {payer}")
            yield Finding(
                kind="claim-deadline",
                key=state.claim.id,
                date=state.since,
                through=deadline.last,
                provider=None,
                count=1,
                amount=amount,
                message=f"claim {state.claim.id}, denied on {state.since}: {left}, {money(amount, books.currency)}",
                where=(state.claim.meta,),
                deadline=deadline.last,
            )


def denied_claim(books: Books, as_of: datetime.date) -> Iterator[Finding]:
    """What insurers refused to pay and still hold, one finding a reason."""
    groups: dict[str, list[tuple[ClaimState, Decimal]]] = {}
    for state in claims.states(books, as_of):
        amount = _denied(books, state, as_of)
        if amount:
            groups.setdefault(_reason_key(state), []).append((state, amount))
    for key, group in groups.items():
        amount = sum((part for _, part in group), _ZERO)
        days = sorted(state.since for state, _ in group)
        named = ", ".join(sorted({payer_name(books, state.claim.payer) for state, _ in group}))
        reason = _reason(group[0][0]) or "no reason given"
        yield Finding(
            kind="denied-claim",
            key=key,
            date=days[0],
            through=days[-1],
            provider=None,
            count=len(group),
            amount=amount,
            message=f"{many(len(group), 'claim')} denied by {named}, {money(amount, books.currency)}: {reason}",
            where=tuple(state.claim.meta for state, _ in group),
        )
    yield from denied_by_word(books, as_of)


def underpaid_claim(books: Books, as_of: datetime.date) -> Iterator[Finding]:
    """Claims for which an insurer allowed less than its contract says; what it denied is found as denied."""
    for remittance, claim in claims.decisions(books, as_of):
        lines = list(_underpaid(books, remittance, claim)) if claim.rank == "primary" else []
        if lines:
            amount = sum((short for _, short in lines), _ZERO)
            yield Finding(
                kind="underpaid-claim",
                key=claim.claim,
                date=remittance.date,
                through=remittance.date,
                provider=None,
                count=1,
                amount=amount,
                message=f"claim {claim.claim}: {payer_name(books, remittance.payer)} allowed "
                f"{'; '.join(words for words, _ in lines)}: {money(amount, books.currency)} too little",
                where=(claim.meta,),
            )


def credit_balance(books: Books, as_of: datetime.date) -> Iterator[Finding]:
    """Invoices that were paid or adjusted beyond their charge, and insurers' payments of claims nobody knows.

    And each party that has paid, or been let off, more than its share of an invoice, whatever others still owe of it.
    """
    unknown: dict[str, list[tuple[Remittance, RemittedClaim]]] = {}
    for remittance, claim in claims.decisions(books, as_of):
        invoice = known_claim(claim.invoice, remittance.payer, books)[1]
        if bill_or_opening(books, invoice) is None and claim.paid > 0:
            unknown.setdefault(invoice, []).append((remittance, claim))
    for number, group in unknown.items():
        amount = sum((claim.paid for _, claim in group), _ZERO)
        named = ", ".join(sorted({payer_name(books, remittance.payer) for remittance, _ in group}))
        message = (
            f"{named} pays {money(amount, books.currency)} for claim {number}, of which the books have no invoice: "
            "import its bill, or ask what it is"
        )
        yield _credit(number, group[0][0].date, amount, message, tuple(claim.meta for _, claim in group))
    beyond = {key: -balance for key, balance in books.balances(as_of).items() if balance < 0 and key not in unknown}
    for key, amount in beyond.items():
        last, place = books.last_touch(key, as_of)
        on_account = key is None or TOKEN.fullmatch(key)  # a patient's own, whose token no message shows
        what = "money on account" if on_account else f"invoice {key}"
        message = f"{what}: {money(amount, books.currency)} beyond what was charged: refund it, or find its bill"
        metas = (place, *(invoice.meta for invoice in books.invoices.get(key or "", ())))
        yield _credit(_account_key(books, key) if on_account else str(key), last, amount, message, metas)

    yield from _beyond_shares(books, as_of)


def _beyond_shares(books: Books, as_of: datetime.date) -> Iterator[Finding]:
    """Parties with less than nothing to pay of an invoice of which others owe something."""
    for key, postings in books.receivable.items():
        if key not in books.invoices or len({posting.account for posting in postings}) < 2:
            continue
        sums: dict[str, Decimal] = {}
        for posting in postings:
            if posting.date <= as_of:
                sums[posting.account] = sums.get(posting.account, _ZERO) + posting.amount
        if sum(sums.values(), _ZERO) < 0:  # a credit of the whole invoice
            continue
        for account in sorted(name for name, amount in sums.items() if amount < 0):
            owing = [
                f"{_party(books, name)} {money(amount, books.currency)}" for name, amount in sums.items() if amount > 0
            ]
            rest = f"while {' and '.join(sorted(owing))} is open" if owing else "and nothing else is open"
            message = (
                f"invoice {key}: of {_party(books, account)} {money(-sums[account], books.currency)} too much, {rest}: "
                "ask who owes it, or refund it"
            )
            last = max((one for one in postings if one.date <= as_of and one.account == account), key=lambda p: p.date)
            metas = (last.meta, *(invoice.meta for invoice in books.invoices[key or ""]))
            yield _credit(f"{key}/{account.rpartition(':')[2].lower()}", last.date, -sums[account], message, metas)


def _party(books: Books, account: str) -> str:
    if is_under(account, RECEIVABLE_PATIENTS):
        return "the patient"
    named = (payer for payer, facts in books.payers.items() if facts[-1].receivable == account)
    payer = next(named, None)
    return account.rpartition(":")[2] if payer is None else payer_name(books, payer)


def _account_key(books: Books, patient: str | None) -> str:
    """What a patient's account is called where their token may not stand: by the first payment that came onto it."""
    first = next((entry for entry in books.on_account if patient and entry.meta.get("patient") == patient), None)
    return "on-account" if first is None else f"on-account-{first.meta.get('payment', '')}"


def _unsent_by_payer(books: Books, as_of: datetime.date) -> dict[str, list[tuple[Invoice, Decimal]]]:
    def work() -> dict[str, list[tuple[Invoice, Decimal]]]:
        groups: dict[str, list[tuple[Invoice, Decimal]]] = {}
        for invoice, held in claims.unsent(books, as_of):
            groups.setdefault(invoice.payer or "", []).append((invoice, held))
        return groups

    return books.once(("unsent claims", as_of), work)


def _has_claims(books: Books, payer: str) -> bool:
    return any(states[-1].payer == payer for states in books.claims.values())


def _of_invoices(
    kind: str, key: str, invoices: list[Invoice], amount: Decimal, message: str, deadline: Deadline | None = None
) -> Finding:
    days = sorted(invoice.date for invoice in invoices)
    return Finding(
        kind=kind,
        key=key,
        date=days[0],
        through=days[-1],
        provider=invoices[0].provider or None,
        count=len(invoices),
        amount=amount,
        message=message,
        where=tuple(invoice.meta for invoice in invoices),
        deadline=None if deadline is None else deadline.last,
    )


def _credit(key: str, day: datetime.date, amount: Decimal, message: str, where: tuple[object, ...]) -> Finding:
    return Finding(
        kind="credit-balance",
        key=key,
        date=day,
        through=day,
        provider=None,
        count=1,
        amount=amount,
        message=message,
        where=where,  # type: ignore[arg-type]  # metadata of directives
    )


def _left(deadline: Deadline, what: str) -> str:
    if deadline.left < 0:
        return f"{many(-deadline.left, 'day')} too late {what} (until {deadline.last})"
    return f"{many(deadline.left, 'day')} left {what} (until {deadline.last})"


def _denied(books: Books, state: ClaimState, as_of: datetime.date) -> Decimal:
    """What of a claim is denied and not settled otherwise since."""
    claim, decision = state.claim, state.decision
    refused = decision.denied if decision is not None else None
    if claim.status != "denied" and not (claim.status == "paid" and refused):
        return _ZERO
    if claims.billed_again(books, state, as_of):
        return _ZERO
    invoice = bill_named(claim.invoice, books)
    if invoice is None:
        return refused or _ZERO
    held = max(_ZERO, claims.held_by_insurer(books, invoice, claim.payer, as_of))
    if not held and claim.status == "denied":
        held = max(_ZERO, books.open_balance(invoice, as_of))
    return held if refused is None else min(refused, held)


def _reason(state: ClaimState) -> str:
    return state.claim.reason or (state.decision.reason if state.decision else "")


def _reason_key(state: ClaimState) -> str:
    reason = _reason(state)
    code = _CODE.match(reason)
    if code:
        return code[0]
    return "-".join(re.findall(r"[a-z0-9]+", reason.casefold())) or "no-reason"


def _underpaid(books: Books, remittance: Remittance, claim: RemittedClaim) -> Iterator[tuple[str, Decimal]]:
    for service in claim.services:
        facts = [f for f in books.contracts.get((remittance.payer, service.code), ()) if f.since <= remittance.date]
        agreed = facts[-1].allowed * service.units if facts else _ZERO
        if _ZERO < service.allowed < agreed:
            yield (
                f"{service.allowed:,.2f} for {service.code} where the contract says {agreed:,.2f}",
                agreed - service.allowed,
            )
