"""A profile's own test: its sample rows go through the ordinary import and must give the entries it names."""

from __future__ import annotations

from functools import partial

from daysheet.importers import selftest
from daysheet.importers.banks.profile import Entry
from daysheet.importers.banks.source import BankSource
from daysheet.importers.reading import Context, Reading
from daysheet.records import BankLine


def problems(source: BankSource) -> list[str]:
    """What is wrong with a profile, in words; nothing if its sample gives what it says."""
    sample = source.profile.sample
    content = sample.text.encode(source.profile.file.encoding or "utf-8", "strict")
    context = Context(lambda _: "", "USD")
    return selftest.problems(
        source, sample.filename, content, lambda file: source.read(file, context), partial(_compare, source)
    )


def _compare(source: BankSource, reading: Reading) -> list[str]:
    sample = source.profile.sample
    lines = [record for record in reading.records if isinstance(record, BankLine)]
    found = []
    if len(lines) != len(sample.entries):
        found.append(f"gives {len(lines)} entries, not {len(sample.entries)}")
    for number, (entry, line) in enumerate(zip(sample.entries, lines, strict=False), 1):
        found += [f"entry {number}: {text}" for text in _differences(entry, line)]
    found += selftest.skips(reading, sample.skipped)
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
