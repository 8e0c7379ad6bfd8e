"""Books that nobody would think of: every kind of practice entry, in any order, of any amount, over several years."""

from __future__ import annotations

import datetime
from decimal import Decimal

from beancount import loader
from daysheet.books import Books
from hypothesis import strategies as st

_DAY = st.dates(datetime.date(2024, 1, 1), datetime.date(2026, 12, 31))
_AMOUNT = st.integers(1, 5_000_000).map(lambda cents: Decimal(cents) / 100)
_RECEIVABLE = st.sampled_from(["Patients", "Insurance", "Insurance:Aetna", "Insurance:Medicare"])
_INVOICE = st.integers(1, 12).map(lambda number: f"I{number}")
_PROVIDER = st.sampled_from(["adams", "baker", "", "o-neill"])
_SPENT = st.sampled_from(["Rent", "Supplies", "Supplies:Medical", "Uncategorized", "Wages", "Depreciation"])
_PAID_FROM = st.sampled_from(
    ["Assets:Bank:Checking", "Assets:Bank:Savings", "Liabilities:Card", "Liabilities:Loan:Equipment", "Assets:Cash"]
)
_TAG = st.sampled_from(["", "", "", " #adjusting"])
_FLAG = st.sampled_from(["*", "*", "!"])


@st.composite
def _charge(draw: st.DrawFn) -> str:
    amount, owed = draw(_AMOUNT), draw(_RECEIVABLE)
    return f'"Charge" ^inv-{draw(_INVOICE)}\n  provider: "{draw(_PROVIDER)}"\n' + _legs(
        (f"Assets:Receivable:{owed}", amount), ("Equity:Billing:Charges", -amount)
    )


@st.composite
def _payment(draw: st.DrawFn) -> str:
    amount, tax = (
        draw(_AMOUNT) * draw(st.sampled_from([1, 1, 1, -1])),
        draw(st.sampled_from([Decimal(), Decimal("0.01")])),
    )
    link = draw(st.sampled_from(["", f" ^inv-{draw(_INVOICE)}"]))
    return f'"Payment"{link}\n' + _legs(
        (draw(st.sampled_from(["Assets:Clearing:Cards", "Assets:Clearing:Deposits"])), amount),
        (draw(st.sampled_from(["Income:Visits:Adams", "Income:Visits", "Income:Products"])), tax - amount),
        ("Liabilities:SalesTax", -tax),
        (f"Assets:Receivable:{draw(_RECEIVABLE)}", -amount),
        ("Equity:Billing:Collected", amount),
    )


@st.composite
def _adjustment(draw: st.DrawFn) -> str:
    amount, kind = draw(_AMOUNT), draw(st.sampled_from(["Contractual", "WriteOffs", "Courtesy", "Opening"]))
    return f'"Adjustment" ^inv-{draw(_INVOICE)}\n' + _legs(
        (f"Assets:Receivable:{draw(_RECEIVABLE)}", -amount), (f"Equity:Billing:{kind}", amount)
    )


@st.composite
def _other(draw: st.DrawFn) -> str:
    amount, paid = draw(_AMOUNT), draw(_PAID_FROM)
    into = draw(
        st.sampled_from(
            ["Equity:Owner:Draws", "Equity:Opening-Balances", "Assets:Fixed:Equipment", "Assets:Fixed:Accumulated"]
        )
        | _SPENT.map(lambda name: f"Expenses:{name}")
    )
    return f'"Payee" "Other"{draw(_TAG)}\n' + _legs((into, amount), (paid, -amount))


@st.composite
def _deposit(draw: st.DrawFn) -> str:
    amount, fee = draw(_AMOUNT), draw(st.sampled_from([Decimal(), Decimal("0.88")]))
    return '"Deposit"\n' + _legs(
        ("Assets:Bank:Checking", amount - fee), ("Expenses:MerchantFees", fee), ("Assets:Clearing:Cards", -amount)
    )


@st.composite
def _abroad(draw: st.DrawFn) -> str:
    amount = draw(_AMOUNT)
    return '"Abroad"\n' + _legs(("Expenses:Travel", amount), ("Assets:Bank:Checking", -amount)).replace(
        f"Expenses:Travel  {amount} USD", f"Expenses:Travel  {amount} EUR @@ {amount} USD"
    )


@st.composite
def _bill(draw: st.DrawFn) -> str:
    amount = draw(_AMOUNT) * draw(st.sampled_from([1, 1, -1]))
    link = draw(st.sampled_from(["", " ^bill-1", " ^bill-2"]))
    other = draw(st.sampled_from(["Expenses:Supplies", "Assets:Bank:Checking"]))
    return f'"Vendor" "Bill"{link}\n' + _legs((other, amount), ("Liabilities:Payable", -amount))


@st.composite
def ledgers(draw: st.DrawFn, *, bills: bool = True) -> str:
    """The text of a ledger; without vendors' bills the cash view is the very text."""
    kinds = [_charge(), _charge(), _payment(), _payment(), _adjustment(), _other(), _deposit(), _abroad()]
    kind = st.one_of(*kinds, *[_bill()] * bills)
    entries = draw(st.lists(st.tuples(_DAY, _FLAG, kind), min_size=1, max_size=40))
    settings = 'option "operating_currency" "USD"\nplugin "beancount.plugins.auto_accounts"\n'
    return settings + "".join(f"{day} {flag} {text}" for day, flag, text in entries)


def load(text: str) -> Books:
    """The books of a ledger without errors."""
    entries, errors, options = loader.load_string(text)
    assert errors == []
    books = Books.of(entries, options, state="")
    assert books.errors == []
    return books


def _legs(*legs: tuple[str, Decimal]) -> str:
    return "".join(f"  {account}  {amount} USD\n" for account, amount in legs if amount)
