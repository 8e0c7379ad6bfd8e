"""Encounters and appointments to visits.

An encounter is what took place, an appointment what was agreed. Both are one visit where the encounter names its
appointment: it bears the appointment's id, so that what became of it overtakes what was scheduled. The words are those
of FHIR R4 (Encounter.status, Appointment.status), with those of STU3 and R5.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Final

from daysheet.importers.fhir.elements import (
    Body,
    Coding,
    concepts,
    day,
    may_be_the_day_before,
    part,
    parts,
    text,
    word,
)
from daysheet.importers.fhir.references import Ref
from daysheet.importers.fhir.stream import Resource
from daysheet.importers.fhir.terms import Reader, own_id
from daysheet.importers.reading import Skipped
from daysheet.records import Visit

ENCOUNTER: Final[Mapping[str, str]] = {
    "planned": "scheduled",
    "arrived": "scheduled",
    "triaged": "scheduled",
    "in-progress": "scheduled",
    "onleave": "scheduled",
    "on-hold": "scheduled",
    "finished": "completed",
    "completed": "completed",
    "discharged": "completed",
    "cancelled": "cancelled",
    "discontinued": "cancelled",
}
"""Encounter.status of R4 (and R5: on-hold, completed, discharged, discontinued) as the books say it.

One that is under way is not finished: a later export says what became of it.
"""

APPOINTMENT: Final[Mapping[str, str]] = {
    "proposed": "scheduled",
    "pending": "scheduled",
    "booked": "scheduled",
    "waitlist": "scheduled",
    "arrived": "scheduled",
    "checked-in": "scheduled",
    "fulfilled": "completed",
    "noshow": "no-show",
    "cancelled": "cancelled",
}
"""Appointment.status of R4 as the books say it."""

KEPT: Final = ("arrived", "checked-in", "fulfilled")
"""An appointment to which the patient came."""

_ERROR: Final = "entered-in-error"
_SEEN_BY: Final = ("ATND", "PPRF", "SPRF", "DIS", "ADM", "CON", "PART", "")
"""Kinds of participation (v3-ParticipationType), whose visit it is first: attender, primary and secondary performer."""
_PEOPLE: Final = ("Practitioner", "PractitionerRole")


def encounter(resource: Resource, reader: Reader) -> Visit | Skipped:
    """The visit that an encounter is, or why it is none."""
    body = resource.body
    classes, types = list(concepts(body, "class")), list(concepts(body, "type", "serviceType"))
    _count(reader, "class", classes)
    refusal = reader.terms.refusal(classes, types)
    if refusal:
        return Skipped(resource.row, refusal)
    period = part(body, "period", "actualPeriod", "plannedPeriod")
    identity = own_id(body, resource.url)
    appointment = reader.directory.appointments.get(identity, "")
    if not appointment:
        appointment = reader.ref(part(body, "appointment"), body).id
    return _visit(
        resource,
        reader,
        ENCOUNTER,
        appointment or identity,
        period.get("start") or period.get("end"),
        reader.patient(part(body, "subject", "patient"), body),
        _by_rank(reader, body),
        types,
    )


def appointment(resource: Resource, reader: Reader) -> Visit | Skipped:
    """The visit that an appointment is, or why it is none."""
    body = resource.body
    types = list(concepts(body, "serviceType", "appointmentType", "specialty"))
    refusal = reader.terms.refusal((), types)
    if refusal:
        return Skipped(resource.row, refusal)
    identity = own_id(body, resource.url)
    encounters = "Encounter" in reader.directory.kinds
    if encounters and word(body, "status") in KEPT and identity not in reader.directory.encountered:
        return Skipped(resource.row, "kept, and the encounters of the same export say what took place")
    actors = [reader.ref(each.get("actor"), body) for each in parts(body, "participant")]
    patient = next((each for each in parts(body, "participant") if _is_patient(reader, each, body)), {})
    subject = patient.get("actor") or part(body, "subject")
    return _visit(
        resource,
        reader,
        APPOINTMENT,
        identity,
        body.get("start") or part(body, "requestedPeriod").get("start"),
        reader.patient(subject, body),
        (actor for actor in actors if actor.kind in _PEOPLE),
        types,
    )


def _visit(
    resource: Resource,
    reader: Reader,
    words: Mapping[str, str],
    identity: str,
    start: object,
    patient: str,
    seen_by: Iterable[Ref],
    types: Iterable[Coding],
) -> Visit | Skipped:
    said = word(resource.body, "status")
    status = words.get(said) or reader.terms.terms.words.get(said)
    own = reader.identity(identity) if identity else ""
    if said == _ERROR:
        if own not in reader.context.known:
            return Skipped(resource.row, "entered in error, as the record system says")
        status = "cancelled"  # the books have it: what differs is said
    if status is None:
        shown = said if said in ("unknown", "") else "another word"
        return Skipped(resource.row, f"a status that says nothing of the visit: {shown or 'none'}")
    when = day(start, reader.terms.zone)
    if when is None or not own:
        return Skipped(resource.row, "says no day" if own else "has no id")
    if reader.terms.zone is None and may_be_the_day_before(start):
        reader.evening += 1
    provider = next(filter(None, map(reader.provider, seen_by)), "")
    if not provider:
        provider = reader.terms.terms.providers.get("", "")
    service = reader.service(types)
    meta = reader.meta(resource.row)
    return Visit(own, when, provider or "unknown", status, patient, service, None, meta)


def _by_rank(reader: Reader, body: Body) -> Iterator[Ref]:
    """The practitioners of an encounter, the one whose visit it is first."""
    found: list[tuple[int, int, Ref]] = []
    for place, each in enumerate(parts(body, "participant")):
        person = reader.ref(part(each, "individual", "actor"), body)
        if person.kind in _PEOPLE or (not person.kind and person):
            codes = [coding.code for coding in concepts(each, "type")]
            rank = min((_SEEN_BY.index(code) for code in codes if code in _SEEN_BY), default=len(_SEEN_BY))
            found.append((rank, place, person))
    return (person for _, _, person in sorted(found, key=lambda each: each[:2]))


def _is_patient(reader: Reader, participant: Body, body: Body) -> bool:
    return reader.ref(participant.get("actor"), body).kind == "Patient"


def _count(reader: Reader, what: str, found: Iterable[Coding]) -> None:
    """Count a class by its code, if it is one of the standard's: another word may be anything."""
    for coding in found:
        code = text(coding.code).upper()
        if code in CLASSES:
            reader.classes[code] = reader.classes.get(code, 0) + 1
            return


CLASSES: Final[Mapping[str, str]] = {
    "AMB": "ambulatory",
    "VR": "virtual",
    "HH": "home health",
    "EMER": "emergency",
    "FLD": "field",
    "IMP": "inpatient",
    "ACUTE": "inpatient acute",
    "NONAC": "inpatient non-acute",
    "OBSENC": "observation",
    "PRENC": "pre-admission",
    "SS": "short stay",
}
"""The codes of v3-ActEncounterCode."""
