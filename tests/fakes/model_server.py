"""A server of language models on loopback with OpenAI's interface: it says back what it hears."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from fluffy_core.ai.base import Prompt
from fluffy_core.errors import ModelError
from tests.fakes.speakers import Parrot
from tests.fakes.web_server import Asked, Reply, WebServer, serve

MODEL = "parrot-1b"


def _event(content: object) -> bytes:
    return b"data: " + json.dumps(content).encode() + b"\n\n"


def chunk(words: str | None) -> dict[str, Any]:
    """One event of the stream."""
    delta = {"role": "assistant", "content": words}
    return {"object": "chat.completion.chunk", "choices": [{"index": 0, "delta": delta}]}


def stream(*words: str | None, done: bool = True) -> bytes:
    """A whole answer as it travels."""
    return b"".join(_event(chunk(one)) for one in (None, *words)) + (b"data: [DONE]\n\n" if done else b"")


def answer(asked: Asked) -> Reply:
    """What the server says."""
    if asked.path == "/v1/models":
        return Reply(content=json.dumps({"object": "list", "data": [{"id": MODEL}]}).encode())
    if asked.path != "/v1/chat/completions":
        return Reply(404)
    request = json.loads(asked.content)
    assert request["model"] == MODEL
    assert request["stream"] is True
    assert [one["role"] for one in request["messages"]] == ["system", "user"]
    user = request["messages"][1]["content"]
    try:
        words = list(Parrot(Path()).generate(Prompt("", user, max_tokens=request["max_tokens"])))
    except ModelError as error:
        return Reply(400, json.dumps({"error": {"message": str(error)}}).encode())
    return Reply(content=stream(*words), headers={"Content-Type": "text/event-stream"})


@contextmanager
def parrots() -> Iterator[WebServer]:
    """A running one."""
    with serve(answer) as server:
        yield server
