"""The standard's own rules for X12 files, as pyx12 checks them: for those who want more than sums that agree.

Only with the extra `daysheet[x12]`, and only where `[import] strict-x12 = true` asks for it. Most real senders break
some rule, and money is proved by the remittance's sums in any case.
"""

from __future__ import annotations

import io
import logging
import re
from typing import Final

from daysheet.errors import DaysheetError
from daysheet.importers.edi import x12
from daysheet.importers.rows.raw_file import RawFile

_MESSAGE: Final = re.compile(r"Line:(\d+) (SEG|ELE):(\d+) - .*?(?:\((\w{2,6})\)|$)")
_ELEMENT_NAME: Final = re.compile(r"[A-Z][A-Z0-9]{1,2}[0-9]{2}\Z")
_SEGMENT: Final = {
    "1": "unknown segment", "2": "segment out of place", "3": "segment missing", "4": "loop too often",
    "5": "segment too often", "6": "segment of another transaction", "7": "segments out of order",
    "8": "segment at fault",
}  # fmt: skip
_ELEMENT: Final = {
    "1": "missing", "2": "missing beside another", "3": "too many", "4": "too short", "5": "too long",
    "6": "wrong character", "7": "unknown code", "8": "no date", "9": "no time", "10": "must not be used here",
}  # fmt: skip
_NAMED: Final = 10


def faults(file: RawFile) -> list[str]:
    """What pyx12 finds: the line in which it stands, the segment or element, and the rule; never what it holds.

    Raises:
        DaysheetError: pyx12 is not installed.
    """
    try:
        from pyx12.params import params  # noqa: PLC0415 - an optional extra
        from pyx12.x12n_document import x12n_document  # noqa: PLC0415
    except ImportError:
        raise DaysheetError(
            "strict-x12 needs pyx12, which is not installed",
            remedy="pip install 'daysheet[x12]', or take strict-x12 out of daysheet.toml",
        ) from None
    log = logging.getLogger("pyx12")
    kept, propagated = _Keep(), log.propagate
    log.addHandler(kept)
    log.propagate = False
    try:
        valid = x12n_document(params(), io.StringIO(x12.decode(file.data)), None, None)
    except Exception as problem:  # noqa: BLE001 - whatever stops pyx12 is a fault of the file
        return [f"pyx12 stops: {type(problem).__name__}"]
    finally:
        log.removeHandler(kept)
        log.propagate = propagated
    return kept.faults or ([] if valid else ["pyx12 finds it invalid and does not say why"])


def require(file: RawFile) -> None:
    """Refuse a file that breaks the standard.

    Raises:
        DaysheetError: it does, and how; or pyx12 is not installed.
    """
    found = faults(file)
    if found:
        more = f" and {len(found) - _NAMED} more" if len(found) > _NAMED else ""
        raise DaysheetError(
            f"breaks the X12 standard: {'; '.join(found[:_NAMED])}{more}",
            filename=file.path,
            remedy="ask the sender for a correct one, or take strict-x12 out of daysheet.toml",
        )


class _Keep(logging.Handler):
    """Keeps what pyx12 reports, without the values that it quotes."""

    def __init__(self) -> None:
        super().__init__(logging.ERROR)
        self.faults: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        match = _MESSAGE.match(record.getMessage())
        if match is None:
            self.faults.append("no X12 interchange at its start")
            return
        line, kind, code, name = match.groups()
        if kind == "ELE" and name is not None and not _ELEMENT_NAME.match(name):
            name = None  # the value, which may be anybody's
        rule = (_SEGMENT if kind == "SEG" else _ELEMENT).get(code, f"rule {code}")
        self.faults.append(f"segment {line}: {name or 'an element'}: {rule}")
