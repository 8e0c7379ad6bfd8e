"""Which lines of a bank are one: its ids count only with day and amount, and what it corrects itself is carried out."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

import pytest
from beancount.core.data import Balance, Transaction

from tests.importers.booking.test_dedupe import with_ids
from tests.importers.books_folder import CHASE, Folder

Row = tuple[str, str, str, str]  # day, amount, id, words
SETTINGS = '\n[[bank]]\nprofile = "ofx"\naccount = "Assets:Bank:Checking"\n'
HEAD = "OFXHEADER:100\nDATA:OFXSGML\nENCODING:USASCII\nCHARSET:1252\n\n<OFX><BANKMSGSRSV1><STMTTRNRS><TRNUID>1"


def ofx(first: str, last: str, rows: Sequence[Row], balance: str = "") -> str:
    """A statement; what follows the words of a row behind a bar is put into its entry as it stands."""
    entries = ""
    for day, amount, identifier, words in rows:
        name, _, more = words.partition("|")
        entries += f"<STMTTRN><TRNTYPE>OTHER<DTPOSTED>{day.replace('-', '')}<TRNAMT>{amount}<FITID>{identifier}"
        entries += f"{more}<NAME>{name}</STMTTRN>\n"
    days = f"<DTSTART>{first.replace('-', '')}<DTEND>{last.replace('-', '')}"
    return (
        f"{HEAD}<STMTRS><CURDEF>USD<BANKACCTFROM><BANKID>1<ACCTID>77<ACCTTYPE>CHECKING</BANKACCTFROM>\n"
        f"<BANKTRANLIST>{days}\n{entries}</BANKTRANLIST>{balance}</STMTRS></STMTTRNRS></BANKMSGSRSV1></OFX>\n"
    )


def lines(folder: Folder) -> list[tuple[str, str]]:
    return [
        (str(entry.date), str(entry.postings[0].units.number))  # type: ignore[union-attr]
        for entry in folder.books().entries
        if isinstance(entry, Transaction) and "source" in entry.meta
    ]


@pytest.fixture
def bank(folder: Folder) -> Folder:
    """Books that take OFX files."""
    folder.write_by_hand(SETTINGS, "daysheet.toml")
    return folder


MARCH: list[Row] = [("2026-03-02", "-1200.00", "1", "RENT"), ("2026-03-09", "-31.40", "2", "SOAP")]


def test_ids_that_begin_anew_with_every_download_lose_no_line(bank: Folder) -> None:
    bank.take("a.ofx", ofx("2026-03-01", "2026-03-31", MARCH))
    april: list[Row] = [("2026-04-02", "-1200.00", "1", "RENT"), ("2026-04-10", "-44.00", "2", "SOAP")]
    (answer,) = bank.take("b.ofx", ofx("2026-04-01", "2026-04-30", april))
    assert (answer["booked"], answer["known"]) == (2, 0)
    assert "ids of 2 rows stand for other lines" in answer["notes"][0]
    both: list[Row] = [("2026-03-09", "-31.40", "1", "SOAP"), ("2026-04-02", "-1200.00", "2", "RENT")]
    (answer,) = bank.take("c.ofx", ofx("2026-03-05", "2026-04-05", both))
    assert (answer["booked"], answer["known"]) == (0, 2)


def test_an_id_that_stands_twice_in_a_file_tells_no_lines_apart(bank: Folder) -> None:
    bank.take(
        "a.ofx",
        ofx("2026-03-01", "2026-03-10", [("2026-03-03", "-60", "T9", "ATM"), ("2026-03-08", "-60", "T9", "ATM")]),
    )
    (answer,) = bank.take(
        "b.ofx",
        ofx("2026-03-08", "2026-03-31", [("2026-03-08", "-60", "T9", "ATM"), ("2026-03-12", "-60", "T9", "ATM")]),
    )
    assert (answer["booked"], answer["known"]) == (1, 1)
    assert lines(bank) == [("2026-03-03", "-60"), ("2026-03-08", "-60"), ("2026-03-12", "-60")]


@pytest.mark.parametrize(
    ("first", "row", "booked", "changed"),
    [
        ("2026-03-01", ("2026-03-04", "-31.40", "F2", "SOAP"), 0, ["day"]),  # the file covers the 2nd
        ("2026-03-03", ("2026-03-20", "-31.40", "F2", "SOAP"), 1, []),
        ("2026-03-01", ("2026-03-02", "-31.90", "F2", "SOAP"), 0, ["amount"]),
        ("2026-03-01", ("2026-03-02", "-31.90", "F2", "TEA"), 1, []),
        ("2026-03-01", ("2026-03-02", "31.40", "F2", "SOAP"), 1, []),  # its reversal
        ("2026-03-01", ("2026-03-05", "-99.00", "F2", "TEA"), 1, []),
        ("2026-03-01", ("2026-03-02", "-31.40", "f2", "SOAP"), 0, ["the letters of the id"]),
    ],
)
def test_an_id_that_comes_again_otherwise_is_said(
    bank: Folder, first: str, row: Row, booked: int, changed: list[str]
) -> None:
    bank.take("a.ofx", ofx("2026-03-01", "2026-03-02", [("2026-03-02", "-31.40", "F2", "SOAP")]))
    (answer,) = bank.take("b.ofx", ofx(first, "2026-03-31", [row]))
    assert (answer["booked"], [each["what"] for each in answer["changed"]]) == (booked, changed)
    assert answer["changed"] or "stand for other lines" in answer["notes"][0]


def test_an_id_a_few_days_off_is_asked_about_and_the_settings_answer(bank: Folder) -> None:
    bank.take("a.ofx", ofx("2026-03-01", "2026-03-06", [("2026-03-06", "-31.40", "F2", "SOAP")]))
    path = bank.give("b.ofx", ofx("2026-03-07", "2026-03-31", [("2026-03-09", "-31.40", "F2", "SOAP")]))
    result = bank.run("import", path)
    assert result.return_value == 2
    assert f"{path}:8: the bank's id of this row stands in the books" in result.stderr
    settings = bank.text("daysheet.toml")
    for ids, booked in (("unique", 0), ("restart", 1)):
        (bank.path / "daysheet.toml").write_text(settings + f'ids = "{ids}"\n')
        (answer,) = bank.take_paths(path)
        assert answer["booked"] == booked
        (bank.path / "daysheet.toml").write_text(settings)


def test_an_id_that_a_spreadsheet_has_cut_counts_for_nothing(folder: Folder) -> None:
    with_ids(folder)
    rows = "2.02603E+11,2026-03-01,COFFEE,-5.00\n2.02603E+11,2026-03-01,TEA,-5.00\n2.02603E+11,2026-03-02,TEA,-7.00\n"
    (answer,) = folder.take("a.csv", "Id,Date,Payee,Amount\n" + rows)
    assert answer["booked"] == 3
    assert "3 ids of the bank cut by a spreadsheet" in answer["notes"][0]
    (answer,) = folder.take("b.csv", "Id,Date,Payee,Amount\n" + rows + "2.02603E+11,2026-03-03,TEA,-7.00\n")
    assert (answer["booked"], answer["known"]) == (1, 3)


REPLACED: Row = ("2026-03-10", "-33.40", "F9", "SOAP AND CO|<CORRECTFITID>2<CORRECTACTION>REPLACE")
DELETED: Row = ("2026-03-09", "-31.40", "F9", "SOAP|<CORRECTFITID>2<CORRECTACTION>DELETE")


@pytest.mark.parametrize(("row", "left"), [(REPLACED, [("2026-03-10", "-33.40")]), (DELETED, [])])
@pytest.mark.parametrize("order", ["before", "at once", "one file", "after"])
def test_what_a_bank_corrects_is_carried_out_in_any_order(
    bank: Folder, row: Row, left: list[tuple[str, str]], order: str
) -> None:
    statement = ofx("2026-03-01", "2026-03-31", MARCH)
    correction = ofx("2026-03-10", "2026-03-31", [row])
    if order == "one file":
        bank.take("a.ofx", ofx("2026-03-01", "2026-03-31", [*MARCH, row]))
    elif order == "at once":
        bank.take_paths(bank.give("a.ofx", statement), bank.give("b.ofx", correction))
    else:
        pair = [("a.ofx", statement), ("b.ofx", correction)]
        for name, text in pair if order == "before" else pair[::-1]:
            bank.take(name, text)
    expected = sorted([("2026-03-02", "-1200.00"), *left])
    assert lines(bank) == expected
    bank.take("again.ofx", statement + "\n")
    bank.take("again-2.ofx", correction + "\n")
    assert lines(bank) == expected


@pytest.mark.parametrize("first", ["statement", "correction"])
def test_an_entry_that_bears_the_id_of_the_one_it_replaces_is_booked_in_any_order(bank: Folder, first: str) -> None:
    row: Row = ("2026-03-10", "-33.40", "2", "SOAP AND CO|<CORRECTFITID>2<CORRECTACTION>REPLACE")
    files = {"statement": ofx("2026-03-01", "2026-03-31", MARCH), "correction": ofx("2026-03-10", "2026-03-31", [row])}
    for name in sorted(files, key=lambda each: each != first):
        bank.take(f"{name}.ofx", files[name])
    assert lines(bank) == [("2026-03-02", "-1200.00"), ("2026-03-10", "-33.40")]


def test_what_a_person_made_of_an_entry_goes_over_to_what_replaces_it(bank: Folder) -> None:
    bank.take("a.ofx", ofx("2026-03-01", "2026-03-31", MARCH))
    path = bank.path / "2026" / "2026-03-ofx.beancount"
    text = path.read_text()
    before, entry = text[: text.index("2026-03-09")], text[text.index("2026-03-09") :]
    entry = entry.replace(' ! "SOAP" ""', ' * "SOAP" "" #audited').replace(
        "Expenses:Uncategorized", "Expenses:Supplies"
    )
    path.write_text(before + entry.replace('source: "ofx"', 'source: "ofx"\n  asked: "Dr. Adams"'))
    (answer,) = bank.take("b.ofx", ofx("2026-03-10", "2026-03-31", [REPLACED]))
    assert "2026-03-09 over -31.40 was replaced by the bank in row 8" in answer["notes"][0]
    entries = [e for e in bank.books().entries if isinstance(e, Transaction)]
    assert [(e.flag, e.tags, e.meta.get("asked"), e.postings[1].account) for e in entries[1:]] == [
        ("*", frozenset({"audited"}), "Dr. Adams", "Expenses:Supplies")
    ]


@pytest.mark.parametrize("more", [[("2026-04-10", "-1.00", "8", "TEA")], []])
def test_an_assertion_that_the_bank_has_overtaken_goes_with_the_entry(bank: Folder, more: list[Row]) -> None:
    balance = "<LEDGERBAL><BALAMT>{}<DTASOF>{}</LEDGERBAL>"
    bank.take("a.ofx", ofx("2026-03-01", "2026-03-31", MARCH, balance.format("500", "20260315")))
    bank.take("b.ofx", ofx("2026-03-10", "2026-04-30", [DELETED, *more], balance.format("530.40", "20260415")))
    bank.take("c.ofx", ofx("2026-04-16", "2026-04-30", [("2026-04-20", "-1.00", "9", "TEA")]))
    held = [(str(e.date), e.amount.number) for e in bank.books().entries if isinstance(e, Balance)]
    assert held == ([("2026-04-15", Decimal("530.40"))] if more else [])


@pytest.mark.parametrize("times", [2, 1])
def test_a_correction_that_fits_several_entries_or_a_split_one_is_refused(bank: Folder, times: int) -> None:
    rows: list[Row] = [("2026-03-09", "-31.40", "2", "SOAP"), ("2026-03-10", "-31.40", "2", "SOAP")][:times]
    bank.take("a.ofx", ofx("2026-03-01", "2026-03-31", rows))
    if times == 1:
        path = bank.path / "2026" / "2026-03-ofx.beancount"
        half = "  Expenses:Uncategorized 11.40 USD\n  Expenses:Supplies 20.00 USD\n"
        text = path.read_text()
        path.write_text(text[: text.index("  Expenses:")] + half)
    before = bank.snapshot()
    row: Row = ("2026-03-12", "-33.40", "F9", "SOAP|<CORRECTFITID>2<CORRECTACTION>REPLACE")
    result = bank.run("import", bank.give("b.ofx", ofx("2026-03-11", "2026-03-31", [row])))
    assert result.return_value == 2
    assert "stands for 2 lines" in result.stderr or "split by hand" in result.stderr
    assert bank.snapshot() == before


def test_a_line_of_another_account_or_source_with_the_same_id_is_another_line(bank: Folder) -> None:
    bank.take("a.ofx", ofx("2026-03-01", "2026-03-31", MARCH))
    (answer,) = bank.take("b.csv", CHASE + "X,03/02/2026,RENT,-1200.00,ACH,,,\nX,03/11/2026,SOAP,-31.40,ACH,,,\n")
    assert (answer["booked"], answer["known"]) == (1, 1)
