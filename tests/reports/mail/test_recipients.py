"""To whom a pack may go, and who is refused."""

from __future__ import annotations

import pytest
from beancount import loader
from daysheet.books import Books
from daysheet.errors import DaysheetError
from daysheet.reports.mail.recipients import allowed, contacts, looks_like, mailbox
from hypothesis import given
from hypothesis import strategies as st

DANA = "dana@whitfield-cpa.example"
LISTED = (f"Dana Whitfield <{DANA}>",)


def test_a_listed_recipient_that_the_books_name_is_allowed():
    assert allowed(DANA, LISTED, [DANA]).name == "Dana Whitfield"


def test_case_and_name_make_no_difference():
    assert allowed("D. W. <Dana@Whitfield-CPA.example>", LISTED, [DANA]).address == DANA


@pytest.mark.parametrize(
    "injected",
    [
        f"{DANA}\r\nBcc: eve@elsewhere.example",
        f"{DANA}\nBcc: eve@elsewhere.example",
        f"Dana\r\nSubject: x <{DANA}>",
        f"{DANA}\x00",
        f"{DANA}\u2028Bcc: eve@elsewhere.example",
        f"{DANA}, eve@elsewhere.example",
        f"{DANA};eve@elsewhere.example",
        f"<{DANA}> <eve@elsewhere.example>",
        f"{DANA}\u200b",
        "not an address",
        "dana@localhost",
        '"dana"@whitfield-cpa.example',
        "dana@[127.0.0.1]",
        "",
    ],
)
def test_what_is_not_exactly_one_address_is_refused(injected):
    with pytest.raises(DaysheetError):
        allowed(injected, LISTED, [DANA])


@pytest.mark.parametrize(
    ("address", "named"),
    [
        ("dаna@whitfield-cpa.example", "CYRILLIC SMALL LETTER A"),
        ("dana@whitfıeld-cpa.example", "LATIN SMALL LETTER DOTLESS I"),
        ("dana@whitfield‐cpa.example", "HYPHEN"),
        ("ｄana@whitfield-cpa.example", "FULLWIDTH LATIN SMALL LETTER D"),
    ],
)
def test_a_homograph_is_refused_by_the_name_of_its_letter(address, named):
    with pytest.raises(DaysheetError, match=named):
        allowed(address, LISTED, [DANA])


LOOK_ALIKES = [
    "dana@whitfleld-cpa.example",
    "dana@whitfield-cpa.exarnple",
    "dana@whitfieldcpa.example",
    "dana@whitfield.cpa.example",
    "dana@wh1tfield-cpa.example",
    "dana@whitfeild-cpa.example",
    "dona@whitfield-cpa.example",
    "dana@vvhitfield-cpa.example",
]


@pytest.mark.parametrize("address", LOOK_ALIKES)
def test_a_look_alike_is_refused_even_when_it_is_listed(address):
    with pytest.raises(DaysheetError, match=f"looks like {DANA}"):
        allowed(address, [*LISTED, address], [DANA])


@pytest.mark.parametrize("address", LOOK_ALIKES)
def test_a_look_alike_of_a_listed_one_is_refused_without_a_contact(address):
    with pytest.raises(DaysheetError, match=f"looks like {DANA}"):
        allowed(address, LISTED, [])


def test_a_stranger_is_refused():
    with pytest.raises(DaysheetError, match="not a recipient of these books"):
        allowed("eve@elsewhere.example", LISTED, [DANA])


def test_a_listed_stranger_is_refused_when_the_books_name_someone_else():
    with pytest.raises(DaysheetError, match="not a contact that the books name"):
        allowed("eve@elsewhere.example", [*LISTED, "eve@elsewhere.example"], [DANA])


def test_a_contact_that_is_not_listed_is_refused():
    with pytest.raises(DaysheetError, match="not a recipient"):
        allowed("partner@whitfield-cpa.example", LISTED, [DANA, "partner@whitfield-cpa.example"])


def test_two_colleagues_with_like_names_are_both_allowed_when_the_books_name_both():
    dina = "dina@whitfield-cpa.example"
    assert allowed(dina, [*LISTED, dina], [DANA, dina]).address == dina


def books(text):
    entries, _, options = loader.load_string(text)
    return Books.of(entries, options, state="")


def test_the_latest_contact_fact_holds():
    text = f"""
2026-01-01 custom "contact" "accountant" "Old Firm"
  email: "old@firm.example"
2027-01-01 custom "contact" "accountant" "Dana Whitfield, CPA"
  email: "{DANA}"
"""
    assert contacts(books(text)) == {"accountant": DANA}


def test_a_contact_without_an_address_is_an_error_at_its_line():
    with pytest.raises(DaysheetError, match=r"<string>:2: contact: write"):
        contacts(books('\n2026-01-01 custom "contact" "accountant" "Dana"\n'))


@given(st.text(max_size=40))
def test_any_text_is_an_address_or_a_clear_refusal(text):
    try:
        box = mailbox(text)
    except DaysheetError:
        return
    assert box.address.isascii()
    assert not any(character in str(box) for character in "\r\n\x00")


@given(st.emails(), st.emails())
def test_looking_alike_is_mutual_and_never_of_oneself(one, other):
    assert looks_like(one, other) == looks_like(other, one)
    assert not looks_like(one, one)
