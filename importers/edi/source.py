"""Remittance files as a source, and remittances as directives.

An import of a remittance writes what the insurer said: a `remittance` directive and a `claim` directive a claim.
What follows from that for the receivables, and the money once the bank shows it, is posted by `settlement`, which
looks at the books as a whole: a remittance, its invoices and its bank line may be imported in any order.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from decimal import Decimal
from typing import Any, Final

from beancount.core.amount import Amount
from beancount.core.data import Custom, Directive
from beancount.parser.grammar import ValueType
from daysheet.billing import payers
from daysheet.books import Books
from daysheet.cash.receipts import is_settlement
from daysheet.errors import DaysheetError
from daysheet.importers.edi import remittances as era
from daysheet.importers.edi import x12
from daysheet.importers.edi.claim_source import require_whole
from daysheet.importers.reading import Context, Reading, Skipped
from daysheet.importers.rows.raw_file import RawFile
from daysheet.records import Adjustment, Meta, Payment
from daysheet.remittances import (
    AMOUNTS,
    CONTROL,
    FORWARDED,
    LINES,
    TURNED,
    Remittance,
    RemittedClaim,
    problems,
    total,
    written_adjustments,
    written_lines,
    written_services,
)

PROFILE: Final = "x12-835"
KIND: Final = "remittance"
_SUFFIXES: Final = (".835", ".era")
_OTHERS: Final = {
    "270": "a question about coverage",
    "271": "what a patient is covered for",
    "276": "a question about a claim",
    "278": "an authorization",
    "820": "a payment of premiums",
    "834": "an enrolment",
}
"""What practices get or send beside what is read (ASC X12N)."""

_READ: Final = frozenset(("837", "277", "997", "999", "TA1"))
"""What other sources read."""


class RemittanceSource:
    """X12 835 files as a `Source`."""

    name = PROFILE
    kind = KIND

    def matches(self, file: RawFile) -> bool:
        """Whether the file holds an 835 transaction, is called one, or is other X12: then `read` says of what kind."""
        found = x12.kinds(file)
        if "835" in found or found & _READ:
            return "835" in found
        return file.path.suffix.lower() in _SUFFIXES or "ISA" in found

    def read(self, file: RawFile, context: Context) -> Reading:
        """The file's remittances; its rows are claims.

        Raises:
            DaysheetError: it has no interchange header, no 835, is cut off, or has an amount that is no number.
        """

        def identify(number: str) -> str:
            return number if number in context.known or era.plain_number(number) else context.token(number)

        transactions = _transactions(file)
        found = [era.remittance(each, file.path, identify) for each in transactions]
        for transaction, remittance in zip(transactions, found, strict=True):
            if not remittance.amount:  # where something was paid, a claim that is missing leaves a difference
                require_whole(transaction, file)
        claims = [claim for remittance in found for claim in remittance.claims]
        skipped = [
            Skipped(claim.meta["lineno"], "a predetermination pays nothing") for claim in claims if not claim.status
        ]
        days = [remittance.date for remittance in found]
        turned = [claim.meta["lineno"] for claim in claims if claim.meta.get(TURNED)]
        note = f"a reversal without minus signs counts as negative: row {', '.join(map(str, turned))}"
        notes = [note] if turned else []
        others = sorted(x12.kinds(file) & _READ)
        if others:
            notes.append(
                f"its {', '.join(others)} are not read: save each interchange (ISA to IEA) to a file of its own"
            )
        return Reading(
            PROFILE, KIND, len(claims), tuple(found), tuple(skipped), min(days), max(days), currency=context.currency,
            notes=tuple(notes),
        )  # fmt: skip


def remittance_summary(file: RawFile) -> dict[str, Any]:
    """What `identify --json` says of a remittance: its claims, what they were paid (ΣCLP04), and if it balances.

    `sent` is what reaches the practice (BPR02): the same less the adjustments beside the claims.

    Raises:
        DaysheetError: as `RemittanceSource.read`.
    """
    found = [era.remittance(each, file.path, str) for each in _transactions(file)]
    return {
        "file": str(file.path),
        "kind": KIND,
        "claims": sum(len(remittance.claims) for remittance in found),
        "paid": f"{total(found):.2f}",
        "sent": f"{sum((remittance.amount for remittance in found), Decimal()):.2f}",
        "balanced": all(remittance.balanced for remittance in found),
        "problems": [problem for remittance in found for problem in problems(remittance)],
    }


def refuse_unbalanced(remittances: Sequence[Remittance]) -> None:
    """Stop an import that would book what cannot be right.

    Raises:
        DaysheetError: a remittance does not balance; the message has the figures, the line is its first segment's.
    """
    for remittance in remittances:
        found = problems(remittance)
        if found:
            raise DaysheetError(
                f"the remittance does not balance: {'; '.join(found)}",
                filename=remittance.meta["filename"],
                line=remittance.meta["lineno"],
                remedy="ask the insurer for a corrected one, or import it with --suspense",
            )


def directives(remittance: Remittance, books: Books) -> list[Directive]:
    """A remittance and its claims as the ledger holds them; predeterminations are left out.

    Args:
        remittance: as read.
        books: to find the payer, the invoices and the claims that it speaks of.
    """
    payer = payers.payer_of(remittance, books)
    meta: dict[str, Any] = {
        **_place(remittance.meta),
        "trace": remittance.trace,
        "method": remittance.method,
        "effective": remittance.effective,
    }
    if remittance.adjustments:
        meta["adjustments"] = written_adjustments(remittance.adjustments)
    values = [_text(remittance.id), _text(payer), ValueType(_money(remittance.amount, books.currency), Amount)]
    claims = [_claim(remittance, claim, payer, books) for claim in remittance.claims if claim.status]
    return [Custom(meta, remittance.date, "remittance", values), *claims]


def trace_of(record: Payment | Adjustment, books: Books, is_fact: Callable[[Meta], bool]) -> str | None:
    """The trace number of the remittance that has posted what a practice system's export gives too; else None.

    Only what books of before have posted as facts counts: what is derived of a remittance gives way by itself.

    A payment is the same when it is on the same invoice, of the same amount, and of the same reference or payer; an
    adjustment when it is of the same invoice, kind and amount.
    """
    if isinstance(record, Adjustment):
        posted: list[Payment | Adjustment] = [
            adjustment
            for adjustment in books.adjustments_of_invoice.get(record.invoice, ())
            if (adjustment.kind, adjustment.amount) == (record.kind, record.amount)
        ]
    else:
        posted = [
            payment
            for payment in books.payments_of_invoice.get(record.invoice, ())
            if payment.amount == record.amount
            and (
                (record.payer and payment.payer == record.payer)
                or (record.reference and payment.reference == record.reference)
            )
        ]
    ids = [str(entry.meta["remittance"]) for entry in posted if is_settlement(entry.meta) and is_fact(entry.meta)]
    return books.remittances[ids[0]].trace if ids else None


def _claim(remittance: Remittance, claim: RemittedClaim, payer: str, books: Books) -> Custom:
    identifier, invoice = payers.known_claim(claim.claim, payer, books)
    meta: dict[str, Any] = {**_place(claim.meta), "remittance": remittance.id, "line": Decimal(claim.line)}
    if claim.control:
        meta[CONTROL] = claim.control
    name, number = claim.meta.get(FORWARDED, ("", ""))
    next_payer = payers.payer_called(name, (number,), books) if name else ""
    if next_payer and next_payer != payer:
        meta[FORWARDED] = next_payer
    if claim.rank != "primary":
        meta["rank"] = claim.rank
    if claim.reversal:
        meta["reversal"] = True
    amounts = {name: getattr(claim, name) for name in AMOUNTS}
    meta |= {name: _money(amount, books.currency) for name, amount in amounts.items() if amount or name == "paid"}
    if claim.reason:
        meta["reason"] = claim.reason
    if claim.codes:
        meta["codes"] = claim.codes
    if claim.services:
        meta["services"] = written_services(claim.services)
    if claim.lines:
        meta[LINES] = written_lines(claim.lines)
    return Custom(
        meta, remittance.date, "claim", [_text(identifier), _text(invoice), _text(payer), _text(claim.status)]
    )


def _transactions(file: RawFile) -> list[x12.Transaction]:
    found = x12.transactions(x12.decode(file.data), file.path)
    wanted = [transaction for transaction in found if transaction.kind == "835"]
    if not wanted:
        kinds = sorted({transaction.kind[:3] for transaction in found})
        named = ", ".join(f"{kind} ({_OTHERS[kind]})" if kind in _OTHERS else kind for kind in kinds)
        holds = f"its transactions are of kind {named}, not 835" if kinds else "its header is not followed by any"
        raise DaysheetError(
            f"an X12 file without a remittance: {holds}",
            filename=file.path,
            line=1,
            remedy="import the 835 of the same payment",
        )
    return wanted


def _place(meta: Any) -> dict[str, Any]:  # noqa: ANN401 - metadata holds values of many types
    return {"filename": meta["filename"], "lineno": meta["lineno"]}


def _text(value: str) -> ValueType:
    return ValueType(value, str)


def _money(amount: Decimal, currency: str) -> Amount:
    return Amount(amount.quantize(Decimal("0.01")), currency)
