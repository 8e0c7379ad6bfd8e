"""How much of a header is of the field, and not of a bank or a card processor."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from daysheet.importers.detection.exports import concepts as of
from daysheet.importers.detection.exports.column_facts import Facts
from daysheet.importers.detection.exports.header_words import word_set

# Words that no bank writes over a column, and how much one of them says.
_FIELD: Final = {
    **dict.fromkeys(sorted(word_set(
    """
    patient appointment encounter clinician practitioner physician therapist dentist hygienist veterinarian cpt
    noshow mrn copay diagnosis dos beneficiary tooth chiropractor pet
    """
)), 3),
    **dict.fromkeys(sorted(word_set(
    """
    doctor provider claim visit procedure treatment payer insurance insurer writeoff adjudicated surgeon
    psychologist admission guarantor coinsurance subscriber
    """
)), 2),
    **dict.fromkeys(sorted(word_set(
    """
    session client consultation staff service adjustment invoice bill charge chart rendering fee booking member
    attended reason department statement
    """
)), 1),
}  # fmt: skip
_BANKS: Final = word_set(
    """
    iban bic swift sort valuta booking details narrative memo counterparty withdrawal withdrawals debit credit
    cleared merchant payee mcc currency exchange
    """
)  # fmt: skip
_PROCESSORS: Final = word_set("fee net currency converted transfer payout merchant gateway funding tip descriptor")
_STRONG: Final = 3


def share(columns: Sequence[Facts]) -> int:
    """How much of the header is the field's: each word once, and what only banks write against it."""
    words = {word for facts in columns for word in facts.words}
    known = max((facts.known_share["visits"] for facts in columns if "status" in facts.words), default=0.0)
    told = sum(_FIELD.get(word, 0) for word in words) - 2 * len(words & _BANKS) + (3 if known > 0.9 else 0)
    for concept, weight in (
        (of.VISIT, 3),
        (of.CLAIM, 3),
        (of.ADJUSTMENT, 3),
        (of.INVOICE, 2),
        (of.PAYMENT, 2),
        (of.CHARGE, 2),
    ):
        told += weight if any(of.is_id_of(facts, concept) for facts in columns) else 0
    if (len(words & _PROCESSORS) > 1) and not any(_FIELD.get(word) == _STRONG for word in words):
        return 0  # a card processor's payments or payouts
    whose = of.PAYMENT | of.PATIENT
    paid_by = any(map(is_method, columns)) and any(of.names(facts, whose) for facts in columns)
    return told + (3 if paid_by else 0)


def is_method(facts: Facts) -> bool:
    """Whether a column says how money was paid."""
    words = set(facts.words)
    named = "method" in words or ({"type"} < words and bool(words & of.PAYMENT))
    return (named and not facts.is_dates) or facts.known_share["methods"] >= 0.8
