"""The accrual view of the same ledger text, for Fava and for any Beancount tool.

The books are kept so that they read as the cash basis. A second main file gives the other reading:

    ; accrual.beancount: open it in Fava beside main.beancount
    option "operating_currency" "USD"
    include "main.beancount"
    plugin "daysheet.plugins.accrual"

Charges and adjustments become income and its contra accounts when they are billed, collections only settle
receivables, and no amount is made up: `daysheet.reports.accounts.accrual` has the rule, and `daysheet report --basis
accrual` shows the same figures. Assertions on billing accounts are left to the cash reading, whose accounts they are
about.
"""

from __future__ import annotations

from typing import Any

from beancount.core.data import Balance, Directive, Open, Pad, Transaction, new_metadata
from daysheet.accounts import BILLING, is_under
from daysheet.reports.accounts.accrual import accrual, accrual_account

__plugins__ = ("accrual_view",)


def accrual_view(entries: list[Directive], _options: dict[str, Any]) -> tuple[list[Directive], list[Any]]:
    """The entries on the accrual basis, with the accounts they need opened on the day of their first use."""
    opened = {entry.account for entry in entries if isinstance(entry, Open)}
    viewed: list[Directive] = []
    for entry in entries:
        if isinstance(entry, Balance) and is_under(entry.account, BILLING):
            continue
        if isinstance(entry, Pad):
            viewed.append(entry._replace(source_account=accrual_account(entry.source_account, "")))
        elif isinstance(entry, Transaction):
            made = accrual(entry)
            for account in sorted({posting.account for posting in made.postings} - opened):
                if made is not entry and account.startswith(("Income:", "Equity:")):
                    opened.add(account)
                    place = new_metadata(entry.meta["filename"], entry.meta["lineno"])
                    viewed.append(Open(place, entry.date, account, None, None))  # type: ignore[arg-type]
            viewed.append(made)
        else:
            viewed.append(entry)
    return viewed, []
