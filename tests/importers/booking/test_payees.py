"""A text that says only what kind of entry it is names no payee."""

from __future__ import annotations

import pytest
from daysheet.importers.booking.payees import names_payee

KINDS = (
    "CHECK|Check #1202|DEPOSIT|MOBILE DEPOSIT 0423|ONLINE TRANSFER TO SAV ...1234|ACH CREDIT|ATM WITHDRAWAL|DEBIT|"
    "Wire Transfer In|Zelle payment to|CHECK PAID 000123|TELLER CASH DEPOSIT|TRANSFER FROM CHK X|"
)


@pytest.mark.parametrize("text", KINDS.split("|"))
def test_no_payee(text: str) -> None:
    assert not names_payee(text)


@pytest.mark.parametrize(
    "text", ["WESTSIDE LINEN", "CHECK 12 ACME DENTAL", "MONTHLY SERVICE FEE", "ADP PAYROLL", "AT&T", "DELTA EFT"]
)
def test_a_payee(text: str) -> None:
    assert names_payee(text)
