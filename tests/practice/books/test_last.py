"""What the plugin has indexed while a ledger was loaded is what Fava's pages show, where it is of the same entries."""

import pytest
from beancount import loader
from daysheet.books import Books, last

PLUGIN = 'plugin "daysheet.plugins.billing_gaps"\n'
LEDGER = """
option "operating_currency" "USD"
2026-01-01 open Assets:Receivable
2026-01-01 open Income:Visits:Adams
2026-01-01 custom "provider" "adams"
2026-01-05 custom "visit" "V1" "adams" "completed"
2026-02-01 custom "visit" "V2" "adams" "completed"
"""


@pytest.fixture
def indexed(monkeypatch):
    """How many times books are indexed."""
    made = []
    of = Books.of

    def counted(*arguments, **more):
        made.append(1)
        return of(*arguments, **more)

    monkeypatch.setattr(Books, "of", counted)
    return made


@pytest.fixture
def load(tmp_path):
    def loaded(text):
        main = tmp_path / "main.beancount"
        main.write_text(text)
        entries, _, options = loader.load_file(str(main))
        return entries, options

    return loaded


def test_the_books_of_the_plugin_are_taken_once(load, indexed):
    entries, options = load(PLUGIN + LEDGER)
    books = last.taken(list(entries), options, "")
    assert len(indexed) == 1
    assert books.entries == entries
    assert sorted(books.visits) == ["V1", "V2"]
    assert last.taken(list(entries), options, "").visits.keys() == books.visits.keys()
    assert len(indexed) == 2


@pytest.mark.parametrize("state", ["", "CA"])
def test_books_of_another_state_or_of_other_entries_are_indexed_anew(load, indexed, state):
    entries, options = load(PLUGIN + LEDGER)
    fewer = [entry for entry in entries if state or getattr(entry, "type", "") != "visit"]
    assert len(last.taken(fewer, options, state).visits) == (2 if state else 0)
    assert len(indexed) == 2


def test_books_that_a_later_plugin_may_have_changed_are_indexed_anew(load, indexed):
    entries, options = load(PLUGIN + 'plugin "beancount.plugins.implicit_prices"\n' + LEDGER)
    last.taken(list(entries), options, "")
    assert len(indexed) == 2
