"""`daysheet demo`: a sample practice from its files to the accountant's pack, by the commands' own functions."""

from __future__ import annotations

import os
import sys
import textwrap
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from decimal import Decimal
from importlib import resources
from pathlib import Path
from typing import Final, NamedTuple

import click
from daysheet import checks, console
from daysheet.accounts import BILLING_CONTRACTUAL, RECEIVABLE_INSURANCE, RECEIVABLE_PATIENTS, is_under
from daysheet.books import Books, loading
from daysheet.books.loading import MAIN
from daysheet.findings import KINDS, Finding, gap
from daysheet.importers import importing, new_books
from daysheet.importers.importing import Outcome
from daysheet.ledgers.dental_group import banks as group_banks
from daysheet.ledgers.dental_group import generate as group
from daysheet.ledgers.two_doctors import banks, generate, history, payroll
from daysheet.patients import SECRET_VARIABLE
from daysheet.reports.pack import build, filing
from daysheet.reports.pack.commands import Bar
from daysheet.reports.pack.contents import Options, paper_of
from daysheet.reports.pdf import rendering
from daysheet.settings import FILE, Settings
from daysheet.wording import many, money
from daysheet.worklist import worklist
from pikepdf import Pdf

SECRET: Final = "published: the patients of this practice are invented"  # noqa: S105 - and so it is no secret
BY_HAND: Final = ("practice.beancount", FILE)
"""What a bookkeeper writes herself before the first import: who works here, and how bank lines are booked."""
YEAR: Final = 2026


class Sample(NamedTuple):
    """A sample practice: `folder` and `package` are where it is kept.

    Attributes:
        about: what the demo says of it.
        files: what it would download, by name.
        before: what else stands in the books before the import, by file: the former books.
        after: what is written by hand after it: payroll, the year's end.
    """

    name: str
    folder: str
    package: str
    about: tuple[str, ...]
    files: Callable[[], dict[str, bytes]]
    before: Callable[[], dict[str, str]]
    after: Callable[[], dict[str, str]]

    def text(self, name: str) -> str:
        """A file that is kept with it."""
        return resources.files(self.package).joinpath(name).read_text(encoding="utf-8")


_YEAR_END: Final = f"{YEAR}/{YEAR}-adjusting.beancount"
SAMPLES: Final[dict[str, Sample]] = {
    "two-doctors": Sample(
        "Alder Street Family Practice",
        "two-doctors",
        "daysheet.ledgers.two_doctors",
        ("An invented practice: Dr. Adams from January, Dr. Baker from July, 50.00 USD a", "visit."),
        generate.files,
        lambda: {history.PATH: history.former_books()},
        lambda: {
            payroll.PATH: payroll.ledger(banks.pay_days()),
            _YEAR_END: SAMPLES["two-doctors"].text(_YEAR_END),
        },
    ),
    "dental": Sample(
        "Larkfield Dental Group",
        "dental-group",
        "daysheet.ledgers.dental_group",
        (
            "An invented group, opened in September: three dentists, two hygienists, three",
            "insurers. Its files are Open Dental's queries, remittances and the bank's.",
        ),
        group.files,
        dict,
        lambda: {payroll.PATH: group_banks.payroll_ledger()},
    ),
}


@click.command(cls=console.Verb)
@click.argument("folder", type=click.Path(path_type=Path), default="daysheet-demo")
@click.option(
    "--practice",
    type=click.Choice(tuple(SAMPLES)),
    default="two-doctors",
    help="Two doctors who bill their patients (the default), or an insured dental group.",
)
@console.pass_console
def demo(shell: console.Console, folder: Path, practice: str) -> None:
    """Show it all on an invented practice: files, books, findings, the accountant's pack."""
    sample = SAMPLES[practice]

    def say(line: str = "") -> None:
        if not shell.as_json:
            click.echo(line)

    made = sample.files()
    say(_title(f"{sample.name}, {YEAR}"))
    for line in sample.about:
        say(line)
    say()
    say(f"{len(made)} files, as its front desk and its banks would export them:")
    outcome = make_books(folder, sample, made)
    for line in _imported(outcome):
        say(line)
    books = loading.load(folder)
    found = checks.run(books)
    for line in (*_gap_lines(books, found), *_insurance_lines(books), *_other_lines(books, found)):
        say(line)
    say()
    say(_title("The accountant's pack"))
    packed = _pack(folder, books)
    say(str(packed[0]))
    pages = many(len(Pdf.open(packed[0]).pages), "page")
    say(f"  {pages} to read, the same bytes each time. {len(packed) - 1} files beside it: the general")
    say("  ledger in volumes, every table as CSV, and a manifest of them all.")
    say()
    say(f"See each finding:   daysheet --books {folder} check")
    say(f"See a statement:    daysheet --books {folder} report income")
    say(f"Look around:        fava {folder / MAIN}")
    if shell.as_json:
        findings = worklist.as_json(books, books.as_of, found, folder)
        shell.emit({"folder": str(folder), "files": len(made), "pack": str(packed[0]), **findings}, str)


def make_books(folder: Path, sample: Sample, made: Mapping[str, bytes]) -> Outcome:
    """New books in a folder, the practice's files in its inbox, and those imported.

    Raises:
        DaysheetError: the folder is not empty.
    """
    new_books.make(folder, sample.name)
    for name in BY_HAND:
        _put(folder / name, sample.text(name))
    before = sample.before()
    main = folder / MAIN
    for name, text in before.items():
        _put(folder / name, text)
    years = sorted({Path(name).parent.name for name in before})
    included = "".join(f'include "{year}/*.beancount"\n' for year in years)
    _put(main, main.read_text(encoding="utf-8") + included)
    paths = generate.write(folder / "inbox", made)
    with _secret():
        outcome = importing.import_files(folder, paths)
    for problem in outcome.refused.values():
        raise problem
    for name, text in sample.after().items():
        _put(folder / name, text)
    return outcome


def _imported(outcome: Outcome) -> Iterator[str]:
    """How many rows of each kind were booked."""
    rows: Counter[str] = Counter()
    files: Counter[str] = Counter()
    for taken in outcome.taken:
        files[taken.reading.profile] += 1
        rows[taken.reading.profile] += taken.booked
    width = max(20, *map(len, rows))
    for profile in rows:
        yield f"  {profile:<{width}}{many(files[profile], 'file'):>9}{rows[profile]:>8,} rows"
    read = sum(taken.reading.rows for taken in outcome.taken)
    yield f"{read:,} rows read, {sum(rows.values()):,} booked. Their originals are filed in originals/."


def _gap_lines(books: Books, found: list[Finding]) -> Iterator[str]:
    """What was never billed: the lapses with their dates, then the visits outside of them."""
    price = gap(found)
    lapses = [finding for finding in found if finding.kind == "billing-lapse"]
    covered = frozenset[str]().union(*(lapse.covers for lapse in lapses))
    single = [finding for finding in found if finding.kind == "unbilled-visit" and finding.key not in covered]
    yield ""
    yield _title(f"Never billed: {money(price.gross, books.currency)}")
    hole = sum((lapse.amount for lapse in lapses), Decimal())
    yield f"{money(hole, books.currency):>13}  days on which nobody sent a bill:"
    for lapse in lapses:
        name = books.providers[lapse.provider or ""][-1].name
        visits = many(lapse.count, "visit")
        yield f"{'':>13}  {name}, {lapse.date} to {lapse.through}, {visits}, {money(lapse.amount, books.currency)}"
    rest = sum((finding.amount for finding in single), Decimal())
    yield f"{money(rest, books.currency):>13}  {many(len(single), 'visit')} forgotten on other days:"
    days = ", ".join(finding.date.isoformat() for finding in single)
    yield from textwrap.wrap(days, 80, initial_indent=" " * 15, subsequent_indent=" " * 15)


def _other_lines(books: Books, found: list[Finding]) -> Iterator[str]:
    """The other findings, by kind."""
    counts = Counter(finding.kind for finding in found)
    kinds = [kind for kind in KINDS if counts[kind] and kind not in ("unbilled-visit", "billing-lapse")]
    yield ""
    yield _title("Worth a look besides")
    for kind in kinds:
        amount = sum((finding.amount for finding in found if finding.kind == kind), Decimal())
        yield f"{money(amount, books.currency):>13}  {counts[kind]:>3} {kind}"


def _insurance_lines(books: Books) -> Iterator[str]:
    """What became of the bills to insurers, where there are any."""
    sums: dict[str, Decimal] = defaultdict(Decimal)
    for entry in books.entries:
        for leg in getattr(entry, "postings", ()):
            sums[leg.account] += leg.units.number
    owed = {account: amount for account, amount in sums.items() if is_under(account, RECEIVABLE_INSURANCE) and amount}
    if not owed:
        return
    yield ""
    yield _title(f"Sent to insurers: {many(len(books.claims), 'claim')}")
    yield f"{money(sums[BILLING_CONTRACTUAL], books.currency):>13}  written off under contract"
    yield f"{money(sum(owed.values(), Decimal()), books.currency):>13}  that insurers owe:"
    for account, amount in sorted(owed.items()):
        yield f"{'':>13}  {account.rpartition(':')[2]}, {money(amount, books.currency)}"
    yield f"{money(sums[RECEIVABLE_PATIENTS], books.currency):>13}  that patients owe"


def _title(text: str) -> str:
    return click.style(text, bold=True)


def _pack(folder: Path, books: Books) -> list[Path]:
    """The pack of the year, written; the PDF to read comes first."""
    settings = Settings.of(folder)
    with rendering.renderer(None) as renderer, Bar() as bar:
        renderer.warm()
        built = build.build(books, settings, YEAR, Options(paper_of(settings, None)), None, renderer, bar.show)
    where = filing.write(folder, YEAR, built.files)
    return [where / name for name in built.files]


def _put(path: Path, text: str) -> None:
    path.parent.mkdir(exist_ok=True)
    path.write_text(text, encoding="utf-8")


@contextmanager
def _secret() -> Iterator[None]:
    """The published secret while tokens are made, so that the demo leaves none on the machine."""
    before = os.environ.get(SECRET_VARIABLE)
    os.environ[SECRET_VARIABLE] = SECRET
    try:
        yield
    finally:
        if before is None:
            del os.environ[SECRET_VARIABLE]
        else:
            os.environ[SECRET_VARIABLE] = before


if __name__ == "__main__":
    _sample = next(sample for sample in SAMPLES.values() if sample.folder == sys.argv[1])
    make_books(Path(sys.argv[2]), _sample, _sample.files())
