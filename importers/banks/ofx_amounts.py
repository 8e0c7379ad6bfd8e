"""The amounts of an OFX file: which mark stands before the cents is settled by the whole file, or asked for.

The standard allows a point or a comma as decimal mark and no thousands mark (OFX 2.2, 3.2.9.1). Banks write `1,500` for
fifteen hundred all the same. So a mark with three digits behind it counts as what the file's other amounts show it to
be; where they show nothing, the file is refused, because 1.50 and 1,500.00 are both a guess.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from decimal import Decimal
from typing import Final, NamedTuple

from daysheet.importers.rows.values import has_too_many_digits

_AMOUNT: Final = re.compile(r"[-+]?(?:\d{1,3}(?:[.,' ]\d{3})+|\d*)(?:[.,]\d*)?\Z")
_SPACES: Final = re.compile(r"[\s\u00a0\u202f]+")
_THREE: Final = 3


class UnsettledError(ValueError):
    """An amount whose mark is a thousands mark or a decimal mark, and the file does not say which."""


class Marks(NamedTuple):
    """What a file's amounts show: the marks that stand before decimals, and those that part thousands.

    `mills` says whether three digits stand behind a decimal mark elsewhere in the file, as in `0,500`.
    """

    decimal: frozenset[str]
    thousands: frozenset[str]
    mills: bool

    @classmethod
    def of(cls, texts: Iterable[str]) -> Marks:
        """From all amounts of a file."""
        decimal: set[str] = set()
        thousands: set[str] = set()
        mills = False
        for text in texts:
            marks = re.findall(r"[.,]", text)
            if not marks:
                continue
            last = marks[-1]
            whole, _, behind = text.strip().rpartition(last)
            if len(set(marks)) > 1:
                decimal.add(last)
                thousands.update(set(marks) - {last})
                mills = mills or len(behind) == _THREE
            elif len(marks) > 1:
                thousands.add(last)
            elif not _may_part_thousands(whole, behind):
                decimal.add(last)
                mills = mills or len(behind) == _THREE
        return cls(frozenset(decimal), frozenset(thousands), mills)

    def number(self, text: str | None) -> Decimal | None:
        """An amount; None if it is none.

        Raises:
            UnsettledError: its mark may part thousands or decimals.
        """
        written = _SPACES.sub(" ", (text or "").strip())
        if has_too_many_digits(written) or not _AMOUNT.match(written) or not any(map(str.isdigit, written)):
            return None
        marks = re.findall(r"[.,]", written)
        whole, cents = written, ""
        if marks and self._is_decimal(marks, written):
            whole, _, cents = written.rpartition(marks[-1])
        digits = re.sub(r"[^-+0-9]", "", whole)
        return Decimal(f"{digits}.{cents}" if cents else digits)

    def _is_decimal(self, marks: list[str], written: str) -> bool:
        """Whether the last mark stands before decimals."""
        last = marks[-1]
        if len(self.decimal) > 1 or self.decimal & self.thousands:
            raise UnsettledError
        if len(set(marks)) > 1:
            return True
        if len(marks) > 1 or last in self.thousands:
            return False
        whole, _, behind = written.rpartition(last)
        if last in self.decimal and (self.mills or not _may_part_thousands(whole, behind)):
            return True
        # a bank that writes cents elsewhere writes no tenth of a cent here
        if len(behind) == _THREE:
            raise UnsettledError
        return True


def _may_part_thousands(whole: str, behind: str) -> bool:
    """Whether a mark between these may be one of thousands."""
    return len(behind) == _THREE and re.search(r"(?<!\d)[1-9]\d{0,2}\Z", whole) is not None
