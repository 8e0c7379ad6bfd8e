"""FHIR files as a source: every resource counted, those that say something of visits and money read.

What is read is a row, and gives a record or is skipped with a reason. Whom they refer to is looked up; every other type
is counted and named. A resource that stands in an export in several versions is the newest.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from decimal import Decimal
from typing import Final, NamedTuple

from daysheet.importers.fhir.containers import heads
from daysheet.importers.fhir.directory import Directory, gathered
from daysheet.importers.fhir.elements import Body, code, money, name_of, part, parts, text, word
from daysheet.importers.fhir.found import CONVERTED, KIND, READ, Found, kind_of
from daysheet.importers.fhir.references import pointed
from daysheet.importers.fhir.stream import Resource, resources
from daysheet.importers.fhir.terms import PROFILE, FhirTerms, Reader, own_id
from daysheet.importers.reading import Context, Reading, Skipped
from daysheet.importers.rows.raw_file import RawFile

_SUFFIXES: Final = (".ndjson", ".ndjson.gz")
_RESOURCE: Final = re.compile(r'\A[\s\ufeff\x1e]*[{\[].*?"resourceType"\s*:\s*"[A-Z]', re.DOTALL)
_PATIENT: Final = ("Patient", "RelatedPerson", "Person")


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
        found = Found(reader)
        for resource in resources(file, READ):
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
            convert = CONVERTED.get(resource.kind)
            made = convert(resource, reader) if convert is not None else []
            if not isinstance(made, Skipped):
                found.records.update(kind_of(record) for record in made)
        return found

    def patients(self, file: RawFile) -> Iterator[str]:
        """The patients as the file names them, as a token is made of them; for `daysheet reveal` alone."""
        for resource in resources(file, {**READ, "Patient": ""}):
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
