"""Bills with lines: which of their lines are new to the books, and a bill that grows by them.

A line is known by the practice system's own id of its row, wherever it was billed. A later export may bring lines of a
bill that the books have: they are written into its entry, so that whatever the order of the exports the entry is the
same. A known line that says something else now is reported, as all that a system has changed.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from decimal import Decimal

from daysheet.importers.booking.dedupe import NEW, Verdict, judge_practice
from daysheet.importers.booking.known import Known
from daysheet.importers.reading import LINE_ROWS, ROWS, Record
from daysheet.importers.systems.bill_lines import in_order
from daysheet.records import Invoice, Line


def apart(records: Iterable[Record], known: Known) -> Iterator[Record]:
    """The records, each bill with lines split: what the books have of it, what they have otherwise, what is new."""
    seen: set[str] = set()
    for record in records:
        if not isinstance(record, Invoice) or not record.lines or _whole(record, known):
            yield record
            continue
        groups: dict[str, list[Line]] = {}
        for line in record.lines:
            word = "repeated" if line.id in seen else _judge_line(record, line, known).what
            groups.setdefault(line.id if word in ("changed", "repeated") else word, []).append(line)
            seen.add(line.id)
        yield from (record if len(groups) == 1 else _part(record, lines) for lines in groups.values())


def judged(records: Sequence[Record], known: Known) -> list[Verdict]:
    """A verdict for each of the records that `apart` has given, in their order."""
    others = iter(judge_practice([record for record in records if not _has_lines(record)], known))
    seen: dict[str, Invoice] = {}
    return [
        _judge(record, known, seen) if isinstance(record, Invoice) and record.lines else next(others)
        for record in records
    ]


def _has_lines(record: Record) -> bool:
    return isinstance(record, Invoice) and bool(record.lines)


def _judge(bill: Invoice, known: Known, seen: dict[str, Invoice]) -> Verdict:
    earlier = next((seen[line.id] for line in bill.lines if line.id in seen), None)
    if earlier is not None:
        return Verdict("repeated", earlier.meta)
    seen.update((line.id, bill) for line in bill.lines)
    verdict = _judge_line(bill, bill.lines[0], known)
    if verdict.what != "new":
        return verdict
    before = grown_from(bill, known)
    return NEW if before is None else Verdict("later", before.meta)


def grown_from(bill: Invoice, known: Known) -> Invoice | None:
    """The part of a bill that the books have of this payer and day."""
    same = (one for one in known.invoices.get(bill.id, ()) if one.lines)
    return next((one for one in same if (one.payer, one.date) == (bill.payer, bill.date)), None)


def together(before: Invoice, bill: Invoice) -> Invoice:
    """One bill of both."""
    lines = in_order((*before.lines, *bill.lines))
    return before._replace(
        visits=tuple(sorted({*before.visits, *bill.visits})),
        provider=lines[0].provider,
        patient=before.patient or bill.patient,
        amount=sum((line.amount for line in lines), Decimal()),
        due=before.due or bill.due,
        lines=lines,
    )


def _judge_line(bill: Invoice, line: Line, known: Known) -> Verdict:
    held = known.lines.get(line.id)
    if held is None:
        return _judge_whole(bill, line, known)
    other, same = held
    told = (name for name in line._fields if name != "patient_share")  # the first estimate stands
    what = [name for name in told if getattr(line, name) != getattr(same, name)]
    what += [name for name in ("id", "date", "patient", "payer") if getattr(bill, name) != getattr(other, name)]
    return Verdict("changed", other.meta, ", ".join(what)) if what else Verdict("known", other.meta)


def _judge_whole(bill: Invoice, line: Line, known: Known) -> Verdict:
    """Books of before may have the row as a bill of its own, or the bill without its lines."""
    alone = [one for one in known.invoices.get(line.id, ()) if not one.lines and line.id != bill.id]
    if alone:
        same_amount = alone[0].amount == line.amount
        return Verdict("known", alone[0].meta) if same_amount else Verdict("changed", alone[0].meta, "amount")
    whole = _whole(bill, known)
    if not whole:
        return NEW
    same = sum(one.amount for one in whole) == bill.amount
    return Verdict("known", whole[0].meta) if same else Verdict("changed", whole[0].meta, "amount")


def _whole(bill: Invoice, known: Known) -> list[Invoice]:
    return [one for one in known.invoices.get(bill.id, ()) if not one.lines and one.payer == bill.payer]


def _part(bill: Invoice, lines: Sequence[Line]) -> Invoice:
    rows = bill.meta.get(LINE_ROWS, {})
    numbers = tuple(dict.fromkeys(rows[line.id] for line in lines if line.id in rows))
    meta = {**bill.meta, "lineno": numbers[0], ROWS: numbers} if numbers else bill.meta
    return bill._replace(
        provider=lines[0].provider,
        amount=sum((line.amount for line in lines), Decimal()),
        lines=tuple(lines),
        meta=meta,
    )
