"""Which column of an export is which part of its records, each with the reason, and with its rivals."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Final, NamedTuple

from daysheet.importers.detection.exports import concepts as of
from daysheet.importers.detection.exports.column_facts import Facts
from daysheet.importers.detection.exports.header_words import word_set
from daysheet.importers.detection.exports.kinds import ADJUSTMENTS, CLAIMS, INVOICES, PAYMENTS, VISITS, own_id

ROLES: Final = (
    "id", "date", "provider", "patient", "status", "service", "amount", "invoice", "visit", "payer", "method",
)  # fmt: skip
_LEAST: Final = 1


class Found(NamedTuple):
    """A column for a role, and the others that fit it as well."""

    facts: Facts
    why: str
    rivals: tuple[Facts, ...] = ()


Score = Callable[[Facts], int]


def find_roles(columns: Sequence[Facts], kind: str) -> dict[str, Found]:
    """The column of each role that the kind has; a role is absent where no column is its."""
    found: dict[str, Found] = {}
    own = own_id(columns)
    if own is not None and own[1] in ("", kind):
        found["id"] = Found(own[0], f"{len(own[0].distinct)} of {len(own[0].filled)} cells are different")
    elif kind == INVOICES and (numbered := [facts for facts in columns if of.is_id_of(facts, of.INVOICE)]):
        found["id"] = Found(numbered[0], "rows with one number are lines of one bill")
    scores: dict[str, Score] = {
        "date": lambda facts: _day(facts, kind),
        "patient": _patient,
        "provider": _provider,
        "payer": _payer,
        "method": _method,
        "status": lambda facts: _status(facts, kind),
        "amount": lambda facts: _amount(facts, kind),
        "visit": lambda facts: 0 if kind == VISITS else _reference(facts, of.VISIT),
        "invoice": lambda facts: 0 if kind == INVOICES else _reference(facts, of.INVOICE),
        "service": _service,
    }
    for role, score in scores.items():
        taken = {each.facts.place for each in found.values()}
        best = _best([facts for facts in columns if facts.place not in taken], score)
        if best is not None:
            found[role] = best
    return found


def _best(columns: Sequence[Facts], score: Score) -> Found | None:
    """The column with the highest score, the leftmost of several; those of the same score are its rivals."""
    ranked = sorted(((score(facts), -facts.place, facts) for facts in columns), key=lambda item: item[:2], reverse=True)
    if not ranked or ranked[0][0] < _LEAST:
        return None
    top = ranked[0][0]
    alike = tuple(facts for value, _, facts in ranked[1:] if value == top)
    return Found(ranked[0][2], f'its name "{ranked[0][2].header}"', alike)


def _day(facts: Facts, kind: str) -> int:
    if not facts.is_dates:
        return 0
    words = set(facts.words)
    own: dict[str, Sequence[frozenset[str]]] = {
        VISITS: (of.VISIT, frozenset(("dos", "service", "start", "scheduled"))),
        INVOICES: (
            of.INVOICE | of.CHARGE,
            frozenset(("issue", "service", "dos")),
            frozenset(("posted", "transaction")),
            of.VISIT,
        ),
        PAYMENTS: (of.PAYMENT | {"paid", "received"}, frozenset(("posted", "transaction", "deposit", "check"))),
        ADJUSTMENTS: (of.ADJUSTMENT, frozenset(("posted", "transaction"))),
        CLAIMS: (frozenset(("service", "dos")), of.CLAIM, frozenset(("submitted", "billed")), of.VISIT | {"start"}),
    }
    score = 40
    for place, concept in enumerate(own[kind]):
        if words & concept:
            score = 100 - 10 * place
            break
    else:
        score = 60 if words <= {"date", "datetime", "time", "on"} else 40
    other = words & of.OTHER_DAYS - ({"start"} if kind == VISITS else set())
    if "booking" in words and kind == VISITS and not words & (of.VISIT - {"booking"}):
        other = other | {"booking"}
    score -= 55 if other else 0
    score -= 30 if kind in (INVOICES, PAYMENTS) and words & {"paid", "due"} and kind == INVOICES else 0
    score -= 20 if facts.share_filled < 0.5 else 0
    return max(score, 2 if "birth" not in words else 0)


def _patient(facts: Facts) -> int:
    words = set(facts.words)
    if not words & of.PATIENT and not words & {"surname", "firstname"}:
        return 10 if words in ({"name"}, {"full", "name"}) and not facts.is_numbers else 0
    if facts.is_dates or facts.is_flag or of.is_money(facts) or words & _OF_A_PERSON:
        return 0
    if words & of.PROVIDER - {"resource"} or words & (of.PAYER | of.VISIT | {"balance", "type", "count"}):
        return 0
    if words & {"surname"}:
        return 30
    if words & {"firstname"}:
        return 20
    strength = 10 if words & {"patient", "mrn", "chart", "beneficiary"} else 0
    strength -= 5 if words & {"guarantor", "subscriber", "pet", "case"} else 0
    if words & of.ID:
        return 80 + strength
    return (60 if words <= of.PATIENT | of.NAME else 40) + strength


_OF_A_PERSON: Final = word_set(
    """
    age gender sex birth phone email address city zip zipcode race language weight height status date note first
    last middle initial suffix prefix paid payment amount responsibility due share group class plan
    """
)


def _provider(facts: Facts) -> int:
    words = set(facts.words)
    if not words & of.PROVIDER or words & of.PAYER or facts.is_dates or facts.is_flag or of.is_money(facts):
        return 0
    if words & {"specialty", "speciality", "type", "department", "phone", "email", "npi", "degree", "note", "salary"}:
        return 0
    if words & of.PATIENT or words & word_set("experience fee age gender created supervising referring"):
        return 5 if words & {"supervising", "referring"} and not words & of.PATIENT else 0
    clinical = words & (of.PROVIDER - {"staff", "resource", "operator", "seen"})
    score = 60 if clinical else 30
    score += 10 if words & (of.ID | of.NAME) or len(words) == 1 else 0
    score -= 20 if words & {"assistant", "hygienist", "other", "secondary", "primary"} else 0
    return score - (50 if facts.share_filled < 0.3 else 0) if score > 50 else score


def _payer(facts: Facts) -> int:
    words = set(facts.words)
    if not words & of.PAYER or facts.is_dates or facts.is_flag or of.is_money(facts):
        return 0
    if words & (of.PAYMENT | of.CLAIM | _NO_PAYER) or (facts.is_numbers and not words & of.ID):
        return 0
    score = 60 + (15 if words & {"payer", "insurer", "company"} else 0) + (5 if "primary" in words else 0)
    score -= 50 if "type" in words else 0
    return score - (40 if "secondary" in words else 0) - (20 if words & of.PATIENT else 0)


_NO_PAYER: Final = word_set("state status percent policy number group member covered note class")


def _method(facts: Facts) -> int:
    words = set(facts.words)
    if facts.is_dates or of.is_money(facts) or facts.is_flag or not facts.is_few_words:
        return 0
    if words & {"number", "reference", "status", "submitted"}:
        return 0
    known = facts.known_share["methods"]
    if "method" in words:
        return 80 if words & (of.PAYMENT | {"paid"}) or known > 0 or words == {"method"} else 0
    if "type" in words and words & of.PAYMENT:
        return 60 if known > 0 else 20
    return 40 if known >= 0.8 or (words == {"paid", "by"} and known > 0) else 0


def _status(facts: Facts, kind: str) -> int:
    words = set(facts.words)
    if facts.is_dates or facts.is_clock or not facts.filled:
        return 0
    vocabulary = {VISITS: "visits", CLAIMS: "claims"}.get(kind, "bills")
    known = facts.known_share[vocabulary]
    flag = facts.is_flag and words & {"noshow", "attended", "cancelled", "arrived", "completed", "missed"}
    if words & {"previous", "prob", "probability", "predicted", "count", "visits", "reason"}:
        return 0
    if flag:
        return {VISITS: 90, INVOICES: 20}.get(kind, 0) - (30 if "cancelled" in words else 0)
    if not facts.is_few_words or words & _STATUS_OF_ELSE:
        return 0
    named = words & {"status", "noshow", "attended"} or (words & _SAYS_SO and known > 0.3)
    if not named:
        return 30 if known >= 0.8 and not words & {"type", "method", "reason", "class"} else 0
    own = {VISITS: of.VISIT, INVOICES: of.INVOICE | of.PAYMENT, PAYMENTS: of.PAYMENT, CLAIMS: of.CLAIM}
    concept = own.get(kind, of.ADJUSTMENT)
    score = 80 if words & concept else 70 if len(words) == 1 else 40
    other = (of.VISIT | of.INVOICE | of.PAYMENT | of.CLAIM | of.CHARGE) - concept
    score -= 60 if words & other and not known else 20 if words & other else 0
    return score + int(9 * known)


_SAYS_SO: Final = frozenset(("state", "outcome", "disposition", "result"))
_STATUS_OF_ELSE: Final = word_set(
    """
    insurance marital chart note patient client employment smoking appeal authorization network first reminder
    eligibility admission benefit progress activity type department
    """
)


def _amount(facts: Facts, kind: str) -> int:
    if not of.is_money(facts):
        return 0
    words = set(facts.words)
    side = words & of.OTHER_MONEY
    paid = words & of.PAID
    base = 50
    if kind == PAYMENTS:
        base += 30 if paid else 20 if words <= {"amount", "total"} else 0
        base -= 30 if words & (of.CHARGE | of.INVOICE | {"allowed", "due", "fee"}) and not paid else 0
        base -= 30 if side - {"deposit"} else 0
        return base - (5 if "net" in words else 0)
    if kind == ADJUSTMENTS:
        return base + (30 if words & of.ADJUSTMENT else 15 if "amount" in words else 0) - (10 if paid else 0)
    base += 20 if "total" in words else 15 if words & of.CHARGE else 10 if "amount" in words else 0
    base += 8 if words & (of.CLAIM if kind == CLAIMS else of.INVOICE | of.CHARGE) else 0
    base += 5 if words & {"fee", "cost", "price"} else 0
    base -= 35 if side or (paid and not words & of.CHARGE) else 0
    base -= 10 if words & {"unit", "per", "subtotal", "salary", "base"} else 0
    return base if base >= _SIDE else 0


_SIDE: Final = 20


def _reference(facts: Facts, concept: frozenset[str]) -> int:
    if not of.is_id_of(facts, concept):
        return 0
    words = set(facts.words)
    return 50 + (20 if words & of.ID else 0) + (5 if words & {"appointment", "visit", "encounter", "invoice"} else 0)


def _service(facts: Facts) -> int:
    words = set(facts.words)
    if not facts.filled or facts.is_dates or of.is_money(facts) or facts.is_flag or facts.is_clock:
        return 0
    if words & {"status", "date", "department", "location", "facility", "provider", "denied", "id", "number", "count"}:
        return 0
    if words & {"cpt", "procedure"} or {"service", "code"} <= words or {"bill", "code"} <= words:
        return 80 + (5 if words & {"code", "cpt"} else 0) - (20 if words & {"description", "modifier", "id"} else 0)
    if words & {"treatment", "service", "item"}:
        return 60 - (30 if words & {"id", "date", "location"} else 0)
    if words in ({"code"}, {"description"}):
        return 50 if "code" in words else 30
    if words & of.VISIT and words & {"type", "reason", "description", "class"}:
        return 40
    return 35 if "reason" in words and words <= {"reason", "for"} | of.VISIT else 0
