"""A profile compiled to functions, and rows run through them to bank lines."""

from __future__ import annotations

import datetime
import re
import zoneinfo
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from functools import lru_cache, partial
from pathlib import Path

from daysheet.errors import DaysheetError
from daysheet.importers.banks import named, pending
from daysheet.importers.banks.amounts import AmountReader, whole_cents
from daysheet.importers.banks.forms import form_function
from daysheet.importers.banks.profile import Profile, Where
from daysheet.importers.banks.profile_file import left_out_column
from daysheet.importers.reading import Skipped
from daysheet.importers.rows.cells import (
    CellError,
    Cells,
    Column,
    SourceLine,
    account_of,
    currency_of,
    fingerprint,
    trimmed,
)
from daysheet.importers.rows.header import bare
from daysheet.importers.rows.text import Row
from daysheet.importers.rows.values import amount_parser, date_parser
from daysheet.ledger.printer import plain
from daysheet.patterns import compiled
from daysheet.records import BankLine, Meta
from daysheet.wording import many

_SOME = re.compile("[1-9]")
_CHECK = re.compile(r"#?[0-9]{1,12}")


@dataclass(frozen=True)
class Setting:
    """What a file gives to all its rows.

    Attributes:
        path: for the records' meta.
        index: from a column, as the profile names it, to its place in the row; absent columns are not there.
        width: how many cells a row has.
        names: the header's texts, for messages.
        around: the file's name and the lines above the table, for patterns.
        currency: of the books, where the file names none.
        workbook: cells may be numbers and dates of a workbook.
    """

    path: Path
    index: Mapping[Column, int]
    width: int
    names: tuple[str, ...]
    around: str
    currency: str
    workbook: bool


@dataclass
class Extracted:
    """What the rows gave; `unread` counts rows in which a column holds money that the profile leaves out."""

    records: list[BankLine] = field(default_factory=list)
    skipped: list[Skipped] = field(default_factory=list)
    rows: int = 0
    opening: Decimal | None = None
    closing: Decimal | None = None
    footer: list[str] = field(default_factory=list)
    unread: Counter[str] = field(default_factory=Counter)

    def notes(self) -> tuple[str, ...]:
        """What was left out, in words: columns of money that the profile does not read, where they hold some."""
        return tuple(f"{what} ({many(count, 'row')})" for what, count in self.unread.items())


class Extractor:
    """One profile on one file."""

    def __init__(self, profile: Profile, setting: Setting) -> None:
        """Compile every part of the profile to a function of the cells."""
        self.profile = profile
        self.setting = setting
        self._layout = profile.file
        self._stop = compiled(profile.file.stop).search if profile.file.stop else None
        # amounts recur: each is parsed, and held in memory, once
        self._parse = lru_cache(maxsize=65536, typed=True)(
            amount_parser(profile.amount.decimal, minor=profile.amount.minor)
        )
        money = AmountReader(profile.amount, setting.index, self._parse)
        self._amount = money.of
        self._day = self._day_function()
        self._date = self._date_function()
        self._skips = [self._skip_function(rule) for rule in profile.skip]
        self._pending = pending.Marks(
            setting.names, setting.index[profile.date.column], self._at(profile.date.fallback)
        )
        self._blank = frozenset(profile.text.blank)
        into = self._at(profile.file.into)
        self._joined = setting.width - 1 if into is None else into
        self._payee = self._indexes(profile.text.payee)
        self._payer = self._indexes(profile.text.payer or profile.text.payee)
        self._narration = self._indexes(profile.text.narration)
        self._id = self._indexes(profile.id)
        if profile.currency is not None:
            named.require(profile.currency, "the currency", setting.index, setting.around, setting.path)
        told = partial(named.teller, index=setting.index, around=setting.around)
        self._currency = told(profile.currency, setting.currency, currency_of)
        self._account = told(profile.account, None, account_of)
        self._clean = lru_cache(maxsize=65536)(plain)
        self._fee = money.fee(profile.fee) if profile.fee else None
        balance = profile.balance
        self._balance = self._at(balance.column) if balance else None
        self._balance_column = balance.column if balance else ""
        self._usual = 0  # how many cells rows have that go on beyond the header
        self._unread: tuple[int, CellError] | None = None
        self._read_balances = False
        self._balance_sign = -1 if balance and balance.inverted else 1
        self._value_date = self._at(profile.date.value)
        self._form = form_function(profile.text, setting.index)
        self._check = self._at(profile.text.check)
        self._left_out = self._left_out_places()
        self._filename = str(setting.path)

    def run(self, rows: Iterator[Row]) -> Extracted:
        """Every row to a record, or to a reason why not.

        Raises:
            DaysheetError: a row that is neither; the first is named.
        """
        found = Extracted()
        for row in rows:
            cells = self._trim(row.cells)
            if not any(cells):
                continue
            if self._stop is not None and self._stop(",".join(row.cells)):
                found.footer += [",".join(row.cells), *(",".join(rest.cells) for rest in rows)]
                break
            try:
                self._row(row, cells if len(cells) == self.setting.width else self._fit(cells), found)
                # a column that holds balances holds nothing else: the row has slipped
                if self._unread is not None and self._read_balances:
                    line, problem = self._unread
                    raise self._error(line, problem)
            except CellError as problem:
                raise self._error(row.line, problem) from None
        return found

    def _trim(self, cells: Cells) -> Cells:
        if self.setting.workbook:
            return [trimmed(cell) for cell in cells]
        plain = [cell.strip() for cell in cells]
        # the armour of ="0012" and '0012 is rare: one look at the whole row finds it
        text = "".join(plain)
        return [trimmed(cell) for cell in plain] if "'" in text or "=" in text or "\ufeff" in text else plain

    def _row(self, row: Row, cells: Cells, found: Extracted) -> None:
        if self._layout.continuation and not cells[self.setting.index[self.profile.date.column]]:
            self._continue(cells, found)
            return
        found.rows += 1
        for rule, applies in self._skips:
            if applies(cells):
                found.skipped.append(Skipped(row.line, rule.reason))
                self._stated_balance(rule, cells, row.line, found)
                return
        if self._pending.say(cells):
            found.skipped.append(Skipped(row.line, pending.PENDING))
            return
        line = self._line(row, cells)
        if line.balance is None and (pending.in_words(line.payee) or pending.in_words(line.narration)):
            found.skipped.append(Skipped(row.line, pending.PENDING))
            return
        found.records.append(line)
        for place, what in self._left_out:
            if _SOME.search(cells[place]) and not self._repeats(cells[place], line):
                found.unread[what] += 1

    def _fit(self, cells: Cells) -> Cells:
        """The row's cells, as many as the header has."""
        width = self.setting.width
        if len(cells) > width:
            if self._layout.surplus == "join":
                cells = [*bare(cells), *[""] * (width - len(bare(cells)))]
                start = self._joined
                end = start + len(cells) - width + 1
                return [*cells[:start], self._layout.delimiter.join(cells[start:end]), *cells[end:]]
            self._usual = self._usual or len(cells)
            if self._layout.surplus == "error" and (any(cells[width:]) or len(cells) != self._usual):
                raise CellError("", f"the row has {len(cells)} cells and the header {width}")
        elif len(cells) < width:
            if not self._layout.ragged and any(self.setting.names[len(cells) :]):
                raise CellError("", f"the row is cut off: it has {len(cells)} of {width} cells")
            cells += [""] * (width - len(cells))
        return cells

    def _line(self, row: Row, cells: Cells) -> BankLine:
        currency = self._currency(cells) or self.setting.currency
        amount = whole_cents(self._amount(cells), currency, self.profile)
        fee = None
        if self._fee is not None:
            fee = self._fee(cells)
            if self.profile.fee is not None and self.profile.fee.of == "gross":
                amount -= fee
        payee, narration = self._words(cells, self._payee if amount < 0 else self._payer)
        if self._form is not None:
            payee, narration = self._form(cells, payee, narration)
        meta: Meta = SourceLine(self._filename, row.line)
        if self._value_date is not None and cells[self._value_date]:
            meta = {**meta, "value-date": self._day(cells[self._value_date], self.profile.date.value)}
        if self._check is not None and cells[self._check] and _CHECK.fullmatch(cells[self._check]):
            meta = {**meta, "check": cells[self._check].lstrip("#0")}
        return BankLine(
            self._date(cells),
            amount,
            currency,
            payee,
            narration,
            " ".join(cells[place] for place in self._id) or None if self._id else None,
            self._balance_of(cells, row.line),
            fee,
            self._account(cells),
            fingerprint(row.cells),
            meta,
        )

    def _left_out_places(self) -> tuple[tuple[int, str], ...]:
        """Columns of money that are not read, with what is to be said of them."""
        named = ((key, self._at(left_out_column(key)), why) for key, why in self.profile.left_out.items())
        return tuple((place, f'column "{key}" is not read: {why}') for key, place, why in named if place is not None)

    def _repeats(self, cell: str, line: BankLine) -> bool:
        """Whether a cell says the row's own amount once more."""
        try:
            value = self._parse(cell)
        except ValueError:
            return False
        return value is not None and abs(value) == abs(line.amount)

    def _words(self, cells: Cells, parties: tuple[int, ...]) -> tuple[str, str]:
        """Payee and narration: the payee falls back to the narration, which is then not said twice."""
        if not parties and len(self._narration) == 1 and not self._blank:
            return self._clean(cells[self._narration[0]]), ""
        payee = next((cells[i] for i in parties if cells[i] and cells[i] not in self._blank), "")
        if len(self._narration) == 1:
            narration = cells[self._narration[0]]
            narration = "" if narration in self._blank else narration
        else:
            parts = (cells[i] for i in self._narration)
            narration = " ".join(dict.fromkeys(part for part in parts if part and part not in self._blank))
        payee, narration = self._clean(payee), self._clean(narration)
        return (payee, "" if narration == payee else narration) if payee else (narration, "")

    def _balance_of(self, cells: Cells, row: int) -> Decimal | None:
        if self._balance is None:
            return None
        cell = cells[self._balance]
        try:
            value = self._parse(cell)
        except ValueError as problem:
            if any(map(str.isalnum, cell)) and cell.casefold() not in pending.NO_BALANCE:
                self._unread = self._unread or (row, CellError(self._balance_column, str(problem)))
            return None
        self._read_balances = self._read_balances or value is not None
        return value if value is None or self._balance_sign > 0 else -value

    def _stated_balance(self, rule: Where, cells: Cells, row: int, found: Extracted) -> None:
        if not rule.balance:
            return
        value = self._balance_of(cells, row)
        if value is None:
            value = self._amount(cells)
        if rule.balance == "opening" and found.opening is None:
            found.opening = value
        elif rule.balance == "closing":
            found.closing = value

    def _continue(self, cells: Cells, found: Extracted) -> None:
        """Add a continuation row's text to the record above."""
        if not found.records:
            return
        last = found.records[-1]
        more = self._clean(" ".join(cells[i] for i in self._narration if cells[i]))
        if last.narration:
            found.records[-1] = last._replace(narration=f"{last.narration} {more}")
        else:
            found.records[-1] = last._replace(payee=f"{last.payee} {more}")

    def _error(self, line: int, problem: CellError) -> DaysheetError:
        place = f'column "{problem.column}" ' if problem.column != "" else ""
        return DaysheetError(
            place + str(problem),
            filename=self.setting.path,
            line=line,
            remedy="correct the row, or export the file again" if place else "export the file again",
        )

    def _at(self, column: Column) -> int | None:
        return self.setting.index.get(column) if column != "" else None

    def _indexes(self, columns: tuple[Column, ...]) -> tuple[int, ...]:
        return tuple(self.setting.index[column] for column in columns if column in self.setting.index)

    def _day_function(self) -> Callable[[str, Column], datetime.date]:
        """From a cell to its calendar day, each distinct cell once; the column is for the message."""
        date = self.profile.date
        parse = date_parser(date.format, date.language)
        shift = _shift_function(date.zone, date.local)
        statement = self._statement_month(date.year) if date.year else None
        known: dict[str, datetime.date] = {}

        def day(cell: str, column: Column) -> datetime.date:
            found = known.get(cell)
            if found is None:
                try:
                    moment = parse(cell)
                    if statement is not None:
                        year, month = statement
                        moment = moment.replace(year=year - (moment.month > month))
                except ValueError as problem:
                    raise CellError(column, str(problem)) from None
                found = known[cell] = shift(moment)
            return found

        return day

    def _date_function(self) -> Callable[[Cells], datetime.date]:
        date, day = self.profile.date, self._day
        place, fallback = self.setting.index[date.column], self._at(date.fallback)
        if fallback is None:
            return lambda cells: day(cells[place], date.column)
        return lambda cells: day(cells[place] or cells[fallback], date.column)

    def _statement_month(self, pattern: str) -> tuple[int, int]:
        found = compiled(pattern).search(self.setting.around)
        if found is None:
            raise DaysheetError(
                "its dates have no year, and neither its name nor the lines above the table say which",
                filename=self.setting.path,
            )
        groups = found.groupdict()
        return int(groups["year"]), int(groups.get("month") or 12)

    def _skip_function(self, rule: Where) -> tuple[Where, Callable[[Cells], bool]]:
        columns = rule.column if isinstance(rule.column, tuple) else () if rule.column == "" else (rule.column,)
        places = self._indexes(columns)
        pattern = compiled(rule.pattern) if rule.pattern else None
        unless = compiled(rule.unless) if rule.unless else None

        def applies(cells: Cells) -> bool:
            if columns and not places:
                return False
            text = "".join([cells[place] for place in places]) if columns else self._layout.delimiter.join(cells)
            if unless is not None and unless.search(text):
                return False
            if pattern is None:
                return unless is not None or not text
            return pattern.search(text) is not None

        return rule, applies


def _shift_function(zone: str, local: str) -> Callable[[datetime.datetime], datetime.date]:
    """From the file's time to the calendar day that counts."""
    if not local:
        return lambda moment: moment.date()
    source, target = zoneinfo.ZoneInfo(zone), zoneinfo.ZoneInfo(local)

    def shift(moment: datetime.datetime) -> datetime.date:
        aware = moment if moment.tzinfo else moment.replace(tzinfo=source)
        return aware.astimezone(target).date()

    return shift
