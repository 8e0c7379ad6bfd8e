"""Bills, decisions and payments of a record system's export, and the same money by an X12 835."""

from __future__ import annotations

from collections import defaultdict
from decimal import Decimal
from typing import Any

import pytest
from beancount.core.data import Custom, Transaction
from daysheet.books.index import number_of

from tests.importers.books_folder import INVOICES, Folder
from tests.importers.fhir.resources import ADAMS, PROVIDERS, Resource, encounter, ndjson, zipped

_CARC = "https://x12.org/codes/claim-adjustment-reason-codes"
_AETNA: Resource = {"resourceType": "Organization", "id": "org-1", "name": "Aetna"}
_BILLS = INVOICES + (
    "INV-1001,,2026-03-02,adams,P-17,aetna,150.00,\n"
    "INV-1002,,2026-03-03,adams,P-18,aetna,90.00,\n"
    "INV-1003,,2026-03-04,adams,P-19,aetna,60.00,\n"
)
_ERA = """ISA*00*          *00*          *ZZ*AETNA          *ZZ*ELMSTREET      *260330*1200*^*00501*000000001*0*P*:~
GS*HP*AETNA*ELMSTREET*20260330*1200*1*X*005010X221A1~
ST*835*0001~
BPR*I*150*C*ACH*CCP*01*1*DA*2*1935665544**01*4*DA*5*20260330~
TRN*1*71700666555*1935665544~
DTM*405*20260330~
N1*PR*AETNA~
N1*PE*ELM STREET THERAPY*XX*1234567893~
LX*1~
CLP*INV-1001*1*150*80*20*12*94060555410000~
SVC*HC:97110*150*80**2~
CAS*CO*45*50~
CAS*PR*3*20~
CLP*INV-1002*1*90*70*20*12*94060555410001~
SVC*HC:97140*90*70**1~
CAS*PR*1*5**2*15~
CLP*INV-1003*4*60*0**12*94060555410002~
SVC*HC:97112*60*0**1~
CAS*CO*96*60~
SE*18*0001~
GE*1*1~
IEA*1*000000001~
"""


@pytest.fixture
def books(folder: Folder) -> Folder:
    """Books that know Dr. Adams and Aetna."""
    folder.write_by_hand(PROVIDERS)
    return folder


def _amount(value: str, currency: str = "USD") -> Resource:
    return {"value": float(value), "currency": currency}


def _adjudication(category: str, value: str, reason: str = "") -> Resource:
    made: Resource = {"category": {"coding": [{"code": category}]}, "amount": _amount(value)}
    return {**made, "reason": {"coding": [{"system": _CARC, "code": reason}]}} if reason else made


def _explanation(number: int, item: Resource, paid: str, **more: Any) -> Resource:
    made: Resource = {
        "resourceType": "ExplanationOfBenefit",
        "id": f"eob-{number}",
        "identifier": [{"value": f"9406055541000{number}"}],
        "status": "active",
        "use": "claim",
        "outcome": "complete",
        "patient": {"reference": f"Patient/p-{number}"},
        "created": "2026-03-29",
        "insurer": {"reference": "Organization/org-1"},
        "claim": {"identifier": {"value": f"INV-100{number + 1}"}},
        "item": [{"sequence": 1, **item}],
        "payment": {"amount": _amount(paid), "date": "2026-03-30", "identifier": {"value": "71700666555"}},
    }
    return {**made, **more}


def _service(code: str, net: str, units: int, *adjudication: Resource) -> Resource:
    return {
        "productOrService": {"coding": [{"system": "http://www.ama-assn.org/go/cpt", "code": code}]},
        "quantity": {"value": units},
        "net": _amount(net),
        "adjudication": list(adjudication),
    }


EXPLAINED = [
    _explanation(
        0,
        _service("97110", "150", 2, _adjudication("eligible", "100"), _adjudication("benefit", "80"),
                 _adjudication("copay", "20")),
        "80",
    ),
    _explanation(
        1,
        _service("97140", "90", 1, _adjudication("submitted", "90"), _adjudication("paidtoprovider", "70"),
                 _adjudication("deductible", "5"), _adjudication("coinsurance", "15")),
        "70",
    ),
    _explanation(
        2, _service("97112", "60", 1, _adjudication("noncovered", "60", "96"), _adjudication("benefit", "0")), "0",
    ),
]  # fmt: skip
PAYMENT: Resource = {
    "resourceType": "PaymentReconciliation",
    "id": "pay-1",
    "status": "active",
    "created": "2026-03-30",
    "paymentDate": "2026-03-30",
    "paymentIssuer": {"reference": "Organization/org-1"},
    "paymentAmount": _amount("150"),
    "paymentIdentifier": {"value": "71700666555"},
    "detail": [
        {"type": {"coding": [{"code": "payment"}]}, "request": {"identifier": {"value": "INV-1001"}},
         "response": {"reference": "ExplanationOfBenefit/eob-0"}, "amount": _amount("80")},
        {"type": {"coding": [{"code": "payment"}]}, "request": {"identifier": {"value": "INV-1002"}},
         "response": {"reference": "ExplanationOfBenefit/eob-1"}, "amount": _amount("70")},
    ],
}  # fmt: skip


def _said(folder: Folder) -> list[Any]:
    """What the books say of the insurer's money: decisions and what follows of them, without where it stands."""
    found: list[Any] = []
    for entry in folder.books().entries:
        meta = {key: value for key, value in entry.meta.items() if key not in ("filename", "lineno", "remittance")}
        if isinstance(entry, Custom) and entry.type in ("claim", "remittance"):
            values = [value.value for value in entry.values]
            found.append((entry.date, entry.type, values if entry.type == "claim" else values[1:], meta))
        elif isinstance(entry, Transaction) and "remittance" in entry.meta:
            found.append((entry.date, entry.narration, [(leg.account, leg.units) for leg in entry.postings]))
    return found


def _sums(folder: Folder) -> dict[str, Decimal]:
    found: dict[str, Decimal] = defaultdict(Decimal)
    for entry in folder.books().entries:
        for leg in entry.postings if isinstance(entry, Transaction) else ():
            found[leg.account] += number_of(leg)
    return found


@pytest.mark.parametrize("payment", [[], [PAYMENT]], ids=["explanations", "with their reconciliation"])
def test_explanations_give_the_books_that_an_835_of_the_same_money_gives(
    books: Folder, tmp_path_factory: pytest.TempPathFactory, payment: list[Resource]
) -> None:
    other = Folder(tmp_path_factory.mktemp("era") / "books")
    other.write_by_hand(PROVIDERS)
    other.take_paths(other.give("invoices.csv", _BILLS), other.give("aetna.835", _ERA))
    data = ndjson([*payment, *EXPLAINED, _AETNA])
    taken = books.take_paths(books.give("invoices.csv", _BILLS), books.give("eob.ndjson", data))
    assert (taken[1]["rows"], taken[1]["booked"], taken[1]["amount"]) == (3 + len(payment), 3, "150.00")
    assert not [note for note in taken[1]["notes"] if "fits no invoice" in note]
    assert _said(books) == _said(other)
    assert _sums(books) == _sums(other)
    books.take("aetna.835", _ERA)
    assert _said(books) == _said(other)


def test_a_reconciliation_alone_pays_its_claims(books: Folder) -> None:
    advance = {"type": {"coding": [{"code": "advance"}]}, "amount": _amount("-25")}
    paid = {**PAYMENT, "detail": [*PAYMENT["detail"], advance], "paymentAmount": _amount("125")}
    taken = books.take_paths(books.give("invoices.csv", _BILLS), books.give("p.ndjson", ndjson([paid, _AETNA])))
    assert (taken[1]["rows"], taken[1]["booked"]) == (2, 2)
    [remittance] = books.books().remittances.values()
    assert (remittance.payer, remittance.amount, remittance.withheld) == ("aetna", Decimal("125.00"), Decimal("25.00"))
    assert [(claim.claim, claim.paid) for claim in remittance.claims] == [
        ("INV-1001", Decimal(80)),
        ("INV-1002", Decimal(70)),
    ]


def test_a_decision_that_does_not_add_up_is_refused_with_the_figures(books: Folder) -> None:
    short = _explanation(0, _service("97110", "150", 1, _adjudication("benefit", "80")), "80")
    result = books.run("import", books.give("e.ndjson", ndjson([short, _AETNA])))
    assert result.return_value == 2
    assert "+70.00 unexplained" in result.stderr
    books.run("import", "--suspense", books.give("e.ndjson", ndjson([short, _AETNA])))
    assert len(books.books().remittances) == 1


def test_what_decides_nothing_is_skipped_with_the_reason(books: Folder) -> None:
    rows = [
        _explanation(0, _service("97110", "150", 1), "0", use="predetermination"),
        _explanation(1, _service("97110", "150", 1), "0", status="cancelled"),
        _explanation(2, _service("97110", "150", 1), "0", outcome="queued"),
    ]
    [taken] = books.take("e.ndjson", ndjson([*rows, encounter(), ADAMS]))
    assert (taken["booked"], len(taken["skipped"])) == (1, 3)


def charge(identity: str, price: str, code: str = "97110", **more: Any) -> Resource:
    made: Resource = {
        "resourceType": "ChargeItem",
        "id": identity,
        "status": "billed",
        "code": {"coding": [{"system": "http://www.ama-assn.org/go/cpt", "code": code}]},
        "subject": {"reference": "Patient/pat-1"},
        "context": {"reference": "Encounter/enc-1"},
        "occurrenceDateTime": "2026-03-02",
        "performer": [{"actor": {"reference": "Practitioner/prac-1"}}],
        "quantity": {"value": 1},
        "priceOverride": _amount(price),
    }
    return {**made, **more}


def invoice(**more: Any) -> Resource:
    made: Resource = {
        "resourceType": "Invoice",
        "id": "inv-77",
        "identifier": [{"system": "https://ehr.test/invoices", "value": "INV-0077"}],
        "status": "issued",
        "subject": {"reference": "Patient/pat-1"},
        "date": "2026-03-05T00:00:00Z",
        "totalNet": _amount("130.00"),
        "lineItem": [
            {"sequence": 1, "chargeItemReference": {"reference": "ChargeItem/chg-1"}},
            {"sequence": 2, "chargeItemReference": {"reference": "ChargeItem/chg-2"}},
        ],
    }
    return {**made, **more}


def test_an_invoice_is_the_bill_of_the_visits_that_its_charge_items_are_of(books: Folder) -> None:
    files = {
        "Invoice.ndjson": ndjson([invoice()]),
        "ChargeItem.ndjson": ndjson([charge("chg-1", "80"), charge("chg-2", "50", "97140")]),
        "Encounter.ndjson": ndjson([encounter(), ADAMS]),
    }
    taken = books.take("export.zip", zipped(files))
    assert (taken[0]["rows"], taken[0]["booked"], len(taken[0]["skipped"])) == (4, 2, 2)
    [bill] = books.books().invoices["INV-0077"]
    assert (bill.amount, bill.visits, bill.provider) == (Decimal("130.00"), ("enc-1",), "adams")
    assert [(line.id, line.service, line.amount) for line in bill.lines] == [
        ("chg-1", "97110", Decimal("80.00")),
        ("chg-2", "97140", Decimal("50.00")),
    ]


def test_charge_items_that_are_billed_are_a_bill_and_those_to_be_billed_are_none(books: Folder) -> None:
    rows = [
        charge("chg-1", "80"),
        charge("chg-2", "50", "97140"),
        charge("chg-3", "40", "97112", status="billable"),
        charge("chg-4", "40", "97112", status="entered-in-error"),
    ]
    [taken] = books.take("c.ndjson", ndjson([*rows, encounter(), ADAMS]))
    assert [each["row"] for each in taken["skipped"]] == [3, 4]
    [bill] = books.books().bills
    assert (bill.amount, bill.visits, len(bill.lines)) == (Decimal("130.00"), ("enc-1",), 2)


_NO_BILL: dict[str, Resource] = {
    "a draft": {"status": "draft"},
    "cancelled": {"status": "cancelled"},
    "without a day": {"date": "2026-03"},
    "of nothing": {"totalNet": _amount("0")},
}


@pytest.mark.parametrize("what", _NO_BILL)
def test_what_is_no_bill_is_skipped(books: Folder, what: str) -> None:
    [taken] = books.take("i.ndjson", ndjson([invoice(**_NO_BILL[what], lineItem=[]), encounter(), ADAMS]))
    assert [each["row"] for each in taken["skipped"]] == [1]
    assert not books.books().bills


def test_lines_that_do_not_add_up_are_said_and_the_invoice_stands(books: Folder) -> None:
    rows = [invoice(totalNet=_amount("200")), charge("chg-1", "80"), charge("chg-2", "50")]
    [taken] = books.take("i.ndjson", ndjson([*rows, encounter(), ADAMS]))
    [bill] = books.books().bills
    assert (bill.amount, bill.lines, bill.visits) == (Decimal("200.00"), (), ("enc-1",))
    assert any("do not add up" in note for note in taken["notes"])


def test_an_amount_in_another_currency_refuses_the_file(books: Folder) -> None:
    result = books.run("import", books.give("i.ndjson", ndjson([invoice(totalNet=_amount("40", "EUR"))])))
    assert result.return_value == 2
    assert "i.ndjson:1: has an amount in EUR" in result.stderr


def claim(number: int, day: int, **more: Any) -> Resource:
    made: Resource = {
        "resourceType": "Claim",
        "id": f"clm-{number}",
        "identifier": [{"system": "https://ehr.test/claims", "value": f"C-{number}"}],
        "status": "active",
        "use": "claim",
        "patient": {"reference": "Patient/pat-1"},
        "created": f"2026-03-{day + 1:02}",
        "billablePeriod": {"start": f"2026-03-{day:02}", "end": f"2026-03-{day:02}"},
        "insurer": {"reference": "Organization/org-1"},
        "careTeam": [{"sequence": 1, "provider": {"reference": "Practitioner/prac-1"}}],
        "insurance": [{"sequence": 1, "focal": True, "coverage": {"reference": "Coverage/c"}}],
        "item": [
            {
                "sequence": 1,
                "productOrService": {"coding": [{"code": "97110"}]},
                "modifier": [{"coding": [{"code": "GP"}]}],
                "servicedDate": f"2026-03-{day:02}",
                "quantity": {"value": 2},
                "net": _amount("80"),
                "encounter": [{"reference": f"Encounter/enc-{number}"}],
            }
        ],
        "total": _amount("80"),
    }
    return {**made, **more}


def test_a_claim_is_what_was_asked_for(books: Folder) -> None:
    rows = [
        claim(1, 2),
        claim(2, 3, total=_amount("90")),
        claim(3, 4, use="preauthorization"),
        claim(4, 4, status="draft"),
        claim(5, 5, insurer=None),
        {"resourceType": "Coverage", "id": "c", "payor": [{"reference": "Organization/org-1"}]},
    ]
    [taken] = books.take("c.ndjson", ndjson([*rows, _AETNA, ADAMS]))
    assert (taken["rows"], taken["booked"], [each["row"] for each in taken["skipped"]]) == (5, 3, [3, 4])
    assert any("do not add up" in note for note in taken["notes"])
    [first] = books.books().claims["C-1"]
    assert (first.invoice, first.payer, first.status) == ("enc-1", "aetna", "submitted")
    assert first.sent is not None
    assert (first.sent.charged, first.sent.provider, first.sent.bill) == (Decimal("80.00"), "adams", False)
    assert [(line.service, line.units, line.charge, line.details) for line in first.sent.lines] == [
        ("97110", Decimal(2), Decimal("80.00"), ("GP",))
    ]
    assert books.books().claims["C-5"][0].payer == "aetna"
    assert not books.books().bills


def test_claims_make_the_bills_of_their_visits_where_settings_say_so(books: Folder) -> None:
    wanted = '\n[[source]]\nprofile = "fhir"\ntake = ["visits", "claims", "invoices"]\n'
    books.write_by_hand(wanted, "daysheet.toml")
    claims = books.give("Claim.ndjson", ndjson([claim(1, 2), claim(2, 3), _AETNA, ADAMS]))
    visits = books.give("Encounter.ndjson", ndjson([encounter(f"enc-{n}", f"2026-03-0{n + 1}") for n in (1, 2, 3)]))
    books.take_paths(claims, visits)
    found = books.books()
    assert {bill.id: (bill.amount, bill.visits) for bill in found.bills} == {
        "C-1": (Decimal("80.00"), ("enc-1",)),
        "C-2": (Decimal("80.00"), ("enc-2",)),
    }
    assert found.never_billed == {"enc-3"}
    books.take("c.ndjson", ndjson([claim(2, 3, status="cancelled"), _AETNA, ADAMS]))
    assert sum(bill.amount for bill in books.books().invoices["C-2"]) == 0


def test_a_bill_of_a_visit_that_another_file_gives_is_not_made_again(books: Folder) -> None:
    wanted = '\n[[source]]\nprofile = "fhir"\ntake = ["visits", "claims", "invoices"]\n'
    books.write_by_hand(wanted, "daysheet.toml")
    books.take("c.ndjson", ndjson([claim(1, 2), _AETNA, encounter(), ADAMS]))
    books.take("invoices.csv", INVOICES + "INV-1,enc-1,2026-03-02,adams,P-17,aetna,80.00,\n")
    assert [bill.id for bill in books.books().bills] == ["INV-1"]


def test_an_explanation_as_synthea_writes_it(books: Folder) -> None:
    def line(code: str, value: str) -> Resource:
        system = "https://bluebutton.cms.gov/resources/codesystem/adjudication"
        coding = {"system": system, "code": f"https://bluebutton.cms.gov/resources/variables/{code}"}
        return {"category": {"coding": [coding]}, "amount": _amount(value)}

    def explained(number: int, items: list[Resource], paid: str) -> Resource:
        return {
            **_explanation(number, {}, paid),
            "insurer": {"display": "Aetna"},
            "contained": [{"resourceType": "Coverage", "id": "coverage", "payor": [{"display": "Aetna"}]}],
            "insurance": [{"focal": True, "coverage": {"reference": "#coverage", "display": "Aetna"}}],
            "claim": {"reference": f"urn:uuid:7d1c0001-0000-4000-8000-00000000000{number}"},
            "item": items,
            "total": [{"category": {"coding": [{"code": "submitted"}]}, "amount": _amount("150.00")}],
            "payment": {"amount": _amount(paid)},
        }

    whole = [
        {"sequence": 1, "encounter": [{"reference": "Encounter/enc-1"}]},
        _service(
            "97110", "150.00", 1, line("line_sbmtd_chrg_amt", "150"), line("line_alowd_chrg_amt", "150"),
            line("line_coinsrnc_amt", "30"), line("line_prvdr_pmt_amt", "120"), line("line_bene_ptb_ddctbl_amt", "0"),
        ),
    ]  # fmt: skip
    rows = [explained(0, whole, "120.00"), explained(1, [], "0.00")]
    [taken] = books.take("e.ndjson", ndjson([*rows, encounter(), ADAMS]))
    assert (taken["booked"], [each["row"] for each in taken["skipped"]]) == (2, [2])
    [remittance] = books.books().remittances.values()
    [decided] = remittance.claims
    assert (remittance.payer, remittance.amount, decided.codes) == ("aetna", Decimal("120.00"), "PR-2 30.00")
    assert decided.claim == "7d1c0001-0000-4000-8000-000000000000"
