"""The pages of `docs/findings/`, one a kind, each made from a ledger on which the kind is really found.

`python -m tests.practice.checks.pages` writes them; a test holds them against what the checks say.
"""

from __future__ import annotations

import datetime
import inspect
import tempfile
import textwrap
from pathlib import Path
from typing import NamedTuple

from beancount import loader
from daysheet import checks
from daysheet.books import Books
from daysheet.findings import KINDS, Finding
from daysheet.ledger import digest
from daysheet.thresholds import DEFAULTS

from tests.practice.cash.test_reconciliation import day, deposit, receipt
from tests.practice.checks.ledgers import ADAMS, bill, payment, visit, worked
from tests.practice.checks.test_claims import CONTRACT, PAYER, claim, invoice, remitted

DOCS = Path(__file__).parents[3] / "docs"
_LONG = 24


class Page(NamedTuple):
    """What a page says beside the rule, which is the check's own docstring."""

    title: str
    remedy: str
    ledger: str
    thresholds: tuple[str, ...] = ()
    as_of: str = ""


IMPORTED = '{last} custom "imported" "visits" {first} {last}\n  file: "originals/2026/{last}-visits.csv"\n'
LOCKED = " ".join(digest.months([], 2025))
PAYROLL = """\
2026-01-01 open Expenses:Payroll:Wages
  payroll: "wages"
2026-01-01 open Expenses:Payroll:Taxes
  payroll: "taxes"
2026-01-15 * "Payroll"
  Expenses:Payroll:Wages       2000.00 USD
  Expenses:Payroll:Taxes        153.00 USD
  Liabilities:Payroll:Taxes    -506.00 USD
  Assets:Bank:Checking        -1647.00 USD
2026-03-31 custom "filed" "941"
  wages: 2200.00 USD
"""
SENT = """
2026-03-05 custom "claim" "INV-1" "INV-1" "aetna" "submitted"
  submitted: 2026-03-05
  form: "837P"
  charged: 150.00 USD
  service-date: 2026-03-02
  batch: "905/1/21"
"""
REJECTED = """
2026-03-06 custom "answer" "277CA" "INV-1" "rejected"
  by: "payer"
  payer: "aetna"
  codes: "A7:255"
  reason: "rejected, invalid information: diagnosis code"
"""
ON_ACCOUNT = """\
2026-03-20 * "Card payment"
  payment: "PMT-1"
  patient: "pt-000000000001"
  method: "card"
  Assets:Clearing:Cards        70.00 USD
  Income:Visits:Unassigned    -70.00 USD
  Assets:Receivable:Patients  -70.00 USD
  Equity:Billing:Collected     70.00 USD
"""
FULL = "2026-03-02", "2026-03-27"

PAGES = {
    "unbilled-visit": Page(
        "A visit that was never billed",
        "Bill it: `daysheet catch-up` writes the file for the front desk. A visit that is free on purpose is waived, "
        "or recorded with a fee of 0.",
        visit("V1", "2026-03-02") + bill("INV-1", "2026-03-02", visit="V1") + visit("V2", "2026-03-02"),
        ("grace-days", "price-sample"),
    ),
    "billing-lapse": Page(
        "A provider whose billing lapsed",
        "Ask who bills for this provider what happened on the first day, and bill the visits: `daysheet catch-up`. "
        'Days without patients are declared: `custom "closed"`.',
        ADAMS.lstrip("\n") + worked(*FULL, unbilled="2026-03-16"),
        ("lapse-days", "schedule-lapse-days", "learned-lapse-days", "grace-days"),
    ),
    "missing-export": Page(
        "Days that nobody downloaded",
        "Download the missing days from the bank or the practice system and import them. Overlaps do no harm.",
        IMPORTED.format(first="2026-01-02", last="2026-01-30") + IMPORTED.format(first="2026-03-02", last="2026-03-31"),
        ("export-gap-days",),
    ),
    "duplicate-bill": Page(
        "A visit billed twice",
        "Take one of the bills back in the practice system and import the adjustment.",
        visit("V1", "2026-03-02") + bill("INV-1", "2026-03-02", visit="V1") + bill("INV-2", "2026-03-09", visit="V1"),
    ),
    "billed-no-show": Page(
        "A bill for a visit that did not take place",
        "Take the bill back, or correct the status of the visit. A no-show fee that the practice charges is waived.",
        visit("V1", "2026-03-02", status="no-show") + bill("INV-1", "2026-03-02", visit="V1"),
    ),
    "orphan-invoice": Page(
        "A bill for a visit that nobody knows",
        "Import the visits of those days; or find out what was billed.",
        visit("V1", "2026-03-02") + bill("INV-1", "2026-03-02", visit="V1") + bill("INV-2", "2026-03-02", visit="V7"),
    ),
    "late-charge": Page(
        "Bills written long after the visit",
        "Every day of delay is a day later to be paid, and insurers refuse what comes after their deadline: find out "
        "what the bills wait for.",
        visit("V1", "2026-03-02") + bill("INV-1", "2026-03-27", visit="V1"),
        ("late-charge-days",),
    ),
    "invoice-number-gap": Page(
        "Invoice numbers that are missing",
        "Look the number up in the practice system: import the invoice, or note why it was deleted in a waiver.",
        "".join(bill(f"INV-{n}", "2026-03-02", patient=f"pt-{n}") for n in range(100, 125) if n != 117),
        ("number-gap-share",),
    ),
    "overdue-invoice": Page(
        "A bill that is overdue",
        "Remind the patient, or ask the insurer. What will never come is written off in the practice system.",
        bill("INV-1", "2026-03-02", due="2026-04-01") + payment("PMT-1", "2026-03-20", "INV-1", "20.00"),
        ("overdue-days", "terms-days"),
        "2026-04-30",
    ),
    "claim-unsent": Page(
        "A claim that was never sent",
        "Send the claim; import the claims of the practice system, so that the books know.",
        PAYER.lstrip("\n") + invoice(1) + invoice(2) + claim(2, "submitted"),
        ("claim-days",),
        "2026-03-20",
    ),
    "claim-rejected": Page(
        "A claim that was rejected before anybody decided it",
        "Correct what the reason names and send the claim again in time: the insurer does not know it.",
        PAYER.lstrip("\n") + invoice(1) + SENT + REJECTED,
        (),
        "2026-03-20",
    ),
    "claim-unanswered": Page(
        "A claim or a file of claims that nobody answered",
        "Ask the clearinghouse whether it has the file, and the insurer where the claim is; else send it again.",
        PAYER.lstrip("\n") + invoice(1) + SENT,
        ("acknowledgment-days", "answer-days"),
        "2026-04-20",
    ),
    "claim-deadline": Page(
        "A claim or an appeal whose time is running out",
        "Send the claim or the appeal before the deadline: after it, the money is lost.",
        PAYER.lstrip("\n") + invoice(1),
        ("deadline-days",),
        "2026-05-10",
    ),
    "denied-claim": Page(
        "Claims that an insurer refused",
        "Correct what the reason names and send the claim again, or appeal; else write it off.",
        PAYER.lstrip("\n") + invoice(1) + claim(1, "denied", "2026-03-20", '  reason: "CO-16 lacks information"\n'),
        (),
        "2026-03-31",
    ),
    "underpaid-claim": Page(
        "Less than the insurer agreed to pay",
        "Appeal with the contract in hand; or write the new contract into the books, from its date on.",
        PAYER.lstrip("\n") + CONTRACT + invoice(1) + remitted(1, paid="70.00 USD", services='"97110*1 70.00"'),
        (),
        "2026-03-31",
    ),
    "remittance-unbalanced": Page(
        "A remittance that does not add up",
        "Ask the insurer or the clearinghouse for a corrected remittance; until then the difference stays in suspense.",
        PAYER.lstrip("\n")
        + invoice(1)
        + remitted(1, charged="150.00 USD", paid="80.00 USD", unexplained="70.00 USD").replace('" 80.00', '" 81.00'),
        (),
        "2026-03-31",
    ),
    "unmatched-deposit": Page(
        "A bank deposit whose receipts are not clear",
        "Compare the deposit slip with the receipts named, and correct the one that is wrong, or say what the "
        "line brought: `daysheet match KEY RECEIPT…`.",
        receipt(1, "50.00") + receipt(2, "50.00") + deposit("50.00", day(3)),
        (),
        "2026-03-31",
    ),
    "undeposited-payment": Page(
        "Money received that never reached the bank",
        "Look in the drawer, then in the bank's statement.",
        receipt(1, "50.00", method="cash") + receipt(2, "20.00") + deposit("20.00", day(3)),
        (),
        "2026-03-31",
    ),
    "unallocated-payment": Page(
        "Money that pays no bill",
        "Import the bills, or the system's export of pay splits; write a payment's bill by hand with "
        '`custom "allocated" "PAYMENT" "INVOICE" AMOUNT`. What is really paid ahead is declared a deposit.',
        bill("INV-1", "2026-03-02", patient="pt-1") + ON_ACCOUNT,
        ("unallocated-share",),
    ),
    "credit-balance": Page(
        "More paid than was owed",
        "Refund it, or find the bill that it was for: an insurer's money must go back within 60 days of being found.",
        bill("INV-1", "2026-03-02") + payment("PMT-1", "2026-03-20", "INV-1", "70.00"),
        (),
        "2026-03-31",
    ),
    "locked-year": Page(
        "A finished year that has changed",
        "Undo the change, or lock the year again and send the accountant the new pack.",
        bill("INV-1", "2025-03-03") + f'2025-12-31 custom "locked" "{"0" * 64}"\n  months: "{LOCKED}"\n',
        (),
        "2026-03-31",
    ),
    "payroll-mismatch": Page(
        "Payroll that does not fit the forms, or the law's rates",
        "Find the pay that was booked otherwise than filed: wages are booked before anything is withheld, the "
        "employer's taxes apart. Correct the entry, or file the form again.",
        PAYROLL,
        (),
        "2026-12-31",
    ),
    "unidentified-payee": Page(
        "Payments that name nobody",
        "Write the payee into each entry, so that the list for Forms 1099-NEC and 1099-MISC can be made.",
        "".join(
            f'2026-{month:02}-11 * "Check to a locum"\n'
            "  Expenses:ContractLabor  900.00 USD\n  Assets:Bank:Checking  -900.00 USD\n"
            for month in (2, 3, 4)
        ),
        (),
        "2026-12-31",
    ),
}


def found_on(page: Page, kind: str, folder: Path) -> list[Finding]:
    """The findings of the kind on the page's ledger."""
    path = folder / "main.beancount"
    path.write_text(page.ledger + 'option "operating_currency" "USD"\nplugin "beancount.plugins.auto_accounts"\n')
    entries, errors, options = loader.load_file(str(path))
    assert errors == []
    books = Books.of(entries, options, state="")
    as_of = datetime.date.fromisoformat(page.as_of) if page.as_of else None
    return [finding for finding in checks.find(books, as_of, [kind]) if finding.kind == kind]


def text_of(kind: str, found: list[Finding]) -> str:
    """The page of a kind."""
    page = PAGES[kind]
    rule = " ".join((inspect.getdoc(checks.CHECKS[kind]) or "").split())
    lines = [f"# {kind}: {page.title[0].lower()}{page.title[1:]}", "", *_wrap(rule), "", *_wrap(page.remedy), ""]
    for name in page.thresholds:
        value = DEFAULTS[name].value
        lines += _wrap(
            f"`{name}` ({'learned' if value is None else f'default {value}'}): {DEFAULTS[name].meaning}", "- "
        )
    lines += [""] if page.thresholds else []
    ledger = page.ledger.strip("\n").splitlines()
    if len(ledger) > _LONG:
        ledger = [*ledger[:_LONG], f"; … and {len(ledger) - _LONG:,} lines like these"]
    lines += ["In these books", "", "```beancount", *ledger, "```", ""]
    lines += [f"`daysheet check{f' --as-of {page.as_of}' if page.as_of else ''}` says", "", "```"]
    for finding in found:
        lines += textwrap.wrap(f"{finding.message}  (key: {finding.key})", 100, subsequent_indent="  ")
    return "\n".join([*lines, "```", ""])


def index() -> str:
    """The table of all kinds."""
    lines = ["# What is checked", ""]
    lines += _wrap(
        "Each kind of finding has a page with its rule, what to do, the numbers it compares with and books on which it "
        "is found. The pages are made from the tests."
    )
    lines += ["", "| kind | |", "|---|---|"]
    lines += [f"| [{kind}](findings/{kind}.md) | {PAGES[kind].title} |" for kind in KINDS]
    return "\n".join([*lines, ""])


def _wrap(text: str, bullet: str = "") -> list[str]:
    return textwrap.wrap(text, 110, initial_indent=bullet, subsequent_indent=" " * len(bullet))


if __name__ == "__main__":
    (DOCS / "findings").mkdir(parents=True, exist_ok=True)
    (DOCS / "findings.md").write_text(index())
    for kind in KINDS:
        with tempfile.TemporaryDirectory() as name:
            (DOCS / "findings" / f"{kind}.md").write_text(text_of(kind, found_on(PAGES[kind], kind, Path(name))))
