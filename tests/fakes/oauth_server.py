"""A provider's sign-in on loopback: its page, its token server with PKCE and rotation, and an interface."""

import base64
import hashlib
import itertools
import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs, urlencode

from tests.fakes.web_server import Asked, Reply, WebServer, serve

CLIENT, SECRET = "client-of-the-tests", "s3cret-of-the-client"


@dataclass(frozen=True, slots=True)
class Issued:
    """A code, and what it was asked for with."""

    client: str
    redirect: str
    challenge: str
    scopes: str


@dataclass
class OAuthServer:
    """What it knows, and how it behaves. `mark` is in every token and code, so that leaks are found."""

    url: str = ""
    mark: str = "tok"
    address: str = "ada@example.com"
    secret: str = SECRET
    life: object = 3600
    rotates: bool = False
    keeps_old: bool = False
    """Whether a refresh token stays good when another took its place."""
    lasting: bool = True
    denies: str = ""
    """What the user's answer is: "" for yes, else the name of an error."""
    allows: Callable[[str], str] = lambda asked: asked
    """Which of the scopes that were asked for the user allows."""
    refuses: str = ""
    """The error of the token server, for every request."""
    codes: dict[str, Issued] = field(default_factory=dict)
    refresh: dict[str, str] = field(default_factory=dict)
    """Scopes by refresh token that is good now."""
    access: set[str] = field(default_factory=set)
    """Tokens that are good now."""
    revoked: list[str] = field(default_factory=list)
    asked_for: list[dict[str, str]] = field(default_factory=list)
    """What the token server was asked, in order."""
    pages: list[dict[str, str]] = field(default_factory=list)
    """What its page was asked, in order."""
    numbers: Iterator[int] = field(default_factory=lambda: itertools.count(1))

    def handle(self, asked: Asked) -> Reply:
        """Anything that it is asked."""
        form = {name: values[-1] for name, values in parse_qs(asked.content.decode(), True).items()}
        if asked.path.endswith(("/auth", "/authorize")):
            return self._page(dict(asked.query))
        if asked.path.endswith("/token") and asked.method == "POST":
            self.asked_for.append(form)
            return self._token(form)
        if asked.path.endswith("/revoke") and asked.method == "POST":
            return self._revoke(form)
        token = asked.headers.get("authorization", "").removeprefix("Bearer ")
        if token not in self.access:
            return told(401, error={"message": "Invalid credentials", "status": "UNAUTHENTICATED"})
        return told(200, path=asked.path)

    def invite(self, scopes: str = "") -> str:
        """A refresh token that is good, as if somebody had signed in before."""
        found = f"{self.mark}-refresh-{next(self.numbers)}"
        self.refresh[found] = scopes
        return found

    def _page(self, query: dict[str, str]) -> Reply:
        self.pages.append(query)
        if self.denies:
            words = {"error": self.denies, "error_description": "It was said no."}
            return back(query, words)
        code = f"{self.mark}-code-{next(self.numbers)}"
        self.codes[code] = Issued(
            query["client_id"], query["redirect_uri"], query["code_challenge"], query["scope"]
        )
        return back(query, {"code": code, "scope": self.allows(query["scope"]), "authuser": "0"})

    def _token(self, form: dict[str, str]) -> Reply:
        if self.refuses:
            return told(400, error=self.refuses, error_description="It is so.")
        if form.get("client_id") != CLIENT or form.get("client_secret", "") != self.secret:
            return told(401, error="invalid_client", error_description="Unauthorized")
        if form["grant_type"] == "refresh_token":
            return self._renewed(form)
        issued = self.codes.pop(form["code"], None)
        digest = hashlib.sha256(form["code_verifier"].encode()).digest()
        challenge = base64.urlsafe_b64encode(digest).rstrip(b"=").decode()
        wanted = Issued(form["client_id"], form["redirect_uri"], challenge, issued.scopes if issued else "")
        if issued != wanted:
            return told(400, error="invalid_grant", error_description="Bad code")
        scopes = self.allows(issued.scopes)
        more = {"refresh_token": self.invite(scopes)} if self.lasting else {}
        return self._given(scopes, id_token=self._identity(), **more)

    def _renewed(self, form: dict[str, str]) -> Reply:
        old = form["refresh_token"]
        if old not in self.refresh:
            return told(400, error="invalid_grant", error_description=f"No such token: {old}")
        scopes = self.refresh[old]
        if not self.rotates:
            return self._given(scopes)
        if not self.keeps_old:
            del self.refresh[old]
        return self._given(scopes, refresh_token=self.invite(scopes))

    def _given(self, scopes: str, **more: str) -> Reply:
        access = f"{self.mark}-access-{next(self.numbers)}"
        self.access.add(access)
        life = {} if self.life is None else {"expires_in": self.life}
        said = {"scope": scopes} if scopes else {}
        return told(200, access_token=access, token_type="Bearer", **life, **said, **more)

    def _revoke(self, form: dict[str, str]) -> Reply:
        self.revoked.append(form["token"])
        if self.refresh.pop(form["token"], None) is None:
            return told(400, error="invalid_token")
        return told(200)

    def _identity(self) -> str:
        part = base64.urlsafe_b64encode(json.dumps({"email": self.address}).encode()).rstrip(b"=").decode()
        return f"e30.{part}.c2ln"


def told(status: int, **words: Any) -> Reply:
    """An answer in JSON."""
    return Reply(status, json.dumps(words).encode())


def back(query: dict[str, str], words: dict[str, str]) -> Reply:
    """The browser is sent back with these words."""
    there = f"{query['redirect_uri']}/?{urlencode({'state': query['state'], **words})}"
    return Reply(302, b"", {"Location": there, "Content-Type": "text/html"})


@contextmanager
def running() -> Iterator[tuple[OAuthServer, WebServer]]:
    """A running server, and what it was asked."""
    server = OAuthServer()
    with serve(server.handle) as web:
        server.url = web.url
        yield server, web
