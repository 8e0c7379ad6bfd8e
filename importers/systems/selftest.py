"""A practice profile's own test: its sample rows are read and must give the records that it names."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Final

from daysheet import patients
from daysheet.importers import selftest
from daysheet.importers.reading import Context, Reading, Record
from daysheet.importers.systems.marks import KIND_OF
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
    content = sample.text.lstrip("\n").encode(source.profile.file.encoding or "utf-8")
    context = Context(partial(patients.token, secret=_SECRET))
    return selftest.problems(
        source,
        sample.filename,
        content,
        lambda file: resolve(source.read(file, context), _Nothing()),
        partial(_compare, source),
    )


def _compare(source: SystemSource, reading: Reading) -> list[str]:
    sample = source.profile.sample
    found = []
    if len(reading.records) != len(sample.records):
        found.append(f"gives {len(reading.records)} records, not {len(sample.records)}")
    for number, (wanted, record) in enumerate(zip(sample.records, reading.records, strict=False), 1):
        found += [f"record {number}: {text}" for text in _differences(wanted, record)]
    return found + selftest.skips(reading, sample.skipped)


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
