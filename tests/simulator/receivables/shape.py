"""A practice drawn from a seed: who works there, who comes, how its system writes, how its bank books."""

from __future__ import annotations

import datetime
import random
from dataclasses import dataclass
from decimal import Decimal

from tests.simulator.receivables.facts import Patient

FEES = {
    "D0120": Decimal("55.00"),
    "D0140": Decimal("85.00"),
    "D0274": Decimal("74.50"),
    "D1110": Decimal("105.00"),
    "D2331": Decimal("180.00"),
    "D2392": Decimal("210.00"),
    "D2740": Decimal("1150.00"),
    "D2950": Decimal("262.75"),
}
COVERED = {"D0": 100, "D1": 100, "D2": 80, "D27": 50, "D29": 50}
HYGIENE = (("D1110", "D0120"), ("D1110",), ("D1110", "D0120", "D0274"))
DENTIST = (("D0140",), ("D0140", "D2331"), ("D2331",), ("D2392",), ("D2392", "D2331"), ("D2740", "D2950"), ("D2740",))
PAYERS = {"delta": "DELTA DENTAL MN", "metlife": "METLIFE DENTAL"}
CARRIERS = {"delta": "Delta Dental of Minnesota", "metlife": "MetLife"}
ERA_IDS = {"delta": "1411223344", "metlife": "1135581829"}
_FIRST = ("Ada", "Ben", "Cora", "Dov", "Ella", "Finn", "Gus", "Hana", "Ivy", "Jon", "Kim", "Leo", "Mia", "Ned", "Ola")
_LAST = ("Abbott", "Boone", "Carver", "Dalton", "Esker", "Foley", "Grady", "Holt", "Irwin", "Jarvis", "Keane", "Lowry")


@dataclass(frozen=True)
class Shape:
    """How one practice is, and how it keeps its ledger.

    Attributes:
        names: what a patient's payment says: the `bill`, the `patient` alone, or `splits`, in an export of their own.
        insurers: where their money stands: in the `payments`, in the claims' procedures (`lines`), in an `835`.
        rate: the share that the card processor keeps; `each` is what it keeps of a sale; `monthly`: taken once a month.
        lag: business days until a card batch is at the bank; `deposits`: "together" or "by kind".
        checks: insurers' checks are deposited "apart", or those of each insurer ("by insurer").
        planted: whether there is something wrong.
    """

    seed: int
    first: datetime.date
    last: datetime.date
    providers: dict[str, tuple[int, ...]]
    patients: dict[int, Patient]
    allowed: dict[str, Decimal]
    pays_on: dict[str, int]
    by_check: frozenset[str]
    names: str
    insurers: str
    families: bool
    secondary: bool
    opening: bool
    rate: Decimal
    each: Decimal
    monthly: bool
    lag: int
    deposits: str
    checks: str
    banking_days: tuple[int, ...]
    planted: bool
    busy: int

    def family(self, patient: int) -> list[int]:
        """The numbers of all on one account, who answers for it first."""
        head = self.patients[patient].guarantor
        return [head, *(n for n, one in self.patients.items() if one.guarantor == head and n != head)]


def shape_of(seed: int, months: int = 3) -> Shape:
    """The practice of a seed; even seeds have nothing wrong."""
    chance = random.Random(f"receivables {seed}")
    first = datetime.date(2026, chance.choice((1, 2, 5)), 1)
    end = first.month + months
    last = datetime.date(2026, end, 1) - datetime.timedelta(days=1)
    dentists = ("feld", "ruiz")[: chance.choice((1, 1, 2))]
    days = {name: tuple(sorted(chance.sample(range(5), chance.choice((2, 3))))) for name in (*dentists, "linh")}
    if chance.random() < 0.25:
        days[dentists[0]] = (*days[dentists[0]], 5)
    families = chance.random() < 0.5
    names = chance.choice(("bill", "patient", "patient", "splits"))
    insurers = {"bill": ("payments", "835"), "patient": ("lines", "835", "lines"), "splits": ("lines", "835")}[names]
    return Shape(
        seed=seed,
        first=first,
        last=last,
        providers=days,
        patients=_patients(chance, chance.randrange(30, 50), families),
        allowed={payer: Decimal(chance.randrange(700, 950)) / 1000 for payer in PAYERS},
        pays_on={"delta": 1, "metlife": 3},
        by_check=frozenset(chance.choice(((), (), ("metlife",), ("delta", "metlife")))),
        names=names,
        insurers=chance.choice(insurers),
        families=families,
        secondary=chance.random() < 0.3,
        opening=chance.random() < 0.5,
        rate=chance.choice((Decimal("0.029"), Decimal("0.026"), Decimal("0.0275"))),
        each=chance.choice((Decimal("0.00"), Decimal("0.10"), Decimal("0.30"))),
        monthly=chance.random() < 0.25,
        lag=chance.choice((1, 1, 2)),
        deposits=chance.choice(("together", "by kind")),
        checks=chance.choice(("apart", "by insurer")),
        banking_days=chance.choice(((0, 1, 2, 3, 4), (0, 1, 2, 3, 4), (1, 4))),
        planted=seed % 2 == 1,
        busy=chance.choice((1, 2, 2)),
    )


def _patients(chance: random.Random, count: int, families: bool) -> dict[int, Patient]:
    found: dict[int, Patient] = {}
    head = 0
    for number in range(1001, 1001 + count):
        if not families or chance.random() < 0.6 or not head:
            head = number
        name = f"{chance.choice(_LAST)}, {chance.choice(_FIRST)}"
        both = [*PAYERS]
        chance.shuffle(both)
        insured = both[: chance.choices((0, 1, 2), (4, 6, 1))[0]]
        found[number] = Patient(number, name, head, tuple(insured))
    return found
