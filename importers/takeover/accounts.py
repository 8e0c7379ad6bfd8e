"""Another program's accounts as ours: what the settings say, an account of that name, else its type and its words.

The settings go first, one table for each account that would go wrong:

    [[adopt]]
    name = "First Fed 7712"
    account = "Liabilities:Loans:Equipment"
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from importlib import resources
from pathlib import Path
from typing import Final, NamedTuple

from daysheet.accounts import RECEIVABLE, account_part, is_under
from daysheet.errors import DaysheetError
from daysheet.importers.takeover.layouts import Account

_WHOLE: Final = ("Assets:Receivable", "Assets:Fixed:Depreciation", "Equity:")
"""Under these an account has no name of its own."""

_ONLY: Final = ("Assets:Receivable", "Liabilities:Card", "Liabilities:Payable", "Assets:Bank")
"""A type that says this is believed, whatever the name."""

_WORD: Final = re.compile(r"[a-z0-9]+")


class _Root(NamedTuple):
    """An account of ours, and the types and words of the others that belong under it."""

    account: str
    types: tuple[str, ...]
    words: tuple[str, ...]


@cache
def _roots() -> tuple[_Root, ...]:
    text = resources.files("daysheet.importers.takeover").joinpath("accounts.toml").read_text(encoding="utf-8")
    return tuple(_Root(r["account"], tuple(r["types"]), tuple(r["words"])) for r in tomllib.loads(text)["root"])


@dataclass(frozen=True, kw_only=True)
class AdoptSettings:
    """An `[[adopt]]` table: which of our accounts one of the other program is, by its name or its number."""

    name: str
    account: str


def mapped(
    found: Sequence[Account], rules: Sequence[AdoptSettings], opened: Iterable[str], banks: Iterable[str], path: Path
) -> dict[str, str]:
    """Our account for each of the other program's, by its name.

    Args:
        found: its accounts.
        rules: the settings.
        opened: the accounts that our books have.
        banks: those that files are imported for.
        path: the file, for the error.

    Raises:
        DaysheetError: neither the settings nor type and name say which account one is; its lines are named.
    """
    ours = sorted(opened)
    told = {_key(rule.name): rule.account for rule in rules}
    taken: dict[str, str] = {}
    unknown: list[Account] = []
    for account in found:
        said = told.get(_key(account.name)) or told.get(_key(account.number) or "-")
        root = said or _root(account)
        if root is None:
            unknown.append(account)
        else:
            taken[account.name] = said or _named(root, account, ours)
    if unknown:
        lines = ", ".join(str(account.line) for account in unknown[:10])
        raise DaysheetError(
            f"{len(unknown)} accounts are of no type that their names tell (lines {lines})",
            filename=path,
            line=unknown[0].line,
            remedy='say which account each is in daysheet.toml: [[adopt]] name = "its name" account = "Expenses:…", or '
            "give the chart of accounts with it",
        )
    return _at_the_bank(taken, sorted(banks))


def _root(account: Account) -> str | None:
    """Where an account belongs: by its type, then its words; by its words alone where no type is given."""
    name, type_ = account.name.casefold(), account.type.casefold()
    by_name = [root.account for root in _roots() if any(re.search(word, name) for word in root.words)]
    by_type = [root.account for root in _roots() if type_ and any(re.search(each, type_) for each in root.types)]
    if not by_type:
        return by_name[0] if by_name else None
    kind = by_type[0].partition(":")[0]
    alike = [root for root in by_name if root.partition(":")[0] == kind]
    return alike[0] if alike and by_type[0] not in _ONLY else by_type[0]


def _named(root: str, account: Account, ours: Sequence[str]) -> str:
    """The account of ours under a root whose name the other's has, else a new one of its name."""
    if root.startswith(_WHOLE):
        return root
    words = {_singular(word) for word in _WORD.findall(account.name.casefold())}
    fits = [own for own in ours if is_under(own, root) and own != root and _last(own) <= words]
    best = max(fits, key=lambda own: (len(_last(own)), own), default=None)
    return best or f"{root}:{account_part(account.name.rpartition(':')[2])}"


def _singular(word: str) -> str:
    return word.removesuffix("s")


def _last(account: str) -> set[str]:
    """The words of the last part of an account: `LegalProfessional` has two."""
    parts = re.findall(r"[A-Z]?[a-z0-9]+|[A-Z]+", account.rpartition(":")[2])
    return {_singular(part.casefold()) for part in parts}


def _at_the_bank(taken: dict[str, str], banks: Sequence[str]) -> dict[str, str]:
    """Where one account at a bank comes, and files are imported for one, it is that one."""
    own = [bank for bank in banks if is_under(bank, "Assets:Bank")]
    at_bank = [name for name, account in taken.items() if is_under(account, "Assets:Bank")]
    return {**taken, at_bank[0]: own[0]} if len(own) == 1 and len(at_bank) == 1 else taken


def _key(name: str) -> str:
    return " ".join(name.casefold().split())


def is_receivable(account: str) -> bool:
    """Whether what stands on it is told bill by bill."""
    return is_under(account, RECEIVABLE)
