"""Secrets come from the keyring, the environment or a command, and are never quoted."""

from __future__ import annotations

import keyring
import pytest
from daysheet.errors import DaysheetError
from daysheet.reports.mail.secret import resolve
from daysheet.trust import trusted
from daysheet.trust.settings import command
from keyring.backend import KeyringBackend


@pytest.fixture
def allowed(tmp_path, monkeypatch):
    """A function that lets a command of the settings run; gives the books' folder."""
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))

    def allow(reference):
        trusted.allow(tmp_path, [command(tmp_path, reference)])
        return tmp_path

    return allow


def test_from_the_environment(monkeypatch, tmp_path):
    monkeypatch.setenv("MAIL_SECRET", "s3cret")
    assert resolve("env:MAIL_SECRET", "mail password", tmp_path) == "s3cret"


def test_from_a_command_the_first_line(tmp_path, allowed):
    script = tmp_path / "pass"
    script.write_text('#!/bin/sh\necho "s3cret for $1"\necho note\n')
    script.chmod(0o700)
    reference = f"command:{script} 'willow creek/pack'"
    assert resolve(reference, "password", allowed(reference)) == "s3cret for willow creek/pack"


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


def test_from_the_keyring(ring, tmp_path):
    ring.set_password("daysheet-mail", "books@harbor.example", "s3cret")
    assert resolve("keyring:daysheet-mail/books@harbor.example", "mail password", tmp_path) == "s3cret"


def test_a_missing_keyring_entry_says_how_to_store_it(ring, tmp_path):
    with pytest.raises(DaysheetError, match=r"keyring set daysheet-mail books@harbor\.example"):
        resolve("keyring:daysheet-mail/books@harbor.example", "mail password", tmp_path)


@pytest.mark.parametrize("reference", ["", "hunter2", "file:/etc/passwd", "env:", "keyring:only-service", "command:"])
def test_what_is_no_reference_is_refused_without_quoting_it(reference, tmp_path):
    with pytest.raises(DaysheetError, match="write keyring:SERVICE/USER") as refused:
        resolve(reference, "mail password", tmp_path)
    assert "hunter2" not in str(refused.value)


@pytest.mark.parametrize("reference", ["env:NOT_SET_AT_ALL", "command:false", "command:no-such-program", "command:'"])
def test_a_secret_that_is_not_there_is_a_clear_error(reference, allowed):
    with pytest.raises(DaysheetError, match="the mail password is not there"):
        resolve(reference, "mail password", allowed(reference))


def test_a_command_of_the_settings_runs_only_once_it_is_allowed(tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    mark = tmp_path / "ran"
    with pytest.raises(DaysheetError, match="these books run a command"):
        resolve(f"command:touch {mark}", "mail password", tmp_path)
    assert not mark.exists()
