"""What is asked of a model server, and what its answers mean."""

import json
from collections.abc import Iterator
from typing import Any

import pytest

from fluffy_core.ai.base import Prompt
from fluffy_core.ai.llm.server import ServerModel
from fluffy_core.errors import ModelError, TransientError
from tests.fakes.model_server import chunk, stream

SCHEMA = {"type": "object", "properties": {"a": {"type": "string"}}, "required": ["a"]}


class Lines:
    """A server that answers with these bytes, whatever it is asked."""

    def __init__(self, content: bytes) -> None:
        self.content = content
        self.asked: dict[str, Any] = {}
        self.closed = False

    def first_model(self) -> str:
        return "the-first"

    def post(self, content: bytes) -> Iterator[bytes]:
        self.asked = json.loads(content)
        try:
            yield b""
            yield from self.content.splitlines(keepends=True)
        finally:
            self.closed = True


def said(content: bytes, prompt: Prompt | None = None) -> str:
    return "".join(ServerModel("here", lambda: Lines(content)).generate(prompt or Prompt("s", "u")))


def test_what_is_asked() -> None:
    server = Lines(stream('{"a":"b"}'))
    prompt = Prompt("be brief", "hello \ud800", max_tokens=7, temperature=0.5, schema=SCHEMA)
    assert "".join(ServerModel("here", lambda: server).generate(prompt)) == '{"a":"b"}'
    asked = server.asked
    assert asked["model"] == "the-first"
    assert asked["messages"] == [
        {"role": "system", "content": "be brief"},
        {"role": "user", "content": "hello ?"},
    ]
    assert (asked["max_tokens"], asked["temperature"], asked["seed"], asked["stream"]) == (7, 0.5, 0, True)
    form = asked["response_format"]["json_schema"]
    assert form["strict"] is True
    assert form["schema"]["properties"]["a"]["maxLength"] > 0
    assert form["schema"]["additionalProperties"] is False


def test_without_a_schema_no_form_is_asked_for() -> None:
    server = Lines(stream("yes"))
    "".join(ServerModel("here", lambda: server).generate(Prompt("", "")))
    assert "response_format" not in server.asked


def test_comments_empty_lines_and_thoughts_are_no_words() -> None:
    thought = {"choices": [{"delta": {"reasoning_content": "hm", "content": None}}]}
    usage: dict[str, object] = {"choices": [], "usage": {"total_tokens": 3}}
    noise = b": ping\n\nevent: x\n" + b"".join(
        b"data: " + json.dumps(one).encode() + b"\n" for one in (thought, usage)
    )
    assert said(noise + stream("one ", "two")) == "one two"


def test_an_empty_line_is_an_empty_piece() -> None:
    pieces = ServerModel("here", lambda: Lines(stream("x"))).generate(Prompt("", ""))
    assert next(pieces) == ""


def test_more_than_was_allowed_is_cut_off() -> None:
    assert said(stream(*["a"] * 50), Prompt("", "", max_tokens=3)) == "aaa"
    server = Lines(stream(*["a"] * 50))
    "".join(ServerModel("here", lambda: server).generate(Prompt("", "", max_tokens=3)))
    assert server.closed


def test_stop_words_and_schemas_hold_whatever_the_server_does() -> None:
    assert said(stream("one ", "stop", " two"), Prompt("", "", stop=("stop",))) == "one "
    with pytest.raises(ModelError, match="form that was asked for"):
        said(stream("no json"), Prompt("", "", schema=SCHEMA))


@pytest.mark.parametrize(
    "line",
    [
        b"data: nonsense",
        b"data: [1]",
        b"data: {}",
        b'data: {"choices": [7]}',
        b'data: {"choices": [{}]}',
        b'data: {"choices": "x"}',
        b"data: \xff",
        b"data: 7",
    ],
)
def test_what_makes_no_sense(line: bytes) -> None:
    with pytest.raises(TransientError, match="makes no sense"):
        said(line + b"\n")


def test_an_error_in_the_stream_is_told() -> None:
    with pytest.raises(ModelError, match="out of memory"):
        said(b'data: {"error": {"message": "out of memory"}}\n')


@pytest.mark.parametrize("content", [b"", b"<html>no server of this kind</html>", stream("one", done=False)])
def test_an_answer_without_an_end_is_none(content: bytes) -> None:
    with pytest.raises(TransientError, match="broke off"):
        said(content)


def test_no_server_is_looked_for_before_something_is_asked() -> None:
    def refuse() -> Lines:
        raise ModelError("not on this computer")

    model = ServerModel("here", refuse)
    assert model.name == "here"
    with pytest.raises(ModelError, match="not on this computer"):
        next(model.generate(Prompt("", "")))


def test_events_are_as_servers_send_them() -> None:
    assert chunk("x")["choices"][0]["delta"] == {"role": "assistant", "content": "x"}
