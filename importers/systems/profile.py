"""The words of a practice profile: what a `profiles/practice-*.toml` file may say, each with what it means.

A practice system's export is declared as a map from columns to records. One row may give a visit, an invoice, payments
and adjustments at once: each `[[…]]` table makes one record of every row for which its `when` holds. What no table
names is never read: names, phones and notes stay in the original file. A name with `_` is written with `-`.

When two columns have one name, the second is written with its number behind: `Charge 2`.

Example:
    title = "Practice software, appointments"
    system = "example"
    source = "https://… (header line)"
    patient = ["Client"]
    [match]
    header = ["Date", "Client", "Clinician", "Status", "Fee", "Billed", "Paid"]
    [dates]
    format = ["%m/%d/%Y"]
    [[visit]]
    id = ["Date", "Client", "Clinician"]
    date = "Date"
    provider = "Clinician"
    status = { column = "Status", words = { kept = "completed", missed = "no-show" } }
    fee = ["Fee"]
    [[invoice]]
    id = ["row"]
    visit = ["row"]
    date = "Date"
    provider = "Clinician"
    amount = ["Billed"]
    [[payment]]
    invoice = ["row"]
    date = "Date"
    method = { fixed = "card" }
    amount = ["Paid"]
    so-far = true
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from daysheet.records import ADJUSTMENT_KINDS, CLAIM_STATUSES, PAYMENT_METHODS, REVERSALS, VISIT_STATUSES
from daysheet.strict_toml import word

Columns = tuple[str, ...]
ROW: Final = "row"
FOUND: Final = "found"

# Common to all systems: card brands and the usual names of the four ways to pay.
_METHODS: Final = {
    "card": "visa mastercard amex discover diners jcb cc credit debit card credit-card debit-card interac",
    "cash": "cash",
    "check": "check cheque",
    "eft": "ach eft echeck e-check wire era direct-deposit e-transfer",
}
METHOD_WORDS: Final = {word: method for method, words in _METHODS.items() for word in words.split()}


@dataclass(frozen=True, kw_only=True)
class Match:
    """What a file must show to be read by this profile (`[match]`)."""

    header: Columns = word("The header row, literally and whole. Letter case and spaces do not count.", ...)
    optional: Columns = word("Columns of the header that some exports leave out.", ())
    unnamed: Columns = word(
        "Columns that every row writes though the header may leave their names out; rows are aligned by them.", ()
    )
    any_order: bool = word("The columns may stand in any order.", False)
    without: Columns = word("Columns of a header that is another profile's, where the order does not tell.", ())
    filename: str = word("A regular expression that must be found in the file's name.", "", regex=True)


@dataclass(frozen=True, kw_only=True)
class Layout:
    """How the file is written (`[file]`)."""

    encoding: str = word("Python's name of the encoding; left out, it is detected.", "")
    delimiter: str = word("The one character between cells. A workbook has none, and this is then ignored.", ",")
    stop: str = word("A regular expression; the first row whose text it is found in ends the table.", "", regex=True)


@dataclass(frozen=True, kw_only=True)
class Dates:
    """How dates are written (`[dates]`)."""

    format: tuple[str, ...] = word("strptime notations, tried in turn; `excel` for a workbook's serial numbers.", ...)
    zone: str = word("The time zone that the file's times are in, such as UTC.", "")
    local: str = word("The time zone whose calendar day counts, such as America/New_York; needs `zone`.", "")


@dataclass(frozen=True, kw_only=True)
class Condition:
    """Rows for which a table makes a record (`when`): all its conditions must hold."""

    column: str = word("The column to look at.", ...)
    among: tuple[str, ...] = word(
        'Texts, one of which the cell must be; letter case does not count; `""` is a blank cell.', ()
    )
    none_of: tuple[str, ...] = word("Texts, none of which the cell may be.", ())
    like: str = word("A regular expression that the whole cell must fit.", "", regex=True)


@dataclass(frozen=True, kw_only=True)
class Words:
    """One of a few words, from what a row says (`status`, `method`, `kind`)."""

    fixed: str = word("It is always this.", "")
    column: str = word("The column that says it.", "")
    words: dict[str, str] = word("What the export writes, and what it means; letter case does not count.", {})
    filled: dict[str, str] = word(
        "Meaning by the column that is not blank then, looked at before all else, in turn.", {}
    )
    otherwise: str = word("What any other cell means; left out, it is an error.", "")


_ID: Final = (
    "Columns that together identify the record: one column is the system's own id; of several an id is made, and rows "
    "alike are counted. `row` is the visit of the same row."
)


@dataclass(frozen=True, kw_only=True)
class VisitMap:
    """A visit of each row (`[[visit]]`)."""

    id: Columns = word(_ID, ...)
    date: str = word("Its day.", ...)
    provider: str = word("Who saw the patient.", "")
    provider_is: str = word("The provider's id where no column names one.", "")
    status: Words = word(f"One of {', '.join(VISIT_STATUSES)}.", ..., meanings=VISIT_STATUSES)
    service: str = word("What was done: kept if it is a code or made of words of the trade.", "")
    fee: Columns = word("Columns whose sum is the usual charge.", ())
    when: tuple[Condition, ...] = word("Only of these rows.", ())


@dataclass(frozen=True, kw_only=True)
class InvoiceMap:
    """A charge of each row (`[[invoice]]`); a row with a blank or zero amount gives none."""

    id: Columns = word(_ID, ...)
    amount: Columns = word("Columns whose sum is the charge.", ...)
    less: Columns = word("Columns to take off it.", ())
    date: str = word("Its day; left out, the visit's.", "")
    visit: Columns = word(
        "The visit's id; `row` is the row's own; `found` the patient's visit with this provider on this day.", ()
    )
    provider: str = word("Who saw the patient; left out, the visit's.", "")
    service_date: str = word("`found`: the visit's day, where it is not the invoice's.", "")
    payer: str = word("Who is to pay; blank, or the patient's own name, for the patient.", "")
    payer_is: str = word("The payer where no column names one.", "")
    due: str = word("When it is due.", "")
    merge: bool = word("Rows with one id and one payer are lines of one invoice.", False)
    line: Columns = word(
        "The row's own id, where each row is a procedure: rows with one `id` (a statement, claim, appointment or "
        "visit) and one payer are lines of one bill; a row without is of the bill of its patient, day and provider.",
        (),
    )
    service: str = word("Of a line: what was done.", "")
    tooth: str = word("Of a line: the tooth, or the range of teeth.", "")
    site: str = word("Of a line: the surface, quadrant or part of the body.", "")
    modifier: Columns = word("Of a line: the modifiers of its code.", ())
    quantity: str = word("Of a line: how often.", "")
    patient_share: Columns = word("Columns whose sum the patient is expected to owe until the insurer decides.", ())
    insurer_share: Columns = word(
        "Columns whose sum is expected of the insurer, paid or written off: the rest is the patient's.", ()
    )
    when: tuple[Condition, ...] = word("Only of these rows.", ())


@dataclass(frozen=True, kw_only=True)
class PaymentMap:
    """Money received, of each row (`[[payment]]`); a row with a blank or zero amount gives none."""

    amount: Columns = word("Columns whose sum was received.", ...)
    less: Columns = word("Columns to take off it.", ())
    method: Words = word(f"One of {', '.join(PAYMENT_METHODS)}.", ..., meanings=PAYMENT_METHODS)
    date: str = word("The day; left out, the invoice's.", "")
    id: Columns = word(_ID + " Left out, it is made from the invoice's.", ())
    invoice: Columns = word(
        "The invoice's id; `row` is the row's own (`row 2` of its second `[[invoice]]`), `found` that of the patient's "
        "visit with this provider on this day; left out, the money is on account.",
        (),
    )
    provider: str = word("`found`: who saw the patient.", "")
    service_date: str = word("The visit's day.", "")
    visit: Columns = word("The id of the visit that it is for, where the row names no invoice.", ())
    line: Columns = word("The id of the procedure that it is for.", ())
    claim: str = word("The number of the claim that it is for.", "")
    reverses: Columns = word("The id of the payment that it takes back.", ())
    reversal: Words | None = word(
        f"What takes an earlier payment back, which is found by its reference or amount: {', '.join(REVERSALS)}; any "
        "other cell says nothing.",
        None,
        meanings=REVERSALS,
    )
    deposit: bool = word("It is a true deposit: nobody's income until a bill takes it.", False)
    payer: str = word("Who paid; blank for the patient.", "")
    payer_is: str = word("The payer where no column names one.", "")
    reference: str = word("The check's, card's or transfer's number.", "")
    so_far: bool = word(
        "The amount is all that was paid up to the export: a later export books only what is new.", False
    )
    when: tuple[Condition, ...] = word("Only of these rows.", ())


@dataclass(frozen=True, kw_only=True)
class AdjustmentMap:
    """What will not be collected, of each row (`[[adjustment]]`); a row with a blank or zero amount gives none."""

    amount: Columns = word("Columns whose sum it is.", ())
    less: Columns = word("Columns to take off it.", ())
    kind: Words = word(f"One of {', '.join(ADJUSTMENT_KINDS)}.", ..., meanings=ADJUSTMENT_KINDS)
    invoice: Columns = word(
        "The invoice's id; `row` is the row's own (`row 2` of its second `[[invoice]]`); blank or zero where only the "
        "patient is known.",
        ...,
    )
    date: str = word("The day; left out, the invoice's.", "")
    id: Columns = word(_ID + " Left out, it is made from the invoice's.", ())
    so_far: bool = word("The amount is all up to the export: a later export books only what is new.", False)
    when: tuple[Condition, ...] = word("Only of these rows.", ())


@dataclass(frozen=True, kw_only=True)
class ClaimMap:
    """A claim's state, of each row (`[[claim]]`)."""

    id: Columns = word(_ID, ...)
    invoice: Columns = word("The invoice's id.", ...)
    status: Words = word(f"One of {', '.join(CLAIM_STATUSES)}.", ..., meanings=CLAIM_STATUSES)
    payer: str = word("The insurer.", "")
    payer_is: str = word("The insurer where no column names one.", "")
    submitted: str = word("The day it was sent.", "")
    when: tuple[Condition, ...] = word("Only of these rows.", ())


@dataclass(frozen=True, kw_only=True)
class AllocationMap:
    """What a payment pays, of each row of a pay-split export (`[[allocation]]`); one that names nothing gives none."""

    id: Columns = word(_ID, ...)
    payment: Columns = word("The payment's id.", ...)
    amount: Columns = word("Columns whose sum of the payment it is.", ...)
    less: Columns = word("Columns to take off it.", ())
    date: str = word("The day.", ...)
    line: Columns = word("The id of the procedure that is paid.", ())
    invoice: Columns = word("The invoice's id.", ())
    visit: Columns = word("The id of the visit that is paid.", ())
    when: tuple[Condition, ...] = word("Only of these rows.", ())


@dataclass(frozen=True, kw_only=True)
class PayoutMap:
    """What a processor sent to the bank (`[[payout]]`): rows with one id are parts of one payout."""

    date: str = word("The day it was sent; of several rows the last.", ...)
    fallback: str = word(
        "The column of the day where the first is blank or not there; a row with neither is no part of a payout.", ""
    )
    net: Columns = word("Columns whose sum reaches the bank.", ())
    less: Columns = word("Columns to take off it.", ())
    fee: Columns = word("Columns whose sum the processor kept, in rows that it kept it from.", ())
    fee_negative: bool = word("The export writes a fee as a negative number.", False)
    id: Columns = word(_ID + " Left out, each day is one payout.", ())
    payee: str = word("The processor's name.", ...)
    currency: str = word("The column of its currency.", "")
    when: tuple[Condition, ...] = word("Only of these rows.", ())


@dataclass(frozen=True, kw_only=True)
class Skip:
    """Rows that are no records (`[[skip]]`), with the reason that the report gives."""

    reason: str = word("What the import says of such a row.", ...)
    when: tuple[Condition, ...] = word("Which rows.", ...)


@dataclass(frozen=True, kw_only=True)
class Sample:
    """Invented rows in the export's shape and the records they must give: the profile's own test (`[sample]`)."""

    text: str = word("The file.", ...)
    filename: str = word("Its name, where that matters.", "sample.csv")
    records: tuple[dict[str, str], ...] = word(
        "Every record in order: `kind` and those of its fields that are to be compared, dates as 2026-03-31.", ...
    )
    skipped: tuple[str, ...] = word("The reasons of the rows skipped, in order.", ())


@dataclass(frozen=True, kw_only=True)
class PracticeProfile:
    """One export of one practice system or card processor."""

    title: str = word("What a person calls it.", ...)
    system: str = word("The system's name; profiles of one system give one practice's records.", ...)
    source: str = word("Where the layout is published: repository and path, its licence.", ...)
    match: Match = word("How the file is recognised.", ...)
    dates: Dates = word("How dates are written.", ...)
    sample: Sample = word("The profile's own test.", ...)
    file: Layout = word("How the file is written.", Layout())
    decimal: str = word("The decimal mark.", ".", choices=(".", ","))
    patient: Columns = word("Columns that together say who the patient is; they become a token.", ())
    guarantor: Columns = word("Columns that together say who answers for the patient's account: the family's head.", ())
    private: Columns = word("Other columns with names or numbers of persons, looked for before a commit.", ())
    plain: tuple[str, ...] = word(
        "Regular expressions for ids that this system issues, which are not a person's; any other that is not shaped "
        "like a record's number is made unreadable.",
        (),
    )
    visit: tuple[VisitMap, ...] = word("Visits.", ())
    invoice: tuple[InvoiceMap, ...] = word("Invoices.", ())
    payment: tuple[PaymentMap, ...] = word("Payments.", ())
    adjustment: tuple[AdjustmentMap, ...] = word("Adjustments.", ())
    claim: tuple[ClaimMap, ...] = word("Claims.", ())
    allocation: tuple[AllocationMap, ...] = word("Which invoices payments pay.", ())
    payout: tuple[PayoutMap, ...] = word("Payouts of a card processor.", ())
    skip: tuple[Skip, ...] = word("Rows that are no records.", ())
    left_out: dict[str, str] = word("Columns of money that are not read, each with the reason.", {})


def numbered(header: Sequence[str]) -> tuple[str, ...]:
    """The names by which a profile refers to columns: the second of one name has its number behind, `Charge 2`."""
    seen: Counter[str] = Counter()
    names = []
    for name in header:
        seen[name] += 1
        names.append(name if seen[name] == 1 else f"{name} {seen[name]}")
    return tuple(names)
