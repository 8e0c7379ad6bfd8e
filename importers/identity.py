"""What makes two records one: the one place that says it, for each kind of record, with the reason.

A source's id alone is no identity. Banks begin their ids anew with every download, or give a terminal's number for
one; spreadsheets cut long ids to `2.02603E+11`; clearinghouses send an advice again under another date, and pad the
numbers in it. So an id counts only together with what must also agree, and where it comes again without that, the
import says so: another record, a correction, or a question. Nothing is joined by likeness.

| record | known by | must also agree | an id that comes again otherwise |
|---|---|---|---|
| bank line | the bank's id, in one account and source | day and amount | `bank_id_again` |
| bank line without an id | its raw row; else its day and amount, counted | account, currency | is another line |
| visit | its id | the patient; the day, once it took place | `contradiction` |
| invoice | its id | the patient; its visits, day or amount | `contradiction` |
| payment, adjustment | its id | two of invoice, day and amount | `contradiction` |
| claim | its id | its invoice, where both name one | `contradiction` |
| answer to a claim | all that it says | – | is another answer |
| remitted claim | payer, trace, claim and payer's claim number | every amount | is said to differ |
| payout | the processor's id | the amount | is said to differ |
"""

from __future__ import annotations

import datetime
import re
from collections.abc import Callable, Sequence
from decimal import Decimal
from typing import Final, NamedTuple

from daysheet.importers.reading import Record
from daysheet.records import Adjustment, BankLine, Claim, Invoice, Payment, Visit
from daysheet.remittances import AMOUNTS, RemittedClaim

Days = tuple[datetime.date, datetime.date]
"""The first and the last day that a file covers."""

CUT: Final = "was cut by a spreadsheet (such as 2.02603E+11), and may stand for several"
UNCUT: Final = "export the file again, and import it before a spreadsheet has saved it"
"""What is wrong with such an id, and what to do."""

_CUT: Final = re.compile(
    r"[-+]?\d(?:[.,]\d+)?[Ee]\+\d{1,3}\Z|\d[.,]\d+[Ee]\d{1,3}\Z"
    r"|#(?:REF!|N/A|NAME\?|VALUE!|DIV/0!|NUM!|NULL!)\Z|#{3,}\Z"  # what a spreadsheet shows in the place of a value
)
_DIGITS_OF_A_SPREADSHEET: Final = 15
_POSTING_DAYS: Final = datetime.timedelta(days=5)
"""How far a bank moves a line between two downloads: over a weekend and a holiday."""


def damaged(identifier: str) -> bool:
    """Whether a spreadsheet has cut an id: `2.02603E+11` may be any of a hundred million, `#N/A` anything.

    Excel also keeps only fifteen digits; an id of digits alone that goes on with zeros is taken as it stands, because a
    bank may write it so, and its other fields tell such records apart.
    """
    return _CUT.match(identifier.strip()) is not None


def rounded(identifier: str) -> bool:
    """Whether an id is long enough for Excel to have put zeros in the place of its last digits."""
    digits = identifier.strip()
    return (
        digits.isdigit()
        and len(digits) > _DIGITS_OF_A_SPREADSHEET
        and digits.endswith("0" * (len(digits) - _DIGITS_OF_A_SPREADSHEET))
    )


def comparable(identifier: str) -> str:
    """An id as it is compared: letter case and padding with spaces do not count, because exports change them."""
    return " ".join(identifier.split()).casefold()


class Held(NamedTuple):
    """A bank line as the books or a file have it, as far as its identity goes."""

    id: str
    date: datetime.date
    amount: Decimal
    words: str


def ids_repeat(rows: Sequence[Held], lines: Sequence[Held]) -> bool:
    """Whether a bank's ids are none: one of them stands for several lines.

    That is so if it stands twice in a file or twice in the books, or in both with another amount and another day or
    other words, or if a line of the books comes again under another id, while its own id stands for something else. A
    line and its reversal (the opposite amount) may share one.
    """
    for group in (rows, lines):
        seen: dict[str, Decimal] = {}
        for held in group:
            first = seen.get(held.id)
            if first is not None and first != -held.amount:
                return True
            seen.setdefault(held.id, held.amount)
    known = {held.id: held for held in lines}
    pairs = [(row, known[row.id]) for row in rows if row.id in known]
    otherwise = [(row, line) for row, line in pairs if (row.date, row.amount) != (line.date, line.amount)]
    if not otherwise:
        return False
    renumbered = {line[1:] for _, line in otherwise}
    return any(
        row[1:] in renumbered
        or (row.amount not in (line.amount, -line.amount) and (row.date, row.words) != (line.date, line.words))
        for row, line in otherwise
    )


def bank_id_again(row: Held, line: Held, covers: Days | None) -> str:
    """What a bank's id says that comes again with another day or another amount, and that is otherwise unique.

    Args:
        row: the file's line.
        line: the books' line of the same id, which the file does not hold as it stands.
        covers: the days of the file.

    Returns:
        `moved`: the same line, which the bank has put on another day: the file covers the old one and no longer has it
        there. `corrected`: the same line with another amount: day and words agree. `unclear`: it may be the line moved
        by a few days, or another one with the same id. `another`: another line.
    """
    if row.amount == line.amount:
        if covers is not None and covers[0] <= line.date <= covers[1]:
            return "moved"
        near = abs(row.date - line.date) <= _POSTING_DAYS
        return "unclear" if near and row.words == line.words else "another"
    same_sign = (row.amount > 0) == (line.amount > 0)
    return "corrected" if row.date == line.date and row.words == line.words and same_sign else "another"


def contradiction(record: Record, entry: Record, covers: Days | None = None) -> str:
    """Why a practice record is not the one that the books (or an earlier row) have under its id; empty if it is.

    Args:
        record: the file's.
        entry: the other one, of the same kind and id.
        covers: the days of the file: a day that it covers and no longer has the record on was corrected; one that it
            does not cover says that the ids have begun anew. None where both are rows of one file.
    """
    for kind, judge in _JUDGES.items():
        if isinstance(record, kind) and isinstance(entry, kind):
            return judge(record, entry, covers)
    return ""


def _visit(record: Visit, entry: Visit, covers: Days | None) -> str:
    if _differ(record.patient, entry.patient):
        alike = (record.date, record.provider, record.fee) == (entry.date, entry.provider, entry.fee)
        return "" if alike and covers is not None and not rounded(record.id) else "patient"
    open_ = "scheduled" in (record.status, entry.status)
    return "" if open_ or record.date == entry.date or _covered(entry.date, covers) else "day"


def _invoice(record: Invoice, entry: Invoice, covers: Days | None) -> str:
    if record.lines or entry.lines or record.amount == -entry.amount:
        return ""  # the lines have ids of their own; the opposite amount takes the bill back
    if _differ(record.patient, entry.patient):
        alike = record.date == entry.date and (covers is None or record.amount == entry.amount)
        return "" if alike and not rounded(record.id) else "patient"
    if covers is None or set(record.visits) & set(entry.visits) or record.date == entry.date:
        return ""
    if record.amount == entry.amount and _covered(entry.date, covers):
        return ""
    return "day" if record.amount == entry.amount else "day and amount"


def _payment(record: Payment, entry: Payment, covers: Days | None) -> str:
    if (record.amount < 0) != (entry.amount < 0):
        return ""  # it takes the other back
    if covers is None:  # one payment may be split over several invoices, all of one day
        return "" if record.date == entry.date else "day"
    if _differ(record.patient, entry.patient) and (record.date, record.amount) != (entry.date, entry.amount):
        return "patient"
    return _money((record.invoice, record.date, record.amount), (entry.invoice, entry.date, entry.amount), covers)


def _adjustment(record: Adjustment, entry: Adjustment, covers: Days | None) -> str:
    if covers is None or (record.amount < 0) != (entry.amount < 0):
        return ""
    return _money((record.invoice, record.date, record.amount), (entry.invoice, entry.date, entry.amount), covers)


def _claim(record: Claim, entry: Claim, covers: Days | None) -> str:
    del covers
    if record.id == record.invoice or entry.id == entry.invoice:
        return ""  # one of them says no more than the claim's own number
    other = record.invoice != entry.invoice and (record.payer, record.submitted) != (entry.payer, entry.submitted)
    return "invoice" if other else ""


Money = tuple[str | None, datetime.date, Decimal]


def _money(mine: Money, theirs: Money, covers: Days | None) -> str:
    names = ("invoice", "day", "amount")
    differing = [name for name, one, other in zip(names, mine, theirs, strict=True) if one != other]
    if len(differing) > 1:
        return " and ".join(differing)
    return "day" if differing == ["day"] and not _covered(theirs[1], covers) else ""


def _differ(one: str, other: str) -> bool:
    """Whether two patients are different; one that a file does not name is not."""
    return bool(one and other) and one != other


def _covered(day: datetime.date, covers: Days | None) -> bool:
    return covers is not None and covers[0] <= day <= covers[1]


_JUDGES: Final[dict[type, Callable[..., str]]] = {
    Visit: _visit,
    Invoice: _invoice,
    Payment: _payment,
    Adjustment: _adjustment,
    Claim: _claim,
}


def held(row: BankLine, words: str) -> Held:
    """A file's line as far as its identity goes."""
    return Held(comparable(row.source_id or ""), row.date, row.amount, words)


def trace(number: str) -> str:
    """A check's or an EFT's number as it is compared: without case, marks and zeros in front, which vary."""
    return re.sub(r"[^0-9a-z]", "", number.casefold()).lstrip("0")


def same_decision(mine: RemittedClaim, theirs: RemittedClaim, *, one_file: bool) -> str:
    """What two decisions on a claim, of one payer under one trace number, are to each other.

    The claim itself (its number, in the practice's letters) has been compared already. A payer that gives both a number
    of its own says whether they are one decision; a copy that has lost that number is still the same if every amount
    is. Within one file (`one_file`) a payer that gives no numbers has split a claim.

    Returns:
        `same`, `differs` (one decision with other amounts), or `another`.
    """
    if mine.reversal != theirs.reversal:
        return "another"
    numbers = trace(mine.control), trace(theirs.control)
    if all(numbers) and numbers[0] != numbers[1]:
        return "another"
    if not differing(mine, theirs):
        return "same"
    return "another" if one_file and not all(numbers) else "differs"


def differing(mine: RemittedClaim, theirs: RemittedClaim) -> list[str]:
    """The amounts in which two decisions differ, and `codes` where only the codes behind them do."""
    amounts = [name for name in AMOUNTS if getattr(mine, name) != getattr(theirs, name)]
    return amounts or (["codes"] if _codes(mine) != _codes(theirs) else [])


def _codes(claim: RemittedClaim) -> list[str]:
    """The adjustment codes in no order: a copy may put them into other segments."""
    return sorted(filter(None, claim.codes.split(", ")))
