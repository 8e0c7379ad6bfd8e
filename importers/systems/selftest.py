"""A practice profile's own test: its sample rows are read and must give the records that it names."""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from decimal import Decimal
from functools import partial
from typing import Final

from daysheet import patients
from daysheet.importers import selftest
from daysheet.importers.reading import Context, Reading, Record
from daysheet.importers.rows.raw_file import RawFile
from daysheet.importers.systems.marks import KIND_OF, UNDATED
from daysheet.importers.systems.resolve import resolve
from daysheet.importers.systems.source import SystemSource
from daysheet.records import COMPLETED, Adjustment, Claim, Invoice, Payment, Visit


class _Supposed:
    """Books that hold nothing but what a sample supposes: what its records without a day take theirs from."""

    def __init__(self, reading: Reading) -> None:
        bills = [record for record in reading.records if isinstance(record, Invoice) and record.date == UNDATED]
        self.visits: Mapping[str, Visit] = {
            visit: Visit(visit, _DAY, bill.provider, COMPLETED, bill.patient, None, None, {})
            for bill in bills
            for visit in bill.visits
        }
        claims = [record for record in reading.records if isinstance(record, Claim) and record.submitted is None]
        self.invoices: Mapping[str, list[Invoice]] = {claim.invoice: [_bill(claim.invoice)] for claim in claims}
        self.payments: Mapping[str, list[Payment]] = {}
        self.adjustments: Mapping[str, list[Adjustment]] = {}


def _bill(identity: str) -> Invoice:
    return Invoice(identity, _DAY, (), "", "", None, Decimal(1), None, {})


_DAY: Final = datetime.date(2026, 3, 2)
_SECRET: Final = b"the samples hold nobody"


def records_of(source: SystemSource, file: RawFile) -> Reading:
    """What a profile makes of a file by itself, with nothing of it left open.

    Raises:
        DaysheetError: the file cannot be read by it.
    """
    reading = source.read(file, Context(partial(patients.token, secret=_SECRET)))
    return resolve(reading, _Supposed(reading))


def problems(source: SystemSource) -> list[str]:
    """What is wrong with a profile, in words; nothing if its sample gives what it says."""
    sample = source.profile.sample
    content = sample.text.lstrip("\n").encode(source.profile.file.encoding or "utf-8")
    return selftest.problems(
        source,
        sample.filename,
        content,
        partial(records_of, source),
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
