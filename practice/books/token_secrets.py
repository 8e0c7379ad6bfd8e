"""What books say of the secret that patients' tokens are made with: its fingerprint, never itself.

Example:
    1900-01-01 custom "patient-secret" "0f6c3a9e51b2d784"
    1900-01-01 custom "patient-secret" "77aa3a9e51b2d7c0" "0f6c3a9e51b2d784"
"""

from __future__ import annotations

import re
from typing import Final, NamedTuple

from beancount.core.data import Custom
from daysheet.records import Meta

TYPE: Final = "patient-secret"
_FINGERPRINT: Final = re.compile(r"[0-9a-f]{16}")
_REMARK: Final = "; what patients' tokens are made with: daysheet secret show-fingerprint"


class TokenSecret(NamedTuple):
    """A secret by its fingerprint, and by its own that of the one before it; empty where it was never rotated."""

    fingerprint: str
    former: str
    meta: Meta


def parse_secret(entry: Custom) -> TokenSecret | None:
    """The secret that a directive names, or None when it is of another type.

    Raises:
        ValueError: it is not as an import writes it.
    """
    if entry.type != TYPE:
        return None
    values = [value.value for value in entry.values or ()]
    said = all(isinstance(value, str) and _FINGERPRINT.fullmatch(value) for value in values)
    if not said or len(values) not in (1, 2):
        raise ValueError(f"{TYPE}: this is not what an import writes; daysheet secret show-fingerprint says what is")
    return TokenSecret(values[0], values[1] if len(values) > 1 else "", entry.meta)


def line(fingerprint: str, former: str = "") -> str:
    """The line by which books name their secret."""
    before = f' "{former}"' if former else ""
    return f'1900-01-01 custom "{TYPE}" "{fingerprint}"{before} {_REMARK}\n'
