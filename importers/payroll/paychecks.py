"""One row of a payroll journal as a paycheck, proved by its own sums."""

from __future__ import annotations

import datetime
import re
from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal
from pathlib import Path
from typing import Final

from daysheet.errors import DaysheetError
from daysheet.importers.payroll.profile import PARTS, PayrollProfile
from daysheet.importers.rows.header import norm
from daysheet.importers.rows.values import amount_parser
from daysheet.records import Paycheck

_ZERO: Final = Decimal()


class Header:
    """A header row: where each column is, and of which part of a paycheck."""

    def __init__(self, profile: PayrollProfile, cells: Sequence[str]) -> None:
        """The cells of the row."""
        self.names = [" ".join(cell.split()) for cell in cells]
        self.places = {norm(name): at for at, name in enumerate(self.names)}
        self.width = len(self.names)
        self.parts: dict[int, str] = {}
        for at, name in enumerate(self.names):
            part = _part_of(profile, name)
            if part:
                self.parts[at] = part
        stated = [self.places.get(norm(column)) for column in profile.checks.values()]
        self.money = list(dict.fromkeys([*self.parts, *(place for place in stated if place is not None)]))


def _part_of(profile: PayrollProfile, name: str) -> str:
    """The part that a column is of: literally named by it, else by the first pattern that fits."""
    for part in PARTS:
        if any(norm(column) == norm(name) for column in getattr(profile, part)):
            return part
    for part in PARTS:
        for column in getattr(profile, part):
            if "*" in column and re.fullmatch(".*".join(map(re.escape, norm(column).split("*"))), norm(name)):
                return part
    return ""


class Sums:
    """The sums of every column of money since a header, to be proved by a row of totals."""

    def __init__(self, header: Header) -> None:
        """Nothing added yet."""
        self.header = header
        self.found: dict[int, Decimal] = dict.fromkeys(header.money, _ZERO)

    def prove(self, amounts: Mapping[int, Decimal | None], path: Path, line: int) -> None:
        """Refuse a row of totals that says another sum than the rows above.

        Raises:
            DaysheetError: naming the column.
        """
        for at, amount in amounts.items():
            if amount is not None and amount != self.found[at]:
                raise DaysheetError(
                    f'column "{self.header.names[at]}": the rows add up to {self.found[at]:,.2f}, and the totals say'
                    f" {amount:,.2f}",
                    filename=path,
                    line=line,
                    remedy="a row is missing or changed; export the journal again",
                )


def amounts_of(
    profile: PayrollProfile, header: Header, cells: Sequence[str], path: Path, line: int
) -> dict[int, Decimal | None]:
    """Every amount of a row, None for a blank cell.

    Raises:
        DaysheetError: a cell is no amount; the column is named, and the cell not quoted.
    """
    parse = amount_parser(profile.decimal)
    found: dict[int, Decimal | None] = {}
    for at in header.money:
        try:
            found[at] = parse(cells[at])
        except ValueError as problem:
            raise DaysheetError(f'column "{header.names[at]}" {problem}', filename=path, line=line) from None
    return found


def paycheck_of(
    profile: PayrollProfile,
    header: Header,
    amounts: Mapping[int, Decimal | None],
    *,
    employee: str,
    day: datetime.date,
    number: Callable[[], str],
    path: Path,
    line: int,
) -> Paycheck | None:
    """The paycheck of a row; None where the row has no pay.

    Raises:
        DaysheetError: what the row states does not follow from its parts.
    """
    sums = dict.fromkeys(PARTS, _ZERO)
    told = set()
    for at, part in header.parts.items():
        amount = amounts[at]
        if amount is not None:
            sums[part] += amount
            told.add(part)
    if not any(sums.values()):
        return None
    net = sums["net"] if "net" in told else None
    made = Paycheck(
        id=number(),
        date=day,
        employee=employee,
        gross=sums["gross"],
        withheld=sums["withheld"],
        deductions=sums["deductions"] + sums["donated"],
        fica=sums["fica"],
        futa=sums["futa"],
        state=sums["state"],
        contributions=sums["contributions"],
        reimbursed=sums["reimbursed"],
        net=net,
        meta={"filename": str(path), "lineno": line},
    )
    _prove(profile, header, amounts, made, path, line, donated=sums["donated"])
    return made


def _prove(
    profile: PayrollProfile,
    header: Header,
    amounts: Mapping[int, Decimal | None],
    made: Paycheck,
    path: Path,
    line: int,
    *,
    donated: Decimal,
) -> None:
    """Each sum that the row states against its parts, and what is left against what was paid."""
    employer = made.fica + made.futa + made.state
    before = made.gross - made.withheld - (made.deductions - donated)
    worked_out = {
        "gross": made.gross,
        "withheld": made.withheld,
        "employer": employer,
        "net": before,
        "cost": made.gross + employer + made.contributions + made.reimbursed,
    }
    for name, column in profile.checks.items():
        at = header.places.get(norm(column))
        stated = None if at is None else amounts[at]
        if stated is not None and stated != worked_out[name]:
            raise _wrong(column, stated, worked_out[name], path, line)
    if made.net is not None and made.net != before - donated + made.reimbursed:
        raise _wrong(", ".join(profile.net), made.net, before - donated + made.reimbursed, path, line)


def _wrong(column: str, stated: Decimal, worked_out: Decimal, path: Path, line: int) -> DaysheetError:
    return DaysheetError(
        f'column "{column}" says {stated:,.2f}, and the other columns give {worked_out:,.2f}',
        filename=path,
        line=line,
        remedy="a column of the journal is of no part in the profile, or the row was changed: correct that one",
    )
