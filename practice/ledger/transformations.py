"""Beancount's transformations of a ledger, those that can change nothing left out.

After the parser Beancount looks for documents, runs the plugins, fills pads and compares balances, and sorts all
entries after each. Without documents, plugins and pads only the balances are left to compare, and without balances
nothing.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from beancount import loader
from beancount.core.data import Balance, Directive, Document, Pad
from beancount.ops import balance

_POST: Final = ("beancount.ops.pad", "beancount.ops.balance")
"""What Beancount runs after the plugins, as far as this module knows it."""


def run(entries: list[Directive], options: dict[str, Any]) -> tuple[list[Directive], list[Any]]:
    """The entries, which are sorted, and the errors that `beancount.loader.run_transformations` gives."""
    kinds = set(map(type, entries))
    if not are_known(options) or options["plugin"] or Pad in kinds or Document in kinds:
        return loader.run_transformations(entries, [], options, None)
    if Balance not in kinds:
        return entries, []
    try:
        compared: tuple[list[Directive], list[Any]] = balance.check(entries, options)  # type: ignore[no-untyped-call]
    except Exception:  # noqa: BLE001 - the loader makes an error of whatever it is
        return loader.run_transformations(entries, [], options, None)
    return compared


def are_known(options: Mapping[str, Any]) -> bool:
    """Whether Beancount runs nothing on a ledger but its plugins, pads and balances."""
    known = tuple(name for name, _ in loader.PLUGINS_POST) == _POST and not loader.PLUGINS_AUTO
    return known and options["plugin_processing_mode"] == "default" and not options["documents"]
