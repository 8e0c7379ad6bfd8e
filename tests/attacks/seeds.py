"""What the fuzzer begins with: small files that each reader takes, all invented, with one patient's name in them."""

from __future__ import annotations

import datetime
import io
from collections.abc import Callable, Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Final

import openpyxl
from daysheet.accounting import answers as answer_columns
from daysheet.importers.payroll import source as payroll_source
from daysheet.importers.systems import source as systems

from tests.attacks import pdfs as hostile_pdfs
from tests.attacks import workbook_files
from tests.conftest import ROOT
from tests.importers.banks.test_ofx import BANK, CARD, HEADER
from tests.importers.books_folder import ADJUSTMENTS, CHASE, CLAIMS, INVOICES, PAYMENTS, VISITS
from tests.importers.deriving.test_payment_posting import PAID, era_text
from tests.importers.edi import x12_files
from tests.importers.fhir import resources
from tests.importers.payroll import journals
from tests.importers.takeover.test_adopt import IIF, ITEMS, TRIAL, XERO_AGED, XERO_ITEMS, XERO_TRIAL

CORPUS: Final = Path(__file__).parent / "corpus"
"""What a fuzzer has kept: a folder for each reader."""
WHO: Final = "Ottoline Quillfeather"
Seeds = Mapping[str, bytes]


def kept(reader: str) -> Seeds:
    """The files that were kept of a reader."""
    folder = CORPUS / reader
    return {path.name: path.read_bytes() for path in sorted(folder.glob("*"))} if folder.is_dir() else {}


def _texts(*texts: str) -> Seeds:
    return {f"seed-{number}": text.encode() for number, text in enumerate(texts)}


def _cached(make: Callable[[], Seeds]) -> Callable[[], Seeds]:
    return cache(make)


def ofx() -> Seeds:
    """Both kinds, of a bank and of a card."""
    named = BANK.replace("LINENS", f"ZELLE FROM {WHO}").replace("March", "born 07/19/1961")
    return _texts(HEADER + named, CARD.replace("PAPER SHOP", WHO), HEADER + named.replace("\n", "\r\n"))


def bank_csv() -> Seeds:
    """Banks of three countries."""
    return _texts(
        f"{CHASE}DEBIT,03/18/2026,ZELLE TO {WHO},-84.20,ACH,1915.80,\nCREDIT,03/12/2026,DEPOSIT,1250.00,ACH,20.00,,\n",
        f'"Datum";"Betrag";"Saldo";"Text"\n"18.03.2026";"-1.084,20";"1.915,80";"{WHO}"\n"12.03.2026";"5,00";"3,00";""\n',
        f"Date\tPayee\tDebit\tCredit\n2026-03-18\t{WHO}\t84.20\t\n2026-03-19\tRent\t\t1.00\n",
        "Transaction Date,Post Date,Description,Category,Type,Amount,Memo\n"
        f"03/18/2026,03/19/2026,{WHO},x,Sale,-5.00,\n",
    )


def html() -> Seeds:
    """A table that calls itself a workbook."""
    head = "".join(f"<th>{cell}</th>" for cell in CHASE.strip().split(","))
    row = f"<td>DEBIT</td><td>03/18/2026</td><td>{WHO} &amp; CO</td><td>-84.20</td><td>ACH</td><td>1.00</td><td></td>"
    return _texts(f"<html><body><table><tr>{head}</tr>\n<tr>{row}</tr></table><!-- x --></body></html>")


@_cached
def workbooks() -> Seeds:
    """A statement as a workbook of each kind."""
    rows: Sequence[Sequence[object]] = [
        CHASE.strip().split(","),
        ["DEBIT", "03/18/2026", WHO, -84.2, "ACH", 1.5, None],
    ]
    return {
        "seed-0": _workbook("Sheet", rows),
        "seed-xls": workbook_files.xls(rows),
        "seed-ods": workbook_files.ods(rows),
    }


def _workbook(title: str, rows: Sequence[Sequence[object]]) -> bytes:
    book = openpyxl.Workbook()
    sheet = book.worksheets[0]
    sheet.title = title
    for row in rows:
        sheet.append(row)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def practice_csv() -> Seeds:
    """A file of each kind."""
    return _texts(
        f"{VISITS}V1,2026-03-02,adams,{WHO},completed,97110,50.00\n",
        f"{INVOICES}I1,V1,2026-03-02,adams,{WHO},aetna,50.00,2026-04-01\n",
        f"{PAYMENTS}P1,2026-03-20,I1,,card,50.00,1044\n",
        f"{ADJUSTMENTS}A1,2026-03-20,I1,courtesy,5.00\n",
        f"{CLAIMS}C1,I1,aetna,2026-03-05,submitted,CO-16\n",
    )


@_cached
def practice_systems() -> Seeds:
    """The sample of each system."""
    return {f"seed-{source.name}": source.profile.sample.text.encode() for source in systems.shipped()}


def remittances() -> Seeds:
    """Paid, refused, taken back."""
    patient = "NM1*QC*1*QUILLFEATHER*OTTOLINE****MI*W000111222"
    return _texts(
        era_text(f"{PAID}~{patient}"),
        era_text(
            "CLP*INV-1*4*150*0**12*X~CAS*PR*1*150", f"CLP*INV-2*22*-150*-80**12*Y~{patient}~CAS*CO*45*-70", sent="-80"
        ),
        era_text(
            "CLP*INV-1*1*150*80*20*12*X~SVC*HC:99213*150*80**1~DTM*472*20261202~CAS*CO*45*50~CAS*PR*3*20",
            plb="PLB*1*20261231*WO:1*5",
            sent="75",
        ),
    )


def claims() -> Seeds:
    """Professional, dental, institutional."""
    return _texts(
        *(
            x12_files.claims(x12_files.claim("C-1", "100", kind=kind, patient="QUILLFEATHER*OTTOLINE"), kind=kind)
            for kind in "PDI"
        )
    )


def answers() -> Seeds:
    """What a clearinghouse sends back."""
    return _texts(
        x12_files.states(x12_files.status("C-1", "A7:562:82"), x12_files.status("C-2", "A2:20")),
        x12_files.receipt([("0001", "A"), ("0002", "R*5")]),
        x12_files.receipt([("0001", "R")], kind="997"),
    )


@_cached
def fhir() -> Seeds:
    """An encounter and an appointment in each form in which record systems give them out."""
    patient = {"resourceType": "Patient", "id": "pat-1", "name": [{"family": "Quillfeather", "given": ["Ottoline"]}]}
    found = resources.forms([resources.ADAMS, patient, resources.encounter(), resources.appointment()])
    return {f"seed-{name}".replace("/", "-"): data for name, data in found.items()}


@_cached
def payroll() -> Seeds:
    """A journal, and the samples of the profiles."""
    days = [datetime.date(2026, 3, 13)]
    samples = {f"seed-{each.name}": each.profile.sample.text.encode() for each in payroll_source.shipped()}
    return {"seed-gusto": journals.gusto(journals.checks(days)).encode(), **samples}


def adopt() -> Seeds:
    """Balances and open items of other programs."""
    return _texts(TRIAL.format(owed="500.00", equity="-5,500.00"), ITEMS, XERO_AGED, XERO_ITEMS, XERO_TRIAL, IIF)


@_cached
def answers_workbook() -> Seeds:
    """The pack's workbook with an answer in it."""
    row = ["k1", "2026-02-03", WHO, "Expenses:Office", "Expenses:Uncategorized", 40, "a lamp"]
    return {"seed-0": _workbook(answer_columns.SHEET, [list(answer_columns.COLUMNS), row])}


@_cached
def profiles() -> Seeds:
    """One shipped profile of each kind."""
    folder = ROOT / "importers" / "profiles"
    names = ("us-chase-checking", "de-sparkasse-camt", "practice-jane-sales", "payroll-gusto")
    return {f"seed-{name}": (folder / f"{name}.toml").read_bytes() for name in names}


@_cached
def settings() -> Seeds:
    """The settings of the sample practices."""
    return {
        f"seed-{name}": (ROOT / "ledgers" / name / "daysheet.toml").read_bytes()
        for name in ("two-doctors", "dental-group")
    }


@_cached
def ledgers() -> Seeds:
    """The facts of the sample practices, and what books of somebody else's may bring."""
    facts = {
        f"seed-{name}": (ROOT / "ledgers" / name / "practice.beancount").read_bytes()
        for name in ("two-doctors", "dental-group")
    }
    more = (
        'option "insert_pythonpath" "TRUE"\nplugin "os"\ninclude "*.beancount"\noption "documents" ".."\n',
        f'2026-01-01 open Assets:Bank USD\n2026-01-02 * "{WHO}" "x" #t ^l\n  a: 1.00 USD\n'
        "  Assets:Bank  1 USD @ 2 EUR\n"
        "  Assets:Bank  (1/3) USD {2 EUR, 2026-01-01}\n",
        '2026-01-01 custom "visit" "V1" "adams" "completed"\n  patient: "pt-000000000001"\n  fee: 50.00 USD\n',
        '2026-01-01 pad Assets:A Equity:B\n2026-01-02 balance Assets:A 1.00 ~ 0.1 USD\n2026-01-03 query "q" "SELECT"\n',
    )
    return {**facts, **_texts(*more)}


def git() -> Seeds:
    """A repository's own configuration."""
    return _texts(
        '[core]\n\tfsmonitor = "sh -c true"\n\tbare = false\n[include]\n\tpath = ../x\n[filter "a"]\n\tclean = x\n',
        '[remote "origin"]\n\turl = ext::sh -c true\n\tpromisor = true\n[includeIf "gitdir:/"]\n\tpath = x\n',
    )


def notes() -> Seeds:
    """Templates of a cover note."""
    return _texts(
        "{% for x in range(9) %}{{ x }}{% endfor %}",
        "{{ ''.__class__.__mro__ }}",
        "{{ 'a' * 10 ** 9 }}",
        "{% include 'x' %}",
        "{% macro m() %}{{ m() }}{% endmacro %}{{ m() }}",
    )


def pdfs() -> Seeds:
    """A pack that is none, in several ways."""
    small = (
        "a script",
        "a label of the year nought",
        "a stream of places that is its own predecessor",
        "a lock of an impossible key",
        "a tree of names that holds itself",
        "objects in a stream that extends itself",
    )
    return {f"seed-{number}": hostile_pdfs.KINDS[name]() for number, name in enumerate(small)}


def anything() -> Seeds:
    """One of each text."""
    makers = (ofx, bank_csv, html, practice_csv, remittances, claims, answers, payroll, adopt)
    return {f"{make.__name__}-{name}": data for make in makers for name, data in make().items()}
