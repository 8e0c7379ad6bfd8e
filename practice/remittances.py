"""Remittances: what an insurer says it paid for which claim, and why it did not pay the rest.

A remittance is advice, not money. Its date posts what the practice will not collect from the insurer (contractual
adjustments, the patient's share); the money, and with it the income of a cash-basis practice, comes with the bank line
that contains it (`deposits`). In the ledger a remittance is a directive, and each of its claims another:

    2026-12-30 custom "remittance" "ERA-71700666555-4be1a07d" "aetna" 80.00 USD
      trace: "71700666555"
      method: "eft"
      effective: 2027-01-02
    2026-12-30 custom "claim" "CLM-1" "INV-1001" "aetna" "paid"
      remittance: "ERA-71700666555-4be1a07d"
      line: 1
      control-number: "94060555410000"
      charged: 150.00 USD
      paid: 80.00 USD
      contractual: 50.00 USD
      transfer: 20.00 USD
      codes: "CO-45 50.00, PR-3 20.00"
      services: "97110*2 100.00"
      lines: "20301 97110 150.00 80.00 50.00 20.00"

A line of a claim says the practice's number of it (a dash where the insurer gives none back), its procedure, what was
charged, paid, taken off under contract, and left to the patient. The amounts of a claim add up: charged = paid +
contractual + transfer + denied + earlier payers' part + unexplained.
Names and identifiers of patients are not in a remittance at all: the reader drops them.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterable
from decimal import Decimal
from typing import Any, Final, NamedTuple

from beancount.core.amount import Amount
from beancount.core.data import Custom
from daysheet.records import Meta

AMOUNTS: Final = ("charged", "paid", "contractual", "transfer", "denied", "earlier", "unexplained")
CONTROL: Final = "control-number"
LINES: Final = "lines"
"""Metadata of a claim: what the insurer decided of each of its service lines."""
TURNED: Final = "turned"
"""In the `meta` of a claim as it was read: a reversal whose amounts the file gives without a minus."""
FORWARDED: Final = "forwarded"
"""In the `meta` of a claim: the insurer that it was sent on to; as it was read, this insurer's name and number."""

METHODS: Final = ("eft", "check", "none")
_ZERO: Final = Decimal()


class Service(NamedTuple):
    """A line of a claim: procedure code, units, and what the insurer allows for it (its own part and the patient's)."""

    code: str
    units: Decimal
    allowed: Decimal


class ServiceLine(NamedTuple):
    """What an insurer decided of one service line of a claim.

    Attributes:
        number: the practice's own number of the line (REF*6R), as the ledger may hold it; empty where there is none.
        code: the procedure that was billed.
        charged: what the practice asked for.
        paid: what the insurer pays.
        contractual: what nobody owes, under the contract.
        transfer: what the patient owes.
    """

    number: str
    code: str
    charged: Decimal
    paid: Decimal
    contractual: Decimal
    transfer: Decimal


class RemittedClaim(NamedTuple):
    """An insurer's decision on one claim; a reversal has the opposite amounts of the decision that it takes back.

    Attributes:
        line: its place in the remittance, from 1; a claim can stand in one twice (reversed and decided anew).
        claim: the claim's id in the books, else the practice's own number as the insurer returned it.
        invoice: the invoice's id, else the same number.
        status: what became of it, one of `records.CLAIM_STATUSES`; empty for what is no claim (a predetermination).
        rank: `primary`, `secondary` or `tertiary`; empty where it says nothing.
        reversal: whether it takes an earlier decision back.
        charged: what the practice asked for.
        paid: what the insurer pays.
        contractual: what nobody owes, under the contract.
        transfer: what the patient owes instead.
        denied: what the insurer refuses to pay; it stays with the insurer until it is corrected or written off.
        earlier: what insurers before this one paid or adjusted; for information.
        unexplained: what the adjustments leave open; zero when the claim balances.
        reason: why it was denied, by code and in words.
        codes: every adjustment by group, reason code and amount.
        services: its lines.
        meta: where it stands.
        control: the payer's own number of the claim (CLP07); empty where it gives none.
        lines: what is decided of each service line; empty where the insurer decides of the claim as a whole.
    """

    line: int
    claim: str
    invoice: str
    status: str
    rank: str
    reversal: bool
    charged: Decimal
    paid: Decimal
    contractual: Decimal
    transfer: Decimal
    denied: Decimal
    earlier: Decimal
    unexplained: Decimal
    reason: str
    codes: str
    services: tuple[Service, ...]
    meta: Meta
    control: str = ""
    lines: tuple[ServiceLine, ...] = ()


class ProviderAdjustment(NamedTuple):
    """Money that a remittance moves beside its claims (PLB): positive lowers the payment; `purpose` says why."""

    code: str
    purpose: str
    amount: Decimal


class Remittance(NamedTuple):
    """What an insurer paid, by claim.

    Attributes:
        id: stable for the same advice, however often it is sent.
        date: the day of the advice.
        payer: the payer's id in the books, else the insurer's name.
        payer_ids: the numbers by which the insurer names itself.
        trace: the check or EFT number (TRN02).
        method: `eft`, `check` or `none` (nothing is sent).
        amount: what is sent (BPR02).
        effective: the day on which the money is to move (BPR16).
        adjustments: beside the claims.
        claims: in the file's order.
        meta: where it stands.
    """

    id: str
    date: datetime.date
    payer: str
    payer_ids: tuple[str, ...]
    trace: str
    method: str
    amount: Decimal
    effective: datetime.date
    adjustments: tuple[ProviderAdjustment, ...]
    claims: tuple[RemittedClaim, ...]
    meta: Meta

    @property
    def claims_paid(self) -> Decimal:
        """The sum of the claims' payments (ΣCLP04)."""
        return sum((claim.paid for claim in self.claims), _ZERO)

    @property
    def withheld(self) -> Decimal:
        """The sum of the adjustments beside the claims (ΣPLB)."""
        return sum((adjustment.amount for adjustment in self.adjustments), _ZERO)

    @property
    def difference(self) -> Decimal:
        """What is sent but not explained: BPR02 − (ΣCLP04 − ΣPLB), zero when the remittance balances."""
        return self.amount - (self.claims_paid - self.withheld)

    @property
    def balanced(self) -> bool:
        """Whether the payment is explained by the claims, and each claim by its adjustments."""
        return not self.difference and not any(claim.unexplained for claim in self.claims)


def problems(remittance: Remittance) -> list[str]:
    """Why a remittance does not balance, with the figures; empty when it does.

    The payment must be the sum of the claims less the provider adjustments, and each claim's charge its payment and
    its adjustments (005010X221A1, 1.10.2.1).
    """
    found = []
    count = len(remittance.claims)
    if remittance.difference:
        found.append(
            f"{remittance.amount:,.2f} sent (BPR02), but {count} claim{'s' if count != 1 else ''} paid "
            f"{remittance.claims_paid:,.2f} less provider adjustments {remittance.withheld:,.2f} give "
            f"{remittance.claims_paid - remittance.withheld:,.2f}: {remittance.difference:+,.2f} unexplained"
        )
    if found:
        found += [
            f"claim {claim.line} (line {claim.meta['lineno']}) takes a decision back (CLP02 22) and was written "
            "without minus signs: it counts as negative"
            for claim in remittance.claims
            if claim.meta.get(TURNED)
        ]
    found += [
        f"claim {claim.line} (line {claim.meta['lineno']}): charged {claim.charged:,.2f}, paid {claim.paid:,.2f}, "
        f"adjusted {claim.charged - claim.paid - claim.unexplained:,.2f}: {claim.unexplained:+,.2f} unexplained"
        for claim in remittance.claims
        if claim.unexplained
    ]
    return found


def total(remittances: Iterable[Remittance]) -> Decimal:
    """What the claims of several remittances were paid."""
    return sum((remittance.claims_paid for remittance in remittances), _ZERO)


def parse_remittance(entry: Custom) -> Remittance:
    """The remittance that a directive states, its claims still missing.

    Raises:
        ValueError: it is malformed; the message says what to write.
    """
    values = [value.value for value in entry.values]
    meta = entry.meta
    if len(values) != 3 or not isinstance(values[2], Amount):
        raise ValueError('remittance: write custom "remittance" "ID" "PAYER" AMOUNT, such as 80.00 USD')
    if meta.get("method") not in METHODS:
        raise ValueError(f'remittance: say how it was paid, method: "eft", one of {", ".join(METHODS)}')
    effective = meta.get("effective", entry.date)
    return Remittance(
        id=values[0],
        date=entry.date,
        payer=values[1],
        payer_ids=(),
        trace=str(meta.get("trace", "")),
        method=meta["method"],
        amount=values[2].number or _ZERO,
        effective=effective,
        adjustments=tuple(_adjustments(meta.get("adjustments", ""))),
        claims=(),
        meta=meta,
    )


def parse_remitted(entry: Custom) -> RemittedClaim:
    """What a claim directive that names a remittance says of its money.

    Raises:
        ValueError: it is malformed; the message says what to write.
    """
    values = [value.value for value in entry.values]
    if len(values) != 4:
        raise ValueError('claim: write custom "claim" "ID" "INVOICE" "PAYER" "STATUS"')
    claim, invoice, _, status = values
    meta = entry.meta
    numbers = {name: _amount(meta, name) for name in AMOUNTS}
    line: Decimal | None = meta.get("line")
    if line is None or line != int(line):
        raise ValueError("claim: say which line of its remittance it is, such as line: 1")
    return RemittedClaim(
        line=int(line),
        claim=claim,
        invoice=invoice,
        status=status,
        rank=str(meta.get("rank", "primary")),
        reversal=meta.get("reversal") is True,
        reason=str(meta.get("reason", "")),
        codes=str(meta.get("codes", "")),
        services=tuple(_services(meta.get("services", ""))),
        meta=meta,
        control=str(meta.get(CONTROL, "")),
        lines=tuple(_lines(meta.get(LINES, ""))),
        **numbers,
    )


def written_services(services: Iterable[Service]) -> str:
    """Service lines as the ledger holds them: `97110*2 100.00, 97140*1 40.00`."""
    return ", ".join(f"{service.code}*{service.units:f} {service.allowed:.2f}" for service in services)


def written_adjustments(adjustments: Iterable[ProviderAdjustment]) -> str:
    """Adjustments beside the claims as the ledger holds them: `WO recoupment 25.00, L6 interest -3.10`."""
    return ", ".join(f"{item.code} {item.purpose} {item.amount:.2f}" for item in adjustments)


def written_lines(lines: Iterable[ServiceLine]) -> str:
    """Decisions by line as the ledger holds them: `20301 D2392 210.00 105.00 42.00 63.00`."""
    return ", ".join(
        f"{line.number or '-'} {line.code or '-'} "
        f"{line.charged:.2f} {line.paid:.2f} {line.contractual:.2f} {line.transfer:.2f}"
        for line in lines
    )


def _lines(text: str) -> Iterable[ServiceLine]:
    for part in text.split(", ") if text else ():
        try:
            number, code, charged, paid, contractual, transfer = part.split(" ")
            amounts = [Decimal(amount) for amount in (charged, paid, contractual, transfer)]
            yield ServiceLine("" if number == "-" else number, "" if code == "-" else code, *amounts)
        except (TypeError, ValueError, ArithmeticError):
            raise ValueError(
                'claim: write lines: "20301 D2392 210.00 105.00 42.00 63.00", number, procedure, charged, paid, '
                "contractual and the patient's share"
            ) from None


def _services(text: str) -> Iterable[Service]:
    for part in text.split(", ") if text else ():
        try:
            name, allowed = part.rsplit(" ", 1)
            code, units = name.rsplit("*", 1)
            yield Service(code, Decimal(units), Decimal(allowed))
        except (ValueError, ArithmeticError):
            raise ValueError('claim: write services: "97110*2 100.00", code, units and what was allowed') from None


def _adjustments(text: str) -> Iterable[ProviderAdjustment]:
    for part in text.split(", ") if text else ():
        try:
            code, purpose, amount = part.split(" ")
            yield ProviderAdjustment(code, purpose, Decimal(amount))
        except (ValueError, ArithmeticError):
            raise ValueError('remittance: write adjustments: "WO recoupment 25.00", code, purpose, amount') from None


def _amount(meta: Meta, name: str) -> Decimal:
    value: Any = meta.get(name)
    if value is None:
        return _ZERO
    if not isinstance(value, Amount) or value.number is None:
        raise ValueError(f"claim: {name} must be an amount, such as {name}: 80.00 USD")
    return value.number
