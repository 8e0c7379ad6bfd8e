"""New books: the files that `daysheet init` puts into an empty folder."""

from __future__ import annotations

import re
import secrets
from importlib import resources
from pathlib import Path
from typing import Final

from daysheet import files
from daysheet.books.loading import MAIN
from daysheet.errors import DaysheetError
from daysheet.importers.clones import git
from daysheet.importers.writing.writer import OPENED
from daysheet.ledger.printer import clean
from daysheet.settings import FILE
from daysheet.strict_toml import quoted

_GITIGNORE: Final = """\
# dropped files and filed originals name patients; the cache is the ledger in clear
inbox/
originals/
catch-up/
*.picklecache
.daysheet.*
.*.tmp
"""
_MAIN: Final = """\
option "title" "{title}"
option "operating_currency" "USD"

{plugins}
include "accounts.beancount"
include "practice.beancount"
include "imports.beancount"
"""
_PRACTICE: Final = """\
; Who works here, who pays, and when the practice is closed. A fact holds from its date on: when a fee or a schedule
; changes, write it again with the new date and leave the old one, so that last year stays what it was.
;
; 2026-01-01 custom "provider" "adams" "Dr. Adams"
;   days: "mon tue wed thu fri"
;   visits-per-day: 14
;   fee: 50.00 USD
; 2026-01-01 custom "payer" "aetna" "Aetna"
;   receivable: Assets:Receivable:Insurance:Aetna
;   filing-days: 180
; 2026-12-24 custom "closed" 2027-01-01 "Holidays"
"""
_IMPORTS: Final = "; Written by daysheet import: one directive for each file that was taken.\n"

PLUGINS: Final = (
    'plugin "daysheet.plugins.billing_gaps"',
    f'{OPENED} custom "fava-extension" "daysheet.plugins.fava"',
    f'{OPENED} custom "fava-option" "import-config" "fava-import.py"',
    f'{OPENED} custom "fava-option" "import-dirs" "inbox"',
)
"""What new books load, so that Fava and bean-check show the findings, and Fava's import page what is in the inbox."""

FAVA_IMPORT: Final = """\
# Read by Fava's import page: the importers of these books.
from pathlib import Path

from daysheet.importers.gulp import importers

CONFIG = importers(Path(__file__).parent, for_fava=True)
"""
"""What Fava's import page reads."""


def make(folder: Path, name: str = "") -> list[str]:
    """Make new books; the files that were written.

    Args:
        folder: where; made if it is not there, refused if it is not empty.
        name: what the practice is called; the folder's name if empty.

    Raises:
        DaysheetError: the folder is not empty.
    """
    if folder.exists() and not folder.is_dir():
        raise DaysheetError("is not a folder", filename=folder)
    if folder.is_dir() and any(path.name not in (".git", files.LOCK) for path in folder.iterdir()):
        raise DaysheetError("is not empty", filename=folder, remedy="name a new folder for the new books")
    title = clean(name or folder.resolve().name.replace("-", " ").title())
    identity = f"{_slug(folder.resolve().name)}-{secrets.token_hex(2)}"
    contents = {
        ".gitattributes": git.ATTRIBUTES,
        ".gitignore": _GITIGNORE,
        "accounts.beancount": _accounts(),
        "fava-import.py": FAVA_IMPORT,
        "practice.beancount": _PRACTICE,
        "imports.beancount": _IMPORTS,
        FILE: _resource("daysheet.toml").replace("{id}", identity).replace('"{name}"', quoted(title)),
        MAIN: _MAIN.format(title=_escaped(title), plugins="".join(f"{line}\n" for line in PLUGINS)),
    }
    folder.mkdir(parents=True, exist_ok=True)
    for place in ("inbox", "packs"):
        (folder / place).mkdir()
    files.write_all([(folder / path, text.encode()) for path, text in contents.items()])
    return sorted(contents)


def standard_accounts() -> list[str]:
    """The accounts that new books open."""
    return [line.split()[0] for line in _resource("accounts.txt").splitlines()]


def _accounts() -> str:
    """The accounts, each with the line of the tax return that it belongs to."""
    lines = [
        "; The accounts. tax-line says on which line of the return an account is, payroll what Form 941 calls it.",
        "",
    ]
    for line in _resource("accounts.txt").splitlines():
        account, tax_line, payroll = (*line.split(), "", "")[:3]
        lines.append(f"{OPENED} open {account}")
        lines += [f'  {key}: "{word}"' for key, word in (("tax-line", tax_line), ("payroll", payroll)) if word]
    return "\n".join(lines) + "\n"


def _resource(name: str) -> str:
    return resources.files("daysheet.importers").joinpath("new_books_files", name).read_text(encoding="utf-8")


def _slug(text: str) -> str:
    return re.sub(r"[^a-z0-9]+", "-", text.lower()).strip("-") or "practice"


def _escaped(text: str) -> str:
    return text.replace("\\", "\\\\").replace('"', '\\"')
