"""A Google on loopback: its interfaces on one web server, every answer held to the published schemas."""

import json
import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs, urlsplit

from tests.fakes.discovery import Found, Interface, interface
from tests.fakes.google_calendars import Calendars
from tests.fakes.google_mailbox import GoogleError, Mailbox
from tests.fakes.google_people import People
from tests.fakes.google_topics import Topics
from tests.fakes.web_server import Asked, Reply, WebServer, serve

TOKEN = "good token"
MOST_PARTS = 100
_JSON = {"Content-Type": "application/json; charset=UTF-8"}
_PART = re.compile(rb"\r?\n--|\A--")

Method = Callable[[dict[str, Any], Any], dict[str, Any]]
"""Answers one method: its parameters, and what was sent along."""


@dataclass
class Google:
    """What Google keeps of one user, and what it is told to do wrong."""

    mail: Mailbox = field(default_factory=Mailbox)
    calendars: Calendars = field(default_factory=Calendars)
    people: People = field(default_factory=People)
    topics: Topics = field(default_factory=Topics)
    tokens: set[str] = field(default_factory=lambda: {TOKEN})
    web: WebServer = field(init=False)
    part_faults: Callable[[str, int], Reply | None] = lambda _target, _number: None
    """Asked for each part of a batch, with how many there were before: an answer instead of the right one."""
    mangle: Callable[[bytes], bytes] = lambda content: content
    """What becomes of the content of a batch's answer on its way."""
    parts: int = 0
    batches: list[int] = field(default_factory=list)
    """How many parts each batch had."""
    calls: list[str] = field(default_factory=list)
    """The method of every request that was understood, parts of batches too."""

    def __post_init__(self) -> None:
        self.mail.told = self.topics.publish
        self._methods: dict[str, Method] = {
            **self.mail.methods(),
            **self.calendars.methods(),
            **self.people.methods(),
            **self.topics.methods(),
        }
        self._interfaces = [
            interface("gmail", "v1"),
            interface("calendar", "v3"),
            interface("people", "v1"),
            interface("pubsub", "v1"),
        ]

    @property
    def url(self) -> str:
        """The root of all interfaces."""
        return self.web.url

    def handle(self, asked: Asked) -> Reply:
        """Answer one request."""
        scheme, _, token = asked.headers.get("authorization", "").partition(" ")
        if scheme != "Bearer" or token not in self.tokens:
            return failure(401, "Request had invalid authentication credentials.", "authError")
        if asked.path == "/batch/gmail/v1" and asked.method == "POST":
            return self._batch(asked)
        return self.answer(asked.method, asked.target, asked.content, asked.headers.get("content-type", ""))

    def answer(self, method: str, target: str, content: bytes = b"", kind: str = "") -> Reply:
        """The answer to a request of somebody who may ask it."""
        parts = urlsplit(target)
        try:
            for one in self._interfaces:
                found = one.find(method, parts.path, parse_qs(parts.query, keep_blank_values=True))
                if found is not None:
                    return self._run(one, found, content, kind)
        except ValueError as error:
            return failure(400, f"Invalid value: {error}", "badRequest")
        except GoogleError as error:
            return failure(error.status, str(error), error.reason)
        return failure(404, "Not Found", "notFound")

    def _run(self, one: Interface, found: Found, content: bytes, kind: str) -> Reply:
        method = found.method
        if method.id not in self._methods:
            return failure(501, f"The fake knows no {method.id}", "notImplemented")
        self.calls.append(method.id)
        sent: Any = {}
        if "/upload/" in method.path.pattern:
            assert kind == "message/rfc822", kind
            sent = content
        elif content:
            sent = json.loads(content)
            one.check(method.request, sent)
        answer = self._methods[method.id](found.parameters, sent)
        one.check(method.response, answer)
        return Reply(content=json.dumps(answer).encode(), headers=_JSON)

    def _batch(self, asked: Asked) -> Reply:
        """Source: "Sending batch requests" of the Gmail API's guides."""
        match = re.fullmatch(r"multipart/mixed; ?boundary=\"?([^\"]+)\"?", asked.headers["content-type"])
        assert match is not None
        pieces = asked.content.split(b"--" + match[1].encode())[1:-1]
        self.batches.append(len(pieces))
        if len(pieces) > MOST_PARTS:
            return failure(400, "The batch request exceeds the maximum of 100 calls.", "badRequest")
        answers = []
        for piece in pieces:
            head, request, _ = re.split(rb"\r\n\r\n", piece.lstrip(b"\r\n"), maxsplit=2)
            assert b"Content-Type: application/http" in head
            (content_id,) = re.findall(rb"Content-ID: <([^>]+)>", head)
            method, target, version = request.split(b"\r\n")[0].decode().split(" ")
            assert version == "HTTP/1.1"
            reply = self.part_faults(target, self.parts) or self.answer(method, target)
            self.parts += 1
            fields = "".join(f"{name}: {value}\r\n" for name, value in reply.headers.items())
            answers.append(
                b"--batch_answer\r\nContent-Type: application/http\r\nContent-ID: <response-"
                + content_id
                + f">\r\n\r\nHTTP/1.1 {reply.status} Word\r\n{fields}\r\n".encode()
                + reply.content
                + b"\r\n"
            )
        content = self.mangle(b"".join([*answers, b"--batch_answer--\r\n"]))
        return Reply(content=content, headers={"Content-Type": "multipart/mixed; boundary=batch_answer"})


def failure(status: int, message: str, reason: str, *, headers: Mapping[str, str] | None = None) -> Reply:
    """An error as Google words it."""
    told = {
        "code": status,
        "message": message,
        "errors": [{"domain": "global", "reason": reason, "message": message}],
    }
    return Reply(status, json.dumps({"error": told}).encode(), {**_JSON, **(headers or {})})


RATE = failure(403, "Rate Limit Exceeded", "rateLimitExceeded")
BUSY = failure(429, "Too many concurrent requests for user", "rateLimitExceeded")
BROKEN = failure(500, "Internal error encountered.", "backendError")
HTML = Reply(
    content=b"<!DOCTYPE html><title>Sign in to the Wi-Fi</title>", headers={"Content-Type": "text/html"}
)


@contextmanager
def google() -> Iterator[Google]:
    """A running Google."""
    found = Google()
    with serve(found.handle) as web:
        found.web = web
        yield found
