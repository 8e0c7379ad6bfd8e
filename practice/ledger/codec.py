"""One ledger file's booked entries as bytes, much smaller and quicker to read back than a pickle of them.

Nearly all entries of a practice are transactions and `custom` directives. They are written as plain tuples by
`marshal`; what occurs again and again in them (days, amounts, tolerances) and whatever is not common stands once in a
pool, which is pickled. Values that the entries share are immutable; each entry gets a metadata dictionary of its own.
Only the classes that a ledger is made of are ever read back from a pool.
"""

from __future__ import annotations

import datetime
import io
import marshal
import pickle
import sys
import zlib
from collections import defaultdict
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any, Final

from beancount.core import data, display_context, distribution
from beancount.core.amount import Amount
from beancount.core.data import EMPTY_SET, Custom, Directive, Posting, Transaction
from beancount.parser.grammar import ValueType
from beancount.utils.defdict import ImmutableDictWithDefault
from daysheet.ledger.booking import own

_LEVEL: Final = 1
_TOLERANCES: Final = "__tolerances__"
_PLACE: Final = ("filename", "lineno")
_FIELDS_OF_CUSTOM: Final = 5
_CLASSES: Final = {
    (kind.__module__, kind.__qualname__): kind
    for kind in (
        *data.ALL_DIRECTIVES,
        Posting,
        Amount,
        ValueType,
        ImmutableDictWithDefault,
        data.Booking,
        display_context.DisplayContext,
        display_context._CurrencyContext,
        display_context._FixedPrecisionContext,
        distribution.Distribution,
        defaultdict,
        datetime.date,
        Decimal,
        bool,
        frozenset,
        int,
        set,
        str,
    )
}

Options = dict[str, Any]


def encode(entries: Sequence[Directive], options: Options, filename: str) -> bytes:
    """The booked entries and the options of one file as bytes; `filename` as in `decode`."""
    pool = _Pool(options, filename)
    rows = [_row(entry, pool) for entry in entries]
    content = marshal.dumps((pickle.dumps(pool.values, pickle.HIGHEST_PROTOCOL), rows))
    return zlib.compress(content, _LEVEL)


def decode(content: bytes, filename: str) -> tuple[list[Directive], Options]:
    """What `encode` was given.

    Args:
        content: the bytes.
        filename: the name of the file, as its entries give it.

    Raises:
        ValueError: the bytes are damaged.
    """
    try:
        plain = zlib.decompress(content)
    except zlib.error as problem:
        raise ValueError(str(problem)) from None
    pickled, rows = marshal.loads(plain)  # noqa: S302 - its checksum is right: these are the bytes that we wrote
    pool = _Unpickler(io.BytesIO(pickled)).load()
    return _entries(rows, pool, filename), pool[0]


class _Unpickler(pickle.Unpickler):
    """Reads back what a ledger is made of, and nothing that could run."""

    def find_class(self, module: str, name: str) -> Any:  # noqa: ANN401 - as its parent's
        try:
            return _CLASSES[module, name]
        except KeyError:
            raise pickle.UnpicklingError(f"{module}.{name} is not part of a ledger") from None


class _Pool:
    """Values by their number, each once: equal values that are written differently (1.0 and 1.00) are two."""

    def __init__(self, options: Options, filename: str) -> None:
        self.filename = filename
        self.values: list[Any] = [options]
        self._numbers: dict[Any, int] = {}
        self._texts: dict[str | None, str | None] = {}

    def text(self, text: str | None) -> str | None:
        """One object for equal texts, which `marshal` then writes once."""
        return self._texts.setdefault(text, text)

    def day(self, day: datetime.date) -> int:
        return self._numbers.get(day) or self._add(day, day)

    def amount(self, amount: Amount) -> int:
        key = (str(amount.number), amount.currency)
        return self._numbers.get(key) or self._add(key, amount)

    def tolerances(self, tolerances: ImmutableDictWithDefault) -> int:
        """Equal ones stand here once; each transaction gets its own when they are read back."""
        key = (str(tolerances.default), *((currency, str(number)) for currency, number in tolerances.items()))
        return self._numbers.get(key) or self._add(key, tolerances)

    def places(self, meta: Mapping[str, Any]) -> bool:
        """Whether metadata says the place in the file, and not what the user calls `filename` or `lineno`."""
        return type(meta["lineno"]) is int and meta["filename"] == self.filename

    def value(self, value: object) -> int:
        if type(value) is Amount:
            return self.amount(value)
        return self.day(value) if type(value) is datetime.date else self.other(value)

    def other(self, value: object) -> int:
        self.values.append(value)
        return len(self.values) - 1

    def _add(self, key: object, value: object) -> int:
        self._numbers[key] = number = self.other(value)
        return number


def _row(entry: Directive, pool: _Pool) -> Any:  # noqa: ANN401 - a tuple of plain values, or a number
    if not pool.places(entry.meta):
        return pool.other(entry)
    if isinstance(entry, Transaction):
        return (
            entry.meta["lineno"],
            pool.day(entry.date),
            entry.flag,
            pool.text(entry.payee),
            pool.text(entry.narration),
            entry.tags or None,
            entry.links or None,
            _extras(entry.meta, pool),
            pool.tolerances(entry.meta[_TOLERANCES]),
            [_posting(posting, pool) for posting in entry.postings],
        )
    if isinstance(entry, Custom):
        values = entry.values and [v.value if v.dtype is str else pool.other(v) for v in entry.values]
        return entry.meta["lineno"], pool.day(entry.date), sys.intern(entry.type), values, _extras(entry.meta, pool)
    return pool.other(entry)


def _posting(posting: Posting, pool: _Pool) -> Any:  # noqa: ANN401 - a tuple of plain values, or a number
    units, meta = posting.units, posting.meta
    if (
        units is None
        or posting.price is not None
        or posting.flag is not None
        or meta is None
        or len(meta) != len(_PLACE)
        or not pool.places(meta)
    ):
        return pool.other(posting)
    return sys.intern(posting.account), pool.amount(units), meta["lineno"]


def _extras(meta: Mapping[str, Any], pool: _Pool) -> list[Any] | None:
    """Metadata but for the place and the tolerances: keys and values in turn."""
    extras: list[Any] = []
    for key, value in meta.items():
        if key not in _PLACE and key != _TOLERANCES:
            extras += (sys.intern(key), pool.text(value) if type(value) is str else pool.value(value))
    return extras or None


def _entries(rows: Sequence[Any], pool: Sequence[Any], filename: str) -> list[Directive]:
    # `tuple.__new__` makes a named tuple in half the time that its own constructor takes
    new: Any = tuple.__new__
    entries: list[Directive] = []
    for row in rows:
        if type(row) is int:
            entries.append(pool[row])
        elif len(row) == _FIELDS_OF_CUSTOM:
            line, day, kind, values, extras = row
            typed = values and [new(ValueType, (value, str)) if type(value) is str else pool[value] for value in values]
            entries.append(new(Custom, (_meta(filename, line, extras, pool), pool[day], kind, typed)))
        else:
            line, day, flag, payee, narration, tags, links, extras, tolerances, legs = row
            meta = _meta(filename, line, extras, pool)
            meta[_TOLERANCES] = own(pool[tolerances])
            postings = [
                pool[leg]
                if type(leg) is int
                else new(Posting, (leg[0], pool[leg[1]], None, None, None, {"filename": filename, "lineno": leg[2]}))
                for leg in legs
            ]
            fields = (meta, pool[day], flag, payee, narration, tags or EMPTY_SET, links or EMPTY_SET, postings)
            entries.append(new(Transaction, fields))
    return entries


def _meta(filename: str, line: int, extras: Sequence[Any] | None, pool: Sequence[Any]) -> dict[str, Any]:
    meta: dict[str, Any] = {"filename": filename, "lineno": line}
    if extras:
        pairs = iter(extras)
        for key, value in zip(pairs, pairs, strict=True):
            meta[key] = pool[value] if type(value) is int else value
    return meta
