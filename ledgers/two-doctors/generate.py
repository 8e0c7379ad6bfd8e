"""Writes the practice's year as the files that its systems would export, one a month and kind.

`python -m daysheet.ledgers.two_doctors.generate DIR` writes them to a folder; the same bytes each time.
"""

from __future__ import annotations

import argparse
import csv
import io
from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from pathlib import Path
from typing import Any

from daysheet.ledgers.two_doctors import banks, desk

CHASE = ("Details", "Posting Date", "Description", "Amount", "Type", "Balance", "Check or Slip #")
CAPITAL_ONE = ("Transaction Date", "Posted Date", "Card No.", "Description", "Category", "Debit", "Credit")
CARD_NUMBER = "5501"


def files() -> dict[str, bytes]:
    """Every file of the year, by name, in the order in which a practice would download them."""
    year = desk.year()
    card = banks.card_year()
    balance = banks.OPENING
    checking: list[tuple[banks.BankRow, Decimal]] = []
    for row in banks.checking_year(year, card):
        balance += row.amount
        checking.append((row, balance))
    made: dict[str, bytes] = {}
    for month in range(1, 13):
        name = f"{desk.YEAR}-{month:02}.csv"
        for kind, record, rows in (
            ("visits", desk.Visit, year.visits),
            ("invoices", desk.Invoice, year.invoices),
            ("payments", desk.Payment, year.payments),
        ):
            made[f"{kind}-{name}"] = _csv(record._fields, (row for row in rows if row.date.month == month))
        lines = [_chase(row, after) for row, after in reversed(checking) if row.date.month == month]
        made[f"chase-{name}"] = _csv(CHASE, lines)
        bought = [_capital_one(row) for row in reversed(card) if row.posted.month == month]
        made[f"capitalone-{name}"] = _csv(CAPITAL_ONE, bought)
    made[f"adjustments-{desk.YEAR}.csv"] = _csv(desk.Adjustment._fields, year.adjustments)
    return made


def _csv(header: Sequence[str], rows: Iterable[Iterable[Any]]) -> bytes:
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(header)
    writer.writerows(rows)
    return text.getvalue().encode()


def _chase(row: banks.BankRow, balance: Decimal) -> list[object]:
    # the bank ends each line, but not the header, with a comma
    return [row.details, f"{row.date:%m/%d/%Y}", row.description, row.amount, row.type, balance, row.check, ""]


def _capital_one(row: banks.CardRow) -> list[object]:
    debit, credit = (row.amount, "") if row.amount > 0 else ("", -row.amount)
    return [row.date, row.posted, CARD_NUMBER, row.description, row.category, debit, credit]


def write(folder: Path, made: Mapping[str, bytes]) -> list[Path]:
    """Write files to a folder, and return their paths."""
    folder.mkdir(parents=True, exist_ok=True)
    paths = [folder / name for name in made]
    for path, data in zip(paths, made.values(), strict=True):
        path.write_bytes(data)
    return paths


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description="Write the sample practice's files to a folder.")
    parser.add_argument("folder", type=Path)
    write(parser.parse_args().folder, files())
