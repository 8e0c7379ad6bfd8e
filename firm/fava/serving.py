"""`daysheet firm fava`: the front on a port of the loopback interface, until it is stopped."""

from __future__ import annotations

import signal
from collections.abc import Callable
from typing import Any, Final, NoReturn

from cheroot.wsgi import Server
from daysheet.errors import DaysheetError
from daysheet.firm import calls
from daysheet.firm.clients import Firm
from daysheet.firm.fava.front import application
from daysheet.firm.fava.looks import Looks
from daysheet.firm.fava.opened import Opened

_LOOPBACK: Final = "127.0.0.1"
_THREADS: Final = 20


def serve(
    read: Callable[[], Firm], port: int, most: int, workers: int, *, read_only: bool, told: Callable[[str], None]
) -> None:
    """Serve the firm's clients until the user stops it.

    Args:
        read: gives the firm as `firm.toml` has it by then.
        port: of the loopback interface; 0 for one that is free.
        most: how many clients' ledgers are kept open.
        workers: how many clients are looked at at once; 0 for what the firm says.
        read_only: whether nothing can be changed.
        told: is given the address, once it answers.

    Raises:
        DaysheetError: `firm.toml` is wrong, or the port is in use.
    """
    looks, opened = Looks(read, workers), Opened(most, read_only=read_only)
    app: Any = application(looks, opened)
    server = Server((_LOOPBACK, port), app, numthreads=_THREADS)
    try:
        server.prepare()
    except OSError:
        raise DaysheetError(f"port {port} is in use", remedy="name another with --port") from None
    signal.signal(signal.SIGTERM, _stopped)
    try:
        told(f"http://{_LOOPBACK}:{server.bind_addr[1]}/")
        looks.latest()
        server.serve()
    except (KeyboardInterrupt, SystemExit):
        pass
    finally:
        calls.stop()
        opened.end()
        server.stop()


def _stopped(*_: object) -> NoReturn:
    raise SystemExit
