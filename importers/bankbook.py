"""Bank and card lines into the books: which account, what is new, what it was for.

Example:
    2026-03-18 * "WESTSIDE LINEN SERVICE"
      source: "us-chase-checking"
      row: "1f0c7e1d2b3a4c5d"
      Assets:Bank:Checking            -84.20 USD
      Expenses:Supplies                84.20 USD
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from typing import Any

from beancount.core.data import EMPTY_SET, Directive, Transaction
from daysheet.accounts import MERCHANT_FEES
from daysheet.importers import dedupe
from daysheet.importers.booking import posting
from daysheet.importers.categories import Category
from daysheet.importers.intake import AT_ONCE, Changed, Intake, Taken, month_file, short_name
from daysheet.importers.reading import Reading
from daysheet.importers.settings import bank_account
from daysheet.ledgertext import clean
from daysheet.records import BankLine


def take(intake: Intake, rows: Sequence[BankLine], reading: Reading, taken: Taken) -> list[str]:
    """Book what is new among a file's lines; the accounts that they are of.

    Raises:
        DaysheetError: the settings do not say which account a line is of, or something cannot be booked.
    """
    by_account: dict[dedupe.Account, list[BankLine]] = defaultdict(list)
    accounts: dict[str | None, str] = {}
    for row in rows:
        number = row.account or reading.account
        if number not in accounts:
            accounts[number] = bank_account(intake.banks, reading.profile, number, taken.file)
        by_account[accounts[number], row.currency].append(row)
    for (account, currency), group in by_account.items():
        _take_account(intake, group, (account, currency), reading.profile, taken)
    return sorted(set(accounts.values()))


def _take_account(
    intake: Intake, rows: Sequence[BankLine], account: dedupe.Account, profile: str, taken: Taken
) -> None:
    currency = account[1]
    lines = intake.lines.setdefault(account, [])
    fresh: list[BankLine] = []
    for row, verdict in zip(rows, dedupe.judge_bank(rows, lines, profile), strict=True):
        taken.amounts[currency] += row.amount
        if verdict.what == "new":
            fresh.append(row)
            taken.booked_amounts[currency] += row.amount
            continue
        taken.known_amounts[currency] += row.amount
        if verdict.what == "changed" and verdict.where is not None:
            taken.changed.append(Changed(int(row.meta["lineno"]), verdict.note, verdict.where))
    taken.known += len(rows) - len(fresh)
    taken.booked += len(fresh)
    if fresh and fresh[0].date > fresh[-1].date:
        fresh.reverse()
    fresh.sort(key=lambda row: row.date)
    for start in range(0, len(fresh), AT_ONCE):
        groups: dict[str, list[Directive]] = defaultdict(list)
        for row in fresh[start : start + AT_ONCE]:
            category = intake.categorize(row, account[0])
            if category.flag == "!":
                taken.uncategorized.append(row)
            groups[month_file(row.date, short_name(profile))].append(_transaction(row, account[0], category, profile))
        intake.add(groups, taken)
    lines.extend(dedupe.planned(row, profile) for row in fresh)


def _transaction(row: BankLine, account: str, category: Category, profile: str) -> Transaction:
    payee, narration = clean(row.payee), clean(row.narration)
    meta: dict[str, Any] = {dedupe.SOURCE: profile}
    if row.source_id:
        meta[dedupe.BANK_ID] = clean(row.source_id)
    meta[dedupe.ROW] = row.fingerprint
    if category.payee is not None and category.payee != payee:
        meta[dedupe.MEMO] = dedupe.described(payee, narration)
        payee = category.payee
    if category.why is not None:
        meta["why"] = category.why
    fee = row.fee or 0
    postings = [posting(account, row.amount, row.currency), posting(category.account, -row.amount - fee, row.currency)]
    if fee:
        postings.insert(1, posting(MERCHANT_FEES, row.fee or row.amount, row.currency))
    return Transaction(
        meta, row.date, category.flag, payee or None, narration, category.tags or EMPTY_SET, EMPTY_SET, postings
    )
