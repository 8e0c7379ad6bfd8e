"""Who an insurer is: the name and numbers on a remittance as a payer of the books, and its claims as theirs."""

from __future__ import annotations

import datetime
import re
from collections import Counter
from typing import Final

from daysheet.accounts import RECEIVABLE_INSURANCE, account_part
from daysheet.billing.lines import bill_named, bill_of_line
from daysheet.books import Books
from daysheet.remittances import Remittance

_NOT_A_WORD: Final = re.compile(r"[^a-z0-9]+")


def payer_of(remittance: Remittance, books: Books) -> str:
    """The id of the payer that sent a remittance.

    By the numbers in the payer's `era-id` fact, else by its name (all words of the fact's name or id stand in the
    remittance's), else the payer of the invoices that it pays first. An insurer that the books do not
    know gets its name as id.
    """
    numbered = [payer for payer in books.payers if _numbers(books, payer) & set(remittance.payer_ids)]
    if len(numbered) == 1:
        return numbered[0]
    words = _words(remittance.payer)
    named = [payer for payer in books.payers if _is_named(books, payer, words)]
    if len(named) == 1:
        return named[0]
    billed = Counter(
        invoice.payer
        for claim in remittance.claims
        if claim.rank == "primary"
        for invoice in books.invoices.get(known_claim(claim.claim, None, books)[1], ())
        if invoice.payer
    )
    if len(billed) == 1:
        return next(iter(billed))
    return "-".join(words) or "unknown-payer"


def receivable_of(payer: str, day: datetime.date, books: Books) -> str:
    """The receivable account of a payer on a day: that of its fact, else one by its id."""
    fact = books.payer_on(payer, day)
    return f"{RECEIVABLE_INSURANCE}:{account_part(payer)}" if fact is None else fact.receivable


def known_claim(number: str, payer: str | None, books: Books) -> tuple[str, str]:
    """The claim and the invoice that a number on a remittance means; the number itself for both when nothing is known.

    The number (CLP01) is the one that the practice gave: its claim's, its invoice's, that of a line, or that of a visit
    on one invoice.
    """
    number = _as_written(number, books)
    states = books.claims.get(number)
    if states and states[-1].invoice != number:
        return number, bill_named(states[-1].invoice, books) or states[-1].invoice
    invoice = bill_named(number, books) or number
    claim = next((known for known in claims_of(invoice, books) if books.claims[known][-1].payer == payer), number)
    return claim, invoice


def claims_of(invoice: str, books: Books) -> list[str]:
    """The ids of an invoice's claims."""

    def work() -> dict[str, list[str]]:
        found: dict[str, list[str]] = {}
        for identifier, states in books.claims.items():
            named = states[-1].invoice
            found.setdefault(bill_named(named, books) or named, []).append(identifier)
        return found

    return books.once("claims of invoices", work).get(invoice, [])


def _as_written(number: str, books: Books) -> str:
    """The number in the letters that the books use: some insurers return it in capitals."""

    def work() -> dict[str, list[str]]:
        found: dict[str, list[str]] = {}
        for known in dict.fromkeys((*books.claims, *books.invoices, *books.invoices_of_visit, *bill_of_line(books))):
            found.setdefault(known.casefold(), []).append(known)
        return found

    alike = books.once("numbers of claims", work).get(number.casefold(), [])
    return alike[0] if len(alike) == 1 else number


def _numbers(books: Books, payer: str) -> set[str]:
    return {number for fact in books.payers[payer] for number in str(fact.meta.get("era-id", "")).split()}


def _is_named(books: Books, payer: str, words: list[str]) -> bool:
    return any(
        wanted and set(wanted) <= set(words)
        for fact in books.payers[payer]
        for wanted in (_words(fact.name), _words(fact.id))
    )


def _words(name: str) -> list[str]:
    return [word for word in _NOT_A_WORD.split(name.casefold()) if word]
