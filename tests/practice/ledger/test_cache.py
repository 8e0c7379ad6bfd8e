"""Loading through the cache by file: entries, errors and options are Beancount's own, whatever happened before."""

import datetime
import hashlib
import multiprocessing
import os
import pickle
import shutil
import textwrap
from pathlib import Path

import pytest
from beancount import loader
from beancount.core.data import Transaction
from daysheet.books import loading
from daysheet.errors import DaysheetError
from daysheet.ledger import cache as filecache
from daysheet.ledger import codec

from bench.ledger import write_books
from tests.practice.ledger.unguarded import UNGUARDED

SAMPLE = Path(__file__).parents[3] / "ledgers" / "two-doctors"
PADDING = "; this line makes the books large enough to be kept\n" * 6_000
ACCOUNTS = """
    2020-01-01 open Assets:Bank
    2020-01-01 open Assets:Other
    2020-01-01 open Expenses:Office
    2020-01-01 open Equity:Opening
"""


@pytest.fixture(autouse=True)
def cache(tmp_path, monkeypatch):
    """An empty cache folder."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    return tmp_path / "cache" / "daysheet" / "books"


@pytest.fixture
def write(tmp_path):
    """A function that writes files of a ledger that is large enough to be kept; gives its main file."""

    def write_files(**texts):
        folder = tmp_path / "books"
        folder.mkdir(exist_ok=True)
        for name, text in texts.items():
            (folder / f"{name}.beancount").write_text(textwrap.dedent(text) + "\n")
        (folder / "padding.beancount").write_text(PADDING)
        return folder / "main.beancount"

    return write_files


def plain(main):
    """What Beancount gives, its own cache left out."""
    return loader._load([(str(main), True)], None, None, None)


def same(one, other):
    """Whether two loads gave the same, to the last digit and in the same order."""
    assert list(map(repr, one[0])) == list(map(repr, other[0]))
    assert one[0] == other[0]
    assert one[1] == other[1]
    mine, theirs = (dict(loaded[2]) for loaded in (one, other))
    assert str(mine.pop("dcontext")) == str(theirs.pop("dcontext"))
    assert mine == theirs
    return True


def loads_as_beancount(main):
    """Whether the ledger loads as Beancount loads it, now and from the cache."""
    expected = plain(main)
    loads = [filecache.load_file(main, UNGUARDED) for _ in range(2)]
    return all(same(loaded, expected) for loaded in loads)


def entries_kept(cache):
    return sorted(cache.glob("*/*"))


EVERYTHING = """
    option "title" "All there is"
    option "operating_currency" "USD"
    option "inferred_tolerance_default" "CAD:0.05"
    option "documents" "papers"
    plugin "beancount.plugins.implicit_prices"
    include "padding.beancount"
    include "second.beancount"
    include "th*.beancount"

    2020-01-01 open Assets:Bank USD,CAD "STRICT"
      number: "0001"
    2020-01-01 open Assets:Other
    2020-01-01 open Expenses:Office
    2020-01-01 open Equity:Opening
    2020-01-01 commodity USD
      name: "Dollar"
    2020-01-01 pad Assets:Bank Equity:Opening
    2020-02-01 balance Assets:Bank 100.00 ~ 0.01 USD
    2020-02-01 price CAD 0.75 USD
    2020-02-02 note Assets:Bank "Said" #told ^inv-1
    2020-02-02 event "place" "here"
    2020-02-02 query "name" "SELECT *"
    2020-02-03 custom "all" "text" 2020-01-01 TRUE 1.50 2.50 USD Assets:Bank
      day: 2020-03-01
      amount: 5.0 USD
      again: 5.00 USD
      number: 12
      yes: TRUE
      account: Assets:Bank
      tag: #one
      currency: USD
      nothing:
    2020-02-03 custom "none"
    """
SECOND = """
    option "operating_currency" "CAD"
    plugin "beancount.plugins.leafonly"
    pushtag #trip
    pushmeta of: "a journey"

    2020-02-04 * "Payee" "Narration" #tag ^link
      visit: "V1"
      ! Assets:Bank   5.00 USD
        of: "a leg"
      Expenses:Office
    2020-02-04 ! "Only \\"this\\""
      Expenses:Office   5.00 USD @ 1.30 CAD
      Expenses:Office  -3.25 CAD @@ 2.50 USD
      Expenses:Office   1 USD
    poptag #trip
    popmeta of:
    """
THIRD = """
    2020-02-05 * ""
      Assets:Bank    5.00 USD
      Assets:Bank    1 CAD
      Assets:Other  -5.00 USD
      Assets:Other  -1.0 CAD
    2020-02-05 * "Left out"
      Assets:Bank    5.000 USD
      Assets:Bank    1.0 CAD
      Assets:Other
    2020-02-06 * "No legs"
    2020-02-06 * "Nothing"
      Assets:Bank    0 USD
    2020-02-06 document Assets:Bank "paper.pdf" #tag
    2020-12-31 close Assets:Other
    """


def test_every_kind_of_entry_comes_back_as_it_was(write, cache):
    main = write(main=EVERYTHING, second="", third=THIRD)
    (main.parent / "papers" / "Assets" / "Bank").mkdir(parents=True)
    (main.parent / "papers" / "Assets" / "Bank" / "2020-02-07.statement.pdf").touch()
    assert loads_as_beancount(main)
    assert len(entries_kept(cache)) == 4, "nothing of this was to be left to the plain load"


def test_options_and_tags_of_an_included_file_reach_as_far_as_they_do_in_beancount(write, cache):
    main = write(main=EVERYTHING, second=SECOND, third=THIRD)
    assert loads_as_beancount(main)
    assert len(entries_kept(cache)) == 4
    write(second='option "name_assets" "Vermoegen"\n2020-01-01 open Vermoegen:Bank', third=THIRD)
    assert loads_as_beancount(main)


@pytest.mark.parametrize(
    "plugin",
    [
        "daysheet.plugins.billing_gaps",
        "daysheet.plugins.accrual",
        "beancount.plugins.auto_accounts",
        "beancount.plugins.auto",
        "no.such.plugin",
    ],
)
def test_plugins_see_the_books_as_they_do_in_beancount(plugin, tmp_path, cache):
    books = shutil.copytree(SAMPLE, tmp_path / "books", ignore=shutil.ignore_patterns("2026-0[3-9]*", "2026-1*"))
    main = books / "main.beancount"
    main.write_text(main.read_text() + f'plugin "{plugin}"\n')
    assert loads_as_beancount(main)
    assert entries_kept(cache)


@pytest.fixture
def books(tmp_path):
    """The first two months of a practice's year, about 2,000 entries."""
    folder = tmp_path / "books"
    write_books(folder, 1)
    main = folder / "main.beancount"
    lines = main.read_text().splitlines(keepends=True)
    main.write_text("".join(line for line in lines if "/" not in line or "-01-" in line or "-02-" in line))
    return folder


def test_books_change_by_the_file(books, cache):
    """An edit, a file more and a file less each give what Beancount gives, and one file is parsed anew."""
    main = books / "main.beancount"
    assert loads_as_beancount(main)
    before = set(entries_kept(cache))
    month = books / "2026" / "2026-02-payments.beancount"
    month.write_text(month.read_text().replace("Card payment", "Paid by card"))
    assert loads_as_beancount(main)
    after = set(entries_kept(cache))
    assert (len(after - before), len(before - after)) == (1, 1)
    loading.append(books, "2026/more.beancount", '2026-12-31 note Assets:Bank:Checking "more"\n')
    assert loads_as_beancount(main)
    (books / "2026" / "more.beancount").unlink()
    main.write_text(main.read_text().replace('include "2026/more.beancount"\n', ""))
    assert loads_as_beancount(main)


def test_a_new_file_that_a_pattern_includes_is_seen(write, cache):
    main = write(main='include "*s.beancount"\ninclude "padding.beancount"', accounts=ACCOUNTS)
    assert len(filecache.load_file(main, UNGUARDED)[0]) == 4
    assert len(entries_kept(cache)) == 3
    write(notes='2020-02-01 note Assets:Bank "one"')
    assert len(filecache.load_file(main, UNGUARDED)[0]) == 5


def test_what_is_kept_is_what_is_read(write, cache):
    main = write(main='include "padding.beancount"\n2020-02-01 event "place" "here"')
    filecache.load_file(main, UNGUARDED)
    for path in entries_kept(cache):
        entries, options = codec.decode(path.read_bytes(), str(main))
        changed = [entry._replace(date=datetime.date(2020, 2, 2)) for entry in entries]
        path.write_bytes(codec.encode(changed, options, str(main)))
    assert [entry.date for entry in filecache.load_file(main, UNGUARDED)[0]] == [datetime.date(2020, 2, 2)]


@pytest.mark.parametrize("key", ["lineno: 7", "lineno: 7.5", 'filename: "elsewhere.txt"', "filename: 3"])
@pytest.mark.parametrize("place", ["entry", "posting", "custom"])
def test_metadata_that_the_user_calls_as_beancount_calls_the_place_comes_back_as_written(write, key, place):
    said = {name: f"\n    {key}" if name == place else "" for name in ("entry", "posting", "custom")}
    text = (
        f'2020-02-01 * "Rent"{said["entry"]}\n  Assets:Bank  -5.00 USD{said["posting"]}\n  Assets:Other  5.00 USD\n'
        f'2020-02-02 custom "note" "kept"{said["custom"]}\n'
    )
    assert loads_as_beancount(write(main='include "padding.beancount"\n' + text))


def test_a_line_number_that_is_a_text_is_a_clear_error(write):
    legs = "\n  lineno: {}\n  Assets:Bank  -5.00 USD\n  Assets:Other  5.00 USD\n"
    text = "".join(f'2020-02-01 * "Rent"{legs.format(number)}' for number in ('"seven"', 8))
    with pytest.raises(DaysheetError, match="lineno"):
        filecache.load_file(write(main='include "padding.beancount"\n' + text), UNGUARDED)


@pytest.mark.parametrize("pattern", ["a.beancount/", "a.beancount/.", "a.beancoun?/", "*.beancount/"])
def test_a_pattern_that_ends_in_a_slash_matches_no_file(write, pattern):
    main = write(main=f'include "padding.beancount"\ninclude "{pattern}"', a='2020-02-01 event "place" "here"')
    assert loads_as_beancount(main)
    assert any("does not match any files" in error.message for error in filecache.load_file(main, UNGUARDED)[1])


def test_no_two_transactions_share_their_tolerances(write):
    legs = "\n  Assets:Bank  -5.00 USD\n  Assets:Other  5.00 USD\n"
    main = write(main='include "padding.beancount"\n' + f'2020-02-01 * "One"{legs}2020-02-02 * "Two"{legs}')
    for _ in range(2):  # parsed, then kept
        entries = [entry for entry in filecache.load_file(main, UNGUARDED)[0] if isinstance(entry, Transaction)]
        kept = [entry.meta["__tolerances__"] for entry in entries]
        assert len({id(tolerances) for tolerances in kept}) == len(kept) == 2
        assert len({repr(tolerances) for tolerances in kept}) == 1


def test_an_option_of_the_main_file_counts_for_every_file(write):
    legs = """
        2020-02-01 * "Off by a little"
          Assets:Bank    100.00 USD
          Assets:Other  -100.01 USD
        """
    text = 'include "padding.beancount"\ninclude "accounts.beancount"\ninclude "legs.beancount"\n'
    main = write(main=text, accounts=ACCOUNTS, legs=legs)
    assert filecache.load_file(main, UNGUARDED)[1], "a cent too much is an error"
    main = write(main='option "tolerance_multiplier" "2"\n' + text)
    assert loads_as_beancount(main)
    assert not filecache.load_file(main, UNGUARDED)[1]


@pytest.mark.parametrize(
    "text",
    [
        'include "missing.beancount"',
        'include "accounts.beancount"',
        "2020-02-01 * nothing",
        'option "no such" "option"',
        "pushtag #left",
        "2020-02-01 balance Assets:Bank 5 USD",
        '2020-02-01 * "Uneven"\n  Assets:Bank  1.00 USD\n  Assets:Other  -1.01 USD',
        '2020-02-01 * "Two left out"\n  Assets:Bank\n  Assets:Other',
        '2020-02-01 * "Not open"\n  Assets:Bank  1.00 USD\n  Assets:Unknown  -1.00 USD',
        '2020-02-01 * "At cost"\n  Assets:Bank  2 HOOL {1.00 USD}\n  Assets:Other  -2.00 USD\n'
        '2020-02-02 * "Sold"\n  Assets:Bank  -1 HOOL {}\n  Assets:Other  1.50 USD\n  Expenses:Office',
        '2020-02-01 * "One"\n  Assets:Bank  1.00 USD\n  Assets:Other  -1.00 USD\n'
        '2020-02-02 * "Currency left out"\n  Assets:Bank  1.00\n  Assets:Other  -1.00',
        '2020-02-01 * "Price left out"\n  Assets:Bank  1.00 USD @ CAD\n  Assets:Other  -2.00 CAD',
    ],
)
def test_whatever_is_in_doubt_is_as_beancount_has_it(text, write):
    """Errors and all that booking needs more than the file for."""
    first = (
        'include "padding.beancount"\ninclude "accounts.beancount"\ninclude "doubt.beancount"\ninclude "last.beancount"'
    )
    last = '2020-03-01 * "Last"\n  Assets:Bank  5.00 USD\n  Assets:Other  -5.00 USD'
    main = write(main=first, accounts=ACCOUNTS, doubt=text, last=last)
    assert loads_as_beancount(main)
    write(doubt="")
    assert loads_as_beancount(main)
    write(doubt=text)
    assert loads_as_beancount(main)


@pytest.mark.parametrize("damage", [b"", b"x", b"half", b"bit"])
def test_a_damaged_entry_is_made_again(damage, write, cache):
    main = write(main=EVERYTHING, second="", third=THIRD)
    filecache.load_file(main, UNGUARDED)
    sound = {path: path.read_bytes() for path in entries_kept(cache)}
    for path, content in sound.items():
        half = len(content) // 2
        spoilt = {b"half": content[:half], b"bit": content[:half] + bytes([content[half] ^ 1]) + content[half + 1 :]}
        path.write_bytes(spoilt.get(damage, damage))
    assert loads_as_beancount(main)
    assert {path: path.read_bytes() for path in entries_kept(cache)} == sound


def test_only_the_user_reads_what_is_kept(write, cache):
    filecache.load_file(write(main='include "padding.beancount"'), UNGUARDED)
    assert {path.stat().st_mode & 0o777 for path in entries_kept(cache)} == {0o600}
    assert {path.stat().st_mode & 0o777 for path in (cache, *cache.iterdir())} == {0o700}


def test_a_folder_that_others_may_write_is_not_read(write, cache):
    main = write(main='include "padding.beancount"')
    filecache.load_file(main, UNGUARDED)
    (folder,) = cache.iterdir()
    for path in entries_kept(cache):
        path.write_bytes(b"doubtful")
    folder.chmod(0o770)
    same(filecache.load_file(main, UNGUARDED), plain(main))
    assert {path.read_bytes() for path in entries_kept(cache)} == {b"doubtful"}, "nor is it written"


def test_nothing_is_kept_in_the_books(write, monkeypatch):
    main = write(main='include "padding.beancount"')
    monkeypatch.setenv("XDG_CACHE_HOME", str(main.parent / ".cache"))
    assert loads_as_beancount(main)
    assert sorted(path.name for path in main.parent.iterdir()) == ["main.beancount", "padding.beancount"]


class _Planted:
    """Makes a folder when it is unpickled."""

    def __init__(self, folder):
        self.folder = folder

    def __reduce__(self):
        return os.mkdir, (str(self.folder),)


def test_a_pickle_in_the_books_is_not_read(write, tmp_path):
    main = write(main='include "padding.beancount"')
    (main.parent / ".main.beancount.picklecache").write_bytes(pickle.dumps(_Planted(tmp_path / "planted")))
    loading.load(main.parent)
    main.write_text("nonsense")  # the plain load is taken now
    filecache.load_file(main, UNGUARDED)
    assert not (tmp_path / "planted").exists()


def test_what_is_kept_can_hold_nothing_that_runs(tmp_path):
    content = codec.encode([], {"harmless": _Planted(tmp_path / "planted")}, "main.beancount")
    with pytest.raises(pickle.UnpicklingError, match="mkdir is not part of a ledger"):
        codec.decode(content, "main.beancount")
    assert not (tmp_path / "planted").exists()


def test_small_books_leave_nothing(tmp_path, cache):
    main = tmp_path / "main.beancount"
    main.write_text('2020-02-01 event "place" "here"\n')
    assert loads_as_beancount(main)
    assert not cache.exists()


def test_books_used_long_ago_are_forgotten(write, cache):
    old = [cache / hashlib.sha256(bytes([number])).hexdigest() for number in range(201)]
    for number, folder in enumerate(old):
        folder.mkdir(parents=True)
        os.utime(folder, (1_000 + number, 1_000 + number))
    cache.chmod(0o700)
    filecache.load_file(write(main='include "padding.beancount"'), UNGUARDED)
    assert len(list(cache.iterdir())) == 200
    assert [folder.exists() for folder in (old[0], old[1], old[2])] == [False, False, True]


def _load(main):
    entries, errors, _ = filecache.load_file(main, UNGUARDED)
    return len(errors), hashlib.sha256(repr(entries).encode()).hexdigest()


def test_processes_that_load_at_once_do_not_disturb_each_other(books, cache):
    main = books / "main.beancount"
    with multiprocessing.get_context("spawn").Pool(3) as pool:
        found = pool.map(_load, [main] * 6, chunksize=1)
    assert set(found) == {(0, hashlib.sha256(repr(plain(main)[0]).encode()).hexdigest())}
    assert len(entries_kept(cache)) == 1 + main.read_text().count("\ninclude ")
