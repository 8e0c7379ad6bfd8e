"""A life as the files that a bookkeeper gets: ledger rows, claims, remittances, bank lines, in overlapping pieces."""

from __future__ import annotations

import csv
import datetime
import io
import random
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import pairwise
from pathlib import Path

from tests.simulator.receivables.banking import Bank
from tests.simulator.receivables.facts import (
    DAY,
    ZERO,
    Adjustment,
    Answer,
    BankLine,
    Claim,
    Line,
    Patient,
    Payment,
    Visit,
)
from tests.simulator.receivables.life import Life
from tests.simulator.receivables.shape import CARRIERS, ERA_IDS, Shape

Dated = tuple[datetime.date, Sequence[object]]

HEADERS = {
    "appointments": "AptNum,AptDateTime,Provider,PatNum,Patient,AptStatus,ProcDescript,Fee",
    "charges": "ProcNum,ProcDate,PatNum,Guarantor,Patient,Prov,ProcCode,ToothNum,ProcFee,AptNum",
    "payments": "PayNum,PayDate,PatNum,Guarantor,PayType,PayAmt,CheckNum",
    "payments-by-bill": "PayNum,PayDate,PatNum,PayType,PayAmt,CheckNum,AptNum,Carrier",
    "splits": "SplitNum,PayNum,DatePay,PatNum,ProcNum,Provider,SplitAmt",
    "adjustments": "AdjNum,AdjDate,PatNum,ProcNum,AdjType,AdjAmt",
    "claims": "ClaimNum,AptNum,PatNum,Carrier,DateSent,ClaimFee",
    "claim-procedures": (
        "ClaimProcNum,ClaimNum,AptNum,ProcNum,PatNum,Carrier,DateCP,InsPayAmt,WriteOff,PayType,CheckNum"
    ),
}
BANK = "Details,Posting Date,Description,Amount,Type,Balance,Check or Slip #"
OPENED = "invoice_id,date,patient_id,guarantor_id,payer,amount,due,provider"


@dataclass(frozen=True)
class Files:
    """What was written: `batches` are imported one after the other; `openings` are adopted first."""

    batches: list[list[Path]]
    openings: Path | None


def write(life: Life, bank: Bank, folder: Path) -> Files:
    """Write a life's files into a folder, and say in which order they come."""
    shape = life.shape
    chance = random.Random(f"files {shape.seed}")
    folder.mkdir(parents=True, exist_ok=True)
    paths = []
    for kind, rows in _tables(life).items():
        for number, piece in enumerate(_pieces(chance, shape, rows), 1):
            path = folder / f"{kind}-{number}.csv"
            path.write_text(_csv(HEADERS[kind], [row for _, row in piece]), encoding="utf-8")
            paths.append(path)
    paths += _bank_files(chance, bank, folder)
    if shape.insurers == "835":
        paths += _remittances(life.facts.answers, folder)
    openings = folder / "open-items.csv" if life.facts.openings else None
    if openings:
        items = [
            (o.apt, o.day, o.patient, shape.patients[o.patient].guarantor, o.payer or "", o.amount, "", o.provider)
            for o in life.facts.openings
        ]
        openings.write_text(_csv(OPENED, items), encoding="utf-8")
    chance.shuffle(paths)
    cuts = sorted(chance.sample(range(1, len(paths)), min(len(paths) - 1, chance.choice((1, 2, 3)))))
    bounds = zip([0, *cuts], [*cuts, len(paths)], strict=True)
    return Files([paths[first:last] for first, last in bounds], openings)


def _tables(life: Life) -> dict[str, list[Dated]]:
    facts, shape = life.facts, life.shape
    people = shape.patients
    tables: dict[str, list[Dated]] = {
        "appointments": [(visit.day, _appointment(visit, people[visit.patient])) for visit in facts.visits],
        "charges": [(line.day, _charge(line, people[line.patient])) for line in facts.lines],
        "adjustments": [(one.day, _adjustment(one)) for one in facts.adjustments],
        "claims": [(c.sent, _claim(c)) for c in facts.claims if c.sent <= shape.last],
    }
    if shape.names == "bill":
        tables["payments-by-bill"] = _payments_by_bill(life)
        if shape.insurers == "payments":
            tables["adjustments"] += _contractual(facts.answers)
    else:
        tables["payments"] = [
            (p.day, (p.pay, _us(p.day), p.patient, people[p.patient].guarantor, p.kind, p.amount, p.check))
            for p in facts.payments
        ]
        tables["splits"] = _splits(facts.payments) if shape.names == "splits" else []
    if shape.insurers == "lines":
        tables["claim-procedures"] = _claim_procedures(facts.answers)
    return {kind: rows for kind, rows in tables.items() if rows}


def _appointment(visit: Visit, who: Patient) -> Sequence[object]:
    when, codes = f"{_us(visit.day)} {visit.hour}:30", ", ".join(visit.codes)
    return (visit.apt, when, visit.provider.upper(), who.number, who.name, visit.status, codes, visit.fee)


def _charge(line: Line, who: Patient) -> Sequence[object]:
    person = (who.number, who.guarantor, who.name)
    return (line.proc, _us(line.day), *person, line.provider.upper(), line.code, line.tooth, line.fee, line.apt)


def _adjustment(one: Adjustment) -> Sequence[object]:
    return (one.adj, _us(one.day), one.patient, one.proc, one.kind, -one.amount)


def _claim(claim: Claim) -> Sequence[object]:
    return (claim.claim, claim.apt, claim.patient, CARRIERS[claim.payer], _us(claim.sent), claim.fee)


def _payments_by_bill(life: Life) -> list[Dated]:
    rows: list[Dated] = [
        (p.day, (p.pay, _us(p.day), p.patient, p.kind, p.amount, p.check, p.apt or "", "")) for p in life.facts.payments
    ]
    if life.shape.insurers == "payments":
        for number, a in enumerate(life.facts.answers, 60001):
            kind = f"Ins {a.method}"
            row = (number, _us(a.day), a.patient, kind, a.paid, a.trace, a.apt, CARRIERS[a.payer])
            if a.paid:
                rows.append((a.day, row))
    return sorted(rows, key=lambda item: item[0])


def _contractual(answers: Iterable[Answer]) -> list[Dated]:
    shares = [(answer, share) for answer in answers for share in answer.shares if share.off]
    return [
        (a.day, (70000 + number, _us(a.day), a.patient, share.proc, "Insurance Write-off", -share.off))
        for number, (a, share) in enumerate(shares)
    ]


def _splits(payments: Iterable[Payment]) -> list[Dated]:
    """What each payment was split to; what is for no procedure has a row as well, as unearned."""
    parts = [(payment, part) for payment in payments for part in payment.splits or ((0, "", payment.amount),)]
    return [
        (p.day, (30000 + number, p.pay, _us(p.day), p.patient, proc, provider.upper(), amount))
        for number, (p, (proc, provider, amount)) in enumerate(parts)
    ]


def _claim_procedures(answers: Iterable[Answer]) -> list[Dated]:
    shares = [(answer, share) for answer in answers for share in answer.shares]
    return [
        (a.day, (40000 + number, a.claim, a.apt, share.proc or "", a.patient, CARRIERS[a.payer], _us(a.day), share.paid,
                 share.off, a.method, a.trace))
        for number, (a, share) in enumerate(shares)
    ]  # fmt: skip


def _pieces(chance: random.Random, shape: Shape, rows: list[Dated]) -> list[list[Dated]]:
    """The rows as one to three exports that overlap by some days; some systems write the newest row first."""
    days = (shape.last - shape.first).days
    cuts = sorted(chance.sample(range(15, days - 10), chance.choice((0, 1, 2))))
    bounds = [shape.first - 400 * DAY, *(shape.first + cut * DAY for cut in cuts), shape.last + 400 * DAY]
    overlap = chance.choice((0, 3, 12)) * DAY
    pieces = []
    for first, last in pairwise(bounds):
        piece = [row for row in rows if first - overlap <= row[0] < last]
        if chance.random() < 0.2:
            piece.reverse()
        pieces.append(piece)
    return [piece for number, piece in enumerate(pieces) if piece and piece not in pieces[:number]]


def _bank_files(chance: random.Random, bank: Bank, folder: Path) -> list[Path]:
    balance = Decimal("20000.00")
    rows: list[Dated] = []
    for line in bank.lines:
        balance += line.amount
        rows.append((line.day, _bank_row(line, balance)))
    paths = []
    for number, piece in enumerate(_pieces(chance, bank.shape, rows), 1):
        path = folder / f"bank-{number}.csv"
        newest_first = sorted(range(len(piece)), key=lambda at: (piece[at][0], at), reverse=True)
        path.write_text(_csv(BANK, [piece[at][1] for at in newest_first]), encoding="utf-8")
        paths.append(path)
    return paths


def _bank_row(line: BankLine, balance: Decimal) -> Sequence[object]:
    details = "CREDIT" if line.amount > 0 else "DEBIT"
    return (details, _us(line.day), line.text, line.amount, f"ACH_{details}", balance, line.check)


def _remittances(answers: Iterable[Answer], folder: Path) -> list[Path]:
    groups: dict[tuple[datetime.date, str], list[Answer]] = defaultdict(list)
    for answer in answers:
        groups[answer.day, answer.payer].append(answer)
    paths = []
    for number, ((day, payer), group) in enumerate(sorted(groups.items()), 1):
        path = folder / f"{payer}-{day:%Y%m%d}.835"
        path.write_text(_remittance(number, day, payer, group), encoding="utf-8")
        paths.append(path)
    return paths


def _remittance(number: int, day: datetime.date, payer: str, answers: list[Answer]) -> str:
    total = sum((answer.paid for answer in answers), ZERO)
    era, trace = ERA_IDS[payer], answers[0].trace
    method = "ACH*CCP*01*1*DA*2" if total else "NON*****"
    segments = [
        f"ST*835*{number:04}",
        f"BPR*I*{total}*C*{method}*{era}**01*4*DA*5*{day + 2 * DAY:%Y%m%d}",
        f"TRN*1*{trace}*{era}",
        f"DTM*405*{day:%Y%m%d}",
        f"N1*PR*{CARRIERS[payer].upper()}",
        "N1*PE*CEDAR HILL DENTAL*XX*1234567893",
        "LX*1",
    ]
    for answer in answers:
        segments += _claim_segments(answer)
    segments.append(f"SE*{len(segments) + 1}*{number:04}")
    envelope = [
        f"ISA*00*          *00*          *ZZ*{payer.upper():<15}*ZZ*CEDARHILL      *{day:%y%m%d}*1200*^*00501*"
        f"{number:09}*0*P*:",
        f"GS*HP*{payer.upper()}*CEDAR*{day:%Y%m%d}*1200*{number}*X*005010X221A1",
    ]
    return "".join(f"{segment}~\n" for segment in [*envelope, *segments, f"GE*1*{number}", f"IEA*1*{number:09}"])


def _claim_segments(answer: Answer) -> list[str]:
    """A claim, its service lines where they are known; what the first insurer paid is the second's OA 23."""
    fee = sum((share.fee for share in answer.shares), ZERO)
    left = fee - answer.paid - answer.off
    number = answer.claim if answer.claim < 90000 else answer.apt
    segments = [f"CLP*{number}*{answer.rank}*{fee + answer.before}*{answer.paid}*{left}*12*9{answer.claim}"]
    if answer.before:
        return [*segments, f"CAS*OA*23*{answer.before}", f"CAS*PR*2*{left}"]
    for share in answer.shares:
        parts = [f"CAS*CO*45*{share.off}"] if share.off else []
        parts += [f"CAS*PR*2*{share.left}"] if share.left else []
        service = [f"SVC*AD:{share.code}*{share.fee}*{share.paid}**1"] if share.proc else []
        line = [f"REF*6R*{share.proc}"] if share.proc else []
        segments += [*service, *parts, *line]
    return segments


def _csv(header: str, rows: Iterable[Sequence[object]]) -> str:
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(header.split(","))
    writer.writerows(rows)
    return out.getvalue()


def _us(day: datetime.date) -> str:
    return f"{day:%m/%d/%Y}"
