"""Secrets come from the keyring, the environment or a command, and are never quoted."""

from __future__ import annotations

import keyring
import pytest
from daysheet.errors import DaysheetError
from daysheet.reports.mail.secret import resolve
from keyring.backend import KeyringBackend


def test_from_the_environment(monkeypatch):
    monkeypatch.setenv("MAIL_SECRET", "s3cret")
    assert resolve("env:MAIL_SECRET", "mail password") == "s3cret"


def test_from_a_command_the_first_line(tmp_path):
    script = tmp_path / "pass"
    script.write_text('#!/bin/sh\necho "s3cret for $1"\necho note\n')
    script.chmod(0o700)
    assert resolve(f"command:{script} 'willow creek/pack'", "password") == "s3cret for willow creek/pack"


class Memory(KeyringBackend):
    """A real keyring backend that keeps secrets in memory."""

    priority = 1

    def __init__(self):
        super().__init__()
        self.kept = {}

    def get_password(self, service, username):
        return self.kept.get((service, username))

    def set_password(self, service, username, password):
        self.kept[service, username] = password

    def delete_password(self, service, username):
        del self.kept[service, username]


@pytest.fixture
def ring():
    before = keyring.get_keyring()
    keyring.set_keyring(Memory())
    yield keyring
    keyring.set_keyring(before)


def test_from_the_keyring(ring):
    ring.set_password("daysheet-mail", "books@harbor.example", "s3cret")
    assert resolve("keyring:daysheet-mail/books@harbor.example", "mail password") == "s3cret"


def test_a_missing_keyring_entry_says_how_to_store_it(ring):
    with pytest.raises(DaysheetError, match=r"keyring set daysheet-mail books@harbor\.example"):
        resolve("keyring:daysheet-mail/books@harbor.example", "mail password")


@pytest.mark.parametrize("reference", ["", "hunter2", "file:/etc/passwd", "env:", "keyring:only-service", "command:"])
def test_what_is_no_reference_is_refused_without_quoting_it(reference):
    with pytest.raises(DaysheetError, match="write keyring:SERVICE/USER") as refused:
        resolve(reference, "mail password")
    assert "hunter2" not in str(refused.value)


@pytest.mark.parametrize("reference", ["env:NOT_SET_AT_ALL", "command:false", "command:no-such-program", "command:'"])
def test_a_secret_that_is_not_there_is_a_clear_error(reference):
    with pytest.raises(DaysheetError, match="the mail password is not there"):
        resolve(reference, "mail password")
