"""Files of claims (X12 837): read, read by pyx12, and imported into the books of the two-doctor practice.

Prints a row a measurement: processor seconds, the best of three, every measurement in a process of its own. An import
is what it takes beyond loading the books before and after. pyx12, which checks every rule of the standard and keeps
nothing, reads a tenth of the claims once.
"""

from __future__ import annotations

import datetime
import io
import json
import logging
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from daysheet.books import loading
from daysheet.importers import importing
from daysheet.importers.edi.claim_source import ClaimSource
from daysheet.importers.reading import Context
from daysheet.importers.rows.raw_file import RawFile

from bench import ledger

CLAIMS = 10_000
REPEATS = 3
PAYER = (
    '2020-01-01 custom "payer" "aetna" "Aetna"\n  receivable: Assets:Receivable:Insurance:Aetna\n  era-id: "60054"\n'
)
PROVIDER = '2020-01-01 custom "provider" "anna" "Anna Adams"\n  npi: "1234567893"\n'
BILLS = '\n[[source]]\nprofile = "x12-837"\ntake = ["claims", "invoices"]\n'
HEAD = (
    "ISA*00*          *00*          *ZZ*PRACTICE       *ZZ*CLEARINGHOUSE  *261201*1200*^*00501*000000001*0*P*:",
    "GS*HC*PRACTICE*CLEARINGHOUSE*20261201*1200*1*X*005010X222A1", "ST*837*0001*005010X222A1",
    "BHT*0019*00*77*20261201*1200*CH", "NM1*41*2*ELM STREET THERAPY*****46*1234", "PER*IC*OFFICE*TE*2155550100",
    "NM1*40*2*CLEARINGHOUSE*****46*99", "HL*1**20*1", "NM1*85*2*ELM STREET THERAPY*****XX*1467560003", "N3*9 ELM ST",
    "N4*ANYTOWN*PA*171110000", "REF*EI*123456789",
)  # fmt: skip


def claims(path: Path, count: int) -> None:
    """A file of so many claims of two lines, each of another patient's."""
    lines = list(HEAD)
    for number in range(count):
        day = datetime.date(2026, 1, 5) + datetime.timedelta(days=number % 300)
        lines += [
            f"HL*{number + 2}*1*22*0", "SBR*P*18*******CI", f"NM1*IL*1*ROE{number % 3000}*JANE****MI*W{number:08}",
            "N3*1 ELM ST", "N4*ANYTOWN*PA*17111", "DMG*D8*19700131*F", "NM1*PR*2*AETNA*****PI*60054",
            f"CLM*{100_000 + number}*150***11:B:1*Y*A*Y*Y", "HI*ABK:J020", "NM1*82*1*ADAMS*ANNA****XX*1234567893",
            "LX*1", "SV1*HC:97110*100*UN*1***1", f"DTP*472*D8*{day:%Y%m%d}",
            "LX*2", "SV1*HC:97140*50*UN*1***1", f"DTP*472*D8*{day:%Y%m%d}",
        ]  # fmt: skip
    lines += [f"SE*{len(lines) - 1}*0001", "GE*1*1", "IEA*1*000000001"]
    path.write_text("~\n".join(lines) + "~\n")


def read(file: str) -> dict[str, Any]:
    """The file to records."""
    return {"claims": ClaimSource().read(RawFile(Path(file)), Context(str)).rows}


def read_by_pyx12(file: str) -> dict[str, Any]:
    """The file through pyx12's own check."""
    from pyx12.params import params  # noqa: PLC0415 - only here
    from pyx12.x12n_document import x12n_document  # noqa: PLC0415

    logging.getLogger("pyx12").setLevel(logging.CRITICAL)
    return {"valid": x12n_document(params(), io.StringIO(Path(file).read_text()), None, None)}


def take(folder: str, file: str) -> dict[str, Any]:
    """The file into the books, less what loading them takes."""
    loads: list[float] = []
    load = loading.load

    def timed(*arguments: Any, **named: Any) -> Any:  # noqa: ANN401 - as the function it stands for
        started = time.process_time()
        try:
            return load(*arguments, **named)
        finally:
            loads.append(time.process_time() - started)

    loading.load = timed
    outcome = importing.import_files(Path(folder), [Path(file)])
    (taken,) = outcome.taken
    return {"booked": taken.booked, "less": sum(loads)}


CHILDREN: dict[str, Callable[..., dict[str, Any]]] = {"read": read, "pyx12": read_by_pyx12, "take": take}


def child(what: str, *arguments: object) -> tuple[float, dict[str, Any]]:
    """Processor seconds and the answer of one measurement in a new process."""
    command = [sys.executable, "-m", "bench.claims_speed", "--child", what, *map(str, arguments)]
    with tempfile.TemporaryDirectory() as empty:
        secret = {"DAYSHEET_SECRET": "a secret of the bench only", "XDG_CACHE_HOME": empty}
        run = subprocess.run(command, check=True, capture_output=True, text=True, env={**os.environ, **secret})
    answer = json.loads(run.stdout.splitlines()[-1])
    return answer.pop("seconds") - answer.pop("less", 0), answer


def main() -> None:
    """Run every measurement and print them."""
    with tempfile.TemporaryDirectory() as place:
        whole, tenth = Path(place) / "claims.837", Path(place) / "tenth.837"
        claims(whole, CLAIMS)
        claims(tenth, CLAIMS // 10)
        reads = min(child("read", whole)[0] for _ in range(REPEATS))
        print(f"{CLAIMS:,} claims, {whole.stat().st_size / 1e6:.1f} MB, read: {reads:.2f} s")
        own = min(child("read", tenth)[0] for _ in range(REPEATS))
        theirs, _ = child("pyx12", tenth)
        print(f"{CLAIMS // 10:,} claims: {own:.2f} s; pyx12: {theirs:.1f} s")
        for bills in (False, True):
            seconds = [
                imported(Path(place) / f"books-{bills}-{number}", whole, bills=bills) for number in range(REPEATS)
            ]
            what = "imported, and the bills made of them," if bills else "imported"
            print(f"{CLAIMS:,} claims {what} into a year of books, beyond loading them: {min(seconds):.2f} s")


def imported(folder: Path, file: Path, *, bills: bool) -> float:
    """Processor seconds to import the claims into new books."""
    ledger.write_books(folder, 1)
    with (folder / "practice.beancount").open("a") as facts:
        facts.write(PAYER + PROVIDER)
    if bills:
        with (folder / "daysheet.toml").open("a") as settings:
            settings.write(BILLS)
    used, answer = child("take", folder, file)
    if answer["booked"] != CLAIMS:
        raise SystemExit(f"{answer['booked']:,} of {CLAIMS:,} claims were booked")
    return used


if __name__ == "__main__":
    if sys.argv[1:2] == ["--child"]:
        began = time.process_time()
        found = CHILDREN[sys.argv[2]](*sys.argv[3:])
        print(json.dumps({"seconds": time.process_time() - began, **found}))
    else:
        main()
