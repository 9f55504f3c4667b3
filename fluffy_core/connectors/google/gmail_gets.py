"""Many messages of a Gmail mailbox at once: each part of a batch is read, and tried again by itself."""

import json
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any, TypeVar
from urllib.parse import urlsplit

from fluffy_core.connectors.google import batch as google_batch
from fluffy_core.connectors.google.api import GoogleApi
from fluffy_core.connectors.network.rest import Answer, failure_of
from fluffy_core.errors import AnswerError, KnownError, RejectedError, SignInError, TransientError

TRIES = 4
LONGEST_PAUSE = 60.0
"""Seconds: a server that wants a longer pause gets it from whoever asked us."""
BATCH_BYTES = 48 << 20
"""Of one batch's answer; a larger one is asked for in halves."""
ALONE_BYTES = 160 << 20
PATH = "batch/gmail/v1"
_HEADERS = {"User-Agent": "FluffyMail (gzip)"}
_NOT_FOUND, _TOO_LARGE = 404, 413
_NO_BATCHES = (404, 405, 501)
"""Answers of a server that speaks for Gmail without knowing batches."""

T = TypeVar("T")
Read = Callable[[dict[str, Any]], T]
"""Takes what is wanted out of the answer for a message. Raises ValueError or KeyError for nonsense."""


@dataclass(slots=True)
class _Round:
    """What one batch left to be done."""

    again: dict[str, str] = field(default_factory=dict)
    """Ids to be asked for again, each with the reason."""
    pause: float = 0.0
    limited: bool = False
    refused: bool = False


class Gets:
    """`messages.get` for many ids. `pause(seconds)` waits, and raises when the account was closed."""

    def __init__(self, api: GoogleApi, *, pause: Callable[[float], None], backoff: float) -> None:
        self._api = api
        self._pause = pause
        self._backoff = backoff
        self._batches = True

    def each(
        self, ids: Sequence[str], read: Read[T], **options: Any
    ) -> Iterator[tuple[str, T | KnownError | None]]:
        """(id, what `read` made of it) for each id once; None when it is gone, an error when it fails.

        `options` are those of `messages.get`. Raises TransientError when the server takes no more, and
        SignInError.
        """
        for start in range(0, len(ids), google_batch.MOST):
            yield from self._some(ids[start : start + google_batch.MOST], read, options)

    def _some(
        self, ids: Sequence[str], read: Read[T], options: dict[str, Any]
    ) -> Iterator[tuple[str, T | KnownError | None]]:
        left = _Round(again=dict.fromkeys(ids, ""))
        answered = 0
        for number in range(TRIES):
            asked = list(left.again)
            left = _Round()
            for message_id, answer in self._ask(asked, options):
                found = self._found(message_id, answer, read, left=left)
                if message_id not in left.again:
                    answered += 1
                    yield message_id, found
            if not left.again:
                return
            if left.pause > LONGEST_PAUSE or (number == TRIES - 1 and left.limited and not answered):
                raise TransientError("Gmail asks for a pause.", retry_after=left.pause or None)
            if number < TRIES - 1:
                self._prepare(left, number)
        for message_id, reason in left.again.items():
            yield message_id, TransientError(reason)

    def _prepare(self, left: _Round, number: int) -> None:
        """Wait as long as the server wants, or longer each time. Asking alone renews a refused token."""
        self._pause(max(left.pause, self._backoff * 2**number))
        if left.refused:
            self._api.ask(self._api.service.users().getProfile(userId="me"))

    def _found(
        self, message_id: str, answer: Answer | None, read: Read[T], *, left: _Round
    ) -> T | KnownError | None:
        """What came of one part; what is to be tried again is noted in `left`."""
        if answer is None:
            left.again[message_id] = "Gmail did not answer for this message."
            return None
        if answer.status == _NOT_FOUND:
            return None
        failure = failure_of(answer)
        if isinstance(failure, AnswerError | RejectedError):
            return failure
        if isinstance(failure, TransientError):
            left.pause = max(left.pause, failure.retry_after or 0.0)
            left.limited = left.limited or answer.status in {403, 429}
        left.refused = left.refused or isinstance(failure, SignInError)
        if failure is not None:
            left.again[message_id] = str(failure)
            return None
        with suppress(ValueError, KeyError, TypeError, AttributeError):
            content = json.loads(answer.content)
            if content["id"] == message_id:
                return read(content)
        left.again[message_id] = f"The answer of {answer.host} makes no sense."
        return None

    def _ask(self, ids: Sequence[str], options: dict[str, Any]) -> Iterator[tuple[str, Answer | None]]:
        """One batch; its halves when its answer is too large; one by one where there are no batches."""
        messages = self._api.service.users().messages()
        urls = [urlsplit(messages.get(userId="me", id=one, **options).uri) for one in ids]
        targets = [f"{one.path}?{one.query}" for one in urls]
        self._api.calls["gmail.users.messages.get"] += len(ids)
        try:
            if self._batches:
                yield from zip(ids, self._batch(targets), strict=True)
                return
        except RejectedError as error:
            if len(ids) == 1:
                yield ids[0], _too_large(error)
                return
            half = len(ids) // 2
            yield from self._ask(ids[:half], options)
            yield from self._ask(ids[half:], options)
            return
        except AnswerError as error:
            if error.status not in _NO_BATCHES:
                raise
            self._batches = False
        for message_id, url in zip(ids, urls, strict=True):
            yield message_id, self._alone(url.geturl())

    def _alone(self, url: str) -> Answer:
        self._api.rest.costing(self._api.cost({"gmail.users.messages.get": 1}))
        try:
            return self._api.rest.answer("GET", url, headers=_HEADERS, most=ALONE_BYTES)
        except RejectedError as error:
            return _too_large(error)

    def _batch(self, targets: Sequence[str]) -> list[Answer | None]:
        kind, content = google_batch.written(targets)
        most = BATCH_BYTES if len(targets) > 1 else ALONE_BYTES
        headers = {**_HEADERS, "Content-Type": kind}
        self._api.rest.costing(self._api.cost({"gmail.users.messages.get": len(targets)}))
        answer = self._api.rest.ask("POST", PATH, headers=headers, content=content, most=most)
        return google_batch.read(answer, len(targets))


def _too_large(error: RejectedError) -> Answer:
    """The answer that a server would give which does not send so much."""
    return Answer("Gmail", _TOO_LARGE, {}, json.dumps({"error": str(error)}).encode())
