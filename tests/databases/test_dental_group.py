"""The sample group's exports are what Open Dental would give: its story as rows of its tables, through the queries."""

from __future__ import annotations

import calendar
from collections.abc import Iterable, Iterator
from pathlib import Path

import pytest
from daysheet.ledgers.dental_group import generate
from daysheet.ledgers.dental_group.generate import Story
from daysheet.ledgers.dental_group.roster import ABBR, FEES, MONTHS, NOT_DOWNLOADED, PAYERS, YEAR, patients

from tests.databases.conftest import Database, queries

HERE = Path(__file__).parent
STATUS = {"Complete": 2, "Unscheduled": 3, "Broken": 5}
KINDS = {"Check": 1, "Credit Card": 2, "Cash": 3, "Cash Discount": 4}
CODES = {code: number for number, code in enumerate(FEES, 1)}
PROVIDERS = {name: number for number, name in enumerate(ABBR, 1)}
CARRIERS = {payer: number for number, payer in enumerate(PAYERS, 1)}
REMITTING = "|".join(payer.carrier for payer in PAYERS.values() if payer.sends == "835")


def rows_of(story: Story) -> Iterator[tuple[str, Iterable[tuple[object, ...]]]]:
    """The story as rows, by table and its columns."""
    yield "definition (DefNum, ItemName)", [(number, name) for name, number in KINDS.items()]
    yield "provider (ProvNum, Abbr)", [(PROVIDERS[name], abbr) for name, abbr in ABBR.items()]
    yield "carrier (CarrierNum, CarrierName)", [(CARRIERS[one.id], one.carrier) for one in PAYERS.values()]
    yield "insplan (PlanNum, CarrierNum)", [(10 + number, number) for number in CARRIERS.values()]
    yield "procedurecode (CodeNum, ProcCode)", [(number, code) for code, number in CODES.items()]
    yield "patient (PatNum, Guarantor)", [(one.number, one.guarantor) for one in patients().values()]
    yield (
        "appointment (AptNum, PatNum, AptStatus, ProvNum, AptDateTime)",
        [
            (one.number, one.patient.number, STATUS[one.status], PROVIDERS[one.provider], f"{one.day} {one.time}")
            for one in story.visits
        ],
    )
    yield (
        "procedurelog (ProcNum, PatNum, AptNum, ProcDate, ProcFee, Surf, ToothNum, ProcStatus, ProvNum, CodeNum)",
        [
            (part.number, one.patient.number, one.number, one.day, part.fee, part.surface, part.tooth,
             2 if part.done else 1, PROVIDERS[one.provider], CODES[part.code])
            for one in story.visits
            for part in one.procedures
        ],
    )  # fmt: skip
    yield from _money(story)


def _money(story: Story) -> Iterator[tuple[str, Iterable[tuple[object, ...]]]]:
    desk = story.desk
    yield (
        "payment (PayNum, PayType, PayDate, PayAmt, CheckNum, PatNum)",
        [(one.number, KINDS[one.kind], one.day, one.amount, one.check, one.patient) for one in desk.payments],
    )
    yield (
        "paysplit (SplitNum, SplitAmt, PatNum, PayNum, DatePay, ProcNum)",
        [
            (part.number, part.amount, part.visit.patient.number, one.number, one.day, part.procedure.number)
            for one in desk.payments
            for part in one.splits
        ],
    )
    yield (
        "adjustment (AdjNum, AdjDate, AdjAmt, PatNum, AdjType, ProvNum, ProcNum)",
        [
            (one.number, one.day, -one.amount, one.visit.patient.number, KINDS["Cash Discount"],
             PROVIDERS[one.visit.provider], one.procedure.number)
            for one in desk.discounts
        ],
    )  # fmt: skip


def claims_on(story: Story, last: str) -> Iterator[tuple[str, Iterable[tuple[object, ...]]]]:
    """The claims as they stand on a day; a procedure of theirs that no paper check has answered has status 0."""
    sent = [one for one in story.told.claims if str(one.visit.day) <= last]
    settled = {one.number: generate.settled_on(story, one) for one in sent}
    yield (
        "claim (ClaimNum, PatNum, DateService, DateSent, ClaimStatus, PlanNum, ClaimType)",
        [
            (one.number, one.visit.patient.number, one.visit.day, one.sent or "0001-01-01",
             "W" if one.sent is None else "R" if (day := settled[one.number]) and str(day) <= last else "S",
             10 + CARRIERS[one.payer.id], "P")
            for one in sent
        ],
    )  # fmt: skip
    checks = {
        share.procedure.number: (advice, share)
        for advice in story.told.advices
        for decision in advice.decisions
        for share in decision.shares
        if advice.payer.sends == "checks" and str(advice.day) <= last
    }
    numbers = {procedure: 40001 + place for place, procedure in enumerate(checks)}
    posted, waiting = [], []
    for one in sent:
        for procedure in one.visit.procedures:
            who = (procedure.number, one.number, one.visit.patient.number, 10 + CARRIERS[one.payer.id])
            if procedure.number in checks:
                advice, share = checks[procedure.number]
                number = (numbers[procedure.number], int(advice.trace))
                posted.append((*who, *number, 1, share.paid, share.off, advice.day))
            else:
                waiting.append((*who, 0))
    yield (
        "claimproc (ProcNum, ClaimNum, PatNum, PlanNum, ClaimProcNum, ClaimPaymentNum, Status, InsPayAmt, WriteOff, "
        "DateCP)",
        posted,
    )
    yield "claimproc (ProcNum, ClaimNum, PatNum, PlanNum, Status)", waiting
    days = {int(advice.trace): advice for advice, _ in checks.values()}
    yield (
        "claimpayment (ClaimPaymentNum, CheckDate, CheckNum, PayType)",
        [(number, advice.day, advice.trace, KINDS["Check"]) for number, advice in days.items()],
    )


def insert(database: Database, tables: Iterable[tuple[str, Iterable[tuple[object, ...]]]]) -> None:
    for table, rows in tables:
        values = ", ".join("(" + ", ".join(f"'{cell}'" for cell in row) + ")" for row in rows)
        if values:
            database.run(f"INSERT INTO {table} VALUES {values};")  # noqa: S608 - figures of our own story


@pytest.fixture(scope="module")
def given(mariadb: list[str]) -> dict[str, bytes]:
    """What the queries give, month by month, each run at the end of its month."""
    database = Database(mariadb, "dentalgroup")
    database.run((HERE / "opendental.sql").read_text(encoding="utf-8"))
    story = generate.story()
    insert(database, rows_of(story))
    made = {}
    for month in MONTHS:
        last = f"{YEAR}-{month:02}-{calendar.monthrange(YEAR, month)[1]}"
        database.run("DELETE FROM claim; DELETE FROM claimproc; DELETE FROM claimpayment;")
        insert(database, claims_on(story, last))
        for kind, query in queries("systems/open-dental.md").items():
            first = f"{YEAR}-09-01" if kind == "claims" else f"{YEAR}-{month:02}-01"
            text = query.replace("2026-01-01", first).replace("2026-12-31", last)
            text = text.replace("@NotThese=''", f"@NotThese='{REMITTING}'")
            made[f"{kind}-{YEAR}-{month:02}.txt"] = database.run(text).replace("\n", "\r\n").encode()
    return made


def test_the_queries_give_the_sample_s_exports_to_the_byte(given: dict[str, bytes]) -> None:
    kept = {name: data for name, data in generate.files().items() if name.endswith(".txt")}
    assert set(given) - set(kept) == {NOT_DOWNLOADED}
    assert [name for name, data in kept.items() if given[name] != data] == []
