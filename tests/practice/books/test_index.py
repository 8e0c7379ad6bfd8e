"""The one fast pass over the entries says what a plain reading of the same entries says."""

from __future__ import annotations

import datetime
from collections import Counter, defaultdict
from decimal import Decimal
from typing import Any

from beancount import loader
from beancount.core.data import Custom, Transaction
from daysheet.books import Books
from daysheet.checks.lapse import of_services
from daysheet.importers.booking.directives import invoice_link
from hypothesis import given, settings
from hypothesis import strategies as st

ACCOUNTS = (
    "Assets:Receivable:Patients", "Assets:Receivable:Insurance", "Equity:Billing:Charges", "Equity:Billing:Collected",
    "Equity:Billing:WriteOffs", "Assets:Clearing:Cards", "Income:Visits", "Equity:Opening", "Expenses:Rent",
)  # fmt: skip
START = datetime.date(2026, 3, 2)
INVOICES = ("INV-7", "INV-8", "INV-10", "A/1", "A:1", "loose", "2026-12345678")
VISITS = ("V1", "V2", "V3")

days = st.integers(0, 4).map(lambda number: START + datetime.timedelta(number))
amounts = st.sampled_from(("0.00", "20.00", "50.00", "50.005"))
invoices = st.sampled_from(INVOICES)


def _linked(invoice: str) -> tuple[str, str]:
    """The link of an invoice, and the line that says its exact id where the link cannot."""
    link = invoice_link(invoice)
    return link, "" if link == f"inv-{invoice}" else f'  invoice: "{invoice}"\n'


@st.composite
def visits(draw: st.DrawFn) -> str:
    status = draw(st.sampled_from(("completed", "completed", "completed", "no-show", "cancelled")))
    service = draw(st.sampled_from(("", '  service: "99213"\n')))
    visit, provider = draw(st.sampled_from(VISITS)), draw(st.sampled_from(("adams", "baker")))
    return f'{draw(days)} custom "visit" "{visit}" "{provider}" "{status}"\n{service}'


@st.composite
def bills(draw: st.DrawFn) -> str:
    link, exact = _linked(draw(invoices))
    named = draw(st.lists(st.sampled_from((*VISITS, "V9")), max_size=2, unique=True))
    visit = f'  visit: "{" ".join(named)}"\n' if named else ""
    payer = draw(st.sampled_from(("", '  payer: "aetna"\n')))
    amount, part = draw(amounts), draw(amounts)
    share = draw(st.booleans())
    other = f"  Assets:Receivable:Insurance {part} USD\n  Equity:Billing:Charges -{part} USD\n" if share else ""
    legs = f"  Assets:Receivable:Patients {amount} USD\n  Equity:Billing:Charges -{amount} USD\n"
    return f'{draw(days)} * "Invoice" ^{link}\n{exact}{visit}{payer}  provider: "adams"\n{legs}{other}'


@st.composite
def payments(draw: st.DrawFn) -> str:
    link, exact = _linked(draw(invoices))
    amount = draw(amounts)
    settled = f"  Assets:Receivable:Patients -{amount} USD\n  Equity:Billing:Collected {amount} USD\n"
    charged = f"  Assets:Receivable:Patients {amount} USD\n  Equity:Billing:Charges -{amount} USD\n"
    return (
        f'{draw(days)} * "Payment" ^{link}\n{exact}  payment: "P{draw(st.integers(1, 9))}"\n'
        f"  Assets:Clearing:Cards {amount} USD\n  Income:Visits -{amount} USD\n"
        f"{draw(st.sampled_from((settled, settled, charged)))}"
    )


@st.composite
def adjustments(draw: st.DrawFn) -> str:
    link, exact = _linked(draw(invoices))
    amount = draw(amounts)
    return (
        f'{draw(days)} * "Written off" ^{link}\n{exact}  adjustment: "W{draw(st.integers(1, 9))}"\n'
        f"  Assets:Receivable:Patients -{amount} USD\n  Equity:Billing:WriteOffs {amount} USD\n"
    )


@st.composite
def openings(draw: st.DrawFn) -> str:
    """What was owed before, of two invoices in one entry, each leg saying which."""
    two = draw(st.lists(st.sampled_from(("INV-7", "INV-8", "loose")), min_size=2, max_size=2, unique=True))
    legs = "".join(f'  Assets:Receivable:Patients 5.00 USD\n    invoice: "{one}"\n' for one in two)
    links = " ".join(f"^inv-{one}" for one in two) if draw(st.booleans()) else ""
    return f'{draw(days)} * "Carried over" {links}\n{legs}  Equity:Billing:Charges -10.00 USD\n'


@st.composite
def lopsided(draw: st.DrawFn) -> str:
    """A receivable that moves without its equity leg."""
    return f'{draw(days)} * "By hand" ^inv-INV-7\n  Assets:Receivable:Patients 3.00 USD\n  Income:Visits -3.00 USD\n'


class Reading:
    """The books of a text, and its entries read without any haste."""

    def __init__(self, texts: list[str]) -> None:
        opened = "".join(f"2026-01-01 open {account}\n" for account in ACCOUNTS)
        entries, _, options = loader.load_string(opened + "\n".join(texts))
        self.books = Books.of(entries, options, state="")
        self.visits: dict[str, Custom] = {}
        for entry in entries:
            if isinstance(entry, Custom):
                self.visits.setdefault(entry.values[0].value, entry)
        self.kept = {key: entry for key, entry in self.visits.items() if entry.values[2].value == "completed"}
        self.transactions = [entry for entry in entries if isinstance(entry, Transaction)]
        self.charging = [
            entry
            for entry in self.transactions
            if any(posting.account == "Equity:Billing:Charges" for posting in entry.postings)
            and _invoices_of(entry)
            and "payment" not in entry.meta
        ]


readings = st.lists(
    st.one_of(visits(), visits(), bills(), bills(), payments(), adjustments(), openings(), lopsided()), min_size=6
).map(Reading)
law = settings(max_examples=70, deadline=None)


def _invoices_of(entry: Any) -> set[str]:
    return {entry.meta.get("invoice") or link[4:] for link in entry.links if link.startswith("inv-")}


def _sum(entry: Any, root: str) -> Decimal:
    return sum((posting.units.number for posting in entry.postings if posting.account.startswith(root)), Decimal())


@given(reading=readings)
@law
def test_visits_are_what_a_plain_reading_says(reading):
    books, stated, kept = reading.books, reading.visits, reading.kept
    assert [visit.id for visit in books.visits.values()] == list(stated)
    assert [visit.meta for visit in books.visits.values()] == [entry.meta for entry in stated.values()]
    assert set(books.not_kept) == set(stated) - set(kept)
    assert set(books.never_billed) == set(kept) - {visit for bill in books.bills for visit in bill.visits}
    took_place = Counter((entry.values[1].value, entry.date) for entry in kept.values())
    assert {(who, day): count for who, by in books.took_place.items() for day, count in by.items()} == took_place
    of_service = [entry for entry in kept.values() if "service" in entry.meta]
    served = Counter((entry.values[1].value, entry.meta["service"], entry.date) for entry in of_service)
    counted = of_services(books).items()
    assert {(who, what, day): count for (who, what), by in counted for day, count in by.items()} == served


@given(reading=readings)
@law
def test_bills_are_what_a_plain_reading_says(reading):
    books, charging = reading.books, reading.charging
    assert [bill.meta for bill in books.bills] == [entry.meta for entry in charging]
    assert [bill.amount for bill in books.bills] == [-_sum(entry, "Equity:Billing:Charges") for entry in charging]
    assert [bill.id for bill in books.bills] == [min(_invoices_of(entry)) for entry in charging]
    assert [bill.meta for bill in books.insured] == [entry.meta for entry in charging if "payer" in entry.meta]
    by_id, by_visit = defaultdict(list), defaultdict(list)
    for bill in books.bills:
        by_id[bill.id].append(bill)
        for visit in bill.visits:
            by_visit[visit].append(bill)
    assert list(books.invoices.items()) == list(by_id.items())
    assert dict(books.repeated) == {key: same for key, same in by_id.items() if len(same) > 1}
    assert dict(books.invoices_of_visit) == by_visit
    assert dict(books.rebilled) == {key: same for key, same in by_visit.items() if len(same) > 1}
    assert books.charges == [same[0].amount for same in by_id.values()]
    ids = list(books.invoices)
    numbered = {(prefix, number): ids[at] for prefix, by in books.numbered.items() for number, at in by.items()}
    assert numbered == {
        (key.rstrip("0123456789"), int(key[len(key.rstrip("0123456789")) :])): key for key in ids if key[-1].isdigit()
    }
    for bill in books.bills:
        (of, *others) = bill.visits or ("",)
        on_its_day = not others and of in reading.visits and reading.visits[of].date == bill.date
        assert on_its_day or bill in books.apart


@given(reading=readings)
@law
def test_what_is_owed_is_what_a_plain_reading_says(reading):
    books = reading.books
    sums: dict[str | None, Decimal] = defaultdict(Decimal)
    for entry in reading.transactions:
        for posting in entry.postings:
            if posting.account.startswith("Assets:Receivable"):
                named = min(_invoices_of(entry), default=None)
                several = len(entry.links) != 1
                sums[posting.meta.get("invoice", named) if several else named] += posting.units.number
    assert books.balances(datetime.date.max) == {key: amount for key, amount in sums.items() if amount}
    for day in (START, START + datetime.timedelta(2)):
        balances = {key: books.open_balance(key, day) for key in books.receivable}
        assert books.balances(day) == {key: amount for key, amount in balances.items() if amount}
        for key in books.balances(day):
            last = [posting for posting in books.receivable[key] if posting.date <= day][-1]
            assert books.last_touch(key, day) == (last.date, last.meta)


@given(reading=readings)
@law
def test_other_transactions_are_what_a_plain_reading_says(reading):
    books, transactions = reading.books, reading.transactions
    skewed = [entry for entry in transactions if _sum(entry, "Assets:Receivable") + _sum(entry, "Equity:Billing")]
    assert [error.source for error in books.errors if "move apart" in error.message] == [one.meta for one in skewed]
    paying = [entry for entry in transactions if "payment" in entry.meta]
    assert [payment.meta for payment in books.payments.values()] == list(
        {entry.meta["payment"]: entry.meta for entry in paying}.values()
    )
    assert books.clearing == paying


def test_an_exact_id_is_read_where_its_link_cannot_hold_it(books: Books):
    """
    2026-03-02 * "Invoice" ^inv-2026-12345678
      Assets:Receivable:Patients      50.00 USD
      Equity:Billing:Charges         -50.00 USD
    2026-03-02 * "Invoice" ^inv-A-1-0c9f3b5e
      invoice: "A/1"
      Assets:Receivable:Patients      70.00 USD
      Equity:Billing:Charges         -70.00 USD
    """
    assert list(books.invoices) == ["2026-12345678", "A/1"]
    assert books.balances(books.as_of) == {"2026-12345678": Decimal(50), "A/1": Decimal(70)}


def test_an_id_is_the_same_wherever_it_is_read(books: Books):
    """
    2026-03-02 * "Invoice" ^inv-A
      invoice: "B"
      Assets:Receivable:Patients      50.00 USD
      Equity:Billing:Charges         -50.00 USD
    2026-03-03 * "Payment" ^inv-A
      invoice: "B"
      payment: "P1"
      Assets:Clearing:Cards           20.00 USD
      Income:Visits                  -20.00 USD
      Assets:Receivable:Patients     -20.00 USD
      Equity:Billing:Collected        20.00 USD
    """
    assert [bill.id for bill in books.bills] == list(books.invoices) == ["A"]
    assert list(books.payments_of_invoice) == list(books.receivable) == ["A"]
    assert books.balances(books.as_of) == {"A": Decimal(30)}


def test_records_are_made_once_and_only_when_asked_for(books: Books):
    """
    2026-03-02 custom "visit" "V1" "adams" "completed"
    2026-03-03 custom "visit" "V2" "adams" "completed"
    2026-03-03 * "Invoice" ^inv-A
      visit: "V2"
      Assets:Receivable:Patients      50.00 USD
      Equity:Billing:Charges         -50.00 USD
    """
    assert books.visits["V2"] is books.visits["V2"]
    assert [visit.id for visit in books.visits.values()] == ["V1", "V2"]
    assert list(reversed(books.visits)) == ["V2", "V1"]
    assert "V3" not in books.visits
    assert books.visits.get("V3") is None
    assert books.bills[0] is books.invoices["A"][0] is books.invoices_of_visit["V2"][0] is next(reversed(books.bills))
    assert books.bills[-1:] == list(books.bills)
    assert (len(books.bills), len(books.visits), len(books.invoices)) == (1, 2, 1)
