"""Books to attack, with a secret that no test shares with the user."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.importers.books_folder import Folder


@pytest.fixture(autouse=True)
def _secret(monkeypatch: pytest.MonkeyPatch) -> None:
    """Patient tokens are made with a secret of the tests, never with the user's."""
    monkeypatch.setenv("DAYSHEET_SECRET", "a secret of the tests only")


@pytest.fixture
def folder(tmp_path: Path) -> Folder:
    """New books."""
    return Folder(tmp_path / "books")
