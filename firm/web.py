"""A table as a page that any browser opens, without a server too: sorted by a click on a column, nothing fetched."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Mapping
from functools import cache
from importlib import resources
from typing import Any, Final, NamedTuple

from daysheet.reports.formats.figures import for_people, for_programs
from daysheet.reports.formats.text import heading
from daysheet.reports.table import Table
from jinja2 import Environment, PackageLoader, StrictUndefined, Template

_LONG: Final = 40
"""Characters of a cell that gets a wider column, so that its row stays low."""
_FIGURES: Final = ("money", "count", "percent", "days", "date")


class Live(NamedTuple):
    """What a page has that a server gives.

    Attributes:
        links: where a row leads, by its first cell.
        underway: what is going on, in words; empty for nothing.
        again: the address of this page once that is done; empty for none.
        seconds: after which it is asked for.
    """

    links: Mapping[str, str]
    underway: str = ""
    again: str = ""
    seconds: int = 0


def page(table: Table, firm: str, live: Live | None = None) -> str:
    """The page; what a client is called is text, whatever it says.

    Args:
        table: what it shows.
        firm: whose it is.
        live: what it has besides where a server gives it.
    """
    place = next((at for at, column in enumerate(table.columns) if column.key == "error"), None)
    shown = [at for at, column in enumerate(table.columns) if column.shown != "data"]
    rows: list[dict[str, Any]] = [
        {
            "heading": row.kind == "heading",
            "error": "" if place is None else row.cells[place] or "",
            "link": "" if live is None else live.links.get(str(row.cells[0]), ""),
            "cells": [
                # a list, not a generator, which would look at the row and the column that come last
                [form(row.cells[at], table.columns[at].kind, table.decimals) for form in (for_people, for_programs)]
                for at in shown
            ],
        }
        for row in table.rows
    ]
    told = {f"{row['cells'][0][0]}: {row['error']}." for row in rows if row["error"]}
    columns = [(table.columns[at].title, table.columns[at].kind in _FIGURES) for at in shown]
    return _template("page.html").render(
        firm=firm, title=table.title, about=heading(table)[2], columns=columns, rows=rows, long=_LONG,
        notes=[note for note in table.notes if note not in told], live=live,
        script=script(), script_hash=base64.b64encode(hashlib.sha256(script().encode()).digest()).decode(),
    )  # fmt: skip


def refusal(firm: str, title: str, why: str) -> str:
    """A page that says why something is not shown."""
    return _template("refusal.html").render(firm=firm, title=title, why=why)


@cache
def script() -> str:
    """What sorts the table."""
    return (resources.files("daysheet.firm") / "sort.js").read_text(encoding="utf-8")


@cache
def _template(name: str) -> Template:
    environment = Environment(
        loader=PackageLoader("daysheet.firm", ""), autoescape=True, undefined=StrictUndefined,
        trim_blocks=True, lstrip_blocks=True,
    )  # fmt: skip
    return environment.get_template(name)
