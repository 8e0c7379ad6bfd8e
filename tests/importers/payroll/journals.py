"""Payroll journals in Gusto's layout, made up; the generator's own record says what each paycheck is."""

from __future__ import annotations

import datetime
import random
from collections.abc import Iterable
from decimal import Decimal
from typing import NamedTuple

D = Decimal
FIRST = ("Last Name", "First Name", "Work Address", "Employee Type", "Payment", "Regular (Hours)", "Regular (Rate)")
NAMES = ("Quillfeather,Maren", "Oakhollow,Tobin", "Brambling,Isolde")


class Check(NamedTuple):
    """A paycheck as it was invented."""

    name: str
    day: datetime.date
    gross: D
    income_tax: D
    fica: D
    futa: D
    state: D
    health: D
    medical: D
    reimbursed: D

    @property
    def net(self) -> D:
        return self.gross - self.income_tax - self.fica - self.health + self.reimbursed


def cents(amount: D) -> D:
    return amount.quantize(D("0.01"))


def checks(days: Iterable[datetime.date], seed: str = "pay") -> list[Check]:
    """Each employee's paycheck of some pay days."""
    chance, earned, found = random.Random(seed), dict.fromkeys(NAMES, D(0)), []
    for day in days:
        for name in NAMES:
            gross = D(chance.randrange(90000, 400000)) / 100
            of_futa = max(D(0), min(gross, 7000 - earned[name]))
            earned[name] += gross
            social, medicare = cents(gross * D("0.062")), cents(gross * D("0.0145"))
            health = D(40) if name == NAMES[0] else D(0)
            refund = D("12.50") if chance.random() < 0.3 else D(0)
            found.append(
                Check(name, day, gross, cents(gross / 10), social + medicare, cents(of_futa * D("0.006")),
                      cents(gross / 100), health, health * 2, refund)
            )  # fmt: skip
    return found


def _row(name: str, check: Check, *, tips: bool) -> str:
    social = cents(check.gross * D("0.062"))
    medicare = check.fica - social
    employer = check.fica + check.futa + check.state
    paid = check.net - check.reimbursed
    cells = [
        *name.split(","), "Office", "Hourly", "Direct Deposit", "80", "", f"{check.gross}", "", *[""] * tips,
        f"{check.gross}", f"{check.income_tax + check.fica}", f"{check.income_tax}", f"{social}", f"{medicare}",
        f"{employer}", f"{social}", f"{medicare}", f"{check.futa}", f"{check.state}", f"{check.health or ''}",
        f"{check.medical or ''}", f"{paid}", f"{check.reimbursed or ''}", "", f"{check.net}",
        f"{check.gross + employer + check.medical + check.reimbursed}",
    ]  # fmt: skip
    return ",".join(cells)


def header(*, tips: bool = False) -> str:
    names = [
        *FIRST, "Regular (Amount)", "Additional Earnings", *["Paycheck Tips"] * tips, "Gross Earnings",
        "Employee Taxes", "Federal Income Tax (Employee)", "Social Security (Employee)", "Medicare (Employee)",
        "Employer Taxes", "Social Security (Employer)", "Medicare (Employer)", "FUTA (Employer)",
        "OH Unemployment Tax (Employer)", "Medical (Employee Deduction)", "Medical (Company Contribution)", "Net Pay",
        "Reimbursements", "Donations", "Check Amount", "Employer Cost",
    ]  # fmt: skip
    return ",".join(names)


def gusto(found: list[Check], *, tips: bool = False, totals: bool = True) -> str:
    """The journal of some paychecks, a section for each pay day."""
    lines = ["Payroll Journal Report", "", "Stonecrop Family Dental", "", "Employee Earnings"]
    for day in sorted({check.day for check in found}):
        mine = [check for check in found if check.day == day]
        begin, end = day - datetime.timedelta(days=20), day - datetime.timedelta(days=7)
        lines.append(f'Every other Friday payroll period," {begin:%m/%d/%Y} - {end:%m/%d/%Y}"')
        lines.append(f'Pay day," {day:%m/%d/%Y}"')
        lines.append(header(tips=tips))
        rows = [_row(check.name, check, tips=tips) for check in mine]
        lines += rows
        if totals:
            table = [[D(cell) if cell.replace(".", "").isdigit() else D(0) for cell in row.split(",")] for row in rows]
            sums = [sum(column) for column in zip(*table, strict=True)]
            lines.append(",".join(["Payroll Totals", "", "", "", "", *[str(total or "") for total in sums[5:]]]))
        lines.append("")
    return "\n".join(lines) + "\n"
