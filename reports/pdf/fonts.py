"""The typeface of everything printed: what it can show, and how wide it is.

Source Sans 3 (SIL Open Font License) ships with the program and is the only typeface a PDF is set in, so that a pack
is the same on every machine. PDF/A forbids a character that its font lacks, and a silent fallback to a system font
would change the bytes from machine to machine: text is therefore checked here before it is printed.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Mapping
from functools import cache
from pathlib import Path
from typing import Final, Literal, NamedTuple

import daysheet.templates
from fontTools.ttLib import TTFont

Weight = Literal["Regular", "Semibold"]

FOLDER: Final = Path(daysheet.templates.__file__).parent / "fonts"
FAMILY: Final = "Source Sans 3"
REPLACEMENT: Final = "□"
_PRIVATE_USE: Final = "Co"
_CONTROL: Final = "Cc"


class Face(NamedTuple):
    """One weight, in thousandths of the type size: advance widths by code point, and how far its letters reach."""

    advances: Mapping[int, int]
    ascent: int
    descent: int
    capitals: int
    box: tuple[int, int, int, int]


def file(weight: Weight) -> Path:
    """The font file of a weight."""
    return FOLDER / f"SourceSans3-{weight}.ttf"


@cache
def face(weight: Weight) -> Face:
    """The face of a weight, read from the font that ships with the program."""
    with TTFont(file(weight), lazy=True) as font:
        metrics = font["hmtx"]
        glyphs: dict[int, str] = font.getBestCmap()
        head, across, system = font["head"], font["hhea"], font["OS/2"]
        box = (head.xMin, head.yMin, head.xMax, head.yMax)
        advances = {code: metrics[glyph][0] for code, glyph in glyphs.items()}
        return Face(advances, across.ascent, across.descent, system.sCapHeight, box)


def width(text: str, size: float, weight: Weight = "Regular") -> float:
    """The width of a line of text, in the unit of `size`; kerning left out, so it is never too narrow by much."""
    advance = face(weight).advances.get
    return sum([advance(ord(character), 600) for character in text]) * size / 1000


def printable(text: str) -> str:
    """The text as it can be printed: composed, without control characters, what the font lacks as `□`."""
    if text.isascii() and text.isprintable():
        return text
    advances = face("Regular").advances
    spaced = "".join(" " if unicodedata.category(c) == _CONTROL else c for c in unicodedata.normalize("NFC", text))
    return "".join(c if _is_shown(c, advances) else REPLACEMENT for c in spaced)


def lacking(texts: Iterable[str]) -> dict[str, int]:
    """The characters that the font lacks, and how often each stands in the texts, in order of code points."""
    advances = face("Regular").advances
    counts: dict[str, int] = {}
    for text in texts:
        if text.isascii():
            continue
        for character in unicodedata.normalize("NFC", text):
            if unicodedata.category(character) != _CONTROL and not _is_shown(character, advances):
                counts[character] = counts.get(character, 0) + 1
    return dict(sorted(counts.items()))


def lacking_note(texts: Iterable[str]) -> str | None:
    """One sentence that names what the font lacks, or None when it lacks nothing."""
    counts = lacking(texts)
    if not counts:
        return None
    named = [f"U+{ord(character):04X} ({_name(character)}, {count}×)" for character, count in counts.items()]
    shown = ", ".join(named[:8]) + (f" and {len(named) - 8} more" if len(named) > 8 else "")
    return f"Characters that the pack's typeface lacks are printed as {REPLACEMENT}: {shown}."


def _is_shown(character: str, advances: Mapping[int, int]) -> bool:
    return ord(character) in advances and unicodedata.category(character) not in (_PRIVATE_USE, "Cf")


def _name(character: str) -> str:
    return unicodedata.name(character, "no name").lower()
