"""What a reading says of its records beside the records themselves, and what the settings say of their source."""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import Final, NamedTuple

from daysheet.records import Adjustment, Allotment, BankLine, Claim, Invoice, Payment, Visit

SO_FAR: Final = "so-far"
"""In a record's `meta`: the amount is all that there was up to the export."""
SEEK: Final = "seek"
"""In the `meta` of an invoice or payment: a `Sought`, by which its visit is found."""
MERGE: Final = "merge"
"""In an invoice's `meta`: rows with this id and payer are lines of one invoice."""
DATED: Final = "dated"
"""In a payment's `meta`, and in the ledger: it has no day of its own, and was put on the one that this names."""
UNDATED: Final = datetime.date.min
"""The date of a record that takes it from what it refers to."""
NOTHING: Final = "nothing to book in it"

KIND_OF: Final[Mapping[type, str]] = {
    Visit: "visits",
    Invoice: "invoices",
    Payment: "payments",
    Adjustment: "adjustments",
    Claim: "claims",
    Allotment: "allocations",
    BankLine: "payout",
}


class Sought(NamedTuple):
    """The visit that an invoice or payment is for, where the export gives no id of it."""

    patient: str
    provider: str
    date: datetime.date


class Terms(NamedTuple):
    """What a practice's settings say about one source.

    Attributes:
        providers: ids by what the export calls them, in comparable form.
        payers: the same for payers.
        services: the practice's word for a service, by the export's, in comparable form.
        words: meanings of status and method words that the profile does not know.
        take: kinds of records to take (`visits`, `invoices`, …); all if empty.
    """

    providers: Mapping[str, str] = {}
    payers: Mapping[str, str] = {}
    services: Mapping[str, str] = {}
    words: Mapping[str, str] = {}
    take: tuple[str, ...] = ()
