"""Seventy identifiers of invented persons, in every column of every practice export, reach nothing that we write.

A birth date and nothing else in a column of days is a day like any other: that alone cannot be told.

Each column of each export holds each of them once, read on its own; and the real commands run over files that hold
all of them wherever the file is still taken, and over files that are refused because of them.
"""

from __future__ import annotations

import csv
import io
import re
import subprocess
import unicodedata
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from daysheet import patients
from daysheet.errors import DaysheetError
from daysheet.importers import gulp
from daysheet.importers.reading import Context, Source
from daysheet.importers.rows.raw_file import RawFile
from daysheet.importers.systems import source as systems
from daysheet.importers.systems import standard_csv
from daysheet.importers.systems.source import SystemSource
from daysheet.settings import Settings

from tests import forked
from tests.attacks.counts import Counted
from tests.importers.books_folder import Folder, secretly
from tests.importers.deriving.test_payment_posting import era_text

NAMES = (
    "Ottoline Quillfeather", "Quillfeather, Ottoline", "OTTOLINE QUILLFEATHER", "quillfeather ottoline",
    "oTToline qUILLfeather", "Quillfeather Ottoline M.", "Ms. Ottoline Quillfeather", "QUILLFEATHER,OTTOLINE",
    "Zoë Bjørklund-Şahin", "BJØRKLUND-ŞAHIN, ZOË", "07/19/1961", "Zoe Bjorklund-Sahin", "bjorklund-sahin zoe",
    "Şahin Bjørklund, Zoë", "Xiomara D'Amboise-Trelawney", "D'AMBOISE-TRELAWNEY XIOMARA",
    "d’amboise-trelawney, xiomara", "Xiomara DAmboise Trelawney", "Łucja Wąchocka-Óbidos",
    "WĄCHOCKA-ÓBIDOS ŁUCJA", "Lucja Wachocka-Obidos",
    "ottoline-quillfeather", "Ottoline.Quillfeather", "Quillfeather",
)  # fmt: skip
NUMBERS = (
    "(415) 555-0137", "415-555-0137", "415.555.0137", "+1 415 555 0137", "1-415-555-0137", "(212)555-0188",
    "07/19/1961 DOB", "DOB 1961-07-19", "born 19 July 1961", "1961-07-19",
    "o.quillfeather@example.org", "OTTOLINE+CLINIC@EXAMPLE.ORG", "zoe@bjorklund.example", "Zoë <zoe@sahin.example>",
    "078-05-1120", "219-09-9999", "078 05 1120", "SSN 078-05-1120", "xxx-xx-1120 Quillfeather",
    "MBR-48213377", "W481122339", "XYH804451926", "1EG4-TE5-MK73", "1EG4TE5MK73", "Medicaid 94-3310-227A",
    "Ottoline Quillfeather 415-555-0137",
)  # fmt: skip
FURTHER = (
    "Ottoline van der Quillfeather", "von Quillfeather, O.", "Jean-Baptiste Desrosiers-Hébert", "Нина Воробьёва",
    "王小明", "محمد الخطيب", "MRN 00482913", "Chart #7731905",
    "Passport C01X00T47", "Driver license D5530-1277-0931",
    "Member ID: 900-48-2133", "DE89 3704 0044 0532 0130 00", "GB29NWBK60161331926819", "4111 1111 1111 1129",
    "1742 Larkspur Lane, Apt 4, Salem, OR 97301",
    "415 555 0137 x22", "0044 20 7946 0018", "geboren am 19.07.1961",
    "b. July 19, 1961", "D.O.B.: 19-Jul-1961",
)  # fmt: skip
"""Of other kinds: names with particles and in other scripts, papers, accounts, addresses, days in words."""
CANARIES = (*NAMES, *NUMBERS, *FURTHER)
MARKS = (
    "ottoline", "quillfeather", "bjorklund", "sahin", "xiomara", "amboise", "trelawney", "lucja", "wachocka", "obidos",
    "4155550137", "2125550188", "07191961", "19610719", "19july1961", "078051120", "219099999", "xx1120",
    "48213377", "481122339", "804451926", "1eg4te5mk73", "943310227", "desrosiers", "воробьева", "王小明", "الخطيب",
    "00482913", "7731905", "c01x00t47", "553012770931", "900482133",
    "370400440532", "nwbk60161331", "411111111111", "larkspur", "2079460018", "july191961", "19071961", "19jul1961",
)  # fmt: skip
CONTEXT = Context(partial(patients.token, secret=b"0123456789abcdef"))
OWN = {
    "visits": "V1001,2026-03-02,adams,P-17,completed,97110,50.00",
    "invoices": "INV-1,V1001,2026-03-02,adams,P-17,,50.00,2026-04-01",
    "payments": "PMT-1,2026-03-20,INV-1,,card,50.00,1044",
    "allocations": "AL-1,PMT-1,2026-03-20,INV-1,50.00",
    "adjustments": "ADJ-1,2026-03-20,INV-1,courtesy,5.00",
    "claims": "CLM-1,INV-1,aetna,2026-03-03,submitted,CO-29",
}


def plain(text: str) -> str:
    """Text as a search for an identifier sees it: without case, accents, spaces and marks."""
    folded = unicodedata.normalize("NFKD", text).casefold().replace("ø", "o").replace("ł", "l").replace("ı", "i")
    return re.sub(r"[\W_]", "", folded)


def marks_in(text: str) -> list[str]:
    """What of the planted identifiers stands in a text; hashes and tokens are no text."""
    ours = (r"\b[0-9a-f]{64}\b", patients.TOKEN.pattern, patients.OPAQUE.pattern, r"\b[0-9a-f]{16}\b")
    searched = plain(re.sub("|".join(ours), " ", text))
    return [mark for mark in MARKS if mark in searched]


def test_every_canary_has_a_mark_by_which_it_is_known() -> None:
    assert len(CANARIES) == 70
    assert [canary for canary in CANARIES if not marks_in(canary)] == []


Export = tuple[Source, str, list[list[str]], list[str]]


def exports() -> Iterator[Export]:
    """Each practice export: its source, the lines down to its header, and one row that it takes."""
    for source in systems.shipped():
        lines = source.profile.sample.text.strip("\n").split("\n")
        table = list(csv.reader(lines, delimiter=source.profile.file.delimiter))
        width = len(source.profile.match.header)
        at = max(range(len(table) - 1), key=lambda n: len(set(table[n]) & set(source.profile.match.header)))
        yield source, source.profile.sample.filename, table[: at + 1], table[at + 1]
        assert width >= len(table[at]) - 1
    for own in standard_csv.sources():
        yield own, f"{own.kind}.csv", [list(standard_csv.KINDS[own.kind])], OWN[own.kind].split(",")


EXPORTS = list(exports())
DELIMITERS = {
    tuple(head[-1]): one.profile.file.delimiter for one, _, head, _ in EXPORTS if isinstance(one, SystemSource)
}


def written(head: list[list[str]], rows: list[list[str]]) -> str:
    out = io.StringIO()
    marks = DELIMITERS.get(tuple(head[-1]), ",")
    csv.writer(out, delimiter=marks, lineterminator="\n").writerows([*head, *rows])
    return out.getvalue()


def planted(row: list[str], column: int, canary: str) -> list[str]:
    return [*row[:column], canary, *row[column + 1 :]]


def said(source: Source, path: Path, text: str) -> tuple[bool, str]:
    """Whether a file is taken, and all that comes of it: the records and reasons, or the error."""
    path.write_text(text, encoding="utf-8")
    try:
        reading = source.read(RawFile(path), CONTEXT)
    except DaysheetError as problem:
        return False, str(problem)
    return True, repr((reading.records, reading.skipped, reading.account))


@pytest.mark.parametrize("export", EXPORTS, ids=lambda export: export[0].name)
def test_no_column_of_an_export_lets_an_identifier_through(export, tmp_path: Path) -> None:
    source, name, head, row = export
    path = tmp_path / name
    assert said(source, path, written(head, [row]))[0]
    for column in range(len(row)):
        full = [planted(row, column, canary) for canary in CANARIES]
        taken, outcome = said(source, path, written(head, full))
        outcomes = [outcome] if taken else [said(source, path, written(head, [each]))[1] for each in full]
        for outcome in outcomes:
            assert marks_in(outcome) == [], f"column {column + 1}"


def tolerant(source: Source, path: Path, head: list[list[str]], row: list[str]) -> list[int]:
    """The columns in which a file may hold anything and is still taken; asked of each export once."""
    if source.name not in _TOLERANT:
        _TOLERANT[source.name] = [
            column
            for column in range(len(row))
            if said(source, path, written(head, [planted(row, column, canary) for canary in CANARIES]))[0]
        ]
    return _TOLERANT[source.name]


_TOLERANT: dict[str, list[int]] = {}


SOME = [export for n, export in enumerate(EXPORTS) if n % 4 == 0 or not isinstance(export[0], SystemSource)]
"""Our own tables and every fourth practice system; each column of each of the others is read in every run as well."""


@pytest.fixture(scope="module", params=["some", pytest.param("all", marks=pytest.mark.long)])
def practice(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> tuple[Folder, list[str], list[Export]]:
    """Books that took every export full of identifiers, and refused every one with some where none can be taken."""
    exports = EXPORTS if request.param == "all" else SOME
    patch = pytest.MonkeyPatch()
    patch.setenv("DAYSHEET_SECRET", "a secret of the tests only")
    place = tmp_path_factory.mktemp("canaries")
    folder = Folder(place / "books")
    folder.write_by_hand('2026-01-01 custom "provider" "adams" "Dr. Adams"\n')
    settings = folder.path / "daysheet.toml"
    settings.write_text(settings.read_text() + "\n[import]\nunknown-providers = 100\n")
    screen: list[str] = []
    for source, name, head, row in exports:
        columns = tolerant(source, place / name, head, row)
        rows = [[canary if column in columns else cell for column, cell in enumerate(row)] for canary in CANARIES]
        full = folder.give(f"{source.name}.csv", written(head, rows))
        broken = [
            folder.give(
                f"{source.name}-{column}.csv", written(head, [row, [*row[:column], canary, *row[column + 1 :]]])
            )
            for column in range(len(row))
            for n, canary in enumerate(CANARIES[column % 5 :: 29])
            if column not in columns
            and not said(source, place / name, written(head, [planted(row, column, canary)]))[0]
        ]
        for paths in ([full], broken):
            for command in (["identify"], ["identify", "--json"], ["import", "--dry-run", "--profile", source.name],
                            ["import", "--profile", source.name]):  # fmt: skip
                if paths:
                    result = folder.run(*command, *paths)
                    screen += [result.stdout, result.stderr, str(result.exception)]
    patch.undo()
    return folder, screen, exports


@pytest.mark.attack
def test_files_full_of_identifiers_are_taken_and_nothing_is_said_of_them(practice, counted: Counted) -> None:
    folder, screen, exports = practice
    assert len(folder.books().visits) > len(CANARIES)
    found = marks_in("\n".join(screen).replace(str(folder.given), ""))
    planted = sum(len(row) for _, _, _, row in exports) * len(CANARIES)
    counted(
        planted, "planted identifiers", len(found), "said", f"{len(CANARIES)} in every column of {len(exports)} exports"
    )
    assert found == []


def test_no_tracked_file_and_no_file_name_holds_an_identifier(practice) -> None:
    folder, *_ = practice
    subprocess.run(["git", "init", "-q", folder.path], check=True, capture_output=True)
    listing = subprocess.run(
        ["git", "-C", folder.path, "ls-files", "-z", "--others", "--cached", "--exclude-standard"],
        check=True, capture_output=True, text=True,
    ).stdout  # fmt: skip
    names = [name for name in listing.split("\0") if name]
    assert any("visits" in name for name in names)
    assert not any(name.startswith("originals/") for name in names)
    for name in names:
        assert marks_in(name) == []
        assert marks_in((folder.path / name).read_text(encoding="utf-8")) == [], name


GIVEN = [export for export in EXPORTS if export[0].kind != "payout"]  # an importer only for a bank's own account


@pytest.mark.parametrize("export", GIVEN, ids=lambda export: export[0].name)
def test_an_importer_for_beangulp_gives_no_identifier(export, practice, tmp_path: Path) -> None:
    source, name, head, row = export
    folder, *_ = practice
    path = tmp_path / name
    columns = tolerant(source, path, head, row)
    rows = [[canary if column in columns else cell for column, cell in enumerate(row)] for canary in CANARIES]
    path.write_text(written(head, rows), encoding="utf-8")
    importer = gulp.Importer(source, Settings.of(folder.path))
    entries, refused = [], ""
    try:
        entries = importer.extract(str(path), [])
    except DaysheetError as problem:  # the books hold these ids of other rows
        refused = str(problem)
    assert marks_in(refused) == []
    assert marks_in(importer.filename(str(path)) + importer.account(str(path))) == []
    assert marks_in("".join(repr(entry._replace(meta={})) + repr(_shown(entry.meta)) for entry in entries)) == []


def _shown(meta: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in meta.items() if key not in ("filename", "lineno")}


def a_bank_file() -> str:
    """A bank's export of no known layout, with an identifier in each memo and in the bank's own columns."""
    rows = [f'{day % 28 + 1:02}.03.2026;"{canary}";"{canary}";{day}.50' for day, canary in enumerate(CANARIES)]
    return "Booked;Details of it;Who;Sum\n" + "\n".join(rows) + "\n"


@pytest.mark.parametrize("text", [a_bank_file(), a_bank_file().partition("\n")[2]], ids=["header", "no header"])
def test_a_profile_written_from_a_file_and_what_is_said_of_it_name_nobody(
    folder: Folder, text: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = folder.give("odd.csv", text)
    answers = [folder.run("identify", path), folder.run("identify", "--json", path)]
    options = ["--name", "odd", "--institution", "Odd Bank", "--currency", "USD", "--amount-mode", "signed"]
    answers.append(folder.run("profile", "new", path, *options, "--account", "Assets:Bank:Checking"))
    assert [answer.exception for answer in answers] == [None] * 3
    answers += [folder.run("profile", "test", "odd"), folder.run("import", "--dry-run", path)]
    shown = "".join(answer.stdout + answer.stderr + str(answer.exception) for answer in answers[:4])
    assert marks_in(shown.replace(str(path), "")) == []
    assert marks_in((folder.path / "profiles" / "odd.toml").read_text(encoding="utf-8")) == []


@pytest.mark.parametrize("canary", [*CANARIES[:3], "pt-Ottoline", "078-05-1120"])
def test_reveal_repeats_no_name_that_is_no_token(practice, canary: str) -> None:
    folder, *_ = practice
    problem = folder.run("reveal", canary).exception
    assert "a token is pt- and twelve" in str(problem)
    assert marks_in(str(problem)) == []


def test_reveal_says_of_an_unknown_token_only_the_token(practice) -> None:
    folder, *_ = practice
    problem = folder.run("reveal", "pt-0123456789ab").exception
    assert "pt-0123456789ab" in str(problem)
    assert marks_in(str(problem)) == []


def test_what_catch_up_says_names_nobody(practice) -> None:
    """Its file does, for the front desk, in a folder that git ignores."""
    folder, *_ = practice
    results = [folder.run("catch-up"), folder.run("catch-up", "--json")]
    assert marks_in("".join(each.stdout + each.stderr + str(each.exception) for each in results)) == []


def test_a_remittance_full_of_identifiers_names_nobody(folder: Folder) -> None:
    """In every element of the segments of persons, and where a sender puts them by mistake.

    A member's number of no shape of its own cannot be told from the practice's own number of a claim (CLP01).
    """
    persons = "".join(f"NM1*QC*1*{n}*{n}****MI*{n}~REF*EA*{n}~PER*CX*{n}*TE*{n}~DTM*036*{n}~" for n in CANARIES)
    own = [n if n != "W481122339" else "1" for n in CANARIES]
    claims = "".join(
        f"CLP*{own[at]}*1*50*40*0*12*{n}~CAS*CO*45*10~{persons if at == 0 else ''}SVC*HC:{n}*50*40~REF*6R*{n}~"
        for at, n in enumerate(CANARIES)
    )
    text = era_text(claims.rstrip("~"), sent=str(40 * len(CANARIES)), trace="71700666555", payer="AETNA")
    path = folder.give("advice.835", text)
    commands = (["identify"], ["identify", "--json"], ["import", "--dry-run"], ["import"])
    answers = [folder.run(*command, path) for command in commands]
    answers += [folder.run(*command, folder.give("odd.835", text.replace("*50*40*0", "*50*41*0", 1)))
                for command in commands]  # fmt: skip
    answers += [folder.run(*command, folder.give("bad.835", text.replace("CLP*", "CLP*1*Ottoline*078-05-1120*", 1)))
                for command in commands]  # fmt: skip
    assert len(folder.books().remittances) == 1
    assert marks_in("".join(each.stdout + each.stderr + str(each.exception) for each in answers)) == []
    assert [p.name for p in folder.path.rglob("*.beancount") if marks_in(p.read_text(encoding="utf-8"))] == []


@pytest.mark.parametrize(
    "command",
    [
        ["check"],
        ["check", "--json"],
        *(["report", name, "--period", "2026"] for name in ("receivables", "journal", "billing-gaps", "day-sheet")),
        ["report", "general-ledger", "--period", "2026", "--format", "csv"],
    ],
    ids=" ".join,
)
def test_no_command_shows_an_identifier(practice, command: list[str]) -> None:
    folder, *_ = practice
    result = folder.run(*command)
    assert len(result.stdout) > 100
    assert marks_in(result.stdout + result.stderr + str(result.exception)) == []


def test_the_pack_names_nobody(practice) -> None:
    folder, *_ = practice
    command = [forked.program(), "--books", str(folder.path)]
    done = subprocess.run([*command, "pack", "2026"], capture_output=True, text=True, check=True, env=secretly())
    assert marks_in(done.stdout + done.stderr) == []
    made = [path for path in (folder.path / "packs").rglob("*") if path.is_file()]
    assert any(path.suffix == ".pdf" for path in made)
    for path in made:
        shown = (
            subprocess.run(["pdftotext", path, "-"], capture_output=True, check=True).stdout
            if path.suffix == ".pdf"
            else path.read_bytes()
        )
        assert marks_in(path.name) == []
        assert marks_in(shown.decode("utf-8", "replace")) == [], path.name
    assert isinstance(EXPORTS[0][0], SystemSource)
