"""Claims and remittances out of entries: the states of a claim, and what an insurer decided of it."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Mapping, Sequence
from typing import Final, Protocol

from beancount.core.data import Custom
from daysheet.books.index import BookError
from daysheet.records import CLAIM_STATUSES, Claim
from daysheet.remittances import Remittance, RemittedClaim, parse_remittance, parse_remitted
from daysheet.submissions import Answer, parse_answer, parse_submission


class Holding(Protocol):
    """The books, as far as claims go."""

    claims: dict[str, list[Claim]]
    claim_days: dict[str, list[datetime.date]]
    remittances: dict[str, Remittance]
    answers: list[Answer]

    def refuse(self, error: BookError) -> None:
        """Note an entry that cannot be understood."""
        ...


def add_claim(books: Holding, entry: Custom) -> None:
    """Add a claim's state."""
    values = [value.value for value in entry.values]
    if len(values) != 4 or values[3] not in CLAIM_STATUSES:
        known = ", ".join(CLAIM_STATUSES)
        message = f'claim: write custom "claim" "ID" "INVOICE" "PAYER" "STATUS", the status one of {known}'
        books.refuse(BookError(entry.meta, message, entry))
        return
    identifier, invoice, payer, status = values
    meta = entry.meta
    try:
        sent = parse_submission(meta)
    except (ValueError, ArithmeticError) as problem:
        books.refuse(BookError(entry.meta, str(problem), entry))
        return
    claim = Claim(identifier, invoice, payer, meta.get("submitted"), status, meta.get("reason"), meta, sent)
    books.claims.setdefault(identifier, []).append(claim)
    books.claim_days.setdefault(identifier, []).append(entry.date)


def add_answer(books: Holding, entry: Custom) -> None:
    """Add what was answered to a claim or a file of claims."""
    try:
        books.answers.append(parse_answer(entry))
    except ValueError as problem:
        books.refuse(BookError(entry.meta, str(problem), entry))


def add_remittance(books: Holding, entry: Custom) -> None:
    """Add what an insurer said it paid."""
    try:
        remittance = parse_remittance(entry)
    except ValueError as problem:
        books.refuse(BookError(entry.meta, str(problem), entry))
        return
    books.remittances[remittance.id] = remittance


ADD: Final[Mapping[str, Callable[[Holding, Custom], None]]] = {
    "claim": add_claim,
    "remittance": add_remittance,
    "answer": add_answer,
}
"""What is done with each kind of directive about claims."""


def join_claims(books: Holding, entries: Sequence[Custom]) -> None:
    """Put each decided claim into its remittance."""
    joined: dict[str, list[RemittedClaim]] = {}
    for entry in entries:
        identifier = entry.meta["remittance"]
        if identifier not in books.remittances:
            message = f'claim: there is no remittance "{identifier}" in these books'
            books.refuse(BookError(entry.meta, message, entry))
            continue
        try:
            joined.setdefault(identifier, []).append(parse_remitted(entry))
        except ValueError as problem:
            books.refuse(BookError(entry.meta, str(problem), entry))
    for identifier, claims in joined.items():
        remittance = books.remittances[identifier]
        books.remittances[identifier] = remittance._replace(claims=tuple(sorted(claims, key=lambda c: c.line)))
