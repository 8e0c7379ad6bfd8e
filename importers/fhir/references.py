"""References from one resource to another: relative, absolute, of a version or bundle, contained, by identifier."""

from __future__ import annotations

import re
from collections.abc import Mapping
from types import MappingProxyType
from typing import Final, NamedTuple
from urllib.parse import unquote

from daysheet.importers.fhir.elements import Body, identifier, part, parts, text

_TYPED: Final = re.compile(r"(?:\S*/)?([A-Z][A-Za-z]{2,63})/([A-Za-z0-9\-._~]{1,128})\Z")
_VERSION: Final = re.compile(r"/_history(/.*)?\Z")
_SEARCHED: Final = re.compile(r"(?:\S*/)?([A-Z][A-Za-z]{2,63})\?(?:\S*&)?identifier=(?:([^|&]*)\|)?([^&|]+)")
_URN: Final = re.compile(r"urn:(?:uuid|oid):(\S+)\Z", re.IGNORECASE)


class Ref(NamedTuple):
    """What a reference points at.

    Attributes:
        kind: the type; empty where the reference does not say it.
        id: of the resource, else the value of its identifier; empty where there is neither.
        system: of the identifier, where it is by one.
        by_identifier: whether `id` is an identifier's value.
        display: the words that stand for it.
        contained: the resource itself, where it is inside the one that refers.
    """

    kind: str = ""
    id: str = ""
    system: str = ""
    by_identifier: bool = False
    display: str = ""
    contained: Body = MappingProxyType({})

    def __bool__(self) -> bool:
        return bool(self.id or self.display or self.contained)


Aliases = Mapping[str, tuple[str, str]]
"""Type and id of resources by the addresses under which bundles have them, where these do not show it."""


def reference(value: object, within: Body, aliases: Aliases) -> Ref:
    """What an element of type Reference points at.

    Args:
        value: the element.
        within: the resource that it stands in, for what is contained there.
        aliases: addresses of bundles.
    """
    if not isinstance(value, dict):
        return Ref()
    written, display = text(value.get("reference")), text(value.get("display"))
    kind = text(value.get("type"))
    if written.startswith("#"):
        found = next((each for each in parts(within, "contained") if text(each.get("id")) == written[1:]), {})
        return Ref(text(found.get("resourceType")) or kind, identifier(found), display=display, contained=found)
    if written:
        return pointed(written, kind, aliases)._replace(display=display)
    by = part(value, "identifier")
    number = text(by.get("value"))
    return Ref(kind, number, text(by.get("system")), bool(number), display)


def pointed(written: str, kind: str, aliases: Aliases) -> Ref:
    """What the text of a reference points at; `kind` is the type that it is known to be of, or empty."""
    bare = _VERSION.sub("", written)
    if bare in aliases:
        return Ref(*aliases[bare])
    searched = _SEARCHED.match(bare)
    if searched is not None:
        system, number = unquote(searched[2] or ""), unquote(searched[3])
        return Ref(searched[1], number, system, by_identifier=True)
    typed = _TYPED.match(bare)
    if typed is not None:
        return Ref(typed[1], typed[2])
    urn = _URN.match(bare)
    last = urn[1] if urn else bare.rstrip("/").rpartition("/")[2]
    return Ref(kind, last)


def alias(url: str, kind: str, identity: str) -> bool:
    """Whether the address of a resource in a bundle does not show its type and id to who refers to it."""
    found = pointed(url, kind, {})
    return bool(url) and (found.kind, found.id) != (kind, identity)
