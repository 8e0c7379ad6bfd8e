"""The outbox in the browser: a pack drafted, read, approved and sent over a real server, and what is refused."""

from __future__ import annotations

import hashlib
import json
import re
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest
from axe_playwright_python.sync_playwright import Axe
from daysheet.reports.mail.outbox import Outbox
from playwright.sync_api import expect

from tests.reports.mail.conftest import (  # noqa: F401 - fixtures
    PASSWORD,
    RECIPIENT,
    USER,
    Plan,
    Received,
    Server,
    authority,
    ca_file,
    listening,
)
from tests.reports.mail.test_commands import LEDGER, PRACTICE, attachments, daysheet, mail_settings

from .conftest import Site, serving
from .test_fava_looks import fits, serious

pytestmark = pytest.mark.browser

EXTENSION = '2025-01-01 custom "fava-extension" "daysheet.plugins.fava"\n'
ENCRYPTED = 'pdf-password = "env:PDF_PASSWORD"\n'


class Post(NamedTuple):
    """Fava over books with a pack, whose settings name a real server on loopback, and what that does and got."""

    site: Site
    server: Server
    settings: str

    @property
    def plan(self) -> Plan:
        return self.server.plan

    @property
    def received(self) -> Received:
        return self.server.received

    @property
    def manifest(self) -> dict[str, str]:
        told = json.loads((self.site.books / "packs/2026/manifest.json").read_text())
        return {file["name"]: file["sha256"] for file in told["files"]}

    def write_settings(self, text: str) -> None:
        (self.site.books / "daysheet.toml").write_text(text)


@pytest.fixture(scope="module")
def _post(authority, ca_file, tmp_path_factory) -> Iterator[Post]:  # noqa: F811 - pytest's own way
    scratch = tmp_path_factory.mktemp("outbox")
    folder = scratch / "books"
    folder.mkdir()
    (folder / "main.beancount").write_text(LEDGER + EXTENSION)
    (folder / "daysheet.toml").write_text(PRACTICE)
    daysheet(folder, "pack", "2026")
    with listening(authority, Plan(), Received()) as server, pytest.MonkeyPatch.context() as patch:
        patch.setenv("XDG_CONFIG_HOME", str(scratch / "config"))
        patch.setenv("MAIL_SECRET", PASSWORD)
        patch.setenv("PDF_PASSWORD", "a shared password")
        with serving(folder) as running:
            yield Post(running, server, PRACTICE + mail_settings(server, ca_file))


@pytest.fixture
def post(_post) -> Iterator[Post]:
    """Nothing drafted yet, nothing allowed on this machine, a server that takes what it is sent."""
    main = (_post.site.books / "main.beancount").read_bytes()
    _post.write_settings(_post.settings)
    yield _post
    (_post.site.books / "main.beancount").write_bytes(main)
    shutil.rmtree(_post.site.books / "outbox", ignore_errors=True)
    shutil.rmtree(_post.site.books.parent / "config", ignore_errors=True)
    _post.server.plan.__dict__.update(Plan().__dict__)
    for got in (_post.received.messages, _post.received.envelopes, _post.received.verbs):
        got.clear()


def state(post: Post) -> str:
    (event,) = Outbox(post.site.books).current().values()
    return event.state


def drafted(tab, post: Post) -> str:
    """Drafts on the page; the id of the message that is shown then."""
    tab.goto(post.site.page("outbox"), wait_until="networkidle")
    tab.get_by_role("button", name="Draft").click()
    heading = tab.get_by_role("heading", name=re.compile("^Message 2026-"))
    expect(heading).to_be_visible()
    tab.wait_for_load_state("networkidle")
    return str(heading.inner_text()).removeprefix("Message ")


def step(tab, name: str) -> None:
    tab.get_by_role("button", name=re.compile(f"^{name}")).click()


def became(tab, words: str) -> None:
    expect(tab.locator("#ds-toast")).to_contain_text(words)
    tab.wait_for_load_state("networkidle")


def test_a_pack_is_drafted_read_approved_and_sent(tab, post):
    """What is read on the page is what the manifest of the pack lists, and what arrives."""
    identifier = drafted(tab, post)
    expect(tab.locator("#ds-toast")).to_contain_text(f"Drafted for {RECIPIENT}")
    expect(tab.get_by_role("region", name="Note")).to_contain_text("Dear Dana Whitfield,")
    expect(tab.get_by_role("region", name="Headers")).to_contain_text(RECIPIENT)
    rows = [row.locator("td").all_inner_texts() for row in tab.locator("#ds-attached tbody tr").all()]
    shown = {name: digest for name, _, _, digest in rows}
    assert shown == {name: digest for name, digest in post.manifest.items() if re.search("pdf$|^workbook", name)}
    assert [int(size.replace(",", "")) for _, size, _, _ in rows] == [
        (post.site.books / "packs/2026" / name).stat().st_size for name in shown
    ]
    assert (fits(tab), serious(Axe(), tab)) == (True, [])
    step(tab, "Approve")
    became(tab, "Approved")
    assert post.received.verbs == []
    step(tab, "Send")
    became(tab, "is sent: 250 2.0.0 OK")
    (message,) = post.received.messages
    assert {name: hashlib.sha256(data).hexdigest() for name, data in attachments(message).items()} == shown
    assert message == (post.site.books / f"outbox/{identifier}.eml").read_bytes()
    tab.goto(post.site.page("outbox"), wait_until="networkidle")
    row = tab.get_by_role("listitem", name=f"Message {identifier}")
    expect(row).to_contain_text("sent")
    expect(row.get_by_role("button")).to_have_count(0)
    assert (fits(tab), serious(Axe(), tab)) == (True, [])


def test_what_leaves_unencrypted_is_said_where_it_is_drafted_and_where_it_is_approved(tab, post):
    drafted(tab, post)
    expect(tab.get_by_text("Not encrypted: every server on the way can read")).to_be_visible()
    tab.goto(post.site.page("outbox"))
    expect(tab.get_by_text("Nothing is encrypted")).to_be_visible()
    post.write_settings(post.settings + ENCRYPTED)
    shutil.rmtree(post.site.books / "outbox")
    drafted(tab, post)
    cells = [row.locator("td").all_inner_texts() for row in tab.locator("#ds-attached tbody tr").all()]
    assert {(name[-4:], encrypted) for name, _, encrypted, _ in cells} == {(".pdf", "yes")}
    expect(tab.get_by_text("every server on the way can read")).to_have_count(0)


def test_a_pack_that_the_books_have_outgrown_is_not_drafted(tab, post):
    with (post.site.books / "main.beancount").open("a") as main:
        main.write('2026-12-30 * "Late" "entry"\n  Expenses:Rent  1.00 USD\n  Assets:Bank:Checking  -1.00 USD\n')
    tab.goto(post.site.page("outbox"), wait_until="networkidle")
    tab.expected_problems = 1  # the browser reports the refusal
    tab.get_by_role("button", name="Draft").click()
    expect(tab.locator("#ds-draft").get_by_role("alert")).to_contain_text("the books have changed since this pack")
    assert not (post.site.books / "outbox").exists()


def test_what_was_changed_since_it_was_read_is_not_approved(tab, post):
    identifier = drafted(tab, post)
    file = post.site.books / f"outbox/{identifier}.eml"
    file.write_bytes(file.read_bytes().replace(b"Dear Dana", b"Dear  Dana"))
    tab.expected_problems = 1
    step(tab, "Approve")
    expect(tab.get_by_role("alert")).to_contain_text("was changed since it was read")
    assert state(post) == "draft"
    tab.reload(wait_until="networkidle")
    expect(tab.get_by_text("The file was changed since it was drafted")).to_be_visible()
    step(tab, "Approve")
    became(tab, "Approved")


def test_a_server_that_nobody_has_looked_at_gets_no_message_and_no_password(tab, post):
    drafted(tab, post)
    tab.expected_problems = 2
    post.write_settings(post.settings.replace(f"port = {post.server.port}", "port = 2525"))
    step(tab, "Approve")
    expect(tab.get_by_role("alert")).to_contain_text("another server by now")
    assert state(post) == "draft"
    post.write_settings(post.settings)
    step(tab, "Approve")
    became(tab, "Approved")
    post.write_settings(post.settings.replace('host = "127.0.0.1"', 'host = "localhost"'))
    step(tab, "Send")
    expect(tab.get_by_role("alert")).to_contain_text("a password of yours, to localhost")
    assert (state(post), post.received.verbs) == ("approved", [])


def test_what_the_server_refuses_is_said_and_sent_once_it_is_approved_anew(tab, post):
    drafted(tab, post)
    step(tab, "Approve")
    became(tab, "Approved")
    post.plan.verb, post.plan.answer, post.plan.times = "RCPT", "550 5.1.1 no such user", 1
    tab.expected_problems = 0
    step(tab, "Send")
    became(tab, "is refused")
    expect(tab.locator("#ds-history")).to_contain_text("550 5.1.1 no such user")
    step(tab, "Approve")
    became(tab, "Approved")
    step(tab, "Send")
    became(tab, "is sent")
    assert len(post.received.messages) == 1


@pytest.mark.parametrize(("word", "then"), [("It arrived", "sent"), ("It did not arrive", "approved")])
def test_what_became_unknown_is_settled_by_a_persons_word(tab, post, word, then):
    drafted(tab, post)
    step(tab, "Approve")
    became(tab, "Approved")
    post.plan.verb, post.plan.drop, post.plan.times = "END", True, 1
    step(tab, "Send")
    became(tab, "is unknown")
    step(tab, word)
    became(tab, f"is {then}")
    assert state(post) == then


def test_without_settings_the_page_says_what_is_missing(tab, post):
    post.write_settings(PRACTICE)
    tab.goto(post.site.page("outbox"), wait_until="networkidle")
    expect(tab.get_by_text('[mail] needs "from"')).to_be_visible()
    expect(tab.get_by_role("button", name="Draft")).to_have_count(0)


@pytest.mark.parametrize("name", ["../daysheet", "..%2f..%2fmain", "2026-0123456789", "2026-%2e%2e%2f%2e%2e%2fx", ""])
def test_only_messages_of_the_outbox_are_handed_out(tab, post, name):
    assert tab.request.get(f"{post.site.url}mail-file?id={name}").status == 404


def test_a_message_is_handed_out_as_a_mail_program_reads_it(tab, post):
    identifier = drafted(tab, post)
    with tab.expect_download() as download:
        tab.get_by_role("link", name="As a file for a mail program").click()
    assert Path(download.value.path()).read_bytes() == (post.site.books / f"outbox/{identifier}.eml").read_bytes()


def test_a_read_only_fava_drafts_nothing(tab, post):
    with serving(post.site.books, "--read-only") as site:
        tab.goto(site.page("outbox"), wait_until="networkidle")
        expect(tab.get_by_role("button", name="Draft")).to_be_disabled()
