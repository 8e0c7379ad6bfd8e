"""Which receivable account an adjustment is on, whatever was imported first: it, or what says whose bill it is.

An adjustment is a fact of the practice's system, and its account follows from its bill: that of the bill's insurer;
the patients', once a row has moved what the insurer left to the patient. Where the bill or that row comes later, the
account of the fact is put right, as the income of a payment is.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from daysheet.accounts import RECEIVABLE_INSURANCE, RECEIVABLE_PATIENTS
from daysheet.billing.payers import receivable_of
from daysheet.billing.shares import CONTRACTUAL, MOVED
from daysheet.books import Books
from daysheet.books.openings import bill_or_opening
from daysheet.importers.booking.derived_files import kind_at
from daysheet.importers.booking.known import ANY_INSURER
from daysheet.importers.writing.writer import Batch, Edit, block_of
from daysheet.records import Meta


class Misplaced(NamedTuple):
    """An adjustment's entry with a leg that belongs to another receivable account."""

    meta: Meta
    account: str
    right: str


def misplaced(books: Books) -> Iterator[Misplaced]:
    """Adjustments on another account than their bill says by now; those of locked years and a person's stay.

    A person's are those on an account that no import would have chosen.
    """
    for invoice, adjustments in books.adjustments_of_invoice.items():
        bill = bill_or_opening(books, invoice)
        if bill is None:
            continue
        own = RECEIVABLE_PATIENTS
        if bill.payer is not None:
            own = RECEIVABLE_INSURANCE if bill.payer == ANY_INSURER else receivable_of(bill.payer, bill.date, books)
        moved = any(one.kind == MOVED for one in adjustments)
        places = {_place(one.meta): one.kind for one in adjustments if _is_fact(one.meta)}
        chosen = {RECEIVABLE_PATIENTS, RECEIVABLE_INSURANCE, own}
        for posting in books.receivable.get(invoice, ()) if places else ():
            kind = places.get(_place(posting.meta))
            if kind is None or posting.date.year in books.locks or posting.account not in chosen:
                continue
            if kind == MOVED:
                right = RECEIVABLE_INSURANCE if bill.payer is None else own
                right = posting.account if posting.account == RECEIVABLE_PATIENTS else right
            else:
                right = RECEIVABLE_PATIENTS if moved and kind != CONTRACTUAL else own
            if right != posting.account:
                yield Misplaced(posting.meta, posting.account, right)


def put_right(found: Misplaced, folder: Path, batch: Batch) -> None:
    """Write the account that an adjustment is on.

    Args:
        found: the entry and its leg.
        folder: the books folder.
        batch: what is about to be written.
    """
    path, line = Path(found.meta["filename"]), found.meta["lineno"]
    last, lines = block_of(path, line)
    leg = re.compile(rf"^  {re.escape(found.account)} +(\S+) ")
    changed = tuple(leg.sub(lambda old: f"  {found.right:<40} {old[1]:>14} ", text) for text in lines)
    batch.edit(path.resolve().relative_to(folder.resolve()).as_posix(), Edit(line, last, changed))
    batch.open([found.right])


def _place(meta: Meta) -> tuple[str, int]:
    return str(meta["filename"]), int(meta["lineno"])


def _is_fact(meta: Meta) -> bool:
    return "remittance" not in meta and kind_at(meta) is None
