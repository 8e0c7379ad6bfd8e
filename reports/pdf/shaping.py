"""Text as the pages' own glyphs: which, how far apart, broken into which lines, and the font that holds just those.

For pages that this program sets itself. Letters are kerned as the typeface says (OpenType, GPOS pair adjustment);
nothing else moves, because a ledger is figures and names.
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterable, Iterator
from functools import cache, lru_cache
from typing import Any, Final, NamedTuple

from daysheet.reports.pdf import fonts
from daysheet.reports.pdf.fonts import Weight
from fontTools.ttLib import TTFont

# a piece that a line may end after: at spaces, and at a dash between letters
_PIECE: Final = re.compile(r".+?(?: +|[-–—/](?=[^\W\d])|$)")
_PAIRS: Final = "PairPos"
# what a font in a PDF holds (ISO 32000-1, 9.9); its order of glyphs is not a table
_NEEDED: Final = frozenset({"GlyphOrder", "head", "hhea", "maxp", "hmtx", "loca", "glyf"})


class Run(NamedTuple):
    """A line of text: the PDF operator that shows it, and its width in thousandths of the type size."""

    shown: bytes
    width: float


class Shapes(NamedTuple):
    """A weight for setting: glyph names by code point, their numbers, and the subtables of its kerning."""

    names: dict[int, str]
    numbers: dict[str, int]
    kerning: tuple[Any, ...]


@lru_cache(maxsize=20_000)
def run(text: str, weight: Weight) -> Run:
    """A text in one line; characters that the typeface lacks must have been replaced before.

    Raises:
        KeyError: the typeface lacks a character.
    """
    shapes = _shapes(weight)
    advances = fonts.face(weight).advances
    parts: list[str] = []
    width = 0.0
    before = ""
    for character in text:
        name = shapes.names[ord(character)]
        closer = _kerned(weight, before, name) if before else 0
        parts.append(f"{f'>{-closer}<' if closer else ''}{shapes.numbers[name]:04x}")
        width += advances[ord(character)] + closer
        before = name
    encoded = "".join(parts)
    return Run((f"[<{encoded}>]TJ" if ">" in encoded else f"<{encoded}>Tj").encode(), width)


def wrapped(text: str, size: float, weight: Weight, room: float) -> list[str]:
    """A text in lines no wider than `room`, broken at spaces, and within words that are wider.

    A line that goes on keeps its space, so that no two words run together where the text is read aloud or copied.
    """
    if fonts.width(text, size, weight) <= room:
        return [text]
    lines: list[str] = []
    line = ""
    for piece in _PIECE.findall(text):
        if line and fonts.width((line + piece).rstrip(), size, weight) > room:
            lines.append(line)
            line = ""
        line += piece
        while len(line) > 1 and fonts.width(line.rstrip(), size, weight) > room:
            end = _most(line, size, weight, room)
            lines.append(line[:end])
            line = line[end:]
    return [*lines, line] if line else lines


def glyph(character: str, weight: Weight) -> int:
    """The number of a character's glyph."""
    shapes = _shapes(weight)
    return shapes.numbers[shapes.names[ord(character)]]


def subset_of(weight: Weight, glyphs: Iterable[int]) -> bytes:
    """A font file with these glyphs only, under their own numbers."""
    # takes a quarter of a second to load, which reading a pack's text should not wait for
    from fontTools import subset  # noqa: PLC0415

    options = subset.Options()
    options.retain_gids = True
    options.layout_features = []
    options.hinting = False
    options.recalc_timestamp = False
    out = io.BytesIO()
    with TTFont(fonts.file(weight), lazy=True, recalcTimestamp=False) as font:
        for table in set(font.keys()) - _NEEDED:
            del font[table]
        subsetter = subset.Subsetter(options)
        subsetter.populate(gids=sorted(glyphs))
        subsetter.subset(font)
        font.save(out)
    return out.getvalue()


def _most(line: str, size: float, weight: Weight, room: float) -> int:
    """How many characters of a word fit; at least one."""
    advances = fonts.face(weight).advances
    width = 0.0
    for place, character in enumerate(line):
        width += advances.get(ord(character), 0) * size / 1000
        if width > room:
            return max(place, 1)
    return len(line)


@cache
def _shapes(weight: Weight) -> Shapes:
    with TTFont(fonts.file(weight), lazy=True) as font:
        names: dict[int, str] = font.getBestCmap()
        table = font["GPOS"].table
        wanted = {
            place
            for record in table.FeatureList.FeatureRecord
            if record.FeatureTag == "kern"
            for place in record.Feature.LookupListIndex
        }
        kerning = tuple(
            pairs for place in sorted(wanted) for pairs in _subtables(table.LookupList.Lookup[place].SubTable)
        )
        return Shapes(names, {name: font.getGlyphID(name) for name in names.values()}, kerning)


def _subtables(tables: Iterable[Any]) -> Iterator[Any]:
    for table in tables:
        pairs = getattr(table, "ExtSubTable", table)
        if type(pairs).__name__ == _PAIRS:
            pairs.ensureDecompiled()
            yield pairs


@cache
def _kerned(weight: Weight, left: str, right: str) -> int:
    """How much closer, or wider, two glyphs stand, in thousandths; the first subtable that knows the pair decides."""
    for table in _shapes(weight).kerning:
        if left not in table.Coverage.glyphs:
            continue
        if table.Format == 1:
            pairs = table.PairSet[table.Coverage.glyphs.index(left)].PairValueRecord
            found = next((pair.Value1 for pair in pairs if pair.SecondGlyph == right), None)
            if found is None:
                continue
        else:
            first = table.ClassDef1.classDefs.get(left, 0)
            second = table.ClassDef2.classDefs.get(right, 0)
            found = table.Class1Record[first].Class2Record[second].Value1
        return getattr(found, "XAdvance", 0)
    return 0
