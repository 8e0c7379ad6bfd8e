"""The pictures in docs/fava.md, taken of the sample practice: `python -m tests.plugins.fava.pictures`."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from collections.abc import Iterable
from pathlib import Path

from daysheet.importers import importing
from playwright.sync_api import Browser, sync_playwright

from tests import browsing
from tests.conftest import ROOT
from tests.importers.amending.test_uncategorized import BANK as LINES
from tests.importers.books_folder import CHASE
from tests.importers.detection.test_interview import VISITS

from .conftest import SCREENS, new_books, sample_books, serving
from .test_fava_categories import RULED
from .test_fava_deposits import BANK, PAYMENTS

PICTURES: dict[str, tuple[str, dict[str, str], str]] = {
    "fava-overview": ("overview", {}, "desktop-light"),
    "fava-calendar": ("calendar", {}, "desktop-light"),
    "fava-day-sheet": ("day", {"day": "2026-09-14"}, "desktop-light"),
    "fava-lapse": ("lapse", {"key": "adams/2026-09-14"}, "desktop-light"),
    "fava-worklist-dark": ("worklist", {}, "desktop-dark"),
    "fava-receivables": ("receivables", {}, "desktop-light"),
    "fava-deposits": ("deposits", {}, "desktop-light"),
    "fava-cash": ("cash", {}, "desktop-light"),
    "fava-packs": ("packs", {}, "desktop-light"),
    "fava-message": ("message", {}, "desktop-light"),
    "fava-overview-phone": ("overview", {}, "phone-light"),
    "fava-worklist-phone": ("worklist", {}, "phone-dark"),
}

MAIL = """
[mail]
from = "Harbor Bookkeeping <books@harbor.example>"
recipients = ["Dana Whitfield <dana@whitfield-cpa.example>"]
host = "smtp.harbor.example"
secret = "keyring:daysheet-mail/books@harbor.example"
pdf-password = "env:PICTURED_PASSWORD"
"""

UNCLEAR: dict[str, tuple[str, str, str]] = {
    "fava-import": ("import", "Look at what they would do", "desktop-light"),
    "fava-deposit": ("deposits", ", 150.50", "desktop-light"),
    "fava-questions": ("import", "Answer the questions of schedule.csv", "desktop-light"),
    "fava-categorize": ("categorize", "", "desktop-light"),
}
"""Of books in which something is to be said: the page, what on it is pressed, the screen."""
NEXT = CHASE + 'X,02/03/2026,"HENRY SCHEIN 5002",-64.00,ACH,,,\nX,02/10/2026,"GRANITE WATER UTILITY",-35.10,ACH,,,\n'


def unclear_books(folder: Path) -> Path:
    """Books with a short deposit, a file that nobody knows, and bank lines that nobody has decided on."""
    new_books(folder)
    for name, text in (("payments.csv", PAYMENTS), ("bank.csv", BANK + LINES.removeprefix(CHASE))):
        (folder.parent / name).write_text(text)
    importing.import_files(folder, [folder.parent / "payments.csv", folder.parent / "bank.csv"])
    settings = folder / "daysheet.toml"
    settings.write_text(settings.read_text() + RULED)
    for name, text in (("schedule.csv", VISITS), ("february.csv", NEXT)):
        (folder / "inbox" / name).write_text(text)
    return folder


def take_unclear(browser: Browser, scratch: Path, wanted: Iterable[str]) -> None:
    """Take those of books in which something is to be said."""
    with serving(unclear_books(scratch / "unclear")) as site:
        for name in wanted:
            page, pressed, screen = UNCLEAR[name]
            context = browser.new_context(**SCREENS[screen])
            tab = context.new_page()
            tab.goto(site.page(page), wait_until="networkidle")
            if pressed:
                tab.get_by_role("link", name=pressed).or_(tab.get_by_role("button", name=pressed)).click()
                tab.wait_for_load_state("networkidle")
            tab.wait_for_timeout(1500)
            tab.screenshot(path=ROOT / "docs" / "pictures" / f"{name}.png")
            context.close()


def main(*wanted: str) -> None:
    """Take them all, or those of these names."""
    with tempfile.TemporaryDirectory() as scratch:
        books = sample_books(Path(scratch) / "books")
        with (books / "daysheet.toml").open("a") as settings:
            settings.write(MAIL)
        run = [sys.executable, "-c", "from daysheet.cli import main; main()", "--books", str(books)]
        password = {**os.environ, "PICTURED_PASSWORD": "a password of this picture"}
        for words in (("pack", "2026"), ("mail", "draft", "2026")):
            subprocess.run([*run, *words], check=True, stdout=subprocess.DEVNULL, env=password)
        (message,) = (books / "outbox").glob("*.eml")
        with serving(books) as site, sync_playwright() as playwright:
            browser = browsing.begun(playwright)
            for name in (one for one in wanted or PICTURES if one in PICTURES):
                page, values, screen = PICTURES[name]
                context = browser.new_context(**SCREENS[screen])
                tab = context.new_page()
                tab.goto(site.page(page, **({"id": message.stem} if page == "message" else values)))
                tab.get_by_role("navigation", name="Daysheet").wait_for()
                tab.wait_for_timeout(1500)  # Fava's charts grow into place
                tab.screenshot(path=ROOT / "docs" / "pictures" / f"{name}.png")
                context.close()
            take_unclear(browser, Path(scratch), [one for one in wanted or UNCLEAR if one in UNCLEAR])
            browser.close()


if __name__ == "__main__":
    main(*sys.argv[1:])
