"""Is the payroll plausible? Wages, what was withheld, the employer's taxes and the forms filed, against each other.

An account is payroll by a word on its `open` directive, which sub-accounts inherit: `payroll: "wages"` (before
anything is withheld), `"taxes"` (the employer's social security and Medicare), `"futa"`, `"state"` (its unemployment
taxes), `"benefits"`. An account below one of taxes is what its name says, `FUTA` or `State`. Rates and wage bases are
in `payroll_taxes.toml`, with their sources.
"""

from __future__ import annotations

import datetime
import tomllib
from collections.abc import Iterator
from decimal import ROUND_HALF_UP, Decimal
from functools import cache
from importlib.resources import files
from typing import Any, Final, NamedTuple

from beancount.core.data import Posting, Transaction
from daysheet.accounting.cash_accounts import is_near_cash
from daysheet.accounting.liabilities import liability_of
from daysheet.accounting.metadata import inherited
from daysheet.books import Books
from daysheet.records import Meta
from daysheet.tax_facts import Filed

KEY: Final = "payroll"
WAGES: Final = "wages"
TAXES: Final = "taxes"
FUTA: Final = "futa"
STATE: Final = "state"
BENEFITS: Final = "benefits"
PAYCHECK: Final = "paycheck"
_KINDS: Final = (WAGES, TAXES, FUTA, STATE, BENEFITS)
_BY_NAME: Final = {"FUTA": FUTA, "State": STATE, "SUTA": STATE, "StateUnemployment": STATE}
_CLEARS: Final = datetime.timedelta(days=7)  # how long a paycheck may be on its way to the bank at the end of a year
_ZERO: Final = Decimal()
_CENT: Final = Decimal("0.01")
_LEAST: Final = Decimal("1.00")  # what rounding each employee's pay to the cent may come to, or a thousandth
_THOUSANDTH: Final = Decimal("0.001")
_QUARTERS: Final = 4


class Pay(NamedTuple):
    """One entry that books wages, in the operating currency.

    Attributes:
        date: the pay day.
        gross: the wages before anything is withheld.
        employer: the employer's taxes and benefits in the same entry.
        owed: what it leaves owing to authorities and others.
        paid: what left the bank in it, or waits as net pay.
        meta: where it stands.
    """

    date: datetime.date
    gross: Decimal
    employer: Decimal
    owed: Decimal
    paid: Decimal
    meta: Meta

    @property
    def withheld(self) -> Decimal:
        """What the employees did not get, as far as the entry says."""
        return self.owed - self.employer


class Year(NamedTuple):
    """A calendar year's payroll: its pays, and what was booked of each of the employer's taxes in any entry."""

    pays: tuple[Pay, ...]
    taxes: Decimal
    futa: Decimal
    state: Decimal

    @property
    def gross(self) -> Decimal:
        """The year's wages."""
        return sum((pay.gross for pay in self.pays), _ZERO)


class Comparison(NamedTuple):
    """Two figures of different origin, and by how much they may be apart.

    Attributes:
        key: stable from run to run.
        text: what is compared, both sides named.
        left: by the books.
        right: by the forms, or by the law's rates.
        leeway: what rounding may come to.
        date: the end of the quarter or year.
        where: the evidence.
        below: by how much the left may be less, for a reason that the books do not hold, such as the wage base.
        above: by how much it may be more; None for any amount.
    """

    key: str
    text: str
    left: Decimal
    right: Decimal
    leeway: Decimal
    date: datetime.date
    where: tuple[Meta, ...]
    below: Decimal = _ZERO
    above: Decimal | None = _ZERO

    @property
    def agrees(self) -> bool:
        """Whether the left is the right, or as far below or above it as may be, but for rounding."""
        over = self.left - self.right
        return -self.below - self.leeway <= over and (self.above is None or over <= self.above + self.leeway)


def year_of(books: Books, of_year: int) -> Year:
    """The payroll of a calendar year."""
    return _years(books).get(of_year, Year((), _ZERO, _ZERO, _ZERO))


def years(books: Books) -> list[int]:
    """The calendar years in which wages were paid or forms filed."""
    filed = {fact.date.year for fact in books.tax_facts if isinstance(fact, Filed)}
    return sorted(filed | {number for number, year in _years(books).items() if year.pays})


def comparisons(books: Books, of_year: int) -> list[Comparison]:
    """What can be compared of a year's payroll; nothing where there is none."""
    made = year_of(books, of_year)
    filed = [fact for fact in books.tax_facts if isinstance(fact, Filed) and fact.date.year == of_year]
    return [
        *_forms(made, filed, of_year),
        *_taxes(made, filed, of_year),
        *_unemployment(books, made, filed, of_year),
        *_withheld(made, of_year),
        *_net_paid(books, of_year),
    ]


def payroll_kind(books: Books, account: str) -> str | None:
    """What an account is of the payroll, by itself or by the account above it."""
    said = inherited(books, account, KEY)
    own = books.opened[account].meta.get(KEY) if account in books.opened else None
    return _BY_NAME.get(account.rpartition(":")[2], said) if said == TAXES and own is None else said


def concerns(books: Books, account: str) -> bool:
    """Whether the legs of an account say something of the payroll."""
    return payroll_kind(books, account) in _KINDS or _is_net_pay(account)


def paychecks(books: Books) -> dict[str, Transaction]:
    """The entries of paychecks that were imported, by their ids."""

    def work() -> dict[str, Transaction]:
        return {
            str(entry.meta[PAYCHECK]): entry
            for entry in books.entries
            if isinstance(entry, Transaction) and PAYCHECK in entry.meta
        }

    return books.once("paychecks", work)


def wage_base(of_year: int) -> Decimal | None:
    """The wages of one employee on which social security is due; None for a year that is not known."""
    said = _rules()["wage_base"].get(str(of_year))
    return None if said is None else Decimal(said)


def fica(wages: Decimal) -> Decimal:
    """The employer's social security and Medicare on wages below the base, as the employee's: 7.65%."""
    return (wages * (_rate("social_security") + _rate("medicare"))).quantize(_CENT, ROUND_HALF_UP)


def _years(books: Books) -> dict[int, Year]:
    def work() -> dict[int, Year]:
        marked = {name: payroll_kind(books, name) for name in books.opened if name.startswith("Expenses:")}
        marked = {name: kind for name, kind in marked.items() if kind in _KINDS}
        found: dict[int, Year] = {}
        for entry in books.entries if WAGES in marked.values() else ():
            if isinstance(entry, Transaction) and any(posting.account in marked for posting in entry.postings):
                before = found.get(entry.date.year, Year((), _ZERO, _ZERO, _ZERO))
                found[entry.date.year] = _with(before, books, entry, marked)
        return found

    return books.once("payroll years", work)


def _with(year: Year, books: Books, entry: Transaction, marked: dict[str, str | None]) -> Year:
    """A year with one more entry."""
    sums = dict.fromkeys(_KINDS, _ZERO)
    owed = paid = _ZERO
    for posting in entry.postings:
        if posting.units is None or posting.units.number is None or posting.units.currency != books.currency:
            continue
        kind = marked.get(posting.account)
        if kind is not None:
            sums[kind] += posting.units.number
        elif is_near_cash(books, posting.account) or _is_net_pay(posting.account):
            paid -= posting.units.number
        elif _is_owed(books, posting.account):
            owed -= posting.units.number
    pays = year.pays
    if any(marked.get(posting.account) == WAGES for posting in entry.postings):
        employer = sums[TAXES] + sums[FUTA] + sums[STATE] + sums[BENEFITS]
        pays += (Pay(entry.date, sums[WAGES], employer, owed, paid, entry.meta),)
    return Year(pays, year.taxes + sums[TAXES], year.futa + sums[FUTA], year.state + sums[STATE])


def _is_owed(books: Books, account: str) -> bool:
    """Whether an account may hold what was withheld."""
    return account.startswith("Liabilities:") and liability_of(books, account) in ("payroll", "other", None)


def _is_net_pay(account: str) -> bool:
    return account.rpartition(":")[2].lower().replace("-", "") in ("netpay", "netwages")


def _forms(made: Year, filed: list[Filed], of_year: int) -> Iterator[Comparison]:
    """Each quarter's 941 against the books, their sum against the W-3, and the W-3 against the books."""
    last = datetime.date(of_year, 12, 31)
    by_quarter = {_quarter(fact.date): fact for fact in filed if fact.form == "941"}
    for quarter, form in sorted(by_quarter.items()):
        gross = sum((pay.gross for pay in made.pays if _quarter(pay.date) == quarter), _ZERO)
        text = f"Wages of quarter {quarter}; Form 941"
        yield Comparison(f"{of_year}/941-Q{quarter}", text, gross, form.wages, _ZERO, form.date, (form.meta,))
    annual = next((fact for fact in reversed(filed) if fact.form == "W-3"), None)
    if annual is None:
        return
    yield Comparison(
        f"{of_year}/W-3", "Wages of the year; Form W-3", made.gross, annual.wages, _ZERO, last, (annual.meta,)
    )
    if len(by_quarter) == 4:
        forms = list(by_quarter.values())
        where = (annual.meta, *(form.meta for form in forms))
        for key, text, said in _both(forms, annual):
            yield Comparison(f"{of_year}/941-W-3{key}", text, *said, _ZERO, last, where)


def _both(forms: list[Filed], annual: Filed) -> Iterator[tuple[str, str, tuple[Decimal, Decimal]]]:
    """What the four Forms 941 and the W-3 both say."""
    yield "", "Four Forms 941; Form W-3", (sum((form.wages for form in forms), _ZERO), annual.wages)
    for key, text in (
        ("social_security", "Social security wages: four Forms 941; Form W-3"),
        ("medicare", "Medicare wages: four Forms 941; Form W-3"),
        ("withheld", "Income tax withheld: four Forms 941; Form W-3"),
    ):
        stated = [getattr(form, key) for form in forms]
        if getattr(annual, key) is not None and None not in stated:
            yield f"-{key.replace('_', '-')}", text, (sum(stated, _ZERO), getattr(annual, key))


def _taxes(made: Year, filed: list[Filed], of_year: int) -> Iterator[Comparison]:
    """The employer's taxes against what the year's rates make of the wages."""
    last, where = datetime.date(of_year, 12, 31), tuple(pay.meta for pay in made.pays[:1])
    if made.gross:
        least, most = _expected_fica(filed, made.gross, of_year)
        text = "Employer's FICA; 7.65% of wages" + (", less over the wage base" if least < most else "")
        leeway = max(_LEAST, most * _THOUSANDTH)
        yield Comparison(f"{of_year}/FICA", text, made.taxes, most, leeway, last, where, below=most - least)
    form = next((fact for fact in reversed(filed) if fact.form == "940"), None)
    if form is not None and form.tax is not None:
        yield Comparison(f"{of_year}/940", "FUTA; Form 940", made.futa, form.tax, _ZERO, form.date, (form.meta,))


def _unemployment(books: Books, made: Year, filed: list[Filed], of_year: int) -> Iterator[Comparison]:
    """State unemployment taxes against the four returns; without a Form 940, FUTA against each employee's wages."""
    last = datetime.date(of_year, 12, 31)
    returns = {_quarter(fact.date): fact for fact in filed if fact.form == "state" and fact.tax is not None}
    if len(returns) == _QUARTERS:
        due = sum((fact.tax for fact in returns.values() if fact.tax is not None), _ZERO)
        where = tuple(fact.meta for fact in returns.values())
        yield Comparison(
            f"{of_year}/state", "State unemployment tax; the state's four returns", made.state, due, _ZERO, last, where
        )
    if any(fact.form == "940" for fact in filed) or not made.futa:
        return
    earned: dict[str, Decimal] = {}
    entries = [entry for entry in paychecks(books).values() if entry.date.year == of_year]
    for entry in entries:
        wages = sum((_number(leg) for leg in entry.postings if payroll_kind(books, leg.account) == WAGES), _ZERO)
        employee = str(entry.meta.get("employee", ""))
        earned[employee] = earned.get(employee, _ZERO) + wages
    if not entries or sum(earned.values(), _ZERO) != made.gross:
        return  # wages of which nobody says whose they are
    rate, base = _rate("futa", "rate"), _rate("futa", "base")
    due = sum((min(wages, base) * rate for wages in earned.values()), _ZERO).quantize(_CENT, ROUND_HALF_UP)
    # wages that are exempt, such as what pays for insurance, make it less; a state that owes the fund makes it more
    kept = sum((pay.withheld for pay in made.pays), _ZERO) * rate
    most = (due * (_rate("futa", "without_credit") / rate - 1)).quantize(_CENT, ROUND_HALF_UP)
    text = "FUTA; 0.6% of each employee's first 7,000"
    where = (entries[0].meta,)
    yield Comparison(
        f"{of_year}/FUTA", text, made.futa, due, max(_LEAST, due * _THOUSANDTH), last, where, below=kept, above=most
    )


def _net_paid(books: Books, of_year: int) -> Iterator[Comparison]:
    """Wages less what was withheld, as the paychecks say, against what left the bank for them.

    What was paid in the year, and what of the last days' paychecks is still on its way, is what the paychecks left
    owing to employees in the year and before.
    """
    end = datetime.date(of_year, 12, 31)
    last = min(end, books.as_of)
    owed = paid = lately = _ZERO
    where = [entry.meta for entry in paychecks(books).values() if entry.date.year == of_year and entry.date <= last]
    if not where:
        return
    for each in books.entries:
        if not isinstance(each, Transaction) or each.date > last:
            continue
        net = -sum((_number(leg) for leg in each.postings if _is_net_pay(leg.account)), _ZERO)
        if PAYCHECK in each.meta:
            owed += net
            lately += net if each.date > last - _CLEARS else _ZERO
        else:
            paid -= net
    under_way = min(max(owed - paid, _ZERO), lately)
    yield Comparison(
        f"{of_year}/net-pay",
        "Wages less withholding, all paychecks; paid and under way",
        owed,
        paid + under_way,
        _ZERO,
        last,
        tuple(where[:1]),
    )


def _number(leg: Posting) -> Decimal:
    return leg.units.number if leg.units is not None and leg.units.number is not None else _ZERO


def _expected_fica(filed: list[Filed], gross: Decimal, of_year: int) -> tuple[Decimal, Decimal]:
    """The least and the most that the employer's FICA can be: the same, unless somebody may earn over the wage base."""
    forms = [fact for fact in filed if fact.form == "941"]
    stated = [(form.social_security, form.medicare) for form in forms]
    if len(forms) == 4 and all(social is not None and medicare is not None for social, medicare in stated):
        social_wages = sum((social for social, _ in stated if social is not None), _ZERO)
        medicare_wages = sum((medicare for _, medicare in stated if medicare is not None), _ZERO)
        due = social_wages * _rate("social_security") + medicare_wages * _rate("medicare")
        return due.quantize(_CENT, ROUND_HALF_UP), due.quantize(_CENT, ROUND_HALF_UP)
    return _least_fica(gross, of_year), fica(gross)


def _least_fica(gross: Decimal, of_year: int) -> Decimal:
    """FICA if one employee earned it all; where the year's wage base is not known, Medicare alone is sure."""
    below = min(gross, wage_base(of_year) or _ZERO)
    return (below * _rate("social_security") + gross * _rate("medicare")).quantize(_CENT, ROUND_HALF_UP)


def _withheld(made: Year, of_year: int) -> Iterator[Comparison]:
    """What was withheld of a year's pays is at least the employees' own FICA; else net pay was booked as wages.

    Only pays that leave anything owing are looked at: where the deposit is in the same entry, it cannot be told apart.
    """
    pays = [pay for pay in made.pays if pay.owed]
    gross, withheld = (sum(amounts, _ZERO) for amounts in ([p.gross for p in pays], [p.withheld for p in pays]))
    if gross <= 0:
        return
    least = _least_fica(gross, of_year)
    last, where = datetime.date(of_year, 12, 31), tuple(pay.meta for pay in pays[:1])
    text = "Withheld from wages; at least the employees' own FICA"
    leeway = max(_LEAST, least * _THOUSANDTH)
    yield Comparison(f"{of_year}/withheld", text, withheld, least, leeway, last, where, above=None)


def _quarter(day: datetime.date) -> int:
    return (day.month + 2) // 3


def _rate(*path: str) -> Decimal:
    found: Any = _rules()
    for key in path:
        found = found[key]
    return Decimal(found)


@cache
def _rules() -> dict[str, Any]:
    return tomllib.loads((files("daysheet.accounting") / "payroll_taxes.toml").read_text(encoding="utf-8"))
