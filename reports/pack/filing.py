"""`packs/YEAR` on disk: the whole new pack or the whole old one, never some of each."""

from __future__ import annotations

import json
import shutil
import tempfile
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Final

from daysheet import files
from daysheet.trust import git

PACKS: Final = "packs"
MANIFEST: Final = "manifest.json"
_OF_BOOKS: Final = ("*.beancount", "*/*.beancount", "*.toml")


def place(folder: Path, year: int) -> Path:
    """Where the pack of a year lies in a books folder."""
    return folder / PACKS / str(year)


def write(folder: Path, year: int, built: Mapping[str, bytes]) -> Path:
    """Put a pack in its place: written beside it, synced, and then exchanged for the old one.

    A file that someone laid beside the old pack is kept.

    Raises:
        OSError: the disk refuses; the old pack is then as it was.
    """
    target = place(folder, year)
    target.parent.mkdir(parents=True, exist_ok=True)
    with files.locked(folder):
        recover(folder, year)
        fresh = Path(tempfile.mkdtemp(dir=target.parent, prefix=f".{year}.new."))
        try:
            for name, content in built.items():
                files.write(fresh / name, content)
            fresh.chmod(0o777 & ~files.umask())
            _keep_others(target, fresh)
            files.sync_folder(fresh)
            old = _old(target)
            if target.exists():
                target.rename(old)
            fresh.rename(target)
            files.sync_folder(target.parent)
        except BaseException:
            shutil.rmtree(fresh, ignore_errors=True)
            recover(folder, year)
            raise
        shutil.rmtree(old, ignore_errors=True)
    return target


def recover(folder: Path, year: int) -> None:
    """After a run that was killed: bring back the old pack if it was set aside, remove what was half written."""
    target = place(folder, year)
    old = _old(target)
    if old.exists():
        if target.exists():
            shutil.rmtree(old)
        else:
            old.rename(target)
    for half in target.parent.glob(f".{year}.new.*"):
        shutil.rmtree(half, ignore_errors=True)


def is_behind(folder: Path, year: int, commit: str | None) -> bool:
    """Whether the pack of a year surely has to change, as far as can be told without loading the books.

    It has where there is none, where it says another commit, and where a file of the books is younger. The answer
    decides what is made ready, and nothing else: a pack is always built from what the books say.
    """
    manifest = place(folder, year) / MANIFEST
    try:
        built = manifest.stat().st_mtime_ns
        said = json.loads(manifest.read_text(encoding="utf-8"))["commit"]
    except (OSError, ValueError, KeyError, TypeError):
        return True
    books = (path for pattern in _OF_BOOKS for path in folder.glob(pattern))
    return said != commit or any(path.stat().st_mtime_ns > built for path in books)


def commit_of(folder: Path) -> str | None:
    """The git commit that the books are at; None without git, or when they differ from it (packs aside)."""
    status = git.run(folder, "status", "--porcelain", "--", ".", f":(exclude){PACKS}")
    if status is None or status.strip():
        return None
    commit = git.run(folder, "rev-parse", "HEAD")
    return commit.strip() or None if commit is not None else None


def _old(target: Path) -> Path:
    return target.with_name(f".{target.name}.old")


def _keep_others(target: Path, fresh: Path) -> None:
    """Take along the files of the old folder that its manifest does not name."""
    if not target.is_dir():
        return
    ours = {MANIFEST, *_named(target / MANIFEST)}
    for path in sorted(target.iterdir()):
        if path.name not in ours and path.is_file() and not (fresh / path.name).exists():
            shutil.copy2(path, fresh / path.name)


def _named(manifest: Path) -> set[str]:
    with suppress(OSError, ValueError, KeyError, TypeError):
        return {str(file["name"]) for file in json.loads(manifest.read_text(encoding="utf-8"))["files"]}
    return set()
