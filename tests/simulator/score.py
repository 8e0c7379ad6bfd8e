"""How well the checks find what is known to be wrong."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field
from decimal import Decimal
from statistics import median

from daysheet.billing.pricing import priced
from daysheet.billing.unbilled import last_due_to_be_billed
from daysheet.books import Books
from daysheet.checks.lapse import billing_lapse
from daysheet.checks.visits import unbilled_visit
from daysheet.findings import Finding, gap

from tests.simulator.shapes import DAY, Lapse, shape_of
from tests.simulator.years import LAST, OPTIONS, Year, year_of

MODES = {
    "visits": {"visits": True, "schedules": False},
    "schedule": {"visits": False, "schedules": True},
    "history": {"visits": False, "schedules": False},
}
LONG = {"visits": 3, "schedule": 5, "history": 5}
LATEST = 20


@dataclass
class Score:
    """Counts over practice-years; `Score.add` sums them.

    `table` holds, by way of looking, lapses found, missed and invented, and those too short to be asked for.
    """

    practices: int = 0
    providers: int = 0
    visits: Counter[str] = field(default_factory=Counter)
    table: dict[str, Counter[str]] = field(default_factory=lambda: {mode: Counter() for mode in MODES})
    delays: list[int] = field(default_factory=list)
    price_errors: list[float] = field(default_factory=list)
    trouble: list[str] = field(default_factory=list)

    def add(self, other: Score) -> None:
        """Take in the counts of other practices."""
        self.practices += other.practices
        self.providers += other.providers
        self.visits += other.visits
        for mode, counts in other.table.items():
            self.table[mode] += counts
        self.delays += other.delays
        self.price_errors += other.price_errors
        self.trouble += other.trouble

    def recall(self, mode: str) -> float:
        """Planted lapses long enough to be asked for that were found."""
        counts = self.table[mode]
        return counts["found"] / max(counts["found"] + counts["missed"], 1)

    def precision(self, mode: str) -> float:
        """Lapses reported that were planted."""
        counts = self.table[mode]
        true = counts["found"] + counts["short, found"] + counts["partial, found"]
        return true / max(true + counts["invented"], 1)

    @property
    def price_error(self) -> float:
        """The median over practice-years of the expected cash's error, as a share of the truth."""
        return median(self.price_errors) if self.price_errors else 0.0


def score_of(seed: int) -> Score:
    """The score on the practice of one seed."""
    year = year_of(shape_of(seed))
    score = Score(practices=1, providers=len(year.shape.doctors))
    for mode, kept in MODES.items():
        books = Books.of(year.entries(**kept), OPTIONS, state="")
        books.state = year.shape.state
        found = list(billing_lapse(books, LAST))
        _lapses(score, year, mode, found)
        if mode == "visits":
            visits = list(priced(books, LAST, unbilled_visit(books, LAST)))
            _visits(score, year, books, visits)
            _price(score, year, [*found, *visits])
            score.delays += [_delay(books, one) for one in year.shape.lapses if len(one.days) >= 3 and not one.partial]
    return score


def _visits(score: Score, year: Year, books: Books, findings: list[Finding]) -> None:
    due = {doctor.id: last_due_to_be_billed(books, doctor.id, LAST) for doctor in year.shape.doctors}
    unbilled_yet = {key for key, day in year.billed_on.items() if day > LAST} | set(year.missed)
    truth = {key for key in unbilled_yet if year.visit_days[key] <= due[key.rpartition("-")[0].rpartition("-")[0]]}
    found = {finding.key for finding in findings}
    score.visits.update({"found": len(truth & found), "missed": len(truth - found), "invented": len(found - truth)})


def _price(score: Score, year: Year, findings: list[Finding]) -> None:
    keys = {finding.key for finding in findings if finding.kind == "unbilled-visit"}
    truth = sum((year.missed[key] for key in keys if key in year.missed), Decimal())
    priced = gap([finding for finding in findings if finding.kind == "unbilled-visit" and finding.key in year.missed])
    if truth and priced.expected_cash is not None:
        score.price_errors.append(float(abs(priced.expected_cash - truth) / truth))


def _lapses(score: Score, year: Year, mode: str, findings: list[Finding]) -> None:
    counts = score.table[mode]
    true = set()
    for planted in year.shape.lapses:
        hits = [n for n, finding in enumerate(findings) if _is(finding, planted)]
        true.update(hits)
        long = len(planted.days) >= LONG[mode]
        size = "partial, " if planted.partial else "" if long else "short, "
        counts[size + ("found" if hits else "missed")] += 1
        if not hits and not size:
            score.trouble.append(
                f"{mode} seed {year.shape.seed}: missed {planted.provider} {planted.days[0]} {len(planted.days)} d"
            )
    for number, finding in enumerate(findings):
        if number not in true:
            counts["invented"] += 1
            score.trouble.append(f"{mode} seed {year.shape.seed}: invented {finding.message}")


def _is(finding: Finding, planted: Lapse) -> bool:
    days = planted.days
    return finding.provider == planted.provider and finding.date <= days[-1] and finding.through >= days[0]


def _delay(books: Books, planted: Lapse) -> int:
    """The provider's working days from the end of the grace of the lapse's first day until it is found."""
    first = planted.days[0]
    worked = {visit.date for visit in books.visits.values() if visit.provider == planted.provider}
    waited = 0
    for day in (first + n * DAY for n in range(100)):
        if last_due_to_be_billed(books, planted.provider, day) >= first:
            if any(_is(finding, planted) for finding in billing_lapse(books, day)):
                return waited
            waited += day in worked
    return LATEST


def total(seeds: Iterable[int]) -> Score:
    """The score on the practices of these seeds, worked out on all processors."""
    score = Score()
    with ProcessPoolExecutor() as pool:
        for one in pool.map(score_of, seeds):
            score.add(one)
    return score
