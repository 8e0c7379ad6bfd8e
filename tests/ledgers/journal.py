"""A Beancount ledger as an hledger journal, so that a program nobody here wrote can add it up."""

from __future__ import annotations

import csv
import io
import subprocess
from collections.abc import Iterable
from decimal import Decimal
from pathlib import Path

from beancount.core.data import Directive, Open, Transaction


def journal_of(entries: Iterable[Directive]) -> str:
    """Accounts and transactions, every leg written; what is no money is left out."""
    lines: list[str] = []
    for entry in entries:
        if isinstance(entry, Open):
            lines.append(f"account {entry.account}")
        elif isinstance(entry, Transaction):
            words = " | ".join(filter(None, (entry.payee, entry.narration))).replace(";", ",")
            lines.append(f"\n{entry.date} {entry.flag} {words}")
            for posting in entry.postings:
                assert posting.units is not None
                assert posting.cost is None
                lines.append(f"    {posting.account}  {posting.units.number} {posting.units.currency}")
    return "\n".join(lines) + "\n"


def balances(hledger: str, journal: Path, *query: str) -> dict[str, Decimal]:
    """Each account's balance, or change with `-b`, that is not zero; `query` is hledger's own arguments."""
    command = [hledger, "-f", str(journal), "balance", "--flat", "--no-total", "-O", "csv", *query]
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    return {row["account"]: _amount(row["balance"]) for row in csv.DictReader(io.StringIO(done.stdout))}


def statement(hledger: str, journal: Path, report: str, *query: str) -> dict[str, Decimal]:
    """The lines and totals of `incomestatement` or `balancesheet`, by their first cell."""
    command = [hledger, "-f", str(journal), report, "--flat", "-O", "csv", *query]
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    rows = list(csv.reader(io.StringIO(done.stdout)))
    return {row[0]: _amount(row[1]) for row in rows if len(row) > 1 and row[1].endswith(" USD")}


def _amount(text: str) -> Decimal:
    return Decimal(text.removesuffix(" USD").replace(",", ""))
