"""Claims from the day they were sent to what became of them, by insurer and age.

A claim that is not settled stands by itself, under its insurer and its age in days since it was last sent; those that
were settled in the period are one line, for they ask for nothing. What is open is what the insurer's account holds of
the claim's bill; of a claim without a bill, what it asks for.
"""

from __future__ import annotations

import datetime
from collections import Counter
from collections.abc import Iterable, Iterator
from decimal import Decimal
from typing import Final

from daysheet.following.followed import SENT, STATES, Followed, followed, usual_days
from daysheet.reports.request import Request
from daysheet.reports.schedules.receivables import BUCKETS, OLDEST
from daysheet.reports.table import Cell, Column, Row, Table
from daysheet.wording import many, payer_name

_ZERO: Final = Decimal()
_SILENT: Final = "silent"
_NOTE: Final = (
    "Age in days since a claim was last sent. Open is what the insurer's account holds of the claim's bill; of a claim "
    "without one, what it asks for. Silent: not decided in the insurer's usual time."
)


def claims(request: Request) -> Table:
    """Claims that were sent, by insurer and age, as they stood at the end of the period."""
    books, day = request.books, request.period.last
    found = [claim for claim in followed(books, day) if claim.asks and _is_shown(claim, request)]
    columns = (
        Column("claim", "Claim"),
        Column("payer", "Insurer", shown="data"),
        Column("bill", "Bill", shown="data"),
        Column("sent", "Sent", "date"),
        Column("clearinghouse", "Clearinghouse", "date", "wide"),
        Column("insurer", "At insurer", "date", "wide"),
        Column("decided", "Decided", "date", "wide"),
        Column("state", "State"),
        Column("age", "Age", "days"),
        Column("claims", "Claims", "count", "data"),
        Column("charged", "Charged", "money"),
        Column("paid", "Paid", "money"),
        Column("open", "Open", "money"),
        Column("reason", "Reason", shown="data"),
    )
    notes = (
        (_NOTE, _counted(found))
        if found
        else ("No claim of these days is in the books: import claims, or their files.",)
    )
    return request.table("claims", "Claims", columns, _rows(found, request), notes, has_basis=False)


def _is_shown(claim: Followed, request: Request) -> bool:
    """Whether a claim is not settled, or was in the period."""
    settled = claim.decided or claim.sent
    return claim.open > 0 or request.period.first <= settled <= request.period.last


def _rows(found: list[Followed], request: Request) -> Iterator[Row]:
    books, day = request.books, request.period.last
    names = {claim.payer: payer_name(books, claim.payer) for claim in found}
    for payer in sorted(names, key=lambda payer: (names[payer].casefold(), payer)):
        own = [claim for claim in found if claim.payer == payer]
        usual = usual_days(books, payer, day)
        yield Row("heading", (names[payer], payer, *[None] * 12))
        waiting = sorted((claim for claim in own if claim.open > 0), key=lambda claim: (claim.sent, claim.claim))
        for limits in _limits():
            aged = [claim for claim in waiting if _age(claim, day) in limits]
            for claim in aged:
                yield Row("line", _cells(claim, day, usual), 1)
            if aged:
                yield _sum("subtotal", _title(limits), payer, aged, 1)
        settled = [claim for claim in own if claim.open <= 0]
        if settled:
            yield _sum("line", "Settled in the period", payer, settled, 1)
        yield _sum("subtotal", f"Total {names[payer]}", payer, own, 0)
    if found:
        yield _sum("total", "Total", None, found, 0)


def _limits() -> list[range]:
    """The days of each bucket of the receivables' aging."""
    ends = [limit for limit, _ in BUCKETS]
    starts = [0, *(end + 1 for end in ends)]
    return [range(start, end + 1) for start, end in zip(starts, [*ends, 10**6], strict=True)]


def _title(limits: range) -> str:
    titles = dict(BUCKETS)
    return f"{titles.get(limits.stop - 1, OLDEST)} days"


def _age(claim: Followed, day: datetime.date) -> int:
    return (day - claim.sent).days


def _cells(claim: Followed, day: datetime.date, usual: int) -> tuple[Cell, ...]:
    silent = claim.is_open and _age(claim, day) > usual
    state = f"{_SILENT}, {claim.state}" if silent and claim.state != SENT else _SILENT if silent else claim.state
    return (
        claim.claim, claim.payer, claim.invoice, claim.sent, claim.cleared, claim.taken, claim.decided, state,
        _age(claim, day), 1, claim.charged, claim.paid, claim.open, claim.reason or None,
    )  # fmt: skip


def _sum(kind: str, title: str, payer: str | None, found: Iterable[Followed], depth: int) -> Row:
    found = list(found)
    sums = (sum((getattr(claim, name) for claim in found), _ZERO) for name in ("charged", "paid", "open"))
    return Row(
        kind,  # type: ignore[arg-type]  # one of the kinds of rows
        (title, payer, None, None, None, None, None, None, None, len(found), *sums, None),
        depth,
    )


def _counted(found: list[Followed]) -> str:
    """How many claims are how far."""
    count = Counter(claim.state for claim in found)
    words = ", ".join(f"{count[state]:,} {state}" for state in STATES if count[state])
    return f"{many(len(found), 'claim')}: {words}."
