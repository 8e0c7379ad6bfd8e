"""The table of checks: each a function from the books and a day to findings.

A check looks only at what had happened by `as_of`. It yields a finding for each thing a person should look at, waived
or not; `run` leaves the waived ones out.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Iterator, Mapping
from types import MappingProxyType
from typing import Final, Protocol

from daysheet.billing.pricing import priced
from daysheet.books import Books
from daysheet.cash.reconciliation import begin
from daysheet.checks.claims import claim_deadline, claim_unsent, credit_balance, denied_claim, underpaid_claim
from daysheet.checks.deposits import remittance_unbalanced, undeposited_payment, unmatched_deposit
from daysheet.checks.duplicates import duplicate_bill
from daysheet.checks.followed_claims import claim_rejected, claim_unanswered
from daysheet.checks.invoices import invoice_number_gap, orphan_invoice, overdue_invoice
from daysheet.checks.lapse import billing_lapse
from daysheet.checks.late_charges import late_charge
from daysheet.checks.locked_years import locked_year
from daysheet.checks.missing_exports import missing_export
from daysheet.checks.payees import unidentified_payee
from daysheet.checks.payroll import payroll_mismatch
from daysheet.checks.unallocated import unallocated_payment
from daysheet.checks.visits import billed_no_show, unbilled_visit
from daysheet.findings import KINDS, Finding


class Check(Protocol):
    """From the books and a day to findings."""

    __name__: str

    def __call__(self, books: Books, as_of: datetime.date) -> Iterator[Finding]:
        """Look only at what had happened by `as_of`."""
        ...


_FUNCTIONS: Final[tuple[Check, ...]] = (
    billed_no_show,
    billing_lapse,
    claim_deadline,
    claim_rejected,
    claim_unanswered,
    claim_unsent,
    credit_balance,
    denied_claim,
    duplicate_bill,
    invoice_number_gap,
    late_charge,
    locked_year,
    missing_export,
    orphan_invoice,
    overdue_invoice,
    payroll_mismatch,
    remittance_unbalanced,
    unallocated_payment,
    unbilled_visit,
    underpaid_claim,
    undeposited_payment,
    unidentified_payee,
    unmatched_deposit,
)
"""Each bears the name of the kind that it finds; their order is that of `KINDS`."""


def kind_of(check: Check) -> str:
    """The kind that a check finds."""
    return check.__name__.replace("_", "-")


CHECKS: Final[Mapping[str, Check]] = MappingProxyType(
    {kind: check for kind in KINDS for check in _FUNCTIONS if kind_of(check) == kind}
)


OF_DEPOSITS: Final = frozenset({"unmatched-deposit", "undeposited-payment"})
"""The kinds that take the matching of deposits."""

NOTHING_KNOWN: Final[Mapping[str, Iterable[Finding]]] = MappingProxyType({})


def find(
    books: Books,
    as_of: datetime.date | None = None,
    kinds: Iterable[str] = (),
    known: Mapping[str, Iterable[Finding]] = NOTHING_KNOWN,
) -> list[Finding]:
    """Findings that are not waived, as of a day, without expected cash.

    In the order of the table, and within a kind by date and key.

    Args:
        books: the practice's books.
        as_of: the day; by default the books' own as-of date.
        kinds: only these; empty for all.
        known: what the checks of some kinds find as of this day, where it need not be looked for.
    """
    day = books.as_of if as_of is None else as_of
    wanted = set(kinds) or set(CHECKS)
    asked = [kind for kind in CHECKS if kind in wanted]
    if any(kind not in known for kind in asked if kind in OF_DEPOSITS):
        begin(books, day)
    found: dict[str, Iterable[Finding]] = {}
    for kind in sorted(asked, key=OF_DEPOSITS.__contains__):  # deposits last: they may be matched meanwhile
        found[kind] = known[kind] if kind in known else [*CHECKS[kind](books, day)]
    return [
        finding
        for kind in asked
        for finding in sorted(found[kind], key=lambda finding: (finding.date, finding.key))
        if (finding.kind, finding.key) not in books.waivers
    ]


def run(
    books: Books,
    as_of: datetime.date | None = None,
    kinds: Iterable[str] = (),
    known: Mapping[str, Iterable[Finding]] = NOTHING_KNOWN,
) -> list[Finding]:
    """As `find`, with the cash that unbilled visits would bring."""
    day = books.as_of if as_of is None else as_of
    return list(priced(books, day, find(books, day, kinds, known)))
