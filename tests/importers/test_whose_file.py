"""Whose file it is: a header claims it, what the settings say decides, and what is in its rows may speak against it."""

from __future__ import annotations

from pathlib import Path

import pytest
from daysheet.importers.banks.source import shipped
from daysheet.importers.detection import evidence
from daysheet.importers.gulp import importers
from daysheet.importers.rows.raw_file import RawFile

from tests.importers.books_folder import CHASE, Folder

CARD = '\n[[bank]]\nprofile = "us-amex"\naccount = "Liabilities:Card"\n'
BANK_ROWS = "Date,Description,Amount\n02/03/2026,POS PURCHASE 11,-41.10\n02/05/2026,ACH DEPOSIT ADP,2000.00\n"
CARD_ROWS = "Date,Description,Amount\n02/03/2026,OFFICE SHOP,41.10\n02/05/2026,AUTOPAY PAYMENT - THANK YOU,-500.00\n"
DISCOVER = "Trans. Date,Post Date,Description,Amount,Category\n"
OWN = """title = "Ours"
institution = "Ours"
country = "US"
source = "ours"
[match]
header = ["Trans. Date", "Post Date", "Description", "Amount", "Category"]
[date]
column = "Post Date"
format = ["%m/%d/%Y"]
[amount]
mode = "inverted"
column = "Amount"
[text]
narration = ["Description"]
[sample]
text = "Trans. Date,Post Date,Description,Amount,Category\\n02/01/2026,02/02/2026,A,1.00,B\\n"
entries = [{ date = "2026-02-02", amount = "-1.00 USD" }]
"""


def error(folder: Folder, text: str, *arguments: object) -> str:
    (answer,) = folder.take("a.csv", text, *arguments)
    return str(answer["error"])


def test_signs_speak_against_a_card_that_the_settings_name(folder: Folder) -> None:
    folder.write_by_hand(CARD, "daysheet.toml")
    before = folder.snapshot()
    said = error(folder, BANK_ROWS)
    assert "us-amex, but may be another bank's" in said
    assert "money out is negative" in said
    assert "--profile us-amex" in said
    assert folder.snapshot() == before


@pytest.mark.parametrize("amounts", [(-41.10, -9.00, -3.00), (-41.10, -9.00, 3.00)])
def test_amounts_that_are_mostly_negative_speak_against_a_card(folder: Folder, amounts: tuple[float, ...]) -> None:
    folder.write_by_hand(CARD, "daysheet.toml")
    rows = "".join(f"02/0{day}/2026,SHOP {day},{amount:.2f}\n" for day, amount in enumerate(amounts, 1))
    assert "may be another bank's" in error(folder, "Date,Description,Amount\n" + rows)


def test_a_header_of_everyday_words_is_nobodys_unless_the_settings_name_one(folder: Folder) -> None:
    assert "many banks write" in error(folder, CARD_ROWS)
    folder.write_by_hand(CARD, "daysheet.toml")
    (answer,) = folder.take("b.csv", CARD_ROWS)
    assert (answer["profile"], answer["booked"], answer["amount"]) == ("us-amex", 2, "458.90")


def test_the_users_word_is_taken_against_the_evidence(folder: Folder) -> None:
    folder.write_by_hand(CARD, "daysheet.toml")
    (answer,) = folder.take("a.csv", BANK_ROWS, "--profile", "us-amex")
    assert answer["booked"] == 2


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ("Date,Description,Amount\n02/03/2026,SHOP,€41.10\n02/05/2026,PAYMENT - THANK YOU,-€41.10\n", "EUR"),
        (CHASE + "DEBIT,02/03/2026,SHOP,£-41.10,ACH,,\n", "GBP"),
    ],
)
def test_another_currency_speaks_against_a_profile(folder: Folder, text: str, what: str) -> None:
    folder.write_by_hand(CARD, "daysheet.toml")
    assert f"is in {what}, and the profile means USD" in error(folder, text)


def test_the_settings_decide_between_profiles_of_one_header(folder: Folder) -> None:
    text = DISCOVER + "02/01/2026,02/02/2026,SHOP,8.01,Supermarkets\n"
    (folder.path / "profiles").mkdir()
    (folder.path / "profiles" / "ours.toml").write_text(OWN)
    folder.write_by_hand('\n[[bank]]\nprofile = "ours"\naccount = "Liabilities:Card"\n', "daysheet.toml")
    (answer,) = folder.take("a.csv", text)
    assert answer["profile"] == "ours"
    folder.write_by_hand('\n[[bank]]\nprofile = "us-discover"\naccount = "Liabilities:Card"\n', "daysheet.toml")
    assert "may be of several kinds: ours, us-discover" in error(folder, text.replace("8.01", "9.01"))


@pytest.mark.parametrize("day", ["3/18/26", "3/18/2026", "46099", "18-Mar-26", "03/18/2026"])
def test_dates_as_a_spreadsheet_writes_them_are_read(folder: Folder, day: str) -> None:
    (answer,) = folder.take("a.csv", CHASE + f"DEBIT,{day},LINEN,-84.20,ACH,,\n")
    assert answer["booked"] == 1
    (entry,) = [entry for entry in folder.books().entries if entry.meta.get("source") == "us-chase-checking"]
    assert str(entry.date) == "2026-03-18"


@pytest.mark.parametrize(("day", "form"), [("2026-03-18", "%Y-%m-%d"), ("18.03.2026", "%d.%m.%Y")])
def test_a_right_header_with_dates_of_another_form_is_told_as_that(folder: Folder, day: str, form: str) -> None:
    said = error(folder, CHASE + f"DEBIT,{day},LINEN,-84.20,ACH,,\n")
    assert "a.csv:2: has the header of profile us-chase-checking, but dates of another form" in said
    assert f'column "Posting Date" is {form} here' in said
    assert "%m/%d/%Y in the profile" in said


def test_a_day_that_no_calendar_has_is_told_as_that(folder: Folder) -> None:
    said = error(folder, CHASE + "DEBIT,02/29/2026,LINEN,-84.20,ACH,,\n")
    assert 'a.csv:2: column "Posting Date" holds a day that no calendar has' in said


@pytest.mark.parametrize(("last", "booked"), [("3/18/2026", 2), ("3/4/2026", None)])
def test_a_spreadsheets_dates_for_year_first_are_read_where_the_file_settles_them(
    folder: Folder, last: str, booked: int | None
) -> None:
    folder.write_by_hand('\n[[bank]]\nprofile = "ca-wealthsimple"\naccount = "Assets:Bank:Checking"\n', "daysheet.toml")
    rows = f"3/3/2026,SPEND,Shop,-5.00,95.00\n{last},SPEND,Shop,-6.00,89.00\n"
    (answer,) = folder.take("a.csv", "date,transaction,description,amount,balance\n" + rows)
    assert answer.get("booked") == booked or "dates of another form" in answer["error"]


def test_a_header_that_differs_by_a_space_is_told_as_that(folder: Folder) -> None:
    for header in (CHASE.replace("Posting Date", "PostingDate"), CHASE.replace("Check or Slip #", "Check orSlip #")):
        said = error(folder, header + "DEBIT,03/18/2026,LINEN,-84.20,ACH,,\n")
        assert "by a space alone" in said
        assert "column 2 differs from" in said or "column 7 differs from" in said


@pytest.mark.parametrize(
    ("header", "column"),
    [
        ("visit id,date,provider,patient_id,status,service,fee", 1),
        ("visit id,date,provider,patient id,status,service,fee", 1),
        ("Visit ID,Date,Provider,Patient ID,Status,Service,Fee", 1),
        ("visit_id,date,provider,patient_id,status,service,fee,guarantor id", 8),
        ("payment_id,date,invoice_id,payer,method,amount,reference,patient-id", 8),
        ("invoice_id,visit_id,date,provider,patient_id,payer,amount,due,line  id", 9),
        ("adjustment_id,date,invoice_id,ki nd,amount", 4),
    ],
)
def test_a_header_of_our_own_that_differs_by_a_space_is_told_as_that(folder: Folder, header: str, column: int) -> None:
    said = error(folder, header + "\n" + ",".join("1" * (header.count(",") + 1)) + "\n")
    assert f"column {column} differs from" in said
    assert "by a space or a mark alone" in said


def test_no_shipped_profile_is_contradicted_by_its_own_sample(tmp_path: Path) -> None:
    for source in shipped():
        sample, named = source.profile.sample, source.profile.currency
        path = tmp_path / f"{source.name}-{sample.filename}"
        path.write_bytes(sample.text.encode(source.profile.file.encoding or "utf-8"))
        currency = "" if named is None else named.fixed
        if currency:
            assert (source.name, evidence.against(source, RawFile(path), currency)) == (source.name, None)


@pytest.mark.parametrize("day", ["3/29/26", "3/29/2026", "46110", "29-Mar-26", "03/29/2026"])
def test_a_practice_systems_export_may_have_been_saved_by_a_spreadsheet(folder: Folder, day: str) -> None:
    header = "Payment ID,Date Paid,Account,Payment type,Name,Amount,Payment Reference ID\n"
    folder.take("p.csv", header + f"9,{day},Accounts Receivable,Check,Client Two,31.00,1045\n")
    (payment,) = folder.books().payments.values()
    assert str(payment.date) == "2026-03-29"


def test_beangulp_does_not_take_a_file_that_speaks_against_its_profile(folder: Folder) -> None:
    folder.write_by_hand(CARD, "daysheet.toml")
    (card,) = [each for each in importers(folder.path) if each.name == "daysheet.us-amex"]
    assert card.identify(str(folder.give("card.csv", CARD_ROWS)))
    assert not card.identify(str(folder.give("bank.csv", BANK_ROWS)))


def test_payments_that_stand_among_a_cards_charges_speak_against_it(folder: Folder) -> None:
    folder.write_by_hand('\n[[bank]]\nprofile = "us-capitalone-card"\naccount = "Liabilities:Card"\n', "daysheet.toml")
    head = "Transaction Date,Posted Date,Card No.,Description,Category,Debit,Credit\n"
    paid = "2026-04-02,2026-04-03,1234,CAPITAL ONE MOBILE PYMT,Payment/Credit,{},{}\n"
    shop = "2026-04-04,2026-04-05,1234,OFFICE SHOP,Merchandise,{},{}\n"
    said = error(folder, head + paid.format("75.00", "") + shop.format("", "20.00"))
    assert "holds payments received (row 2)" in said
    (answer,) = folder.take("b.csv", head + paid.format("", "75.00") + shop.format("20.00", ""))
    assert answer["booked"] == 2


@pytest.mark.parametrize("name", ["Chase{}_Activity_20260430.CSV", "Checking_XX{}.csv", "Checking...{} April.csv"])
def test_a_file_whose_name_gives_another_account_is_refused(folder: Folder, name: str) -> None:
    row = "X,04/18/2026,LINEN,-84.20,ACH,,,\n"
    folder.take(name.format("5561"), CHASE + row)
    (answer,) = folder.take(name.format("7702"), CHASE + row.replace("18", "19"))
    assert "is of account number …7702" in answer["error"]
    (answer,) = folder.take(name.format("5561"), CHASE + row.replace("18", "20"))
    assert answer["booked"] == 1


def test_the_balances_of_one_day_speak_for_either_direction_and_those_of_two_for_one(folder: Folder) -> None:
    rows = "X,04/02/2026,LINEN,{0},ACH,4995.00,,\nX,04/{1}/2026,LINEN,{0},ACH,{2},,\n"
    pending = "X,04/09/2026,INK,-77.10,ACH,,,\n"
    (answer,) = folder.take("b.csv", CHASE + pending + rows.format("-5.00", "02", "4990.00"))
    assert (answer["booked"], answer["amount"]) == (2, "-10.00")
    assert "money out is positive" in error(folder, CHASE + rows.format("5.00", "01", "5000.00"))


EUROS = OWN.replace("[date]", "[currency]\npattern = 'Currency: ([A-Z]{3})'\n[date]", 1).replace(
    'text = "Trans', 'text = "Currency: EUR\\nTrans'
)


def test_a_file_that_does_not_say_its_currency_where_the_profile_looks_is_refused(folder: Folder) -> None:
    (folder.path / "profiles").mkdir()
    (folder.path / "profiles" / "euros.toml").write_text(EUROS.replace("-1.00 USD", "-1.00 EUR"))
    folder.write_by_hand('\n[[bank]]\nprofile = "euros"\naccount = "Liabilities:Card"\n', "daysheet.toml")
    row = DISCOVER + "02/01/2026,02/02/2026,SHOP,5.00,Office\n"
    assert "say the currency, which the profile looks for there" in error(folder, row)
    (answer,) = folder.take("b.csv", "Currency: EUR\n" + row)
    assert answer["booked"] == 1


def test_profile_new_says_which_profile_reads_the_file_already(folder: Folder) -> None:
    path = folder.give("a.csv", CHASE + 'DEBIT,03/18/2026,"LINEN",-84.20,ACH,1915.80,,\n')
    said = folder.run("profile", "new", path, "--name", "mine", "--currency", "USD")
    assert "a.csv: us-chase-checking reads this file already" in said.stderr
