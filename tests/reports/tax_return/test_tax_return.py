"""Each line, schedule and K-1 of three years of three returns, against a computation from the facts alone."""

import datetime
from decimal import Decimal
from fractions import Fraction
from pathlib import Path

import pytest
from daysheet.reports import registry
from daysheet.reports.period import parse
from daysheet.reports.schedules.tie_outs import AGREES
from daysheet.settings import Settings

from tests.reports.generated import load
from tests.reports.tax_return import facts, truth

D = Decimal
CASES = [(returns, year) for returns in ("schedule-c", "1065", "1120-s") for year in facts.YEARS]
ENTITIES = [case for case in CASES if case[0] != "schedule-c"]


@pytest.fixture(scope="module")
def made():
    return {returns: (load(facts.text(returns)), facts.entries(returns)) for returns, _ in CASES}


def report(made, returns, name, year):
    settings = Settings(Path("x"), {"practice": {"id": "t", "name": "T", "return": returns}}, "")
    return registry.build(name, made[returns][0], settings, parse(str(year)), "cash")


def by_line(table, column):
    at = next(at for at, one in enumerate(table.columns) if one.key == column)
    found: dict[str, D] = {}
    for row in table.rows:
        if row.cells[0] and row.cells[0] != "–":
            found[str(row.cells[0])] = found.get(str(row.cells[0]), D()) + (row.cells[at] or 0)
    return {line: amount for line, amount in found.items() if amount}


@pytest.mark.parametrize(("returns", "year"), CASES)
def test_every_line_of_the_return(returns, year, made):
    true = truth.return_of(returns, made[returns][1], year)
    totals = {
        "schedule-c": {"3": "receipts", "5": "profit", "7": "income", "28": "deductions", "31": "result"},
        "1065": {"1c": "receipts", "3": "profit", "8": "income", "22": "deductions", "23": "result"},
        "1120-s": {"1c": "receipts", "3": "profit", "6": "income", "21": "deductions", "22": "result"},
    }[returns]
    found = by_line(report(made, returns, "tax-lines", year), "current")
    sums = {name: found.pop(line) for line, name in totals.items()}
    assert found == true.lines
    assert (sums["income"], sums["deductions"], sums["result"]) == (true.income, true.deductions, true.result)
    gross, refunds, goods = ("1", "2", "4") if returns == "schedule-c" else ("1a", "1b", "2")
    assert sums["receipts"] == true.lines[gross] - true.lines[refunds]
    assert sums["profit"] == sums["receipts"] - true.lines[goods]


@pytest.mark.parametrize(("returns", "year"), ENTITIES)
def test_schedule_k(returns, year, made):
    true = truth.return_of(returns, made[returns][1], year)
    found = by_line(report(made, returns, "schedule-k", year), "current")
    moved = truth.sums(made[returns][1], year)
    paid = sum((amount for name, amount in moved.items() if "Guaranteed" in name), D())
    out = sum((amount for name, amount in moved.items() if "Draws" in name or "Distributions" in name), D())
    expected = {line: amount for line, amount in true.lines.items() if line.startswith("K")}
    expected["K 1"] = true.result
    if returns == "1065":
        expected |= {"K 4c": paid, "K 18c": true.not_deductible, "K 19a": out, "K 6b": -moved["Income:Qualified"]}
        expected["K 14a"] = true.result - true.lines.get("6", D()) + paid
        expected["Analysis 1"] = true.result + true.separate + paid
    else:
        expected |= {"K 16c": true.not_deductible, "K 16d": out, "K 18": true.result + true.separate}
        expected["K 5b"] = -moved["Income:Qualified"]
    assert found == expected


def k1(made, returns, year):
    found: dict[str, dict[str, D]] = {}
    for row in report(made, returns, "schedule-k1", year).rows:
        if row.kind == "heading":
            owner = row.cells[1].split(",")[0].removeprefix("Dr. ").lower()
            found[owner] = {}
        elif row.cells[0] == "Item L":
            found[owner][f"L {row.cells[1]}"] = row.cells[2]
        else:
            found[owner][row.cells[0]] = row.cells[2]
    return found


@pytest.mark.parametrize(("returns", "year"), ENTITIES)
def test_each_owners_schedule_k_1(returns, year, made):
    entries = made[returns][1]
    true = truth.return_of(returns, entries, year)
    found = k1(made, returns, year)
    assert list(found) == ["adams", "baker"]
    lines = {line: line for line in true.lines if line.startswith("K")}
    lines |= {"K 1": "result", ("K 18c" if returns == "1065" else "K 16c"): "off"}
    for printed, line in lines.items():
        parts = truth.owners_part(returns, entries, year, line)
        for owner, part in parts.items():
            assert abs(Fraction(found[owner].get(printed, 0)) - part) <= Fraction(2, 100), (printed, owner)
    moved = truth.sums(entries, year)
    for owner in found:
        name = owner.capitalize()
        if returns == "1065":
            assert found[owner]["K 4c"] == moved[f"Expenses:Guaranteed:{name}"]
            assert found[owner]["K 19a"] == moved[f"Equity:Draws:{name}"]
            # all but the gain of the chair's sale, which is after the change, and with what is guaranteed
            chair = Fraction(facts.SALES["chair"][4]) * facts.SHARES[owner][1] / 100 if year == 2026 else 0
            earned = truth.owners_part(returns, entries, year, "result")[owner] - chair
            earned += Fraction(moved[f"Expenses:Guaranteed:{name}"])
            assert abs(Fraction(found[owner]["K 14a"]) - earned) <= Fraction(2, 100)
        else:
            assert found[owner]["K 16d"] == moved[f"Equity:Distributions:{name}"]
    whole = by_line(report(made, returns, "schedule-k", year), "current")
    for line in lines:
        assert sum(each.get(line, D()) for each in found.values()) == whole.get(line, D()), line


def test_item_l_goes_on_from_year_to_year_by_what_is_on_the_return(made):
    entries = made["1065"][1]
    begin = {"adams": Fraction(), "baker": Fraction()}
    for year in facts.YEARS:
        found, moved = k1(made, "1065", year), truth.sums(entries, year)
        true = truth.return_of("1065", entries, year)
        for owner, before in list(begin.items()):
            name = owner.capitalize()
            signed = {line: -1 if line in ("K 12", "K 13a") else 1 for line in true.lines if line.startswith("K")}
            exempt = truth.owners_part("1065", entries, year, "K 18a")[owner]
            income = truth.owners_part("1065", entries, year, "result")[owner] + sum(
                truth.owners_part("1065", entries, year, line)[owner] * sign for line, sign in signed.items()
            )
            income -= exempt
            into, out = Fraction(-moved[f"Equity:Capital:{name}"]), Fraction(moved[f"Equity:Draws:{name}"])
            off = truth.owners_part("1065", entries, year, "off")[owner]
            end = before + into + income + exempt - off - out
            held = found[owner]
            near = Fraction(10, 100)  # each line of each year is rounded to the cent
            assert abs(Fraction(held["L Beginning capital account"]) - before) <= near
            assert Fraction(held["L Capital contributed during the year"]) == into
            assert abs(Fraction(held["L Current year net income or loss"]) - income) <= near
            assert abs(Fraction(held["L Other increase or decrease"]) - (exempt - off)) <= near
            assert Fraction(held["L Withdrawals and distributions"]) == -out
            assert abs(Fraction(held["L Ending capital account"]) - end) <= near
            begin[owner] = end


@pytest.mark.parametrize(("returns", "year"), ENTITIES)
def test_schedule_l(returns, year, made):
    table = report(made, returns, "schedule-l", year)
    lines = [row for row in table.rows if row.kind == "line"]
    for column, of_year in ((3, year), (2, year - 1)):
        found = {row.cells[0]: row.cells[column] for row in lines if row.cells[column]}
        assert found == truth.balance_sheet(returns, made[returns][1], of_year)
    ends = [row.cells[3] for row in table.rows if row.kind == "total"]
    assert ends[0] == ends[1]


@pytest.mark.parametrize(("returns", "year"), ENTITIES)
def test_schedule_m_1(returns, year, made):
    """Meals and fines; the books' depreciation against the return's; the chair's gain, 1,500 against 2,660."""
    entries = made[returns][1]
    true, moved = truth.return_of(returns, entries, year), truth.sums(entries, year)
    found = by_line(report(made, returns, "schedule-m", year), "current")
    books, meals = moved["Expenses:Depreciation"], moved["Expenses:Meals"] - truth.half(moved["Expenses:Meals"])
    partners = returns == "1065"
    names = ("M-1 4a", "M-1 4b", "M-1 4", "M-1 7a", "M-1 6a", "M-1 9") if partners else (
        "M-1 3a", "M-1 3b", "M-1 3", "M-1 6a", "M-1 5a", "M-1 8")  # fmt: skip
    paid = sum((amount for name, amount in moved.items() if "Guaranteed" in name), D())
    expected = {
        "M-1 1": true.net_income,
        "M-1 2": D(1160) if year == 2026 else D(),
        names[0]: max(books - true.depreciation, D()),
        names[1]: meals,
        names[2]: moved["Expenses:Fines"],
        names[3]: max(true.depreciation - books, D()),
        names[4]: -moved["Income:Muni"],
        names[5]: true.result + true.separate + paid,
    }
    if partners:
        expected["M-1 3"] = paid
    for line, amount in expected.items():
        assert found.get(line, D()) == amount, line


def test_schedule_m_2_of_a_corporation(made):
    """The account begins with nothing in the books' first year; distributions are never more than it holds."""
    begin = D()
    for year in facts.YEARS:
        true, moved = truth.return_of("1120-s", made["1120-s"][1], year), truth.sums(made["1120-s"][1], year)
        found = by_line(report(made, "1120-s", "schedule-m", year), "current")
        more = sum((true.lines.get(line, D()) for line in ("K 4", "K 5a", "K 9")), D())
        less = sum((true.lines.get(line, D()) for line in ("K 11", "K 12a")), D()) + true.not_deductible
        combined = begin + true.result + more - less
        out = min(sum((a for n, a in moved.items() if "Distributions" in n), D()), max(combined, D()))
        expected = {
            "M-2 1": begin, "M-2 2": max(true.result, D()), "M-2 3": more, "M-2 4": max(-true.result, D()),
            "M-2 5": less, "M-2 6": combined, "M-2 7": out, "M-2 8": combined - out,
        }  # fmt: skip
        for line, amount in expected.items():
            assert found.get(line, D()) == amount, (year, line)
        begin = combined - out


@pytest.mark.parametrize("year", facts.YEARS)
def test_schedule_m_2_of_a_partnership(year, made):
    """Equity of the balance sheet less what the return has deducted more than the books for what is still held."""
    entries = made["1065"][1]
    found = by_line(report(made, "1065", "schedule-m", year), "current")
    ends = []
    for last in (year - 1, year):
        equity = truth.balance_sheet("1065", entries, last).get("L 21", D())
        for asset in facts.ASSETS:
            gone = asset.id in facts.SALES and facts.SALES[asset.id][0].year <= last
            upto = sum(1 for each in facts.YEARS if each <= last)
            if not gone:
                equity -= sum((sum(asset.return_[n], D()) - asset.books[n] for n in range(upto)), D())
        ends.append(equity)
    assert (found.get("M-2 1", D()), found["M-2 9"]) == tuple(ends)


@pytest.mark.parametrize(("returns", "year"), CASES)
def test_the_tie_outs_agree(returns, year, made):
    table = report(made, returns, "tie-outs", year)
    assert {row.cells[0]: row.cells[1:] for row in table.rows if row.cells[-1] != AGREES} == {}
    names = [str(row.cells[0]) for row in table.rows]
    assert ("Schedule M-1; income of Schedule K" in names) == (returns != "schedule-c")
    assert ("Schedules K-1, item L; Schedule M-2" in names) == (returns == "1065")


ONE_ACCOUNT = """
    2024-01-01 open Expenses:Guaranteed
      tax-line: "guaranteed-payments"
    2024-01-01 custom "partner" "adams" "Dr. Adams"
      share: 60
    2024-01-01 custom "partner" "baker" "Dr. Baker"
      share: 40
    2026-02-01 * "Dr. Adams" "Guaranteed"
      Expenses:Guaranteed   500.00 USD
      Assets:Bank
    2026-03-01 * "Check" "Guaranteed"
      partner: "baker"
      Expenses:Guaranteed   300.00 USD
      Assets:Bank
    2026-04-01 * "Somebody" "Guaranteed"
      Expenses:Guaranteed    20.00 USD
      Assets:Bank
"""


def test_a_guaranteed_payment_is_of_whom_the_entry_or_its_payee_names(load):
    settings = Settings(Path("x"), {"practice": {"id": "t", "name": "T", "return": "1065"}}, "")
    books = load(ONE_ACCOUNT)
    table = registry.build("schedule-k1", books, settings, parse("2026"), "cash")
    assert [row.cells[2] for row in table.rows if row.cells[0] == "K 4c"] == [D(500), D(300), D(20)]
    asked = registry.build("open-questions", books, settings, parse("2026"), "cash")
    assert [row.cells[2] for row in asked.rows if row.cells[0] == "Owners"] == [D(20)]


INVESTED = """
    2024-01-01 open Income:BankInterest
      tax-line: "other-income"
    2024-01-01 open Income:Late
      tax-line: "finance-charges"
    2024-01-01 open Income:SaleOfChair
    2024-01-01 open Expenses:Charity
      tax-line: "not-deductible"
    2024-03-10 custom "asset" "chair" "Chair"
      cost: 1000.00 USD
      account: Assets:Fixed:Equipment
      method: "macrs"
      life: 5
      bonus: FALSE
    2026-06-15 custom "disposed" "chair"
      proceeds: 900.00 USD
    2024-03-10 * "Chair"
      Assets:Fixed:Equipment  1000.00 USD
      Assets:Bank
    2026-06-15 * "Sold"
      Assets:Bank               900.00 USD
      Assets:Fixed:Equipment  -1000.00 USD
      Assets:Fixed:Depreciation 616.00 USD
      Income:SaleOfChair       -516.00 USD
    2026-06-20 * "Bank"
      Assets:Bank                12.00 USD
      Income:BankInterest        -9.00 USD
      Income:Late                -3.00 USD
    2026-06-21 * "Gift"
      Expenses:Charity            5.00 USD
      Assets:Bank
"""


@pytest.mark.parametrize(
    ("returns", "expected"),
    [
        ("1120-s", {"4": D(516), "5": D(3), "K 4": D(9)}),
        ("1065", {"6": D(516), "7": D(3), "K 5": D(9)}),
        ("schedule-c", {"6": D(12), "Form 4797, Part II": D(516)}),
    ],
)
def test_interest_and_gains_have_their_lines_though_new_books_say_other(returns, expected, load):
    """An account of nothing but the gain on a declared asset needs no word; 20%, 32% and half of 19.2% of 1,000."""
    settings = Settings(Path("x"), {"practice": {"id": "t", "name": "T", "return": returns}}, "")
    books = load(INVESTED)
    found = by_line(registry.build("tax-lines", books, settings, parse("2026"), "cash"), "current")
    assert {line: found.get(line) for line in expected} == expected
    asked = registry.build("open-questions", books, settings, parse("2026"), "cash")
    assert [row.cells[2] for row in asked.rows if row.cells[0] == "Tax line"] == [D(5)]


LITTLE = """
    2025-01-01 open Income:Visits
      tax-line: "gross-receipts"
    2025-01-01 open Expenses:Depreciation
      tax-line: "depreciation"
    2025-01-01 open Expenses:Rent
      tax-line: "rent-property"
    2025-01-01 open Expenses:Guaranteed:Adams
      tax-line: "guaranteed-payments"
    2025-01-01 custom "partner" "adams" "Dr. Adams"
      share: 75
    2025-01-01 custom "partner" "baker" "Dr. Baker"
      share: 25
      limited: TRUE
    2025-06-15 custom "asset" "xray" "X-ray"
      cost: 12000.00 USD
      account: Assets:Fixed:Equipment
      method: "straight-line"
      life: 10
      tax-life: 5
      section-179: 12000.00 USD
    2025-01-02 * "Capital"
      Assets:Bank          20000.00 USD
      Equity:Capital:Adams
    2025-06-15 * "X-ray"
      Assets:Fixed:Equipment  12000.00 USD
      Assets:Bank
    2025-08-01 * "Visits"
      Assets:Bank       9000.00 USD
      Income:Visits
    2025-08-02 * "Rent"
      Expenses:Rent     2000.00 USD
      Assets:Bank
    2025-08-03 * "Dr. Adams"
      Expenses:Guaranteed:Adams  600.00 USD
      Assets:Bank
    2025-12-31 * "Depreciation" #adjusting
      Expenses:Depreciation          700.00 USD
      Assets:Fixed:Depreciation
    2026-08-01 * "Visits"
      Assets:Bank       4000.00 USD
      Income:Visits
    2026-12-31 * "Depreciation" #adjusting
      Expenses:Depreciation         1200.00 USD
      Assets:Fixed:Depreciation
    2027-08-01 * "Visits"
      Assets:Bank       4000.00 USD
      Income:Visits
    2027-12-31 * "Depreciation" #adjusting
      Expenses:Depreciation         1200.00 USD
      Assets:Fixed:Depreciation
"""


def test_section_179_is_deducted_as_far_as_the_business_has_income_and_the_rest_in_later_years(load):
    """12,000 elected: 7,000 of income before guaranteed payments in 2025, 4,000 in 2026, and 1,000 is left for 2027."""
    books = load(LITTLE)
    found = {}
    for returns in ("1065", "1120-s"):
        settings = Settings(Path("x"), {"practice": {"id": "t", "name": "T", "return": returns}}, "")
        for year in ("2025", "2026", "2027"):
            table = registry.build("schedule-k", books, settings, parse(year), "cash")
            found[returns, year] = {row.cells[0]: row.cells[2] for row in table.rows}
            ties = registry.build("tie-outs", books, settings, parse(year), "cash")
            assert {row.cells[0]: row.cells[1:] for row in ties.rows if row.cells[-1] != AGREES} == {}
    taken = [(k["K 12"], k.get("4562 13")) for (returns, _), k in found.items() if returns == "1065"]
    assert taken == [(D(7000), D(5000)), (D(4000), D(1000)), (D(1000), D(0))]
    # a corporation's guaranteed payments are on none of its lines
    assert [k["K 11"] for (returns, _), k in found.items() if returns == "1120-s"] == [D(7000), D(4000), D(1000)]


def test_what_becomes_of_property_that_was_expensed_under_section_179_is_asked(load):
    """A price of 1,500.00 is gain, and the partners' to report; 1,000.00 of the 12,000.00 was carried into the year."""
    books = load(LITTLE + SOLD)
    for returns, expected in (("1065", [D(1500), D(1000)]), ("schedule-c", [D(1000)])):
        settings = Settings(Path("x"), {"practice": {"id": "t", "name": "T", "return": returns}}, "")
        table = registry.build("open-questions", books, settings, parse("2027"), "cash")
        asked = [row.cells[2] for row in table.rows if row.cells[0] == "Depreciation"]
        assert asked == expected


@pytest.mark.parametrize(
    ("fact", "taken", "asked"),
    [
        # 9,000 received and 2,000 of rent in 2025, 4,000 in each later year; nobody has said what else is earned
        ("", [(7000, 5000), (4000, 1000), (1000, 0)], [5000, 1000]),
        ("2025-01-01 custom \"owner-earnings\" 3000.00 USD", [(10000, 2000), (2000, 0), (0, 0)], []),
        ("2025-01-01 custom \"owner-earnings\" 80000.00 USD", [(12000, 0), (0, 0), (0, 0)], []),
        # a loss elsewhere, and nothing said of the next year
        ("2025-01-01 custom \"owner-earnings\" -6000.00 USD", [(1000, 11000), (4000, 7000), (4000, 3000)],
         [7000, 3000]),
        # what was carried into the first year comes after the year's own election
        ("2025-01-01 custom \"owner-earnings\" 0.00 USD\n      section-179-carried: 500.00 USD",
         [(7000, 5500), (4000, 1500), (1500, 0)], [1500]),
    ],
)  # fmt: skip
def test_section_179_of_a_sole_proprietor_has_the_limit_of_all_that_is_earned(fact, taken, asked, load):
    """Line 13: what was elected as far as the limit lets; the asset's 12,000 leave no other depreciation."""
    books = load(LITTLE + f"    {fact}\n")
    settings = Settings(Path("x"), {"practice": {"id": "t", "name": "T", "return": "schedule-c"}}, "")
    found, questions = [], []
    for year in ("2025", "2026", "2027"):
        table = registry.build("tax-lines", books, settings, parse(year), "cash")
        lines = by_line(table, "current")
        deducted = lines.get("13", D(0))
        net = {"2025": D(7000), "2026": D(4000), "2027": D(4000)}[year] - deducted
        assert lines.get("31", D(0)) == net
        said = next((note for note in table.notes if note.startswith("Section 179: ")), "")
        carried = "and " in said and "is carried" in said
        found.append((deducted, D(said.split(", and ")[-1].split(" is carried")[0].replace(",", "")) if carried else 0))
        table = registry.build("open-questions", books, settings, parse(year), "cash")
        questions += [row.cells[2] for row in table.rows if row.cells[0] == "Depreciation"]
        ties = registry.build("tie-outs", books, settings, parse(year), "cash")
        assert {row.cells[0]: row.cells[1:] for row in ties.rows if row.cells[-1] != AGREES} == {}
    assert found == [(D(a), D(b)) for a, b in taken]
    assert questions == [D(amount) for amount in asked]


SOLD = """
    2027-09-01 custom "disposed" "xray"
      proceeds: 1500.00 USD
    2027-09-01 * "Sold"
      Assets:Bank                1500.00 USD
      Assets:Fixed:Equipment   -12000.00 USD
      Assets:Fixed:Depreciation  3100.00 USD
      Income:Sale                7400.00 USD
"""


def test_a_limited_partner_earns_of_self_employment_what_is_guaranteed(load):
    """Three quarters of 6,400.00, and 600.00 that are guaranteed; nothing of it for the limited partner's quarter."""
    settings = Settings(Path("x"), {"practice": {"id": "t", "name": "T", "return": "1065"}}, "")
    table = registry.build("schedule-k1", load(LITTLE), settings, parse("2025"), "cash")
    assert [row.cells[2] for row in table.rows if row.cells[0] == "K 14a"] == [D(5400)]


DIVIDENDS = """
    2025-01-01 open Income:Dividends
      tax-line: "dividends"
    2025-03-01 * "Dividends"
      Assets:Bank  5.00 USD
      Income:Dividends
"""


def test_dividends_of_which_nobody_says_how_much_is_qualified_say_so(load):
    settings = Settings(Path("x"), {"practice": {"id": "t", "name": "T", "return": "1065"}}, "")
    table = registry.build("schedule-k", load(DIVIDENDS), settings, parse("2025"), "cash")
    (row,) = [row for row in table.rows if row.cells[0] == "K 6b"]
    assert (row.kind, row.cells[2], "no account of the books" in str(row.cells[1])) == ("note", None, True)


def test_the_days_of_the_two_halves():
    assert (facts.CHANGE - datetime.date(2026, 1, 1)).days == 181
