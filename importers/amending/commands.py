"""The verbs that change what is in the books already: `undo` and `recategorize`. Each shows a diff first."""

from __future__ import annotations

import sys
from dataclasses import replace
from pathlib import Path

import click
from daysheet import console
from daysheet.errors import DaysheetError
from daysheet.importers.amending import returning
from daysheet.importers.amending.amendment import put_in_place, tried
from daysheet.importers.amending.recategorize import Recategorized, by_rule, by_settings
from daysheet.importers.amending.uncategorized import undecided
from daysheet.importers.amending.undo import Undone
from daysheet.importers.settings import CategoryRule
from daysheet.settings import FILE, Settings
from daysheet.wording import many, money, plain


@click.command(cls=console.Verb)
@click.argument("names", nargs=-1, required=True, metavar="FILE-OR-DAY...")
@click.option("--dry-run", is_flag=True, help="Show what would change in the ledger, and change nothing.")
@click.option("--yes", is_flag=True, help="Do not ask.")
@console.pass_console
def undo(shell: console.Console, names: tuple[str, ...], dry_run: bool, yes: bool) -> None:
    """Take an import back whole: what it gave, the balances it proved, settlements and accounts; its file returns.

    FILE is a filed original as imports.beancount names it (its folder may be left out), or the file as it was
    imported; DAY is the last day that files cover.
    """
    back = returning.taken_back(shell.folder, names)
    diff = list(back.amendment.diff())
    _show(shell, [*diff, "", *_said(back.undone)])
    done = not dry_run and _agreed(shell, yes=yes)
    places = [str(path) for path in returning.carry_out(back)] if done else []
    answer = {
        "files": list(back.originals),
        "entries": back.undone.entries,
        "kept": back.undone.kept,
        "changed": back.undone.changed,
        "missing": back.undone.missing,
        "booked": back.undone.booked,
        "closed": back.undone.closed,
        "rules": back.undone.rules,
        "written": back.amendment.names() if done else [],
        "returned": places,
        "diff": diff,
    }
    returned = [f"Returned: {Path(path).relative_to(shell.folder)}" for path in places]
    note = ["The next daysheet import takes what is in the inbox: move away what is not to come again."]
    shell.emit(answer, lambda: "\n".join([*returned, *(note if places else ["Nothing was changed."])]))


@click.command(cls=console.Verb)
@click.option("--text", default="", help="Lines whose payee or description fits this regular expression.")
@click.option("--payee", default="", help="Lines whose payee fits this regular expression.")
@click.option("--id", "ids", multiple=True, help="The line with this bank-id or row; may be given several times.")
@click.option("--at-least", default="", help="Lines of at least this amount (money out is negative).")
@click.option("--at-most", default="", help="Lines of at most this amount.")
@click.option("--bank", default="", help="Lines of this account at a bank.")
@click.option("--from", "came_from", default="", help="Lines that are on this account now.")
@click.option("--account", default="", help="The account that they belong to.")
@click.option("--name", default="", help="A better payee; the bank's words are kept as memo.")
@click.option("--rule", "keep", is_flag=True, help="Write a rule into daysheet.toml, so that such lines come right.")
@click.option("--all", "every", is_flag=True, help="By the rules in daysheet.toml, lines that were decided on as well.")
@click.option("--suggest", is_flag=True, help="Say where the lines that nobody has decided on may belong, and why.")
@click.option("--dry-run", is_flag=True, help="Show what would change, and change nothing.")
@click.option("--yes", is_flag=True, help="Do not ask.")
@console.pass_console
def recategorize(
    shell: console.Console,
    /,
    account: str,
    ids: tuple[str, ...],
    came_from: str,
    keep: bool,
    every: bool,
    suggest: bool,
    dry_run: bool,
    yes: bool,
    **conditions: str,
) -> None:
    """Give bank lines that are booked another account: those that you name, or all that the rules of daysheet.toml fit.

    Without --account the rules in daysheet.toml are applied to the lines that nobody has decided on yet.
    """
    if suggest:
        _suggest(shell)
        return
    rule = replace(CategoryRule(account=account), **conditions)  # type: ignore[arg-type] # all of them are text
    _refuse_half(rule, named=bool(ids or came_from), keep=keep, every=every)
    outcome, amendment = tried(
        shell.folder,
        lambda copy, books: (
            by_rule(copy, books, rule, came_from=came_from, ids=ids, keep=keep)
            if account
            else by_settings(copy, books, every=every)
        ),
    )
    diff = list(amendment.diff())
    _show(shell, [*diff, "", *_moved(outcome, keep=keep)])
    done = bool(diff) and not dry_run and _agreed(shell, yes=yes)
    if done:
        put_in_place(amendment)
    answer = {
        "moved": sum(outcome.moved.values()),
        "accounts": [{"from": old, "to": new, "lines": count} for (old, new), count in sorted(outcome.moved.items())],
        "left": outcome.left,
        "locked": outcome.locked,
        "rule": outcome.rule,
        "written": amendment.names() if done else [],
        "diff": diff,
    }
    shell.emit(answer, lambda: f"Written: {', '.join(amendment.names())}" if done else "Nothing was changed.")


def _suggest(shell: console.Console) -> None:
    """Say where the lines that nobody has decided on may belong."""
    found = undecided(shell.books(), Settings.of(shell.folder))
    answer = [
        {
            "text": one.text,
            "lines": len(one.where),
            "first": one.first,
            "last": one.last,
            "amount": plain(one.amount, one.currency),
            "currency": one.currency,
            "ids": list(one.ids),
            "suggested": one.suggested,
            "why": one.why,
        }
        for one in found
    ]
    lines = [
        f"{one.text}: {many(len(one.where), 'line')}, {money(one.amount, one.currency)}\n"
        f"  {one.suggested or 'no suggestion'}: {one.why}"
        for one in found
    ]
    shell.emit(answer, lambda: "\n".join(lines or ["Every bank line is decided on."]))


def _refuse_half(rule: CategoryRule, *, named: bool, keep: bool, every: bool) -> None:
    """Refuse a call that names lines and no account, or an account and no lines."""
    named = named or any((rule.text, rule.payee, rule.at_least, rule.at_most, rule.bank))
    if bool(rule.account) != named or (rule.account and every):
        raise DaysheetError(
            "say which lines, and the account that they belong to",
            remedy='such as --text "lakeland" --account Expenses:Rent; with neither, the rules of daysheet.toml count',
        )
    if keep and not (rule.text or rule.payee):
        raise DaysheetError("a rule needs words to go by", remedy="give --text or --payee")


def _moved(outcome: Recategorized, *, keep: bool) -> list[str]:
    lines = [f"{many(count, 'line')} from {old} to {new}" for (old, new), count in sorted(outcome.moved.items())]
    if outcome.locked:
        lines.append(f"{many(outcome.locked, 'line')} left where they are: their year is locked")
    if outcome.left:
        lines.append(f"{many(outcome.left, 'line')} still without a category")
    if outcome.rule and not keep:
        lines += ["A rule that books such lines so (--rule writes it into daysheet.toml):", "", outcome.rule]
    return lines


def _show(shell: console.Console, lines: list[str]) -> None:
    if not shell.as_json:
        click.echo("\n".join(lines).lstrip("\n"))


def _agreed(shell: console.Console, *, yes: bool) -> bool:
    """Whether the change is to be made: a person at a terminal is asked, a script has said so by its call."""
    return yes or shell.as_json or not sys.stdin.isatty() or click.confirm("Change the books so?")


def _said(undone: Undone) -> list[str]:
    lines = [f"Taken back: {one.file}" for one in undone.imports]
    if undone.entries or undone.kept:
        kept = f", {undone.kept:,} stay: another imported file holds them too" if undone.kept else ""
        lines.append(f"  {many(undone.entries, 'entry', 'entries')} out of the books{kept}")
    if undone.changed:
        lines.append(f"  of these, {undone.changed:,} were changed by hand since")
    if undone.missing:
        lines.append(f"  {many(undone.missing, 'row')} of it were not in the books any more")
    if undone.booked:
        lines.append(f"  {many(undone.booked, 'row')} of other imported files booked in their place")
    if undone.closed:
        lines.append(f"  accounts closed again: {', '.join(undone.closed)}")
    if undone.rules:
        lines.append(f"  rules in {FILE} that fit no other bank line stay: {undone.rules:,}")
    return lines
