"""A practice profile's map run over rows: each to its visit, invoices, payments, adjustments, claims and payouts."""

from __future__ import annotations

import datetime
import re
from collections.abc import Mapping
from decimal import Decimal
from typing import Any, Final, NamedTuple

from daysheet.books.index import PREPAID
from daysheet.errors import DaysheetError
from daysheet.importers.privacy import identifiers
from daysheet.importers.reading import Record, Skipped
from daysheet.importers.rows.cells import fingerprint
from daysheet.importers.systems.bill_lines import is_of_none, line_of, share_within
from daysheet.importers.systems.marks import DATED, KIND_OF, MERGE, NOTHING, SEEK, SO_FAR, UNDATED, Sought
from daysheet.importers.systems.meanings import Meanings
from daysheet.importers.systems.profile import (
    FOUND,
    METHOD_WORDS,
    ROW,
    AdjustmentMap,
    AllocationMap,
    ClaimMap,
    Columns,
    InvoiceMap,
    PaymentMap,
    PayoutMap,
    VisitMap,
)
from daysheet.importers.systems.row import PracticeRow
from daysheet.patients import opaque
from daysheet.records import PATIENT_SHARE, Adjustment, Allotment, BankLine, Claim, Invoice, Line, Payment, Visit

_NUMBERED_ROW: Final = re.compile(rf"{ROW}(?: ([1-9]))?")
_CURRENCY: Final = re.compile(r"[A-Za-z]{3}")


class Mapper(Meanings):
    """A profile compiled for one file; it counts rows alike and adds up the parts of an invoice or payout."""

    def records(self, cells: PracticeRow) -> list[Record] | Skipped:
        """The records of a row, or why it has none.

        Raises:
            DaysheetError: a cell is not what its column should hold.
        """
        for rule in self.profile.skip:
            if cells.holds(rule.when):
                return Skipped(cells.line, rule.reason)
        visits = [self._visit(part, cells) for part in self.profile.visit if cells.holds(part.when)]
        row = _RowOf(visits[0] if visits else None, [])
        for part in self.profile.invoice:
            row.invoices.append(self._invoice(part, cells, row.visit) if cells.holds(part.when) else None)
        found: list[Record | None] = [*visits, *row.invoices]
        found += [self._payment(part, cells, row) for part in self.profile.payment if cells.holds(part.when)]
        found += [self._adjustment(part, cells, row) for part in self.profile.adjustment if cells.holds(part.when)]
        found += [self._claim(part, cells) for part in self.profile.claim if cells.holds(part.when)]
        found += [self._allotment(part, cells) for part in self.profile.allocation if cells.holds(part.when)]
        found += self._payouts(cells)
        taken = [record for record in found if record is not None and self._takes(record)]
        return taken or Skipped(cells.line, NOTHING)

    def day(self, cells: PracticeRow) -> datetime.date | None:
        """The day that a row is of which has nothing to book: its export covers that day all the same."""
        if self.terms.take:  # it may be of what the practice does not take from this export
            return None
        profile = self.profile
        tables: tuple[InvoiceMap | PaymentMap | AdjustmentMap | AllocationMap, ...] = (
            *profile.invoice, *profile.payment, *profile.adjustment, *profile.allocation,
        )  # fmt: skip
        for column in (part.date for part in tables if part.date and cells.holds(part.when)):
            if column not in (ROW, FOUND) and cells[column]:
                try:
                    return self._date(column, cells)
                except DaysheetError:  # whatever stands there: nothing of this row is booked
                    return None
        return None

    def _takes(self, record: Record) -> bool:
        return not self.terms.take or KIND_OF[type(record)] in self.terms.take

    def _visit(self, part: VisitMap, cells: PracticeRow) -> Visit:
        return Visit(
            id=self._identity("visit", part.id, cells),
            date=self._date(part.date, cells),
            provider=self._provider(part.provider, cells) if part.provider else part.provider_is,
            status=self._word(part.status, cells, {}),
            patient=self._patient(cells),
            service=identifiers.service(cells[part.service], self.terms.services) if part.service else None,
            fee=self._sum(part.fee, (), cells),
            meta=_meta(cells, **self._family(cells)),
        )

    def _invoice(self, part: InvoiceMap, cells: PracticeRow, visit: Visit | None) -> Invoice | None:
        amount = self._sum(part.amount, part.less, cells)
        if amount is None or not (amount or part.line):
            return None
        day = self._date(part.date, cells) if part.date else UNDATED if visit is None else visit.date
        seen_by = "" if visit is None else visit.provider
        visits: tuple[str, ...] = ()
        sought: dict[str, Sought] = {}
        if part.visit == (FOUND,):
            provider = self._provider(part.provider, cells) if cells[part.provider] else ""
            sought = {SEEK: Sought(self._patient(cells), provider, self._date(part.service_date or part.date, cells))}
        elif part.visit == (ROW,):
            visits = () if visit is None else (visit.id,)
        elif part.visit and not (part.line and is_of_none(part.visit, cells)):
            visits = tuple(filter(None, (self._reference("visit", part.visit, cells),)))
        number = self.profile.invoice.index(part) + 1
        provider = self._provider(part.provider, cells) if cells[part.provider] else seen_by
        share = self._patient_share(part, cells, amount)
        if part.id == (ROW,):
            identity = "-".join(filter(None, (visit.id if visit else "", str(number) if number > 1 else "")))
        elif part.line:
            identity = self._bill(part, cells, day, provider)
        else:
            identity = self._identity("invoice", part.id, cells)
        return Invoice(
            id=identity,
            date=day,
            visits=visits,
            provider=provider,
            patient=self._patient(cells),
            payer=self._payer(part.payer, part.payer_is, cells),
            amount=amount,
            due=self._date(part.due, cells) if part.due and cells[part.due] else None,
            meta=_meta(
                cells,
                **_flags({MERGE: part.merge and not part.line}),
                **sought,
                **self._family(cells),
                **({PATIENT_SHARE: share} if share is not None and not part.line else {}),
            ),
            lines=(self._line(part, cells, provider, amount, share),) if part.line else (),
        )

    def _patient_share(self, part: InvoiceMap, cells: PracticeRow, amount: Decimal) -> Decimal | None:
        """What of a charge is expected of the patient, where the row says so, or what is expected of the insurer."""
        theirs, insurers = (self._sum(columns, (), cells) for columns in (part.patient_share, part.insurer_share))
        share = theirs if theirs is not None or insurers is None else amount - insurers
        if share is not None and not share_within(share, amount):
            raise cells.error(
                (*part.patient_share, *part.insurer_share)[0],
                "is expected, and not of the charge",
                "leave it out of the profile",
            )
        return share

    def _bill(self, part: InvoiceMap, cells: PracticeRow, day: datetime.date, provider: str) -> str:
        """The bill that a row is a line of: what the export groups it by, else its patient, day and provider."""
        if not is_of_none(part.id, cells):
            return self._reference("invoice", part.id, cells) or ""
        of = ("bill", self._patient(cells), day.isoformat(), provider)
        return opaque("|".join((self.profile.system, *of)), self.context.token)

    def _line(
        self, part: InvoiceMap, cells: PracticeRow, provider: str, amount: Decimal, share: Decimal | None
    ) -> Line:
        identity = self._reference("line", part.line, cells)
        if identity is None:
            raise cells.error(part.line[0], "is blank; it should hold the row's id")
        return line_of(part, cells, provider, amount, identity, self.terms.services, share)

    def _payment(self, part: PaymentMap, cells: PracticeRow, row: _RowOf) -> Payment | None:
        amount = self._sum(part.amount, part.less, cells)
        if amount is None or not (amount or part.so_far):
            return None
        invoice = self._invoice_of(part.invoice, cells, row)
        number = self.profile.payment.index(part) + 1
        payer = self._payer(part.payer, part.payer_is, cells)
        made = "-".join(filter(None, (self._base(row, cells), f"p{number}", payer if part.payer else None)))
        return Payment(
            id=self._identity("payment", part.id, cells) if part.id else made,
            date=self._day_of(part.date, cells, row),
            invoice=invoice,
            payer=payer,
            method=self._word(part.method, cells, METHOD_WORDS),
            amount=amount,
            reference=self._check_number(cells[part.reference]) if part.reference else None,
            meta=_meta(
                cells,
                **_flags({SO_FAR: part.so_far}),
                **({} if part.date else {DATED: "service"}),
                **self._sought(part, cells),
                **self._naming(part, cells, named=invoice is not None),
            ),
            patient=self._patient(cells),
        )

    def _naming(self, part: PaymentMap, cells: PracticeRow, *, named: bool) -> dict[str, Any]:
        """What a payment says of what it is for, beside an invoice: it is allocated by that."""
        found: dict[str, Any] = {
            "line": self._unless_none("line", part.line, cells),
            "reverses": self._unless_none("payment", part.reverses, cells),
            **self._family(cells),
        }
        if part.reversal is not None:
            found["reversal"] = self._said(part.reversal, cells, {})
        if not named:
            found["claim"] = self._unless_none("claim", (part.claim,), cells) if part.claim else None
            found["visit"] = self._unless_none("visit", part.visit, cells)
            if part.service_date and cells[part.service_date]:
                found["service-date"] = self._date(part.service_date, cells)
            found[PREPAID] = part.deposit or None
        return {key: value for key, value in found.items() if value is not None}

    def _sought(self, part: PaymentMap, cells: PracticeRow) -> dict[str, Sought]:
        """What a payment without an invoice's id says of the visit that it is for."""
        if part.invoice != (FOUND,) or not cells[part.service_date]:  # of no visit: money on account
            return {}
        provider = self._provider(part.provider, cells) if cells[part.provider] else ""
        return {SEEK: Sought(self._patient(cells), provider, self._date(part.service_date, cells))}

    def _adjustment(self, part: AdjustmentMap, cells: PracticeRow, row: _RowOf) -> Adjustment | None:
        amount = self._sum(part.amount, part.less, cells)
        if amount is None or not (amount or part.so_far):
            return None
        invoice = self._invoice_of(part.invoice, cells, row)
        if invoice is None and not amount:
            return None
        kind, patient = self._word(part.kind, cells, {}), self._patient(cells)
        if invoice is None and (not patient or kind == "transfer"):
            raise cells.error((*part.amount, *part.less)[0], "is an adjustment of a charge that this row does not have")
        number = self.profile.adjustment.index(part) + 1
        return Adjustment(
            id=self._identity("adjustment", part.id, cells) if part.id else f"{self._base(row, cells)}-a{number}",
            date=self._day_of(part.date, cells, row),
            invoice=invoice or "",
            kind=kind,
            amount=amount,
            meta=_meta(cells, **_flags({SO_FAR: part.so_far}), **({} if invoice else {"patient": patient})),
        )

    def _claim(self, part: ClaimMap, cells: PracticeRow) -> Claim:
        return Claim(
            id=self._identity("claim", part.id, cells),
            invoice=self._reference("invoice", part.invoice, cells) or "",
            payer=self._payer(part.payer, part.payer_is, cells) or "",
            submitted=self._date(part.submitted, cells) if part.submitted and cells[part.submitted] else None,
            status=self._word(part.status, cells, {}),
            reason=None,
            meta=_meta(cells),
        )

    def _allotment(self, part: AllocationMap, cells: PracticeRow) -> Allotment | None:
        amount = self._sum(part.amount, part.less, cells)
        named = (("line", part.line), ("invoice", part.invoice), ("visit", part.visit))
        number = next((found for kind, columns in named if (found := self._unless_none(kind, columns, cells))), None)
        payment = self._unless_none("payment", part.payment, cells)
        if not amount or number is None or payment is None:
            return None  # money that the system has put on nothing
        identity = self._identity("allocation", part.id, cells)
        return Allotment(identity, self._date(part.date, cells), payment, number, amount, _meta(cells))

    def _payouts(self, cells: PracticeRow) -> list[BankLine]:
        """The row's part of a payout; several tables may give the parts of one, but not the same money twice."""
        found = [line for part in self.profile.payout if cells.holds(part.when) if (line := self._payout(part, cells))]
        if len({line.source_id for line in found if line.amount}) < sum(1 for line in found if line.amount):
            raise DaysheetError(
                "two [[payout]] tables count this row",
                filename=cells.path,
                line=cells.line,
                remedy="give them `when` conditions of which only one can hold",
            )
        return found

    def _payout(self, part: PayoutMap, cells: PracticeRow) -> BankLine | None:
        column = part.fallback if part.fallback and not cells[part.date] else part.date
        if part.fallback and not cells[column]:
            return None
        day = self._date(column, cells)
        net = self._sum(part.net, part.less, cells) or Decimal()
        fee = self._sum(part.fee, (), cells)
        currency = cells[part.currency] if part.currency else self.context.currency
        if not _CURRENCY.fullmatch(currency):
            raise cells.error(part.currency, "is no currency code")
        identity = self._reference("payout", part.id, cells) if part.id else day.isoformat()
        return BankLine(
            date=day,
            amount=net,
            currency=currency.upper(),
            payee=part.payee,
            narration="Payout",
            source_id=identity,
            balance=None,
            fee=None if fee is None else -fee if part.fee_negative else fee,
            account=None,
            fingerprint=fingerprint([self.profile.system, identity or ""]),
            meta=_meta(cells),
        )

    def _invoice_of(self, columns: Columns, cells: PracticeRow, row: _RowOf) -> str | None:
        if columns == (FOUND,):
            return None
        number = _NUMBERED_ROW.fullmatch(columns[0]) if len(columns) == 1 else None
        if number is None:
            return self._unless_none("invoice", columns, cells)
        invoice = row.invoices[int(number[1] or 1) - 1]
        return None if invoice is None else invoice.id

    def _base(self, row: _RowOf, cells: PracticeRow) -> str:
        """What a payment or adjustment without an id is named after: its visit, else its invoice."""
        if row.visit is not None:
            return row.visit.id
        charges = self.profile.invoice
        return (self._reference("invoice", charges[0].id, cells) if charges else None) or ""

    def _day_of(self, column: str, cells: PracticeRow, row: _RowOf) -> datetime.date:
        if column:
            return self._date(column, cells)
        dated = next((record for record in (*row.invoices, row.visit) if record is not None), None)
        return UNDATED if dated is None else dated.date


class _RowOf(NamedTuple):
    """What else a row gave, for its payments to refer to; an invoice that the row does not have is None."""

    visit: Visit | None
    invoices: list[Invoice | None]


def _flags(flags: Mapping[str, bool]) -> dict[str, bool]:
    return {flag: True for flag, is_set in flags.items() if is_set}


def _meta(cells: PracticeRow, **more: Any) -> dict[str, Any]:  # noqa: ANN401 - metadata holds values of many types
    return {"filename": str(cells.path), "lineno": cells.line, **more}
