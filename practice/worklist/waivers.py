"""A finding set aside by a person, with the reason, as a dated fact in the ledger."""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from pathlib import Path
from typing import Final, NamedTuple

from beancount.core.data import Custom, new_metadata
from beancount.parser.grammar import ValueType
from daysheet import checks, files
from daysheet.books import Books, loading
from daysheet.errors import DaysheetError
from daysheet.facts import Waiver
from daysheet.findings import Finding, Gap, gap
from daysheet.ledger import printer
from daysheet.wording import money

FILE: Final = "waivers.beancount"
LONGEST_REASON: Final = 300
"""Characters: a reason is a sentence, and every copy of the books carries it."""


class Aside(NamedTuple):
    """What is, or would be, set aside.

    Attributes:
        finding: what it is about.
        before: what was never billed with it.
        after: what was never billed without it.
        entry: the directive that says so.
    """

    finding: Finding
    before: Gap
    after: Gap
    entry: Custom

    def words(self, currency: str) -> str:
        """What is set aside and what that changes, in one sentence."""
        finding = self.finding
        what = "That is "
        if finding.kind == "billing-lapse":
            days = f"{finding.date} to {finding.through}" if finding.through > finding.date else str(finding.date)
            of = "visits of" if finding.covers else "bills expected on"
            what += f"{finding.count:,} {of} {days}, {money(finding.amount, currency)}; other days stay"
        else:
            what += money(finding.amount, currency)
        if self.before == self.after:
            return f"{what}. What was never billed stays {money(self.after.gross, currency)}."
        was, now = (money(one.gross, currency) for one in (self.before, self.after))
        return f"{what}. What was never billed goes from {was} to {now}."


def waive_finding(
    folder: Path, key: str, reason: str, kind: str | None = None, as_of: datetime.date | None = None
) -> tuple[Waiver, str]:
    """Write that a finding is set aside, and make sure that the main file includes it.

    The books are read under the lock, so that of two who set it aside at once one is told that it is.

    Args:
        folder: the books folder.
        key: the finding's key.
        reason: why, in the bookkeeper's words.
        kind: the finding's kind, needed only where findings of several kinds have this key.
        as_of: the day as of which it was found; the last day of the books if not said.

    Returns:
        The waiver, and what it changed, in words.

    Raises:
        DaysheetError: there is no such finding, or it is not clear which is meant, or no reason is given, or it is set
            aside already, or the books have errors.
    """
    _reason(reason)
    with files.locked(folder):
        books = loading.load(folder)
        made = to_set_aside(books, key, reason, kind, as_of)
        loading.append(folder, FILE, printer.render([made.entry]))
    finding, entry = made.finding, made.entry
    waiver = Waiver(finding.kind, finding.key, _reason(reason), entry.date, new_metadata(str(folder / FILE), 0))
    return waiver, made.words(books.currency)


def to_set_aside(
    books: Books, key: str, reason: str, kind: str | None = None, as_of: datetime.date | None = None
) -> Aside:
    """What would be set aside; the directive is certain to parse back to what it says.

    Raises:
        DaysheetError: as `waive_finding`.
    """
    findings = checks.run(books, as_of or books.as_of)
    return aside(findings, _the_finding(books, findings, key, kind), as_of or books.as_of, _reason(reason))


def aside(findings: Sequence[Finding], finding: Finding, day: datetime.date, reason: str = "") -> Aside:
    """What would be set aside with one of these findings, of that day."""
    values = [ValueType(word, str) for word in (finding.kind, finding.key, reason)]
    meta = {"through": finding.through} if finding.kind == "billing-lapse" else {}
    entry = Custom(meta, day, "waived", values)
    printer.render([entry])
    gone = finding.covers | ({finding.key} if finding.kind == "unbilled-visit" else set())
    left = [one for one in findings if one is not finding and not (one.kind == "unbilled-visit" and one.key in gone)]
    return Aside(finding, gap(findings), gap(left), entry)


def _reason(reason: str) -> str:
    text = printer.clean(reason)
    if not text:
        raise DaysheetError("a waiver needs a reason", remedy='give one: --reason "courtesy visit"')
    if len(text) > LONGEST_REASON:
        raise DaysheetError(
            f"the reason is {len(text):,} characters long, of at most {LONGEST_REASON}", remedy="make it shorter"
        )
    return text


def _the_finding(books: Books, findings: list[Finding], key: str, kind: str | None) -> Finding:
    found = [finding for finding in findings if finding.key == key and kind in (None, finding.kind)]
    if not found:
        for (of, waived), waiver in books.waivers.items():
            if waived == key and kind in (None, of):
                raise DaysheetError(f"{of} {key} is set aside already, as of {waiver.date}")
        raise DaysheetError(f"no finding has the key {printer.clean(key)[:80]}", remedy="daysheet check shows the keys")
    kinds = sorted({finding.kind for finding in found})
    if len(kinds) > 1:
        raise DaysheetError(f"{key} is the key of {' and '.join(kinds)}", remedy=f"say which: --kind {kinds[0]}")
    return found[0]
