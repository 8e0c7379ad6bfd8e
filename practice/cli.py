"""The `daysheet` command: it only knows where each verb lives, and loads the one that is called."""

from __future__ import annotations

import importlib
from collections.abc import Mapping
from typing import Any, Final, NoReturn

import click
from daysheet import __version__, console

VERBS: Final[Mapping[str, str]] = {
    "init": "daysheet.importers.commands:init",
    "demo": "daysheet.ledgers.demo:demo",
    "identify": "daysheet.importers.profile_commands:identify_",
    "import": "daysheet.importers.commands:import_",
    "scan": "daysheet.importers.people:scan",
    "profile": "daysheet.importers.profile_commands:profile",
    "check": "daysheet.commands:check",
    "waive": "daysheet.commands:waive",
    "catch-up": "daysheet.importers.catch_up:catch_up",
    "report": "daysheet.reports.command:report",
    "pack": "daysheet.reports.pack_command:pack_year",
    "verify": "daysheet.reports.pack_command:verify",
    "lock": "daysheet.reports.pack_command:lock",
    "mail": "daysheet.reports.mail.commands:mail",
    "reveal": "daysheet.importers.commands:reveal",
}


class Verbs(click.Group):
    """Commands imported when they are called, so that `daysheet --help` does not load a PDF engine."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """The verbs in the order of the work."""
        return list(VERBS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """The command behind a verb."""
        place = VERBS.get(cmd_name)
        if place is None:
            return None
        module, _, attribute = place.partition(":")
        command: Any = getattr(importlib.import_module(module), attribute)
        assert isinstance(command, click.Command)  # noqa: S101 - the table above is ours
        return command


@click.command(cls=Verbs, params=console.shared_options(), context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="daysheet")
def cli() -> None:
    """Plain-text books for practices: what was never billed, never paid or never deposited, and what it costs."""


def main() -> NoReturn:
    """Run the program."""
    console.run(cli)
