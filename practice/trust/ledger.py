"""What a ledger brings beside its entries: plugins, modules, files from elsewhere."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Final

from daysheet.errors import DaysheetError
from daysheet.trust import neighbours, places, trusted
from daysheet.trust.trusted import Program

SAFE: Final = frozenset(
    {
        # Beancount's own, but for three that evaluate their configuration as Python
        "beancount.plugins.auto",
        "beancount.plugins.auto_accounts",
        "beancount.plugins.check_closing",
        "beancount.plugins.check_drained",
        "beancount.plugins.close_tree",
        "beancount.plugins.coherent_cost",
        "beancount.plugins.currency_accounts",
        "beancount.plugins.implicit_prices",
        "beancount.plugins.leafonly",
        "beancount.plugins.noduplicates",
        "beancount.plugins.nounused",
        "beancount.plugins.onecommodity",
        "beancount.plugins.pedantic",
        "beancount.plugins.sellgains",
        "beancount.plugins.unique_prices",
        "beancount.ops.documents",
        "beancount.ops.pad",
        "beancount.ops.balance",
        "daysheet.plugins.accrual",
        "daysheet.plugins.billing_gaps",
    }
)
"""Plugins that do nothing but read entries and make entries, whatever they are told."""
_MODULES: Final = (".py", ".pyc", ".so", ".pyd")
_CODE: Final = (trusted.PLUGIN, trusted.PYTHONPATH)
_MODULE_BYTES: Final = 50_000_000


class Guard:
    """Looks at each file of a ledger before anything of it runs, or an include of it is read."""

    def __init__(self, folder: Path, *, listing: bool = False) -> None:
        """The folder of the books, or of a copy; `listing` notes what is not allowed, and refuses none of it."""
        copy = next((copy for copy in trusted.copies.get() if copy.at == folder), None)
        self.folder = folder if copy is None else copy.folder
        self.programs: list[Program] = []
        self._copy = copy
        self._listing = listing
        self._within = self.folder.resolve()

    def file(self, name: str) -> None:
        """Before a file is read.

        Raises:
            DaysheetError: it lies outside the books, by its name or through a link, and that is not allowed; or it
                is no plain file.
        """
        path = self._home(Path(name))
        if path.exists() and not path.is_file():
            remedy = "write the files that it holds, such as folder/*.beancount" if path.is_dir() else None
            words = "an include names a folder" if path.is_dir() else "an include names what is no file"
            raise DaysheetError(words, filename=path, remedy=remedy)
        if not path.resolve().is_relative_to(self._within):
            neighbours.refuse(path.resolve(), self._within)
            outside = Program(trusted.INCLUDE, str(path), path, None, str(path.resolve()))
            self.programs.append(outside)
            if not self._listing:
                trusted.require(self.folder, [outside])

    def options(self, name: str, options: Mapping[str, Any]) -> None:
        """What a file sets, once it is parsed."""
        path = self._home(Path(name))
        for plugin, configuration in options["plugin"]:
            if plugin not in SAFE:
                line = _line(path, rf'^\s*plugin\s+"{re.escape(plugin)}"')
                self.programs.append(Program(trusted.PLUGIN, f'"{plugin}"', path, line, configuration or ""))
        if options["insert_pythonpath"]:
            line = _line(path, r'^\s*option\s+"insert_pythonpath"')
            self.programs.append(Program(trusted.PYTHONPATH, 'option "insert_pythonpath"', path, line))
        for place in options["documents"]:
            if "\0" in place:
                line = _line(path, r'^\s*option\s+"documents"')
                raise DaysheetError("a folder of documents has no name that a system knows", filename=path, line=line)
            found = (path.parent / place).resolve()
            if not found.is_relative_to(self._within):
                neighbours.refuse(found, self._within)
                line = _line(path, r'^\s*option\s+"documents"')
                self.programs.append(Program(trusted.DOCUMENTS, place, path, line, str(found)))

    def _home(self, path: Path) -> Path:
        """A file of a copy as the file of the books that it is a copy of."""
        if self._copy is not None and path.is_relative_to(self._copy.base):
            return self._copy.root / path.relative_to(self._copy.base)
        return path

    def require(self) -> None:
        """After the last file, before anything runs.

        Raises:
            DaysheetError: something would run or be read that this user has not allowed.
        """
        links = places.links(self.folder)
        for link in links:
            neighbours.refuse(Path(link.content), self._within)
        self.programs = [*links, *self.programs]
        if self.programs:
            trusted.require(self.folder, self.with_modules())

    def with_modules(self) -> list[Program]:
        """What would run, each with what it depends on: the modules beside the books, where they can be imported."""
        if not any(program.kind == trusted.PYTHONPATH for program in self.programs):
            return self.programs
        modules = _modules(self.folder)
        return [
            program._replace(content=f"{program.content}\0{modules}") if program.kind in _CODE else program
            for program in self.programs
        ]


def _modules(folder: Path) -> str:
    """One digest of all modules in a folder and below it.

    Raises:
        DaysheetError: they are more than anyone could have read.
    """
    digest = hashlib.sha256()
    size = 0
    for path in sorted(_module_files(folder)):
        content = path.read_bytes()
        size += len(content)
        if size > _MODULE_BYTES:
            raise DaysheetError("the modules beside these books are too many to be looked at", filename=path)
        digest.update(f"{path.relative_to(folder)}\0{len(content)}\0".encode())
        digest.update(content)
    return digest.hexdigest()


def _module_files(folder: Path) -> Iterator[Path]:
    return (path for path in folder.rglob("*") if path.suffix in _MODULES and path.is_file())


def _line(path: Path, pattern: str) -> int | None:
    """The line of a file that says something, if it is written on one."""
    try:
        lines = path.read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError:
        return None
    return next((number for number, line in enumerate(lines, 1) if re.search(pattern, line)), None)
