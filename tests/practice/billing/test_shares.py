"""Who owes what of a bill: by the decisions of insurers, the practice's rows, and what is paid; worked out by hand."""

from __future__ import annotations

import datetime
from decimal import Decimal

import pytest
from daysheet.accounts import RECEIVABLE_INSURANCE, RECEIVABLE_PATIENTS
from daysheet.billing.shares import (
    ANSWERED,
    CHARGE,
    CLAIMED,
    CONTRACTUAL,
    EXPECTED,
    MOVED,
    PAID,
    Decision,
    Row,
    division,
)
from hypothesis import given
from hypothesis import strategies as st

PATIENT = RECEIVABLE_PATIENTS
SUMMIT, HARBOR = f"{RECEIVABLE_INSURANCE}:Summit", f"{RECEIVABLE_INSURANCE}:Harbor"
ANY = f"{RECEIVABLE_INSURANCE}:Insurers"
ZERO = Decimal()


def day(number: int) -> datetime.date:
    return datetime.date(2026, 3, 1) + datetime.timedelta(days=number)


def row(number: int, what: str, account: str, amount: str | int) -> Row:
    return Row(day(number), what, account, Decimal(amount))


def decided(
    number: int, account: str, charged: int, paid: int, off: int, patient: int, denied: int = 0, *, claim: str = "K1",
    rank: str = "primary", back: bool = False, remittance: str = "",
) -> Decision:  # fmt: skip
    amounts = map(Decimal, (charged, paid, off, patient, denied))
    return Decision(day(number), account, claim, remittance or f"R{number}", rank, back, *amounts)


BILL_TO_SUMMIT = row(0, CHARGE, SUMMIT, 200)
BILL_TO_PATIENT = row(0, CHARGE, PATIENT, 200)
DECISION = decided(20, SUMMIT, 200, 110, 40, 50)
SECOND = decided(30, HARBOR, 200, 35, 0, 15, rank="secondary")

CASES = {
    "nothing is known: the bill's payer": ([BILL_TO_SUMMIT], [], {SUMMIT: 200}),
    "a decision on the insurer's bill": ([BILL_TO_SUMMIT], [DECISION], {SUMMIT: 150, PATIENT: 50}),
    "a decision on the patient's bill": ([BILL_TO_PATIENT], [DECISION], {SUMMIT: 150, PATIENT: 50}),
    "a copay taken before it": ([BILL_TO_PATIENT, row(0, PAID, PATIENT, 50)], [DECISION], {SUMMIT: 150, PATIENT: 50}),
    "what is denied stays where it was, with the insurer": (
        [BILL_TO_SUMMIT], [decided(20, SUMMIT, 200, 0, 0, 0, 200)], {SUMMIT: 200},
    ),
    "what is denied stays where it was, with the patient": (
        [BILL_TO_PATIENT], [decided(20, SUMMIT, 200, 60, 40, 20, 80)], {SUMMIT: 100, PATIENT: 100},
    ),
    "a second insurer takes its part of what the first left": (
        [BILL_TO_SUMMIT], [DECISION, SECOND], {SUMMIT: 150, HARBOR: 35, PATIENT: 15},
    ),
    "a second insurer's claim has a number of its own": (
        [BILL_TO_PATIENT],
        [DECISION, decided(30, HARBOR, 200, 35, 0, 15, rank="secondary", claim="K7")],
        {SUMMIT: 150, HARBOR: 35, PATIENT: 15},
    ),
    "a second insurer's decision comes alone": (
        [BILL_TO_SUMMIT],
        [decided(30, HARBOR, 200, 35, 0, 15, rank="secondary")],
        {SUMMIT: 150, HARBOR: 35, PATIENT: 15},
    ),
    "a second insurer's write-off repeats the first's": (
        [BILL_TO_SUMMIT],
        [DECISION, decided(30, HARBOR, 200, 35, 40, 15, rank="secondary")],
        {SUMMIT: 150, HARBOR: 35, PATIENT: 15},
    ),
    "a decision taken back": (
        [BILL_TO_SUMMIT], [DECISION, decided(25, SUMMIT, -200, -110, -40, -50, back=True)], {SUMMIT: 200},
    ),
    "a decision replaced without being taken back": (
        [BILL_TO_SUMMIT],
        [decided(20, SUMMIT, 200, 0, 0, 0, 200), decided(40, SUMMIT, 200, 120, 40, 40)],
        {SUMMIT: 160, PATIENT: 40},
    ),
    "a claim for a part of the bill": (
        [BILL_TO_PATIENT], [decided(20, SUMMIT, 120, 70, 20, 30)], {SUMMIT: 90, PATIENT: 110},
    ),
    "two claims of one bill": (
        [BILL_TO_SUMMIT],
        [decided(20, SUMMIT, 120, 70, 20, 30), decided(21, SUMMIT, 80, 60, 10, 10, claim="K2")],
        {SUMMIT: 160, PATIENT: 40},
    ),
    "the practice's own row says the same as the decision": (
        [BILL_TO_SUMMIT, row(22, MOVED, SUMMIT, 50)], [DECISION], {SUMMIT: 150, PATIENT: 50},
    ),
    "an estimate in the practice's rows gives way to the decision": (
        [BILL_TO_SUMMIT, row(1, MOVED, SUMMIT, 80)], [DECISION], {SUMMIT: 150, PATIENT: 50},
    ),
    "what was denied is moved to the patient later": (
        [BILL_TO_SUMMIT, row(40, MOVED, SUMMIT, 60)],
        [decided(20, SUMMIT, 200, 60, 40, 40, 60)],
        {SUMMIT: 100, PATIENT: 100},
    ),
    "no decision, and a row of the practice": (
        [BILL_TO_SUMMIT, row(20, MOVED, SUMMIT, 50)], [], {SUMMIT: 150, PATIENT: 50},
    ),
    "an insurer pays on a patient's bill, by the practice's export": (
        [BILL_TO_PATIENT, row(20, PAID, SUMMIT, 110), row(20, CONTRACTUAL, PATIENT, 40)],
        [],
        {SUMMIT: 150, PATIENT: 50},
    ),
    "the same, of an insurer that the export does not name": (
        [BILL_TO_PATIENT, row(20, PAID, ANY, 110)], [], {ANY: 110, PATIENT: 90},
    ),
    "one that the export does not name on a bill to a known insurer is that insurer": (
        [BILL_TO_SUMMIT, row(20, PAID, ANY, 110)], [], {SUMMIT: 200},
    ),
    "a second insurer pays, by the practice's export": (
        [BILL_TO_SUMMIT, row(30, PAID, HARBOR, 35)], [DECISION], {SUMMIT: 150, HARBOR: 35, PATIENT: 15},
    ),
    "an estimate on the insurer's bill": (
        [BILL_TO_SUMMIT, row(0, EXPECTED, PATIENT, 60)], [], {SUMMIT: 140, PATIENT: 60},
    ),
    "an estimate gives way to the decision": (
        [BILL_TO_SUMMIT, row(0, EXPECTED, PATIENT, 60)], [DECISION], {SUMMIT: 150, PATIENT: 50},
    ),
    "an estimate gives way to the practice's own row": (
        [BILL_TO_SUMMIT, row(0, EXPECTED, PATIENT, 60), row(20, MOVED, SUMMIT, 45)], [], {SUMMIT: 155, PATIENT: 45},
    ),
    "an estimate while the claim is out, on the patient's bill": (
        [BILL_TO_PATIENT, row(0, EXPECTED, PATIENT, 60), row(2, CLAIMED, SUMMIT, 200)], [], {SUMMIT: 140, PATIENT: 60},
    ),
    "an estimate of a bill of which no insurer is known says nothing": (
        [BILL_TO_PATIENT, row(0, EXPECTED, PATIENT, 60)], [], {PATIENT: 200},
    ),
    "the insurer has paid less than was expected, and its claim is open": (
        [BILL_TO_SUMMIT, row(0, EXPECTED, PATIENT, 60), row(20, PAID, SUMMIT, 90), row(20, CONTRACTUAL, SUMMIT, 40)],
        [],
        {SUMMIT: 140, PATIENT: 60},
    ),
    "the insurer has paid, and the practice calls the claim answered": (
        [BILL_TO_SUMMIT, row(20, PAID, SUMMIT, 90), row(20, CONTRACTUAL, SUMMIT, 40), row(21, ANSWERED, SUMMIT, 0)],
        [],
        {SUMMIT: 130, PATIENT: 70},
    ),
    "a claim called answered of which nothing has come": (
        [BILL_TO_SUMMIT, row(21, ANSWERED, SUMMIT, 0)], [], {SUMMIT: 200},
    ),
    "a claim that was sent and is not answered": (
        [BILL_TO_PATIENT, row(2, CLAIMED, SUMMIT, 200)], [], {SUMMIT: 200},
    ),
    "a claim that the insurer has answered, by the practice's export": (
        [BILL_TO_PATIENT, row(2, CLAIMED, SUMMIT, 200), row(20, PAID, ANY, 110), row(20, CONTRACTUAL, PATIENT, 40)],
        [],
        {SUMMIT: 150, PATIENT: 50},
    ),
    "what the first left by the practice's rows, and a second insurer has not answered": (
        [BILL_TO_SUMMIT, row(2, CLAIMED, HARBOR, 200), row(20, PAID, SUMMIT, 110), row(20, MOVED, SUMMIT, 50)],
        [], {SUMMIT: 150, HARBOR: 50},
    ),
    "what the first left is posted a day after its check, with what it took off": (
        [
            BILL_TO_SUMMIT, row(2, CLAIMED, HARBOR, 200), row(19, PAID, SUMMIT, 110), row(20, CONTRACTUAL, SUMMIT, 40),
            row(20, MOVED, SUMMIT, 50),
        ],
        [], {SUMMIT: 150, HARBOR: 50},
    ),
    "a second insurer is asked after the row of what the first left": (
        [BILL_TO_SUMMIT, row(19, PAID, SUMMIT, 110), row(20, MOVED, SUMMIT, 50), row(24, CLAIMED, HARBOR, 200)],
        [], {SUMMIT: 150, HARBOR: 50},
    ),
    "a second insurer has answered by a row of the practice": (
        [BILL_TO_SUMMIT, row(2, CLAIMED, HARBOR, 200), row(20, PAID, SUMMIT, 110), row(30, MOVED, SUMMIT, 50)],
        [], {SUMMIT: 150, PATIENT: 50},
    ),
    "a second insurer has paid a part of what the first left": (
        [
            BILL_TO_SUMMIT, row(2, CLAIMED, HARBOR, 200), row(20, PAID, SUMMIT, 110), row(20, MOVED, SUMMIT, 50),
            row(30, PAID, HARBOR, 35),
        ],
        [], {SUMMIT: 150, HARBOR: 35, PATIENT: 15},
    ),
    "a claim that a second insurer has not answered": (
        [BILL_TO_PATIENT, row(25, CLAIMED, HARBOR, 200)], [DECISION], {SUMMIT: 150, HARBOR: 50},
    ),
    "an estimate divides the bill from the start": (
        [row(0, CHARGE, SUMMIT, 140), row(0, CHARGE, PATIENT, 60)], [DECISION], {SUMMIT: 150, PATIENT: 50},
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", CASES)
def test_the_division_of_a_bill(case: str):
    rows, decisions, shares = CASES[case]
    assert division(rows, decisions).shares == shares


def test_a_bill_that_everybody_has_paid_leaves_nobody_anything_to_pay():
    rows = [BILL_TO_PATIENT, row(0, PAID, PATIENT, 50), row(28, PAID, SUMMIT, 110)]
    divided = division(rows, [DECISION])
    assert [divided.owed(name) for name in (PATIENT, SUMMIT)] == [0, 0]
    assert divided.decided == {SUMMIT: 40}


@pytest.mark.parametrize("amounts", [("40",), ("15", "25"), ("40", "-40", "40"), ("10", "10", "20")])
def test_a_write_off_that_the_practice_books_too_is_taken_off_once(amounts: tuple[str, ...]):
    rows = [BILL_TO_SUMMIT, *(row(21, CONTRACTUAL, SUMMIT, amount) for amount in amounts)]
    divided = division(rows, [DECISION])
    assert divided.off == {SUMMIT: 40}
    assert not divided.decided


def test_a_write_off_of_another_amount_counts_beside_the_decision_and_shows_as_too_much():
    divided = division([BILL_TO_SUMMIT, row(21, CONTRACTUAL, SUMMIT, 38), row(28, PAID, SUMMIT, 110)], [DECISION])
    assert divided.owed(SUMMIT) == -38


@pytest.mark.parametrize(
    ("amount", "whose"), [(50, PATIENT), (20, PATIENT), (60, SUMMIT)], ids=["all of it", "a part", "what was denied"]
)
def test_what_the_practice_lets_off_is_of_whom_it_fits(amount: int, whose: str):
    decision = decided(20, SUMMIT, 200, 60, 30, 50, 60)
    divided = division([BILL_TO_SUMMIT, row(40, "write-off", SUMMIT, amount)], [decision])
    assert {name: off - divided.decided.get(name, ZERO) for name, off in divided.off.items() if name == whose} == {
        whose: amount
    }


accounts = st.sampled_from((PATIENT, SUMMIT, HARBOR, ANY))
amounts = st.integers(1, 300).map(Decimal)
facts = st.builds(
    Row,
    st.integers(1, 60).map(day),
    st.sampled_from((PAID, MOVED, CONTRACTUAL, CLAIMED, "write-off")),
    accounts,
    amounts,
)


@st.composite
def decisions(draw: st.DrawFn) -> list[Decision]:
    found = []
    for number in range(draw(st.integers(0, 3))):
        parts = [draw(st.integers(0, 100)) for _ in range(4)]
        rank = draw(st.sampled_from(("primary", "primary", "secondary")))
        account = draw(st.sampled_from((SUMMIT, HARBOR)))
        claim = draw(st.sampled_from(("K1", "K2")))
        found.append(decided(number * 9 + 5, account, sum(parts), *parts, claim=claim, rank=rank))
    return found


@given(
    charges=st.lists(st.builds(Row, st.just(day(0)), st.just(CHARGE), accounts, amounts), min_size=1, max_size=3),
    rows=st.lists(facts, max_size=5),
    decided_=decisions(),
)
def test_the_shares_are_the_charge_and_nothing_is_lost(charges: list[Row], rows: list[Row], decided_: list[Decision]):
    every = sorted([*charges, *rows], key=lambda one: one.date)
    divided = division(every, decided_)
    charge = sum((one.amount for one in charges), ZERO)
    assert sum(divided.shares.values(), ZERO) == charge
    assert sum(divided.paid.values(), ZERO) == sum((one.amount for one in rows if one.what == PAID), ZERO)
    names = {*divided.shares, *divided.off, *divided.paid}
    owed = sum((divided.owed(name) for name in names), ZERO)
    assert owed == charge - sum(divided.off.values(), ZERO) - sum(divided.paid.values(), ZERO)
    booked = sum((one.amount for one in rows if one.what in (CONTRACTUAL, "write-off")), ZERO)
    assert sum(divided.off.values(), ZERO) == booked + sum(divided.decided.values(), ZERO)


@given(rows=st.lists(facts, max_size=5), decided_=decisions(), copay=amounts)
def test_what_the_patient_pays_and_when_does_not_change_who_owes_what(
    rows: list[Row], decided_: list[Decision], copay: Decimal
):
    every = sorted([BILL_TO_SUMMIT, *rows], key=lambda one: one.date)
    early = [row(0, PAID, PATIENT, str(copay)), *every]
    late = [*every, row(90, PAID, PATIENT, str(copay))]
    assert division(early, decided_).shares == division(late, decided_).shares == division(every, decided_).shares
