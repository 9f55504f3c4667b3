"""Fetching from Graph: four at a time and no more, each message on its own, but for the account's faults."""

import threading
from collections.abc import Iterator
from contextlib import closing

import pytest

from fluffy_core.connectors.microsoft import fetch as outlook_fetch
from fluffy_core.connectors.microsoft.fetch import InTurn
from fluffy_core.connectors.microsoft.outlook import OutlookAccount
from fluffy_core.domain.sync import MessageRef
from fluffy_core.errors import AnswerError, SignInError, TransientError
from tests.fakes.graph_clients import JSON, inbox
from tests.fakes.graph_server import AT_ONCE, GraphServer, serve_graph
from tests.fakes.outlook_stage import gateway
from tests.fakes.stages import letter
from tests.fakes.web_server import Asked, Reply

COUNT = 16


@pytest.fixture
def server() -> Iterator[GraphServer]:
    with serve_graph() as found:
        for number in range(COUNT):
            found.mail.deliver("inbox", letter(number))
        yield found


@pytest.fixture
def account(server: GraphServer) -> Iterator[OutlookAccount]:
    with closing(OutlookAccount(gateway(), server.web.url, server.token)) as found:
        yield found


@pytest.fixture
def refs(server: GraphServer, account: OutlookAccount) -> tuple[MessageRef, ...]:
    return account.list(inbox(server)).refs


def strike(server: GraphServer, reply: Reply, *, items: int = COUNT) -> None:
    """So many of the messages get this answer."""
    names = [f"-{number}_" for number in sorted(server.mail.letters)[:items]]
    server.web.struck = lambda asked: any(one in asked.path for one in names)
    server.web.faults.extend([reply] * items)


def test_four_at_a_time(server: GraphServer, account: OutlookAccount, refs: tuple[MessageRef, ...]) -> None:
    """The server refuses more, and would hold each up a little."""
    handle = server.handle

    def slow(asked: Asked) -> Reply:
        reply = handle(asked)
        return Reply(reply.status, reply.content, reply.headers, after=0.05)

    server.web.handle = slow
    server.web.busiest = 0
    found = list(account.fetch(refs))
    assert sorted(one.content for one in found) == sorted(letter(number) for number in range(COUNT))
    assert 1 < server.web.busiest <= AT_ONCE
    assert [one for one in found if one.problem or one.gone] == []


def test_a_fifth_request_would_be_refused(server: GraphServer, account: OutlookAccount) -> None:
    server.web.busy += AT_ONCE
    with pytest.raises(TransientError):
        account.folders()
    server.web.busy -= AT_ONCE
    assert account.folders()


@pytest.mark.parametrize("status", [500, 502, 504, 400, 406, 413])
def test_one_that_fails_fails_alone(
    server: GraphServer, account: OutlookAccount, refs: tuple[MessageRef, ...], status: int
) -> None:
    strike(server, Reply(status, b'{"error":{"message":"This one is damaged."}}', JSON), items=5)
    found = list(account.fetch(refs))
    assert sorted(bool(one.problem) for one in found) == [False] * 11 + [True] * 5
    assert {one.ref for one in found} == set(refs)
    assert not [one for one in found if one.gone]


@pytest.mark.parametrize("status", [404, 410])
def test_one_that_is_not_there_is_gone(
    server: GraphServer, account: OutlookAccount, refs: tuple[MessageRef, ...], status: int
) -> None:
    strike(server, Reply(status, b"", JSON), items=COUNT)
    assert [(one.gone, one.problem) for one in account.fetch(refs)] == [(True, "")] * COUNT


def test_one_that_was_moved_is_gone_from_here(
    server: GraphServer, account: OutlookAccount, refs: tuple[MessageRef, ...]
) -> None:
    (moved,) = server.mail.named(inbox(server).id, "<3@example.com>")
    server.mail.move(moved, "archive")
    assert [one.content for one in account.fetch(refs) if one.gone] == [b""]


@pytest.mark.parametrize(
    ("reply", "error", "seconds"),
    [
        (Reply(429, b"", {"Retry-After": "37"}), TransientError, 37.0),
        (Reply(429, b"", JSON), TransientError, None),
        (Reply(503, b"", {"Retry-After": "37"}), TransientError, 37.0),
        (Reply(503, b"", JSON), TransientError, None),
        (Reply(500, b"", {"Retry-After": "5"}), TransientError, 5.0),
        (Reply(200, b"<html><title>Sign in</title>", {"Content-Type": "text/html"}), TransientError, None),
        (Reply(200, b"Subject: cut short", {}, drop_at=5), TransientError, None),
        (Reply(403, b'{"error":{"message":"Access is denied."}}', JSON), AnswerError, None),
    ],
)
def test_what_is_about_the_account_ends_all(
    server: GraphServer,
    account: OutlookAccount,
    refs: tuple[MessageRef, ...],
    reply: Reply,
    error: type[Exception],
    seconds: float | None,
) -> None:
    strike(server, reply, items=1)
    with pytest.raises(error) as told:
        list(account.fetch(refs))
    assert getattr(told.value, "retry_after", None) == seconds
    assert len(list(account.fetch(refs))) == COUNT


def test_after_a_refusal_no_more_is_asked_for(
    server: GraphServer, account: OutlookAccount, refs: tuple[MessageRef, ...]
) -> None:
    """Even while the first of them is still waited for."""
    slow, throttled = Reply(200, letter(1), {}, after=0.3), Reply(429, b"", {"Retry-After": "37"})
    server.web.struck = lambda asked: True
    server.web.faults.extend([slow, *[throttled] * 100])
    begun = len(server.web.asked)
    with pytest.raises(TransientError) as told:
        list(account.fetch(refs * 4))
    assert told.value.retry_after == 37.0
    assert len(server.web.asked) - begun <= AT_ONCE + 1


def test_faults_of_the_server_alone_are_no_matter_of_messages(
    server: GraphServer, account: OutlookAccount, refs: tuple[MessageRef, ...]
) -> None:
    strike(server, Reply(500, b"", JSON))
    with pytest.raises(TransientError, match="fault of its own"):
        list(account.fetch(refs))
    server.web.faults.clear()
    strike(server, Reply(500, b"", JSON), items=outlook_fetch.MANY - 1)
    few = [one for one in refs if server.web.struck(_asked(one))]
    assert all(one.problem for one in account.fetch(few))


def _asked(ref: MessageRef) -> Asked:
    return Asked("GET", ref.id, {}, {}, b"", 0.0)


def test_a_token_is_renewed_once_though_four_ask(
    server: GraphServer, account: OutlookAccount, refs: tuple[MessageRef, ...]
) -> None:
    tokens, renewed = ["old"], []

    def token(rejected: str = "") -> str:
        if rejected and tokens[0] == rejected:
            renewed.append(rejected)
            tokens[0] = "good"
        return tokens[0]

    with closing(OutlookAccount(gateway(), server.web.url, token)) as other:
        assert len([one for one in other.fetch(refs) if one.content]) == COUNT
    assert renewed == ["old"]
    server.tokens.clear()
    with pytest.raises(SignInError):
        list(account.fetch(refs))


def test_a_token_is_asked_for_by_one_thread_at_a_time() -> None:
    inside, most, calls = 0, 0, []

    def token(rejected: str = "") -> str:
        nonlocal inside, most
        inside += 1
        most = max(most, inside)
        calls.append(rejected)
        threading.Event().wait(0.005)
        inside -= 1
        return "t"

    turn = InTurn(token)
    threads = [threading.Thread(target=turn, args=(one,)) for one in ("", "", "x", "x")]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    assert (most, sorted(calls)) == (1, ["", "", "x", "x"])


def test_a_message_that_is_larger_than_any(
    server: GraphServer,
    account: OutlookAccount,
    refs: tuple[MessageRef, ...],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(outlook_fetch, "LARGEST", 300)
    server.mail.deliver("inbox", letter(99, body="x" * 500))
    found = list(account.fetch(account.list(inbox(server)).refs))
    assert [one.ref.size for one in found if one.problem] == [len(letter(99, body="x" * 500))]
    assert len(found) == COUNT + 1


def test_closing_from_another_thread_ends_the_fetching(
    server: GraphServer, account: OutlookAccount, refs: tuple[MessageRef, ...]
) -> None:
    server.web.struck = lambda asked: asked.path.endswith("$value")
    server.web.faults.extend([Reply(200, letter(1), {}, after=30.0)] * AT_ONCE)
    timer = threading.Timer(0.2, account.close)
    timer.start()
    with pytest.raises(TransientError):
        list(account.fetch(refs))
    timer.join()


def test_stopping_half_way(account: OutlookAccount, refs: tuple[MessageRef, ...]) -> None:
    some = account.fetch(refs)
    next(some)
    assert isinstance(some, Iterator)
    some.close()  # type: ignore[attr-defined]
    assert len(list(account.fetch(refs))) == COUNT
