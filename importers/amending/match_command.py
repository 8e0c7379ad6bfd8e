"""`daysheet match`: what a person knows of a bank line that nothing else explains."""

from __future__ import annotations

from decimal import Decimal, InvalidOperation

import click
from daysheet import console
from daysheet.books.deposited import Named
from daysheet.errors import DaysheetError
from daysheet.importers.amending import matching
from daysheet.importers.amending.amendment import put_in_place, tried
from daysheet.wording import plain


@click.command(cls=console.Verb)
@click.argument("line")
@click.argument("receipts", nargs=-1, metavar="RECEIPT...")
@click.option("--account", default="", help="Where what is short or over goes, such as Expenses:CashShort.")
@click.option("--reason", default="", help="Why it is short or over; kept in the ledger.")
@click.option("--undo", is_flag=True, help="Take back what was said of this bank line.")
@click.option("--dry-run", is_flag=True, help="Show what would change, and change nothing.")
@console.pass_console
def match(
    shell: console.Console,
    /,
    line: str,
    receipts: tuple[str, ...],
    account: str,
    reason: str,
    undo: bool,
    dry_run: bool,
) -> None:
    """Say which receipts a bank line brought, by their ids: PMT-551, or PMT-551=40.00 where only a part of it came.

    LINE is the bank line's id, as `daysheet check --kind unmatched-deposit` shows it.
    """
    if undo == bool(receipts):
        raise DaysheetError("say the receipts, or --undo", remedy='such as daysheet match "FT-881" PMT-7 PMT-8')
    if undo:
        _, amendment = tried(shell.folder, lambda copy, books: matching.unsay(copy, books, line))
        words, answer = f"{line}: taken back what was said of it.", {"line": line, "receipts": 0, "short": "0.00"}
    else:
        named = [_named(text) for text in receipts]
        why = matching.Difference(account, reason)

        said, amendment = tried(shell.folder, lambda copy, books: matching.say(copy, books, line, named, why))
        currency = shell.books().currency
        words = f"{said.words(currency)}."
        answer = {"line": line, "receipts": said.receipts, "short": plain(said.short, currency)}
    diff = list(amendment.diff())
    if not dry_run:
        put_in_place(amendment)
    written = [] if dry_run else amendment.names()
    told = [*diff, "", words, f"Written: {', '.join(written)}" if written else "Nothing was changed."]
    shell.emit({**answer, "written": written, "diff": diff}, lambda: "\n".join(told))


def _named(text: str) -> Named:
    """A receipt, and the part of it after an equals sign where that is an amount."""
    receipt, equals, part = text.rpartition("=")
    if not equals:
        return Named(text)
    try:
        amount = Decimal(part)
    except InvalidOperation:
        return Named(text)  # an id may have an equals sign
    if not amount.is_finite():
        raise DaysheetError("the part of a receipt is an amount", remedy="such as PMT-551=40.00")
    return Named(receipt, amount)
