"""What has to be said before the return's schedules can be filed from."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import Final

from daysheet.reports.request import Request
from daysheet.reports.schedules.tax_return.capital import accumulated_adjustments
from daysheet.reports.schedules.tax_return.owners import owners
from daysheet.reports.schedules.tax_return.schedule_k import GUARANTEED, items
from daysheet.reports.statements.partners import shares_on
from daysheet.reports.tax.lines import ENTITIES

_WHOLE: Final = Decimal(100)


def asked(request: Request) -> Iterator[tuple[str, Decimal | None]]:
    """Each question, and the money it is about."""
    returns = request.settings.practice.returns
    if returns not in ENTITIES or not request.period.is_year:
        return
    found = items(request, request.period)
    if not any(item.amount for item in found):
        return
    if not owners(request):
        yield "Who are the owners, and what are their shares (Schedules K-1)?", None
    else:
        whole = sum(shares_on(request.books, request.period.last).values(), Decimal())
        if whole != _WHOLE:
            yield f"The owners' shares add up to {whole.normalize():f}%: whose is the rest?", None
    for item in found:
        unnamed = item.by_owner.get("", Decimal())
        if owners(request) and item.word in (GUARANTEED, "distributions") and unnamed:
            yield f"{item.title} on accounts of no owner: whose are they?", unnamed
    if returns == "1120-s" and accumulated_adjustments(request).begin is None:
        yield f"What was the accumulated adjustments account on {request.period.first}?", None
