"""Dates that a spreadsheet has written anew: the bank's file, opened in Excel and saved, has dates of another form.

Excel shows a day as `3/18/26` or `3/18/2026` (in Europe `18/03/2026`), as `18-Mar-26`, or by its number, 46099. Which
of day and month stands first follows from the bank's own order; where that was year first, the file must settle it.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

from daysheet.importers.rows.cell_kinds import date_formats, part_order
from daysheet.importers.rows.values import EXCEL, date_parser

_SERIAL: Final = re.compile(r"[1-9][0-9]{4}(\.[0-9]+)?")
_WRITTEN_BY_EXCEL: Final = re.compile(r"%[md]/%[md]/%[yY]( %H:%M(:%S)?| %I:%M(:%S)? %p)?|%d-%b-%[yY]")


def rewritten(formats: Sequence[str], cells: Sequence[str]) -> tuple[str, ...]:
    """The one notation in which a spreadsheet has written all these dates, empty if none or several could be it.

    Args:
        formats: strptime notations that the bank writes.
        cells: of the date column, blank ones left out.
    """
    told = [cell for cell in cells if date_formats(cell) or _SERIAL.fullmatch(cell)]
    if 2 * len(told) <= len(cells):
        return ()
    cells = told  # the others are remarks below the table
    if all(map(_SERIAL.fullmatch, cells)):
        return (EXCEL,)
    common = frozenset.intersection(*(date_formats(cell) for cell in cells))
    wanted = part_order(formats[0])
    fitting = {form for form in common if _WRITTEN_BY_EXCEL.fullmatch(form) and _reads(form, cells)}
    if wanted != "Ymd":
        fitting = {form for form in fitting if part_order(form) == wanted or "%b" in form}
    return tuple(fitting) if len(fitting) == 1 else ()


def also_rewritten(formats: Sequence[str]) -> tuple[str, ...]:
    """The notations, with those in which a spreadsheet writes the same days where they settle day and month."""
    order = part_order(formats[0]) if formats else ""
    more = {"mdY": ("%m/%d/%Y", "%m/%d/%y", "%m/%d/%Y %H:%M", "%m/%d/%y %H:%M"), "dmY": ("%d/%m/%Y", "%d/%m/%y")}
    return tuple(dict.fromkeys((*formats, *more.get(order, ()), "%d-%b-%y", EXCEL)))


def _reads(form: str, cells: Sequence[str]) -> bool:
    parse = date_parser((form,))
    try:
        for cell in cells:
            parse(cell)
    except ValueError:
        return False
    return True


def form_of(cell: str) -> str:
    """The form of a date in strptime's words, for messages; of two that fit both, and what else it is."""
    forms = sorted(date_formats(cell))
    if forms:
        return " or ".join(forms)
    return "a spreadsheet's day number" if _SERIAL.fullmatch(cell) else "no date"
