"""The Chromium that tests and pictures drive.

It is the one without windows where that is installed: it begins in a third of the processor time of the whole one, and
shows a page in half.
"""

from __future__ import annotations

import shutil

from playwright.sync_api import Browser, Playwright

PROGRAMS = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome")
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


def begun(playwright: Playwright) -> Browser:
    """A headless one of this machine at work, or of those that Playwright brings; its `Error` where there is none."""
    program = next(filter(None, map(shutil.which, PROGRAMS)), None)
    return playwright.chromium.launch(executable_path=program, args=FLAGS)
