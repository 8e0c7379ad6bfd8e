"""Claims as they were sent, and what clearinghouses and insurers answered before they decided.

A claim that a file of claims gives (X12 837, or a record system's export) stands in the ledger as a state of the claim
that says what was asked for; the control numbers of its file are how an acknowledgment names it:

    2026-03-05 custom "claim" "26463774" "26463774" "aetna" "submitted"
      submitted: 2026-03-05
      form: "837P"
      charged: 100.00 USD
      service-date: 2026-03-02
      services: "99213 25*1 40.00, 87070*1 60.00"
      provider: "adams"
      batch: "905/1/21/1142"

An answer says what became of one claim (277CA, 277), or of all claims of a file (999, 997, TA1):

    2026-03-06 custom "answer" "277CA" "26463774" "rejected"
      by: "payer"
      codes: "A3:21"
      reason: "returned as unprocessable: missing or invalid information"
    2026-03-05 custom "answer" "999" "1/21" "accepted"

Both are facts as their source states them; `billing.followed` says what they come to. Names and numbers of patients are
in neither. Amounts are in the books' currency.
"""

from __future__ import annotations

import datetime
import re
from collections.abc import Iterable, Iterator
from decimal import Decimal
from functools import lru_cache
from typing import Any, Final, Literal, NamedTuple, get_args

from beancount.core.amount import Amount
from beancount.core.data import Custom
from daysheet.records import Meta

FORM: Final = "form"
"""Metadata of a claim's state that says what was sent; other states have none."""

Frequency = Literal["original", "replacement", "void"]
Rank = Literal["primary", "secondary", "tertiary"]
AnswerStatus = Literal["received", "accepted", "rejected", "pending", "denied", "paid"]

FREQUENCIES: Final[tuple[str, ...]] = get_args(Frequency)
RANKS: Final[tuple[str, ...]] = get_args(Rank)
ANSWER_STATUSES: Final[tuple[str, ...]] = get_args(AnswerStatus)
CLAIMS_SENT: Final = "claims-sent"
"""The kind of an imported file of such claims: it comes whenever claims are sent, not by the month."""

OF_FILES: Final = ("TA1", "999", "997", "277CA-batch")
"""The answers that name a file and not a claim."""

_ZERO: Final = Decimal()
_SERVICE: Final = re.compile(r"(\S+)((?: [^ @*]\S*)*)\*(-?[0-9.]+) (-?[0-9.]+)(?: @(\S+))?")


class SentLine(NamedTuple):
    """A service line of a claim: the procedure, how often, what is asked for, and what tells it apart.

    Attributes:
        service: the procedure's code, else the revenue code; `-` where it has none that may be kept.
        units: how often, or how many minutes.
        charge: for all of them.
        details: modifiers and teeth.
        provider: who did it, where that is not the claim's provider.
    """

    service: str
    units: Decimal
    charge: Decimal
    details: tuple[str, ...] = ()
    provider: str = ""


class Submission(NamedTuple):
    """A claim as it was sent.

    Attributes:
        form: the kind of form, such as `837P`, `837D`, `837I`.
        charged: what is asked for.
        first: the first day of service; None where nothing says it.
        last: the last one.
        lines: its services.
        provider: who did it: the rendering provider, else the billing one; empty where the books know neither.
        frequency: whether it is new, or replaces or takes back one that was sent before.
        rank: whether the insurer pays first, second or third.
        earlier: what insurers before this one have paid.
        batch: control numbers of its interchange, group and transaction set and the number that the sender gave to all
            of them (BHT03), with slashes between; or empty.
        encounter: whether it only reports, and asks for nothing (capitation).
        patient: the patient's token, where the claim makes the practice's bill.
        bill: whether it makes the practice's bill, because no other file gives it.
    """

    form: str
    charged: Decimal
    first: datetime.date | None = None
    last: datetime.date | None = None
    lines: tuple[SentLine, ...] = ()
    provider: str = ""
    frequency: str = "original"
    rank: str = "primary"
    earlier: Decimal = _ZERO
    batch: str = ""
    encounter: bool = False
    patient: str = ""
    bill: bool = False

    @property
    def unexplained(self) -> Decimal:
        """What the claim asks for beyond its lines; zero where they add up, or there are none."""
        return self.charged - sum((line.charge for line in self.lines), _ZERO) if self.lines else _ZERO


class Answer(NamedTuple):
    """What was answered to a claim, or to a file of claims.

    Attributes:
        id: the number of what is answered: a claim's, or of a file what `batch` has of it: the interchange of a TA1,
            the group and set (or the group alone) of a 999 and 997, the sender's number of a `277CA-batch`.
        date: the day of the answer.
        kind: `277CA`, `277`, `277CA-batch`, `999`, `997` or `TA1`.
        status: what became of it, one of `ANSWER_STATUSES`.
        by: `payer` or `clearinghouse`; empty where nothing says who.
        payer: the insurer's id in the books, where an insurer says it or is named.
        codes: the codes of the answer.
        reason: what they mean, in our words.
        amount: the claim's charge as the answer repeats it; None where it does not.
        service: the first day of service, where the answer says it.
        meta: where it stands.
    """

    id: str
    date: datetime.date
    kind: str
    status: str
    by: str
    payer: str
    codes: str
    reason: str
    amount: Decimal | None
    service: datetime.date | None
    meta: Meta

    @property
    def of_file(self) -> bool:
        """Whether it answers all claims of a file."""
        return self.kind in OF_FILES


def submission_meta(sent: Submission, currency: str) -> dict[str, Any]:
    """What a claim's state says of what was sent, as metadata of its directive."""
    found: dict[str, Any] = {
        FORM: sent.form,
        "charged": Amount(sent.charged, currency),
        "service-date": sent.first,
        "service-end": sent.last if sent.last != sent.first else None,
        "services": ", ".join(map(_written, sent.lines)),
        "provider": sent.provider,
        "frequency": sent.frequency if sent.frequency != FREQUENCIES[0] else "",
        "rank": sent.rank if sent.rank != RANKS[0] else "",
        "earlier": Amount(sent.earlier, currency) if sent.earlier else None,
        "unexplained": Amount(sent.unexplained, currency) if sent.unexplained else None,
        "batch": sent.batch,
        "encounter": sent.encounter or None,
        "patient": sent.patient,
        "bill": sent.bill or None,
    }
    return _told(found)


def parse_submission(meta: Meta) -> Submission | None:
    """What a claim's state says of what was sent; None where it says nothing of that.

    Raises:
        ValueError: it is malformed; the message says what to write.
    """
    form = meta.get(FORM)
    if form is None:
        return None
    charged = meta.get("charged")
    if not isinstance(charged, Amount) or charged.number is None:
        raise ValueError("claim: say what was asked for, charged: 100.00 USD, where it has a form")
    first = meta.get("service-date")
    frequency, rank = meta.get("frequency", FREQUENCIES[0]), meta.get("rank", RANKS[0])
    for word, known in ((frequency, FREQUENCIES), (rank, RANKS)):
        if word not in known:
            raise ValueError(f"claim: {word} must be one of {', '.join(known)}")
    earlier = meta.get("earlier")
    return Submission(
        form=str(form),
        charged=charged.number,
        first=first,
        last=meta.get("service-end", first),
        lines=_lines(str(meta.get("services", ""))),
        provider=str(meta.get("provider", "")),
        frequency=frequency,
        rank=rank,
        earlier=(earlier.number or _ZERO) if isinstance(earlier, Amount) else _ZERO,
        batch=str(meta.get("batch", "")),
        encounter=meta.get("encounter") is True,
        patient=str(meta.get("patient", "")),
        bill=meta.get("bill") is True,
    )


def parse_answer(entry: Custom) -> Answer:
    """The answer that a directive states.

    Raises:
        ValueError: it is malformed; the message says what to write.
    """
    values = [value.value for value in entry.values]
    if len(values) != 3 or not all(isinstance(value, str) and value for value in values):
        raise ValueError('answer: write custom "answer" "277CA" "CLAIM" "STATUS"')
    kind, number, status = values
    if status not in ANSWER_STATUSES:
        raise ValueError(f"answer: the status must be one of {', '.join(ANSWER_STATUSES)}")
    meta = entry.meta
    amount = meta.get("amount")
    return Answer(
        id=number,
        date=entry.date,
        kind=kind,
        status=status,
        by=str(meta.get("by", "")),
        payer=str(meta.get("payer", "")),
        codes=str(meta.get("codes", "")),
        reason=str(meta.get("reason", "")),
        amount=amount.number if isinstance(amount, Amount) else None,
        service=meta.get("service-date"),
        meta=meta,
    )


def answer_meta(answer: Answer, currency: str) -> dict[str, Any]:
    """What an answer says beside its number and status, as metadata of its directive."""
    found: dict[str, Any] = {
        "by": answer.by,
        "payer": answer.payer,
        "codes": answer.codes,
        "reason": answer.reason,
        "amount": None if answer.amount is None else Amount(answer.amount, currency),
        "service-date": answer.service,
    }
    return _told(found)


def _told(found: dict[str, Any]) -> dict[str, Any]:
    """The metadata that says something."""
    return {
        key: value for key, value in found.items() if value is not None and not (isinstance(value, str) and not value)
    }


def services_of(lines: Iterable[SentLine]) -> list[str]:
    """The procedures of some lines, each once."""
    return list(dict.fromkeys(line.service for line in lines))


def _written(line: SentLine) -> str:
    """A line as the ledger holds it: `99213 25*1 40.00`, with `@baker` behind it where another provider did it."""
    what = " ".join((line.service, *line.details))
    by = f" @{line.provider}" if line.provider else ""
    return f"{what}*{line.units:f} {line.charge:.2f}{by}"


@lru_cache(maxsize=4096)
def _lines(text: str) -> tuple[SentLine, ...]:
    return tuple(_parsed_lines(text)) if text else ()


def _parsed_lines(text: str) -> Iterator[SentLine]:
    for part in text.split(", "):
        found = _SERVICE.fullmatch(part)
        if found is None:
            raise ValueError('claim: write services: "99213 25*1 40.00", code, units and what is asked for')
        service, details, units, charge, provider = found.groups()
        yield SentLine(service, Decimal(units), Decimal(charge), tuple(details.split()), provider or "")
