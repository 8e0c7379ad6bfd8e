"""Each statement's total beside that of another which must equal it: agreed, or the difference.

The figures are read from the finished tables, not from what they were made of, so that a fault in a report shows here.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal
from typing import Final, NamedTuple

from daysheet.accounting.payroll import comparisons
from daysheet.accounts import BILLING, CLEARING, RECEIVABLE
from daysheet.billing.unallocated import on_account
from daysheet.reports.accounts.activity import activity
from daysheet.reports.accounts.cash_flow import activity_of, is_accumulated
from daysheet.reports.period import Period
from daysheet.reports.request import Request
from daysheet.reports.schedules.fixed_assets import Standing, held_cost, standings
from daysheet.reports.schedules.loans import in_use, loans
from daysheet.reports.schedules.outstanding import outstanding
from daysheet.reports.schedules.payables import owed, payables
from daysheet.reports.schedules.proof_of_cash import proof_of_cash
from daysheet.reports.schedules.receivables import receivables
from daysheet.reports.schedules.tax_return.summary import tax_lines
from daysheet.reports.schedules.tax_return.tied import tied
from daysheet.reports.statements.capital import capital
from daysheet.reports.statements.cash_flow import cash_flow
from daysheet.reports.statements.cash_to_accrual import cash_to_accrual
from daysheet.reports.statements.ledger import general_ledger, journal
from daysheet.reports.statements.partner_capital import partner_capital
from daysheet.reports.statements.statement import BALANCE_SHEET, INCOME, evaluate
from daysheet.reports.statements.trial_balance import trial_balance
from daysheet.reports.table import Cell, Column, Row, RowKind, Table
from daysheet.reports.tax.sales_tax import SALES_TAX, sales_tax

AGREES: Final = "agrees"
DIFFERS: Final = "DIFFERS"
_ZERO: Final = Decimal()


class TieOut(NamedTuple):
    """Two figures that must be equal, and what each is; `may_differ` where the law's rates leave room."""

    text: str
    left: Decimal
    right: Decimal
    may_differ: bool = False

    @property
    def verdict(self) -> str:
        """`agrees` or `DIFFERS`."""
        return AGREES if self.left == self.right or self.may_differ else DIFFERS


def tie_outs(request: Request) -> Table:
    """Every tie-out of the period."""
    columns = (
        Column("text", "Tie-out"),
        Column("left", "First named", "money"),
        Column("right", "Second named", "money"),
        Column("difference", "Difference", "money", shown="wide"),
        Column("verdict", "Result"),
    )
    found = list(checked(request))
    rows = [Row("line", (item.text, item.left, item.right, item.left - item.right, item.verdict)) for item in found]
    agreed = sum(item.verdict == AGREES for item in found)
    return request.table("tie-outs", "Tie-outs", columns, rows, (f"{agreed} of {len(found)} agree.",))


def checked(request: Request) -> Iterator[TieOut]:
    """The tie-outs, each worked out from finished reports."""
    trial, sheet = trial_balance(request), evaluate(BALANCE_SHEET, request)
    ledger = general_ledger(replace(request, detail=True))
    debits = _figure(trial, "debit")
    net = _figure(evaluate(INCOME, request), "current")
    yield TieOut("Trial balance: debits and credits", debits, _figure(trial, "credit"))
    assets = _figure(sheet, "current", "Total assets")
    yield TieOut("Assets; liabilities and equity", assets, _figure(sheet, "current"))
    yield TieOut("Net income; trial balance", net, -_earned(trial))
    yield TieOut("Net income; tax lines", net, _figure(tax_lines(request), "current"))
    equity = _figure(sheet, "current", "Total equity")
    yield TieOut("Equity; capital roll-forward", equity, _figure(capital(request), "closing"))
    yield TieOut("General ledger, each posting; trial balance", _sum(ledger, "line", "debit"), debits)
    printed = _in_debit(ledger, "subtotal", "balance"), _in_debit(trial, "line", "closing")
    yield TieOut("General ledger, balances in debit; trial balance", *printed)
    yield TieOut("Journal; trial balance", _figure(journal(request), "debit"), debits)
    before = evaluate(BALANCE_SHEET, replace(request, period=_before(request.period)))
    opening = _figure(capital(request), "opening")
    yield TieOut("Equity at the beginning; balance sheet before", opening, _figure(before, "current", "Total equity"))
    yield TieOut("Cash flow; cash on the balance sheet", _figure(cash_flow(request), "current"), _cash(request))
    by_partner = partner_capital(request)
    if by_partner.rows:
        yield TieOut("Equity; partners' capital", equity, _figure(by_partner, "closing"))
    yield from (TieOut(text, left, right) for text, left, right in tied(request, assets, equity))
    yield from _fixed_assets(request)
    yield from _receivable(request)
    yield from _on_account(request)
    yield from _liabilities(request)
    yield from _proof_of_cash(request)
    for item in comparisons(request.books, request.period.last.year) if request.period.is_year else ():
        if item.above is not None or not item.agrees:  # a lower bound that holds is no tie-out
            yield TieOut(item.text, item.left, item.right, item.agrees)


def _before(period: Period) -> Period:
    """All days of the year before, up to the day before the period."""
    return Period(period.before.replace(month=1, day=1), period.before)


def _proof_of_cash(request: Request) -> Iterator[TieOut]:
    """What was received against what the bank got, and against income; and outstanding items against their accounts."""
    proof = proof_of_cash(request)
    due = _figure(proof, "receipts") - _figure(proof, "transit")
    yield TieOut("Receipts less what is under way; deposits", due, _figure(proof, "deposited"))
    received = _figure(proof, "receipts") + _figure(proof, "other") - _figure(proof, "not_income")
    yield TieOut("Received for income; income", received, _figure(proof, "income"))
    items = sum((item.amount for item in outstanding(request)), _ZERO)
    held = activity(request.books, "cash").balance(request.period.last, CLEARING)
    if items or held:
        yield TieOut("Outstanding items; clearing accounts", items, held)


def _liabilities(request: Request) -> Iterator[TieOut]:
    """Vendors' bills and sales tax against the ledger, where there are any."""
    bills, tax, lent = payables(request), sales_tax(request), loans(request)
    if lent.rows:
        owed_now = (account.balance(request.period.last) for account in in_use(request))
        rolled = _figure(lent, "opening") + _figure(lent, "borrowed") - _figure(lent, "principal")
        yield TieOut("Loans rolled forward; ledger", rolled, -sum(owed_now, _ZERO))
    if bills.rows:
        yield TieOut("Open bills; accounts payable in the ledger", _figure(bills, "total"), owed(request))
    if tax.rows:
        held = -activity(request.books, "cash").balance(request.period.last, SALES_TAX)
        yield TieOut("Sales tax rolled forward; ledger", _figure(tax, "closing"), held)


def _on_account(request: Request) -> Iterator[TieOut]:
    """What of each month's receipts is for no bill, beyond the share that may be; where any is on account."""
    books, period = request.books, request.period
    for month in on_account(books, period.last):
        if period.first <= month.first <= period.last:
            share = books.threshold("unallocated-share", month.first) or _ZERO
            text = f"Received in {month.first:%Y-%m} for no bill, beyond {share}%; zero"
            yield TieOut(text, month.beyond(share), _ZERO)


def _fixed_assets(request: Request) -> Iterator[TieOut]:
    """The cost of the assets declared against the accounts that carry them, where any are declared."""
    day = request.period.last
    costs = held_cost(standings(request.books, day.year), day)
    if costs:
        held = sum((activity(request.books, request.basis).balance(day, account) for account in costs), _ZERO)
        yield TieOut("Fixed assets, cost; ledger", sum(costs.values(), _ZERO), held)
        written_off = sum((item.before + item.current for item in standings_held(request)), _ZERO)
        yield TieOut("Accumulated depreciation, schedule; ledger", written_off, -_accumulated(request))


def standings_held(request: Request) -> list[Standing]:
    """The assets in the books on the last day."""
    day = request.period.last
    return [s for s in standings(request.books, day.year) if s.asset.since <= day and not s.disposed_by(day)]


def _accumulated(request: Request) -> Decimal:
    """What the ledger's accounts of accumulated depreciation stand at."""
    accounts = activity(request.books, request.basis).under("Assets:Fixed")
    return sum((a.balance(request.period.last) for a in accounts if is_accumulated(a.name)), _ZERO)


def _receivable(request: Request) -> Iterator[TieOut]:
    """The control account against the aging, its contra and the bridge; and the bridge against accrual income."""
    cash = activity(request.books, "cash")
    day = request.period.last
    owed = cash.balance(day, RECEIVABLE)
    bridge = cash_to_accrual(request)
    accrual = evaluate(INCOME, replace(request, basis="accrual"))
    yield TieOut("Aging; receivables in the ledger", _figure(receivables(request), "total"), owed)
    yield TieOut("Receivables; their equity contra", owed, -cash.balance(day, BILLING))
    yield TieOut("Receivables rolled forward; ledger", _figure(bridge, "amount"), owed)
    bridged = _figure(bridge, "amount", "Net income, accrual basis")
    yield TieOut("Bridge; accrual net income", bridged, _figure(accrual, "current"))


def _cash(request: Request) -> Decimal:
    moved = activity(request.books, request.basis)
    cash = (account for account in moved.accounts.values() if not account.name.startswith(("Income", "Expenses")))
    held = (account for account in cash if activity_of(request.books, account.name) == "cash")
    return sum((account.balance(request.period.last) for account in held), _ZERO)


def _earned(trial: Table) -> Decimal:
    """What the income and expense accounts of a trial balance moved by."""
    rows = [row for row in trial.rows if str(row.cells[0]).startswith(("Income:", "Expenses:"))]
    return sum((_cell(trial, row, "debit") - _cell(trial, row, "credit") for row in rows), _ZERO)


def _figure(table: Table, key: str, title: str = "") -> Decimal:
    """A figure of the row with a title, else of the last total."""
    rows = [row for row in table.rows if (row.cells[0] == title if title else row.kind == "total")]
    return _cell(table, rows[-1], key) if rows else _ZERO


def _in_debit(table: Table, kind: RowKind, key: str) -> Decimal:
    """The sum of what is positive in a column."""
    at = _place(table, key)
    return sum((max(_number(row.cells[at]), _ZERO) for row in table.rows if row.kind == kind), _ZERO)


def _sum(table: Table, kind: RowKind, key: str) -> Decimal:
    at = _place(table, key)
    return sum((_number(row.cells[at]) for row in table.rows if row.kind == kind), _ZERO)


def _cell(table: Table, row: Row, key: str) -> Decimal:
    return _number(row.cells[_place(table, key)])


def _place(table: Table, key: str) -> int:
    return next(at for at, column in enumerate(table.columns) if column.key == key)


def _number(cell: Cell) -> Decimal:
    return cell if isinstance(cell, Decimal) else _ZERO
