"""What every command shares: which books, text or JSON, exit codes, and errors in one line.

Exit codes: 0 all is well · 1 there are findings · 2 wrong use or broken input.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, NoReturn

import click
from daysheet.errors import DaysheetError
from daysheet.settings import Settings

if TYPE_CHECKING:
    from daysheet.books import Books

OK: Final = 0
FINDINGS: Final = 1
BROKEN: Final = 2


class Console:
    """The options that stand before or behind any verb, and what follows from them."""

    def __init__(self) -> None:
        """No books named, text wanted."""
        self.books_folder: Path | None = None
        self.as_json = False

    @property
    def folder(self) -> Path:
        """The books folder: `--books`, else here or above.

        Raises:
            DaysheetError: there is none.
        """
        from daysheet.books import loading  # noqa: PLC0415 - Beancount takes a fifth of a second to load, for help as well

        return loading.find_books(self.books_folder or Path.cwd())

    def settings(self) -> Settings:
        """The folder's `daysheet.toml`."""
        return Settings.of(self.folder)

    def books(self) -> Books:
        """The folder's books, loaded.

        Raises:
            DaysheetError: they have errors.
        """
        from daysheet.books import loading  # noqa: PLC0415 - as above

        return loading.load(self.folder)

    def emit(self, data: Any, text: Callable[[], str]) -> None:  # noqa: ANN401 - whatever JSON can hold
        """Print `data` as JSON if asked for, else the text; amounts and dates in `data` become strings."""
        if self.as_json:
            click.echo(json.dumps(data, indent=2, default=str, ensure_ascii=False))
        else:
            shown = text()
            if shown:
                click.echo(shown.rstrip("\n"))


pass_console = click.make_pass_decorator(Console, ensure=True)


class Verb(click.Command):
    """A command that takes `--books` and `--json` itself, so that they may stand behind the verb."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:  # noqa: ANN401 - click's own signature
        """Add the shared options."""
        super().__init__(*args, **kwargs)
        self.params += shared_options()


def shared_options() -> list[click.Parameter]:
    """`--books DIR` and `--json`, which set the console and are not handed to the command."""
    return [
        click.Option(
            ["--books"],
            type=click.Path(file_okay=False, path_type=Path),
            expose_value=False,
            callback=_set_books,
            help="The books folder (default: here or above).",
        ),
        click.Option(["--json"], is_flag=True, expose_value=False, callback=_set_json, help="Print JSON for programs."),
    ]


def _set_books(context: click.Context, _: click.Parameter, value: Path | None) -> None:
    if value is not None:
        context.ensure_object(Console).books_folder = value


def _set_json(context: click.Context, _: click.Parameter, value: bool) -> None:
    if value:
        context.ensure_object(Console).as_json = True


def run(group: click.Group) -> NoReturn:
    """Run a command group as a program; no traceback reaches the user."""
    try:
        result = group.main(standalone_mode=False)
        sys.exit(result if isinstance(result, int) else OK)
    except DaysheetError as problem:
        click.echo(f"daysheet: {problem}", err=True)
    except click.ClickException as problem:
        problem.show()
    except click.Abort:
        click.echo("daysheet: stopped; nothing more was written", err=True)
    except OSError as problem:
        name = f"{problem.filename}: " if problem.filename else ""
        click.echo(f"daysheet: {name}{problem.strerror or problem}", err=True)
    sys.exit(BROKEN)
