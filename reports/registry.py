"""Every report by its name: `build` is what the command, the pack, Fava and the mail call."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import partial
from types import MappingProxyType
from typing import Final

from daysheet.books import Books
from daysheet.books.currencies import note
from daysheet.books.holding import holds
from daysheet.errors import DaysheetError
from daysheet.ledger import collector
from daysheet.reports.management.billing_gaps import billing_gaps
from daysheet.reports.management.cash_forecast import cash_forecast
from daysheet.reports.management.day_sheet import day_sheet_table
from daysheet.reports.management.kpis import kpis
from daysheet.reports.management.monthly import monthly
from daysheet.reports.period import Period
from daysheet.reports.request import Request
from daysheet.reports.schedules.claims import claims
from daysheet.reports.schedules.deposits import card_receipts, deposit_tie_out
from daysheet.reports.schedules.documents import documents
from daysheet.reports.schedules.fixed_assets import fixed_assets
from daysheet.reports.schedules.loans import loans
from daysheet.reports.schedules.open_questions import open_questions
from daysheet.reports.schedules.patient_ledger import patient_ledger
from daysheet.reports.schedules.payables import payables
from daysheet.reports.schedules.proof_of_cash import proof_of_cash
from daysheet.reports.schedules.receivables import receivables
from daysheet.reports.schedules.reconciliation import reconciliation
from daysheet.reports.schedules.return_depreciation import return_depreciation
from daysheet.reports.schedules.tax_return.schedule_k import schedule_k
from daysheet.reports.schedules.tax_return.schedule_k1 import schedule_k1
from daysheet.reports.schedules.tax_return.schedule_l import schedule_l
from daysheet.reports.schedules.tax_return.schedule_m import schedule_m
from daysheet.reports.schedules.tax_return.summary import tax_lines
from daysheet.reports.schedules.tie_outs import tie_outs
from daysheet.reports.statements.capital import capital
from daysheet.reports.statements.cash_flow import cash_flow
from daysheet.reports.statements.cash_to_accrual import cash_to_accrual
from daysheet.reports.statements.ledger import adjusting_entries, general_ledger, journal
from daysheet.reports.statements.partner_capital import partner_allocation, partner_capital
from daysheet.reports.statements.statement import BALANCE_SHEET, INCOME, evaluate
from daysheet.reports.statements.trial_balance import trial_balance, working_trial_balance
from daysheet.reports.table import Basis, Table
from daysheet.reports.tax.contractors import contractors
from daysheet.reports.tax.payroll import payroll
from daysheet.reports.tax.sales_tax import sales_tax
from daysheet.settings import Settings

Report = Callable[[Request], Table]

REPORTS: Final[Mapping[str, Report]] = MappingProxyType(
    {
        "income": partial(evaluate, INCOME),
        "balance-sheet": partial(evaluate, BALANCE_SHEET),
        "cash-flow": cash_flow,
        "trial-balance": trial_balance,
        "working-trial-balance": working_trial_balance,
        "general-ledger": general_ledger,
        "journal": journal,
        "adjusting-entries": adjusting_entries,
        "receivables": receivables,
        "claims": claims,
        "patient-ledger": patient_ledger,
        "billing-gaps": billing_gaps,
        "day-sheet": day_sheet_table,
        "kpis": kpis,
        "cash-forecast": cash_forecast,
        "deposits": deposit_tie_out,
        "card-receipts": card_receipts,
        "monthly": monthly,
        "cash-to-accrual": cash_to_accrual,
        "reconciliation": reconciliation,
        "proof-of-cash": proof_of_cash,
        "tax-lines": tax_lines,
        "schedule-k": schedule_k,
        "schedule-k1": schedule_k1,
        "schedule-l": schedule_l,
        "schedule-m": schedule_m,
        "contractors": contractors,
        "fixed-assets": fixed_assets,
        "return-depreciation": return_depreciation,
        "capital": capital,
        "partner-capital": partner_capital,
        "partner-allocation": partner_allocation,
        "loans": loans,
        "payroll": payroll,
        "payables": payables,
        "sales-tax": sales_tax,
        "documents": documents,
        "open-questions": open_questions,
        "tie-outs": tie_outs,
    }
)


def build(
    name: str, books: Books, settings: Settings, period: Period, basis: Basis = "cash", *, detail: bool = False
) -> Table:
    """One report of these books.

    Args:
        name: a key of `REPORTS`.
        books: the indexed books.
        settings: their settings.
        period: the days to report on; statements of balances stand at the last.
        basis: `cash` or `accrual`.
        detail: every posting of control accounts.

    Raises:
        DaysheetError: there is no report of that name.
    """
    return find(name)(Request(books, settings, period, basis, detail))


def _with_what_is_missing(table: Table, books: Books) -> Table:
    """The table with a word on days of which the books hold nothing, and on what is in another currency."""
    notes = []
    if not holds(books, table.first or datetime.date.min, table.last):
        notes.append(
            "The books hold nothing of these days." if table.first else "The books hold nothing up to this day."
        )
    if not any(note.startswith(f"Amounts in {books.currency}") for note in table.notes):
        notes += filter(None, [note(books.foreign, books.currency)])
    return replace(table, notes=(*notes, *table.notes)) if notes else table


def find(name: str) -> Report:
    """The report of a name; it runs with the collector paused, for it makes many rows and no garbage.

    Raises:
        DaysheetError: there is none.
    """
    report = REPORTS.get(name)
    if report is None:
        raise DaysheetError(f'no report "{name}"', remedy=f"known are: {', '.join(REPORTS)}")
    known = report

    def made(request: Request) -> Table:
        with collector.paused():
            return _with_what_is_missing(known(request), request.books)

    return made
