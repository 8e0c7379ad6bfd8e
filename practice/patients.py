"""Patients as tokens: the ledger knows that two visits are of one patient, and not of whom.

A token is `pt-` and the first 48 bits of HMAC-SHA-256 of the practice system's patient id (or name, where it has no id)
under a secret that lives outside the books. Two of 10,000 patients share a token with probability 2 in ten million. The
ledger is *pseudonymised*, not de-identified: who holds the secret or the originals can find the patient.
"""

from __future__ import annotations

import glob
import hashlib
import hmac
import os
import re
import secrets
import shlex
import unicodedata
from collections.abc import Callable
from pathlib import Path
from typing import Final, NamedTuple

from daysheet import files
from daysheet.errors import DaysheetError
from daysheet.settings import FILE
from daysheet.trust.paths import is_plain_name

PREFIX: Final = "pt-"
OPAQUE_PREFIX: Final = "x-"
SECRET_VARIABLE: Final = "DAYSHEET_SECRET"  # noqa: S105 - the name of a variable, not a secret
_DIGITS: Final = 12
_HEXADECIMAL: Final = rf"[0-9a-f]{{{_DIGITS}}}"
TOKEN: Final = re.compile(PREFIX + _HEXADECIMAL)
"""What a token looks like; nothing else in the books does."""
OPAQUE: Final = re.compile(OPAQUE_PREFIX + _HEXADECIMAL)
"""What stands for an id or a cell that could name a patient, and is no patient's token."""
RESTORE: Final = "put its back-up in its place"
IN_TEXT: Final = re.compile(rf'(?<![0-9A-Za-z])pt-{_HEXADECIMAL}(?![0-9A-Za-z])|"x-{_HEXADECIMAL}"')
"""A token, or what stands for another name, in a ledger's text."""
_MINIMUM: Final = 16
_MOST_BYTES: Final = 4096
_FINGERPRINT_DIGITS: Final = 16
_CONSTANT: Final = b"daysheet: the secret that these books' tokens are made with"


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


def fingerprint(secret: bytes) -> str:
    """What a secret is known by in the books: a keyed hash of a constant, from which nothing of it can be told."""
    return hmac.new(secret, _CONSTANT, hashlib.sha256).hexdigest()[:_FINGERPRINT_DIGITS]


class Held(NamedTuple):
    """A secret on this machine, and its file; None where `DAYSHEET_SECRET` holds it."""

    secret: bytes
    path: Path | None

    @property
    def fingerprint(self) -> str:
        """What it is known by."""
        return fingerprint(self.secret)


def secret_path(practice: str) -> Path:
    """Where the secret of a practice lives: in the user's configuration folder, never in the books.

    Raises:
        DaysheetError: the practice's id cannot be part of a file's name.
    """
    if not is_plain_name(practice):
        raise DaysheetError(
            "the id of [practice] cannot name the file of its secret",
            filename=FILE,
            remedy='write letters, digits, dots and dashes, such as id = "willow-creek"',
        )
    return files.users_config() / "daysheet" / f"{practice}.secret"


def former_path(practice: str, known_by: str) -> Path:
    """Where a secret is kept that was rotated out, or is about to take its place, by its fingerprint."""
    return secret_path(practice).with_suffix(f".{known_by}.secret")


def back_up_note(practice: str) -> Path:
    """Where it is noted which secret was backed up last, and to what file."""
    return secret_path(practice).with_suffix(".back-up")


def held(practice: str) -> list[Held]:
    """The secrets of a practice on this machine: `DAYSHEET_SECRET`, else its file and then those before it.

    Args:
        practice: the `id` in `[practice]`.

    Raises:
        DaysheetError: one is too short to be a secret, or other users of the machine can read it.
    """
    given = os.environ.get(SECRET_VARIABLE)
    if given is not None:
        return [Held(_sound(given.strip(), None), None)]
    path = secret_path(practice)
    former = sorted(path.parent.glob(f"{glob.escape(practice)}.{'[0-9a-f]' * _FINGERPRINT_DIGITS}.secret"))
    return [Held(_sound(_read(each), each), each) for each in (path, *former) if each.is_symlink() or each.exists()]


def make(practice: str) -> Held:
    """A new secret of a practice that has none on this machine, in its file, which this user alone can read.

    Raises:
        OSError: the disk refuses.
    """
    return keep(secret_path(practice), new_secret())


def new_secret() -> bytes:
    """256 bits that nobody can guess, in hexadecimal."""
    return secrets.token_hex(32).encode()


def keep(path: Path, secret: bytes) -> Held:
    """Put a secret at a path, for this user alone.

    Raises:
        OSError: the disk refuses.
    """
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    files.write(path, secret + b"\n", private=True)
    return Held(secret, path)


def _read(path: Path) -> str:
    """A secret's file.

    Raises:
        DaysheetError: somebody else may have read it, or it is no secret's file.
    """
    if not path.is_file():
        words = "a link that leads nowhere" if path.is_symlink() else "no plain file"
        raise DaysheetError(f"the patient secret is {words}", filename=path, remedy=RESTORE)
    if os.name == "posix" and path.stat().st_mode & 0o077:
        raise DaysheetError(
            "other users of this machine can read the patient secret",
            filename=path,
            remedy=f"chmod 600 {shlex.quote(str(path))}; if somebody may have read it: daysheet secret rotate",
        )
    try:
        with path.open("rb") as file:
            return file.read(_MOST_BYTES).decode("ascii").strip()
    except UnicodeDecodeError:
        raise DaysheetError("the patient secret is damaged", filename=path, remedy=RESTORE) from None


def _sound(text: str, path: Path | None) -> bytes:
    if len(text) < _MINIMUM:
        raise DaysheetError(
            f"the patient secret has fewer than {_MINIMUM} characters",
            filename=path or SECRET_VARIABLE,
            remedy=RESTORE,
        )
    return text.encode()
