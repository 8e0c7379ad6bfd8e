"""What an import did, for people and for programs."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any, Final

from daysheet.billing.allocation import NAMED
from daysheet.importers.booking.session import Taken
from daysheet.importers.importing import Outcome
from daysheet.importers.reading import Proof
from daysheet.records import BankLine, Meta
from daysheet.wording import figure, many, money

_SHOWN: Final = 20
_NAMED: Final = 3


def as_json(outcome: Outcome) -> list[dict[str, Any]]:
    """One object a file; refused files have an `error`, and nothing of them was taken."""
    taken = [
        {
            "file": taken.path,
            "profile": taken.reading.profile,
            "kind": taken.reading.kind,
            "rows": taken.reading.rows,
            "booked": taken.booked,
            "known": taken.known,
            "skipped": [{"row": skipped.row, "reason": skipped.reason} for skipped in taken.skipped],
            "amount": _total(taken.amounts),
            "written": list(taken.written),
            "changed": [
                {"row": changed.row, "what": changed.what, "where": _place(changed.where)} for changed in taken.changed
            ],
            "uncategorized": len(taken.uncategorized),
            "proof": _proof(taken.reading.proof),
            "asserted": taken.asserted,
            "allocated": {how: f"{amount:f}" for how, amount in taken.allocated.items()},
            "notes": taken.notes,
        }
        for taken in outcome.taken
    ]
    refused: list[dict[str, Any]] = [
        {
            "file": str(path),
            "profile": None,
            "kind": None,
            "rows": 0,
            "booked": 0,
            "known": 0,
            "skipped": [],
            "amount": "0",
            "written": [],
            "error": str(problem),
        }
        for path, problem in outcome.refused.items()
    ]
    return taken + refused


def _proof(proof: Proof | None) -> dict[str, Any] | None:
    return None if proof is None else {"closed": proof.closed, "checked": proof.checked, "broken_at": proof.broken_at}


def as_text(outcome: Outcome, folder: Path, *, whole: bool = False, dry_run: bool = False) -> str:
    """Each file's control totals, what changed, what a person must look at, and what a dry run would change.

    A dry run begins with its sum; `whole` ends it with every line that would change.
    """
    lines: list[str] = [*_sum_of(outcome), ""] if dry_run else []
    for taken in outcome.taken:
        lines += [*lines_of(taken, folder), ""]
    lines += _worklist([line for taken in outcome.taken for line in taken.uncategorized])
    if outcome.settled:
        lines += [f"Settled with the bank and the invoices: {outcome.settled}", ""]
    lines += [f"Note: {note}." for note in outcome.notes]
    written = dict.fromkeys(path for taken in outcome.taken for path in sorted(taken.written))
    if outcome.diff and whole:
        lines += ["Nothing was written. The change would be:", "", *outcome.diff]
    elif outcome.diff:
        lines.append("Nothing was written. What would change, by file (--diff shows every line, --diff-to keeps them):")
        lines += [
            f"  {name}: {more:,} lines more, {less:,} less" for name, (more, less) in _changes(outcome.diff).items()
        ]
    elif written:
        named = ", ".join(list(written)[:_NAMED]) + (
            f" and {len(written) - _NAMED} more" if len(written) > _NAMED else ""
        )
        lines.append(f"Written: {named}")
    return "\n".join(lines)


def _sum_of(outcome: Outcome) -> Iterator[str]:
    """A dry run in two lines."""
    booked, known = (sum(getattr(taken, what) for taken in outcome.taken) for what in ("booked", "known"))
    skipped = sum(len(taken.skipped) for taken in outcome.taken)
    refused = f", {many(len(outcome.refused), 'file')} refused" if outcome.refused else ""
    yield (
        f"Dry run: {many(len(outcome.taken), 'file')} to take{refused}; {many(booked, 'row')} to book, "
        f"{known:,} already there, {skipped:,} skipped."
    )
    changes = _changes(outcome.diff)
    more, less = (sum(count[which] for count in changes.values()) for which in (0, 1))
    yield f"{many(len(changes), 'file')} of the books would change: {more:,} lines more, {less:,} less."


def _changes(diff: list[str]) -> dict[str, tuple[int, int]]:
    """How many lines each file would gain and lose."""
    found: dict[str, tuple[int, int]] = {}
    name = ""
    for before, line in zip(["", *diff], diff, strict=False):
        if line.startswith("+++ ") and before.startswith("--- "):
            name = line.removeprefix("+++ ")
            found[name] = (0, 0)
        elif line.startswith("+"):
            found[name] = (found[name][0] + 1, found[name][1])
        elif line.startswith("-") and not line.startswith("--- "):
            found[name] = (found[name][0], found[name][1] + 1)
    return found


def lines_of(taken: Taken, folder: Path) -> Iterator[str]:
    """What became of one file: its control totals, what was skipped, known and changed, and what proves it."""
    reading = taken.reading
    yield f"{taken.file.name}: {reading.profile}, {reading.first} to {reading.last}"
    yield (
        f"  {many(reading.rows, 'row')} = {taken.booked:,} booked + {taken.known:,} already there"
        f" + {len(taken.skipped):,} skipped"
    )
    for currency, amount in sorted(taken.amounts.items()):
        booked, known = taken.booked_amounts[currency], taken.known_amounts[currency]
        other = amount - booked - known
        yield (
            f"  {money(amount, currency)} = {figure(booked, currency)} booked + {figure(known, currency)} already there"
            + (f" + {figure(other, currency)} skipped" if other else "")
        )
    reasons: dict[str, list[int]] = {}
    for skipped in taken.skipped:
        reasons.setdefault(skipped.reason, []).append(skipped.row)
    for reason, rows in reasons.items():
        yield f"  skipped, {reason}: row {', '.join(map(str, rows[:_SHOWN]))}{_more(len(rows))}"
    for changed in taken.changed[:_SHOWN]:
        place = _place(changed.where, folder)
        yield f"  row {changed.row} differs from the books, which stay: {changed.what} ({place})"
    if len(taken.changed) > _SHOWN:
        yield f"  and {len(taken.changed) - _SHOWN:,} rows more differ"
    proof = reading.proof
    if proof is not None and proof.closed and proof.checked:
        yield f"  proved by its balances: each of {proof.checked:,} rows leads to the next balance"
        yield f"  {taken.asserted} balance assertion{'' if taken.asserted == 1 else 's'} written"
    elif proof is not None and not proof.closed:
        yield f"  NOT PROVED: the balances break at row {proof.broken_at}: a row is missing or doubled there"
    if set(taken.allocated) - {NAMED}:
        currency = min(taken.amounts, default="")
        parts = (f"{figure(amount, currency)} {how.replace('-', ' ')}" for how, amount in taken.allocated.items())
        yield f"  payments allocated: {', '.join(parts)}"
    for note in taken.notes:
        yield f"  note: {note}"


def _worklist(lines: list[BankLine]) -> Iterator[str]:
    if not lines:
        return
    yield f"To categorize ({len(lines):,}): daysheet recategorize --text … --account …, or rules in daysheet.toml:"
    for line in lines[:_SHOWN]:
        amount = f"{figure(line.amount, line.currency):>12} {line.currency}"
        yield f"  {line.date}  {amount}  {(line.payee or line.narration)[:46]}"
    if len(lines) > _SHOWN:
        yield f"  and {len(lines) - _SHOWN:,} more, all marked ! in the ledger"
    yield ""


def _total(amounts: dict[str, Decimal]) -> str:
    return f"{sum(amounts.values(), Decimal()):f}"


def _place(meta: Meta, folder: Path | None = None) -> str:
    path = Path(str(meta["filename"]))
    if folder is not None and path.is_relative_to(folder.resolve()):
        path = path.relative_to(folder.resolve())
    return f"{path}:{meta['lineno']}"


def _more(count: int) -> str:
    return f" and {count - _SHOWN:,} more" if count > _SHOWN else ""
