"""A profile's own test: its sample rows go through the ordinary import and must give the entries it names."""

from __future__ import annotations

import tempfile
from pathlib import Path

from daysheet.errors import DaysheetError
from daysheet.importers.banks.profile import Entry
from daysheet.importers.banks.source import BankSource
from daysheet.importers.reading import (
    Context,
    Reading,
)
from daysheet.importers.rows.raw_file import (
    RawFile,
)
from daysheet.records import BankLine


def problems(source: BankSource) -> list[str]:
    """What is wrong with a profile, in words; nothing if its sample gives what it says."""
    sample = source.profile.sample
    encoding = source.profile.file.encoding or "utf-8"
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / Path(sample.filename).name
        path.write_bytes(sample.text.encode(encoding, "strict"))
        file = RawFile(path)
        try:
            if not source.matches(file):
                return [f"does not recognise its own sample{_why(source, file)}"]
            reading = source.read(file, Context(lambda _: "", "USD"))
        except DaysheetError as problem:
            return [str(problem).replace(str(path), "sample")]
    return _compare(source, reading)


def _why(source: BankSource, file: RawFile) -> str:
    likeness, line, difference = source.nearest(file)
    return f": line {line}, {difference}" if likeness else ""


def _compare(source: BankSource, reading: Reading) -> list[str]:
    sample = source.profile.sample
    lines = [record for record in reading.records if isinstance(record, BankLine)]
    found = []
    if len(lines) != len(sample.entries):
        found.append(f"gives {len(lines)} entries, not {len(sample.entries)}")
    for number, (entry, line) in enumerate(zip(sample.entries, lines, strict=False), 1):
        found += [f"entry {number}: {text}" for text in _differences(entry, line)]
    reasons = tuple(skipped.reason for skipped in reading.skipped)
    if reasons != sample.skipped:
        found.append(f"skips {list(reasons)}, not {list(sample.skipped)}")
    if sample.proved and not (reading.proof and reading.proof.closed):
        found.append("is not proved by its balances")
    return found


def _differences(entry: Entry, line: BankLine) -> list[str]:
    """Field by field; what the sample leaves blank need not be blank, but date and amount are always compared."""
    actual = {
        "date": str(line.date),
        "amount": f"{line.amount} {line.currency}",
        "payee": line.payee,
        "narration": line.narration,
        "id": line.source_id or "",
        "fee": "" if line.fee is None else str(line.fee),
        "account": line.account or "",
    }
    wanted = {name: getattr(entry, name) for name in actual}
    return [
        f"{name} is {actual[name]!r}, not {value!r}"
        for name, value in wanted.items()
        if value and value != actual[name]
    ]
