"""Who and what the resources of an export refer to, gathered from all of its files before any of them is read.

A record system gives practitioners, organizations and coverages in files of their own. Of them that alone is kept which
another resource may need: names and numbers of practitioners and insurers. Of patients nothing is.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Final, NamedTuple

from daysheet.errors import DaysheetError
from daysheet.importers.fhir.elements import Body, identifier, is_npi, name_of, npi, part, parts, text
from daysheet.importers.fhir.references import Ref, alias, reference
from daysheet.importers.fhir.stream import Resource, resources
from daysheet.importers.rows.raw_file import RawFile

_PEOPLE: Final = ("Practitioner", "Organization", "HealthcareService", "Location")


class Bearer(NamedTuple):
    """A practitioner or an organization: what they are called, and their National Provider Identifier."""

    name: str
    npi: str = ""


@dataclass
class Directory:
    """What an export's files say of whom they refer to.

    Attributes:
        bearers: practitioners and organizations, by type and id.
        identified: the same by system and value of each of their identifiers.
        roles: the practitioner of each PractitionerRole.
        payors: the insurer of each Coverage.
        appointments: the appointment of each Encounter that names one.
        charges: charge items, without what is not looked at.
        invoiced: ids of the charge items that an invoice names.
        numbers: the business number of each claim.
        reconciliations: payments of insurers, by id.
        explained: ids of explanations of benefit, of the claims and of the claim responses that they answer to.
        kinds: the types that the files hold.
        aliases: resources by the addresses of bundles.
    """

    bearers: dict[tuple[str, str], Bearer] = field(default_factory=dict)
    identified: dict[tuple[str, str], Bearer] = field(default_factory=dict)
    roles: dict[str, Ref] = field(default_factory=dict)
    payors: dict[str, Ref] = field(default_factory=dict)
    appointments: dict[str, str] = field(default_factory=dict)
    charges: dict[str, Body] = field(default_factory=dict)
    invoiced: set[str] = field(default_factory=set)
    numbers: dict[str, str] = field(default_factory=dict)
    reconciliations: dict[str, Resource] = field(default_factory=dict)
    explained: set[str] = field(default_factory=set)
    kinds: set[str] = field(default_factory=set)
    aliases: dict[str, tuple[str, str]] = field(default_factory=dict)

    @cached_property
    def encountered(self) -> frozenset[str]:
        """The appointments that encounters name."""
        return frozenset(self.appointments.values())

    def bearer(self, ref: Ref) -> Bearer:
        """The practitioner or organization that a reference means: as its resource says, else by its own words."""
        if ref.kind == "PractitionerRole":
            role = self.roles.get(ref.id, Ref())
            if ref.contained:
                role = reference(ref.contained.get("practitioner"), ref.contained, self.aliases)
            found = self.bearer(role) if role and role.kind != "PractitionerRole" else Bearer("")
            return found if found.name or found.npi else Bearer(ref.display)
        if ref.contained:
            return Bearer(name_of(ref.contained) or ref.display, npi(ref.contained))
        if ref.by_identifier:
            known = self.identified.get((ref.system, ref.id), Bearer(""))
            number = ref.id if is_npi(ref.system, ref.id) else known.npi
            return Bearer(known.name or ref.display, number)
        found = self.bearers.get((ref.kind, ref.id), Bearer(""))
        return Bearer(found.name or ref.display, found.npi)

    def payor(self, coverage: Ref) -> Ref:
        """The insurer of a coverage; the coverage's own words where its resource is not there."""
        if coverage.contained:
            return reference(part(coverage.contained, "payor", "insurer"), coverage.contained, self.aliases)
        return self.payors.get(coverage.id, coverage)

    def add(self, resource: Resource) -> None:
        """Remember what others may refer to."""
        body, identity = resource.body, text(resource.body.get("id"))
        self.note(resource)
        keep = _KEPT.get(resource.kind)
        if keep is not None and body:
            keep(self, identity or resource.url.rpartition(":")[2], body)

    def note(self, resource: Resource) -> None:
        """Remember the type, and the address where it does not show type and id."""
        identity = text(resource.body.get("id"))
        if resource.kind:
            self.kinds.add(resource.kind)
        if resource.url and alias(resource.url, resource.kind, identity):
            self.aliases[resource.url] = (resource.kind, identity or resource.url.rpartition(":")[2])


def gathered(files: Iterable[RawFile]) -> Directory:
    """What these files say of whom they refer to; a file that cannot be read says nothing, and its reading says why."""
    found = Directory()
    for file in files:
        late: list[Resource] = []
        try:
            for resource in resources(file, WANTED):
                if resource.kind in _LOOKED_AT:
                    found.note(resource)
                    late += _slim(resource)
                else:
                    found.add(resource)
        except DaysheetError:
            continue
        finally:
            # what refers to others waits until all addresses of a bundle are known
            for resource in late:
                found.add(resource)
    return found


def _slim(resource: Resource) -> Iterator[Resource]:
    """A resource that refers to others, with no more of it than is looked at; nothing if it does not."""
    body: dict[str, Any] = {name: resource.body[name] for name in _LOOKED_AT[resource.kind] if name in resource.body}
    if body:
        yield resource._replace(body={"id": resource.body.get("id"), **body})


def _bearer(kind: str) -> Callable[[Directory, str, Body], None]:
    def keep(directory: Directory, identity: str, body: Body) -> None:
        bearer = Bearer(name_of(body), npi(body))
        directory.bearers[kind, identity] = bearer
        for each in parts(body, "identifier"):
            value = text(each.get("value"))
            if value:
                directory.identified[text(each.get("system")), value] = bearer

    return keep


def _role(directory: Directory, identity: str, body: Body) -> None:
    directory.roles[identity] = reference(body.get("practitioner"), body, directory.aliases)


def _coverage(directory: Directory, identity: str, body: Body) -> None:
    directory.payors[identity] = reference(part(body, "payor", "insurer"), body, directory.aliases)


def _charge_item(directory: Directory, identity: str, body: Body) -> None:
    directory.charges[identity] = body


def _invoice(directory: Directory, identity: str, body: Body) -> None:
    del identity
    for item in parts(body, "lineItem"):
        charge = reference(part(item, "chargeItemReference", "chargeItem"), body, directory.aliases)
        if charge.id:
            directory.invoiced.add(charge.id)


def _claim(directory: Directory, identity: str, body: Body) -> None:
    number = identifier(body)
    if number:
        directory.numbers[identity] = number


def _reconciliation(directory: Directory, identity: str, body: Body) -> None:
    directory.reconciliations[identity] = Resource(0, "PaymentReconciliation", dict(body))


def _explanation(directory: Directory, identity: str, body: Body) -> None:
    directory.explained.add(identity)
    for name in ("claim", "claimResponse"):
        directory.explained.add(reference(part(body, name), body, directory.aliases).id)
    directory.explained.discard("")


def _encounter(directory: Directory, identity: str, body: Body) -> None:
    appointment = reference(part(body, "appointment"), body, directory.aliases)
    if appointment.id:
        directory.appointments[identity] = appointment.id


_KEPT: Final[Mapping[str, Callable[[Directory, str, Body], None]]] = {
    **{kind: _bearer(kind) for kind in _PEOPLE},
    "PractitionerRole": _role,
    "Coverage": _coverage,
    "Encounter": _encounter,
    "ChargeItem": _charge_item,
    "Invoice": _invoice,
    "Claim": _claim,
    "ExplanationOfBenefit": _explanation,
    "PaymentReconciliation": _reconciliation,
}
_LOOKED_AT: Final[Mapping[str, tuple[str, ...]]] = {
    "PractitionerRole": ("practitioner", "contained"),
    "Coverage": ("payor", "insurer", "contained"),
    "Encounter": ("appointment",),
    "ChargeItem": (
        "contained", "code", "context", "encounter", "performer", "quantity", "subject", "priceOverride",
        "totalPriceComponent", "unitPriceComponent",
    ),
    "Invoice": ("lineItem",),
    "Claim": ("identifier",),
    "ExplanationOfBenefit": ("claim", "claimResponse"),
    "PaymentReconciliation": (
        "contained", "status", "outcome", "paymentAmount", "amount", "paymentDate", "date", "created", "paymentIssuer",
        "paymentIdentifier", "paymentType", "detail",
    ),
}  # fmt: skip
"""Types that refer to others, and what of them is kept until it is known what their references mean."""

WANTED: Final[Mapping[str, str]] = {**dict.fromkeys(_KEPT, ""), "Encounter": '"appointment"'}
"""The types that are looked into, and what must stand in a resource of one to be worth it."""
