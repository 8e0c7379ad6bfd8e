"""Loading books for a command: what their own plugin would look for is not looked for twice."""

import pytest
from daysheet import checks
from daysheet.books import loading
from daysheet.errors import DaysheetError
from daysheet.findings import FindingError, untold
from daysheet.ledger import cache

from tests.practice.ledger.unguarded import UNGUARDED

LEDGER = """\
option "operating_currency" "USD"
plugin "daysheet.plugins.billing_gaps" "{kinds}"
2026-01-01 custom "provider" "one" "Dr. One"
2026-01-05 custom "visit" "V1" "one" "{status}"
  fee: 100.00 USD
2026-03-02 custom "imported" "visits" 2026-01-01 2026-03-01
  file: "originals/2026/2026-01-01-visits-db80e665.csv"
"""


@pytest.fixture
def folder(tmp_path):
    return tmp_path


def write(folder, kinds="unbilled-visit", status="completed"):
    (folder / "main.beancount").write_text(LEDGER.format(kinds=kinds, status=status))
    return folder


def test_a_command_s_load_leaves_the_looking_to_the_command(folder, monkeypatch):
    looked = []
    real = checks.find

    def find(*given, **named):
        looked.append(given)
        return real(*given, **named)

    monkeypatch.setattr(checks, "find", find)
    books = loading.load(write(folder))
    assert looked == []
    assert [finding.kind for finding in checks.run(books) if finding.kind == "unbilled-visit"] == ["unbilled-visit"]


def test_any_other_load_still_tells(folder):
    loading.load(write(folder))
    assert untold.get() is False
    _, errors, _ = cache.load_file(folder / "main.beancount", UNGUARDED)
    assert [type(error) for error in errors] == [FindingError]


def test_what_cannot_be_understood_is_an_error_once(folder):
    with pytest.raises(DaysheetError, match=r"main\.beancount:4: visit: write custom") as caught:
        loading.load(write(folder, status="gone"))
    assert "more" not in str(caught.value)


def test_a_kind_that_the_plugin_is_told_and_that_there_is_none_of_is_an_error(folder):
    with pytest.raises(DaysheetError, match="billing_gaps: unknown kind unbiled"):
        loading.load(write(folder, kinds="unbiled"))
