"""OFX and QFX statements of bank accounts and cards.

Of the document only what a statement needs is read, because many banks send elements that the standard does not know.
A date is the day that the bank writes: a time zone behind it does not move it.
"""

from __future__ import annotations

import datetime
import html
import re
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Final
from xml.etree.ElementTree import Element

from daysheet.errors import DaysheetError
from daysheet.importers.banks import ofx_text, pending
from daysheet.importers.banks.ofx_amounts import Marks, UnsettledError
from daysheet.importers.reading import Context, Correction, Proof, Reading, Skipped
from daysheet.importers.rows.cells import account_of, fingerprint
from daysheet.importers.rows.raw_file import RawFile
from daysheet.importers.rows.text import container
from daysheet.ledger.printer import plain
from daysheet.records import BankLine

PROFILE: Final = "ofx"
_STATEMENTS: Final = ("STMTRS", "CCSTMTRS")
_ENTRY: Final = re.compile(r"<STMTTRNP?>")
_DAY: Final = re.compile(r"(\d{4})(\d{2})(\d{2})")
_NO_DAY: Final = re.compile(r"0*\Z")
_REPLACE: Final = "REPLACE"
_DELETE: Final = "DELETE"


@dataclass
class _Found:
    """What the entries of a file gave."""

    records: list[BankLine]
    skipped: list[Skipped]
    corrections: list[Correction]


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
        text = ofx_text.text_of(file)
        root = ofx_text.tree_of(text, file)
        _refuse_failure(root, file)
        statements = [element for name in _STATEMENTS for element in root.iter(name)]
        if not statements:
            raise DaysheetError("holds no bank or card statement", filename=file.path, remedy="download it again")
        entries = _Entries(file, context, Marks.of(_amounts(root)), text)
        found = _Found([], [], [])
        days: list[datetime.date] = []
        for statement in statements:
            entries.read(statement, found)
            stated = (statement.findtext(f".//BANKTRANLIST/{name}") for name in ("DTSTART", "DTEND"))
            days += [day for text in stated if (day := _day(text))]
        days += [line.date for line in found.records]
        if not days:
            raise DaysheetError("holds no entry", filename=file.path, remedy="nothing is to import from it")
        rows = len(found.records) + len(found.skipped)
        _carry_out(found)
        accounts = {line.account for line in found.records}
        currencies = {line.currency for line in found.records}
        return Reading(
            profile=PROFILE,
            kind="bank",
            rows=rows,
            records=tuple(found.records),
            skipped=tuple(found.skipped),
            first=min(days),
            last=max(days),
            account=accounts.pop() if len(accounts) == 1 else None,
            currency=currencies.pop() if len(currencies) == 1 else context.currency,
            proof=entries.proof(statements[0], found.records) if len(statements) == 1 else None,
            corrections=tuple(found.corrections),
        )


def _refuse_failure(root: Element, file: RawFile) -> None:
    """A bank may answer with an error instead of a statement."""
    for name in ("STMTTRNRS", "CCSTMTTRNRS"):
        for answer in root.iter(name):
            if answer.findtext("STATUS/SEVERITY") == "ERROR":
                code = plain(answer.findtext("STATUS/CODE") or "?")
                raise DaysheetError(f"is the bank's answer that it failed (code {code})", filename=file.path)


def _amounts(root: Element) -> Iterator[str]:
    return (element.text or "" for name in ("TRNAMT", "BALAMT") for element in root.iter(name))


class _Entries:
    """The entries of a file, read one after the other with the lines that they stand on."""

    def __init__(self, file: RawFile, context: Context, marks: Marks, text: str) -> None:
        self.file = file
        self.context = context
        self.marks = marks
        self.places = _lines(text)

    def read(self, statement: Element, found: _Found) -> None:
        """The entries of one statement: booked ones, pending ones, and those that take another one back."""
        currency = (statement.findtext("CURDEF") or self.context.currency).strip().upper()
        account = next((e.findtext("ACCTID") for e in statement if e.tag in ("BANKACCTFROM", "CCACCTFROM")), None)
        for element in statement.iter():
            if element.tag == "STMTTRNP":
                found.skipped.append(Skipped(next(self.places, 1), pending.PENDING))
            elif element.tag == "STMTTRN":
                self._entry(element, currency, account, found)

    def _entry(self, element: Element, currency: str, account: str | None, found: _Found) -> None:
        line = next(self.places, 1)
        if _is_pending(element):
            found.skipped.append(Skipped(line, pending.PENDING))
            return
        entry = self._line(element, line, currency, account)
        corrected = _text(element, "CORRECTFITID")
        if corrected:
            action = _text(element, "CORRECTACTION").upper()
            if action not in (_REPLACE, _DELETE):
                raise self._unusable("CORRECTACTION", line)
            found.corrections.append(Correction(corrected, action == _REPLACE, entry))
        if corrected and action == _DELETE:
            found.skipped.append(Skipped(line, "takes an entry back"))
        else:
            found.records.append(entry)

    def _line(self, element: Element, line: int, currency: str, account: str | None) -> BankLine:
        day, number = _day(element.findtext("DTPOSTED")), self._number(element.findtext("TRNAMT"), line)
        identifier = _text(element, "FITID")
        if day is None:
            raise self._unusable("DTPOSTED", line)
        if number is None:
            raise self._unusable("TRNAMT", line)
        if not identifier:
            raise self._unusable("FITID", line)
        name = _text(element, "NAME") or _text(element, "PAYEE/NAME")
        memo, check = _text(element, "MEMO"), _text(element, "CHECKNUM")
        if check and check not in f"{name} {memo}":
            memo = f"{memo} check {check}".strip()
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
            fingerprint=fingerprint([f"{child.tag}={child.text or ''}" for child in element.iter()]),
            meta={"filename": str(self.file.path), "lineno": line} | ({"check": check} if check else {}),
        )

    def _number(self, text: str | None, line: int | None = None) -> Decimal | None:
        try:
            return self.marks.number(text)
        except UnsettledError:
            raise DaysheetError(
                "an amount whose mark may part thousands or decimals: the file's other amounts do not settle it",
                filename=self.file.path,
                line=line,
                remedy="download the same days as CSV, or have the bank write decimals one way",
            ) from None

    def _unusable(self, name: str, line: int) -> DaysheetError:
        return DaysheetError(f"an entry without a usable {name}", filename=self.file.path, line=line)

    def proof(self, statement: Element, lines: list[BankLine]) -> Proof | None:
        """What the ledger balance proves.

        It is of a moment, usually that of the download, and more may be booked on that day: so it is carried back to
        the evening before, by the entries of that day. Entries of later days are not in it. It proves nothing if the
        file ends before that moment.
        """
        balance = self._number(statement.findtext("LEDGERBAL/BALAMT"))
        moment = _day(statement.findtext("LEDGERBAL/DTASOF"))
        last = _day(statement.findtext(".//BANKTRANLIST/DTEND"))
        if balance is None or moment is None or last is None or last < moment or not lines:
            return None
        today = sum((line.amount for line in lines if line.date == moment), Decimal(0))
        opening = balance - sum((line.amount for line in lines if line.date <= moment), Decimal(0))
        evening = moment - datetime.timedelta(days=1)
        return Proof(True, 0, opening, balance, None, ((evening, balance - today),))


def _lines(text: str) -> Iterator[int]:
    """The physical lines on which entries begin, in order."""
    line, last = 1, 0
    for found in _ENTRY.finditer(text):
        line += text.count("\n", last, found.start())
        last = found.start()
        yield line


def _carry_out(found: _Found) -> None:
    """Take out the entries of the same file that a later one replaces or takes back."""
    for correction in found.corrections:
        alike = [line for line in found.records if line.source_id == correction.id and line is not correction.line]
        if len(alike) > 1:
            alike = [
                line for line in alike if (line.date, line.amount) == (correction.line.date, correction.line.amount)
            ]
        if len(alike) == 1:
            found.records.remove(alike[0])
            row = correction.line.meta["lineno"]
            word = "replaced" if correction.replaces else "taken back"
            found.skipped.append(Skipped(alike[0].meta["lineno"], f"{word} by the bank in row {row}"))


def _is_pending(element: Element) -> bool:
    """Whether an entry is only on hold: by its type, by a posting day that is still blank, or by its words."""
    if _text(element, "TRNTYPE").upper() == "HOLD":
        return True
    if _NO_DAY.match(_text(element, "DTPOSTED")) and _day(element.findtext("DTUSER")):
        return True
    return any(pending.in_words(_text(element, name)) for name in ("NAME", "MEMO"))


def _text(element: Element, name: str) -> str:
    return plain(html.unescape(element.findtext(name) or ""))


def _day(text: str | None) -> datetime.date | None:
    found = _DAY.match((text or "").strip())
    try:
        return datetime.date(int(found[1]), int(found[2]), int(found[3])) if found else None
    except ValueError:
        return None
