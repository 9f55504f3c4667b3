"""Requests to a provider's interface: the token, what answers mean, what never leaves."""

import json
from collections.abc import Iterator
from contextlib import closing, contextmanager
from typing import cast

import pytest

from fluffy_core.connectors.network.gateway import Gateway, Rules, Traffic
from fluffy_core.connectors.network.pace import Pace, Wait
from fluffy_core.connectors.network.rest import LONGEST, Answer, Rest, failure_of, retry_after
from fluffy_core.errors import AnswerError, BlockedError, RejectedError, SignInError, TransientError
from tests.fakes.web_server import Asked, Reply, WebServer, serve


@pytest.fixture
def log() -> list[Traffic]:
    return []


@pytest.fixture
def web() -> Iterator[WebServer]:
    with serve(
        lambda asked: Reply(content=json.dumps({"path": asked.path, **asked.query}).encode())
    ) as found:
        yield found


class Tokens:
    """Hands out one after the other as they are refused."""

    def __init__(self, *tokens: str) -> None:
        self.left = list(tokens)

    def __call__(self, rejected: str = "") -> str:
        if rejected:
            assert self.left[0] == rejected
            self.left.pop(0)
        if not self.left:
            raise SignInError("Sign in again.")
        return self.left[0]


@pytest.fixture
def rest(web: WebServer, log: list[Traffic]) -> Iterator[Rest]:
    gateway = Gateway(Rules(lambda host: host == "127.0.0.1"), log.append)
    with closing(Rest(gateway, f"{web.url}/v1/", reason="trying", token=Tokens("old", "new"))) as found:
        yield found


def test_requests_share_one_counted_connection(rest: Rest, web: WebServer, log: list[Traffic]) -> None:
    assert rest.ask("GET", "a b", params={"q": "x&y"}).json() == {"path": "/v1/a%20b", "q": "x&y"}
    rest.ask("POST", f"{web.url}/v1/next", content=b"{}", headers={"X-One": "1"})
    rest.close()
    assert [(one.method, one.content, one.headers.get("x-one")) for one in web.asked] == [
        ("GET", b"", None),
        ("POST", b"{}", "1"),
    ]
    assert {one.headers["authorization"] for one in web.asked} == {"Bearer old"}
    (told,) = log
    assert (told.reason, told.refused) == ("trying", "")
    assert told.sent > 200
    assert told.received > 200


def test_a_refused_token_is_renewed_once(rest: Rest, web: WebServer) -> None:
    web.faults.append(Reply(401))
    assert rest.ask("GET", "a").status == 200
    assert [one.headers["authorization"] for one in web.asked] == ["Bearer old", "Bearer new"]
    web.faults.extend([Reply(401), Reply(401)])
    with pytest.raises(SignInError):
        rest.ask("GET", "a")
    assert len(web.asked) == 3


def test_the_token_goes_to_no_other_server(rest: Rest, web: WebServer) -> None:
    with serve(lambda asked: Reply()) as other:
        with pytest.raises(TransientError, match="another server"):
            rest.ask("GET", f"{other.url}/v1/next")
        web.faults.append(Reply(302, headers={"Location": other.url}))
        with pytest.raises(AnswerError):
            rest.ask("GET", "a")
        assert other.asked == []


def test_hosts_of_nobody_are_refused(web: WebServer, log: list[Traffic]) -> None:
    rest = Rest(Gateway(Rules(lambda host: False), log.append), web.url, reason="x")
    with closing(rest), pytest.raises(BlockedError):
        rest.ask("GET", "a")
    assert log[0].refused
    assert web.asked == []


@pytest.mark.parametrize("size", [0, 3])
def test_a_connection_that_breaks_and_the_next_one(rest: Rest, web: WebServer, size: int) -> None:
    web.faults.append(Reply(content=b"x" * 1000, drop_at=size))
    with pytest.raises(TransientError, match="broke"):
        rest.ask("GET", "a")
    assert rest.ask("GET", "a").status == 200


def test_a_stale_connection_is_not_used(rest: Rest, web: WebServer) -> None:
    web.faults.append(Reply(headers={"Connection": "close"}))
    assert rest.ask("GET", "a").json() == {}
    assert rest.ask("GET", "b").json()["path"] == "/v1/b"


def test_an_answer_too_large(rest: Rest, web: WebServer) -> None:
    web.faults.append(Reply(content=b"x" * 2000))
    with pytest.raises(RejectedError, match="1,000 bytes"):
        rest.ask("GET", "a", most=1000)


def test_interrupted_from_another_thread(rest: Rest, web: WebServer) -> None:
    def handle(asked: Asked) -> Reply:
        rest.interrupt()
        return Reply(after=0.2)

    web.handle = handle
    with pytest.raises(TransientError):
        rest.ask("GET", "slow")


def answer(status: int, content: str = "", **headers: str) -> Answer:
    names = {name.replace("_", "-"): value for name, value in headers.items()}
    return Answer("api.example", status, names, content.encode())


RATE = json.dumps({"error": {"errors": [{"reason": "userRateLimitExceeded"}], "message": "Slow down"}})
DENIED = json.dumps(
    {"error": {"errors": [{"reason": "insufficientPermissions"}], "message": "No \u202e way"}}
)


@pytest.mark.parametrize(
    ("found", "error", "words"),
    [
        (answer(401, '{"error": "invalid"}'), SignInError, "Sign in again"),
        (answer(403, RATE), TransientError, "pause"),
        (answer(403, RATE.replace("userRate", "daily")), TransientError, "pause"),
        (answer(403, DENIED), AnswerError, "No way"),
        (answer(404), AnswerError, "404"),
        (answer(410, "not json"), AnswerError, "410"),
        (answer(429, RATE), TransientError, "pause"),
        (answer(500), TransientError, "fault of its own"),
        (answer(503, "<html>busy</html>"), TransientError, "fault of its own"),
        (answer(200, "  <html>Sign in to the Wi-Fi"), TransientError, "Wi-Fi"),
        (answer(200, "x", content_type="text/html; charset=utf-8"), TransientError, "Wi-Fi"),
        (answer(302), AnswerError, "302"),
    ],
)
def test_what_answers_mean(found: Answer, error: type[Exception], words: str) -> None:
    failure = failure_of(found)
    assert type(failure) is error
    assert words in str(failure)


@pytest.mark.parametrize("content", ["[]", "{", "\xff", '"x"'])
def test_an_answer_that_is_no_object(content: str) -> None:
    with pytest.raises(TransientError, match="makes no sense"):
        answer(200, content).json()


@pytest.mark.parametrize(
    ("found", "seconds"),
    [
        (answer(429, retry_after="37"), 37.0),
        (answer(429, retry_after="Thu, 01 Jan 1970 00:02:00 GMT"), 20.0),
        (answer(429, retry_after="Thu, 01 Jan 1970 00:00:00 GMT"), 0.0),
        (answer(429, retry_after="99999999999999999999"), None),
        (answer(429, retry_after="999999999"), LONGEST),
        (answer(429, retry_after="soon"), None),
        (answer(429, "User-rate limit exceeded.  Retry after 1970-01-01T00:02:17.000Z"), 37.0),
        (answer(429, "Retry after 1970-99-01T00:02:17.000Z"), None),
        (answer(429), None),
    ],
)
def test_when_to_ask_again(found: Answer, seconds: float | None) -> None:
    assert retry_after(found, now=100.0) == seconds


class Turns:
    """A pace that notes what was taken, and gives a turn or not."""

    def __init__(self) -> None:
        self.taken: list[float] = []
        self.given = True

    @contextmanager
    def turn(self, cost: float, wait: Wait) -> Iterator[bool]:
        self.taken.append(cost)
        yield self.given and not wait(0)


def paced(web: WebServer, turns: Turns) -> Rest:
    gateway = Gateway(Rules(lambda host: True), lambda _traffic: None)
    return Rest(gateway, web.url, reason="trying", token=Tokens("old", "new"), pace=cast("Pace", turns))


def test_every_request_waits_for_its_turn_and_costs_what_is_said(web: WebServer) -> None:
    turns = Turns()
    with closing(paced(web, turns)) as rest:
        rest.costing(50).ask("GET", "batch")
        web.faults.append(Reply(401))
        rest.ask("GET", "one")
        assert turns.taken == [50, 1, 1]


def test_whoever_waits_for_a_turn_can_be_interrupted(web: WebServer) -> None:
    turns = Turns()
    with closing(paced(web, turns)) as rest:
        rest.interrupt()
        with pytest.raises(TransientError, match="was closed"):
            rest.ask("GET", "one")
    assert web.asked == []
