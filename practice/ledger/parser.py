"""Ledger text read by Beancount's own grammar, quickly: ledger files, and what an import prints before it is written.

What is common in ledgers is put together here without the questions that Beancount has to ask of any text; the rest is
left to Beancount's builder, and a file in which anything is wrong to its parser as a whole. So a file gives what
`beancount.parser.parser.parse_file` gives for it, in two thirds of the time.

Text that is read back gives the same but for what no comparison needs: postings carry no place, and no statistics of
digits are kept. Text that does more than give entries (an option, an include, a plugin, a pushed tag) is in error:
entries never print as that.
"""

from __future__ import annotations

import io
from collections import Counter
from decimal import Decimal
from typing import Any, Final, TypeAlias

from beancount.core import data
from beancount.core.amount import Amount
from beancount.core.data import Custom, Directive, Posting, Transaction
from beancount.parser import _parser, grammar, parser  # type: ignore[attr-defined]
from beancount.parser.grammar import KeyValue, ParserError, TagsLinks, ValueType

Part: TypeAlias = Any
"""Whatever the grammar hands on; Beancount does not type it."""

# makes a named tuple in half the time that its own constructor takes
_new: Final[Any] = tuple.__new__


def read_back(text: str) -> tuple[list[Directive], list[Part]]:
    """The entries of a text in its order, unbooked, and the errors in it.

    Raises:
        UnicodeError: it cannot be encoded.
    """
    builder = _ReadBack()  # type: ignore[no-untyped-call]
    _parser.Parser(builder).parse(io.BytesIO(text.encode()), filename="<text>", lineno=1)
    return builder.entries, builder.errors


def parse(text: bytes, filename: str) -> tuple[list[Directive], list[Part], dict[str, Part]]:
    """The entries of a ledger file, unbooked, the errors in it, and its options, as Beancount's parser gives them.

    Args:
        text: of the file.
        filename: as its entries are to give it.

    Raises:
        TypeError: entries cannot be sorted, because one has metadata called `lineno` that is no number.
    """
    builder = _Ledger()
    _parser.Parser(builder).parse(io.BytesIO(text), filename=filename, lineno=1)
    if builder.errors or not builder.is_finite():
        found: tuple[list[Directive], list[Part], dict[str, Part]] = parser.parse_file(io.BytesIO(text), filename)
        return found
    return builder.finalize()  # type: ignore[no-any-return]


class _Quick(grammar.Builder):
    # What the grammar calls for each part of a text, with the file and the line first; the names are Beancount's.

    has_places = True  # of postings

    def amount(self, _filename: str, _lineno: int, number: Part, currency: Part) -> Part:
        self._dcupdate(number, currency)  # type: ignore[no-untyped-call]
        return _new(Amount, (number, currency))

    def account(self, filename: str, lineno: int, account: str) -> Part:
        return self.accounts.get(account) or super().account(filename, lineno, account)  # type: ignore[no-untyped-call]

    def key_value(self, _filename: str, _lineno: int, key: str, value: Part) -> Part:
        return _new(KeyValue, (key, value))

    def handle_list(self, _filename: str, _lineno: int, object_list: Part, new_object: Part) -> Part:
        if object_list is None:
            return [] if new_object is None else [new_object]
        if new_object is not None:
            object_list.append(new_object)
        return object_list

    def custom_value(self, _filename: str, _lineno: int, value: Part, dtype: Part = None) -> Part:
        return _new(ValueType, (value, type(value) if dtype is None else dtype))

    def custom(self, filename: str, lineno: int, date: Part, dir_type: str, custom_values: Part, kvlist: Part) -> Part:
        return _new(Custom, (data.new_metadata(filename, lineno, kvlist), date, dir_type, custom_values))

    def tag_link_new(self, _filename: str, _lineno: int) -> Part:
        return _new(TagsLinks, (set(), set()))

    def posting(
        self, filename: str, lineno: int, account: str, units: Part, cost: Part, price: Part, istotal: Part, flag: Part
    ) -> Part:
        if cost is not None or price is not None or flag:
            return super().posting(filename, lineno, account, units, cost, price, istotal, flag)  # type: ignore[no-untyped-call]
        place = {"filename": filename, "lineno": lineno} if self.has_places else None
        return _new(Posting, (account, units, None, None, None, place))

    def transaction(
        self,
        filename: str,
        lineno: int,
        date: Part,
        flag: Part,
        txn_strings: Part,
        tags_links: Part,
        posting_or_kv_list: Part,
    ) -> Part:
        meta: Part = {"filename": filename, "lineno": lineno}
        there: Part = meta
        postings: list[Part] = []
        pushed = self.tags or self.meta
        common = not pushed and txn_strings is not None and len(txn_strings) in (1, 2)
        for part in posting_or_kv_list or ():
            kind = type(part)
            if kind is Posting:
                postings.append(part)
                there = part.meta
            elif kind is not KeyValue:
                common = False
            elif there is None:
                there = {part[0]: part[1]}
                postings[-1] = _new(Posting, (*postings[-1][:5], there))
            elif part[0] in there:
                common = False
            else:
                there[part[0]] = part[1]
        if not common:
            return super().transaction(filename, lineno, date, flag, txn_strings, tags_links, posting_or_kv_list)  # type: ignore[no-untyped-call]
        payee = txn_strings[0] if len(txn_strings) == 2 else None
        tags = frozenset(tags_links.tags) if tags_links.tags else data.EMPTY_SET
        links = frozenset(tags_links.links) if tags_links.links else data.EMPTY_SET
        return _new(Transaction, (meta, date, chr(flag), payee, txn_strings[-1], tags, links, postings))


class _Ledger(_Quick):
    # What a file gives whole: places of postings, options, and how many digits amounts have.

    def __init__(self) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self._numbers: dict[str, list[Decimal]] = {}

    def is_finite(self) -> bool:
        return all(number.is_finite() for numbers in self._numbers.values() for number in numbers)

    def finalize(self) -> Part:
        for currency, numbers in self._numbers.items():
            context: Part = self.dcontext.ccontexts[currency]
            for text, count in Counter(map(str, numbers)).items():
                number = Decimal(text)
                context.update(number)
                context.fractional_dist.hist[-number.as_tuple().exponent] += count - 1  # type: ignore[operator]
        return super().finalize()  # type: ignore[no-untyped-call]

    def _dcupdate(self, number: Part, currency: Part) -> None:
        if type(number) is Decimal and type(currency) is str and currency:
            try:
                self._numbers[currency].append(number)
            except KeyError:
                self._numbers[currency] = [number]

    def option(self, filename: str, lineno: int, key: str, value: Part) -> None:
        super().option(filename, lineno, key, value)  # type: ignore[no-untyped-call]
        self.accounts.clear()  # the roots may have other names now: each is looked at anew


class _ReadBack(_Quick):
    # What is compared of entries alone.

    has_places = False

    def _dcupdate(self, number: Part, currency: Part) -> None:
        pass

    def _refuse(self, filename: str, lineno: int, *_: Part) -> None:
        self.errors.append(ParserError(data.new_metadata(filename, lineno), "is no entry"))

    option = include = plugin = pushtag = poptag = pushmeta = popmeta = _refuse
