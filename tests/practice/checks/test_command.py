"""`daysheet check` and `daysheet waive`, as they are typed."""

from __future__ import annotations

import csv
import io
import json
import subprocess
from pathlib import Path

import pytest

from tests import forked
from tests.practice.checks.ledgers import ADAMS, bill, visit, worked

HEAD = 'option "operating_currency" "USD"\nplugin "beancount.plugins.auto_accounts"\n'


def daysheet(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    command = [forked.program(), *arguments, "--books", str(folder)]
    return subprocess.run(command, capture_output=True, text=True, check=False)


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "2026").mkdir()
    (tmp_path / "2026/visits.beancount").write_text(worked("2026-03-02", "2026-03-27", unbilled="2026-03-16"))
    (tmp_path / "main.beancount").write_text(
        HEAD + ADAMS + visit("V9", "2026-03-26") + 'include "2026/visits.beancount"\n'
    )
    return tmp_path


def test_json_has_the_stable_shape(folder):
    run = daysheet(folder, "check", "--json")
    data = json.loads(run.stdout)
    assert run.returncode == 1
    assert list(data) == ["as_of", "currency", "findings", "totals", "gap"]
    assert (data["as_of"], data["currency"]) == ("2026-03-27", "USD")
    lapse = data["findings"][0]
    assert list(lapse) == ["kind", "key", "date", "through", "provider", "count", "amount", "message", "where"]
    assert (lapse["key"], lapse["count"], lapse["amount"]) == ("adams/2026-03-16", 70, "3500.00")
    assert lapse["where"][0] == "2026/visits.beancount:1121"
    assert data["totals"]["billing-lapse"] == {"count": 1, "amount": "3500.00"}
    assert data["totals"]["unbilled-visit"] == {"count": 71, "amount": "3550.00"}
    assert data["gap"] == {"gross": "3550.00", "expected_cash": "3550.00"}


def test_books_without_findings_exit_0(tmp_path):
    (tmp_path / "main.beancount").write_text(HEAD + visit("V1", "2026-03-02") + bill("I1", "2026-03-02", visit="V1"))
    run = daysheet(tmp_path, "check")
    assert (run.returncode, run.stdout) == (0, "As of 2026-03-02: nothing to do.\n")


def test_broken_books_exit_2_with_one_line(tmp_path):
    (tmp_path / "main.beancount").write_text('2026-03-02 custom "visit" "V1" "adams" "attended"\n')
    run = daysheet(tmp_path, "check")
    assert (run.returncode, run.stdout, run.stderr.count("\n")) == (2, "", 1)
    assert "main.beancount:1: visit: write" in run.stderr


def test_only_what_is_new_since_a_day(folder):
    run = daysheet(folder, "check", "--since", "2026-03-25", "--json")
    assert [finding["key"] for finding in json.loads(run.stdout)["findings"]] == ["V9"]


def test_the_trend_since_a_day_is_one_sentence(folder):
    last = daysheet(folder, "check", "--since", "2026-03-25").stdout.splitlines()[-1]
    assert last == "Since 2026-03-25: 1 new, 0 settled; never billed 3,500.00 USD then, 3,550.00 USD now."


def test_the_screen_folds_visits_into_their_lapse(folder):
    text = daysheet(folder, "check").stdout
    assert "unbilled-visit: 71 findings, 3,550.00 USD, 70 of them in the lapses" in text
    assert "Never billed: 3,550.00 USD at the practice's fees." in text


def test_the_spreadsheet_computes_nothing(tmp_path):
    text = visit("=1+1", "2026-03-02", provider="@dde") + visit("-2", "2026-03-03")
    (tmp_path / "main.beancount").write_text(HEAD + text)
    rows = list(csv.reader(io.StringIO(daysheet(tmp_path, "check", "--csv").stdout)))
    assert [(row[1], row[4]) for row in rows[1:]] == [("'=1+1", "'@dde"), ("'-2", "adams")]


def test_a_waiver_is_written_to_the_ledger(folder):
    assert daysheet(folder, "waive", "V9", "--reason", 'a "courtesy"\nvisit').returncode == 0
    assert (
        'custom "waived" "unbilled-visit" "V9" "a \\"courtesy\\" visit"' in (folder / "waivers.beancount").read_text()
    )
    keys = [finding["key"] for finding in json.loads(daysheet(folder, "check", "--json").stdout)["findings"]]
    assert "V9" not in keys


def test_a_waiver_says_what_it_sets_aside_and_what_that_changes(folder):
    lines = daysheet(folder, "waive", "adams/2026-03-16", "--reason", "charity week").stdout.splitlines()
    assert lines == [
        "billing-lapse adams/2026-03-16 is set aside as of 2026-03-27.",
        "That is 70 visits of 2026-03-16 to 2026-03-20, 3,500.00 USD; other days stay. "
        "What was never billed goes from 3,550.00 USD to 50.00 USD.",
    ]
    assert "through: 2026-03-20" in (folder / "waivers.beancount").read_text()
    gap = json.loads(daysheet(folder, "check", "--json").stdout)["gap"]
    assert gap["gross"] == "50.00"


@pytest.mark.parametrize("reason", [" \n ", "long " * 100])
def test_a_reason_that_is_none_or_too_long_writes_nothing(folder, reason):
    run = daysheet(folder, "waive", "V9", "--reason", reason)
    assert (run.returncode, run.stderr.count("\n")) == (2, 1)
    assert "reason" in run.stderr
    assert not (folder / "waivers.beancount").exists()


@pytest.mark.parametrize(
    ("arguments", "file", "word"),
    [(("waive", "V9", "--reason", "courtesy"), "waivers", "waived"), (("lock", "2026"), "locks", "locked")],
)
def test_the_same_said_twice_at_once_is_written_once(folder, arguments, file, word):
    command = [forked.program(), *arguments, "--books", str(folder)]
    both = [subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True) for _ in range(2)]
    said = [one.communicate()[0] for one in both]
    assert (folder / f"{file}.beancount").read_text().count(f'custom "{word}"') == 1
    assert any("already" in text for text in said)


def test_two_waivers_include_their_file_once(folder):
    daysheet(folder, "waive", "V9", "--reason", "courtesy")
    daysheet(folder, "waive", "adams/2026-03-16", "--reason", "charity week")
    assert (folder / "main.beancount").read_text().count('include "waivers.beancount"') == 1
    assert daysheet(folder, "check").returncode == 0


def test_a_waiver_of_nothing_changes_nothing(folder):
    run = daysheet(folder, "waive", "V10", "--reason", "courtesy")
    assert (run.returncode, run.stderr) == (2, "daysheet: no finding has the key V10; daysheet check shows the keys\n")
    assert not (folder / "waivers.beancount").exists()


def test_no_line_is_wider_than_the_screen(folder):
    assert max(map(len, daysheet(folder, "check").stdout.splitlines())) <= 80
