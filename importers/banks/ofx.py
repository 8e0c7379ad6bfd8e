"""OFX and QFX statements of bank accounts and cards.

The file is parsed by ofxtools; of its tree only what a statement needs is read, because many banks send elements that
the standard does not know. A date is the day that the bank writes: a time zone behind it does not move it.
"""

from __future__ import annotations

import datetime
import html
import io
import logging
import re
from collections.abc import Iterator
from decimal import Decimal, InvalidOperation
from typing import Final
from xml.etree.ElementTree import Element, ParseError

from daysheet.errors import DaysheetError
from daysheet.importers.reading import (
    Context,
    Proof,
    Reading,
    Skipped,
)
from daysheet.importers.rows.cells import account_of, fingerprint
from daysheet.importers.rows.raw_file import (
    RawFile,
)
from daysheet.importers.rows.text import container
from daysheet.ledger.printer import plain
from daysheet.records import BankLine

PROFILE: Final = "ofx"
SIZE_LIMIT: Final = 64 * 1024 * 1024
_STATEMENTS: Final = ("STMTRS", "CCSTMTRS")
_CLOSED: Final = (b"OFX", b"STMTRS", b"CCSTMTRS", b"BANKTRANLIST", b"STMTTRN")
_ENTRY: Final = re.compile(rb"<STMTTRNP?>", re.IGNORECASE)
_DAY: Final = re.compile(r"(\d{4})(\d{2})(\d{2})")


class OfxSource:
    """OFX and QFX files as a `Source`."""

    name = PROFILE
    kind = "bank"

    def matches(self, file: RawFile) -> bool:
        """Whether the file begins as OFX does."""
        return container(file.data) == "ofx"

    def read(self, file: RawFile, context: Context) -> Reading:
        """The file's entries, with the ledger balance as their proof.

        Raises:
            DaysheetError: it is malformed, holds no bank or card statement, or an entry without id, date or amount.
        """
        root = _parse(file)
        _refuse_failure(root, file)
        statements = [element for name in _STATEMENTS for element in root.iter(name)]
        if not statements:
            raise DaysheetError("holds no bank or card statement", filename=file.path, remedy="download it again")
        places = iter(_lines(file.data))
        records: list[BankLine] = []
        skipped: list[Skipped] = []
        days: list[datetime.date] = []
        for statement in statements:
            lines, pending = _entries(statement, file, context, places)
            records += lines
            skipped += [Skipped(line, "pending") for line in pending]
            days += [line.date for line in lines]
            stated = (statement.findtext(f".//BANKTRANLIST/{name}") for name in ("DTSTART", "DTEND"))
            days += [day for text in stated if (day := _day(text))]
        if not days:
            raise DaysheetError("holds no entry", filename=file.path, remedy="nothing is to import from it")
        accounts, currencies = {line.account for line in records}, {line.currency for line in records}
        return Reading(
            profile=PROFILE,
            kind="bank",
            rows=len(records) + len(skipped),
            records=tuple(records),
            skipped=tuple(skipped),
            first=min(days),
            last=max(days),
            account=accounts.pop() if len(accounts) == 1 else None,
            currency=currencies.pop() if len(currencies) == 1 else context.currency,
            proof=_proof(statements[0], records) if len(statements) == 1 else None,
        )


def _parse(file: RawFile) -> Element:
    # it loads a web client as well, which takes longer than reading most files
    from ofxtools.header import OFXHeaderError  # noqa: PLC0415
    from ofxtools.Parser import OFXTree  # noqa: PLC0415

    if len(file.data) > SIZE_LIMIT:
        raise DaysheetError("is larger than 64 MB", filename=file.path, remedy="download a shorter period")
    for name in _CLOSED:
        if len(re.findall(rb"<%b>" % name, file.data)) != len(re.findall(rb"</%b>" % name, file.data)):
            raise _malformed(file)
    logging.getLogger("ofxtools").setLevel(logging.CRITICAL)
    tree = OFXTree()
    try:
        tree.parse(io.BytesIO(file.data.lstrip(b"\xef\xbb\xbf \r\n\t")))
    except (ParseError, OFXHeaderError, UnicodeDecodeError, ValueError, AttributeError, LookupError, IndexError):
        raise _malformed(file) from None
    root = tree.getroot()
    if root is None:
        raise _malformed(file)
    return root


def _malformed(file: RawFile) -> DaysheetError:
    return DaysheetError(
        "is malformed OFX: its header or its elements are cut off", filename=file.path, remedy="download it again"
    )


def _refuse_failure(root: Element, file: RawFile) -> None:
    """A bank may answer with an error instead of a statement."""
    for name in ("STMTTRNRS", "CCSTMTTRNRS"):
        for answer in root.iter(name):
            if answer.findtext("STATUS/SEVERITY") == "ERROR":
                code = plain(answer.findtext("STATUS/CODE") or "?")
                raise DaysheetError(f"is the bank's answer that it failed (code {code})", filename=file.path)


def _lines(data: bytes) -> Iterator[int]:
    """The physical lines on which entries begin, in order."""
    line, last = 1, 0
    for found in _ENTRY.finditer(data):
        part = data[last : found.start()]
        line += part.count(b"\n") or part.count(b"\r")
        last = found.start()
        yield line


def _entries(
    statement: Element, file: RawFile, context: Context, places: Iterator[int]
) -> tuple[list[BankLine], list[int]]:
    """The booked entries of one statement, and the lines of its pending ones."""
    currency = (statement.findtext("CURDEF") or context.currency).strip().upper()
    account = next((e.findtext("ACCTID") for e in statement if e.tag in ("BANKACCTFROM", "CCACCTFROM")), None)
    lines: list[BankLine] = []
    pending: list[int] = []
    for element in statement.iter():
        if element.tag == "STMTTRN":
            lines.append(_entry(element, file, next(places, 1), currency, account))
        elif element.tag == "STMTTRNP":
            pending.append(next(places, 1))
    return lines, pending


def _entry(element: Element, file: RawFile, line: int, currency: str, account: str | None) -> BankLine:
    day, number = _day(element.findtext("DTPOSTED")), _number(element.findtext("TRNAMT"))
    identifier = _text(element, "FITID")
    for name, value in (("DTPOSTED", day), ("TRNAMT", number), ("FITID", identifier)):
        if value in (None, ""):
            raise DaysheetError(f"an entry without a usable {name}", filename=file.path, line=line)
    assert day is not None  # noqa: S101 - for the type checker
    assert number is not None  # noqa: S101
    name = _text(element, "NAME") or _text(element, "PAYEE/NAME")
    memo, check = _text(element, "MEMO"), _text(element, "CHECKNUM")
    if check and check not in f"{name} {memo}":
        memo = f"{memo} check {check}".strip()
    texts = [f"{child.tag}={child.text or ''}" for child in element.iter()]
    return BankLine(
        date=day,
        amount=number,
        currency=(element.findtext("CURRENCY/CURSYM") or currency).strip().upper(),
        payee=name or memo,
        narration=memo if name and memo != name else "",
        source_id=identifier,
        balance=None,
        fee=None,
        account=account_of(account) if account else None,
        fingerprint=fingerprint(texts),
        meta={"filename": str(file.path), "lineno": line},
    )


def _text(element: Element, name: str) -> str:
    return plain(html.unescape(element.findtext(name) or ""))


def _proof(statement: Element, lines: list[BankLine]) -> Proof | None:
    """What the ledger balance proves.

    It is of a moment, usually that of the download, and more may be booked on that day: so it is carried back to the
    evening before, by the entries of that day. It proves nothing if the entries end before that moment.
    """
    balance = _number(statement.findtext("LEDGERBAL/BALAMT"))
    moment = _day(statement.findtext("LEDGERBAL/DTASOF"))
    last = _day(statement.findtext(".//BANKTRANLIST/DTEND"))
    if balance is None or moment is None or last is None or last < moment or not lines:
        return None
    today = sum((line.amount for line in lines if line.date >= moment), Decimal(0))
    evening = moment - datetime.timedelta(days=1)
    opening = balance - sum((line.amount for line in lines), Decimal(0))
    return Proof(True, 0, opening, balance, None, ((evening, balance - today),))


def _day(text: str | None) -> datetime.date | None:
    found = _DAY.match((text or "").strip())
    try:
        return datetime.date(int(found[1]), int(found[2]), int(found[3])) if found else None
    except ValueError:
        return None


def _number(text: str | None) -> Decimal | None:
    written = (text or "").strip().replace(",", ".")
    if not re.fullmatch(r"[-+]?[0-9]*\.?[0-9]+", written):
        return None
    try:
        return Decimal(written)
    except InvalidOperation:
        return None
