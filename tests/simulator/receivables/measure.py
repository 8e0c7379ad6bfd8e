"""One practice's files taken into new books by the real command, and its figures against the truth."""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from typing import Any

from click.testing import CliRunner
from daysheet.cli import cli
from daysheet.patients import token

from tests.simulator.receivables.banking import Bank
from tests.simulator.receivables.exports import Files, write
from tests.simulator.receivables.facts import CENT, ZERO
from tests.simulator.receivables.life import Life
from tests.simulator.receivables.shape import CARRIERS, ERA_IDS, Shape, shape_of

PROFILES = Path(__file__).parent / "profiles"
SECRET = "0123456789abcdef0123456789abcdef"
FIGURES = ("receivables by patient", "receivables by payer", "income by month and provider", "card fees", "credits")
_RULES = (
    ("deposited item returned", "Assets:Clearing:Deposits"),
    ("returned item fee", "Expenses:BankFees"),
    ("bankcard chargeback", "Assets:Clearing:Cards"),
    ("merchant services fee", "Expenses:MerchantFees"),
    ("henry schein", "Expenses:Supplies"),
    ("lakeland properties", "Expenses:Rent"),
)

Sums = dict[str, Decimal]


@dataclass
class Figures:
    """What is true of a practice, or what Daysheet says of it; nothing is left out that is not zero."""

    patients: Sums = field(default_factory=dict)
    payers: Sums = field(default_factory=dict)
    income: Sums = field(default_factory=dict)
    fees: Sums = field(default_factory=dict)
    credits: Sums = field(default_factory=dict)
    findings: Counter[tuple[str, str, str]] = field(default_factory=Counter)  # kind, day, amount

    def by_name(self) -> dict[str, Sums]:
        """The sums under the names that the page shows."""
        return dict(zip(FIGURES, (self.patients, self.payers, self.income, self.fees, self.credits), strict=True))


@dataclass
class Measured:
    """One practice: the two sides, and how much of the money at the bank was explained."""

    shape: Shape
    truth: Figures
    got: Figures
    matched: Decimal
    brought: Decimal
    trouble: list[str]


def truth_of(life: Life, bank: Bank) -> Figures:
    """The truth: what the generator's own book says at the end of the last day."""
    book, shape = life.book, life.shape
    found = Figures(payers=dict(book.payers), fees=dict(bank.fees))
    for number in shape.patients:
        owed = ZERO
        for bill in book.by_patient[number]:
            part = bill.owed
            if bill.waits and part < 0 and bill.payer:  # a copay of a bill that waits for its insurer is of the bill
                found.payers[bill.payer] += part
                part = ZERO
            owed += part
        credit = book.on_account(number)
        found.patients[token(str(number), SECRET.encode())] = owed - credit
        found.credits[token(str(number), SECRET.encode())] = credit
    for (month, provider), amount in book.income.items():
        found.income[f"{month} {provider}"] = amount
    found.findings = _planted(life)
    return found


def _planted(life: Life) -> Counter[tuple[str, str, str]]:
    planted = life.planted
    days = {visit.apt: visit.day for visit in life.facts.visits}
    found: Counter[tuple[str, str, str]] = Counter()
    for kind, amounts in (
        ("unbilled-visit", planted.unbilled),
        ("unbilled-visit", {apt: fee for apt, (_, fee) in planted.uncharged.items()}),
        ("duplicate-bill", planted.doubled),
        ("billed-no-show", planted.no_shows),
    ):
        found.update((kind, str(days[apt]), str(amount.quantize(CENT))) for apt, amount in amounts.items())
    found.update(("undeposited-payment", str(day), str(amount)) for day, _, amount in planted.lost)
    return found


def measure(seed: int, folder: Path, months: int = 3) -> Measured:
    """Generate the practice of a seed, take it in, and ask Daysheet for its figures."""
    life = Life(shape_of(seed, months))
    life.run()
    bank = Bank(life)
    files = write(life, bank, folder / "files")
    run = Daysheet(folder)
    run.take_in(life.shape, files)
    return run.measured(life, bank)


class Daysheet:
    """The command line on one books folder; what it refuses is kept in `trouble`."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.books = folder / "books"
        self.trouble: list[str] = []

    def run(self, *arguments: str | Path) -> str:
        """Run a command; what it prints."""
        done = CliRunner(env={"DAYSHEET_SECRET": SECRET}).invoke(cli, list(map(str, arguments)), standalone_mode=False)
        if done.exception is not None and not isinstance(done.exception, SystemExit):
            self.trouble.append(f"{arguments[2]}: {done.exception}")
        self.trouble += [line for line in done.stderr.splitlines() if line.startswith("daysheet:")]
        return done.stdout

    def take_in(self, shape: Shape, files: Files) -> None:
        """Make the books, and import the files in their order."""
        self.run("init", "--name", "Cedar Hill Dental", self.books)
        settings, practice = self.books / "daysheet.toml", self.books / "practice.beancount"
        settings.write_text(settings.read_text(encoding="utf-8") + _settings(), encoding="utf-8")
        practice.write_text(practice.read_text(encoding="utf-8") + _facts(shape), encoding="utf-8")
        (self.books / "profiles").mkdir(exist_ok=True)
        for profile in PROFILES.glob("*.toml"):
            (self.books / "profiles" / profile.name).write_bytes(profile.read_bytes())
        if files.openings:
            self.run("--books", self.books, "adopt", files.openings, "--begin", str(shape.first))
        for batch in files.batches:
            self.run("--books", self.books, "import", *batch)

    def table(self, *arguments: str) -> list[dict[str, Any]]:
        """The rows of a report."""
        text = self.run("--books", self.books, "report", *arguments, "--json")
        rows: list[dict[str, Any]] = json.loads(text)["rows"] if text else []
        return rows

    def measured(self, life: Life, bank: Bank) -> Measured:
        """All figures of the books."""
        shape, got = life.shape, Figures()
        period = f"{shape.first}..{shape.last}"
        for row in self.table("receivables", "--period", period):
            if row["row"] == "line" and row["account"].startswith("Assets:Receivable:Insurance:"):
                name = row["account"].rpartition(":")[2].lower()
                got.payers[name] = got.payers.get(name, ZERO) + Decimal(row["total"])
        self._income(shape, got)
        got.patients, got.credits = self._patients(shape)
        findings = json.loads(self.run("--books", self.books, "--json", "check", "--as-of", str(shape.last)) or "{}")
        got.findings = Counter(
            (one["kind"], one["date"], one["amount"]) for one in findings.get("findings", ()) if one["kind"] in KINDS
        )
        return Measured(shape, truth_of(life, bank), got, self._matched(period), bank.brought, self.trouble)

    def _income(self, shape: Shape, got: Figures) -> None:
        for month in range(shape.first.month, shape.last.month + 1):
            for row in self.table("income", "--period", f"{shape.first.year}-{month:02}", "--basis", "cash"):
                account, amount = row["account"] or "", row["current"]
                if account.startswith("Income:Visits") and amount:
                    provider = account.rpartition(":")[2].lower()
                    got.income[f"{shape.first.year}-{month:02} {provider}"] = Decimal(amount)
                elif account == "Expenses:MerchantFees" and amount:
                    got.fees[f"{shape.first.year}-{month:02}"] = Decimal(amount)

    def _patients(self, shape: Shape) -> tuple[Sums, Sums]:
        """What each patient owes, less their money on account, and that money."""
        owed, credit = {}, {}
        for row in self.table("patient-ledger", "--period", f"{shape.first}..{shape.last}"):
            if row["row"] == "line":
                on_account = Decimal(row["on_account"] or 0)
                owed[row["patient"]] = Decimal(row["bills"] or 0) + on_account
                credit[row["patient"]] = -on_account
        return owed, credit

    def _matched(self, period: str) -> Decimal:
        rows = self.table("deposits", "--period", period)
        return sum((Decimal(row["amount"]) for row in rows if row["row"] == "subtotal" and row["amount"]), ZERO)


KINDS = (
    "unbilled-visit",
    "duplicate-bill",
    "billed-no-show",
    "undeposited-payment",
    "unmatched-deposit",
    "orphan-invoice",
    "billing-lapse",
    "missing-export",
    "invoice-number-gap",
    "remittance-unbalanced",
    "underpaid-claim",
    "denied-claim",
    "late-charge",
)
"""Findings that are compared; those of age and of deadlines depend on a practice's settings and are not."""


def _settings() -> str:
    rules = "".join(f'\n[[category]]\ntext = "{text}"\naccount = "{account}"\n' for text, account in _RULES)
    payers = ", ".join(f'"{name}" = "{payer}"' for payer, name in CARRIERS.items())
    return f'{rules}\n[[source]]\nprofile = "practice-cedar"\npayers = {{ {payers} }}\n'


def _facts(shape: Shape) -> str:
    names = ("mon", "tue", "wed", "thu", "fri", "sat")
    lines = []
    for provider, days in shape.providers.items():
        words = " ".join(names[day] for day in days)
        lines += [f'2025-01-01 custom "provider" "{provider}" "Dr. {provider.title()}"', f'  days: "{words}"']
    for payer, name in CARRIERS.items():
        lines += [
            f'2025-01-01 custom "payer" "{payer}" "{name}"',
            f"  receivable: Assets:Receivable:Insurance:{payer.title()}",
            f'  era-id: "{ERA_IDS[payer]}"',
        ]
    return "\n".join(lines) + "\n"


def differences(truth: Sums, got: Sums) -> list[str]:
    """Where two sides differ, to the cent."""
    sides: dict[str, list[Decimal]] = defaultdict(lambda: [ZERO, ZERO])
    for at, side in enumerate((truth, got)):
        for name, amount in side.items():
            sides[name][at] += amount
    return [f"{name}: {a} true, {b} reported" for name, (a, b) in sorted(sides.items()) if a != b]


def show(measured: Measured) -> list[str]:
    """All that is wrong with one practice, for a person."""
    lines = [*measured.trouble]
    for name, truth in measured.truth.by_name().items():
        lines += [f"{name}: {text}" for text in differences(truth, measured.got.by_name()[name])]
    lines += [f"not found: {' '.join(one)}" for one in (measured.truth.findings - measured.got.findings).elements()]
    lines += [f"invented: {' '.join(one)}" for one in (measured.got.findings - measured.truth.findings).elements()]
    if measured.matched != measured.brought:
        lines.append(f"matched {measured.matched} of {measured.brought}")
    return lines
