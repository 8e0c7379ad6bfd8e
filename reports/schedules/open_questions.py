"""What the bookkeeper could not decide, or left open: the accountant's first page of work."""

from __future__ import annotations

import datetime
from collections.abc import Iterator
from decimal import Decimal
from typing import Final, NamedTuple

from beancount.core.data import Transaction
from daysheet.accounting import answers
from daysheet.accounting.liabilities import liability_of
from daysheet.accounts import CLEARING_SUSPENSE, UNCATEGORIZED_EXPENSE, UNCATEGORIZED_INCOME, is_under
from daysheet.billing.unallocated import on_account
from daysheet.findings import gap
from daysheet.reports.accounts.activity import activity
from daysheet.reports.accounts.titles import Titles
from daysheet.reports.management import billing_gaps
from daysheet.reports.period import year
from daysheet.reports.request import Request
from daysheet.reports.schedules import loans, reconciliation, return_depreciation
from daysheet.reports.schedules.fixed_assets import held_cost, standings
from daysheet.reports.schedules.receivables import aged
from daysheet.reports.schedules.tax_return import section_179
from daysheet.reports.schedules.tax_return.figures import returned
from daysheet.reports.schedules.tax_return.questions import asked
from daysheet.reports.schedules.tax_return.summary import marked_as, unlisted
from daysheet.reports.statements.ledger import narration
from daysheet.reports.statements.partner_capital import NOBODY, partner_capital
from daysheet.reports.table import Column, Row, Table
from daysheet.reports.tax import contractors
from daysheet.tax_facts import loan_on
from daysheet.wording import many

_ZERO: Final = Decimal()
_TRIAL: Final = "trial-balance"
_GIFTS: Final = ("charit", "donation")
_UNDECIDED: Final = (UNCATEGORIZED_INCOME, UNCATEGORIZED_EXPENSE, CLEARING_SUSPENSE)


class Question(NamedTuple):
    """One thing to decide, and the money it is about."""

    topic: str
    text: str
    amount: Decimal | None


def open_questions(request: Request) -> Table:
    """Every open question of the period; none is a good answer too."""
    columns = (Column("topic", "Topic"), Column("text", "Question"), Column("amount", "Amount", "money"))
    found = list(questions(request))
    rows = [Row("line", question) for question in found]
    notes = () if found else ("Nothing is left open.",)
    return request.table("open-questions", "Open questions", columns, rows, notes)


def questions(request: Request) -> Iterator[Question]:
    """Every open question, by topic; one that an accountant's entry answers is open no more."""
    entries = request.books.entries
    answered = {entry.meta[answers.ANSWERS] for entry in entries if answers.ANSWERS in entry.meta}
    practice, year = request.settings.practice.id, request.period.last.year
    for question in _questions(request):
        if not answered or answers.key_of(practice, year, f"{question.topic}: {question.text}") not in answered:
            yield question


def _questions(request: Request) -> Iterator[Question]:
    yield from _opening(request)
    yield from _uncategorised(request)
    yield from _flagged(request)
    yield from _without_tax_line(request)
    yield from _unreconciled(request)
    yield from _debts(request)
    yield from _vendors(request)
    yield from _assets(request)
    yield from _return_depreciation(request)
    yield from _partners(request)
    yield from (Question("Owners", text, amount) for text, amount in asked(request))
    yield from _billing(request)
    yield from (Question("Currency", note, None) for note in activity(request.books, request.basis).notes())


def _opening(request: Request) -> Iterator[Question]:
    """Books that begin within the period, and what they owned and owed then, where nobody has said."""
    books, period = request.books, request.period
    if books.begins is None or not period.first < books.begins.date <= period.last:
        return
    before = books.begins.date - datetime.timedelta(days=1)
    if not any(isinstance(entry, Transaction) and entry.meta.get("source") == _TRIAL for entry in books.entries):
        yield Question(
            "Opening",
            f"These books begin on {books.begins.date}: what is the trial balance of {before} ({books.begins.former})?",
            None,
        )


def _uncategorised(request: Request) -> Iterator[Question]:
    """Each posting that no rule and nobody has put anywhere."""
    for account in activity(request.books, request.basis).under(*_UNDECIDED):
        for line in account.within(request.period):
            if answers.ANSWERS in line.entry.meta:
                continue
            amount = -line.amount if account.name.startswith("Income") else line.amount
            yield Question("Uncategorized", f"{line.date} {narration(line.entry)}: what is it?", amount)


def _flagged(request: Request) -> Iterator[Question]:
    """Entries flagged as doubtful, but for those that are asked about already."""
    for entry in request.books.entries:
        if (
            isinstance(entry, Transaction)
            and entry.flag == "!"
            and not any(is_under(posting.account, root) for posting in entry.postings for root in _UNDECIDED)
            and request.period.first <= entry.date <= request.period.last
        ):
            moved = (posting.units.number for posting in entry.postings if posting.units is not None)
            amount = sum((number for number in moved if number is not None and number > 0), _ZERO)
            yield Question("In doubt", f"{entry.date} {narration(entry)}", amount)


def _without_tax_line(request: Request) -> Iterator[Question]:
    titles = Titles(request.books)
    for entry in unlisted(request):
        amount = -entry.amount if entry.account.startswith("Income") else entry.amount
        if amount and not any(is_under(entry.account, root) for root in _UNDECIDED):
            yield Question("Tax line", f"On which line of the return is {titles.whole(entry.account)}?", amount)
    for entry in marked_as(request, "not-deductible"):
        if any(word in entry.account.casefold() for word in _GIFTS):
            text = f"{titles.whole(entry.account)}: is it a charitable contribution (charity), or not deductible?"
            yield Question("Tax line", text, entry.amount)


def _unreconciled(request: Request) -> Iterator[Question]:
    titles = Titles(request.books)
    for item in reconciliation.reconciliations(request):
        if item.stated is None:
            yield Question(
                "Reconciliation", f"{titles.whole(item.account)}: no statement balance is in the books", item.ledger
            )
        elif item.stated < request.period.last:
            yield Question(
                "Reconciliation", f"{titles.whole(item.account)}: the last statement is of {item.stated}", item.after
            )
    for name, balance in reconciliation.in_transit(activity(request.books, "cash"), request.period.last):
        what = "taken, and not yet in the bank" if balance > 0 else "written or paid, and not yet through the bank"
        yield Question("In transit", f"{titles.whole(name)}: {what} on the last day", balance)


def _debts(request: Request) -> Iterator[Question]:
    """Liabilities whose kind nobody has said, and loans without their terms."""
    titles, moved = Titles(request.books), activity(request.books, request.basis)
    for account in moved.under("Liabilities"):
        owed = -account.balance(request.period.last)
        if (owed or account.within(request.period)) and liability_of(request.books, account.name) is None:
            yield Question("Liabilities", f"{titles.whole(account.name)}: is it a loan, a card, or neither?", owed)
    for account in loans.in_use(request):
        terms = loan_on(request.books.tax_facts, account.name, request.period.last)
        lacking = [
            word
            for word, said in (
                ("lender", terms and terms.lender), ("rate", terms and terms.rate is not None),
                ("due date", terms and terms.maturity),
            )
            if not said
        ]  # fmt: skip
        if lacking:
            owed = -account.balance(request.period.last)
            yield Question("Loans", f"{titles.whole(account.name)}: {', '.join(lacking)}?", owed)


def _vendors(request: Request) -> Iterator[Question]:
    for candidate in contractors.candidates(request.books, year(request.period.last.year)):
        if candidate.verdict == contractors.MISSING_W9:
            yield Question(
                "1099", f"{candidate.name}: {candidate.form} is due, and the W-9 is missing", candidate.paid.direct
            )
        elif candidate.verdict == contractors.UNKNOWN:
            yield Question("1099", f"{candidate.name}: is a 1099 due?", candidate.paid.direct)
        elif candidate.verdict == contractors.UNNAMED:
            yield Question("1099", "Payments that name no payee: who was paid?", candidate.paid.direct)


def _assets(request: Request) -> Iterator[Question]:
    """Fixed-asset accounts whose balance the declared assets do not explain."""
    day = request.period.last
    moved = activity(request.books, request.basis)
    costs = held_cost(standings(request.books, day.year), day)
    titles = Titles(request.books)
    for name in sorted({*costs, *(account.name for account in moved.under("Assets:Fixed"))}):
        held = moved.accounts.get(name)
        balance = held.balance(day) if held else _ZERO
        if balance > 0 and balance != costs.get(name, _ZERO):
            difference = balance - costs.get(name, _ZERO)
            yield Question(
                "Fixed assets", f"{titles.whole(name)}: the declared assets explain less or more", difference
            )


def _return_depreciation(request: Request) -> Iterator[Question]:
    """Assets whose deduction on the return is not known."""
    for item in return_depreciation.lines_of(request):
        if item.problem:
            yield Question("Depreciation", item.problem, item.standing.asset.cost)
    yield from (Question("Depreciation", text, gain) for text, gain in return_depreciation.passed_through(request))
    if request.period.is_year:
        expensed = returned(request, request.period).expensed
        yield from (Question("Depreciation", text, amount) for text, amount in section_179.asked(request, expensed))


def _partners(request: Request) -> Iterator[Question]:
    """Equity that is of no partner."""
    for row in partner_capital(request).rows:
        if row.cells[0] == NOBODY and isinstance(row.cells[-1], Decimal) and row.cells[-1]:
            yield Question("Partners", "Whose is the equity that stands on no partner's account?", row.cells[-1])


def _billing(request: Request) -> Iterator[Question]:
    found = billing_gaps.findings(request)
    total = gap(found)
    if total.gross:
        visits = sum(finding.count for finding in found if finding.kind != "missing-export")
        yield Question("Billing", f"{many(visits, 'kept visit')} never billed, at the practice's fees", total.gross)
    for month in on_account(request.books, request.period.last):
        if request.period.first <= month.first:
            share = request.books.threshold("unallocated-share", month.first) or _ZERO
            if month.beyond(share):
                many_of = many(len(month.payments), "payment")
                yield Question(
                    "Receipts", f"{month.first:%Y-%m}: {many_of} on account: which bills do they pay?", month.left
                )
    credit = sum((amounts[-1] for amounts in aged(request.books, request.period.last).values()), _ZERO)
    if credit:
        yield Question("Receivables", "Credit balances: are refunds due, or are they prepayments?", -credit)
