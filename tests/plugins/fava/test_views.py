import threading
import time

from daysheet.plugins.fava.views import State


def test_two_pages_at_once_work_a_thing_out_once(tmp_path):
    state = State([], {}, tmp_path)
    both = threading.Barrier(2)
    made: list[str] = []

    def work():
        made.append("overview")
        time.sleep(0.05)  # long enough for the other page to ask as well

    def page():
        both.wait()
        state.kept("overview", work)

    pages = [threading.Thread(target=page) for _ in range(2)]
    for one in pages:
        one.start()
    for one in pages:
        one.join()
    assert made == ["overview"]
