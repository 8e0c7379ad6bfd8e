"""What of a file the books already have, by what `identity` says makes two records one.

Nothing is matched by likeness, and nothing is set aside in silence: a record is new, known, repeated within its file, a
later state to take over, changed, which is reported with both places, or a question.

A bank line is known by the bank's id with its day and amount, else by its raw row, else as one of the lines of its day
and amount: the file's count less the ledger's. So two equal coffees on one day are two, and an export that overlaps
another adds only what is new, even if the bank has reworded a line or added a column.
"""

from __future__ import annotations

import datetime
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from decimal import Decimal
from typing import Final, Literal, NamedTuple

from beancount.core.data import Directive, Transaction
from daysheet.facts import Imported
from daysheet.importers import identity
from daysheet.importers.booking.known import Known
from daysheet.importers.reading import Record
from daysheet.ledger.printer import plain
from daysheet.records import Adjustment, Allotment, BankLine, Claim, Invoice, Meta, Payment, Visit
from daysheet.submissions import Answer

SOURCE: Final = "source"
BANK_ID: Final = "bank-id"
ROW: Final = "row"
MEMO: Final = "memo"
WITHDRAWN: Final = "withdrawn"
"""Metadata of an `imported` directive: the entries that the bank replaces or takes back in its file."""
_PADDING: Final = "P"
_HALF_A_YEAR: Final = datetime.timedelta(days=180)


class Verdict(NamedTuple):
    """What to do with one record.

    Attributes:
        what: `new`: book it; `known`: the books have it; `repeated`: an earlier row of the file says the same;
            `later`: it takes the place of an earlier state; `changed`: the books have it otherwise, and keep it so;
            `withdrawn`: the bank has taken it back since; `unclear`: it may be known or another, and is asked about.
        where: the place of what it was compared with; of what is known, the entry that says the same, where one does;
            of what is new, the line that has its id.
        note: for `changed`, what differs, in words without content; for `unclear`, what contradicts.
    """

    what: Literal["new", "known", "repeated", "later", "changed", "withdrawn", "unclear"]
    where: Meta | None = None
    note: str = ""


NEW: Final = Verdict("new")
KNOWN: Final = Verdict("known")


def judge_practice(records: Sequence[Record], known: Known) -> list[Verdict]:
    """A verdict for each visit, invoice, payment, adjustment or claim of a file, in its order."""
    groups: dict[tuple[type, str], list[int]] = defaultdict(list)
    for place, record in enumerate(records):
        if not isinstance(record, BankLine):
            groups[type(record), record.id].append(place)
    verdicts = [NEW] * len(records)
    for (kind, identifier), places in groups.items():
        existing = _existing(kind, identifier, known)
        if len(places) > 1 or existing:
            for place, verdict in _judge_group([(place, records[place]) for place in places], existing):
                verdicts[place] = verdict
    return verdicts


def _existing(kind: type, identifier: str, known: Known) -> list[Record]:
    if kind is Visit:
        visit = known.visits.get(identifier)
        return [] if visit is None else [visit]
    groups: dict[type, Mapping[str, Sequence[Record]]] = {
        Invoice: known.invoices, Claim: known.claims, Answer: known.answers, Allotment: known.allotments,
        Payment: known.payments, Adjustment: known.adjustments,
    }  # fmt: skip
    return list(groups[kind].get(identifier, ()))  # a payment or adjustment may be split over several invoices


def _judge_group(rows: list[tuple[int, Record]], existing: list[Record]) -> Iterator[tuple[int, Verdict]]:
    """Verdicts on the rows of one id: equal ones first, then what is left on both sides."""
    seen: list[Record] = []
    left: list[tuple[int, Record]] = []
    for place, record in rows:
        twin = next((earlier for earlier in seen if _same(earlier, record)), None)
        if twin is not None:
            yield place, Verdict("repeated", twin.meta)
            continue
        seen.append(record)
        equal = next((entry for entry in existing if _same(entry, record)), None)
        if equal is None:
            left.append((place, record))
            continue
        yield place, Verdict("known", equal.meta)
        if not isinstance(record, Claim | Answer | Visit):  # of a visit there is one, whatever rows say of it
            existing.remove(equal)
    for place, record in left:
        final = _final_state(rows) if isinstance(record, Visit) else record
        yield place, _judge_other(record, existing) if _same(record, final) else Verdict("repeated", final.meta)


def _final_state(rows: Sequence[tuple[int, Record]]) -> Record:
    """Of several rows about one visit the last, but for one that still calls it scheduled."""
    done = [record for _, record in rows if isinstance(record, Visit) and record.status != "scheduled"]
    return done[-1] if done else rows[-1][1]


def _judge_other(record: Record, existing: list[Record]) -> Verdict:
    """The verdict on a record that the books do not have as it stands; takes what it answers to from `existing`."""
    if isinstance(record, Claim | Answer):
        return NEW  # a claim's states, and what was answered to it, stand one after the other
    if isinstance(record, Visit) and existing:
        return _judge_visit(record, existing[0])
    rivals = [entry for entry in existing if not isinstance(record, Invoice) or _same_service(record, entry)]
    if isinstance(record, Payment):  # a void comes with the id of what it takes back
        rivals = [entry for entry in rivals if isinstance(entry, Payment) and (entry.amount < 0) == (record.amount < 0)]
    if not rivals or any(_takes_back(record, entry) for entry in rivals):
        return NEW
    existing.remove(rivals[0])
    return Verdict("changed", rivals[0].meta, _difference(record, rivals[0]))


def _judge_visit(visit: Visit, before: Record) -> Verdict:
    """A visit that was only scheduled is overtaken by what became of it; what is final stays, and is reported."""
    if isinstance(before, Visit) and before.status == "scheduled":
        return Verdict("later", before.meta)
    if visit.status == "scheduled":
        return KNOWN  # the file is older than the books
    return Verdict("changed", before.meta, _difference(visit, before))


def _same_service(record: Invoice, entry: Record) -> bool:
    """Whether two charges of one invoice are for the same visits, so that one is the other changed."""
    visits = entry.visits if isinstance(entry, Invoice) else ()
    return not (visits or record.visits) or bool(set(visits) & set(record.visits))


def _takes_back(record: Record, entry: Record) -> bool:
    """Whether a row under the id of a bill is its reversal: as much, with the other sign."""
    return isinstance(record, Invoice) and isinstance(entry, Invoice) and record.amount == -entry.amount != 0


def _same(one: Record, other: Record) -> bool:
    """Whether two records say the same; of payments one may leave open whose they are."""
    if isinstance(one, Payment) and isinstance(other, Payment) and not (one.patient and other.patient):
        one, other = one._replace(patient=""), other._replace(patient="")
    return one._replace(meta={}) == other._replace(meta={})


def _difference(record: Record, entry: Record) -> str:
    mine, theirs = record._asdict(), entry._asdict()
    if isinstance(record, Payment) and not (mine["patient"] and theirs["patient"]):
        del mine["patient"]
    return ", ".join(field for field in mine if field != "meta" and mine[field] != theirs.get(field))


class Line(NamedTuple):
    """A posting to a bank's or card's account, as the ledger has it."""

    date: datetime.date
    amount: Decimal
    source: str | None
    bank_id: str | None
    row: str | None
    text: str
    meta: Meta


Account = tuple[str, str]
"""An account and a currency."""


def lines_of(entries: Iterable[Directive], accounts: Iterable[str]) -> dict[Account, list[Line]]:
    """The lines of some accounts, in ledger order; padding is none."""
    wanted = frozenset(accounts)
    found: dict[Account, list[Line]] = defaultdict(list)
    for entry in entries:
        if not isinstance(entry, Transaction) or entry.flag == _PADDING:
            continue
        for posting in entry.postings:
            if posting.account in wanted and posting.units is not None and posting.units.number is not None:
                meta = entry.meta
                text = meta.get(MEMO) or described(entry.payee or "", entry.narration or "")
                key = posting.account, posting.units.currency
                values = (meta.get(SOURCE), meta.get(BANK_ID), meta.get(ROW))
                found[key].append(Line(entry.date, posting.units.number, *values, text, meta))
    return found


def described(payee: str, narration: str) -> str:
    """A line's words, to compare with another's."""
    words = plain(f"{payee} {narration}")
    return payee if words == payee else words  # one text in memory where it says the same


class Withdrawn(NamedTuple):
    """An entry that the bank has replaced or taken back: id, day, amount; `kept` if its successor has all that."""

    id: str
    date: datetime.date | None
    amount: Decimal | None
    kept: bool = False

    @property
    def written(self) -> str:
        """As an `imported` directive holds it: `DAY AMOUNT ID`, a dash for what is not known, `=` first if `kept`."""
        return f"{'=' * self.kept}{self.date or '-'} {'-' if self.amount is None else self.amount} {self.id}"

    def names(self, identifier: str, day: datetime.date, amount: Decimal) -> bool:
        """Whether it is the line of this id (as `identity.comparable` gives it), day and amount."""
        return identity.comparable(self.id) == identifier and self.date in (None, day) and self.amount in (None, amount)


def withdrawn_of(imported: Iterable[Imported]) -> dict[str, list[Withdrawn]]:
    """What files before this import have replaced or taken back, by account."""
    found: dict[str, list[Withdrawn]] = {}
    for each in imported:
        for text in filter(None, str(each.meta.get(WITHDRAWN, "")).split("; ")):
            day, amount, identifier = text.split(" ", 2)
            known = day.removeprefix("=")
            on = None if known == "-" else datetime.date.fromisoformat(known)
            old = Withdrawn(identifier, on, None if amount == "-" else Decimal(amount), known != day)
            found.setdefault(each.account or "", []).append(old)
    return found


def judge_bank(
    rows: Sequence[BankLine],
    lines: Sequence[Line],
    profile: str,
    *,
    covers: identity.Days | None = None,
    withdrawn: Iterable[Withdrawn] = (),
    ids: str = "",
) -> list[Verdict]:
    """A verdict for each line of one account in a file, in its order.

    Args:
        rows: the file's lines.
        lines: those that the books have in the same account and currency.
        profile: the source of the rows; ids of different sources are never compared.
        covers: the days of the file.
        withdrawn: what the bank has taken back in this account.
        ids: what the settings say of the bank's ids: `unique`, `restart`, or nothing.
    """
    match = _Matching(rows, lines, profile, ids)
    match.withdraw(withdrawn)
    if lines:
        match.by_id(covers)
        match.by(lambda line: (line.row, line.date, line.amount), lambda row: (row.fingerprint, row.date, row.amount))
        match.by(lambda line: (line.row, line.amount), lambda row: (row.fingerprint, row.amount), moved=True)
        match.by(lambda line: (line.text, line.date, line.amount), lambda row: (_words(row), row.date, row.amount))
        match.by(lambda line: (line.date, line.amount), lambda row: (row.date, row.amount))
    return [match.fresh(number) if verdict is None else verdict for number, verdict in enumerate(match.verdicts)]


class _Matching:
    """Rows and lines that are still without a partner; each pass joins those that are equal in its key, in order."""

    def __init__(self, rows: Sequence[BankLine], lines: Sequence[Line], profile: str, ids: str) -> None:
        self.rows = rows
        self.lines = lines
        self.profile = profile
        self.verdicts: list[Verdict | None] = [None] * len(rows)
        self.held = {number: identity.held(row, _words(row)) for number, row in enumerate(rows) if row.source_id}
        own = {
            place: line
            for place, line in enumerate(lines)
            if line.bank_id and line.source == profile and not identity.damaged(line.bank_id)
        }
        self.known = {place: _held(line) for place, line in own.items()} if self.held else {}
        self.place_of_id = {held.id: place for place, held in self.known.items()}
        self.unique = ids == "unique"
        self.repeat = not self.unique and (
            ids == "restart" or identity.ids_repeat(list(self.held.values()), list(self.known.values()))
        )
        # ids that stand for several lines tell no two lines apart: then day, amount and count do
        self.with_id = set() if self.repeat else set(own)
        self.without_id = set(range(len(lines))) - self.with_id

    def withdraw(self, withdrawn: Iterable[Withdrawn]) -> None:
        """Rows that the bank has taken back."""
        old = list(withdrawn)
        for number, held in self.held.items() if old else ():
            if any(each.names(held.id, held.date, held.amount) for each in old):
                self.verdicts[number] = Verdict("withdrawn")

    def by_id(self, covers: identity.Days | None) -> None:
        """The bank's id, with the day and the amount; else what the id says that comes again otherwise."""
        if not self.known:
            return
        places = sorted(self.known, reverse=True)
        exact: dict[object, list[int]] = defaultdict(list)
        same_row: dict[object, list[int]] = defaultdict(list)
        for place in places:
            held = self.known[place]
            exact[held.id, held.date, held.amount].append(place)
            same_row[held.id, held.amount, self.lines[place].row].append(place)
        for number, held in self.held.items():
            if self.verdicts[number] is None and (found := exact.get((held.id, held.date, held.amount))):
                place = found.pop()
                self._join(number, place)
                if self.lines[place].bank_id != self.rows[number].source_id:
                    self.verdicts[number] = Verdict("changed", self.lines[place].meta, "the letters of the id")
        for number, held in self.held.items():
            key = held.id, held.amount, self.rows[number].fingerprint
            left = [place for place in same_row.get(key, ()) if place in self.known]
            if self.verdicts[number] is None and left and abs(self.known[left[-1]].date - held.date) < _HALF_A_YEAR:
                self._join(number, left[-1])  # given another day by hand
        self._again(covers)

    def _again(self, covers: identity.Days | None) -> None:
        """Rows whose id stands in the books with another day or another amount."""
        for number, held in self.held.items():
            place = self.place_of_id.get(held.id)
            if place is None or place not in self.known or self.verdicts[number] is not None:
                continue
            line = self.known[place]
            relation = "another" if self.repeat else identity.bank_id_again(held, line, covers)
            if self.unique and held.amount == line.amount:
                relation = "moved"
            where = self.lines[place].meta
            if relation == "unclear":
                self.verdicts[number] = Verdict("unclear", where, str(line.date))
            elif relation != "another":
                self._join(number, place)
                self.verdicts[number] = Verdict("changed", where, "day" if relation == "moved" else "amount")

    def fresh(self, number: int) -> Verdict:
        """The verdict on a row that found no partner; it names the line of the books that has its id, if one does."""
        held = self.held.get(number)
        place = None if held is None else self.place_of_id.get(held.id)
        return NEW if place is None else Verdict("new", self.lines[place].meta)

    def by(
        self, key_of_line: Callable[[Line], object], key_of_row: Callable[[BankLine], object], *, moved: bool = False
    ) -> None:
        """A key of both; a row with an id never joins a line with another id of the same source.

        `moved`: the line may have been given another day by hand. A raw row may leave the year out, so that the same
        row comes again a year later: what is further away than half a year is another line.
        """
        without_id = self._index(self.without_id, key_of_line)
        with_id = self._index(self.with_id, key_of_line)
        if not without_id and not with_id:
            return
        for number, row in enumerate(self.rows):
            if self.verdicts[number] is None:
                key = key_of_row(row)
                places = without_id.get(key) or (None if row.source_id else with_id.get(key))
                if places and (not moved or abs(self.lines[places[-1]].date - row.date) < _HALF_A_YEAR):
                    self._join(number, places.pop())

    def _index(self, places: set[int], key_of_line: Callable[[Line], object]) -> dict[object, list[int]]:
        index: dict[object, list[int]] = {}
        for place in sorted(places, reverse=True):
            index.setdefault(key_of_line(self.lines[place]), []).append(place)
        return index

    def _join(self, number: int, place: int) -> None:
        self.known.pop(place, None)
        self.with_id.discard(place)
        self.without_id.discard(place)
        self.verdicts[number] = _judge_line(self.rows[number], self.lines[place])


def _held(line: Line) -> identity.Held:
    return identity.Held(identity.comparable(line.bank_id or ""), line.date, line.amount, line.text)


def _judge_line(row: BankLine, line: Line) -> Verdict:
    if line.row is None or line.row == row.fingerprint or line.text == _words(row):
        return Verdict("known", line.meta)
    return Verdict("changed", line.meta, "description")


def planned(row: BankLine, profile: str) -> Line:
    """A row as the line that it will be in the books."""
    return Line(row.date, row.amount, profile, row.source_id, row.fingerprint, _words(row), row.meta)


def _words(row: BankLine) -> str:
    return described(row.payee, row.narration)


def counts(verdicts: Iterable[Verdict]) -> Mapping[str, int]:
    """How many of each verdict."""
    found: dict[str, int] = defaultdict(int)
    for verdict in verdicts:
        found[verdict.what] += 1
    return found
