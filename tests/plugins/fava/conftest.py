"""A running Fava over the sample books, and a headless Chromium that looks at it.

Tests that only read share one Fava; those that write share another, whose books are put back after each.
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
from playwright.sync_api import Browser, Page, expect

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
    """Fava over these books on a free port of the loopback interface; ended by its process id.

    It looks at the files' times when it is asked: a watcher that is just being set up would miss what tests write then.
    """
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    main = folder / "main.beancount"
    command = [
        sys.executable,
        "-c",
        "from fava.cli import main; main()",
        str(main),
        "-p",
        str(port),
        "--poll-watcher",
        *options,
    ]
    environment = {**os.environ, "PYTHONPATH": path}
    with subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process:
        try:
            yield Site(_when_up(f"http://127.0.0.1:{port}", process), folder)
        finally:
            process.terminate()


def _when_up(address: str, process: subprocess.Popen[bytes]) -> str:
    deadline = time.monotonic() + 60
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
def _newest_fava(tmp_path_factory) -> Iterator[Site]:
    with serving(sample_books(tmp_path_factory.mktemp("newest") / "books")) as running:
        yield running


@pytest.fixture(scope="session")
def _oldest_fava(tmp_path_factory) -> Iterator[Site]:
    with serving(sample_books(tmp_path_factory.mktemp("oldest") / "books"), path=oldest_fava()) as running:
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
    init = [sys.executable, "-c", "from daysheet.cli import main; main()", "init", str(folder)]
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
    yield from put_back(_newest_fava)


@pytest.fixture(params=["newest", OLDEST_FAVA])
def any_fava(request) -> Iterator[Site]:
    """As `own_site`, in the newest and in the oldest Fava that we say we work with."""
    yield from put_back(request.getfixturevalue("_newest_fava" if request.param == "newest" else "_oldest_fava"))


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
        if name.endswith("_site") or name == "any_fava":
            request.getfixturevalue(name)
    with looking(browser, request.param) as (page, problems):
        page.expected_problems = 0  # type: ignore[attr-defined]
        yield page
        assert len(problems) == page.expected_problems, problems  # type: ignore[attr-defined]


@contextmanager
def looking(browser: Browser, screen: str) -> Iterator[tuple[Page, list[str]]]:
    """A page on a screen, and what goes wrong on it."""
    context = browser.new_context(**SCREENS[screen])
    page = context.new_page()
    page.set_default_timeout(120_000)
    problems: list[str] = []
    page.on("pageerror", lambda error: problems.append(str(error)))
    page.on("console", lambda message: problems.append(message.text) if message.type == "error" else None)
    yield page, problems
    context.close()
