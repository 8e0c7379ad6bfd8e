"""Procedures on bills: which bill holds a line, lines that say the same, and what was done and stands in no line."""

from __future__ import annotations

import datetime
import re
from collections import Counter, defaultdict
from collections.abc import Iterator
from decimal import Decimal
from statistics import median
from typing import Final, NamedTuple

from daysheet.billing.unbilled import last_due_to_be_billed
from daysheet.books import Books
from daysheet.records import COMPLETED, Invoice, Line, Visit

_CENT: Final = Decimal("0.01")
_CODE: Final = re.compile(r"[A-Z]{0,2}[0-9]{3,5}[A-Z]?")
_ZERO: Final = Decimal()


class Billed(NamedTuple):
    """A line on its bill."""

    bill: Invoice
    line: Line


class Undone(NamedTuple):
    """A procedure that was done in a visit and stands in no line of its bills, at what it is charged."""

    visit: Visit
    service: str
    amount: Decimal


def bill_of_line(books: Books) -> dict[str, str]:
    """The bill of each line, by the line's id."""
    return books.once("lines", lambda: {line.id: bill.id for bill in books.lined for line in bill.lines})


def bill_named(number: str, books: Books) -> str | None:
    """The bill that a number means: its own, that of a line on it, that of its visit; None where it is of none.

    A visit means a bill only where it is billed by one alone.
    """
    if number in books.invoices:
        return number
    lines = bill_of_line(books)
    if number in lines:
        return lines[number]
    billing = {bill.id for bill in books.invoices_of_visit.get(number, ())}
    return billing.pop() if len(billing) == 1 else None


def alike(books: Books, as_of: datetime.date) -> Iterator[list[Billed]]:
    """Lines that bill one procedure of one visit more often than once, the first first; those taken back are none.

    The procedure is the same by patient, day, provider and payer, by its code (by its charge, where it has none), and
    by tooth, site, modifier and quantity where they are known. Two visits of a day are two.
    """
    groups: dict[tuple[object, ...], list[Billed]] = defaultdict(list)
    for bill in books.lined:
        if bill.date > as_of:
            break
        whom = bill.patient or (bill.visits or (bill.id,))[0]
        for line in bill.lines:
            what = line.service or abs(line.amount)
            told = (line.tooth, line.site, line.modifier, line.quantity)
            groups[whom, bill.date, line.provider, bill.payer, what, told].append(Billed(bill, line))
    for group in groups.values():
        for same in _of_one_visit(group) if len(group) > 1 else ():
            standing = _standing(books, same, as_of)
            if len(standing) > 1:
                yield standing


def _of_one_visit(group: list[Billed]) -> list[list[Billed]]:
    """The lines by visit; those of no visit known may be of any."""
    visits: dict[str, list[Billed]] = defaultdict(list)
    for billed in group:
        visits[" ".join(billed.bill.visits)].append(billed)
    loose = visits.pop("", [])
    if not visits:
        return [loose]
    first = next(iter(visits))
    visits[first] += loose
    return list(visits.values())


def _standing(books: Books, same: list[Billed], as_of: datetime.date) -> list[Billed]:
    """The lines less those that a later row, or an adjustment of their amount, has taken back."""
    kept = [billed for billed in same if billed.line.amount > 0]
    taken_back = sum(1 for billed in same if billed.line.amount < 0)
    for bill in {billed.bill.id: billed.bill for billed in kept}.values():
        amounts = [billed.line.amount for billed in kept if billed.bill.id == bill.id]
        for adjustment in books.adjustments_of_invoice.get(bill.id, ()):
            if adjustment.date <= as_of and adjustment.kind != "transfer" and adjustment.amount in amounts:
                taken_back += 1
    return kept[: max(len(kept) - taken_back, 0)] if taken_back else kept


def not_billed(books: Books, as_of: datetime.date) -> Iterator[Undone]:
    """Procedures that a visit's record names, in visits billed by lines, and that no line has; in the books' order.

    Only where a visit has fewer lines than procedures: a code that was changed before it was billed is no loss.
    """
    by_visit: dict[str, list[Line]] = defaultdict(list)
    for bill in books.lined:
        if bill.date <= as_of:
            for named in bill.visits:
                by_visit[named] += bill.lines
    due: dict[str, datetime.date] = {}
    for identifier, lines in by_visit.items():
        visit = books.visits.get(identifier)
        if visit is None or visit.status != COMPLETED or visit.date > as_of or not visit.service:
            continue
        missing = _missing(visit.service, lines)
        if not missing:
            continue
        if visit.provider not in due:
            due[visit.provider] = last_due_to_be_billed(books, visit.provider, as_of)
        if visit.date <= due[visit.provider]:
            yield from _at_their_charge(books, visit, missing, lines)


def _missing(service: str, lines: list[Line]) -> list[str]:
    done = service.split(", ")
    if not all(_CODE.fullmatch(code) for code in done) or len(lines) >= len(done):
        return []
    return list((Counter(done) - Counter(line.service or "" for line in lines)).elements())[: len(done) - len(lines)]


def _at_their_charge(books: Books, visit: Visit, missing: list[str], lines: list[Line]) -> Iterator[Undone]:
    """What is left of the visit's fee where only one is missing, else what each is usually charged."""
    rest = None if visit.fee is None else visit.fee - sum((line.amount for line in lines), _ZERO)
    for code in missing:
        usual = _usual(books).get(code)
        amount = rest if rest is not None and (len(missing) == 1 or usual is None) else usual
        yield Undone(visit, code, max(amount or _ZERO, _ZERO))


def _usual(books: Books) -> dict[str, Decimal]:
    """The median charge of each procedure."""

    def work() -> dict[str, Decimal]:
        charges: dict[str, list[Decimal]] = defaultdict(list)
        for bill in books.lined:
            for line in bill.lines:
                if line.service and line.amount > 0:
                    charges[line.service].append(line.amount)
        return {code: Decimal(median(amounts)).quantize(_CENT) for code, amounts in charges.items()}

    return books.once("usual charges of procedures", work)
