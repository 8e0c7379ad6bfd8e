"""Which lines and branches of Daysheet the tests reach.

SlipCover puts probes into the code and takes them out again where they have told; a tracer of Python 3.11, asked at
each line, makes the same tests take more than twice as long. Where `DAYSHEET_REACHED` names a folder, each process that
runs tests leaves a file there, and `python -m slipcover --merge` makes one table of them.
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Sequence
from importlib.abc import MetaPathFinder
from importlib.machinery import ModuleSpec, PathFinder
from pathlib import Path
from types import ModuleType

from slipcover import Slipcover
from slipcover.importer import SlipcoverLoader

ROOT = Path(__file__).parent.parent
FOLDERS = [str(ROOT / name) for name in ("firm", "importers", "ledgers", "plugins", "practice", "reports")]
"""Where Daysheet's modules stand; what no test imports counts as not reached."""


class _Finder(MetaPathFinder):
    """Puts the probes into Daysheet's modules as they are imported, and leaves all others to who finds them."""

    def __init__(self, probes: Slipcover) -> None:
        self.probes = probes

    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        if fullname.partition(".")[0] != "daysheet":
            return None
        spec = PathFinder.find_spec(fullname, path, target)
        if spec is not None and spec.origin is not None:
            spec.loader = SlipcoverLoader(self.probes, spec.loader, spec.origin)
        return spec


def begin() -> Slipcover | None:
    """Measure what is imported from now on, if that is asked for."""
    if "DAYSHEET_REACHED" not in os.environ:
        return None
    if "daysheet" in sys.modules:
        raise ImportError("Daysheet is imported before its coverage is measured")
    probes = Slipcover(branch=True, source=FOLDERS, exclude_also=[r"\.\.\.$"])
    sys.meta_path.insert(0, _Finder(probes))
    return probes


PROBES = begin()


def leave() -> None:
    """Write what this process reached."""
    if PROBES is None:
        return
    folder = Path(os.environ["DAYSHEET_REACHED"])
    folder.mkdir(parents=True, exist_ok=True)
    name = os.environ.get("PYTEST_XDIST_WORKER", "main")
    (folder / f"{name}.json").write_text(json.dumps(PROBES.get_coverage()), encoding="utf-8")
