"""A way to Radicale through a web server of ours, which answers with faults and knows fewer standards."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from http.client import HTTPConnection

from tests.fakes.radicale import Radicale
from tests.fakes.web_server import Asked, Reply, WebServer, serve

_TOKEN = re.compile(rb"<sync-token>[^<]*</sync-token>")


@contextmanager
def through(server: Radicale, *, bare: bool = False) -> Iterator[WebServer]:
    """A server that hands every request on. `bare`: one that has never heard of sync tokens."""

    def handle(asked: Asked) -> Reply:
        if bare and b"sync-collection" in asked.content:
            return Reply(501)
        connection = HTTPConnection("127.0.0.1", server.port, timeout=30)
        try:
            kept = ("authorization", "depth", "content-type", "user-agent")
            headers = {name: value for name, value in asked.headers.items() if name in kept}
            connection.request(asked.method, asked.path, asked.content, headers)
            answer = connection.getresponse()
            content = answer.read()
            sent = {
                name: value
                for name, value in answer.getheaders()
                if name.lower() in ("content-type", "location", "etag")
            }
        finally:
            connection.close()
        return Reply(answer.status, _TOKEN.sub(b"", content) if bare else content, sent)

    with serve(handle) as web:
        yield web
