"""What tests of every room share: ledgers from docstrings, real files, real programs.

A program that a test needs (hledger, a browser, veraPDF) is skipped where it is not installed, so that one can work
without it, and fails under `DAYSHEET_STRICT=1`, which `make test` sets: a gap never hides behind a skip there.
"""

from __future__ import annotations

import inspect
import json
import os
import shutil
import subprocess
import sys
import textwrap
from collections.abc import Callable, Generator, Iterator
from pathlib import Path

import pytest
from beancount import loader

from tests import reached  # before any module of Daysheet: its probes go into them as they are imported

# isort: split
from daysheet.books import Books
from daysheet.findings import FindingError
from hypothesis import HealthCheck, settings
from playwright.sync_api import Browser, Error, sync_playwright

from tests import browsing
from tests.attacks.counts import PROPERTY, Counted, words

# how fast examples are made depends on what else the machine does, and says nothing of the code
settings.register_profile("daysheet", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("daysheet")

ROOT = Path(__file__).parent.parent
STRICT = os.environ.get("DAYSHEET_STRICT") == "1"
SAMPLES = Path(os.environ.get("DAYSHEET_SAMPLES") or ROOT.parent / "shared" / "data")
NO_SAMPLES = "DAYSHEET_SAMPLES: the collected files of real systems are not on this machine"

SLOWEST = (
    "plugins/fava/test_fava_tasks.py",
    "plugins/fava/test_fava_writing.py",
    "plugins/fava/test_fava_looks.py",
    "house/test_demo.py",
    "importers/privacy/test_canaries.py",
    "reports/pack/test_setting.py",
    "test_docs.py",
    "reports/mail/test_commands.py",
    "reports/pack/test_verify_and_lock.py",
    "plugins/fava/test_fava.py",
    "plugins/fava/test_fava_outbox.py",
    "simulator/test_score.py",
    "reports/pack/test_pictures.py",
    "reports/pack/test_pack.py",
)
"""The files that take longest; each runs in one process, so that one begun last would keep the other waiting."""

Load = Callable[..., Books]
Verapdf = Callable[..., list[str]]


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item,
    call: pytest.CallInfo[None],
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Under `DAYSHEET_STRICT`, make a skip a failure, but for samples that are not there."""
    report = yield
    absent = NO_SAMPLES in str(report.longrepr) and not SAMPLES.is_dir()
    if STRICT and report.skipped and not hasattr(report, "wasxfail") and not absent:
        report.outcome = "failed"
        report.longrepr = f"skipped, which make test does not allow: {report.longrepr}"
    return report


def pytest_sessionfinish() -> None:
    """Leave what the tests of this process reached."""
    reached.leave()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Put the files that take longest first."""
    first = {ROOT / "tests" / name: place for place, name in enumerate(SLOWEST)}
    gone = [name for name in SLOWEST if not (ROOT / "tests" / name).exists()]
    if gone:
        raise pytest.UsageError(f"{__file__} names files that are not there: {', '.join(gone)}")
    items.sort(key=lambda item: first.get(item.path, len(first)))


@pytest.fixture(scope="session")
def samples() -> Path:
    """The folder of collected real files (`banks/`, `practice/`); they are not part of the project."""
    if not SAMPLES.is_dir():
        pytest.skip(f"{NO_SAMPLES} ({SAMPLES})")
    return SAMPLES.resolve()


@pytest.fixture
def load(request: pytest.FixtureRequest, tmp_path: Path) -> Load:
    """A function that loads ledger text, or without any the test's own docstring, and returns `Books`.

    Accounts need no `open`. The ledger must be free of Beancount's errors; what is wrong with its practice entries is
    in `Books.errors`. Line 1 is the first line of the text; the file is `tmp_path / "ledger.beancount"`.
    """

    def load_text(text: str | None = None) -> Books:
        ledger = inspect.cleandoc(request.function.__doc__ or "") if text is None else textwrap.dedent(text)
        path = tmp_path / "ledger.beancount"
        settings = 'option "operating_currency" "USD"\nplugin "beancount.plugins.auto_accounts"\n'
        path.write_text(f"{ledger}\n{settings}", encoding="utf-8")
        entries, errors, options = loader.load_file(str(path))
        assert [error for error in errors if not isinstance(error, FindingError)] == []
        return Books.of(entries, options, state="")

    return load_text


@pytest.fixture
def counted(record_property: Callable[[str, object], None]) -> Counted:
    """Keeps an attack's figures for the page that `make test-long` writes."""
    return lambda *figures: record_property(PROPERTY, words(*figures))


@pytest.fixture
def books(load: Load) -> Books:
    """The books in the test's docstring."""
    return load()


def _program(name: str) -> str:
    path = shutil.which(name)
    if path is None:
        pytest.skip(f"{name} is not installed")
    return path


@pytest.fixture(scope="session")
def hledger() -> str:
    """The path of hledger, the independent bookkeeper."""
    return _program("hledger")


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """A Chromium at work, one for all tests of a process: Playwright is begun in it once."""
    with sync_playwright() as playwright:
        try:
            running = browsing.begun(playwright)
        except Error as problem:
            if "Executable doesn't exist" not in problem.message:
                raise
            pytest.skip("chromium is not installed")
        yield running
        running.close()


@pytest.fixture(scope="session")
def verapdf() -> Iterator[Verapdf]:
    """A function `(pdf, flavour…)` that returns the rules a PDF breaks, as the real veraPDF sees them.

    Without a flavour it checks PDF/A-3a and PDF/UA-1: `assert verapdf(pdf) == []`.
    """
    _program("java")
    command = [sys.executable, str(Path(__file__).with_name("verapdf.py"))]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        stdin, stdout = process.stdin, process.stdout

        def check(pdf: Path, *flavours: str) -> list[str]:
            print(json.dumps([str(pdf.resolve()), *(flavours or ("3a", "ua1"))]), file=stdin, flush=True)
            answer = stdout.readline()
            assert answer, "veraPDF ended; see its messages above"
            failures: list[str] = json.loads(answer)
            return failures

        yield check
        stdin.close()
        process.wait(timeout=60)
