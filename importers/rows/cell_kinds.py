"""What a cell may be, seen alone: a date (in which notations), a number (in which style), text or nothing."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache
from typing import Final, Literal

from daysheet.importers.rows.text import Exact
from daysheet.importers.rows.values import MONTHS, SYMBOL, month_number

Kind = Literal["blank", "date", "number", "text"]

_TAIL: Final = (
    r"(?P<tail>(?P<glue>,? |T)(?P<hour>\d{1,2}):(?P<minute>\d{2})(?P<second>:\d{2}(?P<fraction>\.\d+)?)?"
    r"(?P<half> ?[AaPp]\.?[Mm]\.?)?(?P<zone> ?(?:Z|UTC|GMT|[+-]\d{2}:?\d{2}))?)?"
)
_NUMERIC: Final = re.compile(
    r"(?P<a>\d{1,4})(?P<sep>\. |[-/. :])(?P<b>\d{1,2})(?P=sep)(?P<c>\d{1,4})(?P<dot>\.?)" + _TAIL
)
_COMPACT: Final = re.compile(r"(?P<a>(?:19|20)\d{2})(?P<b>\d{2})(?P<c>\d{2})" + _TAIL)
_STAMP: Final = re.compile(
    r"(?P<a>(?:19|20)\d{2})(?P<b>\d{2})(?P<c>\d{2})(?:[01]\d|2[0-3])[0-5]\d[0-5]\d(?P<zone>\[[-+0-9.]*:?[A-Z]*\])?"
)
_CHINESE: Final = re.compile(r"\d{4}年\d{1,2}月\d{1,2}日" + _TAIL)
_YEARLESS: Final = re.compile(r"(?P<a>\d{1,2})(?P<sep>[-/])(?P<b>\d{1,2})")
_WEEKDAY: Final = r"(?:(?P<weekday>(?:mon|tue|wed|thu|fri|sat|sun)[a-z]*)(?P<s0>,? ))?"
_NAMED_DAY: Final = re.compile(
    _WEEKDAY + r"(?P<day>\d{1,2})(?P<s1>\. | de |[-/. ]| ?)(?P<name>[^\W\d_]{3,10})\.?"
    r"(?:(?P<s2> de |[-/. ]|, | ?)(?P<year>\d{4}|\d{2}))?" + _TAIL,
    re.IGNORECASE,
)
_NAMED_MONTH: Final = re.compile(
    _WEEKDAY
    + r"(?P<name>[^\W\d_]{3,10})\.?(?P<s1>[-. ])(?P<day>\d{1,2})(?:(?P<s2>, |[-, ])(?P<year>\d{4}|\d{2}))?"
    + _TAIL,
    re.IGNORECASE,
)
_ZERO_LED: Final = re.compile(r"0\d+")
_CODES: Final = (
    "USD|EUR|GBP|CAD|AUD|NZD|CHF|JPY|CNY|CNH|RMB|HKD|SGD|TWD|KRW|INR|IDR|THB|MYR|PHP|VND|SEK|NOK|DKK|ISK|PLN|CZK|HUF|RON|"
    "BGN|HRK|RSD|TRY|RUB|UAH|ILS|AED|SAR|EGP|ZAR|NGN|KES|BRL|MXN|ARS|CLP|COP|PEN|UYU|LTL|LVL|EEK|TZS|PKR|LKR"
)
_AMOUNT: Final = re.compile(
    rf"(?P<sign>[-+−(]?)\s*(?:{SYMBOL}|{_CODES})?\s*(?P<inner>[-+−]?)\s*"
    rf"(?P<digits>\d[\d.,'’ \u00a0\u202f]*|[.,]\d+)\s*(?:{SYMBOL}|{_CODES})?\s*(?P<behind>[-+)]?)"
    r"\s*(?P<suffix>(?i:dr|cr|db|d|c|s|h)?)\.?(?:\s*\([^()]*\))?"
)
_LONGEST: Final = 80
_ALIKE: Final = str.maketrans("ybB", "Ymm")
PADDING: Final = " \t\n'\"=\ufeff\u00a0"
"""What may stand around a cell's content and is no part of it."""
_LONGEST_NUMBER: Final = 12


@lru_cache(maxsize=65536)
def kind_of(cell: str) -> Kind:
    """The kind of a cell; a long run of digits is an identifier, which is text."""
    text = cell.strip(PADDING)
    if not text:
        return "blank"
    if len(text) > _LONGEST:
        return "text"
    if date_formats(text):
        return "date"
    return "number" if is_number(text) else "text"


def is_number(text: str) -> bool:
    """Whether a cell can be an amount: at most twelve digits before the decimals, no leading zeros."""
    found = _AMOUNT.fullmatch(text)
    if found is None:
        return False
    digits = re.sub(r"\D", "", found["digits"])
    plain = found["digits"].isdigit()
    identifier = len(digits) > _LONGEST_NUMBER or (_ZERO_LED.fullmatch(digits) and not isinstance(text, Exact))
    return not (plain and identifier)


def number_parts(cell: str) -> re.Match[str] | None:
    """The parts of an amount: `sign`, `inner`, `digits`, `behind`, `suffix`."""
    return _AMOUNT.fullmatch(cell.strip(PADDING))


def is_negative(cell: str) -> bool:
    """Whether an amount's cell bears a minus or parentheses."""
    parts = number_parts(cell)
    if parts is None:
        return False
    return parts["behind"] == "-" or any(part in "-−(" for part in (parts["sign"], parts["inner"]) if part)


def is_zero(cell: str) -> bool:
    """Whether an amount's cell is blank, a dash, or zero."""
    return not re.search(r"[1-9]", cell)


def decimal_votes(cell: str) -> tuple[int, int]:
    """Evidence for a decimal point and for a decimal comma; a number without a mark, or with `1,234`, says nothing."""
    parts = number_parts(cell)
    if parts is None:
        return (0, 0)
    digits = parts["digits"].rstrip(".,' ")
    mark = max(digits.rfind("."), digits.rfind(","))
    if mark < 0:
        return (0, 0)
    other = "," if digits[mark] == "." else "."
    behind = len(digits) - mark - 1
    sure = other in digits[:mark] or behind != 3 or (digits[:mark] in ("", "0") and behind == 3)
    if digits.count(digits[mark]) > 1:
        return (0, 1) if digits[mark] == "." else (1, 0)
    if not sure:
        return (0, 0)
    return (1, 0) if digits[mark] == "." else (0, 1)


@lru_cache(maxsize=65536)
def date_formats(text: str) -> frozenset[str]:
    """All strptime notations in which a cell is a date."""
    text = " ".join(text.split())
    if not 3 < len(text) < 36 or not any(map(str.isdigit, text)):
        return frozenset()
    for pattern, read in ((_COMPACT, _compact), (_STAMP, _stamp), (_NUMERIC, _numeric), (_NAMED_DAY, _named_day)):
        found = pattern.fullmatch(text)
        if found:
            formats = read(found)
            if formats:
                return frozenset(formats)
    found = _NAMED_MONTH.fullmatch(text)
    if found:
        return frozenset(_named_month(found))
    if _CHINESE.fullmatch(text):
        return frozenset({"%Y年%m月%d日" + _tail(_CHINESE.fullmatch(text))})
    found = _YEARLESS.fullmatch(text)
    return frozenset(_yearless(found)) if found else frozenset()


def _tail(found: re.Match[str] | None) -> str:
    """The notation of the time behind a date."""
    if found is None or not found["tail"]:
        return ""
    clock = ("%I" if found["half"] else "%H") + ":%M" + (":%S" if found["second"] else "")
    clock += "." + "%f" if found["fraction"] else ""
    half = found["half"] or ""
    zone = found["zone"] or ""
    clock += (" %p" if half.startswith(" ") else "%p") if half else ""
    if zone.strip() in ("UTC", "GMT"):
        clock += zone
    elif zone:
        clock += (" " if zone.startswith(" ") else "") + "%z"
    return found["glue"] + clock


def _fits(day: str, month: str) -> bool:
    return 1 <= int(day) <= 31 and 1 <= int(month) <= 12


def _compact(found: re.Match[str]) -> set[str]:
    return {"%Y%m%d" + _tail(found)} if _fits(found["c"], found["b"]) else set()


def _stamp(found: re.Match[str]) -> set[str]:
    return {"%Y%m%d%H%M%S" + (found["zone"] or "")} if _fits(found["c"], found["b"]) else set()


def _numeric(found: re.Match[str]) -> set[str]:
    a, b, c, sep = found["a"], found["b"], found["c"], found["sep"]
    tail = found["dot"] + _tail(found)
    if len(a) == 4 and len(c) <= 2:
        return {f"%Y{sep}%m{sep}%d{tail}"} if _fits(c, b) else set()
    if len(a) > 2 or len(c) not in (2, 4) or sep == ":":
        return set()
    year = "%Y" if len(c) == 4 else "%y"
    formats = set()
    if _fits(a, b):
        formats.add(f"%d{sep}%m{sep}{year}{tail}")
    if _fits(b, a) and sep != ".":
        formats.add(f"%m{sep}%d{sep}{year}{tail}")
    if not formats and len(a) == 2 and len(c) == 2 and _fits(c, b):
        formats.add(f"%y{sep}%m{sep}%d{tail}")
    return formats


def _yearless(found: re.Match[str]) -> set[str]:
    sep = found["sep"]
    orders = {f"%d{sep}%m": _fits(found["a"], found["b"]), f"%m{sep}%d": _fits(found["b"], found["a"])}
    return {notation for notation, fits in orders.items() if fits}


def month_language(name: str) -> str | None:
    """The first language in which a word is a month's name, `en` before others."""
    return next((language for language in MONTHS if month_number(name, language)), None)


def _months(name: str) -> tuple[str, ...]:
    """Whether a month is shortened; of May and June one cannot tell."""
    if len(name) > 4:
        return ("%B",)
    return ("%b", "%B") if name.lower() in ("may", "june", "july", "mai", "juni", "juli", "märz") else ("%b",)


def _named_day(found: re.Match[str]) -> set[str]:
    if not _named(found) or (not found["year"] and found["tail"]):
        return set()
    return {f"{_weekday(found)}%d{found['s1']}{month}{_year(found)}{_tail(found)}" for month in _months(found["name"])}


def _named_month(found: re.Match[str]) -> set[str]:
    if not _named(found):
        return set()
    return {f"{_weekday(found)}{month}{found['s1']}%d{_year(found)}{_tail(found)}" for month in _months(found["name"])}


def _named(found: re.Match[str]) -> bool:
    return month_language(found["name"]) is not None and 1 <= int(found["day"]) <= 31


def _weekday(found: re.Match[str]) -> str:
    """The notation of an English weekday before a date; strptime knows no other language."""
    if not found["weekday"]:
        return ""
    return ("%a" if len(found["weekday"]) == 3 else "%A") + str(found["s0"])


def _year(found: re.Match[str]) -> str:
    return "" if not found["year"] else (found["s2"] or "") + ("%Y" if len(found["year"]) == 4 else "%y")


def common_formats(cells: list[str]) -> list[str]:
    """The notations that fit most cells of a column, best first; those that fit fewer than nine tenths are left out.

    If none fits so many the commonest is taken, where all others put day, month and year in its order: dates of which
    some have a time, or another separator.
    """
    counts: dict[str, int] = {}
    found = [date_formats(cell.strip(PADDING)) for cell in cells]
    for notation in (notation for notations in found for notation in notations):
        counts[notation] = counts.get(notation, 0) + 1
    ranked = sorted(counts, key=lambda n: (-counts[n], n))
    common = [notation for notation in ranked if counts[notation] >= 0.9 * len(cells)]
    if common or not ranked:
        return common
    order = part_order(ranked[0])
    return ranked[:1] if all(order in map(part_order, notations) for notations in found if notations) else []


def part_order(notation: str) -> str:
    """In which order a notation has year, month and day: `Ymd`, `dmY`, `mdY`, or without the year."""
    return re.sub(r"[^Ymd]", "", "".join(re.findall(r"%([YymbBd])", notation)).translate(_ALIKE))


def orders(notation: str) -> tuple[str, ...]:
    """A notation and, where day and month could change places, the other one."""
    if "%d" in notation and "%m" in notation and not notation.startswith(("%Y", "%y")) and "." not in notation[:3]:
        swapped = notation.replace("%d", "\x00").replace("%m", "%d").replace("\x00", "%m")
        return (notation, swapped)
    return (notation,)


def is_data(cells: Sequence[str]) -> bool:
    """Whether a row has a date and a number."""
    kinds = [kind_of(cell) for cell in cells]
    return "date" in kinds and "number" in kinds
