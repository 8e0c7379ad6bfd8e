"""Account names as people read them: `Expenses:OfficeSupplies` prints as `Office supplies`."""

from __future__ import annotations

import re
from typing import Final

from daysheet.accounts import BILLING_WRITE_OFFS, INCOME_VISITS, account_part
from daysheet.books import Books
from daysheet.reports.accounts.accrual import ADJUSTMENTS, CHARGES

_WORD: Final = re.compile(r"[A-Z]+(?=[A-Z][a-z])|[A-Z]+(?![a-z])|[A-Z][a-z]+|[a-z]+|\d+(?:[A-Za-z]+)?|[^\W\d_]+")


class Titles:
    """The printed title of each account of some books.

    It is what `title:` on the account's `open` directive says, else the name of the provider or payer that the account
    is of, else the last component of its name in words.
    """

    def __init__(self, books: Books) -> None:
        """Gather what the books say."""
        self._known = dict.fromkeys((BILLING_WRITE_OFFS, f"{ADJUSTMENTS}:WriteOffs"), "Write-offs")
        for payers in books.payers.values():
            self._known[payers[-1].receivable] = payers[-1].name
        for providers in books.providers.values():
            for root in (INCOME_VISITS, CHARGES):
                self._known[f"{root}:{account_part(providers[-1].id)}"] = providers[-1].name
        for account, entry in books.opened.items():
            title = entry.meta.get("title")
            if isinstance(title, str) and title:
                self._known[account] = title

    def __getitem__(self, account: str) -> str:
        return self._known.get(account) or words(account.rpartition(":")[2])

    def whole(self, account: str) -> str:
        """The title with those of the groups that the account is in: `Clearing – Cards`."""
        parts = account.split(":")
        return " – ".join(self[":".join(parts[: at + 1])] for at in range(1, len(parts)))


def words(component: str) -> str:
    """One component of an account name in words, the first one capitalised; an abbreviation stays one."""
    found = _WORD.findall(component)
    return " ".join(word if at == 0 or word.isupper() else word.lower() for at, word in enumerate(found)) or component
