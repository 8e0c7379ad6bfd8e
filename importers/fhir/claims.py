"""Claims as a record system sent them: what was asked of which insurer, for which services of which visit."""

from __future__ import annotations

import datetime
import re
from collections.abc import Iterator, Sequence
from decimal import Decimal
from typing import Final, NamedTuple

from daysheet.importers.fhir.bills import own_number
from daysheet.importers.fhir.elements import Body, code, concepts, day, money, number, part, parts, word
from daysheet.importers.fhir.stream import Resource
from daysheet.importers.fhir.terms import Reader
from daysheet.importers.privacy import identifiers
from daysheet.importers.reading import Skipped
from daysheet.records import Claim
from daysheet.submissions import RANKS, SentLine, Submission

FORM: Final = "fhir"
"""What a claim's state says of the form in which it was sent."""

_MODIFIER: Final = re.compile(r"[A-Z0-9]{2}\Z")
_TOOTH: Final = re.compile(r"[1-9]|[12][0-9]|3[0-2]|[A-T]\Z")
_REPLACES: Final = ("replaces", "replacement", "replacementof", "corrects")
_MOST: Final = 10_000
_ZERO: Final = Decimal()


class _Item(NamedTuple):
    """A line of a claim, with the days and visits that it is of."""

    line: SentLine
    days: tuple[datetime.date, ...]
    visits: tuple[str, ...]


def claim(resource: Resource, reader: Reader) -> Claim | Skipped:
    """The claim as it was sent, or why it is none.

    Raises:
        DaysheetError: it is in another currency than the books.
    """
    body, row = resource.body, resource.row
    identity = own_number(body, resource.url, reader)
    status, use = word(body, "status"), word(body, "use")
    if use in ("preauthorization", "predetermination"):
        return Skipped(row, "a predetermination asks for no money")
    taken_back = status in ("cancelled", "entered-in-error") and identity in reader.context.known
    if status not in ("active", "") and not taken_back:
        known = {"draft": "a draft", "cancelled": "cancelled", "entered-in-error": "entered in error"}
        return Skipped(row, f"{known.get(status, 'of a status that says nothing')}, as the record system says")
    sent_on = day(body.get("created"), reader.terms.zone)
    if sent_on is None or not identity:
        return Skipped(row, "says no day" if identity else "has no id")
    items = list(_items(body, row, reader))
    total = money(body.get("total"))
    charged = reader.amount(total, row) if total is not None else sum((item.line.charge for item in items), _ZERO)
    if not charged:
        return Skipped(row, "asks for no money")
    visits = {visit for item in items for visit in item.visits}
    named = visits.pop() if len(visits) == 1 else identity
    sent = _sent(body, charged, items, reader)
    if taken_back:
        sent = sent._replace(frequency="void")
    return Claim(identity, named, _payer(body, reader), sent_on, "submitted", None, reader.meta(row), sent)


def _sent(body: Body, charged: Decimal, items: Sequence[_Item], reader: Reader) -> Submission:
    period = part(body, "billablePeriod")
    said = (day(period.get(name), reader.terms.zone) for name in ("start", "end"))
    days = [when for item in items for when in item.days] or [when for when in said if when is not None]
    bill = "invoices" in reader.terms.terms.take and not {"Invoice", "ChargeItem"} & reader.directory.kinds
    replaces = any(code(each, "relationship").casefold() in _REPLACES for each in parts(body, "related"))
    return Submission(
        form=FORM,
        charged=charged,
        first=min(days, default=None),
        last=max(days, default=None),
        lines=tuple(item.line for item in items),
        provider=_provider(body, reader),
        frequency="replacement" if replaces else "original",
        rank=_rank(body),
        patient=reader.patient(part(body, "patient"), body) if bill else "",
        bill=bill,
    )


def _items(body: Body, row: int, reader: Reader) -> Iterator[_Item]:
    for item in parts(body, "item"):
        quantity = number(part(item, "quantity").get("value"))
        units = quantity if quantity is not None and 0 < quantity < _MOST else Decimal(1)
        net, price = money(item.get("net")), money(item.get("unitPrice"))
        if net is not None:
            charge = reader.amount(net, row)
        else:
            charge = _ZERO if price is None else (reader.amount(price, row) * units).quantize(Decimal("0.01"))
        codes = (coding.code for coding in concepts(item, "productOrService", "service"))
        service = next((each for each in codes if identifiers.is_service_code(each) and " " not in each), "-")
        modifiers = [coding.code for coding in concepts(item, "modifier") if _MODIFIER.match(coding.code)]
        teeth = [coding.code for coding in concepts(item, "bodySite") if _TOOTH.fullmatch(coding.code)]
        period = part(item, "servicedPeriod")
        found = (item.get("servicedDate"), period.get("start"), period.get("end"))
        days = tuple(when for when in (day(each, reader.terms.zone) for each in found) if when is not None)
        visits = tuple(filter(None, (reader.visit(reader.ref(each, body)) for each in parts(item, "encounter"))))
        yield _Item(SentLine(service, units, charge, (*modifiers, *teeth)), days, visits)


def _provider(body: Body, reader: Reader) -> str:
    """Who did it: the first of the team who is a person; else whoever asks, if that is a person."""
    team = [reader.ref(each.get("provider"), body) for each in parts(body, "careTeam")]
    people = [*team, reader.ref(part(body, "provider"), body)]
    named = (reader.provider(person) for person in people if person.kind in ("Practitioner", "PractitionerRole"))
    return next(filter(None, named), "")


def _payer(body: Body, reader: Reader) -> str:
    insurer = reader.ref(part(body, "insurer"), body)
    if not insurer:
        insurer = reader.directory.payor(reader.ref(part(_focal(body), "coverage"), body))
    return reader.payer(insurer) or "unknown-payer"


def _focal(body: Body) -> Body:
    """The insurance that the claim is sent to."""
    found = list(parts(body, "insurance"))
    return next((each for each in found if each.get("focal") is True), found[0] if found else {})


def _rank(body: Body) -> str:
    """Whether the insurer pays first, second or third."""
    ranks = sorted({each for each in (number(one.get("sequence")) for one in parts(body, "insurance")) if each})
    own = number(_focal(body).get("sequence"))
    place = ranks.index(own) if own in ranks else 0
    return RANKS[min(place, len(RANKS) - 1)]
