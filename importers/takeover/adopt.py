"""Books taken over: the opening trial balance and the bills that were open, as entries of the day before they begin.

A trial balance gives one entry. What it says patients and insurers owe is told by the open items, bill by bill, and
must be their sum; a trial balance without them gives the sum as one receivable that nobody is named on. All is written
or nothing; the same file again changes nothing.
"""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from decimal import Decimal
from pathlib import Path
from typing import Any, Final, NamedTuple

from beancount.core.data import EMPTY_SET, Directive, Transaction
from daysheet import files
from daysheet.accounts import BILLING_OPENING, RECEIVABLE_PATIENTS
from daysheet.books import loading
from daysheet.books.openings import OPENING, TAKEN_FROM
from daysheet.errors import DaysheetError
from daysheet.facts import Begin
from daysheet.importers.booking.balance_assertions import OPENING_BALANCES
from daysheet.importers.booking.directives import TAKEN_OVER, Terms, book, custom, invoice_link, posting
from daysheet.importers.booking.session import ImportSession, Taken, month_file
from daysheet.importers.deriving import derived
from daysheet.importers.importing import ImportRun, Outcome
from daysheet.importers.privacy import identifiers
from daysheet.importers.reading import Reading
from daysheet.importers.rows.raw_file import RawFile
from daysheet.importers.settings import BankSettings, ImportSettings
from daysheet.importers.takeover import layouts
from daysheet.importers.takeover.accounts import AdoptSettings, is_receivable, mapped
from daysheet.importers.takeover.layouts import CHART, ITEMS, TRIAL, Account, Former, Item
from daysheet.importers.writing import archive, writer
from daysheet.importers.writing import dry_run as preview
from daysheet.ledger import collector
from daysheet.records import Invoice
from daysheet.settings import Settings
from daysheet.wording import figure, money

FILE: Final = "practice.beancount"
_ONE_DAY: Final = datetime.timedelta(days=1)
FORMER: Final = "another program"
_SHORT: Final = 8
_LUMP: Final = "TAKEN-OVER"


class _Given(NamedTuple):
    """A file, and what it holds."""

    file: RawFile
    former: Former


def adopt(
    folder: Path,
    paths: Sequence[Path],
    begin: datetime.date | None = None,
    former: str = FORMER,
    *,
    dry_run: bool = False,
) -> Outcome:
    """Take trial balances, charts of accounts and open items of another program into the books of a folder.

    Args:
        folder: the books folder.
        paths: the files.
        begin: the day on which these books begin; where it is not given: the fact's, else the day after the trial
            balance, else the first of the month after the last open item.
        former: what the other program is called.
        dry_run: change nothing, and give the diff.

    Raises:
        DaysheetError: a file cannot be read, figures contradict each other, or the books are broken; nothing is
            written then.
    """
    with files.locked(folder), collector.paused():
        if not dry_run:
            return _adopted(folder, paths, begin, former, dry_run=False)
        with preview.copied(folder) as copy:
            try:
                outcome = _adopted(copy.at, paths, begin, former, dry_run=True)
            except DaysheetError as problem:
                raise copy.error(problem) from None
            outcome.diff += copy.diff()
            return outcome


def _adopted(
    folder: Path, paths: Sequence[Path], begin: datetime.date | None, former: str, *, dry_run: bool
) -> Outcome:
    settings = Settings.of(folder)
    books = loading.load(folder)
    if writer.mend(folder, books):
        books = loading.load(folder)
    run = ImportRun(folder, settings, books, None, dry_run=dry_run, suspense=False)
    known = {imported.meta.get("sha256") for imported in books.imported}
    given = [_Given(file, layouts.read(file)) for file in map(RawFile, paths)]
    fresh = [each for each in given if each.file.sha256 not in known]
    day = begin or (books.begins.date if books.begins else _begin_of(given))
    if books.begins is not None and books.begins.date != day:
        raise DaysheetError(f"the books begin on {books.begins.date}, and not on {day}", remedy=f"correct it in {FILE}")
    _refuse_second(fresh, books.imported)
    session = run.session(books)
    taken = {id(each): _taken(each, day, known=each not in fresh) for each in given}
    if books.begins is None and fresh:
        books.begins = Begin(day, former, {})
        session.add({FILE: [custom(day, "begins", {}, former)]}, taken[id(given[0])])
    owed = _owed(given)
    for each in fresh:
        if each.former.kind == ITEMS:
            _book_items(session, each, day, taken[id(each)])
        elif each.former.kind == TRIAL:
            _book_trial(session, each, given, day, owed, taken[id(each)], settings)
        session.batch.add(writer.IMPORTS, [_imported(each, taken[id(each)], day)])
        taken[id(each)].written[writer.IMPORTS] = None
    run.finish(session, [(each.file, taken[id(each)]) for each in fresh])
    run.outcome.taken = [taken[id(each)] for each in given]
    if fresh and books.on_account:
        derived.derive_all(folder, loading.load(folder), settings.table("import", ImportSettings))
    return run.outcome


def _begin_of(given: Sequence[_Given]) -> datetime.date:
    stated = [each.former.as_of for each in given if each.former.kind == TRIAL and each.former.as_of is not None]
    if stated:
        return max(stated) + _ONE_DAY
    days = [item.date for each in given for item in each.former.items]
    if not days:
        raise DaysheetError("nothing says on which day these books begin", remedy="say it with --begin 2026-07-01")
    return (max(days).replace(day=1) + datetime.timedelta(days=32)).replace(day=1)


def _refuse_second(fresh: Sequence[_Given], imported: Sequence[Any]) -> None:
    trials = [each for each in fresh if each.former.kind == TRIAL]
    earlier = next((one for one in imported if one.kind == TRIAL), None)
    if len(trials) > 1 or (trials and earlier is not None):
        which = trials[-1].file.path.name if earlier is None else str(earlier.meta.get("file"))
        raise DaysheetError(
            f"there is one opening trial balance, and {which} is another",
            filename=trials[0].file.path,
            remedy="give one, or take the other back with daysheet undo",
        )


def _taken(each: _Given, day: datetime.date, *, known: bool) -> Taken:
    former = each.former
    days = [item.date for item in former.items]
    reading = Reading(
        profile=former.kind, kind=former.kind, rows=former.rows, records=(), skipped=(),
        first=min(days, default=day - _ONE_DAY), last=max((*days, day - _ONE_DAY)),
    )  # fmt: skip
    taken = Taken(each.file.path, reading, each.file.sha256)
    count = len(former.items) or len(former.accounts)
    taken.known, taken.booked = (count, 0) if known else (0, count)
    if known:
        taken.notes.append("this very file was taken over before")
    return taken


def _imported(each: _Given, taken: Taken, day: datetime.date) -> Directive:
    meta: dict[str, Any] = {
        "file": archive.filed_name(each.file, taken.reading),
        "sha256": each.file.sha256,
        "rows": Decimal(each.former.rows),
        "booked": Decimal(taken.booked),
    }
    return custom(day - _ONE_DAY, "imported", meta, each.former.kind, taken.reading.first, taken.reading.last)


def _owed(given: Sequence[_Given]) -> Decimal | None:
    """What the open items come to; None where there is no list of them."""
    lists = [each.former.items for each in given if each.former.kind == ITEMS]
    return sum((item.amount for items in lists for item in items), Decimal()) if lists else None


def _book_items(session: ImportSession, each: _Given, day: datetime.date, taken: Taken) -> None:
    currency = session.books.currency
    terms = Terms(currency, session.settings.prepayments, day)
    before = frozenset(session.known.invoices)
    seen: set[tuple[str, str | None]] = set()
    for number, item in enumerate(each.former.items):
        if item.date >= day:
            raise DaysheetError(
                f"is of {item.date}, and the books begin on {day}",
                filename=each.file.path,
                line=item.line,
                remedy="what is billed from then on comes with the practice system's files; or say another --begin",
            )
        invoice = _invoice(item, session, each, number)
        if (invoice.id, invoice.payer) in seen or invoice.id in before:
            raise DaysheetError(
                "its number stands in the books already", filename=each.file.path, line=item.line,
                remedy="each bill once, or once for each who owes a part of it; or is it in a file that was imported?",
            )  # fmt: skip
        seen.add((invoice.id, invoice.payer))
        entry = book(invoice, session.known, terms)
        entry.meta[TAKEN_FROM] = each.file.sha256[:_SHORT]
        session.add({month_file(entry.date, OPENING): [entry]}, taken)
        taken.amounts[currency] += item.amount
        taken.booked_amounts[currency] += item.amount


def _invoice(item: Item, session: ImportSession, each: _Given, number: int) -> Invoice:
    """A bill that was still open; who owes it becomes a token, unless it is an insurer that the books know."""
    context = session.context
    token = context.token
    named = identifiers.normal(item.owner)
    payer = context.payers.get(named) or (
        identifiers.own_word(item.payer, context.payers, token) if item.payer else None
    )
    patient = token(item.owner) if item.owner and named not in context.payers else ""
    identifier = (
        identifiers.own_identifier(item.id, token) if item.id else f"{patient or 'ITEM'}-{item.date}-{number + 1}"
    )
    provider = identifiers.own_word(item.provider, context.providers, token) if item.provider else ""
    meta: dict[str, Any] = {"filename": str(each.file.path), "lineno": item.line}
    if patient and item.guarantor:
        meta["guarantor"] = token(item.guarantor)
    return Invoice(identifier, item.date, (), provider, patient, payer, item.amount, item.due, meta)


def _book_trial(
    session: ImportSession,
    each: _Given,
    given: Sequence[_Given],
    day: datetime.date,
    owed: Decimal | None,
    taken: Taken,
    settings: Settings,
) -> None:
    """One entry of all balances; receivables are told by their items, so that here their sum is equity's."""
    accounts = _typed(each.former.accounts, given)
    banks = [bank.account for bank in settings.tables("bank", BankSettings)]
    ours = mapped(accounts, settings.tables("adopt", AdoptSettings), session.books.opened, banks, each.file.path)
    currency = session.books.currency
    sums: dict[str, Decimal] = {}
    receivable = Decimal()
    for account in accounts:
        name = ours[account.name]
        if is_receivable(name):
            receivable += account.balance
            name = OPENING_BALANCES
        sums[name] = sums.get(name, Decimal()) + account.balance
    if owed is not None and owed != receivable:
        raise DaysheetError(
            f"says that {money(receivable, currency)} are receivable,"
            f" and the open items come to {figure(owed, currency)}",
            filename=each.file.path,
            remedy="export both for the same day, and all of them",
        )
    origin = {TAKEN_FROM: each.file.sha256[:_SHORT]}
    meta: dict[str, Any] = {OPENING: True, "source": each.former.kind, **origin}
    before = day - _ONE_DAY
    legs = [posting(name, amount, currency) for name, amount in sums.items() if amount]
    entries: list[Directive] = [
        Transaction(meta, before, "*", None, "Opening balances", EMPTY_SET, EMPTY_SET, legs),
    ]
    if owed is None and receivable:
        lump = [posting(RECEIVABLE_PATIENTS, receivable, currency), posting(BILLING_OPENING, -receivable, currency)]
        links = frozenset({invoice_link(_LUMP)})
        entries.append(Transaction({OPENING: True, **origin}, before, "*", None, TAKEN_OVER, EMPTY_SET, links, lump))
        taken.notes.append("no open items say who owes the receivables: give them with the trial balance")
    session.add({month_file(before, OPENING): entries}, taken)
    taken.amounts[currency] += sum((amount for amount in sums.values() if amount > 0), Decimal())
    taken.booked_amounts[currency] = taken.amounts[currency]
    taken.notes += [f"{one.name} is {ours[one.name]}" for one in accounts if not is_receivable(ours[one.name])]


def _typed(accounts: Sequence[Account], given: Sequence[_Given]) -> list[Account]:
    """The accounts with the types that a chart among the files gives them."""
    chart = {account.name: account for each in given if each.former.kind == CHART for account in each.former.accounts}
    return [
        account._replace(type=chart[account.name].type, number=chart[account.name].number)
        if account.name in chart and not account.type
        else account
        for account in accounts
    ]
