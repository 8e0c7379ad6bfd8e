"""A clone that stands alone is tested as well: what needs files that are not part of the project says so."""

import os
import subprocess
import sys

from tests.conftest import NO_SAMPLES, ROOT


def run_real(samples):
    environment = os.environ | {"DAYSHEET_SAMPLES": str(samples), "DAYSHEET_STRICT": "1"}
    environment.pop("DAYSHEET_REACHED", None)  # these runs are to read nothing
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "tests/real"]
    return subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)


def test_without_the_collected_files_their_tests_are_skipped_with_the_reason(tmp_path):
    run = run_real(tmp_path / "absent")
    last = run.stdout.splitlines()[-1]
    assert run.returncode == 0, run.stdout
    assert "skipped" in last
    assert "passed" not in last
    assert NO_SAMPLES in run.stdout


def test_where_they_are_present_but_lack_a_file_the_run_fails(tmp_path):
    (tmp_path / "banks").mkdir()
    run = run_real(tmp_path)
    assert run.returncode == 1, run.stdout
    assert "skipped, which make test does not allow" in run.stdout
