"""Invoices and charge items to bills.

An Invoice is a bill; the ChargeItems that it names are its lines, and say which encounter they are of. A ChargeItem
that is `billed` and on no invoice of an export without any is a line of the bill of its encounter. One that is still
`billable` is none: that it waits is what a bookkeeper wants to know.
"""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import Final, NamedTuple

from daysheet.importers.fhir.elements import (
    Body,
    Money,
    concepts,
    day,
    identifier,
    money,
    number,
    part,
    parts,
    text,
    word,
)
from daysheet.importers.fhir.references import Ref
from daysheet.importers.fhir.stream import Resource
from daysheet.importers.fhir.terms import Reader, own_id
from daysheet.importers.reading import Skipped
from daysheet.importers.systems.marks import NOTHING, SEEK, Sought
from daysheet.records import Invoice, Line

ISSUED: Final = ("issued", "balanced")
"""Invoice.status of a bill that stands."""

BILLED: Final = "billed"
_NOT_BILLED: Final = {
    "draft": "a draft",
    "cancelled": "cancelled",
    "entered-in-error": "entered in error, as the record system says",
    "planned": "planned, and not done yet",
    "billable": "to be billed, and not billed yet",
    "not-billable": "not to be billed",
    "aborted": "aborted",
}
_TAKEN_FROM: Final = ("deduction", "discount")
_INFORMATION: Final = ("informational",)
_ZERO: Final = Decimal()
_MOST: Final = 10_000


class _Charge(NamedTuple):
    """What a charge item says of a line: its own words, and the visit that it is of."""

    line: Line
    visit: str
    patient: str


def invoice(resource: Resource, reader: Reader) -> Invoice | Skipped:
    """The bill that an Invoice is, or why it is none.

    Raises:
        DaysheetError: it is in another currency than the books.
    """
    body, row = resource.body, resource.row
    number_of = own_number(body, resource.url, reader)
    refusal = _refusal(body, ISSUED, number_of, reader)
    if refusal or not number_of:
        return Skipped(row, refusal or "has no id")
    when = day(body.get("date") or body.get("creation"), reader.terms.zone)
    if when is None:
        return Skipped(row, "says no day")
    charges = list(_charges(body, number_of, row, reader))
    amount = _total(body, charges, row, reader)
    if not amount:
        return Skipped(row, NOTHING if amount == _ZERO else "says no amount")
    patient = reader.patient(part(body, "subject"), body) or next(
        (each.patient for each in charges if each.patient), ""
    )
    seen_by = _provider(body, "participant", reader)
    visits = tuple(dict.fromkeys(each.visit for each in charges if each.visit))
    lines = tuple(each.line for each in charges)
    providers = {line.provider for line in lines if line.provider}
    if sum((line.amount for line in lines), _ZERO) != amount or any(not line.amount for line in lines):
        reader.uneven += bool(lines)
        lines = ()
    meta = reader.meta(row) if visits else reader.meta(row, **{SEEK: Sought(patient, seen_by, when)})
    provider = seen_by or (providers.pop() if len(providers) == 1 else "")
    recipient = reader.ref(part(body, "recipient"), body)
    payer = reader.payer(recipient) if recipient.kind == "Organization" else None
    return Invoice(number_of, when, visits, provider, patient, payer, amount, None, meta, lines)


def charge_item(resource: Resource, reader: Reader) -> Invoice | Skipped:
    """The line of a bill that a ChargeItem is by itself, or why it is none.

    Raises:
        DaysheetError: it is in another currency than the books.
    """
    body, row = resource.body, resource.row
    identity = own_id(body, resource.url)
    if identity in reader.directory.invoiced:
        return Skipped(row, "a line of an invoice in the same export")
    charge = _charge(body, identity, row, reader)
    refusal = _refusal(body, (BILLED,), charge.line.id, reader)
    if refusal:
        return Skipped(row, refusal)
    if "Invoice" in reader.directory.kinds:
        return Skipped(row, "billed on an invoice that the export does not hold")
    period = part(body, "occurrencePeriod")
    when = day(body.get("occurrenceDateTime") or period.get("start") or body.get("enteredDate"), reader.terms.zone)
    if when is None or not charge.line.id:
        return Skipped(row, "says no day" if charge.line.id else "has no id")
    if not charge.line.amount:
        return Skipped(row, "says no price")
    line, visit = charge.line, charge.visit
    meta = reader.meta(row) if visit else reader.meta(row, **{SEEK: Sought(charge.patient, line.provider, when)})
    bill = visit or line.id
    return Invoice(
        bill, when, (visit,) if visit else (), line.provider, charge.patient, None, line.amount, None, meta, (line,)
    )


def own_number(body: Body, url: str, reader: Reader) -> str:
    """The number under which the practice knows a bill or a claim: its business identifier, else the resource's id."""
    return reader.number(identifier(body), own_id(body, url))


def _refusal(body: Body, wanted: tuple[str, ...], own: str, reader: Reader) -> str:
    """Why the status says that it is no bill; empty where it is one. What the books have and was taken back is said."""
    said = word(body, "status")
    if said in wanted:
        return ""
    if said in ("cancelled", "entered-in-error", "aborted") and own in reader.context.known:
        reader.withdrawn.append(own)
    return _NOT_BILLED.get(said, "a status that does not say whether it is billed")


def _charges(body: Body, bill: str, row: int, reader: Reader) -> Iterator[_Charge]:
    """The lines of an invoice: what each says itself, and what the charge item says that it names."""
    for place, item in enumerate(parts(body, "lineItem"), 1):
        ref = reader.ref(part(item, "chargeItemReference", "chargeItem"), body)
        charged: Body = ref.contained or reader.directory.charges.get(ref.id, {})
        found = _charge(charged, ref.id, row, reader, within=body)
        price = _priced(item, row, reader)
        amount = found.line.amount if price is None else price
        sequence = number(item.get("sequence"))
        identity = found.line.id or f"{bill}-{sequence if sequence is not None else place}"
        service = found.line.service or reader.service(concepts(item, "chargeItemCodeableConcept"))
        yield found._replace(line=found.line._replace(id=identity, service=service, amount=amount))


def _charge(body: Body, identity: str, row: int, reader: Reader, within: Body | None = None) -> _Charge:
    within = body if within is None else within
    encounter = reader.ref(part(body, "context", "encounter"), body)
    quantity = number(part(body, "quantity").get("value"))
    line = Line(
        reader.identity(identity) if identity else "",
        _provider(body, "performer", reader),
        reader.service(concepts(body, "code")),
        _price(body, quantity, row, reader),
        quantity=quantity if quantity is not None and 0 < quantity < _MOST else None,
    )
    patient = reader.patient(part(body, "subject"), body) if body else ""
    return _Charge(line, reader.visit(encounter), patient)


def _price(body: Body, quantity: Decimal | None, row: int, reader: Reader) -> Decimal:
    """What a charge item costs as a whole: R4's priceOverride, R5's total, or its unit price so often."""
    for name in ("priceOverride", "totalPriceComponent"):
        found = part(body, name)
        total = money(found.get("amount") if "amount" in found else found)
        if total is not None:
            return reader.amount(total, row)
    unit = money(part(body, "unitPriceComponent").get("amount"))
    if unit is None:
        return _ZERO
    return reader.amount(Money((unit.amount * (quantity or 1)).quantize(Decimal("0.01")), unit.currency), row)


def _priced(item: Body, row: int, reader: Reader) -> Decimal | None:
    """What the price components of a line come to; None where it has none."""
    total, said = _ZERO, False
    for component in parts(item, "priceComponent"):
        amount, kind = money(component.get("amount")), text(component.get("type"))
        if amount is None or kind in _INFORMATION:
            continue
        said = True
        value = reader.amount(amount, row)
        total += -abs(value) if kind in _TAKEN_FROM else value
    return total if said else None


def _total(body: Body, charges: list[_Charge], row: int, reader: Reader) -> Decimal | None:
    """What the patient is asked for, taxes included; else the sum of the lines. None where nothing says it."""
    for name in ("totalGross", "totalNet"):
        found = money(body.get(name))
        if found is not None:
            return reader.amount(found, row)
    return sum((each.line.amount for each in charges), _ZERO) if charges else None


def _provider(body: Body, name: str, reader: Reader) -> str:
    people: Iterator[Ref] = (reader.ref(part(each, "actor"), body) for each in parts(body, name))
    named = (reader.provider(person) for person in people if person.kind in ("Practitioner", "PractitionerRole"))
    return next(filter(None, named), "")
