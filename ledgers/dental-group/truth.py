"""What is true of the group on its last day, by its own record: who owes what, whose income it was, what went wrong.

Nothing of Daysheet is used here: its figures and findings are held against these.
"""

from __future__ import annotations

import datetime
from collections import defaultdict
from decimal import Decimal
from typing import Final, NamedTuple

from daysheet.ledgers.dental_group.claims import Insurers
from daysheet.ledgers.dental_group.clinic import Visit
from daysheet.ledgers.dental_group.desk import Desk
from daysheet.ledgers.dental_group.roster import LAPSE, LAST, NOT_DOWNLOADED, ONE_DAY, ZERO

Sums = dict[str, Decimal]
TERMS: Final = 30 * ONE_DAY


class Truth(NamedTuple):
    """The figures of the last day; what is zero is left out.

    Attributes:
        patients: what each patient owes, by number; negative for who has paid too much.
        payers: what each insurer owes.
        income: money received, by month and provider (`2026-09 marlow`).
        fees: what the card processor kept, by month.
        lapse: the visits of the lapse, and what they would have been charged.
        missed: the other visits that were never charged, and their fees.
        not_sent, denied: bills of claims that wait to be sent, and that were refused, with what they are about.
        overdue: the bills of which a patient's share is unpaid a month and more after it became theirs.
        overpaid: the bill on which a patient paid too much, and how much.
        gap: the months of which no appointments were downloaded.
    """

    patients: dict[int, Decimal]
    payers: Sums
    income: Sums
    fees: Sums
    lapse: Sums
    missed: Sums
    not_sent: Sums
    denied: Sums
    overdue: Sums
    overpaid: tuple[str, Decimal]
    gap: str


def truth(visits: list[Visit], told: Insurers, desk: Desk, fees: dict[int, Decimal]) -> Truth:
    """The truth of the whole story."""
    never = [visit for visit in visits if visit.status == "Complete" and not visit.is_charged]
    patients: dict[int, Decimal] = defaultdict(Decimal)
    payers: Sums = defaultdict(Decimal)
    arrived = {id(one) for advice in told.advices if advice.at_bank <= LAST for one in advice.decisions}
    for visit in visits:
        if visit.is_charged and not visit.patient.payer:
            patients[visit.patient.number] += visit.fee
        elif visit.is_charged:
            decision = told.standing.get(visit.number)
            refused = decision is not None and all(share.refused for share in decision.shares)
            if decision is None or refused:
                payers[visit.patient.payer] += visit.fee
            else:
                patients[visit.patient.number] += decision.left
    for advice in told.advices:
        payers[advice.payer.id] += sum((one.paid for one in advice.decisions if id(one) not in arrived), ZERO)
    for payment in desk.payments:
        for split in payment.splits:
            patients[split.visit.patient.number] -= split.amount
    for one in desk.discounts:
        patients[one.visit.patient.number] -= one.amount
    waiting = {claim.visit.number for claim in told.claims if claim.sent is None}
    return Truth(
        {number: amount for number, amount in sorted(patients.items()) if amount},
        {payer: amount for payer, amount in sorted(payers.items()) if amount},
        _income(told, desk),
        {f"{LAST.year}-{month:02}": amount for month, amount in sorted(fees.items())},
        _bills([visit for visit in never if _in_lapse(visit)]),
        _bills([visit for visit in never if not _in_lapse(visit)]),
        _bills([visit for visit in visits if visit.number in waiting]),
        _bills([one.visit for one in told.standing.values() if all(share.refused for share in one.shares)]),
        _overdue(visits, told, desk),
        (f"apt-{desk.overpaid[0].number}", desk.overpaid[1]),
        NOT_DOWNLOADED.removeprefix("appointments-").removesuffix(".txt"),
    )


def _in_lapse(visit: Visit) -> bool:
    provider, first, last = LAPSE
    return visit.provider == provider and first <= visit.day <= last


def _bills(visits: list[Visit]) -> Sums:
    return {f"apt-{visit.number}": visit.fee for visit in visits}


def _overdue(visits: list[Visit], told: Insurers, desk: Desk) -> Sums:
    """What patients owe of each bill, where their share is older than the terms."""
    paid: dict[int, Decimal] = defaultdict(Decimal)
    for payment in desk.payments:
        for split in payment.splits:
            paid[split.visit.number] += split.amount
    for one in desk.discounts:
        paid[one.visit.number] += one.amount
    found: Sums = {}
    for visit in visits:
        decision = told.standing.get(visit.number)
        since = told.decided.get(visit.number) if visit.patient.payer else visit.day
        if visit.is_charged and since is not None and since + TERMS < LAST:
            share = decision.left if decision is not None else visit.fee
            if share > paid[visit.number]:
                found[f"apt-{visit.number}"] = share - paid[visit.number]
    return found


def _income(told: Insurers, desk: Desk) -> Sums:
    """Money by the day on which it came, and the provider who earned it."""
    found: Sums = defaultdict(Decimal)

    def add(day: datetime.date, provider: str, amount: Decimal) -> None:
        if day <= LAST:
            found[f"{day:%Y-%m} {provider}"] += amount

    for advice in told.advices:
        for one in advice.decisions:
            add(advice.at_bank, one.visit.provider, one.paid)
    for payment in desk.payments:
        for split in payment.splits:
            add(payment.day, split.visit.provider, split.amount)
    return {key: amount for key, amount in sorted(found.items()) if amount}
