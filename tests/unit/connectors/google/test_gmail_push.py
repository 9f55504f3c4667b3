"""News through Pub/Sub: watched once a day, pulled, acknowledged."""

from collections.abc import Iterator

import httpx
import pytest

from fluffy_core.connectors.google import gmail_push
from fluffy_core.connectors.google.api import GoogleApi
from fluffy_core.connectors.google.gmail_push import Push
from fluffy_core.errors import AnswerError, TransientError
from tests.fakes.google_server import Google, failure, google
from tests.fakes.google_stage import Tokens, gateway
from tests.fakes.google_topics import SUBSCRIPTION, TOPIC
from tests.fakes.stages import letter
from tests.fakes.web_server import Reply


@pytest.fixture
def server() -> Iterator[Google]:
    with google() as found:
        yield found


@pytest.fixture
def push(server: Google) -> Iterator[Push]:
    way = gateway(server.url)
    mail = GoogleApi(way, server.url, "gmail", reason="x", token=Tokens())
    found = Push(way, mail, subscription=SUBSCRIPTION, token=Tokens())
    yield found
    found.close()
    mail.close()


def rest(_seconds: float) -> None:
    """No pause at all."""


def test_watching_begins_once_and_is_renewed_after_a_day(
    server: Google, push: Push, monkeypatch: pytest.MonkeyPatch
) -> None:
    for _ in range(3):
        assert push.wait(server.mail.now, 0, rest) is False
    assert server.mail.topic == TOPIC
    assert server.calls.count("gmail.users.watch") == 1
    monkeypatch.setattr(gmail_push, "RENEW_SECONDS", 0.0)
    push.wait(server.mail.now, 0, rest)
    assert server.calls.count("gmail.users.watch") == 2


def test_what_came_before_watching_is_news(server: Google, push: Push) -> None:
    seen = server.mail.now
    server.mail.deliver(letter(1))
    assert push.wait(seen, 60, rest) is True


def test_news_are_acknowledged_and_those_already_seen_are_none(server: Google, push: Push) -> None:
    assert push.wait(server.mail.now, 0, rest) is False
    seen = server.mail.now
    server.mail.deliver(letter(1))
    assert len(server.topics.waiting) == 1
    assert push.wait(seen, 60, rest) is True
    assert server.topics.waiting == {}
    server.topics.publish(seen)
    assert push.wait(server.mail.now, 0, rest) is False
    assert server.topics.waiting == {}


def test_news_that_come_while_waiting(server: Google, push: Push) -> None:
    push.wait(server.mail.now, 0, rest)
    seen, pauses = server.mail.now, []

    def pause(seconds: float) -> None:
        pauses.append(seconds)
        if len(pauses) == 5:
            server.mail.deliver(letter(1))

    assert push.wait(seen, 600, pause) is True
    assert pauses == [1.0, 2.0, 4.0, 8.0, 8.0]


def test_closing_ends_the_waiting(server: Google, push: Push) -> None:
    def closed(_seconds: float) -> None:
        raise TransientError("The account was closed.")

    with pytest.raises(TransientError, match="closed"):
        push.wait(server.mail.now, 600, closed)


@pytest.mark.parametrize("data", ["", "bm90IGpzb24=", "W10=", "e30=", "eyJoaXN0b3J5SWQiOiAieCJ9", "%%%"])
def test_what_is_no_news(server: Google, push: Push, data: str) -> None:
    push.wait(server.mail.now, 0, rest)
    server.topics.waiting["ack-1"] = {"data": data, "messageId": "1"}
    server.web.struck = lambda asked: asked.path.endswith(":pull")
    told = b'{"receivedMessages": [{"ackId": "ack-1", "message": {"data": "%s"}}]}' % data.encode()
    server.web.faults.append(Reply(content=told))
    assert push.wait(server.mail.now, 0, rest) is False


def test_a_pull_held_open_longer_than_we_listen_is_no_news(server: Google, push: Push) -> None:
    push.wait(server.mail.now, 0, rest)
    push._api.rest._client.timeout = httpx.Timeout(0.05)
    server.web.faults.append(Reply(content=b"{}", after=0.5))
    assert push.wait(server.mail.now, 0, rest) is False


def test_a_pull_that_fails_says_so(server: Google, push: Push) -> None:
    push.wait(server.mail.now, 0, rest)
    server.web.struck = lambda asked: asked.path.endswith(":pull")
    server.web.faults.append(Reply(content=b"{}", drop_at=1))
    with pytest.raises(TransientError, match="broke"):
        push.wait(server.mail.now, 0, rest)
    server.web.faults.append(failure(403, "User not authorized", "forbidden"))
    with pytest.raises(AnswerError, match="not authorized"):
        push.wait(server.mail.now, 0, rest)


def test_an_acknowledgement_that_came_too_late_does_not_matter(server: Google, push: Push) -> None:
    push.wait(server.mail.now, 0, rest)
    seen = server.mail.now
    server.mail.deliver(letter(1))
    server.web.struck = lambda asked: asked.path.endswith(":acknowledge")
    server.web.faults.append(failure(400, "expired", "invalidArgument"))
    assert push.wait(seen, 0, rest) is True
