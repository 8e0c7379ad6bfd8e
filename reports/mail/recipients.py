"""To whom a pack may go: an address that the settings list, and that is truly the accountant's.

The books name their accountant in a dated fact; the address in `daysheet.toml` must be that one. An address that merely
looks like it (one letter changed, `rn` for `m`, a Cyrillic а) is refused by name.

Example:
    2026-01-01 custom "contact" "accountant" "Dana Whitfield, CPA"
      email: "dana@whitfield-cpa.example"
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from email.utils import formataddr, getaddresses
from typing import NamedTuple

from beancount.core.data import Custom
from daysheet.books import Books
from daysheet.errors import DaysheetError

_ATOM = r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+"
_LABEL = r"[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?"
# the dot-atom form of RFC 5322 §3.4.1; quoted local parts and address literals are no accountant's
_ADDRESS = re.compile(rf"{_ATOM}(?:\.{_ATOM})*@{_LABEL}(?:\.{_LABEL})+\Z")
_ALIKE = (("rn", "m"), ("vv", "w"), ("cl", "d"), ("0", "o"), ("1", "l"), ("i", "l"), ("5", "s"), ("-", ""), (".", ""))
_NEAR = 2


class Mailbox(NamedTuple):
    """A name, which may be empty, and an address in lower case."""

    name: str
    address: str

    def __str__(self) -> str:
        return formataddr((self.name, self.address))


def mailbox(text: str) -> Mailbox:
    """One mailbox, as `dana@example.com` or `Dana Whitfield <dana@example.com>`.

    Raises:
        DaysheetError: it is none, is several, holds line breaks, or letters that only look like Latin ones.
    """
    if any(unicodedata.category(character) in ("Cc", "Cf", "Zl", "Zp") for character in text):
        raise DaysheetError("a mail address with line breaks or invisible characters is refused")
    parsed = getaddresses([text])
    if len(parsed) != 1:
        raise DaysheetError("one recipient a message: this is not one mail address")
    name, address = parsed[0]
    for character in address:
        if not character.isascii():
            shown = f"U+{ord(character):04X} {unicodedata.name(character, 'without a name')}"
            raise DaysheetError(f"a mail address with {shown}, which can pass for another letter, is refused")
    if not _ADDRESS.match(address):
        raise DaysheetError("this is not a mail address", remedy="write dana@example.com or Dana <dana@example.com>")
    return Mailbox(name, address.lower())


def contacts(books: Books) -> dict[str, str]:
    """The addresses that the books give their contacts, by the contact's role; later facts replace earlier ones.

    Raises:
        DaysheetError: a contact is malformed; it names the line.
    """
    found = {}
    for entry in books.entries:
        if isinstance(entry, Custom) and entry.type == "contact":
            values = [value.value for value in entry.values]
            email = entry.meta.get("email")
            if not values or not isinstance(values[0], str) or not isinstance(email, str):
                raise DaysheetError(
                    'contact: write custom "contact" "accountant" "NAME" with email: "…"',
                    filename=entry.meta["filename"],
                    line=entry.meta["lineno"],
                )
            found[values[0]] = mailbox(email).address
    return found


def allowed(wanted: str, listed: Iterable[str], known: Iterable[str]) -> Mailbox:
    """The recipient `wanted`, if a pack may go there.

    Args:
        wanted: the address asked for.
        listed: `recipients` in `daysheet.toml`.
        known: the addresses of the books' own contacts; empty when the books name none.

    Raises:
        DaysheetError: the address is not listed, or is not the books' own contact, or looks like another one.
    """
    box = mailbox(wanted)
    boxes = {listed_box.address: listed_box for listed_box in map(mailbox, listed)}
    trusted = set(known)
    if box.address in boxes and (not trusted or box.address in trusted):
        return boxes[box.address]
    for other in sorted(trusted | set(boxes)):
        if looks_like(box.address, other):
            raise DaysheetError(
                f"{box.address} looks like {other} but is not", remedy="check it letter by letter with the accountant"
            )
    if box.address not in boxes:
        raise DaysheetError(
            f"{box.address} is not a recipient of these books", remedy="add it to recipients in [mail] of daysheet.toml"
        )
    raise DaysheetError(
        f"{box.address} is not a contact that the books name",
        remedy='write its custom "contact" fact, or remove it from recipients in [mail]',
    )


def looks_like(one: str, other: str) -> bool:
    """Whether two different addresses could be taken for each other at a glance.

    They could if they are the same once letters that look alike are written as one, or are at most two edits apart,
    a swap of neighbours counting as one (Damerau 1964).
    """
    if one == other:
        return False
    return _skeleton(one) == _skeleton(other) or _distance(one, other) <= _NEAR


def _skeleton(address: str) -> str:
    folded = address.lower()
    for sign, drawn_as in _ALIKE:
        folded = folded.replace(sign, drawn_as)
    return folded


def _distance(one: str, other: str) -> int:
    before: list[int] = []
    last = list(range(len(other) + 1))
    for i, a in enumerate(one, 1):
        row = [i]
        for j, b in enumerate(other, 1):
            best = min(last[j] + 1, row[j - 1] + 1, last[j - 1] + (a != b))
            if i > 1 and j > 1 and a == other[j - 2] and one[i - 2] == b:
                best = min(best, before[j - 2] + 1)
            row.append(best)
        before, last = last, row
    return last[-1]
