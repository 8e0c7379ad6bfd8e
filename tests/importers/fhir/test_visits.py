"""Encounters and appointments of a record system become visits, in whatever form it gives them out."""

from __future__ import annotations

import json
from typing import Any

import pytest
from daysheet.errors import DaysheetError
from daysheet.records import Visit

from tests.importers.books_folder import CHASE, Folder
from tests.importers.fhir.resources import (
    ADAMS,
    PROVIDERS,
    ROLE,
    Resource,
    appointment,
    bundle,
    encounter,
    forms,
    ndjson,
)

_DAYS = [encounter(f"enc-{number}", f"2026-03-{number:02}") for number in range(2, 7)]
_BESIDE = {"resourceType": "Observation", "id": "o", "valueString": "99"}


@pytest.fixture
def books(folder: Folder) -> Folder:
    """Books that know Dr. Adams."""
    folder.write_by_hand(PROVIDERS)
    return folder


def _visits(folder: Folder) -> dict[str, Visit]:
    return dict(folder.books().visits)


@pytest.mark.parametrize("form", forms([ADAMS]))
def test_each_form_gives_the_same_visits(books: Folder, form: str) -> None:
    [taken] = books.take(form, forms([*_DAYS[:2], _BESIDE, ADAMS, *_DAYS[2:]])[form])
    assert (taken["kind"], taken["rows"], taken["booked"]) == ("fhir", 5, 5)
    visits = _visits(books)
    assert sorted(visits) == [f"enc-{number}" for number in range(2, 7)]
    assert {visit.provider for visit in visits.values()} == {"adams"}
    assert [visit.date.day for visit in visits.values()] == [2, 3, 4, 5, 6]
    assert {visit.service for visit in visits.values()} == {"99213"}
    assert "not read: Observation 1" in taken["notes"]


def test_a_folder_is_the_files_of_an_export_but_its_manifest(books: Folder) -> None:
    place = books.given / "export"
    place.mkdir()
    (place / "Encounter.000.ndjson").write_bytes(ndjson(_DAYS))
    (place / "Practitioner.000.ndjson").write_bytes(ndjson([ADAMS]))
    (place / "Appointment.000.ndjson").write_bytes(b"")
    (place / "Location.000.ndjson").write_bytes(b"")
    (place / "log.json").write_text('{"jobs": 3}')
    (place / "read me.txt").write_text("resources of an export")
    (place / "manifest.json").write_text('{"transactionTime": "2026-03-07T00:00:00Z", "output": []}')
    taken = books.take_paths(place)
    assert [(each["rows"], each["booked"]) for each in taken] == [(5, 5), (0, 0)]
    assert {visit.provider for visit in _visits(books).values()} == {"adams"}
    assert len(list((books.path / "originals").rglob("*.ndjson"))) == 2


def test_an_export_in_the_inbox_is_filed_and_leaves_its_manifest(books: Folder) -> None:
    place = books.path / "inbox" / "export"
    place.mkdir(parents=True)
    (place / "Encounter.000.ndjson").write_bytes(ndjson([*_DAYS, ADAMS]))
    (place / "manifest.json").write_text('{"transactionTime": "2026-03-07T00:00:00Z", "output": []}')
    [taken] = books.take_paths()
    assert taken["booked"] == 5
    assert [each.name for each in place.iterdir()] == ["manifest.json"]
    assert books.take_paths() == []


def test_a_second_import_changes_nothing_and_undo_takes_it_back(books: Folder) -> None:
    path = books.give("e.ndjson", ndjson([*_DAYS, ADAMS]))
    before = books.snapshot()
    books.take_paths("--dry-run", path)
    assert books.snapshot() == before
    books.take_paths(path)
    done = books.snapshot()
    [again] = books.take_paths(path)
    assert (again["booked"], again["known"]) == (0, 5)
    assert books.snapshot() == done
    result = books.run("undo", next((books.path / "originals").rglob("*.ndjson")).name)
    assert result.exit_code == 0, result.output
    assert not _visits(books)


_ENCOUNTER = {
    "planned": "scheduled",
    "arrived": "scheduled",
    "triaged": "scheduled",
    "in-progress": "scheduled",
    "onleave": "scheduled",
    "finished": "completed",
    "cancelled": "cancelled",
}
_APPOINTMENT = {
    "proposed": "scheduled",
    "pending": "scheduled",
    "booked": "scheduled",
    "waitlist": "scheduled",
    "arrived": "scheduled",
    "checked-in": "scheduled",
    "fulfilled": "completed",
    "noshow": "no-show",
    "cancelled": "cancelled",
}
_NONE = ("entered-in-error", "unknown", "of Jane Doe", "", None, 7)


@pytest.mark.parametrize(("make", "words"), [(encounter, _ENCOUNTER), (appointment, _APPOINTMENT)])
def test_visits_by_the_words_of_the_standard(books: Folder, make: Any, words: dict[str, str]) -> None:
    rows = [make(f"v-{number}", status=word) for number, word in enumerate((*words, *_NONE))]
    [taken] = books.take("e.ndjson", ndjson([*rows, ADAMS]))
    assert [visit.status for visit in _visits(books).values()] == [*words.values()]
    assert [each["row"] - len(words) for each in taken["skipped"]] == [1, 2, 3, 4, 5, 6]
    assert "Jane" not in json.dumps(taken)


def _seen_by(reference: dict[str, Any], **more: Any) -> Resource:
    return encounter(participant=[{"individual": reference}], **more)


_OF_ADAMS: dict[str, list[Resource]] = {
    "relative": [_seen_by({"reference": "Practitioner/prac-1"}), ADAMS],
    "of a version": [_seen_by({"reference": "Practitioner/prac-1/_history/3"}), ADAMS],
    "absolute": [_seen_by({"reference": "https://ehr.test/api/FHIR/R4/Practitioner/prac-1"}), ADAMS],
    "through a role": [_seen_by({"reference": "PractitionerRole/role-1"}), ROLE, ADAMS],
    "through a role that names": [
        _seen_by({"reference": "PractitionerRole/role-2"}),
        {"resourceType": "PractitionerRole", "id": "role-2", "practitioner": {"display": "Adams, Ruth MD"}},
    ],
    "contained": [_seen_by({"reference": "#p"}, contained=[{**ADAMS, "id": "p"}])],
    "by words": [_seen_by({"display": "Ruth Adams, MD"})],
    "by an identifier": [
        _seen_by({"identifier": {"system": "http://hl7.org/fhir/sid/us-npi", "value": "1093817465"}}),
        ADAMS,
    ],
    "by a search": [
        _seen_by({"reference": "Practitioner?identifier=http://hl7.org/fhir/sid/us-npi|1093817465"}),
        ADAMS,
    ],
    "the attender among several": [
        encounter(
            participant=[
                {"type": [{"coding": [{"code": "CON"}]}], "individual": {"display": "Tom Baker"}},
                {"type": [{"coding": [{"code": "ATND"}]}], "individual": {"reference": "Practitioner/prac-1"}},
                {"individual": {"reference": "RelatedPerson/r"}},
            ]
        ),
        ADAMS,
    ],
}


@pytest.mark.parametrize("way", _OF_ADAMS)
def test_a_practitioner_is_found_however_they_are_referred_to(books: Folder, way: str) -> None:
    books.take("e.ndjson", ndjson(_OF_ADAMS[way]))
    assert [visit.provider for visit in _visits(books).values()] == ["adams"]


def test_a_bundle_s_own_addresses_are_followed(books: Folder) -> None:
    adams = {**ADAMS, "id": "other-id"}
    entries = [
        {"fullUrl": "urn:uuid:7d1c0001-0000-4000-8000-00000000000a", "resource": each}
        if each["resourceType"] == "Practitioner"
        else {"fullUrl": f"urn:uuid:{each['id']}", "resource": each}
        for each in (_seen_by({"reference": "urn:uuid:7d1c0001-0000-4000-8000-00000000000a"}), adams)
    ]
    books.take("b.json", json.dumps({"resourceType": "Bundle", "type": "transaction", "entry": entries}))
    assert [visit.provider for visit in _visits(books).values()] == ["adams"]


def test_a_patient_is_one_token_however_referred_to(books: Folder) -> None:
    ways = ["Patient/pat-1", "https://ehr.test/r4/Patient/pat-1", "Patient/pat-1/_history/2", "urn:uuid:pat-1"]
    rows = [encounter(f"enc-{n}", subject={"reference": way}) for n, way in enumerate(ways, 1)]
    other = encounter("enc-9", subject={"reference": "Patient/pat-2"})
    books.take("e.ndjson", ndjson([*rows, other, ADAMS]))
    tokens = [visit.patient for visit in _visits(books).values()]
    assert len(set(tokens[:4])) == 1
    assert tokens[4] != tokens[0]


def test_settings_say_which_encounters_are_visits(books: Folder) -> None:
    books.write_by_hand(
        '\n[[source]]\nprofile = "fhir"\nclasses = ["AMB"]\nwithout = ["refill", "Telephone encounter"]\n',
        "daysheet.toml",
    )
    rows = [
        encounter("seen-1"),
        {**encounter("virtual"), "class": {"code": "VR"}},
        encounter("refill", type=[{"text": "Refill"}]),
        encounter("call", type=[{"coding": [{"display": "telephone  encounter"}]}]),
    ]
    [taken] = books.take("e.ndjson", ndjson([*rows, ADAMS]))
    assert list(_visits(books)) == ["seen-1"]
    assert [each["row"] for each in taken["skipped"]] == [2, 3, 4]


def test_an_unknown_time_zone_and_a_word_of_fhir_in_another_profile_are_said(books: Folder) -> None:
    for text, words in (
        ('profile = "fhir"\ntime-zone = "Mars/Olympus"', "time-zone"),
        ('profile = "practice-jane"\nclasses = ["AMB"]', "are for FHIR"),
        ('profile = "fhir"\ntake = ["visit"]', 'knows no "visit"'),
    ):
        (books.path / "daysheet.toml").write_text(f"[[source]]\n{text}\n")
        with pytest.raises(DaysheetError, match=words):
            books.take("e.ndjson", ndjson(_DAYS))


def test_times_in_utc_are_of_the_practice_s_day(books: Folder) -> None:
    late = encounter("late", period={"start": "2026-03-03T01:30:00Z"})
    [taken] = books.take("e.ndjson", ndjson([late, ADAMS]))
    assert any("time-zone" in note for note in taken["notes"])
    books.run("undo", next((books.path / "originals").rglob("*.ndjson")).name)
    books.write_by_hand('\n[[source]]\nprofile = "fhir"\ntime-zone = "America/Chicago"\n', "daysheet.toml")
    books.take("e.ndjson", ndjson([late, ADAMS]))
    assert [visit.date.day for visit in _visits(books).values()] == [2]


def test_an_encounter_overtakes_the_appointment_that_it_names(books: Folder) -> None:
    first = [appointment("a1", "2026-03-09"), appointment("a2", "2026-03-09", status="noshow")]
    books.take("a.ndjson", ndjson([*first, ADAMS]))
    seen = encounter("e1", "2026-03-09", appointment=[{"reference": "Appointment/a1"}])
    books.take("e.ndjson", ndjson([seen, appointment("a1", "2026-03-09", status="fulfilled"), ADAMS]))
    assert {key: visit.status for key, visit in _visits(books).items()} == {"a1": "completed", "a2": "no-show"}


def test_kept_appointments_without_their_encounter_are_not_a_second_visit(books: Folder) -> None:
    rows = [encounter("e1"), appointment("a1", status="fulfilled"), appointment("a2", status="booked"), ADAMS]
    [taken] = books.take("e.ndjson", ndjson(rows))
    assert {key: visit.status for key, visit in _visits(books).items()} == {"a2": "scheduled", "e1": "completed"}
    assert [each["row"] for each in taken["skipped"]] == [2]


def test_of_several_versions_the_newest_counts_wherever_it_stands(books: Folder) -> None:
    def version(status: str, when: str) -> Resource:
        return encounter(status=status, meta={"lastUpdated": f"2026-03-{when}T00:00:00Z"})

    versions = [version("finished", "03"), version("planned", "01"), version("in-progress", "02")]
    books.take("h.json", bundle([*versions, ADAMS]))
    assert [visit.status for visit in _visits(books).values()] == ["completed"]


def test_what_was_deleted_or_is_in_error_is_said(books: Folder) -> None:
    books.take("e.ndjson", ndjson([*_DAYS, ADAMS]))
    gone = {"resourceType": "Bundle", "entry": [{"request": {"method": "DELETE", "url": "Encounter/enc-2"}}]}
    outcome = {"resourceType": "OperationOutcome", "issue": [{"severity": "error", "code": "exception"}]}
    wrong = encounter("enc-3", "2026-03-03", status="entered-in-error")
    [taken] = books.take("d.json", json.dumps([gone, outcome, wrong, ADAMS]))
    said = " ".join(taken["notes"])
    assert "enc-2" in said
    assert "reports 1 error" in said
    assert [each["what"] for each in taken["changed"]] == ["status"]
    assert _visits(books)["enc-3"].status == "completed"


def test_a_life_s_history_does_not_refuse_the_file(books: Folder) -> None:
    rows = [encounter("old", "1931-05-05"), encounter("new-1"), ADAMS]
    [taken] = books.take("e.ndjson", ndjson(rows))
    assert list(_visits(books)) == ["new-1"]
    assert [each["row"] for each in taken["skipped"]] == [1]


_CUT = ndjson(_DAYS)
_BROKEN: dict[str, tuple[bytes, int | None]] = {
    "cut off": (_CUT[:-40], 5),
    "no JSON in the middle": (_CUT.replace(b'"id": "enc-4"', b'"id": enc-4', 1), 3),
    "a number that is none": (_CUT.replace(b'"id": "enc-4"', b'"id": NaN', 1), 3),
    "text behind": (_CUT + b"and so on\n", 6),
    "a bundle cut off": (bundle(_DAYS, indent=1)[:-30], None),
    "nested without end": (b'{"resourceType": "Encounter", "a": ' + b"[" * 100_000, 1),
    "a digit string without end": (b'{"resourceType": "Encounter", "a": ' + b"1" * 100_000 + b"}", None),
}


@pytest.mark.parametrize("what", _BROKEN)
def test_a_damaged_file_is_refused_whole_with_the_line(books: Folder, what: str) -> None:
    data, line = _BROKEN[what]
    before = books.snapshot()
    result = books.run("import", books.give("e.ndjson", data))
    assert result.return_value == 2
    assert "Traceback" not in result.output
    if line is not None:
        assert f"e.ndjson:{line}: " in result.stderr
    assert books.snapshot() == before


@pytest.mark.parametrize("name", ["e.zip", "e.ndjson.gz"])
def test_a_damaged_archive_is_refused(books: Folder, name: str) -> None:
    many = [encounter(f"enc-{number}", note=f"{number * 7919:x}" * 9) for number in range(4000)]
    data = forms(many)["export.zip" if name.endswith("zip") else "all.ndjson.gz"]
    for size in (len(data) // 2, len(data) - 5, 25):  # before, behind and within the first piece that is read
        result = books.run("import", books.give(name, data[:size]))
        assert result.return_value == 2
        assert "is damaged, cut off or encrypted" in result.stderr or size == 25 or name == "e.zip"
    assert not _visits(books)


def test_identify_counts_every_resource(books: Folder) -> None:
    path = books.give("all.json", bundle([*_DAYS, encounter("x", status="planned"), ADAMS, _BESIDE]))
    result = books.run("identify", "--json", path)
    [answer] = json.loads(result.stdout)
    assert answer["kind"] == "fhir"
    assert answer["resources"] == {"Encounter": 6, "Observation": 1, "Practitioner": 1}
    assert answer["statuses"] == {"Encounter.finished": 5, "Encounter.planned": 1}
    assert answer["records"] == {"visits": 6, "invoices": 0, "payments": 0, "claims": 0}
    said = books.run("identify", path).stdout
    assert "FHIR resources: 6 Encounter, 1 Observation, 1 Practitioner" in said
    assert "which give 6 visits" in said


def test_reveal_finds_the_record_system_s_id(books: Folder) -> None:
    books.take("e.ndjson", ndjson([*_DAYS, ADAMS]))
    token = next(iter(_visits(books).values())).patient
    [found] = json.loads(books.run("reveal", "--json", token).stdout)
    assert found["patient"] == "pat-1"


def test_catch_up_names_the_patients_and_bank_memos_do_not(books: Folder) -> None:
    patient = {
        "resourceType": "Patient",
        "id": "pat-1",
        "name": [{"family": "Quillfeather", "given": ["Ottoline"]}],
        "identifier": [{"value": "MRN-48213377"}],
    }
    early = encounter("e-1", "2026-01-05")
    books.take("e.ndjson", ndjson([early, *_DAYS, ADAMS, patient]))
    books.write_by_hand(
        '\n[[bank]]\nprofile = "us-chase-checking"\naccount = "Assets:Bank:Checking"\n', "daysheet.toml"
    )
    books.take("chase.csv", CHASE + "DEBIT,03/05/2026,REFUND OTTOLINE QUILLFEATHER,-20.00,ACH_DEBIT,80.00,\n")
    assert "QUILLFEATHER" not in books.text("2026/2026-03-chase-checking.beancount").upper()
    result = books.run("catch-up")
    assert result.return_value in (0, None), result.output
    assert "pat-1" in next((books.path / "catch-up").glob("*.csv")).read_text()
