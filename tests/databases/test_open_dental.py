"""Open Dental: the queries of its page, run by a real MariaDB on the published tables, through the shipped profiles.

What the rows of `opendental_rows.sql` come to at the end of March, by hand:

    5001  295.00 = 68 + 100 + 18 paid by Alpha, 17 + 40 written off, 52 paid by the patient            0.00
    5002  160.00 = 89.25 + 40 paid by Alpha, 15.75 + 15 written off                                    0.00
    5003 1150.00 = 460 paid by Alpha, 230 written off, 230 paid by Beta; a check of 230 came back   patient 230.00
    5007   85.00 = 8.50 discount, 76.50 paid by card                                                   0.00
    5008  105.00   its claim was never sent                                                         Alpha   105.00
    20009  40.00   two at 20.00, out of 60.00 prepaid                                                   0.00
    802     4.10   a finance charge                                                                 patient   4.10
                                                                                on account: 60 - 40 =       20.00
"""

from __future__ import annotations

import json
from decimal import Decimal
from pathlib import Path

import pytest

from tests.databases.conftest import Database, entries_by_file, findings, income, owed, queries
from tests.importers.books_folder import Folder

HERE = Path(__file__).parent
FACTS = """
2026-01-01 custom "provider" "feld" "Feld"
2026-01-01 custom "provider" "ruiz" "Ruiz"
2026-01-01 custom "provider" "linh" "Linh"
2026-01-01 custom "payer" "alpha" "Payer Alpha"
  receivable: Assets:Receivable:Insurance:Alpha
2026-01-01 custom "payer" "beta" "Payer Beta"
  receivable: Assets:Receivable:Insurance:Beta
"""
BOOKED = {
    "appointments": 8, "procedures": 8, "payments": 5, "splits": 5, "adjustments": 2, "claims": 4, "claim-payments": 7,
}  # fmt: skip


@pytest.fixture(scope="module")
def files(mariadb: list[str], tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """What Open Dental saves of each query: cells without quotes, tabs between them, the lines of Windows."""
    database = Database(mariadb, "opendental")
    for name in ("opendental.sql", "opendental_rows.sql"):
        database.run((HERE / name).read_text(encoding="utf-8"))
    folder = tmp_path_factory.mktemp("opendental")
    paths = {}
    for name, query in queries("systems/open-dental.md").items():
        paths[name] = folder / f"{name}.txt"
        paths[name].write_bytes(database.run(query).replace('"', "").replace("\n", "\r\n").encode())
    return paths


def new_books(path: Path) -> Folder:
    folder = Folder(path)
    folder.write_by_hand(FACTS)
    return folder


@pytest.fixture(scope="module")
def folder(files: dict[str, Path], tmp_path_factory: pytest.TempPathFactory) -> Folder:
    """Books that took all seven files at once."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("DAYSHEET_SECRET", "a secret of the tests only")
        folder = new_books(tmp_path_factory.mktemp("od") / "books")
        folder.taken = folder.take_paths(*files.values())  # type: ignore[attr-defined]
    return folder


def test_every_file_is_read_by_its_own_profile_and_every_row_is_accounted_for(folder: Folder) -> None:
    answers = folder.taken  # type: ignore[attr-defined]
    assert {one["profile"].removeprefix("practice-opendental-"): one["booked"] for one in answers} == BOOKED
    assert [skip["reason"] for one in answers for skip in one["skipped"]] == [
        "nothing received: a transfer of what was prepaid",
        "on no procedure: prepaid",
        "on no procedure: prepaid",
        "a claim that is not sent yet",
    ]


def table(folder: Folder, name: str) -> list[dict[str, str]]:
    rows: list[dict[str, str]] = json.loads(folder.run("report", name, "--period", "2026-03", "--json").stdout)["rows"]
    return rows


def test_who_owes_what_is_right_to_the_cent(folder: Folder) -> None:
    assert owed(folder) == {"Insurance:Alpha": Decimal("105.00"), "Patients": Decimal("214.10")}


def test_each_patient_s_account_is_right_to_the_cent(folder: Folder) -> None:
    lines = [row for row in table(folder, "patient-ledger") if row["row"] == "line"]
    assert sorted((Decimal(row["bills"] or 0), Decimal(row["on_account"] or 0)) for row in lines if any(
        (Decimal(row["bills"] or 0), Decimal(row["on_account"] or 0))
    )) == [(Decimal(0), Decimal("-20.00")), (Decimal("234.10"), Decimal(0))]  # fmt: skip


def test_income_is_each_provider_s_who_did_the_work(folder: Folder) -> None:
    """Feld 5001 whole and the exam of 5002; Linh the cleaning; Ruiz the crown, less the returned check, and 20009."""
    assert income(folder, "2026-03") == {
        "Feld": Decimal("278.00"),
        "Linh": Decimal("89.25"),
        "Ruiz": Decimal("806.50"),
        "Unassigned": Decimal("20.00"),
    }


def test_the_work_that_was_never_set_complete_and_the_claim_that_was_never_sent_are_found(folder: Folder) -> None:
    found = findings(folder, "2026-03-31")
    assert ("unbilled-visit", "apt-5004", "180.00") in found
    assert ("claim-unsent", "apt-5008", "105.00") in found
    assert {kind for kind, _, _ in found} <= {"unbilled-visit", "claim-unsent", "credit-balance", "undeposited-payment"}


def test_any_order_gives_the_same_books(folder: Folder, files: dict[str, Path], tmp_path: Path) -> None:
    other = new_books(tmp_path / "books")
    for path in reversed(files.values()):
        other.take_paths(path)
    assert owed(other) == owed(folder)
    assert entries_by_file(other) == entries_by_file(folder)


ERA = """\
ISA*00*          *00*          *ZZ*ALPHA          *ZZ*CEDAR          *260316*1200*^*00501*000000001*0*P*:~
GS*HP*ALPHA*CEDAR*20260316*1200*1*X*005010X221A1~
ST*835*0001~
BPR*I*646*C*ACH*CCP*01*1*DA*2*1935665544**01*4*DA*5*20260317~
TRN*1*81260317*1935665544~
DTM*405*20260316~
N1*PR*PAYER ALPHA~
N1*PE*CEDAR HILL*XX*1234567893~
LX*1~
CLP*1001/301*1*295*186*52*12*9301~
CAS*CO*45*57~
CAS*PR*2*52~
CLP*1003/303*1*1150*460*460*12*9303~
CAS*CO*45*230~
CAS*PR*2*460~
SE*14*0001~
GE*1*1~
IEA*1*000000001~
"""
BANK = """\
Details,Posting Date,Description,Amount,Type,Balance,Check or Slip #
CREDIT,03/19/2026,ALPHA HCCLAIMPMT TRN*1*81260317*1935665544,646.00,ACH_CREDIT,646.00,
"""


def test_a_remittance_that_the_desk_has_posted_procedure_by_procedure_is_not_booked_twice(
    folder: Folder, files: dict[str, Path], tmp_path: Path
) -> None:
    other = new_books(tmp_path / "books")
    other.take_paths(other.give("alpha.835", ERA), other.give("bank.csv", BANK))
    other.take_paths(*files.values())
    assert owed(other) == owed(folder)


def test_carriers_whose_remittances_are_imported_can_be_left_out(mariadb: list[str], files: dict[str, Path]) -> None:
    query = queries("systems/open-dental.md")["claim-payments"].replace("@NotThese=''", "@NotThese='Other|Payer Alpha'")
    rows = files["claim-payments"].read_text(encoding="utf-8").splitlines()
    kept = Database(mariadb, "opendental", make=False).run(query).splitlines()
    assert kept == [row for row in rows if "Payer Alpha" not in row]


TRANSLATED = """
abbr adjamt adjdate adjtype amount aptdatetime aptstatus balance billingtype category checkdate claimfee confirmed
dedapplied doccategory dx feesched gender guarantor insest inspayamt inspayest isdiscount ishygiene issplit op
payamt paydate paysplits paytype pattern patnum patstatus placeservice plannum position priprov proccat procdate
procfee procstatus provbill provhyg provnum provtreat rxdate secprov splitamt starttime stoptime subscriber
toothnum treatarea unschedstatus
"""
"""Columns that Open Dental's query window shows otherwise when it is human-readable; also date… and $…."""


@pytest.mark.parametrize("name", sorted(queries("systems/open-dental.md")))
def test_no_column_has_a_name_that_the_query_window_would_translate(name: str, files: dict[str, Path]) -> None:
    columns = files[name].read_text(encoding="utf-8").splitlines()[0].casefold().split("\t")
    assert [column for column in columns if column in TRANSLATED.split() or column.startswith(("date", "$"))] == []


@pytest.mark.parametrize("name", sorted(queries("systems/open-dental.md")))
def test_a_strict_database_runs_the_query_too(name: str, mariadb: list[str], files: dict[str, Path]) -> None:
    """Servers differ in what a grouped query may name; columns are read by name, and rows come in the same order."""
    strict = "SET SESSION sql_mode='ONLY_FULL_GROUP_BY,STRICT_ALL_TABLES';\n"
    given = Database(mariadb, "opendental", make=False).run(strict + queries("systems/open-dental.md")[name])
    assert given.splitlines() == files[name].read_text(encoding="utf-8").splitlines()


def test_no_name_of_a_patient_is_in_a_file_that_the_queries_give(files: dict[str, Path]) -> None:
    said = "".join(path.read_text(encoding="utf-8") for path in files.values()).casefold()
    assert [name for name in ("quillfeather", "ottoline", "wachocka", "sahin", "555") if name in said] == []
