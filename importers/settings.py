"""The tables of `daysheet.toml` that an import reads: `[import]`, `[[bank]]` and `[[category]]`."""

from __future__ import annotations

import datetime
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Final, Literal

from daysheet.accounts import (
    PREPAYMENTS,
)
from daysheet.books.reach import FIRST, LAST
from daysheet.errors import DaysheetError
from daysheet.trust.paths import is_inner, is_own_folder

INCOME: Final = "income"
DEPOSIT: Final = "deposit"
_DIGITS: Final = 4


@dataclass(frozen=True, kw_only=True)
class ImportSettings:
    """The `[import]` table: the folder that files are dropped in, and where money without an invoice waits.

    `prepayments` is the account of true deposits, which are nobody's income until a bill takes them: payments that say
    so, and with `on-account = "deposit"` all that name no invoice; else (`"income"`) these are income of the day
    received. `families` lets money of a patient pay the bills of others of the same guarantor once their own are paid.
    `scrub` takes patients' names out of the texts of bank lines; `strict-x12` refuses X12 files that break a rule of
    the standard, as pyx12 checks it; `suggest` has smart_importer guess at bank lines that nothing else
    explains; `unknown-providers` is the percentage of a file's visits and bills that may be of providers whom the
    books do not know. A file with a row of a day before `earliest` or after `latest` is refused: 12/31/9999 is a slip,
    or means that nobody knows.
    """

    inbox: str = field(default="inbox", metadata={"is_safe": lambda name: is_inner(name) and not is_own_folder(name)})
    prepayments: str = PREPAYMENTS
    on_account: str = field(default=INCOME, metadata={"choices": (INCOME, DEPOSIT)})
    families: bool = True
    scrub: bool = True
    strict_x12: bool = False
    suggest: bool = False
    unknown_providers: int = 50
    earliest: str = "1950-01-01"
    latest: str = "2099-12-31"

    def bounds(self) -> tuple[datetime.date, datetime.date]:
        """The first and the last day that a file's rows may be of.

        Raises:
            DaysheetError: one of them is no date, or out of the books' reach.
        """
        try:
            earliest, latest = datetime.date.fromisoformat(self.earliest), datetime.date.fromisoformat(self.latest)
        except ValueError:
            raise DaysheetError("[import] earliest and latest are dates as 2099-12-31, in quotes") from None
        if earliest < FIRST or latest > LAST:
            raise DaysheetError(f"[import] earliest and latest must lie from {FIRST} to {LAST}")
        return earliest, latest


@dataclass(frozen=True, kw_only=True)
class BankSettings:
    """A `[[bank]]` table: the account of a profile's files; `number` tells several accounts of one bank apart.

    `ids` says what the bank's own ids are worth where a file does not show it: `unique`, one for each line whatever its
    day, or `restart`, begun anew with every download.
    """

    profile: str
    account: str
    number: str = ""
    ids: Literal["", "unique", "restart"] = ""


@dataclass(frozen=True, kw_only=True)
class CategoryRule:
    r"""A `[[category]]` table: what a bank line that fits all its conditions is booked to.

    Conditions: `payee` and `text` are regular expressions, whatever the case, for the payee and for payee and
    description; `at-least` and `at-most` bound the amount (money out is negative); `bank` is the bank's account.
    Results: `account` is the other account; `name` a better payee, in which `\1` stands for the first group of the
    pattern; `tags` are added; `note` is kept with the entry. `table` writes many rules as one: rows of text, account
    and perhaps name and note, of which the first whose text is found counts; the other conditions hold for all of them.
    """

    account: str = ""
    payee: str = ""
    text: str = ""
    at_least: str = ""
    at_most: str = ""
    bank: str = ""
    name: str = ""
    tags: tuple[str, ...] = field(default=())
    note: str = ""
    table: tuple[tuple[str, ...], ...] = field(default=())

    def rules(self) -> Iterator[CategoryRule]:
        """The rule itself, or one for each row of its table.

        Raises:
            DaysheetError: it has neither an account nor a table, or a row is not of two to four texts.
        """
        if self.account and not self.table:
            yield self
        elif not self.table or self.account or self.text:
            raise DaysheetError("[[category]] needs an account, or a table of rows [text, account] and neither of them")
        for row in self.table:
            if not 2 <= len(row) <= 4:
                raise DaysheetError("a row of a [[category]] table is [text, account], perhaps with a name and a note")
            text, account, name, note = (*row, *("", "", self.name, self.note)[len(row) :])
            yield replace(self, text=text, account=account, name=name or self.name, note=note, table=())


def bank_account(banks: Sequence[BankSettings], profile: str, number: str | None, path: Path) -> str:
    """The ledger account of a file's lines.

    Args:
        banks: the `[[bank]]` tables.
        profile: the profile that read the file.
        number: the account number that the file names, where it does.
        path: the file, for the error.

    Raises:
        DaysheetError: the settings do not say, or not uniquely.
    """
    named = [bank for bank in banks if bank.profile == profile]
    if len(named) > 1 or any(bank.number for bank in named):
        named = [bank for bank in named if not bank.number or _ends_alike(bank.number, number or "")]
        named = [bank for bank in named if bank.number] or named
    accounts = {bank.account for bank in named}
    if len(accounts) == 1:
        return accounts.pop()
    which = f" number {_tail(number)}" if number else ""
    others = sorted({_tail(bank.number) for bank in banks if bank.profile == profile and bank.number})
    if not accounts and number and others:
        raise DaysheetError(
            f"is of account number …{_tail(number)}, and the settings know {profile} for …{', …'.join(others)}",
            filename=path,
            remedy="is it another client's file? For one more account, or a new number, add to daysheet.toml: "
            f'[[bank]] profile = "{profile}" account = "Assets:Bank:…" number = "{_tail(number)}"',
        )
    example = f'[[bank]] profile = "{profile}" account = "Assets:Bank:Checking"'
    raise DaysheetError(
        f"the settings do not say which account {profile}{which} is"
        if not accounts
        else f"several accounts fit {profile}{which}",
        filename=path,
        remedy=f"add to daysheet.toml: {example}" + (f' number = "{_tail(number)}"' if number else ""),
    )


def ids_of(banks: Sequence[BankSettings], profile: str, account: str) -> str:
    """What the settings say of the ids of a bank's files: `unique`, `restart`, or nothing."""
    return next((bank.ids for bank in banks if (bank.profile, bank.account) == (profile, account) and bank.ids), "")


def _ends_alike(wanted: str, found: str) -> bool:
    wanted, found = _bare(wanted), _bare(found)
    return bool(wanted) and (wanted == found or (len(wanted) >= _DIGITS and found.endswith(wanted[-_DIGITS:])))


def _tail(number: str | None) -> str:
    return _bare(number or "")[-_DIGITS:]


def _bare(number: str) -> str:
    return re.sub(r"[^0-9A-Za-z]", "", number).upper()
