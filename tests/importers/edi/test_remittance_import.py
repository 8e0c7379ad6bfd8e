"""Remittances by the real command: with invoices and bank files, in any order, once and again."""

from __future__ import annotations

import itertools
import json

import pytest

from tests.importers.books_folder import ADJUSTMENTS, CHASE, CLAIMS, INVOICES, PAYMENTS, VISITS, Folder
from tests.importers.deriving.test_payment_posting import PAID, balance, era_text

PAYER = """
2026-01-01 custom "provider" "adams" "Dr. Adams"
2026-01-01 custom "payer" "aetna" "Aetna"
  receivable: Assets:Receivable:Insurance:Aetna
"""
VISIT = VISITS + "V1,2026-12-01,adams,P-1,completed,97110,150.00\n"
INVOICE = INVOICES + "INV-1001,V1,2026-12-01,adams,P-1,aetna,150.00,\n"
CLAIM = CLAIMS + "CLM-1,INV-1001,aetna,2026-12-02,submitted,\n"
BANK = CHASE + "CREDIT,01/02/2027,ORIG CO NAME:AETNA HCCLAIMPMT TRN*1*71700666555*1935665544,80.00,ACH_CREDIT,,\n"
FILES = {"visits.csv": VISIT, "invoices.csv": INVOICE, "claims.csv": CLAIM, "era.835": era_text(PAID), "bank.csv": BANK}


@pytest.fixture
def books(folder: Folder) -> Folder:
    folder.write_by_hand(PAYER)
    return folder


def check_settled(folder: Folder) -> None:
    books = folder.books()
    assert balance(books, "Income:Visits:Adams", "2026-12-31") == 0
    assert balance(books, "Income:Visits:Adams") == -80
    assert balance(books, "Assets:Receivable:Insurance:Aetna", "2026-12-31") == 80
    assert balance(books, "Assets:Receivable:Insurance:Aetna") == 0
    assert balance(books, "Assets:Receivable:Patients") == 20
    assert balance(books, "Assets:Clearing") == 0
    assert balance(books, "Assets:Bank:Checking") == 80
    assert balance(books, "Income:Uncategorized") == 0


@pytest.mark.parametrize("order", list(itertools.permutations(("invoices.csv", "era.835", "bank.csv"))))
def test_an_advice_its_invoice_and_its_money_come_right_in_any_order(books, order):
    books.take("visits.csv", VISIT)
    for name in order:
        books.take(name, FILES[name])
    check_settled(books)


def test_all_files_of_an_inbox_at_once_come_right(books):
    paths = [books.give(name, text) for name, text in FILES.items()]
    answer = {item["file"].rsplit("/", 1)[-1]: item for item in books.take_paths(*paths)}
    assert (answer["era.835"]["rows"], answer["era.835"]["booked"], answer["era.835"]["kind"]) == (1, 1, "remittance")
    check_settled(books)
    assert [claim.status for claim in books.books().claims["CLM-1"]] == ["submitted", "paid"]


def test_an_import_of_an_import_changes_nothing(books):
    paths = [books.give(name, text) for name, text in FILES.items()]
    books.take_paths(*paths)
    before = books.snapshot()
    assert [item["booked"] for item in books.take_paths(*paths)] == [0] * len(paths)
    assert books.snapshot() == before


@pytest.mark.parametrize("order", [("era.835", "bank.csv"), ("bank.csv", "era.835")])
def test_a_bank_line_that_no_rule_knows_is_recognised_by_the_advice_it_pays(books, order):
    bank = CHASE + "CREDIT,01/02/2027,AETNA A04 ACH 8871,80.00,ACH_CREDIT,,\n"
    books.take("visits.csv", VISIT)
    books.take("invoices.csv", INVOICE)
    for name in order:
        books.take(name, {**FILES, "bank.csv": bank}[name])
    check_settled(books)


def test_an_unbalanced_remittance_is_refused_and_leaves_the_books_as_they_are(books):
    before = books.snapshot()
    result = books.run("import", books.give("odd.835", era_text(PAID, sent="81.50")))
    assert result.return_value == 2
    assert "81.50 sent (BPR02)" in result.output
    assert "--suspense" in result.output
    assert books.snapshot() == before


def test_by_choice_an_unbalanced_remittance_is_booked_and_found(books):
    books.take("visits.csv", VISIT)
    books.take("invoices.csv", INVOICE)
    books.take("odd.835", era_text(PAID, sent="81.50"), "--suspense")
    books.take("bank.csv", BANK.replace("80.00", "81.50"))
    assert balance(books.books(), "Assets:Clearing:Suspense") == -1.5
    found = json.loads(books.run("check", "--json", "--as-of", "2027-01-31").stdout)["findings"]
    assert [(f["key"][:8], f["amount"]) for f in found if f["kind"] == "remittance-unbalanced"] == [
        ("ERA-7170", "1.50")
    ]


def test_what_the_practice_system_exports_too_is_not_booked_twice(books):
    for name, text in FILES.items():
        books.take(name, text)
    paid = PAYMENTS + "PMT-9,2027-01-02,INV-1001,aetna,eft,80.00,\n"
    adjusted = ADJUSTMENTS + "ADJ-9,2026-12-30,INV-1001,contractual,50.00\n"
    (payment,), (adjustment,) = books.take("payments.csv", paid), books.take("adjustments.csv", adjusted)
    assert (payment["booked"], adjustment["booked"]) == (1, 1)  # facts, to which what was derived gives way
    check_settled(books)


def test_what_the_practice_system_has_posted_before_is_not_booked_twice(books):
    for name in ("visits.csv", "invoices.csv"):
        books.take(name, FILES[name])
    books.take("payments.csv", PAYMENTS + "PMT-9,2027-01-02,INV-1001,aetna,eft,80.00,\n")
    books.take("adjustments.csv", ADJUSTMENTS + "ADJ-9,2026-12-30,INV-1001,contractual,50.00\n")
    books.take("adjustments2.csv", ADJUSTMENTS + "ADJ-10,2026-12-30,INV-1001,transfer,20.00\n")
    for name in ("era.835", "bank.csv"):
        books.take(name, FILES[name])
    check_settled(books)


def test_two_copies_of_one_advice_are_one(books):
    first = books.give("a.835", era_text(PAID))
    second = books.give("b.835", era_text(PAID).replace("*000000001", "*000000002"))
    assert [item["booked"] for item in books.take_paths(first, second)] == [1, 0]


def test_no_name_and_no_member_number_of_a_remittance_reaches_the_books(books):
    people = "NM1*QC*1*ZWICKELHUBER*ANNELIESE****MI*MBR99887766~\nNM1*IL*1*QUARTERMAINE*OBADIAH****MI*SSN078051120"
    odd = "CAS*ZWICKELHUBER*ANNELIESE*10~SVC*HC:ZWICKELHUBER*10*0~LQ*HE*ANNELIESE"
    text = era_text(f"{PAID}~\n{people}~\nREF*EA*MRN5550199", f"CLP*ZWICKELHUBER ANNELIESE*4*10*0*0*12*X~{odd}")
    result = books.run("import", books.give("era.835", text))
    everything = result.output + "".join(p.read_text() for p in books.path.rglob("*.beancount"))
    everything += "".join(str(p) for p in books.path.rglob("*"))
    for word in ("ZWICKELHUBER", "ANNELIESE", "MBR99887766", "QUARTERMAINE", "078051120", "MRN5550199"):
        assert word.casefold() not in everything.casefold()


STRICT = "\n[import]\nstrict-x12 = true\n"


def test_the_standard_s_own_rules_are_checked_where_the_practice_asks_for_it(books):
    settings = books.path / "daysheet.toml"
    settings.write_text(settings.read_text() + STRICT)
    text = era_text(PAID + "~\nNM1*QC*7*ZWICKELHUBER*ANNELIESE")
    result = books.run("import", books.give("era.835", text))
    assert result.return_value == 2
    assert "breaks the X12 standard" in result.output
    assert "NM102: unknown code" in result.output
    assert "ZWICKELHUBER" not in result.output


def figures(folder: Folder, name: str, year: int, basis: str) -> dict[str, str]:
    """The amounts of a report by the title of their row."""
    result = folder.run("report", name, "--period", year, "--basis", basis, "--json")
    return {row["title"]: row["current"] for row in json.loads(result.stdout)["rows"]}


def test_the_statements_show_a_december_advice_paid_in_january_by_their_basis(books):
    books.take_paths(*(books.give(name, text) for name, text in FILES.items()))
    assert figures(books, "income", 2026, "cash")["Net income"] == "0.00"
    assert figures(books, "income", 2027, "cash")["Net income"] == "80.00"
    assert figures(books, "income", 2026, "accrual")["Net income"] == "100.00"  # 150 charged, 50 of it by contract
    owed = figures(books, "balance-sheet", 2026, "accrual")
    assert (owed["Insurance – Aetna"], owed["Patients"]) == ("80.00", "20.00")
    assert figures(books, "balance-sheet", 2027, "accrual").get("Insurance – Aetna", "0.00") == "0.00"


def test_identify_says_what_a_remittance_holds(books):
    path = books.give("odd.835", era_text(PAID, sent="81.50", plb="PLB*1*20261231*L6:X*-1.50"))
    assert json.loads(books.run("identify", "--json", path).stdout) == [
        {
            "file": str(path), "kind": "remittance", "claims": 1, "paid": "80.00", "sent": "81.50", "balanced": True,
            "problems": [],
        },
    ]  # fmt: skip


def test_identify_names_why_a_remittance_does_not_balance(books):
    result = books.run("identify", books.give("odd.835", era_text(PAID, sent="81.50")))
    assert "does not balance: 81.50 sent (BPR02)" in result.stdout


def test_the_reason_of_a_claim_is_kept_by_its_code_and_not_in_someone_s_words(books):
    books.take("claims.csv", CLAIMS + "CLM-1,INV-1,aetna,2026-12-02,denied,CO-29 Annelieses claim came late\n")
    (claim,) = books.books().claims["CLM-1"]
    assert claim.reason == "CO-29 filed after the time limit"
