"""Finding what identifies a person in free text: to blank it in bank memos, and to stop a commit that holds it.

Numbers are known by their shape: Social Security numbers, telephone numbers, e-mail addresses, dates of birth. Names
are not; they are known if an export on this machine names them as a patient's (`Names`), or if the text says that a
person paid (`Zelle payment from …`).
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Iterable, Iterator
from functools import lru_cache
from typing import Final, NamedTuple

from daysheet.importers.privacy import payers
from daysheet.importers.privacy.identifiers import normal

BLANK: Final = "…"
PHONE: Final = "a telephone number"
_PAID: Final = "the name of a person who paid"
EMAIL: Final = "an e-mail address"
_SHAPES: Final = {
    "a Social Security number": re.compile(
        r"(?<![0-9-])(?!000|666)[0-9]{3}[- ](?!00)[0-9]{2}[- ](?!0000)[0-9]{4}(?![0-9-])"
    ),
    EMAIL: re.compile(r"(?<![\w.+-])[\w.+-]++@[\w-]+(\.[\w-]+)+"),  # begun once: at each letter of a word takes minutes
    PHONE: re.compile(
        r"(?<![\w./-])(\+?1[-. ]?)?(?!\(?8(?:00|22|33|44|55|66|77|88))"
        r"(\([2-9][0-9]{2}\) ?|[2-9][0-9]{2}[-. ])[2-9][0-9]{2}[-. ][0-9]{4}(?![\w-])"
    ),
    "a date of birth": re.compile(
        r"\b(dob|d\.o\.b\.|born|birth ?date|date of birth)\b\W{0,3}"
        r"([0-9]{1,4}[-./][0-9]{1,2}[-./][0-9]{1,4}"
        r"|[0-9]{1,2}\.? [a-z]{3,9}\.? [0-9]{4}|[a-z]{3,9}\.? [0-9]{1,2},? [0-9]{4})"
        r"|(?<![0-9])[0-9]{1,4}[-./][0-9]{1,2}[-./][0-9]{1,4}\W{1,3}(dob|birth ?date|date of birth)\b",
        re.IGNORECASE,
    ),
}
_PAYER: Final = re.compile(
    r"\b(?:zelle|venmo|cash ?app|e-?transfer|paypal)\b[^\n]{0,20}?\b(?:from|fr)\b[ :*]*"
    r"(?P<person>[^\W\d_][^\n\d#*;:\"]*[^\W\d_])",
    re.IGNORECASE,
)
_MARKS: Final = {
    EMAIL: re.compile("@"),
    "a date of birth": re.compile(r"d\.?o\.?b\b|born|birth", re.IGNORECASE),
    _PAID: re.compile(r"zelle|venmo|cash ?app|transfer|paypal", re.IGNORECASE),
}
"""What is in every text that has one of these: a text without it, as most are, need not be searched."""
_WORD: Final = re.compile(r"[^\W\d_]+(?:['’-][^\W\d_]+)*")
_APOSTROPHES: Final = re.compile(r"(?<=\w)['’](?=\w)")
_LETTERS: Final = str.maketrans(
    {"ø": "o", "Ø": "O", "ł": "l", "Ł": "L", "đ": "d", "Đ": "D", "ı": "i", "æ": "ae", "Æ": "AE"}
)
_LONGEST: Final = 6
_SHORTEST: Final = 5


class Hit(NamedTuple):
    """Something in a text that identifies a person: where it stands, and what it is; never what it says."""

    start: int
    end: int
    what: str


class Names:
    """Names and numbers of patients, as exports on this machine give them, in comparable form."""

    def __init__(self, cells: Iterable[str]) -> None:
        """`cells` are whole cells of columns that name or number a patient.

        A name counts with two words or more: a single one is too often a word of the ledger as well. A number counts
        with five digits or more.
        """
        self.people: set[str] = set()
        self.words: set[str] = set()
        self.numbers: set[str] = set()
        for cell in cells:
            words = _comparable(cell).split()
            letters = [word for word in words if word.isalpha() and len(word) > 1]
            if len(letters) > 1 and len(letters) == len([word for word in words if len(word) > 1]):
                self.people.add(" ".join(letters))
                self.words.update(letters)
            elif sum(character.isdigit() for character in cell) >= _SHORTEST:
                self.numbers.add(_compact(cell))

    def __bool__(self) -> bool:
        return bool(self.people or self.numbers)

    def hits(self, text: str) -> Iterator[Hit]:
        """Where the text names one of them, in whatever case and order, with or without accents and commas."""
        words = list(_WORD.finditer(text)) if self.people else []
        start = 0
        while start < len(words):
            size = self._named(text, words[start : start + _LONGEST]) if self._may_name(words[start]) else 0
            if size:
                yield Hit(words[start].start(), words[start + size - 1].end(), "a patient's name")
            start += size or 1
        if self.numbers:
            for match in re.finditer(r"[A-Za-z0-9][A-Za-z0-9./-]{3,}[A-Za-z0-9]", text):
                if _compact(match[0]) in self.numbers:
                    yield Hit(match.start(), match.end(), "a patient's number or birth date")

    def _may_name(self, word: re.Match[str]) -> bool:
        """Whether a word is one of somebody's name, or an initial: what is none is in no name."""
        return all(len(part) < 2 or part in self.words for part in _parts(word[0]))

    def _named(self, text: str, words: list[re.Match[str]]) -> int:
        """How many of these words, from the first, are the longest name; 0 where they are none."""
        most = next((count for count, word in enumerate(words) if not self._may_name(word)), len(words))
        return next((count for count in range(most, 0, -1) if self._names(text, words[:count])), 0)

    def _names(self, text: str, words: list[re.Match[str]]) -> bool:
        between = text[words[0].end() : words[-1].start()]
        if "\n" in between or len(between) > 60:
            return False
        letters = sorted(part for word in words for part in _parts(word[0]) if len(part) > 1)
        return len(letters) > 1 and " ".join(letters) in self.people


def hits(text: str, names: Names) -> list[Hit]:
    """Everything in a text that identifies a person, in order; of what overlaps, the first."""
    found = [
        Hit(*match.span(), what)
        for what, pattern in _SHAPES.items()
        if what not in _MARKS or _MARKS[what].search(text)
        for match in pattern.finditer(text)
    ]
    if _MARKS[_PAID].search(text):
        found += [Hit(*match.span("person"), _PAID) for match in _PAYER.finditer(text)]
    found += names.hits(text)
    kept: list[Hit] = []
    for hit in sorted(found):
        if not kept or hit.start >= kept[-1].end:
            kept.append(hit)
    return kept


def scrubbed(text: str, names: Names, keep: str = "") -> str:
    """The text with `…` in the place of everything that identifies a person, but hits of what is to be kept."""
    return _blanked(text, [hit for hit in hits(text, names) if hit.what != keep])


def memo(text: str, names: Names, *, incoming: bool, whole: str = "", keep: Collection[str] = frozenset()) -> str:
    """A bank's text scrubbed; telephone numbers stay, since shops print theirs.

    Args:
        text: the text, or one part of it.
        names: patients.
        incoming: whether the money came in: then, whoever paid by Zelle, check and the like is blanked as well.
        whole: all that the bank says of the line, where `text` is a part of it.
        keep: words, in small letters, that are no patient's: of the payers and others whom the books know.
    """
    found = [hit for hit in hits(text, names) if hit.what != PHONE]
    found += [Hit(*span, _PAID) for span in payers.spans(text, whole or text, incoming, keep)]
    return _blanked(text, found)


def _blanked(text: str, found: list[Hit]) -> str:
    parts: list[str] = []
    last = 0
    for hit in sorted(found):
        if hit.start >= last:
            parts += [text[last : hit.start], BLANK]
        last = max(last, hit.end)
    return "".join((*parts, text[last:]))


def scan(text: str, names: Names, own: frozenset[str] = frozenset()) -> list[tuple[int, str]]:
    """Each line, counted from 1, that identifies a person, and by what; for a check before a commit.

    Args:
        text: of a file of the books.
        names: patients.
        own: addresses and telephones that are nobody's but the practice's (`addresses`).
    """
    composed = unicodedata.normalize("NFC", text)
    found = [hit for hit in hits(composed, names) if composed[hit.start : hit.end].casefold() not in own]
    lines = []
    line, last = 1, 0
    for hit in found:  # in order, so that each line is counted once
        line, last = line + composed.count("\n", last, hit.start), hit.start
        lines.append((line, hit.what))
    return lines


def addresses(text: str) -> frozenset[str]:
    """The e-mail addresses and telephone numbers in a text that says who the practice and its own people are."""
    found = (match[0] for what in (EMAIL, PHONE) for match in _SHAPES[what].finditer(text))
    return frozenset(address.casefold() for address in found)


def _comparable(text: str) -> str:
    """A name without case, accents and marks, each word for itself: `D'Amboise` as `damboise`, `Łucja` as `lucja`."""
    return normal(_APOSTROPHES.sub("", text).translate(_LETTERS))


@lru_cache(maxsize=65536)
def _parts(word: str) -> tuple[str, ...]:
    """The comparable form of one word of a text, which a hyphen makes two."""
    return tuple(_comparable(word).split())


def _compact(cell: str) -> str:
    return re.sub(r"[^0-9a-z]", "", cell.casefold())
