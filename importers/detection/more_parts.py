"""The parts of a proposed profile beside date, amount and text: balance, account, currency, fee, what is left out."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from typing import Final

from daysheet.importers.banks import account_number
from daysheet.importers.detection import vocabulary as words
from daysheet.importers.detection.amount_columns import AmountColumns
from daysheet.importers.detection.detect import Detected
from daysheet.importers.detection.fee_columns import FeeColumns, find_fees
from daysheet.importers.detection.grid import Grid
from daysheet.importers.detection.other_columns import unread_money
from daysheet.strict_toml import quoted

_ACCOUNT: Final = ("account number", "account no", "account #", "iban", "kontonummer", "rekening", "card no", "card #")
_FEW: Final = 6
_SYMBOLS: Final = {"€": "EUR", "£": "GBP", "₹": "INR", "₩": "KRW", "zł": "PLN", "Kč": "CZK"}

Reference = Callable[[int], str]
"""A column's place to how the profile refers to it."""


def balance_part(money: AmountColumns, reference: Reference) -> str:
    """`[balance]`."""
    return "" if money.balance is None else f"[balance]\ncolumn = {reference(money.balance)}"


def account_part(grid: Grid, name: str, reference: Reference) -> str:
    """`[account]`, where a column names a few accounts, or the file's name or the lines above its table name one."""
    found = [
        c for c in grid.columns if words.says(c.header.replace("_", " "), _ACCOUNT) and 0 < len(set(c.filled)) <= _FEW
    ]
    if found:
        return f"[account]\ncolumn = {reference(found[0].place)}"
    asked = account_number.pattern(name, (row.cells for row in grid.above))
    return f"[account]\npattern = {quoted(asked)}" if asked else ""


def currency_part(detected: Detected, currency: str, reference: Reference) -> str:
    """`[currency]`: a column of codes, else what a person said, else the symbol of the amounts."""
    if detected.currencies and not currency:
        return f"[currency]\ncolumn = {reference(detected.currencies[0])}"
    currency = currency or symbol_of(detected)
    return f"[currency]\nfixed = {quoted(currency)}" if currency else ""


def symbol_of(detected: Detected) -> str:
    """The currency whose symbol stands in the amounts, if one does that is of one currency alone."""
    money, grid = detected.money, detected.grid
    if money is None or grid is None:
        return ""
    cells = [c for p in (money.amount, money.debit, money.credit) if p is not None for c in grid.columns[p].filled]
    found = {code for cell in cells for symbol, code in _SYMBOLS.items() if symbol in cell}
    return found.pop() if len(found) == 1 else ""


def fee_part(grid: Grid, money: AmountColumns, reference: Reference) -> tuple[str, FeeColumns | None]:
    """`[fee]`, where the numbers say which column is the fee of the amount's, and its columns."""
    fees = find_fees(grid, money.decimal)
    if fees is None or fees.negative is None or money.amount not in (fees.gross, fees.net):
        return "", None
    of = "gross" if money.amount == fees.gross else "net"
    return f'[fee]\ncolumn = {reference(fees.fee)}\nof = "{of}"' + ("\nnegative = true" if fees.negative else ""), fees


def left_out_part(grid: Grid, read: Iterable[int], key: Reference) -> str:
    """`[left-out]`: every column of money that nothing reads, each with the reason."""
    lines = [f"{key(column.place)} = {quoted(_why_not(column.header))}" for column in unread_money(grid, read)]
    return "[left-out]\n" + "\n".join(lines) if lines else ""


def _why_not(header: str) -> str:
    if words.says(header, words.BALANCE):
        return "another balance"
    if words.says(header, words.FEE):
        return "no row of the file that this was made from says whose the fee is"
    return "it is not what reaches or leaves the account"


def evidence_part(detected: Detected, said: Mapping[str, str]) -> str:
    """`[evidence]`: what each part rests on, as found or as a person said."""
    found = {
        key.replace("_", "-"): why
        for key, why in detected.evidence.items()
        if why and key not in ("delimiter", "order")
    }
    return "[evidence]\n" + "\n".join(f"{key} = {quoted(why)}" for key, why in {**found, **said}.items())


def skip_rule(reason: str, reference: str, telling: re.Pattern[str], cells: set[str]) -> list[str]:
    """A rule for the rows in which a cell says so; it holds the telling words alone, never the rest of a cell."""
    said = {found[0] for cell in cells if (found := telling.search(cell))}
    if not said:
        return []
    starts = all(cell.startswith(tuple(said)) for cell in cells if telling.search(cell))
    pattern = "|".join(re.escape(word).replace("\\ ", " ") for word in sorted(said))
    return [f"reason = \"{reason}\"\ncolumn = {reference}\npattern = '{'^' if starts else ''}({pattern})'"]
