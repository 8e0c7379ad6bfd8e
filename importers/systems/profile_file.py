"""A practice profile file to a `PracticeProfile`, strictly: its words, its columns and its dates must make sense."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

from daysheet import strict_toml
from daysheet.importers.rows.values import check_notations
from daysheet.importers.systems.profile import (
    FOUND,
    ROW,
    Dates,
    Layout,
    Match,
    PracticeProfile,
    Sample,
    Words,
    numbered,
)
from daysheet.strict_toml import Reader

_COLUMN: Final = (
    "date",
    "fallback",
    "provider",
    "service",
    "payer",
    "due",
    "reference",
    "submitted",
    "currency",
    "column",
    "service_date",
    "tooth",
    "site",
    "quantity",
    "claim",
)
_PARTS_OF: Final = (
    "id",
    "line",
    "modifier",
    "visit",
    "invoice",
    "amount",
    "less",
    "fee",
    "net",
    "patient_share",
    "insurer_share",
)
_COLUMNS: Final = (*_PARTS_OF, "payment", "patient", "private", "guarantor", "reverses")
_OF_ROW: Final = re.compile(rf"{ROW}( [1-9])?|{FOUND}")
_RECORDS: Final = ("visit", "invoice", "payment", "adjustment", "claim", "allocation", "payout")


def load(path: Path) -> PracticeProfile:
    """The practice profile in a file.

    Raises:
        DaysheetError: it is not a profile; the line and the nearest right word are named.
    """
    return strict_toml.load(path, PracticeProfile, _check)


def parse(text: str, path: Path) -> PracticeProfile:
    """The practice profile that `text` says; `path` is for messages.

    Raises:
        DaysheetError: as `load`.
    """
    return strict_toml.parse(text, path, PracticeProfile, _check)


def _check(profile: PracticeProfile, reader: Reader) -> None:
    """What the types cannot say.

    Raises:
        DaysheetError: naming the word that is wrong.
    """
    _check_columns(profile, reader)
    _check_words(profile, reader)
    _check_dates(profile, reader)
    for pattern in profile.plain:
        reader.regex(pattern, "plain")
    if any(bool(part.provider) == bool(part.provider_is) for part in profile.visit):
        raise reader.error("a visit needs one of the keys provider and provider-is", "visit")
    if len(profile.file.delimiter) != 1:
        raise reader.error("delimiter is one character", "delimiter")
    ids = [part.id for part in profile.payment] + [part.id for part in profile.adjustment]
    for id_ in ids:
        if not id_ and not profile.visit and not profile.invoice:
            raise reader.error("without visits and invoices, a payment or adjustment needs the key id", "amount")
    if not any(getattr(profile, kind) for kind in _RECORDS):
        raise reader.error(f"the profile gives no records; write one of {', '.join(_RECORDS)}", "sample")


def _parts(value: Any) -> Iterator[Any]:  # noqa: ANN401 - a tree of the language's dataclasses
    """A dataclass of the language and all below it."""
    yield value
    for item in dataclasses.fields(value):
        inner = getattr(value, item.name)
        for each in inner if isinstance(inner, tuple) else (inner,):
            if dataclasses.is_dataclass(each):
                yield from _parts(each)


def _check_columns(profile: PracticeProfile, reader: Reader) -> None:
    names = numbered(profile.match.header)
    used = [*profile.match.optional, *profile.match.unnamed, *profile.left_out]
    for part in _parts(profile):
        if isinstance(part, Match | Layout | Dates | Sample):
            continue
        used += [getattr(part, name, "") for name in _COLUMN]
        for name in _COLUMNS:
            value = getattr(part, name, ())
            used += [column for column in value if not _OF_ROW.fullmatch(str(column))] if value else []
        if isinstance(part, Words):
            used += part.filled.values()
    for column in used:
        if isinstance(column, str) and column and column not in names:
            raise reader.error(f'there is no column "{column}" in the header', column, names)


def _check_words(profile: PracticeProfile, reader: Reader) -> None:
    for part in _parts(profile):
        for item in dataclasses.fields(part):
            meanings = item.metadata.get("meanings")
            words = getattr(part, item.name)
            if not meanings or not isinstance(words, Words):
                continue
            for word in (words.fixed, words.otherwise, *words.words.values(), *words.filled):
                if word and word not in meanings:
                    raise reader.error(f'"{word}" is no {item.name}', word, meanings)
            if not (words.fixed or words.column or words.filled):
                raise reader.error(f"{item.name} needs the key column or fixed", item.name)


def _check_dates(profile: PracticeProfile, reader: Reader) -> None:
    dates = profile.dates
    check_notations(dates.format, reader)
    if bool(dates.local) != bool(dates.zone):
        raise reader.error("zone and local go together", "zone" if dates.zone else "local")
    reader.zones(dates.zone, dates.local)
