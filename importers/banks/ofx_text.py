"""OFX bytes to a tree of elements, whatever the header says of them.

ofxtools builds the tree. What real files break is mended or named before and while it does: the encoding is found in
the bytes, a `<` inside a text begins no element, an element without text and without an end closes with the one around
it, and text that belongs to no element ends in an error that names its line.
"""

from __future__ import annotations

import html
import logging
import re
from typing import Final
from xml.etree.ElementTree import Element, ParseError

from daysheet.errors import DaysheetError
from daysheet.importers.rows.raw_file import RawFile
from daysheet.importers.rows.text import encoding_of

SIZE_LIMIT: Final = 64 * 1024 * 1024

_AGGREGATES: Final = "OFX|[A-Z0-9]+MSGSRS[A-Z0-9]+|[A-Z0-9]*STMTTRNRS|STMTRS|CCSTMTRS|BANKTRANLIST|STMTTRNP?|LEDGERBAL"
_COUNTED: Final = ("OFX", "STMTRS", "CCSTMTRS", "BANKTRANLIST", "STMTTRN")
_START: Final = re.compile(r"(?i)<OFX>")
_TAG: Final = re.compile(r"</?([A-Za-z][A-Za-z0-9._]+)\s*/?>")
_VERBATIM: Final = re.compile(r"(?s)<!\[CDATA\[(.*?)\]\]>")
_WORDS: Final = re.compile(r"<(NAME|MEMO|EXTDNAME)>([^\n]*?)</\1>")
_BEHIND_END: Final = re.compile(r"</[A-Z0-9._]+>\s*([^<\s])")
_IN_AGGREGATE: Final = re.compile(rf"<(?:{_AGGREGATES})>\s*([^<\s])")
_DECLARED: Final = re.compile(rb"(?i)(?:CHARSET\s*:|encoding=[\"'])\s*([A-Za-z0-9_-]+)")
_LATIN: Final = ("latin-1", "iso8859-", "cp125")


def text_of(file: RawFile) -> str:
    """The document from its `<OFX>` on, each line end one newline, with the lines of the header as blank ones.

    Raises:
        DaysheetError: it is too large, does not decode, or holds no document.
    """
    if len(file.data) > SIZE_LIMIT:
        raise DaysheetError("is larger than 64 MB", filename=file.path, remedy="download a shorter period")
    try:
        text = file.data.decode(_encoding(file.data))
    except (UnicodeDecodeError, LookupError):
        raise malformed(file) from None
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    start = _START.search(text)
    if start is None:
        raise malformed(file)
    body = text[start.start() :]
    if start[0].islower():
        body = _TAG.sub(lambda tag: tag[0].upper(), body)
    return "\n" * text.count("\n", 0, start.start()) + _escaped(body)


def tree_of(text: str, file: RawFile) -> Element:
    """The elements of a document as `text_of` gives it.

    Raises:
        DaysheetError: it is cut off, or holds text that is no element's; the message names the line.
    """
    for pattern in (_BEHIND_END, _IN_AGGREGATE):
        stray = pattern.search(text)
        if stray is not None:
            line = text.count("\n", 0, stray.start(1)) + 1
            message = "is malformed OFX: text stands where only an element may"
            raise DaysheetError(message, filename=file.path, line=line, remedy="download it again")
    if any(text.count(f"<{name}>") != text.count(f"</{name}>") for name in _COUNTED):
        raise malformed(file)
    try:
        root = _built(text)
    except (ParseError, SyntaxError, ValueError, AttributeError, LookupError, AssertionError):
        raise malformed(file) from None
    if root is None:
        raise malformed(file)
    return root


def malformed(file: RawFile) -> DaysheetError:
    """The error for a document that is cut off."""
    return DaysheetError(
        "is malformed OFX: its header or its elements are cut off", filename=file.path, remedy="download it again"
    )


def _encoding(data: bytes) -> str:
    """By the bytes: headers say CHARSET:1252 of UTF-8, and UTF-8 of Windows-1252.

    Among encodings of one byte a character the statistics of a few names are weak: there the header counts, unless it
    says what cannot be (UTF-8, ASCII), or the letters are clearly of another alphabet than the one it names.
    """
    found = encoding_of(data)
    declared = _DECLARED.search(data[:2048])
    if found.startswith("utf") or declared is None:
        return found
    name = declared[1].decode().lower()
    name = f"cp{name}" if re.fullmatch("125[0-8]", name) else name
    if name in ("none", "unicode", "utf-8", "usascii", "us-ascii", "utf8"):
        return found
    if name in ("iso-8859-1", "8859-1", "latin1"):
        name = "cp1252" if re.search(rb"[\x80-\x9f]", data) else "latin-1"
    try:
        data.decode(name)
    except (UnicodeDecodeError, LookupError):
        return found
    return name if found.startswith(_LATIN) else found


def _escaped(body: str) -> str:
    """The body with every `<` that begins no element as `&lt;`."""
    body = _VERBATIM.sub(lambda verbatim: html.escape(verbatim[1], quote=False), body)
    body = _WORDS.sub(lambda words: f"<{words[1]}>{words[2].replace('<', '&lt;')}</{words[1]}>", body)
    parts: list[str] = []
    last = 0
    for tag in _TAG.finditer(body):
        parts += [body[last : tag.start()].replace("<", "&lt;"), tag[0]]
        last = tag.end()
    return "".join([*parts, body[last:].replace("<", "&lt;")])


def _built(text: str) -> Element | None:
    # it loads a web client as well, which takes longer than reading most files
    from ofxtools.Parser import TreeBuilder  # noqa: PLC0415

    class Builder(TreeBuilder):
        """ofxtools' builder, with elements that never end closed by the end of the one around them."""

        def __init__(self) -> None:
            super().__init__()
            self.open: list[Element] = []

        def start(self, tag: str, attrs: dict[str, str]) -> Element:
            element: Element = super().start(tag, attrs)
            self.open.append(element)
            return element

        def end(self, tag: str) -> Element:
            if all(element.tag != tag for element in self.open):
                raise ParseError(tag)
            while self.open[-1].tag != tag:
                blank = self.open.pop()
                super().end(blank.tag)
                self.open[-1].extend(blank)
                for child in list(blank):
                    blank.remove(child)
            self.open.pop()
            ended: Element = super().end(tag)
            return ended

    logging.getLogger("ofxtools").setLevel(logging.CRITICAL)
    builder = Builder()
    builder.feed(text.lstrip())
    root: Element | None = builder.close()
    return root
