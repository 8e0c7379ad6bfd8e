"""Claims and their answers into the books, by the real command: control totals, bills, any order, undo, privacy."""

from __future__ import annotations

import itertools
import json
from decimal import Decimal
from pathlib import Path

import pytest
from daysheet.accounts import RECEIVABLE
from daysheet.books import Books
from daysheet.errors import DaysheetError

from tests.importers.books_folder import INVOICES, VISITS, Folder
from tests.importers.deriving.test_payment_posting import era_text
from tests.importers.edi.x12_files import claim, claims, receipt, states, status

FACTS = """
2026-01-01 custom "provider" "adams" "Dr. Anna Adams"
  npi: "1234567893"
2026-01-01 custom "payer" "aetna" "Aetna"
  receivable: Assets:Receivable:Insurance:Aetna
  era-id: "60054 1935665544"
  filing-days: 90
"""
TAKE = '\n[[source]]\nprofile = "x12-837"\ntake = ["claims", "invoices"]\n'
SENT = claims(claim("INV-17", "100", [("99213", "60"), ("87070", "40")]), claim("INV-18", "100"))


@pytest.fixture
def practice(folder: Folder) -> Folder:
    folder.write_by_hand(FACTS)
    return folder


@pytest.fixture
def billing(practice: Folder) -> Folder:
    practice.write_by_hand(TAKE, "daysheet.toml")
    return practice


def owed(books: Books) -> dict[str, Decimal]:
    """What is open by receivable account."""
    found: dict[str, Decimal] = {}
    for postings in books.receivable.values():
        for posting in postings:
            found[posting.account.removeprefix(f"{RECEIVABLE}:")] = (
                found.get(posting.account.removeprefix(f"{RECEIVABLE}:"), Decimal()) + posting.amount
            )
    return {account: amount for account, amount in found.items() if amount}


def test_claims_are_accounted_for_by_row_and_money_and_known_again(practice: Folder) -> None:
    (answer,) = practice.take("sent.837", SENT)
    assert (answer["kind"], answer["rows"], answer["booked"], answer["amount"]) == ("claims", 2, 2, "200.00")
    before = practice.snapshot()
    (again,) = practice.take("again.837", SENT.replace("~\n", "~"))
    assert (again["booked"], again["known"]) == (0, 2)
    changed = {name for name, digest in practice.snapshot().items() if before.get(name) != digest}
    assert {name for name in changed if not name.startswith("originals/")} == {"imports.beancount"}


def test_a_dry_run_writes_nothing_and_shows_what_would_be(practice: Folder) -> None:
    before = practice.snapshot()
    result = practice.run("import", "--dry-run", "--diff", practice.give("sent.837", SENT))
    assert '"INV-17" "INV-17" "aetna" "submitted"' in result.stdout
    assert practice.snapshot() == before


def test_an_import_of_claims_and_answers_is_taken_back_whole(billing: Folder) -> None:
    before = billing.books().entries
    billing.take("sent.837", SENT)
    billing.take("ca.277", states(status("INV-17", "A7:255")))
    assert len(billing.books().answers) == 1
    for day in ("2026-03-06", "2026-03-05"):
        assert billing.run("undo", day).exception is None
    books = billing.books()
    assert (books.answers, books.claims, owed(books)) == ([], {}, {})
    assert len([e for e in books.entries if e.meta.get("sha256")]) == len([e for e in before if e.meta.get("sha256")])


def test_claims_join_the_invoices_that_another_file_gives_and_make_none(practice: Folder) -> None:
    practice.take(
        "invoices.csv",
        INVOICES + "INV-17,,2026-03-02,adams,P-1,aetna,100.00,\nINV-19,,2026-03-02,adams,P-1,aetna,70.00,\n",
    )
    practice.take("sent.837", SENT)
    assert owed(practice.books()) == {"Insurance:Aetna": Decimal(170)}
    found = json.loads(practice.run("check", "--json", "--as-of", "2026-03-20").stdout)["findings"]
    assert [each["key"] for each in found if each["kind"] == "claim-unsent"] == ["INV-19"]


def test_claims_make_the_bills_where_nothing_else_does(billing: Folder) -> None:
    billing.take("sent.837", SENT)
    books = billing.books()
    bill = books.invoices["INV-17"][0]
    assert (bill.date.isoformat(), bill.amount, bill.provider, bill.payer) == (
        "2026-03-05",
        Decimal(100),
        "adams",
        "aetna",
    )
    assert [(line.service, line.amount) for line in bill.lines] == [("99213", Decimal(60)), ("87070", Decimal(40))]
    assert bill.patient.startswith("pt-")
    assert owed(books) == {"Insurance:Aetna": Decimal(200)}


def test_never_both_a_bill_of_a_claim_and_one_of_another_file(billing: Folder) -> None:
    billing.take("sent.837", SENT)
    billing.take("invoices.csv", INVOICES + "INV-17,,2026-03-02,adams,P-1,aetna,100.00,\n")
    assert owed(billing.books()) == {"Insurance:Aetna": Decimal(200)}


def test_a_visit_of_the_claim_s_number_is_billed_by_it_whatever_came_first(billing: Folder) -> None:
    visit = VISITS + "INV-17,2026-03-02,adams,P-1,completed,99213,100.00\n"
    billing.take("sent.837", SENT)
    billing.take("visits.csv", visit)
    assert [bill.id for bill in billing.books().invoices_of_visit["INV-17"]] == ["INV-17"]


REPLACED = claims(claim("INV-17", "130", [("99214", "130")], frequency="7"), day="20260310", number=906)
TAKEN_BACK = claims(claim("INV-18", "100", frequency="8"), day="20260311", number=907)
TWICE = claims(claim("INV-17", "130", [("99214", "130")]), day="20260312", number=908)
SECOND = claims(claim("INV-17", "130", rank="S", payer="CIGNA*****PI*62308"), day="20260320", number=909)


@pytest.mark.parametrize("order", list(itertools.permutations(range(4)))[::5])
def test_replaced_and_taken_back_claims_leave_what_is_owed_in_any_order(
    billing: Folder, order: tuple[int, ...]
) -> None:
    files = (SENT, REPLACED, TAKEN_BACK, TWICE + SECOND)
    for place in order:
        billing.take(f"{place}.837", files[place])
    assert owed(billing.books()) == {"Insurance:Aetna": Decimal(130)}


def test_answers_find_their_claims_whatever_came_first(billing: Folder) -> None:
    files = {
        "sent.837": SENT,
        "receipt.999": receipt([("0001", "A")]),
        "ca.277": states(status("INV-17", "A7:255"), status("INV-18", "A2:20")),
    }
    said = set()
    for order in itertools.permutations(files):
        folder = Folder(billing.path.parent / "-".join(order))
        folder.write_by_hand(FACTS)
        for name in order:
            folder.take(name, files[name])
        found = json.loads(folder.run("check", "--json", "--as-of", "2026-03-20").stdout)["findings"]
        said.add(tuple((each["kind"], each["key"], each["amount"]) for each in found))
    assert said == {(("claim-rejected", "INV-17", "100.00"),)}


def test_a_practice_without_bills_is_told_how_to_get_them(practice: Folder) -> None:
    (answer,) = practice.take("sent.837", SENT)
    assert any('take = ["claims", "invoices"]' in note for note in answer["notes"])


def test_the_patient_behind_a_claim_s_token_is_found_in_the_original(billing: Folder, tmp_path: Path) -> None:
    billing.take("sent.837", SENT)
    token = billing.books().invoices["INV-17"][0].patient
    result = billing.run("reveal", token)
    assert "ROE JANE 19700131" in result.stdout


def test_nobody_s_name_or_number_is_in_the_books(billing: Folder) -> None:
    billing.take("sent.837", SENT)
    billing.take("ca.277", states(status("INV-17", "A7:255")))
    texts = "".join(path.read_text() for path in billing.path.rglob("*.beancount"))
    assert [word for word in ("ROE", "JANE", "W000111222", "19700131", "ELM ST", "17111") if word in texts] == []


def test_a_remittance_with_something_beside_it_says_what_it_leaves_out(practice: Folder) -> None:
    text = era_text("CLP*INV-17*1*100*80*20*12*X~\nCAS*CO*45*20") + "\n" + receipt([("0001", "A")])
    (answer,) = practice.take("both.835", text)
    assert answer["kind"] == "remittance"
    assert any("its 999 are not read" in note for note in answer["notes"])


@pytest.mark.parametrize("text", [SENT, states(status("INV-17", "A7:255"))], ids=["claims", "answers"])
def test_the_strict_opinion_names_the_rule_and_quotes_nothing(practice: Folder, text: str) -> None:
    practice.write_by_hand("\n[import]\nstrict-x12 = true\n", "daysheet.toml")
    result = practice.run("import", practice.give("strict.txt", text))
    assert "breaks the X12 standard: segment" in result.stderr
    assert [word for word in ("ROE", "JANE", "17111", "W000") if word in result.stderr] == []


def test_a_claim_that_comes_again_in_small_letters_makes_no_second_bill(billing: Folder) -> None:
    billing.take("sent.837", SENT)
    billing.take("small.837", SENT.lower())
    assert owed(billing.books()) == {"Insurance:Aetna": Decimal(200)}


def test_a_profile_of_the_practices_own_that_is_wrong_is_refused_beside_claims_too(practice: Folder) -> None:
    (practice.path / "profiles").mkdir()
    (practice.path / "profiles" / "our-bank.toml").write_text("nonsense = 1\n")
    before = practice.snapshot()
    with pytest.raises(DaysheetError, match=r"our-bank\.toml"):
        practice.take("sent.837", SENT)
    assert practice.snapshot() == before
