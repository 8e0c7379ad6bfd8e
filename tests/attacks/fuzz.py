"""Fuzzes one reader, led by what it covers: `python -m tests.attacks.fuzz READER SECONDS [KEEP]`.

The last line of its output counts what was tried and what was found, as JSON. With a folder KEEP, what reached code
that nothing else did stays there. A find is written down once for each place that it comes from.
"""

from __future__ import annotations

import hashlib
import io
import json
import os
import shutil
import struct
import subprocess
import sys
import tempfile
import time
import traceback
import zipfile
import zlib
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any, Final, NamedTuple

SLOW: Final = 20
"""Seconds of the processor that an input may take; the clock is given more, for other programs run too."""
PATIENCE: Final = 120
MEGABYTES: Final = 1024
LONGEST: Final = 20_000
_WORDS: Final = (
    "2026-03-02",
    "03/18/2026",
    "99991231",
    "-0.00",
    "1e999",
    "NaN",
    "1,234.56",
    "1.234,56",
    "(5.00)",
    "9" * 60,
    "<![CDATA[",
    "&#x0;",
    "&#55296;",
    "\\xef\\xbb\\xbf",
    "\\xff\\xfe",
    "\\x00",
    "\\x1b[2J",
    "~",
    "ISA*00*",
    "CLP*",
    "SVC*",
    "CAS*CO*45*",
    "HL*",
    "SE*",
    "<STMTTRN>",
    "</OFX>",
    "resourceType",
    "Bundle",
    "[[",
    "]]",
    '\\"',
    "=",
    "!ACCNT",
    "!TRNS",
    "USD",
    "custom",
)
"""Words of the formats, for a mutation to put in."""
_NO_ARCHIVE: Final = (
    zipfile.BadZipFile, zlib.error, struct.error, OSError, EOFError, ValueError, ZeroDivisionError, RuntimeError,
    NotImplementedError, OverflowError,
)  # fmt: skip
"""What the standard library says of an archive that an earlier change has damaged."""


class Fuzzed(NamedTuple):
    """What became of it.

    Attributes:
        tried: the inputs.
        taken: those that the reader took; it refused the others in one line.
        finds: what broke the reader's law, each once.
        slowest: seconds of the slowest input.
        megabytes: the most memory that the process held.
        seconds: how long it took.
    """

    tried: int
    taken: int
    finds: list[str]
    slowest: float
    megabytes: int
    seconds: float


def fuzz(reader: str, seconds: int, keep: Path | None = None) -> Fuzzed:
    """Run the fuzzer in a process of its own; one that hangs, or holds more than a gigabyte, is a find."""
    command = [sys.executable, "-m", "tests.attacks.fuzz", reader, str(seconds), *([str(keep)] if keep else [])]
    began = time.monotonic()
    done = subprocess.run(
        command, capture_output=True, text=True, check=False, errors="replace", cwd=Path(__file__).parents[2]
    )
    took = time.monotonic() - began
    told = next((line for line in reversed(done.stdout.splitlines()) if line.startswith("{")), None)
    if told is None:
        return Fuzzed(0, 0, [f"ended with {done.returncode}: {done.stderr[-2000:]}"], 0, 0, took)
    said = json.loads(told)
    ended = [] if said["ended"] else [f"ended early with {done.returncode}: {done.stderr[-2000:]}"]
    return Fuzzed(said["tried"], said["taken"], [*said["finds"], *ended], said["slowest"], said["megabytes"], took)


class _Tally:
    """What was tried so far; told again whenever there is news, as the fuzzer ends its process without a word."""

    def __init__(self, reader: Any, keep: Path | None) -> None:
        self.reader, self.keep = reader, keep
        self.tried = self.taken = 0
        self.finds: dict[str, str] = {}
        self.slowest = 0.0

    def one(self, data: bytes) -> None:
        """Try one input."""
        from tests.attacks.readers import once  # noqa: PLC0415 - instrumented by then

        began = time.process_time()
        try:
            self.taken += once(self.reader.read, data, self.reader.name)
        except Exception as problem:  # noqa: BLE001 - whatever comes through is what is looked for
            self._found(problem, data)
        self.tried += 1
        took = time.process_time() - began
        if took > SLOW:
            self._found(TimeoutError(), data)
        self.slowest = max(self.slowest, took)

    def _found(self, problem: Exception, data: bytes) -> None:
        ours = [
            frame for frame in traceback.extract_tb(problem.__traceback__) if "/tests/attacks/" not in frame.filename
        ]
        at = f"{Path(ours[-1].filename).name}:{ours[-1].lineno}" if ours else ""
        place = next((f"{Path(f.filename).name}:{f.lineno}" for f in reversed(ours) if "daysheet" in f.filename), "")
        what = f"{type(problem).__name__} at {at} from {place}: {str(problem)[:80] if not ours else ''}"
        if what not in self.finds:
            folder = self.keep or Path(tempfile.gettempdir())
            path = folder / f"find-{hashlib.sha256(data).hexdigest()[:12]}"
            path.write_bytes(data)
            self.finds[what] = str(path)
            print(what, path, file=sys.stderr, flush=True)  # noqa: T201 - for who watches

    def tell(self, *, ended: bool) -> None:
        """One line of JSON."""
        status = Path("/proc/self/status").read_text(encoding="ascii")
        peak = next(int(line.split()[1]) >> 10 for line in status.splitlines() if line.startswith("VmHWM:"))
        told = {
            "tried": self.tried,
            "taken": self.taken,
            "finds": [f"{k} ({v})" for k, v in self.finds.items()],
            "slowest": round(self.slowest, 2),
            "megabytes": peak,
            "ended": ended,
        }
        print(json.dumps(told), flush=True)  # noqa: T201 - the program's answer


def _main(name: str, seconds: int, keep: Path | None) -> None:
    import atheris  # noqa: PLC0415 - what only fuzzing needs

    with atheris.instrument_imports(include=["daysheet", "jinja2", "ofxtools"]):
        from tests.attacks import apart, seeds  # noqa: PLC0415
        from tests.attacks.readers import READERS, scratch  # noqa: PLC0415
    reader = READERS[name]
    apart.fork()
    tally = _Tally(reader, keep)
    place = Path(tempfile.mkdtemp(prefix="daysheet-fuzz-"))
    corpus, words = keep or place / "corpus", place / "words"
    corpus.mkdir(parents=True, exist_ok=True)
    for file, data in {**seeds.kept(name), **reader.seeds()}.items():
        tally.one(data)  # what we bring must do as well
        (place / file).write_bytes(data[:LONGEST]) if len(data) <= LONGEST else None
    words.write_text(
        "".join(f'"{word}"\n' for word in _WORDS if '"' not in word and "\\\\" not in word), encoding="ascii"
    )
    until = time.monotonic() + seconds

    def one(data: bytes) -> None:
        tally.one(data)
        if time.monotonic() > until:
            tally.tell(ended=True)
            sys.stdout.flush()
            shutil.rmtree(place, ignore_errors=True)
            shutil.rmtree(scratch(), ignore_errors=True)
            os._exit(0)

    options = [
        f"-timeout={PATIENCE}",
        f"-rss_limit_mb={MEGABYTES}",
        f"-max_len={LONGEST}",
        f"-dict={words}",
        "-verbosity=0",
        f"-artifact_prefix={place}/",
        "-seed=1",
        "-len_control=0",
    ]
    mutator = _mutator(lambda data, most: bytes(atheris.Mutate(data, most)))  # the module has it once it fuzzes
    atheris.Setup([sys.argv[0], *options, str(corpus), str(place)], one, custom_mutator=mutator)
    atheris.Fuzz()


def _mutator(change: Callable[[bytes, int], bytes]) -> Callable[[bytes, int, int], bytes]:
    """Changes an input as the fuzzer does; every other time, of an archive, what is in one of its files."""

    def changed(data: bytes, longest: int, seed: int) -> bytes:
        if data.startswith(b"PK") and seed % 2:
            with suppress(*_NO_ARCHIVE), zipfile.ZipFile(io.BytesIO(data)) as archive:
                files = {each.filename: archive.read(each) for each in archive.infolist()}
                which = sorted(files)[seed // 2 % len(files)]
                files[which] = change(files[which], longest)
                out = io.BytesIO()
                with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as made:
                    for file, content in files.items():
                        made.writestr(zipfile.ZipInfo(file), content, zipfile.ZIP_DEFLATED)
                if out.tell() <= longest:
                    return out.getvalue()
        return change(data, longest)

    return changed


if __name__ == "__main__":
    _main(sys.argv[1], int(sys.argv[2]), Path(sys.argv[3]) if len(sys.argv) > 3 else None)
