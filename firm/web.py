"""A table as a page that any browser opens without a server: sorted by a click on a column, nothing fetched."""

from __future__ import annotations

import base64
import hashlib
from functools import cache
from importlib import resources
from typing import Final

from daysheet.reports.formats.figures import for_people, for_programs
from daysheet.reports.formats.text import heading
from daysheet.reports.table import Table
from jinja2 import Environment, PackageLoader, StrictUndefined, Template

_FIGURES: Final = ("money", "count", "percent", "days", "date")


def page(table: Table, firm: str) -> str:
    """The page; what a client is called is text, whatever it says."""
    shown = [at for at, column in enumerate(table.columns) if column.shown != "data"]
    rows = [
        {
            "heading": row.kind == "heading",
            "cells": [
                (form(row.cells[at], table.columns[at].kind, table.decimals) for form in (for_people, for_programs))
                for at in shown
            ],
        }
        for row in table.rows
    ]
    columns = [(table.columns[at].title, table.columns[at].kind in _FIGURES) for at in shown]
    return _template().render(
        firm=firm, title=table.title, about=heading(table)[2], columns=columns, rows=rows, notes=table.notes,
        script=_script(), script_hash=base64.b64encode(hashlib.sha256(_script().encode()).digest()).decode(),
    )  # fmt: skip


@cache
def _script() -> str:
    return (resources.files("daysheet.firm") / "sort.js").read_text(encoding="utf-8")


@cache
def _template() -> Template:
    environment = Environment(
        loader=PackageLoader("daysheet.firm", ""), autoescape=True, undefined=StrictUndefined,
        trim_blocks=True, lstrip_blocks=True,
    )  # fmt: skip
    return environment.get_template("page.html")
