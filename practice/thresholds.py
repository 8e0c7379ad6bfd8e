"""How much is too much: the numbers that checks compare with, each a dated fact with a default.

Example:
    2026-01-01 custom "threshold" "overdue-days" 45
    2026-01-01 custom "threshold" "grace-days" 5
      provider: "baker"
"""

from __future__ import annotations

from decimal import Decimal
from types import MappingProxyType
from typing import Final, NamedTuple


class Default(NamedTuple):
    """A threshold that the books do not set: its value, None where it is learned from the books, and what it means."""

    value: Decimal | None
    meaning: str


DEFAULTS: Final = MappingProxyType(
    {
        "grace-days": Default(
            None,
            "Working days that a bill may take before a visit counts as unbilled. Not set, it is what 95 % of the "
            "provider's bills took in the last 180 days, and at most 14 days; none where fewer than 20 bills say so.",
        ),
        "lapse-days": Default(Decimal(1), "Working days without bills that make a lapse, where visits are recorded."),
        "schedule-lapse-days": Default(
            Decimal(3), "Working days without bills that make a lapse, where only the schedule is known."
        ),
        "learned-lapse-days": Default(
            Decimal(4), "Working days without bills that make a lapse, where only past bills are known."
        ),
        "overdue-days": Default(Decimal(0), "Days after an invoice's due date until it is overdue."),
        "terms-days": Default(Decimal(30), "Days that an invoice is due in, where it does not say so itself."),
        "export-gap-days": Default(
            Decimal(10), "Days that no file of an account or kind covers until an export is missing."
        ),
        "late-charge-days": Default(Decimal(10), "Days from a visit to its bill until the bill is late."),
        "number-gap-share": Default(
            Decimal(10), "Percent of a series of invoice numbers that may be missing; with more, it is no series."
        ),
        "claim-days": Default(Decimal(3), "Days from a bill to an insurer until a claim that was not sent is missing."),
        "acknowledgment-days": Default(
            Decimal(5), "Days from sending a file of claims until it is missing that anybody has acknowledged it."
        ),
        "answer-days": Default(
            None,
            "Days that an insurer may take to decide a claim. Not set, it is what 95 % of its claims took that were "
            "decided in the last year, at least 14 and at most 90 days; 45 where fewer than 20 say so.",
        ),
        "deadline-days": Default(
            None,
            "Days before the end of a filing or appeal period from which it is shown. Not set, a third of the period, "
            "at least 30 and at most 60 days.",
        ),
        "prepayment-days": Default(
            Decimal(365), "Days after a payment on account from which a new bill does not take it any more."
        ),
        "unallocated-share": Default(
            Decimal(2), "Percent of a month's receipts that may stay on account, for no bill; more is a finding."
        ),
        "price-sample": Default(Decimal(5), "Past visits alike that are needed to say what a visit brings."),
    }
)
