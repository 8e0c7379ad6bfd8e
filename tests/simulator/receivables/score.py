"""How many practices' figures are right to the cent, which findings are found, how much money is matched."""

from __future__ import annotations

import tempfile
from collections import Counter
from collections.abc import Iterable
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path

from tests.simulator.receivables.facts import ZERO
from tests.simulator.receivables.measure import FIGURES, Measured, differences, measure, show

PROCESSES = 2


@dataclass
class Score:
    """Counts over practices; `add` takes one in.

    Attributes:
        exact: by figure, the practices of which it is right to the cent.
        found, missed, invented: findings by kind.
        brought, matched: money at the bank where nothing is missing, and how much of it is explained.
        trouble: what is wrong, by seed.
    """

    practices: int = 0
    intact: int = 0
    exact: Counter[str] = field(default_factory=Counter)
    all_exact: int = 0
    found: Counter[str] = field(default_factory=Counter)
    missed: Counter[str] = field(default_factory=Counter)
    invented: Counter[str] = field(default_factory=Counter)
    brought: Decimal = ZERO
    matched: Decimal = ZERO
    styles: Counter[str] = field(default_factory=Counter)
    trouble: dict[int, list[str]] = field(default_factory=dict)

    def add(self, one: Measured) -> None:
        """Take in a practice."""
        shape = one.shape
        self.practices += 1
        self.styles[f"{shape.names}, {shape.insurers}"] += 1
        got, wrong = one.got.by_name(), 0
        for name, truth in one.truth.by_name().items():
            right = not differences(truth, got[name]) and not one.trouble
            self.exact[name] += right
            wrong += not right
        self.all_exact += not wrong
        for kind, counts in (
            (self.found, one.truth.findings & one.got.findings),
            (self.missed, one.truth.findings - one.got.findings),
            (self.invented, one.got.findings - one.truth.findings),
        ):
            for (name, _, _), count in counts.items():
                kind[name] += count
        if not shape.planted:
            self.intact += 1
            self.brought += one.brought
            self.matched += one.matched
        if lines := show(one):
            self.trouble[shape.seed] = lines

    @property
    def matched_share(self) -> float:
        """How much of the money at the bank is explained where nothing is missing."""
        return float(self.matched / self.brought) if self.brought else 0.0


def one(seed: int) -> Measured:
    """The practice of a seed, measured in a folder that is taken away again."""
    with tempfile.TemporaryDirectory() as folder:
        return measure(seed, Path(folder))


def total(seeds: Iterable[int]) -> Score:
    """The score on the practices of these seeds."""
    score = Score()
    with ProcessPoolExecutor(PROCESSES) as pool:
        for measured in pool.map(one, seeds):
            score.add(measured)
    return score


def page(score: Score) -> str:
    """The score as the documentation shows it."""
    count = score.practices
    planted = sorted({*score.found, *score.missed})
    lines = [
        "# How exact receivables are",
        "",
        f"Measured on {count} generated practices of a quarter year whose systems keep patients' ledgers: several",
        "procedures a visit, copays before the insurer answers and payments after it, families, two insurers, a",
        "second insurer, courtesies and bad debt, refunds, returned checks, chargebacks, payments entered by",
        "mistake, money on account, card batches less fees, cash and checks deposited together or apart,",
        "receivables taken over. A payment names its bill, or the patient alone, or is split in an export of its",
        "own; insurers' money comes with the payments, with the claims' procedures or in an 835. Files overlap",
        "and come in any order. The truth is kept by the generator, which uses nothing of Daysheet. `make score`",
        "measures again and writes this page.",
        "",
        "## Figures",
        "",
        "| figure | practices in which it is right to the cent |",
        "|---|---|",
        *(f"| {name} | {score.exact[name]} of {count} |" for name in FIGURES),
        f"| all of them | {score.all_exact} of {count} |",
        "",
        "## Findings",
        "",
        f"In {count - score.intact} of the practices something is wrong, and known; in {score.intact} nothing is.",
        "",
        "| planted | found | not found |",
        "|---|---|---|",
        *(f"| {kind} | {score.found[kind]} | {score.missed[kind]} |" for kind in planted),
        "",
        f"Findings that were not planted: {_listed(score.invented)}.",
        "",
        "## Deposits",
        "",
        f"Where nothing is missing, {score.matched_share:.1%} of {score.brought:,.2f} USD at the bank is matched with",
        "what patients and insurers paid.",
        "",
    ]
    return "\n".join(lines)


def _listed(counts: Counter[str]) -> str:
    return ", ".join(f"{count} {kind}" for kind, count in sorted(counts.items())) or "none"
