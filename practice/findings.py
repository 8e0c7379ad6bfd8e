"""What a check finds: a gap in the books, what it is worth and where to look."""

from __future__ import annotations

import datetime
from collections.abc import Iterable
from contextvars import ContextVar
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Final, NamedTuple

from daysheet.records import Meta

if TYPE_CHECKING:
    from beancount.core.data import Directive

KINDS: Final = (
    "unbilled-visit",
    "billing-lapse",
    "missing-export",
    "duplicate-bill",
    "billed-no-show",
    "orphan-invoice",
    "late-charge",
    "invoice-number-gap",
    "overdue-invoice",
    "claim-unsent",
    "claim-rejected",
    "claim-unanswered",
    "claim-deadline",
    "denied-claim",
    "underpaid-claim",
    "remittance-unbalanced",
    "unmatched-deposit",
    "undeposited-payment",
    "unallocated-payment",
    "credit-balance",
    "locked-year",
    "payroll-mismatch",
    "unidentified-payee",
)


untold: ContextVar[bool] = ContextVar("untold", default=False)
"""Whether who loads the books looks for findings itself, so that the ledger's plugin need not."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that a person should look at.

    A finding is not an error of the books: it can be right that a visit was not billed, and then it is waived.

    Attributes:
        kind: one of `KINDS`.
        key: what identifies it within its kind, stable from run to run; `waive` takes it.
        date: the day it is about, or the first of several.
        through: the last day it is about.
        provider: the provider's id, where one is concerned.
        count: how many visits, invoices, lines … it stands for.
        amount: the money at risk at the practice's fees, in the books' operating currency.
        message: one sentence for the bookkeeper; no patient, no token.
        where: the evidence, as `filename` and `lineno` in metadata; the first is where an error is shown.
        covers: ids of the unbilled visits that a lapse already counts, so that money is counted once.
        expected: the cash that `amount` would have brought, where history allows to say so.
        sample: how many past visits `expected` rests on.
        low: what a bad quarter of past visits like these would have brought, where `expected` is known.
        high: the same of a good quarter.
        deadline: the day after which the money is lost, where there is one.
    """

    kind: str
    key: str
    date: datetime.date
    through: datetime.date
    provider: str | None
    count: int
    amount: Decimal
    message: str
    where: tuple[Meta, ...]
    covers: frozenset[str] = frozenset()
    expected: Decimal | None = None
    sample: int = 0
    low: Decimal | None = None
    high: Decimal | None = None
    deadline: datetime.date | None = None


class Gap(NamedTuple):
    """What was never billed, each visit counted once: at the practice's fees, and the cash it would bring."""

    gross: Decimal
    expected_cash: Decimal | None


def gap(findings: Iterable[Finding]) -> Gap:
    """The price of all unbilled visits and lapses; a visit that a lapse covers is counted in the lapse alone.

    `expected_cash` is None as soon as one part of the gap has no history to say what it would have brought.
    """
    unbilled = [finding for finding in findings if finding.kind in ("unbilled-visit", "billing-lapse")]
    covered: frozenset[str] = frozenset().union(*(finding.covers for finding in unbilled))
    counted = [finding for finding in unbilled if finding.kind == "billing-lapse" or finding.key not in covered]
    gross = sum((finding.amount for finding in counted), Decimal())
    expected = [finding.expected for finding in counted]
    known = [amount for amount in expected if amount is not None]
    return Gap(gross, sum(known, Decimal()) if len(known) == len(expected) else None)


class FindingError(NamedTuple):
    """A finding as Beancount shows an error: because the user loads the plugin, not because the books are broken."""

    source: Meta
    message: str
    entry: Directive | None
