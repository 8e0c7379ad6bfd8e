"""The practice's own files in the ledger, by the conventions of the books."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from beancount.core.data import Transaction
from daysheet.accounts import BILLING, RECEIVABLE

from tests.importers.books_folder import ADJUSTMENTS, CLAIMS, INVOICES, PAYMENTS, VISITS, Folder


def legs(folder: Folder, key: str, value: str) -> dict[str, Decimal]:
    """The legs of the one transaction with this metadata."""
    (entry,) = [e for e in folder.books().entries if isinstance(e, Transaction) and e.meta.get(key) == value]
    return dict(amounts(entry))


def amounts(entry: Transaction) -> Iterator[tuple[str, Decimal]]:
    for posting in entry.postings:
        assert posting.units is not None
        assert posting.units.number is not None
        yield posting.account, posting.units.number


def test_a_visit_becomes_a_directive_with_a_token_for_its_patient(folder: Folder) -> None:
    folder.take("visits.csv", VISITS + "V1,2026-03-02,adams,P-17,completed,97110,50.00\n")
    visit = folder.books().visits["V1"]
    assert (visit.provider, visit.status, visit.service, visit.fee) == ("adams", "completed", "97110", Decimal(50))
    assert visit.patient.startswith("pt-")
    assert "P-17" not in folder.text("2026/2026-03-visits.beancount")


def test_an_invoice_is_owed_by_the_patient_and_charged_against_equity(folder: Folder) -> None:
    folder.take("i.csv", INVOICES + "INV-1,V1,2026-03-02,adams,P-17,,50.00,2026-04-01\n")
    (invoice,) = folder.books().invoices["INV-1"]
    assert (invoice.visits, invoice.amount, str(invoice.due)) == (("V1",), Decimal(50), "2026-04-01")
    assert folder.books().receivable["INV-1"][0].account == "Assets:Receivable:Patients"


def test_an_invoice_of_several_visits_bills_each_of_them(folder: Folder) -> None:
    folder.take("i.csv", INVOICES + "INV-1,V1;V2 V3,2026-03-02,adams,P-17,,150.00,\n")
    assert set(folder.books().invoices_of_visit) == {"V1", "V2", "V3"}


def test_a_card_payment_is_income_of_the_provider_and_waits_in_clearing(folder: Folder) -> None:
    folder.take("i.csv", INVOICES + "INV-1,V1,2026-03-02,adams,P-17,,50.00,\n")
    folder.take("p.csv", PAYMENTS + "P1,2026-03-20,INV-1,,card,30.00,\n")
    assert legs(folder, "payment", "P1") == {
        "Assets:Clearing:Cards": Decimal(30),
        "Income:Visits:Adams": Decimal(-30),
        "Assets:Receivable:Patients": Decimal(-30),
        "Equity:Billing:Collected": Decimal(30),
    }
    assert folder.books().open_balance("INV-1", folder.books().as_of) == Decimal(20)


def test_a_refund_takes_the_money_back(folder: Folder) -> None:
    folder.take("i.csv", INVOICES + "INV-1,V1,2026-03-02,adams,P-17,,50.00,\n")
    folder.take("p.csv", PAYMENTS + "P1,2026-03-20,INV-1,,check,-30.00,\n")
    assert legs(folder, "payment", "P1")["Assets:Clearing:Deposits"] == Decimal(-30)
    assert folder.books().payments["P1"].amount == Decimal(-30)


def test_money_on_account_is_income_of_the_day_and_the_patients_credit(folder: Folder) -> None:
    folder.take("p.csv", PAYMENTS + "P1,2026-03-20,,,cash,100.00,\n")
    assert legs(folder, "payment", "P1") == {
        "Assets:Clearing:Deposits": Decimal(100),
        "Income:Visits:Unassigned": Decimal(-100),
        "Assets:Receivable:Patients": Decimal(-100),
        "Equity:Billing:Collected": Decimal(100),
    }


def test_money_on_account_is_a_deposit_where_the_settings_say_so(folder: Folder) -> None:
    folder.write_by_hand('\n[import]\non-account = "deposit"\n', "daysheet.toml")
    folder.take("p.csv", PAYMENTS + "P1,2026-03-20,,,cash,100.00,\n")
    assert legs(folder, "payment", "P1") == {
        "Assets:Clearing:Deposits": Decimal(100),
        "Liabilities:Prepayments": Decimal(-100),
    }


def test_an_insurer_owes_in_the_account_that_its_fact_names(folder: Folder) -> None:
    for day, account in (("2026-01-01", "Aetna"), ("2026-06-01", "CVS")):
        name = f'{day} custom "payer" "aetna" "Aetna Inc"'
        folder.write_by_hand(f"{name}\n  receivable: Assets:Receivable:Insurance:{account}\n")
    folder.take("i.csv", INVOICES + "INV-1,V1,2026-03-02,adams,P-17,AETNA INC,150.00,\n")
    folder.take("p.csv", PAYMENTS + "P1,2026-06-20,INV-1,aetna,eft,80.00,\n")
    folder.take("a.csv", ADJUSTMENTS + "A1,2026-06-20,INV-1,contractual,50.00\nA2,2026-06-20,INV-1,transfer,20.00\n")
    owed = {r.account: Decimal() for r in folder.books().receivable["INV-1"]}
    for posting in folder.books().receivable["INV-1"]:
        owed[posting.account] += posting.amount
    assert owed == {"Assets:Receivable:Insurance:Aetna": Decimal(0), "Assets:Receivable:Patients": Decimal(20)}


def test_receivables_and_billing_equity_add_up_to_zero_whatever_is_imported(folder: Folder) -> None:
    folder.take("i.csv", INVOICES + "INV-1,V1,2026-03-02,adams,P,aetna,150.00,\nINV-2,V1,2026-03-02,adams,P,,-5.00,\n")
    folder.take("p.csv", PAYMENTS + "P1,2026-03-20,INV-1,aetna,eft,80.00,\nP2,2026-03-20,INV-9,,card,-3.00,\n")
    kinds = ("contractual", "write-off", "courtesy", "transfer")
    folder.take(
        "a.csv", ADJUSTMENTS + "".join(f"A{n},2026-03-2{n},INV-1,{kind},7.00\n" for n, kind in enumerate(kinds))
    )
    total = Decimal()
    for entry in folder.books().entries:
        if isinstance(entry, Transaction):
            total += sum(number for account, number in amounts(entry) if account.startswith((RECEIVABLE, BILLING)))
    assert total == 0


def test_income_moves_to_the_provider_when_the_invoice_comes_after_its_payment(folder: Folder) -> None:
    folder.take("p.csv", PAYMENTS + "P1,2026-03-20,INV-1,,card,50.00,\n")
    assert legs(folder, "payment", "P1")["Income:Visits:Unassigned"] == Decimal(-50)
    folder.take("i.csv", INVOICES + "INV-1,V1,2026-03-02,adams,P-17,,50.00,\n")
    assert legs(folder, "payment", "P1")["Income:Visits:Adams"] == Decimal(-50)


def test_ids_that_a_link_cannot_hold_stay_exact_and_apart(folder: Folder) -> None:
    rows = "".join(f'"{name}",V{n},2026-03-02,adams,P,,50.00,\n' for n, name in enumerate(("A:1", "A/1", "A-1", "A#1")))
    folder.take("i.csv", INVOICES + rows)
    books = folder.books()
    assert set(books.invoices) == {"A:1", "A/1", "A-1", "A#1"}
    links = [link for e in books.entries if isinstance(e, Transaction) for link in e.links]
    assert len(set(links)) == 4


def test_a_later_export_overtakes_a_scheduled_visit_and_keeps_what_was_added_by_hand(folder: Folder) -> None:
    folder.take("v.csv", VISITS + "V1,2026-03-31,adams,P,scheduled,,50.00\nV2,2026-03-31,adams,P,completed,,50.00\n")
    path = folder.path / "2026" / "2026-03-visits.beancount"
    path.write_text(
        path.read_text().replace('"scheduled"\n', '"scheduled"\n  ; she asked for the morning\n  room: "2"\n')
    )
    (answer,) = folder.take("w.csv", VISITS + "V1,2026-04-02,adams,P,completed,,50.00\n")
    visit = folder.books().visits["V1"]
    assert (answer["booked"], visit.status, str(visit.date), visit.meta["room"]) == (1, "completed", "2026-04-02", "2")
    assert "; she asked for the morning" in folder.text("2026/2026-04-visits.beancount")


def test_a_final_visit_that_the_system_has_changed_is_reported_and_left(folder: Folder) -> None:
    folder.take("v.csv", VISITS + "V1,2026-03-31,adams,P,completed,,50.00\n")
    before = folder.text("2026/2026-03-visits.beancount")
    (answer,) = folder.take("w.csv", VISITS + "V1,2026-03-31,adams,P,cancelled,,50.00\n")
    assert (answer["known"], answer["changed"][0]["what"]) == (1, "status")
    assert folder.text("2026/2026-03-visits.beancount") == before


def test_a_changed_amount_of_a_known_invoice_is_reported_and_not_booked(folder: Folder) -> None:
    folder.take("i.csv", INVOICES + "INV-1,V1,2026-03-02,adams,P,,50.00,\n")
    (answer,) = folder.take("j.csv", INVOICES + "INV-1,V1,2026-03-02,adams,P,,60.00,\n")
    assert (answer["booked"], answer["known"], answer["changed"][0]["what"]) == (0, 1, "amount")
    assert folder.books().open_balance("INV-1", folder.books().as_of) == Decimal(50)


def test_lines_of_one_invoice_for_several_visits_are_all_booked(folder: Folder) -> None:
    (answer,) = folder.take(
        "i.csv", INVOICES + "INV-1,V1,2026-03-02,adams,P,,50.00,\nINV-1,V2,2026-03-03,adams,P,,60.00,\n"
    )
    assert answer["booked"] == 2
    assert folder.books().open_balance("INV-1", folder.books().as_of) == Decimal(110)


def test_a_row_that_stands_twice_in_a_file_is_taken_once_and_said(folder: Folder) -> None:
    row = "P1,2026-03-20,INV-1,,card,50.00,\n"
    (answer,) = folder.take("p.csv", PAYMENTS + row + row)
    assert (answer["rows"], answer["booked"], answer["skipped"]) == (2, 1, [{"row": 3, "reason": "repeats row 2"}])


def test_a_payment_that_was_given_to_another_invoice_is_not_booked_again(folder: Folder) -> None:
    folder.take("p.csv", PAYMENTS + "P1,2026-03-20,,,card,50.00,\n")
    (answer,) = folder.take("q.csv", PAYMENTS + "P1,2026-03-20,INV-1,,card,50.00,\n")
    assert (answer["booked"], answer["changed"][0]["what"]) == (0, "invoice")


def test_the_states_of_a_claim_stand_one_after_the_other(folder: Folder) -> None:
    folder.take("c.csv", CLAIMS + "C1,INV-1,aetna,2026-03-05,submitted,\n")
    folder.take("d.csv", CLAIMS + "C1,INV-1,aetna,2026-03-05,denied,CO-16\nC2,INV-2,aetna,2026-03-20,submitted,\n")
    folder.take("e.csv", CLAIMS + "C1,INV-1,aetna,2026-03-05,submitted,\n")
    assert [claim.status for claim in folder.books().claims["C1"]] == ["submitted", "denied"]


def test_files_of_one_import_that_build_on_each_other_are_taken_in_turn(folder: Folder) -> None:
    first = folder.give("a.csv", VISITS + "V1,2026-03-31,adams,P,scheduled,,50.00\n")
    second = folder.give("b.csv", VISITS + "V1,2026-03-31,adams,P,completed,,50.00\n")
    answer = folder.take_paths(first, second)
    assert [file["booked"] for file in answer] == [1, 1]
    assert folder.books().visits["V1"].status == "completed"


def test_claims_that_were_not_sent_yet_are_of_the_days_of_their_bills(folder):
    claims = CLAIMS + "C1,INV-1,aetna,,denied,\n"
    refused = folder.run("import", folder.give("c.csv", claims))
    assert refused.return_value == 2
    assert "c.csv:2: no claim says on which day it was sent" in refused.stderr
    folder.take("i.csv", INVOICES + "INV-1,V1,2026-03-02,adams,P-17,aetna,150.00,\n")
    (taken,) = folder.take("c.csv", claims)
    assert taken["booked"] == 1
    (imported,) = [fact for fact in folder.books().imported if fact.kind == "claims"]
    assert str(imported.first) == str(imported.last) == "2026-03-02"


def test_a_visit_that_a_file_says_twice_stays_one_in_books_that_have_one_of_the_two(folder: Folder) -> None:
    head = "visit_id,date,provider,patient_id,status,service,fee\n"
    done, off = (f"V1,2026-03-02,adams,P1,{status},99213,50.00\n" for status in ("completed", "cancelled"))
    folder.take("first.csv", head + off)
    [later] = folder.take("both.csv", head + done + off)
    assert (later["booked"], later["known"], [each["reason"] for each in later["skipped"]]) == (0, 1, ["repeats row 3"])
    [changed] = folder.take("other.csv", head + off + done)
    assert (changed["booked"], len(changed["changed"])) == (0, 1)
    assert folder.books().visits["V1"].status == "cancelled"
