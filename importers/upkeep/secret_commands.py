"""`daysheet secret`: the secret that patients' tokens are made with, which one it is, its back-up, another one."""

from __future__ import annotations

import shlex
from pathlib import Path

import click
from daysheet import console, files, patients
from daysheet.books.secret import secret_of
from daysheet.errors import DaysheetError
from daysheet.importers.upkeep.rotation import rotate as rotate_secret
from daysheet.wording import many


@click.group()
def secret() -> None:
    """The secret that patients' tokens are made with: which it is, its back-up, another one."""


@secret.command("show-fingerprint", cls=console.Verb)
@console.pass_console
def show_fingerprint(shell: console.Console) -> None:
    """Which secret the books name, and whether it is on this machine; never the secret."""
    books, practice = shell.books(), shell.settings().practice.id
    if not books.secrets and not patients.held(practice):
        shell.emit({"fingerprint": None, "file": None}, lambda: "No secret yet: the first import of patients makes it.")
        return
    found = secret_of(books, practice)
    place = str(found.path or patients.SECRET_VARIABLE)
    said = "which the books name" if books.secrets else "which the books do not name yet; the next import writes it"
    data = {"fingerprint": found.fingerprint, "file": place, "in_books": bool(books.secrets)}
    shell.emit(data, lambda: f"{found.fingerprint}  {place}, {said}")


@secret.command("back-up", cls=console.Verb)
@click.argument("path", metavar="FILE", type=click.Path(dir_okay=False, path_type=Path))
@console.pass_console
def back_up(shell: console.Console, path: Path) -> None:
    """Copy the secret to FILE, which no other user can read; keep it apart from the books."""
    folder, practice = shell.folder, shell.settings().practice.id
    found = secret_of(shell.books(), practice)
    if path.exists() or path.is_symlink():
        raise DaysheetError("is there already", filename=path, remedy="name a new file")
    if not path.parent.is_dir():
        raise DaysheetError("is no folder", filename=path.parent)
    if path.resolve().is_relative_to(folder.resolve()):
        raise DaysheetError("lies in the books, which must not hold the secret", filename=path, remedy="keep it apart")
    path = path.resolve()
    patients.keep(path, found.secret)
    files.write(patients.back_up_note(practice), f"{found.fingerprint} {path}\n".encode(), private=True)
    home = patients.secret_path(practice)
    back = (
        f"mkdir -p {shlex.quote(str(home.parent))} && install -m 600 {shlex.quote(str(path))} {shlex.quote(str(home))}"
    )
    lines = [
        f"The secret {found.fingerprint} is in {path}. Keep it where patients' records are kept, apart from the books.",
        f"To restore it: {back}",
    ]
    shell.emit({"fingerprint": found.fingerprint, "file": str(path), "restore": back}, lambda: "\n".join(lines))


@secret.command("rotate", cls=console.Verb)
@console.pass_console
def rotate(shell: console.Console) -> None:
    """Make a new secret, and all tokens in the books anew with it, in one commit.

    What each token stands for is read again from the filed originals, which must all be on this machine.
    """
    done = rotate_secret(shell.folder, shell.settings())
    data = {
        "fingerprint": done.fingerprint,
        "former": done.former,
        "tokens": done.tokens,
        "files": list(done.files),
        "kept": str(done.kept),
        "commit": done.commit or None,
    }
    committed = f"in commit {done.commit}" if done.commit else "not committed"
    lines = [
        f"{many(done.tokens, 'token')} in {many(len(done.files), 'file')} anew, {committed}.",
        f"The secret is {done.fingerprint} now, in {patients.secret_path(shell.settings().practice.id)}.",
        f"The former secret, {done.former}, is kept in {done.kept}, for older states of the books.",
        "Back it up anew (daysheet secret back-up FILE), and give it to every machine that imports.",
    ]
    shell.emit(data, lambda: "\n".join(lines))
