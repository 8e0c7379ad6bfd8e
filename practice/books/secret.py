"""Which secret the tokens in some books are made with, and whether it is the one on this machine.

The books hold its fingerprint (`token_secrets`), in one line of `imports.beancount` that is written when the first
token is, so that nothing is added to them under another secret, which would make two patients of one.
"""

from __future__ import annotations

from pathlib import Path
from typing import Final

from daysheet import patients
from daysheet.books import Books
from daysheet.books.token_secrets import TokenSecret
from daysheet.errors import DaysheetError
from daysheet.patients import Held

_COPY: Final = "copy it from the machine that has it, or from its back-up, to {path}, and chmod 600 it"


def has_tokens(books: Books) -> bool:
    """Whether a token of a patient, or what stands for another name, is anywhere in the ledger's text."""
    return books.once("has tokens", lambda: any(map(_has, _texts(books))))


def _texts(books: Books) -> set[Path]:
    """The ledger's files, and what lies beside them as one: whoever took an include out has its tokens still."""
    folder = Path(books.options["filename"]).parent
    beside = [*folder.glob("*.beancount"), *folder.glob("[0-9]*/*.beancount")]
    return {*map(Path, books.options["include"]), *(path for path in beside if path.is_file())}


def _has(path: Path) -> bool:
    with path.open(encoding="utf-8", errors="replace") as text:
        return any(patients.IN_TEXT.search(row) for row in text)


def secret_of(books: Books, practice: str, *, create: bool = False) -> Held:
    """The secret that the tokens in these books are made with.

    Args:
        books: which name it by its fingerprint, unless they have no token yet or are of a time when none was written.
        practice: the `id` in `[practice]`.
        create: make one, for books that have no token yet.

    Raises:
        DaysheetError: it is not on this machine, another one is, others can read it, or the books name two.
    """
    found = books.secrets
    known = {one.fingerprint for one in found}
    if len(known) > 1:
        first, second = (f"{Path(str(one.meta['filename'])).name}:{one.meta['lineno']}" for one in _different(found))
        raise DaysheetError(
            f"these books hold tokens of two secrets ({first}, {second}): two clones have each made one",
            filename=str(found[0].meta["filename"]),
            line=int(found[0].meta["lineno"]),
            remedy="go back before the merge, give one clone the other's secret, undo its imports and import again",
        )
    here = patients.held(practice)
    right = next((each for each in here if each.fingerprint in known or not known), None)
    if right is not None:
        return right
    if create and is_to_be_made(books, practice):
        return patients.make(practice)
    raise _missing(practice, found[0] if found else None, here)


def is_to_be_made(books: Books, practice: str) -> bool:
    """Whether these books need no secret yet and this machine has none: a first import makes it."""
    return not books.secrets and not patients.held(practice) and not has_tokens(books)


def _different(found: list[TokenSecret]) -> tuple[TokenSecret, TokenSecret]:
    return found[0], next(one for one in found if one.fingerprint != found[0].fingerprint)


def _missing(practice: str, wanted: TokenSecret | None, here: list[Held]) -> DaysheetError:
    """What is to be said where the right secret is not on this machine."""
    path = patients.secret_path(practice)
    if not here or wanted is None:
        named = f" (its fingerprint is {wanted.fingerprint})" if wanted else ""
        return DaysheetError(
            f"the secret that patient tokens are made with is not on this machine{named}",
            filename=path,
            remedy=_COPY.format(path=path) + f", or set {patients.SECRET_VARIABLE}",
        )
    place = here[0].path
    whose = patients.SECRET_VARIABLE if place is None else "the patient secret on this machine"
    if wanted.former in {each.fingerprint for each in here}:
        words = f"the secret of these books was rotated, and {whose} is the one before"
    else:
        words = f"{whose} is not the one that the tokens in these books are made with"
    return DaysheetError(
        f"{words} (its fingerprint is {here[0].fingerprint}, theirs {wanted.fingerprint})",
        filename=place or str(wanted.meta["filename"]),
        line=None if place else int(wanted.meta["lineno"]),
        remedy=f"set {patients.SECRET_VARIABLE} to theirs, or unset it" if place is None else _COPY.format(path=path),
    )
