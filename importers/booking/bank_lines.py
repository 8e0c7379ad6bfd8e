"""Bank and card lines into the books: which account, what is new, what it was for.

Example:
    2026-03-18 * "WESTSIDE LINEN SERVICE"
      source: "us-chase-checking"
      row: "1f0c7e1d2b3a4c5d"
      Assets:Bank:Checking            -84.20 USD
      Expenses:Supplies                84.20 USD
"""

from __future__ import annotations

import datetime
from collections import defaultdict
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Final

from beancount.core.amount import Amount
from beancount.core.data import EMPTY_SET, Balance, Directive, Pad, Transaction
from daysheet.accounts import CLEARING_DEPOSITS, MERCHANT_FEES
from daysheet.errors import DaysheetError
from daysheet.importers import identity
from daysheet.importers.booking import balance_assertions, bank_corrections, dedupe, suggestions, whose_file
from daysheet.importers.booking.bank_state import BankState
from daysheet.importers.booking.categories import NOTE, Category
from daysheet.importers.booking.directives import posting
from daysheet.importers.booking.payees import names_payee
from daysheet.importers.booking.session import AT_ONCE, Changed, ImportSession, Taken, month_file, short_name
from daysheet.importers.reading import Reading, Skipped
from daysheet.importers.settings import bank_account, ids_of
from daysheet.importers.writing.writer import Edit, block_of
from daysheet.ledger.printer import plain
from daysheet.records import BankLine, Meta
from daysheet.wording import many

BALANCES: Final = "balances"
"""What month files of balance assertions are called."""


def book_bank_lines(
    session: ImportSession, rows: Sequence[BankLine], reading: Reading, digest: str, taken: Taken
) -> list[str]:
    """Book what is new among a file's lines; the accounts that they are of.

    Raises:
        DaysheetError: the settings do not say which account a line is of, or something cannot be booked.
    """
    bank = session.part(BankState)
    by_account: dict[dedupe.Account, list[BankLine]] = defaultdict(list)
    accounts: dict[str | None, str] = {}

    def account_of(row: BankLine) -> dedupe.Account:
        number = row.account or reading.account
        if number not in accounts:
            name = bank_account(session.banks, reading.profile, number, taken.file)
            whose_file.refuse_other_number(reading, number, name, session.books, session.banks, taken.file)
            whose_file.refuse_several_numbers(number, name, accounts, session.banks, row, taken.file)
            accounts[number] = name
        return accounts[number], row.currency

    for row in _with_sound_ids(rows, taken):
        by_account[account_of(row)].append(row)
    replaced = bank.made | bank_corrections.carry_out(session, reading, account_of, taken)
    for account, group in by_account.items():
        _take_account(session, group, account, reading, replaced, taken)
        if len(by_account) == 1:
            lines = [*bank.lines.get(account, ()), *bank.fresh[account]]
            whose_file.refuse_other_balance(reading, account, lines, session.books, bank, taken.file)
            bank.wanted[account] += balance_assertions.balances_of(reading.proof, digest)
        bank.covered[account].append((reading.first, reading.last))
    return sorted(set(accounts.values()))


def _with_sound_ids(rows: Sequence[BankLine], taken: Taken) -> Sequence[BankLine]:
    """The rows, those with an id that a spreadsheet has cut without it."""
    cut = [row for row in rows if row.source_id and identity.damaged(row.source_id)]
    if not cut:
        return rows
    taken.notes.append(
        f"{many(len(cut), 'id')} of the bank cut by a spreadsheet (such as 2.02603E+11), the first in row "
        f"{cut[0].meta['lineno']}: those rows are known by day and amount"
    )
    return [row._replace(source_id=None) if identity.damaged(row.source_id or "") else row for row in rows]


def kept_of(reading: Reading) -> dict[str, Any]:
    """What an `imported` directive keeps of a file: the last digits of its account, and the balance at its end."""
    digits = whose_file.digits_of(reading.account)
    return {**({whose_file.NUMBER: digits} if digits else {}), **_closing(reading)}


def _closing(reading: Reading) -> dict[str, Amount | datetime.date]:
    """The last balance that a file states, and its day if earlier than the file's last."""
    if reading.proof is None or not reading.proof.closed or not reading.proof.daily:
        return {}
    currency = next((row.currency for row in reading.records if isinstance(row, BankLine)), reading.currency)
    day, balance = reading.proof.daily[-1]
    kept: dict[str, Amount | datetime.date] = {balance_assertions.CLOSING: Amount(balance, currency)}
    return kept if day == reading.last else {**kept, balance_assertions.CLOSING_DAY: day}


def prove(session: ImportSession, taken: Mapping[Path, Taken]) -> None:
    """Assert the balances that the files prove, once all of them are booked.

    Raises:
        DaysheetError: a file has rows in days whose balance is proved already; `filename` says which.
    """
    bank = session.part(BankState)
    for account, fresh in bank.fresh.items():
        corrected = bank.corrected.get(account)
        wanted = [*bank.wanted[account], *balance_assertions.waiting(session.books, account, corrected)]
        lines = [*bank.lines.get(account, ()), *fresh]
        standing = balance_assertions.standing(session.books, account)
        outcome = balance_assertions.change(account, lines, fresh, standing, wanted, corrected=corrected)
        files = {str(line.meta["filename"]): None for line in fresh}
        last = taken[Path(list(files)[-1])] if files else list(taken.values())[-1]
        for meta in outcome.removed:
            path = Path(meta["filename"])
            end, _ = block_of(path, meta["lineno"])
            session.batch.edit(session.relative(path), Edit(meta["lineno"], end, ()))
            last.written[session.relative(path)] = None
        for entry in outcome.added:
            session.add({month_file(balance_assertions.month_of(entry), BALANCES): [entry]}, last)
        if any(isinstance(entry, Pad) for entry in outcome.added):
            session.batch.open([balance_assertions.OPENING_BALANCES])
        of_file = {each.sha256[:8]: each for each in taken.values()}
        for entry in outcome.added:
            if isinstance(entry, Balance):
                of_file.get(entry.meta[balance_assertions.PROVED], last).asserted += 1
        last.notes += outcome.notes


def _take_account(
    session: ImportSession,
    rows: Sequence[BankLine],
    account: dedupe.Account,
    reading: Reading,
    replaced: Mapping[str, Transaction],
    taken: Taken,
) -> None:
    bank = session.part(BankState)
    currency = account[1]
    verdicts = dedupe.judge_bank(
        rows,
        bank.lines_of(account),
        reading.profile,
        covers=(reading.first, reading.last),
        withdrawn=bank_corrections.of_others(bank.withdrawn[account[0]], reading),
        ids=ids_of(session.banks, reading.profile, account[0]),
    )
    fresh: list[BankLine] = []
    again: list[tuple[BankLine, Meta]] = []
    for row, verdict in zip(rows, verdicts, strict=True):
        taken.amounts[currency] += row.amount
        if verdict.what == "unclear" and verdict.where is not None:
            raise _unclear(row, session.place(verdict.where), taken)
        if verdict.what == "new":
            fresh.append(row)
            taken.booked_amounts[currency] += row.amount
            if verdict.where is not None:
                again.append((row, verdict.where))
        elif verdict.what == "withdrawn":
            taken.skipped.append(Skipped(int(row.meta["lineno"]), "the bank has taken it back since"))
        else:
            taken.known += 1
            taken.known_amounts[currency] += row.amount
            if verdict.what == "changed" and verdict.where is not None:
                taken.changed.append(Changed(int(row.meta["lineno"]), verdict.note, verdict.where))
    taken.booked += len(fresh)
    if again:
        row, where = again[0]
        taken.notes.append(
            f"the bank's ids of {many(len(again), 'row')} stand for other lines in the books, first row "
            f"{row.meta['lineno']} ({session.place(where)}): another day or amount is another line"
        )
    _book(session, fresh, account, reading.profile, replaced, taken)


def _unclear(row: BankLine, place: str, taken: Taken) -> DaysheetError:
    return DaysheetError(
        f"the bank's id of this row stands in the books with the same amount a few days off ({place}): the same line, "
        "moved by the bank, or another one",
        filename=taken.file,
        line=int(row.meta["lineno"]),
        remedy='say so in its [[bank]] of daysheet.toml: ids = "unique" (the same line) or ids = "restart" (another)',
    )


def _book(
    session: ImportSession,
    fresh: list[BankLine],
    account: dedupe.Account,
    profile: str,
    replaced: Mapping[str, Transaction],
    taken: Taken,
) -> None:
    bank = session.part(BankState)
    if fresh and fresh[0].date > fresh[-1].date:
        fresh.reverse()
    fresh.sort(key=lambda row: row.date)
    for start in range(0, len(fresh), AT_ONCE):
        groups: dict[str, list[Directive]] = defaultdict(list)
        part = fresh[start : start + AT_ONCE]
        for row, category in zip(part, _categories(session, part, account[0]), strict=True):
            entry = transaction(row, account[0], category, profile)
            if row.fingerprint in replaced:
                entry = bank_corrections.in_place_of(replaced[row.fingerprint], entry)
            if entry.flag == "!":
                taken.uncategorized.append(row)
            groups[month_file(row.date, short_name(profile))].append(entry)
        session.add(groups, taken)
    bank.brought(account, fresh, profile)


def _categories(session: ImportSession, rows: Sequence[BankLine], account: str) -> list[Category]:
    """What lines were for: by rule, by history, by a remittance that they pay, else perhaps by a guess."""
    bank = session.part(BankState)
    categories = [bank.categorize(row, account) for row in rows]
    for place, row in enumerate(rows):
        if categories[place].flag == "!" and bank.remittance_of(row) is not None:
            categories[place] = Category(CLEARING_DEPOSITS)
    if bank.suggest is not None:
        named = (names_payee(row.payee or row.narration) for row in rows)
        unknown = [place for place, named_one in enumerate(named) if named_one and categories[place].flag == "!"]
        guesses = bank.suggest([rows[place] for place in unknown], account)
        for place, guess in zip(unknown, guesses, strict=True):
            if guess is not None:
                categories[place] = Category(guess, flag="!", why=suggestions.WHY)
    return categories


def transaction(row: BankLine, account: str, category: Category, profile: str) -> Transaction:
    """A new line as it stands in the ledger; a fee that was kept from it is an expense beside it."""
    payee, narration = plain(row.payee), plain(row.narration)
    meta: dict[str, Any] = {dedupe.SOURCE: profile}
    if row.source_id:
        meta[dedupe.BANK_ID] = plain(row.source_id)
    meta[dedupe.ROW] = row.fingerprint
    if row.meta.get("check"):
        meta["check"] = str(row.meta["check"])
    if category.payee is not None and category.payee != payee:
        meta[dedupe.MEMO] = dedupe.described(payee, narration)
        payee = category.payee
    if category.note:
        meta[NOTE] = category.note
    if category.why is not None:
        meta["why"] = category.why
    fee = row.fee or 0
    postings = [posting(account, row.amount, row.currency), posting(category.account, -row.amount - fee, row.currency)]
    if fee:
        postings.insert(1, posting(MERCHANT_FEES, row.fee or row.amount, row.currency))
    return Transaction(
        meta, row.date, category.flag, payee or None, narration, category.tags or EMPTY_SET, EMPTY_SET, postings
    )
