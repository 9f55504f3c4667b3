"""A loopback Microsoft Graph: asks for a token, knows its paths and options, keeps its published schema."""

import json
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any
from urllib.parse import unquote

from tests.fakes import graph_schema
from tests.fakes.graph_answers import Refused, Rounds
from tests.fakes.graph_calendar import CalendarRoutes, Calendars
from tests.fakes.graph_contacts import AddressBooks, ContactRoutes
from tests.fakes.graph_mail import Mailbox
from tests.fakes.graph_mail_routes import MailRoutes
from tests.fakes.submission import Outbox
from tests.fakes.web_server import Asked, Reply, WebServer, serve

AT_ONCE = 4
"""Requests that Graph answers one mailbox and one program at the same time."""
TOKEN = "good"
_KINDS = (
    (r"mailFolders(/[^/]+)?(/childFolders)?", "mailFolder"),
    (r".*messages(/delta|/[^/]+)?", "message"),
    (r"calendars(/[^/]+)?", "calendar"),
    (r".*(calendarView/delta|events(/[^/]+)?)", "event"),
    (r"contactFolders(/[^/]+/childFolders)?", "contactFolder"),
    (r".*contacts(/delta|/[^/]+)?", "contact"),
)
Handler = Callable[..., Reply]


class GraphServer:
    """The whole interface. `violations` are answers that Microsoft's schema does not allow."""

    def __init__(self) -> None:
        self.web: WebServer
        self.tokens = {TOKEN}
        self.violations: list[str] = []
        self.rounds = Rounds(lambda: self.web.url)
        self.outbox = Outbox()
        self.mail = Mailbox()
        self._routes: list[tuple[str, re.Pattern[str], Handler]] = []
        self.calendars = Calendars()
        self.books = AddressBooks()
        self.add(MailRoutes(self.mail, self.outbox, self.rounds).table())
        self.add(CalendarRoutes(self.calendars, self.rounds).table())
        self.add(ContactRoutes(self.books, self.rounds).table())

    def add(self, table: list[tuple[str, str, Handler]]) -> None:
        """More paths that are answered."""
        self._routes += [(method, re.compile(f"/v1.0/{path}"), one) for method, path, one in table]

    def token(self, rejected: str = "") -> str:
        """A client's token."""
        del rejected
        return TOKEN

    def handle(self, asked: Asked) -> Reply:
        """Answer a request."""
        try:
            self._admit(asked)
            reply = self._route(asked)
        except Refused as error:
            return error.reply()
        self._check(asked, reply)
        return reply

    def _admit(self, asked: Asked) -> None:
        if self.web.busy > AT_ONCE:
            raise Refused(429, "ApplicationThrottled", "Application is over its MailboxConcurrency limit.")
        if asked.headers.get("authorization", "").removeprefix("Bearer ") not in self.tokens:
            raise Refused(401, "InvalidAuthenticationToken", "Access token has expired or is not yet valid.")

    def _route(self, asked: Asked) -> Reply:
        for method, pattern, handler in self._routes:
            match = pattern.fullmatch(asked.path)
            if match is not None and method == asked.method:
                return handler(asked, *map(unquote, match.groups()))
        raise Refused(400, "BadRequest", f"Resource not found for {asked.path}.")

    def _check(self, asked: Asked, reply: Reply) -> None:
        if "json" not in reply.headers.get("Content-Type", "") or not reply.content:
            return
        path = asked.path.removeprefix("/v1.0/me/")
        kind = next(kind for pattern, kind in _KINDS if re.fullmatch(pattern, path))
        content: dict[str, Any] = json.loads(reply.content)
        for one in content.get("value", [content]):
            self.violations += graph_schema.faults(kind, one)


@contextmanager
def serve_graph() -> Iterator[GraphServer]:
    """A running server; at its end nothing that it said was against the schema."""
    graph = GraphServer()
    with serve(graph.handle) as web:
        graph.web = web
        yield graph
    assert graph.violations == []
