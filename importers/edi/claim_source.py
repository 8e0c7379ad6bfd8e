"""Files of claims (X12 837) as a source: each claim as it was sent.

What a claim becomes is told by acknowledgments and remittances; where no other file gives the practice's bills, the
claims make them (`[[source]] profile = "x12-837"`, `take = ["claims", "invoices"]`).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, Final

from daysheet.errors import DaysheetError
from daysheet.importers.edi import x12
from daysheet.importers.edi.claims import Sent
from daysheet.importers.edi.parties import Parties, person
from daysheet.importers.reading import Context, Reading, Skipped
from daysheet.importers.rows.raw_file import RawFile
from daysheet.ledger import printer
from daysheet.records import Claim
from daysheet.wording import many

PROFILE: Final = "x12-837"
KIND: Final = "claims"
_TRANSACTION: Final = "837"
_SHOWN: Final = 10


class ClaimSource:
    """X12 837 files as a `Source`."""

    name = PROFILE
    kind = KIND

    def __init__(self, *, bills: bool = False) -> None:
        """`bills` says that the claims make the practice's bills."""
        self.bills = bills

    def matches(self, file: RawFile) -> bool:
        """Whether the file holds claims and no remittance."""
        found = x12.kinds(file)
        return _TRANSACTION in found and "835" not in found

    def read(self, file: RawFile, context: Context) -> Reading:
        """The file's claims; its rows are claims.

        Raises:
            DaysheetError: it has no interchange header, is cut off, holds no claim, or an amount is no number.
        """
        found = _sent(file)
        for each in found:
            require_whole(each.transaction, file)
        parties = Parties(context)
        claims: list[Claim] = []
        skipped: list[Skipped] = []
        row = 0
        for each in found:
            for record in each.records(parties, context.token if self.bills else None, row + 1):
                row += 1
                if record is None:
                    skipped.append(Skipped(row, "a predetermination asks for no money"))
                else:
                    claims.append(record)
        days = [each.day for each in found if each.claims and each.day is not None]
        if not days:
            raise DaysheetError(
                "holds no claim",
                filename=file.path,
                line=found[0].transaction.line,
                remedy="send it again, or leave it out",
            )
        return Reading(
            PROFILE, KIND, row, tuple(claims), tuple(skipped), min(days), max(days), currency=context.currency,
            notes=tuple(_notes(found, claims)),
        )  # fmt: skip

    def patients(self, file: RawFile) -> Iterator[str]:
        """The patients as they are called for their tokens, for `daysheet reveal` alone."""
        for each in _sent(file):
            for claim in each.claims:
                if claim.patient is not None:
                    yield printer.plain(person(claim.patient, claim.birth))

    def private_cells(self, file: RawFile) -> Iterator[str]:
        """Every name and number of a person, to look for before a commit."""
        for transaction in _transactions(file):
            yield from personal(transaction)


def personal(transaction: x12.Transaction) -> Iterator[str]:
    """The names and member numbers of the patients and subscribers of a transaction."""
    for segment in transaction.segments:
        if segment.tag == "NM1" and segment.code(1) in ("IL", "QC", "74", "03"):
            yield " ".join(filter(None, (segment.get(4), segment.get(3))))
            yield segment.get(9)


def claims_summary(file: RawFile) -> dict[str, Any]:
    """What `identify --json` says of a file of claims: claims, what they ask for (ΣCLM02), and their service lines.

    Raises:
        DaysheetError: as `ClaimSource.read`, but for a file that is cut off or holds no claim.
    """
    found = _sent(file)
    return {
        "file": str(file.path),
        "kind": KIND,
        "claims": sum(len(each.claims) for each in found),
        "charges": f"{sum(each.charges for each in found):.2f}",
        "lines": sum(each.service_lines for each in found),
    }


def require_whole(transaction: x12.Transaction, file: RawFile) -> None:
    """Refuse a transaction without its end: what was cut off would be missed by nobody.

    Raises:
        DaysheetError: it has none.
    """
    if not transaction.closed:
        raise DaysheetError(
            f"is cut off: its {transaction.kind} that begins here has no end (SE)",
            filename=file.path,
            line=transaction.line,
            remedy="download the file again",
        )


def miscounted(transactions: Sequence[x12.Transaction]) -> Iterator[str]:
    """Transactions whose end counts other segments than there are, in words."""
    for each in transactions:
        there = len(each.segments) + 2
        if each.counted is not None and each.counted != there:
            yield f"the {each.kind} of line {each.line} says that it has {each.counted} segments, and has {there}"


def _notes(found: Sequence[Sent], claims: Sequence[Claim]) -> Iterator[str]:
    """What a person should know: lines that do not add up, and segments that are missing."""
    odd = [claim for claim in claims if claim.sent is not None and claim.sent.unexplained]
    for claim in odd[:_SHOWN]:
        if claim.sent is not None:
            lines = claim.sent.charged - claim.sent.unexplained
            yield (
                f"claim {claim.id} (line {claim.meta['lineno']}) asks for {claim.sent.charged:,.2f}, and its "
                f"{many(len(claim.sent.lines), 'line')} for {lines:,.2f}: {claim.sent.unexplained:+,.2f}"
            )
    if len(odd) > _SHOWN:
        yield f"so do {len(odd) - _SHOWN:,} more"
    yield from miscounted([each.transaction for each in found])


def _sent(file: RawFile) -> list[Sent]:
    return [Sent(transaction, file.path) for transaction in _transactions(file)]


def _transactions(file: RawFile) -> list[x12.Transaction]:
    """The transactions of claims.

    Raises:
        DaysheetError: the file has no interchange header, or holds others beside them.
    """
    found = x12.transactions(x12.decode(file.data), file.path)
    wanted = [transaction for transaction in found if transaction.kind == _TRANSACTION]
    refuse_mixed(found, (_TRANSACTION,), file)
    if not wanted:
        raise DaysheetError("an X12 file without claims: no 837 follows its header", filename=file.path, line=1)
    return wanted


def refuse_mixed(found: Sequence[x12.Transaction], kinds: Sequence[str], file: RawFile) -> None:
    """Refuse a file that holds something beside what would be read of it.

    Raises:
        DaysheetError: it does; the message names the kinds.
    """
    others = sorted({each.kind[:3] for each in found if each.kind not in kinds})
    if others:
        first = next(each for each in found if each.kind not in kinds)
        raise DaysheetError(
            f"holds transactions of several kinds, {', '.join((*kinds[:1], *others))}",
            filename=file.path,
            line=first.line,
            remedy="save each interchange (ISA to IEA) to a file of its own",
        )
