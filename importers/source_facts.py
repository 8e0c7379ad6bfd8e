"""What a person says of an export's providers and payers: noted in the settings, and declared in the books."""

from __future__ import annotations

import datetime
import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Final, NamedTuple

from beancount.core.data import Custom
from beancount.parser.grammar import ValueType
from daysheet import files
from daysheet.accounts import RECEIVABLE_INSURANCE, account_part
from daysheet.books.loading import load
from daysheet.errors import DaysheetError
from daysheet.importers.privacy import identifiers
from daysheet.ledger.printer import clean, render
from daysheet.strict_toml import quoted

_ID: Final = re.compile(r"[a-z0-9][a-z0-9-]{0,39}", re.IGNORECASE)


class Bearers(NamedTuple):
    """Ids of providers and payers, by what the export calls them."""

    providers: Mapping[str, str] = {}
    payers: Mapping[str, str] = {}


def bearers(providers: Sequence[str], payers: Sequence[str]) -> Bearers:
    """`NAME=ID` as a person writes it.

    Raises:
        DaysheetError: one of them is not of this form; it is not repeated.
    """
    return Bearers(_pairs(providers, "--provider"), _pairs(payers, "--payer"))


def _pairs(texts: Sequence[str], option: str) -> dict[str, str]:
    found = {}
    for text in texts:
        name, equals, identity = text.rpartition("=")
        if not equals or not name.strip() or not _ID.fullmatch(identity.strip()):
            raise DaysheetError(f"{option} is written NAME=ID, the id of letters, digits and dashes")
        found[name.strip()] = identity.strip()
    return found


def note(folder: Path, source: str, said: Bearers, first: datetime.date | None) -> None:
    """Add a `[[source]]` table to the settings, and facts of providers and payers that the books do not know.

    Args:
        folder: the books.
        source: the beginning of the profiles' names.
        said: the names and ids.
        first: the first day of the exports, from which on they are known.
    """
    if not said.providers and not said.payers:
        return
    books = load(folder)
    lines = [f"[[source]]\nprofile = {quoted(source)}"]
    for key, names in (("providers", said.providers), ("payers", said.payers)):
        if names:
            pairs = ", ".join(f"{quoted(name)} = {quoted(identity)}" for name, identity in names.items())
            lines.append(f"{key} = {{ {pairs} }}")
    _append(folder / "daysheet.toml", "\n".join(lines) + "\n")
    day = (first or datetime.date(2000, 1, 1)).replace(day=1)
    facts = []
    for kind, names, known in (
        ("provider", said.providers, identifiers.providers_of(books)),
        ("payer", said.payers, identifiers.payers_of(books)),
    ):
        new: dict[str, str] = {}
        for name, identity in names.items():
            if identifiers.normal(identity) not in known:
                new.setdefault(identity, name)
        facts += [_fact(day, kind, identity, name) for identity, name in new.items()]
    if facts:
        _append(folder / "practice.beancount", "\n".join(facts) + "\n")


def _fact(day: datetime.date, kind: str, identity: str, name: str) -> str:
    said = [ValueType(text, str) for text in (identity, clean(name))]
    text = render([Custom({}, day, kind, said)]).rstrip("\n")
    return text if kind == "provider" else f"{text}\n  receivable: {RECEIVABLE_INSURANCE}:{account_part(identity)}"


def _append(path: Path, text: str) -> None:
    before = path.read_text(encoding="utf-8") if path.exists() else ""
    files.write(path, (before.rstrip("\n") + "\n\n" + text if before.strip() else text).encode())
