"""The firm's tables: how every client stands, and each client's measures beside the others'."""

from __future__ import annotations

import datetime
import json
import statistics
from collections.abc import Iterable, Sequence
from decimal import ROUND_HALF_EVEN, Decimal
from typing import Any, Final, NamedTuple

from daysheet.errors import DaysheetError
from daysheet.firm.calls import Outcome
from daysheet.measures import DEFINITIONS
from daysheet.reports.table import Cell, Column, ColumnKind, Row, Table
from daysheet.wording import many

_DAYS: Final = ("days_in_ar", "lag_median", "lag_p90")
_CENT: Final = Decimal("0.01")
_TENTH: Final = Decimal("0.1")
_LEAST: Final = 3
"""Of fewer clients no quartile says anything."""

STATUS: Final = (
    Column("client", "Client"),
    Column("practice", "Practice", "text", "wide"),
    Column("as_of", "As of", "date", "wide"),
    Column("gap", "Never billed", "money"),
    Column("unreconciled", "Unreconciled", "money"),
    Column("findings", "Findings", "count", "wide"),
    Column("overdue", "Exports overdue", "count"),
    Column("deadlines", "Claims at deadline", "count"),
    Column("first_deadline", "First deadline", "date", "wide"),
    Column("at_deadline", "Claims at deadline, money", "money", "wide"),
    Column("oldest", "Oldest source", "text", "wide"),
    Column("imported", "Imported through", "date"),
    Column("year", "Pack, mail, lock", "text"),
    Column("pack", "Pack", "text", "wide"),
    Column("mail", "Mail", "text", "wide"),
    Column("locked", "Locked", "text", "wide"),
    Column("currency", "Currency", "text", "data"),
    Column("sources", "Imported through, by source", "text", "wide"),
    Column("error", "Why not", "text", "data"),
)


class Standing(NamedTuple):
    """One client's outcome, and what it says: `standing.of`'s values, None where the books could not be read."""

    outcome: Outcome
    said: dict[str, Any] | None


def standings(outcomes: Iterable[Outcome]) -> list[Standing]:
    """What each client's process said of its books."""
    return [Standing(outcome, json.loads(outcome.output) if outcome.is_done else None) for outcome in outcomes]


def status(clients: Sequence[Standing], sort: str = "client") -> Table:
    """How every client stands, a row each; by a column, what wants attention first.

    Raises:
        DaysheetError: there is no such column.
    """
    places = {column.key: place for place, column in enumerate(STATUS)}
    if sort not in places:
        raise DaysheetError(f'no column "{sort}"', remedy=f"there are: {', '.join(places)}")
    rows = sorted((_status_row(client) for client in clients), key=lambda cells: str(cells[0]).lower())
    place, kind = places[sort], STATUS[places[sort]].kind
    known = [cells for cells in rows if cells[place] is not None]
    most_first = kind in {"money", "count"}
    known.sort(key=lambda cells: -cells[place] if most_first else cells[place])  # type: ignore[operator,return-value,arg-type] # one kind a column
    rows = [*known, *(cells for cells in rows if cells[place] is None)]
    return _table("firm", "Clients", STATUS, [Row("line", cells) for cells in rows], clients, _not_read(clients))


def _status_row(client: Standing) -> tuple[Cell, ...]:
    said = client.said
    if said is None:
        error = client.outcome.error
        return (client.outcome.client, *(None for _ in STATUS[1:-1]), error)
    imports = sorted(said["imports"].items(), key=lambda item: (item[1], item[0]))
    oldest, imported = imports[0] if imports else (None, None)
    deadlines = said["deadlines"]
    return (
        client.outcome.client,
        said["practice"],
        _day(said["as_of"]),
        Decimal(said["gap"]),
        Decimal(said["unreconciled"]),
        said["findings"],
        len(said["overdue_exports"]),
        deadlines["count"],
        _day(deadlines["first"]),
        Decimal(deadlines["amount"]),
        oldest,
        _day(imported),
        _year(said),
        _last(said["packs"]),
        _last(said["mail"]),
        str(said["locked"][-1]) if said["locked"] else None,
        said["currency"],
        "; ".join(f"{source} {day}" for source, day in imports),
        None,
    )


def _year(said: dict[str, Any]) -> str | None:
    """How far the last year is that anything was made of: `2026: pack current, mail sent, locked`."""
    packs, mails, locked = said["packs"], said["mail"], {str(year) for year in said["locked"]}
    years = {*packs, *mails, *locked}
    if not years:
        return None
    year = max(years)
    parts = [f"pack {packs[year]}" if year in packs else "", f"mail {mails[year]}" if year in mails else ""]
    return f"{year}: {', '.join(filter(None, [*parts, 'locked' if year in locked else '']))}"


def _last(by_year: dict[str, str]) -> str | None:
    """The last year's word: `2026 current`."""
    if not by_year:
        return None
    year = max(by_year)
    return f"{year} {by_year[year]}"


def report(clients: Sequence[Standing]) -> Table:
    """Each client's measures of its last 365 days beside the firm's middle: the median and the middle half.

    A measure that is money is in the client's own currency; of several currencies no middle is taken.
    """
    known = [client for client in clients if client.said is not None]
    columns = [Column("client", "Client")]
    for place, (key, definition) in enumerate(DEFINITIONS.items()):
        kind: ColumnKind = "days" if key in _DAYS else "money" if key == "credits" else "percent"
        columns.append(Column(key, definition.name, kind, "always" if place not in {3, 5, 8} else "wide"))
    rows = [Row("heading", ("The firm", *(None for _ in DEFINITIONS)))]
    rows += _middle(known)
    rows.append(Row("heading", ("Clients", *(None for _ in DEFINITIONS))))
    for client in sorted(known, key=lambda one: one.outcome.client.lower()):
        values = client.said["measures"] if client.said else {}
        rows.append(Row("line", (client.outcome.client, *(_number(values[key]) for key in DEFINITIONS)), 1))
    notes = [
        f"{definition.name}: {definition.formula} ({'less' if definition.less_is_better else 'more'} is better)."
        for definition in DEFINITIONS.values()
    ]
    few = "The middle half is told of three clients or more." if len(known) < _LEAST else ""
    return _table(
        "firm-measures", "Measures of the last 365 days", columns, rows, clients,
        [*filter(None, [few]), *notes, *_not_read(clients)],
    )  # fmt: skip


def _middle(clients: Sequence[Standing]) -> list[Row]:
    one_currency = len({client.said["currency"] for client in clients if client.said}) < 2
    lines: dict[str, list[Cell]] = {"Best quarter from": [], "Median": [], "Worst quarter from": []}
    for key, definition in DEFINITIONS.items():
        found = [_number(client.said["measures"][key]) for client in clients if client.said]
        values = sorted(value for value in found if value is not None)
        if not values or (key == "credits" and not one_currency):
            for cells in lines.values():
                cells.append(None)
            continue
        step = _CENT if key == "credits" else _TENTH
        low, middle, high = (
            statistics.quantiles(values, n=4, method="inclusive") if len(values) >= _LEAST
            else (None, statistics.median(values), None)
        )  # fmt: skip
        best, worst = (low, high) if definition.less_is_better else (high, low)
        for name, value in zip(lines, (best, middle, worst), strict=True):
            lines[name].append(None if value is None else value.quantize(step, ROUND_HALF_EVEN))
    return [Row("line", (name, *cells), 1) for name, cells in lines.items() if any(cell is not None for cell in cells)]


def _not_read(clients: Sequence[Standing]) -> list[str]:
    return [f"{client.outcome.client}: {client.outcome.error}." for client in clients if client.said is None]


def _table(
    name: str, title: str, columns: Sequence[Column], rows: Sequence[Row], clients: Sequence[Standing],
    notes: Sequence[str],
) -> Table:  # fmt: skip
    days = [_day(client.said["as_of"]) for client in clients if client.said and client.said["as_of"]]
    last = max((day for day in days if day), default=datetime.date.min)
    currencies = sorted({client.said["currency"] for client in clients if client.said})
    said = [f"{many(len(clients), 'client')}."]
    if len(currencies) > 1:
        said.append(f"Amounts are in each client's own currency ({', '.join(currencies)}); none are added.")
    return Table(
        name=name, title=title, basis="", first=None, last=last, as_of=last,
        currency=currencies[0] if len(currencies) == 1 else "", columns=tuple(columns), rows=tuple(rows),
        notes=(*said, *notes),
    )  # fmt: skip


def _day(text: str | None) -> datetime.date | None:
    return None if text is None else datetime.date.fromisoformat(text)


def _number(text: str | None) -> Decimal | None:
    return None if text is None else Decimal(text)
