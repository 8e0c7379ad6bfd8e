"""A PDF written straight: pages of text and rules, and the tree that says what each text is.

For long listings, where a setter of HTML takes a hundred times as long. What is written is PDF/A-3a and PDF/UA-1:
all text belongs to an element of the structure or is an artifact (a running head, a rule), the typeface is embedded,
colours are sRGB. References are to ISO 32000-1.
"""

from __future__ import annotations

import datetime
import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import cache
from importlib.metadata import distribution
from pathlib import Path
from typing import Final, NamedTuple

from daysheet import __version__
from daysheet.reports.pdf import fonts, html_to_pdf, shaping, xmp
from daysheet.reports.pdf.fonts import Weight
from daysheet.reports.pdf.html_to_pdf import Embedded

PROGRAM: Final = f"Daysheet {__version__}"
_WEIGHTS: Final[tuple[Weight, ...]] = ("Regular", "Semibold")
_SRGB: Final = "IEC 61966-2-1 Default RGB Colour Space - sRGB"
_ARTIFACT: Final = b"/Artifact BMC "
_BINARY: Final = b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n"


class Style(NamedTuple):
    """How text is set: weight, size in points, colour as six hexadecimal digits, space between letters in points."""

    weight: Weight
    size: float
    colour: str
    spaced: float = 0.0


class Line(NamedTuple):
    """A line of text and where it begins on the page: from the left and from the top, in points."""

    left: float
    baseline: float
    text: str


class About(NamedTuple):
    """What the file says of itself; `dated` is the day written into it as that of its making."""

    title: str
    author: str
    description: str
    dated: datetime.date


@dataclass(slots=True)
class Page:
    """A page being written: its operators, and the elements that its marked texts belong to, in order (14.7.4.4)."""

    number: int
    operators: list[bytes] = field(default_factory=list)
    marked: list[int] = field(default_factory=list)


@dataclass(slots=True)
class _Element:
    """An element of the structure (14.7.2); `kids` are elements, or (page, mark) for texts."""

    kind: bytes
    parent: int | None
    attributes: bytes
    kids: list[int | tuple[int, int]] = field(default_factory=list)


class TaggedPdf:
    """Pages and their structure; elements and pages are known by their numbers, counted from 0 in reading order."""

    def __init__(self, width: float, height: float) -> None:
        """Begin a document whose pages are of this size, in points."""
        self.width = width
        self.height = height
        self.pages: list[Page] = []
        self._elements: list[_Element] = []
        self._bookmarks: list[tuple[str, int, float]] = []
        self._used: dict[Weight, set[str]] = {weight: set() for weight in _WEIGHTS}

    def element(self, kind: str, parent: int | None = None, attributes: str = "") -> int:
        """Add an element below another, the first without one; `attributes` are those of a table's cell (14.8.5.7)."""
        number = len(self._elements)
        self._elements.append(_Element(kind.encode(), parent, attributes.encode()))
        if parent is not None:
            self._elements[parent].kids.append(number)
        return number

    def page(self) -> Page:
        """Begin a page."""
        page = Page(len(self.pages))
        self.pages.append(page)
        return page

    def text(self, page: Page, style: Style, lines: Iterable[Line], element: int | None = None) -> None:
        """Set lines that belong to an element, or without one, that only adorn the page."""
        if element is None:
            page.operators.append(_ARTIFACT)
        else:
            mark = len(page.marked)
            page.operators.append(b"/%s<</MCID %d>>BDC " % (self._elements[element].kind, mark))
            page.marked.append(element)
            self._elements[element].kids.append((page.number, mark))
        weight, size, colour, spaced = style
        page.operators.append(
            b"%srg BT /%s %s Tf %s Tc " % (rgb(colour), weight.encode(), points(size), points(spaced))
        )
        for left, baseline, text in lines:
            self._used[weight].update(text)
            place = (points(left), points(self.height - baseline), shaping.run(text, weight).shown)
            page.operators.append(b"1 0 0 1 %s %s Tm %s " % place)
        page.operators.append(b"ET EMC\n")

    def rule(self, page: Page, colour: str, box: Sequence[float]) -> None:
        """Draw a rule: its left, its upper edge from the top, its width and its thickness."""
        left, top, width, thickness = box
        edges = (left, self.height - top - thickness, width, thickness)
        page.operators.append(
            b"%s%srg %s re f EMC\n" % (_ARTIFACT, rgb(colour), b" ".join(points(edge) for edge in edges))
        )

    def bookmark(self, title: str, page: Page, top: float) -> None:
        """Name a place in the document's outline."""
        self._bookmarks.append((title, page.number, self.height - top))

    def finish(self, about: About, embedded: Sequence[Embedded]) -> bytes:
        """The file; what was set is given up while it is written, or a long listing would fill the memory twice."""
        out = _Objects()
        moment = datetime.datetime.combine(about.dated, datetime.time(), datetime.UTC)
        date = moment.strftime("(D:%Y%m%d%H%M%SZ)").encode()
        catalog, tree, structure, parents = (out.reserve() for _ in range(4))
        typefaces = b"".join(
            b"/%s %s " % (weight.encode(), self._typeface(out, weight)) for weight in _WEIGHTS if self._used[weight]
        )
        pages = [out.reserve() for _ in self.pages]
        elements = [out.reserve() for _ in self._elements]
        for page, number in zip(self.pages, pages, strict=True):
            contents = out.stream(b"".join(page.operators))
            page.operators.clear()
            out.put(
                number,
                b"<</Type/Page/Parent %d 0 R/MediaBox[0 0 %s %s]/Contents %s/StructParents %d/Tabs/S"
                b"/Resources<</Font<<%s>>>>>>"
                % (tree, points(self.width), points(self.height), contents, page.number, typefaces),
            )
        out.put(tree, b"<</Type/Pages/Count %d/Kids[%s]>>" % (len(pages), _references(pages)))
        for element, number in zip(self._elements, elements, strict=True):
            out.put(number, _structure_element(element, elements, pages, structure))
        marked = b"".join(
            b"%d[%s]" % (page.number, _references([elements[place] for place in page.marked])) for page in self.pages
        )
        self._elements.clear()
        out.put(parents, b"<</Nums[%s]>>" % marked)
        out.put(structure, b"<</Type/StructTreeRoot/K %d 0 R/ParentTree %d 0 R>>" % (elements[0], parents))
        files = [(file.name, _filespec(out, file, date)) for file in embedded]
        named = b"".join(b"%s %s" % (_string(name), number) for name, number in sorted(files))
        metadata = out.stream(
            xmp.block(about.title, about.author, about.description, PROGRAM, moment), b"/Type/Metadata/Subtype/XML"
        )
        profile = out.stream(_profile(), b"/N 3")
        out.put(
            catalog,
            b"<</Type/Catalog/Pages %d 0 R/Lang(en)/MarkInfo<</Marked true>>/ViewerPreferences<</DisplayDocTitle true>>"
            b"/Metadata %s/StructTreeRoot %d 0 R/Outlines %s/AF[%s]/Names<</EmbeddedFiles<</Names[%s]>>>>"
            b"/OutputIntents[<</Type/OutputIntent/S/GTS_PDFA1/Info %s/OutputConditionIdentifier %s"
            b"/DestOutputProfile %s>>]>>"
            % (
                tree, metadata, structure, self._outline(out, pages), b" ".join(number for _, number in files), named,
                _string(_SRGB), _string(_SRGB), profile,
            ),
        )  # fmt: skip
        information = out.add(
            b"<</Title %s/Author %s/Subject %s/Creator %s/Producer %s/CreationDate %s/ModDate %s>>"
            % (*(_string(text) for text in (*about[:3], PROGRAM, PROGRAM)), date, date)
        )
        return html_to_pdf.compressed(out.file(catalog, information))

    def _outline(self, out: _Objects, pages: Sequence[int]) -> bytes:
        root = out.reserve()
        items = [out.reserve() for _ in self._bookmarks]
        for place, (title, page, top) in enumerate(self._bookmarks):
            before = b"/Prev %d 0 R" % items[place - 1] if place else b""
            after = b"/Next %d 0 R" % items[place + 1] if place + 1 < len(items) else b""
            goal = b"/Dest[%d 0 R/XYZ 0 %s null]" % (pages[page], points(top))
            out.put(items[place], b"<</Title %s/Parent %d 0 R%s%s%s>>" % (_string(title), root, before, after, goal))
        ends = b"/First %d 0 R/Last %d 0 R" % (items[0], items[-1]) if items else b""
        out.put(root, b"<</Type/Outlines/Count %d%s>>" % (len(items), ends))
        return b"%d 0 R" % root

    def _typeface(self, out: _Objects, weight: Weight) -> bytes:
        """A composite font with two-byte codes that are glyph numbers (9.7), and what each glyph means (9.10.3)."""
        face = fonts.face(weight)
        # of characters that share a glyph, such as the two spaces, it means the plainest
        used = sorted(self._used[weight], reverse=True)
        glyphs = {shaping.glyph(character, weight): character for character in used}
        ordered = sorted(glyphs)
        digest = hashlib.sha256(repr(ordered).encode()).digest()
        tag = "".join(chr(ord("A") + byte % 26) for byte in digest[:6])
        name = f"{tag}+Source-Sans-3-{weight}".encode()
        content = shaping.subset_of(weight, ordered)
        program = out.stream(content, b"/Length1 %d" % len(content))
        descriptor = out.add(
            b"<</Type/FontDescriptor/FontName/%s/Flags 4/FontBBox[%s]/ItalicAngle 0/Ascent %d/Descent %d/CapHeight %d"
            b"/StemV 80/FontFile2 %s>>"
            % (name, b" ".join(b"%d" % edge for edge in face.box), face.ascent, face.descent, face.capitals, program)
        )
        widths = b"".join(b"%d[%d]" % (glyph, face.advances[ord(glyphs[glyph])]) for glyph in ordered)
        descendant = out.add(
            b"<</Type/Font/Subtype/CIDFontType2/BaseFont/%s/CIDToGIDMap/Identity/FontDescriptor %s/W[%s]"
            b"/CIDSystemInfo<</Registry(Adobe)/Ordering(Identity)/Supplement 0>>>>" % (name, descriptor, widths)
        )
        meaning = out.stream(to_unicode(glyphs))
        return out.add(
            b"<</Type/Font/Subtype/Type0/BaseFont/%s/Encoding/Identity-H/DescendantFonts[%s]/ToUnicode %s>>"
            % (name, descendant, meaning)
        )


class _Objects:
    """The objects of a file by number, counted from 1, and their places in it (7.5)."""

    def __init__(self) -> None:
        self._bodies: list[bytes] = []

    def reserve(self) -> int:
        self._bodies.append(b"null")
        return len(self._bodies)

    def put(self, number: int, body: bytes) -> None:
        self._bodies[number - 1] = body

    def add(self, body: bytes) -> bytes:
        """Add an object; the reference to it."""
        number = self.reserve()
        self.put(number, body)
        return b"%d 0 R" % number

    def stream(self, content: bytes, entries: bytes = b"") -> bytes:
        """Add a stream; the reference to it."""
        return self.add(b"<<%s/Length %d>>stream\n%s\nendstream" % (entries, len(content), content))

    def file(self, catalog: int, information: bytes) -> bytes:
        """All objects in a file, with the table of where they are; they are given up one by one."""
        written, places = bytearray(_BINARY), []
        for number, body in enumerate(self._bodies, 1):
            places.append(b"%010d 00000 n \n" % len(written))
            written += b"%d 0 obj\n%s\nendobj\n" % (number, body)
            self._bodies[number - 1] = b""
        count, end = len(self._bodies) + 1, len(written)
        written += b"xref\n0 %d\n0000000000 65535 f \n%s" % (count, b"".join(places))
        written += b"trailer\n<</Size %d/Root %d 0 R/Info %s>>\n" % (count, catalog, information)
        written += b"startxref\n%d\n%%%%EOF\n" % end
        return bytes(written)


def _structure_element(element: _Element, elements: Sequence[int], pages: Sequence[int], root: int) -> bytes:
    """An element with what is in it; texts name their page only where they are not all on one."""
    parent = root if element.parent is None else elements[element.parent]
    on = {kid[0] for kid in element.kids if isinstance(kid, tuple)}
    one = len(on) == 1
    kids = []
    for kid in element.kids:
        if isinstance(kid, int):
            kids.append(b"%d 0 R" % elements[kid])
        elif one:
            kids.append(b"%d" % kid[1])
        else:
            kids.append(b"<</Type/MCR/Pg %d 0 R/MCID %d>>" % (pages[kid[0]], kid[1]))
    page = b"/Pg %d 0 R" % pages[next(iter(on))] if one else b""
    attributes = b"/A<</O/Table%s>>" % element.attributes if element.attributes else b""
    return b"<</Type/StructElem/S/%s/P %d 0 R%s%s/K[%s]>>" % (element.kind, parent, page, attributes, b" ".join(kids))


def _filespec(out: _Objects, file: Embedded, date: bytes) -> bytes:
    """An embedded file (7.11.4) and what it is to the document (ISO 19005-3, annex E)."""
    content = out.stream(
        file.data,
        b"/Type/EmbeddedFile/Subtype/%s/Params<</Size %d/CreationDate %s/ModDate %s>>"
        % (file.media_type.replace("/", "#2f").encode(), len(file.data), date, date),
    )
    name = _string(file.name)
    return out.add(
        b"<</Type/Filespec/F %s/UF %s/Desc %s/AFRelationship/%s/EF<</F %s/UF %s>>>>"
        % (name, name, _string(file.description), file.relationship.encode(), content, content)
    )


def to_unicode(glyphs: dict[int, str]) -> bytes:
    """The map from glyphs to text, at most a hundred in each block."""
    pairs = [
        b"<%04x><%s>\n" % (glyph, text.encode("utf-16-be").hex().encode()) for glyph, text in sorted(glyphs.items())
    ]
    blocks = [pairs[start : start + 100] for start in range(0, len(pairs), 100)]
    mapped = b"".join(b"%d beginbfchar\n%sendbfchar\n" % (len(block), b"".join(block)) for block in blocks)
    return (
        b"/CIDInit /ProcSet findresource begin\n12 dict begin\nbegincmap\n"
        b"/CIDSystemInfo<</Registry(Adobe)/Ordering(UCS)/Supplement 0>>def\n/CMapName/Adobe-Identity-UCS def\n"
        b"/CMapType 2 def\n1 begincodespacerange\n<0000><ffff>\nendcodespacerange\n%sendcmap\n"
        b"CMapName currentdict /CMap defineresource pop\nend\nend\n" % mapped
    )


def _references(numbers: Iterable[int]) -> bytes:
    return b" ".join(b"%d 0 R" % number for number in numbers)


def _string(text: str) -> bytes:
    return b"<feff%s>" % text.encode("utf-16-be").hex().encode()


@cache
def rgb(colour: str) -> bytes:
    """A colour of six hexadecimal digits as the operands of `rg`."""
    return b"".join(b"%.4f " % (int(colour[at : at + 2], 16) / 255) for at in (0, 2, 4))


def points(value: float) -> bytes:
    """A length as it is written, to a hundredth of a point."""
    return b"%.2f" % value


@cache
def _profile() -> bytes:
    """The colour profile that WeasyPrint ships; found without loading it."""
    return Path(str(distribution("weasyprint").locate_file("weasyprint/pdf/sRGB2014.icc"))).read_bytes()
