"""What the rows of a bank's file are together: the days that they cover, what their balances prove, whose they are."""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from decimal import Decimal

from daysheet.errors import DaysheetError
from daysheet.importers.banks import pending
from daysheet.importers.banks.balance import prove
from daysheet.importers.banks.extract import Extracted
from daysheet.importers.banks.profile import Profile
from daysheet.importers.reading import Context, Reading, Skipped
from daysheet.importers.rows.cell_kinds import part_order
from daysheet.importers.rows.raw_file import RawFile
from daysheet.importers.rows.stated_period import Period, stated
from daysheet.importers.rows.values import amount_parser, date_parser
from daysheet.patterns import compiled
from daysheet.records import BankLine


def statement(
    name: str,
    profile: Profile,
    file: RawFile,
    above: Sequence[str],
    around: str,
    extracted: Extracted,
    context: Context,
) -> Reading:
    """The reading of a file.

    Args:
        name: the profile's.
        profile: as it reads this file.
        file: the file.
        above: the lines above its table.
        around: its name and all lines around the table.
        extracted: what its rows gave.
        context: for the currency where nothing names one.

    Raises:
        DaysheetError: it has no entry and does not say which days it covers.
    """
    balance = profile.balance
    opening, closing = extracted.opening, extracted.closing
    lines, skipped = extracted.records, extracted.skipped
    if balance is not None:
        opening = opening if opening is not None else _stated(profile, balance.opening, around)
        closing = closing if closing is not None else _stated(profile, balance.closing, around)
        if closing is None:
            lines, skipped = _booked(extracted, balance.order)
    first, last = _period(profile, file, above, around, [line.date for line in lines])
    proof = prove(lines, balance.order, opening, closing) if balance is not None and lines else None
    accounts = {line.account for line in lines}
    currencies = {line.currency for line in lines}
    return Reading(
        profile=name,
        kind=profile.kind,
        rows=extracted.rows,
        records=tuple(lines),
        skipped=tuple(skipped),
        first=first,
        last=last,
        account=accounts.pop() if len(accounts) == 1 else None,
        currency=currencies.pop() if len(currencies) == 1 else context.currency,
        proof=proof,
        notes=extracted.notes(),
    )


def _booked(extracted: Extracted, order: str) -> tuple[list[BankLine], list[Skipped]]:
    """The lines that stand in the running balance, and the skipped rows with those that stand outside it."""
    records = extracted.records
    outside = {*pending.without_balance(records, order), *pending.unmoved(records, order)}
    if not outside:
        return extracted.records, extracted.skipped
    lines = [line for place, line in enumerate(extracted.records) if place not in outside]
    rows = [Skipped(int(extracted.records[place].meta["lineno"]), pending.PENDING) for place in sorted(outside)]
    return lines, sorted([*extracted.skipped, *rows])


def _period(
    profile: Profile, file: RawFile, above: Sequence[str], around: str, days: Sequence[datetime.date]
) -> Period:
    """The days that a file covers: as the profile finds them around the table, as the file says, else its rows'."""
    date = profile.date
    found: list[datetime.date | None] = []
    for pattern in (date.first, date.last):
        match = compiled(pattern).search(around) if pattern else None
        found.append(date_parser(date.format, date.language)(match[1]).date() if match else None)
    first, last = found
    if first is None or last is None:
        says = stated(file.path.name, above, part_order(date.format[0]), days)
        if says is not None:
            first, last = first or says[0], last or says[1]
    if not days and (first is None or last is None):
        raise DaysheetError(
            "holds no entry, and does not say which days it covers",
            filename=file.path,
            remedy="if the account was quiet, put the month into the file's name, such as card-2026-03.csv",
        )
    return first or min(days), last or max(days)


def _stated(profile: Profile, pattern: str, around: str) -> Decimal | None:
    found = compiled(pattern).search(around) if pattern else None
    if found is None:
        return None
    value = amount_parser(profile.amount.decimal, minor=profile.amount.minor)(found[1])
    inverted = profile.balance is not None and profile.balance.inverted
    return -value if value is not None and inverted else value
