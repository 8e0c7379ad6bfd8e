"""Whether a file is of this account and of this practice: what contradicts the books refuses it, with both figures.

A bank's file contradicts by the account number that it names, and by its running balance where it goes on from one that
an earlier file has proved. A practice system's file contradicts by providers of whom the books know none.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from typing import Final

from daysheet.books import Books
from daysheet.errors import DaysheetError
from daysheet.importers.banks import account_number
from daysheet.importers.booking.balance_assertions import PROVED, Held, standing
from daysheet.importers.booking.dedupe import Account, Line
from daysheet.importers.reading import Reading, Record
from daysheet.importers.settings import BankSettings
from daysheet.records import BankLine, Invoice, Visit

NUMBER: Final = "number"
"""In an `imported` directive: the last digits of the account number that the file names."""

_ONE_DAY: Final = datetime.timedelta(days=1)


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


def refuse_other_balance(
    reading: Reading, account: Account, lines: Iterable[Line | BankLine], books: Books, path: object
) -> None:
    """Refuse a file whose balance is not the one that the books have proved up to its first day.

    Not where as many days as `export-gap-days` lie between, which may be missing, and not where the account has entries
    since that no bank's file brought: these may explain it, and the import says so.

    Raises:
        DaysheetError: it is not.
    """
    proof = reading.proof
    proved = [one for one in standing(books, account).assertions if one.meta is not None and PROVED in one.meta]
    if proof is None or not proof.closed or not proof.daily or not proved:
        return
    most = books.days_of("export-gap-days", proof.daily[0][0])
    every = list(lines)
    before = [one for one in proved if one.date <= proof.daily[0][0]][-1:]
    after = [one for one in proved if one.date - _ONE_DAY > proof.daily[-1][0]][:1]
    for base, (day, number) in (*((one, proof.daily[0]) for one in before), *((one, proof.daily[-1]) for one in after)):
        held = Held(every).at(day + _ONE_DAY, base)
        early, late = sorted((base.date, day))
        by_hand = any(isinstance(one, Line) and one.source is None and early <= one.date <= late for one in every)
        if held != number and (late - early).days < most and not by_hand:
            name, currency = account
            raise DaysheetError(
                f"has {number:,.2f} {currency} at the end of {day}, and {name} would have {held:,.2f}: the books "
                f"prove {base.number:,.2f} at the end of {base.date - _ONE_DAY}",
                filename=path,  # type: ignore[arg-type]
                remedy="is it another account's or another client's file, or are rows of these days missing?",
            )


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
    named = [record.provider for record in records if isinstance(record, Visit | Invoice) and record.provider]
    strangers = sum(provider not in providers for provider in named)
    if providers and strangers * 100 > Decimal(most) * len(named):
        raise DaysheetError(
            f"{strangers} of {len(named)} visits and bills are of providers whom the books do not know "
            f"(more than {most} %)",
            filename=path,  # type: ignore[arg-type]
            remedy="is it another practice's file? Else add its providers to practice.beancount, or raise "
            "unknown-providers in [import]",
        )
