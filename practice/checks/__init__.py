"""The table of checks: each a function from the books and a day to findings.

A check looks only at what had happened by `as_of`. It yields a finding for each thing a person should look at, waived
or not; `run` leaves the waived ones out.
"""

from __future__ import annotations

import datetime
from collections.abc import Callable, Iterable, Iterator, Mapping
from types import MappingProxyType

from daysheet.billing.pricing import priced
from daysheet.books import Books
from daysheet.checks.claims import claim_deadline, claim_unsent, credit_balance, denied_claim, underpaid_claim
from daysheet.checks.deposits import remittance_unbalanced, undeposited_payment, unmatched_deposit
from daysheet.checks.invoices import (
    duplicate_bill,
    number_gap,
    orphan_invoice,
    overdue,
)
from daysheet.checks.lapse import lapse
from daysheet.checks.late_charges import (
    late_charge,
)
from daysheet.checks.locked_years import locked_year
from daysheet.checks.missing_exports import missing_export
from daysheet.checks.visits import billed_no_show, unbilled
from daysheet.findings import Finding

Check = Callable[[Books, datetime.date], Iterator[Finding]]

CHECKS: Mapping[str, Check] = MappingProxyType(
    {
        "billing-lapse": lapse,
        "unbilled-visit": unbilled,
        "missing-export": missing_export,
        "duplicate-bill": duplicate_bill,
        "billed-no-show": billed_no_show,
        "orphan-invoice": orphan_invoice,
        "overdue-invoice": overdue,
        "late-charge": late_charge,
        "invoice-number-gap": number_gap,
        "claim-unsent": claim_unsent,
        "claim-deadline": claim_deadline,
        "denied-claim": denied_claim,
        "underpaid-claim": underpaid_claim,
        "remittance-unbalanced": remittance_unbalanced,
        "unmatched-deposit": unmatched_deposit,
        "undeposited-payment": undeposited_payment,
        "credit-balance": credit_balance,
        "locked-year": locked_year,
    }
)


def find(books: Books, as_of: datetime.date | None = None, kinds: Iterable[str] = ()) -> list[Finding]:
    """Findings that are not waived, as of a day, without expected cash.

    In the order of the table, and within a kind by date and key.

    Args:
        books: the practice's books.
        as_of: the day; by default the books' own as-of date.
        kinds: only these; empty for all.
    """
    day = books.as_of if as_of is None else as_of
    wanted = set(kinds) or set(CHECKS)
    return [
        finding
        for kind, check in CHECKS.items()
        if kind in wanted
        for finding in sorted(check(books, day), key=lambda finding: (finding.date, finding.key))
        if (finding.kind, finding.key) not in books.waivers
    ]


def run(books: Books, as_of: datetime.date | None = None, kinds: Iterable[str] = ()) -> list[Finding]:
    """As `find`, with the cash that unbilled visits would bring."""
    day = books.as_of if as_of is None else as_of
    return list(priced(books, day, find(books, day, kinds)))
