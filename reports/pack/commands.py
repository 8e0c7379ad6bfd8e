"""The verbs about a whole year: `pack`, `verify` and `lock`."""

from __future__ import annotations

import sys
from pathlib import Path

import click
from daysheet import console
from daysheet.errors import DaysheetError
from daysheet.reports.pack import build, filing, reading
from daysheet.reports.pack import verify as verifying
from daysheet.reports.pack.contents import Options, paper_of, subject_of
from daysheet.reports.pdf import rendering
from daysheet.reports.statements import account_numbers, exports
from daysheet.wording import many
from daysheet.worklist import year_locks

_BAR = 36
_PAGES_AGREE = "Its pages were set again too: the file is the same to the byte."
_PAGES_NOT_COMPARED = "What is painted on its pages was not compared: with --pages they are set again."
_PAGES_DIFFER = (
    "every table is the same, but its pages are not those that are set of them (it says that version {version} made it)"
)


@click.command("pack", cls=console.Verb)
@click.argument("year", type=click.IntRange(1900, 9999))
@click.option("--paper", type=click.Choice(("letter", "a4")), help="Default: paper in [pack], else letter.")
@click.option("--tokens", is_flag=True, help="Let patient tokens stand where the books have them.")
@click.option("--no-cache", is_flag=True, help="Set every page again, and keep none.")
@console.pass_console
def pack_year(shared: console.Console, *, year: int, paper: str | None, tokens: bool, no_cache: bool) -> None:
    """Build the accountant's pack of a year in packs/YEAR: one PDF, its tables as CSV, and a manifest."""
    folder, settings = shared.folder, shared.settings()
    options = Options(paper_of(settings, paper), tokens)
    commit = filing.commit_of(folder)
    with rendering.renderer(None if no_cache else rendering.cache_folder()) as renderer, Bar() as bar:
        if no_cache or filing.is_behind(folder, year, commit):
            renderer.warm()  # while the books are loaded
        books = shared.books()
        subject_of(books, settings, year, options)  # refused before an account is given its number
        if account_numbers.keep(
            folder, books, {code.number for code in exports.read_codes(folder / exports.CODES_FILE).values()}
        ):
            books = shared.books()
        built = build.build(books, settings, year, options, commit, renderer, bar.show)
    where = filing.write(folder, year, built.files)
    contents = built.contents
    listed = [{"name": name, "bytes": len(content)} for name, content in built.files.items()]
    shared.emit(
        {
            "pack": contents.id, "year": year, "as_of": contents.subject.as_of, "books": contents.books,
            "folder": str(where), "files": listed, "notes": list(built.notes),
        },
        lambda: _told(built, str(where)),
    )  # fmt: skip


@click.command(cls=console.Verb)
@click.argument("pdf", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--password", envvar="DAYSHEET_PDF_PASSWORD", help="Of an encrypted pack; asked for if it is not said.")
@click.option("--pages", is_flag=True, help="Set the pages again too, and compare the file byte by byte.")
@console.pass_console
def verify(shared: console.Console, *, pdf: Path, password: str | None, pages: bool) -> int:
    """Make every table in a pack again from the books: yes, or no with the first difference."""
    claim = _claimed(pdf, password)
    verdict = verifying.verify(claim, shared.books(), shared.settings())
    painted = _is_painted(shared, claim, pdf) if pages and verdict.difference is None else None
    if painted is False:
        verdict = verdict._replace(difference=_PAGES_DIFFER.format(version=claim.label.get("daysheet")))
    shared.emit(
        {"pack": verdict.pack, "agrees": verdict.difference is None, "files": verdict.checked,
         "difference": verdict.difference, "pages": painted},
        lambda: (
            f"Yes: {verdict.pack} comes from these books; {many(verdict.checked, 'embedded file')} made again.\n"
            f"{_PAGES_AGREE if painted else _PAGES_NOT_COMPARED}"
            if verdict.difference is None
            else f"No: {verdict.pack} does not come from these books as they are: {verdict.difference}."
        ),
    )  # fmt: skip
    return console.OK if verdict.difference is None else console.FINDINGS


@click.command(cls=console.Verb)
@click.argument("year", type=click.IntRange(1900, 9999))
@console.pass_console
def lock(shared: console.Console, *, year: int) -> None:
    """Declare a year finished: later edits to it become a finding."""
    written = year_locks.lock_year(shared.folder, year)
    shared.emit(
        {"year": year, "locked": True, "written": written},
        lambda: f"{year} is locked; a later edit becomes a finding." if written else f"{year} is locked already.",
    )


def _claimed(pdf: Path, password: str | None) -> verifying.Claim:
    try:
        return verifying.claim_of(pdf, password or "")
    except reading.LockedError:
        if password or not sys.stdin.isatty():
            raise
        return verifying.claim_of(pdf, click.prompt("Password of the PDF", hide_input=True, err=True))


def _is_painted(shared: console.Console, claim: verifying.Claim, pdf: Path) -> bool:
    """Whether the file is what these books are set as, byte by byte."""
    if claim.is_encrypted:
        raise DaysheetError(
            "an encrypted copy's pages cannot be compared",
            filename=pdf,
            remedy="name the plain one in packs/, or leave --pages away",
        )
    label = claim.label
    options = Options(label["options"]["paper"], label["options"]["tokens"])
    with rendering.renderer(None) as renderer, Bar() as bar:
        built = build.build(
            shared.books(), shared.settings(), int(label["year"]), options, label.get("commit"), renderer, bar.show
        )
    return pdf.read_bytes() in built.files.values()


def _told(built: build.Built, where: str) -> str:
    contents = built.contents
    lines = [f"Pack {contents.id}, books through {contents.subject.as_of}, in {where}:"]
    lines += [f"  {len(content):>10,}  {name}" for name, content in built.files.items()]
    return "\n".join([*lines, *built.notes])


class Bar:
    """A bar on standard error with an estimate of the time that is left; nothing when that is no terminal."""

    def __init__(self) -> None:
        """No work known yet."""
        self._bar: click._termui_impl.ProgressBar[int] | None = None

    def __enter__(self) -> Bar:
        """Begin."""
        return self

    def show(self, done: int, whole: int) -> None:
        """Draw the bar anew."""
        if not sys.stderr.isatty() or not whole:
            return
        if self._bar is None:
            self._bar = click.progressbar(length=whole, label="Setting pages", width=_BAR, file=sys.stderr)
            self._bar.__enter__()
        self._bar.update(done - self._bar.pos)

    def __exit__(self, *problem: object) -> None:
        """Leave the cursor on a line of its own."""
        if self._bar is not None:
            self._bar.render_finish()
