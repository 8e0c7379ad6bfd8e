"""Who an insurer is: the name and numbers on a remittance as a payer of the books, and its claims as theirs."""

from __future__ import annotations

import datetime
import re
from collections import Counter
from collections.abc import Callable, Iterable
from functools import cached_property
from typing import Final

from daysheet.accounts import RECEIVABLE_INSURANCE, account_part
from daysheet.billing.lines import bill_named, bill_of_line
from daysheet.books import Books
from daysheet.remittances import Remittance

_BEHIND_PATIENT: Final = re.compile(r"[0-9]{1,19}[-/.]([0-9]{1,19})")
_DIGITS: Final = re.compile(r"[0-9]+")
_TAX_NUMBER: Final = re.compile(r"1[0-9]{9}\Z")
_NOT_A_WORD: Final = re.compile(r"[^a-z0-9]+")


def payer_of(remittance: Remittance, books: Books) -> str:
    """The id of the payer that sent a remittance.

    By the numbers in the payer's `era-id` fact, else by its name (all words of the fact's name or id stand in the
    remittance's), else the payer of the invoices that it pays first. An insurer that the books do not
    know gets its name as id.
    """
    called = payer_called(remittance.payer, remittance.payer_ids, books)
    if called:
        return called
    billed = Counter(
        invoice.payer
        for claim in remittance.claims
        if claim.rank == "primary"
        for invoice in books.invoices.get(known_claim(claim.claim, None, books)[1], ())
        if invoice.payer
    )
    if len(billed) == 1:
        return next(iter(billed))
    return "-".join(_words(remittance.payer)) or "unknown-payer"


def payer_called(name: str, numbers: Iterable[str], books: Books) -> str:
    """The payer of a name and the numbers beside it; empty where the books know none, or several.

    Numbers go before names: those in the `era-id` facts. A name is a payer's if all words of the fact's name or id are
    in it.
    """
    theirs = set(map(_without_prefix, numbers))
    numbered = [payer for payer in books.payers if set(map(_without_prefix, _numbers(books, payer))) & theirs]
    if len(numbered) == 1:
        return numbered[0]
    words = _words(name)
    named = [payer for payer in books.payers if _is_named(books, payer, words)]
    return named[0] if len(named) == 1 else ""


def receivable_of(payer: str, day: datetime.date, books: Books) -> str:
    """The receivable account of a payer on a day: that of its fact, else one by its id."""
    fact = books.payer_on(payer, day)
    return f"{RECEIVABLE_INSURANCE}:{account_part(payer)}" if fact is None else fact.receivable


def known_claim(number: str, payer: str | None, books: Books) -> tuple[str, str]:
    """The claim and the invoice that a number on a remittance means; the number itself for both when nothing is known.

    The number (CLP01) is the one that the practice gave: its claim's, its invoice's, that of a line, or that of a visit
    on one invoice.
    """
    number = numbers_of(books).as_written(number) or number
    said = [state.invoice for state in books.claims.get(number, ()) if state.invoice != number]
    if said:
        return number, bill_named(said[-1], books) or said[-1]
    invoice = bill_named(number, books) or number
    own = _BEHIND_PATIENT.fullmatch(number)
    if invoice not in books.invoices and own and own[1] in numbers_of(books):  # its remittance came before its bill
        return known_claim(own[1], payer, books)
    claim = next((known for known in claims_of(invoice, books) if books.claims[known][-1].payer == payer), number)
    return claim, invoice


def claims_of(invoice: str, books: Books) -> list[str]:
    """The ids of an invoice's claims."""

    def work() -> dict[str, list[str]]:
        found: dict[str, list[str]] = {}
        for identifier, states in books.claims.items():
            named = states[-1].invoice
            found.setdefault(bill_meant(named, books) or named, []).append(identifier)
        return found

    return books.once("claims of invoices", work).get(invoice, [])


def bill_meant(number: str, books: Books) -> str | None:
    """The bill that a number means, as `bill_named` finds it, also where it is written in other letters or padded."""
    found = bill_named(number, books)
    if found is not None:
        return found
    numbers = books.once(
        "numbers of bills",
        lambda: ClaimNumbers(lambda: (*books.invoices, *books.invoices_of_visit, *bill_of_line(books))),
    )
    written = numbers.as_written(number)
    return None if written is None else bill_named(written, books)


class ClaimNumbers:
    """The numbers that a practice has put on its claims, found again however an insurer returns them.

    Insurers return them in capitals, with spaces around them, and with zeros before their digits or without. A number
    that fits several of the practice's so is none of them. Systems such as Open Dental (`1083/301`) and OpenEMR
    (`17-204`) send the patient's number before the claim's or the encounter's own.
    """

    def __init__(self, numbers: Callable[[], Iterable[str]]) -> None:
        """`numbers` gives all of them, when the first is looked for."""
        self._numbers = numbers

    def as_written(self, number: str) -> str | None:
        """The practice's number that one on a remittance means; None if it is none, or could be several."""
        if number in self._exact:
            return number
        of_digits = _is_digits(number)
        bare = number if of_digits else _bare(number)
        if bare in self._by_letters:
            return self._by_letters[bare]
        if of_digits or _is_digits(bare):
            return self._by_digits.get(bare.lstrip("0") or "0")
        digits = comparable_number(bare)
        if digits in self._by_digits:
            return self._by_digits[digits]
        own = _BEHIND_PATIENT.fullmatch(bare)
        return own[1] if own and own[1] in self._exact else None

    @cached_property
    def _exact(self) -> frozenset[str]:
        return frozenset(self._numbers())

    @cached_property
    def _by_letters(self) -> dict[str, str | None]:
        return _unique(self._exact, _bare)

    @cached_property
    def _by_digits(self) -> dict[str, str | None]:
        return _unique(self._exact, comparable_number)

    def __contains__(self, number: object) -> bool:
        """Whether it means one."""
        return isinstance(number, str) and self.as_written(number) is not None


def numbers_of(books: Books) -> ClaimNumbers:
    """Those of the books: of claims, invoices, lines and visits."""

    def work() -> ClaimNumbers:
        return ClaimNumbers(lambda: (*books.claims, *books.invoices, *books.invoices_of_visit, *bill_of_line(books)))

    return books.once("numbers of claims", work)


def comparable_number(number: str) -> str:
    """A number without letter case and padding: ` INV-0017` and `inv-17` are alike."""
    bare = _bare(number)
    if _is_digits(bare):
        return bare.lstrip("0") or "0"
    return _DIGITS.sub(lambda digits: digits[0].lstrip("0") or "0", bare)


def _unique(numbers: Iterable[str], key_of: Callable[[str], str]) -> dict[str, str | None]:
    """Each number by its key; None where several have one."""
    found: dict[str, str | None] = {}
    for number in numbers:
        key = key_of(number)
        found[key] = None if key in found else number
    return found


def same_letters(number: str) -> str:
    """A number without letter case and spaces, which senders change: `inv-17` and `INV-17` are one."""
    return _bare(number)


def _bare(number: str) -> str:
    return number if _is_digits(number) else "".join(number.split()).casefold()


def _is_digits(text: str) -> bool:
    return text.isascii() and text.isdigit()


def _numbers(books: Books, payer: str) -> set[str]:
    return {number for fact in books.payers[payer] for number in str(fact.meta.get("era-id", "")).split()}


def _without_prefix(number: str) -> str:
    """A tax number as an insurer's id without the 1 that TRN03 and BPR10 put before it."""
    return number[1:] if _TAX_NUMBER.match(number) else number


def named_in(text: str, books: Books) -> list[str]:
    """The payers whose name, or the first two words of it, or whose id stands in a text as words."""
    words = f" {' '.join(_words(text))} "
    found = []
    for payer, facts in books.payers.items():
        names = (form for fact in facts for form in (_words(fact.name)[:2], _words(fact.id)) if "".join(form).isalpha())
        if any(f" {' '.join(name)} " in words for name in names):
            found.append(payer)
    return found


def _is_named(books: Books, payer: str, words: list[str]) -> bool:
    return any(
        wanted and set(wanted) <= set(words)
        for fact in books.payers[payer]
        for wanted in (_words(fact.name), _words(fact.id))
    )


def _words(name: str) -> list[str]:
    return [word for word in _NOT_A_WORD.split(name.casefold()) if word]
