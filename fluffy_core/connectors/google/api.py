"""Google's interfaces: requests from the bundled discovery documents, on the gateway's connections."""

import json
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from functools import cached_property
from typing import Any

import httpx

from fluffy_core.connectors.network.gateway import Gateway
from fluffy_core.connectors.network.pace import Pace
from fluffy_core.connectors.network.rest import Answer, Rest, failure_of
from fluffy_core.connectors.sign_in.sign_in import Token
from fluffy_core.errors import TransientError, UncertainError

_VERSIONS = {"calendar": "v3", "gmail": "v1", "people": "v1", "pubsub": "v1"}
_SENT_ON = ("accept", "content-type", "x-http-method-override")
"""Of the library's headers; the others tell versions, or are ours to set."""
_UNSURE = frozenset({500, 502, 504})
"""A server that answers so may have done what it was asked all the same."""


class _Unsure(Exception):
    """The cause of an error: the server had a fault while it did what it was asked."""


_UNSURE_CAUSES = (_Unsure, ValueError, httpx.ReadError, httpx.ReadTimeout, httpx.RemoteProtocolError)


class _Http:
    """What the library takes for an httplib2.Http."""

    def __init__(self, answer: Callable[..., Answer]) -> None:
        self._answer = answer

    def request(
        self, uri: str, method: str = "GET", *, headers: Mapping[str, str], body: Any = None
    ) -> tuple[Any, bytes]:
        """One request. Raises as `Rest.ask`."""
        from httplib2 import Response

        content = body.encode() if isinstance(body, str) else body
        kept = {name: headers[name] for name in _SENT_ON if name in headers}
        # Google packs its answers for those alone who say so here too.
        answer = self._answer(
            method, uri, headers={**kept, "User-Agent": "FluffyMail (gzip)"}, content=content
        )
        return Response({"status": str(answer.status)}), answer.content


class GoogleApi:
    """One of Google's interfaces. One thread uses it at a time; `calls` counts requests by their method."""

    def __init__(
        self, gateway: Gateway, root: str, name: str, *, reason: str, token: Token, pace: Pace | None = None
    ) -> None:
        self.rest = Rest(gateway, root, reason=reason, token=token, pace=pace)
        self.cost: Callable[[Mapping[str, int]], float] = lambda _calls: 1.0
        """What so many calls of each method take of the pace."""
        self.calls: Counter[str] = Counter()
        self._name = name

    @cached_property
    def service(self) -> Any:
        """The library's object that makes requests. 0.2 s once to load the library, 2 ms to build it."""
        from googleapiclient import discovery
        from googleapiclient.discovery_cache import get_static_doc

        document = json.loads(get_static_doc(self._name, _VERSIONS[self._name]))
        document["rootUrl"] = f"{self.rest.root}/"
        return discovery.build_from_document(document, http=_Http(self._answer))

    def ask(self, request: Any) -> dict[str, Any]:
        """The answer to a request of `service`. Raises as `Rest.ask`, TransientError for nonsense."""
        self.calls[request.methodId] += 1
        self.rest.costing(self.cost({request.methodId: 1}))
        with self.understood():
            found = request.execute()
            if not isinstance(found, dict):
                raise ValueError("no object")
        return found

    @contextmanager
    def understood(self) -> Iterator[None]:
        """Raises TransientError for an answer in which something is not there, or is something else."""
        try:
            yield
        except (ValueError, KeyError, TypeError, AttributeError, IndexError) as error:
            raise TransientError(f"The answer of {httpx.URL(self.rest.root).host} makes no sense.") from error

    def tell(self, request: Any) -> dict[str, Any]:
        """As `ask`, for what must not be done twice.

        Raises UncertainError when it may have been done although there is no answer, or none that says so.
        """
        try:
            return self.ask(request)
        except TransientError as error:
            if isinstance(error.__cause__, _UNSURE_CAUSES):
                raise UncertainError(f"{error} The message may have been sent.") from error
            raise

    def _answer(self, method: str, uri: str, *, headers: Mapping[str, str], content: bytes | None) -> Answer:
        answer = self.rest.answer(method, uri, headers=headers, content=content)
        if failure := failure_of(answer):
            raise failure from (_Unsure() if answer.status in _UNSURE else None)
        return answer

    def close(self) -> None:
        """End the connections, also from another thread; safe to call twice. Later requests fail."""
        self.rest.interrupt()
        self.rest.close()
