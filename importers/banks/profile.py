"""The words of a bank profile: what a `profiles/*.toml` file may say, each with what it means.

The JSON Schema that editors complete from and the reference in the documentation are both made from these classes, so
a word has one explanation. A name with `_` is written with `-`.

Example:
    title = "Chase checking"
    country = "US"
    source = "https://… (header line)"
    [match]
    header = ["Details", "Posting Date", "Description", "Amount", "Type", "Balance", "Check or Slip #"]
    [date]
    column = "Posting Date"
    format = ["%m/%d/%Y"]
    [amount]
    column = "Amount"
    [text]
    narration = ["Description"]
    [balance]
    column = "Balance"
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from daysheet.importers.rows.cells import Column
from daysheet.strict_toml import word

MODES: Final = ("signed", "inverted", "split", "split-signed", "split-inverted", "indicator", "type", "suffix")

PERSON_SAID = "as a person said"
"""How evidence ends that rests on an answer."""


@dataclass(frozen=True, kw_only=True)
class Match:
    """What a file must show to be read by this profile."""

    header: tuple[str | tuple[str, ...], ...] = word(
        "The header row, literally and whole; a list inside it gives other texts that the bank has used for the same "
        "column. Letter case does not count, nor how many spaces stand between words. Leave it out for a file without "
        "a header.",
        (),
    )
    optional: tuple[str, ...] = word("Columns of the header that some exports leave out.", ())
    columns: tuple[str, ...] = word("Names for the columns of a file without a header, in order.", ())
    row: tuple[str, ...] = word(
        "For a file without a header: a regular expression for each of the first cells; the first rows must match.",
        (),
    )
    filename: str = word("A regular expression that must be found in the file's name.", "", regex=True)
    contains: tuple[str, ...] = word("Texts that must stand in the first 60 lines.", ())


@dataclass(frozen=True, kw_only=True)
class Layout:
    """How the file is written (`[file]`)."""

    encoding: str = word("Python's name of the encoding of files that are not Unicode; left out, it is detected.", "")
    delimiter: str = word("The one character between cells. A workbook has none, and this is then ignored.", ",")
    quote: str = word("The quote character; empty if quotes mean nothing in this file.", '"')
    sheet: str = word("The sheet of a workbook; left out, the first one in which the header stands.", "")
    stop: str = word("A regular expression; the first row whose text it is found in ends the table.", "", regex=True)
    ragged: bool = word("Rows may be shorter than the header: the missing cells are blank.", False)
    surplus: str = word(
        "Cells beyond the header: `error` (blank ones never are), `ignore`, or `join`, which puts them back into the "
        "column that they were cut from, with the delimiter between (an unquoted decimal comma).",
        "error",
        choices=("error", "ignore", "join"),
    )
    into: Column = word(
        "With `join`: the column that the surplus belongs to, if not the last (a text with unquoted delimiters).",
        "",
        key="join-into",
    )
    continuation: bool = word("A row with a blank date goes on with the text of the row above.", False)


@dataclass(frozen=True, kw_only=True)
class Dates:
    """When it happened (`[date]`)."""

    column: Column = word("The column of the booking date.", ...)
    format: tuple[str, ...] = word("strptime notations, tried in turn.", ...)
    language: str = word("Of month names: en, fr, de, es, pt, it, nl, sv, da, no or pl.", "en")
    fallback: Column = word("The column to take when the first is blank.", "")
    value: Column = word("The column of the value date, kept with the entry.", "")
    year: str = word(
        "For dates without a year: a regular expression for the file's name and the lines above the header, whose "
        "groups `year` and `month` give the statement's; a later month belongs to the year before.",
        "",
        regex=True,
    )
    first: str = word(
        "A regular expression for the lines around the table; its group is the first day covered.", "", regex=True
    )
    last: str = word("The same for the last day covered.", "", regex=True)
    zone: str = word("The time zone that the file's times are in, such as UTC.", "")
    local: str = word("The time zone whose calendar day counts, such as America/Chicago; needs `zone`.", "")


@dataclass(frozen=True, kw_only=True)
class Amounts:
    """How much, and in or out (`[amount]`)."""

    mode: str = word(
        "`signed`: one column, money out negative. `inverted`: one column, money out positive (most cards). `split`: a "
        "column for money out and one for money in, without signs. `split-signed`: the same, money out already "
        "negative. `split-inverted`: the same, money in negative. `indicator`: one column without sign and a column "
        "such as D/C. `type`: the same, the direction following from a text. `suffix`: Dr or Cr in the amount's own "
        "cell.",
        "signed",
        choices=MODES,
    )
    column: Column = word("The amount's column.", "")
    fallback: Column = word("The column to take where the first is blank.", "")
    less: tuple[Column, ...] = word(
        "Columns of what was given back, as positive numbers: the first that is not blank is taken off.", ()
    )
    debit: Column = word("Split modes: the column of money out.", "")
    credit: Column = word("Split modes: the column of money in.", "")
    direction: Column = word("Indicator and type: the column that says in or out.", "")
    out: tuple[str, ...] = word("Words (`type`: regular expressions) for money out.", ())
    into: tuple[str, ...] = word("Words (`type`: regular expressions) for money in, written `in`.", (), key="in")
    decimal: str = word("The decimal mark.", ".", choices=(".", ","))
    minor: int = word("The file counts in the smallest unit: how many decimals that is (2 for cents).", 0)
    strip: str = word(
        "A regular expression for what else stands in the amount's cell and is to be ignored.", "", regex=True
    )


@dataclass(frozen=True, kw_only=True)
class Fee:
    """What a processor kept (`[fee]`): the record's amount is net of it."""

    column: Column = word("The fee's column.", ...)
    of: str = word(
        "Whether the amount's column is `gross` (the fee is taken off) or `net` (it is off already).",
        "gross",
        choices=("gross", "net"),
    )
    negative: bool = word("The file writes a fee as a negative number.", False)


@dataclass(frozen=True, kw_only=True)
class Texts:
    """Whom it was with and what for (`[text]`)."""

    payee: tuple[Column, ...] = word("Columns of the merchant or counterparty: the first that is not blank.", ())
    payer: tuple[Column, ...] = word("The same when money came in, where the file has its own columns for that.", ())
    narration: tuple[Column, ...] = word("Columns of the description, joined.", ())
    payee_form: str = word(
        "The payee computed of columns: `{Type} {Name}`; what stands in [square brackets] is left out where its "
        "columns are blank. It goes before `payee`.",
        "",
    )
    narration_form: str = word("The same for the description.", "")
    check: Column = word("The column of a check's number, kept with the entry as `check`.", "")
    blank: tuple[str, ...] = word("Cells that mean nothing, such as a dash.", ())


@dataclass(frozen=True, kw_only=True)
class Balance:
    """The account's balance, by which an import is proved (`[balance]`)."""

    column: Column = word("The column of the balance after the row.", "")
    inverted: bool = word("What is owed is written as a positive number (cards).", False)
    opening: str = word(
        "A regular expression for the lines around the table; its group is the balance before it.", "", regex=True
    )
    closing: str = word("The same for the balance after it.", "", regex=True)
    order: str = word(
        "`ascending` (oldest row first), `descending`, or left out: as the dates and the balances say.",
        "",
        choices=("", "ascending", "descending"),
    )


@dataclass(frozen=True, kw_only=True)
class Named:
    """A fact that a column, the lines around the table or the profile itself gives (`[account]`, `[currency]`)."""

    column: Column = word("The column that says it.", "")
    fallback: Column = word("The column to take where the first is blank.", "")
    pattern: str = word(
        "A regular expression for the file's name and the lines around the table; its group says it. A file in which "
        "nothing says the currency so is refused.",
        "",
        regex=True,
    )
    fixed: str = word("It is always this.", "")
    map: dict[str, str] = word("What the file writes, and what it means.", {})


@dataclass(frozen=True, kw_only=True)
class Where:
    """Rows that are no entries (`[[skip]]`), with the reason that the report gives."""

    reason: str = word("What the import says of such a row: `pending`, `declined`, `opening balance` …", ...)
    column: Column | tuple[Column, ...] = word(
        "The column to look at, or a list of columns taken together; left out, the whole row.", ""
    )
    pattern: str = word("A regular expression that must be found; left out, the cell must be blank.", "", regex=True)
    unless: str = word("A regular expression that must not be found.", "", regex=True)
    balance: str = word(
        "The row states the `opening` or the `closing` balance.", "", choices=("", "opening", "closing")
    )


@dataclass(frozen=True, kw_only=True)
class Entry:
    """What a sample row must become."""

    date: str = word("As 2026-03-31.", ...)
    amount: str = word("With its sign and currency, as `-12.50 USD`.", ...)
    payee: str = word("The payee.", "")
    narration: str = word("The narration.", "")
    id: str = word("The bank's own id.", "")
    fee: str = word("The fee, without currency.", "")
    account: str = word("The account that the row names.", "")


@dataclass(frozen=True, kw_only=True)
class Sample:
    """Invented rows in the bank's shape and what they must give: the profile's own test (`[sample]`)."""

    text: str = word("The file.", ...)
    filename: str = word("Its name, where that matters.", "sample.csv")
    entries: tuple[Entry, ...] = word("The entries, in the file's order.", ...)
    skipped: tuple[str, ...] = word("The reasons of the rows skipped, in order.", ())
    proved: bool = word("The balances must prove the file complete.", False)


@dataclass(frozen=True, kw_only=True)
class Profile:
    """One export of one bank."""

    title: str = word("What a person calls it.", ...)
    institution: str = word("The bank's name.", ...)
    country: str = word("Two letters, or XX for everywhere.", ...)
    source: str = word("Where the layout is published: repository and path, its licence.", ...)
    match: Match = word("How the file is recognised.", ...)
    date: Dates = word("When.", ...)
    amount: Amounts = word("How much.", ...)
    sample: Sample = word("The profile's own test.", ...)
    kind: str = word(
        "`bank` for an account or a card, `payout` for a payment processor.", "bank", choices=("bank", "payout")
    )
    file: Layout = word("How the file is written.", Layout())
    text: Texts = word("Whom and what for.", Texts())
    id: tuple[Column, ...] = word("Columns that together are the bank's own id of a row.", ())
    balance: Balance | None = word("The balance.", None)
    account: Named | None = word("The account that the file or the row names.", None)
    currency: Named | None = word("The currency; left out, the books'.", None)
    fee: Fee | None = word("What a processor kept.", None)
    skip: tuple[Where, ...] = word("Rows that are no entries.", ())
    left_out: dict[str, str] = word(
        "Columns of money that are not read, by name (or number, in quotes), each with the reason; the import says so "
        "where one holds something else than zero or the row's amount.",
        {},
    )
    evidence: dict[str, str] = word(
        "What each part rests on, as `profile new` found it in the file or was told. Read by people, but for a "
        "`decimal` that ends in `as a person said`: three digits may then stand behind the mark.",
        {},
    )
