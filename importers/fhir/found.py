"""The records of a FHIR file as it is read, with an account of every resource.

What is read is a row, and gives a record or is skipped with a reason; the rest is looked up, or counted and named. Of
several versions of a resource the newest counts. Visits alone, if there are very many, wait on disk.
"""

from __future__ import annotations

import datetime
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Final

from daysheet.importers.fhir import bills, claims, decisions, visits
from daysheet.importers.fhir.decisions import Decided
from daysheet.importers.fhir.elements import day, part, parts, text, word
from daysheet.importers.fhir.references import pointed
from daysheet.importers.fhir.stream import Resource
from daysheet.importers.fhir.terms import PROFILE, Reader, own_id
from daysheet.importers.reading import Reading, Record, Skipped
from daysheet.importers.spilled_visits import MOST_IN_MEMORY, Rows, SpilledVisits, Versions
from daysheet.importers.systems import bill_lines
from daysheet.importers.systems.marks import UNDATED
from daysheet.records import Claim, Invoice, Visit
from daysheet.remittances import Remittance
from daysheet.wording import many

KIND: Final = "fhir"
_ISSUES: Final = ("fatal", "error")
_NOT_YET: Final = ("scheduled", "cancelled")

Made = Sequence[Record | Decided] | Skipped
Convert = Callable[[Resource, Reader], Made]


class Found:
    """The records of a file as it is read, and an account of every resource."""

    def __init__(self, reader: Reader) -> None:
        """Nothing read yet."""
        self.reader = reader
        self.records: list[Record] = []
        self.decided: list[Decided] = []
        self.skipped: list[Skipped] = []
        self.rows = Rows()
        self.spilled: SpilledVisits | None = None
        self.only_visits = True
        self.claims: dict[int, int] = {}
        self.others: Counter[str] = Counter()
        self.deleted: list[str] = []
        self.issues = 0
        self.changed = UNDATED
        self.versions = Versions()
        self.outdated: dict[int, int] = {}

    def take(self, resource: Resource) -> None:
        """One resource, or what stands in the place of one."""
        if resource.deleted:
            self.deleted.append(resource.deleted)
            return
        convert = CONVERTED.get(resource.kind)
        if convert is None:
            self.others[resource.kind or "no type"] += 1
            self._of_no_record(resource)
            return
        if self._is_older(resource):
            return
        made = convert(resource, self.reader)
        if not isinstance(made, Skipped):
            made = [record for record in made if self.reader.terms.takes(kind_of(record))] or Skipped(
                resource.row, "left out by take in [[source]]"
            )
        if isinstance(made, Skipped):
            self.skipped.append(made)
        else:
            self.records += [record for record in made if not isinstance(record, Decided)]
            self.decided += [record for record in made if isinstance(record, Decided)]
            count = sum(len(record.claims) for record in made if isinstance(record, Remittance))
            if count > 1:
                self.claims[resource.row] = count
            self.rows.add(resource.row)
            self.only_visits = self.only_visits and all(isinstance(record, Visit) for record in made)
            if self.only_visits and len(self.records) >= MOST_IN_MEMORY:  # other records are joined with each other
                self._spill()

    def _spill(self) -> None:
        """Put the visits so far on disk."""
        if self.spilled is None:
            self.spilled = SpilledVisits(str(self.reader.path))
        self.spilled.add(record for record in self.records if isinstance(record, Visit))
        self.records = []

    def _of_no_record(self, resource: Resource) -> None:
        updated = day(part(resource.body, "meta").get("lastUpdated"))
        self.changed = max(self.changed, updated or UNDATED)
        if resource.kind == "OperationOutcome":
            self.issues += any(word(issue, "severity") in _ISSUES for issue in parts(resource.body, "issue"))

    def _is_older(self, resource: Resource) -> bool:
        """Whether the file holds a newer version of the resource; an older one before it is left out then."""
        updated = text(part(resource.body, "meta").get("lastUpdated"))
        identity = own_id(resource.body, resource.url)
        if not updated or not identity:
            return False
        before, row = self.versions.of(resource.kind, identity)
        if row and updated <= before:
            if updated < before:
                self.skipped.append(Skipped(resource.row, "an older version of what another row says"))
                return True
            return False
        if row:
            self.outdated[row] = resource.row
        self.versions.put(resource.kind, identity, updated, resource.row)
        return False

    def reading(self) -> Reading:
        """What came of the file."""
        if self.spilled is not None:
            if self.only_visits:
                self._spill()
            else:  # there is something else after all
                self.records = sorted([*self.spilled, *self.records], key=lambda record: int(record.meta["lineno"]))
                self.spilled = None
        if self.outdated:
            self._leave_out({row for row in self.outdated if row in self.rows})
        self._join_lines()
        # a payment by itself is as many rows as claims: each of them is booked, known or said
        used = len(self.rows) + sum(count - 1 for row, count in self.claims.items() if row in self.rows)
        first, last = span(self._found()) or (self.changed, self.changed)
        return Reading(
            profile=PROFILE,
            kind=KIND,
            rows=used + len(self.skipped),
            records=self._found(),
            skipped=tuple(sorted(self.skipped)),
            first=first,
            last=last,
            currency=self.reader.context.currency,
            used=used,
            notes=tuple(self._notes()),
        )

    def _found(self) -> Sequence[Record]:
        return tuple(self.records) if self.spilled is None else self.spilled

    def _leave_out(self, old: set[int]) -> None:
        """Leave out the rows that hold an older version of what others say."""
        if self.spilled is not None:
            self.spilled.remove(old)
        self.records = [record for record in self.records if record.meta["lineno"] not in old]
        self.decided = [each for each in self.decided if each.claim.meta["lineno"] not in old]
        self.rows.remove(old)
        self.skipped += [Skipped(row, "an older version of what another row says") for row in sorted(old)]

    def _join_lines(self) -> None:
        """Join the lines of a bill to it, and decisions of a payment to a remittance."""
        by_line = [record for record in self.records if _is_line(record)]
        combined = bill_lines.bills(by_line)
        whole = [record for record in self.records if not _is_line(record)]
        self.records = [*whole, *combined.records, *decisions.remittances(self.decided, self.reader)]
        self.rows.remove(skipped.row for skipped in combined.skipped)
        self.skipped += combined.skipped

    def _notes(self) -> Iterator[str]:
        """What a person should know of the file."""
        looked_up = {kind: count for kind, count in self.others.items() if kind in _LOOKED_UP}
        unread = {kind: count for kind, count in self.others.items() if kind not in _LOOKED_UP}
        if looked_up:
            yield f"looked up where other resources refer to it: {_listed(looked_up)}"
        if unread:
            yield f"not read: {_listed(unread)}"
        reader = self.reader
        if reader.classes and not (reader.terms.classes or reader.terms.types or reader.terms.without):
            found = ", ".join(f"{code} {count:,}" for code, count in sorted(reader.classes.items()))
            yield f"encounters by class: {found}; classes, types or without in [[source]] say which are no visits"
        if reader.evening:
            yield (
                f"{many(reader.evening, 'time')} in UTC may be of the day before: say where the practice is with "
                'time-zone = "America/New_York" in [[source]]'
            )
        if reader.nameless:
            yield (
                f"{many(reader.nameless, 'record')} with a practitioner or an insurer by number alone, of whom no file "
                "says who it is: import the export's Practitioner, PractitionerRole and Organization files with it"
            )
        unnamed = sum(isinstance(record, Visit) and record.provider == "unknown" for record in self.records)
        unnamed += self.spilled.providers()["unknown"] if self.spilled is not None else 0
        if unnamed:
            yield (
                f"{many(unnamed, 'visit names', 'visits name')} no practitioner and stand under provider unknown: "
                'providers = { "" = "adams" } in [[source]] says whose they are'
            )
        yield from self._said_of_money()
        if self.issues:
            yield f"the record system reports {many(self.issues, 'error')} of its export: ask it for what is missing"
        yield from self._said_deleted()

    def _said_of_money(self) -> Iterator[str]:
        if self.reader.uneven:
            yield f"{many(self.reader.uneven, 'invoice')} whose lines do not add up to it: booked without lines"
        odd = [
            record for record in self.records if isinstance(record, Claim) and record.sent and record.sent.unexplained
        ]
        if odd:
            rows = ", ".join(str(claim.meta["lineno"]) for claim in odd[:20])
            yield f"{many(len(odd), 'claim')} whose lines do not add up to it, kept as asked for: row {rows}"
        if self.reader.withdrawn:
            named = ", ".join(self.reader.withdrawn[:20])
            yield f"cancelled or in error, as the record system says, and the books have it: {named}"

    def _said_deleted(self) -> Iterator[str]:
        if not self.deleted:
            return
        ids = [self.reader.identity(pointed(each, "", {}).id) for each in self.deleted]
        known = [identity for identity in ids if identity in self.reader.context.known]
        yield f"{many(len(self.deleted), 'resource is', 'resources are')} said to be deleted" + (
            f", and the books have {', '.join(known[:20])}: take them out, or waive what is found of them"
            if known
            else ""
        )


def _listed(counts: Mapping[str, int]) -> str:
    return ", ".join(f"{kind} {count:,}" for kind, count in sorted(counts.items()))


def days_of(records: Iterable[Record]) -> Iterator[datetime.date]:
    """The days that a file's records happened on; of those that are only planned, where there are no others."""
    happened = [_day(record) for record in records if not (isinstance(record, Visit) and record.status in _NOT_YET)]
    found = [each for each in happened if each is not None and each != UNDATED]
    yield from found or [record.date for record in records if isinstance(record, Visit)]


def span(records: Sequence[Record]) -> tuple[datetime.date, datetime.date] | None:
    """The first and the last of these days; None where there is none."""
    if isinstance(records, SpilledVisits):
        return records.days(*_NOT_YET) or records.days()
    days = list(days_of(records))
    return (min(days), max(days)) if days else None


def _is_line(record: Record) -> bool:
    """Whether it is a line of a bill by itself, as a charge item is."""
    return isinstance(record, Invoice) and len(record.lines) == 1


def _day(record: Record) -> datetime.date | None:
    return record.submitted if isinstance(record, Claim) else record.date


def kind_of(record: Record | Decided) -> str:
    """The word by which `take` in the settings calls a record."""
    return {"Visit": "visits", "Invoice": "invoices", "Claim": "claims"}.get(type(record).__name__, "payments")


def _one(convert: Callable[[Resource, Reader], Record | Decided | Skipped]) -> Convert:
    def made(resource: Resource, reader: Reader) -> Made:
        found = convert(resource, reader)
        return found if isinstance(found, Skipped) else [found]

    return made


CONVERTED: Final[Mapping[str, Convert]] = {
    "Encounter": _one(visits.encounter),
    "Appointment": _one(visits.appointment),
    "ChargeItem": _one(bills.charge_item),
    "Invoice": _one(bills.invoice),
    "Claim": _one(claims.claim),
    "ExplanationOfBenefit": _one(decisions.explanation),
    "PaymentReconciliation": decisions.reconciliation,
}
"""What each type of resource becomes."""

_LOOKED_UP: Final = frozenset(
    {"Practitioner", "PractitionerRole", "Organization", "HealthcareService", "Location", "Coverage", "Patient"}
)
READ: Final = {**dict.fromkeys(CONVERTED, ""), "OperationOutcome": ""}
"""The types whose bodies are looked at."""
