"""What the books keep of an imported file: where it is filed, its rows and money, the days and accounts it covers."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal
from typing import Any

from beancount.core.amount import Amount
from beancount.core.data import Directive
from daysheet.importers.booking import bank_lines, dedupe, practice_records
from daysheet.importers.booking.directives import custom
from daysheet.importers.booking.session import Taken
from daysheet.importers.detection.claims import X12
from daysheet.importers.edi import source
from daysheet.importers.reading import Reading
from daysheet.importers.rows.raw_file import RawFile
from daysheet.importers.spilled_visits import SpilledVisits
from daysheet.importers.writing import archive
from daysheet.records import BankLine
from daysheet.remittances import Remittance
from daysheet.submissions import CLAIMS_SENT


def imported(file: RawFile, reading: Reading, taken: Taken, accounts: Iterable[str | None]) -> list[Directive]:
    """The facts that say what was imported: one for each kind of record in the file, and for each account."""
    meta: dict[str, Any] = {
        "file": archive.filed_name(file, reading),
        "sha256": file.sha256,
        "rows": Decimal(reading.rows),
        "booked": Decimal(taken.booked),
        "known": Decimal(taken.known),
        "skipped": Decimal(len(taken.skipped)),
    }
    if len(taken.amounts) == 1:
        ((currency, amount),) = taken.amounts.items()
        meta["amount"] = Amount(amount, currency)
    records = reading.records
    if isinstance(records, SpilledVisits):  # all of one kind
        records = [records[0]] if records else []
    kinds = dict.fromkeys(_kind(record, reading) for record in records) or {_quiet(reading): None}
    return [
        custom(
            reading.last,
            "imported",
            meta if account is None else {**meta, **_of_account(account, reading, taken)},
            kind,
            reading.first,
            reading.last,
        )
        for kind in kinds
        for account in accounts
    ]


def _quiet(reading: Reading) -> str:
    """The kind of a file without a record."""
    if reading.profile.startswith(X12) and reading.kind == "claims":
        return CLAIMS_SENT
    return reading.profile if reading.kind in ("bank", "payout") else reading.kind


def _of_account(account: str, reading: Reading, taken: Taken) -> dict[str, Any]:
    withdrawn = {dedupe.WITHDRAWN: "; ".join(taken.withdrawn[account])} if account in taken.withdrawn else {}
    return {"account": account, **bank_lines.kept_of(reading), **withdrawn}


def _kind(record: object, reading: Reading) -> str:
    if isinstance(record, BankLine):
        return reading.profile
    if isinstance(record, Remittance):
        return source.KIND
    if reading.profile.startswith(X12):
        return reading.kind if reading.kind != "claims" else CLAIMS_SENT
    return practice_records.KIND_OF.get(type(record), reading.kind)
