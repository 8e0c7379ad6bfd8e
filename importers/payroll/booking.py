"""Paychecks in the ledger: each is one entry, in which wages are gross and what is owed to whom stands apart.

Example:
    2026-01-23 * "Paycheck"
      paycheck: "2026-01-23-x-5d41402abc4b"
      employee: "x-5d41402abc4b"
      Expenses:Payroll:Wages           2000.00 USD
      Expenses:Payroll:Taxes            153.00 USD
      Expenses:Payroll:Taxes:FUTA        12.00 USD
      Expenses:Payroll:Taxes:State       20.00 USD
      Liabilities:Payroll:Taxes        -538.00 USD
      Liabilities:Payroll:NetPay      -1647.00 USD
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Final

from beancount.core.data import EMPTY_SET, Directive, Transaction
from daysheet.accounting.payroll import PAYCHECK, paychecks
from daysheet.importers.booking.dedupe import Verdict
from daysheet.importers.booking.directives import posting
from daysheet.importers.booking.session import Changed, ImportSession, Taken, month_file
from daysheet.importers.reading import Reading, Skipped
from daysheet.records import Paycheck

EMPLOYEE: Final = "employee"
FILE: Final = "payroll"
_ZERO: Final = Decimal()


@dataclass(frozen=True)
class PayrollSettings:
    """The `[payroll]` table: the accounts of a paycheck's parts, and whose wages are officers' compensation.

    `officers` are the employees' words in the ledger; their wages go to `officers_account`.
    """

    wages: str = "Expenses:Payroll:Wages"
    officers: tuple[str, ...] = ()
    officers_account: str = "Expenses:Payroll:Officers"
    taxes: str = "Expenses:Payroll:Taxes"
    futa: str = "Expenses:Payroll:Taxes:FUTA"
    state: str = "Expenses:Payroll:Taxes:State"
    benefits: str = "Expenses:Payroll:Benefits"
    reimbursements: str = "Expenses:Payroll:Reimbursements"
    withheld: str = "Liabilities:Payroll:Taxes"
    deductions: str = "Liabilities:Payroll:Deductions"
    net: str = "Liabilities:Payroll:NetPay"
    undivided: str = "Liabilities:Payroll:Undivided"


class PayrollState:
    """The paychecks that the books have, and those that this import has brought."""

    def __init__(self, session: ImportSession) -> None:
        """Those of the books."""
        self.settings = session.all_settings.table("payroll", PayrollSettings)
        self.known = dict(paychecks(session.books))


def entry_of(record: Paycheck, currency: str, settings: PayrollSettings) -> Transaction:
    """The entry of a paycheck; what the file does not divide is owed undivided."""
    wages = settings.officers_account if record.employee in settings.officers else settings.wages
    legs = [
        (wages, record.gross),
        (settings.taxes, record.fica),
        (settings.futa, record.futa),
        (settings.state, record.state),
        (settings.benefits, record.contributions),
        (settings.reimbursements, record.reimbursed),
        (settings.withheld, -(record.withheld + record.fica + record.futa + record.state)),
        (settings.deductions, -(record.deductions + record.contributions)),
    ]
    rest = -sum((amount for _, amount in legs), _ZERO)
    legs.append((settings.undivided if record.net is None else settings.net, rest))
    meta: dict[str, Any] = {PAYCHECK: record.id, EMPLOYEE: record.employee}
    postings = [posting(account, amount, currency) for account, amount in legs if amount]
    return Transaction(meta, record.date, "*", None, "Paycheck", EMPTY_SET, EMPTY_SET, postings)


def judged(
    records: Sequence[Paycheck], known: dict[str, Transaction], currency: str, settings: PayrollSettings
) -> list[Verdict]:
    """Of each paycheck whether the books have it, or have it otherwise; by its id and every amount."""
    found = []
    for record in records:
        entry = known.get(record.id)
        if entry is None:
            found.append(Verdict("new"))
            continue
        differs = _difference(entry_of(record, currency, settings), entry)
        found.append(Verdict("changed" if differs else "known", entry.meta, differs))
    return found


def book(session: ImportSession, records: Sequence[Paycheck], reading: Reading, taken: Taken) -> None:
    """Book what is new among a file's paychecks.

    Raises:
        DaysheetError: an entry cannot be written.
    """
    state = session.part(PayrollState)
    groups: dict[str, list[Directive]] = defaultdict(list)
    rows: dict[str, int] = {}
    for record in records:
        row = int(record.meta["lineno"])
        taken.amounts[reading.currency] += record.gross
        if record.id in rows:
            taken.skipped.append(Skipped(row, f"repeats row {rows[record.id]}"))
            continue
        rows[record.id] = row
        (verdict,) = judged([record], state.known, reading.currency, state.settings)
        if verdict.what == "new":
            entry = entry_of(record, reading.currency, state.settings)
            groups[month_file(entry.date, FILE)].append(entry)
            state.known[record.id] = entry._replace(meta={**entry.meta, **record.meta})
            taken.booked += 1
            taken.booked_amounts[reading.currency] += record.gross
            continue
        taken.known += 1
        taken.known_amounts[reading.currency] += record.gross
        if verdict.what == "changed" and verdict.where is not None:
            taken.changed.append(Changed(row, verdict.note, verdict.where))
    session.add(groups, taken)


def _difference(made: Transaction, entry: Transaction) -> str:
    """What differs between a paycheck and the entry of its id, accounts left out: a bookkeeper may have moved a leg."""
    if made.date != entry.date:
        return f"the pay day is {made.date}, and {entry.date} in the books"
    if made.meta[EMPLOYEE] != entry.meta.get(EMPLOYEE):
        return "it is another employee's"
    ours, theirs = (
        sorted(p.units.number for p in one.postings if p.units is not None and p.units.number is not None)
        for one in (made, entry)
    )
    return "" if ours == theirs else "its amounts are others"
