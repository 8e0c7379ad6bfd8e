"""Payments without a day of their own, and the same payments in another export that has their days.

Some reports say what was paid on a visit so far, and not when. Such a payment is booked on the day of service, or, as
far as a later report adds to it, on that report's last day, and its entry says so: `dated: "service"` or
`dated: "export"`. The system's export of payments with their days is the better witness: once it is there, no more
payments are taken without one, and what it gives for an invoice takes the place of as much that stood on the day of
service. Where that cannot be told (money on account, for no invoice), the file is refused: no money is booked twice,
and none is guessed away.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from decimal import Decimal
from typing import Final, NamedTuple

from daysheet.books import Books
from daysheet.errors import DaysheetError
from daysheet.importers.reading import Reading, Record, Source
from daysheet.importers.spilled_visits import SpilledVisits
from daysheet.importers.systems.marks import DATED
from daysheet.importers.systems.source import SystemSource
from daysheet.records import Payment
from daysheet.wording import many, money

SERVICE: Final = "service"
EXPORT: Final = "export"
_ZERO: Final = Decimal()


class Days(NamedTuple):
    """Which exports give payments, and whether with their days.

    Attributes:
        systems: the practice system of each profile.
        given: the profile that gives payments with their days, by system and whether an insurer has paid.
        without: the files that gave payments without, by system.
        on_account: the profiles whose payments name no visit and no invoice, so that they may be of any.
    """

    systems: Mapping[str, str] = {}
    given: Mapping[tuple[str, bool], str] = {}
    without: Mapping[str, str] = {}
    on_account: frozenset[str] = frozenset()

    def of(self, payment: Payment, profile: str) -> str | None:
        """The profile that gives payments such as this one, which has no day of its own, with their days; else None."""
        if DATED not in payment.meta:
            return None
        return self.given.get((self.systems.get(profile, ""), payment.payer is not None))


class DaysState:
    """What one import knows of the days of payments; `days` is for all its files."""

    def __init__(self, _session: object) -> None:
        """Nothing known yet."""
        self.days = Days()


class Replaced(NamedTuple):
    """A payment on the day of service, and what is left of it; zero if another takes its place altogether."""

    payment: Payment
    left: Decimal


def days(sources: Iterable[Source], books: Books, readings: Collection[Reading]) -> Days:
    """What the books have been given, and what is given now; nothing where no payment is given now.

    Args:
        sources: every source.
        books: the books before this import.
        readings: its files.
    """
    if not any(isinstance(record, Payment) for reading in readings for record in _in_memory(reading)):
        return Days()
    known = {source.name: source for source in sources if isinstance(source, SystemSource)}
    given: dict[tuple[str, bool], str] = {}
    without: dict[str, str] = {}
    seen = [(_profile(str(one.meta.get("file", "")), known), one) for one in books.imported if one.kind == "payments"]
    names = [(name, str(one.meta["file"])) for name, one in seen if name is not None]
    names += [
        (reading.profile, reading.profile)
        for reading in readings
        if reading.profile in known and any(isinstance(record, Payment) for record in reading.records)
    ]
    for name, file in names:
        source = known[name]
        sides = _dated_sides(source)
        for insurer in sides:
            given.setdefault((source.profile.system, insurer), name)
        if not sides:
            without.setdefault(source.profile.system, file)
    systems = {name: source.profile.system for name, source in known.items()}
    on_account = {name for name, source in known.items() if not any(part.invoice for part in source.profile.payment)}
    return Days(systems, given, without, frozenset(on_account))


def _in_memory(reading: Reading) -> Sequence[Record]:
    """The records of a file, but for visits that wait on disk."""
    return () if isinstance(reading.records, SpilledVisits) else reading.records


def _profile(file: str, known: Iterable[str]) -> str | None:
    return next((name for name in known if f"-{name}-" in file), None)


def _dated_sides(source: SystemSource) -> set[bool]:
    """Whether patients (False), insurers (True) or both pay with a day of their own in an export."""
    parts = [part for part in source.profile.payment if part.date]
    if parts and not source.profile.patient:
        return {False, True}  # money received, by whomever
    found = {bool(part.payer_is or part.payer) for part in parts}
    return found | {False for part in parts if part.payer and not part.payer_is}


def left_out(
    records: Sequence[Record], known: Mapping[str, object], reading: Reading, given: Days
) -> tuple[list[Record], list[Payment], str]:
    """A file's records less the payments whose days another export gives; those; and that export's profile.

    Payments that are booked by now stay.
    """
    out: list[Payment] = []
    kept: list[Record] = []
    name = ""
    for record in records:
        profile = given.of(record, reading.profile) if isinstance(record, Payment) and record.id not in known else None
        if profile is not None and isinstance(record, Payment):
            out.append(record)
            name = profile
        else:
            kept.append(record)
    return kept, out, name


def replaced(payments: Sequence[Payment], reading: Reading, books: Books, given: Days) -> Iterator[Replaced]:
    """Which payments on the day of service these, new to the books, take the place of.

    Raises:
        DaysheetError: that cannot be told.
    """
    system = given.systems.get(reading.profile, "")
    if system not in given.without:
        return
    standing: dict[tuple[str | None, bool], list[Payment]] = defaultdict(list)
    for payment in (payment for group in books.payments_of_invoice.values() for payment in group):
        if DATED in payment.meta:
            standing[payment.invoice, payment.payer is not None].append(payment)
    fresh: dict[tuple[str | None, bool], list[Payment]] = defaultdict(list)
    for payment in payments:
        if DATED not in payment.meta:
            fresh[payment.invoice, payment.payer is not None].append(payment)
    for key, group in fresh.items():
        earlier = [payment for each in standing.values() for payment in each if payment.date <= reading.last]
        if key[0] is not None:
            yield from _of_invoice(group, standing.get(key, []), reading, given.without[system], books.currency)
        elif earlier and reading.profile in given.on_account:
            raise _twice(group[0], earlier, given.without[system], books.currency)


def _of_invoice(
    group: list[Payment], before: list[Payment], reading: Reading, file: str, currency: str
) -> Iterator[Replaced]:
    new, old = _total(group), _total(before)
    if not before:
        return
    whole = all(payment.amount > 0 for payment in (*group, *before))
    if new != old and not (whole and min(payment.date for payment in before) >= reading.first):
        raise _twice(group[0], before, file, currency)
    for payment in before:
        left = _ZERO if new == old else max(_ZERO, payment.amount - new)
        yield Replaced(payment, left)
        if new != old:
            new -= payment.amount - left
            if not new:
                return


def _twice(payment: Payment, earlier: Sequence[Payment], file: str, currency: str) -> DaysheetError:
    return DaysheetError(
        f"gives payments that may be among those of {file}, which have no day of their own: "
        f"{many(len(earlier), 'payment')}, {money(_total(earlier), currency)}, marked dated: in the ledger",
        filename=payment.meta["filename"],
        line=payment.meta["lineno"],
        remedy="take those out of the ledger, or leave payments out of this export, by take in [[source]]",
    )


def notes(payments: Iterable[Payment], currency: str) -> Iterator[str]:
    """What an import says of the payments that it books without a day of their own."""
    without = [payment for payment in payments if DATED in payment.meta]
    for mark, where in ((SERVICE, "the day of service"), (EXPORT, "this export's last day")):
        found = [payment for payment in without if payment.meta[DATED] == mark]
        if found:
            sums = f"{many(len(found), 'payment')}, {money(_total(found), currency)}"
            yield f'{sums}, without a day in this export: put on {where}, and marked dated: "{mark}" in the ledger'


def _total(payments: Iterable[Payment]) -> Decimal:
    return sum((payment.amount for payment in payments), _ZERO)
