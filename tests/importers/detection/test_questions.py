"""What a file does not settle is asked; an option answers, and the profile keeps the answer as evidence."""

from __future__ import annotations

from pathlib import Path

import pytest
from beancount.core.data import Transaction
from daysheet.errors import DaysheetError
from daysheet.importers.banks import profile_file
from daysheet.importers.banks.profile import Profile

from tests.importers.books_folder import Folder

CHECKS = "Date,Description,Check No.,Debit,Credit,Running Balance\n"
PAYPAL = (
    "Date,Time,TimeZone,Name,Status,Currency,Gross,Fee,Net,Balance\n"
    "02/13/2026,09:00:00,EST,Shop,Completed,USD,80.00,-2.62,77.38,77.38\n"
    "02/14/2026,09:00:00,EST,Shop,Pending,USD,10.00,0.00,10.00,77.38\n"
    "02/15/2026,09:00:00,EST,,Completed,USD,-70.00,0.00,-70.00,7.38\n"
)


def new(folder: Folder, text: str, *options: str) -> Profile:
    """The profile that is made of a file."""
    given = folder.give("export.csv", text)
    result = folder.run("profile", "new", given, "--name", "made", "--account", "Assets:Bank:Checking", *options)
    if result.exception is not None:
        raise result.exception
    return profile_file.load(folder.path / "profiles" / "made.toml")


def refused(folder: Folder, text: str, *options: str) -> str:
    with pytest.raises(DaysheetError) as problem:
        new(folder, text, *options)
    assert not (folder.path / "profiles").exists()
    return str(problem.value)


def taken(folder: Folder) -> list[Transaction]:
    """Every line of the bank, in the ledger's order."""
    entries = folder.books().entries
    return [each for each in entries if isinstance(each, Transaction) and each.meta.get("source") == "made"]


def lines(folder: Folder) -> list[tuple[str, str]]:
    """Day and amount of every line of the bank."""
    return [(str(entry.date), str(entry.postings[0].units)) for entry in taken(folder)]


@pytest.mark.parametrize(
    ("answer", "amounts"), [("comma", ["-2.500 USD", "19.750 USD"]), ("point", ["-2500 USD", "19750 USD"])]
)
def test_three_digits_behind_every_mark_are_asked_about(folder: Folder, answer: str, amounts: list[str]) -> None:
    text = "Date;Amount;Description\n2026-03-30;-2,500;Rent\n2026-03-31;19,750;Insurer\n"
    assert "--decimal point or comma" in refused(folder, text, "--amount-mode", "signed")
    made = new(folder, text, "--amount-mode", "signed", "--decimal", answer)
    assert made.evidence["decimal"] == f"{answer}, as a person said"
    folder.take("export.csv", text)
    assert [amount for _, amount in lines(folder)] == amounts


def test_a_time_zone_is_no_currency_and_a_fee_is_apart(folder: Folder) -> None:
    made = new(folder, PAYPAL)
    assert made.currency is not None
    assert made.currency.column == "Currency"
    (answer,) = folder.take("export.csv", PAYPAL)
    assert (answer["booked"], [skipped["reason"] for skipped in answer["skipped"]]) == (2, ["pending"])
    assert lines(folder) == [("2026-02-13", "77.38 USD"), ("2026-02-15", "-70.00 USD")]
    fees = [leg.units for entry in taken(folder) for leg in entry.postings if leg.account == "Expenses:MerchantFees"]
    assert [str(fee) for fee in fees] == ["2.62 USD"]


def test_gross_with_a_fee_that_is_not_in_the_chain_is_read_net_of_it(folder: Folder) -> None:
    text = "Date,What,Gross,Fee,Net\n2026-02-13,Card,80.00,2.62,77.38\n2026-02-14,Card,-10.00,0.30,-10.30\n"
    made = new(folder, text)
    assert made.fee is not None
    assert not made.fee.negative
    folder.take("export.csv", text)
    assert [amount for _, amount in lines(folder)] == ["77.38 USD", "-10.30 USD"]


def test_gross_and_net_without_a_fee_are_asked_about(folder: Folder) -> None:
    text = "Date,What,gross,fee,net\n2026-02-13,Card,80.00,0.00,80.00\n2026-02-14,Refund,-10.00,0.00,-10.00\n"
    assert "--amount-column gross or net" in refused(folder, text)
    made = new(folder, text, "--amount-column", "net")
    assert made.amount.column == "net"
    assert set(made.left_out) == {"gross", "fee"}
    assert made.evidence["amount-column"] == "net, as a person said"


def test_a_constant_column_is_not_the_date(folder: Folder) -> None:
    text = (
        "Account,From date,Booked,Text,Amount\n1,2026-02-01,2026-02-03,Rent,-9.00\n"
        "1,2026-02-01,2026-02-05,Insurer,7.00\n"
    )
    assert new(folder, text, "--amount-mode", "signed").date.column == "Booked"


def test_a_file_of_one_day_has_its_date(folder: Folder) -> None:
    text = "Date,Text,Amount\n2026-02-03,Rent,-9.00\n2026-02-03,Insurer,-7.00\n"
    assert new(folder, text).date.column == "Date"


def test_two_dates_that_no_name_tells_apart_are_asked_about(folder: Folder) -> None:
    text = "Day one,Day two,Text,Amount\n2026-02-03,2026-02-04,Rent,-9.00\n2026-02-05,2026-02-06,Insurer,-7.00\n"
    assert "--date-column Day one or Day two" in refused(folder, text)
    assert new(folder, text, "--date-column", "2").date.column == "Day two"


def test_two_currencies_that_no_name_tells_apart_are_asked_about(folder: Folder) -> None:
    text = "Date,Text,Amount,Currency,Currency of bill\n2026-02-03,Rent,-9.00,USD,EUR\n2026-02-05,Shop,-7.00,USD,USD\n"
    assert "--currency-column Currency or Currency of bill" in refused(folder, text)
    made = new(folder, text, "--currency-column", "Currency")
    assert made.currency is not None
    assert made.currency.column == "Currency"


def test_a_symbol_in_the_amounts_says_the_currency(folder: Folder) -> None:
    made = new(folder, "Date,Text,Amount\n2026-02-03,Rent,€-9.00\n2026-02-05,Shop,€-7.00\n")
    assert made.currency is not None
    assert made.currency.fixed == "EUR"


@pytest.mark.parametrize("name", ["NoSuch", "9"])
def test_a_column_that_is_not_there_is_an_error(folder: Folder, name: str) -> None:
    text = "Date,Text,Amount\n2026-02-03,Rent,-9.00\n"
    assert "Date, Text, Amount" in refused(folder, text, "--date-column", name)


@pytest.mark.parametrize(
    "header", ["Id,When,PatNum,LName,FName,Amt", "Id,When,Chart #,Last Name,X,Amt", "Id,When,x,Patient,DOB,Amt"]
)
def test_an_export_with_patients_becomes_no_bank_profile(folder: Folder, header: str) -> None:
    said = refused(folder, header + "\n1,07/21/2026,77,Nameson,Nora,24.50\n", "--amount-mode", "signed")
    assert "columns of patients" in said
    assert "Nameson" not in said


def test_a_bank_profile_that_reads_a_patients_column_is_refused(folder: Folder) -> None:
    new(folder, "Date,Text,Amount\n2026-02-03,Rent,-9.00\n")
    path = folder.path / "profiles" / "made.toml"
    path.write_text(path.read_text().replace('"Text"', '"LName"'))
    assert "is of a patient" in str(folder.run("import", folder.given / "export.csv").exception)


def test_check_numbers_are_kept_and_a_bare_check_teaches_nothing(folder: Folder) -> None:
    first = CHECKS + "05/20/26,SALES OFFICE,,,50.00,900.00\n05/08/26,CHECK,881,310.00,,850.00\n"
    second = CHECKS + "06/29/26,CHECK,902,41.00,,809.00\n06/05/26,SALES OFFICE,,,7.00,850.00\n"
    assert new(folder, first).text.check == "Check No."
    folder.take("one.csv", first)
    month: Path = folder.path / "2026" / "2026-05-made.beancount"
    month.write_text(
        month.read_text()
        .replace("Expenses:Uncategorized", "Expenses:LegalProfessional")
        .replace("Income:Uncategorized", "Income:Interest")
        .replace(" ! ", " * ")
    )
    folder.take("two.csv", second)
    found = {
        (str(entry.date), entry.meta.get("check")): (entry.flag, entry.postings[1].account) for entry in taken(folder)
    }
    assert found == {
        ("2026-05-08", "881"): ("*", "Expenses:LegalProfessional"),
        ("2026-05-20", None): ("*", "Income:Interest"),
        ("2026-06-05", None): ("*", "Income:Interest"),
        ("2026-06-29", "902"): ("!", "Expenses:Uncategorized"),
    }


SALES = "Date,Type,Description,Gross,Fee,Net\n"


def test_what_has_a_fee_beside_it_came_in_whatever_its_words_mean_on_a_card(folder: Folder) -> None:
    text = "Date,Description,Gross,Fee,Net\n04/14/2026,SALE,80.00,2.40,77.60\n04/15/2026,SALE,40.00,1.20,38.80\n"
    new(folder, text)
    folder.take("export.csv", text)
    assert [amount for _, amount in lines(folder)] == ["77.60 USD", "38.80 USD"]


def test_a_refund_among_sales_without_signs_goes_out(folder: Folder) -> None:
    rows = (
        "04/14/2026,Sale,A,80.00,2.40,77.60\n04/15/2026,Refund,B,30.00,0.00,30.00\n04/16/2026,Sale,C,9.00,0.30,8.70\n"
    )
    new(folder, SALES + rows)
    folder.take("export.csv", SALES + rows)
    assert [amount for _, amount in lines(folder)] == ["77.60 USD", "-30.00 USD", "8.70 USD"]


@pytest.mark.parametrize(
    ("header", "rows", "question"),
    [
        ("Date,Description,Gross,Net", ["A,80.00,77.60", "B,40.00,38.80"], "Gross or Net"),
        ("Date,Description,Amount,Tip,Fee,Net", ["A,80.00,8.00,2.40,85.60", "B,4.00,0.00,0.20,3.80"], "Amount or Net"),
        ("Date,Description,Amount,Fee,Total", ["A,80.00,2.40,82.40", "B,40.00,1.20,41.20"], "Total or Amount"),
    ],
)
def test_amounts_of_which_each_may_reach_the_account_are_asked_about(
    folder: Folder, header: str, rows: list[str], question: str
) -> None:
    text = header + "\n" + "".join(f"04/{day}/2026,{row}\n" for day, row in enumerate(rows, 14))
    assert f"--amount-column {question}" in refused(folder, text)


def test_balances_that_follow_only_with_debits_as_money_in_are_asked_about(folder: Folder) -> None:
    text = (
        "Date,Description,Debit,Credit,Balance\n04/14/2026,A,80.00,,1080.00\n"
        "04/15/2026,B,,50.00,1030.00\n04/16/2026,C,,20.00,1010.00\n"
    )
    assert "--amount-mode split or swapped" in refused(folder, text)
    new(folder, text, "--amount-mode", "swapped")
    folder.take("export.csv", text)
    assert [amount for _, amount in lines(folder)] == ["80.00 USD", "-50.00 USD", "-20.00 USD"]
