"""An import taken back: the books as if its file had never come, and refused where something stands on it."""

from __future__ import annotations

import contextlib
import itertools
import os
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from daysheet.books import loading
from daysheet.errors import DaysheetError
from daysheet.importers import importing
from daysheet.importers.amending import returning
from daysheet.ledger import printer

from tests.attacks.counts import Counted
from tests.importers.books_folder import ADJUSTMENTS, CHASE, CLAIMS, INVOICES, PAYMENTS, VISITS, Folder
from tests.importers.deriving.test_payment_posting import PAID as CLAIM_PAID
from tests.importers.deriving.test_payment_posting import era_text
from tests.importers.writing.test_faults import Disk, failing, none_is_torn

JANUARY = CHASE + (
    "X,01/05/2026,LINEN SERVICE,-40.00,ACH,960.00,,\n"
    "X,01/20/2026,COFFEE CART,-6.00,ACH,954.00,,\n"
    "X,01/20/2026,COFFEE CART,-6.00,ACH,948.00,,\n"
)
FEBRUARY = CHASE + (
    "X,02/03/2026,LINEN SERVICE,-40.00,ACH,908.00,,\nX,02/17/2026,MERCHANT BANKCD DEP,100.00,ACH,1008.00,,\n"
)
OVERLAPPING = CHASE + (
    "X,01/20/2026,COFFEE CART,-6.00,ACH,954.00,,\n"
    "X,01/20/2026,COFFEE CART,-6.00,ACH,948.00,,\n"
    "X,02/03/2026,LINEN SERVICE,-40.00,ACH,908.00,,\n"
)
SEEN = VISITS + "V1,2026-01-12,adams,P1,completed,,50.00\nV2,2026-01-13,adams,P2,completed,,50.00\n"
BILLED = INVOICES + "I1,V1,2026-01-12,adams,P1,,50.00,\nI2,V2,2026-01-13,adams,P2,aetna,50.00,\n"
PAID = PAYMENTS + "P1,2026-01-14,I1,,card,50.00,\n"


def names_of(folder: Folder) -> list[str]:
    """The filed names of what was imported, in the order of the books."""
    lines = folder.text("imports.beancount").splitlines()
    return list(dict.fromkeys(line.split('"')[1] for line in lines if line.startswith('  file: "')))


def ledger(folder: Folder) -> dict[str, bytes]:
    """Every ledger file's bytes."""
    return {str(path.relative_to(folder.path)): path.read_bytes() for path in folder.path.rglob("*.beancount")}


def undo(folder: Folder, *arguments: object) -> str:
    result = folder.run("undo", *arguments)
    if result.exception is not None:
        raise result.exception
    folder.books()
    return result.stdout


GIVEN = {
    "a bank's month": JANUARY,
    "visits": SEEN,
    "invoices": BILLED,
    "payments of nothing known": PAID,
    "claims": CLAIMS + "C1,I9,aetna,2026-01-15,submitted,\n",
    "adjustments": ADJUSTMENTS + "A1,2026-01-15,I9,write-off,5.00\n",
}


@pytest.mark.parametrize("kind", GIVEN)
def test_an_import_taken_back_leaves_no_byte(folder: Folder, kind: str) -> None:
    before = ledger(folder)
    folder.take("given.csv", GIVEN[kind])
    assert ledger(folder) != before
    (name,) = names_of(folder)
    undo(folder, name)
    assert ledger(folder) == before
    assert not (folder.path / name).exists()
    assert (folder.path / "inbox" / Path(name).name).read_text() == GIVEN[kind]


MONTHS = {"january": JANUARY, "february": FEBRUARY, "overlapping": OVERLAPPING}


def test_a_month_taken_back_is_a_month_that_never_came(folder: Folder, tmp_path: Path) -> None:
    """The pad moves, the balances that the others prove stay, and what two files hold stays once."""
    for number, order in enumerate(itertools.permutations(MONTHS)):
        books = Folder(tmp_path / f"all-{number}")
        never = Folder(tmp_path / f"never-{number}")
        names: dict[str, str] = {}
        for month in order:
            books.take(f"{month}.csv", MONTHS[month])
            names[month] = next(name for name in names_of(books) if name not in names.values())
            if month != order[-1]:
                never.take(f"{month}.csv", MONTHS[month])
        undo(books, names[order[-1]])
        assert facts(books) == facts(never), order


def facts(folder: Folder) -> list[str]:
    """What the books say, in an order that does not depend on files."""
    return sorted(
        printer.format_entry(entry)
        for entry in folder.books().entries
        if not (getattr(entry, "type", "") == "fava-extension" or getattr(entry, "flag", "") == "P")
    )


def test_what_stands_on_it_is_named_and_nothing_is_changed(folder: Folder) -> None:
    folder.take("v.csv", SEEN)
    folder.take("i.csv", BILLED)
    folder.take("p.csv", PAID)
    before = folder.snapshot()
    visits, invoices, payments = names_of(folder)
    with pytest.raises(DaysheetError, match=r"payment P1 on invoice I1 \(.*2026-01-payments.beancount:1\)") as refused:
        undo(folder, invoices)
    assert Path(payments).name in str(refused.value.remedy)
    with pytest.raises(DaysheetError, match="invoice I1 on visit V1"):
        undo(folder, visits)
    assert folder.snapshot() == before
    undo(folder, invoices, payments, visits)
    assert ledger(folder) == ledger(Folder(folder.path.parent / "new")) | {
        name: data for name, data in ledger(folder).items() if name == "main.beancount"
    }


def test_what_was_written_by_hand_on_it_is_named(folder: Folder) -> None:
    folder.take("v.csv", SEEN)
    folder.write_by_hand('2026-01-31 custom "waived" "unbilled-visit" "V2" "courtesy"\n')
    with pytest.raises(DaysheetError, match=r"waived unbilled-visit on visit V2 \(.*practice.beancount:\d+\)"):
        undo(folder, names_of(folder)[0])


def test_a_balance_that_stands_on_it_is_named(folder: Folder) -> None:
    """January, February, March: without February the balances of March would not hold."""
    march = CHASE + "X,03/03/2026,LINEN SERVICE,-40.00,ACH,968.00,,\n"
    for name, text in (("j.csv", JANUARY), ("f.csv", FEBRUARY), ("m.csv", march)):
        folder.take(name, text)
    _, february, march = names_of(folder)
    with pytest.raises(DaysheetError, match="the balance of 2026-03-04 stands on it") as refused:
        undo(folder, february)
    assert Path(march).name in str(refused.value.remedy)
    undo(folder, february, march)
    only = Folder(folder.path.parent / "only")
    only.take("j.csv", JANUARY)
    assert facts(folder) == facts(only)


def test_a_visit_is_what_the_earlier_file_called_it(folder: Folder) -> None:
    scheduled = VISITS + "V1,2026-01-12,adams,P1,scheduled,,50.00\n"
    folder.take("first.csv", scheduled)
    before = facts(folder)
    folder.take("second.csv", SEEN)
    undo(folder, names_of(folder)[1])
    assert facts(folder) == before


def test_a_locked_year_stays(folder: Folder) -> None:
    folder.take("bank.csv", CHASE + "X,12/30/2025,RENT,-100.00,ACH,900.00,,\nX,12/31/2025,TEA,-5.00,ACH,895.00,,\n")
    folder.run("lock", "2025")
    before = ledger(folder)
    with pytest.raises(DaysheetError, match="2025, which is locked"):
        undo(folder, "2025-12-31")
    assert ledger(folder) == before


def test_a_dry_run_shows_the_diff_and_changes_nothing(folder: Folder) -> None:
    folder.take("v.csv", SEEN)
    before = folder.snapshot()
    shown = undo(folder, "2026-01-13", "--dry-run")
    assert '-2026-01-12 custom "visit" "V1" "adams" "completed"' in shown
    assert "Nothing was changed" in shown
    assert folder.snapshot() == before


def test_accounts_that_a_person_opened_or_that_are_in_use_stay_open(folder: Folder) -> None:
    folder.write_by_hand("1900-01-01 open Expenses:Linen\n", "accounts.beancount")
    folder.write_by_hand('\n[[category]]\ntext = "LINEN"\naccount = "Expenses:Linen"\n', "daysheet.toml")
    folder.take("j.csv", JANUARY)
    undo(folder, "2026-01-20")
    assert "1900-01-01 open Expenses:Linen" in folder.text("accounts.beancount")


def test_an_original_that_is_not_here_is_named(folder: Folder) -> None:
    folder.take("j.csv", JANUARY)
    name = names_of(folder)[0]
    (folder.path / name).unlink()
    with pytest.raises(DaysheetError, match="not on this machine"):
        undo(folder, name)


def test_nothing_by_that_name(folder: Folder) -> None:
    for name in ("2026-05-05", "nothing.csv"):
        with pytest.raises(DaysheetError, match="no import"):
            undo(folder, name)


LINES = "invoice_id,visit_id,date,provider,patient_id,payer,amount,due,line_id,service,tooth,site,modifier,quantity\n"
CROWN = "B1,,2026-01-12,adams,P1,,900.00,,R1,D2740,14,,,1\n"
XRAY = "B1,,2026-01-12,adams,P1,,30.00,,R2,D0220,14,,,1\n"
RECALL = "B2,,2026-01-13,adams,P2,,90.00,,R3,D1110,,,,1\n"
ON_BOTH = PAYMENTS + "P9,2026-01-20,B1,,check,500.00,\n"


def test_the_lines_of_a_bill_that_another_file_holds_stay(folder: Folder) -> None:
    """One file gives a bill's first line, another both: taken back, the bill has the first line, and what pays it."""
    folder.take("one.csv", LINES + CROWN + RECALL)
    folder.take("paid.csv", ON_BOTH)
    before, known = facts(folder), names_of(folder)
    folder.take("two.csv", LINES + CROWN + XRAY)
    (two,) = set(names_of(folder)) - set(known)
    undo(folder, two)
    assert facts(folder) == before


def test_what_was_derived_is_derived_anew(folder: Folder) -> None:
    """The income of a payment on a bill of two providers is theirs by a derived entry, which goes with the payment."""
    folder.take("one.csv", LINES + CROWN + XRAY.replace("adams", "baker") + RECALL)
    before, known = ledger(folder), names_of(folder)
    folder.take("paid.csv", ON_BOTH)
    assert any("allocated" in entry.meta for entry in folder.books().entries)
    (paid,) = set(names_of(folder)) - set(known)
    undo(folder, paid)
    assert ledger(folder) == before


PAYER = """
2026-01-01 custom "payer" "aetna" "Aetna"
  receivable: Assets:Receivable:Insurance:Aetna
"""
INSURED = {
    "i.csv": INVOICES + "INV-1001,,2026-12-01,adams,P1,aetna,150.00,\n",
    "era.835": era_text(CLAIM_PAID),
    "b.csv": CHASE
    + "CREDIT,01/02/2027,ORIG CO NAME:AETNA HCCLAIMPMT TRN*1*71700666555*1935665544,80.00,ACH_CREDIT,,\n",
}


@pytest.mark.parametrize("last", ["era.835", "b.csv"])
def test_settlements_go_with_what_they_rest_on(folder: Folder, last: str) -> None:
    folder.write_by_hand(PAYER)
    for name, text in INSURED.items():
        if name != last:
            folder.take(name, text)
    before = facts(folder)
    known = names_of(folder)
    folder.take(last, INSURED[last])
    assert any("matched" in entry.meta for entry in folder.books().entries)
    undo(folder, next(name for name in names_of(folder) if name not in known))
    assert facts(folder) == before


def take_all(folder: Folder, given: dict[str, str]) -> None:
    for name, text in given.items():
        (folder.path / "inbox" / name).write_text(text)
    importing.import_files(folder.path, importing.inbox(folder.path, "inbox"))


@pytest.mark.parametrize("step", [11, pytest.param(1, marks=[pytest.mark.long, pytest.mark.attack])])
def test_a_kill_or_a_failing_disk_at_any_call_leaves_books_that_a_second_run_completes(
    folder: Folder, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, step: int, counted: Counted
) -> None:
    """Every call that changes a disk, in turn: the books are the old ones or the new ones, and load."""
    folder.write_by_hand(PAYER)
    take_all(folder, {"v.csv": SEEN, "j.csv": JANUARY, "f.csv": FEBRUARY, **INSURED})
    before = facts(folder)
    wanted = [name for name in names_of(folder) if "x12" in name or "-01-20-" in name]
    names = [*wanted, "2026-02-17"]
    scratch = Folder.__new__(Folder)
    scratch.path = tmp_path / "scratch"

    def again() -> None:
        shutil.rmtree(scratch.path, ignore_errors=True)
        shutil.copytree(folder.path, scratch.path)

    def take_back() -> None:
        back = returning.taken_back(scratch.path, names)
        returning.carry_out(back)

    again()
    disk = Disk(-1, "EIO")
    with failing(monkeypatch, disk):
        take_back()
    after = facts(scratch)
    assert before != after
    faults = list(itertools.product(range(disk.calls, 0, -step), ("EIO", "ENOSPC", "KILL")))
    for number, fault in faults:
        again()
        struck(monkeypatch, number, fault, take_back)
        none_is_torn(scratch)
        assert facts_of_command(scratch) in (before, after)
        with contextlib.suppress(DaysheetError):  # all was done, and nothing is on record any more
            take_back()
        assert facts(scratch) == after
        assert not any((scratch.path / name).exists() for name in wanted)
        assert len(list((scratch.path / "inbox").iterdir())) == len(wanted) + 1
    counted(len(faults), "faults of the disk and kills while an import is taken back", 0, "torn, lost or doubled")


def struck(monkeypatch: pytest.MonkeyPatch, number: int, fault: str, work: Callable[[], None]) -> None:
    """Do some work whose call to the disk of this number fails, or kills the process."""
    if fault != "KILL":
        with contextlib.suppress(OSError), failing(monkeypatch, Disk(number, fault)):
            work()
        return
    child = os.fork()
    if child == 0:
        with failing(monkeypatch, Disk(number, fault)):
            work()
        os._exit(0)
    os.waitpid(child, 0)


def facts_of_command(folder: Folder) -> list[str]:
    """What any command of ours finds: it completes what was begun."""
    loading.load(folder.path)
    return facts(folder)
