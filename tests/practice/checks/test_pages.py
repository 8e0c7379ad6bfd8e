"""Each kind of finding has a page, and what it shows is what the checks say."""

from __future__ import annotations

import pytest
from daysheet.findings import KINDS

from tests.practice.checks.pages import DOCS, PAGES, found_on, index, text_of


@pytest.mark.parametrize("kind", KINDS)
def test_the_page_of_a_kind_is_made_from_books_that_have_it(kind, tmp_path):
    found = found_on(PAGES[kind], kind, tmp_path)
    assert found
    assert (DOCS / "findings" / f"{kind}.md").read_text() == text_of(kind, found), (
        "python -m tests.practice.checks.pages"
    )


def test_every_kind_stands_in_the_table():
    assert (DOCS / "findings.md").read_text() == index()
