"""A profile for a file that none fits, from what the detector found; it reads the file before anything is written."""

from __future__ import annotations

import csv
import io
import re
import tempfile
from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import Final

from daysheet.errors import DaysheetError
from daysheet.importers.banks import profile_file as profiles
from daysheet.importers.banks.source import BankSource
from daysheet.importers.detection import more_parts, patterns
from daysheet.importers.detection import vocabulary as words
from daysheet.importers.detection.amount_columns import AmountColumns
from daysheet.importers.detection.detect import Detected
from daysheet.importers.detection.grid import Column, Grid, is_code
from daysheet.importers.detection.other_columns import check_column
from daysheet.importers.detection.persons import refuse_practice
from daysheet.importers.privacy.anonymize import Anonymizer, amount
from daysheet.importers.reading import Context, Reading
from daysheet.importers.rows.cell_kinds import date_formats, kind_of, month_language, part_order
from daysheet.importers.rows.cells import trimmed
from daysheet.importers.rows.header import bare
from daysheet.importers.rows.raw_file import RawFile
from daysheet.importers.rows.tables import lenient_rows, tables
from daysheet.importers.rows.text import Row
from daysheet.importers.rows.values import MONTHS, month_number
from daysheet.records import BankLine
from daysheet.strict_toml import block, listed, quoted

_SAMPLE_ROWS: Final = 6
_ATTEMPTS: Final = 6
_PAYEE: Final = (
    "payee",
    "merchant",
    "counterparty",
    "beneficiary",
    "empfänger",
    "name",
    "party",
    "tegenpartij",
    "对方",
)
_TEXT: Final = (
    "descr", "memo", "text", "narrat", "detail", "verwendung", "omschrijving", "libell", "concept", "particular",
    "note", "purpose", "reference", "buchungstext", "摘要", "说明", "商品", "popis", "opis", "item",
    "title",
)  # fmt: skip
_FEW: Final = 6
_YEARS: Final = (r"(?P<year>20\d\d)\D{0,2}(?P<month>0[1-9]|1[0-2])(?!\d)", r"(?P<year>20\d\d)")


@dataclass(frozen=True)
class Named:
    """What only a person knows of an export: the profile's name and the words about it."""

    name: str
    title: str
    institution: str
    country: str
    source: str
    currency: str
    said: tuple[tuple[str, str], ...] = ()


def propose(file: RawFile, detected: Detected, named: Named) -> tuple[str, Reading]:
    """A profile's text that reads this file, and the reading.

    Raises:
        DaysheetError: there is no table with dates and amounts, or a row that no rule of the draft can read.
    """
    grid, money = detected.grid, detected.money
    if grid is None or money is None or detected.date is None:
        raise DaysheetError(
            "holds no table with dates and amounts", filename=file.path, remedy="is it a bank's or a card's export?"
        )
    refuse_practice(grid, file)
    draft = _Draft(file, detected, grid, money, named)
    for _ in range(_ATTEMPTS):
        source = _source(draft.text("", ""), named.name, file)
        try:
            reading = source.read(file, Context(lambda _: "", named.currency or "USD"))
        except DaysheetError as problem:
            draft = draft.mended(problem)
            continue
        sample, entries = draft.sample(source, reading)
        return draft.text(sample, entries), reading
    raise DaysheetError(
        "no simple profile reads every row", filename=file.path, remedy="write one by docs/bank-files.md"
    )


def _source(text: str, name: str, file: RawFile) -> BankSource:
    return BankSource(name, profiles.parse(text, file.path))


@dataclass(frozen=True)
class _Draft:
    """A profile in the making."""

    file: RawFile
    detected: Detected
    grid: Grid
    money: AmountColumns
    named: Named
    ragged: bool = False
    surplus: str = ""
    strip: str = ""
    skips: tuple[str, ...] = ()

    def mended(self, problem: DaysheetError) -> _Draft:
        """The draft with one more rule, for the row that it could not read.

        Raises:
            DaysheetError: the same, when there is no such rule.
        """
        if "cut off" in problem.message and not self.ragged:
            return replace(self, ragged=True)
        if "cells and the header" in problem.message and not self.surplus:
            return replace(self, surplus="join", money=replace(self.money, decimal=","))
        cells = self._cells(problem.line)
        date = self.detected.date or 0
        if cells is not None and (date >= len(cells) or kind_of(cells[date]) != "date"):
            shape = patterns.of_dates(self._formats)
            rule = f"reason = \"no date: pending, or a remark\"\ncolumn = {self._reference(date)}\nunless = '^{shape}$'"
            return self._with(rule, problem)
        if "does not say whether" in problem.message and self.money.direction is not None:
            said = "|".join(re.escape(word) for word in (*self.money.out, *self.money.into) if word)
            column = self._reference(self.money.direction)
            return self._with(f"reason = \"neither in nor out\"\ncolumn = {column}\nunless = '^({said})'", problem)
        if "is not an amount" in problem.message and not self.strip:
            return replace(self, strip=r"\(.*\)")
        if "blank" in problem.message and self.money.amount is not None:
            return self._with(f'reason = "no amount"\ncolumn = {self._reference(self.money.amount)}', problem)
        if "blank" in problem.message and self.money.debit is not None and self.money.credit is not None:
            columns = f"[{self._reference(self.money.debit)}, {self._reference(self.money.credit)}]"
            return self._with(f'reason = "no amount"\ncolumn = {columns}', problem)
        raise problem

    def _rows(self) -> Iterable[Row]:
        found = tables(self.file)
        if found.sheets:
            return found.sheets[self.grid.sheet][1]
        return lenient_rows(self.file, found.encoding, self.grid.delimiter)

    def _cells(self, line: int | None) -> list[str] | None:
        """The cells of the row that begins on a line."""
        return next((row.cells for row in self._rows() if row.line == line), None)

    def _below(self) -> Iterable[list[str]]:
        """The cells of all rows below the header."""
        return (row.cells for row in self._rows() if row.line > self.detected.header_line)

    def _with(self, rule: str, problem: DaysheetError) -> _Draft:
        if rule in self.skips:
            raise problem
        return replace(self, skips=(*self.skips, rule))

    def _column(self, place: int) -> Column:
        return self.grid.columns[place]

    @cached_property
    def _formats(self) -> list[str]:
        """The notation of the dates, then of other rows (some with a time) that put day and month in its order."""
        first = self.detected.date_format
        found = {first: None}
        for cells in self._below():
            place = self.detected.date or 0
            cell = trimmed(cells[place]) if place < len(cells) else ""
            notations = date_formats(cell)
            if notations and not notations & found.keys():
                alike = [notation for notation in sorted(notations) if part_order(notation) == part_order(first)]
                found |= dict.fromkeys(alike[:1])
        return list(found)

    @property
    def _header(self) -> list[str]:
        if self.grid.header is None:
            return []
        cells = [" ".join(cell.split()) for cell in bare(self.grid.header.cells)]
        return cells + [""] * (max(self.detected.columns.values()) - len(cells))

    @property
    def _names(self) -> list[str]:
        """How the profile calls the columns."""
        if self._header:
            return [*self._header, *[""] * (len(self.grid.columns) - len(self._header))]
        roles = {place - 1: role for role, place in self.detected.columns.items()}
        return [roles.get(place, f"column {place + 1}") for place in range(len(self.grid.columns))]

    def _reference(self, place: int) -> str:
        """A column as the profile refers to it: by its name where that tells it apart, else by its number."""
        name = self._names[place]
        return quoted(name) if name and self._names.count(name) == 1 else str(place + 1)

    def _texts(self) -> tuple[list[int], list[int]]:
        """The columns of the payee and of the description."""
        taken = {place - 1 for place in self.detected.columns.values()}
        texts = [c for c in self.grid.columns if c.kind == "text" and c.place not in taken and not is_code(c)]
        payee = [c.place for c in texts if words.says(c.header, _PAYEE)]
        narration = [c.place for c in texts if words.says(c.header, _TEXT) and c.place not in payee]
        others = [c for c in texts if c.place not in payee and not words.says(c.header, words.NO_AMOUNT)]
        if not narration and others:
            narration = [max(others, key=lambda c: sum(map(len, c.cells))).place]
        return payee[:2], narration[:4]

    def text(self, sample: str, entries: str) -> str:
        """The profile."""
        named, detected = self.named, self.detected
        parts = [
            "\n".join(
                f"{key} = {quoted(value)}"
                for key, value in (
                    ("title", named.title),
                    ("institution", named.institution),
                    ("country", named.country),
                    ("source", named.source),
                )
            ),
            self._file_part(),
            self._match_part(),
            f"[date]\ncolumn = {self._reference(detected.date or 0)}\nformat = {listed(self._formats)}"
            + self._language()
            + self._year(),
            self._amount_part(),
            self._text_part(),
            *self._other_parts(),
            *(f"[[skip]]\n{rule}" for rule in (*self._known_skips(), *self.skips)),
            f"[sample]\n{sample or _NO_SAMPLE}\n{entries}",
        ]
        return "\n\n".join(part for part in parts if part).rstrip() + "\n"

    def _file_part(self) -> str:
        found = tables(self.file)
        lines = []
        if found.kind == "text" and self.grid.delimiter != ",":
            lines.append(f"delimiter = {quoted(self.grid.delimiter)}")
        if found.kind == "text" and not found.encoding.startswith("utf"):
            lines.append(f"encoding = {quoted(found.encoding)}")
        lines += ["ragged = true"] if self.ragged else []
        lines += [f'surplus = "{self.surplus}"'] if self.surplus else []
        return "[file]\n" + "\n".join(lines) if lines else ""

    def _match_part(self) -> str:
        if self._header:
            cells = ", ".join(quoted(cell) for cell in self._header)
            return f"[match]\nheader = [{cells}]"
        names = ", ".join(quoted(name) for name in self._names)
        rows = ", ".join(quoted(patterns.of_column(column)) for column in self.grid.columns)
        return f"[match]\ncolumns = [{names}]\nrow = [{rows}]"

    def _language(self) -> str:
        """The language in which all words of the dates are months, where that is not English."""
        if "%b" not in self.detected.date_format.lower():
            return ""
        words_of_dates = set(re.findall(r"[^\W\d_]{3,}", " ".join(self._column(self.detected.date or 0).filled)))
        months = {word for word in words_of_dates if month_language(word)}
        language = next((each for each in MONTHS if all(month_number(word, each) for word in months)), "en")
        return f'\nlanguage = "{language}"' if language != "en" else ""

    def _amount_part(self) -> str:
        money = self.money
        lines = ["[amount]"] + ([f'mode = "{money.mode}"'] if money.mode != "signed" else [])
        key = {"amount": "column"}
        for role in ("amount", "debit", "credit", "direction"):
            place = getattr(money, role)
            if place is not None:
                lines.append(f"{key.get(role, role)} = {self._reference(place)}")
        if money.mode in ("indicator", "type", "suffix"):
            for word, values in (("out", money.out), ("in", money.into)):
                shown = [f"^{re.escape(value)}" for value in values] if money.mode == "type" else list(values)
                lines.append(f"{word} = {listed(shown)}")
        lines += [f"strip = {quoted(self.strip)}"] if self.strip else []
        return "\n".join(lines + (['decimal = ","'] if money.decimal == "," else []))

    def _text_part(self) -> str:
        payee, narration = self._texts()
        lines = [f"payee = [{', '.join(map(self._reference, payee))}]"] if payee else []
        lines += [f"narration = [{', '.join(map(self._reference, narration))}]"] if narration else []
        check = check_column(self.grid)
        lines += [f"check = {self._reference(check.place)}"] if check else []
        return "[text]\n" + "\n".join(lines) if lines else ""

    def _known_skips(self) -> list[str]:
        """Rules for pending rows and for rows that state a balance, where the words for them stand in a column."""
        rules = []
        for column in self.grid.columns:
            reference = self._reference(column.place)
            distinct = {row[column.place].strip() for row in self._below() if column.place < len(row)}
            if len(distinct) <= _FEW or column.place == self.detected.date:
                rules += more_parts.skip_rule("pending", reference, words.PENDING, distinct)
            rules += more_parts.skip_rule("a balance, no entry", reference, words.STATED_BALANCE, distinct)
        return rules

    def _year(self) -> str:
        """Where the year stands that the dates leave out."""
        if "%y" in self.detected.date_format.lower():
            return ""
        around = "\n".join((self.file.path.name, *(cell for row in self.grid.above for cell in row.cells)))
        for pattern in _YEARS:
            if re.search(pattern, around):
                return f"\nyear = '{pattern}'"
        raise DaysheetError(
            "its dates have no year, and neither its name nor the lines above the table say which",
            filename=self.file.path,
            remedy="put the year into the file's name, such as 2026-03",
        )

    def _stated_year(self) -> str:
        """The words around the table that say the year."""
        around = "\n".join((self.file.path.name, *(cell for row in self.grid.above for cell in row.cells)))
        return next(found[0] for pattern in _YEARS if (found := re.search(pattern, around)))

    def _other_parts(self) -> list[str]:
        fee, fees = more_parts.fee_part(self.grid, self.money, self._reference)
        roles = (place - 1 for place in self.detected.columns.values())
        read = {*roles, *((fees.fee, fees.gross, fees.net) if fees else ())}

        def key(place: int) -> str:
            reference = self._reference(place)
            return reference if reference.startswith('"') else f'"{reference}"'

        return [
            more_parts.balance_part(self.money, self._reference),
            more_parts.account_part(self.grid, self.file.path.name, self._reference),
            more_parts.currency_part(self.detected, self.named.currency, self._reference),
            fee,
            more_parts.left_out_part(self.grid, read, key),
            more_parts.evidence_part(self.detected, dict(self.named.said)),
        ]

    def sample(self, source: BankSource, reading: Reading) -> tuple[str, str]:
        """The sample's rows, anonymous, and the entries that the profile makes of them."""
        rows = self._chosen(source, reading)
        kept = frozenset(word.lower() for word in self._kept_words())
        other = Anonymizer(kept)
        lines = [[self._stated_year()]] if self._year() else []
        lines += [self._header] if self._header else []
        lines += [[self._anonymous(place, cell, other) for place, cell in enumerate(row.cells)] for row in rows]
        out = io.StringIO()
        delimiter = self.grid.delimiter if len(self.grid.delimiter) == 1 else ","
        csv.writer(out, delimiter=delimiter, lineterminator="\n").writerows(lines)
        text = out.getvalue()
        sample = f"text = {block(text)}"
        return sample, _entries(self.text(sample, "entries = [{ date = '', amount = '' }]"), self.named, text)

    def _chosen(self, source: BankSource, reading: Reading) -> list[Row]:
        """A few rows: the first, and the first of either sign that are not among them."""
        lines = [record for record in reading.records if isinstance(record, BankLine)]
        wanted = [int(line.meta["lineno"]) for line in lines[: _SAMPLE_ROWS - 2]]
        for negative in (True, False):
            wanted += [int(line.meta["lineno"]) for line in lines if (line.amount < 0) is negative][:1]
        by_line = {row.line: row for row in self.grid.rows}
        return [by_line[line] for line in sorted(set(wanted)) if line in by_line]

    def _kept_words(self) -> list[str]:
        """The words that the profile asks for: directions and currencies."""
        places = [column.place for column in self.grid.columns if is_code(column)]
        kept = [cell for place in places for cell in self._column(place).filled]
        return [word for text in (*self.money.out, *self.money.into, *kept) for word in re.findall(r"[^\W\d_]+", text)]

    def _anonymous(self, place: int, cell: str, other: Anonymizer) -> str:
        if place == self.money.balance:
            return ""
        kind = kind_of(cell)
        if kind == "date" and place == self.detected.date:
            return str(cell)  # any other day could be one of birth
        money = place in (self.money.amount, self.money.debit, self.money.credit)
        return amount(str(cell)) if money and kind == "number" else other.text(str(cell))


_NO_SAMPLE: Final = "text = ''\nentries = [{ date = '2000-01-01', amount = '0 USD' }]"


def _entries(text: str, named: Named, rows: str) -> str:
    """The entries of the sample, in TOML."""
    source = BankSource(named.name, profiles.parse(text, Path(f"{named.name}.toml")))
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "sample.csv"
        path.write_bytes(rows.encode(source.profile.file.encoding or "utf-8"))
        reading = source.read(RawFile(path), Context(lambda _: "", "USD"))
    lines = []
    for record in reading.records:
        if isinstance(record, BankLine):
            payee = quoted(record.payee)
            told = f", payee = {payee}" if record.payee else ""
            lines.append(f'    {{ date = "{record.date}", amount = "{record.amount} {record.currency}"{told} }},')
    skipped = [quoted(item.reason) for item in reading.skipped]
    return (f"skipped = [{', '.join(skipped)}]\n" if skipped else "") + "entries = [\n" + "\n".join(lines) + "\n]"
