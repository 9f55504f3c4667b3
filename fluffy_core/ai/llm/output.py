"""What every language model does with its answer: end it at a stop word, hold it against a JSON schema."""

import json
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from fluffy_core.errors import BugError, ModelError

LONGEST_STRING, LONGEST_LIST = 400, 24
"""Characters of a string and items of a list where the schema sets no limit: JSON may go on for ever."""

_TYPES: dict[str, type | tuple[type, ...]] = {
    "object": dict,
    "array": list,
    "string": str,
    "boolean": bool,
    "null": type(None),
    "integer": int,
    "number": (int, float),
}
_KNOWN = frozenset(
    {
        *("type", "enum", "const", "title", "description"),
        *("properties", "required", "additionalProperties"),
        *("items", "minItems", "maxItems"),
        *("minLength", "maxLength", "minimum", "maximum"),
    }
)


def until_stop(pieces: Iterable[str], stop: tuple[str, ...]) -> Iterator[str]:
    """The pieces up to the first of the words in `stop`; what may yet become one is held back."""
    held = ""
    for piece in pieces:
        held += piece
        ends = [held.find(word) for word in stop if word in held]
        if ends:
            yield held[: min(ends)]
            return
        kept = max((_overlap(held, word) for word in stop), default=0)
        yield held[: len(held) - kept]
        held = held[len(held) - kept :]
    yield held


def _overlap(text: str, word: str) -> int:
    """Length of the longest end of `text` with which `word` begins."""
    return next((size for size in range(min(len(text), len(word)), 0, -1) if text.endswith(word[:size])), 0)


def conforming(pieces: Iterable[str], schema: Mapping[str, object] | None) -> Iterator[str]:
    """The pieces; at their end, with a schema, the whole must conform to it.

    Raises:
        ModelError: it does not.
    """
    whole = []
    for piece in pieces:
        whole.append(piece)
        yield piece
    if schema is not None and not conforms("".join(whole), schema):
        raise ModelError("The language model's answer does not have the form that was asked for.")


def conforms(text: str, schema: Mapping[str, object]) -> bool:
    """Whether a text is JSON that a schema allows."""
    try:
        return _allows(bounded(schema), json.loads(text))
    except (ValueError, RecursionError):
        return False


def bounded(schema: Mapping[str, object]) -> dict[str, Any]:
    """The schema with a limit for each string and list, and no properties but those it names.

    Raises:
        BugError: it uses a word of JSON Schema that is not known here.
    """
    if unknown := schema.keys() - _KNOWN:
        raise BugError(f"not a schema for a language model: {', '.join(sorted(unknown))}")
    same: dict[str, Any] = dict(schema)
    if "enum" in same or "const" in same:
        return same
    kinds = kinds_of(same)
    if "string" in kinds:
        same.setdefault("maxLength", LONGEST_STRING)
    if "array" in kinds:
        same.setdefault("maxItems", LONGEST_LIST)
        same["items"] = bounded(same["items"])
    if "object" in kinds:
        same["properties"] = {name: bounded(one) for name, one in same["properties"].items()}
        same["additionalProperties"] = False
    return same


def kinds_of(schema: Mapping[str, Any]) -> list[str]:
    """The JSON types that a schema allows."""
    kinds = schema["type"]
    return [kinds] if isinstance(kinds, str) else list(kinds)


def _allows(schema: Mapping[str, Any], value: object) -> bool:
    """Whether a bounded schema allows a value (JSON Schema 2020-12, the words in _KNOWN)."""
    if "const" in schema:
        return _same(schema["const"], value)
    if "enum" in schema:
        return any(_same(one, value) for one in schema["enum"])
    return any(_is(value, kind) for kind in kinds_of(schema)) and _within_limits(schema, value)


def _within_limits(schema: Mapping[str, Any], value: object) -> bool:
    match value:
        case str():
            return _within(len(value), schema.get("minLength"), schema.get("maxLength"))
        case list():
            sized = _within(len(value), schema.get("minItems"), schema.get("maxItems"))
            return sized and all(_allows(schema["items"], one) for one in value)
        case dict():
            return _allows_object(schema, value)
        case int() | float() if not isinstance(value, bool):
            return _within(value, schema.get("minimum"), schema.get("maximum"))
    return True


def _allows_object(schema: Mapping[str, Any], value: dict[str, object]) -> bool:
    properties = schema["properties"]
    complete = all(name in value for name in schema.get("required", ()))
    return complete and all(
        name in properties and _allows(properties[name], one) for name, one in value.items()
    )


def _is(value: object, kind: str) -> bool:
    """Of this JSON type: True is no number."""
    return isinstance(value, _TYPES[kind]) and (kind == "boolean" or not isinstance(value, bool))


def _same(one: object, other: object) -> bool:
    return one == other and isinstance(one, bool) == isinstance(other, bool)


def _within(value: float, least: float | None, most: float | None) -> bool:
    return (least is None or value >= least) and (most is None or value <= most)
