"""Detection on files that nobody wrote by hand: any delimiter, language, notation, sign and order, with balances."""

from __future__ import annotations

import datetime
from decimal import Decimal
from pathlib import Path
from typing import NamedTuple

import pytest
from daysheet.importers.detection.detect import detect
from daysheet.importers.rows.raw_file import RawFile
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

LANGUAGES = {
    "en": ("Date", "Description", "Amount", "Debit", "Credit", "Balance"),
    "de": ("Buchungstag", "Verwendungszweck", "Betrag", "Soll", "Haben", "Saldo"),
    "fr": ("Date opération", "Libellé", "Montant", "Débit", "Crédit", "Solde"),
    "es": ("Fecha", "Concepto", "Importe", "Cargo", "Abono", "Saldo"),
    "nl": ("Datum", "Omschrijving", "Bedrag", "Debet", "Credit", "Saldo"),
    "zh": ("交易日期", "摘要", "金额", "支出", "收入", "余额"),
}
TEXTS = ("Paper", "Rent, March", "Linen; towels", "Insurer", "Café", "Müller GmbH", "12345 ref", "O'Hara", "A/B 3.4")
FORMATS = (
    "%m/%d/%Y",
    "%d/%m/%Y",
    "%Y-%m-%d",
    "%d.%m.%Y",
    "%Y%m%d",
    "%d-%m-%Y",
    "%m/%d/%y",
    "%d.%m.%y",
    "%d %b %Y",
    "%Y/%m/%d",
    "%a %d %b %Y",
    "%B %d, %Y",
    "%d-%b-%y",
    "%Y-%m-%dT%H:%M:%S",
    "%d/%m/%Y %H:%M",
    "%Y. %m. %d.",
)


class Layout(NamedTuple):
    delimiter: str
    language: str
    notation: str
    decimal: str
    grouped: bool
    mode: str
    descending: bool
    preamble: int
    header: bool
    extra: bool
    balance: bool
    style: str
    footer: bool
    trailing: bool
    ends: str
    encoding: str
    all_quoted: bool
    blank_column: bool


layouts = st.builds(
    Layout,
    delimiter=st.sampled_from([",", ";", "\t", "|"]),
    language=st.sampled_from(sorted(LANGUAGES)),
    notation=st.sampled_from(FORMATS),
    decimal=st.sampled_from([".", ","]),
    grouped=st.booleans(),
    mode=st.sampled_from(["signed", "inverted", "split", "split-signed", "indicator"]),
    descending=st.booleans(),
    preamble=st.integers(0, 12),
    header=st.booleans(),
    extra=st.booleans(),
    balance=st.booleans(),
    style=st.sampled_from(["plain", "plain", "symbol", "code", "parentheses", "behind", "rupees", "swiss"]),
    footer=st.booleans(),
    trailing=st.booleans(),
    ends=st.sampled_from(["\n", "\r\n", "\r"]),
    encoding=st.sampled_from(["utf-8", "utf-8-sig", "utf-16"]),
    all_quoted=st.booleans(),
    blank_column=st.booleans(),
)
entries = st.lists(
    st.tuples(st.integers(0, 9), st.integers(-500_000, 500_000).filter(bool), st.sampled_from(TEXTS)),
    min_size=4,
    max_size=12,
).filter(lambda found: {amount > 0 for _, amount, _ in found} == {True, False})


def number(cents: int, layout: Layout) -> str:
    text = f"{Decimal(cents) / 100:,.2f}" if layout.grouped else f"{Decimal(cents) / 100:.2f}"
    text = text if layout.decimal == "." else text.translate(str.maketrans(".,", ",."))
    minus, digits = ("-", text[1:]) if text[0] == "-" else ("", text)
    styles = {
        "plain": text,
        "symbol": f"{minus}${digits}",
        "code": f"{text} EUR",
        "parentheses": f"({digits})" if minus else digits,
        "behind": digits + minus,
        "rupees": f"{minus}Rs. {digits}",
        "swiss": text.replace("," if layout.decimal == "." else ".", "'"),
    }
    return styles[layout.style]


def quoted(cell: str, layout: Layout) -> str:
    return f'"{cell}"' if layout.all_quoted or layout.delimiter in cell else cell


def money(cents: int, layout: Layout) -> list[str]:
    if layout.mode in ("signed", "inverted"):
        return [number(cents if layout.mode == "signed" else -cents, layout)]
    if layout.mode == "indicator":
        return [number(abs(cents), layout), "D" if cents < 0 else "C"]
    out = number(cents if layout.mode == "split-signed" else -cents, layout)
    return [out, ""] if cents < 0 else ["", number(cents, layout)]


def write(path: Path, layout: Layout, rows: list[tuple[int, int, str]]) -> None:
    date, text, amount, debit, credit, balance = LANGUAGES[layout.language]
    names = {"indicator": [amount, "D/C"], "split": [debit, credit], "split-signed": [debit, credit]}.get(
        layout.mode, [amount]
    )
    header = [date, text, *names, *([balance] if layout.balance else []), *(["Ref"] if layout.extra else [])]
    day, balance_now, lines = datetime.date(2026, 1, 13), 10_000_000, []
    for step, cents, what in rows:
        day += datetime.timedelta(days=step)
        balance_now += cents
        cells = [day.strftime(layout.notation), what, *money(cents, layout)]
        cells += [number(balance_now, layout)] if layout.balance else []
        lines.append([*cells, *(["0004711"] if layout.extra else [])])
    if layout.descending:
        lines.reverse()
    table = above(layout)[: layout.preamble]
    below = [[], ["Total", "", number(balance_now, layout)]] if layout.footer else []
    body = [*([header] if layout.header else []), *lines]
    table += [["", *row] for row in body] if layout.blank_column else body
    joined = [layout.delimiter.join(quoted(cell, layout) for cell in row) for row in [*table, *below]]
    end = layout.delimiter + layout.ends if layout.trailing else layout.ends
    path.write_bytes("".join(line + end for line in joined).encode(layout.encoding))


def above(layout: Layout) -> list[list[str]]:
    """What banks write above their tables, one row of it like an entry."""
    day = datetime.date(2026, 1, 13).strftime(layout.notation)
    return [
        *(
            ["Statement of account"],
            ["Account", "000-111"],
            [],
            ["All figures as booked"],
            ["Period", f"{day} - {day}"],
        ),
        *(["Holder", "A. Practice"], ["Opening balance", day, number(100_000, layout)], ["Currency", "EUR"], []),
        *(["Branch", "Main Street 5"], ["Printed", day], ["Balance", number(123_456, layout)]),
    ]


@pytest.mark.parametrize("examples", [60, pytest.param(3000, marks=pytest.mark.long)])
def test_a_generated_statement_is_understood_whole(tmp_path_factory: pytest.TempPathFactory, examples: int) -> None:
    folder = tmp_path_factory.mktemp("generated")

    @settings(max_examples=examples, deadline=None, suppress_health_check=list(HealthCheck), derandomize=True)
    @given(layouts, entries)
    def understood(layout: Layout, rows: list[tuple[int, int, str]]) -> None:
        path = folder / "generated.csv"
        write(path, layout, rows)
        found = detect(RawFile(path))
        header = layout.preamble + 1 if layout.header else 0
        assert found.delimiter == layout.delimiter
        assert found.header_line == header
        assert "date_format" in found.unsettled or found.date_format == layout.notation
        assert layout.notation in found.date_formats
        assert found.money is not None
        assert found.money.decimal == layout.decimal
        if layout.balance:
            assert found.money.mode == layout.mode
            assert found.money.chained == len(rows) - 1
            assert found.order == ("descending" if layout.descending else "ascending")
        elif layout.header and layout.mode in ("split", "split-signed", "indicator"):
            assert found.money.mode == layout.mode
            assert "amount_mode" not in found.unsettled
        else:
            assert found.order in ("", "descending" if layout.descending else "ascending")

    understood()
