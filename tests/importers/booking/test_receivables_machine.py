"""The memo invariant under any history: receivables and `Equity:Billing` add up to zero, ageing to the receivables."""

from __future__ import annotations

import datetime
from decimal import Decimal
from typing import Any

import pytest
from beancount.core.amount import Amount
from beancount.core.data import EMPTY_SET, Directive, Posting, Transaction
from daysheet.books import Books
from daysheet.importers.booking.directives import Terms, book
from daysheet.importers.booking.known import Known
from daysheet.importers.edi.source import directives
from daysheet.ledger import printer
from daysheet.records import Adjustment, Claim, Invoice, Payment, Visit
from daysheet.remittances import ProviderAdjustment, Remittance, RemittedClaim
from daysheet.reports.schedules.receivables import aged
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test

from tests.importers.deriving.test_payment_posting import due

FIRST = datetime.date(2026, 1, 5)
OPTIONS: dict[str, Any] = {"operating_currency": ["USD"]}
PAYERS = ("aetna", "medigap")
cents = st.integers(1, 30_000).map(lambda n: Decimal(n).scaleb(-2))
shares = st.lists(st.integers(0, 100), min_size=4, max_size=4)
METHODS = st.sampled_from(("card", "cash", "check"))


class Practice(RuleBasedStateMachine):
    """A practice that bills, is paid, adjusted, taken back from and refunded, in any order."""

    def __init__(self) -> None:
        super().__init__()
        self.entries: list[Directive] = []
        self.derived: list[Transaction] = []
        self.number = 0
        self.invoices: dict[str, Decimal] = {}
        self.decided: list[tuple[str, str, RemittedClaim]] = []
        self.expected: list[Remittance] = []
        self.day = FIRST

    @property
    def books(self) -> Books:
        return self.of([*self.entries, *self.derived])

    def of(self, entries: list[Directive]) -> Books:
        for line, entry in enumerate(entries, 1):
            entry.meta.setdefault("filename", "machine")
            entry.meta.setdefault("lineno", line)
        return Books.of(printer.stable_order(entries), OPTIONS, state="")

    def add(self, *records: Any) -> None:
        known = Known(self.books)
        for record in records:
            self.entries.append(book(record, known, Terms("USD", "Liabilities:Prepayments", self.day)))
            known.add(record)
        self.day += datetime.timedelta(days=1)

    def next(self) -> int:
        self.number += 1
        return self.number

    def pick(self, data: st.DataObject) -> str:
        return data.draw(st.sampled_from([*self.invoices, "INV-UNKNOWN"]))

    @rule(amount=cents, payer=st.sampled_from((*PAYERS, None)), claim=st.booleans())
    def visit_and_bill(self, amount: Decimal, payer: str | None, claim: bool) -> None:
        n = self.next()
        self.add(
            Visit(f"V{n}", self.day, "adams", "completed", "pt-1", "97110", amount, {}),
            Invoice(f"INV-{n}", self.day, (f"V{n}",), "adams", "pt-1", payer, amount, None, {}),
        )
        if payer and claim:
            self.add(Claim(f"CLM-{n}", f"INV-{n}", payer, self.day, "submitted", None, {}))
        self.invoices[f"INV-{n}"] = amount

    @rule(data=st.data(), parts=shares, payer=st.sampled_from(PAYERS), beside=st.sampled_from(("0", "-3.10", "25")))
    def remit(self, data: st.DataObject, parts: list[int], payer: str, beside: str) -> None:
        invoice = self.pick(data)
        charged = self.invoices.get(invoice, Decimal("99.99"))
        total = sum(parts) or 1
        paid, contractual, transfer = ((charged * part / total).quantize(Decimal("0.01")) for part in parts[:3])
        decision = decided(1, invoice, paid, contractual, transfer, charged - paid - contractual - transfer)
        self.advise(payer, [decision], Decimal(beside))

    @rule(data=st.data(), again=st.booleans())
    def reverse(self, data: st.DataObject, again: bool) -> None:
        if self.decided:
            payer, invoice, old = self.decided.pop(data.draw(st.integers(0, len(self.decided) - 1)))
            back = decided(1, invoice, -old.paid, -old.contractual, -old.transfer, -old.denied, reversal=True)
            anew = decided(2, invoice, old.paid, old.contractual, old.transfer, old.denied)
            self.advise(payer, [back, anew] if again else [back], Decimal())

    def advise(self, payer: str, claims: list[RemittedClaim], beside: Decimal) -> None:
        n = self.next()
        plb = (ProviderAdjustment("WO" if beside > 0 else "L6", "recoupment" if beside > 0 else "interest", beside),)
        amount = sum((claim.paid for claim in claims), -beside)
        remittance = Remittance(
            f"ERA-{n}", self.day, payer, (), f"T{n:06}", "eft" if amount else "none", amount, self.day,
            plb if beside else (), tuple(claims), {"filename": "era", "lineno": n},
        )  # fmt: skip
        assert remittance.balanced
        self.entries += directives(remittance, self.books)
        self.decided += [(payer, claim.invoice, claim) for claim in claims if not claim.reversal]
        self.expected.append(remittance)

    @rule(data=st.data(), traced=st.booleans())
    def money_arrives(self, data: st.DataObject, traced: bool) -> None:
        due = [remittance for remittance in self.expected if remittance.amount]
        if due:
            remittance = data.draw(st.sampled_from(due))
            self.expected.remove(remittance)
            legs = (("Assets:Bank:Checking", remittance.amount), ("Assets:Clearing:Deposits", -remittance.amount))
            postings = [Posting(name, Amount(number, "USD"), None, None, None, None) for name, number in legs]
            words = f"HCCLAIMPMT {remittance.trace if traced else ''}"
            self.entries.append(
                Transaction({"row": f"r{self.next()}"}, self.day, "*", None, words, EMPTY_SET, EMPTY_SET, postings)
            )

    @rule(data=st.data(), amount=cents, method=METHODS, refund=st.booleans())
    def patient_pays_or_is_refunded(self, data: st.DataObject, amount: Decimal, method: str, refund: bool) -> None:
        invoice = self.pick(data)
        signed = -amount if refund else amount
        self.add(Payment(f"PMT-{self.next()}", self.day, invoice, None, method, signed, None, {}))

    @rule(amount=cents)
    def money_on_account(self, amount: Decimal) -> None:
        self.add(Payment(f"PMT-{self.next()}", self.day, None, None, "check", amount, None, {}))

    @rule(data=st.data(), amount=cents, kind=st.sampled_from(("write-off", "courtesy", "contractual", "transfer")))
    def adjust(self, data: st.DataObject, amount: Decimal, kind: str) -> None:
        self.add(Adjustment(f"ADJ-{self.next()}", self.day, self.pick(data), kind, amount, {}))

    @rule()
    def settle(self) -> None:
        self.derived = due(self.of(self.entries))

    @invariant()
    def every_receivable_has_its_equity(self) -> None:
        books = self.books
        assert books.errors == []
        sums: dict[str, Decimal] = {}
        memo = Decimal()
        for entry in books.entries:
            if isinstance(entry, Transaction):
                assert sum(posting.units.number for posting in entry.postings if posting.units) == 0  # type: ignore[misc]
                for posting in entry.postings:
                    assert posting.units is not None
                    number = posting.units.number or Decimal()
                    if posting.account.startswith(("Assets:Receivable", "Equity:Billing")):
                        memo += number
                    if posting.account.startswith("Assets:Receivable"):
                        sums[posting.account] = sums.get(posting.account, Decimal()) + number
        assert memo == 0
        ages = {account: sum(columns, Decimal()) for account, columns in aged(books, datetime.date(2099, 1, 1)).items()}
        assert {a: n for a, n in ages.items() if n} == {a: n for a, n in sums.items() if n}

    def teardown(self) -> None:
        """What follows from the books is the same whatever order they came in."""
        self.settle()
        self.every_receivable_has_its_equity()
        again = due(self.of(self.entries[::-1]))
        assert [printer.format_entry(entry) for entry in again] == [printer.format_entry(e) for e in self.derived]


def decided(
    line: int, invoice: str, paid: Decimal, contractual: Decimal, transfer: Decimal, denied: Decimal, *,
    reversal: bool = False,
) -> RemittedClaim:  # fmt: skip
    charged = paid + contractual + transfer + denied
    zero = Decimal()
    return RemittedClaim(
        line, invoice, invoice, "accepted" if reversal else "paid", "primary", reversal, charged, paid, contractual,
        transfer, denied, zero, zero, "", "CO-45 1.00", (), {"filename": "era", "lineno": line},
    )  # fmt: skip


TestPractice = Practice.TestCase
TestPractice.settings = settings(max_examples=40, stateful_step_count=25, deadline=None)


@pytest.mark.long
def test_a_thousand_histories_keep_the_invariant():
    run_state_machine_as_test(Practice, settings=settings(max_examples=1000, stateful_step_count=40, deadline=None))
