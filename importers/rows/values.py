"""Cells to dates and amounts, strictly: what could mean two things is refused, never guessed."""

from __future__ import annotations

import datetime
import re
from collections.abc import Callable, Iterable, Mapping
from decimal import Decimal
from typing import Final

from daysheet.importers.rows.text import Exact
from daysheet.strict_toml import Reader

# Month names as banks write them, by the first letters that tell them apart, in lower case; | between two spellings.
MONTHS: Final[Mapping[str, tuple[str, ...]]] = {
    "en": ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"),
    "fr": ("jan", "fév", "mar", "avr", "mai", "juin", "juil", "aoû", "sep", "oct", "nov", "déc"),
    "de": ("jan", "feb", "mär", "apr", "mai", "jun", "jul", "aug", "sep", "okt", "nov", "dez"),
    "es": ("ene", "feb", "mar", "abr", "may", "jun", "jul", "ago", "sep", "oct", "nov", "dic"),
    "pt": ("jan", "fev", "mar", "abr", "mai", "jun", "jul", "ago", "set", "out", "nov", "dez"),
    "it": ("gen", "feb", "mar", "apr", "mag", "giu", "lug", "ago", "set", "ott", "nov", "dic"),
    "nl": ("jan", "feb", "maa|mrt", "apr", "mei", "jun", "jul", "aug", "sep", "okt", "nov", "dec"),
    "sv": ("jan", "feb", "mar", "apr", "maj", "jun", "jul", "aug", "sep", "okt", "nov", "dec"),
    "da": ("jan", "feb", "mar", "apr", "maj", "jun", "jul", "aug", "sep", "okt", "nov", "dec"),
    "no": ("jan", "feb", "mar", "apr", "mai", "jun", "jul", "aug", "sep", "okt", "nov", "des"),
    "pl": ("sty", "lut", "mar", "kwi", "maj", "cze", "lip", "sie", "wrz", "paź", "lis", "gru"),
}
EXCEL: Final = "excel"
"""Among notations of dates: a spreadsheet's number of the day, 46099 for the 18th of March 2026."""
_EPOCH: Final = datetime.datetime(1899, 12, 30)  # noqa: DTZ001 - a day without a zone
_SERIAL: Final = re.compile(r"[1-9][0-9]{4}(?:\.[0-9]+)?")
_SOME_DAY: Final = datetime.datetime(2024, 12, 31, tzinfo=datetime.UTC)
_WORD: Final = re.compile(r"[^\W\d_]{3,}\.?")
_PLAIN: Final = re.compile(r"[-+]?[0-9]+(?:\.[0-9]+)?")
_NUMBER: Final = re.compile(r"[0-9.,'’ \u00a0\u202f]*[0-9][.,]?")
# how currencies are written beside an amount, codes apart
SYMBOL: Final = (
    r"(?:US|CA|C|R|AU|A|NZ|HK|NT|MX|S)?\$|[\u00a2-\u00a5\u20a0-\u20cf￥元円]|RM|Rp\.?|Rs\.?|R(?=\s*[\d ,]+\.\d\d)|"
    r"S/\.?|Fr\.?|[Kk]r\.?|zł|Kč|Ft|[Ll]ei|лв\.?|руб\.?|грн\.?|(?:[\u0600-\u06ff]\.){1,3}[\u0600-\u06ff]?[\u200e\u200f]?"
)
_DECORATION: Final = re.compile(rf"{SYMBOL}|[A-Z]{{3}}")
_SPACES: Final = re.compile(r"[ \u00a0\u202f\t]+")
DIGITS: Final = 25
"""The most that an amount may have: a sum of longer ones would be rounded without a word."""

DateParser = Callable[[str], datetime.datetime]


def date_parser(formats: tuple[str, ...], language: str = "en") -> DateParser:
    """A function from a cell to its date and time; each distinct cell is parsed once.

    Args:
        formats: strptime notations, tried in turn. A cell may hold more after a date without time only if a format
            says so.
        language: of month names, one of `MONTHS`.

    Returns:
        The function; it raises ValueError for a cell that no format fits.
    """
    formats = tuple(notation.replace("%B", "%b") for notation in formats)
    known: dict[str, datetime.datetime] = {}

    def parse(cell: str) -> datetime.datetime:
        found = known.get(cell)
        if found is None:
            found = known[cell] = _parse_date(cell, formats, language)
        return found

    return parse


def _parse_date(cell: str, formats: tuple[str, ...], language: str) -> datetime.datetime:
    text = " ".join(cell.split())
    candidates = ("%Y-%m-%d", "%Y-%m-%d %H:%M:%S", *formats) if isinstance(cell, Exact) else formats
    english = _WORD.sub(lambda word: _english(word[0], language), text)
    for notation in candidates:
        try:
            return _moment(english, notation)
        except ValueError:
            continue
    raise ValueError("is not a date as " + " or ".join(formats))


def check_notations(notations: Iterable[str], reader: Reader) -> None:
    """Try the notations of dates that a profile gives.

    Raises:
        DaysheetError: strptime does not know one, or what it writes cannot be read back; the line is named.
    """
    for notation in notations:
        if notation != EXCEL:
            try:
                _moment(_SOME_DAY.strftime(notation), notation)
            except ValueError as problem:
                raise reader.error(f"{notation} is no strptime notation: {problem}", notation) from None


def _moment(text: str, notation: str) -> datetime.datetime:
    if notation == EXCEL:
        if not _SERIAL.fullmatch(text):
            raise ValueError("is no day number")
        return _EPOCH + datetime.timedelta(days=int(text.partition(".")[0]))
    if "%y" not in notation.lower():  # in a leap year, which has every day
        return datetime.datetime.strptime(f"{text} 2000", f"{notation} %Y")  # noqa: DTZ007
    # the zone is read if the notation has %z; a bank's date is otherwise local and stays what it says
    return datetime.datetime.strptime(text, notation)  # noqa: DTZ007


def _english(word: str, language: str) -> str:
    number = month_number(word, language)
    return word if number is None else MONTHS["en"][number - 1].title()


def month_number(word: str, language: str) -> int | None:
    """The month (1 to 12) that a word names in a language, by the longest beginning that fits, or None."""
    low = word.lower().rstrip(".")
    fitting = [
        (len(stem), number)
        for number, stems in enumerate(MONTHS[language], 1)
        for stem in stems.split("|")
        if low.startswith(stem)
    ]
    return max(fitting)[1] if fitting else None


AmountParser = Callable[[str], Decimal | None]


def amount_parser(decimal: str, *, minor: int = 0) -> AmountParser:
    """A function from a cell to its amount, None for a blank one.

    A sign before or behind, parentheses (negative), currency symbols and codes and spaces are understood; thousands may
    be separated by whatever is not the decimal mark, in groups of three (or two, as in India).

    Args:
        decimal: the decimal mark, `.` or `,`.
        minor: decimals of the currency when the file counts in its smallest unit (2 for cents).

    Returns:
        The function; it raises ValueError for a cell that is no amount in this style.
    """
    groups = re.escape({".": ",", ",": "."}[decimal])
    grouped = re.compile(
        rf"(?:[0-9]+|[0-9]{{1,3}}(?:[{groups}'’ ][0-9]{{2,3}})*[{groups}'’ ][0-9]{{3}})?(?:{re.escape(decimal)}[0-9]*)?"
    )
    plain = _PLAIN.fullmatch
    shift = Decimal(1).scaleb(-minor)
    point = decimal == "."

    def parse(cell: str) -> Decimal | None:
        if has_too_many_digits(cell):
            raise ValueError(f"has more than {DIGITS} digits, which no amount has")
        if (point or type(cell) is Exact) and plain(cell):
            value = Decimal(cell)
        else:
            found = _decorated(cell, grouped, decimal)
            if found is None:
                return None
            value = found
        return value * shift if minor else value

    return parse


def has_too_many_digits(cell: str) -> bool:
    """Whether a cell has more digits than an amount may have."""
    return len(cell) > DIGITS and sum(map(str.isdigit, cell)) > DIGITS


def _decorated(cell: str, grouped: re.Pattern[str], decimal: str) -> Decimal | None:
    text = _SPACES.sub(" ", cell).strip()
    if not text:
        return None
    text, negative = _unsigned(_DECORATION.sub("", text).strip())
    if not _NUMBER.fullmatch(text):
        raise ValueError("is not an amount")
    if not grouped.fullmatch(text) or not re.search(r"[0-9]", text):
        raise ValueError(f"is not an amount with decimal mark {decimal}")
    digits = re.sub(r"[^0-9]", "", text.partition(decimal)[0]) or "0"
    fraction = text.partition(decimal)[2]
    value = Decimal(f"{digits}.{fraction}" if fraction else digits)
    return -value if negative else value


def _unsigned(text: str) -> tuple[str, bool]:
    """The text without its sign, and whether that was a minus: before, behind, or parentheses."""
    if text.startswith("(") and text.endswith(")"):
        return _DECORATION.sub("", text[1:-1]).strip(), True
    text = text.replace("−", "-").replace("–", "-")
    negative = text[:1] == "-" or text[-1:] == "-"
    if text[:1] in ("-", "+"):
        text = text[1:]
    elif text[-1:] in ("-", "+"):
        text = text[:-1]
    return text.strip(), negative
