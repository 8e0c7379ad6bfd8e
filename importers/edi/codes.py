"""What the codes of a remittance mean: texts and treatment from `codes.toml`."""

from __future__ import annotations

import re
import tomllib
from functools import cache
from importlib import resources
from typing import Final, NamedTuple

PATIENT: Final = "PR"
CONTRACTUAL: Final = ("CO", "PI", "CR")
EARLIER_PAYER: Final = "23"
_OTHER: Final = ("other", "")
_NAMED: Final = re.compile(r"\b(CO|PR|OA|PI|CR)[- ]?([A-Z]?\d{1,3})\b")


class Codes(NamedTuple):
    """The code lists: texts by code, and the reasons that are denials."""

    reasons: dict[str, str]
    remarks: dict[str, str]
    provider: dict[str, tuple[str, str]]
    denials: frozenset[str]


@cache
def codes() -> Codes:
    """The code lists, read once."""
    lists = tomllib.loads(resources.files(__package__).joinpath("codes.toml").read_text(encoding="utf-8"))
    provider = {code: (purpose, text) for code, (purpose, text) in lists["plb"].items()}
    return Codes(lists["carc"], lists["rarc"], provider, frozenset(lists["denials"]))


def purpose_of(code: str) -> str:
    """What a provider adjustment (PLB) is for: `recoupment`, `interest`, `withheld`, `penalty` or `other`."""
    return codes().provider.get(code, _OTHER)[0]


def in_words(group: str, reason: str) -> str:
    """`CO-29 filed after the time limit`; the code alone where its meaning is not listed."""
    return f"{group}-{reason} {codes().reasons.get(reason, '')}".rstrip()


def remark_in_words(remark: str) -> str:
    """`N290 rendering provider's identifier missing or invalid`; the code alone where its meaning is not listed."""
    return f"{remark} {codes().remarks.get(remark, '')}".rstrip()


def from_text(text: str) -> str:
    """The reasons that a free text names by their codes, in our own words; empty when it names none.

    `CO-29 Jane's claim came late` gives `CO-29 filed after the time limit`: what people wrote may hold a name.
    """
    return "; ".join(dict.fromkeys(in_words(group, reason) for group, reason in _NAMED.findall(text)))


def treatment(group: str, reason: str, *, denied: bool, later: bool) -> str:
    """What an adjustment does to the receivable: `transfer`, `earlier`, `denied` or `contractual`.

    A denial is never written off by itself: the amount stays with the insurer until a person decides.

    Args:
        group: the adjustment group (CAS01).
        reason: the reason code.
        denied: whether the claim as a whole was denied (CLP02 is 4).
        later: whether this insurer pays after another one, so that group OA tells of the one before.
    """
    if group == PATIENT:
        return "transfer"
    if reason == EARLIER_PAYER or (group == "OA" and later):
        return "earlier"
    if denied or group not in CONTRACTUAL or reason in codes().denials:
        return "denied"
    return "contractual"
