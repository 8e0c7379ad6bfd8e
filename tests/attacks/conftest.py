"""Books to attack are those that imports are tested on, with their secret."""

from __future__ import annotations

from tests.importers.conftest import _secret, folder

__all__ = ("_secret", "folder")
