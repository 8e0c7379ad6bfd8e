"""The folder of a pack holds a whole pack at every moment, whatever happens while a new one is put there."""

from __future__ import annotations

import json
import os
import signal
import subprocess
from pathlib import Path

import pytest
from daysheet import files
from daysheet.reports.pack import filing

OLD = {
    "pack.pdf": b"old",
    "gone.csv": b"old",
    "manifest.json": json.dumps({"files": [{"name": "pack.pdf"}, {"name": "gone.csv"}]}).encode(),
}
NEW = {
    "pack.pdf": b"new",
    "more.csv": b"new",
    "manifest.json": json.dumps({"files": [{"name": "pack.pdf"}, {"name": "more.csv"}]}).encode(),
}


def pack_in(folder: Path) -> dict[str, bytes]:
    place = filing.place(folder, 2026)
    return {path.name: path.read_bytes() for path in place.iterdir()} if place.exists() else {}


def killed_at(folder: Path, call: int) -> bool:
    """Write the new pack in a process that is killed at its `call`th system call that moves a file; whether it was."""
    child = os.fork()
    if child == 0:
        left = call
        for name in ("rename", "replace"):
            original = getattr(os, name)

            def counted(*arguments, original=original, **keywords):
                nonlocal left
                left -= 1
                if left == 0:
                    os.kill(os.getpid(), signal.SIGKILL)
                return original(*arguments, **keywords)

            setattr(os, name, counted)
        filing.write(folder, 2026, NEW)
        os._exit(0)
    _, status = os.waitpid(child, 0)
    return os.WIFSIGNALED(status)


def test_a_kill_at_any_step_leaves_the_old_pack_or_the_new_one(tmp_path):
    call = 1
    while True:
        folder = tmp_path / f"books{call}"
        filing.write(folder, 2026, OLD)
        killed = killed_at(folder, call)
        filing.recover(folder, 2026)
        assert pack_in(folder) in (OLD, NEW)
        assert [path.name for path in (folder / "packs").iterdir()] == ["2026"]
        filing.write(folder, 2026, NEW)
        assert pack_in(folder) == NEW
        if not killed:
            break
        call += 1
    assert call > 5, "the new files and both folders are moved"


def test_a_new_pack_replaces_the_old_one_and_nothing_else(tmp_path):
    filing.write(tmp_path, 2026, OLD)
    (filing.place(tmp_path, 2026) / "letter of the accountant.txt").write_bytes(b"kept")
    filing.write(tmp_path, 2026, NEW)
    assert pack_in(tmp_path) == {**NEW, "letter of the accountant.txt": b"kept"}


def test_a_disk_that_refuses_leaves_the_old_pack(tmp_path, monkeypatch):
    filing.write(tmp_path, 2026, OLD)

    def refuse(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(files, "write", refuse)
    with pytest.raises(OSError, match="No space"):
        filing.write(tmp_path, 2026, NEW)
    assert pack_in(tmp_path) == OLD


def test_a_pack_is_behind_when_a_file_of_the_books_is_younger(tmp_path):
    (tmp_path / "2026").mkdir()
    books = [tmp_path / name for name in ("main.beancount", "2026/2026-03-visits.beancount", "daysheet.toml")]
    for path in books:
        path.write_text("", encoding="utf-8")
    assert filing.is_behind(tmp_path, 2026, None), "there is no pack"
    filing.write(tmp_path, 2026, {"manifest.json": b'{"commit": null, "files": []}'})
    assert not filing.is_behind(tmp_path, 2026, None)
    assert filing.is_behind(tmp_path, 2026, "another commit")
    assert filing.is_behind(tmp_path, 2025, None)
    for path in books:
        before = path.stat()
        os.utime(path, (before.st_atime + 60, before.st_mtime + 60))
        assert filing.is_behind(tmp_path, 2026, None), path
        os.utime(path, (before.st_atime, before.st_mtime))
    assert not filing.is_behind(tmp_path, 2026, None)


@pytest.mark.parametrize("manifest", [b"", b"[]", b"{}", b"\xff"])
def test_a_pack_with_a_broken_manifest_is_behind(tmp_path, manifest):
    filing.write(tmp_path, 2026, {"manifest.json": manifest})
    assert filing.is_behind(tmp_path, 2026, None)


def git(folder: Path, *arguments: str) -> str:
    command = ["git", "-C", str(folder), "-c", "user.name=t", "-c", "user.email=t@example.org", *arguments]
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout.strip()


def test_the_commit_is_named_only_when_the_books_are_just_that(tmp_path):
    assert filing.commit_of(tmp_path) is None
    git(tmp_path, "init", "-q")
    (tmp_path / "main.beancount").write_text("", encoding="utf-8")
    assert filing.commit_of(tmp_path) is None
    git(tmp_path, "add", ".")
    git(tmp_path, "commit", "-qm", "books")
    commit = git(tmp_path, "rev-parse", "HEAD")
    assert filing.commit_of(tmp_path) == commit
    (tmp_path / "packs").mkdir()
    (tmp_path / "packs/note").write_text("a pack is no change of the books", encoding="utf-8")
    assert filing.commit_of(tmp_path) == commit
    (tmp_path / "main.beancount").write_text("; edited", encoding="utf-8")
    assert filing.commit_of(tmp_path) is None
