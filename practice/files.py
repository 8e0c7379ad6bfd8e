"""Writing so that a file is always the old one or the new one, never half of either."""

from __future__ import annotations

import errno
import hashlib
import json
import os
import platform
import secrets
import shutil
import tempfile
import threading
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO

from daysheet.errors import DaysheetError

LOCK = ".daysheet.lock"
LEASE = ".daysheet.lease"
"""Who writes to the books of a folder, for programs on other machines, which do not see this one's locks.

Its holder renews it. One that was not renewed for half a minute by the clock of the disk that it lies on has ended with
its holder; a holder on this machine has as soon as its process has.
"""
JOURNAL = ".daysheet.journal"
"""What is left to do of a change to several files that was to be made as one; gone once it is done."""

_WAIT_SECONDS = 10
_LEASE_SECONDS = 30
_RENEWED_SECONDS = 5
_TURN_SECONDS = 0.1
_SUFFIX = ".tmp"
_PIECE = 1 << 20
_JOURNALLED = (".beancount", ".toml", _SUFFIX)


@contextmanager
def locked(folder: Path) -> Iterator[None]:
    """Hold the books of a folder against any other writer; a change that was killed half-way is completed first.

    Raises:
        DaysheetError: another program holds them, and did not let go: on this machine in ten seconds, on another
            until a lease that nobody renews would have ended.
    """
    # takes longer to load than all else here, and who only reads holds nothing
    from filelock import FileLock, Timeout  # noqa: PLC0415

    try:
        with FileLock(folder / LOCK, timeout=_WAIT_SECONDS), _leased(folder):
            _complete(folder)
            yield
    except Timeout:
        raise DaysheetError(
            "another daysheet is writing to these books",
            filename=folder,
            remedy="wait for it to end and run this again",
        ) from None


@contextmanager
def _leased(folder: Path) -> Iterator[None]:
    """Hold the lease, and renew it until it is given back."""
    lease = folder / LEASE
    holder = f"{_machine()} {os.getpid()} {secrets.token_hex(8)}"
    _take(lease, holder)
    ended = threading.Event()
    renewing = threading.Thread(target=_renew, args=(lease, holder, ended), daemon=True)
    renewing.start()
    try:
        yield
    finally:
        ended.set()
        renewing.join()
        if _holder(lease) == holder:
            lease.unlink(missing_ok=True)


def _take(lease: Path, holder: str) -> None:
    """Make the lease, once nobody has it.

    Raises:
        DaysheetError: somebody has it still.
    """
    until = time.monotonic() + _LEASE_SECONDS + _WAIT_SECONDS
    while True:
        with suppress(FileExistsError):
            descriptor = os.open(lease, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o644)
            with os.fdopen(descriptor, "w") as file:
                file.write(holder)
            return
        before = _holder(lease)
        if before is not None and _is_over(lease, before):
            _remove(lease, before)
        elif time.monotonic() > until:
            machine = (before or "another").partition("/")[0]
            raise DaysheetError(
                f"a daysheet on {machine} is writing to these books",
                filename=lease.parent,
                remedy="wait for it to end and run this again",
            )
        else:
            time.sleep(_TURN_SECONDS)


def has_stale_lease(folder: Path) -> bool:
    """Whether a program that is gone still has the lease on the books of a folder."""
    holder = _holder(folder / LEASE)
    return holder is not None and _is_over(folder / LEASE, holder)


def _is_over(lease: Path, holder: str) -> bool:
    """Whether a lease's holder is gone, or has not renewed it in time."""
    machine, _, rest = holder.partition(" ")
    process = rest.partition(" ")[0]
    if machine == _machine() and process.isdigit():
        try:
            os.kill(int(process), 0)
        except ProcessLookupError:
            return True
        except PermissionError:
            return False
    try:
        with tempfile.NamedTemporaryFile(dir=lease.parent, prefix=f"{lease.name}.", suffix=_SUFFIX) as probe:
            now = os.fstat(probe.fileno()).st_mtime
        return now - lease.stat().st_mtime > _LEASE_SECONDS
    except FileNotFoundError:
        return False


def _remove(lease: Path, holder: str) -> None:
    """Take away a lease that is over; one that somebody else has taken meanwhile stays."""
    aside = lease.with_name(f"{lease.name}.{secrets.token_hex(8)}{_SUFFIX}")
    with suppress(FileNotFoundError):
        lease.rename(aside)
        if _holder(aside) != holder:
            with suppress(FileExistsError):
                os.link(aside, lease)
        aside.unlink()


def _renew(lease: Path, holder: str, ended: threading.Event) -> None:
    while not ended.wait(_RENEWED_SECONDS):
        with suppress(OSError):
            if _holder(lease) == holder:
                os.utime(lease)


def _holder(lease: Path) -> str | None:
    try:
        return lease.read_text(encoding="utf-8", errors="replace") if lease.is_file() else None
    except OSError:
        return None


def _machine() -> str:
    """This machine, and in it the space in which process ids hold: containers have one of their own."""
    space = "0"
    with suppress(OSError):
        space = str(Path("/proc/self/ns/pid").stat().st_ino)
    return f"{platform.node().replace(' ', '-')}/{space}"


def write(path: Path, data: bytes | IO[bytes], *, private: bool = False) -> None:
    """Put `data` at `path` at once: a temporary file beside it, synced, renamed over it, the folder synced.

    Args:
        path: of the file.
        data: its bytes, or an open file that holds them.
        private: for this user alone, at no moment for others.

    Raises:
        OSError: the disk refuses; `path` is then as it was.
    """
    write_all([(path, data)], private=private)


def write_all(contents: Iterable[tuple[Path, bytes | IO[bytes]]], *, private: bool = False) -> None:
    """Put each file in place, in this order; when one fails, those before it are put back as they were.

    All the data is on the disk before the first file is replaced, so that a full disk changes nothing. A program that
    is killed between two renames leaves the first files new and the others old, none torn; what it leaves beside them
    (`.NAME.….tmp`) is removed by `sweep`.

    Raises:
        OSError: the disk refuses; all files are then as they were, or the disk refused that as well.
    """
    staged: list[tuple[Path, Path]] = []
    before: list[tuple[Path, bytes | None]] = []
    try:
        for path, data in contents:
            staged.append((_stage(path, data, private=private), path))
        for temporary, path in staged:
            old = path.read_bytes() if path.exists() else None
            temporary.replace(path)
            before.append((path, old))
        for folder in {path.parent: None for _, path in staged}:
            sync_folder(folder)
    except BaseException:
        for path, old in reversed(before):
            with suppress(OSError):
                _put_back(path, old)
        for temporary, _ in staged:
            with suppress(OSError):
                temporary.unlink()
        raise


def output(path: Path, data: bytes) -> None:
    """Put what a user asked for where they asked for it, as a shell does with `>`.

    A link stays, and what it leads to gets the data; a device or a pipe is written to; anything else is written at
    once, as by `write`.

    Raises:
        OSError: the disk, or whoever reads the pipe, refuses; or there is no such folder.
    """
    if path.exists() and not path.is_file():  # not resolved: /dev/stdout leads to what has no name
        with path.open("wb") as device:
            device.write(data)
        return
    place = path.resolve() if path.is_symlink() else path
    if not place.parent.is_dir():
        raise FileNotFoundError(errno.ENOENT, os.strerror(errno.ENOENT), str(place))
    write(place, data)


def replace_all(folder: Path, contents: Iterable[tuple[str, bytes | None]]) -> None:
    """Change several files of a `locked` folder as one: none is changed, or all are, whatever happens in between.

    All the data is on the disk before a journal says which file is to take which place; from then on the change is
    made, by whoever next locks the folder if not here. `complete` is for those who only read.

    What lies behind a link out of the folder, or is called otherwise than a ledger, stands in no journal: such books
    are changed file by file.

    Args:
        folder: the folder.
        contents: names from the folder, each with the file's new bytes; None takes the file away.

    Raises:
        OSError: the disk refuses. Nothing is changed, or the rest of the change is made by the next that locks.
    """
    staged: list[Path] = []
    steps: list[dict[str, str]] = []
    try:
        for name, data in contents:
            if data is None:
                steps.append({"remove": name})
                continue
            staged.append(_stage(folder / name, data))
            place = (Path(name).parent / staged[-1].name).as_posix()
            steps.append({"from": place, "to": name, "sha256": hashlib.sha256(data).hexdigest()})
        for parent in {path.parent: None for path in staged}:
            sync_folder(parent)
        is_journalled = all(_may_be_journalled(step, folder) for step in steps)
        if is_journalled and steps:
            write(folder / JOURNAL, json.dumps(steps, indent=1).encode())
    except BaseException:
        for temporary in staged:
            with suppress(OSError):
                temporary.unlink()
        raise
    if is_journalled:
        _complete(folder)
    else:
        _carry_out(steps, folder)


def complete(folder: Path) -> None:
    """Make what is left of a change that was killed half-way, where there is any.

    Raises:
        DaysheetError: another program holds the books.
        OSError: the disk refuses.
    """
    if (folder / JOURNAL).is_file():
        with locked(folder):
            pass


def _complete(folder: Path) -> None:
    """The same, `locked`. A journal whose files are not those that it speaks of is no change of ours: it is dropped."""
    journal = folder / JOURNAL
    if not journal.is_file():
        return
    _carry_out(_steps(journal, folder), folder)
    journal.unlink()
    sync_folder(folder)


def _carry_out(steps: Sequence[Mapping[str, str]], folder: Path) -> None:
    for step in steps:
        if "from" in step:
            source, target = folder / step["from"], folder / step["to"]
            if source.exists():
                source.replace(target)
        else:
            (folder / step["remove"]).unlink(missing_ok=True)
    for place in {(folder / (step.get("to") or step["remove"])).parent: None for step in steps}:
        if place.is_dir():
            sync_folder(place)


def _may_be_journalled(step: Mapping[str, str], folder: Path) -> bool:
    """Whether a step of a journal is one of ours: it changes a ledger or settings, in the folder itself."""
    within, names = folder.resolve(), [name for key, name in step.items() if key != "sha256"]
    return all(
        Path(name).suffix in _JOURNALLED and (folder / name).parent.resolve().is_relative_to(within) for name in names
    )


def _steps(journal: Path, folder: Path) -> list[dict[str, str]]:
    """What a journal says is to be done; nothing, where it leads out of the folder or its data is not there."""
    try:
        steps: list[dict[str, str]] = json.loads(journal.read_bytes())
        if not all(_may_be_journalled(step, folder) for step in steps):
            return []
        for step in steps:
            if "from" in step:
                source = folder / step["from"]
                data = (source if source.exists() else folder / step["to"]).read_bytes()
                if hashlib.sha256(data).hexdigest() != step["sha256"]:
                    return []
    except (OSError, ValueError, TypeError, KeyError, AttributeError, RecursionError):
        return []
    return steps


def sweep(folder: Path) -> None:
    """Remove what a killed `write_all` left in a folder; only while the folder is `locked`."""
    for leftover in left_behind(folder):
        leftover.unlink()


def left_behind(folder: Path) -> list[Path]:
    """What a killed `write_all` has left in a folder, by name."""
    return sorted(folder.glob(f".*{_SUFFIX}"))


def _stage(path: Path, data: bytes | IO[bytes], *, private: bool = False) -> Path:
    """A synced temporary file beside `path`, with the mode that the file has or will have."""
    path.parent.mkdir(parents=True, exist_ok=True)
    descriptor, temporary = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.", suffix=_SUFFIX)
    try:
        with os.fdopen(descriptor, "wb") as file:
            if isinstance(data, bytes):
                file.write(data)
            else:
                shutil.copyfileobj(data, file, _PIECE)
            file.flush()
            os.fsync(file.fileno())
        if not private:  # as which it was made
            Path(temporary).chmod(path.stat().st_mode & 0o777 if path.exists() else 0o666 & ~umask())
    except BaseException:
        with suppress(OSError):
            Path(temporary).unlink()
        raise
    return Path(temporary)


def _put_back(path: Path, old: bytes | None) -> None:
    if old is None:
        path.unlink()
    else:
        _stage(path, old).replace(path)


def users_cache() -> Path:
    """The folder for what the user's programs can make again."""
    return Path(os.environ.get("XDG_CACHE_HOME") or str(Path.home() / ".cache"))


def users_config() -> Path:
    """The folder for what the user has decided, and for secrets."""
    return Path(os.environ.get("XDG_CONFIG_HOME") or str(Path.home() / ".config"))


def sync_folder(folder: Path) -> None:
    """Make renames in a folder survive a loss of power."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def umask() -> int:
    """The permissions that new files of this process do not get."""
    current = os.umask(0)
    os.umask(current)
    return current
