"""Descriptions computed of several columns: `{Type}: {Text}[ (check {Check No.})]`.

A name in braces stands for the cell; what stands in square brackets is left out where all its cells are blank.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from typing import Final

from daysheet.importers.banks.profile import Texts
from daysheet.importers.rows.cells import Cells, Column
from daysheet.ledger.printer import plain

_PART: Final = re.compile(r"\[([^\[\]]*)\]|([^\[\]]+)")
_COLUMN: Final = re.compile(r"\{([^{}]*)\}")

Form = Callable[[Cells, str, str], tuple[str, str]]
"""A row's cells, with its payee and narration, to both as the profile's forms compute them."""


def columns_of(form: str) -> list[Column]:
    """The columns that a form names, by name or number."""
    return [int(name) if name.isdigit() else name for name in _COLUMN.findall(form)]


def form_function(texts: Texts, index: Mapping[Column, int]) -> Form | None:
    """What computes payee and narration, None where the profile has no form."""
    if not texts.payee_form and not texts.narration_form:
        return None
    payee_of, narration_of = _filled(texts.payee_form, index), _filled(texts.narration_form, index)

    def form(cells: Cells, payee: str, narration: str) -> tuple[str, str]:
        payee = plain(payee_of(cells)) if texts.payee_form else payee
        narration = plain(narration_of(cells)) if texts.narration_form else narration
        return (payee, "" if narration == payee else narration) if payee else (narration, "")

    return form


def _filled(form: str, index: Mapping[Column, int]) -> Callable[[Cells], str]:
    parts = [(found[1] is not None, found[1] if found[1] is not None else found[2]) for found in _PART.finditer(form)]

    def cell_of(cells: Cells, name: str) -> str:
        place = index.get(int(name) if name.isdigit() else name)
        return "" if place is None else cells[place]

    def filled(cells: Cells) -> str:
        return "".join(
            _COLUMN.sub(lambda found: cell_of(cells, found[1]), text)
            for optional, text in parts
            if not optional or _any([cell_of(cells, name) for name in _COLUMN.findall(text)])
        )

    return filled


def _any(cells: Sequence[str]) -> bool:
    return not cells or any(cells)
