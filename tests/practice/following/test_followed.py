"""Claims followed: what small ledgers say of how far each has come."""

from __future__ import annotations

import datetime
import itertools
from decimal import Decimal

import pytest
from daysheet import checks
from daysheet.following.followed import Followed, followed, usual_days

PAYER = """
2026-01-01 custom "payer" "aetna" "Aetna"
  receivable: Assets:Receivable:Insurance:Aetna
  filing-days: 90
2026-01-01 custom "payer" "cigna" "Cigna"
  receivable: Assets:Receivable:Insurance:Cigna
"""


def sent(number: str, day: str, more: str = "", payer: str = "aetna", batch: str = "905/905/1/77") -> str:
    return f"""
{day} custom "claim" "{number}" "{number}" "{payer}" "submitted"
  submitted: {day}
  form: "837P"
  charged: 100.00 USD
  service-date: 2026-03-02
  batch: "{batch}"
{more}"""


def answer(kind: str, number: str, status: str, day: str, more: str = '  by: "payer"\n  payer: "aetna"\n') -> str:
    return f'{day} custom "answer" "{kind}" "{number}" "{status}"\n' + ("" if kind in ("999", "TA1", "997") else more)


def decided(
    number: str, day: str, status: str = "paid", paid: str = "80.00", more: str = "", payer: str = "aetna"
) -> str:
    return f"""
{day} custom "remittance" "ERA-{number}-{day}" "{payer}" {paid} USD
  trace: "T{number}"
  method: "eft"
{day} custom "claim" "{number}" "{number}" "{payer}" "{status}"
  remittance: "ERA-{number}-{day}"
  line: 1
  charged: 100.00 USD
  paid: {paid} USD
{more}"""


def bill(number: str, visit: str = "") -> str:
    return f"""
2026-03-02 * "Invoice {number}" ^inv-{number}
  payer: "aetna"
{f'  visit: "{visit}"' if visit else '  provider: "adams"'}
  Assets:Receivable:Insurance:Aetna  100.00 USD
  Equity:Billing:Charges  -100.00 USD
"""


def of(load, text: str, as_of: str = "2026-04-30") -> Followed:
    (found,) = followed(load(PAYER + text), datetime.date.fromisoformat(as_of))
    return found


TAKEN, CLEARED = "with the insurer", "with the clearinghouse"
CASES = {
    "sent": (sent("17", "2026-03-05"), "sent"),
    "its file taken": (sent("17", "2026-03-05") + answer("999", "905/1", "accepted", "2026-03-05"), CLEARED),
    "its interchange taken": (sent("17", "2026-03-05") + answer("TA1", "905", "accepted", "2026-03-05"), CLEARED),
    "another file taken": (sent("17", "2026-03-05") + answer("999", "905/2", "accepted", "2026-03-05"), "sent"),
    "taken": (sent("17", "2026-03-05") + answer("277CA", "17", "accepted", "2026-03-06"), TAKEN),
    "padded": (sent("INV-17", "2026-03-05") + answer("277CA", "inv-0017", "accepted", "2026-03-06"), TAKEN),
    "another's": (sent("17", "2026-03-05") + answer("277CA", "18", "rejected", "2026-03-06"), "sent"),
    "before it was sent": (sent("17", "2026-03-05") + answer("277CA", "17", "rejected", "2026-03-04"), "sent"),
    "rejected": (sent("17", "2026-03-05") + answer("277CA", "17", "rejected", "2026-03-06"), "rejected"),
    "its file rejected": (sent("17", "2026-03-05") + answer("999", "905/1", "rejected", "2026-03-05"), "rejected"),
    "its group rejected": (sent("17", "2026-03-05") + answer("999", "905", "rejected", "2026-03-05"), "rejected"),
    "its batch rejected": (
        sent("17", "2026-03-05") + answer("277CA-batch", "77", "rejected", "2026-03-05", ""), "rejected",
    ),
    "rejected, then sent again": (
        sent("17", "2026-03-05") + answer("277CA", "17", "rejected", "2026-03-06")
        + sent("17", "2026-03-09", batch="9/9/9"),
        "sent",
    ),
    "rejected, then taken": (
        sent("17", "2026-03-05") + answer("277CA", "17", "rejected", "2026-03-06")
        + answer("277CA", "17", "accepted", "2026-03-07"),
        TAKEN,
    ),
    "pending": (sent("17", "2026-03-05") + answer("277", "17", "pending", "2026-03-20"), TAKEN),
    "denied by word": (sent("17", "2026-03-05") + answer("277", "17", "denied", "2026-03-20"), "denied"),
    "paid": (sent("17", "2026-03-05") + decided("17", "2026-03-20"), "paid"),
    "denied": (sent("17", "2026-03-05") + decided("17", "2026-03-20", "denied", "0.00"), "denied"),
    "paid by one that nobody knows": (
        sent("17", "2026-03-05") + decided("17", "2026-03-20", payer="aetna-life"), "paid",
    ),
    "paid by another": (sent("17", "2026-03-05") + decided("17", "2026-03-20", payer="cigna"), "sent"),
    "taken back": (sent("17", "2026-03-05") + sent("17", "2026-03-09", '  frequency: "void"\n'), "taken back"),
    "denied, then corrected": (
        sent("17", "2026-03-05") + decided("17", "2026-03-20", "denied", "0.00")
        + sent("17", "2026-03-25", '  frequency: "replacement"\n'), "sent",
    ),
    "a reversal": (
        sent("17", "2026-03-05") + decided("17", "2026-03-20")
        + decided("17", "2026-03-25", "accepted", "-80.00", "  reversal: TRUE\n"), TAKEN,
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", CASES)
def test_a_claim_is_as_far_as_what_is_known_of_it_says(load, case):
    text, state = CASES[case]
    assert of(load, text).state == state


def test_the_days_of_its_way_and_its_money_are_told(load):
    text = sent("17", "2026-03-05") + answer("999", "905/1", "accepted", "2026-03-05")
    text += answer("277CA", "17", "accepted", "2026-03-07") + decided("17", "2026-03-20")
    claim = of(load, text)
    days = [claim.sent, claim.cleared, claim.taken, claim.decided]
    assert [day.day for day in days if day] == [5, 5, 7, 20]
    assert (claim.charged, claim.paid, claim.open) == (Decimal(100), Decimal(80), Decimal(0))


def test_what_is_known_later_is_not_known_before(load):
    text = sent("17", "2026-03-05") + answer("277CA", "17", "accepted", "2026-03-07") + decided("17", "2026-03-20")
    days = ("2026-03-05", "2026-03-07", "2026-03-20")
    assert [of(load, text, day).state for day in days] == ["sent", "with the insurer", "paid"]
    assert followed(load(PAYER + text), datetime.date(2026, 3, 4)) == []


def test_a_second_insurer_s_claim_is_followed_by_itself(load):
    text = sent("17", "2026-03-05") + decided("17", "2026-03-20")
    text += sent("17", "2026-03-25", '  rank: "secondary"\n', "cigna", "906/906/1")
    text += answer("277CA", "17", "rejected", "2026-03-26", '  by: "clearinghouse"\n')
    found = followed(load(PAYER + text), datetime.date(2026, 4, 30))
    assert [(claim.payer, claim.state) for claim in found] == [("aetna", "paid"), ("cigna", "rejected")]


def test_control_numbers_that_come_again_mean_the_last_file_before_the_answer(load):
    text = sent("17", "2025-03-05") + answer("999", "905/1", "accepted", "2025-03-06")
    text += sent("18", "2026-03-05") + answer("999", "905/1", "rejected", "2026-03-05")
    found = followed(load(PAYER + text), datetime.date(2026, 4, 30))
    assert [claim.state for claim in found] == ["with the clearinghouse", "rejected"]


def test_one_number_for_services_of_two_days_is_two_claims(load):
    text = sent("17", "2026-03-05") + sent("17", "2026-03-12", batch="906/906/1").replace("03-02", "03-09")
    text += answer("277CA", "17", "rejected", "2026-03-13", '  by: "payer"\n  service-date: 2026-03-09\n')
    found = followed(load(PAYER + text), datetime.date(2026, 4, 30))
    assert [claim.state for claim in found] == ["sent", "rejected"]


def test_what_is_known_in_any_order_comes_to_the_same(load):
    parts = [
        sent("17", "2026-03-05"), answer("277CA", "17", "rejected", "2026-03-06"),
        sent("17", "2026-03-06", batch="906/906/1"), answer("277CA", "17", "accepted", "2026-03-07"),
    ]  # fmt: skip
    states = {
        tuple((claim.state, claim.sent) for claim in followed(load(PAYER + "".join(order)), datetime.date(2026, 4, 30)))
        for order in itertools.permutations(parts)
    }
    assert states == {(("with the insurer", datetime.date(2026, 3, 6)),)}


def findings(load, kind: str, text: str, as_of: str):
    return [one for one in checks.find(load(PAYER + text), datetime.date.fromisoformat(as_of)) if one.kind == kind]


def test_a_rejected_claim_is_found_with_its_money_and_its_last_day(load):
    reason = '  by: "payer"\n  payer: "aetna"\n  reason: "rejected, invalid information: diagnosis code"\n'
    text = bill("17") + sent("17", "2026-03-05") + answer("277CA", "17", "rejected", "2026-03-06", reason)
    (found,) = findings(load, "claim-rejected", text, "2026-03-20")
    assert (found.key, found.amount, found.deadline) == ("17", Decimal(100), datetime.date(2026, 5, 31))
    assert "to Aetna, 100.00 USD, was rejected on 2026-03-06: rejected, invalid information" in found.message
    assert findings(load, "claim-rejected", text + sent("17", "2026-03-09", batch="9/9/9"), "2026-03-20") == []


def test_a_visit_whose_claim_was_rejected_is_not_billed_until_it_is_sent_again(load):
    visit = '2026-03-02 custom "visit" "V1" "adams" "completed"\n  fee: 100.00 USD\n'
    text = visit + bill("17", "V1") + sent("17", "2026-03-05")
    assert findings(load, "unbilled-visit", text, "2026-03-20") == []
    text += answer("277CA", "17", "rejected", "2026-03-06")
    (found,) = findings(load, "unbilled-visit", text, "2026-03-20")
    assert (found.key, found.amount) == ("V1", Decimal(100))
    assert "its claim 17 was rejected on 2026-03-06" in found.message
    assert findings(load, "unbilled-visit", text + sent("17", "2026-03-09", batch="9/9/9"), "2026-03-20") == []


def test_a_rejected_file_is_one_finding_with_all_of_its_claims(load):
    text = sent("17", "2026-03-05") + sent("18", "2026-03-05") + answer("999", "905/1", "rejected", "2026-03-05")
    (found,) = findings(load, "claim-rejected", text, "2026-03-20")
    assert (found.key, found.count, found.amount) == ("file-905/905/1/77", 2, Decimal(200))


def test_a_file_that_nobody_acknowledged_is_found_where_others_were(load):
    text = sent("17", "2026-03-05") + sent("18", "2026-03-12", batch="906/906/1")
    heard = answer("999", "905/1", "accepted", "2026-03-05")
    assert findings(load, "claim-unanswered", text, "2026-03-20") == []
    (found,) = findings(load, "claim-unanswered", text + heard, "2026-03-20")
    assert (found.key, found.amount) == ("file-906/906/1", Decimal(100))
    assert findings(load, "claim-unanswered", text + heard, "2026-03-16") == []


def test_a_claim_that_its_insurer_does_not_decide_in_its_usual_time_is_found(load):
    text = bill("17") + sent("17", "2026-03-05") + answer("277CA", "17", "accepted", "2026-03-06")
    assert findings(load, "claim-unanswered", text, "2026-04-19") == []
    (found,) = findings(load, "claim-unanswered", text, "2026-04-20")
    assert (found.key, found.amount) == ("17", Decimal(100))
    assert "taken by the insurer on 2026-03-06 and is not decided in 46 days; 45 are usual" in found.message


def test_an_insurer_s_usual_time_is_what_its_claims_took(load):
    text = "".join(sent(f"{n}", "2026-03-05") + decided(f"{n}", "2026-03-25") for n in range(1, 21))
    books = load(PAYER + text)
    assert usual_days(books, "aetna", datetime.date(2026, 4, 30)) == 20
    assert usual_days(books, "cigna", datetime.date(2026, 4, 30)) == 45
    fixed = load(PAYER + text + '2026-01-01 custom "threshold" "answer-days" 33\n')
    assert usual_days(fixed, "aetna", datetime.date(2026, 4, 30)) == 33


def test_a_claim_that_was_taken_back_was_not_sent(load):
    text = bill("17") + sent("17", "2026-03-05")
    assert findings(load, "claim-unsent", text, "2026-03-20") == []
    (found,) = findings(load, "claim-unsent", text + sent("17", "2026-03-09", '  frequency: "void"\n'), "2026-03-20")
    assert found.key == "17"


def test_a_claim_whose_number_is_written_otherwise_was_sent(load):
    text = bill("INV-17") + bill("INV-18") + sent("inv-0017", "2026-03-05")
    assert [found.key for found in findings(load, "claim-unsent", text, "2026-03-20")] == ["INV-18"]


def test_a_denial_that_only_an_answer_tells_of_is_found_until_the_remittance_tells_it(load):
    said = '  by: "payer"\n  payer: "aetna"\n  reason: "finalized, denied: entity not eligible"\n'
    text = bill("17") + sent("17", "2026-03-05") + answer("277", "17", "denied", "2026-03-20", said)
    (found,) = findings(load, "denied-claim", text, "2026-03-31")
    assert (found.key, found.amount) == ("17", Decimal(100))
    assert "on 2026-03-20, 100.00 USD, as its answer says: finalized, denied: entity not eligible" in found.message
    text += decided("17", "2026-03-25", "denied", "0.00", '  denied: 100.00 USD\n  reason: "CO-29"\n')
    (found,) = findings(load, "denied-claim", text, "2026-03-31")
    assert found.key == "CO-29"
