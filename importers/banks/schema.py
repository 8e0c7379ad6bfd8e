"""The JSON Schema of the profile language, made from its classes, so that an editor completes and explains every word.

`importers/banks/profile.schema.json` is this schema, written; a test holds both together.
"""

from __future__ import annotations

import dataclasses
import json
import types
from typing import Any, Final, Union, get_args, get_origin, get_type_hints

from daysheet.importers.banks.profile import Profile
from daysheet.strict_toml import key_of

_PLAIN: Final = {str: "string", int: "integer", bool: "boolean"}


def schema() -> dict[str, Any]:
    """The schema, as data."""
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "A Daysheet bank profile",
        **_table(Profile),
    }


def written() -> str:
    """The schema, as the file holds it."""
    return json.dumps(schema(), indent=2, ensure_ascii=False) + "\n"


def _table(kind: type[Any]) -> dict[str, Any]:
    hints = get_type_hints(kind)
    properties = {}
    required = []
    for field in dataclasses.fields(kind):
        described = _kind(hints[field.name]) | {"description": field.metadata["doc"]}
        choices = field.metadata.get("choices")
        if choices:
            described["enum"] = list(choices)
        if field.metadata.get("regex"):
            described["format"] = "regex"
        if field.default is not dataclasses.MISSING and isinstance(field.default, str | int) and field.default != "":
            described["default"] = field.default
        if field.default is dataclasses.MISSING and field.default_factory is dataclasses.MISSING:
            required.append(key_of(field))
        properties[key_of(field)] = described
    found: dict[str, Any] = {
        "type": "object",
        "description": (kind.__doc__ or "").partition("\n")[0],
        "properties": properties,
        "additionalProperties": False,
    }
    return found | ({"required": required} if required else {})


def _kind(hint: Any) -> dict[str, Any]:  # noqa: ANN401 - a type is of any kind
    if dataclasses.is_dataclass(hint):
        return _table(hint)  # type: ignore[arg-type]
    if get_origin(hint) is tuple:
        return {"type": "array", "items": _kind(get_args(hint)[0])}
    if get_origin(hint) is dict:
        return {"type": "object", "additionalProperties": {"type": "string"}}
    if get_origin(hint) in (Union, types.UnionType):
        kinds = [_kind(each) for each in get_args(hint) if each is not type(None)]
        if len(kinds) == 1:
            return kinds[0]
        if all(set(kind) == {"type"} for kind in kinds):
            return {"type": [kind["type"] for kind in kinds]}
        return {"anyOf": kinds}
    return {"type": _PLAIN[hint]}


def reference() -> str:
    """The language as a Markdown reference, one table a part: what the documentation shows."""
    parts = []
    for title, kind in _parts(Profile, "The profile itself"):
        parts += [
            f"### {title}",
            "",
            (kind.__doc__ or "").partition("\n")[0],
            "",
            "| key | what it says |",
            "|---|---|",
        ]
        for field in dataclasses.fields(kind):
            needed = field.default is dataclasses.MISSING and field.default_factory is dataclasses.MISSING
            text = field.metadata["doc"].replace("|", "\\|")
            parts.append(f"| `{key_of(field)}`{' (needed)' if needed else ''} | {text} |")
        parts.append("")
    return "\n".join(parts)


def _parts(kind: type[Any], title: str) -> list[tuple[str, type[Any]]]:
    found = [(title, kind)]
    hints = get_type_hints(kind)
    for field in dataclasses.fields(kind):
        hint = hints[field.name]
        several = get_origin(hint) is tuple
        inner = get_args(hint)[0] if several else hint
        if get_origin(inner) in (Union, types.UnionType):
            inner = next(each for each in get_args(inner) if each is not type(None))
        if dataclasses.is_dataclass(inner) and isinstance(inner, type):
            name = key_of(field)
            found += _parts(inner, f"`[[{name}]]`" if several else f"`[{name}]`")
    return found
