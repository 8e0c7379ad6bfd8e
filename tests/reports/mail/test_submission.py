"""What is certain after each way in which a submission can go: TLS × authentication × refusal or loss at each verb."""

from __future__ import annotations

import hashlib
import ssl
from email import message_from_bytes
from email.policy import SMTP

import pytest
from daysheet.errors import DaysheetError
from daysheet.reports.mail.submission import Login

from . import room
from .conftest import PASSWORD, RECIPIENT, TOKEN, USER, Server

BEFORE_DATA = ("EHLO", "AUTH", "MAIL", "RCPT", "DATA")


@pytest.fixture
def mailroom(tmp_path, server, security, ca_file):
    return room.mailroom(tmp_path, room.settings(server.port, security, ca_file))


@pytest.fixture
def approved(mailroom):
    (event,) = room.draft(mailroom)
    return mailroom.approve(event.id)


def send(mailroom, login=room.password):
    return [event.state for event in mailroom.send([], login)]


def test_an_approved_message_arrives_once_to_the_byte(mailroom, approved, received):
    assert send(mailroom) == ["sent"]
    assert received.messages == [mailroom.outbox.eml(approved.id).read_bytes()]
    assert received.envelopes == [(USER, (RECIPIENT,))]


def test_what_was_sent_is_not_sent_again(mailroom, approved, received):
    send(mailroom)
    assert send(mailroom) == []
    with pytest.raises(DaysheetError, match="is sent and is not sent"):
        list(mailroom.send([approved.id], room.password))
    assert len(received.messages) == 1


def test_the_attachment_that_arrives_is_the_one_that_was_drafted(mailroom, approved, received):
    send(mailroom)
    message = message_from_bytes(received.messages[0], policy=SMTP)
    (attachment,) = message.iter_attachments()
    assert attachment.get_filename() == room.PACK.name
    assert hashlib.sha256(attachment.get_content()).hexdigest() == hashlib.sha256(room.PACK.data).hexdigest()


@pytest.mark.parametrize("verb", BEFORE_DATA)
def test_a_temporary_refusal_defers_and_a_second_send_delivers_once(mailroom, approved, plan, received, verb):
    plan.verb, plan.answer, plan.times = verb, "451 4.3.0 try again later", 3
    assert send(mailroom) == ["deferred"]
    plan.verb = ""
    assert send(mailroom) == ["sent"]
    assert len(received.messages) == 1


@pytest.mark.parametrize("verb", BEFORE_DATA)
def test_a_permanent_refusal_is_final_until_a_person_approves_again(mailroom, approved, plan, received, verb):
    plan.verb, plan.answer = verb, "554 5.7.1 not from you"
    assert send(mailroom) == ["refused"]
    assert mailroom.status()[0].reply == "554 5.7.1 not from you"
    plan.verb = ""
    assert send(mailroom) == []
    mailroom.approve(approved.id)
    assert send(mailroom) == ["sent"]
    assert len(received.messages) == 1


@pytest.mark.parametrize("verb", BEFORE_DATA)
def test_a_connection_lost_before_the_data_defers(mailroom, approved, plan, received, verb):
    plan.verb, plan.drop = verb, True
    assert send(mailroom) == ["deferred"]
    assert received.messages == []
    plan.verb = ""
    assert send(mailroom) == ["sent"]
    assert len(received.messages) == 1


@pytest.mark.parametrize(("answer", "state"), [("452 4.2.2 full", "deferred"), ("550 5.6.0 no", "refused")])
def test_a_refusal_after_the_data_is_the_servers_word(mailroom, approved, plan, received, answer, state):
    plan.verb, plan.answer = "REFUSED-END", answer
    assert send(mailroom) == [state]
    assert received.messages == []


def test_a_connection_lost_after_the_data_is_unknown_and_never_retried(mailroom, approved, plan, received):
    plan.verb, plan.drop = "END", True
    assert send(mailroom) == ["unknown"]
    plan.verb = ""
    assert send(mailroom) == []
    with pytest.raises(DaysheetError, match="settle"):
        list(mailroom.send([approved.id], room.password))
    assert len(received.messages) == 1


def test_an_answer_that_is_none_after_the_data_is_unknown(mailroom, approved, plan):
    plan.verb, plan.answer = "END", "xyz what"
    assert send(mailroom) == ["unknown"]


def test_a_person_settles_an_unknown_message_that_arrived(mailroom, approved, plan, received):
    plan.verb, plan.drop = "END", True
    send(mailroom)
    plan.verb = ""
    assert mailroom.settle(approved.id, arrived=True).state == "sent"
    assert send(mailroom) == []
    assert len(received.messages) == 1


def test_a_person_settles_an_unknown_message_that_did_not_arrive(mailroom, approved, plan, received):
    plan.verb, plan.drop = "END", True
    send(mailroom)
    plan.verb = ""
    received.messages.clear()
    assert mailroom.settle(approved.id, arrived=False).state == "approved"
    assert send(mailroom) == ["sent"]
    assert len(received.messages) == 1


def test_only_an_unknown_message_is_settled(mailroom, approved):
    with pytest.raises(DaysheetError, match="only an unknown one"):
        mailroom.settle(approved.id, arrived=True)


def test_a_lost_goodbye_does_not_undo_a_delivery(mailroom, approved, plan, received):
    plan.verb, plan.drop = "QUIT", True
    assert send(mailroom) == ["sent"]
    assert len(received.messages) == 1


def test_a_wrong_password_is_refused_before_any_message(mailroom, approved, received):
    assert send(mailroom, lambda: Login(USER, "wrong", None)) == ["refused"], mailroom.status()[0].reply
    assert "MAIL" not in received.verbs


def test_an_access_token_logs_in(mailroom, approved, received):
    assert send(mailroom, lambda: Login(USER, None, TOKEN)) == ["sent"]
    assert len(received.messages) == 1


def test_a_stale_access_token_is_refused_before_any_message(mailroom, approved, received):
    assert send(mailroom, lambda: Login(USER, None, "stale")) == ["refused"]
    assert "MAIL" not in received.verbs


def test_a_certificate_from_a_stranger_gets_no_password(tmp_path, server, security, ca_file, received):
    mailroom = room.mailroom(tmp_path, room.settings(server.port, security, ""))
    (event,) = room.draft(mailroom)
    mailroom.approve(event.id)
    assert send(mailroom) == ["deferred"]
    assert "certificate is not trusted" in mailroom.status()[0].reply
    assert "AUTH" not in received.verbs


def test_a_certificate_for_another_host_gets_no_password(tmp_path, plan, received, authority, security, ca_file):
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    authority.issue_cert("mail.elsewhere.example").configure_cert(context)
    elsewhere = Server(plan, received, context, implicit=security == "tls")
    elsewhere.start()
    try:
        mailroom = room.mailroom(tmp_path, room.settings(elsewhere.port, security, ca_file))
        (event,) = room.draft(mailroom)
        mailroom.approve(event.id)
        assert send(mailroom) == ["deferred"]
        assert "AUTH" not in received.verbs
    finally:
        elsewhere.stop()


@pytest.mark.parametrize("security", ["starttls"])
def test_a_refused_starttls_sends_nothing_in_the_clear(mailroom, approved, plan, received):
    plan.verb, plan.answer = "STARTTLS", "454 4.7.0 TLS not available"
    assert send(mailroom) == ["deferred"]
    assert "AUTH" not in received.verbs
    assert "MAIL" not in received.verbs


@pytest.mark.parametrize("security", ["starttls"])
def test_a_connection_lost_in_starttls_defers(mailroom, approved, plan, received):
    plan.verb, plan.drop = "STARTTLS", True
    assert send(mailroom) == ["deferred"]
    assert received.messages == []


def test_nobody_listening_defers(tmp_path, server, security, ca_file):
    mailroom = room.mailroom(tmp_path, room.settings(server.port, security, ca_file))
    (event,) = room.draft(mailroom)
    mailroom.approve(event.id)
    server.stop()
    assert send(mailroom) == ["deferred"]


def test_a_message_over_the_servers_size_is_refused_with_advice(mailroom, approved, plan, received):
    plan.size = 1_000
    assert send(mailroom) == ["refused"]
    assert "lower budget-mb" in mailroom.status()[0].reply
    assert "MAIL" not in received.verbs


def test_one_refused_of_several_messages_does_not_hold_the_others(mailroom, plan, received):
    first = room.draft(mailroom, pack="WC-2026-aaaaaaaaaa")[0]
    second = room.draft(mailroom, pack="WC-2026-bbbbbbbbbb")[0]
    mailroom.approve(first.id)
    mailroom.approve(second.id)
    plan.verb, plan.answer, plan.times = "RCPT", "550 5.1.1 no such mailbox", 1
    assert send(mailroom) == ["refused", "sent"]
    assert len(received.messages) == 1


def test_a_draft_that_nobody_approved_stays(mailroom, received):
    (event,) = room.draft(mailroom)
    assert send(mailroom) == []
    with pytest.raises(DaysheetError, match="mail approve"):
        list(mailroom.send([event.id], room.password))
    assert received.messages == []


def test_bytes_changed_after_approval_are_not_sent(mailroom, approved, received):
    path = mailroom.outbox.eml(approved.id)
    path.write_bytes(path.read_bytes().replace(b"Part 1/1", b"Part 1/2"))
    with pytest.raises(DaysheetError, match="not the bytes that were approved"):
        send(mailroom)
    assert received.messages == []


def test_a_second_sender_is_kept_out_while_one_sends(mailroom, approved, received):
    with mailroom.outbox.held(), pytest.raises(DaysheetError, match="another daysheet is sending"):
        send(room.mailroom(mailroom.outbox.folder.parent, mailroom.mail))
    assert received.messages == []


def test_the_log_keeps_every_state_and_no_secret(mailroom, approved):
    send(mailroom)
    states = [event.state for event in mailroom.outbox.history()]
    assert states == ["draft", "approved", "sending", "handing-over", "sent"]
    assert PASSWORD not in (mailroom.outbox.folder / "log.jsonl").read_text()
