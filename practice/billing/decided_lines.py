"""What insurers decide of a bill's lines: the service lines of their remittances, found on the bill.

A service line is the bill's line whose number the insurer gives back (REF*6R), else the one of its procedure and
charge, else of its procedure. Of what is on no line of the bill nothing is said: it is the bill's as a whole.
"""

from __future__ import annotations

import datetime
from collections.abc import Callable, Iterator, Sequence
from decimal import Decimal
from typing import NamedTuple, Protocol

from daysheet.billing.payers import known_claim
from daysheet.books import Books
from daysheet.records import Meta
from daysheet.remittances import RemittedClaim, ServiceLine


class BillLine(Protocol):
    """A line of a bill: its id, its procedure and what it charges."""

    @property
    def id(self) -> str:
        """The row id of the practice's system."""

    @property
    def service(self) -> str | None:
        """The procedure."""

    @property
    def amount(self) -> Decimal:
        """What is charged."""


Part = tuple[str, Decimal]
"""A line's id, and an amount."""


class DecidedLine(NamedTuple):
    """A line of a bill, by its id, and what a remittance says of it."""

    line: str
    told: ServiceLine


def decided_lines(claim: RemittedClaim, lines: Sequence[BillLine]) -> list[DecidedLine]:
    """The bill's lines that a claim of a remittance speaks of, each once, in the bill's order."""
    left = [line for line in lines if line.id]
    waiting = list(claim.lines)
    found: list[DecidedLine] = []
    same: tuple[Callable[[BillLine, ServiceLine], bool], ...] = (
        lambda line, told: line.id == told.number,
        lambda line, told: bool(line.service) and (line.service, line.amount) == (told.code, abs(told.charged)),
        lambda line, told: bool(line.service) and line.service == told.code,
    )
    for is_same in same:
        for told in list(waiting):
            line = next((line for line in left if is_same(line, told)), None)
            if line is not None:
                found.append(DecidedLine(line.id, told))
                left.remove(line)
                waiting.remove(told)
    places = {line.id: at for at, line in enumerate(lines)}
    return sorted(found, key=lambda one: places[one.line])


def parts_of(claim: RemittedClaim, of: Callable[[ServiceLine], Decimal], invoice: str, books: Books) -> list[Part]:
    """An amount of a claim by line of its bill, where it is not zero.

    Args:
        claim: of a remittance.
        of: which amount of a line.
        invoice: the bill's id.
        books: the books.
    """
    lines = [line for bill in books.invoices.get(invoice, ()) for line in bill.lines]
    return [(line, of(told)) for line, told in decided_lines(claim, lines) if of(told)]


def claim_of(meta: Meta, books: Books) -> RemittedClaim | None:
    """The claim of a remittance that an entry follows from; None where it follows from none."""
    remittance = books.remittances.get(str(meta.get("remittance", "")))
    place = meta.get("line")
    if remittance is None or not isinstance(place, Decimal):
        return None
    return next((claim for claim in remittance.claims if claim.line == place), None)


def decisions_by_line(books: Books) -> Iterator[tuple[str, datetime.date, RemittedClaim]]:
    """The claims of all remittances that say something of lines, with bill and day, the earliest first."""
    for remittance in sorted(books.remittances.values(), key=lambda one: (one.date, one.id)):
        for claim in remittance.claims:
            if claim.lines and claim.status not in ("", "submitted"):
                yield known_claim(claim.invoice, remittance.payer, books)[1], remittance.date, claim
