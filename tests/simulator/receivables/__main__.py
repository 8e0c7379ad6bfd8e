"""`python -m tests.simulator.receivables [PRACTICES]` measures receivables and writes `docs/receivables-score.md`."""

from __future__ import annotations

import sys
from pathlib import Path

from tests.simulator.receivables.score import page, total

PAGE = Path(__file__).parents[3] / "docs" / "receivables-score.md"

if __name__ == "__main__":
    score = total(range(int(sys.argv[1]) if len(sys.argv) > 1 else 200))
    PAGE.write_text(page(score), encoding="utf-8")
    sys.stdout.write(PAGE.read_text(encoding="utf-8"))
    for seed, lines in score.trouble.items():
        sys.stdout.write("".join(f"seed {seed}: {line}\n" for line in lines))
