"""The same figures in every format, and no format that can be attacked through text."""

import csv
import datetime
import io
import json
import re
import zipfile
from collections import Counter
from dataclasses import replace
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path

import openpyxl
import pypdf
import pytest
from click.testing import CliRunner
from daysheet.errors import DaysheetError
from daysheet.reports import command, one_page, registry
from daysheet.reports.formats import csv_json, text, workbook
from daysheet.reports.period import parse
from daysheet.reports.request import Request
from daysheet.reports.statements import exports, layouts
from daysheet.reports.table import Column, Row, Table
from daysheet.settings import Settings
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.reports.generated import ledgers, load

PLAIN = Settings(Path("daysheet.toml"), {}, "")
HEAD = 5  # sheets: three lines of heading, an empty one, the columns' titles
HOSTILE = ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "\n=1", '=HYPERLINK("http://x")', "=cmd|'/c calc'!A0"]


def small(*cells_of_rows, kinds=("text", "money")):
    columns = tuple(Column(f"c{at}", f"C{at}", kind) for at, kind in enumerate(kinds))
    rows = tuple(Row("line", tuple(cells)) for cells in cells_of_rows)
    day = datetime.date(2026, 12, 31)
    return Table("t", "T", "cash", None, day, day, "USD", columns, rows)


def money_of(table):
    """Every amount of a table in reading order."""
    money = [at for at, column in enumerate(table.columns) if column.kind == "money"]
    return [row.cells[at] for row in table.rows for at in money if isinstance(row.cells[at], Decimal)]


def money_of_csv(table):
    keys = [column.key for column in table.columns if column.kind == "money"]
    return [
        Decimal(row[key])
        for row in csv.DictReader(io.StringIO(csv_json.to_csv(table), newline=""))
        for key in keys
        if row[key]
    ]


def money_of_json(table):
    shown = json.loads(csv_json.to_json_text(table))
    keys = [column["key"] for column in shown["columns"] if column["kind"] == "money"]
    return [Decimal(row[key]) for row in shown["rows"] for key in keys if row[key] is not None]


def money_of_xlsx(table):
    sheet = openpyxl.load_workbook(io.BytesIO(workbook.to_xlsx([table], "P")), data_only=True).active
    assert sheet is not None
    titles = {column.title for column in table.columns if column.kind == "money"}
    money = [cell.column for cell in sheet[HEAD] if cell.value in titles]
    cells = [sheet.cell(HEAD + n, at).value for n in range(1, len(table.rows) + 1) for at in money]
    return [Decimal(str(cell)).quantize(Decimal("0.01")) for cell in cells if cell is not None]


def money_of_text(table):
    """Amounts as a person reads them: a dash is zero, parentheses are negative."""
    body = text.render(table, width=400).split("\n\n", 1)[1]
    found = []
    for part in re.findall(
        r"(?<=  )\(?[\d,]+\.\d\d\)?(?!%)|(?<= )–(?= *(?:\n|  ))", re.sub(r" (?=[(\d–])", "  ", body)
    ):
        number = Decimal(part.strip("()").replace(",", "")) if part != "–" else Decimal()
        found.append(-number if part.startswith("(") else number)
    return found


NAMES = ["income", "balance-sheet", "cash-flow", "trial-balance", "general-ledger", "receivables", "capital", "journal"]


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(ledgers(), st.sampled_from(NAMES), st.sampled_from(["cash", "accrual"]))
def test_csv_json_and_xlsx_hold_the_same_amounts_as_the_table(ledger, name, basis):
    table = registry.build(name, load(ledger), PLAIN, parse("2026"), basis)
    expected = money_of(table)
    assert money_of_csv(table) == expected
    assert money_of_json(table) == expected
    assert money_of_xlsx(table) == expected


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(ledgers(), st.sampled_from(["trial-balance", "receivables", "capital"]))
def test_text_shows_the_same_amounts_as_the_table(ledger, name):
    table = registry.build(name, load(ledger), PLAIN, parse("2026"), "cash")
    assert money_of_text(table) == money_of(table)


@pytest.mark.parametrize("name", ["income", "balance-sheet", "trial-balance", "general-ledger", "receivables"])
def test_a_pdf_prints_every_amount_once_in_reading_order(build, name):
    table = build(name)
    reader = pypdf.PdfReader(io.BytesIO(one_page.to_pdf(table, "Willow Creek")))
    printed = " ".join(page.extract_text() for page in reader.pages)
    found = [part.strip("()").replace(",", "") for part in re.findall(r"\(?[\d,]+\.\d\d\)?(?!%)", printed)]
    assert found == [f"{abs(amount):.2f}" for amount in money_of(table) if amount]
    assert reader.attachments[f"{name}.csv"][0] == csv_json.to_csv(table).encode()


def test_the_same_report_is_the_same_pdf(build):
    assert one_page.to_pdf(build("income"), "P", "a4") == one_page.to_pdf(build("income"), "P", "a4")


def test_text_is_only_text_in_a_page():
    shown = one_page.to_html(small(["<script>alert(1)</script>", Decimal(1)]), "<b>&")
    assert "<script>" not in shown
    assert "<b>" not in shown
    assert "&lt;script&gt;" in shown


def formulas(table):
    content = workbook.to_xlsx([table], "P")
    written = openpyxl.load_workbook(io.BytesIO(content)).active
    cached = openpyxl.load_workbook(io.BytesIO(content), data_only=True).active
    assert written is not None
    assert cached is not None
    return {
        cell.coordinate: (cell.value, cached[cell.coordinate].value)
        for row in written.iter_rows()
        for cell in row
        if cell.data_type == "f"
    }, written


def evaluate(formula, sheet):
    """The little of Excel that is used: SUBTOTAL(9, …), which skips other SUBTOTALs, sums of two cells, and ROUND."""
    percent = re.fullmatch(r"=ROUND\(([A-Z]+\d+)/ABS\(([A-Z]+\d+)\)\*100,1\)", formula)
    if percent:
        part, whole = (number_at(name, sheet) for name in percent.groups())
        return (part * 100 / abs(whole)).quantize(Decimal("0.1"), ROUND_HALF_UP)
    span = re.fullmatch(r"=SUBTOTAL\(9,([A-Z]+\d+:[A-Z]+\d+)\)", formula)
    if span:
        cells = [row[0].value for row in sheet[span[1]]] if ":" in span[1] else [sheet[span[1]].value]
        values = (
            evaluate(cell, sheet) if isinstance(cell, str) and re.match(r"=[A-Z]+\d", cell) else cell for cell in cells
        )
        return sum((Decimal(str(value)) for value in values if isinstance(value, int | float | Decimal)), Decimal())
    pair = re.fullmatch(r"=([A-Z]+\d+)([+-])([A-Z]+\d+)", formula)
    assert pair is not None, formula
    left, right = number_at(pair[1], sheet), number_at(pair[3], sheet)
    return left + right if pair[2] == "+" else left - right


def number_at(name, sheet):
    value = sheet[name].value
    return evaluate(value, sheet) if isinstance(value, str) else Decimal(str(value or 0))


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(ledgers(), st.sampled_from(["income", "balance-sheet", "trial-balance", "receivables"]))
def test_a_total_that_is_a_formula_comes_to_the_printed_figure(ledger, name):
    table = registry.build(name, load(ledger), PLAIN, parse("2026"), "cash")
    found, sheet = formulas(table)
    for formula, shown in found.values():
        assert evaluate(formula, sheet).quantize(Decimal("0.01")) == Decimal(str(shown)).quantize(Decimal("0.01"))


def test_what_changed_since_the_year_before_is_a_formula(build):
    found, sheet = formulas(build("income"))
    change = next(cell.column_letter for cell in sheet[HEAD] if cell.value == "Change")
    lines = [row[0].row for row in sheet.iter_rows(min_row=HEAD + 1) if row[0].value == "Rent"]
    assert lines
    assert all(re.fullmatch(r"=[A-Z]+\d+-[A-Z]+\d+", found[f"{change}{line}"][0]) for line in lines)


def test_a_zero_in_a_workbook_has_no_sign():
    content = workbook.to_xlsx([small(["x", Decimal("-0.00")])], "P")
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        assert b"<v>-0" not in archive.read("xl/worksheets/sheet1.xml")


@pytest.mark.parametrize(
    ("title", "tab"),
    [
        ("Tax-line summary, Schedule C (Form 1040)", "Tax-line summary, Schedule C"),
        ("Owner draws, contributions and capital", "Owner draws, contributions"),
        ("1099-NEC and 1099-MISC candidates", "1099-NEC and 1099-MISC"),
        ("Profit and loss, accrual basis", "Profit and loss, accrual basis"),
        ("A" * 40, "A" * 31),
    ],
)
def test_the_name_of_a_tab_is_whole_words(title, tab):
    table = replace(small(["x", Decimal(1)]), title=title)
    assert openpyxl.load_workbook(io.BytesIO(workbook.to_xlsx([table], "P"))).sheetnames == [tab]


def test_a_sheet_holds_accounts_names_but_no_word_for_programs(build):
    sheet = openpyxl.load_workbook(io.BytesIO(workbook.to_xlsx([build("billing-gaps")], "P"))).active
    assert sheet is not None
    assert "Kind" not in [cell.value for cell in sheet[HEAD]]


def test_totals_of_the_statements_are_formulas(build):
    for name, least in (("income", 6), ("trial-balance", 8), ("balance-sheet", 8)):
        assert len(formulas(build(name))[0]) >= least, name


@pytest.mark.parametrize("value", HOSTILE)
def test_text_is_never_a_formula_in_a_csv(value):
    shown = csv_json.to_csv(small([value, Decimal(-5)]))
    row = list(csv.reader(io.StringIO(shown, newline="")))[1]
    assert row == ["line", f"'{value}", "-5.00"]


@pytest.mark.parametrize("value", [*HOSTILE, "http://example.com", "1.5", "0012"])
def test_text_is_only_text_in_a_workbook(value):
    content = workbook.to_xlsx([small([value, Decimal(1)])], value)
    sheet = openpyxl.load_workbook(io.BytesIO(content)).active
    assert sheet is not None
    assert sheet["A6"].data_type == "s"
    assert sheet["A6"].hyperlink is None


def test_the_same_books_give_the_same_workbook(build):
    tables = [build("income"), build("trial-balance")]
    content = workbook.to_xlsx(tables, "Practice")
    assert content == workbook.to_xlsx(tables, "Practice")
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        assert b"2026-12-05T00:00:00Z" in archive.read("docProps/core.xml")


def test_two_sheets_of_one_title_both_stand_in_the_contents(build):
    table = build("income")
    book = openpyxl.load_workbook(io.BytesIO(workbook.to_xlsx([table, table], "P")))
    assert book.sheetnames == ["Contents", "Profit and loss", "Profit and loss 2"]


def test_amounts_beyond_cents_are_not_rounded_away():
    table = small(["x", Decimal("0.125")], ["y", Decimal("-0.00")])
    assert "0.125" in csv_json.to_csv(table)
    assert csv_json.to_csv(table).splitlines()[2] == "line,y,0.00"


def test_a_text_statement_keeps_to_eighty_columns_whatever_the_names(load):
    books = load("""
        2026-01-02 * "A payee with an uncommonly long name indeed" "and a narration that goes on and on and on"
          Expenses:Administration:Professional-Services:Legal-And-Regulatory  1234567.89 USD
          Assets:Bank:A-Bank-Of-An-Uncommonly-Long-Name:Checking             -1234567.89 USD
    """)
    for name in ("income", "balance-sheet", "trial-balance", "general-ledger", "journal"):
        shown = text.render(registry.build(name, books, PLAIN, parse("2026")))
        assert max(map(len, shown.splitlines())) <= 80, name
        assert "1,234,567.89" in shown


def test_json_has_the_shape_that_programs_read(build):
    shown = csv_json.to_json(build("income"))
    assert list(shown)[:7] == ["title", "basis", "period", "as_of", "currency", "columns", "rows"]
    assert (shown["period"], shown["as_of"]) == ("2026-01-01..2026-12-31", "2026-12-05")
    line = next(row for row in shown["rows"] if row["title"] == "Rent")
    assert (line["account"], line["current"], line["change_percent"]) == ("Expenses:Rent", "90.00", "12.5")


@pytest.fixture
def exported(practice, tmp_path):
    def make(form, codes=None):
        if codes is not None:
            (tmp_path / exports.CODES_FILE).write_text(codes)
        request = Request(practice, Settings.of(tmp_path), parse("2026"), "cash")
        return exports.export(form, request)

    return make


def test_proseries_gets_seven_columns_of_whole_dollars_that_balance(exported):
    lines = exported("proseries").decode("ascii").splitlines()
    assert all(line[0] == "Y" and len(line) == 1 + 1 + 12 + 1 + 25 + 4 * 15 for line in lines)
    cells = [[line[40 + 15 * at : 55 + 15 * at].strip() for at in range(4)] for line in lines]
    assert all(len(set(amounts)) == 1 for amounts in cells)
    assert sum(int(amounts[0]) for amounts in cells) == 0
    assert not any("Receivable" in line for line in lines)


def test_caseware_gets_numbers_names_and_balances_that_sum_to_zero(exported):
    rows = list(csv.DictReader(io.StringIO(exported("caseware").decode())))
    assert {row["Account Name"]: row["Closing Balance"] for row in rows}["Bank – Checking"] == "1010.00"
    assert sum(Decimal(row["Closing Balance"]) for row in rows) == 0
    assert len({row["Account Number"] for row in rows}) == len(rows)


def test_engagement_gets_the_users_tax_codes(exported):
    content = exported("engagement", "account,number,tax_code,unit\nExpenses:Rent,6100,632,1\n")
    sheet = openpyxl.load_workbook(io.BytesIO(content)).active
    assert sheet is not None
    rows = {row[1]: row for row in sheet.iter_rows(min_row=2, values_only=True)}
    assert rows["Rent"] == ("6100", "Rent", "632", "1", 90)


@pytest.mark.parametrize(
    ("codes", "line"),
    [("name,number\n", 1), ("account,number\nA:B,1\nA:B,2\n", 3), ("account,number\nA:B,1\nA:C,1\n", 3)],
)
def test_a_file_of_codes_that_cannot_be_right_is_refused(exported, codes, line):
    with pytest.raises(DaysheetError) as refused:
        exported("caseware", codes)
    assert refused.value.line == line


@pytest.mark.parametrize("name", registry.REPORTS)
def test_every_report_of_empty_books_says_so_in_every_format(load, name):
    books = load("2026-01-01 open Assets:Bank:Checking")
    request = Request(books, PLAIN, parse("2026"), "cash")
    for form in ("text", "csv", "json", "xlsx", "html"):
        assert command.render(name, request, form)


def test_the_command_asks_for_a_period_where_the_books_hold_nothing(tmp_path, monkeypatch):
    (tmp_path / "main.beancount").write_text("")
    monkeypatch.chdir(tmp_path)
    with pytest.raises(DaysheetError, match="--period"):
        CliRunner().invoke(command.report, ["income"], catch_exceptions=False, standalone_mode=False)


def test_only_a_trial_balance_goes_to_a_tax_program(practice):
    with pytest.raises(DaysheetError, match="trial balance"):
        command.render("income", Request(practice, PLAIN, parse("2026"), "cash"), "engagement")


def test_a_layout_serves_the_returns_that_its_program_takes_it_for(practice):
    with pytest.raises(DaysheetError, match="imports no trial balance into the return"):
        command.render("trial-balance", Request(practice, PLAIN, parse("2026"), "cash"), "proseries")
    assert "proseries" in layouts.serving("1120-s")
    assert "proseries" not in layouts.serving("schedule-c")


def quickbooks_csv(request):
    rows = list(csv.DictReader(io.StringIO(command.render("journal", request, "quickbooks").decode(), newline="")))
    return [
        (row["Journal No."], row["Account Name"], Decimal(row["Debits"] or 0) - Decimal(row["Credits"] or 0))
        for row in rows
    ]


def quickbooks_iif(request):
    found = []
    for line in command.render("journal", request, "iif").decode("cp1252").split("\r\n"):
        kind, *cells = line.split("\t")
        if kind in ("TRNS", "SPL"):
            found.append((cells[4], cells[2], Decimal(cells[3])))
    return found


@pytest.mark.parametrize("read", [quickbooks_csv, quickbooks_iif])
@pytest.mark.parametrize("detail", [False, True])
def test_quickbooks_comes_to_the_same_trial_balance(practice, read, detail):
    request = Request(practice, PLAIN, parse("2026"), "cash", detail)
    entries = read(request)
    of_entry: Counter[str] = Counter()
    of_account: Counter[str] = Counter()
    for number, account, amount in entries:
        of_entry[number] += amount
        of_account[account.replace(":", " – ")] += amount
    assert not any(of_entry.values())
    trial = registry.build("trial-balance", practice, PLAIN, parse("2026"), "cash")
    moved = {
        row.cells[1]: Decimal(str(row.cells[3])) - Decimal(str(row.cells[4]))
        for row in trial.rows
        if row.kind == "line" and not str(row.cells[0]).startswith(("Assets:Receivable", "Equity:Billing"))
    }
    assert {account: amount for account, amount in of_account.items() if amount} == {
        account: amount for account, amount in moved.items() if amount
    }


def test_quickbooks_desktop_is_told_each_account_it_may_not_have(practice):
    rows = [
        line.split("\t")
        for line in command.render("journal", Request(practice, PLAIN, parse("2026"), "cash"), "iif")
        .decode("cp1252")
        .split("\r\n")
    ]
    accounts = {row[1]: row[2] for row in rows if row[0] == "ACCNT"}
    assert accounts["Bank:Checking"] == "BANK"
    assert accounts["Credit card"] == "CCARD"
    assert {row[3] for row in rows if row[0] in ("TRNS", "SPL")} <= accounts.keys()


def test_the_command_prints_a_statement_of_the_books_around(tmp_path, monkeypatch):
    (tmp_path / "main.beancount").write_text(
        'option "operating_currency" "USD"\n2026-01-01 open Assets:Bank\n2026-01-01 open Income:Fees\n'
        '2026-02-01 * "Fee"\n  Assets:Bank  5.00 USD\n  Income:Fees  -5.00 USD\n'
    )
    monkeypatch.chdir(tmp_path)
    done = CliRunner().invoke(command.report, ["income", "--format", "csv"], catch_exceptions=False)
    assert done.exit_code == 0
    assert "total,Net income,,,5.00,0.00,5.00,,100.0" in done.stdout


def test_a_pdf_of_more_rows_than_the_memory_should_hold_is_refused(practice, monkeypatch):
    request = Request(practice, PLAIN, parse("2026"), "cash")
    rows = len(registry.build("journal", practice, PLAIN, parse("2026"), "cash").rows)
    monkeypatch.setattr(command, "MOST", rows)
    assert command.render("journal", request, "pdf").startswith(b"%PDF")
    monkeypatch.setattr(command, "MOST", rows - 1)
    with pytest.raises(DaysheetError, match=f"{rows} rows are too many for one PDF; name a shorter --period"):
        command.render("journal", request, "pdf")
    assert command.render("journal", request, "csv")
