"""Claims followed from the day they were sent: to the clearinghouse, to the insurer, to its decision or to nothing.

What is known of a claim stands in the books as facts, in whatever order they were imported: when and how it was sent
(`submissions`), what was answered to it or to its file, what remittances decided. `ways` says what belongs
together. Amounts are in the books' currency.
"""

from __future__ import annotations

import datetime
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Final, NamedTuple

from daysheet.billing.claims import held_by_insurer
from daysheet.billing.payers import bill_meant
from daysheet.books import Books
from daysheet.following import ways as claim_ways
from daysheet.following.ways import Sending, Way
from daysheet.records import COMPLETED, Meta, Visit
from daysheet.remittances import Remittance, RemittedClaim
from daysheet.submissions import Answer

SENT: Final = "sent"
CLEARED: Final = "with the clearinghouse"
TAKEN: Final = "with the insurer"
REJECTED: Final = "rejected"
DENIED: Final = "denied"
PAID: Final = "paid"
VOID: Final = "taken back"
STATES: Final = (SENT, CLEARED, TAKEN, REJECTED, DENIED, PAID, VOID)
"""How far a claim is, in the order of its way."""

_LEARNED_FROM: Final = 20
_LEARNED_IN: Final = datetime.timedelta(days=365)
_SHORTEST, _LONGEST, _USUAL = 14, 90, 45
_ZERO: Final = Decimal()


class Followed(NamedTuple):
    """A claim on a day.

    Attributes:
        claim: its number.
        payer: the insurer's id.
        invoice: the bill that it asks for; None where the books have none.
        first: when it was sent first.
        sent: when it was sent last.
        service: the first day of service, where its file says that.
        cleared: when the clearinghouse took it, or its file.
        taken: when the insurer took it.
        decided: when the insurer decided it, or the file or the claim was rejected.
        state: how far it is, one of `STATES`.
        charged: what is asked for.
        paid: what the insurer says that it paid.
        open: what of it is still with the insurer: of its bill, else what is asked for; nothing once it is paid.
        reason: why it was rejected or denied, or what is wanted of the practice.
        batch: control numbers of the file that it was sent in.
        of_file: whether it was rejected with its whole file.
        by_word: whether it was denied in an answer alone, and no remittance or export says so.
        asks: whether it asks for money; a report of an encounter does not.
        where: its last submission, and what decided it.
    """

    claim: str
    payer: str
    invoice: str | None
    first: datetime.date
    sent: datetime.date
    service: datetime.date | None
    cleared: datetime.date | None
    taken: datetime.date | None
    decided: datetime.date | None
    state: str
    charged: Decimal
    paid: Decimal
    open: Decimal
    reason: str
    batch: str
    of_file: bool
    by_word: bool
    asks: bool
    where: tuple[Meta, ...]

    @property
    def answered(self) -> bool:
        """Whether anybody has said anything of it."""
        return self.state not in (SENT, VOID)

    @property
    def is_open(self) -> bool:
        """Whether it is on its way, and nobody has decided it."""
        return self.state in (SENT, CLEARED, TAKEN)


def followed(books: Books, as_of: datetime.date) -> list[Followed]:
    """Every claim that had been sent by a day, in the order of their numbers in the books.

    A claim is known as sent by its own file, or by the practice's export of claims.
    """
    return books.once(("followed claims", as_of), lambda: list(_followed(books, as_of)))


def rejected(books: Books, as_of: datetime.date) -> Iterator[Followed]:
    """The claims that were rejected last, and neither sent again nor decided since."""
    return (claim for claim in followed(books, as_of) if claim.state == REJECTED)


def rejected_visits(books: Books, as_of: datetime.date) -> Iterator[tuple[Visit, Followed]]:
    """The kept visits whose claim was rejected, each once: they have a bill, and nobody has it."""
    seen: set[str] = set()
    for claim in rejected(books, as_of):
        bills = books.invoices[claim.invoice] if claim.invoice is not None and claim.asks and claim.open > 0 else ()
        for name in (name for bill in bills for name in bill.visits):
            visit = books.visits.get(name)
            if visit is not None and visit.status == COMPLETED and name not in seen:
                seen.add(name)
                yield visit, claim


def usual_days(books: Books, payer: str, as_of: datetime.date) -> int:
    """How many days an insurer may take to decide a claim, by the threshold `answer-days` or by what it took.

    Not set, it is what 95 % of its claims took that were decided in the last year, at least 14 and at most 90 days; 45
    where fewer than 20 say so.
    """
    given = books.threshold("answer-days", as_of)
    if given is not None:
        return int(given)
    days = books.once(("days to a decision", as_of), lambda: _days_to_decisions(books, as_of)).get(payer, [])
    if len(days) < _LEARNED_FROM:
        return _USUAL
    return min(max(sorted(days)[int(Decimal("0.95") * (len(days) - 1))], _SHORTEST), _LONGEST)


def _days_to_decisions(books: Books, as_of: datetime.date) -> dict[str, list[int]]:
    found: dict[str, list[int]] = defaultdict(list)
    for claim in followed(books, as_of):
        decided = claim.decided if claim.state in (PAID, DENIED) else None
        if decided is not None and decided > as_of - _LEARNED_IN:
            found[claim.payer].append(max((decided - claim.sent).days, 0))
    return found


def _followed(books: Books, as_of: datetime.date) -> Iterator[Followed]:
    ways = claim_ways.ways(books, as_of)
    answers = claim_ways.answers(books, as_of, ways)
    decisions = claim_ways.decisions(books, as_of, ways)
    for place, way in enumerate(ways):
        yield _of_way(books, as_of, way, answers.get(place, []), decisions.get(place, []))


def _of_way(
    books: Books,
    as_of: datetime.date,
    way: Way,
    answers: list[Answer],
    decisions: list[tuple[Remittance, RemittedClaim]],
) -> Followed:
    last = way.last
    reached = _Reached(VOID if last.sent is not None and last.sent.frequency == "void" else SENT, [last.claim.meta])
    if reached.state != VOID:
        for answer in answers:
            reached.answered(answer)
        for remittance, claim in decisions:
            if remittance.date >= last.day:
                reached.remitted(remittance.date, claim)
        reached.exported(books, as_of, last)
    invoice = bill_meant(last.claim.invoice, books)
    charged = _charged(books, last, invoice)
    return Followed(
        claim=way.number,
        payer=way.payer,
        invoice=invoice,
        first=way.sendings[0].day,
        sent=last.day,
        service=way.service,
        cleared=reached.cleared,
        taken=reached.taken,
        decided=reached.decided,
        state=reached.state,
        charged=charged,
        paid=sum((claim.paid for _, claim in decisions), _ZERO),
        open=_open(books, as_of, way.payer, invoice, reached.state, charged),
        reason=reached.reason,
        batch="" if last.sent is None else last.sent.batch,
        of_file=reached.of_file,
        by_word=reached.state == DENIED and reached.by_answer,
        asks=last.sent is None or not last.sent.encounter,
        where=tuple(reached.where),
    )


@dataclass
class _Reached:
    """How far a claim has come, while what is known of it is gone through in the order of days."""

    state: str
    where: list[Meta]
    cleared: datetime.date | None = None
    taken: datetime.date | None = None
    decided: datetime.date | None = None
    reason: str = ""
    of_file: bool = False
    by_answer: bool = False

    def answered(self, answer: Answer) -> None:
        """What a clearinghouse or an insurer has answered."""
        if answer.status == "rejected":
            self._decide(REJECTED, answer.date, answer.reason, answer.meta)
            self.of_file = answer.of_file
            return
        if self.state == REJECTED:
            self.decided = None
        if answer.status in ("denied", "paid"):
            self._decide(DENIED if answer.status == "denied" else PAID, answer.date, answer.reason, answer.meta)
            self.by_answer = True
            self.taken = self.taken or answer.date
        elif answer.by == "payer":
            self.state, self.taken = TAKEN, self.taken or answer.date
        else:
            self.state, self.cleared = (TAKEN if self.taken else CLEARED), self.cleared or answer.date
        self.reason = answer.reason if answer.status in ("denied", "pending") else ""

    def remitted(self, day: datetime.date, claim: RemittedClaim) -> None:
        """What an insurer has decided; one that takes its decision back has the claim again."""
        self.taken = self.taken or day
        if claim.reversal or claim.status not in ("denied", "paid"):
            self.state, self.decided, self.reason = TAKEN, None, ""
        else:
            self._decide(DENIED if claim.status == "denied" else PAID, day, claim.reason, claim.meta)

    def exported(self, books: Books, as_of: datetime.date, last: Sending) -> None:
        """What the practice's own export says, where no insurer has decided."""
        number = last.claim.id
        for claim, day in zip(books.claims[number], books.claim_days[number], strict=True):
            own = claim.sent is None and "remittance" not in claim.meta and claim.payer == last.claim.payer
            if not own or not last.day <= day <= as_of or self.state in (PAID, DENIED):
                continue
            if claim.status in ("denied", "paid"):
                self._decide(DENIED if claim.status == "denied" else PAID, day, claim.reason or "", claim.meta)
            elif claim.status in ("accepted", "appealed"):
                self.state, self.taken, self.decided, self.reason = TAKEN, self.taken or day, None, ""

    def _decide(self, state: str, day: datetime.date, reason: str, where: Meta) -> None:
        self.state, self.decided, self.reason, self.by_answer = state, day, reason, False
        self.where[1:] = [where]


def _charged(books: Books, last: Sending, invoice: str | None) -> Decimal:
    if last.sent is not None:
        return last.sent.charged
    bills = books.invoices[invoice] if invoice is not None else ()
    return sum((bill.amount for bill in bills), _ZERO)


def _open(books: Books, as_of: datetime.date, payer: str, invoice: str | None, state: str, charged: Decimal) -> Decimal:
    if state in (PAID, VOID):
        return _ZERO
    return charged if invoice is None else max(_ZERO, held_by_insurer(books, invoice, payer, as_of))
