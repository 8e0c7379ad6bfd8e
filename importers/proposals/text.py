"""A practice profile's text, from its plan."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from daysheet.importers.detection.exports.column_facts import Facts
from daysheet.importers.detection.exports.concepts import is_money
from daysheet.importers.detection.exports.dates import notations
from daysheet.importers.proposals import record_tables
from daysheet.importers.proposals.plan import Plan
from daysheet.importers.proposals.toml import names, when
from daysheet.strict_toml import listed, quoted

_BLANK: Final = ("", "n/a", "na", "null", "none", "nan", "-", "--", "nil", "unknown")


def profile(plan: Plan, title: str, system: str, sample: str) -> str:
    """The profile's text.

    Args:
        plan: of the file.
        title: what a person calls it.
        system: the system's name.
        sample: `[sample]` with its rows and records.
    """
    tables = record_tables.tables(plan)
    days = [facts for facts in plan.found.facts if facts.is_dates and quoted(facts.header) in "\n".join(tables)]
    head = [
        f"title = {quoted(title)}",
        f"system = {quoted(system)}",
        'source = "an export of this practice\'s own, looked at by daysheet profile new"',
    ]
    head += ['decimal = ","'] if plan.found.decimal == "," else []
    head += [f"patient = {names(plan.patients)}"] if plan.patients else []
    head += [f"private = {names(plan.private)}"] if plan.private else []
    parts = [
        "\n".join(head),
        _file(plan),
        f"[match]\nheader = {names(plan.found.facts) if not _doubled(plan) else listed(_header(plan))}",
        f"[dates]\nformat = {listed(_formats(plan, days))}",
        *_skips(plan, tables, days),
        *tables,
        _left_out(plan, tables),
        sample,
    ]
    return "\n\n".join(part for part in parts if part).rstrip() + "\n"


def _left_out(plan: Plan, tables: Sequence[str]) -> str:
    """Columns of amounts of which no record is made, each with the reason."""
    text = "\n".join(tables)
    lines = [
        f"{quoted(facts.header)} = {quoted(_why_not(facts))}"
        for facts in plan.found.facts
        if is_money(facts) and quoted(facts.header) not in text
    ]
    return "[left-out]\n" + "\n".join(lines) if lines else ""


def _why_not(facts: Facts) -> str:
    if set(facts.words) & {"balance", "outstanding", "due"}:
        return "what is still owed follows from the rest"
    return "no record is made of it"


def _file(plan: Plan) -> str:
    lines = []
    delimiter = plan.found.grid.delimiter
    if len(delimiter) == 1 and delimiter != ",":
        lines.append(f"delimiter = {quoted(delimiter)}")
    if len(delimiter) == 1 and not plan.found.encoding.startswith("utf"):
        lines.append(f"encoding = {quoted(plan.found.encoding)}")
    return "[file]\n" + "\n".join(lines) if lines else ""


def _header(plan: Plan) -> list[str]:
    """The header as it stands in the file: two columns may have one name."""
    header = plan.found.grid.header
    cells = header.cells if header else []
    return [" ".join(cell.strip("\ufeff").split()) for cell in cells[: len(plan.found.facts)]]


def _doubled(plan: Plan) -> bool:
    return _header(plan) != [facts.header for facts in plan.found.facts]


def _formats(plan: Plan, days: Sequence[Facts]) -> list[str]:
    """Every notation of the days that are read, in the order of day and month that was found or said."""
    said = plan.answers.date_format
    found: list[str] = []
    for facts in days:
        others = tuple(each for each in plan.found.facts if each.is_dates and each is not facts)
        seen = notations(facts, others)
        for notation in seen.formats:
            ordered = _as_said(notation, said, seen.rivals)
            found += [ordered, notation] if _proved(seen.why) else [ordered]
    return list(dict.fromkeys(found)) or ["%Y-%m-%d"]


def _as_said(notation: str, said: str, rivals: Sequence[str]) -> str:
    """The notation with day and month in the order that a person said, where the file leaves it open."""
    if not said or not rivals:
        return notation
    swapped = notation.replace("%d", "\x00").replace("%m", "%d").replace("\x00", "%m")
    if swapped not in rivals and notation not in rivals:
        return notation
    day_first = said.find("%d") < said.find("%m")
    is_day_first = notation.find("%d") < notation.find("%m")
    return notation if day_first == is_day_first else swapped


def _proved(why: str) -> bool:
    """Whether days prove both orders: then both notations are needed, the one that was said first."""
    return " the other, " in why


def _skips(plan: Plan, tables: Sequence[str], days: Sequence[Facts]) -> list[str]:
    """Rules for rows that are no records: without a day or provider, not paid, cancelled."""
    found = []
    text = "\n".join(tables)
    date = plan.column("date")
    if date in days and date is not None and f"date = {quoted(date.header)}" in text:
        found += _without(date, "no day in it")
    provider = plan.column("provider")
    if provider is not None and plan.kind == "visits":
        found += _without(provider, "no provider in it")
    for facts in (each for each in plan.found.facts if is_money(each) and quoted(each.header) in text):
        found += _without(facts, "no amount in it", blank=False)
    left = record_tables.not_taken(plan)
    if left is not None:
        column, skipped, reason = left
        found.append(f"[[skip]]\nreason = {quoted(reason)}\n{when((column, 'among', skipped))}")
    return found


def _without(facts: Facts, reason: str, *, blank: bool = True) -> list[str]:
    """A rule for rows in which a column says nothing, in the words in which this file says nothing."""
    said = sorted({cell.strip() for cell in facts.column.cells if cell.strip().casefold() in _BLANK})
    said = [cell for cell in said if cell or blank]
    return [f"[[skip]]\nreason = {quoted(reason)}\n{when((facts, 'among', said))}"] if said else []
