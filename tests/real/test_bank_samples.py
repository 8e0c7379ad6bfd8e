"""Exports of real banks, read by the shipped profiles and by a second reading that knows nothing of them.

The second reading is one line a file, written by looking at the file: its encoding, its delimiter, how many lines stand
above the rows, and how a row's amount is worked out by plain Python. Entry for entry both must agree.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import NamedTuple

import openpyxl
import pytest
from daysheet.importers.banks import source as bank
from daysheet.importers.reading import Context, Reading
from daysheet.importers.rows.raw_file import RawFile
from daysheet.records import BankLine

from tests.real.samples import BANKS, bank_file, each

D = Decimal
Row = list[str]


class Second(NamedTuple):
    encoding: str
    delimiter: str
    above: int
    amount: Callable[[Row], Decimal | None]
    skipped: int = 0
    fields: bool = True


def us(cell: str) -> Decimal:
    return D(re.sub(r"[^0-9.-]", "", cell) or "0")


def eu(cell: str) -> Decimal:
    return D(re.sub(r"[^0-9,-]", "", cell).replace(",", ".") or "0")


def paid(column: int, say: int) -> Callable[[Row], Decimal | None]:
    """The Chinese wallets: 支出 is out, 收入 is in, all else is neither."""
    return lambda r: {"支出": -us(r[column]), "收入": us(r[column])}.get(r[say].strip())


SECOND = {
    "at-ing": Second("latin-1", ";", 1, lambda r: eu(r[5]) - eu(r[4])),
    "at-raiffeisen": Second("utf-8", ";", 0, lambda r: eu(r[3]) if len(r) == 7 else None, 1),
    "at-raiffeisen-rcm": Second("utf-8", "|", 1, lambda r: us(r[4])),
    "be-kbc": Second("utf-8", ";", 1, lambda r: eu(r[8])),
    "be-kbc-mc": Second("utf-8", ";", 1, lambda r: eu(r[10])),
    "br-generic": Second("utf-8", ";", 1, lambda r: eu(r[1])),
    "br-nubank-style": Second("utf-8", ",", 1, lambda r: D(r[3].replace(".", "") + "." + r[4])),
    "ca-bmo-credit": Second("utf-8", ",", 3, lambda r: -D(r[4])),
    "ca-bmo-debit": Second("utf-8", ",", 6, lambda r: D(r[3])),
    "ca-pcmastercard": Second("utf-8", ",", 1, lambda r: -D(r[4])),
    "ca-td": Second("utf-8", ",", 0, lambda r: us(r[3]) - us(r[2])),
    "ch-postfinance": Second("utf-8", ";", 2, lambda r: us(r[2]) + us(r[3])),
    "ch-ubs-fr": Second("utf-8", ";", 1, lambda r: us(r[9]) - us(r[8])),
    "cn-abc": Second("utf-8", ",", 1, lambda r: D(r[3])),
    "cn-alipay": Second("gb18030", ",", 25, lambda r: None if r[8].strip() == "交易关闭" else paid(6, 5)(r), 5),
    "cn-boc-credit": Second("utf-8", ",", 2, lambda r: us(r[4]) - us(r[5])),
    "cn-boc-debit": Second("utf-8", ",", 2, lambda r: us(r[3])),
    "cn-bocom-credit": Second("utf-8", ",", 1, lambda r: us(r[4]) * (-1 if r[2].startswith("消费") else 1)),
    "cn-bocom-debit": Second("utf-8", ",", 1, lambda r: D(r[5]) * (-1 if "Dr" in r[4] else 1)),
    "cn-cgb": Second("utf-8", ",", 1, lambda r: -D(r[5])),
    "cn-cmb-credit": Second("utf-8", ",", 2, lambda r: -us(r[3])),
    "cn-cmb-debit": Second("utf-8", ",", 1, lambda r: us(r[2])),
    "cn-icbc-credit": Second("utf-8", ",", 7, lambda r: us(r[8]) - us(r[9]) if r[0][:2] == "20" else None),
    "cn-icbc-debit": Second("utf-8", ",", 7, lambda r: us(r[9]) - us(r[10]) if r[0][:2] == "20" else None),
    "cn-jd": Second("utf-8-sig", ",", 22, lambda r: paid(0, 1)([r[3].split("(")[0], r[6]]), 10),
    "cn-meituan": Second("utf-8-sig", ",", 20, paid(7, 4)),
    "cn-wechat": Second("utf-8", ",", 17, paid(5, 4), 11),
    "cz-cs-cz": Second("cp1250", ";", 1, lambda r: eu(r[2])),
    "cz-cs-en": Second("cp1250", ";", 1, lambda r: eu(r[2])),
    "cz-raiffeisen": Second("cp1250", ";", 1, lambda r: eu(r[13])),
    "de-1822direkt": Second("latin-1", ";", 1, lambda r: eu(r[4])),
    "de-comdirect-2019": Second("latin-1", ";", 5, lambda r: eu(r[4]) if r[0][:1].isdigit() else None),
    "de-comdirect-2023": Second("latin-1", ";", 4, lambda r: eu(r[4]) if r[0] != "offen" else None, 1),
    "de-commerzbank": Second("utf-8", ";", 1, lambda r: eu(r[4])),
    "de-dkb-2023": Second("utf-8-sig", ";", 5, lambda r: eu(r[8])),
    "de-gls": Second("latin-1", ";", 1, lambda r: eu(r[19])),
    "de-ing": Second("utf-8", ";", 15, lambda r: eu(r[7])),
    "de-kontist": Second("utf-8", ",", 1, lambda r: D(r[2]) / 100),
    "de-moneywallet": Second("utf-8", ",", 1, lambda r: eu(r[4])),
    "de-n26-de": Second("utf-8", ",", 1, lambda r: D(r[6])),
    "de-n26-en-2021": Second("utf-8", ",", 1, lambda r: D(r[6])),
    "de-n26-en-2022": Second("utf-8", ";", 1, lambda r: D(r[5])),
    "de-outbank": Second("utf-8", ";", 1, lambda r: eu(r[4])),
    "de-outbank-csv2ofx": Second("utf-8", ";", 1, lambda r: eu(r[4])),
    "de-sparkasse-camt": Second("latin-1", ";", 1, lambda r: eu(r[14]) if "gebucht" in r[16] else None, 1),
    "de-sparkasse-card": Second("latin-1", ";", 1, lambda r: eu(r[6])),
    "de-sparkasse-mt940": Second("utf-8", ";", 1, lambda r: eu(r[8])),
    "de-volksbank-eg": Second(
        "latin-1", ";", 13, lambda r: eu(r[11]) * (1 if r[12] == "H" else -1) if r[1] else None, 2
    ),
    "de-vr-2023": Second("utf-8-sig", ";", 1, lambda r: eu(r[11])),
    "es-ing": Second("utf-8", ",", 1, lambda r: D(r[6])),
    "fr-n26": Second("utf-8", ",", 1, lambda r: D(r[7])),
    "hk-hsbc-credit": Second("utf-8", ",", 1, lambda r: us(r[3])),
    "hk-hsbc-debit": Second("utf-8", ",", 1, lambda r: us(r[2])),
    "hu-erste": Second("utf-8", ",", 1, lambda r: D(r[6])),
    "ie-boi": Second("utf-8", ",", 1, lambda r: us(r[3]) - us(r[2])),
    "in-hdfc-csv": Second("utf-8", ",", 1, lambda r: us(r[5]) - us(r[4])),
    "nl-bunq-en": Second("utf-8", ",", 1, lambda r: eu(r[1])),
    "nl-bunq-nl": Second("utf-8", ",", 1, lambda r: eu(r[1])),
    "nl-rabobank": Second("latin-1", ",", 1, lambda r: eu(r[6])),
    "pl-mbank": Second("cp1250", ";", 28, lambda r: eu(r[4])),
    "pl-pocztowy": Second("iso8859-2", ",", 0, lambda r: D(r[-4])),
    "se-swedbank-xls": Second(
        "utf-8", ",", 1, lambda r: D(r[5]) * (1 if r[7] == "K" else -1) if r[1] == "20" else None, 4
    ),
    "se-tanum-2018": Second("utf-8", ";", 0, lambda r: eu(r[3]) if r[2] != "-" else None, 2),
    "se-tanum-2019": Second("latin-1", ",", 2, lambda r: D(r[10])),
    "sg-ocbc": Second("utf-8", ",", 6, lambda r: us(r[4]) - us(r[3]) if r[0] else None),
    "sg-posb": Second("ascii", ",", 0, lambda r: us(r[3]) - us(r[2])),
    "uk-aqua": Second("utf-8-sig", ",", 1, lambda r: -D(r[2]) if r[0] != "Pending" else None, 1),
    "uk-barclaycard": Second("utf-8", ",", 0, lambda r: -D(r[6])),
    "uk-firstdirect": Second("utf-8", ",", 1, lambda r: D(r[2])),
    "uk-jlp-card": Second(
        "utf-8-sig", ",", 1, lambda r: None if r[0] == "Pending" else us(r[2]) * (1 if r[3] == "CR" else -1), 3
    ),
    "uk-lloyds": Second("utf-8", ",", 1, lambda r: us(r[6]) - us(r[5])),
    "uk-lloyds-card": Second("utf-8", ",", 1, lambda r: us(r[6]) - us(r[5])),
    "uk-marcus": Second("utf-8", ",", 1, lambda r: D(r[2])),
    "uk-monzo-2018": Second("utf-8", ",", 1, lambda r: D(r[2])),
    "us-amazon-orders": Second("utf-8", ",", 1, lambda r: -D(r[5]) if r[4][:2] == "20" and r[5] else None, 4),
    "us-capitalone-card": Second("utf-8", ",", 1, lambda r: us(r[6]) - us(r[5])),
    "us-chase-checking": Second("utf-8", ",", 1, lambda r: D(r[3])),
    "us-creditunion": Second("utf-8", ",", 1, lambda r: D(r[3])),
    "us-mercury-2022": Second("utf-8", ",", 1, lambda r: D(r[2])),
    "us-mercury-legacy": Second("utf-8", ",", 1, lambda r: D(r[2])),
    "us-mint-cr": Second("utf-8", ",", 1, lambda r: us(r[3]) * (-1 if r[4] == "debit" else 1)),
    "us-payoneer": Second("utf-8", ",", 1, lambda r: us(r[5]) - us(r[6])),
    "us-schwab-checking": Second("utf-8", ",", 1, lambda r: us(r[6]) - us(r[5])),
    "us-stripe-all": Second("utf-8", ",", 1, lambda r: D(r[4]) - D(r[9])),
    "us-stripe-default": Second("utf-8", ",", 1, lambda r: D(r[4]) - D(r[9])),
    "us-xero-journal": Second("utf-8", ",", 1, lambda r: D(r[3])),
}

# workbooks: how many rows stand above, and the amount of a row as openpyxl gives it
SECOND_XLSX: dict[str, tuple[int, Callable[[tuple[object, ...]], Decimal | None], int]] = {
    "cn-wechat-xlsx": (18, lambda r: paid(5, 4)([str(cell) for cell in r]), 11),
    "de-barclays-xlsx": (13, lambda r: eu(str(r[3])) if r[6] == "Berechnet" else None, 1),
    "gr-piraeus-2019": (6, lambda r: D(str(r[4])) if r[4] else None, 0),
    "gr-piraeus-2020": (4, lambda r: D(str(r[4])) if r[4] else None, 0),
    "se-seb-xlsx": (8, lambda r: D(str(r[4])) if r[4] else None, 0),
}

# old .xls, which no second library here reads: taken from the sheet as the one reader prints it
SECOND_XLS = {
    "cn-citic-xls": "-5.90 0.20 -807.89 -88.00 -25.00 -4.00 -20.47 -76.80 -39.24 1.21 -10.34 -1.00 -20.16",
    "cn-spdb-xls": "-3.88 10.00 -3.88 -3.88",
}


def second_reading(sample: str, path: Path) -> tuple[list[Decimal], int]:
    if sample in SECOND_XLS:
        return [D(amount) for amount in SECOND_XLS[sample].split()], 0
    if sample in SECOND_XLSX:
        above, pick, skipped = SECOND_XLSX[sample]
        sheet = openpyxl.load_workbook(path).worksheets[0]
        found = [pick(row) for row in sheet.iter_rows(min_row=above + 1, values_only=True)]
        return [amount for amount in found if amount is not None], skipped
    how = SECOND[sample]
    text = re.sub(r"\r+\n|\r", "\n", path.read_bytes().decode(how.encoding))
    below = "\n".join(text.split("\n")[how.above :])
    rows = [row for row in csv.reader(io.StringIO(below), delimiter=how.delimiter) if "".join(row).strip()]
    found = [how.amount(row) for row in rows]
    return [amount for amount in found if amount is not None], how.skipped


def by_program(path: Path) -> Reading:
    file = RawFile(path)
    (source,) = [source for source in bank.shipped() if source.matches(file)]
    return source.read(file, Context(lambda _: ""))


@pytest.mark.parametrize("sample", each([row["id"] for row in BANKS]))
def test_a_real_export_gives_the_amounts_that_stand_in_it(sample: str) -> None:
    path = bank_file(sample)
    reading = by_program(path)
    amounts, skipped = second_reading(sample, path)
    assert [line.amount for line in reading.records if isinstance(line, BankLine)] == amounts
    assert reading.rows == len(amounts) + skipped


# what the index counts otherwise: rows that state a balance, are pending, or are blank lines of a workbook
ROWS_INDEXED_OTHERWISE = {
    "at-raiffeisen": "a remark of the bank stands among the rows",
    "de-comdirect-2023": "the pending row is a row",
    "gr-piraeus-2019": "the index counts the two blank rows and the date of the export below the table",
    "gr-piraeus-2020": "the index counts the two blank rows and the date of the export below the table",
    "sg-ocbc": "eight entries in sixteen lines; the index counts nine",
    "uk-aqua": "the pending row is a row",
    "uk-jlp-card": "the three pending rows are rows",
    "us-amazon-orders": "two pending orders and the header repeated below are rows",
}


@pytest.mark.parametrize("row", each(BANKS), ids=lambda row: row["id"])
def test_a_real_export_gives_as_many_rows_as_its_index_says(row: dict[str, str]) -> None:
    reading = by_program(bank_file(row["id"]))
    assert (reading.rows == int(row["rows"])) != (row["id"] in ROWS_INDEXED_OTHERWISE)


PROVED = [
    "cn-boc-debit",
    "cn-spdb-xls",
    "de-comdirect-2019",
    "de-ing",
    "de-vr-2023",
    "in-hdfc-csv",
    "se-swedbank-xls",
    "se-tanum-2019",
    "uk-lloyds",
    "us-payoneer",
    "us-schwab-checking",
    "ch-ubs-fr",
]


@pytest.mark.parametrize("sample", PROVED)
def test_a_real_export_with_its_own_balances_is_proved_complete(sample: str) -> None:
    proof = by_program(bank_file(sample)).proof
    assert proof is not None
    assert proof.closed
    assert proof.broken_at is None
    assert proof.checked > 0
