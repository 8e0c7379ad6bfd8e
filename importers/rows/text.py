"""Bytes to text: what a dropped file is, which encoding it has, and its lines with their physical numbers."""

from __future__ import annotations

import codecs
import csv
import io
import re
from collections.abc import Iterable, Iterator
from contextlib import suppress
from typing import Final, NamedTuple

import chardet
from daysheet.errors import DaysheetError
from daysheet.importers.rows.raw_file import RawFile

FIELD_LIMIT: Final = 64 * 1024
"""Characters of a cell: a spreadsheet has half as many in one, and to look for names in more takes long."""
COLUMNS_LIMIT: Final = 2_000
"""Columns of a table of text: the widest exports of practice systems have some hundreds."""
_MARKS_LIMIT: Final = 50 * COLUMNS_LIMIT
"""Delimiters in one physical line, those that stand in a cell's text included."""
_SAMPLE: Final = 256 * 1024
_CHUNK: Final = 1024 * 1024
_BOMS: Final = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_MARKUP: Final = re.compile(
    rb"\s*(<!doctype html|<html|<table|<meta|<head|<body|<style|<\?xml[^>]*\?>\s*<html)", re.IGNORECASE
)
_OFX: Final = re.compile(rb"\s*(OFXHEADER\s*:|<\?OFX|(<\?xml[^>]*\?>\s*)?(<\?OFX[^>]*\?>\s*)?<OFX>)", re.IGNORECASE)
_BINARY: Final = re.compile(
    rb"%PDF-|\x89PNG|\xff\xd8\xff|GIF8|\x1f\x8b|BZh|7z\xbc\xaf|Rar!|\x7fELF|MZ\x90|SQLite format 3"
)
_WESTERN: Final = frozenset({"cp1252", "iso8859-1", "iso8859-15", "ascii", "mac-roman"})
_WRITTEN_BY_BANKS: Final = frozenset(
    (
        *("cp1250", "iso8859-2", "cp1251", "koi8-r", "cp1253", "iso8859-7", "cp1254", "iso8859-9", "cp1255", "cp1256"),
        *("cp1257", "iso8859-13", "cp1258", "gb18030", "big5", "shift_jis", "cp932", "euc_jp", "euc_kr", "cp949"),
        *("tis-620", "cp874", "cp852"),
    )
)
_FOREIGN: Final = re.compile("[\u0370-\u1fff]")
_MIXED: Final = re.compile("[A-Za-z][\u0370-\u1fff]|[\u0370-\u1fff][A-Za-z]")
_CONTROL: Final = re.compile(rb"[\x01-\x08\x0e-\x1a\x1c-\x1f]")


class Row(NamedTuple):
    """One row: the physical line on which it starts, counted from 1 (in a workbook the sheet's row), and its cells."""

    line: int
    cells: list[str]


class Exact(str):
    """A cell that a workbook holds as a number or a date: a decimal point and no thousands, or an ISO date."""

    __slots__ = ()


class RaggedQuotesError(Exception):
    """A quote stands where CSV allows none; the file must be read leniently."""


def container(data: bytes) -> str:
    """What the bytes are, whatever the file is called: `text`, `zip`, `ole`, `html`, `ofx` or `binary`."""
    if data.startswith(b"PK\x03\x04"):
        return "zip"
    if data.startswith(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"):
        return "ole"
    start = data[:4096].removeprefix(codecs.BOM_UTF8)
    wide = _wide(data)
    if wide:
        start = start.decode(wide, "ignore").encode(errors="ignore")
    if _OFX.match(start):
        return "ofx"
    if _MARKUP.match(start):
        return "html"
    if _BINARY.match(data) or (not wide and len(_CONTROL.findall(data[:_SAMPLE])) * 50 > len(data[:_SAMPLE])):
        return "binary"
    return "text"


def encoding_of(data: bytes) -> str:
    """The encoding, by Python's name: a byte order mark, else UTF-8 if it is valid, else the likeliest other one."""
    for mark, name in _BOMS:
        if data.startswith(mark):
            return name
    wide = _wide(data)
    if wide:
        return wide
    if _decodes(data, "utf-8"):
        return "utf-8"
    return _legacy(data)


def _wide(data: bytes) -> str | None:
    """UTF-16 shows by its zero bytes: Western text has one in every pair, always on the same side."""
    if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return "utf-16"
    start = data[: _SAMPLE - _SAMPLE % 2]
    pairs = len(start) // 2
    if pairs < 8:
        return None
    if start[1::2].count(0) * 10 > pairs * 7 and start[0::2].count(0) == 0:
        return "utf-16-le"
    if start[0::2].count(0) * 10 > pairs * 7 and start[1::2].count(0) == 0:
        return "utf-16-be"
    return None


def _decodes(data: bytes, encoding: str) -> bool:
    decoder = codecs.getincrementaldecoder(encoding)()
    try:
        for start in range(0, len(data), _CHUNK):
            decoder.decode(data[start : start + _CHUNK])
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return False
    return True


def _legacy(data: bytes) -> str:
    """An encoding of one byte a character (or East Asian): the statistics of the lines that are not ASCII.

    Of the ranking the first counts that banks are known to write and in which words do not mix two alphabets: Western
    letters read as Cyrillic stand between Latin ones, while a bank's own slip (a Latin C in a Russian word) is rare.
    """
    lines = [line for line in data[: 16 * _SAMPLE].splitlines() if not line.isascii()]
    sample = b"\n".join(lines)[:_SAMPLE]
    for guess in chardet.detect_all(sample):
        name = str(guess["encoding"]).lower()
        with suppress(LookupError):
            name = codecs.lookup({"gb2312": "gb18030", "gbk": "gb18030"}.get(name, name)).name
        if name in _WESTERN:
            break
        if name in _WRITTEN_BY_BANKS and _decodes(data, name):
            text = sample.decode(name, "replace")
            if text == sample.decode("cp1252", "replace"):  # letters that both have: then the commoner one
                break
            if not _mixes(text):
                return name
    return "cp1252" if re.search(rb"[\x80-\x9f]", data) and _decodes(data, "cp1252") else "latin-1"


def _mixes(text: str) -> bool:
    """Whether more than a few words mix two alphabets."""
    return 5 * len(_MIXED.findall(text)) > len(_FOREIGN.findall(text))


def lines_of(file: RawFile, encoding: str) -> io.TextIOWrapper:
    """The text as a stream of lines; CR, LF and CR LF all end one."""
    return io.TextIOWrapper(io.BytesIO(file.data), encoding=encoding, newline=None)


def check_text(file: RawFile, encoding: str) -> None:
    """Refuse what cannot be read in full.

    Raises:
        DaysheetError: the file does not decode, or holds NUL bytes (a cut or damaged download).
    """
    data = file.data
    if not encoding.startswith(("utf-16", "utf-32")):
        place = data.find(b"\x00")
        if place >= 0:
            raise DaysheetError(
                "holds NUL bytes: it is damaged or no text file",
                filename=file.path,
                line=_line_at(data, place),
                remedy="export it again",
            )
    check_encoding(file, encoding)


def check_encoding(file: RawFile, encoding: str) -> None:
    """Refuse what is not what its own mark says.

    Raises:
        DaysheetError: the file does not decode.
    """
    if not _decodes(file.data, encoding):
        raise DaysheetError(f"is not {encoding} text", filename=file.path, remedy="export it again as UTF-8")


def _line_at(data: bytes, place: int) -> int:
    before = data[:place]
    return 1 + before.count(b"\n") + before.count(b"\r") - before.count(b"\r\n")


def rows_of(file: RawFile, encoding: str, delimiter: str, quote: str = '"', *, lenient: bool = False) -> Iterator[Row]:
    """The rows of delimited text, blank lines included, as they stand.

    Args:
        file: the file.
        encoding: Python's name of its encoding.
        delimiter: one character.
        quote: the quote character; empty for files whose quotes mean nothing.
        lenient: take a quote inside a cell as itself.

    Raises:
        RaggedQuotesError: not `lenient`, and a quote stands where CSV allows none.
        DaysheetError: a quote never closes, a cell is larger than 64 kB, or there are more columns than any export has.
    """
    stream = lines_of(file, encoding)
    before = csv.field_size_limit(FIELD_LIMIT)
    reader = csv.reader(
        _with_end(_narrow(stream, file, delimiter)),
        delimiter=delimiter,
        quotechar=quote or None,
        quoting=csv.QUOTE_MINIMAL if quote else csv.QUOTE_NONE,
        skipinitialspace=False,
        strict=bool(quote) and not lenient,
    )
    line, last = 1, [_END]
    try:
        for cells in reader:
            if cells == last:
                return
            if len(cells) > COLUMNS_LIMIT:
                raise _too_wide(file, line)
            yield Row(line, cells)
            line = reader.line_num + 1
        raise _open_quote(file, line)
    except csv.Error as problem:
        if "field larger" in str(problem):
            raise DaysheetError("holds a cell of more than 64 kB", filename=file.path, line=line) from None
        raise RaggedQuotesError from None
    finally:
        csv.field_size_limit(before)


_END: Final = "\x1e end of file \x1e"


def _narrow(stream: Iterable[str], file: RawFile, delimiter: str) -> Iterator[str]:
    """The lines; one of millions of cells is refused while it is a text: as cells it would take gigabytes."""
    for number, text in enumerate(stream, 1):
        if text.count(delimiter) > _MARKS_LIMIT:
            raise _too_wide(file, number)
        yield text


def _too_wide(file: RawFile, line: int) -> DaysheetError:
    return DaysheetError(
        f"has more than {COLUMNS_LIMIT:,} columns",
        filename=file.path,
        line=line,
        remedy="export the columns that are needed",
    )


def _with_end(stream: Iterable[str]) -> Iterator[str]:
    """The lines, then a mark that comes out as a row of its own unless a quote is still open."""
    text = "\n"
    for text in stream:
        yield text
    if not text.endswith("\n"):
        yield "\n"
    yield _END


def _open_quote(file: RawFile, line: int) -> DaysheetError:
    return DaysheetError(
        "a quote opens in this row and never closes", filename=file.path, line=line, remedy="export the file again"
    )
