"""Whether a bank's text names somebody, or only the kind of the entry: `CHECK 1202` may be anybody's money.

What such a line was for is never learned from another one, and never guessed.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Final

from daysheet.importers.privacy.bank_words import KINDS

_WORD: Final = re.compile(r"[^\W\d_]+(?:&[^\W\d_]+)*")


@lru_cache(maxsize=65536)
def names_payee(text: str) -> bool:
    """Whether a text has a word beside those that say what kind of entry it is; a single letter is none."""
    return any(len(word) > 1 and word not in KINDS for word in _WORD.findall(text.casefold()))
