"""A payroll profile's own test: its sample rows are read and must give the paychecks that it names."""

from __future__ import annotations

from functools import partial
from typing import Final

from daysheet import patients
from daysheet.importers import selftest
from daysheet.importers.payroll.source import PayrollSource
from daysheet.importers.reading import Context, Reading

_SECRET: Final = b"the samples hold nobody"


def problems(source: PayrollSource) -> list[str]:
    """What is wrong with a profile, in words; nothing if its sample gives what it says."""
    sample = source.profile.sample
    content = sample.text.lstrip("\n").encode(source.profile.file.encoding or "utf-8")
    context = Context(partial(patients.token, secret=_SECRET))
    return selftest.problems(
        source, sample.filename, content, lambda file: source.read(file, context), partial(_compare, source)
    )


def _compare(source: PayrollSource, reading: Reading) -> list[str]:
    wanted = source.profile.sample.paychecks
    if len(reading.records) != len(wanted):
        return [f"gives {len(reading.records)} paychecks, not {len(wanted)}"]
    return [
        f"paycheck {number}: {key} is {getattr(record, key, None)}, not {value}"
        for number, (each, record) in enumerate(zip(wanted, reading.records, strict=True), 1)
        for key, value in each.items()
        if str(getattr(record, key, None)) != value
    ]
