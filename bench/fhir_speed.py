"""Encounters of a record system read by Daysheet, beside json alone and beside fhir.resources, which validates them.

Prints a row a measurement: processor seconds, the best of three, how many resources each takes, and the peak memory of
a process that reads them. fhir.resources is measured where it is installed (`pip install fhir.resources`); nothing else
needs it. The encounters are made here: as US Core has them, and, one in ten, with what systems write and the standard
forbids (an empty text, a class without its list, a status in capitals).
"""

from __future__ import annotations

import datetime
import importlib.util
import json
import re
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from daysheet.importers.fhir.source import FhirSource
from daysheet.importers.reading import Context
from daysheet.importers.rows.raw_file import RawFile

ENCOUNTERS = 10_000
REPEATS = 3
MEGABYTE = 1024


def encounter(number: int) -> dict[str, Any]:
    """One encounter as a US Core server writes it, about as long as a real one."""
    day = datetime.date(2026, 1, 1) + datetime.timedelta(days=number % 300)
    odd = number % 10 == 9
    listed = {} if odd else {"system": "http://terminology.hl7.org/CodeSystem/v3-ActCode"}
    cpt = {"system": "http://www.ama-assn.org/go/cpt", "code": "99213"}
    return {
        "resourceType": "Encounter",
        "id": f"enc-{number}",
        "meta": {"profile": ["http://hl7.org/fhir/us/core/StructureDefinition/us-core-encounter"]},
        "identifier": [{"use": "official", "system": "https://ehr.test/visits", "value": f"{number:08}"}],
        "status": "Finished" if odd else "finished",
        "class": {**listed, "code": "AMB"},
        "type": [{"coding": [cpt], "text": "" if odd else "Visit"}],
        "subject": {"reference": f"Patient/p{number % 900}", "display": "A Patient"},
        "participant": [
            {
                "type": [{"coding": [{"code": "PPRF", "display": "primary performer"}], "text": "primary performer"}],
                "period": {"start": f"{day}T09:00:00-05:00", "end": f"{day}T09:30:00-05:00"},
                "individual": {"reference": f"Practitioner/d{number % 4}", "display": "Dr. A Doctor"},
            }
        ],
        "period": {"start": f"{day}T09:00:00-05:00", "end": f"{day}T09:30:00-05:00"},
        "reasonCode": [{"coding": [{"system": "http://snomed.info/sct", "code": "46177005", "display": "A reason"}]}],
        "location": [{"location": {"reference": "Location/l1", "display": "Elm Street"}}],
        "serviceProvider": {"reference": "Organization/o1", "display": "Elm Street Family Medicine"},
    }


def by_json(path: Path) -> int:
    """What parsing alone takes."""
    with path.open() as lines:
        return sum(bool(json.loads(line)) for line in lines)


def by_daysheet(path: Path) -> int:
    """Visits, with all that an import needs to know of the file."""
    return len(FhirSource().read(RawFile(path), Context(lambda identifier: identifier)).records)


def by_library(path: Path) -> int:
    """Encounters that fhir.resources takes."""
    kind = importlib.import_module("fhir.resources.R4B.encounter").Encounter
    taken = 0
    with path.open() as lines:
        for line in lines:
            try:
                kind.model_validate_json(line)
            except ValueError:
                continue
            taken += 1
    return taken


WAYS: dict[str, Callable[[Path], int]] = {
    "json alone": by_json,
    "Daysheet": by_daysheet,
    "fhir.resources": by_library,
}


def measured(way: str, path: Path) -> None:
    """Run one way in this process and print its seconds, resources and peak memory."""
    best, taken = float("inf"), 0
    for _ in range(REPEATS):
        start = time.process_time()
        taken = WAYS[way](path)
        best = min(best, time.process_time() - start)
    # not getrusage: a process that was forked begins with the peak of its parent there
    found = re.search(r"VmHWM:\s+([0-9]+)", Path("/proc/self/status").read_text())
    peak = int(found[1]) / MEGABYTE if found else 0
    print(f"{way:<16}{best:>8.2f} s{taken:>9,} taken{peak:>8.0f} MB", flush=True)


def main() -> int:
    """Every way in a process of its own."""
    if len(sys.argv) > 2:
        measured(sys.argv[1], Path(sys.argv[2]))
        return 0
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "Encounter.ndjson"
        path.write_text("".join(json.dumps(encounter(number)) + "\n" for number in range(ENCOUNTERS)))
        print(f"{ENCOUNTERS:,} encounters, {path.stat().st_size / MEGABYTE**2:.1f} MB")
        for way in WAYS:
            if way == "fhir.resources" and importlib.util.find_spec("fhir") is None:
                print("fhir.resources is not installed: pip install fhir.resources")
                continue
            subprocess.run([sys.executable, "-m", "bench.fhir_speed", way, str(path)], check=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
