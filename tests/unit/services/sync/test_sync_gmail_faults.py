"""All that Gmail may do wrong during a sync: afterwards both sides are alike, nothing lost or doubled."""

import random
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta

import pytest

from fluffy_core.connectors.google import gmail_gets
from fluffy_core.errors import AnswerError, KnownError, SignInError, TransientError
from fluffy_core.services.sync.pages import Tally
from fluffy_core.store.database import Database
from tests.fakes.google_server import BROKEN, BUSY, HTML, RATE, TOKEN, failure
from tests.fakes.google_stage import GmailStage, gmail_stage
from tests.fakes.google_synced import GmailSynced
from tests.fakes.synced import dump
from tests.fakes.web_server import Asked, Reply

COUNT = 70
DENIED = failure(403, "Request had insufficient authentication scopes.", "insufficientPermissions")


@pytest.fixture
def stage() -> Iterator[GmailStage]:
    with gmail_stage() as found:
        yield found


@pytest.fixture
def synced(store: Database, stage: GmailStage) -> GmailSynced:
    return GmailSynced(store, stage)


def later(seconds: float) -> str:
    """As Google words a moment."""
    moment = datetime.now(UTC) + timedelta(seconds=seconds)
    return f"User-rate limit exceeded.  Retry after {moment:%Y-%m-%dT%H:%M:%S.000Z}"


def change(synced: GmailSynced) -> None:
    """Others read, star, label, archive, delete and write mail."""
    mail = synced.stage.mail
    ids = list(mail.messages)
    work = mail.make_label("Clients/Work")
    mail.label(ids[0], remove=["UNREAD"])
    mail.label(ids[1], add=["STARRED", work])
    mail.label(ids[2], remove=["INBOX"])
    mail.label(ids[3], add=["TRASH"], remove=["INBOX"])
    mail.delete(ids[4])
    synced.deliver(9, first=COUNT)
    mail.deliver(b"Subject: Cheap\r\nMessage-ID: <spam@example.com>\r\n\r\nBuy\r\n", ["SPAM", "UNREAD"])


def settle(synced: GmailSynced) -> None:
    """No faults any more: two passes let go of what is gone, a third one writes nothing."""
    synced.stage.server.web.faults.clear()
    synced.stage.server.part_faults = lambda _target, _number: None
    synced.stage.server.mangle = lambda content: content
    for _ in range(2):
        synced.run()
    assert synced.here() == synced.there()
    before = dump(synced.store)
    assert synced.run() == Tally()
    assert dump(synced.store) == before


Replies = list[Reply]

WHOLE: dict[str, tuple[Callable[[], Replies], type[KnownError], str]] = {
    "403 rate": (lambda: [RATE], TransientError, "pause"),
    "403 permission": (lambda: [DENIED], AnswerError, "insufficient"),
    "429": (lambda: [BUSY], TransientError, "pause"),
    "500 storm": (lambda: [BROKEN] * 12, TransientError, "fault of its own"),
    "502": (
        lambda: [Reply(502, b"<html>Bad gateway</html>", {"Content-Type": "text/html"})],
        TransientError,
        "502",
    ),
    "HTML": (lambda: [HTML], TransientError, "web page"),
    "no JSON": (lambda: [Reply(content=b'{"messages": [')], TransientError, "no sense"),
    "a list": (lambda: [Reply(content=b"[]")], TransientError, "no sense"),
    "other names": (
        lambda: [Reply(content=b'{"messages": [{"no": 1}], "historyId": "x"}')],
        TransientError,
        "sense",
    ),
    "dropped": (lambda: [Reply(content=b"{" * 5000, drop_at=900)], TransientError, "broke"),
    "nothing": (lambda: [Reply(content=b"")], TransientError, "no sense"),
}


USUAL = ("403 rate", "500 storm", "HTML", "dropped")


@pytest.mark.parametrize(
    ("about", "name"),
    [
        *(("batch", name) for name in WHOLE),
        *((about, name) for about in ("messages", "history") for name in USUAL),
    ],
)
def test_a_request_that_fails(synced: GmailSynced, about: str, name: str) -> None:
    replies, error, words = WHOLE[name]
    web = synced.stage.server.web
    web.struck = lambda asked: asked.path.endswith(about) or about in asked.path.split("/")
    web.faults.extend(replies())
    synced.deliver(COUNT)
    errors = synced.run_until_done()
    assert errors
    assert {type(one) for one in errors} == {error}
    assert words in str(errors[0])
    assert synced.here() == synced.there()
    assert synced.messages() == COUNT
    web.faults.extend(replies())
    change(synced)
    synced.run_until_done()
    settle(synced)
    assert synced.messages() == COUNT + 9


@pytest.mark.parametrize("about", ["labels", "profile", "messages", "batch"])
def test_a_refused_token_is_renewed_once(store: Database, stage: GmailStage, about: str) -> None:
    synced = GmailSynced(store, stage, ("older", TOKEN))
    synced.deliver(COUNT)
    stage.server.tokens = {"older"}

    def handle(asked: Asked) -> Reply:
        if about in asked.path:
            stage.server.tokens = {TOKEN}
        return stage.server.handle(asked)

    stage.server.web.handle = handle
    assert synced.run().stored == COUNT
    stage.server.web.handle = stage.server.handle
    stage.server.tokens = set()
    with pytest.raises(SignInError):
        synced.run()
    used = [one.headers["authorization"] for one in stage.server.web.asked[-2:]]
    assert used == ["Bearer older", f"Bearer {TOKEN}"]
    stage.server.tokens = {TOKEN}
    settle(synced)


@pytest.mark.parametrize(
    ("reply", "seconds"),
    [
        (failure(429, "Slow down", "rateLimitExceeded", headers={"Retry-After": "37"}), 37.0),
        (failure(403, "x", "userRateLimitExceeded", headers={"Retry-After": "5"}), 5.0),
        (failure(429, "Slow down", "rateLimitExceeded"), None),
    ],
)
def test_a_pause_that_is_wished_is_told(synced: GmailSynced, reply: Reply, seconds: float | None) -> None:
    synced.deliver(3)
    web = synced.stage.server.web
    web.struck = lambda asked: "batch" in asked.path
    web.faults.append(reply)
    (error,) = synced.run_until_done()
    assert isinstance(error, TransientError)
    assert error.retry_after == seconds
    settle(synced)


def test_a_pause_that_is_wished_in_words(synced: GmailSynced) -> None:
    synced.deliver(3)
    web = synced.stage.server.web
    web.struck = lambda asked: "batch" in asked.path
    web.faults.append(failure(429, later(300), "rateLimitExceeded"))
    (error,) = synced.run_until_done()
    assert isinstance(error, TransientError)
    assert error.retry_after is not None
    assert 200 < error.retry_after <= 300


def test_a_history_that_is_forgotten_heals_and_fetches_nothing_again(synced: GmailSynced) -> None:
    synced.deliver(COUNT)
    synced.run()
    server = synced.stage.server
    change(synced)
    server.mail.forget()
    server.calls.clear()
    assert synced.run_until_done() == []
    assert server.calls.count("gmail.users.messages.get") == 9
    settle(synced)
    assert synced.messages() == COUNT + 9


@pytest.mark.parametrize("share", [0.3, 0.6])
def test_parts_that_fail_lose_nothing(
    synced: GmailSynced, share: float, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(gmail_gets, "TRIES", 6)
    dice = random.Random(4)
    kinds = [RATE, BUSY, BROKEN, HTML, Reply(content=b"{"), Reply(content=b'{"id": "other", "raw": ""}')]
    synced.stage.server.part_faults = lambda _target, _number: (
        dice.choice(kinds) if dice.random() < share else None
    )
    synced.deliver(COUNT)
    synced.run_until_done()
    waiting = synced.store.all("SELECT locator FROM set_aside")
    assert len(synced.here()) + len(waiting) == COUNT
    assert set(synced.here()) <= set(synced.there())
    change(synced)
    synced.run_until_done()
    settle(synced)
    assert synced.store.all("SELECT locator FROM set_aside") == []
    assert synced.messages() == COUNT + 9
    assert max(synced.stage.server.batches) == 50


def test_a_message_that_never_comes_is_set_aside_and_holds_up_none(synced: GmailSynced) -> None:
    synced.deliver(COUNT)
    lost = list(synced.stage.mail.messages)[7]
    synced.stage.server.part_faults = lambda target, _number: BROKEN if f"/{lost}?" in target else None
    tally = synced.run()
    assert (tally.stored, tally.waiting) == (COUNT - 1, 1)
    settle(synced)
    assert synced.messages() == COUNT


@pytest.mark.parametrize(
    "mangle",
    [
        lambda content: content.replace(b"<response-part-3>", b"<response-part-4>"),
        lambda content: content.replace(b"Content-ID: <response-part-3>\r\n", b""),
        lambda content: content.replace(b"response-part-3>", b"response-part-999>"),
        lambda content: content.replace(b"response-part-3>", b"what?"),
        lambda content: content.replace(b"HTTP/1.1 200", b"HTTP/1.1 2x0", 3),
        lambda content: content[: len(content) // 2],
        lambda content: b"",
        lambda content: content.replace(b'"raw": "', b'"raw": "%', 4),
        lambda content: content + content,
    ],
)
def test_a_batch_whose_parts_are_mixed_up(synced: GmailSynced, mangle: Callable[[bytes], bytes]) -> None:
    synced.deliver(40)
    times = iter([True, True])
    synced.stage.server.mangle = lambda content: mangle(content) if next(times, False) else content
    synced.run_until_done()
    assert synced.here() == synced.there()
    assert synced.messages() == 40
    settle(synced)
