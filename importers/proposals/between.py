"""How several exports of one system refer to each other: by the ids that they share."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from daysheet.importers.detection.exports import concepts as of
from daysheet.importers.detection.exports.column_facts import Facts
from daysheet.importers.detection.exports.kinds import CLAIMS, INVOICES, PAYMENTS, VISITS
from daysheet.importers.proposals.plan import Plan

_ROLES: Final = {VISITS: "visit", INVOICES: "invoice", CLAIMS: "claim", PAYMENTS: "payment"}
_CONCEPTS: Final = {
    VISITS: of.VISIT,
    INVOICES: of.INVOICE | of.CHARGE | of.PROCEDURE,
    CLAIMS: of.CLAIM,
    PAYMENTS: of.PAYMENT,
}
_SHARED: Final = 0.6
_ALIKE: Final = 0.3
_SHORT: Final = 4
_LEAST: Final = 2


def related(plans: Sequence[Plan]) -> list[Plan]:
    """The plans with the columns that name another file's records, and with patients called alike in all."""
    return _same_patients([_referring(plan, [other for other in plans if other is not plan]) for plan in plans])


def _referring(plan: Plan, others: Sequence[Plan]) -> Plan:
    found: dict[str, tuple[Facts, str]] = {}
    own = plan.column("id")
    for other in others:
        ids = other.column("id")
        role = _ROLES.get(other.kind)
        if ids is None or role is None or other.kind == plan.kind:
            continue
        ranked = sorted(
            (
                (of.names(facts, _CONCEPTS[other.kind]), _shared(facts, ids), -facts.place, facts)
                for facts in plan.found.facts
                if _may_refer(facts, other, plan) and (own is None or facts.place != own.place)
            ),
            key=lambda item: item[:3],
            reverse=True,
        )
        good = [item for item in ranked if item[1] >= _SHARED]
        if good:
            _, share, _, facts = good[0]
            found[role] = (facts, f"{share:.0%} of its values are {other.kind} of {other.file.path.name}")
    paid = any(other.kind == PAYMENTS for other in others)
    return replace(plan, refers={**plan.refers, **found}, paid_elsewhere=paid)


def _may_refer(facts: Facts, other: Plan, plan: Plan) -> bool:
    """Whether a column may name another file's records: by its name, or by ids that are no small numbers."""
    if facts.is_dates or facts.is_flag or of.is_money(facts) or len(facts.distinct) < _LEAST:
        return False
    if facts in plan.patients or facts is plan.column("provider") or facts is plan.column("payer"):
        return False
    if of.names(facts, _CONCEPTS[other.kind]):
        return True
    told = [cell for cell in facts.distinct if not cell.isdigit() or len(cell) > _SHORT]
    return facts.is_codes and len(told) >= 0.9 * len(facts.distinct)


def _shared(facts: Facts, ids: Facts) -> float:
    return len(facts.distinct & ids.distinct) / len(facts.distinct) if facts.distinct else 0.0


def _same_patients(plans: list[Plan]) -> list[Plan]:
    """Where files call the patient differently, the columns in which they agree: a token is made of what is said."""
    first = next((plan for plan in plans if plan.patients), None)
    if first is None:
        return plans
    for plan in plans:
        if plan is not first and plan.patients and not _agree(plan, first):
            mine = _best(plan, first.patients[0])
            theirs = None if mine else _best(first, plan.patients[0])
            if mine is not None:
                plans = [replace(plan, patients=(mine,)) if each is plan else each for each in plans]
            elif theirs is not None:
                changed = replace(first, patients=(theirs,))
                plans = [changed if each is first else each for each in plans]
                first = changed
    return plans


def _agree(plan: Plan, first: Plan) -> bool:
    several = len(first.patients) > 1 or len(plan.patients) > 1
    return several or _shared(plan.patients[0], first.patients[0]) >= _ALIKE


def _best(plan: Plan, patients: Facts) -> Facts | None:
    """The column that says the patient as another file's does, if there is one."""
    shared = [(_shared(facts, patients), -facts.place, facts) for facts in plan.found.facts if _names_patient(facts)]
    best = max(shared, key=lambda item: item[:2], default=None)
    return best[2] if best is not None and best[0] >= _SHARED else None


def _names_patient(facts: Facts) -> bool:
    return of.names(facts, of.PATIENT) and not facts.is_dates and not facts.is_flag and not of.is_money(facts)
