"""The deposits report: every deposit explained, or what it could be."""

from __future__ import annotations

import json

from click.testing import CliRunner
from daysheet.cli import cli

from tests.practice.cash.test_reconciliation import day, deposit, receipt, seventeen

SETTINGS = 'option "operating_currency" "USD"\nplugin "beancount.plugins.auto_accounts"\n'


def report(tmp_path, text, *options):
    (tmp_path / "main.beancount").write_text(SETTINGS + text)
    arguments = ["--books", str(tmp_path), "report", "deposits", "--period", "2026-03", "--json", *options]
    result = CliRunner().invoke(cli, arguments, standalone_mode=False, catch_exceptions=False)
    return json.loads(result.stdout)["rows"]


def test_an_ambiguous_deposit_stands_with_its_candidates(tmp_path):
    rows = str(report(tmp_path, receipt(1, "50.00") + receipt(2, "50.00") + deposit("50.00", day(3))))
    assert "may be PMT-1" in rows
    assert "may be PMT-2" in rows


def test_a_short_deposit_stands_with_the_checks_that_may_be_short(tmp_path):
    rows = str(report(tmp_path, seventeen() + deposit("1070.90", day(3))))
    assert "near to PMT-1 to PMT-9" in rows
    assert "short by" in rows
    assert "perhaps PMT-1" in rows


def test_in_detail_every_deposit_says_how_it_is_known(tmp_path):
    rows = str(report(tmp_path, receipt(1, "50.00") + deposit("50.00", day(3)), "--detail"))
    assert "PMT-1, by amount and date" in rows
