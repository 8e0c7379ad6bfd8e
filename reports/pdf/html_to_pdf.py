"""HTML to PDF: tagged, archival (PDF/A-3a) and accessible (PDF/UA-1), the same bytes on every machine.

WeasyPrint writes one conformance into the metadata; both belong into the one RDF block (a second block is ignored by
validators), so the block is extended here. Fonts, style sheets and embedded files come from this program and nowhere
else: no file, no network.
"""

from __future__ import annotations

import datetime
import io
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from types import MethodType
from typing import TYPE_CHECKING, Any, Final
from xml.etree.ElementTree import ParseError, fromstring

import daysheet.templates
from daysheet.ledger import collector
from daysheet.reports.pdf import fonts, xmp

if TYPE_CHECKING:
    import pikepdf

TEMPLATES: Final = Path(daysheet.templates.__file__).parent
VARIANT: Final = "pdf/a-3a"
_FONTCONFIG: Final = "FONTCONFIG_FILE"
_SCHEME: Final = "pack:"


@dataclass(frozen=True)
class Embedded:
    """A file inside the PDF; `relationship` is PDF/A-3's: `Data`, `Source`, `Alternative`, `Supplement`."""

    name: str
    data: bytes
    media_type: str
    description: str
    relationship: str = "Data"


@dataclass(frozen=True)
class Document:
    """All that a PDF is made from: it can be sent to another process, and hashed.

    Attributes:
        html: the whole document; it can refer to nothing but its own style.
        style: the style sheet.
        dated: the day written into the file as that of its making (the books' own, never the clock's).
        embedded: the files inside.
    """

    html: str
    style: str
    dated: datetime.date
    embedded: tuple[Embedded, ...] = ()

    @property
    def size(self) -> int:
        """How much work it is, in characters."""
        return len(self.html)

    def render(self) -> bytes:
        """The PDF."""
        return render(self)


def render(document: Document) -> bytes:
    """The PDF of a document.

    Raises:
        ValueError: the document refers to something outside itself.
    """
    return compressed(written(document))


def written(document: Document) -> bytes:
    """The PDF of a document as it is written first, before it is `compressed`.

    Raises:
        ValueError: the document refers to something outside itself.
    """
    with collector.paused(), _own_fonts():
        # imported here because fontconfig is read at import, and because it takes half a second
        from weasyprint import Attachment  # noqa: PLC0415
        from weasyprint.text.fonts import FontConfiguration  # noqa: PLC0415
        from weasyprint.urls import FatalURLFetchingError  # noqa: PLC0415

        # a new one each time: what was set before must leave no trace
        configuration = FontConfiguration()
        fetcher = _fetcher(document.embedded)
        moment = datetime.datetime.combine(document.dated, datetime.time(), datetime.UTC)
        attachments = [
            Attachment(
                url=_SCHEME + file.name,
                url_fetcher=fetcher,
                name=file.name,
                description=file.description,
                created=moment,
                modified=moment,
                relationship=file.relationship,
            )
            for file in document.embedded
        ]
        try:
            html = _parsed(document.html, fetcher)
            made = html.render(stylesheets=[_sheet(document.style)], font_config=configuration)
            made.metadata.created = made.metadata.modified = moment.strftime("%Y-%m-%dT%H:%M:%SZ")
            made.metadata.generate_rdf_metadata = MethodType(_both_conformances, made.metadata)
            pdf: bytes = made.write_pdf(pdf_variant=VARIANT, attachments=attachments, uncompressed_pdf=True)
        except FatalURLFetchingError as problem:
            raise ValueError(str(problem)) from None
    return pdf


def compressed(pdf: bytes) -> bytes:
    """The same PDF with its streams compressed: QPDF does it in a tenth of the time that Python takes."""
    # takes a tenth of a second to load, which what only lays pages out should not wait for
    import pikepdf  # noqa: PLC0415

    with pikepdf.open(io.BytesIO(pdf)) as opened:
        return saved(opened)


def saved(pdf: pikepdf.Pdf) -> bytes:
    """A PDF as we write all of them: compressed, small, and named by what is in it."""
    import pikepdf  # noqa: PLC0415 - see `compressed`

    out = io.BytesIO()
    pdf.save(
        out,
        compress_streams=True,
        object_stream_mode=pikepdf.ObjectStreamMode.generate,
        deterministic_id=True,
    )
    return out.getvalue()


def warm() -> None:
    """Load what sets a document, in a process that will: programs and typefaces, which a first page needs."""
    render(Document("<html><body><p>A</p></body></html>", "", datetime.date.min))


@lru_cache(maxsize=4)
def _sheet(style: str) -> Any:  # noqa: ANN401 - WeasyPrint is untyped
    """A style sheet, read once for all documents: half of what a page takes that says little is the reading of it."""
    from weasyprint import CSS  # noqa: PLC0415

    return CSS(string=style, base_url=_SCHEME, url_fetcher=_fetcher(()))


def _parsed(markup: str, fetcher: Any) -> Any:  # noqa: ANN401 - WeasyPrint is untyped
    """The markup as WeasyPrint takes it; where it is XML as well, as that of our templates is, read as such.

    Reading it as HTML takes a fifteenth of all the time that a pack's pages take, reading it as XML next to none.
    """
    from weasyprint import HTML  # noqa: PLC0415

    try:
        root = fromstring(markup)  # noqa: S314 - made here
    except ParseError:
        return HTML(string=markup, base_url=_SCHEME, url_fetcher=fetcher)
    html = HTML(string="", base_url=_SCHEME, url_fetcher=fetcher)
    html.wrapper_element = type(html.wrapper_element).from_html_root(root, content_language=None)
    html.etree_element = root
    return html


@contextmanager
def _own_fonts() -> Iterator[None]:
    """Let fontconfig see the fonts of this program and no others while it is being read."""
    before = os.environ.get(_FONTCONFIG)
    os.environ[_FONTCONFIG] = str(fonts.FOLDER / "fonts.conf")
    try:
        yield
    finally:
        if before is None:
            del os.environ[_FONTCONFIG]
        else:
            os.environ[_FONTCONFIG] = before


def _fetcher(embedded: tuple[Embedded, ...]) -> Any:  # noqa: ANN401 - WeasyPrint is untyped
    """A fetcher that knows the embedded files and refuses everything else."""
    from weasyprint.urls import FatalURLFetchingError, URLFetcher, URLFetcherResponse  # noqa: PLC0415

    known: Mapping[str, Embedded] = {_SCHEME + file.name: file for file in embedded}

    class OnlyOwn(URLFetcher):  # type: ignore[misc]
        def fetch(self, url: str, headers: Mapping[str, str] | None = None) -> Any:  # noqa: ANN401
            file = known.get(url)
            if file is None:
                raise FatalURLFetchingError(f"a document may not refer to {url}")
            return URLFetcherResponse(url, file.data, {"Content-Type": file.media_type})

    return OnlyOwn(allowed_protocols=(), allow_redirects=False, fail_on_errors=True)


def _both_conformances(metadata: Any, variant: str, version: int, conformance: str) -> bytes:  # noqa: ANN401
    """WeasyPrint's own RDF block with the second conformance in it."""
    rdf = fromstring(type(metadata).generate_rdf_metadata(metadata, variant, version, conformance))  # noqa: S314 - made here
    xmp.claim_accessible(rdf)
    return xmp.as_bytes(rdf)
