"""Which of the practice's numbers a number on a remittance means."""

from __future__ import annotations

import pytest
from daysheet.billing.payers import ClaimNumbers

OURS = ("301", "INV-0017", "2026-4", "apt-9")


@pytest.mark.parametrize(
    ("returned", "means"),
    [
        ("1083/301", "301"),  # Open Dental: the patient's number, then the claim's
        ("17-301", "301"),  # OpenEMR: the patient's number, then the encounter's
        ("301", "301"),
        ("2026-4", "2026-4"),  # a number of the practice's own is that, whatever stands in it
        ("1083/302", None),
        ("A/301", None),  # no patient's number
        ("1/2/301", None),
        ("5-17", None),  # zeros are not guessed away behind a patient's number
    ],
)
def test_a_patient_s_number_before_the_claim_s_is_not_the_claim_s(returned: str, means: str | None) -> None:
    assert ClaimNumbers(lambda: OURS).as_written(returned) == means
