"""A JSON schema as a grammar of llama.cpp (GBNF), so that nothing else can be said.

Our own because the runtime's converter knows no limits of numbers and nests a limit of 400 characters 400
deep. An answer names every property, in the order of the schema.
"""

import json
from collections.abc import Callable, Mapping
from typing import Any

from fluffy_core.ai.llm.output import bounded, kinds_of

_RULES = r"""
ws ::= " "?
char ::= [^"\\\x00-\x1f\x7f] | "\\" ["\\/nt]
natural ::= "0" | [1-9] [0-9]{0,8}
"""
_NUMBER = '"-"? natural ("." [0-9]{1,6})?'
_MOST_NUMBERS = 200
"""A range of so many whole numbers is written out; the limits of others are only checked afterwards."""


def grammar(schema: Mapping[str, object]) -> str:
    """The grammar, with `root` as its beginning.

    Raises:
        BugError: the schema uses what is not known here.
    """
    return f"root ::= {_expression(bounded(schema))}\n{_RULES}"


def _expression(schema: Mapping[str, Any]) -> str:
    if "const" in schema:
        return _value(schema["const"])
    if "enum" in schema:
        return _either([_value(one) for one in schema["enum"]])
    return _either([_EXPRESSIONS[kind](schema) for kind in kinds_of(schema)])


def _object(schema: Mapping[str, Any]) -> str:
    members = [
        f"{_literal(json.dumps(name, ensure_ascii=False) + ':')} ws {_expression(one)}"
        for name, one in schema["properties"].items()
    ]
    inside = ' "," ws '.join(members)
    return f'("{{" ws {inside} "}}")' if members else '"{}"'


def _array(schema: Mapping[str, Any]) -> str:
    item, least, most = _expression(schema["items"]), schema.get("minItems", 0), schema["maxItems"]
    if most == 0:
        return '"[]"'
    some = f'({item} ("," ws {item}){{{max(least - 1, 0)},{most - 1}}})'
    return f'("[" {some if least else some + "?"} "]")'


def _string(schema: Mapping[str, Any]) -> str:
    return rf'("\"" char{{{schema.get("minLength", 0)},{schema["maxLength"]}}} "\"")'


def _integer(schema: Mapping[str, Any]) -> str:
    least, most = schema.get("minimum"), schema.get("maximum")
    if least is not None and most is not None and most - least < _MOST_NUMBERS:
        return _either([_value(number) for number in range(least, most + 1)])
    return "natural" if least is not None and least >= 0 else '("-"? natural)'


_EXPRESSIONS: dict[str, Callable[[Mapping[str, Any]], str]] = {
    "object": _object,
    "array": _array,
    "string": _string,
    "integer": _integer,
    "number": lambda schema: f"({_NUMBER})",
    "boolean": lambda schema: '("true" | "false")',
    "null": lambda schema: '"null"',
}


def _either(expressions: list[str]) -> str:
    return expressions[0] if len(expressions) == 1 else f"({' | '.join(expressions)})"


def _value(value: object) -> str:
    return _literal(json.dumps(value, ensure_ascii=False))


def _literal(text: str) -> str:
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'
