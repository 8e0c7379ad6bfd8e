"""Trial balances, charts of accounts and lists of open items, as other programs export them.

Read are QuickBooks' and Xero's reports and exports as CSV or workbook, QuickBooks' IIF, and tables of one's own: a
trial balance has an account and a debit and a credit (or one balance), a chart has accounts and their types, a list of
open items has a date, an amount still open, and a number or who owes it. Which columns these are is told by the header.
"""

from __future__ import annotations

import datetime
import re
from collections.abc import Iterable, Sequence
from decimal import Decimal
from typing import Final, NamedTuple

from daysheet.errors import DaysheetError
from daysheet.importers.rows.raw_file import RawFile
from daysheet.importers.rows.tables import HEAD_ROWS, lenient_rows, tables
from daysheet.importers.rows.text import Row
from daysheet.importers.rows.values import amount_parser, date_parser
from daysheet.importers.takeover import iif

TRIAL: Final = "trial-balance"
CHART: Final = "chart-of-accounts"
ITEMS: Final = "open-items"
KINDS: Final = (TRIAL, CHART, ITEMS)

_DELIMITERS: Final = (",", "\t", ";")
_NOTATIONS: Final = (("%Y-%m-%d",), ("%m/%d/%Y", "%m/%d/%y"), ("%d/%m/%Y", "%d/%m/%y"), ("%d %b %Y",), ("%b %d, %Y",))
_TOTAL: Final = re.compile(r"(?i)^(?:grand )?totals?\b")
_AS_OF: Final = re.compile(
    r"(?i)\b(?:as (?:of|at)|to|through|-)\s+"
    r"([A-Z][a-z]{2,8}\.? \d{1,2}, ?\d{4}|\d{1,2}/\d{1,2}/\d{4}|\d{1,2} [A-Z][a-z]{2,8} \d{4})"
)
_NAMES: Final = {
    "account": ("account", "account name", "accountname", "name", "distribution account", "full name", "accnt"),
    "number": ("account number", "account code", "accountcode", "code", "no.", "number"),
    "type": ("type", "account type", "accnttype", "class"),
    "debit": ("debit", "debit - year to date", "ytd debit", "debit ytd", "debit balance"),
    "credit": ("credit", "credit - year to date", "ytd credit", "credit ytd", "credit balance"),
    "balance": ("balance", "balance total", "amount", "opening balance"),
}
_ITEM_NAMES: Final = {
    "id": (
        "invoice_id",
        "invoice id",
        "invoice number",
        "invoicenumber",
        "invoice no",
        "invoice #",
        "num",
        "no.",
        "number",
    ),
    "date": ("date", "invoice date", "invoicedate", "transaction date"),
    "due": ("due", "due date", "duedate"),
    "patient": (
        "patient_id",
        "patient id",
        "patient",
        "customer",
        "customer full name",
        "contact",
        "contactname",
        "name",
        "patnum",
    ),
    "guarantor": ("guarantor_id", "guarantor id", "guarantor", "responsible party", "responsible party id"),
    "payer": ("payer", "insurer", "insurance", "carrier"),
    "provider": ("provider", "provider_id", "prov"),
    "amount": (
        "open balance",
        "invoiceamountdue",
        "amount due",
        "balance due",
        "due amount",
        "outstanding",
        "balance",
        "total",
        "amount",
    ),
}


_PAID: Final = frozenset(
    ("payment_id", "payment id", "payment number", "payment method", "payment type", "method", "date paid", "paid on")
)
"""Columns of payments, whose plain amounts nobody owes."""
_PLAIN: Final = ("amount", "total")


class Account(NamedTuple):
    """An account of the other program and what it stood at: positive for a debit; `type` and `number` may be empty."""

    name: str
    number: str
    type: str
    balance: Decimal
    line: int


class Item(NamedTuple):
    """A bill that was still open, or a credit (negative).

    `owner` is a patient's id or name, as the file has it; `guarantor` that of who answers for the family's account.
    """

    id: str
    date: datetime.date
    due: datetime.date | None
    owner: str
    guarantor: str
    payer: str
    provider: str
    amount: Decimal
    line: int


class Former(NamedTuple):
    """What one file of the other program holds; `as_of` is the day that it says it is of."""

    kind: str
    rows: int
    as_of: datetime.date | None
    accounts: tuple[Account, ...] = ()
    items: tuple[Item, ...] = ()


def read(file: RawFile) -> Former:
    """A file of the other program.

    Raises:
        DaysheetError: it is of none of the kinds, or a row cannot be read, or a trial balance does not balance.
    """
    if iif.matches(file):
        accounts = tuple(Account(*each) for each in iif.accounts(file))
        return _balanced(
            file, Former(CHART if not any(a.balance for a in accounts) else TRIAL, len(accounts), None, accounts)
        )
    for rows in _readings(file):
        for place, row in enumerate(rows[:HEAD_ROWS]):
            found = _by_header(file, rows, place, [_norm(cell) for cell in row.cells])
            if found is not None:
                return found
    raise DaysheetError(
        "is no trial balance, chart of accounts or list of open items",
        filename=file.path,
        remedy="a trial balance has the columns Account, Debit, Credit; a list of open items invoice_id, date, "
        "patient_id, payer, amount (docs/takeover.md)",
    )


def _readings(file: RawFile) -> Iterable[list[Row]]:
    found = tables(file)
    if found.sheets:
        yield from (list(rows) for _, rows in found.sheets)
        return
    for delimiter in _DELIMITERS:
        yield list(lenient_rows(file, found.encoding, delimiter))


def _by_header(file: RawFile, rows: list[Row], place: int, header: list[str]) -> Former | None:
    body, above = rows[place + 1 :], rows[:place]
    items = _columns(header, _ITEM_NAMES)
    if (
        {"date", "amount"} <= items.keys()
        and ({"id", "patient"} & items.keys())
        and not {"debit", "credit"} & set(header)
    ):
        if _PAID & set(header) and header[items["amount"]] in _PLAIN:
            raise DaysheetError(
                "lists payments, not what was open on a day",
                filename=file.path,
                line=rows[place].line,
                remedy="daysheet import takes payments; adopt takes the list of open invoices",
            )
        return _items(file, body, items, above)
    places = _columns(header, _NAMES)
    if "account" not in places and header and header[0] == "" and {"debit", "credit"} <= places.keys():
        places["account"] = 0
    if "account" in places and {"debit", "credit"} <= places.keys() and "date" not in items:
        return _balanced(file, _trial(file, body, places, above))
    if "account" in places and "date" not in items and "balance" in places:
        return _balanced(file, _trial(file, body, places, above))
    if "account" in places and "type" in places and "date" not in items:
        made = tuple(_account(file, row, places) for row in body if _cell(row, places, "account"))
        return Former(CHART, len(made), None, made)
    return None


def _trial(file: RawFile, body: Sequence[Row], places: dict[str, int], above: Sequence[Row]) -> Former:
    kept = [row for row in body if _cell(row, places, "account") and not _TOTAL.match(_cell(row, places, "account"))]
    made = tuple(account for row in kept if (account := _account(file, row, places)).balance)
    return Former(TRIAL, len(kept), _as_of(above), made)


def _account(file: RawFile, row: Row, places: dict[str, int]) -> Account:
    debit, credit, balance = (_amount(file, row, places, key) for key in ("debit", "credit", "balance"))
    return Account(
        _cell(row, places, "account"),
        _cell(row, places, "number"),
        _cell(row, places, "type"),
        balance if "debit" not in places else debit - credit,
        row.line,
    )


def _balanced(file: RawFile, former: Former) -> Former:
    debits = sum((account.balance for account in former.accounts if account.balance > 0), Decimal())
    owed = -sum((account.balance for account in former.accounts if account.balance < 0), Decimal())
    if debits != owed:
        raise DaysheetError(
            f"does not balance: debits of {debits:,f} and credits of {owed:,f}",
            filename=file.path,
            remedy="export the whole trial balance, every account of it",
        )
    return former


def _items(file: RawFile, body: Sequence[Row], places: dict[str, int], above: Sequence[Row]) -> Former:
    body = [row for row in body if any(row.cells) and not _TOTAL.match(_filled(row)[0])]
    dated = [row for row in body if len(_filled(row)) > 1 and _cell(row, places, "date")]
    notation = _notation(file, [_cell(row, places, "date") for row in dated])
    day = date_parser(notation)
    made: list[Item] = []
    section = ""
    rows = 0
    for row in body:
        filled = _filled(row)
        if len(filled) == 1 or not _cell(row, places, "date"):
            section = filled[0] if len(filled) == 1 else section  # a customer's name over its rows
            continue
        rows += 1
        amount = _amount(file, row, places, "amount")
        if amount:
            due = _cell(row, places, "due")
            owner = _cell(row, places, "patient") if "patient" in places else section
            made.append(
                Item(
                    _cell(row, places, "id"), _day(file, row, day, _cell(row, places, "date")),
                    _day(file, row, day, due) if due else None, owner,
                    _cell(row, places, "guarantor"), _cell(row, places, "payer"), _cell(row, places, "provider"),
                    amount, row.line,
                )
            )  # fmt: skip
    return Former(ITEMS, rows, _as_of(above), items=tuple(made))


def _filled(row: Row) -> list[str]:
    return [cell.strip() for cell in row.cells if cell.strip()] or [""]


def _day(file: RawFile, row: Row, parse: object, cell: str) -> datetime.date:
    try:
        found: datetime.datetime = parse(cell)  # type: ignore[operator]
    except ValueError:
        raise DaysheetError("a date is not as the others are", filename=file.path, line=row.line) from None
    return found.date()


def _notation(file: RawFile, cells: Sequence[str]) -> tuple[str, ...]:
    """The notation in which all dates of a column are; month first where both orders would do."""
    for notation in _NOTATIONS:
        parse = date_parser(notation)
        try:
            for cell in cells:
                parse(cell)
        except ValueError:
            continue
        return notation
    raise DaysheetError("its dates are not all of one notation", filename=file.path, remedy="write them as 2026-06-30")


def _amount(file: RawFile, row: Row, places: dict[str, int], key: str) -> Decimal:
    try:
        return amount_parser(".")(_cell(row, places, key)) or Decimal()
    except ValueError:
        raise DaysheetError(f"the {key} is no amount", filename=file.path, line=row.line) from None


def _columns(header: Sequence[str], names: dict[str, tuple[str, ...]]) -> dict[str, int]:
    """The places of the columns; the first of the names that the header has counts."""
    found: dict[str, int] = {}
    for key, known in names.items():
        place = next((header.index(name) for name in known if name in header), None)
        if place is not None and place not in found.values():
            found[key] = place
    return found


def _cell(row: Row, places: dict[str, int], key: str) -> str:
    place = places.get(key)
    return row.cells[place].strip() if place is not None and place < len(row.cells) else ""


def _norm(cell: str) -> str:
    return " ".join(cell.strip("*\ufeff \t").casefold().split())


def _as_of(above: Sequence[Row]) -> datetime.date | None:
    """The day that the lines above the table say the report is of."""
    for row in above:
        found = _AS_OF.search(" ".join(cell.strip() for cell in row.cells))
        for notation in ("%B %d, %Y", "%b %d, %Y", "%B %d,%Y", "%m/%d/%Y", "%d %B %Y", "%d %b %Y") if found else ():
            try:
                return date_parser((notation,))(found[1] if found else "").date()
            except ValueError:
                continue
    return None
