"""Many messages at once: which parts are asked for again, when, how often, and what each one comes to."""

from collections.abc import Iterator
from typing import Any

import pytest

from fluffy_core.connectors.google import gmail_gets
from fluffy_core.connectors.google.api import GoogleApi
from fluffy_core.connectors.google.gmail_gets import TRIES, Gets
from fluffy_core.errors import AnswerError, KnownError, SignInError, TransientError
from tests.fakes.google_server import BROKEN, BUSY, TOKEN, Google, failure, google
from tests.fakes.google_stage import Tokens, gateway
from tests.fakes.stages import letter
from tests.fakes.web_server import Reply

LATER = failure(429, "x", "rateLimitExceeded", headers={"Retry-After": "20"})
MUCH_LATER = failure(429, "x", "rateLimitExceeded", headers={"Retry-After": "300"})
DENIED = failure(403, "Not yours", "forbidden")


@pytest.fixture
def server() -> Iterator[Google]:
    with google() as found:
        yield found


class Asking:
    """Gets of a server, with the pauses that they made."""

    def __init__(self, server: Google, *tokens: str) -> None:
        self.pauses: list[float] = []
        self.api = GoogleApi(gateway(server.url), server.url, "gmail", reason="x", token=Tokens(*tokens))
        self.gets = Gets(self.api, pause=self.pauses.append, backoff=1.0)

    def each(self, ids: list[str]) -> dict[str, Any]:
        found = list(self.gets.each(ids, lambda message: message["historyId"], format="minimal"))
        assert len(found) == len(ids)
        return dict(found)


@pytest.fixture
def asking(server: Google) -> Iterator[Asking]:
    found = Asking(server)
    yield found
    found.api.close()


def mail(server: Google, count: int) -> list[str]:
    return [server.mail.deliver(letter(number)) for number in range(count)]


def fail(server: Google, faults: dict[str, list[Reply]]) -> None:
    """These messages fail so often, each time it is asked for one."""

    def fault(target: str, _number: int) -> Reply | None:
        left = next((some for key, some in faults.items() if f"/{key}?" in target), [])
        return left.pop(0) if left else None

    server.part_faults = fault


def test_batches_of_fifty_at_most(server: Google, asking: Asking) -> None:
    assert len(asking.each(mail(server, 101))) == 101
    assert server.batches == [50, 50, 1]
    assert asking.api.calls == {"gmail.users.messages.get": 101}
    assert asking.each([]) == {}


def test_only_failed_parts_are_asked_for_again_after_longer_and_longer_pauses(
    server: Google, asking: Asking
) -> None:
    ids = mail(server, 5)
    fail(server, {ids[1]: [BROKEN, BUSY], ids[3]: [Reply(content=b"{}")]})
    assert set(asking.each(ids).values()) == {str(server.mail.now)}
    assert server.batches == [5, 2, 1]
    assert asking.pauses == [1.0, 2.0]


def test_a_part_that_is_gone_and_one_that_is_refused_are_not_asked_for_again(
    server: Google, asking: Asking
) -> None:
    ids = mail(server, 3)
    fail(server, {ids[1]: [DENIED]})
    found = asking.each([*ids, "18c404"])
    assert found["18c404"] is None
    assert isinstance(found[ids[1]], AnswerError)
    assert server.batches == [4]


def test_a_part_that_never_comes_is_a_failure_of_its_own(server: Google, asking: Asking) -> None:
    ids = mail(server, 3)
    fail(server, {ids[0]: [BROKEN] * 9})
    found = asking.each(ids)
    assert isinstance(found[ids[0]], TransientError)
    assert "fault of its own" in str(found[ids[0]])
    assert server.batches == [3, *[1] * (TRIES - 1)]
    assert len(asking.pauses) == TRIES - 1


def test_the_servers_wish_for_a_pause_counts(server: Google, asking: Asking) -> None:
    ids = mail(server, 3)
    fail(server, {ids[0]: [LATER]})
    asking.each(ids)
    assert asking.pauses == [20.0]


def test_a_long_pause_is_for_whoever_asked(server: Google, asking: Asking) -> None:
    ids = mail(server, 3)
    fail(server, {ids[0]: [MUCH_LATER]})
    with pytest.raises(TransientError) as caught:
        asking.each(ids)
    assert caught.value.retry_after == 300.0
    assert asking.pauses == []


def test_when_nothing_comes_for_its_limits_the_server_wants_a_pause(server: Google, asking: Asking) -> None:
    ids = mail(server, 3)
    server.part_faults = lambda _target, _number: BUSY
    with pytest.raises(TransientError, match="pause"):
        asking.each(ids)


def test_when_nothing_comes_for_its_faults_each_is_a_failure(server: Google, asking: Asking) -> None:
    ids = mail(server, 3)
    server.part_faults = lambda _target, _number: BROKEN
    assert all(isinstance(one, KnownError) for one in asking.each(ids).values())


def test_a_token_refused_within_a_batch_is_renewed(server: Google) -> None:
    ids = mail(server, 3)
    fail(server, {one: [failure(401, "Invalid Credentials", "authError")] for one in ids})
    asking = Asking(server, "older", TOKEN)
    server.tokens = {"older"}
    asking.gets._pause = lambda _seconds: server.tokens.symmetric_difference_update({"older", TOKEN})
    assert len(asking.each(ids)) == 3
    server.tokens = set()
    with pytest.raises(SignInError):
        asking.each(ids)
    asking.api.close()


def test_an_answer_too_large_is_asked_for_in_halves(
    server: Google, asking: Asking, monkeypatch: pytest.MonkeyPatch
) -> None:
    ids = mail(server, 8)
    monkeypatch.setattr(gmail_gets, "BATCH_BYTES", 900)
    assert len([one for one in asking.each(ids).values() if isinstance(one, str)]) == 8
    assert server.batches[:3] == [8, 4, 2]
    monkeypatch.setattr(gmail_gets, "BATCH_BYTES", 100)
    monkeypatch.setattr(gmail_gets, "ALONE_BYTES", 100)
    assert all(isinstance(one, AnswerError) for one in asking.each(ids).values())


def test_a_part_about_another_message_is_no_answer(server: Google, asking: Asking) -> None:
    ids = mail(server, 2)
    right = server.answer("GET", f"/gmail/v1/users/me/messages/{ids[0]}?format=minimal")
    fail(server, {ids[1]: [right] * TRIES})
    found = asking.each(ids)
    assert isinstance(found[ids[1]], TransientError)
    assert isinstance(found[ids[0]], str)


@pytest.mark.parametrize("status", [404, 405, 501])
def test_a_server_without_batches_is_asked_for_one_after_the_other(
    server: Google, asking: Asking, status: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    ids = mail(server, 3)
    server.web.struck = lambda asked: asked.path.startswith("/batch")
    server.web.faults.extend([failure(status, "No batches", "notFound")] * 9)
    found = asking.each([*ids, "18c404"])
    assert [found[one] for one in ids] == [str(server.mail.now)] * 3
    assert found["18c404"] is None
    asking.each(ids)
    assert [one.path for one in server.web.asked].count("/batch/gmail/v1") == 1
    monkeypatch.setattr(gmail_gets, "ALONE_BYTES", 100)
    assert all(isinstance(one, AnswerError) for one in asking.each(ids).values())


def test_a_batch_that_is_refused_is_no_server_without_batches(server: Google, asking: Asking) -> None:
    ids = mail(server, 3)
    server.web.faults.append(DENIED)
    with pytest.raises(AnswerError, match="Not yours"):
        asking.each(ids)
    assert len(asking.each(ids)) == 3
    assert server.batches == [3]
