"""`daysheet mail` as a bookkeeper runs it, on a real pack, over a real server, to what the accountant opens."""

from __future__ import annotations

import hashlib
import io
import json
import os
import re
import shutil
import subprocess
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import SMTP
from pathlib import Path

import pikepdf
import pytest

from tests import forked

from .conftest import PASSWORD, RECIPIENT, USER, Server

LEDGER = """\
option "title" "Willow Creek"
option "operating_currency" "USD"
2025-01-01 open Assets:Bank:Checking
2025-01-01 open Equity:Opening-Balances
2025-01-01 open Expenses:Rent
2026-01-01 custom "contact" "accountant" "Dana Whitfield, CPA"
  email: "dana@whitfield-cpa.example"
2026-03-01 * "Owner" "Starting capital"
  Assets:Bank:Checking       9000.00 USD
  Equity:Opening-Balances   -9000.00 USD
2026-04-01 * "Main Street Realty" "Rent"
  Expenses:Rent              1100.00 USD
  Assets:Bank:Checking      -1100.00 USD
"""
PRACTICE = """\
[practice]
id = "willow-creek"
name = "Willow Creek Physical Therapy PLLC"
"""
MAIL = """\

[mail]
from = "Harbor Bookkeeping <{user}>"
recipients = ["Dana Whitfield <{recipient}>"]
host = "127.0.0.1"
port = {port}
security = "{security}"
ca-file = "{ca_file}"
secret = "env:MAIL_SECRET"
timeout = 10
{more}"""


def daysheet(folder: Path, *arguments: str, code: int = 0):
    config = {"XDG_CONFIG_HOME": str(folder.parent / "config")}
    environment = {**os.environ, **config, "MAIL_SECRET": PASSWORD, "PDF_PASSWORD": "a shared password"}
    done = subprocess.run(
        [forked.program(), *arguments, "--books", str(folder)],
        capture_output=True,
        text=True,
        env=environment,
        check=False,
    )
    assert done.returncode == code, done.stderr
    assert "Traceback" not in done.stderr
    return done.stdout if code == 0 else done.stderr


def mail_settings(server: Server, ca_file: Path) -> str:
    """The table `[mail]` for a server that begins without TLS."""
    values = {"user": USER, "recipient": RECIPIENT, "port": server.port, "security": "starttls", "ca_file": ca_file}
    return MAIL.format(**values, more="")


@pytest.fixture(scope="session")
def packed(tmp_path_factory):
    folder = tmp_path_factory.mktemp("mail") / "books"
    folder.mkdir()
    (folder / "main.beancount").write_text(LEDGER)
    (folder / "daysheet.toml").write_text(PRACTICE)
    daysheet(folder, "pack", "2026")
    return folder


@pytest.fixture
def security():
    return "starttls"


@pytest.fixture
def books(packed, tmp_path, server, security, ca_file):
    """A function that gives books with their pack and mail settings."""

    def made(more: str = ""):
        folder = tmp_path / "books"
        shutil.copytree(packed, folder)
        values = {"user": USER, "recipient": RECIPIENT, "port": server.port, "security": security, "ca_file": ca_file}
        (folder / "daysheet.toml").write_text(PRACTICE + MAIL.format(**values, more=more))
        return folder

    return made


def draft(folder: Path):
    (event,) = json.loads(daysheet(folder, "mail", "draft", "2026", "--json"))
    assert event["state"] == "draft"
    return event["id"]


def drafted(folder: Path) -> EmailMessage:
    return message_from_bytes((folder / f"outbox/{draft(folder)}.eml").read_bytes(), _class=EmailMessage, policy=SMTP)


def note_of(message: EmailMessage) -> str:
    body = message.get_body()
    assert body is not None
    text: str = body.get_content()
    return text.replace("\r\n", "\n")


def attachments(message: bytes) -> dict[str, bytes]:
    parsed = message_from_bytes(message, _class=EmailMessage, policy=SMTP)
    return {str(part.get_filename()): part.get_content() for part in parsed.iter_attachments()}


def test_drafted_approved_and_sent_the_pack_arrives_as_it_was_built(books, received):
    folder = books()
    identifier = draft(folder)
    daysheet(folder, "mail", "approve", identifier)
    assert "sent" in daysheet(folder, "mail", "send")
    manifest = json.loads((folder / "packs/2026/manifest.json").read_text())
    built = {file["name"]: file["sha256"] for file in manifest["files"] if re.match(r".*pdf|workbook", file["name"])}
    arrived = attachments(received.messages[0])
    assert {name: hashlib.sha256(data).hexdigest() for name, data in arrived.items()} == built
    (event,) = json.loads(daysheet(folder, "mail", "status", "--json"))
    assert (event["state"], event["recipient"], event["pack"]) == ("sent", RECIPIENT, manifest["pack"])


def test_the_cover_note_names_the_pack_and_greets_the_recipient(books):
    folder = books()
    message = drafted(folder)
    note = note_of(message)
    assert note.startswith("Dear Dana Whitfield,\n\nAttached is the accountant's pack 2026 of Willow Creek")
    assert message["X-Daysheet-Pack"] in note
    assert str(message["Subject"]) == "Accountant's pack 2026 – Willow Creek Physical Therapy PLLC"


def test_the_note_names_what_is_attached_how_it_stands_and_that_it_is_not_encrypted(books):
    folder = books()
    message = drafted(folder)
    note = note_of(message)
    names = [part.get_filename() for part in message.iter_attachments()]
    assert names
    assert all(f"- {name}: " in note for name in names)
    assert "The files are not encrypted." in note
    assert re.search(r"Status: Draft – \d+ of \d+ tie-outs agree; \d+ open questions\.", note)
    assert re.search(r"Open questions, each with its amount in the pack: [A-Z].* \([0-9]+\)", note)
    assert "Nothing in it is encrypted" in daysheet(folder, "mail", "draft", "2026")


def test_the_note_names_whose_w9_is_missing(books):
    folder = books()
    with (folder / "main.beancount").open("a") as ledger:
        ledger.write('2026-01-01 custom "vendor" "main-street" "Main Street Realty"\n')
        ledger.write('  services: "rent"\n  entity: "individual"\n')
        ledger.write('2026-06-01 * "Main Street Realty" "Rent"\n  Expenses:Rent  3000.00 USD\n  Assets:Bank:Checking\n')
    daysheet(folder, "pack", "2026")
    assert "A W-9 is missing of: Main Street Realty." in note_of(drafted(folder))


def test_the_file_of_the_accountants_program_goes_along(books):
    folder = books()
    settings = folder / "daysheet.toml"
    settings.write_text(settings.read_text() + '[pack]\nlayouts = ["caseware", "iif"]\n')
    daysheet(folder, "pack", "2026")
    names = {str(part.get_filename()) for part in drafted(folder).iter_attachments()}
    assert {"trial-balance-caseware.csv", "journal-quickbooks.iif"} < names
    assert not any("engagement" in name for name in names)


def test_a_layout_that_does_not_serve_the_return_is_refused_by_its_line(books):
    folder = books()
    settings = folder / "daysheet.toml"
    settings.write_text(settings.read_text() + '[pack]\nlayouts = ["proseries"]\n')
    error = daysheet(folder, "mail", "draft", "2026", code=2)
    assert '"proseries" in layouts of [pack] does not serve schedule-c' in error


def test_a_pack_built_anew_after_it_was_sent_is_another_message(books, received):
    folder = books()
    daysheet(folder, "mail", "approve", draft(folder))
    daysheet(folder, "mail", "send")
    assert "is sent already" in daysheet(folder, "mail", "draft", "2026", code=2)
    settings = folder / "daysheet.toml"
    settings.write_text(settings.read_text() + '[pack]\naccountant = "Dana Whitfield, CPA"\n')
    daysheet(folder, "pack", "2026")
    daysheet(folder, "mail", "approve", draft(folder))
    daysheet(folder, "mail", "send")
    assert len(received.messages) == 2


def test_a_draft_of_a_pack_that_was_built_anew_is_drafted_anew(books):
    folder = books()
    before = draft(folder)
    settings = folder / "daysheet.toml"
    settings.write_text(settings.read_text() + '[pack]\naccountant = "Dana Whitfield, CPA"\n')
    daysheet(folder, "pack", "2026")
    assert draft(folder) == before
    pack = (folder / "packs/2026/accountants-pack-2026.pdf").read_bytes()
    assert attachments((folder / f"outbox/{before}.eml").read_bytes())["accountants-pack-2026.pdf"] == pack


def test_ones_own_cover_note_is_used(books):
    folder = books()
    (folder / "mail-note.txt").write_text("Hi {{ recipient }}: {{ pack }}\n")
    assert note_of(drafted(folder)).startswith("Hi Dana Whitfield: willow-creek-2026-")


def test_a_cover_note_with_an_unknown_word_is_refused(books):
    folder = books()
    (folder / "mail-note.txt").write_text("Hi {{ patient }}\n")
    assert "mail-note.txt: the cover note cannot be made" in daysheet(folder, "mail", "draft", "2026", code=2)


def test_with_a_password_only_encrypted_volumes_leave_and_decrypted_they_are_archival_again(books, received, verapdf):
    folder = books('pdf-password = "env:PDF_PASSWORD"\n')
    daysheet(folder, "mail", "approve", draft(folder))
    daysheet(folder, "mail", "send")
    arrived = attachments(received.messages[0])
    assert arrived
    assert all(name.endswith(".pdf") for name in arrived)
    for name, data in arrived.items():
        with pytest.raises(pikepdf.PasswordError):
            pikepdf.open(io.BytesIO(data))
        plain = folder / f"decrypted-{name}"
        with pikepdf.open(io.BytesIO(data), password="a shared password") as document:
            assert document.encryption.R == 6
            assert document.encryption.bits == 256
            document.save(plain)
        assert verapdf(plain) == []
        with pikepdf.open(plain) as opened, pikepdf.open(folder / "packs/2026" / name) as kept:
            assert set(opened.attachments) == set(kept.attachments)
            for file in kept.attachments:
                inside = opened.attachments[file].get_file().read_bytes()
                assert inside == kept.attachments[file].get_file().read_bytes()


def test_the_plain_pack_stays_on_file(books, verapdf):
    folder = books('pdf-password = "env:PDF_PASSWORD"\n')
    draft(folder)
    assert verapdf(next((folder / "packs/2026").glob("accountants-pack-*.pdf"))) == []


def test_a_pack_that_was_not_built_is_a_clear_error(books):
    assert "the pack is not built; run daysheet pack 2025" in daysheet(books(), "mail", "draft", "2025", code=2)


def test_a_pack_of_older_books_is_not_sent(books):
    folder = books()
    with (folder / "main.beancount").open("a") as main:
        main.write('2026-05-01 * "Main Street Realty" "Rent"\n')
        main.write("  Expenses:Rent  1100.00 USD\n  Assets:Bank:Checking  -1100.00 USD\n")
    assert "the books have changed since this pack was built" in daysheet(folder, "mail", "draft", "2026", code=2)


def test_a_locked_year_is_drafted_also_after_waivers_and_the_next_years_entries(books):
    folder = books()
    daysheet(folder, "lock", "2026")
    with (folder / "main.beancount").open("a") as ledger:
        ledger.write('2026-12-31 custom "waived" "unbilled-visit" "V1" "courtesy"\n')
        ledger.write('2027-01-05 * "Next year"\n  Expenses:Rent  5.00 USD\n  Assets:Bank:Checking  -5.00 USD\n')
    assert daysheet(folder, "mail", "draft", "2026")


def test_a_changed_file_of_the_pack_is_not_sent(books):
    folder = books()
    pdf = next((folder / "packs/2026").glob("accountants-pack-*.pdf"))
    pdf.write_bytes(pdf.read_bytes() + b" ")
    assert "is not the file that the pack was built with" in daysheet(folder, "mail", "draft", "2026", code=2)


@pytest.mark.parametrize(
    ("to", "why"),
    [
        ("eve@elsewhere.example", "is not a recipient of these books"),
        ("dana@whitfleld-cpa.example", "looks like dana@whitfield-cpa.example"),
        (f"{RECIPIENT}\nBcc: eve@elsewhere.example", "line breaks"),
    ],
)
def test_a_stranger_a_look_alike_and_an_injection_are_refused(books, to, why):
    folder = books()
    assert why in daysheet(folder, "mail", "draft", "2026", "--to", to, code=2)
    assert not list(folder.glob("outbox/*.eml"))


def test_a_recipient_whom_the_books_do_not_name_is_refused(books):
    folder = books()
    settings = folder / "daysheet.toml"
    settings.write_text(settings.read_text().replace(RECIPIENT, "partner@elsewhere.example"))
    assert "is not a contact that the books name" in daysheet(folder, "mail", "draft", "2026", code=2)


def test_an_unknown_key_in_the_mail_settings_names_its_line(books):
    folder = books('pasword = "hunter2"\n')
    error = daysheet(folder, "mail", "status", code=2)
    assert 'daysheet.toml:14: unknown key "pasword" in [mail]; did you mean' in error


def test_a_refused_message_ends_with_exit_2_and_the_servers_words(books, plan):
    folder = books()
    daysheet(folder, "mail", "approve", draft(folder))
    plan.verb, plan.answer = "RCPT", "550 5.1.1 no such mailbox"
    daysheet(folder, "mail", "send", code=2)
    assert "550 5.1.1 no such mailbox" in daysheet(folder, "mail", "status")


def test_without_the_secret_nothing_is_sent(books, received):
    folder = books()
    settings = folder / "daysheet.toml"
    settings.write_text(settings.read_text().replace("env:MAIL_SECRET", "env:NOT_SET_AT_ALL"))
    daysheet(folder, "mail", "approve", draft(folder))
    assert "the mail password is not there (env)" in daysheet(folder, "mail", "send", code=2)
    assert received.messages == []


def test_mail_goes_only_where_it_went_when_it_was_approved(books, received):
    folder = books()
    daysheet(folder, "mail", "approve", draft(folder))
    settings = folder / "daysheet.toml"
    own = settings.read_text()
    for other in (own.replace("127.0.0.1", "localhost"), own.replace("env:MAIL_SECRET", "env:PDF_PASSWORD")):
        settings.write_text(other)
        said = daysheet(folder, "mail", "send", code=2)
        assert "daysheet.toml:" in said
        assert "these books send mail, and a password of yours, to" in said
        assert f"daysheet trust {folder}" in said
    settings.write_text(own)
    sent = folder.with_name("sent-to-somebody")
    shutil.copytree(folder, sent)
    assert "was not approved on this machine" in daysheet(sent, "mail", "send", code=2)
    assert received.messages == []
    daysheet(folder, "mail", "send")
    assert len(received.messages) == 1
    assert "127.0.0.1 (env:MAIL_SECRET)" in daysheet(folder, "trust")


def test_where_nothing_is_approved_nothing_is_asked_for(books, received):
    folder = books()
    draft(folder)
    assert "Nothing is approved" in daysheet(folder, "mail", "send")
    assert received.messages == []


def test_the_outbox_is_kept_out_of_git(books):
    folder = books()
    subprocess.run(["git", "init", "-q", str(folder)], check=True)
    draft(folder)
    listed = subprocess.run(
        ["git", "-C", str(folder), "ls-files", "-o", "--exclude-standard"], capture_output=True, text=True, check=True
    )
    assert "outbox" not in listed.stdout


def test_an_unknown_message_is_settled_by_a_word(books, plan, received):
    folder = books()
    identifier = draft(folder)
    daysheet(folder, "mail", "approve", identifier)
    plan.verb, plan.drop = "END", True
    daysheet(folder, "mail", "send", code=2)
    plan.verb = ""
    assert "say --arrived or --not-arrived" in daysheet(folder, "mail", "settle", identifier, code=2)
    assert "sent" in daysheet(folder, "mail", "settle", identifier, "--arrived")
    assert len(received.messages) == 1


def another(line: str, **more: object) -> bytes:
    return json.dumps({**json.loads(line), **more}).encode() + b"\n"


LOGS = {
    "no object": lambda _: b"[]\n",
    "deep": lambda _: b'{"at":' + b"[" * 100_000 + b"]" * 100_000 + b"}\n",
    "latin-1": lambda line: another(line).replace(b"draft", b"dr\xe4ft"),
    "a number": lambda line: another(line, recipient=5),
    "a list for an id": lambda line: another(line, id=["x"]),
    "a path": lambda line: another(line, id="../../elsewhere"),
    "no state": lambda line: another(line, state="approved\x1b[2J"),
    "a year of text": lambda line: another(line, year="2026"),
    "toml": lambda _: b'at = "2026"\n',
}


@pytest.mark.parametrize("made", LOGS.values(), ids=LOGS)
def test_a_log_that_somebody_else_wrote_is_one_line_and_nothing_is_done(books, received, made):
    folder = books()
    draft(folder)
    log = folder / "outbox" / "log.jsonl"
    lines = log.read_text()
    log.write_bytes(lines.encode() + made(lines.splitlines()[-1]))
    _is_refused(folder, "log.jsonl:2: not a line of this log")
    assert received.messages == []


def _is_refused(folder: Path, words: str) -> None:
    before = sorted(path.name for path in (folder / "outbox").glob("*"))
    for verb in (["draft", "2026"], ["approve", "2026"], ["send"], ["status"]):
        said = daysheet(folder, "mail", *verb, code=2)
        assert words in said, verb
        assert len(said.splitlines()) == 1
    assert sorted(path.name for path in (folder / "outbox").glob("*")) == before


def _pipe(path: Path) -> None:
    os.mkfifo(path)


def _huge(path: Path) -> None:
    with path.open("wb") as file:
        file.truncate(1 << 30)


def _link_out(path: Path) -> None:
    elsewhere = path.parent.parent.parent / "elsewhere"
    elsewhere.write_text("kept")
    path.symlink_to(elsewhere)


@pytest.mark.parametrize(("make", "words"), [
    (_pipe, "log.jsonl: is no plain file"),
    (_huge, "log.jsonl: is larger than 64 MB"),
    (_link_out, "outbox/log.jsonl is a link that leads out|a link stands where the outbox keeps a file"),
], ids=["pipe", "gigabyte", "link"])  # fmt: skip
def test_a_log_that_is_no_file_of_these_books_is_one_line(books, make, words):
    folder = books()
    draft(folder)
    log = folder / "outbox" / "log.jsonl"
    log.unlink()
    make(log)
    for verb in (["draft", "2026"], ["approve", "2026"], ["send"], ["status"]):
        said = daysheet(folder, "mail", *verb, code=2)
        assert re.search(words, said), verb
        assert len(said.splitlines()) == 1
    elsewhere = folder.parent / "elsewhere"
    assert not elsewhere.exists() or elsewhere.read_text() == "kept"


@pytest.mark.parametrize("name", ["outbox", "outbox/.lock"])
def test_an_outbox_that_leads_elsewhere_writes_nothing_there(books, name):
    folder = books()
    elsewhere = folder.parent / "elsewhere"
    (folder / "outbox").mkdir()
    if name == "outbox":
        (folder / "outbox").rmdir()
        elsewhere.mkdir()
    else:
        elsewhere.write_text("kept")
    (folder / name).symlink_to(elsewhere)
    for verb in (["draft", "2026"], ["approve", "2026"], ["send"], ["status"]):
        assert "link" in (said := daysheet(folder, "mail", *verb, code=2)) or "no folder of these books" in said
    assert elsewhere.is_dir() or elsewhere.read_text() == "kept"
    assert not elsewhere.is_dir() or list(elsewhere.iterdir()) == []


def test_an_approval_that_this_user_has_not_given_sends_nothing(books, received):
    folder = books()
    identifier = draft(folder)
    daysheet(folder, "mail", "approve", identifier)
    daysheet(folder, "mail", "send", identifier)
    log, letter = folder / "outbox" / "log.jsonl", folder / "outbox" / f"{identifier}.eml"
    lines = log.read_text()
    other = letter.read_bytes().replace(b"Attached is", b"Pay at once:")
    forged = {"state": "approved", "message_sha256": hashlib.sha256(other).hexdigest(), "id": "2026-0123456789"}
    (folder / "outbox" / "2026-0123456789.eml").write_bytes(other)
    log.write_bytes(lines.encode() + another(lines.splitlines()[-1], **forged))
    assert "2026-0123456789 was not approved on this machine" in daysheet(folder, "mail", "send", code=2)
    (folder / "outbox" / "2026-0123456789.eml").write_bytes(other + b"\n")
    assert "these are not the bytes that were approved" in daysheet(folder, "mail", "send", code=2)
    assert len(received.messages) == 1
    (folder / "outbox" / "2026-0123456789.eml").write_bytes(other)
    daysheet(folder, "mail", "approve", "2026-0123456789")
    daysheet(folder, "mail", "send")
    assert len(received.messages) == 2


@pytest.mark.parametrize("make", [_pipe, _huge, _link_out], ids=["pipe", "gigabyte", "link"])
def test_a_message_that_is_no_file_of_these_books_is_neither_approved_nor_sent(books, received, make):
    folder = books()
    identifier = draft(folder)
    daysheet(folder, "mail", "approve", identifier)
    letter = folder / "outbox" / f"{identifier}.eml"
    letter.unlink()
    make(letter)
    assert len(daysheet(folder, "mail", "send", code=2).splitlines()) == 1
    assert received.messages == []
