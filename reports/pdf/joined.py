"""A PDF put together of parts that were set by themselves, so that a part that stayed the same is not set again.

Each part begins and ends with a page. Its pages lack only their foot, which says what changes with every entry of the
books: that is painted here. The whole has one structure, one outline and each weight of the typeface once; what the
file says of itself and what it embeds are the cover's. References are to ISO 32000-1.
"""

from __future__ import annotations

import datetime
import io
import re
import string
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from daysheet.reports.pdf import fonts, html_to_pdf, layout, shaping, tagged
from daysheet.reports.pdf.fonts import Weight
from daysheet.reports.pdf.html_to_pdf import Document
from daysheet.reports.pdf.layout import Orientation

if TYPE_CHECKING:
    import pikepdf

_WEIGHTS: Final[Mapping[str, Weight]] = {"Source-Sans-3,": "Regular", "Source-Sans-3-Semi-Bold": "Semibold"}
"""What WeasyPrint calls the weights, behind the letters that tell one file's fonts from another's."""
_MEANS: Final = re.compile(rb"<([0-9a-f]{4})> <((?:[0-9a-f]{4})+)>")
_AT: Final = re.compile(r'data-at="#([^"]*)"')
_SECTION: Final = re.compile(r"""<section id=["']([^"']*)["']""")
_NAMES: Final = re.compile(rb"/ID \(\d+-\d+-\d+\)|/Headers \[[^\]]*\]")
_NAME: Final = re.compile(rb"\((\d+)-")
_LETTERS: Final = string.ascii_letters.encode()
# the foot of a page, in points: as the style sheet sets that of a document which is set whole
_SIZE: Final = 7.5
_TEXT: Final = tagged.rgb("5d6673")
_RULE: Final = tagged.rgb("c9ced6")
_RULED: Final = 0.5
_BELOW_RULE: Final = 14.0
_LEADING: Final = 1.3 * _SIZE
_FOOT: Final = {"portrait": 74.0 - 18.0, "landscape": 54.0 - 10.0}
_LEFT: Final = 0.8


@dataclass(frozen=True)
class Leaf:
    """Pages that are set by themselves, without a foot.

    Attributes:
        number: tells its cells from those of other leaves; less than 52.
        html: the whole document, as that of a `Document`.
        style: the style sheet.
        dated: the day written into the file.
    """

    number: int
    html: str
    style: str
    dated: datetime.date

    @property
    def size(self) -> int:
        """How much work it is, in characters."""
        return len(self.html)

    def render(self) -> bytes:
        """The PDF of these pages: heads of cells (14.8.5.7) are named by the leaf, and a page ends as it began."""
        import pikepdf  # noqa: PLC0415 - see `html_to_pdf.compressed`

        written = html_to_pdf.written(Document(self.html, self.style, self.dated))
        with pikepdf.open(io.BytesIO(_named(written, self.number))) as pdf:
            for page in pdf.pages:
                page.obj.Contents.write(b"q\n%s\nQ\n" % page.obj.Contents.read_bytes())
            return html_to_pdf.saved(pdf)


@dataclass(frozen=True)
class Joined:
    """All that a PDF of several leaves is made from.

    Attributes:
        cover: the first page, which has no foot; with what the file says of itself, and what it embeds.
        contents: the pages after it. Each `data-at` in them is given the number of the page that it names.
        leaves: the other pages.
        foot: what stands at the left of each page's foot; its number stands at the right.
    """

    cover: Document
    contents: Leaf
    leaves: tuple[Leaf, ...]
    foot: str

    @property
    def size(self) -> int:
        """How much work it is beside that of its parts: next to none."""
        return 0


def anchors(leaf: Leaf) -> list[str]:
    """The names of its sections."""
    return _SECTION.findall(leaf.html)


def numbered(contents: Leaf, leaves: Sequence[bytes], own: int = 1, last: Leaf | None = None) -> Leaf:
    """The contents with the numbers of pages: they follow the cover, and the leaves come next.

    Args:
        contents: whose `data-at` name places in the leaves.
        leaves: the other pages, set.
        own: how many pages the contents take themselves.
        last: the last leaf, which need not be set yet if it is of one section: that begins its first page.

    Raises:
        KeyError: they name what no leaf has.
    """
    import pikepdf  # noqa: PLC0415 - see `html_to_pdf.compressed`

    before = 1 + own
    found: dict[str, int] = {}
    for leaf in leaves:
        with pikepdf.open(io.BytesIO(leaf)) as pdf:
            pages = {page.obj.objgen: number for number, page in enumerate(pdf.pages, before + 1)}
            found |= {name: pages[goal[0].objgen] for name, goal in _goals(pdf)}
            before += len(pdf.pages)
    for name in anchors(last) if last is not None else ():
        found.setdefault(name, before + 1)
    return replace(contents, html=_AT.sub(lambda at: f'data-page="{found[at[1]]}"', contents.html))


def pages_of(pdf: bytes) -> int:
    """How many pages a PDF has."""
    import pikepdf  # noqa: PLC0415 - see `html_to_pdf.compressed`

    with pikepdf.open(io.BytesIO(pdf)) as opened:
        return len(opened.pages)


def join(cover: bytes, leaves: Sequence[bytes], foot: str) -> bytes:
    """The PDF of a cover, its contents and other leaves, in this order.

    Args:
        cover: with the metadata and embedded files of the whole.
        leaves: as `Leaf.render` gives them, the contents first.
        foot: what stands at the left of each page's foot.
    """
    import pikepdf  # noqa: PLC0415 - see `html_to_pdf.compressed`

    with ExitStack() as open_ones:
        whole = open_ones.enter_context(pikepdf.open(io.BytesIO(cover)))
        resources = whole.pages[0].obj.Resources
        typefaces = _Typefaces(resources.Font)
        goals: list[tuple[str, Any]] = []
        for place, leaf in enumerate(leaves):
            part = open_ones.enter_context(pikepdf.open(io.BytesIO(leaf)))
            first = len(whole.pages)
            for theirs in part.pages:
                whole.pages.append(theirs)
            added = [page.obj for page in list(whole.pages)[first:]]
            _take_structure(whole, part, added)
            _take_outline(whole, part)
            if place:  # the contents' own goals only stand for those that they name
                goals += [(name, whole.copy_foreign(part.make_indirect(goal))) for name, goal in _goals(part)]
            for page in added:
                page.Resources.ColorSpace = resources.ColorSpace
            typefaces.take(added[0].Resources.Font)
        _paint_feet(whole, foot, typefaces)
        typefaces.finish(whole)
        named = [item for pair in sorted(goals, key=lambda pair: pair[0]) for item in pair]
        whole.Root.Names.Dests = pikepdf.Dictionary(Names=pikepdf.Array(named))
        return html_to_pdf.saved(whole)


def _named(written: bytes, leaf: int) -> bytes:
    """Heads of cells under names that no other leaf has: a letter of the leaf's for the first hyphen of each.

    WeasyPrint names them by three numbers. Names keep their length, so that the file's table of places stays true.
    """
    letter = bytes((_LETTERS[leaf],))
    return _NAMES.sub(lambda found: _NAME.sub(rb"(\1%s" % letter, found[0]), written)


def _goals(pdf: pikepdf.Pdf) -> list[tuple[str, Any]]:
    """The named places of a file and where they are (12.3.2.3)."""
    if "/Names" not in pdf.Root or "/Dests" not in pdf.Root.Names:
        return []
    names = pdf.Root.Names.Dests.Names
    return [(str(names[at]), names[at + 1]) for at in range(0, len(names), 2)]


def _take_structure(whole: pikepdf.Pdf, part: pikepdf.Pdf, pages: Sequence[pikepdf.Object]) -> None:
    """Put what pages say of their structure below that of the whole (14.7.2); their numbers in it follow its own."""
    ours, theirs = whole.Root.StructTreeRoot, whole.copy_foreign(part.Root.StructTreeRoot)
    document = ours.K[0]
    for element in theirs.K[0].K:
        element.P = document
        document.K.append(element)
    numbers = ours.ParentTree.Nums
    first = len(numbers) // 2
    added = theirs.ParentTree.Nums
    for at in range(0, len(added), 2):
        numbers.append(first + int(added[at]))
        numbers.append(added[at + 1])
    for page in pages:
        page.StructParents = first + int(page.StructParents)
        for annotation in page.get("/Annots", []):
            annotation.StructParent = first + int(annotation.StructParent)


def _take_outline(whole: pikepdf.Pdf, part: pikepdf.Pdf) -> None:
    """Put an outline after that of the whole (12.3.3)."""
    if "/Outlines" not in part.Root or "/First" not in part.Root.Outlines:
        return
    ours, theirs = whole.Root.Outlines, whole.copy_foreign(part.Root.Outlines)
    item: pikepdf.Object | None = theirs.First
    while item is not None:
        item.Parent = ours
        item = item.get("/Next")
    ours.Last.Next = theirs.First
    theirs.First.Prev = ours.Last
    ours.Last = theirs.Last
    ours.Count = int(ours.Count) + int(theirs.Count)


class _Known(NamedTuple):
    """A weight's font in the whole, and of each of its glyphs how wide it is and what it means."""

    weight: Weight
    font: Any
    widths: dict[int, int]
    meaning: dict[int, bytes]


class _Typefaces:
    """The typeface's weights, each of them once in the whole; fonts of another kind stay as their leaf has them."""

    def __init__(self, cover: pikepdf.Object) -> None:
        self._known: dict[str, _Known] = {}
        self.take(cover)

    def take(self, named: pikepdf.Object) -> None:
        """Have pages use the fonts of the whole in the place of their own, and these hold their glyphs."""
        for name, font in list(named.items()):
            weight = _WEIGHTS.get(str(font.BaseFont).partition("+")[2])
            if weight is None or font.Encoding != "/Identity-H":
                continue
            known = self._known.setdefault(name, _Known(weight, font, {}, {}))
            named[name] = known.font
            widths = font.DescendantFonts[0].W
            for at in range(0, len(widths), 2):
                known.widths.update(enumerate(map(int, widths[at + 1]), int(widths[at])))
            for glyph, text in _MEANS.findall(font.ToUnicode.read_bytes()):
                known.meaning.setdefault(int(glyph, 16), text)

    @property
    def regular(self) -> str:
        """What the pages call the upright weight."""
        return next(name for name, known in self._known.items() if known.weight == "Regular")

    def shown(self, text: str) -> bytes:
        """The operator that shows a text in the upright weight, which then holds its glyphs."""
        known = self._known[self.regular]
        advances = fonts.face("Regular").advances
        for character in text:
            glyph = shaping.glyph(character, "Regular")
            known.widths.setdefault(glyph, advances[ord(character)])
            known.meaning.setdefault(glyph, character.encode("utf-16-be").hex().encode())
        return shaping.run(text, "Regular").shown

    def finish(self, whole: pikepdf.Pdf) -> None:
        """Write the fonts: a file with the glyphs of all pages, how wide each of them is, and what it means."""
        for known in self._known.values():
            _write_font(whole, known)


def _write_font(whole: pikepdf.Pdf, known: _Known) -> None:
    """A font with its glyphs: their widths (9.7.4.3), and what they mean (9.10.3)."""
    import pikepdf  # noqa: PLC0415

    weight, font, widths, meaning = known
    content = shaping.subset_of(weight, widths)
    descendant = font.DescendantFonts[0]
    descendant.W = pikepdf.Array([item for glyph in sorted(widths) for item in (glyph, [widths[glyph]])])
    descendant.FontDescriptor.FontFile2 = whole.make_stream(content, Length1=len(content))
    descendant.FontDescriptor.FontBBox[2] = max(widths.values())
    said = {glyph: bytes.fromhex(text.decode()).decode("utf-16-be") for glyph, text in meaning.items()}
    font.ToUnicode = whole.make_stream(tagged.to_unicode(said))


def _paint_feet(whole: pikepdf.Pdf, foot: str, typefaces: _Typefaces) -> None:
    """Paint the feet of all pages but the cover: a rule, and below it what they say and their numbers."""
    count = len(whole.pages)
    for number, page in enumerate(list(whole.pages)[1:], 2):
        _, _, width, height = map(float, page.mediabox)
        lying = width > height
        orientation: Orientation = "landscape" if lying else "portrait"
        margin, top = layout.MARGIN[orientation], _FOOT[orientation]
        room = width - 2 * margin
        painted = _foot(typefaces, margin, top, room, foot, f"Page {number} of {count}")
        page.obj.Contents.write(page.obj.Contents.read_bytes() + painted)


def _foot(typefaces: _Typefaces, margin: float, top: float, room: float, left: str, right: str) -> bytes:
    """The operators of a foot; nothing of it belongs to the text (14.8.2.2)."""
    lines = [(margin, line) for line in shaping.wrapped(left, _SIZE, "Regular", room * _LEFT)]
    rule = b" ".join(map(tagged.points, (margin, top - _RULED, room, _RULED)))
    end = margin + room - shaping.run(right, "Regular").width * _SIZE / 1000
    shown = [(x, top - _BELOW_RULE - at * _LEADING, text) for at, (x, text) in enumerate(lines)]
    shown.append((end, top - _BELOW_RULE, right))
    texts = b"".join(
        b"1 0 0 1 %s %s Tm %s " % (tagged.points(x), tagged.points(y), typefaces.shown(text)) for x, y, text in shown
    )
    name = typefaces.regular.encode()
    return b"/Artifact BMC %srg %s re f %srg BT %s %s Tf %sET EMC\n" % (
        _RULE, rule, _TEXT, name, tagged.points(_SIZE), texts,
    )  # fmt: skip
