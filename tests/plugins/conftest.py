"""A running Fava over real books, and a headless Chromium that looks at it."""

from __future__ import annotations

import importlib.util
import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect, sync_playwright

from tests.conftest import ROOT

# a busy machine loads a year of books in some seconds, and Fava does so after each change
expect.set_options(timeout=60_000)

OLDEST_FAVA = "1.30.13"
HOSTILE = "<script>window.hacked = 1</script>\"'&<b>"
CHROMIUM_FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
EXTENSION = '2026-01-01 custom "fava-extension" "daysheet.plugins.fava"\n'


class Site(NamedTuple):
    """A Fava at work: the address of our pages, and the books that it serves."""

    url: str
    books: Path

    def page(self, name: str, **values: str) -> str:
        query = "&".join([f"page={name}", *(f"{key}={value}" for key, value in values.items())])
        return f"{self.url}?{query}"


@pytest.fixture(scope="session")
def year_of_books(tmp_path_factory):
    """One year of the two-doctor practice, with a week in June that nobody billed, and a hostile payee."""
    folder = tmp_path_factory.mktemp("fava") / "books"
    subprocess.run([sys.executable, str(ROOT / "bench" / "ledger.py"), "1", str(folder)], check=True)
    with (folder / "main.beancount").open("a") as main:
        main.write(EXTENSION)
        escaped = HOSTILE.replace('"', '\\"')
        main.write(f'2026-01-05 custom "provider" "adams" "{escaped}"\n')
        main.write('  days: "mon tue wed thu fri"\n  visits-per-day: 14\n  fee: 50.00 USD\n')
    return folder


@contextmanager
def serving(folder: Path, *options: str, path: str = "") -> Iterator[Site]:
    """Fava over these books on a free port of the loopback interface; ended by its process id."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    main = folder / "main.beancount"
    command = [sys.executable, "-c", "from fava.cli import main; main()", str(main), "-p", str(port), *options]
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
def site(year_of_books) -> Iterator[Site]:
    with serving(year_of_books) as running:
        yield running


@pytest.fixture
def own_site(year_of_books, tmp_path) -> Iterator[Site]:
    """A Fava over a copy of the books, for tests that write."""
    shutil.copytree(year_of_books, tmp_path / "books")
    with serving(tmp_path / "books") as running:
        yield running


@pytest.fixture(scope="session")
def oldest_fava() -> str:
    """The folder of the oldest Fava that we say we work with, installed beside the one in use."""
    folder = ROOT / "build" / f"fava-{OLDEST_FAVA}"
    if not (folder / "fava").exists():
        pip = [sys.executable, "-m", "pip"] if importlib.util.find_spec("pip") else ["uv", "pip"]
        wanted = ["--no-deps", "-q", "--target", str(folder), f"fava=={OLDEST_FAVA}"]
        subprocess.run([*pip, "install", *wanted], check=True)
    return str(folder)


@pytest.fixture(scope="session")
def browser(chromium) -> Iterator[Browser]:
    with sync_playwright() as playwright:
        running = playwright.chromium.launch(executable_path=chromium, args=CHROMIUM_FLAGS)
        yield running
        running.close()


DESKTOP: dict[str, Any] = {"viewport": {"width": 1280, "height": 900}, "color_scheme": "light"}
PHONE: dict[str, Any] = {"viewport": {"width": 390, "height": 844}, "color_scheme": "light"}
DARK: dict[str, Any] = {"viewport": {"width": 1280, "height": 900}, "color_scheme": "dark"}
SCREENS = {"desktop": DESKTOP, "phone": PHONE, "dark": DARK}


@pytest.fixture
def tab(browser) -> Iterator[Page]:
    """A page that fails the test if the console shows an error."""
    with _tab(browser, DESKTOP) as page:
        yield page


@pytest.fixture(params=SCREENS)
def screen(browser, request) -> Iterator[Page]:
    """As `tab`, on a desktop, a phone and a dark desktop."""
    with _tab(browser, SCREENS[request.param]) as page:
        yield page


@contextmanager
def _tab(browser: Browser, options) -> Iterator[Page]:
    context = browser.new_context(**options)
    page = context.new_page()
    page.set_default_timeout(120_000)
    problems: list[str] = []
    page.on("pageerror", lambda error: problems.append(str(error)))
    page.on("console", lambda message: problems.append(message.text) if message.type == "error" else None)
    page.expected_problems = 0  # type: ignore[attr-defined]
    yield page
    context.close()
    assert len(problems) == page.expected_problems, problems  # type: ignore[attr-defined]


@pytest.fixture(scope="session")
def axe() -> Axe:
    return Axe()
