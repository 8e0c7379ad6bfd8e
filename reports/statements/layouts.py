"""The files that an accountant's own programs take: which there are, what each is called, and for which returns it is.

A layout is made only where the program documents one, and only for the returns that take it:

* Thomson Reuters' Engagement Manager imports a trial balance from a workbook, whatever the return; UltraTax CS takes
  none itself: it retrieves the balances, by tax code, from Engagement Manager, Workpapers CS or Accounting CS.
* ProSeries imports one into the 1120, 1120-S, 1065, 1041 and 990, and not into the 1040 with its Schedule C.
* CaseWare imports one from CSV, whatever the return.
* Lacerte's Trial Balance Utility imports from Excel by columns that the user points at: the workbook does. Drake has a
  template of its own for each return, typed into by hand: the tax-line summary is in the order of its lines.
* QuickBooks takes a journal, for an accountant who keeps the practice's file.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from typing import Final, Literal, NamedTuple

from daysheet.errors import DaysheetError
from daysheet.reports.request import Request
from daysheet.reports.statements import exports, quickbooks

_EVERY: Final = ("schedule-c", "1065", "1120-s")
_XLSX: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


class Layout(NamedTuple):
    """A file for a program.

    Attributes:
        program: whose it is.
        report: the report that it is made of.
        file: its name in a pack.
        media_type: of its bytes.
        returns: the tax returns that it serves, as `return` in the settings names them.
        make: its bytes.
    """

    program: str
    report: Literal["trial-balance", "journal"]
    file: str
    media_type: str
    returns: tuple[str, ...]
    make: Callable[[Request], bytes]

    @property
    def title(self) -> str:
        """What it is, in words."""
        return f"{self.report.replace('-', ' ').capitalize()} for {self.program}"


LAYOUTS: Final[Mapping[str, Layout]] = {
    "engagement": Layout(
        "Thomson Reuters Engagement Manager", "trial-balance", "trial-balance-engagement.xlsx", _XLSX, _EVERY,
        partial(exports.export, "engagement"),
    ),
    "proseries": Layout(
        "ProSeries", "trial-balance", "trial-balance-proseries.prn", "text/plain", ("1065", "1120-s"),
        partial(exports.export, "proseries"),
    ),
    "caseware": Layout(
        "CaseWare", "trial-balance", "trial-balance-caseware.csv", "text/csv", _EVERY,
        partial(exports.export, "caseware"),
    ),
    "quickbooks": Layout(
        "QuickBooks Online", "journal", "journal-quickbooks.csv", "text/csv", _EVERY, quickbooks.to_csv
    ),
    "iif": Layout("QuickBooks Desktop", "journal", "journal-quickbooks.iif", "text/plain", _EVERY, quickbooks.to_iif),
}  # fmt: skip


def serving(returns: str) -> tuple[str, ...]:
    """The names of the layouts that serve a return."""
    return tuple(name for name, layout in LAYOUTS.items() if returns in layout.returns)


def export(name: str, report: str, request: Request) -> bytes:
    """A report in a program's layout.

    Raises:
        DaysheetError: the layout is made of another report, does not serve the practice's return, or the books do not
            give it.
    """
    layout = LAYOUTS[name]
    if report != layout.report:
        raise DaysheetError(
            f"{name} takes a {layout.report.replace('-', ' ')}",
            remedy=f"daysheet report {layout.report} --format {name}",
        )
    returns = request.settings.practice.returns
    if returns not in layout.returns:
        raise DaysheetError(
            f"{layout.program} imports no trial balance into the return of these books ({returns})",
            remedy=f"these serve it: {', '.join(serving(returns))}",
        )
    return layout.make(request)
