"""Bills with lines: an export with a row for each procedure gives one bill for each statement, claim or visit.

A profile says which column is the row's own id (`line`). Where it does not, but its rows are procedures (the header has
a column of procedure codes, and the invoice's id is no number of an invoice, statement or claim), the same is deduced:
the id is the row's, and the bill is what groups rows by the header's name of it: a statement or claim, else the visit,
else patient, day and provider. Only columns of known names are looked for, and what they hold is no person's.
"""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal, InvalidOperation
from typing import Final, NamedTuple

from daysheet.importers.privacy import identifiers
from daysheet.importers.reading import LINE_ROWS, ROWS, Record, Skipped
from daysheet.importers.systems.profile import FOUND, ROW, Columns, InvoiceMap, PracticeProfile, numbered
from daysheet.importers.systems.row import PracticeRow
from daysheet.records import Invoice, Line, Visit

_NONE: Final = ("", "0")
_SAID: Final = {
    "service": """proccode procedurecode procedure code cpt cptcode cdt cdtcode adacode hcpcs hcpcscode servicecode
        billingcode""",
    "tooth": "tooth toothnum toothnumber toothno toothnr toothrange teeth",
    "site": "surf surface surfaces quad quadrant area site bodysite oralcavity side",
    "modifier": "modifier modifiers mod modifier1 modifier2 modifier3 modifier4 mod1 mod2 mod3 mod4",
    "quantity": "units unit qty quantity unitqty",
    "row": """procnum procedureid procid procedurenum chargeid chargenum chargeno lineid lineno linenumber rowid
        entryid itemid transactionid txnid serviceid servicelineid id""",
}
_NAMES: Final = {word: frozenset(names.split()) for word, names in _SAID.items()}
"""What practice systems call such columns, in small letters and without marks."""

_BILLS: Final = re.compile(r"invoice|statement|stmt|claim|bill|^inv")
_STATEMENTS: Final = re.compile(r"(statement|stmt|claim|invoice)(num|number|no|id|nr)?")
_VISITS: Final = re.compile(r"(apt|appt|appointment|visit|encounter)(num|number|no|id|nr)?")
_NOT_A_WORD: Final = re.compile(r"[^a-z0-9]")
_SITE: Final = re.compile(r"[A-Za-z0-9]{1,7}")
_TOOTH: Final = re.compile(r"[A-Za-z0-9]{1,3}([-, ]{1,2}[A-Za-z0-9]{1,3}){0,31}")
_MODIFIER: Final = re.compile(r"[A-Z0-9]{2}")


class Combined(NamedTuple):
    """Records added up, and the rows that gave none after all."""

    records: list[Record]
    skipped: list[Skipped]


def with_lines(profile: PracticeProfile) -> PracticeProfile:
    """The profile, its invoices told by lines where its header says that each row is a procedure."""
    parts = tuple(_with_lines(part, profile) for part in profile.invoice)
    return profile if parts == profile.invoice else dataclasses.replace(profile, invoice=parts)


def _with_lines(part: InvoiceMap, profile: PracticeProfile) -> InvoiceMap:
    names = [name for name in numbered(profile.match.header) if name not in profile.patient]
    if part.line:
        return part
    if len(part.id) != 1 or part.id[0] == ROW:
        return part
    (identity,) = part.id
    service = part.service or _first(names, _NAMES["service"])
    own = _named(names, _NAMES["row"], besides=(identity, *part.visit))
    if not service or service == identity:
        return part
    of_bill = bool(_BILLS.search(_plain(identity))) or part.merge or identity in part.visit
    if of_bill:
        return _described(dataclasses.replace(part, line=tuple(own[:1])), names, service) if own else part
    by = next((name for name in names if _STATEMENTS.fullmatch(_plain(name))), None)
    visit = part.visit or tuple(name for name in names if _VISITS.fullmatch(_plain(name)))[:1]
    group = (by,) if by else visit if visit not in ((ROW,), (FOUND,)) else ()
    if identity in group:
        return part
    told = dataclasses.replace(part, id=group or part.id, line=part.id, visit=visit)
    return _described(told, names, service)


def _described(part: InvoiceMap, names: Sequence[str], service: str) -> InvoiceMap:
    """The part with the columns that tell two procedures of one code apart."""
    modifiers = part.modifier or tuple(name for name in names if _plain(name) in _NAMES["modifier"])
    return dataclasses.replace(
        part,
        service=service,
        tooth=part.tooth or _first(names, _NAMES["tooth"]),
        site=part.site or _first(names, _NAMES["site"]),
        modifier=modifiers,
        quantity=part.quantity or _first(names, _NAMES["quantity"]),
    )


def _first(names: Sequence[str], wanted: frozenset[str]) -> str:
    return next(iter(_named(names, wanted)), "")


def _named(names: Sequence[str], wanted: frozenset[str], besides: Sequence[str] = ()) -> list[str]:
    return [name for name in names if _plain(name) in wanted and name not in besides]


def _plain(name: str) -> str:
    return _NOT_A_WORD.sub("", name.casefold())


def line_of(
    part: InvoiceMap,
    cells: PracticeRow,
    provider: str,
    amount: Decimal,
    identity: str,
    services: Mapping[str, str],
    patient_share: Decimal | None,
) -> Line:
    """The line that a row is; a cell that does not look like what its column holds is left out.

    Args:
        part: what the profile says of the row.
        cells: the row.
        provider: who did it.
        amount: the charge.
        identity: the row's own id.
        services: the practice's words for services.
        patient_share: what of the charge is expected of the patient.
    """
    modifiers = [cells[column].upper() for column in part.modifier if _MODIFIER.fullmatch(cells[column].upper())]
    return Line(
        id=identity,
        provider=provider,
        service=identifiers.service(cells[part.service], services) if part.service else None,
        amount=amount,
        tooth=_like(_TOOTH, cells[part.tooth]) if part.tooth else None,
        site=_like(_SITE, cells[part.site]) if part.site else None,
        modifier=" ".join(modifiers) or None,
        quantity=_quantity(cells[part.quantity]) if part.quantity else None,
        patient_share=patient_share,
    )


def share_within(share: Decimal, charge: Decimal) -> bool:
    """Whether an expected share can be one of this charge."""
    return min(charge, Decimal()) <= share <= max(charge, Decimal())


def is_of_none(columns: Columns, cells: PracticeRow) -> bool:
    """Whether a row is of no appointment, statement or claim: systems leave its number blank or write 0."""
    return all(cells[column] in _NONE for column in columns)


def own_line(
    identity: str, provider: str, amount: Decimal, told: Mapping[str, str], patient_share: Decimal | None
) -> Line:
    """A line of the practice's own CSV; `told` are its cells by column."""
    modifiers = [word for word in told["modifier"].upper().split() if _MODIFIER.fullmatch(word)]
    return Line(
        identity,
        provider,
        identifiers.service(told["service"]) if told["service"] else None,
        amount,
        _like(_TOOTH, told["tooth"]),
        _like(_SITE, told["site"]),
        " ".join(modifiers) or None,
        _quantity(told["quantity"]),
        patient_share,
    )


def _like(pattern: re.Pattern[str], cell: str) -> str | None:
    return cell if pattern.fullmatch(cell) and cell not in _NONE else None


def _quantity(cell: str) -> Decimal | None:
    try:
        value = Decimal(cell)
    except InvalidOperation:
        return None
    return value if value.is_finite() and 0 < value < 10_000 else None


def bills(records: Sequence[Record]) -> Combined:
    """The records with the rows of one bill, payer and day as its lines, and a visit's rows of procedures as one visit.

    A row met twice is the same row. A bill that charges nothing is none.
    """
    groups: dict[object, list[Record]] = {}
    for number, record in enumerate(records):
        groups.setdefault(_key(record, number), []).append(record)
    found: list[Record] = []
    skipped: list[Skipped] = []
    for group in groups.values():
        rows = [record for record in group if isinstance(record, Invoice) and record.lines]
        visits = [record for record in group if isinstance(record, Visit)]
        if not rows:
            several = len({visit.service for visit in visits}) > 1
            found += [_visit(visits)] if several else group
            continue
        kept, out = _distinct(rows)
        skipped += out
        bill = _bill(kept)
        if any(line.amount for line in bill.lines):
            found.append(bill)
        else:
            skipped += [Skipped(int(row.meta["lineno"]), "nothing to book in it") for row in kept]
    return Combined(found, skipped)


def _key(record: Record, number: int) -> object:
    """What rows of one record have in common."""
    if isinstance(record, Invoice) and record.lines:
        return (Invoice, record.id, record.payer, record.date)
    if isinstance(record, Visit) and record.service and identifiers.is_service_code(record.service):
        return (Visit, record.id, record.date, record.status, record.patient)
    return number


def _visit(rows: Sequence[Visit]) -> Visit:
    """One visit of rows that name a procedure each, its fee the sum of theirs; rows alike are one."""
    distinct = list({(row.service, row.fee): row for row in rows}.values())
    fees = [row.fee for row in distinct if row.fee is not None]
    first = rows[0]
    return first._replace(
        service=", ".join(row.service for row in distinct if row.service),
        fee=sum(fees, Decimal()) if fees else None,
        meta={**first.meta, ROWS: tuple(int(row.meta["lineno"]) for row in rows)},
    )


def _distinct(rows: Iterable[Invoice]) -> tuple[list[Invoice], list[Skipped]]:
    kept: dict[str, Invoice] = {}
    out = []
    for row in rows:
        (line,) = row.lines
        first = kept.setdefault(line.id, row)
        if first is not row:
            same = "repeats" if first.lines == row.lines else "has the id, and not the words or figures, of"
            out.append(Skipped(int(row.meta["lineno"]), f"{same} row {first.meta['lineno']}"))
    return list(kept.values()), out


def _bill(rows: Sequence[Invoice]) -> Invoice:
    """One bill of its rows, in the order of their ids: that of the file is not always the same."""
    first = min(rows, key=lambda row: int(row.meta["lineno"]))
    lines = in_order(line for row in rows for line in row.lines)
    rows_of_lines = {line.id: int(row.meta["lineno"]) for row in rows for line in row.lines}
    meta = {**first.meta, ROWS: tuple(dict.fromkeys(rows_of_lines.values())), LINE_ROWS: rows_of_lines}
    return first._replace(
        visits=tuple(sorted({visit for row in rows for visit in row.visits})),
        provider=lines[0].provider,
        amount=sum((line.amount for line in lines), Decimal()),
        due=next((row.due for row in rows if row.due), None),
        lines=lines,
        meta=meta,
    )


def in_order(lines: Iterable[Line]) -> tuple[Line, ...]:
    """Lines by their ids, numbers as numbers."""
    return tuple(sorted(lines, key=lambda line: (_natural(line.id), line.id)))


def _natural(identity: str) -> tuple[tuple[int, int, str], ...]:
    parts = re.split(r"([0-9]+)", identity)
    return tuple((1, int(part), "") if part.isdigit() else (0, 0, part) for part in parts)
