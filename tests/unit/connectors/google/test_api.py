"""Requests from the discovery documents: below our root, on our connections, with our errors."""

import socket
from collections.abc import Iterator

import pytest

from fluffy_core.connectors.google.api import GoogleApi
from fluffy_core.connectors.network.gateway import Gateway, Rules, Traffic
from fluffy_core.errors import AnswerError, BlockedError, SignInError, TransientError, UncertainError
from tests.fakes.google_server import BROKEN, TOKEN, Google, failure, google
from tests.fakes.google_stage import Tokens, gateway
from tests.fakes.web_server import Reply


@pytest.fixture
def server() -> Iterator[Google]:
    with google() as found:
        yield found


def api(server: Google, name: str = "gmail") -> GoogleApi:
    return GoogleApi(gateway(server.url), server.url, name, reason="trying", token=Tokens())


@pytest.mark.parametrize(
    ("name", "path"),
    [
        ("gmail", "/gmail/v1/users/me/profile"),
        ("calendar", "/calendar/v3/users/me/calendarList"),
        ("people", "/v1/people/me/connections"),
    ],
)
def test_every_interface_is_below_the_root(server: Google, name: str, path: str) -> None:
    found = api(server, name)
    service = found.service
    assert service is found.service
    request = {
        "gmail": lambda: service.users().getProfile(userId="me"),
        "calendar": lambda: service.calendarList().list(),
        "people": lambda: service.people().connections().list(resourceName="people/me", personFields="names"),
    }[name]()
    assert found.ask(request)
    assert found.calls == {request.methodId: 1}
    (asked,) = server.web.asked
    assert asked.path == path
    found.close()


def test_headers_tell_nothing_of_this_computer(server: Google) -> None:
    found = api(server)
    found.ask(found.service.users().getProfile(userId="me"))
    headers = server.web.asked[0].headers
    assert headers["user-agent"] == "FluffyMail (gzip)"
    assert headers["authorization"] == f"Bearer {TOKEN}"
    assert not [name for name in headers if name.startswith("x-goog")]
    assert "python" not in str(headers).lower()
    found.close()


def test_the_way_out_is_the_gateways(server: Google) -> None:
    told: list[Traffic] = []
    closed = Gateway(Rules(lambda host: False), told.append)
    found = GoogleApi(closed, server.url, "gmail", reason="trying", token=Tokens())
    with pytest.raises(BlockedError):
        found.ask(found.service.users().getProfile(userId="me"))
    assert [one.reason for one in told] == ["trying"]
    assert server.web.asked == []


def test_building_a_service_asks_nobody(server: Google, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(socket, "create_connection", None)
    assert api(server).service is not None
    assert server.web.asked == []


@pytest.mark.parametrize(
    ("reply", "error", "words"),
    [
        (failure(404, "Not there", "notFound"), AnswerError, "Not there"),
        (Reply(content=b"{"), TransientError, "no sense"),
        (Reply(content=b"\xff\xfe"), TransientError, "no sense"),
        (Reply(content=b'"text"'), TransientError, "no sense"),
        (BROKEN, TransientError, "fault of its own"),
        (Reply(content=b"{}" * 99, drop_at=5), TransientError, "broke"),
    ],
)
def test_errors_are_ours(server: Google, reply: Reply, error: type[Exception], words: str) -> None:
    found = api(server)
    server.web.faults.append(reply)
    with pytest.raises(error, match=words):
        found.ask(found.service.users().getProfile(userId="me"))
    found.close()


@pytest.mark.parametrize("reply", [Reply(content=b"{"), BROKEN, Reply(content=b"{}", drop_at=0)])
def test_what_was_told_may_have_been_done(server: Google, reply: Reply) -> None:
    found = api(server)
    server.web.faults.append(reply)
    with pytest.raises(UncertainError):
        found.tell(found.service.users().getProfile(userId="me"))
    found.close()


def test_what_was_never_told_was_not_done(server: Google) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        url = f"http://127.0.0.1:{taken.getsockname()[1]}"
    found = GoogleApi(gateway(url), url, "gmail", reason="trying", token=Tokens())
    with pytest.raises(TransientError, match="refuses connections"):
        found.tell(found.service.users().getProfile(userId="me"))
    server.tokens = set()
    found = api(server)
    with pytest.raises(SignInError):
        found.tell(found.service.users().getProfile(userId="me"))


def test_nothing_is_asked_after_closing(server: Google) -> None:
    found = api(server)
    request = found.service.users().getProfile(userId="me")
    found.close()
    found.close()
    with pytest.raises(TransientError):
        found.ask(request)
