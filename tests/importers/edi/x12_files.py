"""Files of claims and their acknowledgments as a small practice and its clearinghouse write them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

ISA = "ISA*00*          *00*          *ZZ*PRACTICE       *ZZ*CLEARINGHOUSE  *{day}*1200*^*00501*{number}*0*P*:"
GUIDES = {"P": "005010X222A1", "D": "005010X224A2", "I": "005010X223A2"}
_LINES = {
    "P": "SV1*HC:{code}*{charge}*UN*{units}***1",
    "D": "SV3*AD:{code}*{charge}****{units}",
    "I": "SV2*0300*HC:{code}*{charge}*UN*{units}",
}


def envelope(
    kind: str, guide: str, body: Iterable[str], day: str = "20260305", number: int = 905, ident: str = "HC"
) -> str:
    """One interchange with one transaction, a segment a line."""
    lines = list(body)
    return "~\n".join(
        [
            ISA.format(day=day[2:], number=f"{number:09}"),
            f"GS*{ident}*PRACTICE*CLEARINGHOUSE*{day}*1200*{number}*X*{guide}",
            f"ST*{kind}*0001*{guide}",
            *lines,
            f"SE*{len(lines) + 2}*0001",
            f"GE*1*{number}",
            f"IEA*1*{number:09}",
            "",
        ]
    )


def claim(
    number: str,
    charge: str,
    lines: Sequence[tuple[str, str]] = (("99213", "100"),),
    *,
    kind: str = "P",
    frequency: str = "1",
    day: str = "20260302",
    patient: str = "ROE*JANE",
    payer: str = "AETNA LIFE*****PI*60054",
    rank: str = "P",
    dependent: str = "",
    other: Sequence[str] = (),
) -> list[str]:
    """The segments of one claim, from its subscriber on."""
    found = [
        f"HL*2*1*22*{1 if dependent else 0}", f"SBR*{rank}*18*******CI", f"NM1*IL*1*{patient}****MI*W000111222",
        "N3*1 ELM ST", "N4*ANYTOWN*PA*17111", "DMG*D8*19700131*F", f"NM1*PR*2*{payer}",
    ]  # fmt: skip
    if dependent:
        found += ["HL*3*2*23*0", "PAT*19", f"NM1*QC*1*{dependent}", "DMG*D8*20150401*M"]
    found += [
        f"CLM*{number}*{charge}***11:B:{frequency}*Y*A*Y*Y", "HI*ABK:J020", "NM1*82*1*ADAMS*ANNA****XX*1234567893",
        *other,
    ]  # fmt: skip
    for at, (code, amount) in enumerate(lines, 1):
        found += [f"LX*{at}", _LINES[kind].format(code=code, charge=amount, units=1), f"DTP*472*D8*{day}"]
    return found


def claims(
    *parts: Sequence[str],
    kind: str = "P",
    day: str = "20260305",
    number: int = 905,
    purpose: str = "CH",
    guide: str = "",
) -> str:
    """A file of claims."""
    head = [
        f"BHT*0019*00*{number}77*{day}*1200*{purpose}", "NM1*41*2*ELM STREET THERAPY*****46*1234",
        "PER*IC*OFFICE*TE*2155550100", "NM1*40*2*CLEARINGHOUSE*****46*99",
        "HL*1**20*1", "NM1*85*2*ELM STREET THERAPY*****XX*1467560003", "N3*9 ELM ST", "REF*EI*123456789",
    ]  # fmt: skip
    return envelope("837", guide or GUIDES[kind], [*head, *(line for part in parts for line in part)], day, number)


def status(number: str, code: str, day: str = "20260306", charge: str = "100") -> list[str]:
    """A claim's state in a 277CA."""
    return ["HL*4*3*PT", "NM1*QC*1*ROE*JANE****MI*W000111222", f"TRN*2*{number}", f"STC*{code}*{day}*WQ*{charge}"]


def states(*parts: Sequence[str], source: str = "PR*2*AETNA LIFE*****PI*60054", day: str = "20260306") -> str:
    """A 277CA."""
    head = [
        f"BHT*0085*08*1*{day}*1200*TH", "HL*1**20*1", f"NM1*{source}", "TRN*1*991", "HL*2*1*21*1",
        "NM1*41*2*ELM STREET THERAPY*****46*1234", "TRN*2*90577", f"STC*A1:19*{day}*WQ*100",
        "HL*3*2*19*1", "NM1*85*2*ELM STREET THERAPY*****XX*1467560003",
    ]  # fmt: skip
    body = [*head, *(line for part in parts for line in part)]
    return envelope("277", "005010X214", body, day, 31, "HN")


def receipt(sets: Iterable[tuple[str, str]], *, group: int = 905, kind: str = "999", day: str = "20260305") -> str:
    """A 999 or 997: the number and the verdict of each transaction set."""
    tag = "IK5" if kind == "999" else "AK5"
    answered = [line for number, verdict in sets for line in (f"AK2*837*{number}", f"{tag}*{verdict}")]
    body = [f"AK1*HC*{group}*005010X222A1", *answered, "AK9*A*1*1*1"]
    return envelope(kind, "005010X231A1" if kind == "999" else "004010", body, day, 77, "FA")
