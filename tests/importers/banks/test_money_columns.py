"""Every column of money of a shipped profile is read, or named as left out with the reason."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from daysheet.importers.banks.profile_file import columns_used, left_out_column
from daysheet.importers.banks.source import BankSource, shipped
from daysheet.importers.detection import vocabulary as words
from daysheet.importers.rows.cell_kinds import kind_of
from daysheet.importers.rows.raw_file import RawFile
from daysheet.importers.rows.tables import tables
from daysheet.importers.systems import source as systems
from daysheet.importers.systems.profile import numbered

from tests.importers.books_folder import Folder

MORE = ("cost", "charge", "tip", "tax", "refund", "converted", "cashback", "gross", "net")
MONEY = (*words.AMOUNT, *words.DEBIT, *words.CREDIT, *words.BALANCE, *words.FEE, *MORE)
NO_MONEY = re.compile(
    r"currency|devizanem|währung|\brate\b|kurs|koers|\btype\b|art$|typ$|schlüssel|indicator|originator|credit / debit"
    r"|exempt|terminal|exchange (from|to)$|gekennzeichnet|debito?r|_id$|^charge_id|description|desc$|text|balance_trans"
    r"|date|cash back|statement_descriptor|details|reason|name$",
    re.IGNORECASE,
)


def money_columns(source: BankSource, path: Path) -> Iterator[tuple[int, str]]:
    """The columns that are so called, or whose cells in the sample look like money."""
    file = RawFile(path)
    found = tables(file)
    place = source.place(file, found)
    assert place is not None
    rows = list(source._rows(file, found, place, lenient=True))
    for number, name in enumerate(place.names):
        cells = [row.cells[number].strip() for row in rows if number < len(row.cells)]
        looks = any(kind_of(cell) == "number" and re.search(r"[.,]\d{2}$|[$€]", cell) for cell in cells)
        if (words.says(name, MONEY) or looks) and not NO_MONEY.search(name):
            yield number, name


@pytest.mark.parametrize("source", shipped(), ids=lambda source: source.name)
def test_every_column_of_money_is_read_or_left_out(source: BankSource, tmp_path: Path) -> None:
    profile = source.profile
    path = tmp_path / profile.sample.filename
    path.write_bytes(profile.sample.text.encode(profile.file.encoding or "utf-8"))
    file = RawFile(path)
    place = source.place(file, tables(file))
    assert place is not None
    named = [*columns_used(profile), *map(left_out_column, profile.left_out)]
    known = {place.index[column] for column in named if column in place.index}
    assert [name for number, name in money_columns(source, path) if number not in known] == []


PAYOUTS = [source for source in systems.shipped() if source.profile.payout]


@pytest.mark.parametrize("source", PAYOUTS, ids=lambda source: source.name)
def test_every_column_of_money_of_a_processor_is_read_or_left_out(source: systems.SystemSource) -> None:
    profile = source.profile
    parts: tuple[Any, ...] = (*profile.payout, *profile.visit, *profile.invoice, *profile.payment, *profile.adjustment)
    read = {column for part in parts for what in ("net", "fee", "less", "amount") for column in getattr(part, what, ())}
    read |= {condition.column for part in (*parts, *profile.skip) for condition in part.when}
    names = numbered(profile.match.header)
    money = [
        name for name in names if words.says(name, (*MONEY, "sales", "discounts", "cash")) and not NO_MONEY.search(name)
    ]
    assert [name for name in money if name not in read and name not in profile.left_out] == []


HEADER = (
    "id,description,seller_message,created,amount,amount_refunded,currency,converted_amount,converted_amount_refunded,"
    "fee,tax,converted_currency,status,statement_descriptor,customer_id,customer_description,customer_email,captured,"
    "card_id,invoice_id,transfer\n"
)


def test_what_was_given_back_and_converted_is_read(folder: Folder) -> None:
    rows = (
        "ch_7,,Complete.,2026-02-03 13:10,70.00,20.00,usd,70.00,20.00,2.33,0.00,usd,Paid,,,,,true,,,\n"
        "ch_8,,Complete.,2026-02-04 13:10,50.00,0.00,cad,36.40,0.00,1.60,0.00,usd,Paid,,,,,true,,,\n"
    )
    bank = '\n[[bank]]\nprofile = "us-stripe-default"\naccount = "Assets:Bank:Checking"\n'
    folder.write_by_hand(bank, "daysheet.toml")
    (answer,) = folder.take("charges.csv", HEADER + rows)
    assert (answer["amount"], answer["booked"]) == ("82.47", 2)  # 70.00 - 20.00 - 2.33 and 36.40 - 1.60
    text = "".join(path.read_text() for path in (folder.path / "2026").glob("*.beancount"))
    assert re.findall(r"Assets:Bank:Checking +(.*)", text) == ["47.67 USD", "34.80 USD"]
    assert re.findall(r"Expenses:MerchantFees +(.*)", text) == ["2.33 USD", "1.60 USD"]


def test_a_column_that_is_left_out_is_named_where_it_holds_something_else(folder: Folder) -> None:
    folder.write_by_hand('\n[[bank]]\nprofile = "us-venmo"\naccount = "Assets:Bank:Checking"\n', "daysheet.toml")
    header = (
        ",ID,Datetime,Type,Status,Note,From,To,Amount (total),Amount (tip),Amount (tax),Amount (fee),"
        "Tax Rate,Tax Exempt,Funding Source,Destination,Beginning Balance,Ending Balance,Statement Period Venmo Fees,"
        "Terminal Location,Year to Date Venmo Fees,Disclaimer\n"
    )
    row = ",3071,2026-02-03T10:00:00,Payment,Complete,,A,B,+ $40.00,,0,$0.86,0,,,,,,,,,\n"
    (answer,) = folder.take("v.csv", header + row)
    assert answer["notes"] == [
        'column "Amount (fee)" is not read: Venmo\'s statement does not say whether it is inside the total (1 row)'
    ]
