"""The practice's own records into the books: what is new, what overtakes an earlier state, what differs.

A visit that the books have as scheduled is overtaken by what became of it, or by its new day: that is what a
bookkeeper expects of a later export. Nothing else is overwritten. A record that the practice system has changed since
(an amount, a date, a status that was final) is reported with the place where the books have it, because money may
hang on it, and because the books may have been put right by hand.
"""

from __future__ import annotations

import datetime
import re
from collections import defaultdict
from collections.abc import Mapping, Sequence
from decimal import Decimal
from pathlib import Path
from typing import Any, Final

from beancount.core.data import Directive, Transaction
from beancount.core.getters import get_entry_accounts
from daysheet.billing.payers import bill_meant
from daysheet.books.index import invoice_of
from daysheet.books.made import payment_of
from daysheet.cash.receipts import is_settlement
from daysheet.importers.booking import bill_lines, dedupe, practice_identity
from daysheet.importers.booking.derived_files import kind_at, kind_of
from daysheet.importers.booking.directives import UNASSIGNED, Terms, book, income_account
from daysheet.importers.booking.session import AT_ONCE, Changed, ImportSession, OneByOneError, Taken, month_file
from daysheet.importers.booking.whose_file import refuse_strangers
from daysheet.importers.edi.source import trace_of
from daysheet.importers.reading import Reading, Record, Skipped, rows_of_record
from daysheet.importers.spilled_visits import SpilledVisits
from daysheet.importers.systems import undated
from daysheet.importers.systems.source import PREFIX
from daysheet.importers.writing.writer import Edit, block_of
from daysheet.ledger import printer
from daysheet.records import Adjustment, Allotment, Claim, Invoice, Meta, Payment, Visit
from daysheet.submissions import Answer
from daysheet.wording import many, money

KIND_OF: Final[Mapping[type, str]] = {
    Visit: "visits",
    Invoice: "invoices",
    Claim: "claims",
    Answer: "answers",
    Adjustment: "adjustments",
    Payment: "payments",
    Allotment: "pay-splits",
}
"""What files of each record are called, in the order of booking: an invoice before what is paid on it."""

_UNASSIGNED: Final = re.compile(rf"^  {UNASSIGNED} +(\S+) ")
_ORDER: Final = tuple(KIND_OF)
_OWN_KEYS: Final = frozenset({"filename", "lineno", "patient", "service", "fee"})
_BILLS: Final = frozenset({"filename", "lineno", "provider", "__tolerances__"})


def book_practice_records(session: ImportSession, records: Sequence[Record], reading: Reading, taken: Taken) -> None:
    """Book what is new among a file's records.

    Raises:
        OneByOneError: the file changes what another of the same import brought; nothing has been taken.
        DaysheetError: something cannot be booked.
    """
    refuse_strangers(records, session.books.providers, session.settings.unknown_providers, taken.file)
    if not isinstance(records, SpilledVisits):
        _book_new(session, records, reading, taken)
        return
    for part in records.parts():
        _book_new(session, part, reading, taken)
        session.forget(part)
    taken.notes = list(dict.fromkeys(taken.notes))


def _book_new(session: ImportSession, records: Sequence[Record], reading: Reading, taken: Taken) -> None:
    terms = Terms.of(reading, session.settings)
    records = _without_remitted(session, records, reading, taken)
    records = _without_days(session, records, reading, taken)
    records = practice_identity.in_books_letters(records, session.known, reading, taken)
    practice_identity.refuse_clashes(session, records, reading, taken)
    records = list(bill_lines.apart(records, session.known))
    verdicts = bill_lines.judged(records, session.known)
    _refuse_entangled(session, records, verdicts)
    fresh: list[Record] = []
    booked: set[int] = set()
    known: set[int] = set()
    for record, verdict in zip(records, verdicts, strict=True):
        amount = _money(record)
        taken.amounts[reading.currency] += amount
        if verdict.what in ("new", "later"):
            booked.update(rows_of_record(record))
            taken.booked_amounts[reading.currency] += amount
        elif verdict.what != "repeated":
            known.update(rows_of_record(record))
            taken.known_amounts[reading.currency] += amount
        if isinstance(record, Payment) and verdict.what in ("new", "known"):
            taken.paid.append(record)
        if verdict.what == "new":
            fresh.append(record)
        elif verdict.where is not None:
            _settle(session, record, verdict.what, verdict, terms, taken)
    taken.booked += len(booked)
    taken.known += len(known - booked)
    _note_parts(taken, booked | known)
    _redate(session, [record for record in fresh if isinstance(record, Payment)], reading, terms, taken)
    _note_other_source(session, records, reading, taken)
    _note_strangers(session, records, taken)
    fresh.sort(key=lambda record: (_ORDER.index(type(record)), _day(record, reading.last)))
    for start in range(0, len(fresh), AT_ONCE):
        _book(session, fresh[start : start + AT_ONCE], terms, taken)


def _note_parts(taken: Taken, used: set[int]) -> None:
    """A row of which a part is skipped and a part is not is no skipped row; what of it was skipped is noted."""
    parts = [skipped for skipped in taken.skipped if skipped.row in used]
    taken.skipped = [skipped for skipped in taken.skipped if skipped.row not in used]
    taken.notes += dict.fromkeys(f"row {part.row} in part: {part.reason}" for part in parts)


def _note_other_source(session: ImportSession, records: Sequence[Record], reading: Reading, taken: Taken) -> None:
    """Say when two exports of one practice system both give payments of the same days: the money would stand twice."""
    if not reading.profile.startswith(PREFIX) or not any(isinstance(record, Payment) for record in records):
        return
    system = reading.profile.split("-")[1]
    for earlier in session.books.imported:
        file = str(earlier.meta.get("file", ""))
        overlaps = earlier.first <= reading.last and reading.first <= earlier.last
        if (
            earlier.kind == KIND_OF[Payment]
            and overlaps
            and f"-{PREFIX}{system}-" in file
            and reading.profile not in file
        ):
            taken.notes.append(
                f"{file} gave payments of these days too: take them from one export only, by take in [[source]]"
            )


def _without_remitted(
    session: ImportSession, records: Sequence[Record], reading: Reading, taken: Taken
) -> list[Record]:
    """The records less the payments and adjustments that were posted from an insurer's remittance before."""
    kept: list[Record] = []
    for record in records:
        trace = trace_of(record, session.books, _is_fact) if isinstance(record, Payment | Adjustment) else None
        if trace is None:
            kept.append(record)
        else:
            taken.amounts[reading.currency] += _money(record)
            taken.skipped.append(Skipped(int(record.meta["lineno"]), f"posted from remittance {trace}"))
    return kept


def _is_fact(meta: Meta) -> bool:
    return kind_at(meta) is None


def _without_days(session: ImportSession, records: Sequence[Record], reading: Reading, taken: Taken) -> list[Record]:
    """The records less the payments whose days another export of the same system gives."""
    kept, out, profile = undated.left_out(
        records, session.known.payments, reading, session.part(undated.DaysState).days
    )
    if out:
        amount = sum((payment.amount for payment in out), Decimal())
        taken.amounts[reading.currency] += amount
        used = {row for record in kept for row in rows_of_record(record)}
        rows = dict.fromkeys(row for payment in out for row in rows_of_record(payment) if row not in used)
        taken.skipped += [Skipped(row, f"{profile} gives its payment with the day") for row in rows]
        taken.notes.append(
            f"{many(len(out), 'payment')}, {money(amount, reading.currency)}, left out: {profile} gives payments with "
            "their days; import it for all days that this export covers"
        )
    return kept


def _redate(session: ImportSession, payments: Sequence[Payment], reading: Reading, terms: Terms, taken: Taken) -> None:
    """Let payments with their days take the place of those that were put on the day of service."""
    taken.notes += undated.notes(payments, reading.currency)
    found = list(undated.replaced(payments, reading, session.books, session.part(undated.DaysState).days))
    for each in found:
        path = Path(each.payment.meta["filename"])
        last, _ = block_of(path, each.payment.meta["lineno"])
        lines: tuple[str, ...] = ()
        if each.left:
            entry = book(each.payment._replace(amount=each.left), session.known, terms)
            lines = tuple(printer.render([entry]).rstrip("\n").split("\n"))
        session.batch.edit(session.relative(path), Edit(each.payment.meta["lineno"], last, lines))
        taken.written[session.relative(path)] = None
    if found:
        amount = sum((each.payment.amount - each.left for each in found), Decimal())
        taken.notes.append(
            f"{money(amount, reading.currency)} that was put on the day of service is now on the day paid"
        )


def _refuse_entangled(session: ImportSession, records: Sequence[Record], verdicts: Sequence[dedupe.Verdict]) -> None:
    for record, verdict in zip(records, verdicts, strict=True):
        if verdict.what == "later" and record.id in session.brought:  # type: ignore[union-attr]
            raise OneByOneError
        if verdict.what == "later" and isinstance(record, Invoice) and not _is_written(record, session):
            raise OneByOneError
        if isinstance(record, Invoice) and verdict.what == "new":
            waiting = session.known.paid_unassigned.get(record.id, ())
            if any("payment" not in payment.meta for payment in waiting):
                raise OneByOneError


def _settle(
    session: ImportSession, record: Record, what: str, verdict: dedupe.Verdict, terms: Terms, taken: Taken
) -> None:
    where = verdict.where or {}
    row = int(record.meta["lineno"])
    if what == "later" and isinstance(record, Visit):
        _overtake(session, record, where, terms, taken)
    elif what == "later" and isinstance(record, Invoice):
        _grow(session, record, terms, taken)
    elif what == "repeated":
        taken.skipped.append(Skipped(row, f"repeats row {where['lineno']}"))
    elif what == "changed":
        taken.changed.append(Changed(row, verdict.note, where))


def _book(session: ImportSession, records: Sequence[Record], terms: Terms, taken: Taken) -> None:
    groups: dict[str, list[Directive]] = defaultdict(list)
    for record in records:
        entry = book(record, session.known, terms)
        groups[month_file(entry.date, KIND_OF[type(record)])].append(entry)
        session.known.add(record)
        if isinstance(record, Visit):
            session.brought.add(record.id)
        elif isinstance(record, Invoice):
            _assign(session, record, taken)
    session.add(groups, taken)


def _overtake(session: ImportSession, visit: Visit, where: Meta, terms: Terms, taken: Taken) -> None:
    """Put a visit's later state in the place of the scheduled one; what a person added to it stays."""
    path = Path(where["filename"])
    last, lines = block_of(path, where["lineno"])
    entry = book(visit, session.known, terms)
    entry.meta.update((key, value) for key, value in where.items() if key not in _OWN_KEYS)
    comments = tuple(line for line in lines[1:] if line.lstrip().startswith(";"))
    target = month_file(visit.date, KIND_OF[Visit])
    lines = (*printer.render([entry]).rstrip("\n").split("\n"), *comments)
    if session.relative(path) == target:
        session.batch.edit(target, Edit(where["lineno"], last, lines))
    else:
        session.batch.edit(session.relative(path), Edit(where["lineno"], last, ()))
        session.batch.add_text(target, "\n".join(lines) + "\n")
        taken.written[target] = None
    taken.written[session.relative(path)] = None
    session.known.add(visit)
    session.brought.add(visit.id)


def _is_written(bill: Invoice, session: ImportSession) -> bool:
    """Whether what a bill adds to stands in the books, and not only in this import."""
    before = bill_lines.grown_from(bill, session.known)
    return before is None or any(before is one for one in session.books.invoices.get(bill.id, ()))


def _grow(session: ImportSession, bill: Invoice, terms: Terms, taken: Taken) -> None:
    """Write the new lines of a bill into its entry; what a person added to it stays."""
    before = bill_lines.grown_from(bill, session.known)
    if before is None:
        return
    whole = bill_lines.together(before, bill)
    path = Path(before.meta["filename"])
    last, lines = block_of(path, before.meta["lineno"])
    entry = book(whole, session.known, terms)
    entry.meta.update((key, value) for key, value in before.meta.items() if key not in entry.meta and key not in _BILLS)
    comments = tuple(line for line in lines[1:] if line.lstrip().startswith(";"))
    text = (*printer.render([entry]).rstrip("\n").split("\n"), *comments)
    session.batch.edit(session.relative(path), Edit(before.meta["lineno"], last, text))
    session.batch.open(get_entry_accounts(entry))
    taken.written[session.relative(path)] = None
    session.known.invoices[bill.id] = [one for one in session.known.invoices[bill.id] if one is not before]
    session.known.add(whole)


def assign_late(session: ImportSession, taken: Taken) -> bool:
    """Give income that waits for an invoice which the books have to its provider; whether there was any.

    Where one clone of the books has imported a payment and another its invoice, no import has seen both.
    """
    waiting: dict[str, list[Payment]] = defaultdict(list)
    for entry in session.books.entries:
        if isinstance(entry, Transaction) and "payment" in entry.meta and entry.date.year not in session.books.locks:
            invoice = invoice_of(entry)
            unassigned = any(posting.account == UNASSIGNED for posting in entry.postings)
            if (
                unassigned
                and invoice is not None
                and invoice in session.books.invoices
                and not is_settlement(entry.meta)
                and kind_of(entry) is None
            ):
                waiting[invoice].append(payment_of(entry))
    for invoice, payments in waiting.items():
        session.known.paid_unassigned[invoice] = payments
        _assign(session, session.known.invoices[invoice][0], taken)
    return bool(taken.written)


def _assign(session: ImportSession, invoice: Invoice, taken: Taken) -> None:
    """Give the income of payments that came before their invoice to the invoice's provider."""
    account = income_account(invoice, session.known)
    for payment in session.known.paid_unassigned.pop(invoice.id, ()):
        path = Path(payment.meta["filename"])
        last, lines = block_of(path, payment.meta["lineno"])
        moved = tuple(_UNASSIGNED.sub(lambda found: f"  {account:<40} {found[1]:>14} ", line) for line in lines)
        if invoice.patient and "patient" not in payment.meta:
            moved = (*moved[:2], f'  patient: "{invoice.patient}"', *moved[2:])  # behind the payment's id
        if moved != lines:
            session.batch.edit(session.relative(path), Edit(payment.meta["lineno"], last, moved))
            session.batch.open([account])
            taken.written[session.relative(path)] = None


def _note_strangers(session: ImportSession, records: Sequence[Record], taken: Taken) -> None:
    providers = {record.provider for record in records if isinstance(record, Visit | Invoice) and record.provider}
    sent = [record for record in records if isinstance(record, Claim) and record.sent is not None]
    providers |= {record.sent.provider for record in sent if record.sent is not None} - {""}
    taken.notes += _of_no_bill(session, sent)
    payers = {record.payer for record in records if isinstance(record, Invoice | Payment | Claim) and record.payer}
    facts: tuple[tuple[str, set[str], Mapping[str, Any]], ...] = (
        ("provider", providers, session.books.providers),
        ("payer", payers, session.books.payers),
    )
    for word, names, known in facts:
        for name in sorted(name for name in names if name not in known):
            taken.notes.append(f'practice.beancount has no {word} "{name}": add it, so that the checks know it')


def _of_no_bill(session: ImportSession, sent: Sequence[Claim]) -> list[str]:
    """What is said of claims none of which is of a bill, where they make none either."""
    known = session.known
    makes = any(claim.sent is not None and claim.sent.bill for claim in sent)
    if not sent or makes or any(c.id in known.invoices or bill_meant(c.invoice, session.books) for c in sent):
        return []
    return [
        "no claim of it is of an invoice in the books: import the invoices too, or let the claims make them, by "
        'take = ["claims", "invoices"] in a [[source]] of profile "x12-837"'
    ]


def _money(record: Record) -> Decimal:
    if isinstance(record, Visit):
        return record.fee or Decimal()
    if isinstance(record, Claim):
        return record.sent.charged if record.sent is not None else Decimal()
    return record.amount if isinstance(record, Invoice | Payment | Adjustment | Allotment) else Decimal()


def _day(record: Record, last: datetime.date) -> datetime.date:
    day = record.submitted if isinstance(record, Claim) else record.date
    return day or last
