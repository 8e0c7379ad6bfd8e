"""The report of claims: by insurer and age, and every cell in every format."""

from __future__ import annotations

import datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from daysheet.reports import registry
from daysheet.reports.period import Period
from daysheet.settings import Settings

from tests.practice.following.test_followed import PAYER, answer, bill, decided, sent

TEXT = (
    PAYER + bill("17") + bill("18") + bill("19") + bill("20")
    + sent("17", "2026-03-05") + answer("999", "905/1", "accepted", "2026-03-05")
    + answer("277CA", "17", "accepted", "2026-03-07")
    + sent("18", "2026-04-20", batch="906/906/1") + answer("277CA", "18", "rejected", "2026-04-21")
    + sent("19", "2026-04-20", batch="906/906/1") + decided("19", "2026-04-28", paid="100.00")
    + sent("21", "2026-04-20", batch="907/907/1", payer="cigna")
)  # fmt: skip


@pytest.fixture
def table(load, tmp_path: Path):
    (tmp_path / "daysheet.toml").write_text("[practice]\nname = 'Test'\n")
    days = Period(datetime.date(2026, 4, 1), datetime.date(2026, 4, 30))
    return registry.build("claims", load(TEXT), Settings.of(tmp_path), days)


def rows(table, kind: str) -> list[dict[str, Any]]:
    keys = [column.key for column in table.columns]
    return [dict(zip(keys, row.cells, strict=True)) for row in table.rows if row.kind == kind]


def test_each_open_claim_has_its_days_its_age_and_its_money(table):
    lines = {row["claim"]: row for row in rows(table, "line")}
    assert list(lines) == ["18", "17", "Settled in the period", "21"]
    one = lines["17"]
    assert [one[key].isoformat() for key in ("sent", "clearinghouse", "insurer")] == [
        "2026-03-05",
        "2026-03-05",
        "2026-03-07",
    ]
    assert (one["state"], one["age"], one["charged"], one["open"]) == (
        "silent, with the insurer", 56, Decimal(100), Decimal(100),
    )  # fmt: skip
    assert (lines["18"]["state"], lines["18"]["decided"]) == ("rejected", datetime.date(2026, 4, 21))
    settled = lines["Settled in the period"]
    assert (settled["claims"], settled["charged"], settled["paid"], settled["open"]) == (
        1, Decimal(100), Decimal(100), Decimal(0),
    )  # fmt: skip


def test_ages_add_up_to_insurers_and_these_to_the_total(table):
    sums = {row["claim"]: row["open"] for row in rows(table, "subtotal")}
    assert sums == {
        "0–30 days": Decimal(100),
        "31–60 days": Decimal(100),
        "Total Aetna": Decimal(200),
        "Total Cigna": Decimal(100),
    }
    (total,) = rows(table, "total")
    assert (total["claims"], total["charged"], total["paid"], total["open"]) == (
        4, Decimal(400), Decimal(100), Decimal(300),
    )  # fmt: skip
    assert table.notes[1] == "4 claims: 1 sent, 1 with the insurer, 1 rejected, 1 paid."


def test_a_month_without_claims_says_so(load, tmp_path: Path):
    (tmp_path / "daysheet.toml").write_text("[practice]\nname = 'Test'\n")
    days = Period(datetime.date(2026, 1, 1), datetime.date(2026, 1, 31))
    found = registry.build("claims", load(TEXT), Settings.of(tmp_path), days)
    assert (found.rows, found.notes) == (
        (),
        (
            "The books hold nothing of these days.",
            "No claim of these days is in the books: import claims, or their files.",
        ),
    )
