"""Ledgers that nobody here wrote load through the cache as Beancount loads them, first and again.

They are the ledgers in the docstrings of Beancount's, beanquery's and Fava's own tests, as installed, Beancount's
example of many years, and the sample books.
"""

import ast
import importlib.util
import io
import shutil
from datetime import date
from pathlib import Path

import pytest
from beancount.scripts import example
from daysheet.errors import DaysheetError
from daysheet.ledger import cache as filecache

from tests.conftest import ROOT
from tests.practice.ledger.test_cache import plain, same
from tests.practice.ledger.unguarded import UNGUARDED

LEAST = 500


@pytest.fixture(autouse=True)
def every_size_is_kept(tmp_path, monkeypatch):
    """The cache keeps small ledgers too, in a folder of this test's."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.setattr(filecache, "_LARGE", 0)


def docstrings():
    """The docstrings of tests that look like ledgers, by where they stand."""
    for package in ("beancount", "beanquery", "fava"):
        spec = importlib.util.find_spec(package)
        assert spec is not None
        assert spec.origin is not None
        for path in sorted(Path(spec.origin).parent.rglob("*_test.py")):
            nodes = ast.walk(ast.parse(path.read_text(encoding="utf-8")))
            for node in (node for node in nodes if isinstance(node, ast.FunctionDef | ast.ClassDef)):
                text = ast.get_docstring(node)
                if text and any(line[:4].isdigit() or line.startswith("option ") for line in text.splitlines()):
                    yield f"{path.name}:{node.lineno}", text


def differs(text, folder):
    """How a ledger loads otherwise than Beancount loads it; empty if it does not."""
    main = folder / "main.beancount"
    main.write_text(text + "\n", encoding="utf-8")
    try:
        expected = plain(main)
    except (TypeError, AttributeError):  # Beancount itself stumbles: we say so in one line
        with pytest.raises(DaysheetError):
            filecache.load_file(main, UNGUARDED)
        return ""
    for _ in ("parsed", "kept"):
        try:
            same(filecache.load_file(main, UNGUARDED), expected)
        except (AssertionError, DaysheetError) as problem:
            return str(problem)[:200] or "differs"
    return ""


def test_every_fortieth_ledger_of_the_others_tests_loads_as_beancount_loads_it(tmp_path):
    found = list(docstrings())
    assert len(found) >= LEAST
    wrong = {place: how for place, text in found[::40] if (how := differs(text, tmp_path))}
    assert wrong == {}


@pytest.mark.long
def test_all_ledgers_of_the_others_tests_load_as_beancount_loads_them(tmp_path):
    found = list(docstrings())
    assert len(found) >= LEAST
    wrong = {place: how for place, text in found if (how := differs(text, tmp_path))}
    assert wrong == {}


@pytest.mark.long
@pytest.mark.parametrize("born", [1960, 1980, 2000])
def test_beancounts_own_example_loads_as_beancount_loads_it(tmp_path, born):
    text = io.StringIO()
    example.write_example_file(date(born, 5, 12), date(2010, 1, 1), date(2016, 1, 1), True, text)
    assert differs(text.getvalue(), tmp_path) == ""


@pytest.mark.long
def test_the_sample_books_load_as_beancount_loads_them(tmp_path):
    for sample in sorted(path.parent for path in (ROOT / "ledgers").glob("*/main.beancount")):
        shutil.copytree(sample, tmp_path / sample.name)
        main = tmp_path / sample.name / "main.beancount"
        expected = plain(main)
        for _ in ("parsed", "kept"):
            assert same(filecache.load_file(main, UNGUARDED), expected)
