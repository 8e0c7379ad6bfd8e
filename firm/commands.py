"""`daysheet firm`: the same over many clients' books."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Sequence
from dataclasses import replace
from decimal import Decimal
from functools import cached_property
from pathlib import Path
from typing import Any

import click
from daysheet import console, files
from daysheet.console import Console, pass_console
from daysheet.errors import DaysheetError
from daysheet.firm import clients, cluster, running, table, web
from daysheet.firm.calls import VERB, Outcome
from daysheet.firm.running import Work
from daysheet.reports.formats import csv_json, text
from daysheet.reports.statements import account_numbers
from daysheet.reports.table import Table
from daysheet.wording import many, money

_CHECK = Work(VERB, ("check", "--json"))
_PACK_WRITES = frozenset({"packs", "outbox"})
_FROM_WIDTH = {"as_of": 100, "oldest": 120, "sources": 170}
"""Columns that a terminal shows which is so wide."""


class Over:
    """What every verb over a firm is told: which firm, how many clients at once."""

    def __init__(self, place: Path | None, workers: int, only: Sequence[str], scheduler: str | None) -> None:
        """The firm is read when it is asked for, so that help needs none."""
        self._place = place
        self._workers = workers
        self._only = only
        self._scheduler = scheduler

    @cached_property
    def firm(self) -> clients.Firm:
        """The firm, with the clients that were asked for.

        Raises:
            DaysheetError: there is no firm.toml, it is wrong, or no client is called so.
        """
        return self.read()

    def read(self) -> clients.Firm:
        """The firm as firm.toml has it by now; raises as `firm` does."""
        return clients.only(clients.read(clients.find(self._place or Path.cwd())), self._only)

    def only_here(self) -> None:
        """Refuse a cluster for what is done on this machine alone.

        Raises:
            DaysheetError: one was named.
        """
        if self._scheduler is not None:
            raise DaysheetError("this is served by this machine alone", remedy="leave --scheduler out")

    @property
    def workers(self) -> int:
        """How many clients at once; 0 for what the firm says."""
        return self._workers

    def do(self, work: Work) -> list[Outcome]:
        """Do it for all of them, here or on the cluster.

        Raises:
            DaysheetError: as `firm`, or no cluster answers.
        """
        if self._scheduler is None:
            return running.over(self.firm, work, self._workers)
        with cluster.executor(self._scheduler) as executor:
            return running.over(self.firm, work, executor=executor)


@click.group(params=console.shared_options())
@click.option(
    "--firm",
    "place",
    type=click.Path(exists=True, path_type=Path),
    help="firm.toml or its folder (default: here or above).",
)
@click.option(
    "--workers", type=click.IntRange(0), default=0, help="So many clients at once (default: one a processor)."
)
@click.option("--client", "only", multiple=True, help="Only this client; several can be named.")
@click.option("--scheduler", metavar="tcp://HOST:PORT", help="Do it on the machines of a Dask cluster.")
@click.pass_context
def firm(
    context: click.Context, place: Path | None, workers: int, only: tuple[str, ...], scheduler: str | None
) -> None:
    """The same over many clients' books, each in a process of its own.

    firm.toml says whose: books = ["clients/*"]
    """
    context.meta["daysheet.firm"] = Over(place, workers, only, scheduler)


def _over() -> Over:
    over = click.get_current_context().meta["daysheet.firm"]
    assert isinstance(over, Over)  # noqa: S101 - the group above put it there
    return over


@firm.command(cls=console.Verb)
@click.option("--sort", default="client", help="The column: client, as_of, gap, unreconciled, overdue, deadlines, …")
@click.option("--csv", "as_csv", is_flag=True, help="For a spreadsheet.")
@click.option("--html", type=click.Path(dir_okay=False, path_type=Path), help="Write a page that any browser opens.")
@pass_console
def status(shell: Console, sort: str, as_csv: bool, html: Path | None) -> int:
    """How every client stands: what came in, what is missing, pack, mail, lock."""
    over = _over()
    outcomes = over.do(running.STANDING)
    shown = table.status(table.standings(outcomes), sort)
    return _show(shell, over, shown, outcomes, as_csv=as_csv, html=html)


@firm.command(cls=console.Verb)
@click.option("--csv", "as_csv", is_flag=True, help="For a spreadsheet.")
@click.option("--html", type=click.Path(dir_okay=False, path_type=Path), help="Write a page that any browser opens.")
@pass_console
def report(shell: Console, as_csv: bool, html: Path | None) -> int:
    """Each client's measures beside those of the firm's other clients."""
    over = _over()
    outcomes = over.do(running.STANDING)
    return _show(shell, over, table.report(table.standings(outcomes)), outcomes, as_csv=as_csv, html=html)


@firm.command("fava", cls=console.Verb)
@click.option("--port", type=click.IntRange(0, 65535), default=5000, show_default=True, help="The port to listen on.")
@click.option("--read-only", is_flag=True, help="Nothing can be changed.")
@click.option(
    "--open", "most", type=click.IntRange(1), default=4, show_default=True, help="So many clients' books kept open."
)
@pass_console
def fava(shell: Console, port: int, read_only: bool, most: int) -> int:
    """Fava over all clients: a page of how they stand, and each one's ledger, on this machine alone."""
    from daysheet.firm.fava import serving  # noqa: PLC0415 - Fava takes a second to load

    def told(address: str) -> None:
        shell.emit({"address": address}, lambda: f"{over.firm.name}: {address} (Ctrl-C ends it)")

    over = _over()
    over.only_here()
    serving.serve(over.read, port, most, over.workers, read_only=read_only, told=told)
    return console.OK


@firm.command("check", cls=console.Verb)
@pass_console
def check(shell: Console) -> int:
    """What was never billed, paid or deposited, of every client."""

    def words(_: Outcome, said: Any) -> str:  # noqa: ANN401 - what the verb printed
        gross = money(Decimal(said["gap"]["gross"]), said["currency"])
        return f"{many(len(said['findings']), 'finding')}, {gross} never billed, as of {said['as_of']}"

    return _tell(shell, _over().do(_CHECK), words)


@firm.command("import", cls=console.Verb)
@pass_console
def import_(shell: Console) -> int:
    """Take what lies in every client's inbox into its books."""

    def words(_: Outcome, taken: Any) -> str:  # noqa: ANN401 - as above
        booked = sum(int(file.get("booked") or 0) for file in taken)
        return f"{many(len(taken), 'file')}, {many(booked, 'row')} booked" if taken else "nothing in the inbox"

    return _tell(shell, _over().do(Work(VERB, ("import", "--json"))), words)


@firm.command("pack", cls=console.Verb)
@click.argument("year", type=click.IntRange(1900, 9999))
@pass_console
def pack(shell: Console, year: int) -> int:
    """Build every client's accountant's pack of a year; one whose books say the same is left as it is."""
    work = Work(VERB, ("pack", str(year), "--json"), _PACK_WRITES, f"packs/{year}", adds=account_numbers.FILE)
    return _tell(shell, _over().do(work), lambda outcome, built: f"{built['pack']}{_kept(outcome)}")


@firm.group("mail", params=console.shared_options())
def mail() -> None:
    """The packs to the accountants: drafted and sent for every client, approved one by one."""


@mail.command("draft", cls=console.Verb)
@click.argument("year", type=click.IntRange(1900, 9999))
@pass_console
def draft(shell: Console, year: int) -> int:
    """Put every client's pack of YEAR into that client's outbox, for review."""
    return _tell(shell, _over().do(Work(VERB, ("mail", "draft", str(year), "--json"), is_kept=False)), _messages)


@mail.command("send", cls=console.Verb)
@pass_console
def send(shell: Console) -> int:
    """Send what is approved in every client's outbox."""
    return _tell(shell, _over().do(Work(VERB, ("mail", "send", "--json"), is_kept=False)), _messages)


def _messages(_: Outcome, events: Any) -> str:  # noqa: ANN401 - what the verb printed
    return "; ".join(f"{event['state']} {event['id']} to {event['recipient']}" for event in events) or "nothing to do"


def _kept(outcome: Outcome) -> str:
    return ", as it was" if outcome.is_kept else f", {outcome.seconds:.1f} s"


def _tell(shell: Console, outcomes: Sequence[Outcome], words: Callable[[Outcome, Any], str]) -> int:
    """Print what became of each client: in words of what its verb printed, or all of that as JSON."""
    said = {outcome.client: json.loads(outcome.output or "[]") for outcome in outcomes if outcome.is_done}
    data = {outcome.client: said.get(outcome.client, {"error": outcome.error}) for outcome in outcomes}
    width = max((len(outcome.client) for outcome in outcomes), default=0)
    lines = []
    for outcome in outcomes:
        told = words(outcome, said[outcome.client]) if outcome.is_done else f"NOT DONE: {outcome.error}"
        lines.append(f"{outcome.client:<{width}}  {told}")
    left = sum(not outcome.is_done for outcome in outcomes)
    peak = max((outcome.peak for outcome in outcomes), default=0)
    lines.append(
        f"{many(len(outcomes), 'client')}, {left} not done, "
        f"{sum(outcome.is_kept for outcome in outcomes)} as they were; the largest process took {peak / 1e6:,.0f} MB."
    )
    shell.emit(data, lambda: "\n".join(lines))
    return _code(outcomes)


def _show(
    shell: Console, over: Over, shown: Table, outcomes: Sequence[Outcome], *, as_csv: bool, html: Path | None
) -> int:
    name = over.firm.name
    if html is not None:
        files.output(html, web.page(shown, name).encode())
        shell.emit({"written": str(html)}, lambda: f"{html} shows {many(len(outcomes), 'client')}.")
    elif as_csv:
        click.echo(csv_json.to_csv(shown), nl=False)
    else:
        shell.emit(csv_json.to_json(shown) if shell.as_json else None, lambda: _as_text(shown, name, _width()))
    return _code(outcomes)


def _as_text(shown: Table, name: str, width: int) -> str:
    """The table for a terminal: the wider that is, the more columns."""
    columns = [
        column._replace(shown="always") if width >= _FROM_WIDTH.get(column.key, width + 1) else column
        for column in shown.columns
    ]
    return text.render(replace(shown, columns=tuple(columns)), name, width)


def _width() -> int:
    """As wide as the terminal, and 80 where there is none."""
    try:
        return max(text.WIDTH, os.get_terminal_size().columns)
    except OSError:
        return text.WIDTH


def _code(outcomes: Sequence[Outcome]) -> int:
    if any(not outcome.is_done for outcome in outcomes):
        return console.BROKEN
    return console.FINDINGS if any(outcome.code == console.FINDINGS for outcome in outcomes) else console.OK
