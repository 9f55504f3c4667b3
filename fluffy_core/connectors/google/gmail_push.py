"""News of a Gmail mailbox through the user's own Pub/Sub subscription: watched, pulled, acknowledged."""

import base64
import json
import time
from collections.abc import Callable
from contextlib import suppress
from typing import Any

import httpx

from fluffy_core.connectors.google.api import GoogleApi
from fluffy_core.connectors.network.gateway import Gateway
from fluffy_core.connectors.sign_in.sign_in import Token
from fluffy_core.errors import AnswerError, TransientError

RENEW_SECONDS = 86_400.0
"""A watch ends after seven days; Google asks for renewing it each day."""
PULL_PAUSE, LONGEST_PAUSE = 1.0, 8.0
"""Seconds after a pull that brought nothing, longer each time. Google may hold a pull open, too."""
_AT_ONCE = 20


class Push:
    """Asks a subscription for news of the mailbox. One thread uses it at a time."""

    def __init__(self, gateway: Gateway, mail: GoogleApi, *, subscription: str, token: Token) -> None:
        self._mail = mail
        self._subscription = subscription
        self._api = GoogleApi(gateway, gateway.roots.pubsub, "pubsub", reason="waiting for mail", token=token)
        self._renewed: float | None = None

    def wait(self, seen: int, seconds: float, pause: Callable[[float], None]) -> bool:
        """Whether Gmail told within `seconds` of anything after the history id `seen`.

        `pause` waits, and raises when the account was closed.
        """
        end = time.monotonic() + seconds
        if self._watch() > seen:
            return True
        rest = PULL_PAUSE
        while self._pull() <= seen:
            left = end - time.monotonic()
            if left <= 0:
                return False
            pause(min(rest, left))
            rest = min(2 * rest, LONGEST_PAUSE)
        return True

    def close(self) -> None:
        """End the connections; safe to call twice."""
        self._api.close()

    def _watch(self) -> int:
        """Renew the watch when it is time; the mailbox's history id then, 0 when it was not."""
        now = time.monotonic()
        if self._renewed is not None and now - self._renewed < RENEW_SECONDS:
            return 0
        subscriptions = self._api.service.projects().subscriptions()
        topic = self._api.ask(subscriptions.get(subscription=self._subscription)).get("topic", "")
        users = self._mail.service.users()
        answer = self._mail.ask(users.watch(userId="me", body={"topicName": topic}))
        self._renewed = now
        return _number(answer.get("historyId"))

    def _pull(self) -> int:
        """The newest history id that was told, 0 without any; what was told is acknowledged."""
        subscriptions = self._api.service.projects().subscriptions()
        asked = subscriptions.pull(subscription=self._subscription, body={"maxMessages": _AT_ONCE})
        try:
            told = self._api.ask(asked).get("receivedMessages", [])
        except TransientError as error:
            if isinstance(error.__cause__, httpx.TimeoutException):
                return 0  # it was held open as long as we listen
            raise
        if told:
            body = {"ackIds": [one["ackId"] for one in told if one.get("ackId")]}
            with suppress(AnswerError):  # one that came too late is told again
                self._api.ask(subscriptions.acknowledge(subscription=self._subscription, body=body))
        return max((_history_id(one.get("message", {})) for one in told), default=0)


def _history_id(message: dict[str, Any]) -> int:
    """Of a notification: {"emailAddress": …, "historyId": …} as base64; 0 for anything else."""
    try:
        return _number(json.loads(base64.b64decode(message.get("data", ""))).get("historyId"))
    except (ValueError, AttributeError):
        return 0


def _number(value: object) -> int:
    text = str(value)
    return int(text) if text.isascii() and text.isdecimal() else 0
