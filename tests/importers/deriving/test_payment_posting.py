"""Remittances, invoices and bank lines together: what is posted, and when."""

from __future__ import annotations

import datetime
from decimal import Decimal

import pytest
from beancount import loader
from beancount.core.data import Transaction
from daysheet.books import Books
from daysheet.errors import DaysheetError
from daysheet.importers.deriving.derived import derived
from daysheet.importers.edi import remittances, x12
from daysheet.importers.edi.source import RemittanceSource, directives, refuse_unbalanced
from daysheet.importers.reading import Context
from daysheet.importers.rows.raw_file import RawFile
from daysheet.importers.settings import ImportSettings
from daysheet.ledger import printer
from daysheet.remittances import Remittance

OPTIONS = """
option "operating_currency" "USD"
plugin "beancount.plugins.auto_accounts"
2026-01-01 custom "payer" "aetna" "Aetna"
  receivable: Assets:Receivable:Insurance:Aetna
2026-01-01 custom "payer" "medigap" "Medigap Mutual"
  receivable: Assets:Receivable:Insurance:Medigap
"""
INVOICE = """
2026-12-01 * "Invoice INV-1001" ^inv-INV-1001
  provider: "adams"
  payer: "aetna"
  Assets:Receivable:Insurance:Aetna  150.00 USD
  Equity:Billing:Charges            -150.00 USD
"""
EFT = """
2027-01-02 * "AETNA HCCLAIMPMT" "TRN*1*71700666555*1935665544"
  Assets:Bank:Checking       80.00 USD
  Assets:Clearing:Deposits  -80.00 USD
"""
PAID = "CLP*INV-1001*1*150*80*20*12*X~CAS*CO*45*50~CAS*PR*3*20"
AETNA, MEDIGAP = "AETNA LIFE INSURANCE COMPANY", "MEDIGAP MUTUAL OF OMAHA"


def era_text(
    *claims: str, sent: str = "80", trace: str = "71700666555", day: str = "20261230", payer: str = AETNA, plb: str = ""
):
    return "~\n".join([
        "ISA*00*          *00*          *ZZ*A              *ZZ*B              *261230*1200*^*00501*000000001*0*P*:",
        "GS*HP*A*B*20261230*1200*1*X*005010X221A1", "ST*835*0001",
        f"BPR*I*{sent}*C*{'ACH' if Decimal(sent) else 'NON'}*CCP*01*1*DA*2*1935665544**01*4*DA*5*{day}",
        f"TRN*1*{trace}*1935665544", f"DTM*405*{day}", f"N1*PR*{payer}", "N1*PE*PRACTICE*XX*1", "LX*1",
        *claims, *([plb] if plb else []), "SE*9*0001", "GE*1*1", "IEA*1*000000001~",
    ])  # fmt: skip


def due(books: Books) -> list[Transaction]:
    """All that follows from some books."""
    found = derived(books, ImportSettings()).values()
    return [entry for entries in found for entry in entries if isinstance(entry, Transaction)]


def of(text: str) -> Books:
    entries, errors, options = loader.load_string(OPTIONS + text)
    assert errors == []
    books = Books.of(entries, options, state="")
    assert books.errors == []
    return books


def read(path) -> list[Remittance]:
    records = RemittanceSource().read(RawFile(path), Context(token=lambda _: "pt-0123456789ab")).records
    return [record for record in records if isinstance(record, Remittance)]


def imported(text: str, tmp_path, *files: str) -> str:
    """The ledger text after the remittances have been imported, one after the other."""
    for number, content in enumerate(files):
        path = tmp_path / f"{number}.835"
        path.write_text(content)
        books = of(text)
        for remittance in read(path):
            text += "\n" + printer.render(directives(remittance, books))
    return text


def settled_text(text: str, tmp_path, *files: str) -> str:
    text = imported(text, tmp_path, *files)
    return text + "\n" + printer.render(due(of(text)))


def settled(text: str, tmp_path, *files: str) -> Books:
    books = of(settled_text(text, tmp_path, *files))
    assert due(books) == []  # once is enough
    return books


def balance(books: Books, account: str, day: str = "2099-12-31") -> Decimal:
    last = datetime.date.fromisoformat(day)
    total = Decimal()
    for entry in books.entries:
        if isinstance(entry, Transaction) and entry.date <= last:
            for posting in entry.postings:
                if posting.account.startswith(account):
                    assert posting.units is not None
                    total += posting.units.number or 0
    return total


@pytest.mark.parametrize("bank_first", [True, False])
def test_a_december_advice_paid_in_january_is_income_of_the_new_year(tmp_path, bank_first):
    if bank_first:
        books = settled(INVOICE + EFT, tmp_path, era_text(PAID))
    else:
        books = settled(settled_text(INVOICE, tmp_path, era_text(PAID)) + EFT, tmp_path)
    assert balance(books, "Income", "2026-12-31") == 0
    assert balance(books, "Income:Visits:Adams") == -80
    assert balance(books, "Assets:Receivable:Insurance:Aetna", "2026-12-31") == 80
    assert balance(books, "Assets:Receivable:Patients", "2026-12-31") == 20
    assert balance(books, "Equity:Billing:Contractual", "2026-12-31") == 50
    assert balance(books, "Assets:Receivable:Insurance:Aetna") == 0
    assert balance(books, "Assets:Clearing") == 0
    (payment,) = (p for p in books.payments.values() if p.payer == "aetna")
    assert (payment.date, payment.meta["matched"]) == (datetime.date(2027, 1, 2), "trace number")


def test_without_a_trace_in_the_bank_s_text_the_payer_and_amount_decide_and_it_is_said(tmp_path):
    books = settled(INVOICE + EFT.replace("TRN*1*71700666555*1935665544", ""), tmp_path, era_text(PAID))
    (payment,) = books.payments.values()
    assert payment.meta["matched"] == "payer, amount and date"


def test_two_advices_of_one_amount_wait_until_the_bank_line_says_which(tmp_path):
    bank = EFT.replace("TRN*1*71700666555*1935665544", "")
    second = era_text("CLP*INV-1001*1*80*80*0*12*X", trace="99")
    books = settled(INVOICE + bank, tmp_path, era_text(PAID), second)
    assert books.payments == {}
    assert balance(books, "Income") == 0


def test_a_denial_stays_with_the_insurer_and_is_not_written_off(tmp_path):
    books = settled(INVOICE, tmp_path, era_text("CLP*INV-1001*4*150*0*0*12*X~CAS*CO*29*150", sent="0"))
    assert balance(books, "Assets:Receivable:Insurance:Aetna") == 150
    assert balance(books, "Equity:Billing:Contractual") == 0
    (claim,) = books.claims["INV-1001"]
    assert (claim.status, claim.reason) == ("denied", "CO-29 filed after the time limit")


def test_a_reversal_and_the_new_decision_are_both_posted(tmp_path):
    first = settled_text(INVOICE + EFT, tmp_path, era_text(PAID))
    again = era_text(
        "CLP*INV-1001*22*-150*-80*-20*12*X~CAS*CO*45*-50~CAS*PR*3*-20",
        "CLP*INV-1001*1*150*90*10*12*X~CAS*CO*45*50~CAS*PR*3*10",
        sent="10", trace="888", day="20270110",
    )  # fmt: skip
    bank = EFT.replace("2027-01-02", "2027-01-12").replace("71700666555", "888").replace("80.00", "10.00")
    books = settled(first + bank, tmp_path, again)
    assert balance(books, "Income:Visits:Adams") == -90
    assert balance(books, "Assets:Receivable:Insurance:Aetna") == 0
    assert balance(books, "Assets:Receivable:Patients") == 10
    assert balance(books, "Equity:Billing:Contractual") == 50
    assert sorted(p.amount for p in books.payments.values()) == [-80, 80, 90]


def test_a_second_insurer_pays_of_what_the_first_left_to_the_patient(tmp_path):
    bank2 = EFT.replace("71700666555", "222").replace("AETNA", "MEDIGAP").replace("80.00", "15.00")
    second = era_text(
        "CLP*INV-1001*2*150*15*5*12*Y~CAS*OA*23*130~CAS*PR*3*5", sent="15", trace="222", day="20261231", payer=MEDIGAP
    )
    books = settled(INVOICE + EFT + bank2, tmp_path, era_text(PAID), second)
    assert balance(books, "Assets:Receivable:Insurance:Medigap") == 0
    assert balance(books, "Assets:Receivable:Insurance:Aetna") == 0
    assert balance(books, "Assets:Receivable:Patients") == 5
    assert balance(books, "Income") == -95


def test_an_insurer_pays_of_what_was_billed_to_the_patient(tmp_path):
    billed = INVOICE.replace('  payer: "aetna"\n', "").replace("Insurance:Aetna", "Patients")
    books = settled(billed + EFT, tmp_path, era_text(PAID))
    assert balance(books, "Assets:Receivable:Patients") == 20
    assert balance(books, "Assets:Receivable:Insurance:Aetna") == 0


def test_interest_recoupment_and_withholding_have_accounts_of_their_own(tmp_path):
    bank = EFT.replace("80.00", "58.10")
    plb = "PLB*1*20261231*WO:X*20*L6:Y*-3.10*E3:Z*5"
    books = settled(INVOICE + bank, tmp_path, era_text(PAID, sent="58.10", plb=plb))
    assert balance(books, "Assets:Clearing:Recoupments") == 20
    assert balance(books, "Income:Interest") == Decimal("-3.10")
    assert balance(books, "Assets:Withheld") == 5
    assert balance(books, "Assets:Clearing:Deposits") == 0
    assert balance(books, "Income:Visits:Adams") == -80


def test_a_payment_that_is_kept_back_whole_needs_no_bank_line(tmp_path):
    books = settled(INVOICE, tmp_path, era_text(PAID, sent="0", plb="PLB*1*20261231*WO:X*80"))
    assert balance(books, "Assets:Clearing:Recoupments") == 80
    assert balance(books, "Income:Visits:Adams", "2026-12-30") == -80


def test_a_claim_that_the_books_do_not_know_is_paid_on_account_and_comes_right_with_its_invoice(tmp_path):
    text = settled_text(EFT, tmp_path, era_text(PAID))
    before = of(text)
    assert balance(before, "Assets:Receivable:Insurance:Aetna") == -80
    assert balance(before, "Income:Visits:Unassigned") == -80
    assert balance(before, "Equity:Billing:Contractual") == 0
    books = settled(text + INVOICE, tmp_path)
    assert balance(books, "Assets:Receivable:Insurance:Aetna") == 0
    assert balance(books, "Assets:Receivable:Patients") == 20


def test_an_advice_that_the_practice_system_has_posted_itself_posts_nothing(tmp_path):
    own = """
2027-01-02 * "Electronic payment" ^inv-INV-1001
  payment: "PMT-9"
  method: "eft"
  payer: "aetna"
  reference: "71700666555"
  Assets:Clearing:Deposits   80.00 USD
  Income:Visits:Adams       -80.00 USD
  Assets:Receivable:Insurance:Aetna  -80.00 USD
  Equity:Billing:Collected   80.00 USD
"""
    books = settled(INVOICE + EFT + own, tmp_path, era_text(PAID))
    assert balance(books, "Income") == -80
    assert len(books.payments) == 1


def test_an_unbalanced_remittance_is_refused_with_the_figures(tmp_path):
    path = tmp_path / "x.835"
    path.write_text(era_text(PAID, sent="81.50"))
    (transaction,) = x12.transactions(path.read_text(), path)
    with pytest.raises(DaysheetError, match=r"x\.835:3: .* 81\.50 sent \(BPR02\).* give 80\.00: \+1\.50 unexplained"):
        refuse_unbalanced([remittances.remittance(transaction, path, str)])


def test_by_choice_the_difference_of_an_unbalanced_remittance_goes_to_suspense(tmp_path):
    books = settled(INVOICE + EFT.replace("80.00", "81.50"), tmp_path, era_text(PAID, sent="81.50"))
    assert balance(books, "Assets:Clearing:Suspense") == Decimal("-1.50")
    assert balance(books, "Assets:Clearing:Deposits") == 0
    assert balance(books, "Income") == -80


def test_the_fee_of_a_card_batch_is_split_off_once(tmp_path):
    batch = """
2026-12-01 * "Card payment"
  payment: "PMT-1"
  method: "card"
  Assets:Clearing:Cards   20.00 USD
  Income:Visits:Adams    -20.00 USD
2026-12-03 * "BANKCARD DEP"
  row: "ab12"
  Assets:Bank:Checking   19.12 USD
  Assets:Clearing:Cards -19.12 USD
"""
    books = settled(batch, tmp_path)
    assert balance(books, "Expenses:MerchantFees") == Decimal("0.88")
    assert balance(books, "Assets:Clearing:Cards") == 0


def test_the_same_advice_in_another_envelope_has_the_same_id(tmp_path):
    ids = []
    for content in (era_text(PAID), era_text(PAID).replace("000000001", "000000002").replace("0001", "0777")):
        path = tmp_path / "x.835"
        path.write_text(content)
        (record,) = read(path)
        ids.append(record.id)
    assert ids[0] == ids[1]


@pytest.mark.parametrize(
    ("number", "kept"),
    [
        ("INV-1001", True), ("0001000055", True), ("S1114885", True), ("001-18573-358", True), ("200200964A52", True),
        ("CLAIM-77", True), ("9b2f6c1e-0a4d-4c8e-9f1b-5a6d7e8f9a0b", True), ("PATIENT ACCOUNT NUMBER", False),
        ("SMITH001", False), ("Müller-1", False), ("078-05-1120", False), ("555-867-5309", False),
        ("1980-02-29", False), ("2/29/1980", False), ("jane@example.org", False), ("LEE", False), ("LEE1980", False),
    ],
)  # fmt: skip
def test_a_claim_number_that_may_be_a_person_becomes_a_token(tmp_path, number, kept):
    path = tmp_path / "x.835"
    path.write_text(era_text(PAID.replace("INV-1001", number)), encoding="utf-8")
    (record,) = read(path)
    assert record.claims[0].claim == (number if kept else "pt-0123456789ab")
