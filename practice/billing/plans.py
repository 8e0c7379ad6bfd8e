"""What insurers' plans are expected to leave to the patient of a bill, until they have decided.

An estimate of the practice's export goes before a plan. A plan pays a percent of what it allows, after the deductible
of the calendar year: once for a patient, whatever the bill. What of it was met is known from what the insurer has
decided (reason PR-1), from what was expected of earlier bills that it has not decided, and from a patient's own
`coverage` with `met`. A patient's own coverage by another insurer is a second plan: it pays of what the first leaves.

All amounts are in the books' currency.
"""

from __future__ import annotations

import datetime
import re
from collections import defaultdict
from collections.abc import Mapping, Sequence
from decimal import ROUND_HALF_UP, Decimal
from typing import Final, NamedTuple

from daysheet.billing.payers import claims_of
from daysheet.books import Books
from daysheet.books.made import share_of
from daysheet.facts import Coverage
from daysheet.records import Invoice, Line
from daysheet.remittances import Remittance, RemittedClaim

Decided = Mapping[str, Sequence[tuple[Remittance, RemittedClaim]]]
"""What insurers decided, by invoice."""

_CENT: Final = Decimal("0.01")
_ZERO: Final = Decimal()
_DEDUCTIBLE: Final = re.compile(r"\bPR-1 (-?[0-9.]+)")


class Expected(NamedTuple):
    """What is expected of one charge of a bill.

    Attributes:
        share: of the patient; None where nothing says so.
        second: the insurer of a second plan, empty where there is none.
        benefit: what that plan is to pay at most.
    """

    share: Decimal | None
    second: str = ""
    benefit: Decimal = _ZERO


class _Taken(NamedTuple):
    """What an earlier bill is expected to take of a deductible."""

    date: datetime.date
    invoice: str
    amount: Decimal


def payer_of(invoice: str, books: Books) -> str | None:
    """The insurer that a bill is to: by itself, else by the first claim that was sent of it."""
    sent = (state.payer for claim in claims_of(invoice, books) for state in books.claims[claim] if state.payer)
    return next((one.payer for one in books.invoices.get(invoice, ()) if one.payer), None) or next(sent, None)


class Plans:
    """What is expected of each charge, worked out in the order of the bills."""

    def __init__(self, books: Books, decided: Decided) -> None:
        """What the books know of plans, and what insurers have decided."""
        self.books = books
        self._decided = decided
        self._taken: dict[tuple[str, str, int], list[_Taken]] = defaultdict(list)
        self._known: dict[tuple[str, int], Expected] = {}
        if any(fact.deductible for fact in books.coverages):
            charges = [(one.date, one.id, at) for id_ in books.invoices for at, one in enumerate(books.invoices[id_])]
            for _, invoice, at in sorted(charges):
                self._known[invoice, at] = self._of(books.invoices[invoice][at], payer_of(invoice, books))

    def of(self, invoice: str, payer: str) -> list[tuple[Invoice, Expected]]:
        """What is expected of each charge of a bill to an insurer."""
        charges = self.books.invoices.get(invoice, ())
        return [(one, self._known.get((invoice, at)) or self._of(one, payer)) for at, one in enumerate(charges)]

    def _of(self, bill: Invoice, payer: str | None) -> Expected:
        if not payer or not (self.books.coverages or _is_estimated(bill)):
            return Expected(None)
        share = self._share(bill, payer)
        own = [one for one in self.books.coverages if one.patient == bill.patient != "" and one.since <= bill.date]
        for other in dict.fromkeys(fact.payer for fact in own):
            if other != payer:
                benefit = sum((self._pays(line, bill, other) for line in _lines(bill)), _ZERO)
                left = share if share is None else max(_ZERO, share - benefit)
                return Expected(left, other, benefit)
        return Expected(share)

    def _share(self, bill: Invoice, payer: str) -> Decimal | None:
        """The estimate of each line, else what the coverage leaves of it; None where nothing is said of any."""
        if not bill.lines and share_of(bill.meta) is not None:
            return share_of(bill.meta)
        told = [line.patient_share for line in bill.lines] or [None]
        covers = [self._coverage(line, bill, payer) for line in _lines(bill)]
        below = self._below(bill, payer)
        taken = _ZERO
        parts: list[Decimal] = []
        for line, share, cover in zip(_lines(bill), told, covers, strict=True):
            if share is not None:
                parts.append(share)
            elif cover is not None:
                allowed = self._allowed(line, bill.date, payer)
                first = min(allowed, below - taken) if cover.deductible else _ZERO
                taken += first
                parts.append(first + ((allowed - first) * (100 - cover.percent) / 100).quantize(_CENT, ROUND_HALF_UP))
        if taken:
            self._taken[payer, bill.patient, bill.date.year].append(_Taken(bill.date, bill.id, taken))
        if not parts:
            return None
        estimated = any(share is not None for share in told)
        return min(bill.amount, sum(parts, _ZERO if estimated else max(c.copay for c in covers if c is not None)))

    def _below(self, bill: Invoice, payer: str) -> Decimal:
        """What of the year's deductible a bill still has to meet."""
        facts = [fact for fact in self._facts(bill, payer) if fact.deductible or fact.met is not None]
        own = [fact for fact in facts if fact.patient and fact.met is not None and fact.since.year == bill.date.year]
        since = max((fact.since for fact in own), default=datetime.date.min)
        met = max((fact.met or _ZERO for fact in own if fact.since == since), default=_ZERO)
        earlier: dict[str, Decimal] = defaultdict(Decimal)
        for taken in self._taken[payer, bill.patient, bill.date.year]:
            earlier[taken.invoice] += taken.amount if taken.date >= since else _ZERO
        for invoice, amount in earlier.items():
            said = self._said(invoice, payer, bill.date)
            met += amount if said is None else said
        return max(_ZERO, max((fact.deductible for fact in facts), default=_ZERO) - met)

    def _said(self, invoice: str, payer: str, day: datetime.date) -> Decimal | None:
        """What an insurer has said by a day that a bill took of the deductible; None where it has not decided."""
        found = [claim for said, claim in self._decided.get(invoice, ()) if said.payer == payer and said.date <= day]
        amounts = (Decimal(amount) for claim in found for amount in _DEDUCTIBLE.findall(claim.codes))
        return max(_ZERO, sum(amounts, _ZERO)) if found else None

    def _facts(self, bill: Invoice, payer: str) -> list[Coverage]:
        """What is known of an insurer's plan for a bill's patient on its day."""
        return [
            fact
            for fact in self.books.coverages
            if fact.payer == payer and fact.since <= bill.date and fact.patient in ("", bill.patient)
        ]

    def _coverage(self, line: Line, bill: Invoice, payer: str) -> Coverage | None:
        """The plan's word on a procedure: the patient's own before all patients', the longest beginning of its code."""
        facts = [fact for fact in self._facts(bill, payer) if (line.service or "").startswith(fact.services)]
        return max(facts, key=lambda fact: (fact.patient != "", len(fact.services), fact.since), default=None)

    def _allowed(self, line: Line, day: datetime.date, payer: str) -> Decimal:
        """What an insurer allows for a line: its contract's fee, else the charge."""
        contracts = [one for one in self.books.contracts.get((payer, line.service or ""), ()) if one.since <= day]
        return min(contracts[-1].allowed * (line.quantity or 1), line.amount) if contracts else line.amount

    def _pays(self, line: Line, bill: Invoice, payer: str) -> Decimal:
        """What a second plan is to pay of a line at most."""
        cover = self._coverage(line, bill, payer)
        if cover is None:
            return _ZERO
        return (self._allowed(line, bill.date, payer) * cover.percent / 100).quantize(_CENT, ROUND_HALF_UP)


def _is_estimated(bill: Invoice) -> bool:
    """Whether the practice itself says what the patient is to owe of a charge, or of any line of it."""
    return share_of(bill.meta) is not None or any(line.patient_share is not None for line in bill.lines)


def _lines(bill: Invoice) -> tuple[Line, ...]:
    return bill.lines or (Line("", bill.provider, None, bill.amount),)
