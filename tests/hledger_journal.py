"""Beancount entries as an hledger journal, so that another program can work out the same figures."""

from __future__ import annotations

import csv
import io
import subprocess
from collections.abc import Iterable
from decimal import Decimal
from pathlib import Path

from beancount.core.data import Directive, Posting, Transaction


def write_journal(entries: Iterable[Directive], path: Path) -> Path:
    """Write the transactions as a journal; a price per unit stays one."""
    path.write_text("".join(_entry(entry) for entry in entries if isinstance(entry, Transaction)), encoding="utf-8")
    return path


def balances(hledger: str, journal: Path, *arguments: str) -> dict[str, Decimal]:
    """What `hledger balance` gives for each account at cost, zero balances left out."""
    rows = _run(hledger, journal, "balance", "--flat", "-N", "-B", *arguments)
    return {row[0]: _amount(row[1]) for row in rows[1:] if _amount(row[1])}


def compound(hledger: str, journal: Path, command: str, *arguments: str) -> dict[str, Decimal]:
    """The rows of a compound statement (`incomestatement`, `balancesheetequity`, `cashflow`) by title."""
    rows = _run(hledger, journal, command, "--flat", "-B", *arguments)
    return {row[0]: _amount(row[1]) for row in rows[2:] if row[1:]}


def _run(hledger: str, journal: Path, *arguments: str) -> list[list[str]]:
    command = [hledger, "-f", str(journal), *arguments, "-O", "csv"]
    done = subprocess.run(command, capture_output=True, text=True, check=True, env={"LC_ALL": "C.UTF-8"})
    return list(csv.reader(io.StringIO(done.stdout)))


def _amount(text: str) -> Decimal:
    number = text.replace(" USD", "").replace(",", "").strip()
    return Decimal(number or 0)


def _entry(entry: Transaction) -> str:
    flag = "!" if entry.flag == "!" else "*"
    text = f"{entry.payee or ''} {entry.narration or ''}".replace(";", ",").strip()
    return f"{entry.date} {flag} {text}\n" + "".join(map(_leg, entry.postings)) + "\n"


def _leg(posting: Posting) -> str:
    units = posting.units
    assert units is not None
    assert posting.cost is None
    price = f" @ {posting.price.number} {posting.price.currency}" if posting.price is not None else ""
    return f"    {posting.account}  {units.number} {units.currency}{price}\n"
