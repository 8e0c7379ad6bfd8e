"""Findings as work: what to do first, what is new, and the same for a spreadsheet or a program."""

from __future__ import annotations

import csv
import datetime
import io
import os
import textwrap
from collections.abc import Iterable, Iterator, Mapping
from decimal import Decimal
from pathlib import Path
from typing import Any, Final

from daysheet import checks
from daysheet.books import Books
from daysheet.books.currencies import note
from daysheet.books.holding import NOTHING, holds, is_empty
from daysheet.findings import KINDS, Finding, gap
from daysheet.records import Meta
from daysheet.wording import figure, many, money, plain

_CSV_COLUMNS: Final = ("kind", "key", "date", "through", "provider", "count", "amount", "deadline", "message", "where")
_FORMULA: Final = ("=", "+", "-", "@", "\uff1d", "\uff0b", "\uff0d", "\uff20")
"""What begins a formula, in full width too, as spreadsheets of East Asia take it."""
_SHOWN: Final = 10
_WIDTH: Final = 80
_FAR = datetime.date.max


def findings_of(
    books: Books,
    as_of: datetime.date,
    kinds: Iterable[str] = (),
    since: datetime.date | None = None,
    known: Mapping[str, Iterable[Finding]] = checks.NOTHING_KNOWN,
) -> list[Finding]:
    """What is to be done as of a day, the most money first, within equal money the nearest deadline.

    Args:
        books: the practice's books.
        as_of: the day.
        kinds: only these; empty for all.
        since: only what was not yet to be found as of this day.
        known: as in `checks.find`.
    """
    wanted = tuple(kinds)
    found = checks.run(books, as_of, wanted, known)
    if since is not None:
        old = {(finding.kind, finding.key) for finding in checks.find(books, since, wanted)}
        found = [finding for finding in found if (finding.kind, finding.key) not in old]
    return sorted(found, key=lambda finding: (-finding.amount, finding.deadline or _FAR, finding.date, finding.key))


def trend(books: Books, as_of: datetime.date, since: datetime.date, kinds: Iterable[str] = ()) -> str:
    """One sentence on what is new, what is settled and how the gap has moved between two days."""
    then, now = checks.run(books, since, kinds), checks.run(books, as_of, kinds)
    old, new = ({(finding.kind, finding.key) for finding in found} for found in (then, now))
    before, after = gap(then).gross, gap(now).gross
    return (
        f"Since {since}: {len(new - old):,} new, {len(old - new):,} settled; never billed "
        f"{money(before, books.currency)} then, {money(after, books.currency)} now."
    )


def place(meta: Meta, folder: Path) -> str:
    """`2026/2026-03-visits.beancount:12`, as seen from the books folder."""
    return f"{os.path.relpath(str(meta['filename']), folder)}:{meta['lineno']}"


def as_json(books: Books, as_of: datetime.date, findings: list[Finding], folder: Path) -> dict[str, Any]:
    """The stable shape that programs read: amounts are text with two decimals, dates ISO, places relative."""
    price = gap(findings)
    return {
        "as_of": None if is_empty(books) else as_of.isoformat(),
        "currency": books.currency,
        "findings": [
            {
                "kind": finding.kind,
                "key": finding.key,
                "date": finding.date.isoformat(),
                "through": finding.through.isoformat(),
                "provider": finding.provider,
                "count": finding.count,
                "amount": plain(finding.amount, books.currency),
                "message": finding.message,
                "where": [place(meta, folder) for meta in finding.where],
            }
            for finding in findings
        ],
        "totals": {
            kind: {
                "count": len(same),
                "amount": plain(_sum(same), books.currency),
            }
            for kind, same in _by_kind(findings)
        },
        "gap": {
            "gross": plain(price.gross, books.currency),
            "expected_cash": None if price.expected_cash is None else plain(price.expected_cash, books.currency),
        },
    }


def as_csv(findings: Iterable[Finding], folder: Path, currency: str) -> str:
    """One row a finding, for the front desk's spreadsheet; no cell can be taken for a formula."""
    buffer = io.StringIO()
    writer = csv.writer(buffer, lineterminator="\r\n")
    writer.writerow(_CSV_COLUMNS)
    for finding in findings:
        where = place(finding.where[0], folder) if finding.where else ""
        cells = (
            finding.kind, finding.key, finding.date, finding.through, finding.provider or "", finding.count,
            plain(finding.amount, currency), finding.deadline or "", finding.message, where,
        )  # fmt: skip
        writer.writerow([harmless(str(cell)) for cell in cells])
    return buffer.getvalue()


def as_text(books: Books, as_of: datetime.date, findings: list[Finding], folder: Path) -> str:
    """The worklist for a screen of 80 columns: kinds by money at risk, the visits of a lapse folded into it."""
    if is_empty(books):
        return f"{NOTHING} Import files: daysheet import."
    if not holds(books, datetime.date.min, as_of):
        return f"The books hold nothing up to {as_of}: nothing was looked at."
    foreign = note(books.foreign, books.currency)
    if not findings:
        return "\n".join([f"As of {as_of}: nothing to do.", *filter(None, [foreign])])
    lines = [f"As of {as_of}:", *textwrap.wrap(foreign, _WIDTH)]
    covered = _covered(findings)
    groups = [
        (kind, same, [one for one in same if not (kind == "unbilled-visit" and one.key in covered)])
        for kind, same in _by_kind(findings)
    ]
    for kind, same, own in sorted(groups, key=lambda group: -_sum(group[2])):
        total = money(_sum(same), books.currency)
        folded = f", {len(same) - len(own):,} of them in the lapses" if len(own) < len(same) else ""
        lines += ["", f"{kind}: {many(len(same), 'finding')}, {total}{folded}"]
        lines += [line for finding in own[:_SHOWN] for line in _entry(finding, folder)]
        if len(own) > _SHOWN:
            lines.append(f"  … and {len(own) - _SHOWN:,} more: daysheet check --kind {kind} --csv")
    return "\n".join([*lines, "", *_gap_lines(books, findings)])


def _covered(findings: Iterable[Finding]) -> frozenset[str]:
    return frozenset[str]().union(*(finding.covers for finding in findings))


def _sum(findings: Iterable[Finding]) -> Decimal:
    return sum((finding.amount for finding in findings), Decimal())


def _entry(finding: Finding, folder: Path) -> Iterator[str]:
    yield from textwrap.wrap(finding.message, _WIDTH, initial_indent="  ", subsequent_indent="    ")
    where = f"{place(finding.where[0], folder)}  " if finding.where else ""
    yield f"    {where}key: {finding.key}"


def _gap_lines(books: Books, findings: list[Finding]) -> Iterator[str]:
    price = gap(findings)
    if not price.gross:
        return
    yield f"Never billed: {money(price.gross, books.currency)} at the practice's fees."
    if price.expected_cash is not None:
        priced = [finding for finding in findings if finding.expected is not None]
        covered = _covered(priced)
        counted = [one for one in priced if one.kind == "billing-lapse" or one.key not in covered]
        low = sum((finding.low for finding in counted if finding.low is not None), Decimal())
        high = sum((finding.high for finding in counted if finding.high is not None), Decimal())
        sample = many(min(finding.sample for finding in priced), "past visit")
        spread = "" if low == high else f" ({figure(low, books.currency)} to {figure(high, books.currency)})"
        yield f"Expected cash: {money(price.expected_cash, books.currency)}{spread}, by at least {sample} each."


def _by_kind(findings: Iterable[Finding]) -> list[tuple[str, list[Finding]]]:
    groups: dict[str, list[Finding]] = {kind: [] for kind in KINDS}
    for finding in findings:
        groups[finding.kind].append(finding)
    return [(kind, same) for kind, same in groups.items() if same]


def harmless(cell: str) -> str:
    """A cell that a spreadsheet shows as it is and does not compute: OWASP's quote before a formula's first sign."""
    if cell[:1].isalnum():  # as nearly all begin, and there are hundreds of thousands
        return cell
    blank = cell[:1] in ("\t", "\r", "\n")
    return "'" + cell if blank or cell.lstrip().startswith(_FORMULA) else cell
