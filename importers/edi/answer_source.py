"""Acknowledgments and states of claims (X12 999, 997, TA1, 277CA, 277) as a source.

Each answers a claim, or all claims of a file, by the numbers in it, whether or not the books have these already.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, Final

from daysheet.errors import DaysheetError
from daysheet.importers.edi import x12
from daysheet.importers.edi.answers import KINDS, Reply, replies
from daysheet.importers.edi.claim_source import miscounted, personal, refuse_mixed, require_whole
from daysheet.importers.edi.parties import Parties
from daysheet.importers.reading import Context, Reading, Skipped
from daysheet.importers.rows.raw_file import RawFile

PROFILE: Final = "x12-acknowledgment"
KIND: Final = "acknowledgment"
_SAYS_NOTHING: Final = "says nothing of a claim that was sent"


class AnswerSource:
    """X12 acknowledgments as a `Source`."""

    name = PROFILE
    kind = KIND

    def matches(self, file: RawFile) -> bool:
        """Whether the file holds an acknowledgment or a claim's state, and neither claims nor a remittance."""
        found = x12.kinds(file)
        return not found & {"835", "837"} and bool(found & set(KINDS))

    def read(self, file: RawFile, context: Context) -> Reading:
        """The file's answers, each of them a row.

        Raises:
            DaysheetError: it has no interchange header, is cut off, or an amount is no number.
        """
        transactions = _transactions(file)
        for each in transactions:
            require_whole(each, file)
        found = _replies(file, transactions, context)
        answers = [reply.answer for reply in found if reply.answer is not None]
        skipped = [Skipped(row, _SAYS_NOTHING) for row, reply in enumerate(found, 1) if reply.answer is None]
        days = [answer.date for answer in answers] or [each.issued for each in transactions if each.issued]
        if not days:
            raise DaysheetError("answers no claim and no file of claims", filename=file.path, line=transactions[0].line)
        return Reading(
            PROFILE, KIND, len(found), tuple(answers), tuple(skipped), min(days), max(days), currency=context.currency,
            notes=tuple(miscounted([each for each in transactions if each.kind != "TA1"])),
        )  # fmt: skip

    def private_cells(self, file: RawFile) -> Iterator[str]:
        """Every name and number of a person, to look for before a commit."""
        for transaction in _transactions(file):
            yield from personal(transaction)


def answers_summary(file: RawFile) -> dict[str, Any]:
    """What `identify --json` says of an acknowledgment: how much of what it answers is accepted, and how much rejected.

    Claims for a 277CA, transaction sets for a 999 or 997, interchanges for a TA1. A 277 that tells of claims which were
    taken long ago has neither.

    Raises:
        DaysheetError: as `AnswerSource.read`, but for a file that is cut off.
    """
    found = _replies(file, _transactions(file), Context(lambda text: text))
    verdicts = [reply.verdict for reply in found]
    return {
        "file": str(file.path),
        "kind": KIND,
        "accepted": verdicts.count("accepted"),
        "rejected": verdicts.count("rejected"),
    }


def _replies(file: RawFile, transactions: Sequence[x12.Transaction], context: Context) -> list[Reply]:
    parties = Parties(context)
    found: list[Reply] = []
    for each in transactions:
        found += replies(each, file.path, parties, len(found) + 1)
    return found


def _transactions(file: RawFile) -> list[x12.Transaction]:
    """The transactions that answer something.

    Raises:
        DaysheetError: the file has no interchange header, or holds others beside them.
    """
    found = x12.transactions(x12.decode(file.data), file.path)
    refuse_mixed(found, KINDS, file)
    if not found:
        raise DaysheetError("an X12 file without transactions", filename=file.path, line=1)
    return found
