"""Which profile a file is of, and what the detector sees in it: values, and how they read on a screen."""

from __future__ import annotations

import textwrap
from collections.abc import Callable, Sequence
from typing import Any, Final

from daysheet.errors import DaysheetError
from daysheet.importers.banks import source as bank
from daysheet.importers.detection.claims import NOTHING_TOLD, Told, claims
from daysheet.importers.detection.detect import Detected, detect
from daysheet.importers.detection.exports import shown
from daysheet.importers.detection.exports.detect import DetectedExport, detect_export, detected_as
from daysheet.importers.detection.exports.known import NOTHING_KNOWN, Known
from daysheet.importers.edi import answer_source, claim_source
from daysheet.importers.edi.source import remittance_summary
from daysheet.importers.fhir.source import FhirSource
from daysheet.importers.privacy.patient_columns import patient_columns
from daysheet.importers.reading import Context, Source
from daysheet.importers.rows.raw_file import RawFile
from daysheet.importers.rows.tables import tables
from daysheet.records import BankLine
from daysheet.wording import many

_KINDS: Final = {
    "bank": "bank or card statement",
    "payout": "payouts of a processor",
    "practice": "practice system",
    "payroll": "payroll journal",
}


def describe(
    file: RawFile,
    sources: Sequence[Source],
    told: Told = NOTHING_TOLD,
    known: Callable[[], Known] = lambda: NOTHING_KNOWN,
) -> tuple[dict[str, Any], Detected | DetectedExport | None]:
    """One file's answer for `identify --json`, and what the detector saw in it.

    Args:
        file: the file.
        sources: what it may be of.
        told: what the settings say.
        known: asked for what the books know, where the file is an unknown export of a practice.

    Returns:
        `file`, `profile` (None if none fits or several do), `kind`, and for text and workbooks `detected`; where
        several profiles fit `profiles`; where something in the file speaks against those that fit `doubts`; where a
        header nearly fits one `nearest`; for a bank file that a profile reads `rows`, `entries`, `first`, `last`,
        `proved` and `broken_at`; for a remittance `claims`, `paid` (to claims), `sent` (to the practice) and
        `balanced`, with `problems` where it is not; for claims (X12 837) `claims`, `charges` and `lines`; for an
        acknowledgment `accepted` and `rejected`; for FHIR `resources` by type, `statuses` by type and status, `records`
        that they give and `money` as it says itself.

    Raises:
        DaysheetError: the file cannot be read at all.
    """
    found = claims(file, sources, told)
    matching = found.sources
    only = matching[0] if len(matching) == 1 else None
    answer: dict[str, Any] = {"file": str(file.path), "profile": only.name if only else None}
    if only is not None and only.kind == "remittance":
        return remittance_summary(file), None
    if only is not None and only.name == claim_source.PROFILE:
        return claim_source.claims_summary(file), None
    if only is not None and only.name == answer_source.PROFILE:
        return answer_source.answers_summary(file), None
    if isinstance(only, FhirSource):
        return _of_resources(only, file), None
    detected = _looked_at(file, only, known)
    answer["kind"] = only.kind if only else kind_of_file(detected)
    if detected is not None:
        answer["detected"] = detected.as_json()
    if len(matching) > 1:
        answer["profiles"] = [source.name for source in matching]
    if only is None and found.against:
        answer["doubts"] = [{"profile": source.name, "why": why} for source, why in found.against]
    elif only is None and not matching:
        near = bank.nearest(file, [source for source in sources if isinstance(source, bank.BankSource)])
        answer["nearest"] = near.message if near else None
    if only is not None and only.kind in ("bank", "payout"):
        answer |= _read(only, file)
    return answer, detected


def kind_of_file(detected: Detected | DetectedExport | None) -> str:
    """What a file holds that no profile reads."""
    if isinstance(detected, DetectedExport):
        return detected.kind.name
    return "bank" if detected and detected.money else "unknown"


def _looked_at(file: RawFile, only: Source | None, known: Callable[[], Known]) -> Detected | DetectedExport | None:
    """What the detector of banks' or of practices' files says."""
    if tables(file).kind == "ofx":
        return None
    if only is not None and only.kind == "payroll":
        return None  # what it holds is of people, and no profile has to be found
    if only is not None and only.kind in ("bank", "payout"):
        return detect(file)
    export = detect_export(file)
    if export is None:
        return detect(file)
    books = known()
    if books == NOTHING_KNOWN:
        return export
    return detected_as(export.encoding, export.grid, export.facts, export.kind, known=books)


def _of_resources(source: FhirSource, file: RawFile) -> dict[str, Any]:
    """What a record system's export holds: resources by type, and what records they give."""
    found = source.counted(file)
    kinds = ("visits", "invoices", "payments", "claims")
    return {
        "file": str(file.path),
        "profile": source.name,
        "kind": source.kind,
        "resources": dict(sorted(found.resources.items())),
        "statuses": dict(sorted(found.statuses.items())),
        "records": {kind: found.records[kind] for kind in kinds},
        "money": f"{found.money:.2f}",
    }


def _read(source: Source, file: RawFile) -> dict[str, Any]:
    try:
        reading = source.read(file, Context(lambda _: ""))
    except DaysheetError as problem:
        return {"problem": problem.message, "line": problem.line}
    proof = reading.proof
    lines = [record for record in reading.records if isinstance(record, BankLine)]
    return {
        "rows": reading.rows,
        "entries": len(lines),
        "first": reading.first.isoformat(),
        "last": reading.last.isoformat(),
        "proved": None if proof is None else proof.closed,
        "broken_at": None if proof is None else proof.broken_at,
    }


def _sent(answer: dict[str, Any]) -> list[str]:
    """What is said of a file of claims."""
    return [f"  claims: {answer['claims']}, {answer['charges']} charged, {answer['lines']} lines"]


def _answered(answer: dict[str, Any]) -> list[str]:
    """What is said of an acknowledgment."""
    return [f"  acknowledgment: {answer['accepted']} accepted, {answer['rejected']} rejected"]


def in_a_line(answer: dict[str, Any]) -> str:
    """An answer in one sentence, for a list of files."""
    if answer["kind"] in ("remittance", "fhir", "acknowledgment") or "charges" in answer:
        shown = {"remittance": _remittance, "fhir": _resources, "acknowledgment": _answered}.get(answer["kind"], _sent)
        return "; ".join(line.strip() for line in shown(answer))
    kind = _KINDS.get(answer["kind"], answer["kind"])
    if answer["profile"]:
        name = kind if answer["profile"] == kind else f"{answer['profile']} ({kind})"
        return "; ".join([name, *(line.strip() for line in _said_of_reading(answer))])
    if "profiles" in answer:
        return f"may be of several profiles: {', '.join(answer['profiles'])}"
    if "doubts" in answer:
        return "; ".join(f"has the header of {doubt['profile']}, but: {doubt['why']}" for doubt in answer["doubts"])
    return f"of a kind that nobody knows yet{'' if answer['kind'] == 'unknown' else f'; looks like {kind}'}"


def as_text(answer: dict[str, Any], detected: Detected | DetectedExport | None) -> str:
    """An answer for people, 80 columns wide."""
    lines = [answer["file"]]
    said = {"remittance": _remittance, "fhir": _resources, "acknowledgment": _answered}.get(answer["kind"])
    said = _sent if "charges" in answer else said
    if said is not None:
        return "\n".join([*lines, *said(answer)])
    kind = _KINDS.get(answer["kind"], answer["kind"])
    if answer["profile"]:
        lines.append(f"  profile {answer['profile']} ({kind})")
        lines += _said_of_reading(answer)
    elif "profiles" in answer:
        lines += _wrapped(
            "  several profiles fit: " + ", ".join(answer["profiles"]) + "; say which with import --profile"
        )
    elif "doubts" in answer:
        for doubt in answer["doubts"]:
            lines += _wrapped(f"  has the header of profile {doubt['profile']}, but: {doubt['why']}")
    else:
        lines.append("  no profile fits")
        if answer.get("nearest"):
            lines += _wrapped("  " + answer["nearest"])
    return "\n".join(lines + _of_detected(answer, detected))


def _of_detected(answer: dict[str, Any], detected: Detected | DetectedExport | None) -> list[str]:
    """What the detector saw, and what to do with a file that no profile reads."""
    settled = answer["profile"] or "profiles" in answer
    if detected is None:
        return []
    if isinstance(detected, DetectedExport):
        return [] if settled else ["", *shown.rows(detected), "", *_written_by(answer["file"])]
    lines = ["", *_table(detected)] if answer["kind"] in ("bank", "payout", "unknown") else []
    return lines if settled or not detected.money else [*lines, "", *_next(answer["file"], detected)]


def _written_by(name: str) -> list[str]:
    """What to do with a file that no profile reads."""
    return [f"  daysheet profile new {name} writes a profile from this."]


def _remittance(answer: dict[str, Any]) -> list[str]:
    lines = [f"  remittance: {answer['claims']} claims, {answer['paid']} paid, {answer['sent']} sent"]
    for problem in answer["problems"]:
        lines += _wrapped(f"  does not balance: {problem}")
    return lines if answer["problems"] else [*lines, "  balanced"]


def _resources(answer: dict[str, Any]) -> list[str]:
    counts = (f"{count:,} {kind}" for kind, count in answer["resources"].items())
    given = (f"{count:,} {kind}" for kind, count in answer["records"].items() if count)
    return [
        *_wrapped("  FHIR resources: " + ", ".join(counts)),
        *_wrapped("  which give " + (", ".join(given) or "no records of their own")),
    ]


def _next(name: str, detected: Detected) -> list[str]:
    """What to do with a file that no profile reads."""
    persons = patient_columns(column.header for column in detected.grid.columns) if detected.grid else []
    if persons:
        return _wrapped(f"  It has columns of patients ({', '.join(persons)}): a practice system's export.")
    return _written_by(name)


def _said_of_reading(answer: dict[str, Any]) -> list[str]:
    if "problem" in answer:
        return _wrapped(f"  but line {answer['line']}: {answer['problem']}")
    if "entries" not in answer:
        return []
    lines = [f"  {answer['entries']} entries in {many(answer['rows'], 'row')}, {answer['first']} to {answer['last']}"]
    if answer["proved"]:
        lines.append("  its balances prove that no row is missing or doubled")
    elif answer["broken_at"]:
        lines.append(f"  the balance in line {answer['broken_at']} does not follow from the row before")
    return lines


def _table(detected: Detected) -> list[str]:
    """What was detected, each with its evidence."""
    money, columns, evidence = detected.money, detected.columns, detected.evidence
    names = {role: _name(detected, place) for role, place in columns.items()}
    rows = [("encoding", detected.encoding, evidence.get("encoding", ""))]
    if detected.grid is None:
        return [_row(*rows[0]), _row("table", "none", evidence.get("table", ""))]
    shown = {"\t": "tab"}.get(detected.delimiter, detected.delimiter)
    header = f"line {detected.header_line}" if detected.header_line else "none"
    rows += [("delimiter", shown, evidence["delimiter"]), ("header", header, evidence["header_line"])]
    rows.append(("date", f"{names.get('date', '')} as {detected.date_format}", evidence["date_format"]))
    if money is not None:
        parts = [names[role] for role in ("amount", "debit", "credit", "direction") if role in names]
        rows.append(("amounts", f"{money.mode}: {', '.join(parts)}", evidence["amount_mode"]))
        rows.append(("decimals", "comma" if money.decimal == "," else "point", evidence.get("decimal", "")))
        if "balance" in names:
            rows.append(("balance", names["balance"], ""))
    if detected.order:
        rows.append(("order", detected.order, evidence["order"]))
    if detected.unsettled:
        what = {
            "date_format": "the order of day and month",
            "amount_mode": "which way money went",
            "date_column": "which column is the day",
            "decimal": "the decimal mark",
            "amount_column": "which column is the amount",
            "currency": "which column says the currency",
        }
        rows.append(("not settled", ", ".join(what[word] for word in detected.unsettled), ""))
    return [_row(*row) for row in rows]


def _name(detected: Detected, place: int) -> str:
    header = detected.grid.columns[place - 1].header if detected.grid else ""
    return f'"{header}"' if header else f"column {place}"


def _row(what: str, answer: str, why: str) -> str:
    first = f"  {what:<12}{answer}"
    if not why:
        return first
    return "\n".join([first, *textwrap.wrap(why, 78, initial_indent=" " * 16, subsequent_indent=" " * 16)])


def _wrapped(text: str) -> list[str]:
    return textwrap.wrap(text, 79, subsequent_indent="  ", break_long_words=False, break_on_hyphens=False)
