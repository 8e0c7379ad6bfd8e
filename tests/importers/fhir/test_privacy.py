"""Seventy identifiers of persons, planted in every element of every resource, reach nothing that we make or say."""

from __future__ import annotations

import copy
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from daysheet.importers.fhir.source import FhirSource
from daysheet.importers.rows.raw_file import RawFile

from tests.importers.books_folder import Folder
from tests.importers.fhir.resources import ADAMS, PROVIDERS, ROLE, Resource, appointment, encounter, ndjson
from tests.importers.fhir.test_money import EXPLAINED, PAYMENT, charge, claim, invoice
from tests.importers.privacy.test_canaries import CANARIES, CONTEXT, marks_in

_PERSONAL: Resource = {
    "text": {"status": "generated", "div": "<div>…</div>"},
    "extension": [{"url": "https://ehr.test/nickname", "valueString": "…"}],
    "identifier": [{"system": "https://ehr.test/mrn", "value": "…", "assigner": {"display": "…"}}],
    "name": [{"text": "…", "family": "…", "given": ["…"], "prefix": ["…"]}],
    "telecom": [{"system": "phone", "value": "…"}, {"system": "email", "value": "…"}],
    "address": [{"text": "…", "line": ["…"], "city": "…", "postalCode": "…"}],
    "birthDate": "…",
    "note": [{"text": "…", "authorString": "…"}],
    "comment": "…",
    "description": "…",
    "patientInstruction": "…",
    "disposition": "…",
    "overrideReason": "…",
    "reasonCode": [{"text": "…", "coding": [{"display": "…"}]}],
    "reason": [{"text": "…"}],
    "subject": {"reference": "Patient/pat-1", "display": "…", "identifier": {"value": "…"}},
    "patient": {"reference": "Patient/pat-1", "display": "…"},
    "contained": [{"resourceType": "Patient", "id": "p", "name": [{"text": "…"}]}],
    "insurer": {"reference": "Organization/org-9", "display": "…"},
    "careTeam": [{"sequence": 1, "provider": {"display": "…"}}],
    "insurance": [{"focal": True, "coverage": {"reference": "Coverage/c", "display": "…"}}],
    "processNote": [{"text": "…"}],
}
_SAMPLES: list[Resource] = [
    encounter(),
    appointment(),
    ADAMS,
    ROLE,
    {"resourceType": "Patient", "id": "pat-1"},
    {"resourceType": "Coverage", "id": "c", "payor": [{"display": "Aetna"}]},
    {"resourceType": "Organization", "id": "org-1", "name": "Aetna"},
    {"resourceType": "Observation", "id": "o"},
    {"resourceType": "OperationOutcome", "issue": [{"severity": "error", "diagnostics": "…"}]},
    EXPLAINED[0],
    PAYMENT,
    invoice(),
    charge("chg-1", "80"),
    claim(1, 2),
]
_FIXED = ("resourceType", "created", "date", "start", "end", "paymentDate", "occurrenceDateTime", "currency", "url")
"""Elements that are left as they are: without them the resource would give no record to look at."""


def _leaves(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Where texts stand in a resource."""
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, each in items:
        if isinstance(each, str):
            if key not in _FIXED:
                yield (*path, key)
        else:
            yield from _leaves(each, (*path, key))


def _planted(resource: Resource, path: tuple[Any, ...], canary: str) -> Resource:
    made = copy.deepcopy(resource)
    place: Any = made
    for step in path[:-1]:
        place = place[step]
    place[path[-1]] = canary
    return made


def _referring(kind: str, number: int) -> list[Resource]:
    """What brings a resource that others refer to into the books: `number` stands behind its id."""
    if kind in ("Practitioner", "PractitionerRole"):
        own = f"{kind}/{'prac' if kind == 'Practitioner' else 'role'}-1-{number}"
        return [encounter(f"enc-{number}", participant=[{"individual": {"reference": own}}])]
    if kind == "Organization":
        return [{**EXPLAINED[0], "id": f"eob-{number}", "insurer": {"reference": f"Organization/org-1-{number}"}}]
    if kind == "Coverage":
        insured = [{"focal": True, "coverage": {"reference": f"Coverage/c-{number}"}}]
        return [{**EXPLAINED[0], "id": f"eob-{number}", "insurer": None, "insurance": insured}]
    return []


def _holds_no_person(sample: Resource, path: Path, share: int) -> None:
    """Plant a share of them in each element in turn, and look at all that is made of them."""
    whole, kind = {**_PERSONAL, **sample}, str(sample["resourceType"])
    places: list[tuple[Any, ...]] = []
    rows: list[Resource] = []
    for number, leaf in enumerate(_leaves(whole)):
        for canary in CANARIES[number % share :: share]:
            referring = _referring(kind, len(rows))
            own = {"id": f"{sample.get('id')}-{len(rows)}"} if referring else {}
            rows += [{**_planted(whole, leaf, canary), **own}, *referring]
            places += [leaf] * (1 + len(referring))
    beside = [each for each in _SAMPLES if each is not sample and each["resourceType"] != "OperationOutcome"]
    path.write_bytes(ndjson([*rows, *beside]))
    made = FhirSource().read(RawFile(path), CONTEXT)
    assert made.records
    assert not marks_in(repr(made.notes))
    assert not [places[skipped.row - 1] for skipped in made.skipped if marks_in(skipped.reason)]
    for record in made.records:
        said = repr((record._replace(meta={}), _of(record)))
        place = places[record.meta["lineno"] - 1] if record.meta["lineno"] <= len(places) else ()
        assert not marks_in(said.replace(str(path), "").replace("\\u", "")), place


@pytest.mark.parametrize("sample", _SAMPLES, ids=lambda sample: str(sample["resourceType"]))
def test_no_element_lets_a_person_through(tmp_path: Path, sample: Resource) -> None:
    _holds_no_person(sample, tmp_path / "e.ndjson", share=10)


@pytest.mark.long
@pytest.mark.parametrize("sample", _SAMPLES, ids=lambda sample: str(sample["resourceType"]))
def test_no_element_lets_any_of_them_through(tmp_path: Path, sample: Resource) -> None:
    _holds_no_person(sample, tmp_path / "e.ndjson", share=1)


def _of(record: Any) -> list[Any]:
    """What else of a record's metadata could be written: not where it stands."""
    return [value for key, value in record.meta.items() if key not in ("filename", "lineno")]


def test_a_real_import_writes_and_prints_no_person(folder: Folder) -> None:
    folder.write_by_hand(PROVIDERS)
    rows = []
    for number, canary in enumerate(CANARIES):
        text = json.dumps(canary)[1:-1]
        for sample in _SAMPLES:
            own = {"id": f"{sample.get('id', 'r')}-{number}"} if sample not in (ADAMS, ROLE) else {}
            rows.append(json.loads(json.dumps({**_PERSONAL, **sample, **own}, ensure_ascii=False).replace("…", text)))
    path = folder.give(f"{CANARIES[0]}.ndjson", ndjson(rows))
    result = folder.run("import", "--suspense", path)
    assert result.return_value == 0, result.stderr
    assert not marks_in(result.stdout.replace(path.name, "") + result.stderr)
    books = folder.books()
    assert len(books.visits) > len(CANARIES)
    for file in folder.path.rglob("*"):
        if file.is_file() and "originals" not in file.parts and file.suffix != ".picklecache":
            assert not marks_in(file.name), file
            assert not marks_in(file.read_text("utf-8", "replace")), file
