"""FHIR files as a source: every resource counted, those that say something of visits and money read.

What is read is a row, and gives a record or is skipped with a reason. Whom they refer to is looked up; every other type
is counted and named. A resource that stands in an export in several versions is the newest.
"""

from __future__ import annotations

import datetime
import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from decimal import Decimal
from typing import Final, NamedTuple

from daysheet.importers.fhir import bills, claims, decisions, visits
from daysheet.importers.fhir.containers import heads
from daysheet.importers.fhir.decisions import Decided
from daysheet.importers.fhir.directory import Directory, gathered
from daysheet.importers.fhir.elements import Body, code, day, money, name_of, part, parts, text, word
from daysheet.importers.fhir.references import pointed
from daysheet.importers.fhir.stream import Resource, resources
from daysheet.importers.fhir.terms import PROFILE, FhirTerms, Reader, own_id
from daysheet.importers.reading import Context, Reading, Record, Skipped
from daysheet.importers.rows.raw_file import RawFile
from daysheet.importers.systems import bill_lines
from daysheet.importers.systems.marks import UNDATED
from daysheet.records import Claim, Invoice, Visit
from daysheet.remittances import Remittance
from daysheet.wording import many

KIND: Final = "fhir"
_SUFFIXES: Final = (".ndjson", ".ndjson.gz")
_RESOURCE: Final = re.compile(r'\A[\s\ufeff\x1e]*[{\[].*?"resourceType"\s*:\s*"[A-Z]', re.DOTALL)
_PATIENT: Final = ("Patient", "RelatedPerson", "Person")
_ISSUES: Final = ("fatal", "error")
_NOT_YET: Final = ("scheduled", "cancelled")

Made = Sequence[Record | Decided] | Skipped
Convert = Callable[[Resource, Reader], Made]


class Counted(NamedTuple):
    """What is in a file, for `identify`.

    Attributes:
        resources: how many of each type.
        statuses: how many of each type and status, such as `Encounter.finished`.
        records: how many `visits`, `invoices`, `payments` and `claims` it gives.
        money: what the file itself says of money, whatever the currency: claims' totals, what explanations of benefit
            say was submitted, invoices' net totals, and payments of reconciliations.
    """

    resources: Counter[str]
    statuses: Counter[str]
    records: Counter[str]
    money: Decimal


class FhirSource:
    """FHIR resources as a `Source`."""

    name = PROFILE
    kind = KIND

    def __init__(self, terms: FhirTerms = FhirTerms()) -> None:  # noqa: B008 - immutable
        """`terms` are what the practice says of its record system's export."""
        self.terms = terms
        self._directory = Directory()
        self._beside: Sequence[RawFile] = ()

    def matches(self, file: RawFile) -> bool:
        """Whether the file begins as a resource, a list of them or a bundle; or is called one: `read` says the rest."""
        if file.path.name.casefold().endswith(_SUFFIXES):
            return True
        return any(_RESOURCE.match(head) for head in heads(file))

    def read(self, file: RawFile, context: Context) -> Reading:
        """The file's records; references to what is in the other files of the same import are followed.

        Raises:
            DaysheetError: it is damaged, or holds an amount in another currency than the books'.
        """
        reader = Reader(file.path, self.terms, context, self._of(file, context))
        found = _Found(reader)
        for resource in resources(file, _READ):
            found.take(resource)
        return found.reading()

    def counted(self, file: RawFile) -> Counted:
        """What is in a file, of which no more than a resource at a time is kept.

        Raises:
            DaysheetError: as `read`.
        """
        reader = Reader(file.path, self.terms, Context(lambda _: "pt-000000000000", ""), gathered([file]))
        found = Counted(Counter(), Counter(), Counter(), Decimal())
        for resource in resources(file):
            if resource.deleted:
                continue
            found.resources[resource.kind or "unknown"] += 1
            status = word(resource.body, "status")
            if status and re.fullmatch(r"[a-z-]{1,40}", status):
                found.statuses[f"{resource.kind}.{status}"] += 1
            found = found._replace(money=found.money + _stated(resource))
            convert = _CONVERTED.get(resource.kind)
            made = convert(resource, reader) if convert is not None else []
            if not isinstance(made, Skipped):
                found.records.update(_kind_of(record) for record in made)
        return found

    def patients(self, file: RawFile) -> Iterator[str]:
        """The patients as the file names them, as a token is made of them; for `daysheet reveal` alone."""
        for resource in resources(file, {**_READ, "Patient": ""}):
            if resource.kind == "Patient":
                yield own_id(resource.body, resource.url)
            for name in ("subject", "patient"):
                for each in parts(resource.body, name):
                    yield from _named(each)
            for each in parts(resource.body, "participant"):
                yield from _named(part(each, "actor"))

    def private_cells(self, file: RawFile) -> Iterator[str]:
        """Names and numbers of patients and their relatives, to look for before a commit."""
        for resource in resources(file, dict.fromkeys(_PATIENT, "")):
            if resource.kind in _PATIENT:
                yield from filter(None, _private(resource.body))

    def _of(self, file: RawFile, context: Context) -> Directory:
        """What the files of the import say of whom they refer to, gathered once."""
        if not context.beside:
            return gathered([file])
        if context.beside is not self._beside:
            self._directory = gathered(each for each in context.beside if self.matches(each))
            self._beside = context.beside
        return self._directory


class _Found:
    """The records of a file as it is read, and an account of every resource."""

    def __init__(self, reader: Reader) -> None:
        self.reader = reader
        self.records: list[Record] = []
        self.decided: list[Decided] = []
        self.skipped: list[Skipped] = []
        self.rows: set[int] = set()
        self.claims: dict[int, int] = {}
        self.others: Counter[str] = Counter()
        self.deleted: list[str] = []
        self.issues = 0
        self.changed = UNDATED
        self.versions: dict[tuple[str, str], tuple[str, int]] = {}
        self.outdated: dict[int, int] = {}

    def take(self, resource: Resource) -> None:
        """One resource, or what stands in the place of one."""
        if resource.deleted:
            self.deleted.append(resource.deleted)
            return
        convert = _CONVERTED.get(resource.kind)
        if convert is None:
            self.others[resource.kind or "no type"] += 1
            self._of_no_record(resource)
            return
        if self._is_older(resource):
            return
        made = convert(resource, self.reader)
        if not isinstance(made, Skipped):
            made = [record for record in made if self.reader.terms.takes(_kind_of(record))] or Skipped(
                resource.row, "left out by take in [[source]]"
            )
        if isinstance(made, Skipped):
            self.skipped.append(made)
        else:
            self.records += [record for record in made if not isinstance(record, Decided)]
            self.decided += [record for record in made if isinstance(record, Decided)]
            self.claims[resource.row] = sum(len(record.claims) for record in made if isinstance(record, Remittance))
            self.rows.add(resource.row)

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
        key = (resource.kind, identity)
        before, row = self.versions.get(key, ("", 0))
        if row and updated <= before:
            if updated < before:
                self.skipped.append(Skipped(resource.row, "an older version of what another row says"))
                return True
            return False
        if row:
            self.outdated[row] = resource.row
        self.versions[key] = (updated, resource.row)
        return False

    def reading(self) -> Reading:
        """What came of the file."""
        if self.outdated:
            old = self.outdated.keys() & self.rows
            self.records = [record for record in self.records if record.meta["lineno"] not in old]
            self.decided = [each for each in self.decided if each.claim.meta["lineno"] not in old]
            self.rows -= old
            self.skipped += [Skipped(row, "an older version of what another row says") for row in sorted(old)]
        by_line = [record for record in self.records if _is_line(record)]
        combined = bill_lines.bills(by_line)
        whole = [record for record in self.records if not _is_line(record)]
        self.records = [*whole, *combined.records, *decisions.remittances(self.decided, self.reader)]
        self.rows -= {skipped.row for skipped in combined.skipped}
        self.skipped += combined.skipped
        # a payment by itself is as many rows as claims: each of them is booked, known or said
        used = sum(max(1, self.claims.get(row, 1)) for row in self.rows)
        days = list(days_of(self.records))
        last = max(days, default=self.changed)
        return Reading(
            profile=PROFILE,
            kind=KIND,
            rows=used + len(self.skipped),
            records=tuple(self.records),
            skipped=tuple(sorted(self.skipped)),
            first=min(days, default=last),
            last=last,
            currency=self.reader.context.currency,
            used=used,
            notes=tuple(self._notes()),
        )

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


def _stated(resource: Resource) -> Decimal:
    """What a resource says of money as a whole."""
    body = resource.body
    if resource.kind == "ExplanationOfBenefit":
        totals = (each for each in parts(body, "total") if code(each, "category") == "submitted")
        amounts = [money(each.get("amount")) for each in totals]
    else:
        name = {"Claim": "total", "Invoice": "totalNet", "PaymentReconciliation": "paymentAmount"}.get(resource.kind)
        amounts = [money(body.get(name))] if name else []
    return sum((each.amount for each in amounts if each is not None), Decimal())


def _is_line(record: Record) -> bool:
    """Whether it is a line of a bill by itself, as a charge item is."""
    return isinstance(record, Invoice) and len(record.lines) == 1


def _day(record: Record) -> datetime.date | None:
    return record.submitted if isinstance(record, Claim) else record.date


def _kind_of(record: Record | Decided) -> str:
    return {"Visit": "visits", "Invoice": "invoices", "Claim": "claims"}.get(type(record).__name__, "payments")


def _named(value: Body) -> Iterator[str]:
    written = text(value.get("reference"))
    found = pointed(written, "", {}).id if written and not written.startswith("#") else ""
    found = found or text(part(value, "identifier").get("value"))
    if found:
        yield found


def _private(body: Body) -> Iterator[str]:
    yield name_of(body)
    for each in parts(body, "name"):
        given, family = each.get("given"), text(each.get("family"))
        first = text(given[0]) if isinstance(given, list) and given else ""
        yield from (f"{first} {family}", text(each.get("text")))
    for each in parts(body, "identifier"):
        yield text(each.get("value"))
    for each in parts(body, "telecom"):
        yield text(each.get("value"))
    yield text(body.get("birthDate"))


def _one(convert: Callable[[Resource, Reader], Record | Decided | Skipped]) -> Convert:
    def made(resource: Resource, reader: Reader) -> Made:
        found = convert(resource, reader)
        return found if isinstance(found, Skipped) else [found]

    return made


_CONVERTED: Final[Mapping[str, Convert]] = {
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
_READ: Final = {**dict.fromkeys(_CONVERTED, ""), "OperationOutcome": ""}
"""The types whose bodies are looked at."""
