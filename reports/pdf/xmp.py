"""What a PDF says of itself in XMP: title, author, dates, and that it is both archival and accessible.

PDF/UA-1's claim needs an extension schema (ISO 19005-3, 6.6.2.3), and all of it must stand in the one RDF block:
validators do not read a second one.
"""

from __future__ import annotations

import datetime
from typing import Final
from xml.etree.ElementTree import Element, SubElement, register_namespace, tostring

_RDF: Final = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
_PDFA: Final = "http://www.aiim.org/pdfa/ns/id/"
_PDFUA: Final = "http://www.aiim.org/pdfua/ns/id/"
_EXTENSION: Final = "http://www.aiim.org/pdfa/ns/extension/"
_SCHEMA: Final = "http://www.aiim.org/pdfa/ns/schema#"
_PROPERTY: Final = "http://www.aiim.org/pdfa/ns/property#"
_DC: Final = "http://purl.org/dc/elements/1.1/"
_XMP: Final = "http://ns.adobe.com/xap/1.0/"
_PDF: Final = "http://ns.adobe.com/pdf/1.3/"
_XML: Final = "http://www.w3.org/XML/1998/namespace"
_PREFIXES: Final = {
    "rdf": _RDF, "pdfaid": _PDFA, "pdfuaid": _PDFUA, "pdfaExtension": _EXTENSION, "pdfaSchema": _SCHEMA,
    "pdfaProperty": _PROPERTY, "dc": _DC, "xmp": _XMP, "pdf": _PDF,
}  # fmt: skip


def block(title: str, author: str, description: str, program: str, moment: datetime.datetime) -> bytes:
    """The RDF block of an archival and accessible PDF, as an XMP packet."""
    rdf = Element(f"{{{_RDF}}}RDF")
    archival = _description(rdf)
    SubElement(archival, f"{{{_PDFA}}}part").text = "3"
    SubElement(archival, f"{{{_PDFA}}}conformance").text = "A"
    said = _description(rdf)
    _default_language(SubElement(said, f"{{{_DC}}}title"), title)
    SubElement(SubElement(SubElement(said, f"{{{_DC}}}creator"), f"{{{_RDF}}}Seq"), f"{{{_RDF}}}li").text = author
    _default_language(SubElement(said, f"{{{_DC}}}description"), description)
    SubElement(said, f"{{{_PDF}}}Producer").text = program
    SubElement(said, f"{{{_XMP}}}CreatorTool").text = program
    for name in ("CreateDate", "ModifyDate"):
        SubElement(said, f"{{{_XMP}}}{name}").text = moment.strftime("%Y-%m-%dT%H:%M:%SZ")
    claim_accessible(rdf)
    begin, end = '<?xpacket begin="\ufeff" id="W5M0MpCehiHzreSzNTczkc9d"?>', '<?xpacket end="w"?>'
    meta = f'{begin}\n<x:xmpmeta xmlns:x="adobe:ns:meta/">\n'.encode()
    return meta + as_bytes(rdf) + f"\n</x:xmpmeta>\n{end}".encode()


def claim_accessible(rdf: Element) -> None:
    """Put the claim to follow PDF/UA-1, and the schema that explains it, into an RDF block."""
    SubElement(_description(rdf), f"{{{_PDFUA}}}part").text = "1"
    schemas = SubElement(SubElement(_description(rdf), f"{{{_EXTENSION}}}schemas"), f"{{{_RDF}}}Bag")
    schema = _resource(schemas)
    SubElement(schema, f"{{{_SCHEMA}}}schema").text = "PDF/UA identification schema"
    SubElement(schema, f"{{{_SCHEMA}}}namespaceURI").text = _PDFUA
    SubElement(schema, f"{{{_SCHEMA}}}prefix").text = "pdfuaid"
    properties = SubElement(SubElement(schema, f"{{{_SCHEMA}}}property"), f"{{{_RDF}}}Seq")
    part = _resource(properties)
    SubElement(part, f"{{{_PROPERTY}}}name").text = "part"
    SubElement(part, f"{{{_PROPERTY}}}valueType").text = "Integer"
    SubElement(part, f"{{{_PROPERTY}}}category").text = "internal"
    SubElement(part, f"{{{_PROPERTY}}}description").text = "Which part of ISO 14289 the document follows"


def as_bytes(rdf: Element) -> bytes:
    """An RDF block as UTF-8, its namespaces under the names that everyone uses."""
    for prefix, namespace in _PREFIXES.items():
        register_namespace(prefix, namespace)
    written: bytes = tostring(rdf, encoding="utf-8")
    return written


def _description(rdf: Element) -> Element:
    return SubElement(rdf, f"{{{_RDF}}}Description", {f"{{{_RDF}}}about": ""})


def _resource(parent: Element) -> Element:
    return SubElement(parent, f"{{{_RDF}}}li", {f"{{{_RDF}}}parseType": "Resource"})


def _default_language(parent: Element, text: str) -> None:
    alternatives = SubElement(parent, f"{{{_RDF}}}Alt")
    SubElement(alternatives, f"{{{_RDF}}}li", {f"{{{_XML}}}lang": "x-default"}).text = text
