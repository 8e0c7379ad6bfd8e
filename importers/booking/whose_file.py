"""Whether a file is of this account and of this practice: what contradicts the books refuses it, with both figures.

A bank's file contradicts by the account number that it names, and by its running balance where files cover all days
to one that an earlier file has proved. A practice system's file contradicts by providers of whom the books know none.
"""

from __future__ import annotations

import datetime
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from itertools import accumulate
from typing import Final

from daysheet.books import Books
from daysheet.errors import DaysheetError
from daysheet.importers.banks import account_number
from daysheet.importers.booking.balance_assertions import PROVED, Assertion, Held, standing, waiting
from daysheet.importers.booking.bank_state import BankState
from daysheet.importers.booking.dedupe import Account, Line
from daysheet.importers.reading import Reading, Record
from daysheet.importers.settings import BankSettings
from daysheet.importers.spilled_visits import SpilledVisits
from daysheet.records import BankLine, Claim, Invoice, Visit
from daysheet.wording import figure, money

NUMBER: Final = "number"
"""In an `imported` directive: the last digits of the account number that the file names."""

_ONE_DAY: Final = datetime.timedelta(days=1)
_MONTH_AND_MORE: Final = datetime.timedelta(days=31)
_QUIET_DAYS: Final = 5
_SATURDAY: Final = 5

Days = tuple[datetime.date, datetime.date]
"""The first and the last day that a file covers."""

EndOfDay = tuple[datetime.date, Decimal]
"""A day, and the balance at its end."""


def digits_of(number: str | None) -> str:
    """The last digits of an account number; empty where it has fewer than four."""
    digits = account_number.bare(number or "")
    return digits[-account_number.KEPT :] if len(digits) >= account_number.KEPT else ""


def refuse_other_number(
    reading: Reading, number: str | None, account: str, books: Books, banks: Sequence[BankSettings], path: object
) -> None:
    """Refuse a file that names another account number than the account's files before it, and the settings, do.

    Raises:
        DaysheetError: it does.
    """
    found = digits_of(number)
    named = [bank.number for bank in banks if bank.account == account]
    named += [str(one.meta.get(NUMBER, "")) for one in books.imported if one.account == account]
    known = sorted({digits for digits in map(digits_of, named) if digits})
    if found and known and found not in known:
        raise DaysheetError(
            f"is of account number …{found}, and {account} is …{', …'.join(known)}",
            filename=path,  # type: ignore[arg-type]
            remedy="is it another account's or another client's file? If the number has changed, add to daysheet.toml: "
            f'[[bank]] profile = "{reading.profile}" account = "{account}" number = "{found}"',
        )


def refuse_several_numbers(
    number: str | None,
    account: str,
    before: Mapping[str | None, str],
    banks: Sequence[BankSettings],
    row: BankLine,
    path: object,
) -> None:
    """Refuse a file of several account numbers that go to one account, unless the settings name each of them.

    Args:
        number: the number of a row.
        account: the ledger account of it.
        before: the accounts of the numbers of the rows before.
        banks: the `[[bank]]` tables.
        row: the row, for the error.
        path: the file, for the error.

    Raises:
        DaysheetError: the settings do not say that both are this account's.
    """
    mine = account_number.bare(number or "")
    others = [bare for other, name in before.items() if name == account and (bare := account_number.bare(other or ""))]
    other = next((bare for bare in others if not (bare.endswith(mine) or mine.endswith(bare))), None)
    named = [account_number.bare(bank.number) for bank in banks if bank.account == account and bank.number]
    if mine and other is not None and not any(mine.endswith(bare[-account_number.KEPT :]) for bare in named):
        kept = account_number.KEPT
        raise DaysheetError(
            f"holds rows of account number …{mine[-kept:]} beside …{other[-kept:]}, and both would go to {account}",
            filename=path,  # type: ignore[arg-type]
            line=row.meta.get("lineno"),
            remedy="give each number a [[bank]] table of its own in daysheet.toml, with number and account",
        )


def refuse_other_balance(
    reading: Reading, account: Account, lines: Iterable[Line | BankLine], books: Books, state: BankState, path: object
) -> None:
    """Refuse a file whose balances none agrees with that files before it have proved of the same stretch of days.

    Only the days that files cover without a gap are one stretch: a file that comes before the one between says nothing
    of the other's balance. Nor does a proved balance that is `export-gap-days` away, or one since which the account has
    entries that no bank's file brought: these may explain it, and the import says so.

    Raises:
        DaysheetError: it has no such balance.
    """
    proof = reading.proof
    if proof is None or not proof.closed or not proof.daily:
        return
    others = [(one.first, one.last) for one in books.imported if one.account == account[0]]
    start, end = _stretch((reading.first, reading.last), [*others, *state.covered[account]])
    bases = [one for one in _proved(books, account, state) if start <= one.date - _ONE_DAY <= end]
    every = list(lines)
    held = Held(every)
    of_file = [row for row in reading.records if isinstance(row, BankLine)]
    if any(_agrees(base, proof.daily, held, of_file) for base in bases):
        return
    most = books.days_of("export-gap-days", proof.daily[0][0])
    by_hand = [one.date for one in every if isinstance(one, Line) and one.source is None]
    for base, (day, number) in _nearest(bases, proof.daily):
        early, late = sorted((base.date, day))
        if (late - early).days < most and not any(early <= one <= late for one in by_hand):
            name, currency = account
            raise DaysheetError(
                f"has {money(number, currency)} at the end of {day}, and {name} would have "
                f"{figure(held.at(day + _ONE_DAY, base), currency)}: the books prove "
                f"{figure(base.number, currency)} at the end of {base.date - _ONE_DAY}",
                filename=path,  # type: ignore[arg-type]
                remedy="is it another account's or another client's file, or are rows of these days missing?",
            )


def _agrees(base: Assertion, daily: Sequence[EndOfDay], held: Held, of_file: Sequence[BankLine]) -> bool:
    """Whether a file's balance and a proved one are of one account, on the file's first, its last or the proved day.

    They are if the books lead from one to the other, at the day's end or before the file's rows of it: two files may
    have a day in two parts. So on the proved day itself the file may come by what was proved with any of its rows.
    """
    proved = base.date - _ONE_DAY
    for day, number in daily:
        if day not in (daily[0][0], daily[-1][0], proved):
            continue
        rows = [row.amount for row in of_file if row.date == day]
        opening = number - sum(rows, Decimal())
        if held.at(day + _ONE_DAY, base) == number or held.at(day, base) == opening:
            return True
        if day == proved and any(base.number in accumulate(way, initial=opening) for way in (rows, rows[::-1])):
            return True
    return False


def _proved(books: Books, account: Account, state: BankState) -> list[Assertion]:
    """What files have proved of an account, in date order: asserted, waiting for files between, or of this import."""
    corrected = state.corrected.get(account)
    asserted = [
        one
        for one in standing(books, account).assertions
        if one.meta is not None and PROVED in one.meta and (corrected is None or one.date <= corrected)
    ]
    found = [*asserted, *waiting(books, account, corrected), *state.wanted[account]]
    return sorted(found, key=lambda one: one.date)


def _nearest(bases: Sequence[Assertion], daily: Sequence[EndOfDay]) -> list[tuple[Assertion, EndOfDay]]:
    """The proved balances nearest before a file, after it and within its days, each with the file's nearest to it."""
    first, last = daily[0], daily[-1]
    before = [(one, first) for one in bases if one.date <= first[0]][-1:]
    after = [(one, last) for one in bases if one.date - _ONE_DAY > last[0]][:1]
    within = [one for one in bases if first[0] < one.date <= last[0] + _ONE_DAY][-1:]
    return before + after + [(one, next(end for end in daily if end[0] >= one.date - _ONE_DAY)) for one in within]


def _stretch(file: Days, others: Iterable[Days]) -> Days:
    """The days around a file's that files cover without a gap.

    On a weekend banks book nothing. The files of two months that follow each other leave no gap where the account was
    quiet at the turn of the month.
    """
    every = sorted([file, *others])
    months = {first.replace(day=1): (first, last) for first, last in every if _is_month((first, last))}
    for month, (first, last) in sorted(months.items()):
        following = months.get((month + _MONTH_AND_MORE).replace(day=1))
        if following is not None:
            every.append((first, max(last, following[1])))
    every.sort()
    start, end = every[0]
    for first, last in every:
        if first > _next_bank_day(end):
            if file[0] <= end:
                break
            start = first
        end = max(end, last)
    return start, end


def _is_month(days: Days) -> bool:
    """Whether a file is of a calendar month, the account perhaps quiet in the month's first and last days."""
    first, last = days
    return (
        first.replace(day=1) == last.replace(day=1)
        and first.day <= _QUIET_DAYS
        and (last + _QUIET_DAYS * _ONE_DAY).month != last.month
    )


def _next_bank_day(day: datetime.date) -> datetime.date:
    day += _ONE_DAY
    while day.weekday() >= _SATURDAY:
        day += _ONE_DAY
    return day


def refuse_strangers(records: Sequence[Record], providers: Mapping[str, object], most: int, path: object) -> None:
    """Refuse a file most of whose visits and bills are of providers whom the books do not know.

    Args:
        records: what the file gives.
        providers: the books' providers; without any, every file is taken.
        most: the percentage of such rows that is taken.
        path: the file, for the error.

    Raises:
        DaysheetError: there are more.
    """
    if isinstance(records, SpilledVisits):
        named = records.providers()
    else:
        named = Counter(record.provider for record in records if isinstance(record, Visit | Invoice))
        claims = [record.sent for record in records if isinstance(record, Claim)]
        named.update(sent.provider for sent in claims if sent is not None and sent.bill)
    named.pop("", None)
    strangers, whole = sum(count for name, count in named.items() if name not in providers), named.total()
    if providers and strangers * 100 > Decimal(most) * whole:
        raise DaysheetError(
            f"{strangers} of {whole} visits and bills are of providers whom the books do not know (more than {most} %)",
            filename=path,  # type: ignore[arg-type]
            remedy="is it another practice's file? Else add its providers to practice.beancount, or raise "
            "unknown-providers in [import]",
        )
