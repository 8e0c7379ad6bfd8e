"""Whatever stands in a file of resources, it is read or refused in a sentence, in bounds of time and memory."""

from __future__ import annotations

import copy
import gzip
import json
import random
import zipfile
from pathlib import Path
from typing import Any

import pytest
from daysheet.errors import DaysheetError
from daysheet.importers.fhir.source import FhirSource
from daysheet.importers.fhir.terms import FhirTerms
from daysheet.importers.reading import Context
from daysheet.importers.rows.raw_file import RawFile
from daysheet.importers.systems.marks import Terms

from tests.importers.fhir.resources import ADAMS, ROLE, Resource, appointment, bundle, encounter, forms, ndjson
from tests.importers.fhir.test_money import EXPLAINED, PAYMENT, charge, claim, invoice

_WHOLE: list[Resource] = [
    encounter(appointment=[{"reference": "Appointment/app-1"}]),
    appointment(),
    ADAMS,
    ROLE,
    {"resourceType": "Coverage", "id": "c", "payor": [{"reference": "Organization/org-1"}]},
    {"resourceType": "Organization", "id": "org-1", "name": "Aetna"},
    {"resourceType": "Patient", "id": "pat-1", "name": [{"family": "Doe", "given": ["Jane"]}]},
    *EXPLAINED,
    PAYMENT,
    invoice(),
    charge("chg-1", "80"),
    charge("chg-2", "50"),
    claim(1, 2),
]
_ODD: list[Any] = [
    None, True, 0, -1, 10**30, 1.5, "", "x", "é\ud800\x00", "2026-99-99", "9999-12-31T23:59:59Z",
    "0001-01-01T00:00:00Z",     [], {}, [[]], [{}], [None], {"reference": 7}, {"reference": "#"}, {"reference": "#p"},
    {"reference": "Practitioner/"},
    {"coding": "x"}, {"coding": [{"code": ["x"]}]}, {"value": "12x"}, {"value": {}}, {"value": 1e300, "currency": 5},
    {"reference": "urn:uuid:"}, {"identifier": [{"value": []}]}, "x" * 10_000, list(range(50)),
]  # fmt: skip
_SOURCE = FhirSource(FhirTerms(Terms(take=("visits", "invoices", "claims", "payments"))))


def _read(path: Path) -> int:
    """All that is done with a file; how many records came of it."""
    file, context = RawFile(path), Context(lambda identifier: f"pt-{len(identifier):012x}")
    try:
        if not _SOURCE.matches(file):
            return 0
        made = _SOURCE.read(file, context)
        _SOURCE.counted(file)
        for text in (*_SOURCE.patients(file), *_SOURCE.private_cells(file)):
            text.encode()
    except DaysheetError:
        return 0
    for record in made.records:
        repr(record).encode("utf-8", "backslashreplace")
    return len(made.records)


def _bent(chance: random.Random) -> list[Resource]:
    """The resources, some elements of which are anything."""
    made = copy.deepcopy(_WHOLE)
    for _ in range(chance.randrange(1, 8)):
        place: Any = chance.choice(made)
        for _ in range(chance.randrange(1, 6)):
            keys = list(place) if isinstance(place, dict) else list(range(len(place)))
            if not keys:
                break
            key = chance.choice(keys)
            if not isinstance(place[key], dict | list) or chance.random() < 0.3:
                place[key] = copy.deepcopy(chance.choice(_ODD))
                break
            place = place[key]
    return made


def _mangled(chance: random.Random, data: bytes) -> bytes:
    """Bytes changed, cut out, put in twice."""
    found = bytearray(data)
    for _ in range(chance.randrange(1, 6)):
        at = chance.randrange(len(found))
        size = chance.randrange(1, 40)
        way = chance.randrange(4)
        if way == 0:
            found[at] = chance.randrange(256)
        elif way == 1:
            del found[at : at + size]
        elif way == 2:
            found[at:at] = found[at : at + size]
        else:
            del found[at:]
        found = found or bytearray(b"{")
    return bytes(found)


def _attack(seed: int, folder: Path) -> int:
    chance = random.Random(seed)
    resources = _bent(chance) if seed % 3 else _WHOLE
    name, data = chance.choice(list(forms(resources).items()))
    if seed % 3 != 1:
        data = _mangled(chance, data)
    path = folder / f"{seed}-{name}"
    path.write_bytes(data)
    try:
        return _read(path)
    finally:
        path.unlink()


def test_two_hundred_attacks_are_read_or_refused_in_a_sentence(tmp_path: Path) -> None:
    assert sum(_attack(seed, tmp_path) for seed in range(200)) > 200


@pytest.mark.long
def test_five_thousand_attacks_are_read_or_refused_in_a_sentence(tmp_path: Path) -> None:
    for seed in range(1000, 6_000):
        _attack(seed, tmp_path)


_DEEP = b'{"resourceType":"Bundle","entry":[{"resource":' * 3_000
_HUGE: dict[str, bytes] = {
    "deep.json": b'{"resourceType": "Encounter", "a": ' + b'{"a":' * 200_000,
    "deep-list.json": b"[" * 500_000,
    "bundles.json": _DEEP,
    "one-string.ndjson": b'{"resourceType": "Encounter", "id": "' + b"x" * 5_000_000 + b'"}\n',
    "no-end.ndjson": b'{"resourceType": "Encounter", "id": "' + b"x" * 5_000_000,
    "digits.ndjson": b'{"resourceType": "Encounter", "id": ' + b"9" * 1_000_000 + b"}\n",
    "keys.json": b'{"resourceType": "Encounter", ' + b",".join(b'"k%d": 1' % n for n in range(100_000)) + b"}",
    "nothing.ndjson": b"\n" * 1_000_000,
    "zeros.ndjson": b"\x00" * 1_000_000,
    "commas.ndjson": b"," * 1_000_000,
    "bomb.ndjson.gz": gzip.compress(b'{"resourceType": "Encounter", "id": "' + b" " * 200_000_000),
}


@pytest.mark.parametrize(
    "value", ["1e99999999999999999999", f'"{"7" * 2_000_000}"', "1e400", '"0e999999"', "7" * 4_000]
)
@pytest.mark.parametrize("kind", ["Claim", "Invoice"])
def test_an_amount_beyond_all_is_none(tmp_path: Path, kind: str, value: str) -> None:
    path = tmp_path / "money.ndjson"
    name, day = ("total", "created") if kind == "Claim" else ("totalNet", "date")
    status = '"active", "use": "claim"' if kind == "Claim" else '"issued"'
    path.write_text(
        f'{{"resourceType": "{kind}", "id": "c-1", "status": {status}, "{day}": "2026-01-02", '
        f'"{name}": {{"value": {value}, "currency": "USD"}}}}\n'
    )
    _read(path)


@pytest.mark.parametrize("name", _HUGE)
def test_what_is_huge_or_deep_is_refused_or_read_in_bounds(tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    path.write_bytes(_HUGE[name])
    assert _read(path) == 0


def test_members_that_lead_outside_an_archive_write_nothing(tmp_path: Path) -> None:
    path = tmp_path / "e.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("../../outside.ndjson", ndjson(_WHOLE))
        archive.writestr("/tmp/outside.json", bundle(_WHOLE))  # noqa: S108 - where it must not go
    assert _read(path) > 0
    assert sorted(each.name for each in tmp_path.parent.rglob("outside*")) == []


def test_ledger_syntax_in_a_resource_stays_text(tmp_path: Path) -> None:
    words = '"\n2026-01-01 open Assets:Bank:Stolen\n'
    path = tmp_path / "e.ndjson"
    path.write_bytes(ndjson([json.loads(json.dumps({**encounter(), "id": words, "status": "finished"}))]))
    [visit] = _SOURCE.read(RawFile(path), Context(lambda _: "pt-000000000000")).records
    assert "\n" not in repr(visit._replace(meta={})).encode().decode("unicode_escape")
