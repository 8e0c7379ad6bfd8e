"""Who pays by Zelle, Venmo, Cash App or check is blanked in every wording that banks have for it."""

from __future__ import annotations

import re

import pytest
from daysheet.importers.privacy.scrub import Names, memo

NOBODY = Names([])

# How banks word it, each with a person of our own; `{}` is the name, in whatever case and order.
INCOMING = """
Zelle payment from {} 12345678901
Zelle payment from {} BACs44a9oiu1
Zelle Scheduled payment from {} 10023
Zelle payment from {} for "visit of March"; Conf# abc123x
Zelle payment from {} Conf# x1y2z3
ZELLE TRANSFER FROM: {}
Zelle Transfer Conf# 0a1b2c3d4; {}
ZELLE FROM {} ON 05/15 REF # BACH4NNOJ11K
ZELLE FROM {} ON 05/15 REF # PP0RTVJK2Q VISIT MARCH
ZELLE CREDIT PAY ID:CTI0ABC123 ORG ID:BAC NAME:{}
ZELLE CREDIT FROM {}
Zelle Credit {}
ZELLE INSTANT PMT FROM {} ON 03/04
Zelle Instant PMT From {} USBa1B2c3D4
ZEL FROM {}
ZEL*{}
TD ZELLE RECEIVED, 4120300E8QXU Zelle {}
ZELLE RECEIVED {}
Zelle money received from {}
ZELLE BUSINESS PAYMENT FROM CUSTOMER {}
ZELLE BUSINESS PAYMENT FROM {} PAYMENT ID 0099
ZELLE*{}
Zelle Transfer {}
Transfer From Zelle {}
Deposit Zelle {}
Zelle CR {}
ZELLE PMT FROM {}
Zelle: {}
QUICKPAY WITH ZELLE PAYMENT FROM {} 8912345678
Chase QuickPay Electronic Deposit 8912345678 from {}
REAL TIME TRANSFER RECD FROM ABA/CONTR BNK-021000021 FROM: BNF-{} REF: 1021 IID: 20260304021000021P1
REAL TIME PAYMENT CREDIT RECD FROM ABA/CONTR BNK-061000104 FROM: {}
RTP CREDIT {}
VENMO PAYMENT 1012345678 {}
VENMO *{}
VENMO DES:PAYMENT ID:1012345678 INDN:{} CO ID:1264681992 WEB
VENMO FROM {}
Venmo @{handle}
Venmo payment received {} "thanks for the visit"
CASH APP*{}
Cash App*{}*ADD CASH
CASH APP FROM {}
Cash App $Ottoquill payment
SQC*{}
APPLE CASH FROM {}
Apple Cash payment received {}
POPMONEY FROM {}
PERSON TO PERSON CREDIT {}
P2P CREDIT {}
PAYPAL PAYMENT FROM {}
PayPal money received {}
INTERAC E-TRANSFER FROM {}
INTERAC e-Transfer Autodeposit {}
E-TRANSFER 105553421 {}
Google Pay from {}
CHECK DEPOSIT FROM {}
Check 1023 from {}
MOBILE CHECK DEPOSIT {}
DEPOSIT - CHECK #1023 {}
REMOTE DEPOSIT CHECK 1023 {}
eCheck deposit {}
CHK DEP {}
BILL PAYMENT FROM {}
WT FED#01234 BANK OF AMERICA /ORG={} SRF# 2026030400123 TRN#260304
WIRE TYPE:WIRE IN DATE: 260304 TRN:2026030400123 ORIG:{} ID:000123
"""
RETURNED = """
RETURNED CHECK 1023 {}
DEPOSITED CHECK RETURNED {}
RTN CHK 1023 {} NSF
RETURN OF DEPOSITED ITEM CHECK {}
"""
PEOPLE = ["OTTOLINE QUILLFEATHER", "Quillfeather, Ottoline", "Ottoline Q Quillfeather", "OTTOLINE QUILLFEATHER-MÜNCH"]


def _of(person: str, wording: str) -> str:
    return wording.replace("{handle}", person.replace(", ", "-").replace(" ", "-")).replace("{}", person)


def _names_somebody(text: str) -> bool:
    return re.search(r"ottoline|otto?quill|quillfeather|münch", text, re.IGNORECASE) is not None


def _lines(wordings: str) -> list[str]:
    return wordings.strip().splitlines()


def test_there_are_more_than_sixty_wordings():
    assert len(set(_lines(INCOMING) + _lines(RETURNED))) > 60


@pytest.mark.parametrize("wording", _lines(INCOMING))
@pytest.mark.parametrize("person", PEOPLE)
def test_who_pays_is_blanked(wording, person):
    said = memo(_of(person, wording), NOBODY, incoming=True)
    assert not _names_somebody(said), said
    assert "…" in said


@pytest.mark.parametrize("wording", _lines(RETURNED))
@pytest.mark.parametrize("person", PEOPLE)
def test_whose_check_came_back_is_blanked(wording, person):
    assert not _names_somebody(memo(_of(person, wording), NOBODY, incoming=False))


@pytest.mark.parametrize(
    ("payee", "narration"),
    [("ZELLE CREDIT", "{}"), ("{}", "Zelle payment received"), ("{}", "CHECK DEPOSIT"), ("Venmo", "{} for the visit")],
)
def test_who_pays_is_blanked_where_the_bank_says_the_way_in_another_column(payee, narration):
    person = PEOPLE[0]
    whole = f"{_of(person, payee)} {_of(person, narration)}"
    for part in (payee, narration):
        assert not _names_somebody(memo(_of(person, part), NOBODY, incoming=True, whole=whole))


@pytest.mark.parametrize(
    ("text", "incoming"),
    [
        ("Zelle payment to NORTHGATE PLUMBING 5550100010", False),
        ("ZELLE SENT TO HARBOR CLEANING", False),
        ("CHECK 2041 ACME SUPPLY", False),
        ("CHECK 2041", False),
        ("CHECK DEPOSIT AETNA", True),
        ("REMOTE DEPOSIT CHECK 88120 HUMANA INSURANCE CO", True),
        ("VENMO CASHOUT PPD ID: 5264681992", True),
        ("CASH APP*CASH OUT", True),
        ("DEPOSIT ID NUMBER 555009", True),
        ("AETNA HCCLAIMPMT TRN*1*1234567890", True),
        ("STRIPE TRANSFER ST-W6V3O5D5L9X1", True),
        ("Zelle payment received Conf# x1y2z3", True),
        ("ZELLE CREDIT HILL ENTERTAINMENT INC", True),
        ("INTEREST PAYMENT", True),
    ],
)
def test_what_names_no_person_stays(text, incoming):
    assert memo(text, NOBODY, incoming=incoming) == text


def test_a_payer_whom_the_books_know_stays():
    text = "MOBILE CHECK DEPOSIT SUNFLOWER MUTUAL 1023"
    assert "SUNFLOWER" not in memo(text, NOBODY, incoming=True)
    assert memo(text, NOBODY, incoming=True, keep=frozenset(("sunflower", "mutual"))) == text


@pytest.mark.parametrize("text", ["Zelle payment to {}", "CHECK 2041 {}", "VENMO PAYMENT {}"])
def test_whom_you_pay_is_blanked_where_an_export_knows_them_as_a_patient(text):
    assert "NORTHGATE" in memo(text.format("DANA NORTHGATE"), NOBODY, incoming=False)
    assert "NORTHGATE" not in memo(text.format("DANA NORTHGATE"), Names(["Dana Northgate"]), incoming=False)


@pytest.mark.parametrize("text", ["DEPOSIT 48213377", "ACH 07/19/1961", "WITHDRAWAL 2026-03-18 5550100010"])
def test_bare_digits_and_bare_dates_stay_as_the_page_says(text):
    assert memo(text, NOBODY, incoming=True) == text
