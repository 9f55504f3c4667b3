"""Google's discovery documents as a judge: which requests there are, and what an answer may hold."""

import base64
import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from typing import Any
from urllib.parse import unquote

from googleapiclient.discovery_cache import get_static_doc

_KINDS: dict[str, type | tuple[type, ...]] = {
    "string": str,
    "boolean": bool,
    "integer": int,
    "number": (int, float),
    "object": dict,
    "array": list,
}


def _int(text: str) -> None:
    if not re.fullmatch(r"-?\d{1,20}", text):
        raise ValueError("no number")


_FORMATS = {
    "int64": _int,
    "uint64": _int,
    "byte": lambda text: base64.b64decode(text.replace("-", "+").replace("_", "/") + "==="),
    "date": date.fromisoformat,
    "date-time": datetime.fromisoformat,
    "google-datetime": datetime.fromisoformat,
}


@dataclass(frozen=True, slots=True)
class Method:
    """One kind of request of an interface."""

    id: str
    http: str
    path: re.Pattern[str]
    within: Mapping[str, str]
    """Patterns of those parts of the path that have one."""
    query: Mapping[str, Mapping[str, Any]]
    request: str
    response: str


@dataclass(frozen=True, slots=True)
class Found:
    """A request as the document understands it; `parameters` holds lists where they may be repeated."""

    method: Method
    parameters: dict[str, Any]


class Interface:
    """One of Google's interfaces, by its bundled document."""

    def __init__(self, name: str, version: str) -> None:
        self.document = json.loads(get_static_doc(name, version))
        self.methods = list(self._methods(self.document, self.document["servicePath"]))
        self._common = self.document["parameters"]

    def _methods(self, part: Mapping[str, Any], base: str) -> Iterator[Method]:
        for one in part.get("methods", {}).values():
            told = one.get("parameters", {})
            query = {name: each for name, each in told.items() if each["location"] == "query"}
            within = {name: each["pattern"] for name, each in told.items() if "pattern" in each}
            refs = (one.get("request", {}).get("$ref", ""), one.get("response", {}).get("$ref", ""))
            http = one["httpMethod"]
            yield Method(one["id"], http, _pattern(f"/{base}{one['path']}"), within, query, *refs)
            if one.get("supportsMediaUpload"):
                upload = one["mediaUpload"]["protocols"]["simple"]["path"]
                yield Method(one["id"], http, _pattern(upload), within, query, *refs)
        for resource in part.get("resources", {}).values():
            yield from self._methods(resource, base)

    def find(self, http: str, path: str, query: Mapping[str, list[str]]) -> Found | None:
        """The method that a request is for. Raises ValueError for parameters that it does not take."""
        for method in self.methods:
            match = method.path.fullmatch(path)
            if match is None or method.http != http:
                continue
            parameters = {name: unquote(one) for name, one in match.groupdict().items()}
            if all(re.fullmatch(form, parameters[name]) for name, form in method.within.items()):
                return Found(method, {**parameters, **self._arguments(method, query)})
        return None

    def _arguments(self, method: Method, query: Mapping[str, list[str]]) -> dict[str, Any]:
        found: dict[str, Any] = {}
        for name, values in query.items():
            told = method.query.get(name)
            if told is None and name not in self._common:
                raise ValueError(f"Unknown parameter {name}")
            if told is None:
                continue
            found[name] = [_argument(name, told, one) for one in values]
            if not told.get("repeated"):
                if len(values) > 1:
                    raise ValueError(f"{name} more than once")
                found[name] = found[name][0]
        return found

    def check(self, schema: str, value: object) -> None:
        """Raises ValueError where a value is not what a schema says."""
        self._check({"$ref": schema}, value, schema)

    def _check(self, told: Mapping[str, Any], value: Any, where: str) -> None:
        if "$ref" in told:
            told = self.document["schemas"][told["$ref"]]
        kind = told.get("type", "any")
        if kind == "any":
            return
        if not isinstance(value, _KINDS[kind]) or (isinstance(value, bool) and kind != "boolean"):
            raise ValueError(f"{where} is {type(value).__name__}, not {kind}")
        if isinstance(value, str) and (form := told.get("format")) in _FORMATS:
            _FORMATS[form](value)
        if "enum" in told and value not in told["enum"]:
            raise ValueError(f"{where} is {value}, none of {told['enum']}")
        if isinstance(value, list):
            for number, one in enumerate(value):
                self._check(told["items"], one, f"{where}[{number}]")
        if isinstance(value, dict):
            self._check_object(told, value, where)

    def _check_object(self, told: Mapping[str, Any], value: Mapping[str, Any], where: str) -> None:
        for name, one in value.items():
            inner = told.get("properties", {}).get(name, told.get("additionalProperties"))
            if inner is None:
                raise ValueError(f"{where} has no {name}")
            self._check(inner, one, f"{where}.{name}")


@cache
def interface(name: str, version: str) -> Interface:
    """An interface, read once."""
    return Interface(name, version)


def _pattern(template: str) -> re.Pattern[str]:
    """A path of a document, "/users/{userId}" or "/{+name}:pull", as a pattern."""
    text = re.escape(template).replace(r"\{", "{").replace(r"\}", "}").replace(r"\+", "+")
    text = re.sub(r"\{\+(\w+)\}", r"(?P<\1>.+?)", text)
    return re.compile(re.sub(r"\{(\w+)\}", r"(?P<\1>[^/]+)", text))


def _argument(name: str, told: Mapping[str, Any], text: str) -> Any:
    if told["type"] == "integer":
        if not text.isdecimal():
            raise ValueError(f"{name} is no number")
        return int(text)
    if told["type"] == "boolean":
        if text not in {"true", "false"}:
            raise ValueError(f"{name} is neither true nor false")
        return text == "true"
    if "enum" in told and text not in told["enum"]:
        raise ValueError(f"{name} cannot be {text}")
    if told.get("format") in _FORMATS:
        _FORMATS[told["format"]](text)
    return text
