"""What a cell means: dates, amounts, words, persons and ids, as a practice profile and the settings say."""

from __future__ import annotations

import datetime
import re
from collections import Counter
from collections.abc import Mapping
from decimal import Decimal
from typing import Final
from zoneinfo import ZoneInfo

from daysheet.billing.shares import is_unnamed
from daysheet.importers import identity
from daysheet.importers.privacy import identifiers
from daysheet.importers.reading import Context
from daysheet.importers.rows.date_forms import also_rewritten
from daysheet.importers.rows.values import EXCEL, amount_parser, date_parser
from daysheet.importers.systems.marks import Terms
from daysheet.importers.systems.profile import Columns, PracticeProfile, Words
from daysheet.importers.systems.row import PracticeRow
from daysheet.patients import opaque
from daysheet.patterns import compiled

_EPOCH: Final = datetime.date(1899, 12, 30)
_SERIAL: Final = re.compile(r"[1-9][0-9]{4}([.][0-9]+)?")


class Meanings:
    """What the cells of one file mean by a profile; it counts ids that several rows alike would have."""

    def __init__(self, profile: PracticeProfile, context: Context, terms: Terms) -> None:
        """Parsers and patterns are made once."""
        self.profile = profile
        self.context = context
        self.terms = terms
        self._plain = tuple(compiled(pattern) for pattern in profile.plain)
        self._providers = {**context.providers, **terms.providers}
        self._payers = {**context.payers, **terms.payers}
        self._amount = amount_parser(profile.decimal)
        formats = tuple(notation for notation in profile.dates.format if notation != EXCEL)
        # a time that a spreadsheet has cut off is missed where the zone decides the day
        self._moment = date_parser(formats if profile.dates.local else also_rewritten(formats))
        self._seen: Counter[str] = Counter()

    def _date(self, column: str, cells: PracticeRow) -> datetime.date:
        cell = cells[column]
        if not cell:
            raise cells.error(column, "is blank; it should hold a date")
        dates = self.profile.dates
        if EXCEL in dates.format and _SERIAL.fullmatch(cell):
            return _EPOCH + datetime.timedelta(days=int(cell.partition(".")[0]))
        try:
            moment = self._moment(cell)
        except ValueError:
            raise cells.error(column, "is not a date as " + " or ".join(dates.format)) from None
        if not dates.local:
            return moment.date()
        return moment.replace(tzinfo=ZoneInfo(dates.zone)).astimezone(ZoneInfo(dates.local)).date()

    def _sum(self, columns: Columns, less: Columns, cells: PracticeRow) -> Decimal | None:
        total: Decimal | None = None
        for sign, names in ((1, columns), (-1, less)):
            for column in names:
                if not identifiers.is_money(cells[column]):
                    raise cells.error(column, "is not an amount")
                try:
                    value = self._amount(cells[column])
                except ValueError as problem:
                    raise cells.error(column, str(problem)) from None
                if value is not None:
                    total = (total or Decimal()) + sign * value
        return total if total is None else total.quantize(Decimal("0.01"))

    def _said(self, words: Words, cells: PracticeRow, common: Mapping[str, str]) -> str | None:
        """The meaning of what a row says; None where it says nothing that is known."""
        for meaning, column in words.filled.items():
            if cells[column]:
                return meaning
        if words.fixed:
            return words.fixed
        if words.column:
            cell = cells[words.column].casefold()
            own = {word.casefold(): meaning for word, meaning in {**words.words, **self.terms.words}.items()}
            known = own.get(cell) or common.get(cell.replace(" ", "-"))
            if known:
                return known
        return words.otherwise or None

    def _word(self, words: Words, cells: PracticeRow, common: Mapping[str, str]) -> str:
        said = self._said(words, cells, common)
        if said is not None:
            return said
        remedy = "say what it means with words in [[source]] of daysheet.toml, or correct the row"
        raise cells.error(words.column, "holds a word that the profile does not know", remedy)

    def _patient(self, cells: PracticeRow) -> str:
        text = " ".join(filter(None, (self._sound(column, cells) for column in self.profile.patient)))
        return self.context.token(text) if text else ""

    def _family(self, cells: PracticeRow) -> dict[str, str]:
        """Who answers for the patient's account, where the profile and the row say so."""
        text = " ".join(filter(None, (cells[column] for column in self.profile.guarantor)))
        return {"guarantor": self.context.token(text)} if text else {}

    def _provider(self, column: str, cells: PracticeRow) -> str:
        cell = cells[column]
        if not cell:
            raise cells.error(column, "is blank; it should name the provider")
        return identifiers.bearer(cell, self._providers, self.context.token, self._plain)

    def _payer(self, column: str, fixed: str, cells: PracticeRow) -> str | None:
        cell = cells[column] if column else ""
        if not cell:
            return fixed or None
        own = (*self.profile.patient, *self.profile.private)
        if identifiers.normal(cell) in {identifiers.normal(cells[name]) for name in own}:
            return fixed or None
        if is_unnamed(cell):
            return cell.casefold()
        return identifiers.bearer(cell, self._payers, self.context.token, self._plain)

    def _identifier(self, cell: str) -> str:
        return identifiers.identifier(cell, self.context.token, self._plain)

    def _check_number(self, cell: str) -> str | None:
        """A check's or transfer's number; None if it is blank or a spreadsheet has cut it: several would be one."""
        return self._identifier(cell) if cell and not identity.damaged(cell) else None

    # -- ids

    def _identity(self, kind: str, columns: Columns, cells: PracticeRow) -> str:
        """The id of a record: the system's own, or one made of several columns and a count of rows alike."""
        base = self._reference(kind, columns, cells)
        if base is None:
            raise cells.error(columns[0], "is blank; it should hold an id")
        if len(columns) == 1:
            return base
        self._seen[base] += 1
        return base if self._seen[base] == 1 else f"{base}-{self._seen[base]}"

    def _reference(self, kind: str, columns: Columns, cells: PracticeRow) -> str | None:
        """The id that some columns say, None if they are blank."""
        values = [self._sound(column, cells) for column in columns]
        if not any(values):
            return None
        if len(values) == 1:
            return self._identifier(values[0])
        return opaque("|".join((self.profile.system, kind, *values)), self.context.token)

    def _sound(self, column: str, cells: PracticeRow) -> str:
        """A cell of an id that no spreadsheet has cut: one that it has may stand for any number of records."""
        cell = cells[column]
        if identity.damaged(cell):
            raise cells.error(column, identity.CUT, identity.UNCUT)
        return cell

    def _unless_none(self, kind: str, columns: Columns, cells: PracticeRow) -> str | None:
        """The id that some columns say; None where they are blank or zero, as systems write that there is none."""
        said = any(cells[column].strip("0") for column in columns)
        return self._reference(kind, columns, cells) if said else None
