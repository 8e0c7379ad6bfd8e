"""One advice however it comes: again, under another date, split, joined, from two places, with padded numbers."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from decimal import Decimal
from typing import NamedTuple

import pytest

from tests.importers.books_folder import CHASE, INVOICES, Folder

PAYERS = """
2026-01-01 custom "provider" "adams" "Dr. Adams"
2026-01-01 custom "payer" "united" "United"
  receivable: Assets:Receivable:Insurance:United
  era-id: "111222333 99887"
2026-01-01 custom "payer" "delta" "Delta Mutual"
  receivable: Assets:Receivable:Insurance:Delta
"""


class Claim(NamedTuple):
    """A claim of a generated advice: charge = paid + contractual + patient's share."""

    number: str
    charge: int
    paid: int
    patient: int = 0
    control: str = "C1"
    status: str = "1"

    def text(self) -> str:
        contractual = self.charge - self.paid - self.patient
        lines = f"CLP*{self.number}*{self.status}*{self.charge}*{self.paid}*{self.patient}*12*{self.control}~\n"
        lines += f"CAS*CO*45*{contractual}~\n" if contractual else ""
        return lines + (f"CAS*PR*3*{self.patient}~\n" if self.patient else "")


def transaction(
    claims: Sequence[Claim], *, trace: str = "70012", day: str = "20260330", payer: str = "UNITED HEALTH",
    number: str = "1111222333", amount: int | None = None, beside: str = "",
) -> str:  # fmt: skip
    sent = sum(claim.paid for claim in claims) if amount is None else amount
    return (
        f"ST*835*0001~\nBPR*I*{sent}*C*ACH*CCP*01*1*DA*2*{number}**01*4*DA*5*{day}~\nTRN*1*{trace}*{number}~\n"
        f"DTM*405*{day}~\nN1*PR*{payer}~\nN1*PE*ELM*XX*1234567893~\nLX*1~\n"
        + "".join(claim.text() for claim in claims)
        + f"{beside}SE*9*0001~\n"
    )


def era(*transactions: str, control: str = "000000001") -> str:
    head = f"ISA*00*{'':10}*00*{'':10}*ZZ*{'U':15}*ZZ*{'ELM':15}*260330*1200*^*00501*{control}*0*P*:~\n"
    return head + "GS*HP*U*ELM*20260330*1200*1*X*005010X221A1~\n" + "".join(transactions) + "GE*1*1~\nIEA*1*1~\n"


@pytest.fixture
def books(folder: Folder) -> Folder:
    folder.write_by_hand(PAYERS)
    rows = [
        f"INV-{n:03},,2026-03-01,adams,P-{n},{payer},100.00,\n" for n, payer in enumerate(["united"] * 3 + ["delta"])
    ]
    folder.take("invoices.csv", INVOICES + "".join(rows))
    return folder


def decided(folder: Folder) -> Counter[tuple[str, str, Decimal]]:
    """The claims of all remittances: payer, invoice, paid."""
    return Counter(
        (remittance.payer, claim.invoice, claim.paid)
        for remittance in folder.books().remittances.values()
        for claim in remittance.claims
    )


TWO = (Claim("INV-000", 100, 60, control="X1"), Claim("INV-001", 100, 70, 10, control="X2"))
ONCE = Counter({("united", "INV-000", Decimal(60)): 1, ("united", "INV-001", Decimal(70)): 1})


@pytest.mark.parametrize(
    "again",
    [
        era(transaction(TWO, day="20260331"), control="000000009"),
        era(transaction(TWO[::-1])),
        era(transaction(TWO, trace="00070012")),
        era(transaction(TWO, payer="United Healthcare Services", number="99887")),
        era(transaction([claim._replace(number=claim.number.lower()) for claim in TWO])),
        era(transaction([claim._replace(number=claim.number.replace("-", "-00")) for claim in TWO])),
        era(transaction([claim._replace(control="") for claim in TWO])),
        era(transaction(TWO[:1]), transaction(TWO[1:])),
        era(transaction(TWO[:1], amount=130), transaction(TWO[1:], amount=130)),
        era(transaction(TWO), transaction(TWO)),
        era(transaction(TWO[1:])),
    ],
)
@pytest.mark.parametrize("swapped", [False, True])
def test_an_advice_is_booked_once_however_it_comes(books: Folder, again: str, swapped: bool) -> None:
    first = era(transaction(TWO))
    for name, text in [("b.835", again), ("a.835", first)] if swapped else [("a.835", first), ("b.835", again)]:
        books.take(name, text)
    assert decided(books) == ONCE
    books.take("bank.csv", CHASE + "X,04/01/2026,UNITED HCCLAIMPMT TRN*1*70012*1,130.00,ACH,,,\n")
    loaded = books.books()
    totals: dict[str, Decimal] = {}
    for entry in loaded.entries:
        for posting in getattr(entry, "postings", ()):
            totals[posting.account] = totals.get(posting.account, 0) + posting.units.number
    assert totals["Equity:Billing:Contractual"] == 60
    assert totals["Assets:Receivable:Insurance:United"] == 100
    assert totals["Income:Visits:Adams"] == -130
    assert totals["Assets:Clearing:Deposits"] == 0


def test_what_is_new_of_an_advice_is_booked_beside_what_is_known(books: Folder) -> None:
    books.take("a.835", era(transaction(TWO[:1])))
    third = Claim("INV-002", 100, 50, control="X3")
    (answer,) = books.take("b.835", era(transaction([*TWO, third], beside="PLB*1*20261231*WO:Z*20~\n", amount=160)))
    assert (answer["rows"], answer["booked"], answer["known"]) == (3, 2, 1)
    assert decided(books) == ONCE + Counter({("united", "INV-002", Decimal(50)): 1})
    amounts = [remittance.amount for remittance in books.books().remittances.values()]
    assert sorted(amounts) == [60, 100]  # 70 + 50 - 20 recouped
    (answer,) = books.take(
        "c.835", era(transaction([*TWO, third], beside="PLB*1*20261231*WO:Z*20~\n", amount=160)) + "\n"
    )
    assert (answer["booked"], answer["known"]) == (0, 3)


@pytest.mark.parametrize(
    ("other", "payer"),
    [
        (transaction(TWO, trace="70013"), "united"),  # another payment
        (transaction(TWO, payer="DELTA MUTUAL", number="5"), "delta"),  # another payer's check of the same number
        (transaction([claim._replace(control=f"N{claim.control}") for claim in TWO]), "united"),  # decided anew
    ],
)
def test_what_is_another_is_not_taken_for_it(books: Folder, other: str, payer: str) -> None:
    books.take("a.835", era(transaction(TWO)))
    (answer,) = books.take("b.835", era(other))
    assert answer["booked"] == 2
    assert decided(books) == ONCE + Counter({(payer, invoice, paid): 1 for _, invoice, paid in ONCE})


def test_what_differs_between_two_copies_is_said_and_the_books_keep_theirs(books: Folder) -> None:
    books.take("a.835", era(transaction(TWO)))
    changed = (TWO[0]._replace(paid=65), TWO[1])
    (answer,) = books.take("b.835", era(transaction(changed, day="20260402")))
    assert (answer["booked"], answer["known"]) == (0, 2)
    assert [(each["row"], each["what"]) for each in answer["changed"]] == [(10, "paid, contractual")]
    assert answer["notes"] == [
        "2 claims of trace 70012 booked before; dated 2026-04-02 here and 2026-03-30 in the books; "
        "135.00 USD here and 130.00 USD in the books"
    ]
    assert decided(books) == ONCE


def test_a_payer_that_is_known_only_later_is_the_same(folder: Folder) -> None:
    folder.take("a.835", era(transaction(TWO)))
    folder.write_by_hand(PAYERS)
    (answer,) = folder.take("b.835", era(transaction(TWO, day="20260331")))
    assert (answer["booked"], answer["known"]) == (0, 2)


def test_an_advice_without_a_trace_number_is_known_by_its_claims(books: Folder) -> None:
    books.take("a.835", era(transaction(TWO, trace="0")))
    (answer,) = books.take("b.835", era(transaction(TWO, trace="0", day="20260402")))
    assert (answer["booked"], answer["known"]) == (0, 2)
    (answer,) = books.take("c.835", era(transaction([Claim("INV-000", 100, 5, control="X7")], trace="0")))
    assert answer["booked"] == 1


def test_a_claim_that_fits_no_invoice_is_named(books: Folder) -> None:
    (answer,) = books.take("a.835", era(transaction([TWO[0], Claim("INV-777", 100, 5)])))
    assert answer["notes"] == ["row 12: claim INV-777 fits no invoice of the books"]
    (answer,) = books.take("b.835", era(transaction([Claim(" inv-2", 100, 50, control="X3")], trace="8")))
    assert answer["notes"] == []
    assert ("united", "INV-002", Decimal(50)) in decided(books)


@pytest.mark.parametrize(
    "written",
    [
        "CLP*INV-000*22*100*60*0*12*X1~\nCAS*CO*45*40~\n",
        "CLP*INV-000*22*100*-60*0*12*X1~\nCAS*CO*45*-40~\n",
        "CLP*INV-000*22*-100*60*0*12*X1~\nCAS*CO*45*40~\n",
        "CLP*INV-000*22*-100*-60*0*12*X1~\nCAS*CO*45*-40~\n",
    ],
)
def test_a_reversal_is_one_by_its_code_whatever_its_signs(books: Folder, written: str) -> None:
    books.take("a.835", era(transaction(TWO[:1])))
    taken_back = transaction([], trace="70099", amount=0, beside="PLB*1*20261231*FB:X1*-60~\n")
    (answer,) = books.take("b.835", era(taken_back.replace("LX*1~\n", f"LX*1~\n{written}")))
    assert answer["booked"] == 1
    assert decided(books)["united", "INV-000", Decimal(-60)] == 1
    assert any("without minus signs" in note for note in answer["notes"]) == ("*60*" in written or "*100*" in written)


def test_a_reversal_whose_sums_fit_only_without_its_minus_is_refused(books: Folder) -> None:
    text = transaction([], trace="70099", amount=0, beside="PLB*1*20261231*FB:X1*60~\n")
    text = text.replace("LX*1~\n", "LX*1~\nCLP*INV-000*22*100*60*0*12*X1~\nCAS*CO*45*40~\n")
    result = books.run("import", books.give("b.835", era(text)))
    assert result.return_value == 2
    assert "claim 1 (line 10) takes a decision back (CLP02 22) and was written without minus signs" in result.stderr
