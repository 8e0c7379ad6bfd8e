"""What `daysheet.toml` may say is checked whole: tables, keys, values, and the elements of lists."""

import os
import re
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from daysheet import files
from daysheet.errors import DaysheetError
from daysheet.settings import FILE, Settings


@dataclass(frozen=True, kw_only=True)
class Example:
    names: tuple[str, ...] = ()
    share: float = 2.0
    words: dict[str, str] = field(default_factory=dict)


def said(folder, text):
    (folder / "daysheet.toml").write_text(text)
    return Settings.of(folder)


def test_what_fits_is_read_as_the_class_says(tmp_path):
    settings = said(tmp_path, '[pack]\nnames = ["a", "b"]\nshare = 3\nwords = {x = "y"}\n')
    assert settings.table("pack", Example) == Example(names=("a", "b"), share=3.0, words={"x": "y"})


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ('\nnames = ["a", 7]', "daysheet.toml:3: pack.names must be text in quotes"),
        ('\nnames = ["a", ["b"]]', "daysheet.toml:3: pack.names must be text in quotes"),
        ('\nnames = "a"', "daysheet.toml:3: pack.names must be a list, in [brackets]"),
        ("\nshare = true", "daysheet.toml:3: pack.share must be a number"),
        ("\nwords = {x = 1}", "daysheet.toml:3: pack.words must be a table of texts"),
        ("\nname = 1", 'daysheet.toml:3: unknown key "name" in [pack]; did you mean "names"?'),
    ],
)
def test_what_does_not_fit_is_named_with_its_line(tmp_path, text, message):
    settings = said(tmp_path, f"[pack]\n{text}\n")
    with pytest.raises(DaysheetError) as raised:
        settings.table("pack", Example)
    assert str(raised.value).endswith(message)


@pytest.mark.parametrize("table", ["[[vendor]]", "[firm]", "[unheard-of]"])
def test_a_table_that_nothing_reads_is_unknown(tmp_path, table):
    with pytest.raises(DaysheetError, match="unknown table"):
        said(tmp_path, f'{table}\nname = "x"\n')


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("[check]\nx = " + "9" * 5_000, "a number has thousands of digits"),
        ("[check]\nx = " + "[" * 100_000, "nested too deeply"),
        ("[check]\n" + "a." * 50_000 + "b = 1", ":2: not valid TOML: a key is nested too deeply"),
        ("[" + "a . " * 50_000 + "b]", ":1: not valid TOML: a key is nested too deeply"),
        ("x = { " + "'a'." * 50_000 + "b = 1 }", "a key is nested too deeply"),
        ("[practice]\nname = '" + "x" * 5_000_000 + "'", "longer than 4 million characters"),
        ("[practice]\nid = 2026-02-31", ":2: not valid TOML: Invalid date"),
        ("[practice]\nname = '" + "word-" * 500_000 + "'\nid = 7", "text in quotes"),
    ],
    ids=["digits", "deep", "a deep key", "a deep head", "a deep quoted key", "long", "a date", "a long word"],
)
def test_settings_made_to_harm_are_refused_in_a_line_and_in_time(tmp_path: Path, text: str, said: str) -> None:
    (tmp_path / FILE).write_text(text)
    with pytest.raises(DaysheetError, match=re.escape(said)) as refused:
        _ = Settings.of(tmp_path).practice
    assert len(str(refused.value)) < 400


def test_settings_that_are_no_file_or_no_text_are_refused(tmp_path: Path) -> None:
    path = tmp_path / FILE
    path.write_bytes(b"[practice]\nname = 'Caf\xe9'\n")
    with pytest.raises(DaysheetError, match=r"toml:2: is no UTF-8 text; save it as UTF-8"):
        Settings.of(tmp_path)
    path.unlink()
    os.mkfifo(path)
    with pytest.raises(DaysheetError, match="is a device, pipe or socket, and no file"):
        Settings.of(tmp_path)
    path.unlink()
    path.mkdir()
    with pytest.raises(DaysheetError, match="cannot be read: Is a directory"):
        Settings.of(tmp_path)


def test_settings_as_an_editor_on_windows_saves_them_are_read(tmp_path: Path) -> None:
    (tmp_path / FILE).write_bytes(b"\xef\xbb\xbf[practice]\r\nname = 'A'\r\n")
    assert Settings.of(tmp_path).practice.name == "A"


@pytest.mark.parametrize("kind", ["pipe", "folder", "deep"])
def test_a_journal_that_is_none_of_ours_keeps_nobody_waiting(tmp_path: Path, kind: str) -> None:
    journal = tmp_path / files.JOURNAL
    if kind == "pipe":
        os.mkfifo(journal)
    elif kind == "folder":
        journal.mkdir()
    else:
        journal.write_bytes(b"[" * 100_000)
    with files.locked(tmp_path):
        pass
    files.complete(tmp_path)


def test_a_change_of_files_behind_a_link_is_made_as_well(tmp_path: Path) -> None:
    """A journal names none of them: without one they are changed in turn."""
    inside, outside = tmp_path / "books", tmp_path / "elsewhere"
    inside.mkdir()
    outside.mkdir()
    (inside / "2026").symlink_to(outside)
    with files.locked(inside):
        files.replace_all(inside, [("2026/a.beancount", b"a"), ("old.bean", b"b"), ("main.beancount", b"c")])
    assert [(outside / "a.beancount").read_bytes(), (inside / "old.bean").read_bytes()] == [b"a", b"b"]
    assert (inside / "main.beancount").read_bytes() == b"c"
    assert sorted(path.name for path in outside.iterdir()) == ["a.beancount"]
