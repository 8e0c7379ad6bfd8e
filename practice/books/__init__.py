"""A folder of ledgers, indexed in one pass."""

from daysheet.books.books import Books

__all__ = ["Books"]
