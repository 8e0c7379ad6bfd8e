"""Fava that reads its books once and then forks for each test: `python warm.py MAIN`, else as `fava` is called.

A line of standard input that is a port has a fork serve the books there; the same number below nought has it ended. So
a test that writes has a Fava of its own, in which nothing was asked before but our first page, and does not wait until
the books are read anew because the last one wrote in them.
"""

from __future__ import annotations

import gc
import os
import signal
import sys
import threading

from cheroot.wsgi import Server
from fava.cli import main

serve = Server.start


def fork_for_each_line(server: Server) -> None:
    """In place of serving: load the books and look for what is to be found in them, and fork when asked to."""
    client = server.wsgi_app.test_client()
    answer = client.get("/", follow_redirects=True)
    assert answer.status_code == 200, answer.status
    slug = answer.request.path.strip("/").split("/")[0]
    ours = client.get(f"/{slug}/extension/Daysheet/")
    assert ours.status_code == 200, ours.status
    assert threading.active_count() == 1, "a fork has no other threads"
    gc.collect()
    gc.freeze()  # what is shared is not looked through, and so copied, by each fork
    forks: dict[int, int] = {}
    for line in sys.stdin:
        port = int(line)
        if port > 0:
            forks[port] = os.fork()
            if forks[port] == 0:
                server.bind_addr = ("127.0.0.1", port)
                serve(server)
                os._exit(0)
        else:
            os.kill(forks[-port], signal.SIGTERM)
            os.waitpid(forks.pop(-port), 0)
        sys.stdout.write("done\n")
        sys.stdout.flush()
    for fork in forks.values():  # who asked is gone
        os.kill(fork, signal.SIGTERM)


if __name__ == "__main__":
    setattr(Server, "start", fork_for_each_line)  # noqa: B010 - mypy would not have a method replaced
    main()
