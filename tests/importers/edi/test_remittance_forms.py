"""One remittance in every form that senders and mail give it: claims and sums stay the same, or an error says why."""

from __future__ import annotations

import json
import re
from decimal import Decimal

import pytest

from tests.importers.books_folder import CHASE, INVOICES, Folder
from tests.importers.deriving.test_payment_posting import balance, era_text
from tests.importers.edi.test_remittance_import import PAYER

CLAIMS = (
    "CLP*INV-1*1*150*80*20*12*X", "CAS*CO*45*50", "CAS*PR*3*20",
    "CLP*INV-2*1*100*60*0*12*Y", "SVC*HC:97110*100*60**1", "CAS*CO*45*40",
)  # fmt: skip
BASE: str = era_text(*CLAIMS, sent="140")
BODY = BASE[BASE.index("ST*835") : BASE.index("GE*1")]
GROUP = BASE[BASE.index("GS*") : BASE.index("IEA")]
ONE, TWO, NONE = (2, "140.00"), (4, "280.00"), (0, "0.00")


def amounts(paid: str, sent: str) -> str:
    """The same with the first claim's payment and the sum written another way."""
    return BASE.replace("*150*80*20", f"*150*{paid}*20").replace("*140*C", f"*{sent}*C")


def adjusted(*segments: str, sent: str = "140", way: str = "ACH") -> str:
    """The same with provider adjustments behind the claims."""
    plb = "".join(f"{segment}~\n" for segment in segments)
    return BASE.replace("SE*9", f"{plb}SE*9").replace("*140*C*ACH", f"*{sent}*C*{way}")


def without(segment: str) -> str:
    return "\n".join(line for line in BASE.split("\n") if not re.match(segment, line))


SAME: dict[str, str | bytes] = {
    "as it should be": BASE,
    "a byte-order mark": "\ufeff" + BASE,
    "UTF-16": BASE.encode("utf-16"),
    "indented": BASE.replace("\n", "\n    "),
    "indented by tabs": BASE.replace("\n", "\n\t"),
    "indented by no-break spaces": BASE.replace("\n", "\n\u00a0"),
    "Windows line ends": BASE.replace("\n", "\r\n"),
    "old Macintosh line ends": BASE.replace("\n", "\r"),
    "line ends for terminators": BASE.replace("~", ""),
    "Windows line ends for terminators": BASE.replace("~\n", "\r\n").replace("~", "\r\n"),
    "all on one line": BASE.replace("\n", ""),
    "wrapped at 80": re.sub(r"(.{80})", r"\1\r\n", BASE.replace("\n", "")),
    "padded to 80": "\n".join(line.ljust(80) for line in BASE.split("\n")),
    "blanks between segments": BASE.replace("~\n", "~ "),
    "doubled terminators": BASE.replace("~", "~~"),
    "elements by pipes": BASE.replace("*", "|"),
    "elements by tabs": BASE.replace("*", "\t"),
    "components by >": BASE.replace(":", ">"),
    "components by <": BASE.replace(":", "<"),
    "segments by ?": BASE.replace("~", "?"),
    "segments by '": BASE.replace("~", "'"),
    "segments by a control character": BASE.replace("~", "\x85").encode("latin-1"),
    "prose before it": "Dear practice,\nISA and GS stand below.\n\n" + BASE,
    "prose that starts as it does": "ISA Remittance of Aetna\n\n" + BASE,
    "prose behind it": BASE + "\n\nISA: end of message\n",
    "the end mark of DOS": BASE + "\x1a",
    "small letters in segment ids": re.sub(r"(?m)^([A-Z][A-Z0-9]{1,2})\*", lambda found: found[0].lower(), BASE),
    "small letters throughout": BASE.lower(),
    "no repetition separator": BASE.replace("*^*", "*U*"),
    "version 4010": BASE.replace("*^*00501", "*U*00401").replace("005010X221A1", "004010X091A1"),
    "a header without its days": BASE.replace("*261230*1200*^", "*XXXXXX*    *^"),
    "no padding in ISA": re.sub(r" {2,}", "", BASE),
    "no component separator": BASE.replace("*P*:~", "*P*~"),
    "no last element in ISA": BASE.replace("*P*:~", "*P~"),
    "no SE": without("SE"), "no GE": without("GE"), "no IEA": without("IEA"), "no GS": without("GS"),
    "no trailers": BASE.partition("SE*9")[0],
    "cut behind the last claim": BASE.partition("~\nSE*9")[0],
    "no LX": without("LX"), "no TRN": without("TRN"), "no payer": without("N1.PR"), "nobody": without("N1"),
    "two TRN": BASE.replace("TRN*1", "TRN*1*OTHER99*1~\nTRN*1"),
    "plus signs": amounts("+80", "+140.00"), "a point at the end": amounts("80.", "140."),
    "dollar signs": amounts("$80", "$140"), "more zeros": amounts("080.000", "140.0000"),
    "six triplets": BASE.replace("CO*45*50", "CO*45*10**97*10**131*10**144*10**253*5**24*5"),
    "triplets with quantities": BASE.replace("CO*45*50", "CO*45*25*1*97*25*2"),
    "an empty triplet": BASE.replace("CO*45*50", "CO*45*25*****97*25"),
    "several provider adjustments": adjusted("PLB*1*20261231*WO:1*10*L6:2*-5*72:3*1*IR:4*2*FB:5*3*CS:6*4", sent="125"),
    "two PLB": adjusted("PLB*1*20261231*WO:1*10", "PLB*2*20261231*WO:1*5", sent="125"),
    "an adjustment and its opposite": adjusted("PLB*1*20261231*FB:1*700*FB:1*-700"),
    "all recouped": adjusted("PLB*1*20261231*WO:1*140", sent="0", way="NON"),
    "more recouped than paid": adjusted("PLB*1*20261231*WO:1*200", sent="-60"),
    "more recouped than paid, as a debit": adjusted("PLB*1*20261231*WO:1*200", sent="60").replace("*60*C", "*60*D"),
}  # fmt: skip


def said(folder: Folder, text: str | bytes) -> dict[str, object]:
    result = folder.run("identify", "--json", folder.give("advice.835", text))
    assert result.stderr == ""
    (answer,) = json.loads(result.stdout)
    return dict(answer)


@pytest.mark.parametrize("text", SAME.values(), ids=SAME)
def test_its_form_changes_nothing(folder: Folder, text: str | bytes) -> None:
    answer = said(folder, text)
    assert (answer["claims"], answer["paid"], answer["balanced"]) == (*ONE, True), answer["problems"]


SEVERAL = {
    "two interchanges": BASE + "\n" + BASE,
    "two interchanges on one line": BASE.replace("\n", "") * 2,
    "two interchanges of other delimiters": BASE + BASE.replace("*", "|").replace("~", "'"),
    "two groups": BASE.replace("IEA", GROUP + "IEA"),
    "two transactions": BASE.replace("GE*1*1", BODY + "GE*2*1"),
    "two transactions, none closed": (BASE.replace("GE*1*1", BODY + "GE*2*1")).replace("SE*9*0001~\n", ""),
}


@pytest.mark.parametrize("text", SEVERAL.values(), ids=SEVERAL)
def test_all_that_a_file_holds_is_counted(folder: Folder, text: str) -> None:
    answer = said(folder, text)
    assert (answer["claims"], answer["paid"], answer["balanced"]) == (*TWO, True), answer["problems"]


def test_thousands_are_read(folder: Folder) -> None:
    text = BASE.replace("*150*80*20", "*1,150*1,080.00*20").replace("*140*C", "*1,140.00*C")
    assert (said(folder, text)["paid"], said(folder, text)["balanced"]) == ("1140.00", True)


def test_a_payment_without_claims_and_without_money_is_read(folder: Folder) -> None:
    text = re.sub(r"(?m)^(CLP|SVC|CAS).*\n", "", BASE).replace("*140*C*ACH", "*0*C*NON")
    answer = said(folder, text)
    assert (answer["claims"], answer["paid"], answer["balanced"]) == (*NONE, True)


@pytest.mark.parametrize(
    "paid", ["80,00", "1.080,00", "8,0.00", "8E1", "(80)", "80-", "XXX", "#####", "80 USD", "1 080", "8O", "٨٠", "NaN"]
)
def test_an_amount_that_is_none_is_named_by_its_place(folder: Folder, paid: str) -> None:
    """A comma that is no thousands separator would make 8,000 of 80,00."""
    path = folder.give("advice.835", amounts(paid, "140"))
    for command in (["identify", "--json"], ["identify"], ["import"]):
        result = folder.run(*command, path)
        assert (result.return_value, result.stderr) == (2, f"daysheet: {path}:10: CLP04 is not an amount\n")


@pytest.mark.parametrize(
    ("text", "figures"),
    [
        (amounts("81", "140"), "140.00 sent (BPR02), but 2 claims paid 141.00"),
        (BASE.replace("CO*45*50", "CO*45*49"), "claim 1 (line 10): charged 150.00, paid 80.00, adjusted 69.00: +1.00"),
        (BASE.replace("CO*45*50", "CO**50"), "claim 1 (line 10): charged 150.00, paid 80.00, adjusted 20.00: +50.00"),
        (adjusted("PLB*1*20261231*WO:1*10"), "less provider adjustments 10.00 give 130.00: +10.00 unexplained"),
    ],
)
def test_one_that_does_not_balance_is_counted_and_its_figures_named(folder: Folder, text: str, figures: str) -> None:
    answer = said(folder, text)
    assert (answer["claims"], answer["balanced"]) == (2, False)
    assert figures in str(answer["problems"])
    assert figures in folder.run("import", folder.give("advice.835", text)).stderr


OTHERS = {
    "834": "834 (an enrolment)",
    "820": "820 (a payment of premiums)",
    "850": "850",
}


@pytest.mark.parametrize("name", ["file.835", "file.txt", "file.edi"])
@pytest.mark.parametrize("kind", OTHERS)
def test_an_x12_file_of_another_kind_is_called_by_it(folder: Folder, kind: str, name: str) -> None:
    other = folder.give(name, BASE.replace("ST*835", f"ST*{kind}"))
    told = f"{name}:1: an X12 file without a remittance: its transactions are of kind {OTHERS[kind]}, not 835"
    assert told in folder.run("identify", other).stderr
    assert told in folder.run("import", other).stderr


def test_an_address_is_no_remittance(folder: Folder) -> None:
    bank = CHASE + 'DEBIT,01/02/2027,"SHELL 12 ELM ST,835,",-60.00,ACH_DEBIT,,\n'
    (answer,) = folder.take("bank.csv", bank)
    assert answer["profile"] == "us-chase-checking"


def test_an_interchange_of_nothing_is_said_to_hold_nothing(folder: Folder) -> None:
    text = re.sub(r"(?s)GS.*?(?=IEA)", "", BASE)
    assert "its header is not followed by any" in folder.run("import", folder.give("none.edi", text)).stderr


@pytest.mark.parametrize(
    ("text", "line"),
    [
        (adjusted("PLB*1*20261231*WO:1*200", sent="-60"), "-60.00"),
        (adjusted("PLB*1*20261231*WO:1*200", sent="60").replace("*60*C", "*60*D"), "-60.00"),
        (adjusted("PLB*1*20261231*WO:1*140", sent="0", way="NON"), None),
    ],
    ids=["negative", "debit", "nothing sent"],
)
def test_what_is_recouped_beyond_a_payment_leaves_nothing_in_clearing(
    folder: Folder, text: str, line: str | None
) -> None:
    folder.write_by_hand(PAYER)
    rows = "".join(f"INV-{n},,2026-12-01,adams,P-{n},aetna,{fee},\n" for n, fee in ((1, "150.00"), (2, "100.00")))
    folder.take("invoices.csv", INVOICES + rows)
    folder.take("advice.835", text)
    if line is not None:
        folder.take("bank.csv", CHASE + f"DEBIT,01/02/2027,AETNA TRN*1*71700666555*19356,{line},ACH_DEBIT,,\n")
    books = folder.books()
    recouped = Decimal(line or 0) - 140
    assert balance(books, "Assets:Clearing:Deposits") == 0
    assert balance(books, "Assets:Clearing:Recoupments") == -recouped
    assert balance(books, "Income:Visits:Adams") == -140
    assert balance(books, "Assets:Receivable:Patients") == 20
    assert balance(books, "Assets:Receivable:Insurance") == 0
