"""Who paid, in a bank's text: by Zelle, Venmo and the like, or by check, in whatever wording.

Banks have a wording each (`ZELLE CREDIT PAY ID:… NAME:…`, `TD ZELLE RECEIVED, …`), and what stands in it beside the
name is a memo that may name a patient as well. So it is not looked for what a name is: where the text says that a
person's money came in, only words stay that say what kind of entry it is, words of companies, and numbers.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from typing import Final

from daysheet.importers.privacy.bank_words import KINDS

_RAIL: Final = re.compile(
    r"""\b(
        zelle | zel | venmo | cash\s?app | sqc | quick\s?pay | pop\s?money | apple\s?cash | google\s?pay | gpay
        | interac | e-?transfer | e-?tfr | etransfer | pay\s?pal | person\s?to\s?person | p2p
        | real\s?time\s(transfer|payment|pmt) | rtp | instant\s(payment|pmt)
        | quick\s?transfer | bill\s?pay(ment)?\sfrom
    )(?![^\W\d_])""",
    re.IGNORECASE | re.VERBOSE,
)
_WIRED: Final = re.compile(r"\b(orig|b/o|org)\s?[:=]", re.IGNORECASE)
_CHECK: Final = re.compile(r"\b(e-?)?(check|chk|cheque|chq|ck)s?\b", re.IGNORECASE)
_OF_ANOTHER: Final = re.compile(
    r"\b(from|fr|deposit(ed)?|dep|returned|return|rtn|rtnd|nsf|item|chargeback|remote|mobile|rdc)\b", re.IGNORECASE
)
_RETURNED: Final = re.compile(r"\b(returned|return|rtn|rtnd|nsf|chargeback)\b", re.IGNORECASE)
_SENT: Final = re.compile(r"(?<!person )\b(sent|to|debit|dr)\b", re.IGNORECASE)
_WORD: Final = re.compile(r"(?<![\w$@])[^\W\d_]+(?:['’.-][^\W\d_]+)*(?!\w)|(?<!\w)@[\w.-]+|(?<!\w)\$[^\W\d]\w+")
_RAIL_TEXT: Final = """
zelle zel venmo cash app cashapp cashout sqc square sq quickpay quick popmoney apple google gpay interac transfer
e-transfer etransfer tfr e-tfr etfr paypal person p2p real time rtp instant business customer sender org orig indn co
ppd web ccd des conf confirmation autodeposit name recd aba contr bnk bnf iid trn ind entry descr sec eed add td chase
wells fargo america early warning services bac usb us autopay rail billpay billpayment wt fed srf srn wires echeck
e-check nsf rtn rtnd rdc capture scan uncollected insufficient stop
"""
_RAIL_WORDS: Final = frozenset(_RAIL_TEXT.split())
_COMPANY_TEXT: Final = """
inc incorporated llc llp lp ltd corp corporation company plc pllc assn association insurance assurance medicare
medicaid treas treasury hcclaimpmt bcbs aetna cigna humana anthem uhc optum kaiser tricare metlife ameritas
"""
_COMPANY: Final = frozenset(_COMPANY_TEXT.split())
"""What stands in the names of companies and insurers and in nobody's own, nor in what a patient writes beside it."""


def spans(text: str, whole: str, incoming: bool, keep: Collection[str] = frozenset()) -> Iterator[tuple[int, int]]:
    """Where a bank line's text may name who paid.

    Args:
        text: the text, or one part of it.
        whole: all that the bank says of the line, which tells how it was paid.
        incoming: whether the money came in.
        keep: words, in small letters, that are no patient's: of the payers and others whom the books know.
    """
    if not _by_a_person(whole, incoming):
        return
    run: list[re.Match[str]] = []
    for word in _WORD.finditer(text):
        if _is_known(word[0], keep):
            continue
        if run and not _joins(text[run[-1].end() : word.start()]):
            yield from _person(run)
            run = []
        run.append(word)
    yield from _person(run)


def _person(run: list[re.Match[str]]) -> Iterator[tuple[int, int]]:
    """Where words in a row stand, unless they are a company's name."""
    if run and not any(_plain(word[0]) in _COMPANY for word in run):
        yield run[0].start(), run[-1].end()


def _by_a_person(whole: str, incoming: bool) -> bool:
    if _CHECK.search(whole) and _OF_ANOTHER.search(whole):
        return incoming or _RETURNED.search(whole) is not None
    if not (_RAIL.search(whole) or _WIRED.search(whole)):
        return False
    return incoming and not (_SENT.search(whole) and not re.search(r"\bfrom\b", whole, re.IGNORECASE))


def _is_known(word: str, keep: Collection[str]) -> bool:
    plain = _plain(word)
    return plain not in _COMPANY and (len(plain) < 2 or plain in KINDS or plain in _RAIL_WORDS or plain in keep)


def _plain(word: str) -> str:
    return word.casefold().strip(".-'’")


def _joins(between: str) -> bool:
    """Whether two words that are not known are one name: only blanks, commas and initials stand between them."""
    return re.fullmatch(r"[\s,.&/-]*([^\W\d_]\.?[\s,.]*)?", between) is not None
