"""What kind of adjustment the words of an export's type column mean."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Final

from daysheet.importers.detection.exports.column_facts import Facts
from daysheet.importers.detection.exports.status_words import is_of_the_trade, plain

_ADJUSTED: Final = {
    "contractual": "contractual contract contracted insurance ins ppo hmo network allowed capitation plan disallowed",
    "write-off": "write writeoff off bad debt collection collections small balance uncollectible agency",
    "courtesy": "courtesy discount professional staff family senior employee cash prompt military hardship charity",
    "transfer": "transfer transferred",
}
_OF: Final = {word: kind for kind, words in _ADJUSTED.items() for word in words.split()}


def type_column(columns: Iterable[Facts]) -> Facts | None:
    """The column that says why money was taken off, if there is one."""
    telling = {"type", "kind", "reason", "description", "category"}
    return next((facts for facts in columns if facts.is_few_words and set(facts.words) & telling), None)


def adjusted(column: Facts | None) -> Mapping[str, str]:
    """What kind of adjustment each word means that the field knows."""
    found = {}
    for word in sorted(column.distinct) if column is not None else ():
        kinds = [kind for each in plain(word).split() if (kind := _OF.get(each))]
        if kinds and is_of_the_trade(word):
            found[word] = "contractual" if "contractual" in kinds else kinds[0]
    return found
