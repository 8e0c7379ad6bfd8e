"""The days that a file says it covers: in its name, above its table, and only where no row lies outside."""

from __future__ import annotations

import datetime

import pytest
from daysheet.importers.rows.stated_period import stated

from tests.importers.books_folder import Folder

D = datetime.date
MARCH = (D(2026, 3, 1), D(2026, 3, 31))


@pytest.mark.parametrize(
    ("name", "above"),
    [
        ("Chase7788_Activity20260301_20260331_20260402.CSV", []),
        ("stmt 2026-03-01 to 2026-03-31.csv", []),
        ("card-2026-03.csv", []),
        ("Card March 2026.csv", []),
        ("a.csv", ["Statement period: 03/01/2026 - 03/31/2026"]),
        ("a.csv", ["Date range,03/01/2026,03/31/2026"]),
        ("a.csv", ["Activity from March 1, 2026 through March 31, 2026"]),
        ("a.csv", ["From: 03/01/2026", "To: 03/31/2026"]),
        ("a.csv", ["Start date,2026-03-01", "End date,2026-03-31"]),
        ("a.csv", ["Account ...1234", "1-Mar-2026 to 31-Mar-2026"]),
    ],
)
def test_a_period_is_found(name: str, above: list[str]) -> None:
    assert stated(name, above, "mdY", []) == MARCH
    assert stated(name, above, "mdY", [D(2026, 3, 1), D(2026, 3, 31)]) == MARCH
    assert stated(name, above, "mdY", [D(2026, 4, 1)]) is None


@pytest.mark.parametrize(
    ("name", "above"),
    [
        ("activity.csv", []),
        ("20260402.csv", []),
        ("export-2026-03-31.csv", []),
        ("2026-02 and 2026-03.csv", []),
        ("a.csv", ["Statement date 03/31/2026, due 04/25/2026"]),
        ("a.csv", ["As of 03/31/2026"]),
        ("a.csv", ["Period 03/31/2026 - 03/01/2026"]),
        ("a.csv", ["From 01/01/2020 to 03/31/2026"]),
    ],
)
def test_what_is_no_period_is_none(name: str, above: list[str]) -> None:
    assert stated(name, above, "mdY", []) is None


def test_the_tables_own_dates_settle_day_and_month() -> None:
    line = ["Period 01/03/2026 - 02/04/2026"]
    assert stated("a.csv", line, "dmY", []) == (D(2026, 3, 1), D(2026, 4, 2))
    assert stated("a.csv", line, "mdY", []) == (D(2026, 1, 3), D(2026, 2, 4))
    assert stated("a.csv", line, "Ymd", []) is None


def test_a_quiet_card_is_no_missing_export(folder: Folder) -> None:
    folder.write_by_hand('\n[[bank]]\nprofile = "us-amex"\naccount = "Liabilities:Card"\n', "daysheet.toml")
    header = "Date,Description,Amount\n"
    folder.take("card-2026-01.csv", header + "01/05/2026,SHOP,5.00\n01/09/2026,OTHER SHOP,7.00\n")
    (quiet,) = folder.take("card-2026-02.csv", header)
    assert (quiet["rows"], quiet["booked"]) == (0, 0)
    folder.take("c.csv", "Statement period: 03/01/2026 - 03/31/2026\n" + header)
    folder.take("card-2026-04.csv", header + "04/29/2026,SHOP,9.00\n")
    found = folder.run("check", "--kind", "missing-export", "--as-of", "2026-04-30", "--json")
    assert '"findings": []' in found.stdout
    assert [str(each.account) for each in folder.books().imported] == ["Liabilities:Card"] * 4


def test_a_file_that_says_nothing_and_holds_nothing_is_refused(folder: Folder) -> None:
    folder.write_by_hand('\n[[bank]]\nprofile = "us-amex"\naccount = "Liabilities:Card"\n', "daysheet.toml")
    (answer,) = folder.take("a.csv", "Date,Description,Amount\n")
    assert "does not say which days it covers" in answer["error"]
