"""What the words of status and method columns mean, as practice systems write them."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from typing import Final

_FILL: Final = re.compile(r"[\W_]+")
_VISIT_TEXT: Final = {
    "completed": """
        completed|complete|done|kept|arrived|attended|seen|show|showed|shown|showed up|show up|checked out|check out|
        checkout|checkedout|checked in|check in|checkin|checkedin|fulfilled|finished|closed|discharged|present|honored|
        honoured|billed|ready to bill|charged|patient seen|visit complete|visit completed|appointment completed|
        met|came|in attendance|accounted for|delivered|performed|rendered|serviced|locked|signed|resolved|
        erschienen|erledigt|abgeschlossen|realizada|realizado|atendida|atendido|asistio|completada|completado|honore|
        effectue|termine|compareceu|concluido|presente""",
    "no-show": """
        no show|noshow|no showed|not shown|missed|did not attend|did not arrive|did not show|didn t show|dna|dns|fta|
        failed|failed to attend|failed to show|failed appointment|absent|ns|n s|broken|broken appointment|
        not attended|not kept|unattended|no call no show|ncns|patient no show|client no show|no show charged|
        no show no charge|missed appointment|nicht erschienen|no asistio|ausente|faltou|non honore|defaulted""",
    "cancelled": """
        cancelled|canceled|cancel|cancellation|late cancel|late cancelled|late canceled|late cancellation|
        cancelled late|cancelled by patient|canceled by patient|cancelled by client|canceled by client|
        cancelled by provider|canceled by provider|cancelled by doctor|cancelled by clinic|canceled by clinic|
        patient cancelled|patient canceled|client cancelled|client canceled|provider cancelled|provider canceled|
        clinician cancelled|clinician canceled|office cancelled|rescheduled|reschedule|moved|deleted|void|voided|
        removed|withdrawn|called off|declined|bumped|annulled|revoked|cancelled no charge|entered in error|
        abgesagt|storniert|cancelada|cancelado|annule|cancelado pelo paciente|reprogramada|reprogramado""",
    "scheduled": """
        scheduled|booked|confirmed|pending|upcoming|planned|open|unconfirmed|not confirmed|requested|tentative|
        reserved|active|future|proposed|waiting|waitlist|to be seen|appointment made|left message|reminded|
        not yet seen|not started|new|accepted|awaiting|expected|hold|on hold|geplant|bestatigt|offen|programada|
        programado|confirmada|confirmado|pendiente|agendada|agendado|prevu|marcada|marcado""",
}
_BILL_TEXT: Final = {
    "completed": """
        paid|paid in full|fully paid|full paid|settled|cleared|complete|completed|closed|success|successful|succeeded|
        captured|posted|reconciled|deposited|pif|paid off|zero balance|bezahlt|pagado|pagada|pago|paye|payee""",
    "cancelled": "cancelled|canceled|void|voided|deleted|reversed|annulled|withdrawn|storniert",
}
_CLAIM_TEXT: Final = {
    "submitted": """
        submitted|sent|filed|billed|transmitted|pending|in process|in progress|processing|received|open|new|
        in review|under review|on hold|draft|created|ready|queued|awaiting|resubmitted|rebilled""",
    "accepted": "accepted|approved|acknowledged|allowed|adjudicated|processed|authorized|authorised",
    "denied": "denied|rejected|refused|disallowed|returned|not covered|failed|declined",
    "appealed": "appealed|appeal|in appeal|under appeal|appeal filed|reconsideration",
    "paid": """
        paid|paid in full|fully paid|closed|complete|completed|settled|finalized|finalised|resolved|partially paid|
        partial|partial paid|part paid|paid partial|underpaid|reimbursed""",
}
_METHOD_TEXT: Final = {
    "card": """
        credit card|debit card|card|visa|mastercard|master card|amex|american express|discover|credit|debit|cc|
        credit debit|card on file|online card|terminal|stripe|square|apple pay|google pay|hsa|fsa|hsa card|
        hsa fsa|interac|pos|eftpos|care credit|carecredit|tarjeta|karte|carte|wechat|alipay|mobile payment|
        swipe|chip|contactless|tap|credit card on file""",
    "cash": "cash|bar|efectivo|especes|dinheiro|petty cash|coins",
    "check": """
        check|cheque|personal check|business check|insurance check|paper check|cashiers check|cashier s check|
        money order|bank check|e check paper|chq|chk|scheck|bank draft""",
    "eft": """
        eft|ach|wire|wire transfer|bank transfer|transfer|direct deposit|electronic funds transfer|echeck|e check|
        era|direct debit|venmo|zelle|paypal|online|online banking|online transfer|e transfer|etransfer|bacs|
        electronic|bank|net banking|netbanking|upi|sepa|uberweisung|transferencia|virement|pix|insurance eft|
        virtual card|vcc|insurance payment eft""",
}


def plain(text: str) -> str:
    """A word's comparable form: no case, accents, marks or doubled spaces."""
    bare = "".join(c for c in unicodedata.normalize("NFKD", text) if not unicodedata.combining(c))
    return _FILL.sub(" ", bare.casefold()).strip()


def _table(texts: Mapping[str, str]) -> dict[str, str]:
    return {plain(word): meaning for meaning, text in texts.items() for word in text.split("|") if word.strip()}


VISITS: Final = _table(_VISIT_TEXT)
BILLS: Final = _table(_BILL_TEXT)
CLAIMS: Final = _table(_CLAIM_TEXT)
METHODS: Final = _table(_METHOD_TEXT)
YES: Final = frozenset(["1", "yes", "y", "true", "t", "x", "on", "ja", "si", "oui"])
NO: Final = frozenset(["0", "no", "n", "false", "f", "off", "nein", "non"])
_TRADE_TEXT: Final = """
a adjustment adjustments business customer office seller clinician doctor advance after agency allowance allowed and
appointment at auto bad balance bulk by capitation charge charges charity claim claims client clinic code collection
collections company contract contracted contractual copay correction courtesy credit debit debt deductible deposit
desk discount dr employee entry family fee fees finance follow for from front full goodwill grace hardship hmo hour
hours in initial ins insurance insurer insured interest invoice late lab less line manual medicaid medicare
membership military minimum misc network new no not notice of off office on online or other out over paid parent
partial patient payer payment payments per plan policy ppo prepaid primary procedure procedures product professional
prompt provider rate reason received reduction refund refunds reversal sale schedule secondary self senior service
services session share sliding small staff statement supply tax technical timely to transfer transferred treatment
type uncollectible under up via visit visits waived waiver with within without write writeoff writeoffs
"""
TRADE: Final = frozenset(
    token for table in (VISITS, BILLS, CLAIMS, METHODS) for word in table for token in word.split()
) | frozenset(_TRADE_TEXT.split())
"""The single words of the vocabulary: what is made of them alone is no person's name."""


def is_of_the_trade(text: str) -> bool:
    """Whether a cell is made of words of the trade alone, so that it may be shown and written."""
    return all(token in TRADE or (token.isdigit() and len(token) <= _DIGITS) for token in plain(text).split())


_DIGITS: Final = 2


def visit_state(text: str) -> str:
    """What a word says of a visit: by the vocabulary, or a longer one of the trade by how it begins; else empty."""
    shaped = plain(text)
    if shaped in VISITS or not is_of_the_trade(text):
        return VISITS.get(shaped, "")
    if re.match(r"(late |same day )?cancell?", shaped):
        return "cancelled"
    return "no-show" if re.match(r"no ?show\b|missed\b", shaped) else ""
