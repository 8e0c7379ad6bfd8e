"""A client's process: bounded, begun again when it is killed, told in one line."""

import os
import threading
import time

from daysheet.firm import calls

DIES = """
import os, signal
from pathlib import Path

def main():
    tried = Path(__file__).with_name("tried")
    count = int(tried.read_text()) + 1 if tried.exists() else 1
    tried.write_text(str(count))
    if count <= {deaths}:
        os.kill(os.getpid(), signal.SIGKILL)
    print("done", count)
"""

TAKES = """
import sys
from daysheet import console

def main():
    try:
        bytearray(900_000_000)
    except Exception as problem:
        print(console.unexpected(problem), file=sys.stderr)
        sys.exit(2)
"""


def test_a_process_that_is_killed_is_begun_once_more(module_call):
    outcome = calls.run(module_call(DIES.format(deaths=1)))
    assert (outcome.code, outcome.output, outcome.error, outcome.attempts) == (0, "done 2\n", "", 2)


def test_one_that_is_killed_again_is_reported(module_call):
    outcome = calls.run(module_call(DIES.format(deaths=2)))
    assert not outcome.is_done
    assert outcome.error == "its process was killed (SIGKILL), twice"


def test_a_program_that_cannot_even_begin_is_not_taken_for_one_that_found_something(module_call):
    outcome = calls.run(module_call("import no_such_module\n"))
    assert not outcome.is_done
    assert outcome.error == "ModuleNotFoundError: No module named 'no_such_module'"


def test_time_is_bounded(module_call):
    outcome = calls.run(module_call("import time\ndef main():\n    time.sleep(60)\n", seconds=1))
    assert outcome.error == "it took longer than the 0 minutes that firm.toml allows"
    assert outcome.attempts == 1
    assert outcome.seconds < 30


def test_memory_is_bounded(module_call):
    outcome = calls.run(module_call(TAKES, memory=400_000_000))
    assert outcome.error == "it took more than the 400 MB of memory that memory-mb in firm.toml allows"
    assert outcome.peak < 400_000_000


def test_what_it_took_is_told(module_call):
    outcome = calls.run(module_call("def main():\n    print(len(bytearray(b'x' * 200_000_000)))\n"))
    assert outcome.is_done
    assert 200_000_000 < outcome.peak < 700_000_000
    assert 0 < outcome.processor < outcome.seconds + 10


def test_a_user_s_stop_ends_the_processes_and_begins_none_again(module_call):
    call = module_call(
        "import os, time\nfrom pathlib import Path\n"
        "def main():\n    Path(__file__).with_name('pid').write_text(str(os.getpid()))\n    time.sleep(60)\n"
    )
    outcomes = []
    running = threading.Thread(target=lambda: outcomes.append(calls.run(call)))
    running.start()
    place = call.folder / "modules" / "pid"
    while not (place.exists() and place.read_text()):
        time.sleep(0.02)
    calls.stop()
    running.join(20)
    assert outcomes[0].attempts == 1
    assert not os.path.exists(f"/proc/{place.read_text()}")  # noqa: PTH110 - a process, not a path


def test_each_client_has_a_cache_of_its_own(module_call, tmp_path):
    call = module_call("")
    one, other = (calls.environment(call._replace(folder=tmp_path / name))["XDG_CACHE_HOME"] for name in "ab")
    assert one != other
