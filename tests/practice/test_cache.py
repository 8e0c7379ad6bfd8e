"""Beancount's cache of large books, and the files that it does not look at."""

import datetime

from daysheet import loading

from bench.ledger import write_books


def test_a_new_file_that_a_pattern_includes_is_seen_though_the_books_are_cached(tmp_path):
    write_books(tmp_path, 2)
    loading.include(tmp_path, "hand/*.beancount")
    (tmp_path / "hand").mkdir()
    (tmp_path / "hand" / "first.beancount").write_text('2026-12-30 note Assets:Bank:Checking "one"\n')
    before = loading.load(tmp_path)
    assert (tmp_path / ".main.beancount.picklecache").exists(), "these books are too small to be cached"
    (tmp_path / "hand" / "second.beancount").write_text('2027-02-01 note Assets:Bank:Checking "two"\n')
    after = loading.load(tmp_path)
    assert len(after.entries) == len(before.entries) + 1
    assert after.entries[-1].date == datetime.date(2027, 2, 1)
