"""What a bank line was for: the first rule that fits, then the payee's history, then perhaps a guess."""

from __future__ import annotations

import pytest
from beancount.core.data import Transaction

from tests.importers.books_folder import CHASE, Folder

RULES = """
[[category]]
text = "coffee"
at-most = "-100"
account = "Expenses:Travel"
name = "Roastery"
tags = ["wholesale"]

[[category]]
payee = "^coffee"
account = "Expenses:Meals"
bank = "Assets:Bank:Checking"
"""


def line(payee: str, amount: str = "-5.00", day: str = "03/01/2026") -> str:
    return f"X,{day},{payee},{amount},ACH,,,\n"


def booked(folder: Folder) -> dict[str, tuple[str, str | None]]:
    """The other account and the flag of each bank line, by its payee and amount."""
    return {
        f"{entry.payee} {entry.postings[0].units}": (entry.postings[-1].account, entry.flag)
        for entry in folder.books().entries
        if isinstance(entry, Transaction) and "source" in entry.meta
    }


@pytest.fixture
def ruled(folder: Folder) -> Folder:
    settings = folder.path / "daysheet.toml"
    head, mark, rest = settings.read_text().partition("[[category]]")
    settings.write_text(head + RULES + mark + rest)
    return folder


def test_the_first_rule_that_fits_all_its_conditions_counts(ruled: Folder) -> None:
    ruled.take("a.csv", CHASE + line("COFFEE HOUSE", "-120.00") + line("COFFEE HOUSE") + line("TEA"))
    assert booked(ruled) == {
        "Roastery -120.00 USD": ("Expenses:Travel", "*"),
        "COFFEE HOUSE -5.00 USD": ("Expenses:Meals", "*"),
        "TEA -5.00 USD": ("Expenses:Uncategorized", "!"),
    }


def test_a_better_name_keeps_the_banks_words_and_the_line_is_known_by_them(ruled: Folder) -> None:
    ruled.take("a.csv", CHASE + line("COFFEE HOUSE", "-120.00"))
    (entry,) = [e for e in ruled.books().entries if isinstance(e, Transaction)]
    assert (entry.meta["memo"], list(entry.tags)) == ("COFFEE HOUSE", ["wholesale"])
    (answer,) = ruled.take("b.csv", CHASE + line("COFFEE HOUSE", "-120.00").replace("ACH", "CARD"))
    assert (answer["known"], answer["changed"]) == (1, [])


def test_a_payee_is_remembered_as_it_was_booked_before(folder: Folder) -> None:
    folder.take("a.csv", CHASE + line("LINEN"))
    path = folder.path / "2026" / "2026-03-chase-checking.beancount"
    path.write_text(path.read_text().replace("Expenses:Uncategorized", "Expenses:Supplies").replace(" ! ", " * "))
    (answer,) = folder.take("b.csv", CHASE + line("LINEN", "-7.00", "03/09/2026"))
    assert answer["uncategorized"] == 0
    assert booked(folder)["LINEN -7.00 USD"] == ("Expenses:Supplies", "*")


def test_a_payee_that_was_booked_in_two_ways_is_left_to_a_person(folder: Folder) -> None:
    for day, account in (("2026-01-01", "Expenses:Supplies"), ("2026-01-02", "Expenses:Office")):
        folder.write_by_hand(
            f'{day} * "LINEN" ""\n  source: "us-chase-checking"\n'
            f"  Assets:Bank:Checking -1.00 USD\n  {account} 1.00 USD\n"
        )
    folder.take("a.csv", CHASE + line("LINEN"))
    assert booked(folder)["LINEN -5.00 USD"] == ("Expenses:Uncategorized", "!")


def test_a_card_payment_meets_in_the_transfer_account_from_both_files(folder: Folder) -> None:
    folder.take("bank.csv", CHASE + line("CAPITAL ONE CARD AUTOPAY PYMT", "-80.00"))
    header = "Transaction Date,Posted Date,Card No.,Description,Category,Debit,Credit\n"
    folder.take("card.csv", header + "2026-03-02,2026-03-03,1234,CAPITAL ONE AUTOPAY PYMT,Payment/Credit,,80.00\n")
    legs = [leg for e in folder.books().entries if isinstance(e, Transaction) for leg in e.postings]
    met = [str(leg.units) for leg in legs if leg.account == "Assets:Clearing:Transfers"]
    assert sorted(met) == ["-80.00 USD", "80.00 USD"]


def test_a_rule_straight_to_another_imported_account_is_refused(folder: Folder) -> None:
    folder.write_by_hand('\n[[category]]\ntext = "card"\naccount = "Liabilities:Card"\n', "daysheet.toml")
    result = folder.run("import", folder.give("a.csv", CHASE + line("X")))
    assert "whose own file brings the same money again" in result.stderr + str(result.exception)


def test_what_nobody_categorized_is_shown_as_a_worklist(folder: Folder) -> None:
    result = folder.run("import", folder.give("a.csv", CHASE + line("MYSTERY LLC")))
    assert "To categorize (1)" in result.stdout
    assert "2026-03-01         -5.00 USD  MYSTERY LLC" in result.stdout


def test_a_guess_is_marked_and_says_that_it_is_one(folder: Folder) -> None:
    pytest.importorskip("smart_importer", reason="the suggest extra is not installed")
    for number in range(30):
        payee, account = (("ACME MEDICAL SUPPLY", "Supplies"), ("CITY POWER WORKS", "Utilities"))[number % 2]
        folder.write_by_hand(
            f'2026-01-{number % 28 + 1:02} * "{payee} {number}" ""\n  Assets:Bank:Checking -{number + 1}.00 USD\n'
            f"  Expenses:{account} {number + 1}.00 USD\n"
        )
    folder.write_by_hand("\n[import]\nsuggest = true\n", "daysheet.toml")
    (answer,) = folder.take("a.csv", CHASE + line("MEDICAL SUPPLY ACME WEST") + line("POWER WORKS CITY"))
    (first, second) = [e for e in folder.books().entries if isinstance(e, Transaction) and "source" in e.meta]
    assert {first.postings[1].account, second.postings[1].account} == {"Expenses:Supplies", "Expenses:Utilities"}
    assert (first.flag, answer["uncategorized"]) == ("!", 2)
    assert "guess" in first.meta["why"]
