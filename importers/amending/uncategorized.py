"""Bank lines that nobody has decided on: those of one payee together, where they may belong and why, and given it."""

from __future__ import annotations

import datetime
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from decimal import Decimal
from typing import Final, NamedTuple

from beancount.core.account import is_valid
from daysheet import files
from daysheet.books import Books
from daysheet.errors import DaysheetError
from daysheet.importers.amending.recategorize import (
    Line,
    Recategorized,
    lines_of,
    move,
    own_accounts,
    with_rule,
    without_rules,
    written,
)
from daysheet.importers.booking import dedupe
from daysheet.importers.booking.categories import UNCATEGORIZED, Categorize, Category, categorizer
from daysheet.importers.booking.payees import names_payee
from daysheet.importers.settings import CategoryRule
from daysheet.importers.writing.dry_run import Copy
from daysheet.records import Meta
from daysheet.settings import FILE, Settings
from daysheet.wording import many

_DIGIT: Final = re.compile(r"\S*\d")
_SHORTEST: Final = 4
"""Letters of the words that a rule goes by."""
_NEVER: Final = ("Assets:Receivable", "Equity:Billing")


class Like(NamedTuple):
    """Lines of one payee that nobody has decided on, money in and money out apart.

    Attributes:
        text: the words of the first of them.
        first: its day.
        last: the day of the last.
        amount: all of them.
        currency: of it.
        ids: by which the lines are known.
        suggested: the account that they may belong to; empty where nothing says so.
        why: what says so, or why nothing does.
        rule: the rule that would book such lines from now on; None where their words name nobody.
        where: their entries.
    """

    text: str
    first: datetime.date
    last: datetime.date
    amount: Decimal
    currency: str
    ids: tuple[str, ...]
    suggested: str
    why: str
    rule: CategoryRule | None
    where: tuple[Meta, ...]


class Choice(NamedTuple):
    """Lines by their ids, the account that they belong to, and whether such lines belong there from now on."""

    ids: frozenset[str]
    account: str
    is_rule: bool = False


def undecided(books: Books, settings: Settings) -> list[Like]:
    """The lines that nobody has decided on, the most money first; those of locked years are left out.

    Raises:
        DaysheetError: a rule in the settings is wrong.
    """
    own = own_accounts(settings)
    every = list(lines_of(books, own))
    open_ = [line for line in every if _is_open(line) and line.entry.date.year not in books.locks]
    if not open_:
        return []
    decided: dict[tuple[str, bool], Counter[str]] = {}
    for line in every:
        if not _is_open(line):
            decided.setdefault(_key(line)[:2], Counter())[line.other.account] += 1
    rules = settings.tables("category", CategoryRule)
    by_rule, by_payee = categorizer(rules, (), own), categorizer((), books.entries, own)
    groups: dict[tuple[str, bool, str], list[Line]] = {}
    for line in open_:
        groups.setdefault(_key(line), []).append(line)
    found = []
    for key, lines in groups.items():
        account, why = _suggestion(lines, by_rule, by_payee, decided.get(key[:2], Counter()))
        found.append(_like(lines, account, why))
    return sorted(found, key=lambda one: (-abs(one.amount), one.first, one.text))


def categorize(copy: Copy, books: Books, choices: Sequence[Choice]) -> Recategorized:
    """Give lines the accounts that were chosen for them, and write the rules that were made of choices.

    Args:
        copy: a copy of the books folder.
        books: its books.
        choices: which lines, and where they belong.

    Raises:
        DaysheetError: an account is none or cannot have them, or a line is decided on by now; nothing is changed.
    """
    settings = Settings.of(copy.at)
    own = own_accounts(settings)
    wanted: dict[str, str] = {}
    for choice in choices:
        _see(choice.account, own)
        wanted.update(dict.fromkeys(choice.ids, choice.account))
    groups = undecided(books, settings)
    known = {each for group in groups for each in group.ids}
    if not wanted or not wanted.keys() <= known:
        raise DaysheetError("a bank line is decided on by now, or none is chosen", remedy="load the page again")

    def belongs(line: Line) -> Category | None:
        account = next((wanted[one] for one in _ids(line) if one in wanted), None)
        return Category(account) if account and _is_open(line) else None

    outcome = move(copy.at, books, own, belongs)
    made = [rule for choice in choices if choice.is_rule for rule in _rules(choice, groups)]
    for rule in dict.fromkeys(made):
        text = written(rule)
        files.write(copy.at / FILE, with_rule(copy.at / FILE, text))
        outcome.rule += text
    Settings.of(copy.at).tables("category", CategoryRule)
    return outcome


def forget(copy: Copy, books: Books, ids: frozenset[str], rules: str) -> int:
    """Take out the rules that were made of lines which the books have no more; how many were still there.

    Args:
        copy: a copy of the books folder.
        books: its books.
        ids: by which the lines were known.
        rules: as they were written.

    Raises:
        DaysheetError: the books have such a line.
    """
    if any(ids.intersection(_ids(line)) for line in lines_of(books, own_accounts(Settings.of(copy.at)))):
        raise DaysheetError(
            "the books or their settings have changed since these lines were given accounts",
            remedy="give them others by daysheet recategorize; a rule made of them stands in daysheet.toml",
        )
    text, taken = without_rules((copy.at / FILE).read_text(encoding="utf-8"), rules)
    if taken:
        files.write(copy.at / FILE, text.encode())
    return taken


def _see(account: str, own: frozenset[str]) -> None:
    if not is_valid(account):
        raise DaysheetError("this is no account", remedy="write it as Expenses:Supplies")
    if account in own or account in UNCATEGORIZED or account.startswith(_NEVER):
        raise DaysheetError(
            f"bank lines cannot be given {account}",
            remedy="a transfer between your accounts goes to Assets:Clearing:Transfers, on both sides",
        )


def _rules(choice: Choice, groups: Iterable[Like]) -> Iterator[CategoryRule]:
    for group in groups:
        if choice.ids.intersection(group.ids):
            if group.rule is None:
                raise DaysheetError(
                    "these lines name nobody that a rule could go by", remedy="choose them by themselves"
                )
            yield _to(group.rule, choice.account)


def _to(rule: CategoryRule, account: str) -> CategoryRule:
    return CategoryRule(account=account, text=rule.text, at_least=rule.at_least, at_most=rule.at_most)


def _is_open(line: Line) -> bool:
    return line.other.account in UNCATEGORIZED or (line.entry.flag == "!" and "why" in line.entry.meta)


def _ids(line: Line) -> list[str]:
    return [str(line.entry.meta[key]) for key in (dedupe.BANK_ID, dedupe.ROW) if key in line.entry.meta][:1]


def _text(line: Line) -> str:
    return " ".join(f"{line.record.payee} {line.record.narration}".split())


def _begins(line: Line) -> str:
    """The words before the first that has a digit, where they name somebody; else nothing."""
    text = _text(line)
    number = _DIGIT.search(text)
    words = (text[: number.start()] if number else text).strip(" -*#:,;/.")
    return words if names_payee(words) and sum(map(str.isalpha, words)) >= _SHORTEST else ""


def _key(line: Line) -> tuple[str, bool, str]:
    return (_begins(line) or _text(line)).casefold(), line.record.amount > 0, line.record.currency


def _suggestion(
    lines: Sequence[Line], by_rule: Categorize, by_payee: Categorize, like: Counter[str]
) -> tuple[str, str]:
    """Where lines may belong and why; no account where nothing says so, or what says so disagrees."""
    for categorize_, why in ((by_rule, "a rule in daysheet.toml fits"), (by_payee, "this payee was always booked so")):
        found = {categorize_(line.record, line.account) for line in lines}
        accounts = {category.account for category in found}
        if len(accounts) == 1 and all(category.flag == "*" for category in found):
            return accounts.pop(), why
    guessed = {(line.other.account, str(line.entry.meta.get("why", ""))) for line in lines}
    if len(guessed) == 1 and lines[0].other.account not in UNCATEGORIZED:
        return guessed.pop()
    begins = _begins(lines[0])
    if not begins:
        return "", "its words name nobody"
    if len(like) == 1:
        (account, count), *_ = like.items()
        return account, f"{many(count, 'line that begins so is', 'lines that begin so are')} there"
    if like:
        told = ", ".join(
            f"{name} ({count})" for name, count in sorted(like.items(), key=lambda one: (-one[1], one[0]))[:3]
        )
        return "", f"lines that begin so are on {told}"
    return "", "no line like it was decided on yet"


def _like(lines: Sequence[Line], account: str, why: str) -> Like:
    amount = sum((line.record.amount for line in lines), Decimal())
    begins = _begins(lines[0])
    days = [line.entry.date for line in lines]
    rule = None
    if begins:
        text = "^" + re.escape(begins.casefold()).replace("\\ ", " ")
        bounds = ("0.01", "") if amount > 0 else ("", "-0.01")
        rule = CategoryRule(text=text, at_least=bounds[0], at_most=bounds[1])
    return Like(
        _text(lines[0]), min(days), max(days), amount, lines[0].record.currency,
        tuple(dict.fromkeys(one for line in lines for one in _ids(line))), account, why, rule,
        tuple(line.entry.meta for line in lines),
    )  # fmt: skip
