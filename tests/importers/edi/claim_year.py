"""A practice's year as its files tell it: claims, acknowledgments, remittances and the bank, with what went wrong.

What must be found, and what each insurer owes in the end, is reckoned here from what the generator did, claim by claim.
"""

from __future__ import annotations

import datetime
import random
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from itertools import groupby, pairwise

from tests.importers.books_folder import CHASE, INVOICES, VISITS
from tests.importers.deriving.test_payment_posting import era_text
from tests.importers.edi.x12_files import claim, claims, receipt, states, status

PAYERS = {
    "aetna": ("AETNA LIFE*****PI*60054", "AETNA LIFE INSURANCE COMPANY"),
    "cigna": ("CIGNA HEALTH*****PI*62308", "CIGNA HEALTH"),
}
FACTS = """
2026-01-01 custom "provider" "adams" "Dr. Anna Adams"
  npi: "1234567893"
2026-01-01 custom "payer" "aetna" "Aetna"
  receivable: Assets:Receivable:Insurance:Aetna
  era-id: "60054"
2026-01-01 custom "payer" "cigna" "Cigna"
  receivable: Assets:Receivable:Insurance:Cigna
  era-id: "62308"
2026-01-01 custom "contract" "aetna" "97110" 80.00 USD
2026-01-01 custom "contract" "cigna" "97110" 80.00 USD
"""
TAKE = '\n[[source]]\nprofile = "x12-837"\ntake = ["claims", "invoices"]\n'
FIRST = datetime.date(2026, 1, 5)
ONE_DAY = datetime.timedelta(days=1)
AS_OF = datetime.date(2026, 10, 31)
FATES = (
    "paid", "paid", "underpaid", "taken back", "paid", "denied", "rejected", "corrected", "silent", "replaced",
    "paid", "unsent", "paid", "paid",
)  # fmt: skip
LAPSE = range(len(FATES) + 2, len(FATES) + 9)
"""The claims of one stretch in the year, which nobody sent where they are to make the bills."""
LATE = datetime.timedelta(days=10)
GAP = 10
"""So many days without a file of the bank are missing."""


@dataclass
class Year:
    """The files by name, and what is true of them.

    Attributes:
        files: by name.
        found: kind and key of each finding that must be there, and no other.
        owed: what is open in the end, by the last part of the receivable account.
    """

    files: dict[str, str] = field(default_factory=dict)
    found: set[tuple[str, str]] = field(default_factory=set)
    owed: dict[str, Decimal] = field(default_factory=lambda: defaultdict(Decimal))


@dataclass
class _Claim:
    number: str
    payer: str
    day: datetime.date
    units: int
    fate: str
    sent: datetime.date = FIRST

    @property
    def charge(self) -> int:
        return 100 * self.units


def year(seed: int, count: int, *, bills: bool) -> Year:
    """A year of so many claims.

    Args:
        seed: which year.
        count: how many claims; each fate comes up in turn.
        bills: whether the claims make the bills, so that a claim that was not sent is a visit that was not billed; else
            the practice exports its invoices.
    """
    chance = random.Random(seed)
    made = Year()
    every = [
        _Claim(
            f"{10_000 + at * 37}", chance.choice(list(PAYERS)), FIRST + datetime.timedelta(days=at * 170 // count),
            chance.choice((1, 2, 3)), "unsent" if bills and at in LAPSE else FATES[at % len(FATES)],
        )
        for at in range(count)
    ]  # fmt: skip
    if bills:
        made.files["visits.csv"] = VISITS + "".join(
            f"{c.number},{c.day},adams,P-{c.number},completed,97110,{c.charge}.00\n" for c in every
        )
    else:
        made.files["invoices.csv"] = INVOICES + "".join(
            f"{c.number},,{c.day},adams,P-{c.number},{c.payer},{c.charge}.00,\n" for c in every
        )
    _nothing_after(made, "visits" if bills else "invoices", every[-1].day)
    if bills:
        made.found.add(("billing-lapse", f"adams/{every[LAPSE[0]].day}"))
    sent = [c for c in every if c.fate != "unsent"]
    batches = [sent[at : at + 6] for at in range(0, len(sent), 6)]
    lost = len(batches) // 2  # the file that nobody has ever seen
    decided: list[_Claim] = []
    for at, batch in enumerate(batches):
        _send(made, batch, 100 + at, lost=at == lost)
        day = batch[-1].day + ONE_DAY
        if bills and day - batch[0].day > LATE:
            made.found.add(("late-charge", f"adams/{day:%Y-%m}"))
        decided += [c for c in batch if at != lost and c.fate not in ("rejected", "silent", "taken back")]
        if at == lost:
            made.found.add(("claim-unanswered", f"file-{100 + at}/{100 + at}/1/{100 + at}77"))
            for c in batch:
                c.fate = "lost"
    _decide(made, decided, chance)
    for c in every:
        _reckon(made, c, bills=bills)
    return made


def _later(day: datetime.date, days: int) -> str:
    return (day + datetime.timedelta(days=days)).strftime("%Y%m%d")


def _asked(c: _Claim, frequency: str = "1", units: int = 0) -> list[str]:
    charge = 100 * (units or c.units)
    segments = claim(
        c.number, str(charge), [("97110", str(charge))], frequency=frequency, day=c.day.strftime("%Y%m%d"),
        patient=f"ROE{c.number}*JANE", payer=PAYERS[c.payer][0],
    )  # fmt: skip
    return [s.replace("*UN*1*", f"*UN*{units or c.units}*") if s.startswith("SV1") else s for s in segments]


def _send(made: Year, batch: list[_Claim], number: int, *, lost: bool) -> None:
    """The file of a batch, what is answered to it, and what is sent again."""
    last = max(c.day for c in batch)
    day = _later(last, 1)
    for c in batch:
        c.sent = last + datetime.timedelta(days=4)
    asked = [_asked(c, units=1 if c.fate == "replaced" and not lost else 0) for c in batch]
    made.files[f"{number}.837"] = claims(*asked, day=day, number=number)
    if lost:
        return
    made.files[f"{number}.999"] = receipt([("0001", "A")], group=number, day=_later(last, 1))
    for payer, (name, _) in PAYERS.items():
        verdicts = [
            status(
                c.number, "A7:255" if c.fate in ("rejected", "corrected") else "A2:20", _later(last, 2), str(c.charge)
            )
            for c in batch
            if c.payer == payer
        ]
        if verdicts:
            made.files[f"{number}-{payer}.277"] = states(*verdicts, source=f"PR*2*{name}", day=_later(last, 2))
    again = [(c, "1") for c in batch if c.fate == "corrected"]
    again += [(c, "7") for c in batch if c.fate == "replaced"] + [(c, "8") for c in batch if c.fate == "taken back"]
    if again:
        more = number + 500
        made.files[f"{more}.837"] = claims(*(_asked(c, how) for c, how in again), day=_later(last, 4), number=more)
        made.files[f"{more}.999"] = receipt([("0001", "A")], group=more, day=_later(last, 4))


def _decide(made: Year, decided: list[_Claim], chance: random.Random) -> None:
    """The remittances of a month's claims by insurer, and the bank lines that bring their money."""
    lines = []
    for month in range(1, 13):
        for payer, (_, name) in PAYERS.items():
            due = [c for c in decided if c.payer == payer and c.sent.month == month]
            if due:
                trace = f"{month:02}{chance.randrange(10**8):08}"
                paid = sum(_parts(c)[0] for c in due)
                day = max(c.sent for c in due) + datetime.timedelta(days=14)
                segments = [segment for c in due for segment in _said(c)]
                made.files[f"{month}-{payer}.835"] = era_text(
                    *segments, sent=str(paid), trace=trace, day=day.strftime("%Y%m%d"), payer=name
                )
                if paid:
                    lines.append(
                        (
                            day + datetime.timedelta(days=1),
                            f"ORIG CO NAME:{payer.upper()} HCCLAIMPMT TRN*1*{trace}*1",
                            paid,
                        )
                    )
    for number in sorted({day.month for day, _, _ in lines}):
        rows = [
            f'CREDIT,{day:%m/%d/%Y},"{text}",{amount:.2f},ACH_CREDIT,,\n'
            for day, text, amount in lines
            if day.month == number
        ]
        made.files[f"bank-{number}.csv"] = CHASE + "".join(rows)
    _not_downloaded(made, [day for day, _, _ in lines])


def _not_downloaded(made: Year, days: list[datetime.date]) -> None:
    """The stretches between the bank's files, each of which covers the days of its month's lines, and after them."""
    covered = sorted(
        (min(of_month), max(of_month))
        for _, same in groupby(sorted(days), key=lambda day: day.month)
        for of_month in [[*same]]
    )
    for (_, before), (after, _) in pairwise(covered):
        if (after - before).days > GAP:
            made.found.add(("missing-export", f"Assets:Bank:Checking/{before + ONE_DAY}"))
    _nothing_after(made, "Assets:Bank:Checking", covered[-1][1])


def _nothing_after(made: Year, what: str, last: datetime.date) -> None:
    """Whole months after a last file, which nobody downloaded."""
    made.found.add(("missing-export", f"{what}/{last + ONE_DAY}"))


def _parts(c: _Claim) -> tuple[int, int, int]:
    """What of a decided claim is paid, written off, and the patient's."""
    if c.fate == "denied":
        return 0, 0, 0
    allowed = (70 if c.fate == "underpaid" else 80) * c.units
    return allowed - 15, c.charge - allowed, 15


def _said(c: _Claim) -> Iterator[str]:
    paid, off, patient = _parts(c)
    if c.fate == "denied":
        yield f"CLP*{c.number}*4*{c.charge}*0**12*{c.number}00000000"
        yield f"CAS*CO*29*{c.charge}"
        return
    yield f"CLP*{c.number}*1*{c.charge}*{paid}*{patient}*12*{c.number}00000000"
    yield f"CAS*CO*45*{off}"
    yield f"CAS*PR*3*{patient}"
    yield f"SVC*HC:97110*{c.charge}*{paid}**{c.units}"
    yield f"AMT*B6*{paid + patient}"


def _reckon(made: Year, c: _Claim, *, bills: bool) -> None:
    """What is owed of a claim in the end, and what must be found of it."""
    patient = c.fate in ("paid", "underpaid", "corrected", "replaced")
    billed = not bills or c.fate not in ("unsent", "taken back")
    if billed:
        made.owed["Patients" if patient else f"Insurance:{c.payer.title()}"] += 15 if patient else c.charge
        made.found.add(("overdue-invoice", c.number))
    kind, key = {
        "underpaid": ("underpaid-claim", c.number),
        "unsent": ("unbilled-visit" if bills else "claim-unsent", c.number),
        "taken back": ("unbilled-visit" if bills else "claim-unsent", c.number),
        "denied": ("denied-claim", "CO-29"),
        "silent": ("claim-unanswered", c.number),
        "rejected": ("claim-rejected", c.number),
    }.get(c.fate, ("", ""))
    if kind:
        made.found.add((kind, key))
    if bills and c.fate == "rejected":
        made.found.add(("unbilled-visit", c.number))
