"""Names that books bring never lead out of them: each is refused in one line, and nothing is read or written there."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import pytest
from daysheet import files
from daysheet.trust.paths import is_inner, is_plain_name

from tests import forked

HOSTILE = {
    "above": "../x",
    "far above": "a/../../x",
    "absolute": "/etc/passwd",
    "drive": "C:\\x",
    "backslash": "..\\x",
    "stream": "x:y",
    "home": "~/x",
    "home of another": "~root",
    "hook": ".git/hooks/pre-commit",
    "hidden": ".x",
    "device": "con",
    "device with an ending": "NUL.csv",
    "long": "x" * 300,
    "newline": "a\nb",
    "nul": "a\0b",
    "escape": "a\x1b[2J",
    "backwards": "a\u202ecsv",
    "option": "-rf",
    "dot": ".",
    "nothing": "",
    "blank": " ",
    "ends in a dot": "x.",
    "asterisk": "*",
}
VISIT = "visit_id,date,provider,patient_id,status,service,fee\nV1,2026-03-02,adams,Maria Canary,completed,,50.00\n"


@pytest.mark.parametrize("name", HOSTILE.values(), ids=HOSTILE)
def test_a_hostile_name_is_no_name_of_a_file(name: str) -> None:
    assert not is_inner(name)


@pytest.mark.parametrize(
    "name", ["inbox", "Eingang 2026", "visits-2026.csv", "Büro & Söhne", "console", "a..b", "con-1"]
)
def test_an_ordinary_name_is_one(name: str) -> None:
    assert is_plain_name(name)


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """New books with an import, beside a folder that is none of theirs."""
    place = tmp_path_factory.mktemp("made")
    run(place, "init", "books")
    (place / "visits.csv").write_text(VISIT)
    run(place / "books", "import", "../visits.csv")
    (place / "elsewhere").mkdir()
    (place / "elsewhere" / "kept.csv").write_text("theirs")
    return place


@pytest.fixture
def books(made: Path, tmp_path: Path) -> Path:
    """A copy of them."""
    shutil.copytree(made, tmp_path / "here")
    return tmp_path / "here" / "books"


def run(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    home = (folder if folder.name != "books" else folder.parent) / "home"
    environment = {"PATH": os.environ["PATH"], "HOME": str(home), "DAYSHEET_SECRET": "a secret for these tests alone"}
    return subprocess.run(
        [forked.program(), *arguments],
        cwd=folder, env=environment, capture_output=True, text=True, check=False, timeout=120,
    )  # fmt: skip


def refused(books: Path, *arguments: str) -> str:
    """What is said, in one line; what is not of these books stays as it is."""
    before = outside(books)
    done = run(books, *arguments)
    assert done.returncode == 2, done.stdout
    assert len(done.stderr.strip().splitlines()) == 1, done.stderr
    assert outside(books) == before
    return done.stderr


def outside(books: Path) -> list[tuple[str, int]]:
    places = (path for path in books.parent.rglob("*") if books not in path.parents and "home" not in path.parts)
    return sorted((str(path), path.stat().st_size if path.is_file() else 0) for path in places)


def quoted(name: str) -> str:
    """As a text of TOML."""
    return '"' + "".join(f"\\u{ord(c):04x}" if not c.isalnum() else c for c in name) + '"'


def rewritten(path: Path, old: str, new: str) -> None:
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new, 1))


@pytest.mark.parametrize("kind", ["above", "absolute", "hook", "long", "nul", "device", "nothing"])
def test_settings_name_nothing_outside(books: Path, kind: str) -> None:
    settings = books / "daysheet.toml"
    before = settings.read_text()
    settings.write_text(before + f"\n[import]\ninbox = {quoted(HOSTILE[kind])}\n")
    assert "daysheet.toml:" in (said := refused(books, "import"))
    assert "inbox of [import] cannot be part of a file's name" in said
    line = next(line for line in before.splitlines() if line.startswith("id = "))
    settings.write_text(before.replace(line, f"id = {quoted(HOSTILE[kind])}"))
    assert "id of [practice] cannot be part of a file's name" in refused(books, "import", "../visits.csv")


@pytest.mark.parametrize("own", ["originals", "packs/2026", "2026"])
def test_nothing_is_dropped_into_folders_of_another_purpose(books: Path, own: str) -> None:
    settings = books / "daysheet.toml"
    settings.write_text(settings.read_text() + f'\n[import]\ninbox = "{own}"\n')
    assert "inbox of [import] cannot be part of a file's name" in refused(books, "import")


@pytest.mark.parametrize("name", ["../elsewhere/kept.csv", "/etc/passwd", ".git/hooks/x", "~/x"])
def test_an_import_s_file_is_one_of_these_books(books: Path, name: str) -> None:
    imports = books / "imports.beancount"
    filed = next(line for line in imports.read_text().splitlines() if line.startswith("  file:")).split('"')[1]
    rewritten(imports, filed, name)
    for arguments in (("undo", name, "--yes"), ("undo", "2026-03-02", "--yes"), ("catch-up",)):
        said = refused(books, *arguments)
        assert "imports.beancount:" in said
        assert "the file of this import is not named as" in said
    assert (books / filed).exists()


@pytest.mark.parametrize("name", ["originals", "inbox", "2031", "packs", "outbox", "profiles", "catch-up"])
def test_a_folder_that_is_a_link_out_of_the_books_is_refused_until_trusted(books: Path, name: str) -> None:
    place = books / name
    if place.exists():
        place.rename(books.parent / "elsewhere" / name)
    (books.parent / "elsewhere" / name).mkdir(exist_ok=True)
    place.symlink_to(books.parent / "elsewhere" / name)
    for arguments in (("check",), ("import", "../visits.csv"), ("pack", "2026")):
        assert f"books/{name}: {name} is a link that leads out of these books" in refused(books, *arguments)
    assert f"{name} is a link" in run(books, "trust", "--yes").stdout
    assert run(books, "check").returncode < 2


def test_a_link_below_a_folder_of_our_own_and_settings_that_are_a_link_are_refused(books: Path) -> None:
    (books / "originals" / "2027").symlink_to(books.parent / "elsewhere")
    assert "originals/2027 is a link that leads out" in refused(books, "check")
    (books / "originals" / "2027").unlink()
    (books / "daysheet.toml").rename(books.parent / "elsewhere" / "daysheet.toml")
    (books / "daysheet.toml").symlink_to(books.parent / "elsewhere" / "daysheet.toml")
    assert "daysheet.toml is a link that leads out" in refused(books, "check")


def test_a_dropped_link_to_a_file_elsewhere_is_not_imported(books: Path) -> None:
    (books / "inbox" / "kept.csv").symlink_to(books.parent / "elsewhere" / "kept.csv")
    assert "inbox/kept.csv: is a link that leads out of these books" in refused(books, "import")


def test_a_link_within_the_books_and_a_file_beside_them_are_nobody_s_concern(books: Path) -> None:
    (books / "2027").mkdir()
    (books / "this-year").symlink_to(books / "2026")
    (books / "income.txt").symlink_to(books.parent / "elsewhere" / "income.txt")
    assert run(books, "report", "income", "--output", "income.txt").returncode == 0
    assert "Net income" in (books.parent / "elsewhere" / "income.txt").read_text()
    assert (books / "income.txt").is_symlink()


def test_an_output_goes_where_a_shell_would_put_it(tmp_path: Path) -> None:
    (tmp_path / "there").write_text("old")
    (tmp_path / "link").symlink_to(tmp_path / "there")
    (tmp_path / "to-be").symlink_to(tmp_path / "new")
    (tmp_path / "nowhere").symlink_to(tmp_path / "missing" / "x")
    for name in ("link", "to-be"):
        files.output(tmp_path / name, name.encode())
        assert (tmp_path / name).is_symlink()
    assert [(tmp_path / name).read_text() for name in ("there", "new")] == ["link", "to-be"]
    for path in (tmp_path / "nowhere", tmp_path / "missing" / "x", tmp_path):
        with pytest.raises(OSError, match=r"No such file or directory|Is a directory"):
            files.output(path, b"x")
    assert not (tmp_path / "missing").exists()
    os.mkfifo(tmp_path / "pipe")
    reader = subprocess.Popen(["cat", tmp_path / "pipe"], stdout=subprocess.PIPE)
    files.output(tmp_path / "pipe", b"through")
    assert reader.communicate(timeout=60)[0] == b"through"
    assert (tmp_path / "pipe").is_fifo()


def test_the_name_of_a_profile_is_no_path(books: Path) -> None:
    (books.parent / "bank.csv").write_text("Date,Text,Amount\n2026-03-02,Rent,-50.00\n2026-03-03,Fee,-5.00\n")
    said = run(books, "profile", "new", "../bank.csv", "--name", "../../x").stderr
    assert "name of a profile" in said
    assert len(said.strip().splitlines()) == 1


def test_links_and_includes_that_lead_in_a_circle_are_one_line(books: Path) -> None:
    main = books / "main.beancount"
    text = main.read_text()
    line = text.count("\n") + 2
    main.write_text(f'{text}\ninclude "main.beancount"\n')
    assert f"main.beancount:{line}: Duplicate filename" in refused(books, "check")
    (books / "three.beancount").write_text('\n\ninclude "four.beancount"\n')
    (books / "four.beancount").write_text('\ninclude "three.beancount"\n')
    main.write_text(f'{text}\ninclude "three.beancount"\n')
    assert "four.beancount:2: Duplicate filename" in refused(books, "check")
    (books / "one.beancount").symlink_to("two.beancount")
    (books / "two.beancount").symlink_to("one.beancount")
    main.write_text(f'{text}\ninclude "one.beancount"\n')
    said = refused(books, "check")
    assert f"main.beancount:{line}: an include names a link that leads back to itself (one.beancount)" in said


@pytest.mark.parametrize("pattern", ["/*/*/*/*/*/*.beancount", "x/**/*.beancount"], ids=["the machine", "circles"])
def test_an_include_that_would_look_for_hours_is_one_line(books: Path, pattern: str) -> None:
    (books / "x").mkdir()
    for name in "abc":
        (books / "x" / name).symlink_to(".")
    main = books / "main.beancount"
    before = main.read_text()
    main.write_text(f'{before}\ninclude "{pattern}"\n')
    line = before.count("\n") + 2
    assert f"main.beancount:{line}: an include looks through more than 50000 names" in refused(books, "check")


@pytest.mark.parametrize(("text", "words"), [
    (b'2026-01-01 note Assets:Bank:Checking "' + b"x" * 2_000_000 + b'"\n', "x.beancount:1: has no end in sight"),
    (b"\n;" + b"x" * 2_000_000 + b"\n", "x.beancount:2: has no end in sight"),
    (b'\n\n2026-01-01 note Assets:Bank:Checking "' + b"x\n" * 900_000 + b'"\n', "x.beancount:3: has no end in sight"),
    (b"; 5\"\n" * 300_000, None),
    (b"; no text\n" * 200_000, None),
    (None, "x.beancount: is larger than 64 MB"),
], ids=["text", "remark", "lines", "inches", "short", "gigabyte"])  # fmt: skip
def test_a_ledger_without_end_is_refused_in_a_moment(books: Path, text: bytes | None, words: str | None) -> None:
    """Beancount would read some of these for an hour, or in more memory than there is."""
    if text is None:
        with (books / "x.beancount").open("wb") as file:
            file.truncate(1 << 30)
    else:
        (books / "x.beancount").write_bytes(text)
    with (books / "main.beancount").open("a") as main:
        main.write('\ninclude "x.beancount"\n')
    if words is None:
        assert run(books, "report", "income").returncode == 0
    else:
        assert words in refused(books, "check")
