"""Columns that name patients: an export that has one is a practice system's, and no bank profile may read it."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Final

_PATIENT: Final = re.compile(
    r"\bpat(ient)?[ _-]?(num(ber)?|no|id|name|guid|account)?\b|patient|\b[lf][ _-]?name\b|"
    r"\b(last|first|family|given|middle|sur)[ _-]?name\b|\bsurname\b|\bd\.?o\.?b\b|\bbirth|\bssn\b|\bmrn\b|"
    r"\bchart[ _-]?(num(ber)?|no|id|#)?\b|\bguarantor|\bsubscriber|\bresponsible party\b|\bmedical record",
    re.IGNORECASE,
)
_HUMP: Final = re.compile(r"(?<=[a-z])(?=[A-Z])")


def patient_columns(header: Iterable[str]) -> list[str]:
    """The columns of a header that name or number a patient, as they are called."""
    return [name for name in header if is_of_patient(name)]


def is_of_patient(name: str) -> bool:
    """Whether a column is called after a patient's name, number or birth date: `LName`, `PatNum`, `DOB`, `Patient`."""
    return bool(_PATIENT.search(name) or _PATIENT.search(_HUMP.sub(" ", name)))
