"""Two clones that import, merged by real git: the books of one that has imported it all."""

from __future__ import annotations

import itertools
import random
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from beancount.core.data import Transaction
from daysheet.importers import importing
from daysheet.importers.clones import git
from daysheet.importers.clones.merge import blocks, merged
from daysheet.ledger import printer

from tests.importers.books_folder import CHASE, INVOICES, PAYMENTS, VISITS, Folder

LINES = ("COFFEE CART", "LINEN SERVICE", "MAPLE HOLDINGS RENT", "MERCHANT BANKCD DEP")


def month_of(month: int, opening: int) -> tuple[str, int]:
    """A bank's month with balances, and the balance at its end."""
    chance = random.Random(month)
    rows, balance = [], opening
    for day in sorted(chance.sample(range(1, 28), 4)):
        cents = chance.randint(-9_000, 9_000) or 100
        balance += cents
        rows.append(f"X,{month:02}/{day:02}/2026,{chance.choice(LINES)},{cents / 100:.2f},ACH,{balance / 100:.2f},,\n")
    return CHASE + "".join(rows), balance


def everything() -> dict[str, str]:
    """Four months of a practice: a bank's months, visits, bills and what was paid."""
    files: dict[str, str] = {}
    balance = 100_000
    for month in range(1, 5):
        files[f"bank-{month}.csv"], balance = month_of(month, balance)
        day = f"2026-{month:02}-12"
        files[f"visits-{month}.csv"] = VISITS + f"V{month},{day},adams,P{month},completed,,50.00\n"
        files[f"bills-{month}.csv"] = INVOICES + f"I{month},V{month},{day},adams,P{month},,50.00,\n"
        files[f"paid-{month}.csv"] = PAYMENTS + f"M{month},2026-{month:02}-20,I{month},,card,50.00,\n"
    return files


FILES = everything()


class Clones:
    """Books under git, cloned twice, and the same without git."""

    def __init__(self, path: Path, base: list[str], *, hooked: bool) -> None:
        self.path = path
        self.first = Folder(path / "first")
        self.hooked = hooked
        self.git(self.first, "init", "-q", "-b", "main")
        self._ready(self.first)
        self.take(self.first, base)
        self.second = Folder.__new__(Folder)
        self.second.path, self.second.given = path / "second", path / "second-given"
        self.second.given.mkdir()
        self.clone()

    def clone(self) -> None:
        """The second, as the first is now."""
        subprocess.run(["git", "clone", "-q", str(self.first.path), str(self.second.path)], check=True)
        self._ready(self.second)

    def _ready(self, folder: Folder) -> None:
        self.git(folder, "config", "user.name", "a")
        self.git(folder, "config", "user.email", "a@b.invalid")
        if self.hooked:  # the driver as an installed daysheet has it; the hook is another test's
            git.install(folder.path)
            (folder.path / ".git" / "hooks" / "pre-commit").unlink()
            command = shutil.which("daysheet", path=str(Path(sys.executable).parent))
            driver = f"{command} hook merge %O %A %B || git merge-file %A %O %B"
            self.git(folder, "config", "merge.daysheet.driver", driver)

    def git(self, folder: Folder, *arguments: str, check: bool = True) -> subprocess.CompletedProcess[str]:
        command = ["git", "-C", str(folder.path), *arguments]
        return subprocess.run(command, capture_output=True, text=True, check=check)

    def take(self, folder: Folder, names: list[str]) -> None:
        """Import these files one after the other, and commit."""
        take_all(folder, names)
        self.git(folder, "add", "-A")
        self.git(folder, "commit", "-qm", "x")

    def merge(self) -> subprocess.CompletedProcess[str]:
        """Pull what the second has into the first."""
        return self.git(
            self.first, "pull", "-q", "--no-rebase", "--no-edit", str(self.second.path), "main", check=False
        )


def take_all(folder: Folder, names: list[str]) -> None:
    for name in names:
        importing.import_files(folder.path, [folder.give(name, FILES[name])])


def facts(folder: Folder) -> list[str]:
    """What the books say, less how many rows of each file were new to the clone that took it."""

    def said(entry: Any) -> str:
        counts = {"booked", "known", "lineno", "filename", "proved-by"}
        return printer.format_entry(entry._replace(meta={k: v for k, v in entry.meta.items() if k not in counts}))

    wanted = [e for e in folder.books().entries if not (isinstance(e, Transaction) and e.flag == "P")]
    return sorted(said(e) for e in wanted if getattr(e, "type", "") != "fava-extension")


def check_merged(path: Path, base: list[str], mine: list[str], theirs: list[str], *, hooked: bool) -> None:
    clones = Clones(path / "git", base, hooked=hooked)
    clones.take(clones.first, mine)
    clones.take(clones.second, theirs)
    done = clones.merge()
    assert done.returncode == 0, done.stdout + done.stderr
    importing.import_files(clones.first.path, [])
    assert facts(clones.first) in (single(path / "1", base, mine, theirs), single(path / "2", base, theirs, mine))
    assert clones.first.text("accounts.beancount").split() == sorted_opens(clones.first)


def single(path: Path, base: list[str], before: list[str], behind: list[str]) -> list[str]:
    """What one person would have got; which balances are proved where months are missing hangs on what came first."""
    folder = Folder(path)
    take_all(folder, [*base, *before, *(name for name in behind if name not in before)])
    importing.import_files(folder.path, [])
    return facts(folder)


def sorted_opens(folder: Folder) -> list[str]:
    """The words of the accounts' file, in which no account is opened twice."""
    words = folder.text("accounts.beancount").split()
    opened = [word for before, word in itertools.pairwise(words) if before == "open"]
    assert len(opened) == len(set(opened))
    return words


DIFFERENT = {
    "months of one bank into new books": ([], ["bank-2.csv"], ["bank-3.csv"]),
    "months of one bank, the later first": ([], ["bank-3.csv"], ["bank-2.csv"]),
    "months with a gap between": (["bank-1.csv"], ["bank-2.csv"], ["bank-4.csv"]),
    "months with a gap, into new books": ([], ["bank-1.csv"], ["bank-3.csv"]),
    "months of a practice": (["visits-1.csv"], ["visits-2.csv", "bills-2.csv"], ["visits-3.csv", "paid-3.csv"]),
    "bank and practice": (["bank-1.csv"], ["bank-2.csv"], ["visits-2.csv", "bills-2.csv", "paid-2.csv"]),
    "the same file": (["bank-1.csv"], ["bank-2.csv", "visits-2.csv"], ["bank-2.csv"]),
    "all the same": ([], ["bank-1.csv", "bills-1.csv"], ["bank-1.csv", "bills-1.csv"]),
}


@pytest.mark.parametrize("case", DIFFERENT)
def test_clones_that_were_told_nothing_merge_without_a_conflict(tmp_path: Path, case: str) -> None:
    check_merged(tmp_path, *DIFFERENT[case], hooked=False)


def histories(seed: int) -> tuple[list[str], list[str], list[str]]:
    chance = random.Random(seed)
    names = sorted(FILES)
    chance.shuffle(names)
    base, mine, theirs = names[: chance.randint(0, 4)], names[4:8], names[8:11]
    theirs += chance.sample(mine, chance.randint(0, 2))
    chance.shuffle(theirs)
    return base, mine, theirs


@pytest.mark.parametrize("pairs", [3, pytest.param(100, marks=pytest.mark.long)])
def test_random_pairs_of_histories_merge_to_the_single_history(tmp_path: Path, pairs: int) -> None:
    for seed in range(pairs):
        base, mine, theirs = histories(seed)
        place = tmp_path / str(seed)
        check_merged(place, base, mine, theirs, hooked=True)
        shutil.rmtree(place)


ENTRY = '2026-03-18 {flag} "LINEN"\n  source: "bank"\n  row: "{row}"\n  Assets:Bank  -8.00 USD\n  {account}  8.00 USD\n'
KNOWN = ENTRY.format(flag="*", row="a1", account="Expenses:Supplies")
UNKNOWN = ENTRY.format(flag="!", row="a1", account="Expenses:Uncategorized")
OTHERWISE = ENTRY.format(flag="*", row="a1", account="Expenses:Repairs")
ANOTHER = ENTRY.format(flag="*", row="b2", account="Expenses:Supplies")


def test_entries_that_share_lines_are_kept_whole() -> None:
    assert merged("", KNOWN, ANOTHER) == f"{KNOWN}\n{ANOTHER}"


def test_a_line_that_one_has_decided_on_counts() -> None:
    assert merged("", UNKNOWN, KNOWN) == merged("", KNOWN, UNKNOWN) == KNOWN


def test_a_change_on_one_side_is_taken_and_on_both_sides_is_asked() -> None:
    assert merged(UNKNOWN, KNOWN, f"{UNKNOWN}\n{ANOTHER}") == f"{KNOWN}\n{ANOTHER}"
    assert merged(f"{UNKNOWN}\n{ANOTHER}", UNKNOWN, f"{KNOWN}\n{ANOTHER}") == KNOWN
    assert merged(UNKNOWN, KNOWN, OTHERWISE) is None
    assert merged(UNKNOWN, KNOWN, "") is None
    assert merged(KNOWN, "", KNOWN) == ""


def test_twins_of_one_file_stay_two_and_comments_stay_with_their_entry() -> None:
    twins = f"{KNOWN}\n{KNOWN}"
    assert merged("", twins, KNOWN) == merged("", KNOWN, twins) == twins
    text = f"; a note\n\n; for Kim\n{KNOWN}{ANOTHER}"
    assert blocks(text) == ["; a note", f"; for Kim\n{KNOWN}".rstrip(), ANOTHER.rstrip()]


def test_what_git_cannot_merge_is_named_by_the_import_with_what_to_do(folder: Folder) -> None:
    folder.take("bank.csv", FILES["bank-1.csv"])
    name = "2026/2026-01-chase-checking.beancount"
    (folder.path / name).write_text(f"{folder.text(name)}\n<<<<<<< ours\n{KNOWN}=======\n{OTHERWISE}>>>>>>> theirs\n")
    result = folder.run("import")
    assert "git could not merge this file" in str(result.exception)
    assert "daysheet hook" in str(result.exception)
    assert "git left a conflict" in str(folder.run("check").exception)


def test_an_assertion_that_fails_is_no_work_of_a_merge(folder: Folder) -> None:
    """A bank line taken out by hand: the balance stays and says so, and no import takes it away."""
    folder.take("bank.csv", FILES["bank-1.csv"])
    name = "2026/2026-01-chase-checking.beancount"
    whole = folder.text(name)
    (folder.path / name).write_text("\n\n".join(blocks(whole)[:-1]) + "\n")
    before = folder.snapshot()
    assert "Balance failed" in str(folder.run("import").exception)
    assert folder.snapshot() == before
