"""The digest is what it always was: locked years, and packs that were handed over, are held against it."""

from __future__ import annotations

from typing import Any

from beancount.core.data import Transaction
from daysheet.books import Books
from daysheet.ledger import digest

ONE_LINE = (
    "Transaction[[('check', '1021'), ('due', '2026-04-01'), ('fee', ['50.00', 'USD']), ('rate', '0.10'),"
    " ('sent', True)], '2026-03-02', '*', \"Sam's\", 'Two words', ['office', 'paper'], ['inv-1', 'inv-2'],"
    " [['Assets:Bank', ['-12.50', 'USD'], None, None, None, []],"
    " ['Expenses:Office', ['12.50', 'USD'], None, None, '!', [('for', 'desk')]]]]"
)

DIGEST = "39cd67d1c4a2553095099ab23aa4812e6f95f9a4b6bf7dd54a2ea7b25014bbe0"


def test_an_entry_is_written_as_one_line_without_the_places_it_stands_at(books: Books) -> None:
    """
    2026-01-01 open Assets:Bank
    2026-01-01 open Expenses:Office

    2026-03-02 * "Sam's" "Two words" #paper #office ^inv-2 ^inv-1
      sent: TRUE
      rate: 0.10
      due: 2026-04-01
      check: "1021"
      fee: 50.00 USD
      Assets:Bank        -12.50 USD
      ! Expenses:Office   12.50 USD
        for: "desk"
    """
    entry = next(entry for entry in books.entries if isinstance(entry, Transaction))
    assert digest.meaning(entry) == ONE_LINE


def test_every_kind_of_entry_has_the_digest_that_it_always_had(books: Books) -> None:
    """
    2026-01-01 commodity USD
      name: "US dollar"
    2026-01-01 open Assets:Bank USD
    2026-01-01 open Assets:Shares ABC "FIFO"
    2026-01-01 open Equity:Opening
    2026-01-01 open Expenses:Travel
    2026-01-01 pad Assets:Bank Equity:Opening
    2026-01-02 balance Assets:Bank 1000.00 ~ 0.01 USD
    2026-01-03 note Assets:Bank "Opened by telephone"
    2026-01-03 event "location" "Portland"
    2026-01-03 query "cash" "SELECT account"
    2026-01-03 price ABC 12.00 USD
    2026-01-03 custom "mixed" "text" 2026-01-01 12.50 USD 0.5 TRUE Assets:Bank

    2026-01-04 ! "Broker" "Bought" #shares
      empty:
      Assets:Shares   10 ABC {12.00 USD, 2026-01-04, "lot"}
      Assets:Bank    -120.00 USD

    2026-01-05 * "A room" ""
      currency: USD
      about: Assets:Bank
      tag: #trip
      Expenses:Travel   10.00 EUR @ 1.10 USD
      Assets:Bank      -11.00 USD

    2026-12-31 close Assets:Shares
    """
    assert digest.of(books.entries) == DIGEST


class _Text(str):
    __slots__ = ()


class _Map(dict[str, Any]):
    pass


def test_a_plugin_s_own_types_are_written_as_what_they_derive_from(books: Books) -> None:
    """
    2026-01-01 open Assets:Bank
      name: "Everyday"
    """
    entry = books.entries[0]
    own = entry._replace(meta=_Map(entry.meta, name=_Text("Everyday")))
    assert digest.meaning(own) == digest.meaning(entry)
