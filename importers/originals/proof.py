"""Whether a secret is that of books which do not name theirs, by the patients of a filed original."""

from __future__ import annotations

from pathlib import Path

from daysheet import patients
from daysheet.books import Books
from daysheet.errors import DaysheetError
from daysheet.importers.originals.reveal import patients_in
from daysheet.importers.rows.raw_file import RawFile
from daysheet.importers.systems import source as systems
from daysheet.importers.writing import archive
from daysheet.patients import Held
from daysheet.settings import Settings


def require(folder: Path, settings: Settings, books: Books, held: Held) -> None:
    """Refuse a secret under which no patient of the filed originals has a token in the books.

    Where no original on this machine names a patient, nothing can be told, and the secret is taken for theirs.

    Raises:
        DaysheetError: it is another practice's secret.
    """
    texts = (Path(name).read_text(encoding="utf-8", errors="replace") for name in books.options["include"])
    known = {token for text in texts for token in patients.TOKEN.findall(text)}
    sources = systems.sources(folder, settings)
    tried = 0
    for path in sorted((folder / archive.FOLDER).rglob("*"), reverse=True) if known else ():
        for cell in patients_in(RawFile(path), sources) if path.is_file() else ():
            if patients.token(cell, held.secret) in known:
                return
            tried += 1
    if tried:
        whose = patients.SECRET_VARIABLE if held.path is None else "the patient secret on this machine"
        raise DaysheetError(
            f"{whose} is not the one that the tokens in these books are made with: no filed original's patient has one",
            filename=held.path,
            remedy="put theirs in its place, from the machine or the back-up that has it",
        )
