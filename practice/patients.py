"""Patients as tokens: the ledger knows that two visits are of one patient, and not of whom.

A token is `pt-` and the first 48 bits of HMAC-SHA-256 of the practice system's patient id (or name, where it has no id)
under a secret that lives outside the books. Two of 10,000 patients share a token with probability 2 in ten million. The
ledger is *pseudonymised*, not de-identified: who holds the secret or the originals can find the patient.
"""

from __future__ import annotations

import hashlib
import hmac
import os
import re
import secrets
import unicodedata
from collections.abc import Callable
from pathlib import Path
from typing import Final

from daysheet import files
from daysheet.errors import DaysheetError

PREFIX: Final = "pt-"
OPAQUE_PREFIX: Final = "x-"
SECRET_VARIABLE: Final = "DAYSHEET_SECRET"  # noqa: S105 - the name of a variable, not a secret
_DIGITS: Final = 12
_HEXADECIMAL: Final = rf"[0-9a-f]{{{_DIGITS}}}"
TOKEN: Final = re.compile(PREFIX + _HEXADECIMAL)
"""What a token looks like; nothing else in the books does."""
OPAQUE: Final = re.compile(OPAQUE_PREFIX + _HEXADECIMAL)
"""What stands for an id or a cell that could name a patient, and is no patient's token."""
_MINIMUM = 16


def token(identifier: str, secret: bytes) -> str:
    """The token of a patient, whatever the case, accents' composition or spacing that a system writes the id in."""
    normal = " ".join(unicodedata.normalize("NFKC", identifier).casefold().split())
    return PREFIX + hmac.new(secret, normal.encode(), hashlib.sha256).hexdigest()[:_DIGITS]


def opaque(text: str, token_of: Callable[[str], str]) -> str:
    """What stands for a cell that could name a patient; equal for equal cells, of whatever case and spacing.

    Args:
        text: the cell.
        token_of: how a patient becomes a token in these books.
    """
    return OPAQUE_PREFIX + token_of(f"cell {text}").removeprefix(PREFIX)


def secret_path(practice: str) -> Path:
    """Where the secret of a practice lives: in the user's configuration folder, never in the books."""
    return files.users_config() / "daysheet" / f"{practice}.secret"


def has_secret(practice: str) -> bool:
    """Whether the secret of a practice is on this machine."""
    return SECRET_VARIABLE in os.environ or secret_path(practice).exists()


def secret_of(practice: str, *, create: bool = False) -> bytes:
    """The secret that a practice's tokens are made with: `DAYSHEET_SECRET`, else its file.

    Args:
        practice: the `id` in `[practice]`.
        create: make a new one when there is none (for books without any token yet).

    Raises:
        DaysheetError: there is none, or it is too short to be one.
    """
    given = os.environ.get(SECRET_VARIABLE)
    path = secret_path(practice)
    if given is None and path.exists():
        given = path.read_text(encoding="ascii").strip()
    if given is None and create:
        given = secrets.token_hex(32)
        files.write(path, (given + "\n").encode())
        path.chmod(0o600)
    if given is None:
        raise DaysheetError(
            "the secret that patient tokens are made with is not on this machine",
            filename=path,
            remedy=f"copy it from the machine that has it, or set {SECRET_VARIABLE}",
        )
    if len(given) < _MINIMUM:
        raise DaysheetError(f"the patient secret has fewer than {_MINIMUM} characters", filename=path)
    return given.encode()
