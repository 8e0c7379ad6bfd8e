"""A practice with visits by FHIR and bills by claims is told what its CSV tells.

One practice is made up: visits of two providers, bills of most of them, and what is wrong with the rest. Its visits go
out as encounters and appointments, its bills as claims (X12 837, or FHIR); the same practice writes CSV.
"""

from __future__ import annotations

import datetime
import json
import random
from typing import Any, NamedTuple

import pytest

from tests.importers.books_folder import CLAIMS, INVOICES, VISITS, Folder
from tests.importers.edi import x12_files
from tests.importers.fhir.resources import Resource, appointment, encounter, ndjson

_FACTS = """
2026-01-01 custom "provider" "adams" "Dr. Ruth Adams"
  days: "mon tue wed thu fri"
  visits-per-day: 4
  npi: "1093817465"
  fee: 50.00 USD
2026-01-01 custom "provider" "baker" "Dr. Tom Baker"
  days: "mon tue wed thu fri"
  visits-per-day: 3
  npi: "1245319599"
  fee: 60.00 USD
2026-01-01 custom "payer" "aetna" "Aetna"
  receivable: Assets:Receivable:Insurance:Aetna
  filing-days: 90
"""
_SETTINGS = """
[[source]]
profile = "fhir"
without = ["Telephone encounter"]
take = {take}

[[source]]
profile = "x12-837"
take = ["claims", "invoices"]
"""
_PEOPLE = {"adams": ("Adams", "Ruth", "1093817465", 4), "baker": ("Baker", "Tom", "1245319599", 3)}
_ALIKE = ("kind", "key", "date", "through", "provider", "count", "amount")


class _Visit(NamedTuple):
    """A visit as the practice knows it: `billed` is the day of its claim."""

    id: str
    day: datetime.date
    provider: str
    status: str
    billed: datetime.date | None


def _practice(seed: int) -> list[_Visit]:
    """Ten weeks; a provider's bills stop for some days, others are forgotten here and there, a no-show is billed."""
    chance = random.Random(seed)
    days = [datetime.date(2026, 3, 2) + datetime.timedelta(days=n) for n in range(70)]
    days = [day for day in days if day.weekday() < 5]
    stops = {name: chance.randrange(5, 35) for name in _PEOPLE}
    found: list[_Visit] = []
    for place, day in enumerate(days):
        for name, (*_, volume) in _PEOPLE.items():
            for _ in range(volume):
                status = chance.choices(("completed", "no-show", "cancelled"), (20, 1, 1))[0]
                lapsed = stops[name] <= place < stops[name] + 5
                bills = chance.random() > 0.02 if status == "completed" else chance.random() < 0.1
                billed = day + datetime.timedelta(days=1) if bills and not lapsed else None
                found.append(_Visit(f"V-{1001 + len(found)}", day, name, status, billed))
    return found


def _csv(visits: list[_Visit]) -> dict[str, str]:
    billed = [visit for visit in visits if visit.billed is not None]
    return {
        "visits.csv": VISITS + "".join(
            f"{visit.id},{visit.day},{visit.provider},P-{visit.id[-2:]},{visit.status},99213,\n" for visit in visits
        ),
        "invoices.csv": INVOICES + "".join(
            f"{visit.id},{visit.id},{visit.billed},{visit.provider},P-{visit.id[-2:]},aetna,{_fee(visit)},\n"
            for visit in billed
        ),
        "claims.csv": CLAIMS + "".join(
            f"{visit.id},{visit.id},aetna,{visit.billed},submitted,\n" for visit in billed
        ),
    }  # fmt: skip


def _fee(visit: _Visit) -> str:
    return "50.00" if visit.provider == "adams" else "60.00"


def _records(visits: list[_Visit]) -> dict[str, bytes]:
    """A Bulk Data export: practitioners by their roles, calls beside the visits, what was not kept as appointments."""
    people: list[Resource] = []
    for name, (family, given, npi, _) in _PEOPLE.items():
        identifier = [{"system": "http://hl7.org/fhir/sid/us-npi", "value": npi}]
        person = {"id": name, "identifier": identifier, "name": [{"family": family, "given": [given]}]}
        role = {"id": f"role-{name}", "practitioner": {"reference": f"Practitioner/{name}"}}
        people += [{"resourceType": "Practitioner", **person}, {"resourceType": "PractitionerRole", **role}]
    seen, agreed = [], []
    for visit in visits:
        patient, who = (
            {"reference": f"Patient/{visit.id[-2:]}"},
            {"reference": f"PractitionerRole/role-{visit.provider}"},
        )
        if visit.status == "completed":
            seen.append(encounter(visit.id, str(visit.day), subject=patient, participant=[{"individual": who}]))
            call = {"subject": patient, "participant": [{"individual": who}], "type": [{"text": "Telephone encounter"}]}
            seen.append(encounter(f"T-{visit.id[2:]}", str(visit.day), **call))
        else:
            status = {"no-show": "noshow"}.get(visit.status, visit.status)
            actors = [{"actor": patient}, {"actor": who}]
            service = [{"coding": [{"code": "99213"}]}]
            more: dict[str, Any] = {"participant": actors, "serviceType": service}
            agreed.append(appointment(visit.id, str(visit.day), status, **more))
    return {
        "Appointment.000.ndjson": ndjson(agreed),
        "Encounter.000.ndjson": ndjson(seen[:100]),
        "Encounter.001.ndjson": ndjson(seen[100:]),
        "PractitionerRole.000.ndjson": ndjson(people),
    }


def _sent(visits: list[_Visit]) -> str:
    """The claims of each day, as the clearinghouse got them."""
    days: dict[datetime.date, list[_Visit]] = {}
    for visit in visits:
        if visit.billed is not None:
            days.setdefault(visit.billed, []).append(visit)
    files = []
    for number, (day, group) in enumerate(sorted(days.items()), 900):
        parts = []
        for visit in group:
            family, given, npi, _ = _PEOPLE[visit.provider]
            lines = x12_files.claim(visit.id, _fee(visit), (("99213", _fee(visit)),), day=f"{visit.day:%Y%m%d}")
            parts.append(
                [line.replace("ADAMS*ANNA****XX*1234567893", f"{family}*{given}****XX*{npi}") for line in lines]
            )
        files.append(x12_files.claims(*parts, day=f"{day:%Y%m%d}", number=number))
    return "".join(files)


def _claimed(visits: list[_Visit]) -> bytes:
    """The same claims as the record system keeps them."""
    rows: list[Resource] = [{"resourceType": "Organization", "id": "org-1", "name": "Aetna"}]
    for visit in visits:
        if visit.billed is None:
            continue
        amount = {"value": int(float(_fee(visit))), "currency": "USD"}
        item = {
            "sequence": 1,
            "productOrService": {"coding": [{"code": "99213"}]},
            "servicedDate": str(visit.day),
            "net": amount,
        }
        made: Resource = {
            "resourceType": "Claim",
            "id": visit.id,
            "status": "active",
            "use": "claim",
            "created": str(visit.billed),
            "patient": {"reference": f"Patient/{visit.id[-2:]}"},
            "insurer": {"reference": "Organization/org-1"},
            "provider": {"reference": f"PractitionerRole/role-{visit.provider}"},
            "item": [item],
            "total": amount,
        }
        rows.append(made)
    return ndjson(rows)


def _found(folder: Folder) -> list[tuple[Any, ...]]:
    """What `check` finds, less what only claims that are followed can say."""
    answer = json.loads(folder.run("check", "--json").stdout)
    of_claims = ("claim-unanswered", "missing-export")
    found = [tuple(each[name] for name in _ALIKE) for each in answer["findings"] if each["kind"] not in of_claims]
    return sorted(found, key=str)


@pytest.mark.parametrize("bills", ["837", "FHIR"])
def test_visits_by_fhir_and_bills_by_claims_find_what_the_csv_finds(
    tmp_path_factory: pytest.TempPathFactory, bills: str
) -> None:
    visits = _practice(7)
    own = Folder(tmp_path_factory.mktemp("csv") / "books")
    own.write_by_hand(_FACTS)
    own.take_paths(*(own.give(name, text) for name, text in _csv(visits).items()))
    other = Folder(tmp_path_factory.mktemp("fhir") / "books")
    other.write_by_hand(_FACTS)
    take = '["visits"]' if bills == "837" else '["visits", "claims", "invoices"]'
    other.write_by_hand(_SETTINGS.format(take=take), "daysheet.toml")
    export = other.given / "export"
    export.mkdir()
    for name, data in _records(visits).items():
        (export / name).write_bytes(data)
    if bills == "FHIR":
        (export / "Claim.000.ndjson").write_bytes(_claimed(visits))
        other.take_paths(export)
    else:
        other.take_paths(export, other.give("sent.837", _sent(visits)))
    told = _found(own)
    assert {"unbilled-visit", "billing-lapse", "billed-no-show"} <= {each[0] for each in told}
    assert _found(other) == told
