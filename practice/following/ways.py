"""What belongs to which claim that was sent: its submissions, the answers to them, the decisions on it.

An answer belongs to the last submission before it, so that a claim that was corrected and sent again begins anew. An
acknowledgment of a file names its control numbers, which senders use again in the course of years: the last file of
these numbers before it is meant. A claim is known by its number and its insurer, since a second insurer gets the same
number, and by the days of service where one number stands for several claims.
"""

from __future__ import annotations

import datetime
from collections import defaultdict
from collections.abc import Iterable
from decimal import Decimal
from typing import Final, NamedTuple

from daysheet.billing.payers import comparable_number, same_letters
from daysheet.books import Books
from daysheet.records import Claim
from daysheet.remittances import Remittance, RemittedClaim
from daysheet.submissions import Answer, Submission

_ORDER: Final = {kind: place for place, kind in enumerate(("TA1", "999", "997", "277CA-batch", "277CA", "277"))}


class Sending(NamedTuple):
    """One submission of a claim; `sent` is what was asked for, where its file says that."""

    day: datetime.date
    claim: Claim
    sent: Submission | None


class Way(NamedTuple):
    """A claim, by number and insurer, and its submissions in the order of days."""

    number: str
    payer: str
    sendings: list[Sending]

    @property
    def last(self) -> Sending:
        """The submission that stands."""
        return self.sendings[-1]

    @property
    def service(self) -> datetime.date | None:
        """The first day of service, by the last submission that says one."""
        days = (one.sent.first for one in reversed(self.sendings) if one.sent is not None)
        return next((day for day in days if day is not None), None)

    @property
    def charged(self) -> Decimal | None:
        """What was asked for last; None where no file says it."""
        return None if self.last.sent is None else self.last.sent.charged


def ways(books: Books, as_of: datetime.date) -> list[Way]:
    """The claims that were sent up to a day, each with its submissions in the order of days.

    Another original under the same number, for other days of service, is another claim: some senders put the patient's
    account number there. What replaces or takes back is of the claim for the same days, else of the last one.
    """
    found: list[Way] = []
    known: dict[tuple[str, str], list[Way]] = {}
    for number, states in books.claims.items():
        for sending in _sendings(zip(states, books.claim_days[number], strict=True), as_of):
            ways = known.setdefault((same_letters(number), sending.claim.payer), [])
            way = _way_of(sending, ways)
            if way is None:
                way = Way(number, sending.claim.payer, [])
                ways.append(way)
                found.append(way)
            way.sendings.append(sending)
    for way in found:
        way.sendings.sort(key=_order)
    return found


def _sendings(states: Iterable[tuple[Claim, datetime.date]], as_of: datetime.date) -> list[Sending]:
    """What was sent of a number up to a day; an export's later states say again when it was sent."""
    found: list[Sending] = []
    for claim, known in states:
        day = claim.submitted or (known if claim.status == "submitted" and "remittance" not in claim.meta else None)
        if day is not None and day <= as_of:
            repeats = any(one.day == day and one.claim.payer == claim.payer for one in found)
            if claim.sent is not None or not repeats:
                found.append(Sending(day, claim, claim.sent))
    with_file = {(one.day, one.claim.payer) for one in found if one.sent is not None}
    found = [one for one in found if one.sent is not None or (one.day, one.claim.payer) not in with_file]
    return sorted(found, key=_order)


def _order(sending: Sending) -> tuple[datetime.date, str]:
    return sending.day, "" if sending.sent is None else sending.sent.batch


def _way_of(sending: Sending, ways: list[Way]) -> Way | None:
    """Which of the claims of a number and insurer a submission is of; None for a new one."""
    sent = sending.sent
    same = [way for way in ways if sent is None or None in (way.service, sent.first) or way.service == sent.first]
    if sent is None or sent.frequency != "original":
        same = same or ways
    return same[-1] if same else None


def answers(books: Books, as_of: datetime.date, ways: list[Way]) -> dict[int, list[Answer]]:
    """The answers to each claim's last submission, in the order of their days and of the way that a claim goes."""
    numbers: dict[str, list[int]] = defaultdict(list)
    for place, way in enumerate(ways):
        numbers[comparable_number(way.number)].append(place)
    batches = _batches(ways)
    found: dict[int, list[Answer]] = defaultdict(list)
    for answer in (answer for answer in books.answers if answer.date <= as_of):
        if answer.of_file:
            named = batches.get(f"{_part_of(answer)}:{answer.id}", [])
            day = max((one.day for one in named if one.day <= answer.date), default=None)
            for one in named:
                if one.day == day and one.is_last:
                    found[one.place].append(answer)
            continue
        told = _answered(answer, ways, numbers.get(comparable_number(answer.id), []))
        if told is not None and ways[told].last.day <= answer.date:
            found[told].append(answer)
    for each in found.values():
        each.sort(key=lambda one: (one.date, _ORDER.get(one.kind, len(_ORDER)), one.by == "payer"))
    return found


class _InFile(NamedTuple):
    """A claim in a file of claims: the file's day, the claim's place, and whether it was not sent again since."""

    day: datetime.date
    place: int
    is_last: bool


def _batches(ways: list[Way]) -> dict[str, list[_InFile]]:
    """The claims of each file, by every number that may name it."""
    found: dict[str, list[_InFile]] = defaultdict(list)
    for place, way in enumerate(ways):
        for sending in way.sendings:
            for key in _keys_of(sending.sent.batch) if sending.sent is not None else ():
                found[key].append(_InFile(sending.day, place, sending is way.last))
    return found


def _answered(answer: Answer, ways: list[Way], places: list[int]) -> int | None:
    """Which of several claims of a number an answer is to: by insurer and day of service, else what was sent last."""
    before = [place for place in places if ways[place].sendings[0].day <= answer.date]
    for fits in (
        [place for place in before if ways[place].payer == answer.payer],
        [place for place in before if answer.service is not None and ways[place].service == answer.service],
    ):
        before = fits or before
    latest = [max(one.day for one in ways[place].sendings if one.day <= answer.date) for place in before]
    return max(zip(latest, before, strict=True))[1] if before else None


def _part_of(answer: Answer) -> str:
    """Which part of a file's control numbers an answer names."""
    if answer.kind == "TA1":
        return "interchange"
    if answer.kind == "277CA-batch":
        return "reference"
    return "set" if "/" in answer.id else "group"


def _keys_of(batch: str) -> list[str]:
    """The numbers by which a file of claims can be named."""
    parts = batch.split("/")
    if len(parts) < 3:
        return []
    keys = [f"interchange:{parts[0]}", f"group:{parts[1]}", f"set:{parts[1]}/{parts[2]}"]
    return [*keys, f"reference:{parts[3]}"] if len(parts) > 3 else keys


def decisions(books: Books, as_of: datetime.date, ways: list[Way]) -> dict[int, list[tuple[Remittance, RemittedClaim]]]:
    """What remittances say of each claim up to a day, by day."""
    places: dict[tuple[str, str], list[int]] = defaultdict(list)
    by_number: dict[str, list[int]] = defaultdict(list)
    for place, way in enumerate(ways):
        places[comparable_number(way.number), way.payer].append(place)
        by_number[comparable_number(way.number)].append(place)
    found: dict[int, list[tuple[Remittance, RemittedClaim]]] = defaultdict(list)
    for remittance in sorted(books.remittances.values(), key=lambda one: (one.date, one.id)):
        for claim in remittance.claims if remittance.date <= as_of else ():
            named = (comparable_number(number) for number in (claim.claim, claim.invoice) if number)
            numbers = list(dict.fromkeys(named))
            known = [place for number in numbers for place in places.get((number, remittance.payer), ())]
            if not known and claim.rank == "primary":
                of_number = [place for number in numbers for place in by_number.get(number, ())]
                known = _of_unknown_payer(books, remittance.payer, ways, of_number)
            same = [place for place in known if ways[place].charged == abs(claim.charged)]
            for place in (same or known)[-1:]:
                found[place].append((remittance, claim))
    return found


def _of_unknown_payer(books: Books, payer: str, ways: list[Way], places: list[int]) -> list[int]:
    """The one claim of a number, where it or the remittance calls its insurer as no payer of the books is called.

    A file of claims and a remittance name an insurer differently; only a payer's facts say that they are one.
    """
    payers = {ways[place].payer for place in places}
    return places if len(payers) == 1 and not {payer, *payers} <= set(books.payers) else []
