import datetime
import threading
import time

import pytest
from beancount import loader
from daysheet import checks
from daysheet.books import loading
from daysheet.plugins.fava.shown.scope import Span
from daysheet.plugins.fava.views import State, View


def test_two_pages_at_once_work_a_thing_out_once(tmp_path):
    state = State([], {}, tmp_path)
    both = threading.Barrier(2)
    made: list[str] = []

    def work():
        made.append("overview")
        time.sleep(0.05)  # long enough for the other page to ask as well

    def page():
        both.wait()
        state.kept("overview", work)

    pages = [threading.Thread(target=page) for _ in range(2)]
    for one in pages:
        one.start()
    for one in pages:
        one.join()
    assert made == ["overview"]


SCHEDULED = """\
option "operating_currency" "USD"
1990-01-01 open Assets:Receivable:Patients
1990-01-01 open Equity:Billing:Charges
2026-01-01 custom "provider" "adams" "Dr. Adams"
  days: "mon tue wed thu fri"
  visits-per-day: 10
  fee: 50.00 USD
"""


def billed(*days):
    """Bills of ten visits on each of these days, which no visit export tells of."""
    legs = "  Assets:Receivable:Patients  50.00 USD\n  Equity:Billing:Charges\n"
    bill = '{0} * "Invoice" ^inv-{0}-{1}\n  provider: "adams"\n' + legs
    return "".join(bill.format(day, number) for day in days for number in range(10))


@pytest.mark.parametrize(("state", "first"), [("MA", 21), ("TX", 20)])
def test_pages_and_check_count_the_public_holidays_of_the_same_state(tmp_path, state, first):
    """Patriots' Day, the third Monday of April, is a holiday in Massachusetts and a working day in Texas."""
    days = [
        datetime.date(2026, 1, 5) + datetime.timedelta(weeks=week, days=day) for week in range(20) for day in range(5)
    ]
    unbilled = [datetime.date(2026, 4, day) for day in range(20, 25)]
    text = SCHEDULED + billed(*(day for day in days if day not in unbilled))
    (tmp_path / "main.beancount").write_text(text)
    (tmp_path / "daysheet.toml").write_text(f'[practice]\nstate = "{state}"\n')
    entries, errors, options = loader.load_file(str(tmp_path / "main.beancount"))
    assert not errors
    shown = checks.find(State(entries, options, tmp_path).books, kinds=["billing-lapse"])
    assert shown == checks.find(loading.load(tmp_path), kinds=["billing-lapse"])
    assert [finding.date.day for finding in shown if finding.date.month == 4] == [first]


BALANCES = """\
option "operating_currency" "USD"
1990-01-01 open Assets:Bank:Checking
1990-01-01 open Income:Visits
2026-11-30 * "Bank" "Interest"
  Assets:Bank:Checking  3.00 USD
  Income:Visits        -3.00 USD
2027-01-01 balance Assets:Bank:Checking  3.00 USD
{more}"""


@pytest.mark.parametrize(
    ("more", "years"), [("", [2026]), ("2027-01-02 balance Assets:Bank:Checking  3.00 USD\n", [2027, 2026])]
)
def test_a_balance_before_anything_happens_in_a_year_makes_it_none_of_the_books(tmp_path, more, years):
    entries, errors, options = loader.load_string(BALANCES.format(more=more))
    assert not errors
    assert View(State(entries, options, tmp_path), Span(None, None, None, "")).years == years
