"""The pictures in docs/fava.md, taken of the sample practice: `python -m tests.plugins.fava.pictures`."""

from __future__ import annotations

import subprocess
import sys
import tempfile
from pathlib import Path

from playwright.sync_api import sync_playwright

from tests.conftest import ROOT

from .conftest import CHROMIUM_FLAGS, SCREENS, sample_books, serving

PICTURES: dict[str, tuple[str, dict[str, str], str]] = {
    "fava-overview": ("overview", {}, "desktop-light"),
    "fava-calendar": ("calendar", {}, "desktop-light"),
    "fava-day-sheet": ("day", {"day": "2026-09-14"}, "desktop-light"),
    "fava-lapse": ("lapse", {"key": "adams/2026-09-14"}, "desktop-light"),
    "fava-import": ("import", {}, "desktop-light"),
    "fava-worklist-dark": ("worklist", {}, "desktop-dark"),
    "fava-receivables": ("receivables", {}, "desktop-light"),
    "fava-deposits": ("deposits", {}, "desktop-light"),
    "fava-cash": ("cash", {}, "desktop-light"),
    "fava-packs": ("packs", {}, "desktop-light"),
    "fava-overview-phone": ("overview", {}, "phone-light"),
    "fava-worklist-phone": ("worklist", {}, "phone-dark"),
}


def main(*wanted: str) -> None:
    """Take them all, or those of these names."""
    with tempfile.TemporaryDirectory() as scratch:
        books = sample_books(Path(scratch) / "books")
        pack = [sys.executable, "-c", "from daysheet.cli import main; main()", "--books", str(books), "pack", "2026"]
        subprocess.run(pack, check=True, stdout=subprocess.DEVNULL)
        with serving(books) as site, sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=CHROMIUM_FLAGS)
            for name in wanted or PICTURES:
                page, values, screen = PICTURES[name]
                context = browser.new_context(**SCREENS[screen])
                tab = context.new_page()
                tab.goto(site.page(page, **values))
                tab.get_by_role("navigation", name="Daysheet").wait_for()
                tab.wait_for_timeout(1500)  # Fava's charts grow into place
                tab.screenshot(path=ROOT / "docs" / "pictures" / f"{name}.png")
                context.close()
            browser.close()


if __name__ == "__main__":
    main(*sys.argv[1:])
