"""What a bank line was for: first-match rules, then the payee as it was booked before; else it is left to a person.

A line that no rule and no history explains goes to `Income:Uncategorized` or `Expenses:Uncategorized` with the flag
`!`, so that it is in the books, and in sight.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from decimal import Decimal, InvalidOperation
from functools import lru_cache
from typing import Final, NamedTuple

from beancount.core.account import is_valid
from beancount.core.data import Directive, Transaction
from daysheet.accounts import UNCATEGORIZED_EXPENSE, UNCATEGORIZED_INCOME
from daysheet.errors import DaysheetError
from daysheet.importers.booking.payees import names_payee
from daysheet.importers.settings import CategoryRule
from daysheet.ledger.printer import link
from daysheet.patterns import Pattern, compiled
from daysheet.records import BankLine

TRANSFERS: Final = "Assets:Clearing:Transfers"
"""Where the two sides of a transfer between own accounts meet, each side from its own bank's file."""

NOTE: Final = "note"
"""Metadata of a bank line: what a rule says of it."""

UNCATEGORIZED: Final = frozenset({UNCATEGORIZED_INCOME, UNCATEGORIZED_EXPENSE})


class Category(NamedTuple):
    """What a line is booked to; `payee` where a rule gives a better one, `why` where it is only a suggestion.

    `note` is kept with the entry, where a rule says one.
    """

    account: str
    payee: str | None = None
    tags: frozenset[str] = frozenset()
    flag: str = "*"
    why: str | None = None
    note: str = ""


_GROUP: Final = re.compile(r"\\([1-9])")

Categorize = Callable[[BankLine, str], Category]
"""A function from a line and the account that it is of to what it was for."""


def categorizer(rules: Sequence[CategoryRule], entries: Iterable[Directive], own: frozenset[str]) -> Categorize:
    """The categories of a practice.

    Args:
        rules: the `[[category]]` tables, of which the first that fits counts.
        entries: the books, for payees as they were booked before.
        own: the accounts whose files are imported; a line never goes straight from one to another, because the other
            account's file has it as well.

    Raises:
        DaysheetError: a rule is wrong.
    """
    compiled = [_compile(each, own) for rule in rules for each in rule.rules()]
    bounds = sorted({bound for rule in compiled for bound in (rule.least, rule.most) if bound is not None})
    remembered = _remembered(entries, own)

    @lru_cache(maxsize=65536)  # payees recur: a line of the same words within the same bounds is decided alike
    def by_rule(payee: str, words: str, account: str, above: int, below: int) -> Category | None:
        for rule in compiled:
            # bounds first: they cost less than patterns
            if rule.least is not None and bounds.index(rule.least) >= above:
                continue
            if rule.most is not None and bounds.index(rule.most) < below:
                continue
            category = rule.decide(payee, words, account)
            if category is not None:
                return category
        return None

    def of(line: BankLine, account: str) -> Category:
        amount = line.amount
        above, below = bisect_right(bounds, amount), bisect_left(bounds, amount)
        category = by_rule(line.payee, f"{line.payee} {line.narration}", account, above, below)
        if category is not None:
            return category
        key = _payee_key(line)
        before = remembered.get((key, amount > 0)) if names_payee(key) else None
        if before is not None:
            return Category(before)
        return Category(UNCATEGORIZED_INCOME if amount > 0 else UNCATEGORIZED_EXPENSE, flag="!")

    return of


class _Rule(NamedTuple):
    """A rule, its patterns and bounds read."""

    payee: Pattern | None
    text: Pattern | None
    least: Decimal | None
    most: Decimal | None
    bank: str
    category: Category
    name: str
    """The name that groups of the pattern are put into; empty where it is as it stands."""

    def decide(self, payee: str, words: str, account: str) -> Category | None:
        """What a line within the rule's bounds was for, if the rest of the rule fits it."""
        if self.bank and self.bank != account:
            return None
        of_payee = self.payee.search(payee) if self.payee is not None else None
        of_text = self.text.search(words) if self.text is not None else None
        if (self.payee is not None and of_payee is None) or (self.text is not None and of_text is None):
            return None
        found = of_text or of_payee
        if not self.name or found is None:
            return self.category
        named = _GROUP.sub(lambda group: found[int(group[1])] or "", self.name)
        return self.category._replace(payee=" ".join(named.split()) or None)


def _compile(rule: CategoryRule, own: frozenset[str]) -> _Rule:
    payee, text = _pattern(rule.payee), _pattern(rule.text)
    if not is_valid(rule.account):
        raise DaysheetError(
            f'[[category]] account "{rule.account}" is no account',
            remedy="write it as Expenses:Supplies: five roots, parts with capitals, and colons",
        )
    if rule.account in own:
        raise DaysheetError(
            f"[[category]] books to {rule.account}, whose own file brings the same money again",
            remedy=f"book transfers between your accounts to {TRANSFERS}, on both sides",
        )
    category = Category(
        rule.account, rule.name or None, frozenset(link(tag) for tag in rule.tags), note=" ".join(rule.note.split())
    )
    name = rule.name if _groups(rule, text or payee) else ""
    return _Rule(payee, text, _bound(rule.at_least), _bound(rule.at_most), rule.bank, category, name)


def _groups(rule: CategoryRule, pattern: Pattern | None) -> bool:
    """Whether the name is computed of groups of the pattern.

    Raises:
        DaysheetError: the pattern has no such group.
    """
    asked = [int(number) for number in _GROUP.findall(rule.name)]
    if asked and (pattern is None or max(asked) > pattern.groups):
        raise DaysheetError(f'[[category]] name "{rule.name}" names a group that the pattern does not have')
    return bool(asked)


def _pattern(text: str) -> Pattern | None:
    try:
        return compiled(text, ignore_case=True) if text else None
    except re.error as problem:
        raise DaysheetError(f'[[category]] "{text}" is no regular expression: {problem}') from None


def _bound(text: str) -> Decimal | None:
    try:
        bound = Decimal(text) if text else None
    except InvalidOperation:
        bound = Decimal("NaN")
    if bound is not None and not bound.is_finite():
        raise DaysheetError(f'[[category]] "{text}" is no amount such as "-12.50"')
    return bound


def _remembered(entries: Iterable[Directive], own: frozenset[str]) -> Mapping[tuple[str, bool], str]:
    """The other account of each payee whose lines were always booked alike; money in and money out apart.

    A text that names no payee teaches nothing.
    """
    seen: dict[tuple[str, bool], set[str]] = defaultdict(set)
    for entry in entries:
        if isinstance(entry, Transaction) and len(entry.postings) == 2 and "source" in entry.meta and entry.flag == "*":
            mine, other = entry.postings
            if mine.account in own and other.account not in UNCATEGORIZED and mine.units is not None:
                text = entry.meta.get("memo") or entry.payee or entry.narration
                if not names_payee(str(text)):
                    continue  # a check, a deposit, a transfer: the next one is somebody else's
                target = TRANSFERS if other.account in own else other.account
                seen[str(text).casefold(), bool(mine.units.number and mine.units.number > 0)].add(target)
    return {key: accounts.pop() for key, accounts in seen.items() if len(accounts) == 1}


def _payee_key(line: BankLine) -> str:
    return (line.payee or line.narration).casefold()
