"""The bytes of a message."""

from __future__ import annotations

import datetime
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import SMTP

import pytest
from daysheet.errors import DaysheetError
from daysheet.reports.mail.delivery import split
from daysheet.reports.mail.message import File, build, envelope
from daysheet.reports.mail.recipients import Mailbox

from . import room

AT = datetime.datetime(2027, 1, 20, 9, 30, tzinfo=datetime.UTC)


def built(**changes) -> bytes:
    values = {
        "sender": Mailbox("Harbor Bookkeeping", "books@harbor.example"),
        "recipient": Mailbox("Dana Whitfield", "dana@whitfield-cpa.example"),
        "subject": "Accountant's pack 2026 – Willow Creek",
        "note": "Dear Dana,\n\nattached is the pack.\n.\n",
        "files": [File("pack.pdf", b"\r\n.\r\n" * 100), File("pack.xlsx", bytes(range(256)))],
        "pack": "WC-2026-0123456789",
        "at": AT,
    }
    return build(**{**values, **changes})


def parsed(data: bytes) -> EmailMessage:
    return message_from_bytes(data, _class=EmailMessage, policy=SMTP)


def test_the_same_input_gives_the_same_bytes():
    assert built() == built()


def test_another_recipient_gives_another_message_id():
    other = Mailbox("", "partner@whitfield-cpa.example")
    assert parsed(built())["Message-ID"] != parsed(built(recipient=other))["Message-ID"]


def test_attachments_survive_to_the_byte():
    names = {part.get_filename(): part.get_content() for part in parsed(built()).iter_attachments()}
    assert names == {"pack.pdf": b"\r\n.\r\n" * 100, "pack.xlsx": bytes(range(256))}


def test_all_lines_end_in_crlf_and_keep_the_length_of_rfc_5322():
    lines = built().split(b"\r\n")
    assert not any(b"\n" in line or b"\r" in line for line in lines)
    assert max(map(len, lines)) <= 998


@pytest.mark.parametrize("field", ["subject", "pack"])
@pytest.mark.parametrize("injected", ["x\r\nBcc: eve@elsewhere.example", "x\nBcc: eve@e.example", "x\x00"])
def test_a_header_with_a_line_break_is_refused(field, injected):
    with pytest.raises(DaysheetError, match="refused"):
        built(**{field: injected})


@pytest.mark.parametrize(
    "name", ["../pack.pdf", "Jane Smith.pdf", "pack.pdf\r\nX: y", "pack.exe", ".pdf", "pack", "päck.pdf", "a/b.pdf"]
)
def test_an_attachment_without_a_neutral_name_is_refused(name):
    with pytest.raises(DaysheetError, match="attachment's name"):
        built(files=[File(name, b"x")])


@pytest.mark.parametrize("header", ["Bcc", "Cc", "Reply-To", "Resent-To", "X-Other"])
def test_a_header_added_in_review_is_refused(header):
    message = parsed(f"{header}: eve@elsewhere.example\r\n".encode() + built())
    with pytest.raises(DaysheetError, match="not ours"):
        envelope(message)


def test_a_second_recipient_added_in_review_is_refused():
    edited = built().replace(b"<dana@whitfield-cpa.example>", b"<dana@whitfield-cpa.example>, <eve@elsewhere.example>")
    with pytest.raises(DaysheetError, match="one recipient a message"):
        envelope(parsed(edited))


def test_a_second_to_added_in_review_is_refused():
    message = parsed(b"To: eve@elsewhere.example\r\n" + built())
    with pytest.raises(DaysheetError, match="twice"):
        envelope(message)


def test_a_recipient_changed_in_review_is_not_approved(tmp_path):
    mailroom = room.mailroom(tmp_path, room.settings(1, "tls", ""))
    (event,) = room.draft(mailroom)
    path = mailroom.outbox.eml(event.id)
    path.write_bytes(path.read_bytes().replace(b"dana@whitfield-cpa.example", b"eve@elsewhere.example"))
    with pytest.raises(DaysheetError, match="not a recipient"):
        mailroom.approve(event.id)


def test_a_note_edited_in_review_is_what_is_approved(tmp_path):
    mailroom = room.mailroom(tmp_path, room.settings(1, "tls", ""))
    (event,) = room.draft(mailroom)
    path = mailroom.outbox.eml(event.id)
    path.write_bytes(path.read_bytes().replace(b"Part 1/1", b"Hello Dana"))
    assert mailroom.approve(event.id).message_sha256 != event.message_sha256


def test_drafting_twice_changes_nothing(tmp_path):
    mailroom = room.mailroom(tmp_path, room.settings(1, "tls", ""))
    first = room.draft(mailroom)
    before = mailroom.outbox.eml(first[0].id).read_bytes()
    assert room.draft(mailroom) == first
    assert mailroom.outbox.eml(first[0].id).read_bytes() == before
    assert len(mailroom.outbox.history()) == 1


def test_an_approved_pack_is_not_drafted_over(tmp_path):
    mailroom = room.mailroom(tmp_path, room.settings(1, "tls", ""))
    (event,) = room.draft(mailroom)
    mailroom.approve(event.id)
    with pytest.raises(DaysheetError, match="is approved already"):
        room.draft(mailroom)


def test_files_are_split_in_order_and_within_the_budget():
    files = [File(f"v{n}.pdf", bytes(size)) for n, size in enumerate([40, 50, 30, 80, 20])]
    parts = split(files, 100)
    assert [[file.name for file in part] for part in parts] == [["v0.pdf", "v1.pdf"], ["v2.pdf"], ["v3.pdf", "v4.pdf"]]


def test_a_file_over_the_budget_is_refused_with_advice():
    with pytest.raises(DaysheetError, match=r"big\.pdf has 19\.0 MB; budget-mb allows 18; raise budget-mb"):
        split([File("big.pdf", bytes(19_000_000))], 18_000_000)


def test_each_part_of_a_split_pack_is_a_message_of_its_own(tmp_path):
    mailroom = room.mailroom(tmp_path, room.settings(1, "tls", "", budget_mb=1))
    events = room.draft(mailroom, files=[File("a.pdf", bytes(800_000)), File("b.pdf", bytes(800_000))])
    subjects = [parsed(mailroom.outbox.eml(event.id).read_bytes())["Subject"] for event in events]
    assert subjects == ["Accountant's pack 2026 (1 of 2)", "Accountant's pack 2026 (2 of 2)"]
