"""Which of Fava's filters a figure follows: one that it does not is said beside it."""

from __future__ import annotations

import datetime
from collections.abc import Callable
from typing import NamedTuple

Matches = Callable[[str], bool]


class Span(NamedTuple):
    """The days that a page is about, and the accounts, as the filters in Fava say; `free` is its third filter."""

    first: datetime.date | None
    last: datetime.date | None
    matches: Matches | None = None
    free: str = ""

    @property
    def active(self) -> list[str]:
        """The filters that are set."""
        on = {"time": self.last is not None, "account": self.matches is not None, "free": bool(self.free)}
        return [name for name, is_on in on.items() if is_on]

    def unfollowed(self, *followed: str) -> str:
        """What to say beside a figure that follows only these filters; empty where it follows all that are set."""
        left = [name for name in self.active if name not in followed]
        if not left:
            return ""
        return f"not narrowed by the {' and '.join(left)} filter{'s' if len(left) > 1 else ''}"
