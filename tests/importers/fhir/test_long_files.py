"""A file of very many visits waits on disk while it is read and booked: the books are what they would be without."""

from __future__ import annotations

import datetime
from pathlib import Path
from typing import Any

import pytest
from daysheet.importers import spilled_visits
from daysheet.importers.fhir import found
from daysheet.importers.spilled_visits import Rows, SpilledVisits
from daysheet.records import Visit

from tests.importers.books_folder import Folder
from tests.importers.fhir.resources import ADAMS, PROVIDERS, Resource, encounter, ndjson

_OLDER, _NEWER = {"lastUpdated": "2026-04-01T08:00:00Z"}, {"lastUpdated": "2026-05-01T08:00:00Z"}
_EPOCH = datetime.date(2026, 3, 1)
_STRANGE = [{"individual": {"display": "Dr. Zoe Zander"}}]


def _meta(row: int) -> dict[str, object]:
    return {"filename": "a.ndjson", "lineno": row}


def _export(status: str) -> list[Resource]:
    """Thirty visits from the last to the first, of which some were sent twice, are of no visit, or are far away."""
    days = [f"2026-0{3 + number // 15}-{1 + number % 15:02}" for number in reversed(range(30))]
    return [
        encounter("enc-A", "2026-03-03", meta=_OLDER, status="planned"),
        *(encounter(f"enc-{day}", day, status=status, meta=_OLDER) for day in days),
        encounter("enc-A", "2026-03-05", meta=_NEWER, status=status),
        encounter("enc-A", "2026-03-04", meta=_OLDER, status="planned"),
        encounter("ENC-a", "2026-03-05", status="cancelled"),
        encounter("enc-wrong", "2026-03-06", status="entered-in-error"),
        encounter("enc-birth", "1850-03-06"),
        encounter("enc-strange", "2026-03-07", participant=_STRANGE),
        {"resourceType": "Observation", "id": "o"},
        ADAMS,
    ]


def _said(answer: list[dict[str, Any]]) -> dict[str, Any]:
    """What is said of the only file, without where it is and the order of the files of the books."""
    [taken] = answer
    return {**taken, "file": Path(taken["file"]).name, "written": sorted(taken["written"])}


def _entries(folder: Folder) -> dict[str, list[str]]:
    """What stands in each file of the books; ids that are alike stand before others of a month."""
    return {
        path.name: sorted(path.read_text().strip().split("\n\n")) for path in sorted(folder.path.rglob("*.beancount"))
    }


def _history(folder: Folder) -> list[Any]:
    """What is said of exports that are taken one after the other, and the books after each step."""
    folder.write_by_hand(PROVIDERS)
    told: list[Any] = []
    for name, resources in (
        ("planned.ndjson", _export("planned")),
        ("finished.ndjson", _export("finished")),
        ("again.ndjson", [*_export("finished"), encounter("enc-new", "2026-04-20")]),
    ):
        path = folder.give(name, ndjson(resources))
        dry = folder.run("import", "--dry-run", path)
        told += [
            dry.exit_code,
            dry.stdout.replace(str(folder.path.parent), ""),
            _said(folder.take_paths(path)),
            _entries(folder),
        ]
    folder.run("undo", "--yes", path)
    return [*told, _entries(folder)]


@pytest.fixture
def little_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    """Eight visits are very many, and are booked by five."""
    monkeypatch.setattr(found, "MOST_IN_MEMORY", 8)
    monkeypatch.setattr(spilled_visits, "MOST_IN_MEMORY", 8)
    monkeypatch.setattr(spilled_visits, "_PART", 5)


def test_the_books_are_those_of_a_file_in_memory(tmp_path: Path, request: pytest.FixtureRequest) -> None:
    one, other = (Folder(tmp_path / name / "books") for name in ("plain", "spilled"))
    (other.path / "daysheet.toml").write_text(one.text("daysheet.toml"))  # of one practice: tokens are alike
    plain = _history(one)
    request.getfixturevalue("little_memory")
    spilled = _history(other)
    assert spilled == plain
    planned, finished = plain[2], plain[6]
    assert (planned["rows"], planned["booked"], len(planned["skipped"])) == (37, 32, 5)
    assert (finished["booked"], finished["known"]) == (30, 2)
    assert plain[-1] == plain[7]  # what the last export brought is taken back


@pytest.mark.usefixtures("little_memory")
def test_visits_among_other_records_stay_with_them(folder: Folder) -> None:
    claim = {
        "resourceType": "Claim", "id": "c1", "status": "active", "use": "claim", "created": "2026-03-09",
        "type": {"coding": [{"code": "professional"}]}, "patient": {"reference": "Patient/pat-1"},
        "provider": {"reference": "Practitioner/prac-1"}, "total": {"value": 50, "currency": "USD"},
        "insurance": [{"sequence": 1, "focal": True, "coverage": {"display": "Aetna"}}],
    }  # fmt: skip
    folder.write_by_hand(PROVIDERS)
    [taken] = folder.take("all.ndjson", ndjson([*_export("finished"), claim]))
    assert taken["booked"] == 33
    assert (len(folder.books().visits), len(folder.books().claims)) == (32, 1)


@pytest.mark.usefixtures("little_memory")
def test_a_long_file_and_others_are_one_import(folder: Folder) -> None:
    folder.write_by_hand(PROVIDERS)
    paths = [folder.give(f"{name}.ndjson", ndjson(_export("finished")[name::2])) for name in (0, 1)]
    bills = folder.give("invoices.csv", "invoice_id,visit_id,date,provider,patient_id,payer,amount,due\n"
                        "I1,enc-2026-03-02,2026-03-02,adams,P1,,50.00,2026-04-01\n")  # fmt: skip
    assert sum(each["booked"] for each in folder.take_paths(*paths, bills)) == 34
    assert [bill.visits for bill in folder.books().bills] == [("enc-2026-03-02",)]


@pytest.mark.usefixtures("little_memory")
def test_a_file_of_strangers_is_refused_as_a_whole(folder: Folder) -> None:
    folder.write_by_hand(PROVIDERS)
    strange = [encounter(f"e{n}", f"2026-03-{n:02}", participant=_STRANGE) for n in range(1, 20)]
    before = folder.snapshot()
    result = folder.run("import", folder.give("strange.ndjson", ndjson([*strange, encounter("mine"), ADAMS])))
    assert result.return_value == 2
    assert "19 of 20 visits and bills are of providers whom the books do not know" in result.stderr
    assert folder.snapshot() == before


def test_visits_come_back_as_they_were_put_there() -> None:
    rows = [Visit(f"v{n}", _EPOCH.replace(day=n), "a", "completed", "", None, None, _meta(n)) for n in range(1, 9)]
    kept = SpilledVisits("a.ndjson")
    kept.add(rows)
    assert list(kept) == rows
    assert (kept[0], kept[-1], kept[2:4], len(kept)) == (rows[0], rows[-1], rows[2:4], 8)
    with pytest.raises(IndexError):
        kept[8]
    kept.remove([1])
    assert (kept.days(), kept.days("completed")) == ((_EPOCH.replace(day=2), _EPOCH.replace(day=8)), None)
    assert [row for part in kept.parts() for row in part] == rows[1:]


def test_rows_are_counted_once() -> None:
    rows = Rows()
    for row in (1, 8, 9, 9, 70_000):
        rows.add(row)
    rows.remove([9, 10])
    assert (len(rows), [row in rows for row in (0, 1, 8, 9, 70_000, 90_000)]) == (
        3,
        [False, True, True, False, True, False],
    )
