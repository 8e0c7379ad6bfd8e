"""The installation: versions, libraries, the pack's typefaces."""

from __future__ import annotations

import importlib
import platform
import re
import sys
from collections.abc import Iterator
from importlib import metadata, resources
from typing import Final

from daysheet import __version__
from daysheet.importers.upkeep.fault import Fault, Part
from fontTools.ttLib import TTFont, TTLibError

_OLDEST: Final = (3, 11)
_NEEDS: Final = re.compile(r"(?P<name>[A-Za-z0-9._-]+)(\[[^]]*\])?\s*(?P<ranges>[^;]*)\Z")
_RANGE: Final = re.compile(r"(>=|<)\s*([0-9.]+)")
_INSTALL: Final = 'pip install --upgrade "{need}"'
_NATIVE: Final = {
    "weasyprint": "install Pango (apt install libpango-1.0-0 libpangoft2-1.0-0)",
    "pikepdf": "pip install --force-reinstall pikepdf",
    "beancount.parser._parser": "pip install --force-reinstall beancount",
}
"""Libraries that stand on others which are not Python's, and what to do where those are not there."""
_FACES: Final = "daysheet.templates"


def versions() -> Part:
    """Python, Daysheet, and every package that it needs, in the ranges that it was tried with."""
    faults = [Fault("Python is older than 3.11", "install Python 3.11 or newer")] if sys.version_info < _OLDEST else []
    needed = [need for need in metadata.requires("daysheet") or () if ";" not in need]
    faults += [fault for need in needed for fault in _package(need)]
    named = f"daysheet {__version__}, Python {platform.python_version()}, beancount {_version('beancount')}"
    return Part("versions", f"{named}, fava {_version('fava')}, {len(needed)} packages", tuple(faults))


def libraries() -> Part:
    """What the packages stand on outside Python, by loading it."""
    return Part("libraries", ", ".join(_NATIVE), tuple(_native()))


def typefaces() -> Part:
    """The pack's typefaces, each as a font that can be read."""
    place = resources.files(_FACES).joinpath("fonts")
    names = sorted(each.name for each in place.iterdir() if each.name.endswith(".ttf")) if place.is_dir() else []
    faults = [] if names else [Fault("the pack's typefaces are not installed", _reinstall())]
    for name in names:
        with resources.as_file(place.joinpath(name)) as path:
            try:
                with TTFont(path, lazy=True) as face:
                    face.getBestCmap()
            except (TTLibError, OSError):
                faults.append(Fault("this typeface is damaged", _reinstall(), path))
    return Part("typefaces", ", ".join(names) or "none", tuple(faults))


def _reinstall() -> str:
    return "pip install --force-reinstall --no-deps daysheet"


def _version(name: str) -> str:
    try:
        return metadata.version(name)
    except metadata.PackageNotFoundError:
        return "not installed"


def _package(need: str) -> Iterator[Fault]:
    match = _NEEDS.match(need.strip())
    if match is None:
        return
    found = _version(match["name"])
    if found == "not installed":
        yield Fault(f"{match['name']} is not installed", _INSTALL.format(need=need))
        return
    for sign, bound in _RANGE.findall(match["ranges"]):
        if (_numbers(found) >= _numbers(bound)) != (sign == ">="):
            words = f"{match['name']} is {found}, and Daysheet was tried with {match['ranges']}"
            yield Fault(words, _INSTALL.format(need=need))


def _numbers(version: str) -> tuple[int, ...]:
    """The numbers of a version, for comparison; `3.2` and `3.2.0` agree."""
    found = [int(part) for part in re.findall(r"[0-9]+", re.split(r"[^0-9.]", version)[0])]
    while found and not found[-1]:
        found.pop()
    return tuple(found)


def _native() -> Iterator[Fault]:
    for name, mend in _NATIVE.items():
        try:
            importlib.import_module(name)
        except (ImportError, OSError):
            yield Fault(f"{name} cannot be loaded", mend)
