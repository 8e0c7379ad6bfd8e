"""The picture in docs/firm.md, taken of both sample practices and some small ones: `python -m tests.firm.pictures`."""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path

from playwright.sync_api import sync_playwright

from tests import browsing
from tests.conftest import ROOT
from tests.plugins.fava.conftest import SCREENS

from .conftest import FirmFolder
from .test_fava import serving

PAGES = {"firm-fava": "desktop-light", "firm-fava-phone": "phone-dark"}


def clients_of_all_kinds(folder: Path) -> Path:
    """A firm whose clients stand differently: two that are kept in earnest, some that are small, one that is broken."""
    firm = FirmFolder(folder)
    for name, sample in (("alder-street", "two-doctors"), ("larkfield", "dental-group")):
        shutil.copytree(ROOT / "ledgers" / sample, folder / "clients" / name)
    for name, fee in (("cedar-physio", "140.00"), ("fern-counseling", "0.00"), ("mill-road-vet", "86.50")):
        firm.add(name, fee=fee)
    firm.add("quarry-dental", text='2026-01-05 * "Deposit"\n  Assets:Bank:Checking  100.00 USD\n')
    return folder


def main() -> None:
    """Take them."""
    home = Path(tempfile.gettempdir()) / "hill"  # its name stands in the picture
    home.mkdir()
    try:
        _take(home)
    finally:
        shutil.rmtree(home)


def _take(home: Path) -> None:
    with sync_playwright() as playwright:
        browser = browsing.begun(playwright)
        folder = clients_of_all_kinds(home / "firm")
        with serving((folder, folder / "none")) as served:
            for name, screen in PAGES.items():
                tab = browser.new_context(**SCREENS[screen]).new_page()
                tab.goto(f"{served.address}?sort=gap")
                tab.wait_for_function("() => !document.querySelector('.underway')", timeout=300_000)
                height = tab.evaluate("() => document.body.scrollHeight") + 32
                tab.set_viewport_size({"width": SCREENS[screen]["viewport"]["width"], "height": height})
                tab.screenshot(path=ROOT / "docs" / "pictures" / f"{name}.png")
        browser.close()


if __name__ == "__main__":
    main()
