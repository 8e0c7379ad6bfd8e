"""Which bill a payment pays that names none, whose income it is, and that no order of facts changes it."""

from __future__ import annotations

import datetime
from collections import defaultdict
from collections.abc import Iterable
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from beancount.core import data as directives
from beancount.core.data import Custom, Directive, Transaction
from daysheet import checks
from daysheet.books import Books
from daysheet.books.index import number_of
from daysheet.importers.booking.directives import Terms, book
from daysheet.importers.booking.known import Known
from daysheet.importers.deriving.derived import derived
from daysheet.importers.settings import ImportSettings
from daysheet.ledger import printer
from daysheet.measures import measure
from daysheet.records import Adjustment, Allotment, Invoice, Line, Payment
from daysheet.reports.accounts.accrual import accrual_entries
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.importers.books_folder import Folder

OPTIONS: dict[str, Any] = {"operating_currency": ["USD"]}
ANN, BEN = "pt-0000000000aa", "pt-0000000000bb"


def day(number: int) -> datetime.date:
    return datetime.date(2026, 1, 1) + datetime.timedelta(days=number - 1)


def bill(name: str, on: int, amount: object, **more: Any) -> Invoice:
    lines = tuple(Line(f"{name}-{n}", who, None, Decimal(fee)) for n, (who, fee) in enumerate(more.pop("lines", ())))
    provider = "" if lines else more.pop("provider", "feld")
    values = {"visits": (), "patient": ANN, "payer": None, "meta": {}} | more
    return Invoice(
        name, day(on), values["visits"], provider, values["patient"], values["payer"], Decimal(str(amount)), None,
        values["meta"], lines,
    )  # fmt: skip


def paid(name: str, on: int, amount: object, **more: Any) -> Payment:
    values = {"invoice": None, "payer": None, "method": "check", "reference": None, "meta": {}, "patient": ANN} | more
    return Payment(
        name, day(on), values["invoice"], values["payer"], values["method"], Decimal(str(amount)),
        values["reference"], values["meta"], values["patient"],
    )  # fmt: skip


def books_of(records: Iterable[Any], extra: Iterable[Directive] = (), *, deposits: bool = False) -> Books:
    entries: list[Directive] = [*extra]
    known = Known(Books.of([], OPTIONS, state=""))
    for record in records:
        entries.append(book(record, known, Terms("USD", "Liabilities:Prepayments", day(1), deposits)))
        known.add(record)
    for line, entry in enumerate(entries, 1):
        entry.meta.setdefault("filename", "facts")
        entry.meta["lineno"] = line
    return Books.of(sorted(entries, key=directives.entry_sortkey), OPTIONS, state="")


def whole(books: Books, **rules: Any) -> Books:
    """The books with what is derived of them."""
    made = [entry for same in derived(books, ImportSettings(**rules)).values() for entry in same]
    return Books.of(sorted([*books.entries, *made], key=directives.entry_sortkey), OPTIONS, state="")


def put(books: Books, **rules: Any) -> list[tuple[int, str, str, str, str]]:
    """What was put where: day, payment, invoice (or none), amount and how."""
    found = []
    for entry in (entry for same in derived(books, ImportSettings(**rules)).values() for entry in same):
        number = (entry.date - day(1)).days + 1
        if isinstance(entry, Custom):
            found.append((number, entry.values[0].value, "", f"{entry.values[1].value.number:f}", "on-account"))
        elif isinstance(entry, Transaction):
            legs = [one for one in entry.postings if one.meta and one.account.startswith("Assets:Receivable")]
            if legs:
                leg = legs[-1]
                how = entry.meta["allocated"]
                what = entry.meta.get("payment") or entry.meta["adjustment"]
                assert leg.meta is not None
                found.append((number, what, leg.meta["invoice"], f"{-number_of(leg):f}", how))
    return sorted(found)


def income(books: Books, last: int = 400) -> dict[str, Decimal]:
    sums: dict[str, Decimal] = defaultdict(Decimal)
    for entry in books.entries:
        if isinstance(entry, Transaction) and entry.date <= day(last):
            for posting in entry.postings:
                if posting.account.startswith("Income:"):
                    sums[posting.account.rpartition(":")[2]] -= number_of(posting)
    return {name: amount for name, amount in sums.items() if amount}


CASES: dict[str, tuple[list[Any], list[tuple[int, str, str, str, str]]]] = {
    "the oldest open bill first, the rest on account, and applied when a charge comes": (
        [bill("9", 2, 50), bill("10", 3, 80), paid("701", 5, 160), bill("11", 20, 45)],
        [
            (5, "701", "", "30.00", "on-account"),
            (5, "701", "10", "80.00", "oldest-first"),
            (5, "701", "9", "50.00", "oldest-first"),
            (20, "701", "11", "30.00", "oldest-first"),
        ],
    ),
    "what was prepaid longer ago than the days allowed stays the patient's credit": (
        [paid("701", 1, 40), bill("9", 367, 40)],
        [(1, "701", "", "40.00", "on-account")],
    ),
    "a payment goes to the visit, line or day that it names": (
        [
            bill("9", 2, 50),
            bill("10", 3, 80, visits=("V3",)),
            bill("11", 4, 60, lines=(("feld", "60"),)),
            paid("701", 5, 30, meta={"visit": "V3"}),
            paid("702", 5, 20, meta={"line": "11-0"}),
            paid("703", 5, 10, meta={"service-date": day(4)}),
        ],
        [
            (5, "701", "10", "30.00", "named"),
            (5, "702", "11", "20.00", "named"),
            (5, "703", "11", "10.00", "named"),
        ],
    ),
    "an invoice number that is a line's means the bill that holds the line": (
        [bill("5009", 2, 160, lines=(("linh", "105"), ("feld", "55"))), paid("701", 5, 55, invoice="5009-1")],
        [(5, "701", "5009", "55.00", "named")],
    ),
    "a pay-split's word takes the place of a guess": (
        [
            bill("9", 2, 50),
            bill("10", 3, 80),
            paid("701", 5, 70),
            Allotment("s1", day(5), "701", "10", Decimal("70.00"), {}),
        ],
        [(5, "701", "10", "70.00", "named")],
    ),
    "a payment on the day of a visit that an insurer is billed for is its copay": (
        [bill("8", 1, 40), bill("9", 5, 210, payer="delta"), paid("701", 5, 63)],
        [(5, "701", "9", "63.00", "copay")],
    ),
    "a refund comes out of the credit": (
        [bill("9", 2, 50), paid("701", 2, 70), paid("702", 9, -20)],
        [(2, "701", "", "20.00", "on-account"), (2, "701", "9", "50.00", "oldest-first")],
    ),
    "a returned check takes back the payment of its number, and the charge is open again": (
        [
            bill("9", 2, 50),
            bill("10", 2, 50),
            paid("701", 3, 50, reference="4001"),
            paid("702", 4, 50, reference="4002"),
            paid("801", 9, -50, reference="4001"),
        ],
        [
            (3, "701", "9", "50.00", "oldest-first"),
            (4, "702", "10", "50.00", "oldest-first"),
            (9, "801", "9", "-50.00", "named"),
        ],
    ),
    "a void has the number of what it takes back": (
        [bill("9", 2, 50), paid("701", 3, 50), paid("701", 4, -50)],
        [(3, "701", "9", "50.00", "oldest-first"), (4, "701", "9", "-50.00", "named")],
    ),
    "a chargeback takes back the payment of its amount, though that named its bill": (
        [
            bill("9", 2, 50),
            bill("10", 2, 30),
            paid("701", 3, 50, invoice="9", method="card"),
            paid("702", 3, 30, invoice="10", method="card"),
            paid("801", 9, -50, method="card", meta={"reversal": "chargeback"}),
        ],
        [(9, "801", "9", "-50.00", "named")],
    ),
    "a chargeback takes nothing of what the patient pays later that day": (
        [
            bill("9", 2, 50),
            paid("701", 3, 50, method="card"),
            bill("10", 9, 200, payer="delta"),
            paid("801", 9, -50, method="card"),
            paid("802", 9, 15, method="cash"),
        ],
        [
            (3, "701", "9", "50.00", "oldest-first"),
            (9, "801", "9", "-50.00", "named"),
            (9, "802", "10", "15.00", "copay"),
        ],
    ),
    "what is written off after it was paid is credit again, and goes on": (
        [
            bill("9", 2, 50),
            paid("701", 3, 50),
            Adjustment("a1", day(8), "9", "courtesy", Decimal(20), {}),
            bill("10", 12, 15),
        ],
        [
            (3, "701", "9", "50.00", "oldest-first"),
            (8, "701", "9", "-20.00", "oldest-first"),
            (12, "701", "10", "15.00", "oldest-first"),
        ],
    ),
    "what a patient is let off goes to their oldest open bill, and is nobody's income": (
        [
            bill("9", 2, 50),
            bill("10", 3, 80),
            Adjustment("a1", day(8), "", "courtesy", Decimal(60), {"patient": ANN}),
            paid("701", 9, 70),
        ],
        [
            (8, "a1", "10", "10.00", "oldest-first"),
            (8, "a1", "9", "50.00", "oldest-first"),
            (9, "701", "10", "70.00", "oldest-first"),
        ],
    ),
    "an insurer's payment that names only the patient goes to its oldest open share": (
        [
            bill("8", 1, 40),
            bill("9", 2, 50, payer="delta"),
            bill("10", 2, 60, payer="aetna"),
            paid("701", 9, 60, payer="aetna"),
        ],
        [(9, "701", "10", "60.00", "oldest-first")],
    ),
}


@pytest.mark.parametrize("name", CASES)
def test_a_payment_goes(name: str) -> None:
    records, expected = CASES[name]
    assert put(books_of(records)) == sorted(expected)


def test_a_family_pays_for_each_other_once_their_own_bills_are_paid() -> None:
    mine = {"guarantor": ANN}
    records = [
        bill("9", 2, 50, patient=BEN, meta=mine),
        bill("10", 3, 30, meta=mine),
        paid("701", 5, 70, meta=mine),
    ]
    books = books_of(records)
    both = [(5, "701", "10", "30.00", "oldest-first"), (5, "701", "9", "40.00", "oldest-first")]
    assert put(books) == both
    alone = [(5, "701", "", "40.00", "on-account"), (5, "701", "10", "30.00", "oldest-first")]
    assert put(books, families=False) == alone


def test_income_follows_the_allocation_line_by_line() -> None:
    records = [
        bill("9", 2, 160, lines=(("linh", "105"), ("feld", "55"))),
        paid("701", 3, 100),
        paid("702", 4, 20, invoice="9"),
        paid("703", 5, 60),
    ]
    books = whole(books_of(records))
    assert income(books, 3) == {"Linh": 100}
    assert income(books, 4) == {"Linh": 105, "Feld": 15}
    assert income(books) == {"Linh": 105, "Feld": 55, "Unassigned": 20}
    assert books.balances(day(9)) == {ANN: -20}


def test_a_true_deposit_is_income_once_a_bill_takes_it() -> None:
    books = whole(books_of([paid("701", 3, 100), bill("9", 20, 80)], deposits=True))
    assert income(books, 19) == {}
    assert income(books) == {"Feld": 80}
    assert books.balances(day(20)) == {}


@pytest.mark.parametrize("order", [1, -1])
def test_what_stands_of_a_locked_year_stays(order: int) -> None:
    """A late fact of the locked year changes nothing in it; the money moves on the first day that is open."""
    lock = Custom({"months": " ".join(["0"] * 12)}, datetime.date(2026, 12, 31), "locked", [])
    records: list[Any] = [bill("9", 10, 50), paid("701", 20, 50)][::order]
    standing = derived(books_of(records), ImportSettings())["allocations"]
    for entry in standing:
        entry.meta["filename"] = "2026/2026-01-allocations.beancount"
    lock = lock._replace(values=[type("V", (), {"value": "digest"})()])
    late = books_of([*records, paid("702", 30, 25), bill("10", 25, 25)], [*standing, lock])
    assert list(late.locks) == [2026]
    assert [(entry.date.year, entry.meta["payment"]) for entry in derived(late, ImportSettings())["allocations"]] == [
        (2027, "702")
    ]


amounts = st.integers(1, 20_000).map(lambda cents: Decimal(cents).scaleb(-2))
days = st.integers(1, 60)
whose = st.sampled_from((ANN, BEN))
providers = st.sampled_from(("feld", "ruiz"))


@st.composite
def histories(draw: st.DrawFn) -> list[Any]:
    """Bills with lines and payers, payments and refunds of every kind, adjustments, and the words of pay-splits."""
    records: list[Any] = []
    for n in range(draw(st.integers(1, 6))):
        lines = draw(st.lists(st.tuples(providers, amounts), max_size=3))
        total = sum((fee for _, fee in lines), Decimal()) if lines else draw(amounts)
        family = {"guarantor": ANN} if draw(st.booleans()) else {}
        payer = draw(st.sampled_from((None, "delta")))
        records.append(bill(f"{n}", draw(days), total, lines=lines, patient=draw(whose), payer=payer, meta=family))
    for n in range(draw(st.integers(1, 8))):
        sign = draw(st.sampled_from((1, 1, 1, -1)))
        named = draw(st.sampled_from((None, None, None, "0", "1")))
        meta = draw(st.sampled_from(({}, {"visit": "V1"}, {"service-date": day(9)}, {"reversal": "void"})))
        records.append(
            paid(
                f"{700 + n // draw(st.sampled_from((1, 1, 2)))}", draw(days), sign * draw(amounts), invoice=named,
                payer=draw(st.sampled_from((None, None, "delta"))), patient=draw(whose), meta=meta,
                reference=draw(st.sampled_from((None, "4001"))), method=draw(st.sampled_from(("card", "check"))),
            )
        )  # fmt: skip
    for n in range(draw(st.integers(0, 3))):
        kind = draw(st.sampled_from(("courtesy", "write-off", "transfer")))
        records.append(Adjustment(f"a{n}", day(draw(days)), f"{n}", kind, draw(amounts), {}))
    if draw(st.booleans()):
        records.append(Adjustment("a9", day(draw(days)), "", "courtesy", draw(amounts), {"patient": draw(whose)}))
    if draw(st.booleans()):
        records.append(Allotment("s0", day(9), "700", draw(st.sampled_from(("0", "0-1"))), draw(amounts), {}))
    return records


def files(books: Books) -> dict[str, str]:
    return {kind: printer.render(entries) for kind, entries in derived(books, ImportSettings()).items() if entries}


@settings(max_examples=60, deadline=None)
@given(histories(), st.randoms(use_true_random=False))
def test_the_laws_hold_and_no_order_of_facts_changes_a_byte(records: list[Any], random: Any) -> None:
    # facts as an importer writes them once it knows all: bills first, then what is paid on them
    books = books_of(records)
    mixed = [*books.entries]
    random.shuffle(mixed)
    for line, entry in enumerate(mixed, 1):
        entry.meta["lineno"] = line
    again = Books.of(sorted(mixed, key=directives.entry_sortkey), OPTIONS, state="")
    assert files(again) == files(books)

    derivedly = whole(books)
    assert derivedly.errors == []
    sums: dict[str, Decimal] = defaultdict(Decimal)
    for entry in derivedly.entries:
        for posting in entry.postings if isinstance(entry, Transaction) else ():
            sums[posting.account.split(":")[0]] += number_of(posting)
    assert sum(sums.values()) == 0
    # receivables by patient and payer, and all income of a day, are what the facts say: allocation moves neither
    assert by_account(books) == by_account(derivedly)
    # Σ allocations of a payment is at most the payment, of either sign
    received: dict[tuple[str, str], list[Decimal]] = defaultdict(list)
    for payment in books.received:
        received[payment.id, payment.patient].append(payment.amount)
    parts: dict[tuple[str, str], Decimal] = defaultdict(Decimal)
    for entry in derivedly.allocations:
        for posting in entry.postings:
            if "payment" in entry.meta and (posting.meta or {}).get("invoice"):
                parts[entry.meta["payment"], entry.meta["patient"]] -= number_of(posting)
    for key, amount in parts.items():
        most = sum(one for one in received[key] if one > 0)
        least = sum(one for one in received[key] if one < 0)
        assert least <= amount <= most


def by_account(books: Books) -> dict[tuple[str, datetime.date], Decimal]:
    """Sums by account, income in one, at the end of each day; the patients' account stays the patients'.

    Who owes a bill (`share`) is another question than what a payment pays of it.
    """
    sums: dict[tuple[str, datetime.date], Decimal] = defaultdict(Decimal)
    for entry in books.entries:
        for posting in entry.postings if isinstance(entry, Transaction) and "share" not in entry.meta else ():
            income_or = "Income" if posting.account.startswith("Income") else posting.account
            sums[income_or, entry.date] += number_of(posting)
    return {key: amount for key, amount in sums.items() if amount}


CHASE = "Details,Posting Date,Description,Amount,Type,Balance,Check or Slip #\n"
BILLED = "invoice_id,visit_id,date,provider,patient_id,payer,amount,due\n"
RECEIVED = "payment_id,date,invoice_id,payer,method,amount,reference,patient_id\n"
"""Two payments of one amount on two days, so that only the number or the day can tell which was returned."""


def test_a_return_that_only_the_bank_knows_opens_the_charge_until_the_practice_says_it_too(folder: Folder) -> None:
    folder.take("invoices.csv", f"{BILLED}I1,,2026-03-02,adams,P1,,54.00,\nI2,,2026-03-02,adams,P2,,54.00,\n")
    folder.take(
        "payments.csv",
        f"{RECEIVED}P1,2026-03-03,,,check,54.00,4001,P1\nP2,2026-03-04,I2,,check,54.00,4002,P2\n",
    )
    lines = (
        "DEBIT,03/12/2026,DEPOSITED ITEM RETURNED 4001,-54.00,ACH_DEBIT,54.00,\n"
        "DSLIP,03/05/2026,DEPOSIT ID NUMBER 555009,108.00,DEPOSIT,108.00,\n"
    )
    folder.take("chase.csv", CHASE + lines)
    assert open_bills(folder) == {"I1": 54}
    entry = next(one for one in folder.books().received if one.id == "P1-returned")
    assert entry.date == datetime.date(2026, 3, 12)
    assert entry.amount == -54
    assert checks.find(folder.books(), kinds=["unmatched-deposit", "undeposited-payment"]) == []
    # the practice's own row takes the place of what was derived
    folder.take("payments-2.csv", f"{RECEIVED}P3,2026-03-13,,,check,-54.00,4001,P1\n")
    assert [one.id for one in folder.books().received] == ["P1", "P2", "P3"]
    assert open_bills(folder) == {"I1": 54}


def open_bills(folder: Folder) -> dict[str | None, Decimal]:
    books = folder.books()
    return books.balances(datetime.date(2026, 3, 31))


def test_the_accrual_view_has_no_income_of_an_allocation_and_measures_see_what_it_pays() -> None:
    books = whole(books_of([bill("9", 2, 50), bill("10", 3, 80), paid("701", 5, 100), paid("702", 9, 50)]))
    viewed = [*accrual_entries(books.entries)]
    assert not any(
        leg.account.startswith("Income:Visits")
        for entry in viewed
        if isinstance(entry, Transaction)
        for leg in entry.postings
    )
    of_first = measure(books, day(1), day(31), frozenset({"9"}))
    assert of_first.payments == 50
    assert of_first.receivable == 0
    assert measure(books, day(1), day(31)).payments == 150


def test_any_order_of_imports_in_pieces_and_twice_gives_the_same_derived_files(tmp_path: Path) -> None:
    bills = [f"I{n},,2026-0{1 + n % 3}-1{n},feld,P{n % 2},,{40 + n}.00," for n in range(6)]
    money = [f"M{n},2026-0{1 + n % 4}-2{n},,,check,{55 + n}.00,{4000 + n},P{n % 2}" for n in range(5)]
    money.append("M9,2026-04-28,,,check,-57.00,4002,P0")
    splits = "allocation_id,payment_id,date,invoice_id,amount\nS1,M3,2026-04-23,I5,45.00\n"
    whole_files = [("i.csv", BILLED + "\n".join(bills) + "\n"), ("p.csv", RECEIVED + "\n".join(money) + "\n")]
    pieces = [
        ("p2.csv", RECEIVED + "\n".join(money[3:]) + "\n"),
        ("a.csv", splits),
        ("i2.csv", BILLED + "\n".join(bills[3:]) + "\n"),
        ("p.csv", RECEIVED + "\n".join(money) + "\n"),
        ("i.csv", BILLED + "\n".join(bills) + "\n"),
        ("p2.csv", RECEIVED + "\n".join(money[3:]) + "\n"),
    ]
    first, second = Folder(tmp_path / "one"), Folder(tmp_path / "two")
    for name, text in [*whole_files, ("a.csv", splits)]:
        first.take(name, text)
    for name, text in pieces:
        second.take(name, text)
    assert allocated(first)
    assert allocated(first) == allocated(second)
    (answer,) = second.take("i.csv", whole_files[0][1])
    assert answer["written"] == []


def allocated(folder: Folder) -> dict[str, str]:
    return {path.name: path.read_text() for path in sorted(folder.path.glob("20??/*allocations.beancount"))}


def test_a_file_that_changes_no_money_leaves_what_is_derived_alone(folder: Folder) -> None:
    bills = "invoice_id,visit_id,date,provider,patient_id,payer,amount,due\nI1,V1,2026-03-02,adams,P-1,,60.00,\n"
    money = "payment_id,date,invoice_id,payer,method,amount,reference,patient_id\nP1,2026-03-04,,,check,60.00,,P-1\n"
    folder.take("bills.csv", bills)
    folder.take("money.csv", money)
    derived_file = "2026/2026-03-allocations.beancount"
    before = folder.text(derived_file)
    assert "Income:Visits:Unassigned" in before
    folder.take("chase.csv", CHASE + "CHECK,03/09/2026,RENT,-10.00,CHECK_PAID,90.00,77\n")
    assert folder.text(derived_file) == before
