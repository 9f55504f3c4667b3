"""The language model of a server on this computer, by the interface that OpenAI gave its shape.

The connectors own the way to it; here is what is asked and what the answer means.
"""

import json
from collections.abc import Callable, Iterator
from typing import Protocol

from fluffy_core.ai.base import Prompt
from fluffy_core.ai.embedding.batches import encodable
from fluffy_core.ai.llm.output import bounded, conforming, until_stop
from fluffy_core.errors import ModelError, TransientError

_CHARACTERS_A_TOKEN = 4


class Server(Protocol):
    """The way to a server."""

    def first_model(self) -> str:
        """Id of the first model that it offers."""
        ...

    def post(self, content: bytes) -> Iterator[bytes]:
        """Lines of its answer, b"" while there is none."""
        ...


class ServerModel:
    """A LanguageModel. `server` is made at each request, so that a wrong address is only then an error."""

    context = 8192
    """A guess, as the interface does not tell; the server refuses what is longer than its own."""

    def __init__(self, name: str, server: Callable[[], Server]) -> None:
        self.name = name
        self._server = server
        self._model = ""

    def generate(self, prompt: Prompt) -> Iterator[str]:
        """Pieces of the answer; see LanguageModel.

        Raises:
            ModelError: the server refuses, is not on this computer, or its answer does not fit the schema.
            TransientError: it is not there, or breaks off.
        """
        size = (len(prompt.system) + len(prompt.user)) // _CHARACTERS_A_TOKEN + prompt.max_tokens
        if size > self.context:
            raise ModelError("The text is longer than the language model can read at once.")
        return conforming(until_stop(self._pieces(prompt), prompt.stop), prompt.schema)

    def _pieces(self, prompt: Prompt) -> Iterator[str]:
        server, left = self._server(), prompt.max_tokens
        self._model = self._model or server.first_model()
        for line in server.post(json.dumps(_request(self._model, prompt)).encode()):
            if line.strip() == b"data: [DONE]":
                return
            piece = _piece(line)
            if piece and not left:
                return
            left -= bool(piece)
            yield piece
        raise TransientError("The model server broke off in the middle of an answer.")


def _request(model: str, prompt: Prompt) -> dict[str, object]:
    request: dict[str, object] = {
        "model": model,
        "messages": [
            {"role": "system", "content": encodable(prompt.system)},
            {"role": "user", "content": encodable(prompt.user)},
        ],
        "max_tokens": prompt.max_tokens,
        "temperature": prompt.temperature,
        "seed": 0,
        "stream": True,
    }
    if prompt.schema is not None:
        form = {"name": "answer", "strict": True, "schema": bounded(prompt.schema)}
        request["response_format"] = {"type": "json_schema", "json_schema": form}
    return request


def _piece(line: bytes) -> str:
    """The words in a line of the stream (server-sent events); "" where it holds none."""
    if not line.startswith(b"data:"):
        return ""
    try:
        event = json.loads(line.removeprefix(b"data:"))
        if "error" in event:
            raise ModelError(f"The model server cannot answer: {str(event['error'])[:200]}")
        choices = event["choices"]
        return str(choices[0]["delta"].get("content") or "") if choices else ""
    except (ValueError, LookupError, TypeError, AttributeError) as error:
        raise TransientError("The model server sent something that makes no sense.") from error
