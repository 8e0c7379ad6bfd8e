"""Month files of two clones put together entry by entry, as git's merge driver for the books.

Git compares lines, and entries share lines: put together line by line, one entry could get the legs of another. Here
what stands together is kept together. What one clone has added, changed or taken out since the common state is done to
the other's file, and what both have added stands once. Where both have the same record in two ways, the one that a
person or a rule has decided on counts (a bank's line without a category is marked `!`); where both have, nobody can
tell which is right, and git leaves a conflict.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Callable, Mapping
from typing import Final

from beancount.core.data import Balance, Custom, Directive, Open, Pad, Transaction
from daysheet.books.index import invoice_of
from daysheet.importers.booking import dedupe
from daysheet.importers.booking.directives import UNASSIGNED
from daysheet.importers.deriving.derived import HEADER
from daysheet.ledger.parser import read_back

Key = tuple[object, ...]

_HEAD: Final = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2} ")


def merged(base: str, ours: str, theirs: str) -> str | None:
    """One file of two.

    Args:
        base: the common state, empty if there was none.
        ours: one clone's file.
        theirs: the other's.

    Returns:
        The text, or None where only a person can say what is right.
    """
    text = _together(base, ours, theirs)
    if text is None and ours.startswith(HEADER) and theirs.startswith(HEADER):
        return ours  # the next import makes it anew
    return text


def blocks(text: str) -> list[str]:
    """What stands together in a ledger's text: an entry with its lines and the comments right above it; a comment."""
    found: list[list[str]] = []
    headed = closed = True
    for line in text.splitlines():
        if not line.strip():
            closed = True
            continue
        head = bool(_HEAD.match(line))
        if closed or (headed and line[0] not in " \t"):
            found.append([])
            headed = False
        found[-1].append(line)
        headed = headed or head
        closed = False
    return ["\n".join(lines) for lines in found]


def _together(base: str, ours: str, theirs: str) -> str | None:
    was, mine, other = (Counter(blocks(text)) for text in (base, ours, theirs))
    fresh, new = mine - was, other - was
    both_out = (was - mine) & (was - other)
    my_keys, their_keys = _by_key(fresh - new), _by_key(new - fresh)
    if any((key_of(block) in my_keys) != (key_of(block) in their_keys) for block in both_out):
        return None  # one has changed what the other has taken out
    chosen: dict[str, str] = {}
    for key, news in their_keys.items():
        for my_block, their_block in zip(my_keys.get(key, ()), list(news), strict=False):
            right = _right(my_block, their_block)
            if right is None:
                return None
            chosen[my_block] = right
            news.remove(their_block)
    out = (was - other) - both_out
    lines: list[str] = []
    for block in blocks(ours):
        if out[block] > 0:
            out[block] -= 1
            lines += [their_keys[key_of(block)].pop(0)] if their_keys.get(key_of(block)) else []
        else:
            lines.append(chosen.get(block, block))
    left = Counter(block for news in their_keys.values() for block in news)
    for block in blocks(theirs):
        if left[block] > 0:
            left[block] -= 1
            lines.append(block)
    return "\n\n".join(lines) + "\n" if lines else ""


def _by_key(found: Counter[str]) -> dict[Key, list[str]]:
    keys: dict[Key, list[str]] = defaultdict(list)
    for block in found.elements():
        keys[key_of(block)].append(block)
    return dict(keys)


def _right(ours: str, theirs: str) -> str | None:
    """Which of two forms of one record counts; None if nobody can tell."""
    mine, other = _entry(ours), _entry(theirs)
    if isinstance(mine, Pad) and isinstance(other, Pad):
        return ours if mine.date <= other.date else theirs
    if isinstance(mine, Balance) and isinstance(other, Balance):
        return min(ours, theirs) if mine.amount == other.amount else None
    if isinstance(mine, Transaction) and isinstance(other, Transaction) and "!" in (mine.flag, other.flag):
        return ours if other.flag == "!" else theirs
    if isinstance(mine, Transaction) and isinstance(other, Transaction) and _waits(mine) != _waits(other):
        return theirs if _waits(mine) else ours  # one clone has the bill that it pays, and so whose income it is
    return None


def _waits(entry: Transaction) -> bool:
    return any(posting.account == UNASSIGNED for posting in entry.postings)


def key_of(block: str) -> Key:
    """What makes an entry the one that it is, whatever else it says; its text, where it has no id."""
    entry = _entry(block)
    find = _KEYS.get(type(entry))
    return (find(entry) if find is not None and entry is not None else None) or ("text", block)


def _entry(block: str) -> Directive | None:
    try:
        entries, errors = read_back(block + "\n")
    except UnicodeError:
        return None
    return entries[0] if len(entries) == 1 and not errors else None


def _of_transaction(entry: Transaction) -> Key | None:
    meta, invoice = entry.meta, invoice_of(entry)
    if dedupe.SOURCE in meta:
        amount = entry.postings[0].units if entry.postings else None
        return "line", meta[dedupe.SOURCE], meta.get(dedupe.BANK_ID) or meta.get(dedupe.ROW), entry.date, amount
    for kind in ("payment", "adjustment", "paycheck"):
        if kind in meta:
            return kind, meta[kind], invoice
    return None if invoice is None else ("invoice", invoice, meta.get("visit"), meta.get("payer"), entry.date)


def _of_custom(entry: Custom) -> Key | None:
    kind = entry.type if entry.type in ("visit", "remittance") and entry.values else ""
    return (kind, entry.values[0].value) if kind else None


_KEYS: Final[Mapping[type, Callable[..., Key | None]]] = {
    Transaction: _of_transaction,
    Custom: _of_custom,
    Balance: lambda entry: ("balance", entry.account, entry.date, entry.amount.currency),
    Pad: lambda entry: ("pad", entry.account),
    Open: lambda entry: ("open", entry.account),
}
