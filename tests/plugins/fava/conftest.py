"""A running Fava over the sample books, and a headless Chromium that looks at it.

Tests that only read share one Fava; each that writes has another, forked, and the books are put back after it.
"""

from __future__ import annotations

import importlib.util
import json
import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from daysheet.books import loading
from playwright.sync_api import Browser, ConsoleMessage, Error, Page, expect

from tests import forked
from tests.conftest import ROOT

# a very busy machine takes a minute to load a year of books, and Fava does so after each change
expect.set_options(timeout=240_000)

OLDEST_FAVA = "1.30.13"
HOSTILE = "<script>window.hacked = 1</script>\"'&<b>"
DESKTOP: dict[str, Any] = {"viewport": {"width": 1280, "height": 900}}
PHONE: dict[str, Any] = {"viewport": {"width": 390, "height": 844}, "has_touch": True}
SCREENS: dict[str, dict[str, Any]] = {
    "desktop-light": {**DESKTOP, "color_scheme": "light"},
    "desktop-dark": {**DESKTOP, "color_scheme": "dark"},
    "phone-light": {**PHONE, "color_scheme": "light"},
    "phone-dark": {**PHONE, "color_scheme": "dark"},
}


class Site(NamedTuple):
    """A Fava at work: the address of our pages, and the books that it serves."""

    url: str
    books: Path

    def page(self, name: str, **values: str) -> str:
        query = "&".join([f"page={name}", *(f"{key}={value}" for key, value in values.items())])
        return f"{self.url}?{query}"


def sample_books(folder: Path) -> Path:
    """A copy of the sample practice's books, which load our pages by the line that `daysheet init` writes."""
    shutil.copytree(ROOT / "ledgers" / "two-doctors", folder)
    return folder


@pytest.fixture(scope="session")
def sample(tmp_path_factory) -> Path:
    return sample_books(tmp_path_factory.mktemp("fava") / "books")


@contextmanager
def serving(folder: Path, *options: str, path: str = "") -> Iterator[Site]:
    """Fava over these books on a free port of the loopback interface; ended by its process id."""
    program = ["-c", "from fava.cli import main; main()"]
    with _fava(program, folder, options, path, subprocess.DEVNULL) as (port, process):
        try:
            yield Site(_when_up(f"http://127.0.0.1:{port}", process), folder)
        finally:
            process.terminate()


@contextmanager
def _fava(
    program: list[str], folder: Path, options: Iterable[str], path: str, pipe: int
) -> Iterator[tuple[int, subprocess.Popen[str]]]:
    """The port, and the process.

    It looks at the files' times when it is asked: a watcher just being set up would miss what tests write then.
    """
    port = _free_port()
    main = folder / "main.beancount"
    command = [sys.executable, *program, str(main), "-p", str(port), "--poll-watcher", *options]
    environment = {**os.environ, "PYTHONPATH": path}
    with subprocess.Popen(
        command, env=environment, text=True, stdin=pipe, stdout=pipe, stderr=subprocess.DEVNULL
    ) as process:
        yield port, process


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    return port


class Warm:
    """Books that Fava has read; each test that writes in them is served by a fork, and finds them as they were."""

    def __init__(self, folder: Path, process: subprocess.Popen[str]) -> None:
        self.folder = folder
        self._process = process
        self._before = _as_they_are(folder)

    @contextmanager
    def serving(self) -> Iterator[Site]:
        """A Fava of its own, over books that others may be served as well."""
        port = _free_port()
        self._say(port)
        try:
            yield Site(_when_up(f"http://127.0.0.1:{port}", self._process), self.folder)
        finally:
            self._say(-port)

    @contextmanager
    def lent(self, all_made: Iterable[str] = ("packs", "catch-up", "outbox")) -> Iterator[Site]:
        """The same; afterwards the books are put back, with the times of files, by which Fava sees changes."""
        with self.serving() as site:
            yield site
        for made in all_made:
            shutil.rmtree(self.folder / made, ignore_errors=True)
        self._put_back()

    def _say(self, number: int) -> None:
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(f"{number}\n")
        self._process.stdin.flush()
        assert self._process.stdout.readline() == "done\n"

    def _put_back(self) -> None:
        for path in _files(self.folder):
            if path not in self._before:
                path.unlink()
        for path, (content, _) in self._before.items():
            if content is not None and (not path.exists() or path.read_bytes() != content):
                path.write_bytes(content)
        for path, (_, times) in self._before.items():
            os.utime(path, ns=times)


def _as_they_are(folder: Path) -> dict[Path, tuple[bytes | None, tuple[int, int]]]:
    """The content, none of a folder, and the times of the books' files and folders."""
    folders = [folder, *(path for path in folder.rglob("*") if path.is_dir())]
    found: list[tuple[Path, os.stat_result, bytes | None]] = [(path, path.stat(), None) for path in folders]
    found += [(path, path.stat(), path.read_bytes()) for path in _files(folder)]
    return {path: (content, (stat.st_atime_ns, stat.st_mtime_ns)) for path, stat, content in found}


@contextmanager
def warm(folder: Path, path: str = "") -> Iterator[Warm]:
    """Fava with these books read, in which nothing was asked."""
    program = [str(Path(__file__).with_name("warm.py"))]
    with _fava(program, folder, (), path, subprocess.PIPE) as (_, process):
        try:
            assert process.stdout is not None
            assert "Starting Fava" in process.stdout.readline()
            yield Warm(folder, process)
        finally:
            process.terminate()


def _when_up(address: str, process: subprocess.Popen[str]) -> str:
    deadline = time.monotonic() + 240
    while time.monotonic() < deadline and process.poll() is None:
        try:
            with urllib.request.urlopen(address) as answer:  # noqa: S310 - our own loopback address
                slug = answer.url.removeprefix(address).strip("/").split("/")[0]
                return f"{address}/{slug}/extension/Daysheet/"
        except OSError:
            time.sleep(0.1)
    raise AssertionError("Fava does not answer")


@pytest.fixture(scope="session")
def books(sample):
    return loading.load(sample)


@pytest.fixture(scope="session")
def site(sample) -> Iterator[Site]:
    with serving(sample) as running:
        yield running


@pytest.fixture(scope="session")
def read_only_site(sample) -> Iterator[Site]:
    with serving(sample, "--read-only") as running:
        yield running


@pytest.fixture(scope="session")
def _newest_fava(tmp_path_factory) -> Iterator[Warm]:
    with warm(sample_books(tmp_path_factory.mktemp("newest") / "books")) as running:
        yield running


@pytest.fixture(scope="session")
def _oldest_fava(tmp_path_factory) -> Iterator[Warm]:
    with warm(sample_books(tmp_path_factory.mktemp("oldest") / "books"), oldest_fava()) as running:
        yield running


def oldest_fava() -> str:
    """Where the oldest Fava that we say we work with is installed, beside the one in use."""
    folder = ROOT / "build" / f"fava-{OLDEST_FAVA}"
    if not (folder / "fava").exists():
        pip = [sys.executable, "-m", "pip"] if importlib.util.find_spec("pip") else ["uv", "pip"]
        wanted = ["--no-deps", "-q", "--target", str(folder), f"fava=={OLDEST_FAVA}"]
        subprocess.run([*pip, "install", *wanted], check=True)
    return str(folder)


def new_books(folder: Path) -> Path:
    """Books as `daysheet init` makes them, with nothing in them."""
    init = [forked.program(), "init", str(folder)]
    subprocess.run(init, check=True, capture_output=True)
    return folder


@pytest.fixture(scope="session")
def new_site(tmp_path_factory) -> Iterator[Site]:
    """New books, served."""
    with serving(new_books(tmp_path_factory.mktemp("new") / "books")) as running:
        yield running


@pytest.fixture
def own_site(_newest_fava) -> Iterator[Site]:
    """A Fava for a test that writes."""
    with _newest_fava.lent() as site:
        yield site


@pytest.fixture(params=["newest", OLDEST_FAVA])
def any_fava(request) -> Iterator[Site]:
    """As `own_site`, in the newest and in the oldest Fava that we say we work with."""
    running = request.getfixturevalue("_newest_fava" if request.param == "newest" else "_oldest_fava")
    with running.lent() as site:
        yield site


def put_back(running: Site, all_made: Iterable[str] = ("packs", "catch-up", "outbox")) -> Iterator[Site]:
    """What is served, with its books as they were afterwards.

    What is written while Fava loads or begins to watch its files, it does not see: so it is written until it is seen.
    """
    before = {path: path.read_bytes() for path in _files(running.books)}
    yield running
    new = set(_files(running.books)) - set(before)
    changed = [path for path, content in before.items() if not path.exists() or path.read_bytes() != content]
    for path in new:
        path.unlink()
    for path in changed:
        path.write_bytes(before[path])
    if new or changed:
        _seen(running)
    for made in all_made:
        shutil.rmtree(running.books / made, ignore_errors=True)


def _seen(running: Site) -> None:
    """Wait until Fava has seen that its books are others, as its own pages ask every few seconds."""
    address = running.url.removesuffix("extension/Daysheet/") + "api/changed"
    main = running.books / "main.beancount"
    for _ in range(60):
        main.write_bytes(main.read_bytes())
        time.sleep(0.3)
        with urllib.request.urlopen(address, timeout=60) as answer:  # noqa: S310 - our own loopback address
            if json.load(answer)["data"]:
                return
    raise AssertionError("Fava does not see that its books were put back")


def _files(folder: Path) -> list[Path]:
    return [path for pattern in ("*.beancount", "*/*.beancount", "*.toml") for path in folder.glob(pattern)]


@pytest.fixture(params=["desktop-light", pytest.param("phone-dark", marks=pytest.mark.long)])
def tab(browser, request) -> Iterator[Page]:
    """A page that fails the test if the console shows an error: on a light desktop, in the heavier sweeps on a dark
    phone as well.

    It is opened after the books are served, and so closed before they are put back: an open page goes on asking.
    """
    for name in request.fixturenames:
        if name.endswith("_site") or name in ("any_fava", "post"):
            request.getfixturevalue(name)
    with looking(browser, request.param) as (page, problems):
        page.expected_problems = 0  # type: ignore[attr-defined]
        yield page
        assert len(problems) == page.expected_problems, problems  # type: ignore[attr-defined]


_rested: dict[tuple[str, str], list[Page]] = {}
"""Pages that nobody looks at: to open one takes as long as to go to three pages of Fava."""


@contextmanager
def looking(browser: Browser, screen: str, script: str = "") -> Iterator[tuple[Page, list[str]]]:
    """An empty page on a screen, and what goes wrong on it; a script runs in whatever it shows.

    Where nothing failed another test has it next, with nothing of this one kept in it.
    """
    rested = _rested.setdefault((screen, script), [])
    page = rested.pop() if rested else _opened(browser, screen, script)
    problems: list[str] = []

    def failed(error: Error) -> None:
        problems.append(str(error))

    def said(message: ConsoleMessage) -> None:
        if message.type == "error":
            problems.append(message.text)

    page.on("pageerror", failed)
    page.on("console", said)
    try:
        yield page, problems
    except BaseException:
        page.context.close()
        raise
    page.remove_listener("pageerror", failed)
    page.remove_listener("console", said)
    if _is_emptied(page, screen):
        rested.append(page)
    else:
        page.context.close()


def _opened(browser: Browser, screen: str, script: str) -> Page:
    page = browser.new_context(**SCREENS[screen]).new_page()
    page.set_default_timeout(120_000)
    if script:
        page.add_init_script(script)
    return page


def _is_emptied(page: Page, screen: str) -> bool:
    """Whether a page could be brought to what a new one is."""
    try:
        page.unroute_all()
        page.evaluate("() => { sessionStorage.clear(); localStorage.clear(); }")
        page.context.clear_cookies()
        page.set_viewport_size(SCREENS[screen]["viewport"])
        page.goto("about:blank")
    except Error:
        return False
    return page.context.pages == [page]
