"""What may pass from a practice's export into the books, and what becomes a token or is dropped.

The rule is to let through what is known to be no identifier, never to look for identifiers in what passes: a name
cannot be told from a treatment, nor a member id from an invoice number. So an id passes if it is shaped as software
numbers its own records, a provider or payer if the books know it, a service if it is a code or made of words of the
trade. Everything else becomes `x-` and 48 bits of the practice's keyed hash: equal cells stay equal, and nobody can
read them.
"""

from __future__ import annotations

import re
import string
import unicodedata
from collections.abc import Callable, Iterable, Mapping, Sequence
from itertools import groupby
from typing import Final

from daysheet.books import Books
from daysheet.patients import opaque
from daysheet.patterns import Pattern

_UUID: Final = re.compile(r"[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")
_CODE: Final = re.compile(
    r"[A-Za-z]{0,8}([-_./#][A-Za-z]{1,8})?([-_./#]?[0-9]{1,6}|(?<=[A-Za-z])[-_]?20[0-9]{6})([-_./#][0-9]{1,6}){0,3}[A-Za-z]?"
)
_PERSONAL: Final = re.compile(
    r"[0-9]{3}-[0-9]{2}-[0-9]{4}"  # a Social Security number
    r"|[xX*]{3}-?[xX*]{2}-?[0-9]{4}"  # one of which four digits are left
    r"|(1[-./])?[0-9]{3}[-./][0-9]{3}[-./][0-9]{4}"  # a telephone number
    r"|(19|20)[0-9]{2}(?P<mark>[-./]?)[0-9]{1,2}(?P=mark)[0-9]{1,2}"  # a birth date, year first
    r"|[0-9]{1,2}(?P<sign>[-./])[0-9]{1,2}(?P=sign)([0-9]{2}){1,2}"  # a birth date, year last
    r"|[0-9][A-Za-z][A-Za-z0-9][0-9]-?[A-Za-z][A-Za-z0-9][0-9]-?[A-Za-z]{2}[0-9]{2}"  # a Medicare number
)
_OWN: Final = re.compile(r"(?=[^0-9]*[0-9])([-_./#:]?[A-Za-z0-9])*")
_NUMBERED: Final = re.compile(r"[0-9]{9}|(?<![A-Za-z])[A-Z]{1,4}-?(?!20)[0-9]{8}")
_MONEY: Final = re.compile(
    r"[-+−(]? ?((US|CA?|AU?|NZ)?\$|[€£])? ?[-+−]?"
    r"([0-9]{1,7}|[0-9]([,.' ][0-9]{3}){2}|[0-9]{1,3}[,.' ][0-9]{3})?([.,][0-9]*)?[-)]?"
)
_SLUG: Final = re.compile(r"[a-z]{1,24}")
_SERVICE_CODE: Final = re.compile(
    r"[A-Z]{0,2}[0-9]{3,5}[A-Z]?([-:, ]{1,2}([A-Z]{2}|[A-Z][0-9]|[0-9][A-Z]))*"
    # modifiers of digits alone stand behind five characters only: after a year they would be a birth date
    r"|([A-Z]{1,2}[0-9]{3,4}|[0-9]{5}|[0-9]{4}[A-Z])([-:, ]{1,2}([A-Z]{2}|[0-9]{2}|[A-Z][0-9]|[0-9][A-Z]))*"
)
_LETTERS: Final = string.ascii_letters
_MARKS: Final = re.compile(r"[^0-9A-Za-z*]+")
_LONG_NUMBER: Final = 10
"""So many digits has a telephone's number; a card's and an account's have more."""
_MOST_NUMBERS: Final = 2
"""So many numbers in a row are a length or a count; three are a date or a person's number."""
_BETWEEN_CODES: Final = re.compile(r" *[,;/+&|] *")
_WORD: Final = re.compile(r"[^\W_]+")
_TITLE_TEXT: Final = "dr doctor md do dds dmd dvm phd psyd np pa pac rn lcsw lmft lpc lmhc pt dpt ot mr mrs ms prof"
_TITLES: Final = frozenset(_TITLE_TEXT.split())
_SERVICE_TEXT: Final = """
a acupuncture acute adjustment adult an and annual appointment assessment blood canal care case child chiropractic
class cleaning clinic consult consultation counseling counselling couples crown dental emergency established eval
evaluation exam examination extended extraction family fee filling first flu follow followup for form group home hour
hygiene implant in individual initial injection session lab laser level long manual massage med medical medication
mental min mins minute minutes new nutrition occupational of office online ortho ot patient patients person phone
physical physio physiotherapy procedure psychotherapy pt ray re recheck rehab report return review root routine
scaling screening second service session short single spay speech standard surgery telehealth test testing
therapeutic therapy treatment up urgent vaccination vaccine video virtual visit well wellness with x xray
"""
_SERVICE_WORDS: Final = frozenset(_SERVICE_TEXT.split())

Token = Callable[[str], str]


def normal(text: str) -> str:
    """A name's comparable form, without case, accents, marks or order: `GARCÍA, Ana` and `ana garcia` agree."""
    plain = unicodedata.normalize("NFKD", text).casefold()
    return " ".join(sorted(_WORD.findall("".join(c for c in plain if not unicodedata.combining(c)))))


def is_code(text: str, plain: Iterable[Pattern] = ()) -> bool:
    """Whether a cell is shaped as software numbers its records, and not as a person's number, date or name.

    Args:
        text: the cell.
        plain: patterns of ids that the system in question is known to issue.
    """
    if any(pattern.fullmatch(text) for pattern in plain):
        return True
    return bool(_UUID.fullmatch(text) or (_CODE.fullmatch(text) and not _is_personal(text)))


def _is_personal(text: str) -> bool:
    """Whether a text is a birth date or a person's number, whatever marks stand between its parts."""
    return bool(_PERSONAL.fullmatch(text) or _PERSONAL.fullmatch(_MARKS.sub("-", text).strip("-")))


def identifier(text: str, token: Token, plain: Iterable[Pattern] = ()) -> str:
    """An id of a record: itself if it `is_code`, else opaque."""
    return text if is_code(text, plain) else opaque(text, token)


def own_identifier(text: str, token: Token) -> str:
    """An id that the practice gives its own records: itself if it has a digit and is no person's number, else opaque.

    Wider than `identifier`, because the practice chose it; a name alone, an address and what has the shape of a
    Social Security, telephone or member number or of a birth date never pass.
    """
    is_own = _OWN.fullmatch(text) and not _is_personal(text) and not _NUMBERED.search(text)
    return text if is_own or is_code(text) else opaque(text, token)


def own_identifiers(texts: Sequence[str], token: Token, *, by_spaces: bool = False) -> tuple[str, ...]:
    """Ids that stand in one cell; an opaque one makes them one: the cell may have been a number in groups.

    Args:
        texts: the ids.
        token: makes a text opaque.
        by_spaces: nothing but spaces parts them, as the groups of a card's, an account's or a telephone number.
    """
    kept = tuple(own_identifier(text, token) for text in texts)
    if kept != tuple(texts) or _PERSONAL.fullmatch("-".join(texts)) or (by_spaces and _are_groups(texts)):
        return (opaque(" ".join(texts), token),) if len(texts) > 1 else kept
    return kept


def _are_groups(texts: Sequence[str]) -> bool:
    """Whether ids may be the groups of one long number: records of one time are numbered alike, and one after another.

    So they are none if all are numbers that only rise or only fall, the highest at most twice the lowest.
    """
    numbers = [int(text) for text in texts if text.isdigit()]
    if len(numbers) <= 1 or sum(map(str.isdigit, "".join(texts))) < _LONG_NUMBER:
        return False
    in_order = numbers in (sorted(set(numbers)), sorted(set(numbers), reverse=True))
    return len(numbers) < len(texts) or not in_order or max(numbers) > 2 * min(numbers)


def own_word(text: str, known: Mapping[str, str], token: Token) -> str:
    """A provider or payer in the practice's own files, which hold ids: as the books know it, else an id, else opaque.

    One word in lower case is an id while the books know nobody of the kind; where they do, only theirs and codes are.
    """
    found = known.get(normal(text)) or known.get(untitled(text))
    is_id = is_code(text) or (not known and _SLUG.fullmatch(text))
    return found or (text if is_id else opaque(text, token))


def is_money(text: str) -> bool:
    """Whether a cell is shaped as money of a practice, and not as a number of a person.

    No letters but those of a dollar sign, and fewer than ten million: a Social Security number, a telephone number or
    a birth date without its marks would else pass as an amount.
    """
    return not text.strip() or bool(_MONEY.fullmatch(text.strip()))


def service(text: str, known: Mapping[str, str] | None = None) -> str | None:
    """What was done: the practice's own word for it, a procedure code, or a text of words of the trade; else None."""
    mapped = (known or {}).get(normal(text))
    if mapped is not None:
        return mapped
    if is_service_code(text):
        return text
    codes = _BETWEEN_CODES.split(text)
    if len(codes) > 1 and all(map(is_service_code, codes)):
        return ", ".join(codes)
    words = _WORD.findall(text.casefold())
    of_the_trade = all(word in _SERVICE_WORDS or (word.isdigit() and len(word) <= 3) for word in words)
    numbers = max((len(run) for run in _runs(words)), default=0)
    says = numbers <= _MOST_NUMBERS and not all(map(str.isdigit, words))
    return " ".join(text.split()) if of_the_trade and says else None


def _runs(words: Iterable[str]) -> list[list[str]]:
    """The numbers that follow each other without a word between."""
    return [list(group) for is_number, group in groupby(words, str.isdigit) if is_number]


def is_service_code(text: str) -> bool:
    """Whether a cell is a procedure's code, perhaps with modifiers."""
    return bool(_SERVICE_CODE.fullmatch(text)) and not _is_personal(text.lstrip(_LETTERS))


def names_of(facts: Iterable[tuple[str, str]]) -> dict[str, str]:
    """Ids by what their bearer is called: each fact is an id and a name; titles and degrees do not count."""
    known: dict[str, str] = {}
    for identity, name in facts:
        known[normal(identity)] = identity
        known[normal(name)] = identity
        known[untitled(name)] = identity
    known.pop("", None)
    return known


def untitled(name: str) -> str:
    """A provider's comparable name without titles: `Dr. Gabriella Evans, PhD` gives `evans gabriella`."""
    return " ".join(word for word in normal(name).split() if word not in _TITLES)


def providers_of(books: Books) -> dict[str, str]:
    """The books' providers by id and name, each in comparable form."""
    return names_of((fact.id, fact.name) for facts in books.providers.values() for fact in facts)


def provider_called(number: str, name: str, books: Books) -> str:
    """The books' provider of a national number (`npi` of the provider's facts), else of a name; else empty."""
    for facts in books.providers.values() if number else ():
        if any(number in str(fact.meta.get("npi", "")).split() for fact in facts):
            return facts[-1].id
    known = books.once("providers by name", lambda: providers_of(books))
    return known.get(normal(name)) or known.get(untitled(name)) or ""


def payers_of(books: Books) -> dict[str, str]:
    """The books' payers by id and name, each in comparable form."""
    return names_of((fact.id, fact.name) for facts in books.payers.values() for fact in facts)


def bearer(text: str, known: Mapping[str, str], token: Token, plain: Iterable[Pattern] = ()) -> str:
    """A provider's or payer's id: as the books know the name, else the cell if it `is_code`, else opaque."""
    found = known.get(normal(text)) or known.get(untitled(text))
    return found or identifier(text, token, plain)
