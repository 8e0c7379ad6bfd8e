"""The things that an export's columns speak of: visits, patients, providers, bills, payments, claims, payers."""

from __future__ import annotations

from typing import Final

from daysheet.importers.detection.exports.column_facts import Facts
from daysheet.importers.detection.exports.header_words import word_set

VISIT: Final = word_set("appointment visit encounter session booking consultation admission episode")
PATIENT: Final = word_set(
    """
    patient client beneficiary member subscriber mrn participant pet chart guarantor customer case
    """
)
PROVIDER: Final = word_set(
    """
    provider doctor clinician practitioner physician therapist dentist hygienist veterinarian staff counselor
    counsellor psychologist psychiatrist surgeon chiropractor nurse specialist resource practitioners rendering
    operator seen instructor coach midwife acupuncturist counselling
    """
)
INVOICE: Final = frozenset(["invoice", "bill", "statement"])
CHARGE: Final = frozenset(["charge"])
PAYMENT: Final = frozenset(["payment", "receipt"])
CLAIM: Final = frozenset(("claim",))
ADJUSTMENT: Final = frozenset(["adjustment", "writeoff"])
PAYER: Final = frozenset(["payer", "insurance", "insurer"])
PROCEDURE: Final = word_set("procedure treatment service cpt item code")
ID: Final = word_set("id number code key identifier reference")
NAME: Final = frozenset(["name", "full"])

# In a header they say that a number is no money.
NOT_MONEY: Final = word_set(
    """
    id number code key identifier reference age bp systolic diastolic heart pulse oxygen temperature temp bmi height
    weight duration minutes hours hour time days waiting wait count quantity units unit percent ratio score point
    points year month week zip zipcode loc latitude longitude lat lon npi phone mobile room chair floor size stock
    level version ssn tooth sms sent reminder flag probability prob glucose line priority sequence visits batch
    delay step group comorbidity diagnosis show noshow attended gender sex npi birth handicap alcoholism diabetes
    hypertension hipertension scholarship stay bed mrn fin indicator risk severity index
    """
)
PAID: Final = word_set("paid payment received receipt deposit")
OTHER_MONEY: Final = word_set(
    """
    tax taxes discount balance outstanding due covered insurance copay deductible coinsurance responsibility tip
    refund loss adjustment writeoff allowed estimated unapplied credit
    """
)  # fmt: skip

# Days that are another's than the record's own.
OTHER_DAYS: Final = word_set(
    """
    birth created modified reminder due end discharge expiry expiration registration registered hire joining death
    upload next last follow previous request requested arrived seated dismissed checkin signed archived cancelled
    noshow sent printed onset illness valid confirmed denied adjudicated approved processed appeal effective
    termination return to through
    """
)


def names(facts: Facts, concept: frozenset[str]) -> bool:
    """Whether a header speaks of a concept."""
    return bool(concept & set(facts.words))


def is_id_of(facts: Facts, concept: frozenset[str]) -> bool:
    """Whether a column is the number of such a thing: `Appt ID`, `Invoice #`, or its bare name over codes."""
    words = set(facts.words)
    if not words & concept or facts.is_dates or facts.is_flag:
        return False
    if words & INVOICE and words & ID == {"code"}:
        return False  # a billing code is a procedure's
    if words & (ID | frozenset(("npi",))):
        return not words & word_set("type kind status reason date amount method")
    return words <= concept and facts.is_codes


def is_money(facts: Facts) -> bool:
    """Whether a column holds amounts: numbers that are no measure, no number of a record and no flag."""
    if not facts.is_numbers or facts.is_dates or facts.is_clock:
        return False
    words = set(facts.words)
    rate = "rate" in words and not words & word_set("heart pulse respiratory percent coverage success show")
    if facts.is_flag and not facts.has_cents:
        return bool(words & (word_set("amount fee total price cost") | CHARGE | PAID))
    if words & NOT_MONEY and not (rate and words <= word_set("rate per unit units hour session")):
        sums = word_set("amount total cost fee price")
        return bool(words & sums) and not words & word_set("id number percent count ratio")
    if words <= INVOICE | VISIT and not facts.has_cents:
        return False
    if words & VISIT and not facts.has_cents and not words & {"amount", "fee", "cost", "price", "charge", "paid"}:
        return False
    says = words & (OTHER_MONEY | PAID | CHARGE | ADJUSTMENT | INVOICE | word_set(
    """
    amount total subtotal fee price cost value net sum money expense expenses revenue income payout
    """
))  # fmt: skip
    return bool(says or rate or facts.has_cents)


def is_paid(facts: Facts) -> bool:
    """Whether a column of amounts says what was paid so far; `patient pay` is a share that is to be paid."""
    words = set(facts.words)
    share = words & PATIENT and "paid" not in words
    return is_money(facts) and bool(words & {"paid", "payment", "received"}) and not share and "allowed" not in words
