"""Exports as hostile as real ones, generated with their true record: each row and claim once, or a refusal by row.

A statement is cut into downloads that overlap by whole days and written as banks write them: rows in any order,
balances on every row, once a day or nowhere, pending rows however marked, ids that are unique, begin anew or stand for
a terminal, headers that lie about the encoding, thousands marks, strays among the markup, corrections of entries sent
before. A remittance is delivered several times: again, split, joined, from two places, under other dates and with
padded numbers.
"""

from __future__ import annotations

import datetime
import random
import re
import shutil
from collections import Counter
from collections.abc import Sequence
from decimal import Decimal
from pathlib import Path
from typing import NamedTuple

import pytest
from beancount.core.data import Balance, Transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.importers.books_folder import CHASE, INVOICES, Folder
from tests.importers.edi.test_remittance_identity import PAYERS, Claim, era, transaction

FIRST = datetime.date(2026, 3, 2)
DAYS = 12
OPENING = 500_000
WORDS = ("LINEN", "TEA ROOM", "CAFÉ MÜLLER", "KIOSK 0042", "A < B & SONS", "SUNDRIES")  # of no direction
IDS = ("unique", "anew", "terminal", "none")
BANK = '\n[[bank]]\nprofile = "{}"\naccount = "Assets:Bank:Checking"\n'
REFUSALS = re.compile(
    r"^daysheet: .*:\d+: "
    r"(the bank's id of this row stands|an amount whose mark may part|has no balance, where one other row)"
)


class Row(NamedTuple):
    """A posted row of the account's true history; `number` tells it from any other."""

    day: int
    cents: int
    words: str
    number: int

    @property
    def date(self) -> datetime.date:
        return FIRST + datetime.timedelta(days=self.day)


class Way(NamedTuple):
    """How a bank writes: the quirks of one statement."""

    form: str
    ids: str
    newest_first: bool
    rows_forward: bool
    balances: str
    pending: str
    encoding: str
    header: str
    mark: str
    line_end: str


rows_of_an_account = st.lists(
    st.tuples(
        st.integers(0, DAYS - 1),
        st.sampled_from((-500, 500, -1250, 99, -120_000, 250_075, -4_210)),
        st.sampled_from(WORDS),
    ),
    min_size=1,
    max_size=16,
).map(lambda found: [Row(*row, number) for number, row in enumerate(sorted(found, key=lambda row: row[0]))])
cuts = st.lists(st.tuples(st.integers(0, DAYS - 1), st.integers(0, DAYS - 1)), max_size=3)
ways = st.builds(
    Way,
    form=st.sampled_from(("csv", "html", "ofx", "ofx")),
    ids=st.sampled_from(IDS),
    newest_first=st.booleans(),
    rows_forward=st.booleans(),
    balances=st.sampled_from(("all", "all", "daily", "none")),
    pending=st.sampled_from(("no", "word", "blank", "text", "state")),
    encoding=st.sampled_from(("utf-8", "utf-8-sig", "cp1252", "utf-16")),
    header=st.sampled_from(("1252", "UTF-8", "NONE")),
    mark=st.sampled_from((".", ",", ",.")),
    line_end=st.sampled_from(("\n", "\r\n", "\r")),
)
examples_of = pytest.mark.parametrize("examples", [15, pytest.param(3_000, marks=pytest.mark.long)])


def balances_of(rows: Sequence[Row]) -> dict[int, int]:
    """What the account holds behind each row, by its number."""
    found, held = {}, OPENING
    for row in rows:
        held += row.cents
        found[row.number] = held
    return found


def listed(rows: Sequence[Row], way: Way) -> list[Row]:
    """The rows as the bank lists them: days and the rows within a day each in their own order."""
    days = sorted({row.day for row in rows}, reverse=way.newest_first)
    forward = way.rows_forward or not way.newest_first
    return [row for day in days for row in [r for r in rows if r.day == day][:: 1 if forward else -1]]


def csv_cells(rows: Sequence[Row], way: Way, held: dict[int, int], last: int) -> list[list[str]]:
    """A table in the form of a profile that every user has; a pending row stands above or below the others."""
    closing = {row.day: row.number for row in rows}
    cells = []
    for row in listed(rows, way):
        stated = way.balances == "all" or (way.balances == "daily" and closing[row.day] == row.number)
        balance = f"{held[row.number] / 100:.2f}" if stated else ""
        cells.append(["X", f"{row.date:%m/%d/%Y}", row.words, f"{row.cents / 100:.2f}", "ACH", balance, ""])
    day = f"{FIRST + datetime.timedelta(days=last):%m/%d/%Y}"
    extra = {
        "word": ["X", "Pending", "BOOTS", "-77.10", "ACH", "", ""],
        "text": ["X", day, "PENDING - BOOTS", "-77.10", "ACH", "", ""],
        "blank": ["X", day, "BOOTS", "-77.10", "ACH", "", ""] if way.balances == "all" else None,
    }.get(way.pending)
    if extra and cells:
        cells.insert(0 if way.newest_first else len(cells), extra)
    return cells


def table(cells: Sequence[Sequence[str]], way: Way) -> bytes:
    head = CHASE.strip().split(",")
    if way.form == "csv":
        lines = [CHASE.strip(), *(",".join(f'"{cell}"' for cell in row) for row in cells)]
        return (way.line_end.join(lines) + way.line_end).encode(way.encoding)
    body = "".join(
        "<tr>" + "".join(f"<td>{cell.replace('&', '&amp;')}</td>" for cell in row) + "</tr>" for row in cells
    )
    names = "".join(f"<th>{name}</th>" for name in head)
    return f"<html><table><tr>{names}</tr>{body}</table></html>".encode(
        "utf-8" if "16" in way.encoding else way.encoding
    )


def written(cents: int, mark: str) -> str:
    """An amount with this decimal mark; `,.` parts thousands with commas as well."""
    text = f"{cents / 100:,.2f}" if mark == ",." else f"{cents / 100:.2f}"
    return text.replace(".", ",") if mark == "," else text


def identifier(row: Row, place: int, way: Way) -> str:
    if way.ids == "anew":
        return str(place)
    if way.ids == "terminal":
        return row.words.split(maxsplit=1)[0]
    return f"2026-{row.number:05}"


def ofx(rows: Sequence[Row], way: Way, held: dict[int, int], span: tuple[int, int], corrections: str) -> bytes:
    first, last = (FIRST + datetime.timedelta(days=day) for day in span)
    entries = ""
    for place, row in enumerate(listed(rows, way), 1):
        entries += f"<STMTTRN>\n<TRNTYPE>OTHER\n<DTPOSTED>{row.date:%Y%m%d}\n<TRNAMT>{written(row.cents, way.mark)}\n"
        entries += f"<FITID>{identifier(row, place, way)}\n<NAME>{row.words}\n<MEMO>\n</STMTTRN>\n"
    boots = "<TRNAMT>-77.10<FITID>P1<NAME>BOOTS"
    pending = {
        "word": f"<STMTTRN><TRNTYPE>HOLD<DTPOSTED>{last:%Y%m%d}{boots}</STMTTRN>\n",
        "blank": f"<STMTTRN><TRNTYPE>OTHER<DTPOSTED><DTUSER>{last:%Y%m%d}{boots}</STMTTRN>\n",
        "text": f"<STMTTRN><DTPOSTED>{last:%Y%m%d}{boots} (pending)</STMTTRN>\n",
        "state": "<STMTTRNP><TRNAMT>-77.10<NAME>BOOTS</STMTTRNP>\n",
    }.get(way.pending, "")
    balance = ""
    if way.balances != "none" and rows:
        closing = max(row.number for row in rows)
        balance = f"<LEDGERBAL><BALAMT>{written(held[closing], way.mark)}<DTASOF>{last:%Y%m%d}</LEDGERBAL>"
    text = (
        f"OFXHEADER:100\nDATA:OFXSGML\nENCODING:USASCII\nCHARSET:{way.header}\n\n<OFX><BANKMSGSRSV1><STMTTRNRS><STMTRS>"
        f"<CURDEF>USD<BANKACCTFROM><ACCTID>77</BANKACCTFROM>\n<BANKTRANLIST><DTSTART>{first:%Y%m%d}<DTEND>{last:%Y%m%d}\n"
        f"{entries}{pending}{corrections}</BANKTRANLIST>{balance}</STMTRS></STMTTRNRS></BANKMSGSRSV1></OFX>\n"
    )
    return text.replace("\n", way.line_end).encode(way.encoding)


def pieces(ranges: Sequence[tuple[int, int]]) -> list[tuple[int, int]]:
    """Ranges of days that together cover all, each beginning on the last day of the one before or later."""
    starts = sorted({0, *(min(pair) for pair in ranges)})
    ends = [*(start - 1 for start in starts[1:]), DAYS - 1]
    return [
        (start, max([end, *(max(p) for p in ranges if min(p) == start)]))
        for start, end in zip(starts, ends, strict=True)
    ]


def fresh(path: Path) -> Folder:
    for place in (path, path.parent / f"{path.name}-given"):
        shutil.rmtree(place, ignore_errors=True)
    return Folder(path)


def booked(folder: Folder) -> Counter[tuple[str, Decimal]]:
    return Counter(
        (str(entry.date), entry.postings[0].units.number.quantize(Decimal("0.01")))  # type: ignore[union-attr]
        for entry in folder.books().entries
        if isinstance(entry, Transaction) and "source" in entry.meta
    )


def take(folder: Folder, name: str, data: bytes) -> str:
    """Import a file; the reason why it was refused, if it was, which must have left the books as they were."""
    before = folder.snapshot()
    result = folder.run("import", folder.give(name, data))
    if result.return_value == 2:
        assert folder.snapshot() == before
        assert REFUSALS.match(result.stderr), result.stderr
        return result.stderr
    assert result.exception is None, result.exception
    return ""


def correct(folder: Folder, rows: Sequence[Row], way: Way, held: dict[int, int]) -> Counter[tuple[str, Decimal]]:
    """Have the bank replace an entry by one of a cent less; what that changes in what is booked."""
    wrong = rows[len(rows) // 2]
    entry = (
        f"<STMTTRN><TRNTYPE>OTHER<DTPOSTED>{wrong.date:%Y%m%d}<TRNAMT>{written(wrong.cents - 1, way.mark)}"
        f"<FITID>F-1<CORRECTFITID>2026-{wrong.number:05}<CORRECTACTION>REPLACE<NAME>{wrong.words}</STMTTRN>\n"
    )
    others = [row for row in rows if row.day == wrong.day and row is not wrong]
    quiet = way._replace(balances="none", mark="." if way.mark == ",." else way.mark)
    change = Counter[tuple[str, Decimal]]()
    if not take(folder, "fix.ofx", ofx(others, quiet, held, (wrong.day, wrong.day), entry)):
        change[str(wrong.date), Decimal(wrong.cents).scaleb(-2)] -= 1
        change[str(wrong.date), Decimal(wrong.cents - 1).scaleb(-2)] += 1
    return change


def check_assertions(folder: Folder, rows: Sequence[Row], held: dict[int, int]) -> None:
    """Every balance that is asserted is the account's true one on that morning."""
    true = {FIRST + datetime.timedelta(days=row.day + 1): held[row.number] for row in rows}
    for entry in folder.books().entries:
        if isinstance(entry, Balance):
            before = [day for day in true if day <= entry.date]
            assert entry.amount.number == Decimal(true[max(before)] if before else OPENING).scaleb(-2)


@examples_of
def test_each_row_of_a_statement_is_booked_once_however_it_is_exported(tmp_path: Path, examples: int) -> None:
    refused = Counter[bool]()

    @settings(max_examples=examples, deadline=None, suppress_health_check=list(HealthCheck), derandomize=True)
    @given(rows=rows_of_an_account, ranges=cuts, way=ways, order=st.randoms(use_true_random=False), fix=st.booleans())
    def law(rows: list[Row], ranges: list[tuple[int, int]], way: Way, order: random.Random, fix: bool) -> None:
        folder = fresh(tmp_path / "books")
        folder.write_by_hand(BANK.format("ofx" if way.form == "ofx" else "us-chase-checking"), "daysheet.toml")
        held = balances_of(rows)
        parts = pieces(ranges)
        if (way.ids == "unique" or way.form != "ofx") and order.random() < 0.5:
            parts.reverse()
        expected = Counter((str(row.date), Decimal(row.cents).scaleb(-2)) for row in rows)
        for number, span in enumerate(parts):
            part = [row for row in rows if span[0] <= row.day <= span[1]]
            if not part:
                continue
            data = (
                ofx(part, way, held, span, "") if way.form == "ofx" else table(csv_cells(part, way, held, span[1]), way)
            )
            why = take(folder, f"{number}.{way.form}", data)
            refused[bool(why)] += 1
            if why:
                return
        if fix and way.form == "ofx" and way.ids == "unique":
            expected.update(correct(folder, rows, way, held))
        assert booked(folder) == +expected
        if not fix:
            check_assertions(folder, rows, held)

    law()
    assert refused[True] * 5 <= refused.total()


amounts = st.tuples(st.integers(20, 200), st.integers(0, 100), st.integers(0, 100)).map(
    lambda of: (of[0], of[0] * of[1] // 100, (of[0] - of[0] * of[1] // 100) * of[2] // 100)
)
DELIVERIES = (
    "again",
    "later",
    "split",
    "whole amount",
    "joined",
    "padded",
    "renamed",
    "no control",
    "half",
    "other first",
)


@pytest.mark.parametrize("examples", [10, pytest.param(1_000, marks=pytest.mark.long)])
def test_each_claim_is_booked_once_however_it_is_delivered(tmp_path: Path, examples: int) -> None:
    path = tmp_path / "empty"
    folder = Folder(path)
    folder.write_by_hand(PAYERS)
    folder.take("i.csv", INVOICES + "".join(f"INV-{n:03},,2026-03-01,adams,P-{n},united,200.00,\n" for n in range(8)))

    @settings(max_examples=examples, deadline=None, suppress_health_check=list(HealthCheck), derandomize=True)
    @given(
        checks=st.lists(st.lists(amounts, min_size=1, max_size=4), min_size=1, max_size=2),
        deliveries=st.lists(st.sampled_from(DELIVERIES), min_size=1, max_size=3),
        order=st.randoms(use_true_random=False),
    )
    def law(checks: list[list[tuple[int, int, int]]], deliveries: list[str], order: random.Random) -> None:
        shutil.rmtree(tmp_path / "books", ignore_errors=True)
        shutil.copytree(path, tmp_path / "books")
        copy = Folder.__new__(Folder)
        copy.path, copy.given = tmp_path / "books", folder.given
        claims = [
            [Claim(f"INV-{4 * n + m:03}", *one, control=f"X{n}{m}") for m, one in enumerate(check)]
            for n, check in enumerate(checks)
        ]
        for number, delivery in enumerate(["again", *deliveries]):
            text = delivered(claims, delivery, order)
            result = copy.run("import", copy.give(f"{number}.835", text))
            assert (result.return_value, result.exception) == (0, None), result.stderr
        found = Counter(
            (claim.invoice, claim.charged, claim.paid, claim.transfer)
            for remittance in copy.books().remittances.values()
            for claim in remittance.claims
        )
        expected = Counter((c.number, c.charge, c.paid, c.patient) for check in claims for c in check)
        assert found == expected
        assert sum(r.amount for r in copy.books().remittances.values()) == sum(c.paid for ch in claims for c in ch)

    law()


def delivered(checks: list[list[Claim]], how: str, order: random.Random) -> str:
    """All checks as one file, in one of the ways in which they come."""
    parts: list[str] = []
    for number, check in enumerate(checks):
        trace = f"7001{number}"
        middle = order.randint(0, len(check))
        pieces = [piece for piece in (check[:middle], check[middle:]) if piece]
        if how == "split":
            parts += [transaction(piece, trace=trace) for piece in pieces]
        elif how == "whole amount":
            parts += [transaction(piece, trace=trace, amount=sum(c.paid for c in check)) for piece in pieces]
        elif how == "half":
            parts.append(transaction(pieces[0], trace=trace))
        else:
            claims = order.sample(check, len(check)) if how == "other first" else check
            if how == "padded":
                claims = [c._replace(number=f" {c.number.lower().replace('-', '-000')}") for c in check]
            elif how == "no control":
                claims = [c._replace(control="") for c in check]
            parts.append(
                transaction(
                    claims,
                    trace=f"000{trace}" if how == "padded" else trace,
                    day="20260402" if how == "later" else "20260330",
                    payer="United Healthcare Services" if how == "renamed" else "UNITED HEALTH",
                    number="99887" if how == "renamed" else "1111222333",
                )
            )
    return era(*parts, *(parts if how == "joined" else []))
