"""What an account's `open` directive says, or that of the nearest account above it."""

from __future__ import annotations

from daysheet.books import Books


def inherited(books: Books, account: str, key: str) -> str | None:
    """The text under a metadata key of an account or of the nearest one above it that has any."""
    while account:
        opened = books.opened.get(account)
        value = opened.meta.get(key) if opened is not None else None
        if isinstance(value, str) and value:
            return value
        account = account.rpartition(":")[0]
    return None
