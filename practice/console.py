"""What every command shares: which books, text or JSON, exit codes, and errors in one line.

Exit codes: 0 all is well · 1 there are findings · 2 wrong use or broken input.
"""

from __future__ import annotations

import io
import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, NoReturn

import click
from daysheet import __version__
from daysheet.errors import DaysheetError, escaped, one_line, printable
from daysheet.ledger.folders import find_books
from daysheet.settings import Settings

if TYPE_CHECKING:
    from daysheet.books import Books

OK: Final = 0
FINDINGS: Final = 1
BROKEN: Final = 2
_CIRCLE: Final = "Symlink loop from "


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
        return find_books(self.books_folder or Path.cwd())

    def settings(self) -> Settings:
        """The folder's `daysheet.toml`."""
        return Settings.of(self.folder)

    def books(self) -> Books:
        """The folder's books, loaded.

        Raises:
            DaysheetError: they have errors.
        """
        from daysheet.books import loading  # noqa: PLC0415 - Beancount takes a fifth of a second to load, for help as well

        return loading.load(self.folder)

    def emit(self, data: Any, text: Callable[[], str]) -> None:  # noqa: ANN401 - whatever JSON can hold
        """Print `data` as JSON if asked for, else the text; amounts and dates in `data` become strings."""
        click.echo(self.words(data, text), nl=False)

    def words(self, data: Any, text: Callable[[], str]) -> str:  # noqa: ANN401 - whatever JSON can hold
        """What `emit` prints."""
        if self.as_json:
            return escaped(json.dumps(data, indent=2, default=str, ensure_ascii=False)) + "\n"
        shown = text()
        return printable(shown).rstrip("\n") + "\n" if shown else ""


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
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):  # None where the caller has closed it
            stream.reconfigure(errors="replace")
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
        click.echo(f"daysheet: {one_line(f'{name}{problem.strerror or problem}')}", err=True)
    except Exception as problem:  # noqa: BLE001 - what nobody thought of ends in one line as well
        click.echo(f"daysheet: {_in_a_circle(problem) or unexpected(problem)}", err=True)
    sys.exit(BROKEN)


def _in_a_circle(problem: BaseException) -> str | None:
    """What is said of a link that leads back to itself: Python before 3.13 has no OSError for it."""
    said = str(problem)
    if not (isinstance(problem, RuntimeError) and said.startswith(_CIRCLE)):
        return None
    return one_line(f"{said.removeprefix(_CIRCLE)}: a link that leads back to itself; remove it")


def unexpected(problem: BaseException) -> str:
    """What is said of a failure that is ours, with where its report lies.

    The report names the kind of failure and the lines of code that led to it, and nothing that was in a file: no
    message, no value of a variable.
    """
    import hashlib  # noqa: PLC0415 - what is seldom wanted is not loaded for every command
    import platform  # noqa: PLC0415
    import traceback  # noqa: PLC0415

    from daysheet import files  # noqa: PLC0415

    frames = traceback.extract_tb(problem.__traceback__)
    lines = [f"daysheet {__version__}, Python {platform.python_version()}, {platform.system()}", ""]
    lines += [f"{frame.filename}:{frame.lineno} in {frame.name}" for frame in frames]
    lines.append(type(problem).__name__)
    words = f"this is a fault of Daysheet's own ({type(problem).__name__})"
    name = hashlib.sha256("\n".join(lines).encode()).hexdigest()[:8]
    path = files.users_cache() / "daysheet" / f"failure-{name}.txt"
    try:
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        files.write(path, "\n".join([*lines, ""]).encode())
    except (OSError, RuntimeError):
        return f"{words}; nothing more was written"
    return f"{words}; nothing more was written, and {path}, which holds nothing of your books, says where it is"
