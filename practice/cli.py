"""The `daysheet` command: it only knows where each verb lives, and loads the one that is called."""

from __future__ import annotations

import importlib
from collections.abc import Mapping
from typing import Any, Final, NamedTuple, NoReturn

import click
from daysheet import __version__, console


class Verb(NamedTuple):
    """Where a command lives, and what it is for in one line of a terminal."""

    place: str
    about: str


VERBS: Final[Mapping[str, Verb]] = {
    "init": Verb("daysheet.importers.commands:init", "Make new books in an empty folder."),
    "demo": Verb("daysheet.ledgers.demo:demo", "Show it all on an invented practice."),
    "identify": Verb("daysheet.importers.profile_commands:identify_", "Say which profile reads a file."),
    "import": Verb("daysheet.importers.commands:import_", "Take exports into the books."),
    "adopt": Verb(
        "daysheet.importers.takeover.commands:adopt_", "Begin with another program's balances and open bills."
    ),
    "undo": Verb("daysheet.importers.amending.commands:undo", "Take an import back whole; its file returns."),
    "recategorize": Verb(
        "daysheet.importers.amending.commands:recategorize", "Give booked bank lines another account."
    ),
    "match": Verb("daysheet.importers.amending.match_command:match", "Say which receipts a bank line brought."),
    "hook": Verb("daysheet.importers.clones.commands:hook", "Make this clone check commits and merge the books."),
    "scan": Verb("daysheet.importers.originals.patients:scan", "Look for patients in files of the books."),
    "profile": Verb(
        "daysheet.importers.profile_commands:profile", "How the file of a bank or practice system is read."
    ),
    "check": Verb("daysheet.worklist.commands:check", "What was never billed, paid or deposited, and its cost."),
    "waive": Verb("daysheet.worklist.commands:waive", "Set a finding aside, with the reason."),
    "catch-up": Verb("daysheet.importers.originals.catch_up:catch_up", "The file that bills what was not billed."),
    "report": Verb("daysheet.reports.command:report", "Print one statement or ledger."),
    "pack": Verb("daysheet.reports.pack.commands:pack_year", "Build the accountant's pack of a year."),
    "verify": Verb("daysheet.reports.pack.commands:verify", "Make every table in a pack again from the books."),
    "lock": Verb("daysheet.reports.pack.commands:lock", "Declare a year finished."),
    "mail": Verb("daysheet.reports.mail.commands:mail", "Send the pack to the accountant."),
    "firm": Verb("daysheet.firm.commands:firm", "The same over many clients' books."),
    "trust": Verb("daysheet.safety.trust:trust", "Say what the books would run, and let it."),
    "doctor": Verb("daysheet.importers.upkeep.doctor:doctor", "Examine the books and the installation."),
    "secret": Verb(
        "daysheet.importers.upkeep.secret_commands:secret", "What tokens are made with: back it up, change it."
    ),
    "reveal": Verb("daysheet.importers.commands:reveal", "The patient behind a token."),
}


class Verbs(click.Group):
    """Commands imported when they are called, so that `daysheet --help` does not load a PDF engine."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """The verbs in the order of the work."""
        return list(VERBS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """The command behind a verb."""
        verb = VERBS.get(cmd_name)
        if verb is None:
            return None
        module, _, attribute = verb.place.partition(":")
        command: Any = getattr(importlib.import_module(module), attribute)
        assert isinstance(command, click.Command)  # noqa: S101 - the table above is ours
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """The verbs, without loading them: that takes a second."""
        with formatter.section("Commands"):
            formatter.write_dl([(name, verb.about) for name, verb in VERBS.items()])


@click.command(cls=Verbs, params=console.shared_options(), context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="daysheet")
def cli() -> None:
    """Plain-text books for practices: what was never billed, never paid or never deposited, and what it costs."""


def main() -> NoReturn:
    """Run the program."""
    console.run(cli)
