"""Sign-in in the browser against a server that checks what it is told; tokens, and what never leaks."""

import re
import threading
from collections.abc import Iterator
from contextlib import closing
from urllib.parse import parse_qsl, urlsplit

import pytest

from fluffy_core.connectors.network.gateway import Gateway, Rules, Traffic
from fluffy_core.connectors.sign_in.oauth import SignIn, Tokens, TokenServer
from fluffy_core.connectors.sign_in.oauth_providers import Provider, provider
from fluffy_core.domain.accounts import AccountKind, Client, Roots, Service
from fluffy_core.errors import BlockedError, FluffyError, KnownError, SignInError, TransientError
from tests.fakes.browser import Visits, browsing, visit
from tests.fakes.oauth_server import CLIENT, SECRET, OAuthServer, running, told
from tests.fakes.web_server import Reply, WebServer

GOOGLE, MICROSOFT = AccountKind.GOOGLE, AccountKind.MICROSOFT


class World:
    """A server, a way to it, and a browser."""

    def __init__(self, server: OAuthServer, web: WebServer, browser: Visits) -> None:
        self.server, self.web, self.browser = server, web, browser
        self.log: list[Traffic] = []
        self.gateway = Gateway(
            Rules(lambda host: host == "127.0.0.1"), self.log.append, Roots(oauth=server.url)
        )
        self.client = Client(CLIENT, SECRET)

    def provider(self, kind: AccountKind = GOOGLE) -> Provider:
        return provider(kind, self.gateway.roots)

    def begin(self, kind: AccountKind = GOOGLE, *services: Service) -> SignIn:
        at = self.provider(kind)
        scopes = at.scopes_of(services or tuple(Service))
        return SignIn(self.gateway, at, self.client, scopes=scopes, hint="ada@example.com")

    def sign_in(self, kind: AccountKind = GOOGLE, *services: Service) -> Tokens:
        pending = self.begin(kind, *services)
        self.browser.open(pending.url)
        return pending.wait(20)

    def tokens(self, kind: AccountKind = GOOGLE) -> TokenServer:
        return TokenServer(self.gateway, self.provider(kind), self.client)


@pytest.fixture
def world() -> Iterator[World]:
    with running() as (server, web), browsing() as browser:
        yield World(server, web, browser)


@pytest.mark.parametrize(
    ("kind", "page"),
    [(GOOGLE, "/o/oauth2/v2/auth"), (MICROSOFT, "/common/oauth2/v2.0/authorize")],
)
def test_from_the_browser_to_tokens(world: World, kind: AccountKind, page: str) -> None:
    found = world.sign_in(kind)
    assert found.access in world.server.access
    assert found.refresh in world.server.refresh
    assert (found.seconds, found.address) == (3600.0, "ada@example.com")
    assert found.scopes == set(world.provider(kind).scopes_of(tuple(Service)))
    assert world.web.asked[0].path == page
    assert [status for status, _ in _loaded(world)] == [200]
    assert {one.reason for one in world.log} == {"sign-in"}


def _loaded(world: World) -> list[tuple[int, str]]:
    for one in world.browser.threads:
        one.join(20)
    return world.browser.seen


def test_what_the_page_is_told(world: World) -> None:
    with closing(world.begin()) as pending:
        told_ = dict(parse_qsl(urlsplit(pending.url).query))
    assert told_.pop("state") != told_["code_challenge"]
    assert re.fullmatch(r"[A-Za-z0-9_-]{43}", told_.pop("code_challenge"))
    assert re.fullmatch(r"http://127\.0\.0\.1:\d+", told_.pop("redirect_uri"))
    assert told_.pop("scope").split() == list(world.provider().scopes_of(tuple(Service)))
    assert told_ == {
        "response_type": "code",
        "client_id": CLIENT,
        "code_challenge_method": "S256",
        "login_hint": "ada@example.com",
        "access_type": "offline",
        "prompt": "consent",
        "include_granted_scopes": "true",
    }


def test_microsoft_knows_this_computer_as_localhost(world: World) -> None:
    with closing(world.begin(MICROSOFT)) as pending:
        told_ = dict(parse_qsl(urlsplit(pending.url).query))
    assert told_["redirect_uri"].startswith("http://localhost:")
    assert "access_type" not in told_


def test_every_sign_in_has_secrets_of_its_own(world: World) -> None:
    with closing(world.begin()) as one, closing(world.begin()) as other:
        queries = [dict(parse_qsl(urlsplit(pending.url).query)) for pending in (one, other)]
    assert queries[0]["state"] != queries[1]["state"]
    assert queries[0]["code_challenge"] != queries[1]["code_challenge"]
    assert min(len(one["state"]) for one in queries) >= 43


def test_the_verifier_is_what_the_challenge_came_from(world: World) -> None:
    """RFC 7636, appendix B: the server checks it as well, so that another verifier gets nothing."""
    world.sign_in()
    (asked,) = world.server.asked_for
    assert 43 <= len(asked["code_verifier"]) <= 128
    assert (asked["client_id"], asked["client_secret"]) == (CLIENT, SECRET)
    assert asked["redirect_uri"] == world.server.pages[0]["redirect_uri"]


def test_a_stolen_code_is_worth_nothing(world: World) -> None:
    with closing(world.begin()) as pending:
        assert visit(pending.url, redirects=0)[0] == 302
        ((code, issued),) = world.server.codes.items()
        with pytest.raises(SignInError):
            world.tokens().exchange(code, verifier="x" * 43, redirect=issued.redirect, scopes=())


def test_a_program_without_a_secret_sends_none(world: World) -> None:
    world.client, world.server.secret = Client(CLIENT), ""
    world.sign_in(MICROSOFT)
    assert "client_secret" not in world.server.asked_for[0]


def test_a_user_who_says_no(world: World) -> None:
    world.server.denies = "access_denied"
    with pytest.raises(SignInError, match="not allowed"):
        world.sign_in()
    assert world.server.asked_for == []
    assert "No permission was given" in _loaded(world)[0][1]


@pytest.mark.parametrize(
    ("error", "raised", "words"),
    [
        ("invalid_scope", SignInError, "It says: It was said no."),
        ("server_error", TransientError, "just now"),
        ("temporarily_unavailable", TransientError, "just now"),
    ],
)
def test_a_page_that_refuses(world: World, error: str, raised: type[FluffyError], words: str) -> None:
    world.server.denies = error
    with pytest.raises(raised, match=words):
        world.sign_in()


def test_nobody_signs_in_in_time(world: World) -> None:
    pending = world.begin()
    with pytest.raises(SignInError, match="in time"):
        pending.wait(0.05)
    with pytest.raises(ConnectionRefusedError):
        visit(dict(parse_qsl(urlsplit(pending.url).query))["redirect_uri"])


def test_the_time_counts_from_the_beginning(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    pending = world.begin()
    pending._begun -= 400.0
    with pytest.raises(SignInError, match="in time"):
        pending.wait()


def test_a_sign_in_is_cancelled_from_another_thread(world: World) -> None:
    pending = world.begin()
    canceller = threading.Thread(target=pending.cancel)
    canceller.start()
    with pytest.raises(SignInError, match="cancelled"):
        pending.wait(20)
    canceller.join()


def test_an_answer_with_another_state_gets_no_tokens(world: World) -> None:
    pending = world.begin()
    back = dict(parse_qsl(urlsplit(pending.url).query))["redirect_uri"]
    with browsing() as browser:
        browser.open(f"{back}/?code=c&state=guessed")
        for one in browser.threads:
            one.join(0.1)
        browser.open(pending.url)
        assert pending.wait(20).access
    assert sorted(status for status, _ in browser.seen) == [200, 400]
    assert len(world.server.asked_for) == 1


@pytest.mark.parametrize(
    ("refuses", "words"),
    [
        ("invalid_grant", "Google does not accept this permission any more. Sign in again."),
        ("invalid_client", "Google does not know this client id"),
        ("deleted_client", "Google does not know this client id"),
        ("interaction_required", "Sign in again."),
    ],
)
def test_what_only_the_user_can_help(world: World, refuses: str, words: str) -> None:
    world.server.refuses = refuses
    with pytest.raises(SignInError, match=words) as caught:
        world.tokens().renew("refresh", ())
    assert "It says: It is so." in str(caught.value)


def failing(status: int, content: bytes, **headers: str) -> Reply:
    return Reply(status, content, {"Content-Type": "application/json", **headers})


@pytest.mark.parametrize(
    "reply",
    [
        failing(500, b"{}"),
        failing(503, b"", **{"Retry-After": "37"}),
        failing(429, b"{}"),
        failing(401, b""),
        failing(401, b'{"error": "odd"}'),
        failing(400, b'{"error": "unsupported_grant_type"}'),
        failing(403, b'{"error": {"message": "no"}}'),
        failing(404, b"nothing"),
        failing(200, b"no json"),
        failing(200, b"[]"),
        failing(200, b"{}"),
        failing(200, b'{"access_token": 5}'),
        failing(200, b'{"access_token": "a\\r\\nX: y"}'),
        failing(200, b'{"access_token": "a", "token_type": "mac"}'),
        failing(200, b"x" * (2 << 20)),
        Reply(200, b"<html>Welcome to the hotel</html>", {"Content-Type": "text/html"}),
        Reply(200, b'{"access_token": "a"}', {}, drop_at=5),
    ],
    ids=lambda reply: str(reply.status),
)
def test_whatever_else_is_in_the_way_passes(world: World, reply: Reply) -> None:
    world.web.faults.append(reply)
    with pytest.raises(TransientError) as caught:
        world.tokens().renew(world.server.invite(), ())
    assert caught.value.retry_after == (37.0 if reply.status == 503 else None)
    assert world.tokens().renew(world.server.invite(), ()).access in world.server.access


@pytest.mark.parametrize(
    ("life", "seconds"),
    [(3599, 3599.0), ("1800", 1800.0), (None, 3600.0), (-5, 3600.0), ("soon", 3600.0), (1e12, 86_400.0)],
)
def test_how_long_a_token_lives(world: World, life: object, seconds: float) -> None:
    world.server.life = life
    assert world.tokens().renew(world.server.invite(), ()).seconds == seconds


def test_a_renewal_says_what_the_provider_wants_to_hear(world: World) -> None:
    for kind in (GOOGLE, MICROSOFT):
        world.tokens(kind).renew(world.server.invite(), ("a", "b"))
    assert [one.get("scope") for one in world.server.asked_for] == [None, "a b"]


def test_scopes_that_are_not_told_are_those_asked_for(world: World) -> None:
    assert world.tokens().renew(world.server.invite(), ("a", "b")).scopes == {"a", "b"}
    assert world.tokens().renew(world.server.invite("c d"), ("a",)).scopes == {"c", "d"}


def test_a_permission_is_taken_back_where_that_is_possible(world: World) -> None:
    refresh = world.server.invite()
    assert world.tokens().revoke(refresh)
    assert world.tokens().revoke(refresh)  # once more is no failure
    assert world.server.revoked == [refresh, refresh]
    assert not world.tokens(MICROSOFT).revoke("other")
    assert len(world.server.revoked) == 2
    assert all(refresh not in str(one.query) for one in world.web.asked)


def test_taking_back_may_fail(world: World) -> None:
    world.web.faults.append(told(500))
    with pytest.raises(TransientError):
        world.tokens().revoke(world.server.invite())


@pytest.mark.parametrize("kind", [GOOGLE, MICROSOFT])
def test_words_that_hold_a_secret_are_not_repeated(world: World, kind: AccountKind) -> None:
    for status, secret in ((400, "1//s3cret-refresh"), (500, "1//s3cret-refresh"), (418, SECRET)):
        echo = f'{{"error": "invalid_grant", "error_description": "No: {secret}"}}'.replace("/", r"\/")
        world.web.faults.append(Reply(status, echo.encode()))
        with pytest.raises(KnownError) as caught:
            world.tokens(kind).renew("1//s3cret-refresh", ())
        assert "s3cret" not in str(caught.value)


def test_secrets_are_not_printed(world: World) -> None:
    found = world.sign_in()
    printed = f"{found} {found!r} {world.client}"
    assert found.access not in printed
    assert found.refresh not in printed
    assert SECRET not in printed


@pytest.mark.parametrize(
    "identity", ["", "a.b", "a.!!.c", "a.e30.c", "a.WzFd.c", "a.eyJlbWFpbCI6IDV9.c", "a." + "%" * 9]
)
def test_an_identity_that_makes_no_sense_names_nobody(world: World, identity: str) -> None:
    world.web.faults.append(told(200, access_token="a", id_token=identity))
    assert world.tokens().renew("r", ()).address == ""


def test_only_the_providers_own_server_is_asked(world: World) -> None:
    world.web.faults.append(Reply(302, b"", {"Location": "http://127.0.0.2:9/token"}))
    with pytest.raises(TransientError):
        world.tokens().renew("r", ())
    closed = Gateway(Rules(lambda host: False), world.log.append, world.gateway.roots)
    with pytest.raises(BlockedError):
        TokenServer(closed, world.provider(), world.client).renew("r", ())
