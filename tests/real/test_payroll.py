"""300 rows of hours and pay that nobody here wrote: each is a paycheck once, and their sums are the file's own."""

from __future__ import annotations

import csv
from collections import defaultdict
from decimal import Decimal
from pathlib import Path

import pytest
from beancount.core.data import Transaction

from tests.conftest import NO_SAMPLES, SAMPLES
from tests.importers.books_folder import Folder

FILE = SAMPLES / "ledger" / "JordanHirsch__payroll.csv"


@pytest.mark.skipif(not FILE.is_file(), reason=NO_SAMPLES)
def test_every_row_is_a_paycheck_and_the_sums_are_the_files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DAYSHEET_SECRET", "a secret of the tests only")
    folder = Folder(tmp_path / "books")
    (answer,) = folder.take("payroll.csv", FILE.read_bytes())
    with FILE.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    earned: dict[str, Decimal] = defaultdict(Decimal)
    for row in rows:
        earned[row["pay_date"]] += Decimal(row["regular_pay"]) + Decimal(row["overtime_pay"])
    assert (answer["rows"], answer["booked"]) == (len(rows), len(rows))
    assert Decimal(answer["amount"]) == sum(Decimal(row["total_pay"]) for row in rows)
    booked: dict[str, Decimal] = defaultdict(Decimal)
    employees = set()
    for entry in folder.books().entries:
        if isinstance(entry, Transaction) and "paycheck" in entry.meta:
            employees.add(entry.meta["employee"])
            for leg in entry.postings:
                if leg.account == "Expenses:Payroll:Wages" and leg.units is not None:
                    booked[str(entry.date)] += leg.units.number or 0
    assert booked == earned
    assert len(employees) == len({row["employee_id"] for row in rows})
