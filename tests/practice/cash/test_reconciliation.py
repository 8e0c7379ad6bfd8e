"""Receipts against bank deposits: what is matched, how that is known, and what is only listed."""

from __future__ import annotations

import datetime
import itertools
import time
from decimal import Decimal

from daysheet.books import Books
from daysheet.cash.reconciliation import Reconciliation, reconcile
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

LAST = datetime.date(2026, 3, 31)
MARCH = datetime.date(2026, 3, 2)


def receipt(number: int, amount: object, day: datetime.date = MARCH, method: str = "check", extra: str = "") -> str:
    account = "Cards" if method == "card" else "Deposits"
    return f"""
{day} * "Payment" ^inv-INV-{number}
  payment: "PMT-{number}"
  method: "{method}"
{extra}  Assets:Clearing:{account}  {amount} USD
  Income:Visits:Adams  -{amount} USD
"""


def deposit(amount: object, day: datetime.date, text: str = "DEPOSIT", account: str = "Deposits") -> str:
    return f"""
{day} * "{text}"
  Assets:Bank:Checking  {amount} USD
  Assets:Clearing:{account}  -{amount} USD
"""


def day(number: int) -> datetime.date:
    return datetime.date(2026, 3, number)


def matched(result: Reconciliation) -> list[tuple[list[str], str]]:
    return [([receipt.id for receipt in match.receipts], match.basis) for match in result.matches]


def ids(group) -> list[str]:
    return [receipt.id for receipt in group]


def test_the_checks_and_cash_of_a_day_are_one_deposit(load):
    books = load(
        receipt(1, "50.00")
        + receipt(2, "35.50", method="cash")
        + receipt(3, "20.00", day(3))
        + deposit("85.50", day(4))
    )
    result = reconcile(books, LAST)
    assert matched(result) == [(["PMT-1", "PMT-2"], "amount and date")]
    assert ids(result.overdue) == ["PMT-3"]
    assert result.unreconciled == Decimal("20.00")


def test_the_week_that_goes_to_the_bank_on_friday_is_one_deposit(load):
    week = "".join(receipt(n, f"{n}1.00", day(n)) for n in (2, 3, 4, 5, 6))
    result = reconcile(load(week + deposit("205.00", day(6))), LAST)
    assert matched(result) == [([f"PMT-{n}" for n in (2, 3, 4, 5, 6)], "amount and date")]
    assert result.unreconciled == 0


def test_a_trace_number_in_the_bank_text_goes_before_every_amount(load):
    two = "".join(receipt(n, "80.00", method="eft", extra=f'  reference: "0063158{n}"\n') for n in (1, 2))
    result = reconcile(load(two + deposit("80.00", day(3), "HCCLAIMPMT TRN*1*631582*1566339911")), LAST)
    assert matched(result) == [(["PMT-2"], "reference")]


def test_a_processor_s_fee_is_split_off(load):
    cards = receipt(1, "50.00", method="card") + receipt(2, "20.00", method="card")
    (match,) = reconcile(load(cards + deposit("67.37", day(3), "PAYOUT", "Cards")), LAST).matches
    assert (match.basis, match.fee) == ("amount less fees, and date", Decimal("2.63"))


def test_more_than_a_fee_is_not_a_fee(load):
    cards = receipt(1, "50.00", method="card") + receipt(2, "20.00", method="card")
    result = reconcile(load(cards + deposit("60.00", day(3), "PAYOUT", "Cards")), LAST)
    assert result.matches == ()
    assert len(result.open_deposits) == 1


def test_two_payments_of_one_amount_on_one_day_stay_two(load):
    result = reconcile(load(receipt(1, "50.00") + receipt(2, "50.00") + deposit("100.00", day(3))), LAST)
    assert matched(result) == [(["PMT-1", "PMT-2"], "amount and date")]


def test_one_deposit_that_either_of_two_payments_explains_is_listed_with_both(load):
    result = reconcile(load(receipt(1, "50.00") + receipt(2, "50.00") + deposit("50.00", day(3))), LAST)
    assert result.matches == ()
    (unsure,) = result.open_deposits
    assert [ids(group) for group in unsure.candidates] == [["PMT-1"], ["PMT-2"]]
    assert ids(result.overdue) == ["PMT-1", "PMT-2"]


def test_as_many_deposits_as_payments_of_one_amount_are_all_deposited(load):
    twice = deposit("50.00", day(3)) + deposit("50.00", day(4))
    result = reconcile(load(receipt(1, "50.00") + receipt(2, "50.00") + twice), LAST)
    assert matched(result) == [
        (["PMT-1"], "amount and date, as many alike on both sides"),
        (["PMT-2"], "amount and date, as many alike on both sides"),
    ]
    assert result.unreconciled == 0


AMOUNTS = ("54.00", "50.00", "75.25", "62.10", "50.00", "81.35", "44.70", "93.15", "50.00", "38.80", "67.45", "59.95",
           "72.20", "50.00", "88.60", "47.30", "95.05")  # fmt: skip


def seventeen() -> str:
    return "".join(receipt(n, amount) for n, amount in enumerate(AMOUNTS, 1))


def test_a_deposit_of_17_checks_with_one_short_names_the_candidates(load):
    whole = sum(map(Decimal, AMOUNTS), Decimal())
    result = reconcile(load(seventeen() + deposit(whole - 9, day(3))), LAST)
    (short,) = result.open_deposits
    assert (len(short.nearest), short.difference) == (17, Decimal(9))
    likely = [receipt.id for receipt in short.suspects[:1]]
    assert likely == ["PMT-1"]  # 54.00 read as 45.00
    assert len(short.suspects) == 17
    assert (result.overdue, result.unreconciled) == ((), Decimal(9))


def test_a_check_that_did_not_reach_the_bank_is_named_when_only_one_has_its_amount(load):
    whole = sum(map(Decimal, AMOUNTS), Decimal())
    result = reconcile(load(seventeen() + deposit(whole - Decimal("72.20"), day(3))), LAST)
    assert [basis for _, basis in matched(result)] == ["amount and date, the only combination"]
    assert ids(result.overdue) == ["PMT-13"]


def test_a_check_that_did_not_reach_the_bank_is_one_of_those_of_its_amount(load):
    whole = sum(map(Decimal, AMOUNTS), Decimal())
    (short,) = reconcile(load(seventeen() + deposit(whole - 50, day(3))), LAST).open_deposits
    assert ids(short.suspects[:4]) == ["PMT-14", "PMT-2", "PMT-5", "PMT-9"]
    assert short.difference == 50


def test_a_receipt_that_still_has_time_is_no_gap(load):
    result = reconcile(load(receipt(1, "50.00", day(30))), LAST)
    assert ids(result.in_transit) == ["PMT-1"]
    assert ids(result.overdue) == []
    assert result.unreconciled == 0


def test_a_check_for_two_invoices_is_one_receipt(load):
    split = receipt(1, "30.00") + receipt(1, "20.00").replace("INV-1", "INV-2")
    assert matched(reconcile(load(split + deposit("50.00", day(3))), LAST)) == [(["PMT-1"], "amount and date")]


def test_a_chargeback_takes_back_the_refund_it_equals(load):
    taken = receipt(1, "-50.00", method="card").replace("--", "")
    result = reconcile(load(taken + deposit("-50.00", day(3), "CHARGEBACK", "Cards").replace("--", "")), LAST)
    assert matched(result) == [(["PMT-1"], "amount and date")]


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.tuples(st.integers(1, 20), st.integers(1, 6).map(lambda n: n * 1000)), max_size=25), st.data())
def test_what_is_matched_adds_up_and_nothing_is_matched_twice(load, received, data):
    text = "".join(receipt(n, f"{cents / 100:.2f}", day(at)) for n, (at, cents) in enumerate(received))
    for at in data.draw(st.lists(st.integers(1, 24), max_size=8)):
        chosen = data.draw(st.integers(10, 200))
        text += deposit(f"{chosen}.00", day(at))
    result = reconcile(load(text), LAST)
    used = [receipt.id for match in result.matches for receipt in match.receipts]
    assert len(used) == len(set(used))
    assert all(match.deposit.gross == sum(r.amount for r in match.receipts) for match in result.matches)
    assert len(result.matches) + len(result.open_deposits) == text.count("Assets:Bank:Checking")


def test_a_year_of_equal_fees_is_matched_in_seconds(load):
    lines = []
    number = 0
    for week in range(50):
        first = datetime.date(2025, 1, 6) + datetime.timedelta(weeks=week)
        for at in range(5):
            today = first + datetime.timedelta(days=at)
            for _ in range(12 + (week * 7 + at) % 5):
                number += 1
                lines.append(receipt(number, "50.00", today, "card" if number % 3 else "check"))
            batch = [line for line in lines if line.startswith(f"\n{today}") and '"card"' in line]
            paid = today + datetime.timedelta(days=1)
            lines.append(deposit(f"{len(batch) * 50}.00", paid, "BANKCARD", "Cards"))
        week_checks = [x for x in lines if first.isoformat() <= x[1:11] <= today.isoformat() and '"check"' in x]
        lines.append(deposit(f"{len(week_checks) * 50}.00", today, "DEPOSIT"))
    books: Books = load("".join(lines))
    started = time.perf_counter()
    result = reconcile(books, datetime.date(2025, 12, 31))
    assert time.perf_counter() - started < 5
    assert result.open_deposits == ()
    assert result.unreconciled == 0


def test_receipts_after_the_last_bank_file_are_not_overdue(load):
    covered = """
2026-03-05 custom "imported" "us-chase-checking" 2026-03-01 2026-03-05
  account: "Assets:Bank:Checking"
"""
    result = reconcile(load(receipt(1, "50.00") + covered), LAST)
    assert ids(result.in_transit) == ["PMT-1"]


def test_the_fee_that_a_payout_report_names_belongs_to_the_bank_line_of_its_amount(load):
    cards = receipt(1, "50.00", method="card") + receipt(2, "20.00", method="card")
    payout = """
2026-03-03 * "Stripe" "Kept of a payout"
  bank-id: "po_1"
  payout: 67.37 USD
  Expenses:MerchantFees     2.63 USD
  Assets:Clearing:Cards    -2.63 USD
"""
    result = reconcile(load(cards + payout + deposit("67.37", day(4), "STRIPE", "Cards")), LAST)
    (match,) = result.matches
    assert (match.basis, match.deposit.fee, match.fee) == (
        "amount less fees, and date", Decimal("2.63"), Decimal("2.63"),
    )  # fmt: skip
    assert result.unreconciled == 0


def test_a_person_settles_an_ambiguity_by_the_same_reference_on_both_sides(load):
    named = receipt(1, "50.00") + receipt(2, "50.00", extra='  reference: "PMT-2"\n')
    line = deposit("50.00", day(3)).replace("  Assets:Bank", '  reference: "PMT-2"\n  Assets:Bank')
    assert matched(reconcile(load(named + line), LAST)) == [(["PMT-2"], "reference")]


def test_a_transfer_between_the_practice_s_own_accounts_is_no_deposit(load):
    paid_off = """
2026-03-02 * "CARD PAYMENT"
  Assets:Bank:Checking          -90.00 USD
  Assets:Clearing:Transfers      90.00 USD
"""
    result = reconcile(load(paid_off), LAST)
    assert (len(result.matches), len(result.open_deposits), len(result.overdue)) == (0, 0, 0)
    assert result.unreconciled == 0


def test_an_insurer_s_check_and_the_patients_go_to_the_bank_together(load):
    paper = """
2026-03-02 custom "remittance" "ERA-1" "aetna" 80.00 USD
  trace: "88123"
  method: "check"
"""
    result = reconcile(load(paper + receipt(1, "50.00") + receipt(2, "20.00") + deposit("150.00", day(3))), LAST)
    assert [(sorted(names), basis) for names, basis in matched(result)] == [
        (["ERA-1", "PMT-1", "PMT-2"], "amount and date"),
    ]


def test_a_processor_that_pays_in_full_has_kept_no_fee(load):
    text = "".join(
        receipt(n, f"{500 + n}.00", day(n), "card") + deposit(f"{500 + n}.00", day(n + 1), "BANKCARD", "Cards")
        for n in range(2, 6)
    )
    text += receipt(20, "900.00", day(9), "card") + receipt(21, "25.50", day(9), "card")
    result = reconcile(load(text + deposit("910.00", day(10), "BANKCARD", "Cards")), LAST)
    assert len(result.matches) == 4
    assert len(result.open_deposits) == 1


def test_a_sale_that_is_missing_is_not_taken_for_a_fee(load):
    sales = "".join(receipt(n, "100.00", method="card") for n in range(1, 40)) + receipt(99, "40.00", method="card")
    result = reconcile(load(sales + deposit("3900.00", day(3), "BANKCARD", "Cards")), LAST)
    assert [match.fee for match in result.matches] == [Decimal(0)]
    assert ids(result.overdue) == ["PMT-99"]


def test_a_payment_taken_back_on_the_day_it_was_entered_is_in_no_deposit(load):
    patient = '  patient: "pt-1"\n'
    books = load(
        receipt(1, "72.00", extra=patient)
        + receipt(2, "-72.00", extra=patient).replace("--", "")
        + receipt(3, "63.00")
        + deposit("63.00", day(3))
    )
    result = reconcile(books, LAST)
    assert matched(result) == [(["PMT-3"], "amount and date")]
    assert not result.overdue
    assert result.unreconciled == 0


def test_a_payment_taken_back_days_later_and_never_deposited_is_not_waited_for(load):
    books = load(
        receipt(1, "72.00", extra='  patient: "pt-1"\n')
        + receipt(2, "63.00")
        + deposit("63.00", day(3))
        + receipt(3, "-72.00", day(5), extra='  reverses: "PMT-1"\n').replace("--", "")
    )
    result = reconcile(books, LAST)
    assert ([ids(match.receipts) for match in result.matches], result.overdue) == ([["PMT-2"]], ())


def test_insurers_and_patients_checks_go_to_the_bank_apart(load):
    payer = '  payer: "delta"\n'
    books = load(
        receipt(1, "61.00")
        + receipt(2, "90.00", method="cash")
        + receipt(3, "112.00", extra=payer)
        + receipt(4, "83.00", extra=payer)
        + deposit("151.00", day(3))
        + deposit("195.00", day(4))
    )
    result = reconcile(books, LAST)
    assert [ids(match.receipts) for match in result.matches] == [["PMT-1", "PMT-2"], ["PMT-3", "PMT-4"]]
    assert result.unreconciled == 0


def test_what_a_processor_keeps_of_others_tells_batches_of_like_totals_apart(load):
    """2.7 % and 5 cents: 97.25, 194.55, 340.50, and of 812.00 and 808.00 landing on one Monday 790.03 and 786.13."""
    sales = ((2, "100.00"), (3, "200.00"), (4, "350.00"), (5, "812.00"), (6, "808.00"))
    lines = ((4, "97.25"), (5, "194.55"), (6, "340.50"), (9, "786.13"), (9, "790.03"))
    text = "".join(receipt(n, amount, day(n), "card") for n, amount in sales)
    text += "".join(deposit(amount, day(n), "CLOVER", "Cards") for n, amount in lines)
    result = reconcile(load(text), LAST)
    assert {str(match.deposit.amount): ids(match.receipts) for match in result.matches} == {
        "97.25": ["PMT-2"], "194.55": ["PMT-3"], "340.50": ["PMT-4"], "786.13": ["PMT-6"], "790.03": ["PMT-5"],
    }  # fmt: skip


def test_what_the_bank_takes_back_is_no_mistake_of_the_day_though_as_much_is_paid_again(load):
    patient = '  patient: "pt-1"\n'
    books = load(
        receipt(1, "58.00", day(2), "card", patient)
        + deposit("58.00", day(4), "CLOVER", "Cards")
        + receipt(2, "-58.00", day(12), "card", patient).replace("--", "")
        + receipt(3, "58.00", day(12), "card", patient)
        + deposit("-58.00", day(12), "CHARGEBACK", "Cards").replace("--", "")
        + deposit("58.00", day(16), "CLOVER", "Cards")
    )
    result = reconcile(books, LAST)
    assert [ids(match.receipts) for match in result.matches] == [["PMT-1"], ["PMT-2"], ["PMT-3"]]
    assert result.unreconciled == 0


def test_the_days_that_deposits_always_take_tell_two_explanations_apart(load):
    """41 of a check, 90 of cash, 300 of a check; and 90 of a check that came on the day of the deposit."""
    weeks = "".join(receipt(n, f"{n}7.00", day(n)) + deposit(f"{n}7.00", day(n + 1)) for n in range(2, 9))
    tied = receipt(20, "41.00", day(17)) + receipt(21, "90.00", day(17), "cash") + receipt(22, "300.00", day(18))
    books = load(weeks + tied + receipt(23, "90.00", day(20)) + deposit("431.00", day(20)))
    last = reconcile(books, LAST).matches[-1]
    assert (ids(last.receipts), last.basis) == (
        ["PMT-20", "PMT-21", "PMT-22"],
        "amount and date, the only way to explain all",
    )
    few = load(tied + receipt(23, "90.00", day(20)) + deposit("431.00", day(20)))
    (left,) = reconcile(few, LAST).open_deposits
    assert len(left.candidates) == 2


def test_copays_of_one_amount_are_deposited_day_after_day(load):
    """25 a day, now cash, now a check, at the bank on the next business day: each line could be of any of ten days."""
    business = [number for number in range(2, 28) if day(number).weekday() < 5]
    text = ""
    for at, number in enumerate(business[:-1]):
        text += receipt(number, "25.00", day(number), ("cash", "check")[at % 2])
        if at % 3 == 0:
            text += receipt(100 + number, "25.00", day(number))
        text += deposit("50.00" if at % 3 == 0 else "25.00", day(business[at + 1]))
    result = reconcile(load(text), LAST)
    assert not result.open_deposits
    assert not result.overdue
    assert all(match.receipts[-1].date < match.deposit.date for match in result.matches)


def test_a_day_s_copay_that_never_came_to_the_bank_is_that_day_s(load):
    business = [number for number in range(2, 21) if day(number).weekday() < 5]
    text = "".join(receipt(number, "25.00", day(number), "cash") for number in business[:-1])
    text += "".join(deposit("25.00", day(after)) for number, after in itertools.pairwise(business) if number != 11)
    result = reconcile(load(text), LAST)
    assert ids(result.overdue) == ["PMT-11"]
    assert not result.open_deposits


def test_a_few_like_deposits_show_no_habit_and_stay_open(load):
    text = "".join(receipt(number, "25.00", day(number), "cash") for number in (2, 3, 4, 5))
    result = reconcile(load(text + deposit("25.00", day(5)) + deposit("25.00", day(6))), LAST)
    assert len(result.open_deposits) == 2
