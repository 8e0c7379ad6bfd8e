"""Larkfield Dental Group: who works there, who comes, who insures them, what it charges; and what went wrong.

The group opened on the first of September. All of it is invented.
"""

from __future__ import annotations

import datetime
import random
from decimal import Decimal
from typing import Final, NamedTuple

ONE_DAY: Final = datetime.timedelta(days=1)
YEAR: Final = 2026
FIRST: Final = datetime.date(YEAR, 9, 1)
LAST: Final = datetime.date(YEAR, 12, 31)
MONTHS: Final = (9, 10, 11, 12)
CENT: Final = Decimal("0.01")
ZERO: Final = Decimal("0.00")


class Provider(NamedTuple):
    """A provider's week: `days` are weekdays (0 is Monday), `visits` those that are completed on each."""

    id: str
    abbr: str
    days: frozenset[int]
    visits: int
    hygiene: bool


class Payer(NamedTuple):
    """An insurer: `allowed` is its share of the group's fees by contract; it decides on one `weekday`.

    `sends` is how it tells: an 835 and an electronic payment, or a paper check that the desk posts.
    """

    id: str
    carrier: str
    at_bank: str
    tax_id: str
    allowed: Decimal
    weekday: int
    sends: str
    prefix: int


class Patient(NamedTuple):
    """`guarantor` answers for the account, `payer` insures; empty for nobody."""

    number: int
    guarantor: int
    payer: str


PROVIDERS: Final = (
    Provider("marlow", "MARL", frozenset({0, 1, 2, 3}), 3, False),
    Provider("brandt", "BRAN", frozenset({1, 3, 4}), 3, False),
    Provider("sandoval", "SAND", frozenset({0, 2}), 3, False),
    Provider("whitlock", "WHIT", frozenset({0, 1, 2, 3}), 3, True),
    Provider("ashby", "ASHB", frozenset({1, 2, 3, 4}), 3, True),
)
ABBR: Final = {provider.id: provider.abbr for provider in PROVIDERS}
PAYERS: Final = {
    payer.id: payer
    for payer in (
        Payer("northstar", "Northstar Dental Plan", "NORTHSTAR DENTAL", "1410000017", Decimal("0.82"), 1, "835", 81),
        Payer("harborlight", "Harborlight Dental", "HARBORLIGHT DNTL", "1410000029", Decimal("0.76"), 3, "835", 62),
        Payer("cobalt", "Cobalt Mutual", "", "", Decimal("0.88"), 2, "checks", 0),
    )
}
FEES: Final = {
    "D0120": Decimal("58.00"), "D0140": Decimal("84.00"), "D0220": Decimal("34.00"), "D0274": Decimal("76.50"),
    "D1110": Decimal("112.00"), "D2391": Decimal("188.00"), "D2392": Decimal("236.00"), "D2740": Decimal("1195.00"),
    "D2950": Decimal("268.75"), "D4910": Decimal("149.00"), "D7140": Decimal("195.00"),
}  # fmt: skip
COVERED: Final = (("D0", 100), ("D1", 100), ("D274", 50), ("D29", 50), ("D2", 80), ("D4", 80), ("D7", 80))
"""What plans pay of a procedure, in percent, by the beginning of its code; the first that fits."""
DEDUCTIBLE: Final = Decimal("50.00")
HYGIENE: Final = (("D1110", "D0120"), ("D1110", "D0120", "D0274"), ("D4910", "D0120"))
DENTISTRY: Final = (
    ("D0140", "D0220"), ("D2391",), ("D2392",), ("D2392", "D2391"), ("D2740", "D2950"), ("D7140",), ("D2391",),
)  # fmt: skip
# first day, last day, whose; as in practice.beancount
CLOSED: Final = (
    (datetime.date(YEAR, 9, 7), datetime.date(YEAR, 9, 7), None),
    (datetime.date(YEAR, 10, 12), datetime.date(YEAR, 10, 30), "sandoval"),  # on leave
    (datetime.date(YEAR, 11, 26), datetime.date(YEAR, 11, 27), None),
    (datetime.date(YEAR, 12, 24), datetime.date(YEAR, 12, 25), None),
)

# What went wrong, so that there is something to find: a day, a provider, and which of the day's completed visits.
Slip = tuple[datetime.date, str, int]
LAPSE: Final = ("ashby", datetime.date(YEAR, 12, 8), datetime.date(YEAR, 12, 11))
"""The days of which a hygienist's procedures were never set complete."""
MISSED: Final = frozenset({(datetime.date(YEAR, 9, 22), "marlow", 1), (datetime.date(YEAR, 10, 8), "brandt", 2)})
NOT_DOWNLOADED: Final = "appointments-2026-11.txt"
NOT_SENT: Final = 2
"""So many claims wait to be sent since October."""
DENIED: Final = {"northstar": "29", "harborlight": "16"}
"""Each of these insurers has refused one claim, for this reason (CARC): filed too late, information is missing."""


def patients() -> dict[int, Patient]:
    """The group's patients, by number: families of one to four on one account."""
    chance = random.Random("the families of Larkfield")
    found: dict[int, Patient] = {}
    number = 1001
    while len(found) < 640:
        head = number
        payer = chance.choices(("northstar", "harborlight", "cobalt", ""), (40, 25, 9, 26))[0]
        for _ in range(chance.choices((1, 2, 3, 4), (55, 22, 13, 10))[0]):
            found[number] = Patient(number, head, payer)
            number += 1
    return found


def is_open(day: datetime.date, provider: Provider) -> bool:
    """Whether a provider works on a day."""
    closed = any(first <= day <= last and who in (None, provider.id) for first, last, who in CLOSED)
    return day.weekday() in provider.days and not closed


def business_day(day: datetime.date) -> datetime.date:
    """The day, or the next on which the group and the bank are open."""
    while day.weekday() > 4 or any(first <= day <= last and who is None for first, last, who in CLOSED):
        day += ONE_DAY
    return day
