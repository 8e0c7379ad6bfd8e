"""`daysheet --help` names every verb, and loads none of them for it."""

from __future__ import annotations

import subprocess
import sys

import click
from click.testing import CliRunner
from daysheet.cli import VERBS, cli

HEAVY = ("beancount", "fava", "weasyprint", "daysheet.books")


def test_the_help_names_every_verb_on_a_line_of_its_own():
    printed = CliRunner().invoke(cli, ["--help"], terminal_width=80).output
    commands = printed.partition("Commands:\n")[2].splitlines()
    assert [line.split()[0] for line in commands] == list(VERBS)
    assert all(line.endswith(".") for line in commands), "one was cut short"


def test_every_verb_is_where_the_table_says():
    context = click.Context(cli)
    assert all(isinstance(cli.get_command(context, verb), click.Command) for verb in VERBS)
    assert cli.get_command(context, "nothing") is None


def test_the_help_loads_no_verb():
    program = (
        "import sys; from daysheet.cli import cli; cli(['--help'], standalone_mode=False); "
        f"print([module for module in {HEAVY} if module in sys.modules])"
    )
    printed = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True).stdout
    assert printed.splitlines()[-1] == "[]"
