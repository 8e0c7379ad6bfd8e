"""What may pass from a practice's export: a code and words of the trade, never what could be a birth date."""

from __future__ import annotations

import pytest
from daysheet.importers.privacy.identifiers import is_code, service


@pytest.mark.parametrize(
    "cell",
    [
        "1974 11 03",
        "1974, 11, 03",
        "1974-11 03",
        "1974:11:03",
        "11 03 74",
        "11/03/74",
        "exam 11/03/74",
        "DOB 1974 11 03",
        "D1974 11 03",
        "1974-11",
        "321 54 987",
    ],
)
def test_a_birth_date_is_no_service_whatever_marks_stand_in_it(cell: str) -> None:
    assert service(cell) is None


@pytest.mark.parametrize(
    "cell", ["99214", "99214-25", "97110 59 GP", "D2740", "90834 95", "0636", "therapy 45 min", "Exam, 30 minutes"]
)
def test_a_code_with_modifiers_or_words_of_the_trade_is_a_service(cell: str) -> None:
    assert service(cell) == cell


@pytest.mark.parametrize("cell", ["1974_11_03", "11#03#74", "321_54_9876"])
def test_a_birth_date_is_no_id_of_a_record_whatever_marks_stand_in_it(cell: str) -> None:
    assert not is_code(cell)
