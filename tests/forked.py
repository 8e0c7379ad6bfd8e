"""`daysheet` for tests that run it often: forked from a process that has imported it, which takes most of a start.

`program()` is the path of a command that behaves as the installed one: a process of its own for each run, with the
caller's arguments, folder, environment, mask and open streams, and its exit code. Only the modules are there already.
What Python itself reads as it starts (`PYTHON…`, a locale without UTF-8, a closed stream) has the real one run instead.
A test of signals, of what a command or its import takes, or of the order of sets in two runs takes `INSTALLED`.
"""

from __future__ import annotations

import atexit
import functools
import os
import subprocess
import sys
import tempfile
from pathlib import Path

INSTALLED = str(Path(sys.executable).with_name("daysheet"))
"""The command as pip installs it."""

# what Python needs to start is kept small: no `site`, no module of its library that is not built in
_CLIENT = """\
#!{python} -IS
import _socket, marshal, os, sys
def is_alike(name):
    value = os.environ.get(name)
    return not value or value in ("C", "POSIX") or value.upper().replace("-", "").endswith("UTF8")
def is_closed(number):
    try:
        os.fstat(number)
    except OSError:
        return True
pythons = {{name for name, value in os.environ.items() if value and name.startswith("PYTHON")}}
if (
    pythons - {{"PYTHONDONTWRITEBYTECODE", "PYTHONUNBUFFERED"}}
    or not all(map(is_alike, ("LC_ALL", "LC_CTYPE", "LANG")))
    or any(map(is_closed, (0, 1, 2)))
):
    os.execv({installed!r}, [{installed!r}, *sys.argv[1:]])
mask = os.umask(0)
os.umask(mask)
server = _socket.socket(_socket.AF_UNIX, _socket.SOCK_STREAM)
server.connect({place!r})
said = marshal.dumps((sys.argv[1:], os.getcwdb(), dict(os.environb), mask))
streams = b"".join(number.to_bytes(4, sys.byteorder) for number in (0, 1, 2))
server.sendmsg([len(said).to_bytes(8, "big")], [(_socket.SOL_SOCKET, _socket.SCM_RIGHTS, streams)])
while said:
    said = said[server.send(said):]
status = server.recv(4)
if len(status) != 4:
    sys.exit("the process that forks has ended")
status = int.from_bytes(status, "big")
if os.WIFSIGNALED(status):
    os.kill(os.getpid(), os.WTERMSIG(status))
os._exit(os.WEXITSTATUS(status))
"""


@functools.cache
def program() -> str:
    """The path of the command; the process that it is forked from is begun at the first call and ends with this one."""
    folder = Path(tempfile.mkdtemp(prefix="daysheet-forked-"))  # taken away by the process as it ends
    place, command = folder / "socket", folder / "daysheet"
    server = subprocess.Popen(
        [sys.executable, str(Path(__file__).with_name("forking.py")), str(place)],
        env={name: value for name, value in os.environ.items() if not name.startswith("PYTHON")},
        stdin=subprocess.PIPE, stdout=subprocess.PIPE,
    )  # fmt: skip
    assert server.stdin is not None
    assert server.stdout is not None
    atexit.register(server.communicate)
    assert server.stdout.readline() == b"ready\n"
    command.write_text(_CLIENT.format(python=sys.executable, installed=INSTALLED, place=str(place)), encoding="utf-8")
    command.chmod(0o755)
    return str(command)
