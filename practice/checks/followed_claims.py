"""Findings on claims on their way: rejected before anybody decided them, and never answered."""

from __future__ import annotations

import datetime
from collections import defaultdict
from collections.abc import Iterator, Sequence
from decimal import Decimal

from daysheet.billing.claims import filing_deadline_of
from daysheet.books import Books
from daysheet.books.openings import begin_of
from daysheet.findings import Finding
from daysheet.following.followed import SENT, Followed, followed, rejected, usual_days
from daysheet.wording import many, money, payer_name

_ZERO = Decimal()


def claim_rejected(books: Books, as_of: datetime.date) -> Iterator[Finding]:
    """Claims that a clearinghouse or an insurer rejected, and that were not sent again: one a claim, or one a file.

    An insurer does not know a claim that was rejected: it is lost unless it is corrected and sent again in time.
    """
    files: dict[str, list[Followed]] = defaultdict(list)
    for claim in rejected(books, as_of):
        if claim.asks and claim.open > 0:
            files[f"file-{claim.batch}" if claim.of_file else claim.claim].append(claim)
    for key, group in files.items():
        first = group[0]
        deadlines = [filing_deadline_of(books, one.payer, one.service or _service(books, one), as_of) for one in group]
        last = min((deadline.last for deadline in deadlines if deadline is not None), default=None)
        until = "" if last is None else f" until {last}" if last >= as_of else f" (its time ended on {last})"
        why = f": {first.reason}" if first.reason else ""
        amount = money(_sum(group), books.currency)
        if first.of_file:
            message = (
                f"the file of {first.sent} with {many(len(group), 'claim')}, {amount}, was rejected on "
                f"{first.decided}{why}; correct it and send it again{until}"
            )
        else:
            message = (
                f"claim {first.claim} of {first.sent} to {payer_name(books, first.payer)}, {amount}, was rejected on "
                f"{first.decided}{why}; correct it and send it again{until}"
            )
        yield _finding("claim-rejected", key, group, message, last)


def claim_unanswered(books: Books, as_of: datetime.date) -> Iterator[Finding]:
    """Files of claims that nobody has acknowledged, and claims that an insurer has not decided in its usual time.

    Files are missed from the first acknowledgment on that the books have: a practice that imports none is told nothing.
    """
    patience = datetime.timedelta(days=books.days_of("acknowledgment-days", as_of))
    since = min((answer.date for answer in books.answers), default=datetime.date.max)
    silent: dict[str, list[Followed]] = defaultdict(list)
    begin = begin_of(books)
    waiting = [
        claim
        for claim in followed(books, as_of)
        if claim.is_open and claim.asks and claim.open > 0 and claim.sent >= begin
    ]
    heard = {claim.batch for claim in followed(books, as_of) if claim.answered}
    for claim in waiting:
        unheard = claim.state == SENT and claim.batch and claim.batch not in heard
        if unheard and since - patience <= claim.sent < as_of - patience:
            silent[claim.batch].append(claim)
    for batch, group in silent.items():
        amount = money(_sum(group), books.currency)
        message = (
            f"the file of {group[0].sent} with {many(len(group), 'claim')}, {amount}, was never acknowledged: ask the "
            "clearinghouse whether it has it, or send it again"
        )
        yield _finding("claim-unanswered", f"file-{batch}", group, message, None)
    deciding = {remittance.payer for remittance in books.remittances.values()}
    told = {id(claim) for group in silent.values() for claim in group}
    for claim in waiting:
        days = usual_days(books, claim.payer, as_of)
        late = (as_of - claim.sent).days
        if late > days and id(claim) not in told and (claim.invoice is not None or claim.payer in deciding):
            taken = f", taken by the insurer on {claim.taken}" if claim.taken else ""
            message = (
                f"claim {claim.claim} to {payer_name(books, claim.payer)}, {money(claim.open, books.currency)}, was "
                f"sent on {claim.sent}{taken} and is not decided in {many(late, 'day')}; {days} are usual: "
                "ask where it is"
            )
            yield _finding("claim-unanswered", claim.claim, [claim], message, None)


def denied_by_word(books: Books, as_of: datetime.date) -> Iterator[Finding]:
    """Claims that an insurer says it has denied (277), before any remittance says so."""
    for claim in followed(books, as_of):
        if claim.by_word and claim.asks and claim.open > 0:
            amount = money(claim.open, books.currency)
            message = (
                f"claim {claim.claim} denied by {payer_name(books, claim.payer)} on {claim.decided}, {amount}, as its "
                f"answer says: {claim.reason or 'no reason given'}"
            )
            yield _finding("denied-claim", claim.claim, [claim], message, None)


def _service(books: Books, claim: Followed) -> datetime.date:
    """The day from which a claim's time runs: of the visit that its bill is for, of the bill, of its sending."""
    bills = books.invoices[claim.invoice] if claim.invoice is not None else ()
    days = [day for bill in bills for visit in bill.visits if (day := books.day_of(visit)) is not None]
    return min(days or [bill.date for bill in bills], default=claim.first)


def _sum(claims: Sequence[Followed]) -> Decimal:
    return sum((claim.open for claim in claims), _ZERO)


def _finding(kind: str, key: str, claims: Sequence[Followed], message: str, deadline: datetime.date | None) -> Finding:
    days = sorted(claim.decided or claim.sent for claim in claims)
    return Finding(
        kind=kind,
        key=key,
        date=days[0],
        through=days[-1],
        provider=None,
        count=len(claims),
        amount=_sum(claims),
        message=message,
        where=tuple(meta for claim in claims for meta in claim.where[:2]),
        deadline=deadline,
    )
