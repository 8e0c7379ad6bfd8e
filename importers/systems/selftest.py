"""A practice profile's own test: its sample rows are read and must give the records that it names."""

from __future__ import annotations

import tempfile
from collections.abc import Mapping
from functools import partial
from pathlib import Path
from typing import Final

from daysheet import patients
from daysheet.errors import DaysheetError
from daysheet.importers.reading import (
    Context,
    Reading,
    Record,
)
from daysheet.importers.rows.raw_file import (
    RawFile,
)
from daysheet.importers.systems.mapping import KIND_OF
from daysheet.importers.systems.resolve import resolve
from daysheet.importers.systems.source import SystemSource
from daysheet.records import Adjustment, Invoice, Payment, Visit


class _Nothing:
    """Books that hold nothing yet."""

    visits: Mapping[str, Visit] = {}
    invoices: Mapping[str, list[Invoice]] = {}
    payments: Mapping[str, list[Payment]] = {}
    adjustments: Mapping[str, list[Adjustment]] = {}


_SECRET: Final = b"the samples hold nobody"


def problems(source: SystemSource) -> list[str]:
    """What is wrong with a profile, in words; nothing if its sample gives what it says."""
    sample = source.profile.sample
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / Path(sample.filename).name
        path.write_bytes(sample.text.lstrip("\n").encode(source.profile.file.encoding or "utf-8"))
        file = RawFile(path)
        try:
            if not source.matches(file):
                _, line, differs = source.nearest(file)
                return [f"does not recognise its own sample: line {line}, {differs}"]
            reading = resolve(source.read(file, Context(partial(patients.token, secret=_SECRET))), _Nothing())
        except DaysheetError as problem:
            return [str(problem).replace(str(path), "sample")]
    return _compare(source, reading)


def _compare(source: SystemSource, reading: Reading) -> list[str]:
    sample = source.profile.sample
    found = []
    if len(reading.records) != len(sample.records):
        found.append(f"gives {len(reading.records)} records, not {len(sample.records)}")
    for number, (wanted, record) in enumerate(zip(sample.records, reading.records, strict=False), 1):
        found += [f"record {number}: {text}" for text in _differences(wanted, record)]
    reasons = tuple(skipped.reason for skipped in reading.skipped)
    if reasons != sample.skipped:
        found.append(f"skips {list(reasons)}, not {list(sample.skipped)}")
    return found


def _differences(wanted: dict[str, str], record: Record) -> list[str]:
    """Field by field; what the sample does not name is not compared."""
    kind = KIND_OF[type(record)].removesuffix("s")
    if wanted.get("kind") != kind:
        return [f"is of kind {kind}, not {wanted.get('kind')}"]
    found = []
    for key, value in wanted.items():
        name = {"kind": "", "kind-of": "kind"}.get(key, key.replace("-", "_"))
        if not name:
            continue
        if name not in record._fields:
            found.append(f"a {kind} has no {key}")
        elif str(getattr(record, name)) != value:
            found.append(f"{key} is {str(getattr(record, name))!r}, not {value!r}")
    return found
