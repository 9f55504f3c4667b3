"""A language model server that the user runs on this computer (llama-server, Ollama): the way to it.

Nothing but a loopback address is ever reached: the address is one, not a name that is looked up, and
redirections are not followed.
"""

import ipaddress
import json
from collections.abc import Iterator
from urllib.parse import urlsplit

from fluffy_core.connectors.network import web
from fluffy_core.connectors.network.gateway import Gateway
from fluffy_core.errors import AnswerError, BlockedError, ModelError, TransientError

_REASON = "language model on this computer"
_SILENCE_SECONDS = 120.0
_WORDS = 200
_LOADING = 503


class ModelServer:
    """Where the OpenAI-shaped interface of a server is: `root` is what stands before "/v1"."""

    def __init__(self, gateway: Gateway, url: str) -> None:
        """Raises ModelError when the address is not on this computer."""
        host, self.root = _on_this_computer(url)
        self._gateway = gateway.reaching({host})

    def first_model(self) -> str:
        """Id of the first model that the server offers. Raises as `post`."""
        try:
            page = web.get(self._gateway, f"{self.root}/v1/models", reason=_REASON)
            found = json.loads(page or b"{}")
            return str(found["data"][0]["id"])
        except BlockedError as error:
            raise ModelError(str(error)) from error
        except (ValueError, LookupError, TypeError) as error:
            raise ModelError(f"The server at {self.root} offers no language model.") from error

    def post(self, content: bytes) -> Iterator[bytes]:
        """Lines of the answer to a chat request, and b"" each second without one.

        Raises:
            ModelError: the server refuses the request, or every connection is switched off.
            TransientError: it is not there, still loads, breaks off or is silent for two minutes.
        """
        url = f"{self.root}/v1/chat/completions"
        try:
            yield from web.post(self._gateway, url, content, reason=_REASON, seconds=_SILENCE_SECONDS)
        except BlockedError as error:
            raise ModelError(str(error)) from error
        except AnswerError as error:
            if error.status == _LOADING:
                raise TransientError("The model server is still loading.") from error
            words = " ".join(error.reason.split())[:_WORDS]
            raise ModelError(f"The model server refuses the request ({error.status}): {words}") from error


def _on_this_computer(url: str) -> tuple[str, str]:
    """Host and root of an http address on loopback; "localhost" is not looked up."""
    parts = urlsplit(url)
    host = "127.0.0.1" if parts.hostname == "localhost" else parts.hostname or ""
    try:
        is_loopback = ipaddress.ip_address(host).is_loopback
        port = parts.port or 80
    except ValueError:
        is_loopback, port = False, 0
    if parts.scheme != "http" or not is_loopback or parts.username:
        raise ModelError("A model server has to be on this computer: http://127.0.0.1 and a port.")
    bracketed = f"[{host}]" if ":" in host else host
    return host, f"http://{bracketed}:{port}{parts.path.rstrip('/').removesuffix('/v1')}"
