"""Workbooks of the kinds that no library of ours writes: the old Excel's, and OpenDocument's."""

from __future__ import annotations

import io
import struct
import zipfile
from collections.abc import Sequence
from html import escape
from typing import Final

_SECTOR: Final = 512
_SMALL: Final = 4096
"""A stream of fewer bytes lies elsewhere in the file."""
_FREE: Final = 0xFFFFFFFF
_END: Final = 0xFFFFFFFE
_TABLE: Final = 0xFFFFFFFD
Rows = Sequence[Sequence[object]]


def xls(rows: Rows) -> bytes:
    """A workbook of one sheet as Excel 97 to 2003 saves it: records (MS-XLS) in a compound file (MS-CFB)."""
    stream = _records(rows).ljust(_SMALL, b"\0")
    stream += bytes(-len(stream) % _SECTOR)
    many = len(stream) // _SECTOR
    chain = [_TABLE, _END, *range(3, many + 2), _END]
    table = struct.pack("<128I", *chain, *[_FREE] * (128 - len(chain)))
    head = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(16) + struct.pack("<5H", 0x3E, 3, 0xFFFE, 9, 6) + bytes(6)
    head += struct.pack("<9I", 0, 1, 1, 0, _SMALL, _END, 0, _END, 0) + struct.pack("<109I", 0, *[_FREE] * 108)
    folder = _entry("Root Entry", 5, _END, 0, child=1) + _entry("Workbook", 2, 2, len(stream), child=_FREE)
    return head + table + folder.ljust(_SECTOR, b"\0") + stream


def _entry(name: str, kind: int, first: int, size: int, *, child: int) -> bytes:
    """What a compound file says of a folder or a stream."""
    text = name.encode("utf-16-le") + b"\0\0"
    said = text.ljust(64, b"\0") + struct.pack("<HBB3I", len(text), kind, 1, _FREE, _FREE, child)
    return said + bytes(36) + struct.pack("<IQ", first, size)


def _records(rows: Rows) -> bytes:
    def record(kind: int, data: bytes) -> bytes:
        return struct.pack("<HH", kind, len(data)) + data

    def begin(of: int) -> bytes:
        return record(0x0809, struct.pack("<4HII", 0x0600, of, 0, 1997, 0, 6))

    end = record(0x000A, b"")
    name = b"\x05\x00Sheet"
    before = len(begin(5)) + len(record(0x0085, bytes(6) + name)) + len(end)
    book = begin(5) + record(0x0085, struct.pack("<IBB", before, 0, 0) + name) + end
    cells = b"".join(
        record(0x0203, struct.pack("<3Hd", down, across, 0, value))
        if isinstance(value, float)
        else record(0x0204, struct.pack("<4HB", down, across, 0, len(str(value)), 0) + str(value).encode("latin-1"))
        for down, row in enumerate(rows)
        for across, value in enumerate(row)
        if value is not None
    )
    extent = record(0x0200, struct.pack("<IIHHH", 0, len(rows), 0, len(rows[0]), 0))
    return book + begin(0x10) + extent + cells + end


def ods(rows: Rows) -> bytes:
    """A workbook of one sheet as LibreOffice saves it, as far as a reader looks."""
    cells = "".join(f"<table:table-row>{''.join(map(_cell, row))}</table:table-row>" for row in rows)
    urn = "urn:oasis:names:tc:opendocument:xmlns"
    content = (
        f'<office:document-content xmlns:office="{urn}:office:1.0" xmlns:table="{urn}:table:1.0"'
        f' xmlns:text="{urn}:text:1.0"><office:body><office:spreadsheet><table:table table:name="Sheet">{cells}'
        "</table:table></office:spreadsheet></office:body></office:document-content>"
    )
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        archive.writestr("META-INF/manifest.xml", f'<m:manifest xmlns:m="{urn}:manifest:1.0"/>')
        archive.writestr("content.xml", content)
    return out.getvalue()


def _cell(value: object) -> str:
    if isinstance(value, float):
        return f'<table:table-cell office:value-type="float" office:value="{value}"/>'
    text = escape(str(value or ""))
    return f'<table:table-cell office:value-type="string"><text:p>{text}</text:p></table:table-cell>'
