"""A patient's account: every charge, payment and adjustment, what each pays, and what is left to pay.

A patient is shown by their token. Without one, the report lists all patients' balances. The columns of a row add up to
the movement of the receivable accounts, so that the last balance is what the aging has of this patient.
"""

from __future__ import annotations

import datetime
from collections import defaultdict
from collections.abc import Iterator, Sequence
from decimal import Decimal
from typing import Final, NamedTuple

from beancount.core.data import Transaction
from daysheet.accounts import BILLING_CHARGES, BILLING_COLLECTED, RECEIVABLE_PATIENTS, is_under
from daysheet.billing.money_on_account import allocated_by
from daysheet.billing.open_bills import bills_of
from daysheet.books import Books
from daysheet.books.index import ALLOCATED, invoice_of, number_of, owed
from daysheet.errors import DaysheetError
from daysheet.patients import TOKEN
from daysheet.reports.request import Request
from daysheet.reports.table import Cell, Column, Row, Table
from daysheet.wording import figure

NAME: Final = "patient-ledger"
_ZERO: Final = Decimal()
_HOW: Final = {
    "named": "as it says",
    "copay": "copay of the visit",
    "oldest-first": "oldest first",
}


class _Moved(NamedTuple):
    """What an entry does to one patient's account."""

    entry: Transaction
    patients: Decimal
    insurers: Decimal


def patient_ledger(request: Request) -> Table:
    """The account of the patient that is asked for, else the balances of all.

    Raises:
        DaysheetError: the books have no such patient.
    """
    return _ledger(request) if request.patient else _balances(request)


def _balances(request: Request) -> Table:
    """A row for each patient with a balance: what their insurers owe, what they owe, and what is on account."""
    day = request.period.last
    owes: dict[str, list[Decimal]] = defaultdict(lambda: [_ZERO] * 3)
    of_bill = _patients(request.books)
    for key, postings in request.books.receivable.items():
        patient = of_bill.get(key or "") or (key if key and TOKEN.fullmatch(key) else "")
        for posting in postings:
            if posting.date <= day:
                mine = is_under(posting.account, RECEIVABLE_PATIENTS)
                at = 2 if key == patient or not patient else 1 if mine else 0
                owes[patient][at] += posting.amount
    rows = [
        Row("line", (patient or "nobody known", *amounts, sum(amounts, _ZERO)))
        for patient, amounts in sorted(owes.items())
        if any(amounts)
    ]
    sums = [sum((amounts[at] for amounts in owes.values()), _ZERO) for at in range(3)]
    rows.append(Row("total", ("Total", *sums, sum(sums, _ZERO))))
    columns = (
        Column("patient", "Patient"),
        Column("insurers", "Insurers", "money"),
        Column("bills", "Own bills", "money"),
        Column("on_account", "On account", "money"),
        Column("total", "Total", "money"),
    )
    return request.table(NAME, "Patients' balances", columns, rows, has_basis=False, at_end=True)


def _ledger(request: Request) -> Table:
    books, patient = request.books, request.patient
    moved = sorted(_moved(books, patient), key=lambda one: (one.entry.date, ALLOCATED in one.entry.meta))
    if not moved and not any(visit.patient == patient for visit in books.visits.values()):
        raise DaysheetError(
            "the books have no patient of that token",
            remedy="daysheet report patient-ledger lists the patients with a balance",
        )
    first, last = request.period.first, request.period.last
    columns = (
        Column("date", "Date", "date"),
        Column("text", "Entry"),
        Column("bill", "Bill", shown="wide"),
        Column("charges", "Charges", "money"),
        Column("payments", "Payments", "money"),
        Column("adjustments", "Adjusted", "money"),
        Column("insurers", "Insurers owe", "money", shown="wide"),
        Column("balance", "Balance", "money"),
    )
    before = [one for one in moved if one.entry.date < first]
    rows = [*_opening(before, first), *_rows(books, moved, before, first, last), *_closing(books, patient, moved, last)]
    notes = ("Balance: what the patient and the insurers owe together; in parentheses, what is paid beyond it.",)
    return request.table(NAME, f"Patient's account {patient}", columns, rows, notes, has_basis=False)


def _patients(books: Books) -> dict[str, str]:
    """The patient of each bill."""
    return books.once("patients of bills", lambda: {key: bill.patient for key, bill in bills_of(books).by_id.items()})


def _moved(books: Books, patient: str) -> Iterator[_Moved]:
    """The entries that are of a patient, in date order."""
    of_bill = _patients(books)
    for entry in books.counted:
        if not isinstance(entry, Transaction):
            continue
        legs = [
            posting
            for key, posting in owed(entry)
            if patient in (key, of_bill.get(key or "")) or (entry.meta.get("patient") == patient and key not in of_bill)
        ]
        if legs:
            mine = sum((number_of(one) for one in legs if is_under(one.account, RECEIVABLE_PATIENTS)), _ZERO)
            yield _Moved(entry, mine, sum(map(number_of, legs), _ZERO) - mine)


def _opening(before: Sequence[_Moved], first: datetime.date) -> Iterator[Row]:
    if before:
        insurers = sum((one.insurers for one in before), _ZERO)
        balance = sum((one.patients for one in before), insurers)
        yield Row("line", (first, "Balance before", None, None, None, None, insurers, balance))


def _rows(
    books: Books, moved: Sequence[_Moved], before: Sequence[_Moved], first: datetime.date, last: datetime.date
) -> Iterator[Row]:
    balance = sum((one.patients + one.insurers for one in before), _ZERO)
    insurers = sum((one.insurers for one in before), _ZERO)
    for one in moved:
        entry = one.entry
        if not first <= entry.date <= last:
            continue
        balance += one.patients + one.insurers
        insurers += one.insurers
        bill = invoice_of(entry)
        if ALLOCATED in entry.meta:
            part = allocated_by(entry)
            if part:
                size = figure(abs(part), books.currency)
                how = _HOW.get(str(entry.meta[ALLOCATED]), str(entry.meta[ALLOCATED]))
                text = f"– {size} for {bill}, {how}" if part > 0 else f"– {size} off {bill} again"
                moved_on = one.patients + one.insurers  # between this account and another of the family
                text += ", of the family" if moved_on else ""
                paid_here = (None, moved_on, None, insurers, balance) if moved_on else (None,) * 5
                yield Row("line", (None, text, bill, *paid_here))
            continue
        charged, paid, adjusted = _kinds(one)
        cells: tuple[Cell, ...] = (entry.date, entry.narration or "", bill, charged, paid, adjusted, insurers, balance)
        yield Row("line", cells)


def _kinds(one: _Moved) -> tuple[Decimal | None, Decimal | None, Decimal | None]:
    """What an entry charges, pays and adjusts; what only moves between the patient and an insurer is none of it."""
    sums = [_ZERO] * 3
    total = one.patients + one.insurers
    legs = {posting.account for posting in one.entry.postings}
    at = 0 if any(is_under(name, BILLING_CHARGES) for name in legs) or "opening" in one.entry.meta else 2
    at = 1 if any(is_under(name, BILLING_COLLECTED) for name in legs) else at
    sums[at] = total
    charged, paid, adjusted = (amount or None for amount in sums)
    return charged, paid, adjusted


def _closing(books: Books, patient: str, moved: Sequence[_Moved], last: datetime.date) -> Iterator[Row]:
    until = [one for one in moved if one.entry.date <= last]
    insurers = sum((one.insurers for one in until), _ZERO)
    patients = sum((one.patients for one in until), _ZERO)
    on_account = books.open_balance(patient, last)
    for title, amount in (("Insurers owe", insurers), ("On account", on_account)):
        if amount:
            yield Row("subtotal", (None, title, None, None, None, None, None, amount))
    yield Row("total", (None, "Patient owes", None, None, None, None, None, patients))
