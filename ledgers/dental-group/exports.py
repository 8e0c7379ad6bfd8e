"""The files that the group downloads: Open Dental's queries as text with tabs, 835s, and the bank's CSV."""

from __future__ import annotations

import csv
import datetime
import io
from collections.abc import Iterable, Iterator, Sequence
from decimal import Decimal
from typing import Final

from daysheet.ledgers.dental_group.banks import BankRow
from daysheet.ledgers.dental_group.claims import Advice, Claim, Decision
from daysheet.ledgers.dental_group.clinic import Visit
from daysheet.ledgers.dental_group.desk import Discount, Payment
from daysheet.ledgers.dental_group.roster import ABBR, PAYERS, ZERO

Cells = Sequence[object]
HEADERS: Final = {
    "appointments": "VisitId VisitTime Clinician PatientId FamilyId VisitState Codes UsualFee",
    "procedures": (
        "ProcedureId ServiceDay PatientId FamilyId Clinician Code Tooth Surface Charge VisitId Insurer"
    ),
    "payments": "PaymentId ReceivedDay PatientId FamilyId PaidBy Received CheckNumber",
    "splits": "SplitId PaymentId SplitDay PatientId ProcedureId Part",
    "adjustments": "AdjustmentId AdjustedDay PatientId FamilyId ProcedureId Clinician Reason LetOff Added",
    "claims": "ClaimId BillId PatientId Insurer SentDay ClaimState",
    "claim-payments": (
        "PaymentId WriteOffId TransferId ClaimId PatientId BillId ProcedureId Insurer PostedDay ReceivedDay PaidBy "
        "CheckNumber Received WrittenOff Turn PatientOwes"
    ),
}  # fmt: skip
CHASE: Final = ("Details", "Posting Date", "Description", "Amount", "Type", "Balance", "Check or Slip #")


def query(kind: str, rows: Iterable[Cells]) -> bytes:
    """A query's result as Open Dental saves it: no quotes, tabs between cells, the lines of Windows."""
    lines = [HEADERS[kind].split(), *(map(str, row) for row in rows)]
    return "".join("\t".join(line) + "\r\n" for line in lines).encode()


def appointment(visit: Visit) -> Cells:
    """A row of appointments."""
    person = visit.patient
    codes = ", ".join(procedure.code for procedure in visit.procedures)
    when = f"{visit.day} {visit.time}"
    abbr = ABBR[visit.provider]
    return f"apt-{visit.number}", when, abbr, person.number, person.guarantor, visit.status, codes, visit.fee


def procedures(visit: Visit) -> Iterator[Cells]:
    """The rows of a visit's procedures that are set complete."""
    person = visit.patient
    carrier = PAYERS[person.payer].carrier if person.payer else ""
    who = (person.number, person.guarantor, ABBR[visit.provider])
    for one in visit.procedures:
        if one.done:
            what = (one.code, one.tooth, one.surface, one.fee)
            yield f"proc-{one.number}", visit.day, *who, *what, f"apt-{visit.number}", carrier


def payment(one: Payment) -> Cells:
    """A row of payments."""
    return f"pay-{one.number}", one.day, one.patient, one.guarantor, one.kind, one.amount, one.check


def splits(one: Payment) -> Iterator[Cells]:
    """The rows of what a payment is split to."""
    for split in one.splits:
        to = f"proc-{split.procedure.number}"
        yield f"split-{split.number}", f"pay-{one.number}", one.day, split.visit.patient.number, to, split.amount


def discount(one: Discount) -> Cells:
    """A row of adjustments."""
    person, abbr = one.visit.patient, ABBR[one.visit.provider]
    who = (person.number, person.guarantor, f"proc-{one.procedure.number}", abbr)
    return f"adj-{one.number}", one.day, *who, "Cash Discount", one.amount, ZERO


def claim(one: Claim, answered: datetime.date | None, as_of: datetime.date) -> Cells:
    """A row of claims, as it stands on a day; the desk leaves a refused claim sent until it is settled."""
    state = "Not sent" if one.sent is None else "Received" if answered and answered <= as_of else "Sent"
    return one.number, f"apt-{one.visit.number}", one.visit.patient.number, one.payer.carrier, one.sent or "", state


def claim_payments(first: int, advice: Advice) -> Iterator[Cells]:
    """The rows of a paper check's procedures, numbered from `first`."""
    number = first
    for decision in advice.decisions:
        bill, patient = f"apt-{decision.visit.number}", decision.visit.patient.number
        for share in decision.shares:
            key = f"cp-{number}"
            ids = (key, f"{key}-w", f"{key}-t", decision.claim, patient, bill, f"proc-{share.procedure.number}")
            check = (advice.payer.carrier, advice.day, advice.day, "Check", advice.trace)
            yield *ids, *check, share.paid, share.off, "first insurer", share.left
            number += 1


def chase(rows: Iterable[BankRow], before: Decimal) -> bytes:
    """The bank's CSV, the newest line first."""
    balance, lines = before, []
    for row in rows:
        balance += row.amount
        details = "DSLIP" if row.kind == "DEPOSIT" else "CREDIT" if row.amount > 0 else "DEBIT"
        # the bank ends each line, but not the header, with a comma
        lines.append((details, f"{row.day:%m/%d/%Y}", row.text, row.amount, row.kind, balance, "", ""))
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerows([CHASE, *reversed(lines)])
    return text.getvalue().encode()


def remittance(number: int, advice: Advice, reasons: dict[str, str]) -> bytes:
    """An advice as an 835; `reasons` say why an insurer has refused what it has refused."""
    payer, day, sent = advice.payer, f"{advice.day:%Y%m%d}", advice.sent
    method = "ACH*CCP*01*1*DA*2" if sent else "NON*****"
    segments = [
        f"ST*835*{number:04}",
        f"BPR*I*{sent}*C*{method}*{payer.tax_id}**01*4*DA*5*{advice.at_bank:%Y%m%d}",
        f"TRN*1*{advice.trace}*{payer.tax_id}",
        f"DTM*405*{day}",
        f"N1*PR*{payer.carrier.upper()}",
        "N1*PE*LARKFIELD DENTAL GROUP*XX*1234567893",
        "LX*1",
    ]
    for decision in advice.decisions:
        segments += _claim(decision, reasons)
    segments += [f"PLB*1234567893*{LAST_OF_YEAR}*WO:{claim_}*{amount}" for claim_, amount in advice.offsets]
    segments.append(f"SE*{len(segments) + 1}*{number:04}")
    name = payer.id.upper()
    envelope = [
        f"ISA*00*          *00*          *ZZ*{name:<15}*ZZ*LARKFIELD      *{day[2:]}*1200*^*00501*{number:09}*0*P*:",
        f"GS*HP*{name}*LARKFIELD*{day}*1200*{number}*X*005010X221A1",
    ]
    whole = [*envelope, *segments, f"GE*1*{number}", f"IEA*1*{number:09}"]
    return "".join(f"{segment}~\n" for segment in whole).encode()


LAST_OF_YEAR: Final = "20261231"


def _claim(decision: Decision, reasons: dict[str, str]) -> Iterator[str]:
    """A claim with its service lines; one that is taken back has the opposite amounts."""
    sign = -1 if decision.reverses else 1
    fee = sum((share.procedure.fee for share in decision.shares), ZERO)
    refused = all(share.refused for share in decision.shares)
    status = 22 if decision.reverses else 4 if refused else 1
    number = f"{decision.visit.patient.number}/{decision.claim}"
    left = "" if decision.reverses else f"{decision.left}"
    yield f"CLP*{number}*{status}*{sign * fee}*{decision.paid}*{left}*12*9{decision.claim}"
    for share in decision.shares:
        one = share.procedure
        yield f"SVC*AD:{one.code}*{sign * one.fee}*{sign * share.paid}**1"
        yield f"DTM*472*{decision.visit.day:%Y%m%d}"
        if share.refused:
            yield f"CAS*CO*{reasons[decision.payer.id]}*{one.fee}"
        if share.off:
            yield f"CAS*CO*45*{sign * share.off}"
        if share.left:
            yield f"CAS*PR*2*{sign * share.left}"
        yield f"REF*6R*p{one.number}"
