"""What a ledger brings beside its entries: plugins, modules, files from elsewhere."""

from __future__ import annotations

import hashlib
import os
import re
from collections.abc import Iterator, Mapping
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any, Final

from daysheet.errors import DaysheetError
from daysheet.trust import neighbours, paths, places, reading, trusted
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
        self._includes: dict[tuple[Path, str], str] = {}
        self._listing = listing
        self._within = self.folder.resolve()

    def file(self, name: str) -> None:
        """Before a file is read.

        Raises:
            DaysheetError: it lies outside the books, by its name or through a link, and that is not allowed; or it
                is no plain file.
        """
        path = self._home(Path(name))
        try:
            path.resolve()
        except RuntimeError:  # of Python before 3.13; OSError after it, which `exists` takes for no file
            raise self._include(path, "an include names a link that leads back to itself", "remove it") from None
        if path.exists() and not path.is_file():
            remedy = "write the files that it holds, such as folder/*.beancount" if path.is_dir() else None
            words = "an include names a folder" if path.is_dir() else "an include names what is no file"
            raise self._include(path, words, remedy)
        if path.exists() and path.stat().st_size > reading.LARGEST:
            raise DaysheetError(reading.TOO_LARGE, filename=path, remedy="split it, by years or by months")
        if not path.resolve().is_relative_to(self._within):
            neighbours.refuse(path.resolve(), self._within)
            outside = Program(trusted.INCLUDE, str(path), path, None, str(path.resolve()))
            self.programs.append(outside)
            if not self._listing:
                trusted.require(self.folder, [outside])

    def options(self, name: str, options: Mapping[str, Any]) -> None:
        """What a file sets, once it is parsed."""
        path = self._home(Path(name))
        for pattern in options["include"]:
            looked_for = os.path.normpath(Path(name).parent / pattern)
            self._includes[path, pattern] = looked_for
            if paths.is_wide(looked_for):
                raise DaysheetError(
                    f"an include looks through more than {paths.MOST_NAMES} names",
                    filename=path,
                    line=_include_line(path, pattern),
                    remedy="name the folder that the files lie in, such as 2026/*.beancount",
                )
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

    def placed(self, error: Any) -> Any:  # noqa: ANN401 - errors have no type of their own
        """An error of the loader about an include, which says no place, with the file and the line that include."""
        named = re.search('"(.*)"', error.message)
        place = named and error.source.get("filename") == "<load>" and self._included(named[1])
        return error._replace(source={"filename": str(place[0]), "lineno": place[1] or 0}) if place else error

    def _included(self, name: str) -> tuple[Path, int | None] | None:
        """Where a file, or a pattern of files, is included last: the file and the line that say so."""
        for (path, pattern), looked_for in reversed(self._includes.items()):
            if name in (looked_for, pattern) or fnmatchcase(name, looked_for.replace("**/", "*")):
                return path, _include_line(path, pattern)
        return None

    def _include(self, path: Path, words: str, remedy: str | None) -> DaysheetError:
        """What is wrong with a file that an include names, with the include's line."""
        by, line = self._included(str(path)) or (path, None)
        named = "" if by == path else f" ({path.name})"
        return DaysheetError(f"{words}{named}", filename=by, line=line, remedy=remedy)

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


def _include_line(path: Path, pattern: str) -> int | None:
    return _line(path, rf'^\s*include\s+"{re.escape(pattern)}"')


def _line(path: Path, pattern: str) -> int | None:
    """The line of a file that says something, if it is written on one."""
    try:
        lines = path.read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError:
        return None
    return next((number for number, line in enumerate(lines, 1) if re.search(pattern, line)), None)
