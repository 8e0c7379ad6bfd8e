"""The language of payroll profiles: what a TOML file named `payroll-….toml` may say, each with what it means.

A payroll program's journal is declared as a map from columns to the parts of a paycheck. A column is named literally,
or by a pattern in which `*` stands for anything, such as `* (Employee)`; each column of the file is of the first part
that names it literally, else of the first that has a pattern for it. What no part names is not read.

Example:
    title = "Payroll program, journal"
    source = "https://… (header line)"
    employee = ["Employee"]
    date = "Pay date"
    gross = ["Gross pay"]
    withheld = ["* tax (employee)"]
    fica = ["Social security (employer)", "Medicare (employer)"]
    net = ["Net pay"]
    [match]
    header = ["Employee", "Pay date", "Gross pay", "Net pay"]
    [dates]
    format = ["%m/%d/%Y"]
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from daysheet.importers.systems.profile import Columns, Dates, Layout
from daysheet.strict_toml import word

PARTS: Final = (
    "gross", "withheld", "deductions", "fica", "futa", "state", "contributions", "reimbursed", "donated", "net",
)  # fmt: skip
"""The parts of a paycheck that columns of money are of."""
CHECKS: Final = ("withheld", "employer", "net", "cost", "gross")
"""Sums of parts that a file may state, by which each row is proved."""


@dataclass(frozen=True, kw_only=True)
class Match:
    """What a file must show to be read by this profile (`[match]`)."""

    header: Columns = word("Columns that the header row has, in any order, among others.", ...)
    filename: str = word("A regular expression that must be found in the file's name.", "", regex=True)


@dataclass(frozen=True, kw_only=True)
class Sections:
    """Rows that stand before or between headers (`[sections]`), by regular expressions on their first cell."""

    day: str = word("The row whose second cell is the pay day of what follows.", "", regex=True)
    period: str = word("The row whose second cell is the period that is paid for.", "", regex=True)
    totals: str = word("The row of sums: every column of money is proved by it.", "", regex=True)


@dataclass(frozen=True, kw_only=True)
class Sample:
    """Invented rows in the journal's shape and the paychecks they must give: the profile's own test (`[sample]`)."""

    text: str = word("The file.", ...)
    filename: str = word("Its name, where that matters.", "sample.csv")
    paychecks: tuple[dict[str, str], ...] = word(
        "Every paycheck in order: those of its fields that are to be compared, dates as 2026-03-31.", ...
    )


@dataclass(frozen=True, kw_only=True)
class PayrollProfile:
    """One payroll program's journal."""

    title: str = word("What a person calls it.", ...)
    source: str = word("Where the layout is published: repository and path, its licence.", ...)
    match: Match = word("How the file is recognised.", ...)
    dates: Dates = word("How dates are written.", ...)
    employee: Columns = word("Columns that together say whose paycheck it is; they become an opaque word.", ...)
    gross: Columns = word("What was earned before anything is withheld.", ...)
    sample: Sample = word("The profile's own test.", ...)
    file: Layout = word("How the file is written.", Layout())
    sections: Sections = word("Rows between the headers.", Sections())
    decimal: str = word("The decimal mark.", ".", choices=(".", ","))
    date: str = word("The column of the pay day; left out, a section says it.", "")
    id: str = word("The program's own number of the paycheck.", "")
    withheld: Columns = word("Taxes withheld from the employee.", ())
    deductions: Columns = word("What else was kept from the employee, such as insurance and retirement.", ())
    fica: Columns = word("The employer's social security and Medicare.", ())
    futa: Columns = word("The employer's federal unemployment tax.", ())
    state: Columns = word("The employer's state unemployment and other state taxes.", ())
    contributions: Columns = word("What the employer pays for the employee beside wages, such as insurance.", ())
    reimbursed: Columns = word("Expenses paid back with the paycheck.", ())
    donated: Columns = word("What the employee gives from the paycheck.", ())
    net: Columns = word("What the employee gets; left out, the file does not tell it.", ())
    checks: dict[str, str] = word(
        f"Columns that state sums of the parts, by which each row is proved: {', '.join(CHECKS)}.", {}
    )
