"""A hub on loopback: one large file with ranges and validators, behind a redirection if need be."""

import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace

from tests.fakes.web_server import Asked, Reply, WebServer, serve

WEIGHTS = bytes(range(256)) * 1200
"""More than the buffers between server and client hold, so that a broken connection is one in the middle."""


@dataclass
class Hub:
    """Gives `content` below every path that ends in .gguf, as `etag`; other paths are not there."""

    content: bytes = WEIGHTS
    etag: str = '"first"'
    ranges: bool = True
    redirect: str = ""
    """Where a first request is sent; "" answers it at once."""

    def __call__(self, asked: Asked) -> Reply:
        if self.redirect and not asked.path.startswith("/cdn/"):
            return Reply(302, headers={"Location": self.redirect})
        if not asked.path.endswith(".gguf"):
            return Reply(404)
        whole = Reply(content=self.content, headers={"ETag": self.etag, "Accept-Ranges": "bytes"})
        found = re.fullmatch(r"bytes=(\d+)-", asked.headers.get("range", ""))
        if found is None or not self.ranges or asked.headers.get("if-range", self.etag) != self.etag:
            return whole
        start, size = int(found[1]), len(self.content)
        if start >= size:
            return Reply(416, headers={"Content-Range": f"bytes */{size}"})
        said: Mapping[str, str] = {"Content-Range": f"bytes {start}-{size - 1}/{size}"}
        return replace(whole, status=206, content=self.content[start:], headers={**whole.headers, **said})


@contextmanager
def running(hub: Hub) -> Iterator[WebServer]:
    """The hub on loopback."""
    with serve(hub) as web:
        yield web
