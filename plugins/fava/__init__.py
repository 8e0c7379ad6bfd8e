"""Daysheet in Fava; `custom "fava-extension" "daysheet.plugins.fava"` loads it."""

from daysheet.plugins.fava.extension import Daysheet

__all__ = ["Daysheet"]
