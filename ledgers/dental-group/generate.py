"""Writes the group's four months as the files that it would download, one a month and query.

`python -m daysheet.ledgers.dental_group.generate DIR` writes them to a folder; the same bytes each time.
"""

from __future__ import annotations

import argparse
import datetime
from collections.abc import Iterable, Iterator
from decimal import Decimal
from pathlib import Path
from typing import NamedTuple

from daysheet.ledgers.dental_group import banks, claims, clinic, exports
from daysheet.ledgers.dental_group import desk as front
from daysheet.ledgers.dental_group import truth as known
from daysheet.ledgers.dental_group.roster import DENIED, MONTHS, NOT_DOWNLOADED, ONE_DAY, YEAR
from daysheet.ledgers.two_doctors.generate import write

_FIRST_CLAIM_PAYMENT = 40001


class Story(NamedTuple):
    """All that happened."""

    visits: list[clinic.Visit]
    told: claims.Insurers
    desk: front.Desk
    bank: banks.Bank


def story() -> Story:
    """The four months; always the same ones."""
    visits = clinic.visits()
    told = claims.insurers(visits)
    desk = front.desk(visits, told)
    return Story(visits, told, desk, banks.bank(desk.payments, told.advices))


def truth(of: Story) -> known.Truth:
    """What is true of it on the last day."""
    return known.truth(of.visits, of.told, of.desk, of.bank.fees)


def files(of: Story | None = None) -> dict[str, bytes]:
    """Every file that was downloaded, by name, in the order of the downloads."""
    told = of or story()
    made: dict[str, bytes] = {}
    for month in MONTHS:
        name = f"{YEAR}-{month:02}.txt"
        for kind, rows in _tables(told, month):
            made[f"{kind}-{name}"] = exports.query(kind, rows)
        made[f"chase-{YEAR}-{month:02}.csv"] = _statement(told.bank.rows, month)
    advices = [advice for advice in told.told.advices if advice.payer.sends == "835"]
    for number, advice in enumerate(advices, 1):
        made[f"{advice.payer.id}-{advice.day:%Y%m%d}.835"] = exports.remittance(number, advice, DENIED)
    del made[NOT_DOWNLOADED]
    return made


def _tables(of: Story, month: int) -> Iterator[tuple[str, list[exports.Cells]]]:
    """The rows of each query for a month; claims are asked for from the beginning, since their state changes."""
    until = (datetime.date(YEAR, month, 28) + 4 * ONE_DAY).replace(day=1) - ONE_DAY
    seen = [visit for visit in of.visits if visit.day.month == month]
    paid = [one for one in of.desk.payments if one.day.month == month]
    by_time = sorted(seen, key=lambda visit: (visit.day, visit.time, visit.number))
    yield "appointments", [exports.appointment(visit) for visit in by_time]
    yield "procedures", [row for visit in seen for row in exports.procedures(visit)]
    yield "payments", [exports.payment(one) for one in paid]
    yield "splits", [row for one in paid for row in exports.splits(one)]
    yield "adjustments", [exports.discount(one) for one in of.desk.discounts if one.day.month == month]
    sent = [claim for claim in of.told.claims if claim.visit.day <= until]
    yield "claims", [exports.claim(claim, settled_on(of, claim), until) for claim in sent]
    yield "claim-payments", list(_checks(of, month))


def settled_on(of: Story, claim: claims.Claim) -> datetime.date | None:
    """When the desk closed a claim; a refused one it leaves open."""
    decision = of.told.standing.get(claim.visit.number)
    refused = decision is not None and all(share.refused for share in decision.shares)
    return None if refused else of.told.decided.get(claim.visit.number)


def _checks(of: Story, month: int) -> Iterator[exports.Cells]:
    """What the desk posted of the insurer that sends no remittances."""
    number = _FIRST_CLAIM_PAYMENT
    for advice in of.told.advices:
        if advice.payer.sends == "checks":
            rows = list(exports.claim_payments(number, advice))
            number += len(rows)
            if advice.day.month == month:
                yield from rows


def _statement(rows: Iterable[banks.BankRow], month: int) -> bytes:
    before = sum((row.amount for row in rows if row.day.month < month), Decimal())
    return exports.chase([row for row in rows if row.day.month == month], before)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description="Write the dental group's files to a folder.")
    parser.add_argument("folder", type=Path)
    write(parser.parse_args().folder, files())
