"""Secrets by reference: from the system's keyring, the environment or a command, never from a file in the books."""

from __future__ import annotations

import os
import shlex
import subprocess
from pathlib import Path

from daysheet.errors import DaysheetError
from daysheet.trust import trusted
from daysheet.trust.settings import command

_HELP = "write keyring:SERVICE/USER, env:NAME or command:PROGRAM …"
_SECONDS = 60


def resolve(reference: str, what: str, folder: Path) -> str:
    """The secret that a reference names; no error ever quotes it.

    Args:
        reference: `keyring:SERVICE/USER`, `env:NAME` or `command:PROGRAM ARGUMENTS` (first line of its output).
        what: what it is for, for the error.
        folder: the books whose settings say so; a command of theirs must be allowed (`daysheet trust`).

    Raises:
        DaysheetError: the reference is malformed, its command is not allowed, or nothing is there.
    """
    kind, _, rest = reference.partition(":")
    if kind == "env" and rest:
        found = os.environ.get(rest)
        remedy = f"set the environment variable {rest}"
    elif kind == "keyring" and "/" in rest:
        service, _, user = rest.partition("/")
        found = _from_keyring(service, user)
        remedy = f"store it with: keyring set {shlex.quote(service)} {shlex.quote(user)}"
    elif kind == "command" and rest:
        trusted.require(folder, [command(folder, reference)])
        found = _from_command(rest)
        remedy = "run the command by hand and see what it prints"
    else:
        raise DaysheetError(f"where the {what} is kept is not said in a way that is understood", remedy=_HELP)
    if not found:
        raise DaysheetError(f"the {what} is not there ({kind})", remedy=remedy)
    return found


def _from_keyring(service: str, user: str) -> str | None:
    import keyring  # noqa: PLC0415 - asking the system's keyring is slow, and seldom wanted
    from keyring.errors import KeyringError  # noqa: PLC0415

    try:
        found: str | None = keyring.get_password(service, user)
    except KeyringError:
        return None
    return found


def _from_command(command: str) -> str | None:
    try:
        done = subprocess.run(  # noqa: S603 - the user's own command, from the user's own settings, without a shell
            shlex.split(command), capture_output=True, text=True, timeout=_SECONDS, check=True
        )
    except (OSError, ValueError, subprocess.SubprocessError):
        return None
    lines = done.stdout.splitlines()
    return lines[0] if lines else None
