"""Findings on claims: each from a small ledger and from what anyone can reckon on paper."""

from __future__ import annotations

import datetime
from decimal import Decimal

from daysheet import checks
from daysheet.findings import Finding

PAYER = """
2026-01-01 custom "payer" "aetna" "Aetna"
  receivable: Assets:Receivable:Insurance:Aetna
  filing-days: 90
  appeal-days: 180
"""


def invoice(number: int, day: str = "2026-03-02", amount: str = "150.00", payer: str = "aetna") -> str:
    return f"""
{day} * "Invoice INV-{number}" ^inv-INV-{number}
  payer: "{payer}"
  provider: "adams"
  Assets:Receivable:Insurance:{payer.title()}  {amount} USD
  Equity:Billing:Charges  -{amount} USD
"""


def claim(number: int, status: str, day: str = "2026-03-03", extra: str = "") -> str:
    return f'{day} custom "claim" "CLM-{number}" "INV-{number}" "aetna" "{status}"\n{extra}'


def remitted(number: int, day: str = "2026-03-20", status: str = "paid", **amounts: str) -> str:
    lines = "".join(f"  {name}: {value}\n" for name, value in amounts.items())
    return f"""
{day} custom "remittance" "ERA-{number}" "aetna" {amounts.get("paid", "0.00 USD")}
  trace: "T{number}"
  method: "eft"
{claim(number, status, day, f'  remittance: "ERA-{number}"' + chr(10) + "  line: 1" + chr(10) + lines)}"""


def found(books, kind: str, as_of: str) -> list[Finding]:
    return [finding for finding in checks.find(books, datetime.date.fromisoformat(as_of)) if finding.kind == kind]


def test_an_invoice_to_an_insurer_without_a_claim_was_never_sent(load):
    (finding,) = found(load(PAYER + invoice(1) + invoice(2) + claim(2, "submitted")), "claim-unsent", "2026-03-20")
    assert (finding.key, finding.amount) == ("INV-1", Decimal(150))


def test_a_claim_may_take_its_days(load):
    assert found(load(PAYER + invoice(1)), "claim-unsent", "2026-03-05") == []


def test_what_the_patient_owes_is_no_claim(load):
    moved = """
2026-03-04 * "Moved to the patient" ^inv-INV-1
  adjustment: "A1"
  kind: "transfer"
  Assets:Receivable:Insurance:Aetna  -150.00 USD
  Assets:Receivable:Patients          150.00 USD
"""
    assert found(load(PAYER + invoice(1) + moved), "claim-unsent", "2026-03-20") == []


def test_a_practice_that_keeps_no_claims_is_told_once_a_payer(load):
    books = load(PAYER + "".join(invoice(number) for number in range(1, 31)))
    (finding,) = found(books, "claim-unsent", "2026-03-20")
    assert (finding.key, finding.count, finding.amount) == ("aetna", 30, Decimal(4500))


def test_the_days_left_to_file_are_counted_from_the_visit(load):
    visit = '2026-03-01 custom "visit" "V1" "adams" "completed"\n'
    books = load(PAYER + visit + invoice(1).replace("payer:", 'visit: "V1"\n  payer:'))
    (finding,) = found(books, "claim-deadline", "2026-05-10")
    assert finding.deadline == datetime.date(2026, 5, 30)
    assert "20 days left to file the claim with Aetna (until 2026-05-30), 150.00 USD" in finding.message


def test_a_deadline_that_has_passed_says_by_how_much(load):
    (finding,) = found(load(PAYER + invoice(1)), "claim-deadline", "2026-06-02")
    assert "2 days too late to file" in finding.message


def test_a_deadline_far_off_is_no_finding(load):
    assert found(load(PAYER + invoice(1)), "claim-deadline", "2026-04-20") == []


def test_a_deadline_is_the_one_that_held_at_the_time_of_service(load):
    later = PAYER.replace("2026-01-01", "2026-04-01").replace("filing-days: 90", "filing-days: 365")
    (finding,) = found(load(PAYER + later + invoice(1)), "claim-deadline", "2026-05-20")
    assert finding.deadline == datetime.date(2026, 5, 31)


def test_a_denial_can_be_appealed_until_its_deadline(load):
    denied = claim(1, "denied", "2026-03-20", '  reason: "CO-16 lacks information"\n')
    (finding,) = found(load(PAYER + invoice(1) + denied), "claim-deadline", "2026-08-17")
    assert (finding.key, finding.deadline) == ("CLM-1", datetime.date(2026, 9, 16))
    assert "30 days left to appeal" in finding.message


def test_denials_are_grouped_by_their_reason(load):
    texts = [invoice(n) + claim(n, "denied", "2026-03-20", f'  reason: "{reason}"\n') for n, reason in (
        (1, "CO-29 filed after the time limit"), (2, "CO-29 filed after the time limit; N381"),
        (3, "CO-16 lacks information"), (4, "no referral"),
    )]  # fmt: skip
    findings = found(load(PAYER + "".join(texts)), "denied-claim", "2026-03-31")
    assert [(f.key, f.count, f.amount) for f in findings] == [
        ("CO-16", 1, Decimal(150)), ("CO-29", 2, Decimal(300)), ("no-referral", 1, Decimal(150)),
    ]  # fmt: skip


def test_a_denial_that_was_appealed_paid_or_written_off_is_no_longer_one(load):
    written_off = """
2026-03-25 * "Write-off" ^inv-INV-3
  adjustment: "A3"
  kind: "write-off"
  Assets:Receivable:Insurance:Aetna  -150.00 USD
  Equity:Billing:WriteOffs            150.00 USD
"""
    text = "".join(invoice(n) + claim(n, "denied", "2026-03-20") for n in (1, 2, 3))
    text += claim(1, "appealed", "2026-03-28") + claim(2, "paid", "2026-03-28") + written_off
    assert found(load(PAYER + text), "denied-claim", "2026-03-31") == []


def test_a_denial_that_is_claimed_again_is_no_longer_one(load):
    again = claim(1, "submitted", "2026-03-25").replace("CLM-1", "CLM-9")
    text = PAYER + invoice(1) + invoice(2) + claim(1, "denied", "2026-03-20") + claim(2, "denied", "2026-03-20") + again
    (before,) = found(load(text), "denied-claim", "2026-03-24")
    (after,) = found(load(text), "denied-claim", "2026-03-31")
    assert (before.count, after.count, after.amount) == (2, 1, Decimal(150))


def test_a_denial_of_tomorrow_is_not_known_today(load):
    books = load(PAYER + invoice(1) + claim(1, "submitted") + claim(1, "denied", "2026-04-01"))
    assert found(books, "denied-claim", "2026-03-31") == []


def test_a_claim_paid_in_part_shows_the_part_that_was_denied(load):
    part = remitted(1, charged="150.00 USD", paid="80.00 USD", denied="70.00 USD", reason='"CO-97 included in another"')
    (finding,) = found(load(PAYER + invoice(1) + part), "denied-claim", "2026-03-31")
    assert (finding.key, finding.amount) == ("CO-97", Decimal(70))


CONTRACT = '2026-01-01 custom "contract" "aetna" "97110" 80.00 USD\n'


def test_less_than_the_contract_is_underpaid(load):
    paid = remitted(1, paid="110.00 USD", services='"97110*2 130.00, 97140*1 20.00"')
    (finding,) = found(load(PAYER + CONTRACT + invoice(1) + paid), "underpaid-claim", "2026-03-31")
    assert (finding.key, finding.amount) == ("CLM-1", Decimal(30))
    assert "130.00 for 97110 where the contract says 160.00" in finding.message


def test_the_contract_of_the_time_counts(load):
    newer = '2026-03-25 custom "contract" "aetna" "97110" 90.00 USD\n'
    paid = remitted(1, paid="80.00 USD", services='"97110*1 80.00"')
    assert found(load(PAYER + CONTRACT + newer + invoice(1) + paid), "underpaid-claim", "2026-03-31") == []


def test_a_decision_that_was_reversed_is_not_underpaid(load):
    paid = remitted(1, paid="70.00 USD", services='"97110*1 70.00"')
    back = remitted(1, "2026-03-25", "accepted", paid="-70.00 USD", reversal="TRUE").replace("ERA-1", "ERA-2")
    assert found(load(PAYER + CONTRACT + invoice(1) + paid + back), "underpaid-claim", "2026-03-31") == []


def test_more_than_was_owed_is_a_credit_balance(load):
    paid = """
2026-03-20 * "Check" ^inv-INV-1
  payment: "P1"
  method: "check"
  Assets:Clearing:Deposits           170.00 USD
  Income:Visits:Adams               -170.00 USD
  Assets:Receivable:Insurance:Aetna -170.00 USD
  Equity:Billing:Collected           170.00 USD
"""
    (finding,) = found(load(PAYER + invoice(1) + paid), "credit-balance", "2026-03-31")
    assert (finding.key, finding.amount) == ("INV-1", Decimal(20))


def test_an_insurer_s_payment_of_an_unknown_claim_is_a_credit_balance(load):
    (finding,) = found(load(PAYER + remitted(7, paid="80.00 USD")), "credit-balance", "2026-03-31")
    assert (finding.key, finding.amount) == ("INV-7", Decimal(80))
    assert "of which the books have no invoice" in finding.message


def test_a_remittance_booked_although_unbalanced_is_a_finding_with_its_figures(load):
    odd = remitted(1, charged="150.00 USD", paid="80.00 USD", unexplained="70.00 USD").replace(
        '"aetna" 80.00 USD', '"aetna" 81.00 USD'
    )
    (finding,) = found(load(PAYER + invoice(1) + odd), "remittance-unbalanced", "2026-03-31")
    assert finding.amount == Decimal(71)
    assert "81.00 sent (BPR02)" in finding.message
    assert "claim 1" in finding.message


def test_claims_of_one_unknown_number_are_one_finding_with_all_of_their_money(load):
    second = remitted(8, "2026-03-21", paid="30.00 USD").replace("CLM-8", "CLM-7").replace("INV-8", "INV-7")
    other = second.replace('"aetna"', '"medigap"')
    (finding,) = found(load(PAYER + remitted(7, paid="80.00 USD") + other), "credit-balance", "2026-03-31")
    assert (finding.key, finding.amount) == ("INV-7", Decimal(110))
