"""Beancount's own cache looks only at the files that it had read; whoever adds a file must see to it."""

from __future__ import annotations

import os
import pickle
from pathlib import Path

import pytest
from beancount import loader

from tests.importers.books_folder import VISITS, Folder


def test_beancount_sees_what_an_import_adds_though_it_had_cached_the_books(folder: Folder) -> None:
    folder.take("march.csv", VISITS + "V1,2026-03-02,adams,p1,completed,,50.00\n")
    main = folder.path / "main.beancount"
    entries, errors, options = loader.load_file(str(main))
    cached = main.with_name(".main.beancount.picklecache")
    cached.write_bytes(pickle.dumps((entries[:1], errors, options)))
    assert len(loader.load_file(str(main))[0]) == 1, "the cache was to be read"
    folder.take("april.csv", VISITS + "V2,2026-04-02,adams,p1,completed,,50.00\n")
    assert set(folder.books().visits) == {"V1", "V2"}


def ledger(folder: Folder) -> dict[str, str]:
    return {name: digest for name, digest in folder.snapshot().items() if name.endswith(".beancount")}


def test_nothing_is_written_when_the_cache_cannot_be_taken_away(
    folder: Folder, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder.take("march.csv", VISITS + "V1,2026-03-02,adams,p1,completed,,50.00\n")
    cached = folder.path / ".main.beancount.picklecache"
    cached.touch()
    before = ledger(folder)
    april = folder.give("april.csv", VISITS + "V2,2026-04-02,adams,p1,completed,,50.00\n")
    real = os.unlink

    def refused(path: str | Path, **named: int) -> None:
        if Path(path) == cached:
            raise PermissionError(13, "Permission denied", str(path))
        real(path, **named)

    with monkeypatch.context() as patch:
        patch.setattr(os, "unlink", refused)
        result = folder.run("import", april)
    assert isinstance(result.exception, PermissionError)
    assert ledger(folder) == before
