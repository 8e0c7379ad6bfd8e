"""Directives as ledger text that is certain to mean what was meant.

Beancount's printer does not validate: a payee, a link or a metadata key from a hostile file can print as new
directives. So every field that is not free text is checked against the grammar, control characters are refused, and
what was printed is parsed again and must be equal to what was meant before anything is written.
"""

from __future__ import annotations

import datetime
import re
from collections.abc import Iterable, Sequence
from typing import Any, Final

from beancount.core.amount import Amount
from beancount.core.data import Custom, Directive, Posting, Transaction
from beancount.parser import parser, printer
from daysheet.errors import DaysheetError

_META_KEY: Final = re.compile(r"[a-z][a-zA-Z0-9_-]+\Z")
_LINK_OR_TAG: Final = re.compile(r"[A-Za-z0-9_/.-]+\Z")
_ACCOUNT: Final = re.compile(r"[A-Z][A-Za-z0-9-]*(:[A-Z0-9][A-Za-z0-9-]*)+\Z")
_CURRENCY: Final = re.compile(r"[A-Z][A-Z0-9'._-]{0,22}[A-Z0-9]?\Z")
_CONTROL: Final = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069\ufeff]")
_OWN_META: Final = frozenset({"filename", "lineno"})


def clean(text: str) -> str:
    """Text from a file as one line: control characters and direction marks become spaces, runs of spaces one."""
    return " ".join(_CONTROL.sub(" ", text).split())


def link(identifier: str) -> str:
    """An identifier as a link or tag: whatever the grammar does not allow becomes a dash."""
    return re.sub(r"[^A-Za-z0-9_/.-]", "-", identifier)


def render(entries: Sequence[Directive]) -> str:
    """The text of these directives, one blank line between transactions, that parses back to the same directives.

    Raises:
        DaysheetError: a field cannot be written safely, or the text does not mean what was meant.
    """
    for entry in entries:
        _validate(entry)
    text = "\n".join(printer.format_entry(escaped(entry)) for entry in entries)
    parsed, errors, _ = parser.parse_string(text)
    if errors or sorted(map(_meaning, parsed)) != sorted(map(_meaning, entries)):
        raise DaysheetError("an entry cannot be written as ledger text without changing its meaning")
    return text


def escaped(entry: Directive) -> Directive:
    """An entry as the printer needs it: it escapes the quotes of every text but those of a `custom` directive."""
    if not isinstance(entry, Custom):
        return entry
    return entry._replace(
        values=[
            value._replace(value=value.value.replace("\\", "\\\\").replace('"', '\\"')) if value.dtype is str else value
            for value in entry.values
        ]
    )


def _validate(entry: Directive) -> None:
    _validate_meta(entry.meta)
    if isinstance(entry, Transaction):
        for word in (*entry.tags, *entry.links):
            _require(_LINK_OR_TAG, word, "tag or link")
        _refuse_control(entry.payee or "")
        _refuse_control(entry.narration or "")
        for posting in entry.postings:
            _require(_ACCOUNT, posting.account, "account")
            if posting.units is not None:
                _require(_CURRENCY, posting.units.currency, "currency")
            if posting.meta:
                _validate_meta(posting.meta)
    elif isinstance(entry, Custom):
        _refuse_control(entry.type)
        for value in entry.values:
            if isinstance(value.value, str):
                _refuse_control(value.value)


def _validate_meta(meta: dict[str, Any]) -> None:
    for key, value in meta.items():
        if key in _OWN_META:
            continue
        _require(_META_KEY, key, "metadata key")
        if isinstance(value, str):
            _refuse_control(value)
        elif isinstance(value, list | int) and not isinstance(value, bool):
            raise DaysheetError(f"metadata {key} has a type that the ledger cannot hold")


def _require(pattern: re.Pattern[str], word: str, what: str) -> None:
    if not pattern.match(word):
        raise DaysheetError(f"not a {what} that a ledger can hold")


def _refuse_control(text: str) -> None:
    if _CONTROL.search(text):
        raise DaysheetError("text with control characters cannot be written to the ledger")


def _meaning(entry: Directive) -> str:
    """All that an entry says, places left out, in a form that can be compared."""
    return repr([type(entry).__name__, *(_plain(value) for value in entry)])


def _plain(value: Any) -> Any:  # noqa: ANN401 - a directive holds values of many types
    if isinstance(value, dict):
        return sorted((key, _plain(item)) for key, item in value.items() if key not in _OWN_META)
    if isinstance(value, frozenset | set):
        return sorted(value)
    if isinstance(value, Posting):
        return [_plain(part) for part in value]
    if isinstance(value, Amount):
        return (str(value.number), value.currency)
    if isinstance(value, datetime.date):
        return value.isoformat()
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    return str(value)


def stable_order(entries: Iterable[Directive]) -> list[Directive]:
    """Entries by date, and within a day as they came."""
    return sorted(entries, key=lambda entry: entry.date)
