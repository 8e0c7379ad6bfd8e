"""Daysheet: plain-text books for practices, on Beancount.

This package is the domain: the words of the trade and the rules between them. Start with `records` (what the
practice did), `facts` (what is true of the practice), `books` (both, read from a ledger in one pass) and
`checks` (what is missing, and what it costs).
"""

__version__ = "0.1.0"
