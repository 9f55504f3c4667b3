"""Stop words and schemas."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fluffy_core.ai.llm.output import LONGEST_LIST, LONGEST_STRING, bounded, conforming, conforms, until_stop
from fluffy_core.errors import BugError, ModelError

SCHEMA = {
    "type": "object",
    "properties": {
        "title": {"type": "string", "maxLength": 5},
        "count": {"type": "integer", "minimum": 1, "maximum": 3},
        "share": {"type": "number"},
        "done": {"type": "boolean"},
        "kind": {"enum": ["a", 1, None]},
        "due": {"type": ["string", "null"], "minLength": 2},
        "tags": {"type": "array", "items": {"type": "string"}, "minItems": 1, "maxItems": 2},
        "version": {"const": 1},
    },
    "required": ["title"],
}


@pytest.mark.parametrize(
    "value",
    [
        {"title": "short"},
        {"title": "", "count": 3, "share": 1, "done": False, "kind": None, "due": None, "tags": ["x"]},
        {"title": "a", "share": 0.5, "kind": "a", "due": "now", "tags": ["x", "y"], "version": 1},
    ],
)
def test_what_a_schema_allows(value: object) -> None:
    assert conforms(json.dumps(value), SCHEMA)


@pytest.mark.parametrize(
    "value",
    [
        {},
        [],
        "title",
        None,
        {"title": "longer"},
        {"title": 7},
        {"title": "a", "more": 1},
        {"title": "a", "count": 0},
        {"title": "a", "count": 4},
        {"title": "a", "count": 1.5},
        {"title": "a", "count": True},
        {"title": "a", "share": False},
        {"title": "a", "share": "1"},
        {"title": "a", "done": 0},
        {"title": "a", "kind": True},
        {"title": "a", "kind": "b"},
        {"title": "a", "due": "x"},
        {"title": "a", "due": 1},
        {"title": "a", "tags": []},
        {"title": "a", "tags": ["x", "y", "z"]},
        {"title": "a", "tags": [1]},
        {"title": "a", "version": 2},
    ],
)
def test_what_it_does_not_allow(value: object) -> None:
    assert not conforms(json.dumps(value), SCHEMA)


@pytest.mark.parametrize(
    "text", ["", "{", '{"title": "a"} and more', "[" * 100_000, "nan", "```json\n{}\n```"]
)
def test_what_is_no_json_conforms_to_nothing(text: str) -> None:
    assert not conforms(text, SCHEMA)


def test_what_has_no_limit_gets_one() -> None:
    assert not conforms(json.dumps("x" * (LONGEST_STRING + 1)), {"type": "string"})
    assert conforms(json.dumps("x" * 1000), {"type": "string", "maxLength": 1000})
    numbers = {"type": "array", "items": {"type": "integer"}}
    assert conforms(json.dumps([1] * LONGEST_LIST), numbers)
    assert not conforms(json.dumps([1] * (LONGEST_LIST + 1)), numbers)
    assert bounded(numbers)["maxItems"] == LONGEST_LIST
    assert "maxItems" not in numbers


@pytest.mark.parametrize(
    "schema",
    [
        {"type": "string", "pattern": "a+"},
        {"$ref": "#/x"},
        {"type": "object", "properties": {"a": {"anyOf": []}}},
    ],
)
def test_a_schema_in_words_that_nobody_checks_is_a_bug(schema: dict[str, object]) -> None:
    with pytest.raises(BugError, match="not a schema for a language model"):
        bounded(schema)


def test_the_answer_streams_and_is_judged_at_its_end() -> None:
    assert "".join(conforming(['{"ti', "", 'tle":"a"}'], SCHEMA)) == '{"title":"a"}'
    assert list(conforming(["any", "thing"], None)) == ["any", "thing"]
    pieces = conforming(['{"title":', "7}"], SCHEMA)
    assert [next(pieces), next(pieces)] == ['{"title":', "7}"]
    with pytest.raises(ModelError, match="form that was asked for"):
        next(pieces)


@pytest.mark.parametrize(
    ("pieces", "stop", "expected"),
    [
        (["one ", "two"], (), "one two"),
        (["one ", "two"], ("two",), "one "),
        (["one t", "w", "o three"], ("two",), "one "),
        (["one t", "w", "elve"], ("two",), "one twelve"),
        (["a", "b"], ("ab",), ""),
        (["x\n", "\n"], ("\n\n",), "x"),
        (["", "x", ""], ("y",), "x"),
        (["one two three"], ("three", "two"), "one "),
        ([], ("x",), ""),
        (["ends with tw"], ("two",), "ends with tw"),
    ],
)
def test_stop_words(pieces: list[str], stop: tuple[str, ...], expected: str) -> None:
    assert "".join(until_stop(pieces, stop)) == expected


@given(st.lists(st.text("ab", max_size=4), max_size=12), st.text("ab", min_size=1, max_size=3))
def test_pieces_do_not_matter_to_a_stop_word(pieces: list[str], stop: str) -> None:
    assert "".join(until_stop(pieces, (stop,))) == "".join(pieces).partition(stop)[0]
