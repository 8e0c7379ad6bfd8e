"""Before the practice's records are compared by id: whether an id means the same record, and how the books write it.

Ids that a practice system begins anew, that stand for a row of its report or that a spreadsheet has cut would join
records of different patients, days or amounts. Such a file is refused, with the row and the place of the other record.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Final

from daysheet.errors import DaysheetError
from daysheet.importers import identity
from daysheet.importers.booking.known import Known
from daysheet.importers.booking.session import ImportSession, Taken
from daysheet.importers.reading import Reading, Record
from daysheet.importers.systems.marks import DATED, SO_FAR
from daysheet.records import Adjustment, Claim, Invoice, Payment, Visit
from daysheet.wording import many

_KINDS: Final[Mapping[type, str]] = {
    Visit: "visit",
    Invoice: "invoice",
    Payment: "payment",
    Adjustment: "adjustment",
    Claim: "claim",
}
_REMEDY: Final = (
    "an id may stand for one record only: export with the system's own ids, or correct what is wrong in the books"
)


def in_books_letters(records: Sequence[Record], known: Known, reading: Reading, taken: Taken) -> list[Record]:
    """The records with ids as the books (or an earlier row) write them, where only letter case differs.

    An id is the same only if the record is, by all that must agree; a reference if it can mean only one.
    """
    spelled = {kind: _Spelling(_ids(kind, known)) for kind in _KINDS}
    for record in records:
        if type(record) in _KINDS:
            spelled[type(record)].add(record.id)  # type: ignore[union-attr]
    earlier: dict[tuple[type, str], tuple[Any]] = {}
    changed: list[Record] = []
    apart: list[Record] = []
    unclear: list[Record] = []
    found: list[Record] = []
    for record in records:
        if type(record) not in _KINDS or (isinstance(record, Claim) and record.sent is not None):
            found.append(record)  # a claim that was sent keeps the number that it was sent by
            continue
        written = _referring(record, spelled)
        kind = type(record)
        twins = [
            twin
            for other in spelled[kind].others(written.id)
            for twin in (*_existing(kind, other, known), *earlier.get((kind, other), ()))
        ]
        same = next((twin for twin in twins if _agrees(written, twin, (reading.first, reading.last))), None)
        if same is not None:
            written = written._replace(id=same.id)
        elif twins:
            apart.append(record)
        if any(spelled[kind].is_unclear(name) for kind, name in _references(written)):
            unclear.append(record)
        earlier.setdefault((type(record), written.id), (written,))
        if written is not record:
            changed.append(record)
        found.append(written)
    _say(taken, changed, "with an id that the books write in other letters")
    _say(taken, apart, "with an id that another record has in other letters; patient, day or amount differ: both count")
    _say(taken, unclear, "for an id that several records have in other letters, and none as it is written")
    return found


def _say(taken: Taken, rows: Sequence[Record], words: str) -> None:
    if rows:
        taken.notes.append(f"{many(len(rows), 'row')} {words}, first row {rows[0].meta['lineno']}")


def refuse_clashes(session: ImportSession, records: Sequence[Record], reading: Reading, taken: Taken) -> None:
    """Refuse a file in which an id stands for other records than before.

    Raises:
        DaysheetError: it names the row, and where the other record stands.
    """
    rows: dict[tuple[type, str], list[Any]] = defaultdict(list)
    for record in records:
        if type(record) not in _KINDS or DATED in record.meta or SO_FAR in record.meta:
            continue  # a day that is not the source's own, and an amount that grows, say nothing
        kind, identifier = type(record), record.id  # type: ignore[union-attr]
        for earlier in rows[kind, identifier]:
            why = identity.contradiction(record, earlier)
            if why:
                raise _clash(record, why, f"row {earlier.meta['lineno']}", taken.file)
        rows[kind, identifier][1:] = [record]  # the first and the last: ids of thousands of rows are told from these
        existing = [entry for entry in _existing(kind, identifier, session.known) if _is_practice_s(entry)]
        reasons = [identity.contradiction(record, entry, (reading.first, reading.last)) for entry in existing]
        if reasons and all(reasons):
            raise _clash(record, reasons[0], session.place(existing[0].meta), taken.file)


def _is_practice_s(entry: Record) -> bool:
    """Whether the practice's own system has said what the books have: of a claim, an insurer may have, by a number."""
    return DATED not in entry.meta and "remittance" not in entry.meta


def _clash(record: Record, why: str, where: str, file: Path) -> DaysheetError:
    kind = _KINDS[type(record)]
    return DaysheetError(
        f"the id of this {kind} stands for another one, with another {why} ({where})",
        filename=file,
        line=int(record.meta["lineno"]),
        remedy=_REMEDY,
    )


class _Spelling:
    """Ids of one kind, by their letters without case."""

    def __init__(self, identifiers: Iterable[str]) -> None:
        self._first: dict[str, list[str]] = {}
        for identifier in identifiers:
            self._first.setdefault(identity.comparable(identifier), []).append(identifier)

    def add(self, identifier: str) -> None:
        """An id of the file."""
        alike = self._first.setdefault(identity.comparable(identifier), [])
        if identifier not in alike:
            alike.append(identifier)

    def others(self, identifier: str) -> list[str]:
        """The ids before this one that differ from it in case only."""
        alike = self._first.get(identity.comparable(identifier), [identifier])
        return alike[: alike.index(identifier)] if identifier in alike else alike

    def meant(self, reference: str) -> str:
        """The id that a reference means: as it is written, else the only one in other letters."""
        alike = self._first.get(identity.comparable(reference), [])
        return alike[0] if reference not in alike and len(alike) == 1 else reference

    def is_unclear(self, reference: str) -> bool:
        """Whether a reference may mean several ids, and is none of them."""
        alike = self._first.get(identity.comparable(reference), ())
        return len(alike) > 1 and reference not in alike


def _references(record: Record) -> Iterator[tuple[type, str]]:
    """The kinds and ids of what a record refers to."""
    if isinstance(record, Invoice):
        yield from ((Visit, visit) for visit in record.visits)
    elif isinstance(record, Payment | Adjustment | Claim) and record.invoice:
        yield Invoice, record.invoice


def _referring(record: Record, spelled: Mapping[type, _Spelling]) -> Any:  # noqa: ANN401 - a record of the same type
    """A record with the ids that it refers to as they are written elsewhere."""
    if isinstance(record, Invoice):
        visits = tuple(map(spelled[Visit].meant, record.visits))
        return record if visits == record.visits else record._replace(visits=visits)
    if isinstance(record, Payment | Adjustment | Claim) and record.invoice is not None:
        invoice = spelled[Invoice].meant(record.invoice)
        return record if invoice == record.invoice else record._replace(invoice=invoice)
    return record


def _agrees(record: Record, entry: Record, covers: identity.Days) -> bool:
    """Whether two records are the same but for their letters: every field that tells records apart is equal.

    A patient or a visit that one of them does not name is not another one.
    """
    if identity.contradiction(record, entry, covers):
        return False
    return all(one == other or None in (one, other) for one, other in zip(_told(record), _told(entry), strict=True))


def _told(record: Record) -> tuple[object, ...]:
    """What tells a record from others; None for what it may leave out and does."""
    if isinstance(record, Visit):
        return record.date, record.provider, str(record.fee), record.patient or None
    if isinstance(record, Invoice):
        return record.date, record.amount, record.patient or None, frozenset(record.visits) or None
    if isinstance(record, Payment):
        return record.date, record.amount, record.invoice, record.patient or None
    if isinstance(record, Adjustment):
        return record.date, record.amount, record.invoice
    if isinstance(record, Claim):
        return record.invoice, record.payer
    return ()


def _ids(kind: type, known: Known) -> Iterator[str]:
    groups: dict[type, Iterable[str]] = {
        Visit: known.visits,
        Invoice: known.invoices,
        Payment: known.payments,
        Adjustment: known.adjustments,
        Claim: known.claims,
    }
    return iter(groups[kind])


def _existing(kind: type, identifier: str, known: Known) -> list[Any]:
    if kind is Visit:
        visit = known.visits.get(identifier)
        return [] if visit is None else [visit]
    groups: dict[type, Mapping[str, list[Any]]] = {
        Invoice: known.invoices,
        Payment: known.payments,
        Adjustment: known.adjustments,
        Claim: known.claims,
    }
    return list(groups[kind].get(identifier, ()))
