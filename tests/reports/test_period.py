import datetime

import pytest
from daysheet.errors import DaysheetError
from daysheet.reports.period import parse


@pytest.mark.parametrize(
    ("text", "first", "last", "label", "title"),
    [
        ("2026", "2026-01-01", "2026-12-31", "2026", "Year ended December 31, 2026"),
        ("2024-Q1", "2024-01-01", "2024-03-31", "Q1 2024", "Three months ended March 31, 2024"),
        ("2024-02", "2024-02-01", "2024-02-29", "Feb 2024", "Month ended February 29, 2024"),
        ("2026-03-02", "2026-03-02", "2026-03-02", "2026-03-02", "March 2, 2026"),
        ("2026-03-01..2026-03-15", "2026-03-01", "2026-03-15", "2026-03-15", "March 1, 2026 to March 15, 2026"),
        ("2026-01..2026-06", "2026-01-01", "2026-06-30", "2026-06-30", "Six months ended June 30, 2026"),
        ("2025..2026", "2025-01-01", "2026-12-31", "2026-12-31", "January 1, 2025 to December 31, 2026"),
    ],
)
def test_a_period_reads_as_a_person_writes_it(text, first, last, label, title):
    period = parse(text)
    assert period == (datetime.date.fromisoformat(first), datetime.date.fromisoformat(last))
    assert (period.label, period.title) == (label, title)


@pytest.mark.parametrize("text", ["", "26", "2026-13", "2026-Q5", "2026-02-30", "2026..2025", "0000", "2026-1", "x..y"])
def test_what_is_no_period_is_refused_with_the_grammar(text):
    with pytest.raises(DaysheetError) as refused:
        parse(text)
    assert "2026-Q1" in str(refused.value)


@pytest.mark.parametrize(
    ("text", "prior"),
    [
        ("2026", "2025-01-01..2025-12-31"),
        ("2025-02", "2024-02-01..2024-02-29"),
        ("2024-02", "2023-02-01..2023-02-28"),
        ("2024-02-29", "2023-02-28..2023-02-28"),
        ("2026-03-02..2026-03-15", "2025-03-02..2025-03-15"),
    ],
)
def test_the_prior_period_is_the_same_days_a_year_earlier(text, prior):
    assert str(parse(text).prior) == prior
