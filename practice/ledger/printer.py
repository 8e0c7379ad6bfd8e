"""Directives as ledger text that is certain to mean what was meant.

Beancount's printer does not validate: a payee, a link or a metadata key from a hostile file can print as new
directives. So every field that is not free text is checked against the grammar, control characters are refused, and
what was printed is parsed again and must be equal to what was meant before anything is written.

The text is written here and not by Beancount's printer because a bank's year has 100,000 lines: this is about ten
times as fast, which leaves the time to read it back.
"""

from __future__ import annotations

import datetime
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from decimal import Decimal
from functools import lru_cache
from typing import Any, Final

from beancount.core import account as account_module
from beancount.core import data
from beancount.core.amount import Amount
from beancount.core.data import Custom, Directive, Posting, Transaction
from daysheet.errors import DaysheetError
from daysheet.ledger.parser import read_back

_META_KEY: Final = re.compile(r"[a-z][a-zA-Z0-9_-]+\Z")
_LINK_OR_TAG: Final = re.compile(r"[A-Za-z0-9_/.-]+\Z")
_NOT_IN_LINKS: Final = re.compile(r"[^A-Za-z0-9_/.-]")
_ACCOUNT: Final = re.compile(r"[A-Z](?:[^\W_]|-)*(?::[^\W_](?:[^\W_]|-)*)+\Z")
_CURRENCY: Final = re.compile(r"[A-Z](?:[A-Z0-9'._-]{0,22}[A-Z0-9])?\Z")
_FLAG: Final = re.compile(r"[*!]\Z")
_MARKUP: Final = re.compile(r"<(?=[A-Za-z/!?])")
_CONTROL: Final = re.compile(
    r"[\x00-\x1f\x7f-\x9f\u200e\u200f\u2028\u2029\u202a-\u202e\u2066-\u2069\ufeff\ud800-\udfff]"
)
_OWN_META: Final = frozenset({"filename", "lineno", "__tolerances__", "__automatic__", "__residual__"})
_AT_ONCE: Final = 2_000


def clean(text: str) -> str:
    """Text from a file as one line: control characters and direction marks become spaces, runs of spaces one."""
    return " ".join(_CONTROL.sub(" ", text).split())


def plain(text: str) -> str:
    """Text of others as `clean` gives it, without what could begin markup: Fava's journal shows payees as HTML.

    Example:
        `A <b> & B < C` becomes `A ‹b> & B < C`.
    """
    return _MARKUP.sub("‹", clean(text))


def link(identifier: str) -> str:
    """An identifier as a link or tag: whatever the grammar does not allow becomes a dash."""
    return identifier if _LINK_OR_TAG.match(identifier) else _NOT_IN_LINKS.sub("-", identifier)


def _checked(pattern: re.Pattern[str], what: str) -> Callable[[str], str]:
    """A function that gives back a word of the grammar and refuses any other; the last ones seen are remembered."""

    @lru_cache(maxsize=4096)
    def check(word: str) -> str:
        if not pattern.match(word):
            raise DaysheetError(f"not {what} that a ledger can hold")
        return word

    return check


_account = _checked(_ACCOUNT, "an account")
_currency = _checked(_CURRENCY, "a currency")
_flag = _checked(_FLAG, "a flag")
_link_or_tag = _checked(_LINK_OR_TAG, "a tag or link")
_meta_key = _checked(_META_KEY, "a metadata key")


def render(entries: Sequence[Directive]) -> str:
    """The text of these directives, one blank line between transactions, that parses back to the same directives.

    Raises:
        DaysheetError: a field cannot be written safely, or the text does not mean what was meant.
    """
    chunks = (entries[start : start + _AT_ONCE] for start in range(0, len(entries), _AT_ONCE))
    return "\n".join(_verified([*map(format_entry, chunk)], chunk) for chunk in chunks)


def verify(texts: Sequence[str], entries: Sequence[Directive]) -> None:
    """Make sure that texts which `format_entry` gave parse back to these directives.

    Raises:
        DaysheetError: one does not mean what was meant.
    """
    for start in range(0, len(entries), _AT_ONCE):
        _verified(texts[start : start + _AT_ONCE], entries[start : start + _AT_ONCE])


def _verified(texts: Sequence[str], entries: Sequence[Directive]) -> str:
    text = "\n".join(texts)
    try:
        parsed, errors = read_back(text)
    except UnicodeError:
        raise _changed_meaning() from None
    if errors or len(parsed) != len(entries) or not all(map(same, parsed, entries)):
        raise _changed_meaning()
    return text


def _changed_meaning() -> DaysheetError:
    return DaysheetError("an entry cannot be written as ledger text without changing its meaning")


def format_entry(entry: Directive) -> str:
    """One directive as text that ends with a newline.

    Raises:
        DaysheetError: a field cannot be written safely.
    """
    lines = [head(entry).removesuffix("\n"), *_meta_lines(entry.meta, "  ")]
    if isinstance(entry, Transaction):
        for posting in entry.postings:
            lines.append(_posting_line(posting))
            if posting.meta:
                lines += _meta_lines(posting.meta, "    ")
    lines.append("")
    return "\n".join(lines)


def head(entry: Directive) -> str:
    """The first line of a directive's text, with its end.

    Raises:
        DaysheetError: a field cannot be written safely.
    """
    writer = _WRITERS.get(type(entry))
    if writer is None:
        raise DaysheetError(f"a {type(entry).__name__} is not written to ledgers")
    return f"{entry.date} {writer(entry)}\n"


def _posting_line(posting: Posting) -> str:
    units = posting.units
    if units is None or units.number is None or posting.cost or posting.price or posting.flag:
        raise DaysheetError("a leg without an amount, or with a cost or price, is not written to ledgers")
    return f"  {_account(posting.account):<40} {format(units.number, 'f'):>14} {_currency(units.currency)}"


def _transaction(entry: Transaction) -> str:
    payee = f"{_string(entry.payee)} " if entry.payee else ""
    words = "".join(
        [f" #{_link_or_tag(tag)}" for tag in sorted(entry.tags or ())]
        + [f" ^{_link_or_tag(name)}" for name in sorted(entry.links or ())]
    )
    return f"{_flag(entry.flag or '')} {payee}{_string(entry.narration or '')}{words}"


def _custom(entry: Custom) -> str:
    values = " ".join(
        _account(value.value) if value.dtype == account_module.TYPE else _value(value.value) for value in entry.values
    )
    return f"custom {_string(entry.type)} {values}".rstrip()


def _open(entry: data.Open) -> str:
    if entry.booking is not None:
        raise DaysheetError("a booking method is not written to ledgers")
    currencies = ",".join(map(_currency, entry.currencies or ()))
    return f"open {_account(entry.account)} {currencies}".rstrip()


def _balance(entry: data.Balance) -> str:
    return f"balance {_account(entry.account):<40} {_amount(entry.amount)}"


_WRITERS: Final[Mapping[type, Callable[[Any], str]]] = {
    Transaction: _transaction,
    Custom: _custom,
    data.Open: _open,
    data.Close: lambda entry: f"close {_account(entry.account)}",
    data.Balance: _balance,
    data.Pad: lambda entry: f"pad {_account(entry.account)} {_account(entry.source_account)}",
    data.Commodity: lambda entry: f"commodity {_currency(entry.currency)}",
    data.Price: lambda entry: f"price {_currency(entry.currency)} {_amount(entry.amount)}",
    data.Note: lambda entry: f"note {_account(entry.account)} {_string(entry.comment)}",
    data.Event: lambda entry: f"event {_string(entry.type)} {_string(entry.description)}",
    data.Query: lambda entry: f"query {_string(entry.name)} {_string(entry.query_string)}",
}


def _meta_lines(meta: Mapping[str, Any], indent: str) -> Iterator[str]:
    for key, value in meta.items():
        if key not in _OWN_META:
            yield f"{indent}{_meta_key(key)}:" if value is None else f"{indent}{_meta_key(key)}: {_value(value)}"


def _value(value: Any) -> str:  # noqa: ANN401 - metadata holds values of many types
    if isinstance(value, str):
        return _string(value)
    if value is None:
        return ""
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, Decimal):
        return format(value, "f")
    if isinstance(value, Amount):
        return _amount(value)
    if isinstance(value, datetime.date):
        return value.isoformat()
    raise DaysheetError(f"a value of type {type(value).__name__} is one that the ledger cannot hold")


def _amount(amount: Amount) -> str:
    if amount.number is None:
        raise DaysheetError("an amount without a number is one that the ledger cannot hold")
    return f"{amount.number:f} {_currency(amount.currency)}"


def _string(text: str) -> str:
    if not text.isprintable() and _CONTROL.search(text):  # every control character is none that prints
        raise DaysheetError("text with control characters cannot be written to the ledger")
    if "\\" in text or '"' in text:
        text = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{text}"'


def escaped(entry: Directive) -> Directive:
    """An entry for Beancount's own printer, which escapes the quotes of any text but those in a `custom` directive."""
    if not isinstance(entry, Custom):
        return entry
    return entry._replace(
        values=[
            value._replace(value=value.value.replace("\\", "\\\\").replace('"', '\\"')) if value.dtype is str else value
            for value in entry.values
        ]
    )


def same(one: Directive, other: Directive) -> bool:
    """Whether two directives say the same, wherever they stand."""
    if type(one) is not type(other):
        return False
    if isinstance(one, Transaction) and isinstance(other, Transaction):
        return (
            one.date == other.date
            and one.flag == other.flag
            and (one.payee or "") == (other.payee or "")
            and (one.narration or "") == (other.narration or "")
            and (one.tags or data.EMPTY_SET) == (other.tags or data.EMPTY_SET)
            and (one.links or data.EMPTY_SET) == (other.links or data.EMPTY_SET)
            and _same_meta(one.meta, other.meta)
            and len(one.postings) == len(other.postings)
            and all(map(_same_posting, one.postings, other.postings))
        )
    return _same_meta(one.meta, other.meta) and all(
        mine == theirs or not (mine or theirs) for mine, theirs in zip(one[1:], other[1:], strict=True)
    )


def _same_posting(one: Posting, other: Posting) -> bool:
    return one[:5] == other[:5] and (one.meta is other.meta or _same_meta(one.meta or {}, other.meta or {}))


def _same_meta(one: Mapping[str, Any], other: Mapping[str, Any]) -> bool:
    count = 0
    for key, value in one.items():
        if key not in _OWN_META:
            count += 1
            there = other.get(key, other)  # what is not there is the metadata itself, which no value is
            if type(there) is not type(value) or there != value:
                return False
    return count == len(other) - sum(map(other.__contains__, _OWN_META))


def stable_order(entries: Iterable[Directive]) -> list[Directive]:
    """Entries by date, and within a day as they came."""
    return sorted(entries, key=lambda entry: entry.date)
