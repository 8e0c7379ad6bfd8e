"""The pictures in docs/fava.md, taken of the sample practice: `python -m tests.plugins.pictures`."""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path
from typing import Any

from playwright.sync_api import sync_playwright

from tests.conftest import ROOT

from .conftest import CHROMIUM_FLAGS, DARK, DESKTOP, PHONE, serving

PICTURES: dict[str, tuple[str, dict[str, str], dict[str, Any]]] = {
    "fava-overview": ("overview", {}, DESKTOP),
    "fava-calendar": ("calendar", {}, DESKTOP),
    "fava-day-sheet": ("calendar", {"day": "2026-09-14"}, DESKTOP),
    "fava-worklist-dark": ("worklist", {}, DARK),
    "fava-deposits": ("deposits", {}, DESKTOP),
    "fava-overview-phone": ("overview", {}, PHONE),
}


def main() -> None:
    """Take them all."""
    with tempfile.TemporaryDirectory() as scratch:
        books = Path(scratch) / "books"
        shutil.copytree(ROOT / "ledgers" / "two-doctors", books)
        with serving(books) as site, sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=CHROMIUM_FLAGS)
            for name, (page, values, screen) in PICTURES.items():
                context = browser.new_context(**screen)
                tab = context.new_page()
                tab.goto(site.page(page, **values))
                tab.get_by_role("navigation", name="Daysheet").wait_for()
                tab.wait_for_timeout(1500)  # Fava's charts grow into place
                tab.screenshot(path=ROOT / "docs" / "pictures" / f"{name}.png")
                context.close()
            browser.close()


if __name__ == "__main__":
    main()
