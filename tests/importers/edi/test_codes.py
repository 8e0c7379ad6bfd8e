"""What the reasons of a remittance do: written off is only what lowers the price of a service that is payable."""

from __future__ import annotations

import pytest
from daysheet.importers.edi.codes import codes, treatment

LOWERS_THE_PRICE = ("45", "59", "131", "253", "A2", "P12", "303")
REFUSES = ("16", "18", "29", "50", "78", "95", "97", "193", "197", "210", "238", "P14")
DECIDES_NOTHING_YET = ("133", "143", "257", "277", "P8", "P10", "P11")
SOMEBODY_ELSE = ("100", "142", "187", "293", "294")


@pytest.mark.parametrize("group", ["CO", "PI"])
@pytest.mark.parametrize(
    ("reasons", "what"),
    [(LOWERS_THE_PRICE, "contractual"), (REFUSES + DECIDES_NOTHING_YET + SOMEBODY_ELSE, "denied")],
)
def test_only_a_lower_price_is_written_off_by_itself(group: str, reasons: tuple[str, ...], what: str) -> None:
    """Of a contract's groups; each reason has its meaning in words."""
    assert {treatment(group, reason, denied=False, later=False) for reason in reasons} == {what}
    assert all(codes().reasons[reason] for reason in reasons)


def test_the_patients_group_is_the_patients_whatever_the_reason() -> None:
    """And what an insurer does not say is whose in group OA stays with it."""
    reasons = LOWERS_THE_PRICE + REFUSES + DECIDES_NOTHING_YET + SOMEBODY_ELSE
    assert {treatment("PR", reason, denied=False, later=False) for reason in reasons} == {"transfer"}
    assert {treatment("OA", reason, denied=False, later=False) for reason in reasons} == {"denied"}


def test_every_denial_has_a_meaning_in_words() -> None:
    """A finding is read by a person."""
    assert not codes().denials - codes().reasons.keys()
