"""Schemas as grammars: written as llama.cpp reads them; tests/unit/ai/test_sampling.py has them obeyed."""

import pytest

from fluffy_core.ai.llm.grammar import grammar
from fluffy_core.ai.llm.output import LONGEST_STRING
from fluffy_core.errors import BugError


def root(schema: dict[str, object]) -> str:
    first = grammar(schema).splitlines()[0]
    assert first.startswith("root ::= ")
    return first.removeprefix("root ::= ")


@pytest.mark.parametrize(
    ("schema", "expression"),
    [
        ({"type": "boolean"}, '("true" | "false")'),
        ({"type": "null"}, '"null"'),
        ({"type": "number"}, '("-"? natural ("." [0-9]{1,6})?)'),
        ({"type": "integer"}, '("-"? natural)'),
        ({"type": "integer", "minimum": 0}, "natural"),
        ({"type": "integer", "minimum": -1, "maximum": 1}, '("-1" | "0" | "1")'),
        ({"type": "integer", "minimum": 0, "maximum": 100_000}, "natural"),
        ({"type": "string", "minLength": 1, "maxLength": 5}, r'("\"" char{1,5} "\"")'),
        ({"type": "string"}, rf'("\"" char{{0,{LONGEST_STRING}}} "\"")'),
        ({"type": ["string", "null"], "maxLength": 5}, r'(("\"" char{0,5} "\"") | "null")'),
        ({"const": 'a"\\\n'}, r'"\"a\\\"\\\\\\n\""'),
        ({"enum": ["é", 1, None]}, r'("\"é\"" | "1" | "null")'),
        ({"enum": [True]}, '"true"'),
        ({"type": "array", "items": {"type": "null"}, "maxItems": 0}, '"[]"'),
        (
            {"type": "array", "items": {"type": "null"}, "maxItems": 1},
            '("[" ("null" ("," ws "null"){0,0})? "]")',
        ),
        (
            {"type": "array", "items": {"type": "null"}, "minItems": 2, "maxItems": 3},
            '("[" ("null" ("," ws "null"){1,2}) "]")',
        ),
        ({"type": "object", "properties": {}}, '"{}"'),
        (
            {"type": "object", "properties": {"a": {"type": "null"}, 'b"': {"type": "null"}}},
            r'("{" ws "\"a\":" ws "null" "," ws "\"b\\\"\":" ws "null" "}")',
        ),
    ],
)
def test_expressions(schema: dict[str, object], expression: str) -> None:
    assert root(schema) == expression


def test_limits_reach_inwards() -> None:
    deep: dict[str, object] = {
        "type": "array",
        "items": {"type": "object", "properties": {"a": {"type": "string"}}},
    }
    assert f"char{{0,{LONGEST_STRING}}}" in root(deep)


def test_what_nobody_would_check_is_a_bug() -> None:
    with pytest.raises(BugError):
        grammar({"type": "string", "pattern": "x"})


@pytest.mark.parametrize(
    "schema",
    [
        {"type": "array", "items": {"type": "null"}, "maxItems": 1},
        {"type": "object", "properties": {'b"\\': {"enum": ['"', "\\", "\n"]}}},
        {"type": "string"},
    ],
)
def test_llama_cpp_reads_it(schema: dict[str, object]) -> None:
    llama_cpp = pytest.importorskip("llama_cpp")
    from llama_cpp.llama_grammar import LlamaGrammar

    assert LlamaGrammar.from_string(grammar(schema), verbose=False)._grammar
    assert llama_cpp.llama_sampler_init_grammar
