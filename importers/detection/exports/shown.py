"""What was detected in a practice's export, for people: 80 columns wide, and no cell of a patient in it."""

from __future__ import annotations

import textwrap
from collections import defaultdict
from collections.abc import Mapping

from daysheet.importers.detection.exports.detect import DetectedExport

UNSETTLED = {
    "kind": "which kind of records it holds",
    "date_format": "the order of day and month",
    "status_words": "what some words of its status mean",
    "method_words": "what some words of its payments mean",
    "date_column": "which column is the day",
    "amount_column": "which column is the amount",
    "date": "the day",
    "amount": "the amount",
    "provider": "who saw the patient",
    "patient": "who the patient is",
}


def rows(found: DetectedExport) -> list[str]:
    """What was found, each with its evidence."""
    evidence = found.evidence
    shown = {"\t": "tab"}.get(found.grid.delimiter, found.grid.delimiter)
    lines = [_row("encoding", found.encoding), _row("delimiter", shown)]
    lines.append(_row("header", f"line {found.grid.header.line}" if found.grid.header else "none"))
    lines.append(_row("kind", found.kind.name, evidence.get("kind", "")))
    for role, name in found.columns.items():
        answer = f'"{name}"'
        if role == "date" and found.dates.formats:
            answer += " as " + ", ".join(found.dates.formats)
        lines.append(_row(role, answer, evidence.get("date_format" if role == "date" else role, "")))
    if found.status.claims:
        lines.append(_row("claims", _words(found.status.claims), evidence.get("status_words", "")))
    elif found.status.words:
        lines.append(_row("words", _words(found.status.words), evidence.get("status_words", "")))
    if found.methods.words:
        lines.append(_row("paid by", _words(found.methods.words), evidence.get("method_words", "")))
    if "amounts" in evidence:
        lines.append(_row("amounts", evidence["amounts"]))
    if found.unsettled:
        lines.append(_row("not settled", ", ".join(UNSETTLED.get(what, what) for what in found.unsettled)))
    return lines


def _words(words: Mapping[str, str]) -> str:
    meant: dict[str, list[str]] = defaultdict(list)
    for word, meaning in words.items():
        meant[meaning].append(word)
    return "; ".join(f"{', '.join(some)} = {meaning}" for meaning, some in sorted(meant.items()))


def _row(what: str, answer: str, why: str = "") -> str:
    lines = textwrap.wrap(
        answer, 66, initial_indent=f"  {what:<12}", subsequent_indent=" " * 14, break_long_words=False
    )
    lines += textwrap.wrap(why, 78, initial_indent=" " * 16, subsequent_indent=" " * 16) if why else []
    return "\n".join(lines)
