"""A column's name as words of the field: `PatNum`, `PATIENTID` and `patient_no` all say patient and number."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Final

_HUMPS: Final = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])|(?<=[A-Za-z])(?=[0-9])")
_NOT_COME: Final = re.compile(r"did[ _]*n[o']?t[ _]*(arrive|attend|show)(ed)?([ _]*up)?", re.IGNORECASE)
_SPLIT: Final = re.compile(r"[^\w#%]+|_")

# How systems shorten the field's words, and other words for the same.
_SAME: Final = {
    "appointment": "appt appts apt appointments apptid aptnum termin cita rdv consulta",
    "visit": "visits vst besuch visite",
    "encounter": "encounters enc",
    "session": "sessions",
    "booking": "bookings booked",
    "consultation": "consult consultations consults",
    "admission": "admissions admit admitted",
    "patient": "patients pat pt ptnt paciente patienten",
    "client": "clients clientele",
    "customer": "cust customers kunde",
    "beneficiary": "bene beneficiaries benef",
    "provider": "providers prov prvdr",
    "doctor": "doctors doc dr arzt medico docteur",
    "clinician": "clinicians",
    "practitioner": "practitioners pract practioner",
    "dentist": "dentists",
    "hygienist": "hygienists hyg",
    "physician": "physicians",
    "therapist": "therapists",
    "veterinarian": "vet vets veterinarians",
    "staff": "staffmember employee employees",
    "invoice": "invoices inv rechnung factura facture",
    "bill": "bills billing billings",
    "statement": "statements stmt",
    "charge": "charges chg chrg charged",
    "payment": "payments pmt pmts pymt pymnt pay pays zahlung pago paiement",
    "receipt": "receipts rcpt",
    "received": "receive collected collection collections",
    "transaction": "transactions trans txn trx tran",
    "claim": "claims claimed clm",
    "adjustment": "adjustments adj adjs adjust",
    "writeoff": "writeoffs",
    "payer": "payers payor payors",
    "insurance": "ins insurances insur",
    "insurer": "insurers carrier carriers",
    "procedure": "proc procs procedures",
    "treatment": "treatments tx behandlung tratamiento",
    "service": "services svc svcs srvc leistung",
    "number": "num nbr nr nummer numero #",
    "amount": "amt amts amounts betrag importe montant",
    "date": "dates dt datum fecha day",
    "datetime": "timestamp",
    "status": "statuses stat",
    "identifier": "ident uid",
    "id": "ids guid uuid",
    "description": "desc descript descr",
    "quantity": "qty",
    "balance": "bal saldo",
    "outstanding": "owing owed unpaid",
    "discount": "discounts disc",
    "covered": "coverage covers",
    "member": "mbr",
    "subscriber": "policyholder insured",
    "diagnosis": "dx diag diagnoses icd icd10",
    "cpt": "hcpcs cdt ada",
    "submitted": "submission submit",
    "adjudicated": "adjudication",
    "denied": "denial denials rejection rejected",
    "cancelled": "canceled cancellation cancelation cancel",
    "noshow": "noshows dna",
    "minutes": "mins min minute",
    "duration": "durations dur length los",
    "percent": "percentage pct %",
    "birth": "birthdate birthday birthdt dob born",
    "refund": "refunds refunded",
    "deposit": "deposits",
    "created": "create creation entered entry added",
    "modified": "updated changed edited lastmodified tstamp",
    "scheduled": "schedule",
    "posted": "post posting",
    "time": "times",
    "cost": "costs",
    "fee": "fees",
    "price": "prices",
    "total": "totals gross",
    "due": "payable",
    "responsibility": "resp share portion",
    "reference": "ref refno",
    "check": "cheque chk chq",
    "method": "methods tender mode",
    "start": "starts started begin begins from",
    "end": "ends ended stop stops finish until",
    "discharge": "discharged checkout",
    "surname": "lastname lname",
    "firstname": "fname givenname forename",
    "chart": "charts",
    "guarantor": "guar",
    "performed": "perform",
    "reason": "reasons",
    "issue": "issued raised",
    "dos": "servicedate",
    "attended": "attendance attend showed shows showup",
    "department": "dept",
}
CANON: Final = {word: name for name, words in _SAME.items() for word in (name, *words.split())}
_MORE: Final = """
a account acct action active actual address after age allergies allowed and animal appeal approved arrived assistant
authorization batch before billed blood bmi booth bp branch breed brand by care case category chair checkin city
class clinic code comment comorbidity company contact contract copay coinsurance country county currency current
deductible delay details device diastolic division email emergency estimated expected facility family final finance
first flag flow follow for gender general glucose group guid head health heart height high hospital hour hours
illness in income indicator initial is issue item key kind language last late lead left level line list loc location
loss low marital medical medication medicine memo method middle mobile modality modifier month mrn name net new next
node note notes npi of on online open operatory order organization original other out outcome owner oxygen paid parent
part patient pending per period pet phone place plan planned point policy practice prefix previous primary priority
prob processed product program pulse purpose quadrant race rate ratio reminder rendering rendered request resource
responsible room sale sales score secondary seen sex show sign site size state state sms social species specialist
specialty speciality split ssn step street subtotal suffix summary supervising supervisor surface surgeon surgery
symptom systolic tax taxes team temperature temp test text tier to tooth type unit units until upcoming user value
version wait waiting week weight work write year years zip zipcode off no number nursing nurse attending referring
referral neighbourhood sent taken prior yes episode event
"""
_KNOWN: Final = frozenset(CANON) | frozenset(_MORE.split())
_LONGEST: Final = 16
_NAMES: Final = {"first": "firstname", "given": "firstname", "last": "surname", "family": "surname"}


def word_set(text: str) -> frozenset[str]:
    """The words of a text, as a set."""
    return frozenset(text.split())


@lru_cache(maxsize=4096)
def words_of(header: str) -> tuple[str, ...]:
    """The words of a column's name in the field's own form, in order.

    `no show` becomes `noshow`, `write off` `writeoff`, a trailing `no` or `#` `number`.
    """
    found: list[str] = []
    told = _NOT_COME.sub(" noshow ", _HUMPS.sub(" ", header.strip()))
    for part in _SPLIT.split(told):
        low = part.casefold().strip("#") or ("number" if "#" in part else "")
        found += [low] if not low or low in _KNOWN or low.isdigit() else _parts(low)
        found += ["number"] if low not in ("", "number") and part.endswith("#") else []
    words = [CANON.get(each, each) for each in found if each]
    joined: list[str] = []
    for place, word in enumerate(words):
        before = joined[-1] if joined else ""
        if (before, word) in (("no", "show"), ("not", "show"), ("no", "attended")):
            joined[-1] = "noshow"
        elif word == "name" and before in _NAMES:
            joined[-1] = _NAMES[before]
        elif (before, word) == ("staff", "member"):
            continue
        elif (before, word) == ("fee", "note"):
            joined[-1] = "invoice"
        elif (before, word) == ("write", "off"):
            joined[-1] = "writeoff"
        elif (before, word) == ("show", "up"):
            joined[-1] = "attended"
        elif word == "no" and place == len(words) - 1 and place:
            joined.append("number")
        else:
            joined.append(word)
    return tuple(joined)


@lru_cache(maxsize=4096)
def _parts(run: str) -> tuple[str, ...]:
    """A run of letters as the words that make it up (`appointmentid`), itself where it is none of them."""
    best: dict[int, tuple[str, ...]] = {0: ()}
    for end in range(1, len(run) + 1):
        for start in range(max(0, end - _LONGEST), end):
            piece = run[start:end]
            if start in best and piece in _KNOWN and (len(piece) > 1 or piece == "a"):
                parts = (*best[start], piece)
                if end not in best or len(parts) < len(best[end]):
                    best[end] = parts
    found = best.get(len(run), (run,))
    return found if all(len(part) > 1 for part in found) else (run,)
