"""Whatever stands in a file of resources, it is read or refused in a sentence, in bounds of time and memory."""

from __future__ import annotations

import copy
import gzip
import json
import random
import time
import zipfile
from pathlib import Path
from typing import Any

import pytest
from daysheet.errors import DaysheetError
from daysheet.importers.fhir import containers
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
TOO_MANY = "holds more than [0-9,]+ resources, too many for a file of its size"
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


_TINY = (
    b"{}\n",
    b'{"resourceType":"Encounter","id":"1"}\n',
    b'{"resourceType":"Observation","id":"1","status":"final"}\n',
    b'{"resourceType":"Bundle","entry":[{"resource":{"resourceType":"Patient"}},{"resource":{}}]}\n',
)


@pytest.mark.parametrize(
    ("container", "tiny"),
    [*(("gzip", tiny) for tiny in _TINY), ("zip", _TINY[1]), ("zip of many", _TINY[0]), ("list", _TINY[1])],
)
def test_hosts_of_resources_that_say_nothing_are_refused_in_time(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, container: str, tiny: bytes
) -> None:
    """A minute of the reader's time for each kilobyte, were there no end."""
    monkeypatch.setattr(containers, "_FEW", 5_000)  # a twentieth, of everything
    path, data = tmp_path / "e.ndjson", tiny * 15_000
    if container == "gzip":
        path.write_bytes(gzip.compress(data, 1))
    elif container == "list":
        path.write_bytes(gzip.compress(b"[" + data[:-1].replace(b"\n", b",") + b"]", 1))
    else:
        with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
            parts = 30 if container == "zip of many" else 1
            for number in range(parts):
                archive.writestr(f"{number}.ndjson", tiny * (15_000 // parts))
    with pytest.raises(DaysheetError, match=TOO_MANY):
        _SOURCE.read(RawFile(path), Context(lambda _: "pt-000000000000"))


def test_a_plain_file_of_nothings_is_refused(tmp_path: Path) -> None:
    """In full size."""
    path = tmp_path / "e.ndjson"
    path.write_bytes(b"{}\n" * 110_000)
    with pytest.raises(DaysheetError, match=TOO_MANY):
        _SOURCE.read(RawFile(path), Context(lambda _: "pt-000000000000"))


def test_an_archive_s_members_together_unpack_to_no_more_than_one(tmp_path: Path) -> None:
    path = tmp_path / "e.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for number in range(4):
            archive.writestr(f"{number}.ndjson", b" " * 20_000_000)
    with pytest.raises(DaysheetError, match="the archive unpacks to more than 50 times its size"):
        _SOURCE.read(RawFile(path), Context(lambda _: "pt-000000000000"))


def test_an_archive_of_more_files_than_any_export_has_is_refused_at_once(tmp_path: Path) -> None:
    path = tmp_path / "e.zip"
    with zipfile.ZipFile(path, "w") as archive:
        for number in range(20_001):
            archive.writestr(f"{number}.ndjson", b'{"resourceType":"Encounter","id":"1"}\n')
    began = time.process_time()
    assert _SOURCE.matches(RawFile(path))
    with pytest.raises(DaysheetError, match="holds more than 20,000 files"):
        _SOURCE.read(RawFile(path), Context(lambda _: "pt-000000000000"))
    assert time.process_time() - began < 5


@pytest.mark.parametrize("inner", ["[],", '{"a":{}},', '{"resource":{"id":"1"}},', '"",'])
def test_a_resource_of_millions_of_values_is_refused_before_it_is_in_memory(tmp_path: Path, inner: str) -> None:
    path = tmp_path / "e.ndjson"
    values = inner * 2_100_000
    path.write_text(f'{{"resourceType":"Encounter","id":"1","x":[{values}1]}}\n')
    with pytest.raises(DaysheetError, match="holds a resource of more than 2 million values"):
        _SOURCE.read(RawFile(path), Context(lambda _: "pt-000000000000"))


def test_an_honest_archive_of_more_resources_than_a_few_is_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Ids in a row and one text over and over pack as well as anything that is true."""
    monkeypatch.setattr(containers, "_FEW", 100)
    path = tmp_path / "e.ndjson.gz"
    lines = "".join(
        f'{{"resourceType":"Observation","id":"obs-{n}","subject":{{"reference":"Patient/{n // 9}"}}}}\n'
        for n in range(10_000)
    )
    path.write_bytes(gzip.compress(lines.encode()))
    assert _SOURCE.counted(RawFile(path)).resources == {"Observation": 10_000}


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


def test_a_long_archive_of_nothings_is_refused_by_what_was_read_of_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its size alone would let a hundred times as many pass before anything is said."""
    monkeypatch.setattr(containers, "_FEW", 1_000)
    path = tmp_path / "e.ndjson.gz"
    noise = random.Random(7).randbytes(200_000).hex().encode()
    path.write_bytes(gzip.compress(b'{"resourceType":"Encounter","id":"x"}\n' * 40_000 + noise))
    with pytest.raises(DaysheetError, match=r"holds more than \d\d?,\d{3} resources, too many for a file of its size"):
        _SOURCE.read(RawFile(path), Context(lambda _: "pt-000000000000"))
