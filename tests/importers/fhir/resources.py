"""Resources as record systems write them, all invented, and the forms in which they give them out."""

from __future__ import annotations

import gzip
import io
import json
import zipfile
from collections.abc import Iterable
from typing import Any

Resource = dict[str, Any]

ADAMS: Resource = {
    "resourceType": "Practitioner",
    "id": "prac-1",
    "identifier": [{"system": "http://hl7.org/fhir/sid/us-npi", "value": "1093817465"}],
    "name": [{"family": "Adams", "given": ["Ruth"], "prefix": ["Dr."]}],
}
ROLE: Resource = {
    "resourceType": "PractitionerRole",
    "id": "role-1",
    "practitioner": {"reference": "Practitioner/prac-1"},
}
PROVIDERS = """
2026-01-01 custom "provider" "adams" "Dr. Ruth Adams"
  days: "mon tue wed thu fri"
  fee: 50.00 USD
2026-01-01 custom "provider" "baker" "Dr. Tom Baker"
  fee: 60.00 USD
2026-01-01 custom "payer" "aetna" "Aetna"
  receivable: Assets:Receivable:Insurance:Aetna
"""


def encounter(identity: str = "enc-1", day: str = "2026-03-02", **more: Any) -> Resource:
    """A finished office visit."""
    made: Resource = {
        "resourceType": "Encounter",
        "id": identity,
        "status": "finished",
        "class": {"system": "http://terminology.hl7.org/CodeSystem/v3-ActCode", "code": "AMB"},
        "type": [{"coding": [{"system": "http://www.ama-assn.org/go/cpt", "code": "99213"}]}],
        "subject": {"reference": "Patient/pat-1"},
        "participant": [{"individual": {"reference": "Practitioner/prac-1"}}],
        "period": {"start": f"{day}T09:00:00-05:00", "end": f"{day}T09:30:00-05:00"},
    }
    return {**made, **more}


def appointment(identity: str = "app-1", day: str = "2026-03-02", status: str = "booked", **more: Any) -> Resource:
    """An appointment with Dr. Adams."""
    made: Resource = {
        "resourceType": "Appointment",
        "id": identity,
        "status": status,
        "start": f"{day}T09:00:00-05:00",
        "participant": [
            {"actor": {"reference": "Patient/pat-1"}},
            {"actor": {"reference": "Practitioner/prac-1"}},
        ],
    }
    return {**made, **more}


def ndjson(resources: Iterable[Resource]) -> bytes:
    """One resource a line, as a Bulk Data export gives them."""
    return "".join(json.dumps(each) + "\n" for each in resources).encode()


def bundle(resources: Iterable[Resource], *, indent: int | None = None, urn: bool = False) -> bytes:
    """A Bundle, as an export of one patient gives them."""
    entries = [
        {"fullUrl": f"urn:uuid:{each['id']}" if urn else f"https://ehr.test/{each['id']}", "resource": each}
        for each in resources
    ]
    return json.dumps({"resourceType": "Bundle", "type": "collection", "entry": entries}, indent=indent).encode()


def zipped(members: dict[str, bytes]) -> bytes:
    """A zip archive."""
    raw = io.BytesIO()
    with zipfile.ZipFile(raw, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in members.items():
            archive.writestr(name, data)
    return raw.getvalue()


def forms(resources: list[Resource]) -> dict[str, bytes]:
    """The same resources in every form that holds several, by a file's name."""
    lines = ndjson(resources)
    turned = [dict(reversed(each.items())) for each in resources]
    half = len(resources) // 2
    return {
        "all.ndjson": lines,
        "crlf.ndjson": lines.replace(b"\n", b"\r\n"),
        "turned.ndjson": ndjson(turned),
        "open.ndjson": lines.rstrip(b"\n"),
        "marked.ndjson": b"\xef\xbb\xbf" + lines,
        "wide.ndjson": lines.decode().encode("utf-16"),
        "all.ndjson.gz": gzip.compress(lines),
        "bundle.json": bundle(resources),
        "pretty.json": bundle(resources, indent=2),
        "nested.json": _nested(resources),
        "list.json": json.dumps(resources).encode(),
        "after-each-other.json": b"".join(json.dumps(each, indent=2).encode() + b"\n" for each in resources),
        "export.zip": zipped({"a/First.ndjson": ndjson(resources[:half]), "a/Second.json": bundle(resources[half:])}),
        "packed.zip": zipped({"x.ndjson.gz": gzip.compress(lines), "__MACOSX/._x.ndjson": b"no", "read.me": b"no"}),
    }


def _nested(resources: list[Resource]) -> bytes:
    inner = json.loads(bundle(resources))
    return json.dumps({"resourceType": "Bundle", "type": "batch-response", "entry": [{"resource": inner}]}).encode()
