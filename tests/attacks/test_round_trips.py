"""What a command writes into settings, profiles and facts is read back as what was said, whatever was said."""

from __future__ import annotations

import csv
import datetime
import io
import tempfile
from pathlib import Path

import pytest
from daysheet import patients, strict_toml
from daysheet.books import loading, token_secrets
from daysheet.errors import DaysheetError
from daysheet.importers import bank_profiles, new_books, source_facts
from daysheet.importers.amending.recategorize import written
from daysheet.importers.banks import profile_file
from daysheet.importers.detection.detect import detect
from daysheet.importers.detection.propose import Named, propose
from daysheet.importers.rows.raw_file import RawFile
from daysheet.importers.settings import BankSettings, CategoryRule
from daysheet.importers.systems.source import SourceSettings
from daysheet.ledger.printer import clean
from daysheet.settings import FILE, Settings
from daysheet.worklist import year_locks
from hypothesis import example, given, settings
from hypothesis import strategies as st

from tests.attacks.counts import Counted
from tests.importers.books_folder import Folder

TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=20) | st.sampled_from(
    [
        "'''",
        '"""',
        "\\",
        "\\'",
        "\x7f",
        "\x00",
        "\r",
        "\r\n",
        "\u2028",
        "\u202eR",
        "\U0001f9b7",
        '"]\n[[bank]]',
        "${a}",
        " ",
    ]
)
"""Any text, and those that are something else in TOML or on a screen."""
WORDS = TEXTS.filter(str.strip)
IDS = st.from_regex(r"\A[a-z][a-z0-9-]{0,8}[a-z0-9]\Z")
few = pytest.mark.parametrize("examples", [40, pytest.param(2_000, marks=[pytest.mark.long, pytest.mark.attack])])
fewer = pytest.mark.parametrize("examples", [8, pytest.param(300, marks=[pytest.mark.long, pytest.mark.attack])])


@few
def test_a_text_in_settings_is_the_text(examples: int, counted: Counted) -> None:
    @settings(max_examples=examples, deadline=None)
    @given(TEXTS, st.lists(TEXTS, max_size=4), TEXTS)
    @example("\\'", ["\x7f"], "a\n\r")
    def law(text: str, texts: list[str], lines: str) -> None:
        rows = f"{lines}\n"
        said = (
            f"{strict_toml.quoted(text)} = {strict_toml.quoted(text)}\n'' = {strict_toml.block(rows)}\n"
            if text
            else f"text = {strict_toml.quoted(text)}\n'' = {strict_toml.block(rows)}\n"
        )
        read = strict_toml.toml(f"{said}\n[a]\nlist = {strict_toml.listed(texts)}\n", Path("a.toml"))
        assert (read[text or "text"], read[""], read["a"]["list"]) == (text, rows, texts)

    law()
    counted(examples, "texts written as TOML and read", 0, "became others")


def test_bytes_that_are_no_text_are_refused_before_they_are_written() -> None:
    with pytest.raises(DaysheetError, match="no UTF-8"):
        strict_toml.quoted("a\udcff")


@few
def test_a_rule_is_the_rule(examples: int, counted: Counted, tmp_path: Path) -> None:
    rules = st.builds(
        CategoryRule, payee=TEXTS, text=TEXTS, bank=TEXTS, account=TEXTS, name=TEXTS, note=TEXTS,
        tags=st.lists(TEXTS, max_size=3).map(tuple),
    )  # fmt: skip

    @settings(max_examples=examples, deadline=None)
    @given(rules)
    def law(rule: CategoryRule) -> None:
        (tmp_path / FILE).write_bytes(written(rule).encode())
        assert Settings.of(tmp_path).tables("category", CategoryRule) == (rule,)

    law()
    counted(examples, "rules of categories written and read", 0, "became others")


@few
def test_the_account_of_a_profile_is_the_account(examples: int, counted: Counted) -> None:
    @settings(max_examples=examples, deadline=None)
    @given(WORDS, WORDS, st.integers(0, 10**12).map(str))
    def law(name: str, account: str, number: str) -> None:
        with tempfile.TemporaryDirectory() as place:
            bank_profiles.note_account(Path(place), name, account, number)
            bank_profiles.note_account(Path(place), name, account, "")
            first, second = Settings.of(Path(place)).tables("bank", BankSettings)
        assert (first.profile, first.account, number[-4:]) == (name, account, first.number)
        assert (second.profile, second.account, second.number) == (name, account, "")

    law()
    counted(examples, "accounts of banks written and read", 0, "became others")


@fewer
def test_the_name_of_new_books_is_the_name(examples: int, counted: Counted) -> None:
    @settings(max_examples=examples, deadline=None)
    @given(WORDS.filter(clean))
    @example("A \x1b[2J\x7f {id} \\")
    def law(name: str) -> None:
        with tempfile.TemporaryDirectory() as place:
            new_books.make(Path(place), name)
            assert Settings.of(Path(place)).practice.name == clean(name)
            assert loading.load(Path(place)).options["title"] == clean(name)

    law()
    counted(examples, "new books named and read", 0, "became others")


@fewer
def test_the_names_of_providers_and_payers_are_theirs(examples: int, counted: Counted) -> None:
    names = st.dictionaries(WORDS.filter(clean), IDS, max_size=3)

    @settings(max_examples=examples, deadline=None)
    @given(names, names)
    @example({"Dr. \x7f \U0001f9b7": "adams"}, {'"]\n[[bank]]': "aetna"})
    def law(providers: dict[str, str], payers: dict[str, str]) -> None:
        with tempfile.TemporaryDirectory() as place:
            folder = Folder(Path(place) / "books")
            source_facts.note(folder.path, "jane", source_facts.Bearers(providers, payers), datetime.date(2026, 3, 4))
            found = Settings.of(folder.path).tables("source", SourceSettings)
            books = folder.books()
        if not providers and not payers:
            assert found == ()
            return
        assert (found[0].providers, found[0].payers) == (providers, payers)
        for said, facts in ((providers, books.providers), (payers, books.payers)):
            for identity in said.values():
                assert facts[identity][0].name in {clean(name) for name, each in said.items() if each == identity}

    law()
    counted(examples, "names of providers and payers written and read", 0, "became others")


@fewer
def test_a_proposed_profile_says_what_was_said_and_reads_the_file(examples: int, counted: Counted) -> None:
    heads = st.lists(WORDS.map(clean).filter(bool), min_size=2, max_size=2, unique_by=str.casefold)

    @settings(max_examples=examples, deadline=None)
    @given(heads, WORDS, WORDS, TEXTS, TEXTS)
    @example(["Text \U0001f9b7", "\\d'"], "a\x7f", "b\\", "c'''", "'")
    def law(head: list[str], title: str, bank: str, one: str, other: str) -> None:
        out = io.StringIO()
        csv.writer(out, lineterminator="\n").writerows(
            [
                ["Date", "Amount", *head],
                *(
                    [f"2026-03-{day:02}", f"{day * 7 - 50}.{day + 10}", (one, other)[day % 2], f"word {day}"]
                    for day in range(1, 29)
                ),
            ]
        )
        with tempfile.TemporaryDirectory() as place:
            path = Path(place) / "export.csv"
            path.write_bytes(out.getvalue().encode())
            file = RawFile(path)
            try:
                text, reading = propose(file, detect(file), Named("own", title, bank, "US", "", "USD"))
            except DaysheetError:
                return  # a head or a text like this is no bank's: said in one line, and nothing is written
            target = Path(place) / "own.toml"
            target.write_bytes(text.encode())
            profile = profile_file.load(target)
        assert (profile.title, profile.institution) == (title, bank)
        assert reading.records

    law()
    counted(examples, "profiles proposed and read", 0, "became others")


@fewer
def test_a_lock_and_a_secret_s_name_are_read_as_they_were_made(examples: int, counted: Counted) -> None:
    @settings(max_examples=examples, deadline=None)
    @given(st.integers(1990, 2060), st.binary(min_size=16, max_size=64))
    def law(year: int, secret: bytes) -> None:
        with tempfile.TemporaryDirectory() as place:
            folder = Folder(Path(place) / "books")
            folder.write_by_hand(f'{year}-02-03 custom "provider" "adams" "Dr. Adams"\n')
            assert year_locks.lock_year(folder.path, year)
            name = patients.fingerprint(secret)
            folder.write_by_hand(token_secrets.line(name))
            books = folder.books()
        assert set(books.locks) == {year}
        assert [each.fingerprint for each in books.secrets] == [name]

    law()
    counted(examples, "locks and names of secrets written and read", 0, "became others")
