"""An encrypted copy of a PDF for the way; the plain PDF/A stays on file, since an encrypted one cannot be PDF/A."""

from __future__ import annotations

import io

import pikepdf
from daysheet.errors import DaysheetError

MINIMUM_PASSWORD = 8


def encrypted(pdf: bytes, password: str) -> bytes:
    """The same document under AES-256 (PDF 2.0, revision 6), embedded files included.

    Each call draws new keys, so the bytes differ from call to call; the document does not.

    Raises:
        DaysheetError: the password is shorter than eight characters, or this is not a PDF.
    """
    if len(password) < MINIMUM_PASSWORD:
        raise DaysheetError(f"the password of the PDF has fewer than {MINIMUM_PASSWORD} characters")
    out = io.BytesIO()
    try:
        with pikepdf.open(io.BytesIO(pdf)) as document:
            document.save(
                out,
                encryption=pikepdf.Encryption(owner=password, user=password, R=6, aes=True, metadata=True),
                object_stream_mode=pikepdf.ObjectStreamMode.preserve,
            )
    except pikepdf.PdfError:
        raise DaysheetError("the pack is not a readable PDF", remedy="build it again with daysheet pack") from None
    return out.getvalue()
