"""Account names as people read them: `Expenses:OfficeSupplies` prints as `Office supplies`."""

from __future__ import annotations

import re
from collections import Counter
from functools import cached_property
from typing import Final

from beancount.core.data import Transaction
from daysheet.accounts import BILLING_WRITE_OFFS, CLEARING, INCOME_VISITS, RECEIVABLE, account_part
from daysheet.books import Books
from daysheet.reports.accounts.accrual import ADJUSTMENTS, CHARGES
from daysheet.reports.accounts.cash_flow import is_accumulated

# What words made of a component would not say; a `title:` in the books says it better still.
_STANDARD: Final = {
    BILLING_WRITE_OFFS: "Write-offs",
    f"{ADJUSTMENTS}:WriteOffs": "Write-offs",
    CLEARING: "Money in transit",
    "Assets:Fixed": "Fixed assets",
    "Assets:Fixed:Depreciation": "Accumulated depreciation",
    RECEIVABLE: "Accounts receivable",
    "Liabilities:Card": "Credit card",
    "Liabilities:Payroll": "Payroll payable",
    "Expenses:Car": "Car and truck",
    "Expenses:LegalProfessional": "Legal and professional",
}
_ROOTS: Final = {
    "Assets": "asset", "Liabilities": "liability", "Equity": "equity", "Income": "income", "Expenses": "expense",
}  # fmt: skip
_WORD: Final = re.compile(r"[A-Z]+(?=[A-Z][a-z])|[A-Z]+(?![a-z])|[A-Z][a-z]+|[a-z]+|\d+(?:[A-Za-z]+)?|[^\W\d_]+")


class Titles:
    """The printed title of each account of some books.

    It is what `title:` on the account's `open` directive says, else the name of the provider or payer that the account
    is of, else the last component of its name in words.
    """

    def __init__(self, books: Books) -> None:
        """Gather what the books say."""
        self._used = books.once("accounts with postings", lambda: _used(books))
        self._known = dict(_STANDARD)
        self._whole: dict[str, str] = {}
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
        """The title with those of the groups that it is in, `Loans – Vehicle`; where two read alike, what each is."""
        whole = self._whole.get(account)
        if whole is None:
            title = self._path(account)
            shared = title in self._shared
            whole = self._whole[account] = f"{title} ({_ROOTS.get(account.partition(':')[0], '')})" if shared else title
        return whole

    def _path(self, account: str) -> str:
        parts = account.split(":")
        return " – ".join(self[":".join(parts[: at + 1])] for at in range(1, len(parts)))

    @cached_property
    def _shared(self) -> frozenset[str]:
        counted = Counter(map(self._path, self._used))
        return frozenset(title for title, count in counted.items() if count > 1)


def _used(books: Books) -> tuple[str, ...]:
    if books.entries is books.counted:
        return tuple(sorted(books.money.accounts))
    found = {posting.account for entry in books.entries if isinstance(entry, Transaction) for posting in entry.postings}
    return tuple(sorted(found))


def is_contra(account: str) -> bool:
    """Whether an asset's account lowers those beside it, as accumulated depreciation does, and so comes after them."""
    return account.startswith("Assets:") and is_accumulated(account)


def words(component: str) -> str:
    """One component of an account name in words, the first one capitalised; an abbreviation stays one."""
    found = _WORD.findall(component)
    return " ".join(word if at == 0 or word.isupper() else word.lower() for at, word in enumerate(found)) or component
