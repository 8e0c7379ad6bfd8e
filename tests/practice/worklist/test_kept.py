"""What `check` said is said again only while it is what `check` would say."""

import os
import shutil

import pytest
from click.testing import CliRunner
from daysheet.cli import cli

PADDING = "; this line makes the books large enough to be kept\n" * 6_000
MAIN = """option "title" "Practice"
option "operating_currency" "USD"
include "padding.beancount"
include "months/*.beancount"
2026-01-01 open Assets:Bank
2026-01-01 open Equity:Opening
2026-01-01 custom "provider" "adams" "Dr. Adams"
  fee: 50.00 USD
"""
MARCH = '2026-03-0{} custom "visit" "V{}" "adams" "completed"\n  fee: 50.00 USD\n'
LATER = '2026-04-20 * "Rent" ""\n  Assets:Bank  -1.00 USD\n  Equity:Opening  1.00 USD\n'


@pytest.fixture
def books(tmp_path):
    folder = tmp_path / "books"
    (folder / "months").mkdir(parents=True)
    (folder / "main.beancount").write_text(MAIN)
    (folder / "padding.beancount").write_text(PADDING)
    (folder / "months" / "03.beancount").write_text(MARCH.format(1, 1) + LATER)
    (folder / "daysheet.toml").write_text('[practice]\nid = "kept"\nname = "Practice"\n')
    return folder


@pytest.fixture
def check(books, tmp_path, monkeypatch):
    """A function that runs `check` with this cache, and with none; gives what both say, and whether it was kept."""

    def run(*options, cache="cache"):
        monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / cache))
        monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
        made = CliRunner().invoke(cli, ["check", "--books", str(books), *options])
        return made.exit_code, made.stdout, type(made.exception) if made.exception else None

    def both(*options):
        place = tmp_path / "cache" / "daysheet" / "worklists"
        for path in place.glob("*/*"):
            os.utime(path, (1, 1))
        said = run(*options)
        kept = any(path.stat().st_mtime > 1 for path in place.glob("*/*"))
        shutil.rmtree(tmp_path / "fresh", ignore_errors=True)
        assert said == run(*options, cache="fresh")
        return said, kept

    return both


@pytest.mark.parametrize(
    "options", [(), ("--json",), ("--csv",), ("--kind", "unbilled-visit", "--since", "2026-02-01")]
)
def test_what_did_not_change_is_said_again(check, tmp_path, options):
    first, _ = check(*options)
    answers = list((tmp_path / "cache" / "daysheet" / "worklists").glob("*/*"))
    written = {path: path.read_bytes() for path in answers}
    assert len(answers) == 1
    assert "V1" in first[1]
    assert check(*options) == (first, True)
    assert {path: path.read_bytes() for path in answers} == written
    assert all(path.stat().st_mode & 0o077 == 0 for path in (tmp_path / "cache" / "daysheet").rglob("*"))


def edits():
    """By name: what is done to the books, and whether `check` then says something else."""
    yield "a file", lambda books: (books / "months/03.beancount").write_text(MARCH.format(2, 1) + LATER), True
    yield "a new file", lambda books: (books / "months/02.beancount").write_text(MARCH.format(3, 9)), True
    yield "a file that is gone", lambda books: (books / "months/03.beancount").unlink(), True
    yield "an error", lambda books: (books / "months/03.beancount").write_text("2026-03-01 open\n"), True
    yield "another name", lambda books: (books / "months/03.beancount").rename(books / "months/3.beancount"), True
    yield "settings", lambda books: (books / "daysheet.toml").write_text("[practice]\nid = 3\n"), True
    yield "no settings", lambda books: (books / "daysheet.toml").unlink(), False
    yield "a link that leads out", lambda books: (books / "originals").symlink_to("/usr"), True
    yield "a plugin", lambda books: _add(books, 'plugin "elsewhere"\n'), True
    yield "a folder of documents", lambda books: _add(books, 'option "documents" "months"\n'), False
    yield "what is not included", lambda books: (books / "notes.beancount").write_text("no ledger"), False


def _add(books, text):
    (books / "main.beancount").write_text(text + MAIN)


@pytest.mark.parametrize(("edit", "other"), [pytest.param(*row[1:], id=row[0]) for row in edits()])
def test_what_changed_is_looked_at_again(check, books, edit, other):
    before, _ = check()
    edit(books)
    after, _ = check()
    assert (after != before) == other
    assert check()[0] == after


def test_other_questions_have_answers_of_their_own(check):
    said = [check(*options)[0] for options in [(), ("--as-of", "2026-02-01"), ("--json",), ("--kind", "late-charge")]]
    assert len({text for _, text, _ in said}) == 4
    assert check("--as-of", "2026-02-01") == (said[1], True)


@pytest.mark.parametrize("damage", [lambda kept: kept[:-9], lambda kept: kept[:-9] + b"123456789", lambda kept: b""])
def test_a_damaged_answer_is_not_used(check, tmp_path, damage):
    before, _ = check()
    (path,) = (tmp_path / "cache" / "daysheet" / "worklists").glob("*/*")
    path.write_bytes(damage(path.read_bytes()))
    assert check()[0] == before


def test_books_that_look_for_documents_are_always_loaded(check, books, tmp_path):
    _add(books, 'option "documents" "months"\n')
    check()
    assert not list((tmp_path / "cache" / "daysheet").glob("worklists/*/*"))


def test_where_others_may_write_nothing_is_kept_or_read(check, tmp_path):
    check()
    (folder,) = (tmp_path / "cache" / "daysheet" / "worklists").iterdir()
    folder.chmod(0o777)
    assert check()[1] is False
