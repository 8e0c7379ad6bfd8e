"""The patient behind a token is found on the machine that has the originals and the secret, and nowhere else."""

from __future__ import annotations

import pytest

from tests.importers.books_folder import VISITS, Folder

CANARY = "Maria Canary"


def token_of(folder: Folder) -> str:
    (visit,) = folder.books().visits.values()
    return visit.patient


@pytest.fixture
def taken(folder: Folder) -> Folder:
    folder.take("a.csv", VISITS + f"V1,2026-03-02,adams,{CANARY},completed,,50.00\n")
    return folder


def test_a_token_gives_the_patient_and_the_original(taken: Folder) -> None:
    result = taken.run("reveal", token_of(taken))
    assert result.stdout.startswith(f"{CANARY}  (originals/2026/2026-03-02-visits-")


def test_reveal_writes_nothing(taken: Folder) -> None:
    before = taken.snapshot()
    taken.run("reveal", token_of(taken))
    assert taken.snapshot() == before


def test_without_the_secret_nothing_is_revealed(taken: Folder, monkeypatch: pytest.MonkeyPatch) -> None:
    token = token_of(taken)
    monkeypatch.setenv("DAYSHEET_SECRET", "the secret of another practice")
    result = taken.run("reveal", token)
    assert "is not the one that the tokens in these books are made with" in str(result.exception)


def test_a_token_of_nobody_is_an_error(taken: Folder) -> None:
    assert "no filed original" in str(taken.run("reveal", "pt-000000000000").exception)


def test_a_patient_of_a_practice_system_is_found_by_all_columns_that_name_one(folder: Folder) -> None:
    header = (
        "id,location_name,start_at,end_at,patient_guid,patient_number,patient_prefix,patient_first_name,"
        "patient_preferred_name,patient_last_name,treatment_name,staff_member_name,break,insurance_state,state,"
        "first_visit,chart_status,notes_text,booked_at,arrived_at,booked_online,archived_at,no_show_at,cancelled_at,"
        "cancelled_reason,referral_source"
    )
    values = {
        "id": "77",
        "start_at": "2026-03-02 09:00",
        "end_at": "2026-03-02 10:00",
        "patient_guid": "guid-canary-1",
        "staff_member_name": "adams",
        "state": "arrived",
        "arrived_at": "2026-03-02 09:00",
        "break": "false",
    }
    row = ",".join(values.get(name, "") for name in header.split(","))
    folder.take("jane.csv", f"{header}\n{row}\n")
    assert "guid-canary-1" in folder.run("reveal", token_of(folder)).stdout
