"""A payroll profile file to a `PayrollProfile`, strictly."""

from __future__ import annotations

from pathlib import Path

from daysheet import strict_toml
from daysheet.importers.payroll.profile import CHECKS, PARTS, PayrollProfile
from daysheet.importers.rows.values import check_notations
from daysheet.strict_toml import Reader


def load(path: Path) -> PayrollProfile:
    """The payroll profile in a file.

    Raises:
        DaysheetError: it is not a profile; the line and the nearest right word are named.
    """
    return strict_toml.load(path, PayrollProfile, _check)


def _check(profile: PayrollProfile, reader: Reader) -> None:
    _check_columns(profile, reader)
    if not profile.date and not profile.sections.day:
        raise reader.error("say where the pay day stands: date, or day in [sections]", "title")
    for name in profile.checks:
        if name not in CHECKS:
            raise reader.error(f'no sum is called "{name}"', name, CHECKS)
    check_notations(profile.dates.format, reader)
    if len(profile.file.delimiter) != 1:
        raise reader.error("delimiter is one character", "delimiter")


def _check_columns(profile: PayrollProfile, reader: Reader) -> None:
    """A column that no header must have stands in the profile's own sample; else it is a slip of the pen."""
    header = profile.match.header
    needed = [column for column in (*profile.employee, profile.date, profile.id) if column]
    known = [column for part in PARTS for column in getattr(profile, part) if "*" not in column]
    for column in (*needed, *known):
        if column not in header and (column in needed or column not in profile.sample.text):
            raise reader.error(f'there is no column "{column}" in the header', column, header)
