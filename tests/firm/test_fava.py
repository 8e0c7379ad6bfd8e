"""`daysheet firm fava`: the real server, its processes, and a browser that looks at it."""

import contextlib
import http.client
import json
import os
import re
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import NamedTuple
from urllib.parse import urlsplit

import pytest
from daysheet.errors import DaysheetError
from daysheet.firm import clients
from daysheet.firm.fava import looks, opened
from daysheet.firm.fava.front import slugs

from tests.firm.conftest import BOOKS, FirmFolder
from tests.plugins.fava.conftest import looking
from tests.plugins.fava.test_fava_looks import axe

__all__ = ("axe",)

OURS = '2026-01-01 custom "fava-extension" "daysheet.plugins.fava"\n'
RUNS = "from pathlib import Path\nPath({marker!r}).write_text('ran')\n"
AGES = 120  # seconds that a busy machine may take to load books


class Served(NamedTuple):
    """A firm that is served: its folder, the address, the server's process, and what a program of books would write."""

    folder: Path
    address: str
    pid: int
    marker: Path


@pytest.fixture(scope="module")
def firm_folder(tmp_path_factory):
    """Clients of all kinds: two that are well, one that is broken, two that bring programs, one of an awkward name."""
    place = tmp_path_factory.mktemp("firm-fava")
    firm = FirmFolder(place / "firm")
    marker = place / "ran"
    for name, fee in (("oak", "120.50"), ("elm", "80.00"), ("static", "33.00")):
        books = firm.add(name, fee=fee)
        with (books / "main.beancount").open("a") as file:
            file.write(OURS)
    firm.add("ash", text="nonsense\n")
    plugin = firm.add("fir", text='option "insert_pythonpath" "TRUE"\nplugin "evil"\n')
    (plugin / "evil.py").write_text(RUNS.format(marker=str(marker)))
    extension = firm.add("yew", fee="61.00")
    for name in ("evil_pages.py", "own-import.py"):
        (extension / name).write_text(RUNS.format(marker=str(marker)))
    with (extension / "main.beancount").open("a") as file:
        file.write(
            f'{OURS}2026-01-01 custom "fava-extension" "evil_pages"\n'
            '2026-01-01 custom "fava-option" "import-config" "own-import.py"\n'
            '2026-01-01 custom "fava-option" "import-dirs" "../oak"\n'
            '2026-01-01 custom "fava-option" "default-file" "../oak/main.beancount"\n'
            '2026-01-02 document Assets:Bank:Checking "../oak/daysheet.toml"\n'
        )
    return firm.folder, marker


@contextlib.contextmanager
def serving(firm_folder, *options):
    folder, marker = firm_folder
    environment = os.environ | {f"XDG_{name}_HOME": str(folder.parent / name) for name in ("CACHE", "CONFIG")}
    words = ["firm", "--firm", str(folder), "fava", "--port", "0", "--json", *options]
    command = [sys.executable, "-c", "from daysheet.cli import main; main()", *words]
    with subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout is not None
            said = ""
            while not said.endswith("}\n"):
                said += process.stdout.readline() or pytest.fail("it ended")
            yield Served(folder, json.loads(said)["address"], process.pid, marker)
        finally:
            process.terminate()


@pytest.fixture(scope="module")
def served(firm_folder):
    with serving(firm_folder) as running:
        yield running


def ask(served, path, method="GET", body=None, **headers):
    """Code and text of an answer; nothing is followed."""
    sent = {name.replace("_", "-"): value for name, value in headers.items()}
    with contextlib.closing(http.client.HTTPConnection(urlsplit(served.address).netloc, timeout=AGES)) as connection:
        connection.request(method, path, body, sent)
        answer = connection.getresponse()
        return answer.status, answer.read().decode()


def origin(served):
    return served.address.rstrip("/")


def processes(served):
    """The process of each client's ledger: the server's children that serve one."""
    found = {}
    for place in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):
            parent = int(place.joinpath("stat").read_text().rpartition(")")[2].split()[1])
            words = place.joinpath("cmdline").read_bytes().decode().split("\0")
            if parent == served.pid and "firm.fava.ledger" in " ".join(words):
                found[Path(words[4]).name] = int(place.name)
    return found


def rows(tab):
    """Each client's cells as the page shows them, once all have been looked at."""
    tab.wait_for_function("() => !document.querySelector('.underway')", timeout=AGES * 1000)
    return {
        row.locator("th").inner_text(): [cell.strip() for cell in row.locator("td").all_inner_texts()]
        for row in tab.locator("tbody tr").all()
    }


@pytest.mark.parametrize("screen", ["desktop-light", "phone-dark"])
def test_all_clients_stand_on_one_page_that_sorts_and_reads_well(served, browser, axe, screen):
    with looking(browser, screen) as (tab, problems):
        tab.goto(served.address)
        shown = rows(tab)
        assert {name: shown[name][1:3] for name in ("elm", "oak", "yew")} == {
            "elm": ["2026-03-01", "80.00"], "oak": ["2026-03-01", "120.50"], "yew": ["2026-03-01", "61.00"],
        }  # fmt: skip
        assert "main.beancount:1" in shown["ash"][0]
        assert 'the plugin "evil", which runs as a program' in shown["fir"][0]
        tab.get_by_role("button", name="Never billed").click()
        tab.get_by_role("button", name="Never billed").click()
        assert tab.locator("tbody th").all_inner_texts()[:4] == ["oak", "elm", "yew", "static"]
        assert [
            one["id"] for one in axe.run(tab).response["violations"] if one["impact"] in ("serious", "critical")
        ] == []
        assert tab.evaluate("() => document.body.scrollWidth <= window.innerWidth + 1")
        assert problems == []


def test_a_client_leads_to_its_own_ledger_and_the_ledger_back_to_all(served, browser):
    with looking(browser, "desktop-light") as (tab, problems):
        tab.goto(served.address)
        rows(tab)
        tab.get_by_role("link", name="oak").click()
        tab.wait_for_url("**/oak/income_statement/**")
        tab.get_by_role("link", name="Daysheet", exact=True).click()
        tab.wait_for_url("**/oak/extension/Daysheet/**")
        tab.get_by_text("120.50").first.wait_for()
        assert "80.00" not in tab.content()
        assert "elm" not in tab.content()
        tab.locator("header h1").hover()
        tab.get_by_role("link", name="All clients").click()
        tab.wait_for_url(served.address)
        assert rows(tab)["elm"][2] == "80.00"
        assert problems == []


def test_what_changed_in_books_stands_on_the_page_when_it_is_asked_again(served):
    def gap():
        page = "looked at</p>"
        while "looked at</p>" in page:
            page = ask(served, "/")[1]
        return re.findall(r'>static</a></th>.*?data-value="2026-[^"]*".*?data-value="([^"]*)"', page, re.DOTALL)[0]

    assert gap() == "33.00"
    main = served.folder / "clients" / "static" / "main.beancount"
    before = main.read_text()
    main.write_text(before + '2026-01-06 custom "visit" "V2" "one" "completed"\n  fee: 7.00 USD\n')
    assert gap() == "40.00"
    main.write_text(before)


def test_books_that_would_run_a_plugin_are_not_opened_and_say_why(served):
    code, page = ask(served, "/fir/income_statement/")
    assert code == 409
    assert "runs as a program" in page
    assert "daysheet trust" in page
    assert not served.marker.exists()


def test_no_extension_and_no_import_configuration_of_books_runs_and_no_file_of_another_client_is_shown(served):
    assert ask(served, "/yew/income_statement/")[0] == 200
    assert ask(served, "/yew/account/Assets:Zo%C3%AB%25/")[0] == 200
    told = "".join(error["message"] for error in json.loads(ask(served, "/yew/api/errors")[1])["data"])
    assert 'the extension "evil_pages" is a program of these books' in told
    assert "other than daysheet init writes" in told
    for what in ("import-dirs", "default-file", "a document"):
        assert re.search(f"{what}.? leads out of these books", told)
    assert not served.marker.exists()
    oaks = served.folder / "clients" / "oak"
    for name in ("daysheet.toml", "main.beancount"):
        assert ask(served, f"/yew/document/?filename={oaks / name}")[0] == 404
        assert ask(served, f"/yew/api/source?filename={oaks / name}")[0] != 200


def test_one_client_s_token_opens_nothing_of_another_s(served):
    def token(name):
        return re.findall(r'data-token="([^"]+)"', ask(served, f"/{name}/extension/Daysheet/")[1])[0]

    tokens = {name: token(name) for name in ("oak", "elm")}
    assert tokens["oak"] != tokens["elm"]
    headers = {"Origin": origin(served), "X_Daysheet_Token": tokens["oak"], "Content_Type": "application/json"}
    address = "/{}/extension/Daysheet/waive?page=worklist"
    assert ask(served, address.format("elm"), "POST", "{}", **headers)[0] == 403
    assert ask(served, address.format("oak"), "POST", "{}", **headers)[0] == 400


@pytest.mark.parametrize("path", ["/", "/oak/income_statement/", "/oak/api/errors", "/static/app.js"])
def test_a_name_bound_to_this_address_sees_nothing(served, path):
    assert ask(served, path, Host="evil.example:80")[0] == 403
    assert ask(served, path, Sec_Fetch_Site="cross-site")[0] == 403


@pytest.mark.parametrize("sent", [{}, {"Origin": "http://evil.example"}, {"Origin": "null"}])
def test_fava_s_own_addresses_change_nothing_for_another_page(served, sent):
    main = served.folder / "clients" / "oak" / "main.beancount"
    before = main.read_text()
    body = json.dumps({"file_path": str(main), "source": "", "sha256sum": "0"})
    assert ask(served, "/oak/api/source", "PUT", body, Content_Type="application/json", **sent)[0] == 403
    assert main.read_text() == before


def test_what_fava_changes_for_its_own_page_it_changes(served):
    main = served.folder / "clients" / "elm" / "main.beancount"
    before = main.read_text()
    read = json.loads(ask(served, f"/elm/api/source?filename={main}")[1])["data"]
    body = json.dumps({"file_path": str(main), "source": before + "; ours\n", "sha256sum": read["sha256sum"]})
    headers = {"Content_Type": "application/json", "Origin": origin(served)}
    assert ask(served, "/elm/api/source", "PUT", body, **headers)[0] == 200
    assert main.read_text() == before + "; ours\n"
    main.write_text(before)


def test_books_that_bring_a_program_while_they_are_open_are_shown_no_more(served):
    main = served.folder / "clients" / "oak" / "main.beancount"
    before = main.read_text()
    assert ask(served, "/oak/income_statement/")[0] == 200
    main.write_text(f'plugin "evil"\n{before}')
    assert "runs as a program" in ask(served, "/oak/income_statement/")[1]
    assert ask(served, "/oak/api/errors")[0] == 409
    main.write_text(before)
    assert ask(served, "/oak/income_statement/")[0] == 200


def test_a_ledger_whose_process_was_killed_is_opened_again(served):
    assert ask(served, "/oak/income_statement/")[0] == 200
    os.kill(processes(served)["oak"], signal.SIGKILL)
    assert ask(served, "/oak/income_statement/")[0] == 200


def test_only_so_many_ledgers_are_kept_open_and_a_page_left_open_opens_none(firm_folder):
    with serving(firm_folder, "--open", "1", "--read-only") as running:
        for name in ("oak", "elm"):
            assert ask(running, f"/{name}/income_statement/")[0] == 200
        assert json.loads(ask(running, "/oak/api/changed")[1])["data"] is False
        assert list(processes(running)) == ["elm"]
        left = list(processes(running).values())
        assert ask(running, "/elm/api/source", "PUT", "{}", Origin=origin(running))[0] == 401  # read only
        os.kill(running.pid, signal.SIGKILL)
    until = time.monotonic() + 20
    while any(Path(f"/proc/{pid}").exists() for pid in left):
        assert time.monotonic() < until
        time.sleep(0.1)


def test_a_client_s_process_answers_the_front_alone(firm_folder, monkeypatch):
    folder, marker = firm_folder
    for name in ("CACHE", "CONFIG"):
        monkeypatch.setenv(f"XDG_{name}_HOME", str(folder.parent / name))
    firm = clients.read(folder / "firm.toml")
    found = {client.id: client for client in firm.clients}
    ledger = opened.begin(firm, found["oak"], "oak", read_only=False)
    try:
        alone = Served(folder, f"http://127.0.0.1:{ledger.port}/", ledger.process.pid, marker)
        assert ask(alone, "/oak/income_statement/")[0] == 403
        assert ask(alone, "/oak/income_statement/", X_Daysheet_Key=ledger.key)[0] == 200
    finally:
        ledger.end()
    with pytest.raises(DaysheetError, match="runs as a program"):
        opened.begin(firm, found["fir"], "fir", read_only=False)


def test_a_client_s_address_is_its_name_and_never_one_of_the_pages_own(firm):
    for name in ("jump", "jump-2", "oak", "static"):
        firm.add(name)
    read = clients.read(firm.folder / "firm.toml")
    assert {slug: client.id for slug, client in slugs(read).items()} == {
        "jump-3": "jump", "jump-2": "jump-2", "oak": "oak", "static-2": "static",
    }  # fmt: skip


def test_a_port_in_use_is_said(served):
    port = str(urlsplit(served.address).port)
    words = ["firm", "--firm", str(served.folder), "fava", "--port", port]
    command = [sys.executable, "-c", "from daysheet.cli import main; main()", *words]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 2
    assert done.stderr == f"daysheet: port {port} is in use; name another with --port\n"


class Reading:
    """A firm that is read anew for each look; counts them."""

    def __init__(self, firm):
        self.firm = clients.read(firm.folder / "firm.toml")
        self.count = 0

    def __call__(self):
        self.count += 1
        return self.firm


def test_a_page_that_waited_for_a_look_begins_no_other_and_one_that_is_loaded_later_does(firm, monkeypatch):
    firm.add("oak")
    read = Reading(firm)
    found = looks.Looks(read, 1)
    first = found.latest(0, AGES)
    assert (first.number, first.is_on, list(first.outcomes)) == (1, False, ["oak"])
    assert (found.latest(1, AGES).number, read.count) == (1, 2)
    monkeypatch.setattr(looks, "_FRESH_SECONDS", 0)
    assert (found.latest(1, AGES).number, read.count) == (2, 3)


def test_the_books_of_tests_are_as_they_were(served):
    """Each test above puts back what it wrote."""
    assert (served.folder / "clients" / "oak" / "main.beancount").read_text() == (
        BOOKS.format(fee="120.50", currency="USD") + OURS
    )
