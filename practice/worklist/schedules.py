"""When somebody sees patients, declared: a dated fact beside those that were written by hand."""

from __future__ import annotations

import datetime
import re
from collections.abc import Collection
from decimal import Decimal
from pathlib import Path
from typing import Final, NamedTuple

from beancount.core.amount import Amount
from beancount.core.data import Custom
from beancount.parser.grammar import ValueType
from daysheet import files
from daysheet.books import Books, loading
from daysheet.books.reach import YEARS
from daysheet.errors import DaysheetError
from daysheet.facts import WEEKDAYS, Provider
from daysheet.ledger import printer
from daysheet.wording import decimals

FILE: Final = "practice.beancount"
LONGEST: Final = 120
"""Characters of a provider's name."""
MOST: Final = 200
"""Visits a day."""
_NUMBER: Final = re.compile(r"[0-9]{1,6}(?:\.[0-9]{1,3})?")
_SAID: Final = ("days", "visits-per-day", "fee", "until")


class Schedule(NamedTuple):
    """A schedule as somebody has typed it.

    Attributes:
        provider: the id of who sees patients, one that the books know.
        since: the first day that it holds; until the next one of the same provider.
        until: the last day on which the provider is there at all; None where that is not known.
        days: the weekdays, as `mon`.
        visits: how many visits such a day brings; empty where that is not known.
        fee: what a visit is usually charged at, in the books' currency; empty where that is not known.
        name: the provider's name; empty for the one that is declared.
    """

    provider: str
    since: datetime.date
    until: datetime.date | None
    days: Collection[str]
    visits: str
    fee: str
    name: str = ""


def known(books: Books) -> dict[str, str]:
    """Whoever sees patients in these books, declared or not: the names by id."""
    found = dict.fromkeys([*books.providers, *books.took_place])
    return {one: books.providers[one][-1].name if one in books.providers else one for one in sorted(found)}


def declare(folder: Path, schedule: Schedule) -> Custom:
    """Write that a provider sees patients so from a day on.

    Raises:
        DaysheetError: something of it is not said or cannot be, a schedule of that day is there, or the books have
            errors.
    """
    with files.locked(folder):
        entry = to_declare(loading.load(folder), schedule)
        loading.append(folder, FILE, printer.render([entry]))
    return entry


def to_declare(books: Books, schedule: Schedule) -> Custom:
    """The directive that says so; what the fact says that held before, and no schedule is, stays said.

    Raises:
        DaysheetError: as `declare`.
    """
    names = known(books)
    if schedule.provider not in names:
        raise DaysheetError("no provider of that name is in the books", remedy="choose one of those that are")
    if schedule.since.year not in YEARS or (schedule.until and schedule.until.year not in YEARS):
        raise DaysheetError(f"the books reach from {YEARS[0]} to {YEARS[-1]}", remedy="correct the year")
    if schedule.until and schedule.until < schedule.since:
        raise DaysheetError("the last day is before the first", remedy="exchange them")
    name = printer.clean(schedule.name) or names[schedule.provider]
    if len(name) > LONGEST:
        raise DaysheetError(f"the name is longer than {LONGEST} characters", remedy="shorten it")
    days = [day for day in WEEKDAYS if day in schedule.days]
    if not days or len(days) != len(schedule.days):
        raise DaysheetError("say on which weekdays patients are seen", remedy="choose one or more")
    facts = books.providers.get(schedule.provider, ())
    if any(fact.since == schedule.since for fact in facts):
        raise DaysheetError(f"a schedule from {schedule.since} is declared already", remedy="take that one back first")
    before = [fact for fact in facts if fact.since < schedule.since]
    meta = _others(before[-1]) if before else {}
    meta["days"] = " ".join(days)
    if visits := _number(schedule.visits, "visits a day", Decimal(MOST), 1):
        meta["visits-per-day"] = visits
    if fee := _number(schedule.fee, "the fee", None, decimals(books.currency)):
        meta["fee"] = Amount(fee.quantize(Decimal(1).scaleb(-decimals(books.currency))), books.currency)
    if schedule.until:
        meta["until"] = schedule.until
    return Custom(meta, schedule.since, "provider", [ValueType(schedule.provider, str), ValueType(name, str)])


def says_more(fact: Provider) -> bool:
    """Whether a fact says other things than who sees patients when."""
    return bool(_others(fact))


def _others(fact: Provider) -> dict[str, object]:
    own = ("filename", "lineno", *_SAID)
    return {key: value for key, value in fact.meta.items() if key not in own and not key.startswith("__")}


def _number(text: str, what: str, most: Decimal | None, places: int) -> Decimal | None:
    text = text.strip()
    if not text:
        return None
    number = Decimal(text) if _NUMBER.fullmatch(text) else Decimal()
    if not number or (most and number > most) or number != round(number, places):
        example = "14" if most else "50.00"
        limit = f", at most {most}," if most else ""
        raise DaysheetError(f"write {what} as a number above zero{limit} such as {example}")
    return number
