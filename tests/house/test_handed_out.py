"""What git hands out is the project's alone: no file of it, text or not, tells of the machine where it was made."""

import re
import subprocess

from tests.conftest import ROOT

ELSEWHERE = re.compile(
    rb"/[\w./-]+/site-" rb"packages/|files\.python" rb"hosted\.org|registry\.npm" rb"js|--(?:extra-)?index-" rb"url"
)
TRACES = (".coverage", ".pyc", ".orig", ".rej", ".swp", ".DS_Store", "uv.lock", ".ipynb")


def tracked():
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, check=True, capture_output=True, text=True)
    return [name for name in listed.stdout.split("\0") if name and (ROOT / name).is_file()]


def test_no_file_names_an_installation_or_an_index():
    assert [name for name in tracked() if ELSEWHERE.search((ROOT / name).read_bytes())] == []


def test_nothing_that_a_tool_leaves_behind_is_tracked():
    assert [name for name in tracked() if name.endswith(TRACES)] == []


def test_such_a_trace_would_be_found():
    assert ELSEWHERE.search(b"\x00SQLite\x00/opt/x/lib/python3.11/site-" + b"packages/click/core.py")
    assert ELSEWHERE.search(b"--hash=sha256:00\n--index-" + b"url https://example.org/simple")
