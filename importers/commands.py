"""The verbs that bring files into the books: `init`, `import`; and `reveal`, which looks into the filed originals."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click
from daysheet import console, files
from daysheet.importers import importing, new_books
from daysheet.importers.clones import git
from daysheet.importers.fhir.folder import unfolded
from daysheet.importers.import_report import as_json, as_text
from daysheet.importers.originals.reveal import reveal as reveal_token
from daysheet.importers.settings import ImportSettings


@click.command(cls=console.Verb)
@click.argument("folder", type=click.Path(path_type=Path))
@click.option("--name", default="", help="What the practice is called (default: the folder's name).")
@console.pass_console
def init(shell: console.Console, folder: Path, name: str) -> None:
    """Make new books in an empty folder."""
    written = new_books.make(folder, name)
    warning = git.with_git(folder)
    answer: dict[str, Any] = {"folder": str(folder), "written": written, "warning": warning}
    lines = [f"New books in {folder}: {', '.join(written)}"]
    lines += [f"Note: {warning}."] if warning else []
    lines.append(f"Next: name the providers in {folder / 'practice.beancount'} and the banks in")
    lines.append(f"{folder / 'daysheet.toml'}, put exports into {folder / 'inbox'}, and run daysheet import.")
    shell.emit(answer, lambda: "\n".join(lines))


@click.command("import", cls=console.Verb)
@click.argument("paths", nargs=-1, type=click.Path(path_type=Path), metavar="[FILE]...")
@click.option("--dry-run", is_flag=True, help="Show what would change in the ledger, and change nothing.")
@click.option("--diff", is_flag=True, help="With --dry-run: show every line that would change.")
@click.option(
    "--diff-to", type=click.Path(path_type=Path, dir_okay=False), help="With --dry-run: write them to a file."
)
@click.option("--suspense", is_flag=True, help="Book remittances that do not balance, the difference to suspense.")
@click.option("--profile", help="Read the files by this profile, whatever they look like.")
@console.pass_console
def import_(
    shell: console.Console,
    /,
    paths: tuple[Path, ...],
    dry_run: bool,
    diff: bool,
    diff_to: Path | None,
    suspense: bool,
    profile: str | None,
) -> int:
    """Take exports into the books: these files, or those in the inbox."""
    folder = shell.folder
    if not paths:
        settings = shell.settings().table("import", ImportSettings)
        paths = tuple(importing.inbox(folder, settings.inbox))
        if not paths:
            importing.import_files(folder, (), dry_run=dry_run)
            said = [f"The inbox {folder / settings.inbox} is empty.", *_lacking(folder)]
            shell.emit([], lambda: "\n".join(said))
            return console.OK
    paths = tuple(unfolded(paths))
    if (diff or diff_to) and not dry_run:
        raise click.UsageError("--diff and --diff-to go with --dry-run")
    outcome = importing.import_files(
        folder, paths, profile=profile, dry_run=dry_run, suspense=suspense, warn=lambda said: click.echo(said, err=True)
    )
    outcome.notes += _lacking(folder)
    if diff_to is not None:
        files.output(diff_to, "".join(f"{line}\n" for line in outcome.diff).encode())
    shell.emit(as_json(outcome), lambda: as_text(outcome, folder, whole=diff, dry_run=dry_run))
    for problem in outcome.refused.values():
        click.echo(f"daysheet: {problem}", err=True)
    return console.BROKEN if outcome.refused else console.OK


def _lacking(folder: Path) -> list[str]:
    lacks = git.lacks_hook(folder)
    return ["this clone has no hook that looks at each commit: daysheet hook installs it"] if lacks else []


@click.command(cls=console.Verb)
@click.argument("token")
@console.pass_console
def reveal(shell: console.Console, token: str) -> None:
    """The patient behind a token, from the originals on this machine."""
    folder = shell.folder
    found = reveal_token(folder, token)
    answer = [{"patient": each.patient, "file": str(each.file)} for each in found]
    shell.emit(answer, lambda: "\n".join(f"{each.patient}  ({each.file.relative_to(folder)})" for each in found))
