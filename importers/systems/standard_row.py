"""A row of the practice's own CSV files: its cells by column."""

from __future__ import annotations

import datetime
import re
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Final

from daysheet.billing.shares import is_unnamed
from daysheet.books.reach import YEARS
from daysheet.errors import DaysheetError
from daysheet.importers import identity
from daysheet.importers.edi import codes
from daysheet.importers.privacy import identifiers
from daysheet.importers.reading import Context
from daysheet.importers.rows.raw_file import RawFile
from daysheet.importers.rows.text import Row
from daysheet.importers.rows.values import amount_parser
from daysheet.ledger.printer import plain
from daysheet.records import REVERSALS

_SEVERAL_IDS: Final = re.compile(r"[;\s]+")
_AMOUNT: Final = amount_parser(".")
_CENT: Final = Decimal("0.01")


@dataclass(slots=True)
class StandardRow:
    """A row's cells by column; each reader refuses what its column cannot hold, and never quotes it."""

    file: RawFile
    places: Mapping[str, int]
    width: int
    context: Context
    row: Row

    def at(self, row: Row) -> StandardRow:
        """Move to a row."""
        if len(row.cells) < self.width:
            message = f"has {len(row.cells)} cells where the header has {self.width}"
            raise DaysheetError(
                message, filename=self.file.path, line=row.line, remedy="the row is cut; export it again"
            )
        if any(map(str.strip, row.cells[self.width :])):
            message = f"has {len(row.cells)} cells where the header has {self.width}"
            raise DaysheetError(message, filename=self.file.path, line=row.line, remedy="quote cells that hold a comma")
        self.row = row
        return self

    def wrong(self, column: str, what: str) -> DaysheetError:
        """The error for a cell of the current row."""
        return DaysheetError(f"{column} {what}", filename=self.file.path, line=self.row.line)

    @property
    def meta(self) -> dict[str, Any]:
        """Where the row stands."""
        return {"filename": str(self.file.path), "lineno": self.row.line}

    def text(self, column: str) -> str:
        """The cell as one line, perhaps empty."""
        return plain(self.row.cells[self.places[column]])

    def further(self, column: str) -> str:
        """The cell of a column that a file may leave out, perhaps empty."""
        return self.text(column) if column in self.places else ""

    def optional(self, column: str) -> str | None:
        """The cell, None if blank."""
        return self.text(column) or None

    def required(self, column: str) -> str:
        """The cell, which may not be blank."""
        text = self.text(column)
        if not text:
            raise self.wrong(column, "is blank")
        return text

    def word(self, column: str, known: tuple[str, ...]) -> str:
        """One of the known words."""
        text = self.text(column).casefold()
        if text not in known:
            raise self.wrong(column, f"must be one of {', '.join(known)}")
        return text

    def date(self, column: str) -> datetime.date:
        """An ISO date; a time behind it is not read."""
        day = self.optional_date(column)
        if day is None:
            raise self.wrong(column, "is blank")
        return day

    def optional_date(self, column: str) -> datetime.date | None:
        """An ISO date, None if blank."""
        text = self.text(column)
        if not text:
            return None
        try:
            day = datetime.datetime.fromisoformat(text).date()
        except ValueError:
            raise self.wrong(column, "is not a date such as 2026-03-31") from None
        if day.year not in YEARS:
            raise self.wrong(column, f"is not between {YEARS[0]} and {YEARS[-1]}")
        return day

    def amount(self, column: str) -> Decimal:
        """Money, to the cent."""
        value = self.optional_amount(column)
        if value is None:
            raise self.wrong(column, "is blank")
        return value

    def optional_amount(self, column: str) -> Decimal | None:
        """Money, None if blank."""
        if not identifiers.is_money(self.text(column)):
            raise self.wrong(column, "is not an amount such as 1234.50")
        try:
            value = _AMOUNT(self.text(column))
        except ValueError:
            raise self.wrong(column, "is not an amount such as 1234.50") from None
        if value is None:
            return None
        exact = value.quantize(_CENT) if abs(value) < 10**15 else None
        if exact is None or exact != value:
            raise self.wrong(column, "has more decimals or digits than money has")
        return exact

    def patient(self) -> str:
        """The patient's token, empty where the file names none."""
        return self.person("patient_id") or ""

    def person(self, column: str) -> str | None:
        """A patient's token, None where the file names none."""
        identifier = self._sound(column, self.further(column))
        return self.context.token(identifier) if identifier else None

    def provider(self, *, required: bool = False) -> str:
        """The provider's id in the books, where they know the name; else the cell."""
        text = self.required("provider") if required else self.text("provider")
        return identifiers.own_word(text, self.context.providers, self.context.token) if text else ""

    def payer(self, *, required: bool = False) -> str:
        """The payer's id in the books, where they know the name; else the cell."""
        text = self.required("payer") if required else self.text("payer")
        if is_unnamed(text):
            return text.casefold()
        return identifiers.own_word(text, self.context.payers, self.context.token) if text else ""

    def reference(self) -> str | None:
        """A check's or transfer's number; words, which may name a patient, are made unreadable.

        One that a spreadsheet has cut is none: several checks would be one.
        """
        text = self.text("reference")
        return identifiers.identifier(text, self.context.token) if text and not identity.damaged(text) else None

    def service(self) -> str | None:
        """A procedure code or words of the trade; any other text is not taken."""
        return identifiers.service(self.text("service"))

    def visit_id(self) -> str:
        """One visit's id; an invoice lists several with spaces between, so that it can hold none itself."""
        text = self.required("visit_id")
        if _SEVERAL_IDS.search(text):
            raise self.wrong("visit_id", "may not hold a space or a semicolon")
        return identifiers.own_identifier(self._sound("visit_id", text), self.context.token)

    def identity(self, column: str) -> str:
        """The id of a record."""
        return identifiers.own_identifier(self._sound(column, self.required(column)), self.context.token)

    def _sound(self, column: str, text: str) -> str:
        """An id that no spreadsheet has cut: one that it has may stand for any number of records."""
        if identity.damaged(text):
            raise DaysheetError(
                f"{column} {identity.CUT}", filename=self.file.path, line=self.row.line, remedy=identity.UNCUT
            )
        return text

    def visit_ids(self) -> tuple[str, ...]:
        """The visits that a bill is for."""
        cell = self.text("visit_id")
        parts = [self._sound("visit_id", part) for part in _SEVERAL_IDS.split(cell) if part]
        return identifiers.own_identifiers(parts, self.context.token, by_spaces=";" not in cell)

    def invoice(self) -> str | None:
        """The invoice that is paid, None for money on account."""
        return self.identity("invoice_id") if self.text("invoice_id") else None

    def family(self) -> dict[str, str]:
        """Who answers for the patient's account, where the row says so."""
        head = self.person("guarantor_id")
        return {"guarantor": head} if head else {}

    def naming(self, deposit: str, *, named: bool) -> dict[str, Any]:
        """What a payment says, beside its invoice, of what it is for and of what it takes back.

        Args:
            deposit: the key of what is a true deposit.
            named: whether it names an invoice, which then says what it is for.
        """
        reversal = self.further("reversal").casefold()
        if reversal and reversal not in REVERSALS:
            raise self.wrong("reversal", f"must be one of {', '.join(REVERSALS)}, or blank")
        found: dict[str, Any] = {"reversal": reversal or None, **self.family()}
        for column, key in (
            ("line_id", "line"),
            ("reverses", "reverses"),
            ("visit_id", "visit"),
            ("claim_id", "claim"),
        ):
            if self.further(column) and not (named and key in ("visit", "claim")):
                found[key] = self.identity(column)
        if not named:
            found["service-date"] = self.optional_date("service_date") if self.further("service_date") else None
            found[deposit] = self.further("deposit").casefold() in ("yes", "true", "1") or None
        return {key: value for key, value in found.items() if value is not None}

    def reason(self) -> str | None:
        """Why a claim is where it is: its codes in our words, or a code; other words may name a patient."""
        text = self.text("reason")
        if codes.from_text(text):
            return codes.from_text(text)
        return text if text and identifiers.is_code(text) else identifiers.service(text) if text else None
