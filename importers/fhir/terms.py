"""What a practice says of its record system's FHIR export, and what its words mean in the books."""

from __future__ import annotations

import datetime
import zoneinfo
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from functools import lru_cache
from pathlib import Path
from typing import Any, Final

from daysheet.errors import DaysheetError
from daysheet.importers.edi.parties import is_npi
from daysheet.importers.fhir.directory import Bearer, Directory
from daysheet.importers.fhir.elements import Body, Coding, Money, text
from daysheet.importers.fhir.references import Ref, reference
from daysheet.importers.privacy import identifiers
from daysheet.importers.reading import Context
from daysheet.importers.systems.marks import Terms

PROFILE: Final = "fhir"
_DIGITS_OF_A_TELEPHONE: Final = 11
_TITLES: Final = ("urn:uuid:", "urn:oid:")


@dataclass(frozen=True)
class FhirTerms:
    """The `[[source]]` table of profile `fhir`, names in comparable form.

    Attributes:
        terms: what every practice system's table says: providers, payers, services, words and take.
        classes: codes of `Encounter.class` that are visits; all if empty.
        types: codes or words of `Encounter.type` (an appointment's `serviceType` and `appointmentType`) that are; all
            if empty.
        without: codes or words of either that are none, such as telephone calls and refills.
        zone: of the practice's clock, for times in UTC.
    """

    terms: Terms = Terms()  # noqa: RUF009 - immutable
    classes: frozenset[str] = frozenset()
    types: frozenset[str] = frozenset()
    without: frozenset[str] = frozenset()
    zone: datetime.tzinfo | None = None

    @classmethod
    def of(
        cls, terms: Terms, classes: Iterable[str], types: Iterable[str], without: Iterable[str], zone: str
    ) -> FhirTerms:
        """The terms that settings say.

        Raises:
            DaysheetError: there is no such time zone.
        """
        try:
            found = zoneinfo.ZoneInfo(zone) if zone else None
        except (OSError, ValueError, zoneinfo.ZoneInfoNotFoundError):
            raise DaysheetError(
                f'[[source]] time-zone "{zone}" is none', remedy='write it as "America/New_York"'
            ) from None
        of_class, of_type, left_out = (frozenset(map(identifiers.normal, each)) for each in (classes, types, without))
        return cls(terms, of_class, of_type, left_out, found)

    def refusal(self, classes: Iterable[Coding], types: Iterable[Coding]) -> str:
        """Why an encounter or appointment of these classes and types is no visit, in words; empty if it is one."""
        if not (self.without or self.classes or self.types):
            return ""
        of_class, of_type = _words(classes), _words(types)
        if self.without & (of_class | of_type):
            return "of a class or type that without leaves out"
        if self.classes and of_class and not self.classes & of_class:
            return "of a class that is not among classes"
        if self.types and not self.types & of_type:
            return "of a type that is not among types"
        return ""

    def takes(self, kind: str) -> bool:
        """Whether records of a kind (`visits`, `invoices`, `claims`, `payments`) are taken."""
        return not self.terms.take or kind in self.terms.take


@lru_cache(maxsize=4096)
def _comparable(word: str) -> str:
    return identifiers.normal(word)


def _words(found: Iterable[Coding]) -> frozenset[str]:
    return frozenset(_comparable(word) for coding in found for word in coding[1:] if word)


@dataclass
class Reader:
    """What is needed to make records of the resources of one file, and what is to be said of it as a whole.

    Attributes:
        path: of the file, for messages and evidence.
        terms: what the settings say.
        context: what the books say.
        directory: what the export's files say.
        evening: how many times in UTC may be of the day before, and the settings name no time zone.
        nameless: how many records name a practitioner by an id alone, of whom no file says who it is.
        uneven: how many invoices have lines that do not add up to the invoice.
        withdrawn: records of the books that the record system has taken back.
        classes: how often each class and type of encounter came, for a note.
        services: what codes and words of services are in the books, as they were looked up.
        found: who was found by a reference before, and whether no more than a number of theirs is known.
    """

    path: Path
    terms: FhirTerms
    context: Context
    directory: Directory
    evening: int = 0
    nameless: int = 0
    uneven: int = 0
    withdrawn: list[str] = field(default_factory=list)
    classes: dict[str, int] = field(default_factory=dict)
    found: dict[tuple[str, ...], tuple[str, bool]] = field(default_factory=dict)
    services: dict[str, str | None] = field(default_factory=dict)

    def meta(self, row: int, **more: Any) -> dict[str, Any]:  # noqa: ANN401 - metadata holds values of many types
        """Where a record stands, and what else is known of it."""
        return {"filename": str(self.path), "lineno": row, **more}

    def ref(self, value: object, within: Body) -> Ref:
        """What a reference points at."""
        return reference(value, within, self.directory.aliases)

    def identity(self, identity: str) -> str:
        """An id of the record system as the books may hold it."""
        return identifiers.own_identifier(identity, self.context.token)

    def number(self, business: str, identity: str) -> str:
        """The number of a bill or a claim: the practice's own, unless it may be a person's, else the resource's id.

        Args:
            business: its identifier; more digits than a telephone's with its country code are nobody's.
            identity: the resource's own id; empty where it is not known.
        """
        is_long = business.isascii() and business.isdigit() and len(business) > _DIGITS_OF_A_TELEPHONE
        if business and (business in self.context.known or is_long or self.identity(business) == business):
            return business
        return self.identity(identity) if identity else ""

    def patient(self, value: object, within: Body) -> str:
        """The token of a patient; empty where none is named."""
        found = self.ref(value, within)
        return self.context.token(found.id) if found.id else ""

    def visit(self, encounter: Ref) -> str:
        """The id of the visit that an encounter is; empty for none."""
        if not encounter.id or encounter.by_identifier or encounter.kind not in ("", "Encounter"):
            return ""
        return self.identity(self.directory.appointments.get(encounter.id, encounter.id))

    def provider(self, ref: Ref) -> str:
        """The books' id of a practitioner: as the settings or the books know the name or the NPI, else a token."""
        return self._once("provider", ref, self._provider)

    def payer(self, ref: Ref) -> str:
        """The books' id of an insurer, likewise."""
        return self._once("payer", ref, self._payer)

    def _once(self, what: str, ref: Ref, find: Callable[[Ref, Bearer], str]) -> str:
        """Who a reference means, looked for once; one of whom a number alone is known is counted each time."""
        key = (what, ref.kind, ref.id, ref.system, str(ref.by_identifier), ref.display)
        known = None if ref.contained else self.found.get(key)
        if known is None:
            who = self.directory.bearer(ref)
            known = find(ref, who), bool(ref.id) and not (who.name or who.npi or ref.display)
            if not ref.contained:
                self.found[key] = known
        identity, nameless = known
        self.nameless += nameless and identity not in (*self.context.providers.values(), *self.context.payers.values())
        return identity

    def _provider(self, ref: Ref, who: Bearer) -> str:
        number = who.npi if is_npi(who.npi) else ""
        said = self._said(ref, who, self.terms.terms.providers)
        found = said or self.context.provider_called(number, who.name or ref.display)
        return found or number or self._bearer(ref, who, self.context.providers)

    def _payer(self, ref: Ref, who: Bearer) -> str:
        found = self._said(ref, who, self.terms.terms.payers) or self.context.payer_called(who.name or ref.display, ())
        return found or self._bearer(ref, who, self.context.payers)

    def _said(self, ref: Ref, who: Bearer, named: Mapping[str, str]) -> str:
        """What the settings say of a bearer, by number, name or reference; empty if nothing."""
        number = "" if ref.by_identifier else ref.id
        for word in (who.npi, who.name, ref.display, f"{ref.kind}/{number}", number):
            found = word and (named.get(identifiers.normal(word)) or named.get(identifiers.untitled(word)))
            if found:
                return found
        return ""

    def _bearer(self, ref: Ref, who: Bearer, known: Mapping[str, str]) -> str:
        for word in (who.npi, who.name, ref.display):
            found = word and (known.get(identifiers.normal(word)) or known.get(identifiers.untitled(word)))
            if found:
                return found
        name = who.name or ref.display
        if name or who.npi:
            return identifiers.bearer(name or f"npi {who.npi}", known, self.context.token)
        return identifiers.bearer(ref.id, known, self.context.token) if ref.id else ""

    def service(self, found: Iterable[Coding]) -> str | None:
        """What was done: the first code or word that may stand in the books."""
        for coding in found:
            for word in (coding.code, coding.display):
                if word not in self.services:
                    self.services[word] = identifiers.service(word, self.terms.terms.services) if word else None
                if self.services[word]:
                    return self.services[word]
        return None

    def amount(self, value: Money, row: int) -> Decimal:
        """An amount in the books' currency.

        Raises:
            DaysheetError: it is in another one.
        """
        if self.context.currency and value.currency not in ("", self.context.currency):
            raise DaysheetError(
                f"has an amount in {value.currency}, and the books are kept in {self.context.currency}",
                filename=self.path,
                line=row,
                remedy=f'set option "operating_currency" "{value.currency}" in main.beancount, or leave the file out',
            )
        return value.amount


def own_id(body: Body, url: str) -> str:
    """A resource's id; without one what its address in a bundle ends with."""
    found = text(body.get("id"))
    if found:
        return found
    for prefix in _TITLES:
        url = url.removeprefix(prefix)
    return url.rstrip("/").rpartition("/")[2]
