"""A real Dask cluster: workers that come and go, and the same bytes."""

import shutil
import threading
import time

import pytest
from daysheet.firm import clients, cluster, running
from daysheet.firm.calls import VERB
from daysheet.firm.running import Work
from daysheet.reports.statements import account_numbers

from tests.firm.conftest import scheduler, worker

PACK = Work(VERB, ("pack", "2026", "--json"), frozenset({"packs", "outbox"}), "packs/2026", adds=account_numbers.FILE)
CLIENTS = 8


def packs(folder):
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in folder.glob("clients/*/packs/2026/*")
        if path.is_file()
    }


@pytest.mark.long
def test_packs_are_the_same_bytes_while_one_worker_joins_and_one_is_killed(firm, tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    for number in range(CLIENTS):
        firm.add(f"client-{number}", fee=f"{100 + number}.00")
    read = clients.read(firm.folder / "firm.toml")
    before = {path: path.read_bytes() for path in firm.folder.glob("clients/*/*") if path.is_file()}
    assert all(outcome.is_done for outcome in running.over(read, PACK, 2))
    here = packs(firm.folder)
    assert len({name.split("/")[1] for name in here}) == CLIENTS

    for client in read.clients:
        shutil.rmtree(client.folder)
        client.folder.mkdir()
    for path, content in before.items():
        path.write_bytes(content)
    shutil.rmtree(firm.folder / ".daysheet-firm")

    with (
        scheduler(tmp_path) as address,
        worker(address, tmp_path) as first,
        worker(address, tmp_path),
        cluster.executor(address) as executor,
    ):
        outcomes = []
        at_work = threading.Thread(target=lambda: outcomes.extend(running.over(read, PACK, executor=executor)))
        at_work.start()
        until = time.monotonic() + 300
        while len(list(firm.folder.glob(".daysheet-firm/*/pack-2026.json"))) < 2:
            assert time.monotonic() < until
            time.sleep(0.05)
        with worker(address, tmp_path):
            first.kill()
            at_work.join(900)
    assert [outcome.error for outcome in outcomes] == [""] * CLIENTS
    assert packs(firm.folder) == here
