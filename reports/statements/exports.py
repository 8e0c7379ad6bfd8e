"""The trial balance in the layouts that tax and working-paper programs import.

Account numbers and a vendor's tax codes are the user's: `tax-codes.csv` in the books folder, with the columns
`account`, `number`, `tax_code` and `unit` (the last two may be empty). An account without a number there has the one
that the books keep for it (`account_numbers`).

Sources of the layouts: Intuit, ProSeries "Trial Balance Import" (Generic ASCII: seven columns, Y or N, account up to 12
characters, description up to 25, and the whole-dollar amount four times, right-justified; no heading and no total);
Thomson Reuters Engagement Manager, "Import trial balance data from a spreadsheet" (account up to 65 characters,
description up to 120, tax code, unit, amounts as DR/CR); CaseWare, "Import the client's data from a CSV or Excel file"
(account number and name, balances). Intuit gives no width for the amounts; 14 is ours, set off by a space, so that
space-delimited readers take the file too.
"""

from __future__ import annotations

import csv
import io
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path
from typing import Any, Final, NamedTuple

import xlsxwriter
from daysheet.errors import DaysheetError
from daysheet.reports.accounts.activity import activity
from daysheet.reports.accounts.titles import Titles
from daysheet.reports.formats.figures import money
from daysheet.reports.formats.workbook import OPTIONS, made_on
from daysheet.reports.request import Request
from daysheet.reports.statements import account_numbers
from daysheet.reports.statements.trial_balance import RETAINED_TITLE, balances
from daysheet.worklist.worklist import harmless

CODES_FILE: Final = "tax-codes.csv"
_ENGAGEMENT: Final = ("Account Number", "Account Description", "Tax Code", "Unit", "Unadjusted Balance DR/CR")
_COLUMNS: Final = ("account", "number", "tax_code", "unit")
_ZERO: Final = Decimal()
_AMOUNT: Final = 14


class Code(NamedTuple):
    """What the user's file says of an account."""

    number: str
    tax_code: str = ""
    unit: str = ""


class Exported(NamedTuple):
    """One account of an export; balances in credit are negative."""

    account: str
    number: str
    description: str
    tax_code: str
    unit: str
    opening: Decimal
    closing: Decimal


def export(form: str, request: Request) -> bytes:
    """The trial balance for a program: `proseries`, `engagement` or `caseware`.

    Raises:
        DaysheetError: the file of codes is malformed.
    """
    accounts = exported(request)
    if form == "proseries":
        return _proseries(accounts)
    if form == "engagement":
        return _engagement(accounts, request)
    return _caseware(accounts)


def exported(request: Request) -> list[Exported]:
    """The accounts of the statements, the receivable pair left out on the cash basis, by number as far as it sorts."""
    moved = activity(request.books, request.basis)
    codes = read_codes(request.settings.path.parent / CODES_FILE)
    numbers = account_numbers.numbers(request.books, moved.accounts, {code.number for code in codes.values()})
    titles = Titles(request.books)
    found = []
    for balance in balances(moved, request):
        if moved.is_memorandum(balance.account):
            continue
        name = balance.account
        title = RETAINED_TITLE if name == moved.earnings else titles.whole(name)
        code = codes.get(name, Code(""))
        number = code.number or numbers[name]
        found.append(Exported(name, number, title, code.tax_code, code.unit, balance.opening, balance.closing))
    return found


def read_codes(path: Path) -> dict[str, Code]:
    """The user's file, by account; none when there is no file.

    Raises:
        DaysheetError: a column is missing, or an account or number stands twice.
    """
    if not path.exists():
        return {}
    with path.open(encoding="utf-8-sig", newline="") as file:
        reader = csv.DictReader(file)
        missing = set(_COLUMNS[:2]) - set(reader.fieldnames or ())
        if missing:
            raise DaysheetError(f'no column "{min(missing)}"', filename=path, line=1, remedy="write account,number")
        codes: dict[str, Code] = {}
        numbers: set[str] = set()
        for row in reader:
            account, *rest = ((row.get(key) or "").strip() for key in _COLUMNS)
            code = Code(*rest)
            if account in codes or (code.number and code.number in numbers):
                raise DaysheetError("an account or number stands twice", filename=path, line=reader.line_num)
            codes[account] = code
            numbers.add(code.number)
    return codes


def whole_dollars(amounts: list[Decimal], takes_rest: int) -> list[int]:
    """Amounts in whole dollars that still sum to zero: what rounding leaves goes to the one at `takes_rest`."""
    rounded = [int(amount.quantize(Decimal(1), ROUND_HALF_UP)) for amount in amounts]
    if rounded and sum(amounts, _ZERO) == 0:
        rounded[takes_rest] -= sum(rounded)
    return rounded


def _takes_rest(accounts: list[Exported]) -> int:
    """What takes the rest of rounding: the largest account of equity, else of the balance sheet, never receipts."""
    for roots in (("Equity",), ("Assets", "Liabilities"), ("Expenses",), ("Income",)):
        found = [at for at, account in enumerate(accounts) if account.account.startswith(roots)]
        if found:
            return max(found, key=lambda at: abs(accounts[at].closing))
    return 0


def _proseries(accounts: list[Exported]) -> bytes:
    lines = []
    dollars = whole_dollars([account.closing for account in accounts], _takes_rest(accounts))
    for account, amount in zip(accounts, dollars, strict=True):
        description = account.description.replace("–", "-").encode("ascii", "replace").decode()
        cells = ["Y", f"{account.number[:12]:<12}", f"{description[:25]:<25}", *[f"{amount:>{_AMOUNT}d}"] * 4]
        lines.append(" ".join(cells))
    return "".join(f"{line}\r\n" for line in lines).encode("ascii")


def _caseware(accounts: list[Exported]) -> bytes:
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(["Account Number", "Account Name", "Opening Balance", "Closing Balance"])
    for account in accounts:
        named = [harmless(account.number), harmless(account.description)]
        writer.writerow([*named, money(account.opening), money(account.closing)])
    return out.getvalue().encode()


def _engagement(accounts: list[Exported], request: Request) -> bytes:
    out = io.BytesIO()
    book: Any = xlsxwriter.Workbook(out, OPTIONS)
    book.set_properties({"created": made_on(min(request.books.as_of, request.period.last))})
    sheet = book.add_worksheet("Trial balance")
    amount = book.add_format({"num_format": "0.00"})
    for at, title in enumerate(
        ("Account Number", "Account Description", "Tax Code", "Unit", "Unadjusted Balance DR/CR")
    ):
        sheet.write_string(0, at, title)
    for at, account in enumerate(accounts, 1):
        texts = (account.number[:65], account.description[:120], account.tax_code, account.unit)
        for n, text in enumerate(texts):
            sheet.write_string(at, n, text)
        sheet.write_number(at, 4, float(account.closing), amount)
    sheet.set_column(0, 4, 24)
    book.close()
    return out.getvalue()
