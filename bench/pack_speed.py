"""How long the pack takes: its ledger beside Chromium on the same HTML, the whole pack, and after one edit.

`python -m bench.pack_speed [ROUNDS]` writes a year of the two-doctor practice to a temporary folder and prints
medians, all measured in one run. Chromium prints all the ledger's rows as one document, which spares it the start of
one process a volume.
"""

from __future__ import annotations

import os
import platform
import re
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path

from daysheet import loading
from daysheet.reports import contents, fonts, pages, rendering, volumes
from daysheet.reports.pdf import Document
from daysheet.settings import Settings

from bench.ledger import write_books

YEAR = 2026


def main() -> None:
    """Measure and print."""
    rounds = int(sys.argv[1]) if len(sys.argv) > 1 else 3
    print(f"{os.cpu_count()} processors, Python {platform.python_version()}, load {os.getloadavg()[0]:.1f}")
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name) / "books"
        write_books(folder, 1)
        ledger(folder, Path(name), rounds)
        whole_pack(folder, Path(name), rounds)


def ledger(folder: Path, scratch: Path, rounds: int) -> None:
    """The ledger's volumes, and the same rows printed by Chromium."""
    books, settings = loading.load(folder), Settings.of(folder)
    subject = contents.subject_of(books, settings, YEAR, contents.Options())
    parts = volumes.volumes(subject, settings, contents.table_of(books, settings, subject, contents.LEDGER))
    rows = sum(part.rows for part in parts)
    documents = [part.document for part in parts]
    page = scratch / "ledger.html"
    page.write_text(one_document([document.html for document in documents]), encoding="utf-8")
    printed = scratch / "chromium.pdf"
    command = [
        shutil.which("chromium") or "chromium", "--headless", "--no-sandbox", "--disable-gpu", "--no-pdf-header-footer",
        f"--print-to-pdf={printed}", page.as_uri(),
    ]  # fmt: skip
    ours, theirs = [], []
    for _ in range(rounds):
        with rendering.renderer(None) as renderer:
            ours.append(timed(partial(set_all, renderer, documents)))
        theirs.append(timed(partial(subprocess.run, command, check=True, capture_output=True)))
    for who, times in (("daysheet", ours), ("Chromium", theirs)):
        median = statistics.median(times)
        print(f"general ledger, {rows:,} rows, {who}: {median:.1f} s, {rows / median:.0f} rows/s")


def set_all(renderer: rendering.Renderer, documents: list[Document]) -> None:
    """Start every document and wait for all; the start of the processes counts."""
    renderer.finish([renderer.start(document) for document in documents], lambda *_: None)


def one_document(documents: list[str]) -> str:
    """All bodies in one document, with the style and the typeface that a browser must be told of."""
    faces = "".join(
        f'@font-face {{ font-family: "{fonts.FAMILY}"; src: url("{(fonts.FOLDER / file).as_uri()}"); {rule} }}'
        for file, rule in (
            ("SourceSans3-Regular.ttf", "font-weight: 400"),
            ("SourceSans3-Semibold.ttf", "font-weight: 600"),
        )
    )
    bodies = [re.search(r"<body.*?>(.*)</body>", document, re.DOTALL) for document in documents]
    body = "".join(found[1] for found in bodies if found)
    head = documents[0].split("</head>")[0]
    return f"{head}<style>{faces}{pages.style()}</style></head><body>{body}</body></html>"


def whole_pack(folder: Path, scratch: Path, rounds: int) -> None:
    """The command from its start to its end: first, unchanged, and after one edit of one month."""
    first, same, edited = [], [], []
    memory: list[float] = []
    march = next(folder.glob(f"{YEAR}/{YEAR}-03-*checking*.beancount"))
    for number in range(rounds):
        cache = scratch / f"cache{number}"
        first.append(timed(partial(run_pack, folder, cache, memory)))
        same.append(timed(partial(run_pack, folder, cache, memory)))
        text = march.read_text(encoding="utf-8")
        march.write_text(text.replace('"Office Depot"', f'"Office Depot {number}"', 1), encoding="utf-8")
        edited.append(timed(partial(run_pack, folder, cache, memory)))
    for what, times in (("first", first), ("unchanged", same), ("after an edit of one month", edited)):
        print(f"whole pack, {what}: {statistics.median(times):.1f} s")
    print(f"an edit costs {statistics.median(edited) / statistics.median(first):.2f} of the first build")
    print(f"largest process: {max(memory):.0f} MB")


def run_pack(folder: Path, cache: Path, memory: list[float]) -> None:
    """Run the command, and note the peak memory of its largest process, in MB."""
    command = [str(Path(sys.executable).with_name("daysheet")), "pack", str(YEAR), "--books", str(folder)]
    process = subprocess.Popen(
        command, env={**os.environ, "XDG_CACHE_HOME": str(cache)}, stdout=subprocess.DEVNULL, start_new_session=True
    )
    _, status, usage = os.wait4(process.pid, 0)
    if status:
        raise SystemExit("daysheet pack failed")
    memory.append(usage.ru_maxrss / 1024)


def timed(work: Callable[[], object]) -> float:
    """The seconds that some work takes."""
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


if __name__ == "__main__":
    main()
